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

func (p person) complete(t testing.TB, id crm.TaskID) crm.Task {
	t.Helper()
	return p.updateTask(t, id, crm.TaskPatch{Status: patch.Of("done")})
}

func (p person) trySkip(t testing.TB, id crm.TaskID) (crm.Task, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Task, error) { return crm.SkipTask(ctx, tx, id, 0) })
}

// latest is the open task of a series.
func (p person) latest(t testing.TB, series crm.TaskID) crm.Task {
	t.Helper()
	open := p.tasks(t, `series = "`+series.String()+`" AND status = open`)
	if len(open) != 1 {
		t.Fatalf("%d open tasks in the series", len(open))
	}
	return open[0]
}

// clock shows a time as people in Shanghai read it.
func clock(at *time.Time) string {
	if at == nil {
		return "never"
	}
	zone, _ := time.LoadLocation("Asia/Shanghai")
	return at.In(zone).Format("Mon 2006-01-02 15:04")
}

func TestATaskComesAgain(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	friday := time.Date(2026, 3, 6, 17, 0, 0, 0, w.acme.Location())
	first := w.manager.task(t, crm.NewTask{
		Title: "Weekly report", DueAt: &friday, RRule: "freq=weekly;byday=fr", CustomerID: &c.ID, AssigneeID: &w.acme.Rep,
		Reminders: []crm.NewReminder{before(60), timed(friday)}, Checklist: []crm.ChecklistItem{{"Numbers", false}, {"Words", true}},
	})
	if *first.RRule != "FREQ=WEEKLY;BYDAY=FR" || first.SeriesID != first.ID {
		t.Errorf("made %+v", first)
	}
	done := w.rep.complete(t, first.ID)
	if done.Status != "done" || done.RRule != nil || done.SeriesID != first.ID {
		t.Errorf("done %+v", done)
	}
	next := w.rep.latest(t, first.ID)
	if clock(next.DueAt) != "Fri 2026-03-13 17:00" || *next.RRule != "FREQ=WEEKLY;BYDAY=FR" || next.ID == first.ID || next.CustomerID != c.ID || next.CreatedBy != w.acme.Manager || next.Version != 1 {
		t.Errorf("next %+v", next)
	}
	// What was done begins anew, and only what counts back from the due time comes again.
	if diff := cmp.Diff([]crm.ChecklistItem{{"Numbers", false}, {"Words", false}}, []crm.ChecklistItem(next.Checklist)); diff != "" {
		t.Error(diff)
	}
	if got := w.remindsAt(t, next.ID); len(got) != 1 || !got[0].Equal(next.DueAt.Add(-time.Hour)) {
		t.Errorf("reminders %v", got)
	}
	if got := w.rep.get(t, c.ID).NextFollowUpAt; !got.Equal(*next.DueAt) {
		t.Errorf("next follow-up %v", got)
	}
	if created := w.changesOf(t, "task.created"); len(created) != 2 || created[1].OwnerAfter != w.acme.Rep || len(w.changesOf(t, "task.completed")) != 1 {
		t.Errorf("events %+v", created)
	}
	// Done early it comes at its time; weeks late, what was missed is not made up for.
	w.Clock.Set(friday.AddDate(0, 0, 25)) // a Tuesday
	w.rep.complete(t, next.ID)
	if third := w.rep.latest(t, first.ID); clock(third.DueAt) != "Fri 2026-04-03 17:00" {
		t.Errorf("after a long while it comes %s", clock(third.DueAt))
	}
}

func TestCompletingIsTakenBack(t *testing.T) {
	w := newWorld(t)
	task := w.rep.task(t, crm.NewTask{Title: "x", DueOn: date("2026-03-02"), RRule: "FREQ=DAILY"})
	w.rep.complete(t, task.ID)
	next := w.rep.latest(t, task.ID)
	if *next.DueOn != "2026-03-03" {
		t.Errorf("next on %s", *next.DueOn)
	}
	open := crm.TaskPatch{Status: patch.Of("open")}
	if back := w.rep.updateTask(t, task.ID, open); back.RRule == nil || *back.RRule != "FREQ=DAILY" || w.rep.latest(t, task.ID).ID != task.ID {
		t.Errorf("taken back %+v", back)
	}
	w.rep.complete(t, task.ID)
	next = w.rep.latest(t, task.ID)
	w.rep.updateTask(t, next.ID, crm.TaskPatch{Note: patch.Of("mine")})
	if back := w.rep.updateTask(t, task.ID, open); back.RRule != nil || back.Status != "open" {
		t.Errorf("opened alone %+v", back)
	}
	// What was for this occurrence alone is so still when it is done anew.
	weekly := w.rep.task(t, crm.NewTask{Title: "Report", DueOn: date("2026-03-02"), RRule: "FREQ=WEEKLY"})
	w.rep.updateTask(t, weekly.ID, crm.TaskPatch{Title: patch.Of("Board report"), OnlyThis: true})
	w.rep.complete(t, weekly.ID)
	w.rep.updateTask(t, weekly.ID, open)
	w.rep.complete(t, weekly.ID)
	if next = w.rep.latest(t, weekly.ID); next.Title != "Report" {
		t.Errorf("the following is called %s", next.Title)
	}
	w.rep.complete(t, next.ID)
	w.rep.updateTask(t, w.rep.latest(t, weekly.ID).ID, crm.TaskPatch{Status: patch.Of("cancelled")})
	if all := w.rep.tasks(t, "status = open"); len(all) != 2 {
		t.Errorf("somebody's work was dropped: %+v", all)
	}
}

