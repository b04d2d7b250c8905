package crm_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryCheck(t testing.TB, id crm.CustomerID) (crm.ContactCheck, error) {
	t.Helper()
	return read(t, p, func(ctx context.Context, q *tenant.Query) (crm.ContactCheck, error) {
		return crm.CheckContact(ctx, q, id)
	})
}

func TestWhoCallsKnowsWhoHasCalled(t *testing.T) {
	w := newWorld(t)
	mine := w.rep.create(t, crm.NewCustomer{Name: "Acme", Phone: "13800138000", DoNotContact: true})
	theirs := w.rep2.create(t, crm.NewCustomer{Name: "Acme Ltd", Phone: "13800138000"})
	other := w.rep2.create(t, crm.NewCustomer{Name: "Other", Phone: "13900139000"})
	now := w.Clock.Now()
	log := func(p person, c crm.Customer, kind string, ago time.Duration) crm.Interaction {
		at := now.Add(-ago)
		return must[crm.Interaction](t)(p.tryLog(t, crm.NewInteraction{CustomerID: c.ID, Kind: kind, Summary: "x", OccurredAt: &at}))
	}
	log(w.rep, mine, "call", time.Hour)               // oneself
	log(w.manager, mine, "note", time.Hour)           // nobody was contacted
	log(w.manager, mine, "call", 24*time.Hour)        // too long ago
	log(w.manager, mine, "call", -time.Hour)          // planned
	log(w.rep2, other, "call", time.Hour)             // another number
	gone := log(w.manager, mine, "call", time.Minute) // taken back
	if err := w.manager.deleteInteraction(t, gone.ID, 0); err != nil {
		t.Fatal(err)
	}
	if got := must[crm.ContactCheck](t)(w.rep.tryCheck(t, mine.ID)); !got.DoNotContact || len(got.Contacted) != 0 {
		t.Errorf("nobody has called, got %+v", got)
	}
	log(w.manager, mine, "wechat", 24*time.Hour-time.Second)
	log(w.rep2, theirs, "call", 2*time.Hour)
	byManager := crm.RecentContact{MemberID: w.acme.Manager, Kind: "wechat", OccurredAt: now.Add(-24*time.Hour + time.Second), CustomerID: mine.ID, CustomerName: "Acme"}
	// Another's customer stays unknown, but not that somebody has called the number.
	unnamed := crm.RecentContact{MemberID: w.acme.Rep2, Kind: "call", OccurredAt: now.Add(-2 * time.Hour)}
	named := unnamed
	named.CustomerID, named.CustomerName = theirs.ID, "Acme Ltd"
	ownCall := crm.RecentContact{MemberID: w.acme.Rep, Kind: "call", OccurredAt: now.Add(-time.Hour), CustomerID: mine.ID, CustomerName: "Acme"}
	masked := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelOwn, everything...)}
	masked.caller.Masked = map[string]bool{"customer.phone": true}
	for name, row := range map[string]struct {
		who  person
		want []crm.RecentContact
	}{
		"the owner": {w.rep, []crm.RecentContact{unnamed, byManager}}, "the admin": {w.admin, []crm.RecentContact{ownCall, named, byManager}},
		"who sees no numbers": {masked, []crm.RecentContact{byManager}},
	} {
		if diff := cmp.Diff(row.want, must[crm.ContactCheck](t)(row.who.tryCheck(t, mine.ID)).Contacted); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	for _, who := range []person{w.rep2, w.stranger} {
		_, err := who.tryCheck(t, mine.ID)
		wantError(t, err, tenant.ErrNotFound)
	}

	// What has happened is recorded all the same.
	warned := log(w.rep, mine, "call", 0)
	if diff := cmp.Diff([]string{"do_not_contact"}, warned.Warnings); diff != "" {
		t.Errorf("warnings: -want +got\n%s", diff)
	}
	if note := log(w.rep, mine, "note", 0); note.Warnings != nil {
		t.Errorf("a note is warned of: %v", note.Warnings)
	}
	if in := must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{CustomerID: mine.ID, Kind: "call", Direction: "in", Summary: "x"})); in.Warnings != nil {
		t.Errorf("their call is warned of: %v", in.Warnings)
	}
	if stored := must[crm.Interaction](t)(w.rep.tryInteraction(t, warned.ID)); stored.Warnings != nil {
		t.Errorf("warnings were kept: %v", stored.Warnings)
	}
}
