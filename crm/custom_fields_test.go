package crm_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// values keep the tests short.
type values = crm.CustomValues

func (p person) tryField(t testing.TB, in crm.NewCustomField) (crm.CustomField, error) {
	t.Helper()
	if in.Resource == "" {
		in.Resource = "customer"
	}
	if in.Label == (crm.FieldLabel{}) {
		in.Label.EN = in.Key
	}
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.CustomField, error) { return crm.CreateCustomField(ctx, tx, in) })
}

func (p person) field(t testing.TB, in crm.NewCustomField) crm.CustomField {
	t.Helper()
	return must[crm.CustomField](t)(p.tryField(t, in))
}

func (p person) tryChangeField(t testing.TB, id crm.CustomFieldID, in crm.CustomFieldPatch) (crm.CustomField, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.CustomField, error) {
		return crm.UpdateCustomField(ctx, tx, id, in, 0)
	})
}

func (p person) changeField(t testing.TB, id crm.CustomFieldID, in crm.CustomFieldPatch) crm.CustomField {
	t.Helper()
	return must[crm.CustomField](t)(p.tryChangeField(t, id, in))
}

func (p person) deleteField(t testing.TB, id crm.CustomFieldID) {
	t.Helper()
	if err := p.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomField(t.Context(), tx, id, 0) }); err != nil {
		t.Fatal(err)
	}
}

// workOnFields does what is due on custom fields until nothing is.
func (w *world) workOnFields(t testing.TB) {
	t.Helper()
	for range 100 {
		worked := false
		for ref, at := range w.due(t, w.acme, crm.CustomFieldWork) {
			if at.After(w.Clock.Now()) {
				continue
			}
			worked = true
			if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return crm.WorkOnCustomField(t.Context(), tx, crm.CustomFieldID(ref)) }); err != nil {
				t.Fatal(err)
			}
		}
		if !worked {
			return
		}
	}
	t.Fatal("the work on custom fields does not end")
}

