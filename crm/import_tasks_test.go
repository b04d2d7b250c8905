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
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// taskCalled is the only task of that title that the person sees.
func (p person) taskCalled(t testing.TB, title string) crm.Task {
	t.Helper()
	all := p.tasks(t, fmt.Sprintf("title = %q", title))
	if len(all) != 1 {
		t.Fatalf("%d tasks are called %s", len(all), title)
	}
	return all[0]
}

func TestTasksAreImported(t *testing.T) {
	w := importers(newWorld(t))
	a := w.rep.customer(t, "上海云帆科技有限公司")
	w.rep2.customer(t, "华信软件")
	text := "任务,客户,负责人,截止时间,优先级,状态,完成时间,类型,备注,创建日期\n" +
		"回访,云帆科技（上海）,acme rep,2026-03-20,高,未完成,,跟进,n,2025-05-06\n" +
		"报价,上海云帆科技有限公司,,2026-03-09 15:30,普通,否,,,,\n" +
		"旧的,上海云帆科技有限公司,,2025-12-01,low,是,2025-12-03 10:00,,,2025-11-01\n" +
		"回访,上海云帆科技有限公司,,2026-03-20,,,,,,\n" +
		"回访,上海云帆科技有限公司,,2026-04-20,,,,,,\n" +
		"别人的,华信软件,,,,,,,,\n" +
		"给别人,,acme rep 2,,,,,,,\n" +
		"坏,,nobody,哪天,急,也许,昨天,别的,,明天\n" +
		",,,2026-03-20,,,,,,\n" +
		"没完,,,,,,2025-12-03,,,\n" +
		"以后完,,,,,done,2027-01-01,,,\n" +
		"很久以后,,,2999-01-01,,,,,,\n" +
		"自己的,,,,,已取消,,,,\n" +
		"过期的,,,2026-02-01,,,,,,\n"
	imp := w.rep.runAs(t, "tasks", "tasks.csv", text, crm.ImportOptions{})
	if diff := cmp.Diff([]string{
		"2:created", "3:created", "4:created", "5:duplicate:repeats_line", "6:created", "7:rejected:unknown_customer", "8:rejected:owner_out_of_scope",
		"9:rejected:unknown_owner,bad_date,unknown_word,unknown_word,bad_date,unknown_word,bad_date", "10:rejected:required", "11:rejected:not_done", "12:rejected:out_of_range",
		"13:rejected:bad_date", "14:created", "15:created",
	}, w.rep.outcomes(t, imp)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	quote := w.rep.taskCalled(t, "报价")
	want := w.rep.task(t, crm.NewTask{Title: "报价", CustomerID: &a.ID, DueAt: ptr(time.Date(2026, 3, 9, 7, 30, 0, 0, time.UTC))})
	want.ID, want.Reminders[0].ID = quote.ID, quote.Reminders[0].ID
	want.DueSort, want.CompletedSort, want.Customer, want.Usual = quote.DueSort, quote.CompletedSort, quote.Customer, quote.Usual
	if diff := cmp.Diff(want, quote); diff != "" || quote.Customer == nil {
		t.Errorf("not as if entered by hand (-want +got):\n%s", diff)
	}
	first := w.rep.tasks(t, `title = "回访"`)[0]
	if *first.DueOn != "2026-03-20" || first.Priority != "high" || first.Kind != "follow_up" || first.Note != "n" || first.CreatedAt.Year() != 2025 || first.CustomerID != a.ID {
		t.Errorf("%+v", first)
	}
	old := w.rep.taskCalled(t, "旧的")
	if old.Status != "done" || !old.CompletedAt.Equal(time.Date(2025, 12, 3, 2, 0, 0, 0, time.UTC)) || old.Priority != "low" {
		t.Errorf("%+v", old)
	}
	if next := w.rep.get(t, a.ID).NextFollowUpAt; next == nil || !next.Equal(*quote.DueAt) {
		t.Errorf("the customer's next follow-up is %v", next)
	}
	if made := w.changesOf(t, "task.created"); len(made) != 7 || slices.ContainsFunc(made[:6], func(c tenant.Change) bool { return !c.Quiet }) {
		t.Errorf("%d events", len(made))
	}
	if due := w.due(t, w.acme, crm.ReminderWork); len(due) != 4 {
		t.Errorf("%d reminders are due", len(due)) // none of what is overdue
	}

	t.Run("by title", func(t *testing.T) {
		weekly := w.rep.task(t, crm.NewTask{Title: "周报", DueAt: ptr(tenanttest.Start.AddDate(0, 0, 2)), RRule: "FREQ=WEEKLY"})
		imp := w.rep.runAs(t, "tasks", "more.csv", "title,customer,due,status,priority,note,assignee\n"+
			"报价,上海云帆科技有限公司,,done,,,\n回访,上海云帆科技有限公司,,,,x,\n旧的,上海云帆科技有限公司,,,,,\n周报,,,完成,,,\n自己的,,2026-03-30,,high,,acme rep 2\n自己的,,2026-03-30,,high,,\nneu,,,,,,\n",
			crm.ImportOptions{Mode: crm.ModeUpsert})
		if diff := cmp.Diff([]string{
			"2:rejected:several_found", "3:rejected:several_found", "4:duplicate:nothing_new", "5:updated", "6:rejected:owner_out_of_scope", "7:updated", "8:created",
		}, w.rep.outcomes(t, imp)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		if done := w.rep.tasks(t, `title = "周报"`); len(done) != 2 || done[0].Status != "done" || done[0].RRule != nil || done[1].RRule == nil {
			t.Errorf("what comes again: %+v", done)
		}
		own := w.rep.taskCalled(t, "自己的")
		if *own.DueOn != "2026-03-30" || own.Priority != "high" || len(own.Reminders) != 1 {
			t.Errorf("%+v", own)
		}
		w.rep.updateTask(t, own.ID, crm.TaskPatch{Priority: patch.Of("low")})
		if back := w.rep.undo(t, imp.ID); back.Undone != 3 {
			t.Errorf("%d undone", back.Undone)
		}
		if own = w.rep.taskCalled(t, "自己的"); own.DueOn != nil || own.DueAt != nil || own.Priority != "low" || len(own.Reminders) != 0 {
			t.Errorf("undone %+v", own)
		}
		if again := w.rep.taskCalled(t, "周报"); again.ID != weekly.ID || again.Status != "open" || again.RRule == nil {
			t.Errorf("the series has not come back: %+v", again)
		}
	})
	t.Run("undone", func(t *testing.T) {
		if back := w.rep.undo(t, imp.ID); back.Undone != 6 {
			t.Errorf("%d undone", back.Undone)
		}
		if next := w.rep.get(t, a.ID).NextFollowUpAt; next == nil || !next.Equal(*quote.DueAt) { // the one entered by hand
			t.Errorf("the customer's next follow-up is %v", next)
		}
	})
	t.Run("refused", func(t *testing.T) {
		imp := must[crm.Import](t)(w.rep.tryUploadAs(t, "tasks", "a.csv", "title,assignee,customer\nx,acme rep 2,云帆科技（上海）\n"))
		_, err := w.rep.tryMap(t, imp.ID, crm.ImportPatch{Options: patch.Of(crm.ImportOptions{Tags: []string{"vip"}})})
		wantInvalid(t, err, "options.tags")
		if p := w.manager.mapped(t, imp.ID, crm.ImportPatch{}); p.Created != 1 || p.Rows[0].Task == nil || p.Rows[0].Task.AssigneeID != w.acme.Rep2 || p.Rows[0].Task.Customer == nil {
			t.Errorf("a manager assigns to those below: %+v", p)
		}
	})
}
