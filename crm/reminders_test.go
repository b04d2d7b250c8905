package crm_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// fire does all due work of acme's reminders whose time has come, as the worker does, and reports how many there were.
func (w *world) fire(t testing.TB) int {
	t.Helper()
	var refs []tenant.RecordID
	for ref, at := range w.due(t, w.acme, crm.ReminderWork) {
		if !at.After(w.Clock.Now()) {
			refs = append(refs, ref)
		}
	}
	w.fireAll(t, refs)
	return len(refs)
}

// fireAll does the due work of reminders, whether their time has come or not.
func (w *world) fireAll(t testing.TB, refs []tenant.RecordID) {
	t.Helper()
	if len(refs) == 0 {
		return
	}
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return crm.FireReminders(t.Context(), tx, refs) }); err != nil {
		t.Fatal(err)
	}
}

// remindsAt returns when the task's reminders are due, in order.
func (w *world) remindsAt(t testing.TB, id crm.TaskID) (all []time.Time) {
	t.Helper()
	due := w.due(t, w.acme, crm.ReminderWork)
	for _, r := range w.admin.getTask(t, id).Reminders {
		if at, ok := due[r.ID]; ok {
			all = append(all, at)
		}
	}
	return all
}

func (p person) getTask(t testing.TB, id crm.TaskID) crm.Task {
	t.Helper()
	return must[crm.Task](t)(read(t, p, func(ctx ctx, q *tenant.Query) (crm.Task, error) { return crm.GetTask(ctx, q, id) }))
}

func before(minutes int) crm.NewReminder                             { return crm.NewReminder{MinutesBefore: &minutes} }
func timed(at time.Time) crm.NewReminder                             { return crm.NewReminder{At: &at} }
func date(text string) *crm.Date                                     { d := crm.Date(text); return &d }
func reminders(in ...crm.NewReminder) patch.Field[[]crm.NewReminder] { return patch.Of(in) }

func TestRemindersAreDueWithTheirTask(t *testing.T) {
	w := newWorld(t)
	at := func(hours int) time.Time { return w.Clock.Now().Add(time.Duration(hours) * time.Hour) }
	task := w.rep.task(t, crm.NewTask{Title: "x", DueAt: ptr(at(2))})
	check := func(step string, want ...time.Time) {
		t.Helper()
		if got := w.remindsAt(t, task.ID); !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Errorf("%s: the reminders are due at %v, want %v", step, got, want)
		}
		if all := w.due(t, w.acme, crm.ReminderWork); len(all) != len(want) {
			t.Errorf("%s: %d pieces of work are due, want %d", step, len(all), len(want))
		}
	}
	do := func(in crm.TaskPatch) { t.Helper(); w.rep.updateTask(t, task.ID, in) }
	check("made", at(2))
	do(crm.TaskPatch{DueAt: patch.Of(at(5))})
	check("moved with the due time", at(5))
	do(crm.TaskPatch{Reminders: reminders(before(60), timed(at(3)), before(0), before(60))})
	check("three, one asked for twice", at(3), at(4), at(5))
	do(crm.TaskPatch{DueAt: patch.Of(at(9))})
	check("the due time alone", at(3), at(8), at(9))
	do(crm.TaskPatch{Status: patch.Of("done")})
	check("done")
	do(crm.TaskPatch{Status: patch.Of("open")})
	check("open again", at(3), at(8), at(9))
	do(crm.TaskPatch{Status: patch.Of("cancelled")})
	check("cancelled")
	do(crm.TaskPatch{Status: patch.Of("open"), DueAt: patch.Null[time.Time]()})
	check("without a due time", at(3))
	do(crm.TaskPatch{Reminders: reminders()})
	check("none")
	do(crm.TaskPatch{DueAt: patch.Of(at(6))})
	check("due again", at(6))
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTask(t.Context(), tx, task.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	if left := w.due(t, w.acme, crm.ReminderWork); len(left) != 0 {
		t.Errorf("a deleted task is reminded of: %v", left)
	}
	w.fireAll(t, []tenant.RecordID{task.Reminders[0].ID})
	if n := len(w.changesOf(t, "task.due")); n != 0 {
		t.Error("a deleted task reminded")
	}
	restored := must[crm.Task](t)(write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.Task, error) { return crm.RestoreTask(ctx, tx, task.ID) }))
	check("restored", at(6))
	if restored.Title != "x" || len(w.changesOf(t, "task.restored")) != 1 {
		t.Errorf("restored %+v", restored)
	}
	for name, who := range map[string]person{"not in the trash": w.rep, "out of reach": w.rep2} {
		if _, err := write(t, who, func(ctx ctx, tx *tenant.Tx) (crm.Task, error) { return crm.RestoreTask(ctx, tx, task.ID) }); err == nil {
			t.Errorf("restored a task that is %s", name)
		}
	}
}

