package crm_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestTaskKeepsItsFields(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	id := crm.TaskID(tenant.NewEventID())
	due := w.Clock.Now().Add(time.Hour + 123*time.Nanosecond)
	in := crm.NewTask{
		ID: &id, Title: "Send quote", Note: "n", Kind: "follow_up", Priority: "high", CustomerID: &c.ID, AssigneeID: &w.acme.Rep, DueAt: &due, TimeZone: "Europe/Berlin",
		Reminders: []crm.NewReminder{before(30), timed(w.Clock.Now())}, Checklist: []crm.ChecklistItem{{"价格", true}, {"Terms", false}}, RRule: "FREQ=DAILY",
	}
	made := w.manager.task(t, in)
	stored := w.rep.getTask(t, id)
	made.DueSort, made.CompletedSort = stored.DueSort, stored.CompletedSort
	made.Customer = &crm.CustomerCard{ID: c.ID, Name: "Acme"}
	if diff := cmp.Diff(made, stored, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b recurrence.Wall) bool { return a == b })); diff != "" {
		t.Errorf("-made +stored\n%s", diff)
	}
	if stored.CreatedBy != w.acme.Manager || stored.AssigneeID != w.acme.Rep || stored.Status != "open" || !stored.DueAt.Equal(due.Truncate(time.Microsecond)) || stored.SeriesID != id {
		t.Errorf("stored %+v", stored)
	}
	if all := w.rep.tasks(t, `repeats = true AND series = "`+id.String()+`"`); len(all) != 1 || len(all[0].Reminders) != 2 || len(all[0].Checklist) != 2 {
		t.Errorf("listed %+v", all)
	}
	_, err := w.rep.tryTask(t, in)
	wantConflict(t, err, "id_in_use")
}

func TestTaskDefaults(t *testing.T) {
	w := newWorld(t)
	due := w.Clock.Now().Add(time.Hour)
	task := w.rep.task(t, crm.NewTask{Title: "x", DueAt: &due})
	if task.Kind != "todo" || task.Priority != "normal" || task.AssigneeID != w.acme.Rep || !task.CustomerID.IsZero() || task.TimeZone != "Asia/Shanghai" ||
		len(task.Reminders) != 1 || !task.Reminders[0].At.Equal(due) || *task.Reminders[0].MinutesBefore != 0 || task.Checklist == nil || task.RRule != nil {
		t.Errorf("defaults %+v", task)
	}
	if task = w.rep.task(t, crm.NewTask{Title: "x"}); task.DueAt != nil || len(task.Reminders) != 0 {
		t.Errorf("without a time %+v", task)
	}
}

