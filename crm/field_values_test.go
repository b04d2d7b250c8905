package crm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// customWorld is a world in which records of a kind have a field of every type, called like its type.
func (w *world) fieldsOfEveryType(t testing.TB, resource string) {
	t.Helper()
	options := []crm.FieldOption{{Key: "IT", Label: crm.FieldLabel{ZH: "信息技术", EN: "Information technology"}}, {Key: "edu", Label: crm.FieldLabel{ZH: "教育"}}, {Key: "gov", Label: crm.FieldLabel{EN: "Government"}}}
	for _, in := range []crm.NewCustomField{
		{Type: "text"}, {Type: "long_text"}, {Type: "number", Decimals: ptr(3), Unit: "kg"}, {Type: "money"}, {Type: "date"}, {Type: "datetime"},
		{Type: "choice", Options: options}, {Type: "choices", Options: options}, {Type: "member"}, {Type: "link"}, {Type: "phone"}, {Type: "email"}, {Type: "yes_no"},
	} {
		in.Resource, in.Key = resource, in.Type
		w.admin.field(t, in)
	}
}

func money(minor int) map[string]any {
	return map[string]any{"amount": float64(minor), "currency": "CNY"}
}

func TestCustomValuesAreKeptAndChecked(t *testing.T) {
	w := newWorld(t)
	w.fieldsOfEveryType(t, "customer")
	c := w.rep.customer(t, "x")
	if c.Custom == nil || len(c.Custom) != 0 || len(w.rep.get(t, c.ID).Custom) != 0 {
		t.Errorf("without values: %#v", c.Custom)
	}
	for _, row := range []struct {
		key        string
		give, keep any // keep is nil for a value that is refused
	}{
		{"text", " 云帆 💩 <&> ", " 云帆 💩 <&> "}, {"text", 5.0, nil}, {"text", strings.Repeat("长", 501), nil}, {"text", "\xff", nil},
		{"long_text", strings.Repeat("长\n", 5000), strings.Repeat("长\n", 5000)}, {"long_text", strings.Repeat("长", 10_001), nil},
		{"number", 0.125, 0.125}, {"number", -9007199254740.992, -9007199254740.992}, {"number", 0.0, 0.0}, {"number", "1", nil}, {"number", 0.1234, nil}, {"number", 1e15, nil}, {"number", true, nil},
		{"money", map[string]any{"amount": 5.0}, money(5)}, {"money", money(-1), money(-1)}, {"money", 5.0, nil}, {"money", map[string]any{"amount": 0.5}, nil}, {"money", map[string]any{"currency": "CNY"}, nil},
		{"money", map[string]any{"amount": 5.0, "currency": "USD"}, nil}, {"money", map[string]any{"amount": 5.0, "tax": 1.0}, nil}, {"money", map[string]any{"amount": 1e17}, nil},
		{"date", "2026-02-28", "2026-02-28"}, {"date", "1000-01-01", "1000-01-01"}, {"date", "9999-12-31", "9999-12-31"}, {"date", "2026-02-29", nil}, {"date", "2026-02-28T00:00:00Z", nil}, {"date", "0999-01-01", nil}, {"date", 5.0, nil},
		{"datetime", "2026-03-01T09:00:00.5+08:00", "2026-03-01T01:00:00.5Z"}, {"datetime", "2026-03-01", nil}, {"datetime", "9999-12-31T23:59:59-01:00", nil}, {"datetime", "0000-01-01T00:00:00Z", nil},
		{"choice", "edu", "edu"}, {"choice", "EDU", nil}, {"choice", "教育", nil}, {"choice", []any{"edu"}, nil},
		{"choices", []any{"gov", "IT", "gov"}, []any{"IT", "gov"}}, {"choices", []any{"gov", "no"}, nil}, {"choices", "gov", nil}, {"choices", []any{5.0}, nil},
		{"member", w.acme.Rep2.String(), w.acme.Rep2.String()}, {"member", w.globex.Rep.String(), nil}, {"member", "me", nil}, {"member", c.ID.String(), nil},
		{"link", "https://yunfan.example/?a=b", "https://yunfan.example/?a=b"}, {"link", "yunfan.example", nil}, {"link", "javascript:alert(1)", nil}, {"link", "https://a.example/" + strings.Repeat("x", 2000), nil}, {"link", "https://\xff", nil},
		{"phone", "138 0013 8000", "+8613800138000"}, {"phone", "12", nil}, {"phone", 13800138000.0, nil},
		{"email", "Wang@YunFan.Example", "Wang@yunfan.example"}, {"email", "wang", nil}, {"email", 5.0, nil},
		{"yes_no", false, false}, {"yes_no", true, true}, {"yes_no", "yes", nil},
	} {
		got, err := w.rep.tryUpdate(t, c.ID, crm.CustomerPatch{Custom: patch.Of(values{row.key: row.give})}, 0)
		if row.keep == nil {
			wantInvalid(t, err, "custom."+row.key)
			continue
		}
		if err != nil || !cmp.Equal(got.Custom[row.key], row.keep) || !cmp.Equal(w.rep.get(t, c.ID).Custom[row.key], row.keep) {
			t.Errorf("%s: %v is kept as %v, stored as %v, %v", row.key, row.give, got.Custom[row.key], w.rep.get(t, c.ID).Custom[row.key], err)
		}
	}
	if _, err := w.rep.tryUpdate(t, c.ID, crm.CustomerPatch{Custom: patch.Of(values{"nosuch": 1.0})}, 0); !strings.Contains(fmt.Sprint(err), "choice, choices, date") {
		t.Errorf("an unknown key: %v", err)
	}
	// Blank is none; null clears; what is not named stays.
	got := w.rep.update(t, c.ID, crm.CustomerPatch{Custom: patch.Of(values{"text": " ", "number": nil, "choices": []any{}})})
	for _, key := range []string{"text", "number", "choices"} {
		if _, set := got.Custom[key]; set {
			t.Errorf("%s is still there", key)
		}
	}
	if len(got.Custom) != 10 || !cmp.Equal(got.Custom, w.rep.get(t, c.ID).Custom) {
		t.Errorf("%d values are left: %v", len(got.Custom), got.Custom)
	}
}

