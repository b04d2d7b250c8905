package crm_test

import (
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (w *world) surveys(t testing.TB) []crm.Task {
	t.Helper()
	return w.admin.tasks(t, "kind = survey")
}

func TestEachWinMakesOneSurvey(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "云帆")
	w.rep.move(t, c.ID, crm.Won)
	changes := w.waiting(t)
	for range 3 {
		w.reactTo(t, changes...)
	}
	surveys := w.surveys(t)
	if len(surveys) != 1 {
		t.Fatalf("%d surveys", len(surveys))
	}
	due := time.Date(2026, 3, 5, 9, 0, 0, 0, w.acme.Location()) // three days after 2 March
	s := surveys[0]
	if s.Title != "Satisfaction survey: 云帆" || s.AssigneeID != w.acme.Rep || s.CustomerID != c.ID || !s.DueAt.Equal(due) || s.TimeZone != "Asia/Shanghai" || !s.CreatedBy.IsZero() {
		t.Errorf("survey %+v", s)
	}
	if got := w.remindsAt(t, s.ID); len(got) != 1 || !got[0].Equal(due) {
		t.Errorf("its reminders are due at %v", got)
	}
	if got := w.rep.get(t, c.ID).NextFollowUpAt; got == nil || !got.Equal(due) {
		t.Errorf("next follow-up %v", got)
	}
	w.react(t)
	if got := w.rep.notifications(t, "kind:task"); len(got) != 1 || got[0].Title != "New task: Satisfaction survey: 云帆" {
		t.Errorf("the owner was told %+v", got)
	}
	// What is no win makes none; the next win makes the next.
	w.rep.update(t, c.ID, crm.CustomerPatch{Note: patch.Of("x")})
	w.rep.move(t, c.ID, crm.Interested)
	w.rep.move(t, c.ID, crm.Lost)
	w.react(t)
	if n := len(w.surveys(t)); n != 1 {
		t.Errorf("%d surveys without a second win", n)
	}
	w.rep.move(t, c.ID, crm.Interested)
	w.acme.Locale = "zh-CN"
	w.rep.move(t, c.ID, crm.Won)
	w.react(t)
	if surveys = w.surveys(t); len(surveys) != 2 || surveys[0].Title != "满意度调查：云帆" && surveys[1].Title != "满意度调查：云帆" {
		t.Errorf("after the second win %+v", surveys)
	}
}

func TestWinsWithoutOwnerOrRule(t *testing.T) {
	w := newWorld(t)
	pool := w.admin.create(t, crm.NewCustomer{Name: "pool", OwnerID: &tenant.MemberID{}})
	w.admin.move(t, pool.ID, crm.Won)
	w.react(t)
	if got := w.surveys(t); len(got) != 1 || got[0].AssigneeID != w.acme.Admin {
		t.Errorf("of a customer without an owner %+v", got)
	}
	w.rep.create(t, crm.NewCustomer{Name: "new", Lifecycle: crm.Won})
	w.react(t)
	if got := w.surveys(t); len(got) != 2 {
		t.Errorf("a customer created as won: %d surveys", len(got))
	}
	w.setSurvey(t, 0)
	w.rep.move(t, w.rep.customer(t, "x").ID, crm.Won)
	w.react(t)
	if got := w.surveys(t); len(got) != 2 {
		t.Errorf("with the rule switched off: %d surveys", len(got))
	}
	w.setSurvey(t, 10)
	won := w.rep.move(t, w.rep.customer(t, "y").ID, crm.Won)
	w.react(t)
	got := w.admin.tasks(t, "customer = "+won.ID.String())
	if len(got) != 1 || !got[0].DueAt.Equal(time.Date(2026, 3, 12, 9, 0, 0, 0, w.acme.Location())) {
		t.Errorf("due in ten days: %+v", got)
	}
}

func TestQuietWinsMakeNoSurvey(t *testing.T) {
	w := newWorld(t)
	w.rep.move(t, w.rep.customer(t, "x").ID, crm.Won)
	changes := w.waiting(t)
	for i := range changes {
		changes[i].Quiet = true
	}
	w.reactTo(t, changes...)
	if n := len(w.surveys(t)); n != 0 {
		t.Errorf("%d surveys", n)
	}
}
