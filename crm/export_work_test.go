package crm_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// lines returns the lines of an exported file of a resource.
func (p person) lines(t testing.TB, in crm.Export) []string {
	t.Helper()
	in.Format = crm.FormatCSV
	return strings.Split(strings.TrimPrefix(strings.TrimSpace(p.export(t, in)), "\uFEFF"), "\n")
}

// TestExportsOfWork takes deals, interactions and tasks out: as the files read, what each person gets of them, and in
// which order.
func TestExportsOfWork(t *testing.T) {
	w := importers(newWorld(t))
	w.Clock.Set(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	mine, theirs := w.rep.customer(t, "云帆科技"), w.rep2.customer(t, "Blue Harbor")
	fang := w.rep.contact(t, crm.NewContact{Name: "王芳", CustomerID: &mine.ID})
	erp := w.rep.deal(t, crm.NewDeal{
		Name: "=ERP", CustomerID: &mine.ID, Amount: ptr(int64(12000050)), Currency: "CNY", OwnProbability: ptr(60), ExpectedCloseOn: ptr(crm.Date("2026-06-30")),
		Source: "展会", Tags: []string{"vip", "华东"}, Note: "-1",
	})
	w.Clock.Advance(time.Hour)
	w.rep.deal(t, crm.NewDeal{Name: "Yen", Status: crm.DealLost, Amount: ptr(int64(1000)), Currency: "JPY", LostReason: "too dear"})
	foreign := w.rep2.deal(t, crm.NewDeal{Name: "Foreign", CustomerID: &theirs.ID})
	at := w.Clock.Now().Add(-time.Minute)
	must[crm.Interaction](t)(w.rep.tryLog(t, crm.NewInteraction{
		CustomerID: mine.ID, Kind: "visit", OccurredAt: &at, Minutes: ptr(45), Place: "上海", Summary: "@all agreed", MemberIDs: []tenant.MemberID{w.acme.Manager},
		ContactIDs: []crm.ContactID{fang.ID}, Contacts: []string{"李雷"}, Resolved: ptr(false), AssigneeID: &w.acme.Manager, NextStep: "send quote", NextStepDueAt: ptr(w.Clock.Now().AddDate(0, 0, 1)),
	}))
	w.rep.logAt(t, mine.ID, at.Add(-time.Hour))
	w.rep2.logAt(t, theirs.ID, at.Add(-time.Minute))
	w.rep.task(t, crm.NewTask{Title: "Send the quote", Kind: "follow_up", Priority: "high", DealID: &erp.ID, DueAt: ptr(w.Clock.Now().Add(time.Hour)), Note: "+86"})
	w.Clock.Advance(time.Hour)
	w.rep.task(t, crm.NewTask{Title: "Day", DueOn: ptr(crm.Date("2026-03-06"))})
	w.manager.task(t, crm.NewTask{Title: "Help", DealID: &foreign.ID, AssigneeID: &w.acme.Rep})
	w.Clock.Advance(time.Hour)
	w.rep2.task(t, crm.NewTask{Title: "Elsewhere"})
	chinese := w.person(w.acme, w.acme.Rep, tenant.LevelOwn)
	chinese.caller.Levels["export:create"], chinese.caller.Locale = tenant.LevelOwn, "zh-CN"
	elsewhere := w.person(w.acme, w.acme.Rep, tenant.LevelOwn)
	elsewhere.caller.Levels["export:create"], elsewhere.caller.Zone = tenant.LevelOwn, time.UTC

	for _, row := range []struct {
		who  person
		in   crm.Export
		want []string
	}{
		{w.rep, crm.Export{Resource: "deals"}, []string{
			"Name,Customer,Pipeline,Stage,Status,Owner,Currency,Amount,Probability,Expected close,Closed,Lost reason,Source,Tags,Note,Created,In stage since,Last activity,Next task",
			"'=ERP,云帆科技,Sales,First contact,Open,acme rep,CNY,120000.50,60,2026-06-30,,,展会,\"vip, 华东\",'-1,2026-03-02T09:00:00,2026-03-02T09:00:00,,2026-03-02T11:00:00",
			"Yen,,Sales,Lost,Lost,acme rep,JPY,1000,,,2026-03-02T10:00:00,too dear,,,,2026-03-02T10:00:00,,,",
		}},
		{w.rep, crm.Export{Resource: "interactions"}, []string{
			"Customer,Kind,Direction,When,Author,Contacts,Summary,Result,Minutes,Place,Resolved,Next step,Next step due,Colleagues,Assignee,Resolution,Created",
			"云帆科技,Call,Out,2026-03-02T08:59:00,acme rep,,talked,,,,yes,,,,,,2026-03-02T10:00:00",
			"云帆科技,Visit,Out,2026-03-02T09:59:00,acme rep,\"王芳, 李雷\",'@all agreed,,45,上海,no,send quote,2026-03-03T10:00:00,acme manager,acme manager,,2026-03-02T10:00:00",
		}},
		// The deal of the third is a colleague's.
		{w.rep, crm.Export{Resource: "tasks", Filter: "created_at < \"2026-03-02T03:30:00Z\" AND NOT title = \"send quote\""}, []string{
			"Title,Customer,Assignee,Due,Priority,Status,Completed,Kind,Note,Created,Deal",
			"Send the quote,云帆科技,acme rep,2026-03-02T11:00:00,High,Open,,Follow-up,'+86,2026-03-02T10:00:00,'=ERP",
			"Day,,acme rep,2026-03-06,Normal,Open,,To-do,,2026-03-02T11:00:00,",
			"Help,,acme rep,,Normal,Open,,To-do,,2026-03-02T11:00:00,",
		}},
		{chinese, crm.Export{Resource: "deals", Filter: "status = lost"}, []string{
			"商机名称,客户,销售流程,阶段,状态,负责人,币种,金额,赢率,预计成交日期,结束时间,输单原因,来源,标签,备注,创建时间,进入阶段时间,最近跟进,下次任务",
			"Yen,,Sales,Lost,输单,acme rep,JPY,1000,,,2026-03-02T10:00:00,too dear,,,,2026-03-02T10:00:00,,,",
		}},
		{chinese, crm.Export{Resource: "interactions", Q: "talked"}, []string{
			"客户,沟通方式,方向,沟通时间,记录人,联系人,沟通内容,结果,时长（分钟）,地点,是否解决,下一步,下次跟进时间,我方参与人,处理人,处理结果,创建时间",
			"云帆科技,电话,我们联系客户,2026-03-02T08:59:00,acme rep,,talked,,,,是,,,,,,2026-03-02T10:00:00",
		}},
		{chinese, crm.Export{Resource: "tasks", Q: "Day"}, []string{
			"任务,客户,负责人,截止时间,优先级,状态,完成时间,类型,备注,创建时间,商机",
			"Day,,acme rep,2026-03-06,普通,未完成,,待办,,2026-03-02T11:00:00,",
		}},
		{elsewhere, crm.Export{Resource: "tasks", Q: "Day"}, []string{
			"Title,Customer,Assignee,Due,Priority,Status,Completed,Kind,Note,Created,Deal",
			"Day,,acme rep,2026-03-06,Normal,Open,,To-do,,2026-03-02T03:00:00,",
		}},
	} {
		if diff := cmp.Diff(row.want, row.who.lines(t, row.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.in.Resource, diff)
		}
	}

	// What an import fills is found again by its heading, and taken.
	for _, resource := range []string{"deals", "interactions", "tasks"} {
		for _, who := range []person{w.rep, chinese} {
			imp := w.rep.runAs(t, resource, "again.csv", who.export(t, crm.Export{Resource: resource, Format: crm.FormatCSV}), crm.ImportOptions{})
			if imp.Rejected > 0 || imp.Created+imp.Duplicates == 0 {
				t.Errorf("%s: %d rejected: %+v", resource, imp.Rejected, w.rep.rows(t, imp.ID, crm.RowRejected))
			}
			if imp.Created > 0 {
				w.rep.undo(t, imp.ID)
			}
		}
	}

	for _, row := range []struct {
		who  person
		in   crm.Export
		want string
	}{
		{w.manager, crm.Export{Resource: "deals", OrderBy: "name"}, "'=ERP Foreign Yen"},
		{w.manager, crm.Export{Resource: "deals", OrderBy: "amount_base desc"}, "'=ERP Foreign Yen"},
		{w.manager, crm.Export{Resource: "interactions", OrderBy: "occurred_at desc"}, "云帆科技 Blue Harbor 云帆科技"},
		{w.manager, crm.Export{Resource: "tasks", OrderBy: "created_at desc", Filter: `priority = high OR title = "Help" OR title = "Elsewhere"`}, "Elsewhere Help Send the quote"},
		{w.rep2, crm.Export{Resource: "deals"}, "Foreign"},
		{w.rep2, crm.Export{Resource: "interactions"}, "Blue Harbor"},
		{w.rep2, crm.Export{Resource: "tasks"}, "Elsewhere"},
		{w.stranger, crm.Export{Resource: "deals"}, ""},
		{w.stranger, crm.Export{Resource: "interactions"}, ""},
		{w.stranger, crm.Export{Resource: "tasks"}, ""},
	} {
		var first []string
		for _, line := range row.who.lines(t, row.in)[1:] {
			name, _, _ := strings.Cut(line, ",")
			first = append(first, name)
		}
		if got := strings.Join(first, " "); got != row.want {
			t.Errorf("%+v: %s, want %s", row.in, got, row.want)
		}
	}
	_, err := w.rep.tryExport(t, crm.Export{Resource: "interactions", Format: crm.FormatCSV, OrderBy: "created_at"})
	wantInvalid(t, err, "order_by")

	book, err := excelize.OpenReader(strings.NewReader(w.rep.export(t, crm.Export{Resource: "deals", Format: crm.FormatXLSX})))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	name, err := book.GetCellValue("Deals", "A2")
	kind, kindErr := book.GetCellType("Deals", "H2")
	amount, amountErr := book.GetCellValue("Deals", "H2")
	if err := errors.Join(err, kindErr, amountErr); err != nil || name != "=ERP" || kind == excelize.CellTypeInlineString || amount != "120000.5" {
		t.Errorf("%q costs %q, of type %d: %v", name, amount, kind, err)
	}
}

// A reason from the company's list leaves with what was said besides, and both come back.
func TestLostReasonsComeBack(t *testing.T) {
	w := importers(newWorld(t))
	reason := must[[]crm.LostReason](t)(read(t, w.rep, crm.ListLostReasons))[0]
	chinese := w.person(w.acme, w.acme.Rep, tenant.LevelOwn)
	chinese.caller.Levels["export:create"], chinese.caller.Locale = tenant.LevelOwn, "zh-CN"
	for _, row := range []struct{ words, english, chinese string }{
		{"", reason.Name, reason.Name},
		{"list: too dear", reason.Name + ": list: too dear", reason.Name + "：list: too dear"},
	} {
		for who, want := range map[*person]string{&w.rep: row.english, &chinese: row.chinese} {
			d := w.rep.deal(t, crm.NewDeal{Name: "d", Status: crm.DealLost, LostReasonID: &reason.ID, LostReason: row.words})
			file := who.export(t, crm.Export{Resource: "deals", Format: crm.FormatCSV})
			if !strings.Contains(file, ","+want+",") {
				t.Errorf("%q is not in %s", want, file)
			}
			if imp := w.rep.runAs(t, "deals", "same.csv", file, crm.ImportOptions{Mode: crm.ModeUpdate}); imp.Duplicates != 1 {
				t.Errorf("not the same: %+v", w.rep.rows(t, imp.ID, ""))
			}
			if err := w.rep.deleteDeal(t, d.ID); err != nil {
				t.Fatal(err)
			}
			imp := w.rep.runAs(t, "deals", "again.csv", file, crm.ImportOptions{})
			if got := w.rep.dealCalled(t, "d"); got.LostReasonID != d.LostReasonID || got.LostReason != d.LostReason {
				t.Errorf("%q came back as %s, %q", want, got.LostReasonID, got.LostReason)
			}
			w.rep.undo(t, imp.ID)
		}
	}
}
