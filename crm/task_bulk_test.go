package crm_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryBulk(t testing.TB, in crm.TaskBulk) (crm.BulkResult, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.BulkResult, error) { return crm.ChangeTasks(ctx, tx, in) })
}

func (p person) bulk(t testing.TB, in crm.TaskBulk) crm.BulkResult {
	t.Helper()
	return must[crm.BulkResult](t)(p.tryBulk(t, in))
}

func TestManyTasksAtOnce(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	at := time.Date(2026, 3, 6, 17, 0, 0, 0, w.acme.Location())
	call := w.rep.task(t, crm.NewTask{Title: "call", DueAt: &at, CustomerID: &c.ID})
	day := w.rep.task(t, crm.NewTask{Title: "day", DueOn: date("2026-03-05"), RRule: "FREQ=WEEKLY"})
	loose := w.rep.task(t, crm.NewTask{Title: "loose"})
	foreign := w.rep2.task(t, crm.NewTask{Title: "foreign", DueAt: &at})
	ids := []crm.TaskID{foreign.ID, loose.ID, day.ID, call.ID, call.ID}
	all := &crm.BulkSelection{Filter: "status = open"}

	got := w.rep.bulk(t, crm.TaskBulk{IDs: ids, Action: "reschedule", ShiftDays: ptr(3)})
	if got.Selected != 4 || got.Changed != 2 || got.Unchanged != 1 || got.NotFound != 1 || got.Failures[0].ID.String() != foreign.ID.String() {
		t.Errorf("shifted %+v", got)
	}
	if got := w.rep.getTask(t, call.ID); clock(got.DueAt) != "Mon 2026-03-09 17:00" || !got.Reminders[0].At.Equal(*got.DueAt) || got.Version != 2 {
		t.Errorf("call %+v", got)
	}
	if got := w.rep.getTask(t, day.ID); *got.DueOn != "2026-03-08" {
		t.Errorf("day %+v", got)
	}
	if got := w.rep.get(t, c.ID).NextFollowUpAt; clock(got) != "Mon 2026-03-09 17:00" {
		t.Errorf("next follow-up %s", clock(got))
	}
	if got := w.rep.bulk(t, crm.TaskBulk{Matching: all, Action: "reschedule", DueOn: date("2026-03-10")}); got.Changed != 3 {
		t.Errorf("on a day %+v", got)
	}
	if got := w.rep.bulk(t, crm.TaskBulk{Matching: all, Action: "reschedule", DueAt: &at}); got.Changed != 3 {
		t.Errorf("at a time %+v", got)
	}
	if got := w.manager.bulk(t, crm.TaskBulk{Matching: all, Action: "assign", AssigneeID: &w.acme.Rep2}); got.Changed != 3 || got.Unchanged != 1 {
		t.Errorf("assigned %+v", got)
	}
	w.react(t)
	if told := w.rep2.notifications(t, ""); len(told) != 3 {
		t.Errorf("the new assignee was told %+v", told)
	}
	if got := w.rep2.bulk(t, crm.TaskBulk{Matching: all, Action: "complete"}); got.Changed != 4 {
		t.Errorf("completed %+v", got)
	}
	if next := w.rep2.latest(t, day.ID); clock(next.DueAt) != "Fri 2026-03-13 17:00" {
		t.Errorf("next %+v", next)
	}
	if got := w.rep2.bulk(t, crm.TaskBulk{Matching: &crm.BulkSelection{}, Action: "delete"}); got.Changed != 5 || len(w.rep2.tasks(t, "")) != 0 {
		t.Errorf("deleted %+v", got)
	}
	if left := w.due(t, w.acme, crm.ReminderWork); len(left) != 0 {
		t.Errorf("%d reminders are left", len(left))
	}
	if completed, deleted := len(w.changesOf(t, "task.completed")), len(w.changesOf(t, "task.deleted")); completed != 4 || deleted != 5 {
		t.Errorf("%d and %d events", completed, deleted)
	}
}

func TestBulkOfTasksIsRefused(t *testing.T) {
	w := newWorld(t)
	task := w.rep.task(t, crm.NewTask{Title: "x"})
	ids := []crm.TaskID{task.ID}
	for name, row := range map[string]struct {
		in     crm.TaskBulk
		fields []string
	}{
		"nothing":      {crm.TaskBulk{Action: "complete"}, []string{"ids"}},
		"both":         {crm.TaskBulk{IDs: ids, Matching: &crm.BulkSelection{}, Action: "complete"}, []string{"ids"}},
		"too many":     {crm.TaskBulk{IDs: make([]crm.TaskID, 501), Action: "complete"}, []string{"ids"}},
		"no action":    {crm.TaskBulk{IDs: ids, Action: "tag"}, []string{"action"}},
		"nobody":       {crm.TaskBulk{IDs: ids, Action: "assign"}, []string{"assignee_id"}},
		"out of reach": {crm.TaskBulk{IDs: ids, Action: "assign", AssigneeID: &w.acme.Rep2}, []string{"assignee_id"}},
		"no time":      {crm.TaskBulk{IDs: ids, Action: "reschedule"}, []string{"due_at"}},
		"two times":    {crm.TaskBulk{IDs: ids, Action: "reschedule", DueOn: date("2026-03-06"), ShiftDays: ptr(1)}, []string{"due_at"}},
		"too far":      {crm.TaskBulk{IDs: ids, Action: "reschedule", ShiftDays: ptr(1000)}, []string{"shift_days"}},
		"filter":       {crm.TaskBulk{Matching: &crm.BulkSelection{Filter: "colour = red"}, Action: "complete"}, []string{"filter"}},
	} {
		_, err := w.rep.tryBulk(t, row.in)
		t.Log(name)
		wantInvalid(t, err, row.fields...)
	}
	reader := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelOwn, "task:read", "task:update")}
	_, err := reader.tryBulk(t, crm.TaskBulk{IDs: ids, Action: "delete"})
	wantError(t, err, tenant.ErrDenied)
	if diff := cmp.Diff(1, int(w.rep.getTask(t, task.ID).Version)); diff != "" {
		t.Error("a refusal changed something")
	}
}
