package crm_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestSearch(t *testing.T) {
	w := newWorld(t)
	for _, in := range []crm.NewCustomer{
		{Name: "张三", Phone: "13800138000", ContactName: "王志强"},
		{Name: "云帆科技 Yunfan Ltd.", Email: "wang.wu@yunfan.example"},
		{Name: "100% Cotton_x!", Phone: "+1 212 555 0123"},
		{Name: "Straße Öl GmbH"},
		{Name: "Ａcme ２０２６-05"},
	} {
		w.rep.create(t, in)
	}
	const zhang, yunfan, cotton, oil, acme = "张三", "云帆科技 Yunfan Ltd.", "100% Cotton_x!", "Straße Öl GmbH", "Ａcme ２０２６-05"
	for q, want := range map[string][]string{
		"张三": {zhang}, "张": {zhang}, "zhangsan": {zhang}, "zhang": {zhang}, "zs": {zhang}, "ZS": {zhang}, "z": {zhang}, "志强": {zhang}, "wzq": {zhang},
		"帆科": {yunfan}, "yfkj": {yunfan}, "yunfankeji": {yunfan}, "云科": {}, "yunfan": {yunfan}, "ltd": {yunfan}, "Ltd.": {yunfan}, "wang": {yunfan, zhang},
		"138001": {zhang}, "8000": {zhang}, "138-0013-8000": {zhang}, "138 0013": {zhang}, "+86138": {zhang}, "(212)555-0123": {cotton}, "212.555.0123": {cotton},
		"wu@yunfan": {yunfan}, "@yunfan.example": {yunfan}, "yunfan wang": {yunfan}, "云帆 wang.wu": {yunfan}, "云帆 138": {},
		"%": {cotton}, "_": {cotton}, "!": {cotton}, "0%": {cotton}, "n_x": {cotton}, "x!": {cotton}, "1%%": {}, "%_": {}, `\`: {}, "'": {},
		"ß": {oil}, "öl": {oil}, "STRASSE": {}, "acme": {acme}, "2026": {acme}, "2026-05": {acme}, "２０２６": {acme},
		"": {zhang, yunfan, cotton, oil, acme}, "   ": {zhang, yunfan, cotton, oil, acme}, "nobody": {},
	} {
		slices.Sort(want)
		if got := w.rep.names(t, crm.ListQuery{Q: q}); !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", q, got, want)
		}
		if got := w.rep2.names(t, crm.ListQuery{Q: q}); len(got) != 0 {
			t.Errorf("%q finds %q for somebody who may not see it", q, got)
		}
		if got := w.stranger.names(t, crm.ListQuery{Q: q}); len(got) != 0 {
			t.Errorf("%q finds %q in another company", q, got)
		}
	}
	page := w.manager.list(t, crm.ListQuery{Q: "wang", Filter: "phone:*", Count: true})
	if len(page.Data) != 1 || *page.Total != 1 {
		t.Errorf("search with a filter finds %d, total %d", len(page.Data), *page.Total)
	}
}

// Words that many have are looked for in another way than those that few have. Both find the same, page by page.
func TestCommonWordsAreFoundToo(t *testing.T) {
	w := newWorld(t)
	want := map[person]map[string][]string{w.rep: {}, w.rep2: {}, w.manager: {}, w.stranger: {}}
	for n := range 30 {
		owner, name := []person{w.rep, w.rep2}[n/2%2], fmt.Sprintf("%02d %s", n, []string{"云帆", "海天"}[n%2])
		c := owner.create(t, crm.NewCustomer{Name: name, Phone: fmt.Sprintf("138001380%02d", n)})
		must[crm.Interaction](t)(owner.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: name}))
		if n%10 == 0 {
			owner.delete(t, c.ID)
			continue
		}
		for q, has := range map[string]bool{"云帆": n%2 == 0, "yf": n%2 == 0, "海天": n%2 == 1, "13800138": true, "138001380" + name[:2]: true} {
			if has {
				want[owner][q], want[w.manager][q] = append(want[owner][q], name), append(want[w.manager][q], name)
			}
		}
	}
	find := func() {
		t.Helper()
		for who, all := range want {
			for _, q := range append(slices.Collect(maps.Keys(want[w.manager])), "17 云帆", "nobody") {
				for resource, pageOf := range map[string]func(crm.ListQuery) ([]string, *string, *int){
					"customers": func(in crm.ListQuery) ([]string, *string, *int) {
						page := who.list(t, in)
						return idsOf(page.Data, func(c crm.Customer) string { return c.Name }), page.NextCursor, page.Total
					},
					"interactions": func(in crm.ListQuery) ([]string, *string, *int) {
						page := who.interactions(t, crm.CustomerID{}, in)
						return idsOf(page.Data, func(i crm.Interaction) string { return i.Summary }), page.NextCursor, page.Total
					},
				} {
					names := all[q]
					if resource == "interactions" && !strings.ContainsAny(q, "云海") {
						continue // have neither phone nor pinyin
					}
					var got []string
					for in := (crm.ListQuery{Q: q, Limit: 7, Count: true}); ; {
						page, next, total := pageOf(in)
						if got = append(got, page...); *total != len(names) {
							t.Errorf("%d %s have %s, want %d", *total, resource, q, len(names))
						}
						if next == nil {
							break
						}
						in.Cursor = *next
					}
					slices.Sort(got)
					if !slices.Equal(got, names) {
						t.Errorf("%s finds the %s %q, want %q", q, resource, got, names)
					}
				}
			}
		}
	}
	find()
	w.makeCommon(t, search.Customers, "云帆", "海天", "yf", "13", "38")
	w.makeCommon(t, search.Interactions, "云帆", "海天")
	find()
}

// makeCommon lets the pieces stand in so many records that looking them all up may be slower than reading a list.
func (w *world) makeCommon(t testing.TB, noun search.Noun, pieces ...string) {
	t.Helper()
	rows := make([]search.Row, 2000)
	for n := range rows {
		rows[n] = search.Row{ID: tenant.RecordID(tenant.NewEventID()), Grams: pieces}
	}
	if err := w.admin.tx(t, func(tx *tenant.Tx) error { return search.Insert(t.Context(), tx, noun, rows) }); err != nil {
		t.Fatal(err)
	}
}

func TestSearchFollowsChanges(t *testing.T) {
	w := newWorld(t)
	c := w.rep.create(t, crm.NewCustomer{Name: "Old name", Phone: "13800138000"})
	w.rep.update(t, c.ID, crm.CustomerPatch{Name: patch.Of("新名字"), Phone: patch.Null[string]()})
	for q, want := range map[string]int{"old": 0, "138": 0, "新名": 1, "xmz": 1} {
		if got := w.rep.names(t, crm.ListQuery{Q: q}); len(got) != want {
			t.Errorf("%q finds %v, want %d", q, got, want)
		}
	}
}
