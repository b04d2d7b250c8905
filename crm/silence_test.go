package crm_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// checkSilence runs the daily check and returns what it told whom, as "member: customer 7d, customer 8d".
func (w *world) checkSilence(t testing.TB) []string {
	t.Helper()
	before := len(w.changes(t, w.acme))
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return w.runner().CheckSilence(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	told := []string{}
	for _, c := range w.changes(t, w.acme)[before:] {
		data := decode[crm.SilentCustomers](t, c.Data)
		line := w.nameOf(c.OwnerAfter) + ":"
		if c.Type == "customer.silent_escalated" {
			line = w.nameOf(c.OwnerAfter) + " of " + w.nameOf(data.OwnerID) + ":"
		}
		for _, customer := range data.Customers {
			line += fmt.Sprintf(" %s %dd", customer.Name, customer.Days)
		}
		if data.Count != len(data.Customers) {
			line += fmt.Sprintf(" of %d", data.Count)
		}
		if c.Record != tenant.RecordID(c.OwnerAfter) || c.OwnerBefore != c.OwnerAfter || c.ActorKind != tenant.BySystem {
			t.Errorf("event %+v", c)
		}
		told = append(told, line)
	}
	slices.Sort(told)
	return told
}

func (w *world) nameOf(id tenant.MemberID) string {
	return map[tenant.MemberID]string{w.acme.Rep: "rep", w.acme.Rep2: "rep2", w.acme.Manager: "manager", w.acme.Admin: "admin"}[id]
}

// at moves the clock to a time of a day in the company's zone.
func (w *world) at(month time.Month, day, hour, minute int) {
	w.Clock.Set(time.Date(2026, month, day, hour, minute, 0, 0, w.acme.Location()))
}

func (w *world) wantSilence(t *testing.T, step string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), w.checkSilence(t)); diff != "" {
		t.Errorf("%s: -want +got\n%s", step, diff)
	}
}

func TestSilenceRemindsOnTheSeventhDayOnce(t *testing.T) {
	w := newWorld(t)
	w.at(3, 2, 23, 59)
	c := w.rep.customer(t, "Acme")
	w.at(3, 8, 9, 0)
	w.wantSilence(t, "day 6")
	w.at(3, 9, 9, 0)
	w.wantSilence(t, "day 7", "rep: Acme 7d")
	w.wantSilence(t, "day 7 again")
	w.at(3, 20, 9, 0)
	w.wantSilence(t, "the same silence")
	// Editing does not restart the clock, contact does.
	w.rep.update(t, c.ID, crm.CustomerPatch{Note: patch.Of("x"), Tags: patch.Of([]string{"vip"})})
	w.at(3, 30, 9, 0)
	w.wantSilence(t, "after an edit")
	w.rep.logAt(t, c.ID, w.Clock.Now())
	w.at(4, 5, 9, 0)
	w.wantSilence(t, "day 6 after contact")
	w.at(4, 6, 9, 0)
	w.wantSilence(t, "day 7 after contact", "rep: Acme 7d")
}

func TestContactCountsFromItsDay(t *testing.T) {
	for _, contact := range []struct{ hour, minute int }{{0, 0}, {9, 0}, {23, 59}} {
		w := newWorld(t)
		w.at(3, 2, 12, 0)
		c := w.rep.customer(t, "x")
		w.at(3, 10, 0, 0)
		w.rep.logAt(t, c.ID, time.Date(2026, 3, 10, contact.hour, contact.minute, 0, 0, w.acme.Location()).Add(-24*time.Hour)) // the 9th
		w.at(3, 15, 9, 0)
		w.wantSilence(t, "day 6")
		w.at(3, 16, 9, 0)
		w.wantSilence(t, "day 7", "rep: x 7d")
	}
}

func TestSilenceOfEachStage(t *testing.T) {
	w := newWorld(t)
	w.at(3, 2, 9, 0)
	for _, stage := range crm.Stages {
		w.rep.create(t, crm.NewCustomer{Name: stage, Lifecycle: stage})
	}
	w.admin.create(t, crm.NewCustomer{Name: "pool", OwnerID: &tenant.MemberID{}})
	gone := w.rep.customer(t, "gone")
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, gone.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	w.at(3, 9, 9, 0)
	told := w.checkSilence(t)
	if len(told) != 1 || told[0] != "rep: potential 7d interested 7d" && told[0] != "rep: interested 7d potential 7d" {
		t.Errorf("day 7: %v", told)
	}
	w.at(3, 31, 9, 0)
	w.wantSilence(t, "day 29")
	w.at(4, 1, 9, 0)
	w.wantSilence(t, "day 30", "rep: won 30d")
}

func TestOneReminderAnOwnerADay(t *testing.T) {
	w := newWorld(t)
	w.at(3, 2, 9, 0)
	w.rep.customer(t, "second")
	w.rep2.customer(t, "other")
	w.at(3, 1, 9, 0)
	w.rep.customer(t, "first")
	w.stranger.customer(t, "globex")
	w.at(3, 9, 9, 0)
	w.wantSilence(t, "day 7", "rep2: other 7d", "rep: first 8d second 7d")
}