func TestCustomValuesTravel(t *testing.T) {
	w := newWorld(t)
	w.admin.field(t, crm.NewCustomField{Key: "stars", Type: "number", Preset: 3.0, Min: ptr(1.0), Max: ptr(5.0)})
	w.admin.field(t, crm.NewCustomField{Key: "code", Type: "text", Min: ptr(2.0), Max: ptr(4.0)})
	w.admin.field(t, crm.NewCustomField{Key: "kind", Type: "choice", Options: []crm.FieldOption{{Key: "a", Label: crm.FieldLabel{EN: "A"}}, {Key: "b", Label: crm.FieldLabel{EN: "B"}}}})
	for _, bad := range []values{{"stars": 0.0}, {"stars": 6.0}, {"code": "x"}, {"code": "12345"}, {"kind": "c"}} {
		_, err := w.rep.tryCreate(t, crm.NewCustomer{Name: "x", Custom: bad})
		for key := range bad {
			wantInvalid(t, err, "custom."+key)
		}
	}
	plain := w.rep.customer(t, "plain")
	none := w.rep.create(t, crm.NewCustomer{Name: "none", Custom: values{"stars": nil}})
	c := w.rep.create(t, crm.NewCustomer{Name: "x", Custom: values{"stars": 5.0, "code": "abc", "kind": "a"}})
	if plain.Custom["stars"] != 3.0 || len(none.Custom) != 0 || len(c.Custom) != 3 {
		t.Errorf("made with %v, %v, %v", plain.Custom, none.Custom, c.Custom)
	}
	if event := w.changesOf(t, "customer.created")[2]; !cmp.Equal(decode[crm.Customer](t, event.Data).Custom, c.Custom) {
		t.Errorf("event %s", event.Data)
	}
	got := w.rep.update(t, c.ID, crm.CustomerPatch{Custom: patch.Of(values{"stars": 4.0, "code": nil, "kind": "a"})})
	if want := (values{"stars": 4.0, "kind": "a"}); !cmp.Equal(got.Custom, want) || !cmp.Equal(w.rep.get(t, c.ID).Custom, want) || got.Version != 2 {
		t.Errorf("changed to %v", got.Custom)
	}
	w.rep.update(t, c.ID, crm.CustomerPatch{Custom: patch.Of(values{"code": "xy"})})
	w.rep.update(t, c.ID, crm.CustomerPatch{Custom: patch.Of(values{"code": "xy", "stars": 4.0})}) // is no change
	events := w.changesOf(t, "customer.updated")
	for i, want := range []string{`{"custom":{"code":"abc","stars":5}}`, `{"custom":{"code":null}}`} {
		if len(events) != 2 || string(events[i].Previous) != want {
			t.Errorf("%d events, %d: previous %s, want %s", len(events), i, events[i].Previous, want)
		}
	}
	// An option that is out of use stays where it is.
	kinds := must[[]crm.CustomField](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) ([]crm.CustomField, error) {
		return crm.ListCustomFields(ctx, q, "", false)
	}))[2]
	kinds.Options[0].Archived = true
	w.admin.changeField(t, kinds.ID, crm.CustomFieldPatch{Options: patch.Of([]crm.FieldOption(kinds.Options))})
	w.rep.update(t, c.ID, crm.CustomerPatch{Custom: patch.Of(values{"kind": "a", "stars": 1.0})})
	_, err := w.rep.tryUpdate(t, none.ID, crm.CustomerPatch{Custom: patch.Of(values{"kind": "a"})}, 0)
	wantInvalid(t, err, "custom.kind")
	if got := w.rep.names(t, crm.ListQuery{Filter: "custom.kind = a"}); !cmp.Equal(got, []string{"x"}) {
		t.Errorf("by the option: %v", got)
	}
	// Bulk changes and handing over leave values alone.
	must[crm.BulkResult](t)(write(t, w.manager, func(ctx ctx, tx *tenant.Tx) (crm.BulkResult, error) {
		return crm.ChangeCustomers(ctx, tx, crm.BulkChange{IDs: []crm.CustomerID{c.ID}, Action: "assign", OwnerID: patch.Of(w.acme.Rep2)})
	}))
	if got := w.rep2.get(t, c.ID); !cmp.Equal(got.Custom, values{"kind": "a", "stars": 1.0, "code": "xy"}) || len(w.rep2.names(t, crm.ListQuery{Filter: "custom.stars = 1"})) != 1 {
		t.Errorf("after a bulk change: %v", got.Custom)
	}
	if got := w.rep2.update(t, c.ID, crm.CustomerPatch{Custom: patch.Null[values]()}); len(got.Custom) != 0 || len(w.rep2.names(t, crm.ListQuery{Filter: "custom.stars:* OR custom.kind:* OR custom.code:*"})) != 0 {
		t.Errorf("cleared to %v", got.Custom)
	}
}