func TestADayThatIsNotOverComesStill(t *testing.T) {
	w := newWorld(t)
	task := w.rep.task(t, crm.NewTask{Title: "x", DueOn: date("2026-02-20"), RRule: "FREQ=DAILY"})
	w.rep.complete(t, task.ID)
	if next := w.rep.latest(t, task.ID); *next.DueOn != "2026-03-02" {
		t.Errorf("next on %s, want today", *next.DueOn)
	}
	w.rep.complete(t, w.rep.latest(t, task.ID).ID)
	if next := w.rep.latest(t, task.ID); *next.DueOn != "2026-03-03" || clock(next.DueAt) != "Tue 2026-03-03 23:59" {
		t.Errorf("next on %s, want tomorrow", *next.DueOn)
	}
}

func TestARuleEnds(t *testing.T) {
	w := newWorld(t)
	at := time.Date(2026, 3, 31, 9, 0, 0, 0, w.acme.Location())
	task := w.rep.task(t, crm.NewTask{Title: "x", DueAt: &at, RRule: "FREQ=MONTHLY;COUNT=3"})
	var due []string
	id := task.ID
	for range 3 {
		due = append(due, clock(w.rep.complete(t, id).DueAt))
		if open := w.rep.tasks(t, "status = open"); len(open) == 1 {
			id = open[0].ID
		}
	}
	if diff := cmp.Diff([]string{"Tue 2026-03-31 09:00", "Sun 2026-05-31 09:00", "Fri 2026-07-31 09:00"}, due); diff != "" {
		t.Error(diff)
	}
	if all := w.rep.tasks(t, ""); len(all) != 3 {
		t.Errorf("%d occurrences of 3", len(all))
	}
	_, err := w.rep.trySkip(t, id)
	wantConflict(t, err, "not_repeating")
	once := w.rep.task(t, crm.NewTask{Title: "x", DueAt: &at, RRule: "FREQ=DAILY;COUNT=1"})
	_, err = w.rep.trySkip(t, once.ID)
	wantConflict(t, err, "series_ended")
	_, err = w.rep2.trySkip(t, once.ID)
	wantError(t, err, tenant.ErrNotFound)
	// What is counted goes on being counted when the third is due in another way.
	for name, in := range map[string]crm.TaskPatch{
		"another zone": {TimeZone: patch.Of("Asia/Tokyo")}, "a day": {DueOn: patch.Of(crm.Date("2026-04-14"))},
	} {
		first := w.rep.task(t, crm.NewTask{Title: name, DueAt: &at, RRule: "FREQ=WEEKLY;COUNT=4"})
		n := 0
		for of := fmt.Sprintf("title = %q AND status = open", name); ; n++ {
			open := w.rep.tasks(t, of)
			if len(open) == 0 {
				break
			}
			if n == 2 {
				w.rep.updateTask(t, open[0].ID, in)
			}
			w.rep.complete(t, open[0].ID)
		}
		if n != 4 {
			t.Errorf("%s: %d occurrences from %s on, want 4", name, n, clock(first.DueAt))
		}
	}
	// Cancelling ends it, and so does taking the rule away.
	w.rep.updateTask(t, once.ID, crm.TaskPatch{RRule: patch.Of("FREQ=DAILY")})
	w.rep.updateTask(t, once.ID, crm.TaskPatch{Status: patch.Of("cancelled")})
	w.rep.updateTask(t, once.ID, crm.TaskPatch{Status: patch.Of("open"), RRule: patch.Null[string]()})
	w.rep.complete(t, once.ID)
	if open := w.rep.tasks(t, "status = open"); len(open) != 0 {
		t.Errorf("%+v", open)
	}
}

