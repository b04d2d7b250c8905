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

func TestInteractionsAreImported(t *testing.T) {
	w := importers(newWorld(t))
	a := w.rep.customer(t, "上海云帆科技有限公司")
	shy := w.rep.customer(t, "Shy")
	w.rep.update(t, shy.ID, crm.CustomerPatch{DoNotContact: patch.Of(true)})
	w.rep2.customer(t, "华信软件")
	wang := w.rep.contact(t, crm.NewContact{Name: "王芳", CustomerID: &a.ID})
	for range 2 {
		w.rep.contact(t, crm.NewContact{Name: "双胞胎", CustomerID: &a.ID})
	}
	w.rep.contact(t, crm.NewContact{Name: "别家", CustomerID: &shy.ID})
	text := "客户,沟通方式,沟通时间,记录人,联系人,沟通内容,结果,时长（分钟）,下一步,下次跟进时间\n" +
		"云帆科技（上海）,打电话,2026-02-20 15:30,,王芳、双胞胎、别家,谈了价格,已接通,12,发报价,2026-03-20\n" +
		"上海云帆科技有限公司,拜访,2026-02-27,,,演示,有意向,,,2026-04-01 10:00\n" +
		"上海云帆科技有限公司,微信,2025-01-05,acme rep,,问好,,,旧的计划,2025-02-01\n" +
		"上海云帆科技有限公司,拜访,2026-02-27,,,演示,有意向,,,\n" +
		"上海云帆科技有限公司,拜访,2026-02-27,,,签约,,,,\n" +
		"Shy,call,2026-02-20,,,asked,no answer,,,\n" +
		"Shy,note,2026-02-20,,,remembered,,,,\n" +
		"华信软件,call,2026-02-20,,,x,,,,\n" +
		",call,,,,x,,,,\n" +
		"上海云帆科技有限公司,心灵感应,上周,acme rep 2,,x,,很久,,\n" +
		"上海云帆科技有限公司,,2026-02-20,,,x,,,,\n" +
		"上海云帆科技有限公司,call,2026-02-20,,,,,,,\n"
	imp := w.rep.runAs(t, "interactions", "log.csv", text, crm.ImportOptions{})
	if diff := cmp.Diff([]string{
		"2:created", "3:created", "4:created", "5:duplicate:repeats_line", "6:created", "7:created:do_not_contact", "8:created", "9:rejected:unknown_customer",
		"10:rejected:customer_missing,time_missing", "11:rejected:unknown_word,bad_date,owner_out_of_scope,bad_number", "12:rejected:unknown", "13:rejected:required",
	}, w.rep.outcomes(t, imp)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	all := w.rep.interactions(t, a.ID, crm.ListQuery{OrderBy: "occurred_at"}).Data
	if len(all) != 4 {
		t.Fatalf("%d interactions", len(all))
	}
	call := all[1]
	want := must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{
		CustomerID: a.ID, Kind: "call", Outcome: "connected", OccurredAt: ptr(time.Date(2026, 2, 20, 7, 30, 0, 0, time.UTC)), Minutes: ptr(12), Summary: "谈了价格",
		ContactIDs: []crm.ContactID{wang.ID}, Contacts: []string{"双胞胎", "别家"}, NextStep: "发报价", NextStepDueAt: ptr(time.Date(2026, 3, 20, 7, 0, 0, 0, time.UTC)),
	}))
	step := w.rep.getTask(t, call.TaskID)
	want.ID, want.TaskID, want.CustomerName = call.ID, call.TaskID, call.CustomerName
	if diff := cmp.Diff(want, call); diff != "" {
		t.Errorf("not as if logged by hand (-want +got):\n%s", diff)
	}
	if step.Title != "发报价" || *step.DueOn != "2026-03-20" || step.Kind != "follow_up" || step.CustomerID != a.ID || step.AssigneeID != w.acme.Rep || len(step.Reminders) != 1 {
		t.Errorf("%+v", step)
	}
	if old := all[0]; old.Kind != "wechat" || old.NextStep != "旧的计划" || !old.TaskID.IsZero() || old.Direction != "out" {
		t.Errorf("%+v", old)
	}
	if visit := all[2]; visit.Summary != "演示\n有意向" && visit.Summary != "签约" {
		t.Errorf("%+v", visit)
	}
	c := w.rep.get(t, a.ID)
	if c.LastInteractionAt == nil || !c.LastInteractionAt.Equal(time.Date(2026, 2, 26, 16, 0, 0, 0, time.UTC)) || c.NextFollowUpAt == nil || !c.NextFollowUpAt.Equal(time.Date(2026, 3, 20, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("last %v, next %v", c.LastInteractionAt, c.NextFollowUpAt)
	}
	made := w.changesOf(t, "interaction.created")
	if len(made) != 7 || slices.ContainsFunc(made[:6], func(c tenant.Change) bool { return !c.Quiet }) || decode[crm.Interaction](t, made[0].Data).CustomerName != "" {
		t.Errorf("%d events", len(made))
	}
	found := must[crm.Page[crm.Interaction]](t)(w.rep.tryInteractions(t, crm.CustomerID{}, crm.ListQuery{Q: "演示"})).Data
	if len(found) != 1 {
		t.Errorf("the search finds %d", len(found))
	}

	again := w.rep.runAs(t, "interactions", "log.csv", text, crm.ImportOptions{})
	if again.Created != 0 || again.Duplicates != 7 {
		t.Errorf("once more %+v", again)
	}
	_, err := w.rep.tryMap(t, must[crm.Import](t)(w.rep.tryUploadAs(t, "interactions", "log.csv", text)).ID, crm.ImportPatch{Options: patch.Of(crm.ImportOptions{Mode: crm.ModeUpsert})})
	wantInvalid(t, err, "options.mode")
	p := w.rep.mapped(t, must[crm.Import](t)(w.rep.tryUploadAs(t, "interactions", "log.csv", "customer,kind,date,notes\nShy,call,2026-02-21,x\n")).ID, crm.ImportPatch{})
	if p.Created != 1 || p.Rows[0].Interaction == nil || p.Rows[0].Interaction.CustomerName != "Shy" || len(p.Rows[0].Problems) != 1 {
		t.Errorf("%+v", p)
	}

	touched := w.rep.taskCalled(t, "Follow up")
	w.rep.updateTask(t, touched.ID, crm.TaskPatch{Note: patch.Of("mine")})
	if back := w.rep.undo(t, imp.ID); back.Undone != 6 {
		t.Errorf("%d undone", back.Undone)
	}
	if left := w.rep.tasks(t, `title = "发报价"`); len(left) != 1 || left[0].ID == step.ID {
		t.Error("the task of a next step stays")
	}
	w.rep.getTask(t, touched.ID)
	if c := w.rep.get(t, a.ID); !c.LastInteractionAt.Equal(want.OccurredAt) {
		t.Errorf("the last interaction is that of %s", c.LastInteractionAt)
	}
}
