package mask

import (
	"encoding/json"
	"strings"
)

// Data masks a record of a resource as events keep it: JSON whose keys are the record's fields. Under a masked key
// every text is masked, in lists and objects too; of custom fields those that have the form of what is masked. What is
// not such JSON is left out whole.
func Data(resource string, data json.RawMessage, masked map[string]bool) json.RawMessage {
	if len(masked) == 0 || len(data) == 0 || string(data) == "null" {
		return data
	}
	var record map[string]any
	if json.Unmarshal(data, &record) != nil {
		return nil
	}
	touched := false
	for key, value := range record {
		if values, ok := value.(map[string]any); ok && key == "custom" {
			record[key], touched = maskForms(values, masked), true
		}
		for name := range masked {
			noun, kind, _ := strings.Cut(name, ".")
			if noun == resource && (key == kind || key == kind+"s") {
				record[key], touched = coverAll(value, forms[kind]), true
			}
		}
	}
	if !touched {
		return data
	}
	text, err := json.Marshal(record)
	if err != nil {
		return nil // it came from JSON
	}
	return text
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
