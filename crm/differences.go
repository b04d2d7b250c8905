package crm

import "github.com/guanxi-crm/guanxi/tenant"

// differences returns the fields, by their JSON names, in which two records differ, with the values before.
func differences(before, after any) (map[string]any, error) { return tenant.Differences(before, after) }

// fieldsOf returns a record's fields as JSON has them.
func fieldsOf(record any) (map[string]any, error) { return tenant.FieldsOf(record) }

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