// TestOptionsSortAsTheyStand moves an option: what it was chosen for moves with it.
func TestOptionsSortAsTheyStand(t *testing.T) {
	w := newWorld(t)
	f := w.admin.field(t, crm.NewCustomField{Key: "grade", Type: "choice", Options: []crm.FieldOption{
		{Key: "high", Label: crm.FieldLabel{EN: "High"}}, {Key: "middle", Label: crm.FieldLabel{EN: "Middle"}}, {Key: "low", Label: crm.FieldLabel{EN: "Low"}},
	}})
	for _, grade := range []any{"low", "high", nil, "middle"} {
		w.rep.create(t, crm.NewCustomer{Name: fmt.Sprint(grade), Custom: values{"grade": grade}})
	}
	sorted := func(want ...string) {
		t.Helper()
		got := idsOf(w.rep.list(t, crm.ListQuery{OrderBy: "custom.grade"}).Data, func(c crm.Customer) string { return c.Name })
		if !cmp.Equal(got, want) {
			t.Errorf("sorted %v, want %v", got, want)
		}
	}
	sorted("<nil>", "high", "middle", "low")
	w.admin.changeField(t, f.ID, crm.CustomFieldPatch{Options: patch.Of([]crm.FieldOption{f.Options[2], f.Options[0], f.Options[1]})})
	w.workOnFields(t)
	sorted("<nil>", "low", "high", "middle")
}