func TestCustomFieldDefinitions(t *testing.T) {
	w := newWorld(t)
	industry := w.admin.field(t, crm.NewCustomField{Type: "choice", Label: crm.FieldLabel{ZH: "行业"}, Options: []crm.FieldOption{
		{Label: crm.FieldLabel{ZH: "软件", EN: "Software"}}, {Label: crm.FieldLabel{ZH: "教育"}, Colour: "blue"}, {Key: "IT", Label: crm.FieldLabel{EN: "IT"}}, {Label: crm.FieldLabel{ZH: "教育"}},
	}})
	var keys []string
	for _, o := range industry.Options {
		keys = append(keys, o.Key+" "+o.Colour)
	}
	if want := []string{"software grey", "jiao_yu blue", "IT grey", "jiao_yu_2 grey"}; industry.Key != "xing_ye" || industry.Position != 1 || !cmp.Equal(keys, want) {
		t.Errorf("made %s at %d with %v", industry.Key, industry.Position, keys)
	}
	weight := w.admin.field(t, crm.NewCustomField{Key: "weight", Type: "number", Unit: "kg", Help: "net", Section: "Goods", Min: ptr(0.5), Max: ptr(10.0), Preset: 2.5})
	if *weight.Decimals != 2 || weight.Position != 2 || string(weight.Preset) != "2.5" || weight.Currency != nil {
		t.Errorf("made %+v", weight)
	}
	if money := w.admin.field(t, crm.NewCustomField{Key: "budget", Type: "money", Position: ptr(1)}); *money.Currency != "CNY" || money.Decimals != nil {
		t.Errorf("made %+v", money)
	}
	if again := w.admin.field(t, crm.NewCustomField{Type: "text", Label: crm.FieldLabel{ZH: "行业", EN: "3D?"}}); again.Key != "f_3d" || again.Position != 4 {
		t.Errorf("made %s at %d", again.Key, again.Position)
	}
	listed := func() (order []string) {
		for _, f := range must[[]crm.CustomField](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) ([]crm.CustomField, error) {
			return crm.ListCustomFields(ctx, q, "customer", false)
		})) {
			order = append(order, f.Key)
		}
		return order
	}
	if want := []string{"budget", "xing_ye", "weight", "f_3d"}; !cmp.Equal(listed(), want) {
		t.Errorf("order %v, want %v", listed(), want)
	}
	w.admin.changeField(t, weight.ID, crm.CustomFieldPatch{Position: patch.Of(2)})
	if want := []string{"budget", "weight", "xing_ye", "f_3d"}; !cmp.Equal(listed(), want) {
		t.Errorf("order %v, want %v", listed(), want)
	}
	stored := must[crm.CustomField](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.CustomField, error) {
		return crm.GetCustomField(ctx, q, industry.ID)
	}))
	industry.Position = 3
	if diff := cmp.Diff(industry, stored); diff != "" {
		t.Errorf("stored: -want +got\n%s", diff)
	}
	if event := w.changesOf(t, "custom_field.created")[1]; event.Resource != "custom_field" || decode[crm.CustomField](t, event.Data).Key != "weight" {
		t.Errorf("event %+v", event)
	}
	// Options are renamed, added, moved and archived; the default follows them.
	options := append([]crm.FieldOption{{Label: crm.FieldLabel{ZH: "医疗"}}}, stored.Options...)
	options[1].Label.EN, options[2].Archived = "Apps", true
	changed := w.admin.changeField(t, industry.ID, crm.CustomFieldPatch{Options: patch.Of(options), Preset: patch.Of[any]("IT"), Key: patch.Of("xing_ye"), Type: patch.Of("choice")})
	if changed.Options[0].Key != "yi_liao" || changed.Options[1].Label.EN != "Apps" || !changed.Options[2].Archived || string(changed.Preset) != `"IT"` || changed.Version != 2 {
		t.Errorf("changed to %+v", changed)
	}
	for name, c := range map[string]struct {
		id    crm.CustomFieldID
		in    crm.CustomFieldPatch
		field string
	}{
		"key":               {industry.ID, crm.CustomFieldPatch{Key: patch.Of("trade")}, "key"},
		"type":              {industry.ID, crm.CustomFieldPatch{Type: patch.Of("text")}, "type"},
		"an option goes":    {industry.ID, crm.CustomFieldPatch{Options: patch.Of(options[1:])}, "options"},
		"no options":        {industry.ID, crm.CustomFieldPatch{Options: patch.Null[[]crm.FieldOption]()}, "options"},
		"the default goes":  {industry.ID, crm.CustomFieldPatch{Preset: patch.Of[any]("jiao_yu")}, "default"},
		"unique":            {industry.ID, crm.CustomFieldPatch{Unique: patch.Of(true)}, "unique"},
		"nameless":          {weight.ID, crm.CustomFieldPatch{Label: patch.Null[crm.FieldLabel]()}, "label"},
		"bounds":            {weight.ID, crm.CustomFieldPatch{Max: patch.Of(0.1)}, "max"},
		"default out of it": {weight.ID, crm.CustomFieldPatch{Min: patch.Of(3.0)}, "default"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.admin.tryChangeField(t, c.id, c.in)
			if name == "no options" {
				var invalid *tenant.InvalidError
				if !errors.As(err, &invalid) {
					t.Error(err)
				}
				return
			}
			wantInvalid(t, err, c.field)
		})
	}
	for _, who := range []person{w.stranger} {
		_, err := who.tryChangeField(t, weight.ID, crm.CustomFieldPatch{Help: patch.Of("x")})
		wantError(t, err, tenant.ErrNotFound)
	}
}

