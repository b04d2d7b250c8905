package crm

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/guanxi-crm/guanxi/tenant"
)

// customName is the JSON name of the values of custom fields.
const customName = "custom"

// differences returns the fields, by their JSON names, in which two records differ, with the values before. Of custom
// fields it returns only those that differ; null is one that was not set.
func differences(before, after any) (map[string]any, error) {
	changed, err := tenant.Differences(before, after)
	values, custom := changed[customName]
	if err != nil || !custom {
		return changed, err
	}
	fields, err := fieldsOf(after)
	changed[customName] = differing(values, fields[customName])
	return changed, err
}

// differing returns the members in which two JSON objects differ, as they are in the first.
func differing(before, after any) map[string]any {
	b, _ := before.(map[string]any)
	a, _ := after.(map[string]any)
	changed := map[string]any{}
	for name, value := range b {
		if !reflect.DeepEqual(value, a[name]) {
			changed[name] = value
		}
	}
	for name := range a {
		if _, set := b[name]; !set {
			changed[name] = nil
		}
	}
	return changed
}

// members returns those members of a JSON object that another has; null is one that is not set.
func members(object, names any) map[string]any {
	from, _ := object.(map[string]any)
	of, _ := names.(map[string]any)
	part := make(map[string]any, len(of))
	for name := range of {
		part[name] = from[name]
	}
	return part
}

// fieldsOf returns a record's fields as JSON has them.
func fieldsOf(record any) (map[string]any, error) { return tenant.FieldsOf(record) }

// refilled is the other way round: it fills a record that holds what JSON leaves out with fields as JSON has them.
func refilled[R any](record R, fields map[string]any) (R, error) {
	text, err := json.Marshal(fields)
	if err == nil {
		err = json.Unmarshal(text, &record)
	}
	if err != nil {
		return record, fmt.Errorf("fields of %T: %w", record, err)
	}
	return record, nil
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
