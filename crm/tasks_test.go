package crm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestTaskKeepsItsFields(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	id := crm.TaskID(tenant.NewEventID())
	due, remind := w.Clock.Now().Add(time.Hour+123*time.Nanosecond), w.Clock.Now().Add(30*time.Minute)
	in := crm.NewTask{ID: &id, Title: "Send quote", Note: "n", Kind: "follow_up", Priority: "high", CustomerID: &c.ID, AssigneeID: &w.acme.Rep, DueAt: &due, RemindAt: patch.Of(remind)}
	made := w.manager.task(t, in)
	stored := must[crm.Task](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.Task, error) { return crm.GetTask(ctx, q, id) }))
	made.DueSort, made.CompletedSort = stored.DueSort, stored.CompletedSort
	made.Customer = &crm.CustomerCard{ID: c.ID, Name: "Acme"}
	if diff := cmp.Diff(made, stored); diff != "" {
		t.Errorf("-made +stored\n%s", diff)
	}
	if stored.CreatedBy != w.acme.Manager || stored.AssigneeID != w.acme.Rep || stored.Status != "open" || !stored.DueAt.Equal(due.Truncate(time.Microsecond)) {
		t.Errorf("stored %+v", stored)
	}
	_, err := w.rep.tryTask(t, in)
	wantConflict(t, err, "id_in_use")
}

func TestTaskDefaults(t *testing.T) {
	w := newWorld(t)
	due := w.Clock.Now().Add(time.Hour)
	task := w.rep.task(t, crm.NewTask{Title: "x", DueAt: &due})
	if task.Kind != "todo" || task.Priority != "normal" || task.AssigneeID != w.acme.Rep || !task.RemindAt.Equal(due) || !task.CustomerID.IsZero() {
		t.Errorf("defaults %+v", task)
	}
	if task = w.rep.task(t, crm.NewTask{Title: "x", DueAt: &due, RemindAt: patch.Null[time.Time]()}); task.DueAt == nil || task.RemindAt != nil {
		t.Errorf("without a reminder %+v", task)
	}
	if task = w.rep.task(t, crm.NewTask{Title: "x"}); task.DueAt != nil || task.RemindAt != nil {
		t.Errorf("without a time %+v", task)
	}
}

func TestTaskRefusesMistakes(t *testing.T) {
	w := newWorld(t)
	task := w.rep.task(t, crm.NewTask{Title: "x"})
	long := strings.Repeat("长", 301)
	for name, row := range map[string]struct {
		in     crm.NewTask
		patch  crm.TaskPatch
		fields []string
	}{
		"title":    {crm.NewTask{}, crm.TaskPatch{Title: patch.Null[string]()}, []string{"title"}},
		"long":     {crm.NewTask{Title: long}, crm.TaskPatch{Title: patch.Of(long)}, []string{"title"}},
		"note":     {crm.NewTask{Title: "x", Note: strings.Repeat("x", 10_001)}, crm.TaskPatch{Note: patch.Of("\xff")}, []string{"note"}},
		"priority": {crm.NewTask{Title: "x", Priority: "急"}, crm.TaskPatch{Priority: patch.Null[string]()}, []string{"priority"}},
		"due":      {crm.NewTask{Title: "x", DueAt: &time.Time{}, RemindAt: patch.Of(w.Clock.Now())}, crm.TaskPatch{DueAt: patch.Of(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)), RemindAt: patch.Null[time.Time]()}, []string{"due_at"}},
		"remind":   {crm.NewTask{Title: "x", RemindAt: patch.Of(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))}, crm.TaskPatch{RemindAt: patch.Of(time.Time{})}, []string{"remind_at"}},
		"nobody":   {crm.NewTask{Title: "x", AssigneeID: &tenant.MemberID{}}, crm.TaskPatch{AssigneeID: patch.Null[tenant.MemberID]()}, []string{"assignee_id"}},
		"several":  {crm.NewTask{Title: " ", AssigneeID: &w.acme.Rep2, Kind: "x"}, crm.TaskPatch{Title: patch.Of(" "), AssigneeID: patch.Of(w.acme.Rep2)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.rep.tryTask(t, row.in)
			_, errPatch := w.rep.tryUpdateTask(t, task.ID, row.patch, 0)
			if row.fields == nil {
				wantInvalid(t, err, "assignee_id", "kind", "title")
				wantInvalid(t, errPatch, "assignee_id", "title")
				return
			}
			wantInvalid(t, err, row.fields...)
			wantInvalid(t, errPatch, row.fields...)
		})
	}
	_, err := w.rep.tryUpdateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("later")}, 0)
	wantInvalid(t, err, "status")
	if all := w.rep.tasks(t, ""); len(all) != 1 || all[0].Version != 1 {
		t.Errorf("after refusals %+v", all)
	}
}

