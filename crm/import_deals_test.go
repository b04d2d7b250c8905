package crm_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// dealCalled is the only deal of that name that the person sees.
func (p person) dealCalled(t testing.TB, name string) crm.Deal {
	t.Helper()
	page := must[crm.Page[crm.Deal]](t)(p.tryListDeals(t, crm.ListQuery{Filter: fmt.Sprintf("name = %q", name)}))
	if len(page.Data) != 1 {
		t.Fatalf("%d deals are called %s", len(page.Data), name)
	}
	return page.Data[0]
}

// stagesOf are the stages through which a deal went, each with the day on which it came there.
func (p person) stagesOf(t testing.TB, id crm.DealID) []string {
	t.Helper()
	var all []string
	for _, v := range must[[]crm.DealVisit](t)(read(t, p, func(ctx context.Context, q *tenant.Query) ([]crm.DealVisit, error) {
		return crm.DealHistory(ctx, q, id)
	})) {
		all = append(all, v.ToName+" "+v.EnteredAt.In(p.company.Location()).Format(time.DateOnly))
	}
	return all
}

func TestDealsAreImported(t *testing.T) {
	w := importers(newWorld(t))
	p := w.rep.pipelines(t)[0]
	renewals := must[crm.Pipeline](t)(w.admin.tryPipeline(t, crm.NewPipeline{Name: "续约", Stages: []crm.NewStage{{Name: "待续", Probability: 50}}}))
	a := w.rep.customer(t, "上海云帆科技有限公司")
	w.rep2.customer(t, "华信软件")
	w.admin.rate(t, crm.NewExchangeRate{Currency: "USD", Rate: decimal.MustParse("7.1184"), ValidFrom: ptr(crm.Date("2026-03-01"))})
	head := "商机名称,客户,销售流程,阶段,状态,负责人,币种,金额,赢率,预计成交日期,成交日期,输单原因,来源,标签,备注,创建日期\n"
	text := head +
		"ERP 二期,云帆科技（上海）,,Needs confirmed,,,usd,\"1,234.50\",60.00%,2026-06-30,,,展会,\"vip,老客户\",n,2025-05-06\n" +
		"已赢,上海云帆科技有限公司,,Proposal,赢单,acme rep,,2万,,,2025-12-03,,,,,2025-11-01\n" +
		"丢的,上海云帆科技有限公司,,输单,,,,,,,2025-12-03,price,,,,2025-12-03 09:00\n" +
		"来年,,续约,,,,,,,,,,,,,\n" +
		"独有,,,待续,,,,,,,,,,,,\n" +
		"别人的,华信软件,,,,,,,,,,,,,,\n" +
		"ERP 二期,云帆科技（上海）,,,,,,,,,,,,,,\n" +
		"已赢,上海云帆科技有限公司,,赢单,,,,,,,2024-12-03,,,,,2024-11-01\n" +
		"坏,,没有,什么,也许,nobody,XYZ,abc,x,昨天,,,,,,明天\n" +
		",,,,,,,5,,,,,,,,\n" +
		"以后,,,,赢单,,,,,,2030-01-01,,,,,\n" +
		"开着,,,,,,,,,,2026-12-01,,,,,\n" +
		"负的,,,,,,,-5,,,,,,,,\n" +
		"没丢,,,,,,,,,,,太贵,,,,\n" +
		"矛盾,,,赢单,进行中,,,,,,,,,,,\n"
	imp := w.rep.runAs(t, "deals", "deals.csv", text, crm.ImportOptions{Tags: []string{"fair"}})
	if diff := cmp.Diff([]string{
		"2:created", "3:created", "4:created", "5:created", "6:created", "7:rejected:unknown_customer", "8:duplicate:repeats_line", "9:created",
		"10:rejected:unknown_pipeline,unknown_stage,unknown_word,unknown_owner,bad_currency,bad_amount,bad_probability,bad_date,bad_date", "11:rejected:required",
		"12:rejected:out_of_range", "13:created", "14:rejected:out_of_range", "15:rejected:invalid", "16:rejected:invalid",
	}, w.rep.outcomes(t, imp)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	erp := w.rep.dealCalled(t, "ERP 二期")
	want := erp
	want.CustomerID, want.PipelineID, want.StageID, want.Status, want.OwnerID = a.ID, p.ID, p.Stages[1].ID, "open", w.acme.Rep
	want.Amount, want.Currency, want.AmountBase, want.OwnProbability, want.Probability = ptr(int64(123_450)), "USD", ptr(int64(878_766)), ptr(60), 60
	want.ExpectedCloseOn, want.Source, want.Tags, want.Note = ptr(crm.Date("2026-06-30")), "展会", []string{"fair", "vip", "老客户"}, "n"
	want.CreatedAt, want.StageSince, want.CreatedBy = time.Date(2025, 5, 5, 16, 0, 0, 0, time.UTC), tenanttest.Start, w.acme.Rep
	want.UpdatedAt, want.Version = tenanttest.Start, 1
	if diff := cmp.Diff(want, erp, exactly); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	won := must[crm.Page[crm.Deal]](t)(w.rep.tryListDeals(t, crm.ListQuery{Filter: `status = "won" AND closed_on = "2025-12-03"`})).Data
	if len(won) != 1 || won[0].Name != "已赢" || *won[0].Amount != 2_000_000 || won[0].Probability != 100 || !slices.Equal(w.rep.stagesOf(t, won[0].ID), []string{"Proposal 2025-11-01", "Won 2025-12-03"}) {
		t.Errorf("won %+v", won)
	}
	if lost := w.rep.dealCalled(t, "丢的"); lost.Status != "lost" || lost.LostReason != "price" || lost.LostReasonID.IsZero() || !lost.ClosedAt.Equal(lost.CreatedAt) {
		t.Errorf("lost %+v", lost)
	}
	for _, name := range []string{"来年", "独有"} {
		if d := w.rep.dealCalled(t, name); d.StageID != renewals.Stages[0].ID || !d.CustomerID.IsZero() {
			t.Errorf("%+v", d)
		}
	}
	if d := w.rep.dealCalled(t, "开着"); d.Status != "open" || d.ExpectedCloseOn == nil || *d.ExpectedCloseOn != "2026-12-01" {
		t.Errorf("%+v", d)
	}
	if made := w.changesOf(t, "deal.created"); len(made) != 7 || slices.ContainsFunc(made, func(c tenant.Change) bool { return !c.Quiet }) {
		t.Errorf("%d events", len(made))
	}
	if w.rep.get(t, a.ID).Lifecycle != crm.Potential {
		t.Error("a win that was brought in has moved its customer")
	}

	t.Run("by name", func(t *testing.T) {
		w.rep2.deal(t, crm.NewDeal{Name: "theirs"})
		imp := w.rep.runAs(t, "deals", "more.csv", "name,customer,stage,status,amount,lost reason,note\n"+
			"ERP 二期,上海云帆科技有限公司,Negotiation,,3000,,\nERP 二期,,,,,,second\n开着,,,lost,,,\n来年,,,lost,,no need,\n丢的,,,open,,,\ntheirs,,,,5,,\n独有,,,,,,\n已赢,,,,7,,\nneu,,,,7,,\n开着,,待续,,,,\n",
			crm.ImportOptions{Mode: crm.ModeUpsert})
		if diff := cmp.Diff([]string{
			"2:updated", "3:updated", "4:rejected:missing", "5:updated", "6:updated", "7:duplicate:colleagues_record", "8:duplicate:nothing_new", "9:rejected:several_found", "10:created",
			"11:rejected:unknown_stage",
		}, w.rep.outcomes(t, imp)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		after := w.rep.getDeal(t, erp.ID)
		if after.StageID != p.Stages[3].ID || *after.Amount != 300_000 || after.Note != "second" || after.CreatedAt != erp.CreatedAt || !slices.Equal(w.rep.stagesOf(t, erp.ID), []string{"Needs confirmed 2026-03-02", "Negotiation 2026-03-02"}) {
			t.Errorf("%+v %v", after, w.rep.stagesOf(t, erp.ID))
		}
		if moved := w.changesOf(t, "deal.stage_changed"); len(moved) != 1 || !moved[0].Quiet || decode[crm.Deal](t, moved[0].Previous).StageID != p.Stages[1].ID {
			t.Errorf("%+v", moved)
		}
		if d := w.rep.dealCalled(t, "丢的"); d.Status != "open" || d.LostReason != "" || d.ClosedAt != nil {
			t.Errorf("opened again %+v", d)
		}
		since := w.rep.updateDeal(t, after.ID, crm.DealPatch{Note: patch.Of("mine")})
		w.rep.moveDeal(t, w.rep.dealCalled(t, "来年").ID, crm.DealMove{Status: "won"})
		if back := w.rep.undo(t, imp.ID); back.Undone != 3 {
			t.Errorf("%d undone", back.Undone)
		}
		if d := w.rep.getDeal(t, erp.ID); d.StageID != p.Stages[1].ID || *d.Amount != *erp.Amount || d.Note != "mine" || d.Version != since.Version+1 {
			t.Errorf("undone %+v", d)
		}
		if d := w.rep.dealCalled(t, "来年"); d.Status != "won" || d.ClosedOn == nil {
			t.Errorf("what somebody has won since was undone: %+v", d)
		}
		if d := w.rep.dealCalled(t, "丢的"); d.Status != "lost" || d.LostReason != "price" || *d.ClosedOn != "2025-12-03" {
			t.Errorf("lost again %+v", d)
		}
	})
	t.Run("with rules", func(t *testing.T) {
		w.rep.runAs(t, "deals", "won.csv", "name,customer,status,closed\nold,上海云帆科技有限公司,won,2026-01-05\n", crm.ImportOptions{RunRules: true})
		if got := w.rep.get(t, a.ID).Lifecycle; got != crm.Potential {
			t.Errorf("history has made the customer %s", got)
		}
		w.rep.runAs(t, "deals", "won.csv", "name,customer,status\nnew,上海云帆科技有限公司,won\n", crm.ImportOptions{RunRules: true})
		if got := w.rep.get(t, a.ID).Lifecycle; got != crm.Won {
			t.Errorf("the win has left the customer %s", got)
		}
		made := w.changesOf(t, "deal.created")
		if last := made[len(made)-2:]; !last[0].Quiet || last[1].Quiet {
			t.Errorf("%+v", last)
		}
	})
	t.Run("undone", func(t *testing.T) {
		if back := w.rep.undo(t, imp.ID); back.Undone != 7 {
			t.Errorf("%d undone", back.Undone)
		}
		if _, err := w.rep.tryGetDeal(t, erp.ID); err == nil {
			t.Error("the deal is still there")
		}
	})
}

// What the API refuses, a row is refused for.
func TestDealImportIsRefused(t *testing.T) {
	w := importers(newWorld(t))
	w.rep.customer(t, "mine")
	w.stranger.field(t, crm.NewCustomField{Resource: "deal", Key: "need", Type: "text", Required: true})
	w.manager.field(t, crm.NewCustomField{Resource: "deal", Key: "preset", Type: "text", Preset: "usual"})
	outcomes := func(who person, text string, options crm.ImportOptions) []string {
		t.Helper()
		return who.outcomes(t, who.runAs(t, "deals", "a.csv", text, options))
	}
	if got := outcomes(w.stranger, "name\nx\n", crm.ImportOptions{}); !slices.Equal(got, []string{"2:rejected:missing"}) {
		t.Errorf("a required field: %v", got)
	}
	if got := outcomes(w.rep, "name,owner\nx,acme rep 2\ny,acme rep\n", crm.ImportOptions{}); !slices.Equal(got, []string{"2:rejected:owner_out_of_scope", "3:created"}) {
		t.Errorf("a colleague's: %v", got)
	}
	if d := w.rep.dealCalled(t, "y"); d.Custom["preset"] != "usual" {
		t.Errorf("%+v", d.Custom)
	}
	if got := outcomes(w.manager, "name,owner\nz,acme rep 2\n", crm.ImportOptions{}); !slices.Equal(got, []string{"2:created"}) || w.rep2.dealCalled(t, "z").OwnerID != w.acme.Rep2 {
		t.Errorf("the manager's: %v", got)
	}
	product, price := w.admin.product(t, crm.NewProduct{Name: "p"}), decimal.MustParse("10")
	w.rep.deal(t, crm.NewDeal{Name: "lines", Items: []crm.NewDealItem{{ProductID: &product.ID, UnitPrice: &price}}})
	if got := outcomes(w.rep, "name,amount\nlines,11\n", crm.ImportOptions{Mode: crm.ModeUpdate}); !slices.Equal(got, []string{"2:rejected:from_items"}) {
		t.Errorf("the sum of lines: %v", got)
	}
	if got := outcomes(w.rep, "name,note\nnone,a\n", crm.ImportOptions{Mode: crm.ModeUpdate}); !slices.Equal(got, []string{"2:rejected:not_found"}) {
		t.Errorf("none of that name: %v", got)
	}
	imp := must[crm.Import](t)(w.rep.tryUploadAs(t, "deals", "a.csv", "name,customer\nq,mine\nr,none\n"))
	preview := w.rep.mapped(t, imp.ID, crm.ImportPatch{})
	if preview.Created != 1 || preview.Rejected != 1 || preview.Rows[0].Deal == nil || preview.Rows[0].Deal.Customer == nil || preview.Rows[0].Deal.Customer.Name != "mine" || !preview.Rows[0].Deal.ID.IsZero() {
		t.Errorf("%+v", preview)
	}
	_, err := w.rep.tryMap(t, imp.ID, crm.ImportPatch{Options: patch.Of(crm.ImportOptions{Mode: crm.ModeUpdate, Key: "phone"})})
	wantInvalid(t, err, "options.key")
	reader := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelOwn, "deal:read", "import:create", "import:read")}
	_, err = reader.tryStart(t, imp.ID)
	wantError(t, err, tenant.ErrDenied)
	_, err = w.stranger.tryMap(t, imp.ID, crm.ImportPatch{})
	wantError(t, err, tenant.ErrNotFound)
}

