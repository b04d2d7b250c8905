package mask

import (
	"cmp"
	"encoding/json"
	"strings"
)

// within are the keys under which records of any resource have something of another one's: their customer as a card, and
// people from outside.
var within = map[string]string{"customer": "customer", "guests": "customer"}

// Data masks a record of a resource as events keep it: JSON whose keys are the record's fields, also those of another
// such record within it. Under a masked key every text is masked, in lists and objects too; of custom fields those that
// have the form of what is masked. What is not such JSON is left out whole.
func Data(resource string, data json.RawMessage, masked map[string]bool) json.RawMessage {
	if len(masked) == 0 || len(data) == 0 || string(data) == "null" {
		return data
	}
	var record map[string]any
	if json.Unmarshal(data, &record) != nil {
		return nil
	}
	if !coverKeys(resource, record, masked) {
		return data
	}
	text, err := json.Marshal(record)
	if err != nil {
		return nil // it came from JSON
	}
	return text
}

// coverKeys masks what stands under masked keys, in objects and lists of them within too, and reports whether anything
// does.
func coverKeys(resource string, record map[string]any, masked map[string]bool) (touched bool) {
	for key, value := range record {
		if values, ok := value.(map[string]any); ok && key == "custom" {
			record[key], touched = Values(values, masked), true
			continue
		}
		for name := range masked {
			noun, kind, _ := strings.Cut(name, ".")
			if noun == resource && (key == kind || key == kind+"s") {
				record[key], touched = coverAll(value, forms[kind]), true
			}
		}
		noun := cmp.Or(within[key], resource)
		inner, _ := record[key].([]any)
		for _, one := range append(inner, record[key]) {
			if fields, ok := one.(map[string]any); ok {
				touched = coverKeys(noun, fields, masked) || touched
			}
		}
	}
	return touched
}

func coverAll(value any, form func(string) string) any {
	switch v := value.(type) {
	case string:
		return form(v)
	case []any:
		for i := range v {
			v[i] = coverAll(v[i], form)
		}
	case map[string]any:
		for key := range v {
			v[key] = coverAll(v[key], form)
		}
	}
	return value
}
