package crm_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) home(t testing.TB) crm.Home {
	t.Helper()
	return must[crm.Home](t)(read(t, p, crm.GetHome))
}

// opened counts what the list shows that a figure opens.
func (p person) opened(t testing.TB, f crm.HomeFigure) int {
	t.Helper()
	in := crm.ListQuery{Filter: f.Filter, Count: true}
	var total *int
	switch f.List {
	case "tasks":
		total = must[crm.Page[crm.Task]](t)(read(t, p, func(ctx ctx, q *tenant.Query) (crm.Page[crm.Task], error) { return crm.ListTasks(ctx, q, in) })).Total
	case "interactions":
		total = p.interactions(t, crm.CustomerID{}, in).Total
	case "customers":
		total = p.list(t, in).Total
	}
	if total == nil {
		t.Fatalf("no such list: %q", f.List)
	}
	return *total
}

func TestHomeCountsWhatItsListsShow(t *testing.T) {
	w := newWorld(t)
	w.Clock.Set(time.Date(2026, 6, 15, 1, 0, 0, 0, time.UTC)) // 09:00 in Shanghai
	old := w.rep.customer(t, "Old")
	w.rep.move(t, old.ID, crm.Interested)
	w.Clock.Advance(8 * 24 * time.Hour)
	now := w.Clock.Now()
	in := func(hours int) *time.Time { at := now.Add(time.Duration(hours) * time.Hour); return &at }
	w.rep.task(t, crm.NewTask{Title: "overdue", DueAt: in(-1)})
	w.rep.task(t, crm.NewTask{Title: "tonight", DueAt: in(14)})
	w.rep.task(t, crm.NewTask{Title: "tomorrow", DueAt: in(15)})
	done := w.rep.task(t, crm.NewTask{Title: "done", DueAt: in(-2)})
	w.rep.updateTask(t, done.ID, crm.TaskPatch{Status: patch.Of("done")})
	fresh := w.rep.customer(t, "Fresh")
	w.rep.logAt(t, fresh.ID, now)
	w.rep.logAt(t, fresh.ID, now.Add(-10*time.Hour)) // yesterday in Shanghai
	w.rep.move(t, fresh.ID, crm.Won)
	w.rep2.customer(t, "Colleague's")
	w.manager.task(t, crm.NewTask{Title: "manager's own", DueAt: in(-3)})

	home := w.rep.home(t)
	figures := map[string]crm.HomeFigure{
		"overdue": home.OverdueTasks, "today": home.TodayTasks, "quiet": home.QuietCustomers,
		"interactions": home.Interactions, "new": home.NewCustomers, "wins": home.Wins,
	}
	got := map[string]int{}
	for name, f := range figures {
		got[name] = f.Count
		if shown := w.rep.opened(t, f); shown != f.Count {
			t.Errorf("%s: %d, and %q of %s shows %d", name, f.Count, f.Filter, f.List, shown)
		}
	}
	if diff := cmp.Diff(map[string]int{"overdue": 1, "today": 1, "quiet": 1, "interactions": 1, "new": 1, "wins": 1}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([]crm.HomeStage{{crm.Interested, 1}, {crm.Won, 1}}, home.Stages); diff != "" || home.Date != "2026-06-23" || home.Team != nil {
		t.Errorf("date %s, team %v, stages %s", home.Date, home.Team, diff)
	}

	team := w.manager.home(t).Team
	if team == nil || team.OverdueTasks.Count != 2 || team.QuietCustomers.Count != 1 || w.manager.opened(t, team.OverdueTasks) != 2 || w.manager.opened(t, team.QuietCustomers) != 1 {
		t.Fatalf("team %+v", team)
	}
	var people []string
	for _, p := range team.People {
		people = append(people, fmt.Sprintf("%s %d/%d/%d %d", p.Name, p.Interactions, p.NewCustomers, p.Wins, p.OverdueTasks))
	}
	if diff := cmp.Diff([]string{"acme rep 2 0/1/0 0", "acme rep 1/1/1 1"}, people); diff != "" {
		t.Errorf("people -want +got\n%s", diff)
	}
	if theirs := w.stranger.home(t); theirs.Team == nil || len(theirs.Stages) != 0 || theirs.Team.OverdueTasks.Count != 0 {
		t.Errorf("another company sees %+v", theirs)
	}
	nobody := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelNone, everything...)}
	if seen := nobody.home(t); seen.OverdueTasks.Count+seen.Interactions.Count+seen.NewCustomers.Count+len(seen.Stages) != 0 || seen.Team != nil {
		t.Errorf("somebody without permissions sees %+v", seen)
	}
}

// The filter's quiet and the daily check have to agree, or a reminder opens a list without its customers.
func TestQuietIsWhatTheCheckFinds(t *testing.T) {
	w := newWorld(t)
	w.Clock.Set(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)) // 23:00 in Shanghai
	w.rep.customer(t, "Potential")
	won := w.rep.customer(t, "Won")
	w.rep.move(t, won.ID, crm.Won)
	lost := w.rep.customer(t, "Lost")
	w.rep.move(t, lost.ID, crm.Lost)
	planned := w.rep.customer(t, "Planned")
	later := w.Clock.Now().Add(60 * 24 * time.Hour)
	w.rep.task(t, crm.NewTask{Title: "call", CustomerID: &planned.ID, DueAt: &later})
	quiet := func() []string { return w.rep.names(t, crm.ListQuery{Filter: "quiet = true", OrderBy: "name"}) }
	for _, step := range []struct {
		on   time.Time
		want []string
	}{
		{time.Date(2026, 6, 7, 15, 59, 0, 0, time.UTC), []string{}},
		{time.Date(2026, 6, 7, 16, 0, 0, 0, time.UTC), []string{"Planned", "Potential"}}, // midnight in Shanghai
		{time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC), []string{"Planned", "Potential", "Won"}},
	} {
		w.Clock.Set(step.on)
		if diff := cmp.Diff(step.want, quiet()); diff != "" {
			t.Errorf("%v: -want +got\n%s", step.on, diff)
		}
		if rest := len(w.rep.names(t, crm.ListQuery{Filter: "quiet = false"})); rest != 4-len(step.want) {
			t.Errorf("%v: %d are not quiet", step.on, rest)
		}
	}
	w.setSilence(t, crm.Potential, &crm.RuleTrigger{Days: 7, QuietWhilePlanned: true})
	w.setSilence(t, crm.Won, nil)
	if diff := cmp.Diff([]string{"Potential"}, quiet()); diff != "" {
		t.Errorf("by other rules: -want +got\n%s", diff)
	}
}
