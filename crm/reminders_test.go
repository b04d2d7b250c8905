package crm_test

import (
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// fire does the due work of a task's reminder, as the worker does.
func (w *world) fire(t testing.TB, id crm.TaskID) {
	t.Helper()
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return crm.FireReminder(t.Context(), tx, tenant.RecordID(id)) }); err != nil {
		t.Fatal(err)
	}
}

// remindsAt returns when the task's reminder is due, or the zero time for never.
func (w *world) remindsAt(t testing.TB, id crm.TaskID) time.Time {
	t.Helper()
	return w.due(t, w.acme, crm.ReminderWork)[tenant.RecordID(id)]
}

func TestReminderIsDueWithItsTask(t *testing.T) {
	w := newWorld(t)
	at := func(hours int) time.Time { return w.Clock.Now().Add(time.Duration(hours) * time.Hour) }
	task := w.rep.task(t, crm.NewTask{Title: "x", DueAt: ptr(at(2))})
	check := func(step string, want time.Time) {
		t.Helper()
		if got := w.remindsAt(t, task.ID); !got.Equal(want) {
			t.Errorf("%s: the reminder is due at %v, want %v", step, got, want)
		}
	}
	check("made", at(2))
	w.rep.updateTask(t, task.ID, crm.TaskPatch{DueAt: patch.Of(at(5))})
	check("moved with the due time", at(5))
	w.rep.updateTask(t, task.ID, crm.TaskPatch{RemindAt: patch.Of(at(4))})
	check("moved by itself", at(4))
	w.rep.updateTask(t, task.ID, crm.TaskPatch{DueAt: patch.Of(at(9))})
	check("the due time alone", at(4))
	w.rep.updateTask(t, task.ID, crm.TaskPatch{RemindAt: patch.Null[time.Time]()})
	check("never", time.Time{})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{RemindAt: patch.Of(at(4))})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("done")})
	check("done", time.Time{})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("open")})
	check("open again", at(4))
	w.rep.updateTask(t, task.ID, crm.TaskPatch{DueAt: patch.Null[time.Time]()})
	check("without a due time", at(4))
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTask(t.Context(), tx, task.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	check("deleted", time.Time{})
	w.fire(t, task.ID)
	if n := len(w.changesOf(t, "task.due")); n != 0 {
		t.Error("a deleted task reminded")
	}
}

func TestReminderFiresOnce(t *testing.T) {
	w := newWorld(t)
	due := w.Clock.Now().Add(time.Hour)
	task := w.manager.task(t, crm.NewTask{Title: "x", DueAt: &due, AssigneeID: &w.acme.Rep})
	fired := func() int { return len(w.changesOf(t, "task.due")) }
	w.fire(t, task.ID)
	if fired() != 0 || !w.remindsAt(t, task.ID).Equal(due) {
		t.Error("it fired before its time, or will not any more")
	}
	w.Clock.Set(due)
	for range 3 {
		w.fire(t, task.ID)
	}
	if fired() != 1 || !w.remindsAt(t, task.ID).IsZero() {
		t.Errorf("fired %d times", fired())
	}
	event := w.changesOf(t, "task.due")[0]
	if event.OwnerAfter != w.acme.Rep || event.Record != tenant.RecordID(task.ID) || event.ActorKind != tenant.BySystem || decode[crm.Task](t, event.Data).RemindedAt == nil {
		t.Errorf("event %+v", event)
	}
	// What does not move the reminder does not repeat it.
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Title: patch.Of("y")})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("done")})
	w.rep.updateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("open")})
	w.fire(t, task.ID)
	if fired() != 1 || !w.remindsAt(t, task.ID).IsZero() {
		t.Errorf("an edit made it fire again: %d", fired())
	}
	// Into the future it reminds again; in the past it does not.
	w.rep.updateTask(t, task.ID, crm.TaskPatch{DueAt: patch.Of(due.Add(-time.Minute))})
	w.fire(t, task.ID)
	if fired() != 1 {
		t.Error("moved into the past it fired again")
	}
	later := due.Add(2 * time.Hour)
	if moved := w.rep.updateTask(t, task.ID, crm.TaskPatch{DueAt: patch.Of(later)}); moved.RemindedAt != nil || !w.remindsAt(t, task.ID).Equal(later) {
		t.Errorf("moved into the future: %+v, due %v", moved, w.remindsAt(t, task.ID))
	}
	w.Clock.Set(later)
	w.fire(t, task.ID)
	w.fire(t, task.ID)
	if fired() != 2 {
		t.Errorf("fired %d times in all", fired())
	}
}