func TestRemindersOfAWholeDay(t *testing.T) {
	w := newWorld(t)
	day := func(hour int) time.Time { return time.Date(2026, 3, 6, hour, 0, 0, 0, w.acme.Location()) }
	task := w.rep.task(t, crm.NewTask{Title: "x", DueOn: date("2026-03-06")})
	check := func(step string, want ...time.Time) {
		t.Helper()
		if got := w.remindsAt(t, task.ID); !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Errorf("%s: %v, want %v", step, got, want)
		}
	}
	check("in the morning", day(9))
	w.rep.updateTask(t, task.ID, crm.TaskPatch{DueAt: patch.Of(day(15))})
	check("at a time", day(15))
	w.rep.updateTask(t, task.ID, crm.TaskPatch{DueOn: patch.Of(crm.Date("2026-03-07"))})
	check("on the next day", day(9+24))
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Reminders: reminders(before(15*60), before(-10*60))})
	check("the evening before, and at ten", day(9), day(10+24))
	w.rep.updateTask(t, task.ID, crm.TaskPatch{TimeZone: patch.Of("America/New_York")})
	check("in New York, where it is thirteen hours earlier", day(9+13), day(10+24+13))
}

func TestRemindersFireOnce(t *testing.T) {
	w := newWorld(t)
	due := w.Clock.Now().Add(time.Hour)
	task := w.manager.task(t, crm.NewTask{Title: "x", DueAt: &due, AssigneeID: &w.acme.Rep, Reminders: []crm.NewReminder{before(30), before(0)}})
	fired := func() int { return len(w.changesOf(t, "task.due")) }
	w.fireAll(t, []tenant.RecordID{task.Reminders[0].ID, task.Reminders[1].ID})
	if fired() != 0 || len(w.remindsAt(t, task.ID)) != 2 {
		t.Error("they fired before their time, or will not any more")
	}
	w.Clock.Set(due.Add(-30 * time.Minute))
	if n := w.fire(t); n != 1 || fired() != 1 {
		t.Errorf("the first: %d due, %d fired", n, fired())
	}
	// The worker was away for an hour.
	w.Clock.Set(due.Add(time.Hour))
	for range 3 {
		w.fireAll(t, []tenant.RecordID{task.Reminders[0].ID, task.Reminders[1].ID})
	}
	if fired() != 2 || len(w.remindsAt(t, task.ID)) != 0 {
		t.Errorf("fired %d times", fired())
	}
	event := w.changesOf(t, "task.due")[1]
	data := decode[crm.Task](t, event.Data)
	if event.OwnerAfter != w.acme.Rep || event.Record != tenant.RecordID(task.ID) || event.ActorKind != tenant.BySystem || len(data.Reminders) != 2 || data.Reminders[1].FiredAt == nil {
		t.Errorf("event %+v", event)
	}
	// What does not move a reminder does not repeat it.
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Title: patch.Of("y")})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("done")})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("open")})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Reminders: reminders(before(0))})
	if w.fire(t); fired() != 2 || len(w.remindsAt(t, task.ID)) != 0 {
		t.Errorf("an edit made it fire again: %d", fired())
	}
	// Into the future it reminds again; in the past it does not.
	w.rep.updateTask(t, task.ID, crm.TaskPatch{DueAt: patch.Of(due.Add(-time.Minute))})
	if w.fire(t); fired() != 2 {
		t.Error("moved into the past it fired again")
	}
	later := w.Clock.Now().Add(2 * time.Hour)
	w.rep.updateTask(t, task.ID, crm.TaskPatch{DueAt: patch.Of(later)})
	w.Clock.Set(later)
	if w.fire(t); fired() != 3 {
		t.Errorf("fired %d times in all", fired())
	}
}

