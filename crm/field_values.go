package crm

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// CustomValues are a record's values of custom fields by their keys, each as JSON has it. A field without a value is
// not there.
type CustomValues map[string]any

// Value implements driver.Valuer.
func (v CustomValues) Value() (driver.Value, error) { return v.String(), nil }

// String returns them as JSON.
func (v CustomValues) String() string {
	text, _ := v.MarshalJSON() // what came out of JSON goes into it
	return string(text)
}

// Scan implements sql.Scanner.
func (v *CustomValues) Scan(src any) error {
	*v = CustomValues{} // or what was scanned before would stay
	return scanJSON(src, (*map[string]any)(v))
}

// MarshalJSON implements json.Marshaler: no values are {}.
func (v CustomValues) MarshalJSON() ([]byte, error) {
	if v == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(map[string]any(v))
}

// Schema implements huma.SchemaProvider.
func (v CustomValues) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true, Examples: []any{map[string]any{"budget": map[string]any{"amount": 120000, "currency": "CNY"}}},
	}
}

// with returns the values changed by others, of which null clears.
func (v CustomValues) with(change CustomValues) CustomValues {
	after := maps.Clone(v)
	for key, value := range change {
		if value == nil {
			delete(after, key)
			continue
		}
		if after == nil {
			after = CustomValues{}
		}
		after[key] = value
	}
	return after
}

// newCustom checks the values that a new record is given and fills in those that its maker left open. whole says that
// it has to have what is required. Mistakes go to invalid, each as custom.<key>.
func newCustom(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, noun string, in CustomValues, whole bool) (CustomValues, error) {
	fields, err := readFields(ctx, tx.Query, noun, true)
	if err != nil {
		return nil, err
	}
	return freshCustom(ctx, tx, invalid, fields, in, whole)
}

// freshCustom is newCustom where the fields are known already.
func freshCustom(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, fields []CustomField, in CustomValues, whole bool) (CustomValues, error) {
	given := maps.Clone(in)
	if given == nil {
		given = CustomValues{}
	}
	for i := range fields {
		f := &fields[i]
		if _, said := given[f.Key]; said || f.Archived {
			continue
		}
		preset, err := f.preset()
		if err != nil {
			return nil, err
		}
		if preset != nil {
			given[f.Key] = preset
		}
	}
	return layCustom(ctx, tx, invalid, fields, CustomValues{}, given, whole)
}

// changedCustom lays a change over a record's values and checks it: keys that are absent stay, null clears. Mistakes
// go to invalid, each as custom.<key>.
func changedCustom(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, noun string, before CustomValues, in patch.Field[CustomValues]) (CustomValues, error) {
	if !in.Set {
		return before, nil
	}
	fields, err := readFields(ctx, tx.Query, noun, true)
	if err != nil {
		return nil, err
	}
	change := in.Value
	if in.Null {
		change = cleared(fields, before)
	}
	return layCustom(ctx, tx, invalid, fields, before, change, false)
}

// cleared is the change that takes all values in use away.
func cleared(fields []CustomField, before CustomValues) CustomValues {
	change := CustomValues{}
	for i := range fields {
		if _, set := before[fields[i].Key]; set && !fields[i].Archived {
			change[fields[i].Key] = nil
		}
	}
	return change
}

// layCustom checks what changes; a value that stays as it was is not asked about.
func layCustom(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, fields []CustomField, before, change CustomValues, whole bool) (CustomValues, error) {
	after := maps.Clone(before)
	check := &valueCheck{invalid: invalid, company: tx.Company, caller: tx.Caller}
	for _, key := range slices.Sorted(maps.Keys(change)) {
		check.field, check.path, check.before = fieldWithKey(fields, key), customPrefix+key, before[key]
		switch v := change[key]; {
		case check.field == nil:
			check.unknown(fields)
		case reflect.DeepEqual(v, before[key]):
		case check.field.Archived:
			check.fail("archived", "is out of use; take it back into use to change it")
		case check.isMasked():
		default:
			delete(after, key)
			if kept := check.value(v); kept != nil {
				after[key] = kept
			}
		}
	}
	for i := range fields {
		f := &fields[i]
		_, changed := change[f.Key]
		if _, set := after[f.Key]; f.Required && !f.Archived && !set && (whole || changed) && !check.failed(f.Key) {
			invalid.Add(customPrefix+f.Key, "required", "is required")
		}
	}
	return after, check.members(ctx, tx.Query)
}

func fieldWithKey(fields []CustomField, key string) *CustomField {
	for i := range fields {
		if fields[i].Key == key {
			return &fields[i]
		}
	}
	return nil
}
