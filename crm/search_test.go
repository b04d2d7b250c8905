package crm_test

import (
	"slices"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
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