func TestLateRemindersArePassedOver(t *testing.T) {
	w := newWorld(t)
	in := func(minutes int) *time.Time {
		at := w.Clock.Now().Add(time.Duration(minutes) * time.Minute)
		return &at
	}
	for name, row := range map[string]struct {
		task crm.NewTask
		want []time.Time
	}{
		"one that is left":     {crm.NewTask{DueAt: in(10), Reminders: []crm.NewReminder{before(60), before(0)}}, []time.Time{*in(10)}},
		"the last of them all": {crm.NewTask{DueAt: in(-10), Reminders: []crm.NewReminder{before(60), before(0)}}, []time.Time{*in(-10)}},
		"the only one":         {crm.NewTask{DueAt: in(10), Reminders: []crm.NewReminder{before(60)}}, []time.Time{*in(-50)}},
		"at a time of its own": {crm.NewTask{Reminders: []crm.NewReminder{timed(*in(-5))}}, []time.Time{*in(-5)}},
		"none was asked for":   {crm.NewTask{DueAt: in(10), Reminders: []crm.NewReminder{}}, nil},
	} {
		row.task.Title = name
		task := w.rep.task(t, row.task)
		if got := w.remindsAt(t, task.ID); !slices.EqualFunc(got, row.want, time.Time.Equal) {
			t.Errorf("%s: due at %v, want %v", name, got, row.want)
		}
	}
	// One that the worker has not come round to yet is not forgotten when something else changes.
	task := w.rep.task(t, crm.NewTask{Title: "x", DueAt: in(60), Reminders: []crm.NewReminder{before(30), before(0)}})
	w.Clock.Advance(31 * time.Minute)
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Reminders: reminders(before(30), before(0), before(5))})
	if got := w.remindsAt(t, task.ID); len(got) != 3 {
		t.Errorf("due at %v", got)
	}
	// What fell due while the task was done, or lay in the trash, is not made up for.
	for name, back := range map[string]func(crm.TaskID){
		"opened again": func(id crm.TaskID) {
			w.rep.updateTask(t, id, crm.TaskPatch{Status: patch.Of("done")})
			w.Clock.Advance(2 * time.Hour)
			w.rep.updateTask(t, id, crm.TaskPatch{Status: patch.Of("open")})
		},
		"opened with the same reminders": func(id crm.TaskID) {
			w.rep.updateTask(t, id, crm.TaskPatch{Status: patch.Of("cancelled")})
			w.Clock.Advance(2 * time.Hour)
			w.rep.updateTask(t, id, crm.TaskPatch{Status: patch.Of("open"), Reminders: reminders(before(60), before(45), before(0))})
		},
		"restored": func(id crm.TaskID) {
			if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTask(t.Context(), tx, id, 0) }); err != nil {
				t.Fatal(err)
			}
			w.Clock.Advance(2 * time.Hour)
			must[crm.Task](t)(write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.Task, error) { return crm.RestoreTask(ctx, tx, id) }))
		},
	} {
		task := w.rep.task(t, crm.NewTask{Title: "x", DueAt: in(150), Reminders: []crm.NewReminder{before(60), before(45), before(0)}})
		back(task.ID)
		if got := w.remindsAt(t, task.ID); len(got) != 1 || !got[0].Equal(*task.DueAt) {
			t.Errorf("%s: due at %v", name, got)
		}
	}
}