func TestThisOccurrenceOrTheFollowing(t *testing.T) {
	w := newWorld(t)
	friday := time.Date(2026, 3, 6, 17, 0, 0, 0, w.acme.Location())
	c := w.rep.customer(t, "Acme")
	task := w.rep.task(t, crm.NewTask{Title: "Report", DueAt: &friday, RRule: "FREQ=WEEKLY", CustomerID: &c.ID, Reminders: []crm.NewReminder{before(30)}})
	this := crm.TaskPatch{
		Title: patch.Of("Report for the board"), Note: patch.Of("with figures"), CustomerID: patch.Null[crm.CustomerID](),
		Reminders: reminders(before(5)), OnlyThis: true,
	}
	w.rep.updateTask(t, task.ID, this)
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Title: patch.Of("Report for the board, short"), OnlyThis: true})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Priority: patch.Of("high")})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Note: patch.Of("always with figures")})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{DueAt: patch.Of(friday.AddDate(0, 0, 3))}) // put off until Monday
	w.rep.complete(t, task.ID)
	next := w.rep.latest(t, task.ID)
	if next.Title != "Report" || next.Note != "always with figures" || next.Priority != "high" || next.CustomerID != c.ID || clock(next.DueAt) != "Fri 2026-03-13 17:00" {
		t.Errorf("next %+v", next)
	}
	if *next.Reminders[0].MinutesBefore != 30 || !next.Reminders[0].At.Equal(next.DueAt.Add(-30*time.Minute)) {
		t.Errorf("reminders %+v", next.Reminders)
	}
	// Skipping leaves no trace of what was for the occurrence alone.
	w.rep.updateTask(t, next.ID, crm.TaskPatch{Title: patch.Of("This week only"), OnlyThis: true})
	skipped := must[crm.Task](t)(w.rep.trySkip(t, next.ID))
	if skipped.ID != next.ID || skipped.Title != "Report" || clock(skipped.DueAt) != "Fri 2026-03-20 17:00" || skipped.Status != "open" {
		t.Errorf("skipped %+v", skipped)
	}
	if got := w.remindsAt(t, next.ID); len(got) != 1 || !got[0].Equal(skipped.DueAt.Add(-30*time.Minute)) {
		t.Errorf("reminders %v", got)
	}
	// A new rule is reckoned from the due time that comes with it.
	monday := friday.AddDate(0, 0, 17)
	moved := w.rep.updateTask(t, next.ID, crm.TaskPatch{DueAt: patch.Of(monday), RRule: patch.Of("FREQ=WEEKLY;INTERVAL=2")})
	w.rep.complete(t, moved.ID)
	if last := w.rep.latest(t, task.ID); clock(last.DueAt) != "Mon 2026-04-06 17:00" {
		t.Errorf("after a new rule it comes %s", clock(last.DueAt))
	}
	// A time in the place of a day keeps the rule.
	day := w.rep.task(t, crm.NewTask{Title: "x", DueOn: date("2026-03-04"), RRule: "FREQ=DAILY"})
	at := time.Date(2026, 3, 5, 8, 30, 0, 0, w.acme.Location())
	w.rep.updateTask(t, day.ID, crm.TaskPatch{DueAt: patch.Of(at)})
	w.rep.complete(t, day.ID)
	if next := w.rep.latest(t, day.ID); clock(next.DueAt) != "Fri 2026-03-06 08:30" || next.DueOn != nil {
		t.Errorf("at a time it comes %s", clock(next.DueAt))
	}
}

func TestRulesOfTasksAreChecked(t *testing.T) {
	w := newWorld(t)
	at := w.Clock.Now()
	for rule, fields := range map[string][]string{
		"every day":                           {"rrule"},
		"FREQ=HOURLY":                         {"rrule"},
		"FREQ=DAILY;BYHOUR=9,15":              {"rrule"},
		"FREQ=DAILY;UNTIL=20200101":           {"rrule"},
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30": {"rrule"},
	} {
		_, err := w.rep.tryTask(t, crm.NewTask{Title: "x", DueAt: &at, RRule: rule})
		wantInvalid(t, err, fields...)
	}
	_, err := w.rep.tryTask(t, crm.NewTask{Title: "x", RRule: "FREQ=DAILY"})
	wantInvalid(t, err, "due_at")
	task := w.rep.task(t, crm.NewTask{Title: "x", DueAt: &at, RRule: "FREQ=WEEKLY;BYDAY=TH"})
	if clock(task.DueAt) != "Thu 2026-03-05 09:00" {
		t.Errorf("a due time that the rule does not give becomes %s", clock(task.DueAt))
	}
	for name, in := range map[string]crm.TaskPatch{
		"rrule":  {RRule: patch.Of("FREQ=DAILY"), OnlyThis: true},
		"due_at": {DueAt: patch.Null[time.Time]()},
	} {
		_, err := w.rep.tryUpdateTask(t, task.ID, in, 0)
		wantInvalid(t, err, name)
	}
	_, err = w.rep.tryUpdateTask(t, task.ID, crm.TaskPatch{RRule: patch.Of("FREQ=DAILY;COUNT=0")}, 0)
	wantInvalid(t, err, "rrule")
	if got := w.rep.getTask(t, task.ID); got.Version != 1 {
		t.Errorf("after refusals %+v", got)
	}
}
