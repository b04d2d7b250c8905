package crm_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryChangeDeals(t testing.TB, in crm.DealBulk) (crm.BulkResult, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.BulkResult, error) { return crm.ChangeDeals(ctx, tx, in) })
}

func TestManyDealsChange(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	c := w.rep.customer(t, "c")
	a := w.rep.deal(t, crm.NewDeal{Name: "a", CustomerID: &c.ID, Tags: []string{"VIP"}})
	b := w.rep.deal(t, crm.NewDeal{Name: "b"})
	x := w.rep2.deal(t, crm.NewDeal{Name: "x"})
	full := w.rep.deal(t, crm.NewDeal{Name: "full", Tags: manyTags(50), StageID: &p.Stages[3].ID})
	ids := []crm.DealID{a.ID, b.ID, x.ID, full.ID, a.ID}
	for _, step := range []struct {
		name string
		in   crm.DealBulk
		want string // selected, changed, unchanged, not found, refused
		then func(crm.Deal) bool
	}{
		{"tag", crm.DealBulk{IDs: ids, Action: "tag", Tags: []string{"vip", "new"}}, "4 2 0 1 1", func(d crm.Deal) bool { return slices.Equal(d.Tags, []string{"VIP", "new"}) }},
		{"tag again", crm.DealBulk{IDs: ids[:2], Action: "tag", Tags: []string{"vip"}}, "2 0 2 0 0", nil},
		{"untag", crm.DealBulk{Matching: &crm.BulkSelection{Filter: `name = "a" OR name = "b"`}, Action: "untag", Tags: []string{"NEW", "vip"}}, "2 2 0 0 0", func(d crm.Deal) bool { return len(d.Tags) == 0 }},
		{"move", crm.DealBulk{IDs: ids, Action: "move", StageID: &p.Stages[3].ID}, "4 2 1 1 0", func(d crm.Deal) bool { return d.StageID == p.Stages[3].ID }},
		{"lose", crm.DealBulk{IDs: ids[:2], Action: "move", Status: "lost", LostReason: "price"}, "2 2 0 0 0", func(d crm.Deal) bool { return d.LostReason == "price" }},
		{"open again", crm.DealBulk{IDs: ids[:2], Action: "move", Status: "open"}, "2 2 0 0 0", func(d crm.Deal) bool { return d.StageID == p.Stages[3].ID && d.ClosedAt == nil }},
		{"win", crm.DealBulk{IDs: ids[:2], Action: "move", Status: "won"}, "2 2 0 0 0", func(d crm.Deal) bool { return d.Status == "won" && d.ClosedAt != nil }},
	} {
		result := must[crm.BulkResult](t)(w.rep.tryChangeDeals(t, step.in))
		if got := fmt.Sprint(result.Selected, result.Changed, result.Unchanged, result.NotFound, result.Refused); got != step.want || len(result.Failures) != result.NotFound+result.Refused {
			t.Errorf("%s: %s, want %s: %+v", step.name, got, step.want, result)
		}
		for _, id := range ids[:2] {
			if d := w.rep.getDeal(t, id); step.then != nil && !step.then(d) {
				t.Errorf("%s: %+v", step.name, d)
			}
		}
	}
	if got := w.rep.get(t, c.ID).Lifecycle; got != crm.Won {
		t.Errorf("the customer of a deal that was won is %s", got)
	}
	if history := w.rep.dealHistory(t, a.ID); len(history) != 5 || history[3].LeftAt == nil {
		t.Errorf("history %+v", history)
	}
	w.manager.changeDeals(t, crm.DealBulk{IDs: ids, Action: "assign", OwnerID: patch.Of(w.acme.Rep2)}, 3)
	if moved := w.changesOf(t, "deal.updated"); moved[len(moved)-1].OwnerAfter != w.acme.Rep2 || w.rep2.getDeal(t, a.ID).OwnerID != w.acme.Rep2 {
		t.Error("the deals were not handed over")
	}
	w.rep2.changeDeals(t, crm.DealBulk{IDs: ids, Action: "delete"}, 4)
	if _, err := w.rep2.tryGetDeal(t, b.ID); !errors.Is(err, tenant.ErrNotFound) {
		t.Errorf("a deleted deal: %v", err)
	}
	w.stranger.changeDeals(t, crm.DealBulk{IDs: ids, Action: "delete"}, 0)
}

// changeDeals wants so many of the deals to be changed.
func (p person) changeDeals(t *testing.T, in crm.DealBulk, changed int) {
	t.Helper()
	if result := must[crm.BulkResult](t)(p.tryChangeDeals(t, in)); result.Changed != changed {
		t.Errorf("%s: %+v, want %d changed", in.Action, result, changed)
	}
}

func TestManyDealsRefuseMistakes(t *testing.T) {
	w := newWorld(t)
	d := w.rep.deal(t, crm.NewDeal{Name: "a"})
	one := []crm.DealID{d.ID}
	for name, row := range map[string]struct {
		in    crm.DealBulk
		field string
	}{
		"nothing":             {crm.DealBulk{Action: "tag", Tags: []string{"x"}}, "ids"},
		"both":                {crm.DealBulk{IDs: one, Matching: &crm.BulkSelection{}, Action: "delete"}, "ids"},
		"too many":            {crm.DealBulk{IDs: make([]crm.DealID, 501), Action: "delete"}, "ids"},
		"unknown":             {crm.DealBulk{IDs: one, Action: "explode"}, "action"},
		"no tags":             {crm.DealBulk{IDs: one, Action: "tag"}, "tags"},
		"no owner":            {crm.DealBulk{IDs: one, Action: "assign"}, "owner_id"},
		"owner out of reach":  {crm.DealBulk{IDs: one, Action: "assign", OwnerID: patch.Of(w.acme.Rep2)}, "owner_id"},
		"no stage":            {crm.DealBulk{IDs: one, Action: "move"}, "stage_id"},
		"unknown stage":       {crm.DealBulk{IDs: one, Action: "move", StageID: &crm.StageID{1}}, "stage_id"},
		"no reason":           {crm.DealBulk{IDs: one, Action: "move", Status: "lost"}, "lost_reason"},
		"filter":              {crm.DealBulk{Matching: &crm.BulkSelection{Filter: "x"}, Action: "delete"}, "filter"},
		"stage beside status": {crm.DealBulk{IDs: one, Action: "move", Status: "won", StageID: &d.StageID}, "status"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.rep.tryChangeDeals(t, row.in)
			wantInvalid(t, err, row.field)
		})
	}
	reader := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelOwn, "deal:read", "deal:update")}
	if _, err := reader.tryChangeDeals(t, crm.DealBulk{IDs: one, Action: "delete"}); !errors.Is(err, tenant.ErrDenied) {
		t.Errorf("deleting without the permission: %v", err)
	}
}
