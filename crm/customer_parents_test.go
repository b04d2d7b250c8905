package crm_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) under(t testing.TB, name string, parent crm.CustomerID) crm.Customer {
	t.Helper()
	return p.create(t, crm.NewCustomer{Name: name, ParentID: &parent})
}

func (p person) tryUnder(t testing.TB, id, parent crm.CustomerID) error {
	t.Helper()
	_, err := p.tryUpdate(t, id, crm.CustomerPatch{ParentID: patch.Of(parent)}, 0)
	return err
}

func (p person) wantParent(t testing.TB, id, parent crm.CustomerID) {
	t.Helper()
	if c := p.get(t, id); c.ParentID != parent {
		t.Errorf("%s is under %q, want %q", c.Name, c.ParentID, parent)
	}
}

func TestCustomersHaveParents(t *testing.T) {
	w := newWorld(t)
	none := crm.CustomerID{}
	group := w.rep.customer(t, "group")
	daughter := w.rep.under(t, "daughter", group.ID)
	branch := w.rep.under(t, "branch", daughter.ID)
	theirs := w.rep2.customer(t, "theirs")
	for name, c := range map[string]struct{ id, parent crm.CustomerID }{
		"itself": {group.ID, group.ID}, "its daughter": {group.ID, daughter.ID}, "its daughter's branch": {group.ID, branch.ID},
		"a colleague's": {group.ID, theirs.ID}, "nobody": {group.ID, crm.CustomerID(tenant.NewEventID())}, "a stranger's": {group.ID, w.stranger.customer(t, "x").ID},
	} {
		t.Run(name, func(t *testing.T) {
			wantInvalid(t, w.rep.tryUnder(t, c.id, c.parent), "parent_id")
		})
	}
	fresh := crm.CustomerID(tenant.NewEventID())
	for _, parent := range []crm.CustomerID{group.ID, fresh} {
		_, err := w.rep2.tryCreate(t, crm.NewCustomer{Name: "x", ID: &fresh, ParentID: &parent})
		wantInvalid(t, err, "parent_id")
	}
	if made := decode[crm.Customer](t, w.changesOf(t, "customer.created")[1].Data); made.ParentID != group.ID {
		t.Errorf("told %+v", made)
	}
	w.rep.update(t, branch.ID, crm.CustomerPatch{ParentID: patch.Of(group.ID)})
	if previous := decode[map[string]any](t, w.changesOf(t, "customer.updated")[0].Previous); previous["parent_id"] != daughter.ID.String() {
		t.Errorf("previous %v", previous)
	}
	w.rep.update(t, daughter.ID, crm.CustomerPatch{ParentID: patch.Null[crm.CustomerID]()})
	w.rep.wantParent(t, daughter.ID, none)

	// The link outlives that the parent goes out of reach or to the trash, and nothing new is hung there.
	w.admin.update(t, group.ID, crm.CustomerPatch{OwnerID: patch.Of(w.acme.Rep2)})
	w.rep.update(t, branch.ID, crm.CustomerPatch{Note: patch.Of("still a part")})
	w.rep.wantParent(t, branch.ID, group.ID)
	if err := w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, group.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	w.rep.wantParent(t, branch.ID, group.ID)
	wantInvalid(t, w.admin.tryUnder(t, daughter.ID, group.ID), "parent_id")
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		return crm.PurgeRecord(t.Context(), tx, refOf(t, group.ID))
	}); err != nil {
		t.Fatal(err)
	}
	w.rep.wantParent(t, branch.ID, none)

	deep, tall := daughter, w.rep.customer(t, "tall")
	w.rep.under(t, "low", w.rep.under(t, "part", tall.ID).ID)
	for i := range 20 {
		deep = w.rep.under(t, fmt.Sprint("level ", i), deep.ID)
		if err := w.rep.tryUnder(t, tall.ID, deep.ID); (err == nil) != (i < 17) { // what is lowest has 20 above it
			t.Errorf("two levels under level %d: %v", i, err)
		}
	}
	_, err := w.rep.tryCreate(t, crm.NewCustomer{Name: "x", ParentID: &deep.ID})
	wantInvalid(t, err, "parent_id")
}

// TestCirclesAreNotClosedAtOnce puts three customers under one another at the same time.
func TestCirclesAreNotClosedAtOnce(t *testing.T) {
	w := newWorld(t)
	all := []crm.CustomerID{w.rep.customer(t, "0").ID, w.rep.customer(t, "1").ID, w.rep.customer(t, "2").ID}
	together(t, 6, func(i int) error {
		err := w.rep.tryUnder(t, all[i%3], all[(i+1)%3])
		if _, refused := errors.AsType[*tenant.InvalidError](err); refused {
			return nil
		}
		return err
	})
	if n := w.count(t, `company.customers WHERE parent_id IS NOT NULL`); n != 2 {
		t.Errorf("%d of 3 stand under another one", n)
	}
}

// TestMergedCustomersKeepTheirPlace merges customers that stand above and below each other.
func TestMergedCustomersKeepTheirPlace(t *testing.T) {
	w := newWorld(t)
	none := crm.CustomerID{}
	top := w.rep.customer(t, "top")
	middle := w.rep.under(t, "middle", top.ID)
	low := w.rep.under(t, "low", middle.ID)
	beside := w.rep.under(t, "beside", middle.ID)
	other := w.rep.customer(t, "other")

	got := w.rep.merge(t, low.ID, middle.ID, nil) // into its own part, which takes its place
	w.rep.wantParent(t, low.ID, top.ID)
	w.rep.wantParent(t, beside.ID, low.ID)
	if got.Fields["parent_id"] != "loser" || got.Moved["customers"] != 1 || got.Customer.ParentID != top.ID {
		t.Errorf("%+v", got)
	}
	w.rep.merge(t, top.ID, low.ID, map[string]string{"parent_id": "loser"}) // a part into what it is a part of
	w.rep.wantParent(t, top.ID, none)
	w.rep.wantParent(t, beside.ID, top.ID)
	w.rep.merge(t, other.ID, beside.ID, nil)
	w.rep.wantParent(t, other.ID, top.ID)
	w.rep.merge(t, other.ID, top.ID, map[string]string{"parent_id": "winner"})
	w.rep.wantParent(t, other.ID, none)
}

// TestMergesOfTallGroupsCloseNoCircle merges one group into the bottom of another, and the bottom of both into their top.
func TestMergesOfTallGroupsCloseNoCircle(t *testing.T) {
	w := newWorld(t)
	stack := func(name string) (top, bottom crm.CustomerID) {
		top = w.rep.customer(t, name).ID
		bottom = top
		for i := range 12 {
			bottom = w.rep.under(t, fmt.Sprint(name, i), bottom).ID
		}
		return top, bottom
	}
	top, middle := stack("a")
	joined, bottom := stack("b")
	w.rep.merge(t, middle, joined, nil)
	w.rep.merge(t, top, bottom, nil)
	w.rep.wantParent(t, top, crm.CustomerID{})
}