func TestTaskDueOnADay(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Acme")
	lastSecond := time.Date(2026, 3, 2, 23, 59, 59, 0, w.acme.Location())
	task := w.rep.task(t, crm.NewTask{Title: "x", DueOn: date("2026-03-02"), CustomerID: &c.ID})
	if !task.DueAt.Equal(lastSecond) || *task.DueOn != "2026-03-02" {
		t.Errorf("due %v on %v", task.DueAt, *task.DueOn)
	}
	if got := w.rep.get(t, c.ID).NextFollowUpAt; got == nil || !got.Equal(lastSecond) {
		t.Errorf("next follow-up %v", got)
	}
	// It is due today until the day is over in its zone, and then overdue, for lists and figures alike.
	for _, step := range []struct {
		at             time.Time
		today, overdue int
	}{{w.Clock.Now(), 1, 0}, {lastSecond, 1, 0}, {lastSecond.Add(time.Second), 0, 1}} {
		w.Clock.Set(step.at)
		if home := w.rep.home(t); home.TodayTasks.Count != step.today || home.OverdueTasks.Count != step.overdue {
			t.Errorf("at %s: today %d, overdue %d", step.at, home.TodayTasks.Count, home.OverdueTasks.Count)
		}
	}
	change := func(in crm.TaskPatch) crm.Task { t.Helper(); return w.rep.updateTask(t, task.ID, in) }
	if got := change(crm.TaskPatch{TimeZone: patch.Of("Pacific/Kiritimati")}); !got.DueAt.Equal(lastSecond.Add(-6 * time.Hour)) {
		t.Errorf("on an island in the east it is due %v", got.DueAt)
	}
	at := lastSecond.Add(time.Hour)
	if got := change(crm.TaskPatch{DueAt: patch.Of(at)}); got.DueOn != nil || !got.DueAt.Equal(at) {
		t.Errorf("at a time: %+v", got)
	}
	if got := change(crm.TaskPatch{DueOn: patch.Null[crm.Date]()}); got.DueAt == nil {
		t.Errorf("no day was there to clear: %+v", got)
	}
	if got := change(crm.TaskPatch{DueOn: patch.Of(crm.Date("2026-03-05"))}); *got.DueOn != "2026-03-05" {
		t.Errorf("on a day: %+v", got)
	}
	if got := change(crm.TaskPatch{DueAt: patch.Null[time.Time]()}); got.DueOn != nil || got.DueAt != nil {
		t.Errorf("at no time: %+v", got)
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
		"due":      {crm.NewTask{Title: "x", DueAt: &time.Time{}}, crm.TaskPatch{DueAt: patch.Of(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC))}, []string{"due_at"}},
		"day":      {crm.NewTask{Title: "x", DueOn: date("2026-02-30")}, crm.TaskPatch{DueOn: patch.Of(crm.Date("tomorrow"))}, []string{"due_on"}},
		"day and time": {crm.NewTask{Title: "x", DueOn: date("2026-03-06"), DueAt: ptr(w.Clock.Now())},
			crm.TaskPatch{DueOn: patch.Of(crm.Date("2026-03-06")), DueAt: patch.Of(w.Clock.Now())}, []string{"due_on"}},
		"zone":       {crm.NewTask{Title: "x", TimeZone: "Shanghai"}, crm.TaskPatch{TimeZone: patch.Of("Local")}, []string{"time_zone"}},
		"no zone":    {crm.NewTask{Title: "x", TimeZone: "../etc/passwd"}, crm.TaskPatch{TimeZone: patch.Null[string]()}, []string{"time_zone"}},
		"steps":      {crm.NewTask{Title: "x", Checklist: []crm.ChecklistItem{{"a", false}, {" ", true}}}, crm.TaskPatch{Checklist: patch.Of([]crm.ChecklistItem{{"a", false}, {long, true}})}, []string{"checklist[1].title"}},
		"many steps": {crm.NewTask{Title: "x", Checklist: slices.Repeat([]crm.ChecklistItem{{"a", false}}, 101)}, crm.TaskPatch{Checklist: patch.Of(slices.Repeat([]crm.ChecklistItem{{"a", false}}, 101))}, []string{"checklist"}},
		"nobody":     {crm.NewTask{Title: "x", AssigneeID: &tenant.MemberID{}}, crm.TaskPatch{AssigneeID: patch.Null[tenant.MemberID]()}, []string{"assignee_id"}},
		"several":    {crm.NewTask{Title: " ", AssigneeID: &w.acme.Rep2, Kind: "x"}, crm.TaskPatch{Title: patch.Of(" "), AssigneeID: patch.Of(w.acme.Rep2)}, nil},
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

func TestTasksAreFoundByTheirTitle(t *testing.T) {
	w := newWorld(t)
	quote := w.rep.task(t, crm.NewTask{Title: "给云帆发报价 Quote"})
	w.rep.task(t, crm.NewTask{Title: "其他"})
	w.rep2.task(t, crm.NewTask{Title: "云帆的同事"})
	found := func(p person, q string) []string {
		return idsOf(must[crm.Page[crm.Task]](t)(read(t, p, func(ctx ctx, query *tenant.Query) (crm.Page[crm.Task], error) {
			return crm.ListTasks(ctx, query, crm.ListQuery{Q: q})
		})).Data, func(t crm.Task) string { return t.Title })
	}
	for q, want := range map[string]int{"云帆": 1, "yunfan": 1, "gyffbj": 1, "quo": 1, "报价 quote": 1, "报": 1, "报价 其他": 0, "%": 0} {
		if got := found(w.rep, q); len(got) != want {
			t.Errorf("%s finds %q", q, got)
		}
	}
	if got := append(found(w.rep2, "报价"), found(w.stranger, "云帆")...); len(got) != 0 {
		t.Errorf("others find %q", got)
	}
	w.rep.updateTask(t, quote.ID, crm.TaskPatch{Title: patch.Of("全新的标题")})
	if got := append(found(w.rep, "报价"), found(w.rep, "quote")...); len(got) != 0 || len(found(w.rep, "qxdbt")) != 1 {
		t.Errorf("after the change %q are found by what they were called", got)
	}
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTask(t.Context(), tx, quote.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	trashed := must[crm.Page[crm.TrashedRecord]](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.Page[crm.TrashedRecord], error) {
		return crm.ListTrash(ctx, q, "task", crm.ListQuery{Q: "全新"})
	}))
	if len(trashed.Data) != 1 || len(found(w.rep, "全新")) != 0 {
		t.Errorf("in the trash %+v", trashed.Data)
	}
	w.Clock.Advance(31 * 24 * time.Hour)
	must[int](t)(write(t, w.system(w.acme), func(ctx ctx, tx *tenant.Tx) (int, error) { return crm.PurgeTrash(ctx, tx, 100) }))
	if n := w.count(t, "company.search_grams WHERE noun = ? AND record_id = ?", search.Tasks, quote.ID); n != 0 {
		t.Errorf("%d pieces of a purged task are left", n)
	}
}
