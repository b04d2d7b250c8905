package crm_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) agenda(t testing.TB, in crm.AgendaQuery) crm.Agenda {
	t.Helper()
	return must[crm.Agenda](t)(read(t, p, func(ctx ctx, q *tenant.Query) (crm.Agenda, error) { return crm.GetAgenda(ctx, q, in) }))
}

func TestAgenda(t *testing.T) {
	w := newWorld(t)
	w.Clock.Set(time.Date(2026, 3, 2, 10, 0, 0, 0, w.acme.Location()))
	in := func(hours int) *time.Time { at := w.Clock.Now().Add(time.Duration(hours) * time.Hour); return &at }
	c := w.rep.customer(t, "Acme")
	for title, task := range map[string]crm.NewTask{
		"yesterday": {DueOn: date("2026-03-01")}, "this morning": {DueAt: in(-1)}, "now": {DueAt: in(0), CustomerID: &c.ID}, "by tonight": {DueOn: date("2026-03-02")},
		"tonight": {DueAt: in(13)}, "tomorrow": {DueAt: in(14)}, "in a week": {DueOn: date("2026-03-09")}, "in eight days": {DueOn: date("2026-03-10")}, "some day": {},
		"done": {DueAt: in(1)}, "cancelled": {DueAt: in(1)},
	} {
		task.Title = title
		made := w.rep.task(t, task)
		if title == "done" || title == "cancelled" {
			w.rep.updateTask(t, made.ID, crm.TaskPatch{Status: patch.Of(title)})
		}
	}
	w.rep2.task(t, crm.NewTask{Title: "colleague's", DueAt: in(1)})
	agenda := w.rep.agenda(t, crm.AgendaQuery{})
	parts := map[string]crm.AgendaPart{"overdue": agenda.Overdue, "today": agenda.Today, "upcoming": agenda.Upcoming, "undated": agenda.Undated}
	got := map[string][]string{}
	for name, part := range parts {
		for _, task := range part.Tasks {
			got[name] = append(got[name], task.Title)
		}
		if shown := w.rep.tasks(t, part.Filter); len(shown) != part.Count || part.Count != len(part.Tasks) {
			t.Errorf("%s counts %d, and %q shows %d", name, part.Count, part.Filter, len(shown))
		}
	}
	want := map[string][]string{
		"overdue": {"yesterday", "this morning"}, "today": {"now", "tonight", "by tonight"}, "upcoming": {"tomorrow", "in a week"}, "undated": {"some day"},
	}
	if diff := cmp.Diff(want, got); diff != "" || agenda.Date != "2026-03-02" {
		t.Errorf("%s: -want +got\n%s", agenda.Date, diff)
	}
	if first := agenda.Today.Tasks[0]; first.Customer == nil || len(first.Reminders) != 1 {
		t.Errorf("shown %+v", first)
	}
	for name, row := range map[string]struct {
		who   person
		in    crm.AgendaQuery
		today int
	}{
		"everybody within a rep's reach":     {w.rep, crm.AgendaQuery{Assignee: "all"}, 3},
		"everybody within a manager's reach": {w.manager, crm.AgendaQuery{Assignee: "all"}, 4},
		"a manager's own":                    {w.manager, crm.AgendaQuery{}, 0},
		"one of the team":                    {w.manager, crm.AgendaQuery{Assignee: w.acme.Rep.String()}, 3},
		"a colleague":                        {w.rep2, crm.AgendaQuery{Assignee: w.acme.Rep.String()}, 0},
		"another company":                    {w.stranger, crm.AgendaQuery{Assignee: "all"}, 0},
		"a short one":                        {w.rep, crm.AgendaQuery{Limit: 1}, 3},
	} {
		if got := row.who.agenda(t, row.in).Today; got.Count != row.today || row.in.Limit > 0 && len(got.Tasks) != row.in.Limit {
			t.Errorf("%s: %d today, %d shown", name, got.Count, len(got.Tasks))
		}
	}
	for field, in := range map[string]crm.AgendaQuery{"days": {Days: 400}, "assignee": {Assignee: "somebody"}, "limit": {Limit: 201}} {
		_, err := read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.Agenda, error) { return crm.GetAgenda(ctx, q, in) })
		wantInvalid(t, err, field)
	}
}
