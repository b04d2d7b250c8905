package crm_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryFind(t testing.TB, text string, limit int) ([]crm.Hit, error) {
	t.Helper()
	return read(t, p, func(ctx ctx, q *tenant.Query) ([]crm.Hit, error) { return crm.Find(ctx, q, text, limit) })
}

// find returns what a search answers, each as its noun and its title.
func (p person) find(t testing.TB, text string) []string {
	t.Helper()
	found := []string{}
	for _, h := range must[[]crm.Hit](t)(p.tryFind(t, text, 20)) {
		found = append(found, h.Noun+" "+h.Title)
	}
	return found
}

func TestFind(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "云帆")
	w.rep.create(t, crm.NewCustomer{Name: "长风", Phone: "13800138000"})
	w.rep.customer(t, "上海云帆科技")
	w.rep.customer(t, "云帆科技")
	w.rep.contact(t, crm.NewContact{Name: "云帆的王芳", CustomerID: &c.ID})
	w.rep.deal(t, crm.NewDeal{Name: "云帆二期", CustomerID: &c.ID})
	w.rep.task(t, crm.NewTask{Title: "给云帆打电话", CustomerID: &c.ID})
	must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: "call", Summary: "云帆想先试用"}))
	w.rep2.customer(t, "云帆的对手")
	w.stranger.customer(t, "云帆 of globex")
	want := []string{
		"customer 云帆", "customer 云帆科技", "contact 云帆的王芳", "deal 云帆二期", "interaction 云帆想先试用", "customer 上海云帆科技", "task 给云帆打电话",
	}
	if diff := cmp.Diff(want, w.rep.find(t, "云帆")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for text, want := range map[string][]string{"yunfan": {"customer 云帆", "customer 云帆科技"}, "0013800": {"customer 长风"}, "没有这个": {}} {
		if got := w.rep.find(t, text); !slices.Equal(got[:min(len(got), len(want))], want) || len(want) == 0 && len(got) > 0 {
			t.Errorf("%s finds %q", text, got)
		}
	}
	if got := w.rep2.find(t, "云帆"); !slices.Equal(got, []string{"customer 云帆的对手"}) {
		t.Errorf("a colleague finds %q", got)
	}
	if got := w.manager.find(t, "云帆"); len(got) != 8 {
		t.Errorf("the manager finds %q", got)
	}
	masked := w.person(w.acme, w.acme.Rep, tenant.LevelOwn)
	masked.caller.Masked = map[string]bool{"customer.phone": true}
	if got := masked.find(t, "0013800"); len(got) != 0 {
		t.Errorf("a masked number finds %q", got)
	}
	blind := w.person(w.acme, w.acme.Rep, tenant.LevelOwn)
	delete(blind.caller.Levels, "deal:read")
	if got := blind.find(t, "云帆"); slices.Contains(got, "deal 云帆二期") || len(got) != 6 {
		t.Errorf("without the right to deals: %q", got)
	}
	// Of as good a match the latest stands first, whatever is due first.
	for _, title := range []string{"寄样品给云帆", "寄样品给长风"} {
		w.Clock.Advance(time.Hour)
		w.rep.task(t, crm.NewTask{Title: title, DueAt: ptr(w.Clock.Now().Add(time.Hour))})
	}
	if got := w.rep.find(t, "寄样品"); !slices.Equal(got, []string{"task 寄样品给长风", "task 寄样品给云帆"}) {
		t.Errorf("found as %q", got)
	}
	hits := must[[]crm.Hit](t)(w.rep.tryFind(t, "云帆二期", 1))
	if len(hits) != 1 || hits[0].Customer == nil || hits[0].Customer.Name != "云帆" || hits[0].OwnerID != w.acme.Rep {
		t.Errorf("%+v", hits)
	}
	for _, bad := range []struct {
		text  string
		limit int
		field string
	}{{" ", 20, "q"}, {"x", 0, "limit"}, {"x", 51, "limit"}} {
		_, err := w.rep.tryFind(t, bad.text, bad.limit)
		wantInvalid(t, err, bad.field)
	}
}
