package crm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TestSearchesComeFromTheIndexOfPieces looks at how each kind of record that GET /v1/search looks for is found: by a part of
// a name, by initials and by a part of a phone number.
func TestSearchesComeFromTheIndexOfPieces(t *testing.T) {
	w := newWorld(t)
	w.fill(t, 3000)
	w.fillAround(t)
	w.fillDeals(t, 3000)
	nouns := []struct {
		table, alias, order string
		noun                search.Noun
	}{
		{"customers", "c", "customers_updated", search.Customers},
		{"contacts", "p", "contacts_updated", search.Contacts},
		{"deals", "d", "deals_updated", search.Deals},
		{"tasks", "t", "tasks_due", search.Tasks},
		{"interactions", "i", "interactions_time", search.Interactions},
	}
	for _, n := range nouns {
		w.fillPieces(t, n.table, n.noun)
	}
	w.analyse(t, "search_grams")
	for _, n := range nouns {
		for who, p := range map[string]person{"rep": w.rep, "manager": w.manager, "admin": w.admin} {
			for _, q := range []string{"海天山", "hts", "7310456", "731-0456"} {
				t.Run(n.table+" "+who+" "+q, func(t *testing.T) {
					if err := w.Read(t.Context(), p.company.Company, p.caller, func(query *tenant.Query) error {
						statement, args, err := crm.SearchStatement(query, n.table, crm.ListQuery{Q: q, Limit: 100})
						if err != nil {
							return err
						}
						wantPieces(t, explain(t.Context(), t, query, statement, args), n.alias)
						return nil
					}); err != nil {
						t.Fatal(err)
					}
				})
			}
		}
	}
	// Words that many records have are looked for in the list's own order.
	for _, n := range nouns {
		w.makeCommon(t, n.noun, "跟进")
		if err := w.admin.tx(t, func(tx *tenant.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE company.`+n.table+` SET search_text = CONCAT(search_text, ' 跟进') WHERE CRC32(id) % 10 = 0`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := w.Read(t.Context(), w.acme.Company, w.admin.caller, func(q *tenant.Query) error {
			statement, args, err := crm.SearchStatement(q, n.table, crm.ListQuery{Q: "跟进", Limit: 100})
			if err != nil {
				return err
			}
			wantIndex(t, explain(t.Context(), t, q, statement, args), n.order)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// fillPieces makes the records of a table findable by names of three characters and by numbers.
func (w *world) fillPieces(t *testing.T, table string, noun search.Noun) {
	t.Helper()
	characters := []rune("云帆海天山河金木水火土风雷电石林江湖星月日光明华中国东西南北春夏秋冬梅兰竹菊")
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		var ids []tenant.RecordID
		if err := tx.Select(t.Context(), &ids, `SELECT id FROM company.`+table+` ORDER BY id`); err != nil {
			return err
		}
		rows := make([]search.Row, len(ids))
		for i, id := range ids {
			name := string([]rune{characters[i%len(characters)], characters[(i/7)%len(characters)], characters[(i/49)%len(characters)]})
			rows[i] = search.RowOf(id, search.Text(name, fmt.Sprintf("+861%010d", i*2_654_435_761%10_000_000_000)))
		}
		return search.Insert(t.Context(), tx, noun, rows)
	}); err != nil {
		t.Fatal(err)
	}
}

// wantPieces fails unless the pieces are read first, by their key, and the records by theirs.
func wantPieces(t *testing.T, steps []step, alias string) {
	t.Helper()
	first := slices.IndexFunc(steps, func(s step) bool { return s.table == "g" })
	for i, s := range steps {
		materialised := strings.HasPrefix(s.table, "<") // what the pieces have left
		if !materialised && (s.kind == "ALL" || s.kind == "index") || (s.table == "g" || s.table == alias) && s.key != "PRIMARY" {
			t.Errorf("step %d reads everything: %+v", i, steps)
		}
	}
	if first < 0 || !slices.ContainsFunc(steps, func(s step) bool { return s.table == alias }) {
		t.Errorf("the pieces are not read: %+v", steps)
	}
}