func TestCustomFieldMistakes(t *testing.T) {
	w := newWorld(t)
	w.admin.field(t, crm.NewCustomField{Key: "taken", Type: "text"})
	option := []crm.FieldOption{{Key: "a", Label: crm.FieldLabel{EN: "A"}}}
	for name, c := range map[string]struct {
		in     crm.NewCustomField
		fields []string
	}{
		"type":             {crm.NewCustomField{Key: "x", Type: "float"}, []string{"type"}},
		"resource":         {crm.NewCustomField{Key: "x", Type: "text", Resource: "member"}, []string{"resource"}},
		"key":              {crm.NewCustomField{Key: "9x", Type: "text"}, []string{"key"}},
		"capital key":      {crm.NewCustomField{Key: "Budget", Type: "text"}, []string{"key"}},
		"key with a quote": {crm.NewCustomField{Key: "a'b", Type: "text"}, []string{"key"}},
		"label":            {crm.NewCustomField{Key: "x", Type: "text", Label: crm.FieldLabel{ZH: " "}}, []string{"label"}},
		"long label":       {crm.NewCustomField{Key: "x", Type: "text", Label: crm.FieldLabel{ZH: strings.Repeat("长", 101)}}, []string{"label.zh"}},
		"no options":       {crm.NewCustomField{Key: "x", Type: "choice"}, []string{"options"}},
		"options of text":  {crm.NewCustomField{Key: "x", Type: "text", Options: option}, []string{"options"}},
		"same option":      {crm.NewCustomField{Key: "x", Type: "choices", Options: append([]crm.FieldOption{{Key: "A", Label: crm.FieldLabel{EN: "A"}}}, option...)}, []string{"options[1].key"}},
		"option key":       {crm.NewCustomField{Key: "x", Type: "choices", Options: []crm.FieldOption{{Key: "a b", Label: crm.FieldLabel{EN: "A"}}}}, []string{"options[0].key"}},
		"option label":     {crm.NewCustomField{Key: "x", Type: "choices", Options: []crm.FieldOption{{Key: "a"}}}, []string{"options[0].label"}},
		"option colour":    {crm.NewCustomField{Key: "x", Type: "choice", Options: []crm.FieldOption{{Key: "a", Label: crm.FieldLabel{EN: "A"}, Colour: "pink"}}}, []string{"options[0].colour"}},
		"decimals":         {crm.NewCustomField{Key: "x", Type: "number", Decimals: ptr(7)}, []string{"decimals"}},
		"unit of a date":   {crm.NewCustomField{Key: "x", Type: "date", Unit: "d"}, []string{"unit"}},
		"currency":         {crm.NewCustomField{Key: "x", Type: "money", Currency: ptr("RMB")}, []string{"currency"}},
		"unique date":      {crm.NewCustomField{Key: "x", Type: "date", Unique: true}, []string{"unique"}},
		"bounds":           {crm.NewCustomField{Key: "x", Type: "text", Min: ptr(0.0), Max: ptr(1e300)}, []string{"min", "max"}},
		"default":          {crm.NewCustomField{Key: "x", Type: "number", Preset: "five"}, []string{"default"}},
		"default option":   {crm.NewCustomField{Key: "x", Type: "choice", Options: option, Preset: "b"}, []string{"default"}},
		"default member":   {crm.NewCustomField{Key: "x", Type: "member", Preset: w.acme.Rep.String()}, []string{"default"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.admin.tryField(t, c.in)
			wantInvalid(t, err, c.fields...)
		})
	}
	_, err := w.admin.tryField(t, crm.NewCustomField{Key: "taken", Type: "date"})
	wantConflict(t, err, "field_exists")
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		for n := range 99 {
			if _, err := crm.CreateCustomField(t.Context(), tx, crm.NewCustomField{Resource: "customer", Key: fmt.Sprint("f", n), Type: "text", Label: crm.FieldLabel{EN: "x"}}); err != nil {
				return err
			}
		}
		_, err := crm.CreateCustomField(t.Context(), tx, crm.NewCustomField{Resource: "customer", Key: "more", Type: "text", Label: crm.FieldLabel{EN: "x"}})
		wantConflict(t, err, "too_many_fields")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestRequiredAndUniqueHoldExistingValues makes fields strict after the records are there.
func TestRequiredAndUniqueHoldExistingValues(t *testing.T) {
	w := newWorld(t)
	code := w.admin.field(t, crm.NewCustomField{Key: "code", Type: "text"})
	size := w.admin.field(t, crm.NewCustomField{Key: "size", Type: "number"})
	a := w.rep.create(t, crm.NewCustomer{Name: "Alpha", Custom: values{"code": "X1", "size": 1.5}})
	b := w.rep2.create(t, crm.NewCustomer{Name: "Beta", Custom: values{"code": " ｘ1", "size": 1.50}})
	c := w.rep2.create(t, crm.NewCustomer{Name: "Gamma"})
	required, unique := crm.CustomFieldPatch{Required: patch.Of(true)}, crm.CustomFieldPatch{Unique: patch.Of(true)}
	refused := func(who person, id crm.CustomFieldID, in crm.CustomFieldPatch, code string, texts ...string) {
		t.Helper()
		_, err := who.tryChangeField(t, id, in)
		wantConflict(t, err, code)
		for _, text := range texts {
			if unwanted, absent := strings.CutPrefix(text, "!"); strings.Contains(fmt.Sprint(err), unwanted) == absent {
				t.Errorf("%v, want %s", err, text)
			}
		}
	}
	refused(w.admin, code.ID, required, "values_missing", "1 records", "Gamma", "custom.code:*")
	refused(w.rep, code.ID, required, "values_missing", "1 records", "!Gamma") // out of the rep's reach
	refused(w.admin, code.ID, unique, "values_repeated", "1 records", "Alpha", "Beta")
	refused(w.admin, size.ID, unique, "values_repeated", "Alpha")
	_, err := w.admin.tryField(t, crm.NewCustomField{Key: "late", Type: "text", Required: true})
	wantConflict(t, err, "values_missing")

	w.rep2.update(t, b.ID, crm.CustomerPatch{Custom: patch.Of(values{"code": "X2", "size": 2.0})})
	w.rep2.update(t, c.ID, crm.CustomerPatch{Custom: patch.Of(values{"code": "X3"})})
	for _, id := range []crm.CustomFieldID{code.ID, size.ID} {
		w.admin.changeField(t, id, unique)
	}
	w.admin.changeField(t, code.ID, required)
	_, err = w.rep.tryCreate(t, crm.NewCustomer{Name: "x"})
	wantInvalid(t, err, "custom.code")
	_, err = w.rep.tryUpdate(t, a.ID, crm.CustomerPatch{Custom: patch.Of(values{"code": nil})}, 0)
	wantInvalid(t, err, "custom.code")
	_, err = w.rep.tryUpdate(t, a.ID, crm.CustomerPatch{Custom: patch.Null[values]()}, 0)
	wantInvalid(t, err, "custom.code")
	_, err = w.rep.tryCreate(t, crm.NewCustomer{Name: "x", Custom: values{"code": "ｘ1", "size": 2.0}})
	wantInvalid(t, err, "custom.code", "custom.size")
	if text := fmt.Sprint(err); !strings.Contains(text, `"Alpha" (`+a.ID.String()) || strings.Contains(text, "Beta") {
		t.Errorf("the rep is told: %v", err)
	}
	if err := errors.Unwrap(err); err != nil {
		t.Error(err)
	}
	// What goes to the trash is in nobody's way, and what is changed frees its value.
	if err := w.rep2.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, b.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	w.rep.update(t, a.ID, crm.CustomerPatch{Custom: patch.Of(values{"code": "x2", "size": 2.0})})
	w.rep.create(t, crm.NewCustomer{Name: "x", Custom: values{"code": "X1"}})
	w.admin.changeField(t, code.ID, crm.CustomFieldPatch{Unique: patch.Of(false), Required: patch.Of(false)})
	w.rep.create(t, crm.NewCustomer{Name: "x", Custom: values{"code": "X1"}})
	w.rep.customer(t, "x")
}

// TestUniqueValuesUnderRace lets many want the same value at once: exactly one gets it.
func TestUniqueValuesUnderRace(t *testing.T) {
	w := newWorld(t)
	w.admin.field(t, crm.NewCustomField{Key: "code", Type: "text", Unique: true})
	const all = 8
	got := make([]error, all)
	var group sync.WaitGroup
	for n := range all {
		group.Go(func() {
			_, got[n] = w.rep.tryCreate(t, crm.NewCustomer{Name: fmt.Sprint(n), Custom: values{"code": "same"}})
		})
	}
	group.Wait()
	made := 0
	for _, err := range got {
		if err == nil {
			made++
			continue
		}
		wantInvalid(t, err, "custom.code")
	}
	if made != 1 {
		t.Errorf("%d have the value", made)
	}
	if page := w.rep.list(t, crm.ListQuery{Filter: `custom.code = "same"`}); len(page.Data) != 1 {
		t.Errorf("%d are found by it", len(page.Data))
	}
}

func TestDeletedFieldGoesWithItsValues(t *testing.T) {
	w := newWorld(t)
	old := w.admin.field(t, crm.NewCustomField{Key: "old", Type: "choices", Options: []crm.FieldOption{{Key: "a", Label: crm.FieldLabel{EN: "A"}}, {Key: "b", Label: crm.FieldLabel{EN: "B"}}}})
	w.admin.field(t, crm.NewCustomField{Key: "kept", Type: "number", Unique: true})
	c := w.rep.create(t, crm.NewCustomer{Name: "x", Custom: values{"old": []any{"b", "a"}, "kept": 5.0}})
	trashed := w.rep.create(t, crm.NewCustomer{Name: "y", Custom: values{"old": []any{"b"}}})
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, trashed.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	w.admin.deleteField(t, old.ID)
	w.admin.deleteField(t, old.ID) // is no change
	_, err := w.rep.tryUpdate(t, c.ID, crm.CustomerPatch{Custom: patch.Of(values{"old": []any{"a"}})}, 0)
	wantInvalid(t, err, "custom.old")
	_, err = w.rep.tryList(t, crm.ListQuery{Filter: "custom.old:a"})
	wantInvalid(t, err, "filter")
	_, err = w.admin.tryField(t, crm.NewCustomField{Key: "old", Type: "date"})
	wantConflict(t, err, "field_exists")
	w.rep.update(t, c.ID, crm.CustomerPatch{Custom: patch.Of(values{"kept": 6.0})})

	// It can be taken back for 30 days.
	w.Clock.Advance(29 * 24 * time.Hour)
	w.workOnFields(t)
	back := w.admin.changeField(t, old.ID, crm.CustomFieldPatch{Archived: patch.Of(false)})
	if page := w.rep.list(t, crm.ListQuery{Filter: "custom.old:a"}); back.PurgeAt != nil || len(page.Data) != 1 {
		t.Errorf("taken back as %+v, found %d", back, len(page.Data))
	}
	w.Clock.Advance(2 * 24 * time.Hour)
	w.workOnFields(t)
	if got := w.rep.get(t, c.ID); !cmp.Equal(got.Custom, values{"old": []any{"a", "b"}, "kept": 6.0}) {
		t.Errorf("values %v", got.Custom)
	}
	w.admin.deleteField(t, old.ID)
	w.Clock.Advance(30 * 24 * time.Hour)
	_, err = w.admin.tryChangeField(t, old.ID, crm.CustomFieldPatch{Archived: patch.Of(false)})
	wantConflict(t, err, "field_gone")
	w.workOnFields(t)
	if got := w.rep.get(t, c.ID); !cmp.Equal(got.Custom, values{"kept": 6.0}) || got.Version != 2 {
		t.Errorf("values %v, version %d", got.Custom, got.Version)
	}
	var left int
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		return tx.Get(t.Context(), &left, `SELECT (SELECT COUNT(*) FROM company.field_texts) + (SELECT COUNT(*) FROM company.customers WHERE custom LIKE '%old%')
			+ (SELECT COUNT(*) FROM company.custom_fields WHERE field_key = 'old')`)
	}); err != nil || left != 0 {
		t.Errorf("%d traces are left, %v", left, err)
	}
	w.admin.field(t, crm.NewCustomField{Key: "old", Type: "date"})
	if due := w.due(t, w.acme, crm.CustomFieldWork); len(due) != 0 {
		t.Errorf("due %v", due)
	}
}