func TestTaskIsDoneAndOpenedAgain(t *testing.T) {
	w := newWorld(t)
	task := w.rep.task(t, crm.NewTask{Title: "x"})
	w.Clock.Advance(time.Hour)
	done := w.rep.updateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("done")})
	if done.CompletedAt == nil || !done.CompletedAt.Equal(w.Clock.Now()) || done.Version != 2 {
		t.Errorf("done %+v", done)
	}
	w.Clock.Advance(time.Hour)
	if again := w.rep.updateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("done")}); again.Version != 2 || !again.CompletedAt.Equal(*done.CompletedAt) {
		t.Errorf("done twice %+v", again)
	}
	_, err := w.rep.tryUpdateTask(t, task.ID, crm.TaskPatch{Note: patch.Of("x")}, 1)
	wantError(t, err, tenant.ErrStale)
	wantError(t, w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTask(t.Context(), tx, task.ID, 1) }), tenant.ErrStale)
	if open := w.rep.updateTask(t, task.ID, crm.TaskPatch{Status: patch.Of("open")}); open.CompletedAt != nil || open.Status != "open" {
		t.Errorf("opened %+v", open)
	}
	if n := len(w.changesOf(t, "task.completed")); n != 1 {
		t.Errorf("%d events task.completed", n)
	}
	updated := w.changesOf(t, "task.updated")
	if len(updated) != 1 || cmp.Diff(map[string]any{"status": "done", "completed_at": "2026-03-02T02:00:00Z"}, decode[map[string]any](t, updated[0].Previous)) != "" {
		t.Errorf("events %+v", updated)
	}
}

func TestNextFollowUpIsTheEarliestOpenTask(t *testing.T) {
	w := newWorld(t)
	a, b := w.rep.customer(t, "a"), w.rep.customer(t, "b")
	at := func(hours int) time.Time { return w.Clock.Now().Add(time.Duration(hours) * time.Hour) }
	check := func(step string, c crm.Customer, hours int) {
		t.Helper()
		got := w.rep.get(t, c.ID).NextFollowUpAt
		if hours == 0 && got != nil || hours != 0 && (got == nil || !got.Equal(at(hours))) {
			t.Errorf("%s: %v, want %d hours from now", step, got, hours)
		}
	}
	newTask := func(hours int) crm.Task {
		return w.rep.task(t, crm.NewTask{Title: "x", CustomerID: &a.ID, DueAt: ptr(at(hours))})
	}
	first, second := newTask(2), newTask(5)
	w.rep.task(t, crm.NewTask{Title: "some day", CustomerID: &a.ID})
	check("two", a, 2)
	w.rep.updateTask(t, first.ID, crm.TaskPatch{DueAt: patch.Of(at(9))})
	check("moved", a, 5)
	w.rep.updateTask(t, second.ID, crm.TaskPatch{Status: patch.Of("done")})
	check("done", a, 9)
	w.rep.updateTask(t, second.ID, crm.TaskPatch{Status: patch.Of("open")})
	check("open again", a, 5)
	w.rep.updateTask(t, second.ID, crm.TaskPatch{CustomerID: patch.Of(b.ID)})
	check("given to another customer", a, 9)
	check("got from another customer", b, 5)
	w.rep.updateTask(t, second.ID, crm.TaskPatch{CustomerID: patch.Null[crm.CustomerID]()})
	check("taken from the customer", b, 0)
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTask(t.Context(), tx, first.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	check("deleted", a, 0)
	_, err := read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.Task, error) { return crm.GetTask(ctx, q, first.ID) })
	wantError(t, err, tenant.ErrNotFound)
	if got := w.rep.get(t, a.ID); got.Version != 1 {
		t.Errorf("tasks changed the customer's version: %d", got.Version)
	}
}
