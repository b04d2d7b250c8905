package crm_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) setPool(t testing.TB, s crm.PoolSettings) {
	t.Helper()
	if err := p.tx(t, func(tx *tenant.Tx) error { return crm.WritePoolSettings(t.Context(), tx, s) }); err != nil {
		t.Fatal(err)
	}
}

func (p person) tryClaim(t testing.TB, id crm.CustomerID) (crm.Customer, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Customer, error) { return crm.ClaimCustomer(ctx, tx, id) })
}

func (p person) release(t testing.TB, id crm.CustomerID, reason string) error {
	t.Helper()
	return p.tx(t, func(tx *tenant.Tx) error { return crm.ReleaseCustomer(t.Context(), tx, id, reason, 0) })
}

func (p person) pool(t testing.TB, in crm.ListQuery) []crm.PooledCustomer {
	t.Helper()
	return must[crm.Page[crm.PooledCustomer]](t)(read(t, p, func(ctx ctx, q *tenant.Query) (crm.Page[crm.PooledCustomer], error) {
		return crm.ListPool(ctx, q, in)
	})).Data
}

func TestPool(t *testing.T) {
	w := newWorld(t)
	nobody := &tenant.MemberID{}
	c := w.admin.create(t, crm.NewCustomer{Name: "云帆", Phone: "13800138000", Email: "wang@yunfan.example", Tags: []string{"vip"}, OwnerID: nobody})
	other := w.admin.create(t, crm.NewCustomer{Name: "second", OwnerID: nobody})
	third := w.admin.create(t, crm.NewCustomer{Name: "third", OwnerID: nobody})
	mine, theirs := w.rep.customer(t, "mine"), w.rep2.customer(t, "theirs")
	if got := w.rep.pool(t, crm.ListQuery{}); len(got) != 0 {
		t.Errorf("there is a pool while it is off: %+v", got)
	}
	_, err := w.rep.tryClaim(t, c.ID)
	wantError(t, err, tenant.ErrNotFound)
	_, err = w.admin.tryClaim(t, c.ID)
	wantConflict(t, err, "pool_off")
	wantConflict(t, w.rep.release(t, mine.ID, "x"), "pool_off")

	w.admin.setPool(t, crm.PoolSettings{Enabled: true, MaxHeld: 3, ClaimsPerDay: 2})
	got := w.rep.pool(t, crm.ListQuery{Q: "yf"})
	if len(got) != 1 || got[0].ID != c.ID || *got[0].Phone != "138****8000" || *got[0].Email != "w***@yunfan.example" || !slices.Equal(got[0].Tags, []string{"vip"}) {
		t.Errorf("%+v", got)
	}
	if got := w.rep.pool(t, crm.ListQuery{Q: "138001"}); len(got) != 0 {
		t.Errorf("what is shown in part is found: %+v", got)
	}
	if all, foreign := w.rep.pool(t, crm.ListQuery{}), w.stranger.pool(t, crm.ListQuery{}); len(all) != 3 || len(foreign) != 0 {
		t.Errorf("%d in the pool, %d of them another company's", len(all), len(foreign))
	}
	_, err = w.rep.tryClaim(t, theirs.ID)
	wantError(t, err, tenant.ErrNotFound)
	_, err = w.stranger.tryClaim(t, c.ID)
	wantError(t, err, tenant.ErrNotFound)

	w.Clock.Advance(time.Hour)
	w.waiting(t)
	claimed := must[crm.Customer](t)(w.rep.tryClaim(t, c.ID))
	if seen := w.rep.get(t, c.ID); seen.OwnerID != w.acme.Rep || !seen.SilenceFrom.Equal(w.Clock.Now()) || *claimed.Phone != "+8613800138000" {
		t.Errorf("%+v", seen)
	}
	if told := w.changesOf(t, "customer.claimed"); len(told) != 1 || told[0].OwnerAfter != w.acme.Rep || !told[0].OwnerBefore.IsZero() {
		t.Errorf("%+v", told)
	}
	_, err = w.rep2.tryClaim(t, c.ID)
	wantConflict(t, err, "already_claimed")
	must[crm.Customer](t)(w.rep.tryClaim(t, other.ID))
	_, err = w.rep.tryClaim(t, third.ID) // has three, and has claimed two today
	wantConflict(t, err, "holding_limit")

	wantInvalid(t, w.rep.release(t, mine.ID, " "), "reason")
	wantError(t, w.rep2.release(t, mine.ID, "x"), tenant.ErrNotFound)
	if err := w.manager.release(t, mine.ID, "no budget"); err != nil {
		t.Fatal(err)
	}
	_, err = w.rep.tryClaim(t, third.ID)
	wantConflict(t, err, "daily_limit")
	w.react(t)
	if told := w.rep.notifications(t, ""); len(told) != 1 || told[0].Kind != "customer.returned" {
		t.Errorf("the former owner is told %+v", told)
	}
	w.Clock.Advance(24 * time.Hour)
	must[crm.Customer](t)(w.rep.tryClaim(t, third.ID))
	if data := decode[crm.CustomerReturned](t, w.changesOf(t, "customer.returned")[0].Data); data.Reason != "no budget" || data.Automatic || data.ID != mine.ID {
		t.Errorf("%+v", data)
	}
}

