package crm

import (
	"encoding/json"
	"reflect"
)

// differences returns the fields, by their JSON names, in which two records differ, with the values before.
func differences(before, after any) (map[string]any, error) {
	b, err := fieldsOf(before)
	if err != nil {
		return nil, err
	}
	a, err := fieldsOf(after)
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

func fieldsOf(record any) (map[string]any, error) {
	text, err := json.Marshal(record)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	return fields, json.Unmarshal(text, &fields)
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