// Whatever a cell holds, it comes back as it is or its row is rejected; the import always comes to its end.
func TestImportedTextComesBack(t *testing.T) {
	w := importers(newWorld(t))
	w.rep.customer(t, "host")
	var rows []string
	for _, s := range naughtyStrings(t) {
		if strings.ToValidUTF8(s, "") == s {
			rows = append(rows, `"`+strings.ReplaceAll(s, `"`, `""`)+`"`)
		}
	}
	for resource, head := range map[string]string{"deals": "name,customer,stage", "tasks": "title,customer,priority", "interactions": "summary,customer,kind"} {
		var b strings.Builder
		b.WriteString(head + ",note,date\n")
		for i, cell := range rows {
			kind := map[string]string{"deals": "Proposal", "tasks": "high", "interactions": "call"}[resource]
			fmt.Fprintf(&b, "%s,host,%s,%s,\n", cell, kind, cell)
			fmt.Fprintf(&b, "n%d,%s,%s,,%s\n", i, cell, cell, cell)
		}
		imp := w.rep.runAs(t, resource, "a.csv", b.String(), crm.ImportOptions{})
		if imp.Status != crm.ImportFinished || imp.RowsDone < len(rows) || imp.RowsDone != imp.Created+imp.Duplicates+imp.Rejected {
			t.Errorf("%s: %+v", resource, imp)
		}
		if resource == "interactions" {
			continue // have no time, so that none is taken
		}
		if imp.Created < len(rows)/2 {
			t.Errorf("only %d %s of %d were taken", imp.Created, resource, len(rows))
		}
	}
	known := map[string]bool{}
	for _, s := range naughtyStrings(t) {
		known[strings.Trim(s, " \u00a0\u3000")] = true
	}
	for cursor := ""; ; {
		page := must[crm.Page[crm.Deal]](t)(w.rep.tryListDeals(t, crm.ListQuery{Limit: 50, Cursor: cursor}))
		for _, d := range page.Data {
			if !known[d.Name] && !strings.HasPrefix(d.Name, "n") && !strings.ContainsAny(d.Name, "\r\n") { // of line ends one form is kept
				t.Errorf("%q", d.Name)
			}
		}
		if page.NextCursor == nil {
			return
		}
		cursor = *page.NextCursor
	}
}