func TestSnooze(t *testing.T) {
	w := newWorld(t)
	due := w.Clock.Now().Add(time.Hour)
	task := w.rep.task(t, crm.NewTask{Title: "x", DueAt: &due, Reminders: []crm.NewReminder{before(60), before(30), before(0)}})
	snooze := func(p person, in crm.Snooze) (crm.Task, error) {
		return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Task, error) { return crm.SnoozeTask(ctx, tx, task.ID, in, 0) })
	}
	at := func(minutes int) time.Time { return due.Add(time.Duration(minutes-60) * time.Minute) }
	check := func(step string, want ...time.Time) {
		t.Helper()
		if got := w.remindsAt(t, task.ID); !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Errorf("%s: due at %v, want %v", step, got, want)
		}
	}
	w.fire(t)
	must[crm.Task](t)(snooze(w.rep, crm.Snooze{Minutes: ptr(45)}))
	check("the one at 30 keeps still", at(45), at(60))
	must[crm.Task](t)(snooze(w.rep, crm.Snooze{Until: ptr(at(50))}))
	check("again, in the place of the first", at(50), at(60))
	w.rep.updateTask(t, task.ID, crm.TaskPatch{DueAt: patch.Of(at(90))})
	check("it stays when the due time moves, and the others go along", at(30), at(50), at(60), at(90))
	w.Clock.Set(at(50))
	w.fire(t)
	if n := len(w.changesOf(t, "task.due")); n != 3 {
		t.Errorf("%d reminders went off", n)
	}
	for name, in := range map[string]crm.Snooze{
		"minutes": {}, "until": {Until: ptr(at(49))},
	} {
		_, err := snooze(w.rep, in)
		wantInvalid(t, err, name)
	}
	_, err := snooze(w.rep, crm.Snooze{Minutes: ptr(0)})
	wantInvalid(t, err, "minutes")
	_, err = snooze(w.rep2, crm.Snooze{Minutes: ptr(5)})
	wantError(t, err, tenant.ErrNotFound)
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("done")})
	_, err = snooze(w.rep, crm.Snooze{Minutes: ptr(5)})
	wantConflict(t, err, "task_not_open")
}

func TestRemindersRefuseMistakes(t *testing.T) {
	w := newWorld(t)
	due := w.Clock.Now().Add(time.Hour)
	many := slices.Repeat([]crm.NewReminder{before(1)}, 6)
	for name, row := range map[string]struct {
		in     crm.NewTask
		fields []string
	}{
		"neither":               {crm.NewTask{DueAt: &due, Reminders: []crm.NewReminder{{}}}, []string{"reminders[0]"}},
		"both":                  {crm.NewTask{DueAt: &due, Reminders: []crm.NewReminder{before(0), {MinutesBefore: ptr(1), At: &due}}}, []string{"reminders[1]"}},
		"nothing to count from": {crm.NewTask{Reminders: []crm.NewReminder{before(5)}}, []string{"reminders[0].minutes_before"}},
		"after the time":        {crm.NewTask{DueAt: &due, Reminders: []crm.NewReminder{before(-5)}}, []string{"reminders[0].minutes_before"}},
		"after the day":         {crm.NewTask{DueOn: date("2026-03-06"), Reminders: []crm.NewReminder{before(-1440)}}, []string{"reminders[0].minutes_before"}},
		"years before":          {crm.NewTask{DueAt: &due, Reminders: []crm.NewReminder{before(1_000_000)}}, []string{"reminders[0].minutes_before"}},
		"at no time":            {crm.NewTask{Reminders: []crm.NewReminder{timed(time.Time{})}}, []string{"reminders[0].at"}},
		"too many":              {crm.NewTask{DueAt: &due, Reminders: many}, []string{"reminders"}},
	} {
		row.in.Title = "x"
		_, err := w.rep.tryTask(t, row.in)
		t.Log(name)
		wantInvalid(t, err, row.fields...)
	}
	task := w.rep.task(t, crm.NewTask{Title: "x", DueAt: &due})
	_, err := w.rep.tryUpdateTask(t, task.ID, crm.TaskPatch{Reminders: patch.Of(many)}, 0)
	wantInvalid(t, err, "reminders")
	if diff := cmp.Diff(task.Reminders, w.rep.getTask(t, task.ID).Reminders); diff != "" {
		t.Error(diff)
	}
}