func TestClaimsAtOnce(t *testing.T) {
	w := newWorld(t)
	w.admin.setPool(t, crm.PoolSettings{Enabled: true, ClaimsPerDay: 1})
	nobody := &tenant.MemberID{}
	ids := []crm.CustomerID{
		w.admin.create(t, crm.NewCustomer{Name: "one", OwnerID: nobody}).ID, w.admin.create(t, crm.NewCustomer{Name: "two", OwnerID: nobody}).ID,
	}
	race := func(claims ...func() error) (won int) {
		t.Helper()
		errs := make([]error, len(claims))
		var all sync.WaitGroup
		for i, claim := range claims {
			all.Go(func() { errs[i] = claim() })
		}
		all.Wait()
		for _, err := range errs {
			if conflict := (*tenant.ConflictError)(nil); err == nil {
				won++
			} else if !errors.As(err, &conflict) {
				t.Errorf("the loser gets %v", err)
			}
		}
		return won
	}
	claim := func(p person, id crm.CustomerID) func() error {
		return func() error { _, err := p.tryClaim(t, id); return err }
	}
	if won := race(claim(w.rep, ids[0]), claim(w.rep2, ids[0]), claim(w.manager, ids[0])); won != 1 {
		t.Errorf("%d have claimed one customer", won)
	}
	w.Clock.Advance(24 * time.Hour)
	more := w.admin.create(t, crm.NewCustomer{Name: "three", OwnerID: nobody}).ID
	if won := race(claim(w.rep, ids[1]), claim(w.rep, more)); won != 1 {
		t.Errorf("one has claimed %d customers where 1 is allowed", won)
	}
}

func TestQuietCustomersReturn(t *testing.T) {
	w := newWorld(t)
	check := func() {
		t.Helper()
		if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return crm.ReturnQuietCustomers(t.Context(), tx) }); err != nil {
			t.Fatal(err)
		}
	}
	quiet, talked, won := w.rep.customer(t, "quiet"), w.rep.customer(t, "talked"), w.rep.customer(t, "won")
	w.rep.move(t, won.ID, crm.Won)
	w.admin.setPool(t, crm.PoolSettings{Enabled: true})
	if len(w.due(t, w.acme, crm.PoolWork)) != 0 {
		t.Error("nothing is to return, and yet it is looked for")
	}
	w.admin.setPool(t, crm.PoolSettings{Enabled: true, ReturnAfterDays: 3})
	w.Clock.Advance(48 * time.Hour)
	overdue := w.due(t, w.acme, crm.PoolWork)
	w.admin.setPool(t, crm.PoolSettings{Enabled: true, ReturnAfterDays: 3, MaxHeld: 100})
	if diff := cmp.Diff(overdue, w.due(t, w.acme, crm.PoolWork)); diff != "" || len(overdue) != 1 {
		t.Errorf("a check that was due was moved: %s", diff)
	}
	check()
	if got := w.rep.names(t, crm.ListQuery{}); len(got) != 3 {
		t.Errorf("after two days there are %q", got)
	}
	w.rep.logAt(t, talked.ID, w.Clock.Now())
	w.Clock.Advance(24 * time.Hour)
	check()
	if got := w.rep.names(t, crm.ListQuery{}); !slices.Equal(got, []string{"talked", "won"}) {
		t.Errorf("after three days there are %q", got)
	}
	told := w.changesOf(t, "customer.returned")
	if len(told) != 1 || told[0].OwnerBefore != w.acme.Rep || !decode[crm.CustomerReturned](t, told[0].Data).Automatic || told[0].Record != tenant.RecordID(quiet.ID) {
		t.Errorf("%+v", told)
	}
	for ref, at := range w.due(t, w.acme, crm.PoolWork) {
		if ref != tenant.RecordID(w.acme.ID) || !at.After(w.Clock.Now()) || at.After(w.Clock.Now().Add(24*time.Hour)) {
			t.Errorf("next at %s", at)
		}
	}
	w.admin.setPool(t, crm.PoolSettings{})
	if len(w.due(t, w.acme, crm.PoolWork)) != 0 {
		t.Error("switched off, it is still looked for")
	}
}
