package tenant

import (
	"encoding/json"
	"reflect"
)

// Differences returns the fields, by their JSON names, in which two records differ, with the values before: what
// an event says was there.
func Differences(before, after any) (map[string]any, error) {
	b, err := FieldsOf(before)
	if err != nil {
		return nil, err
	}
	a, err := FieldsOf(after)
	if err != nil {
		return nil, err
	}
	changed := map[string]any{}
	for name, value := range b {
		if !reflect.DeepEqual(value, a[name]) {
			changed[name] = value
		}
	}
	return changed, nil
}

// FieldsOf returns a record's fields as JSON has them.
func FieldsOf(record any) (map[string]any, error) {
	text, err := json.Marshal(record)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	return fields, json.Unmarshal(text, &fields)
}
