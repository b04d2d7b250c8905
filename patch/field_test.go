package patch_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/guanxi-crm/guanxi/patch"
)

func TestField(t *testing.T) {
	type body struct {
		Name patch.Field[string] `json:"name,omitzero"`
	}
	current := "before"
	for _, c := range []struct {
		text, or   string
		orNull     *string
		set, null  bool
		marshalled string
	}{
		{`{}`, "before", &current, false, false, `{}`},
		{`{"name":null}`, "", nil, true, true, `{"name":null}`},
		{`{"name":"after"}`, "after", ptr("after"), true, false, `{"name":"after"}`},
	} {
		var b body
		if err := json.Unmarshal([]byte(c.text), &b); err != nil {
			t.Fatal(err)
		}
		if b.Name.Set != c.set || b.Name.Null != c.null || b.Name.Or(current) != c.or {
			t.Errorf("%s: %+v", c.text, b.Name)
		}
		if got := b.Name.OrNull(&current); (got == nil) != (c.orNull == nil) || got != nil && *got != *c.orNull {
			t.Errorf("%s: OrNull %v", c.text, got)
		}
		if out, err := json.Marshal(b); err != nil || string(out) != c.marshalled {
			t.Errorf("%s: marshalled %s, %v", c.text, out, err)
		}
	}
	if patch.Of(3) != (patch.Field[int]{Set: true, Value: 3}) || patch.Null[int]() != (patch.Field[int]{Set: true, Null: true}) {
		t.Error("constructors")
	}
	if err := json.Unmarshal([]byte(`{"name":7}`), &body{}); err == nil {
		t.Error("a wrong type was accepted")
	}
}

func TestSchema(t *testing.T) {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	for want, field := range map[string]huma.SchemaProvider{
		`{"type":["string","null"]}`: patch.Field[string]{},
		`{}`:                         patch.Field[any]{},
	} {
		got, err := json.Marshal(field.Schema(registry))
		if err != nil || string(got) != want {
			t.Errorf("%v: %s, want %s, %v", reflect.TypeOf(field), got, want, err)
		}
	}
}

func ptr[T any](v T) *T { return &v }
