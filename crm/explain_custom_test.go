package crm_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TestCustomFieldsReadFromIndexes looks at the plans of filters and orders by custom fields over thousands of rows, of
// which a tenth have no value.
func TestCustomFieldsReadFromIndexes(t *testing.T) {
	w := newWorld(t)
	w.fill(t, 6000)
	number := w.admin.field(t, crm.NewCustomField{Key: "n", Type: "number"})
	text := w.admin.field(t, crm.NewCustomField{Key: "t", Type: "text"})
	moment := w.admin.field(t, crm.NewCustomField{Key: "m", Type: "datetime"})
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		for _, s := range []struct {
			field     crm.CustomFieldID
			statement string
		}{
			{number.ID, `INSERT INTO company.field_numbers (record_id, field_id, value) SELECT id, ?, CRC32(id) % 100 * 10 FROM company.customers WHERE name_sort NOT LIKE '%7'`},
			{text.ID, `INSERT INTO company.field_texts (record_id, field_id, item, value, sort) SELECT id, ?, 0, CONCAT('t', CRC32(id) % 3), CONCAT('t', CRC32(id) % 3) FROM company.customers WHERE name_sort NOT LIKE '%7'`},
			{moment.ID, `INSERT INTO company.field_times (record_id, field_id, value) SELECT id, ?, created_at FROM company.customers WHERE name_sort NOT LIKE '%7'`},
		} {
			if _, err := tx.Exec(t.Context(), s.statement, s.field); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.analyse(t, "customers", "field_numbers", "field_texts", "field_times")
	type statement func(*tenant.Query, crm.ListQuery) (string, []any, error)
	all, few := statement(crm.CustomerStatement), statement(crm.FewCustomers)
	for _, c := range []struct {
		name          string
		who           person
		list          statement
		filter, order string
		pages         int
		// keys are those of the tables in the order in which they are read.
		keys string
	}{
		{"by value", w.admin, all, "", "custom.n desc", 0, "field_numbers_value PRIMARY"},
		{"by value, later", w.admin, all, "", "custom.n desc", 1, "field_numbers_value PRIMARY"},
		{"by text", w.admin, all, "", "custom.t desc", 0, "field_texts_sort PRIMARY"},
		{"by text, later", w.admin, all, "", "custom.t desc", 1, "field_texts_sort PRIMARY"},
		{"by time, later", w.admin, all, "", "custom.m desc", 1, "field_times_value PRIMARY"},
		{"of the team", w.manager, all, "", "custom.n desc", 1, "field_numbers_value PRIMARY"},
		{"without a value", w.admin, all, "", "custom.n", 0, "customers_created PRIMARY"},
		{"without a value, later", w.admin, all, "", "custom.n", 1, "customers_created PRIMARY"},
		{"one's own without a value", w.rep, all, "", "custom.n", 0, "customers_owner_created PRIMARY"},
		{"values after the others", w.admin, all, "", "custom.n", 4, "field_numbers_value PRIMARY"},
		{"filtered", w.admin, all, "custom.n > 500", "updated_at desc", 1, "customers_updated PRIMARY"},
		{"not filtered for", w.admin, all, "custom.t != t1", "name", 0, "customers_name PRIMARY"},
		{"filtered and by value", w.admin, all, "custom.t = t1 AND custom.n < 900", "custom.n desc", 1, "field_numbers_value PRIMARY PRIMARY PRIMARY"},
		{"few", w.admin, few, "custom.n = 70", "updated_at desc", 0, "PRIMARY PRIMARY"},
		{"few by value", w.admin, few, "custom.n = 70", "custom.m desc", 0, "PRIMARY PRIMARY PRIMARY"},
		{"many", w.admin, few, "custom.t = t1", "updated_at desc", 0, "customers_updated PRIMARY"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := crm.ListQuery{Filter: c.filter, OrderBy: c.order, Limit: 200}
			for range c.pages {
				in.Cursor = *c.who.list(t, in).NextCursor
			}
			if err := w.Read(t.Context(), c.who.company.Company, c.who.caller, func(q *tenant.Query) error {
				text, args, err := c.list(q, in)
				if err != nil {
					return err
				}
				steps := explain(t.Context(), t, q, text, args)
				var keys []string
				for _, s := range steps {
					keys = append(keys, s.key)
					if sorts := strings.Contains(s.extra, "filesort"); sorts && !strings.HasPrefix(c.name, "few") || s.kind == "ALL" || s.kind == "index" && s.key == "PRIMARY" {
						t.Errorf("the plan sorts or reads everything: %+v", steps)
					}
				}
				if got := strings.Join(slices.DeleteFunc(keys, func(k string) bool { return k == "" }), " "); got != c.keys {
					t.Errorf("the plan is %+v, want %s", steps, c.keys)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		})
	}
}