func TestSilenceOptions(t *testing.T) {
	w := newWorld(t)
	w.at(3, 2, 9, 0)
	quiet, planned := w.rep.customer(t, "quiet"), w.rep.customer(t, "planned")
	w.rep.task(t, crm.NewTask{Title: "x", CustomerID: &planned.ID, DueAt: ptr(w.Clock.Now().Add(10 * 24 * time.Hour))})
	w.rep.move(t, quiet.ID, crm.Interested)

	w.setSilence(t, crm.Interested, nil)
	w.setSilence(t, crm.Potential, &crm.RuleTrigger{Days: 3, QuietWhilePlanned: true})
	w.at(3, 10, 9, 0)
	w.wantSilence(t, "switched off, and planned")
	w.setSilence(t, crm.Interested, &crm.RuleTrigger{Days: 7, EscalateToManager: true})
	w.wantSilence(t, "switched on", "manager of rep: quiet 8d", "rep: quiet 8d")
	w.at(3, 12, 8, 59)
	w.wantSilence(t, "still planned")
	w.at(3, 13, 9, 0)
	w.wantSilence(t, "the plan has passed", "rep: planned 11d")
}

func TestEscalationListsOnlyWhatItsRuleFound(t *testing.T) {
	w := newWorld(t)
	w.at(3, 2, 9, 0)
	w.setSilence(t, crm.Potential, &crm.RuleTrigger{Days: 7, EscalateToManager: true})
	w.rep.customer(t, "raised")
	w.rep.create(t, crm.NewCustomer{Name: "kept", Lifecycle: crm.Interested})
	w.admin.customer(t, "top")
	w.at(3, 9, 9, 0)
	told := w.checkSilence(t)
	if len(told) != 3 || told[0] != "admin: top 7d" || told[1] != "manager of rep: raised 7d" {
		t.Errorf("an owner without a manager, and the manager's list: %v", told)
	}
}

// TestSilenceInZones crosses both changes of summer time in New York and the date line in Kiritimati.
func TestSilenceInZones(t *testing.T) {
	for _, zone := range []string{"Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "UTC"} {
		for _, month := range []time.Month{3, 10} { // 8 March and 1 November are the changes
			t.Run(fmt.Sprint(zone, " ", month), func(t *testing.T) {
				w := newWorld(t)
				w.acme.TimeZone = zone
				day := map[time.Month]int{3: 3, 10: 28}[month]
				w.at(month, day, 23, 59)
				w.rep.customer(t, "late")
				w.at(month, day+1, 0, 0)
				w.rep2.customer(t, "early")
				w.at(month, day+6, 9, 0)
				w.wantSilence(t, "day 6")
				w.at(month, day+7, 0, 0)
				w.wantSilence(t, "day 7 of the first", "rep: late 7d")
				w.at(month, day+7, 23, 59)
				w.wantSilence(t, "day 6 of the second")
				w.at(month, day+8, 0, 0)
				w.wantSilence(t, "day 7 of the second", "rep2: early 7d")
			})
		}
	}
}

func TestNextSilenceCheckIsTheNextNineOClock(t *testing.T) {
	for _, c := range []struct{ zone, now, want string }{
		{"Asia/Shanghai", "2026-03-02T00:59:59Z", "2026-03-02T09:00:00+08:00"},
		{"Asia/Shanghai", "2026-03-02T01:00:00Z", "2026-03-03T09:00:00+08:00"},
		{"America/New_York", "2026-03-07T15:00:00Z", "2026-03-08T09:00:00-04:00"},
		{"America/New_York", "2026-10-31T13:00:00Z", "2026-11-01T09:00:00-05:00"},
		{"America/New_York", "2026-11-01T13:59:00Z", "2026-11-01T09:00:00-05:00"},
		{"Pacific/Kiritimati", "2026-03-01T19:00:00Z", "2026-03-03T09:00:00+14:00"},
		{"Pacific/Kiritimati", "2026-12-31T18:59:59Z", "2027-01-01T09:00:00+14:00"},
	} {
		zone := must[*time.Location](t)(time.LoadLocation(c.zone))
		now, want := must[time.Time](t)(time.Parse(time.RFC3339, c.now)), must[time.Time](t)(time.Parse(time.RFC3339, c.want))
		if got := crm.NextHour(now, zone, 9); !got.Equal(want) {
			t.Errorf("%s %s: %v, want %v", c.zone, c.now, got.In(zone), want)
		}
	}
	// The check itself makes the next one due.
	w := newWorld(t)
	ref := tenant.RecordID(w.acme.ID)
	w.at(3, 3, 9, 0)
	w.wantSilence(t, "nobody")
	if got := w.due(t, w.acme, crm.SilenceWork)[ref]; !got.Equal(time.Date(2026, 3, 4, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("the next check is due at %v", got)
	}
}

func TestSilenceOfMoreThanOnePage(t *testing.T) {
	w := newWorld(t)
	w.fill(t, 2500)
	w.Clock.Advance(60 * 24 * time.Hour)
	total := 0
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return w.runner().CheckSilence(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	for _, c := range w.changesOf(t, "customer.silent") {
		data := decode[crm.SilentCustomers](t, c.Data)
		total += data.Count
		if len(data.Customers) != 50 {
			t.Errorf("%d customers are named", len(data.Customers))
		}
	}
	if total != 2500-624 { // the lost ones are left alone
		t.Errorf("%d customers in all", total)
	}
}
