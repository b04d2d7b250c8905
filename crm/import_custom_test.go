package crm_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// customFields gives the company of the admin a field of every type, of customers.
func (w *world) customFields(t testing.TB) {
	t.Helper()
	options := []crm.FieldOption{
		{Key: "it", Label: crm.FieldLabel{ZH: "信息技术", EN: "IT"}}, {Key: "edu", Label: crm.FieldLabel{ZH: "教育", EN: "Education"}},
		{Key: "both", Label: crm.FieldLabel{ZH: "硬件、软件", EN: "Hardware, software"}}, {Key: "old", Label: crm.FieldLabel{EN: "Old"}, Archived: true},
	}
	for _, f := range []crm.NewCustomField{
		{Key: "number", Type: "text", Label: crm.FieldLabel{ZH: "客户编号", EN: "Customer no."}, Unique: true},
		{Key: "story", Type: "long_text", Label: crm.FieldLabel{ZH: "故事"}},
		{Key: "weight", Type: "number", Label: crm.FieldLabel{ZH: "重量"}, Unit: "kg", Max: ptr(5000.0)},
		{Key: "budget", Type: "money", Label: crm.FieldLabel{ZH: "预算"}},
		{Key: "founded", Type: "date", Label: crm.FieldLabel{ZH: "成立日"}},
		{Key: "visited", Type: "datetime", Label: crm.FieldLabel{ZH: "到访"}},
		{Key: "branch", Type: "choice", Label: crm.FieldLabel{ZH: "渠道"}, Options: options, Preset: "it"},
		{Key: "interests", Type: "choices", Label: crm.FieldLabel{ZH: "兴趣"}, Options: options},
		{Key: "referrer", Type: "member", Label: crm.FieldLabel{ZH: "介绍人"}},
		{Key: "shop", Type: "link", Label: crm.FieldLabel{ZH: "店铺"}},
		{Key: "hotline", Type: "phone", Label: crm.FieldLabel{ZH: "热线"}},
		{Key: "billing", Type: "email", Label: crm.FieldLabel{ZH: "账单邮箱"}},
		{Key: "vip", Type: "yes_no", Label: crm.FieldLabel{ZH: "贵宾%"}},
	} {
		w.admin.field(t, f)
	}
	gone := w.admin.field(t, crm.NewCustomField{Key: "gone", Type: "text", Label: crm.FieldLabel{ZH: "不用了"}})
	w.admin.changeField(t, gone.ID, crm.CustomFieldPatch{Archived: patch.Of(true)})
}

func TestCustomFieldsAreImportedAndExported(t *testing.T) {
	w := importers(newWorld(t))
	w.customFields(t)
	w.rep.caller.Locale = "zh-CN"
	file := "客户名称,客户编号,故事,重量,预算,成立日,到访,渠道,兴趣,介绍人,店铺,热线,账单邮箱,贵宾%,不用了\n" +
		"云帆,A-1,\"一\n二\",\"1,234.5 kg\",\"¥1,200.50\",2026年3月5日,2026-03-05 09:00,教育,信息技术；教育、both,acme rep 2,yunfan.example,138 0013 8000,Wang@YunFan.Example,是,x\n" +
		"长风,,,,,,,,,,,,,0,\n"
	imp := w.rep.upload(t, "a.csv", file)
	fields := map[string]string{}
	for _, m := range imp.Suggested {
		fields[m.Column] = m.Field
	}
	if fields["B"] != "custom.number" || fields["H"] != "custom.branch" || fields["N"] != "custom.vip" || fields["O"] != "" || len(fields) != 14 {
		t.Errorf("suggested %v", fields)
	}
	want := []values{{
		"number": "A-1", "story": "一\n二", "weight": 1234.5, "budget": map[string]any{"amount": 120050.0, "currency": "CNY"}, "founded": "2026-03-05",
		"visited": "2026-03-05T01:00:00Z", "branch": "edu", "interests": []any{"it", "edu", "both"}, "referrer": w.acme.Rep2.String(),
		"shop": "https://yunfan.example", "hotline": "+8613800138000", "billing": "Wang@yunfan.example", "vip": true,
	}, {"branch": "it", "vip": false}}
	preview := w.rep.mapped(t, imp.ID, crm.ImportPatch{})
	for i, row := range preview.Rows {
		if diff := cmp.Diff(want[i], row.Customer.Custom); diff != "" || row.Outcome != crm.RowCreated {
			t.Errorf("preview of line %d: %v %s", row.Line, row.Problems, diff)
		}
	}
	must[crm.Import](t)(w.rep.tryStart(t, imp.ID))
	w.rep.work(t, imp.ID)
	stored := func() (all []values) {
		for _, c := range w.rep.list(t, crm.ListQuery{OrderBy: "name"}).Data {
			all = append(all, c.Custom)
		}
		return all
	}
	if got := w.rep.names(t, crm.ListQuery{Filter: `custom.weight > 1000 AND custom.vip = true`}); !cmp.Equal(got, []string{"云帆"}) {
		t.Errorf("filtered: %v", got)
	}
	for _, format := range []string{crm.FormatCSV, crm.FormatXLSX} {
		for _, locale := range []string{"zh-CN", "en"} {
			w.rep.caller.Locale = locale
			before := w.rep.list(t, crm.ListQuery{OrderBy: "name"}).Data
			out := w.rep.export(t, crm.Export{Resource: "customers", Format: format})
			if format == crm.FormatCSV && locale == "zh-CN" {
				if !strings.Contains(out, ",客户编号,故事,重量,预算,成立日,到访,渠道,兴趣,介绍人,店铺,热线,账单邮箱,贵宾%") || strings.Contains(out, "不用了") ||
					!strings.Contains(out, `,A-1,"一`+"\n"+`二",1234.5,1200.50,2026-03-05,2026-03-05T09:00:00,教育,信息技术; 教育; both,acme rep 2,https://yunfan.example,`) {
					t.Errorf("exported %s", out)
				}
			}
			for _, c := range before {
				if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, c.ID, 0) }); err != nil {
					t.Fatal(err)
				}
			}
			if done := w.rep.run(t, "b."+format, out, crm.ImportOptions{}); done.Created != 2 {
				t.Errorf("%s %s: %+v %+v", format, locale, done, w.rep.rows(t, done.ID, crm.RowRejected))
			}
			if diff := cmp.Diff(want, stored()); diff != "" {
				t.Errorf("%s %s, imported again: %s", format, locale, diff)
			}
		}
	}
	w.rep.caller.Masked = map[string]bool{"customer.phone": true}
	if out := w.rep.export(t, crm.Export{Resource: "customers", Format: crm.FormatCSV}); strings.Contains(out, "13800138000") || !strings.Contains(out, "138****8000") {
		t.Errorf("a masked role exports %s", out)
	}
	// What a role masks stays as it is, whatever the row says.
	w.rep.run(t, "c.csv", "客户名称,热线\n云帆,13900139000\n", crm.ImportOptions{Mode: crm.ModeUpdate, Key: "name"})
	w.rep.caller.Masked = nil
	if got := w.rep.list(t, crm.ListQuery{Filter: `name = "云帆"`}).Data[0].Custom["hotline"]; got != "+8613800138000" {
		t.Errorf("a masked number became %v", got)
	}
}

func TestBadCustomValuesRejectTheirRow(t *testing.T) {
	w := importers(newWorld(t))
	w.customFields(t)
	for column, cells := range map[string]map[string]string{
		"重量": {"many": "not_a_number", "9000": "out_of_range"}, "预算": {"€5": "currency_mismatch"}, "成立日": {"soon": "bad_date", "03/04/2026": "ambiguous_date"},
		"渠道": {"steel": "unknown_option", "Old": "archived"}, "兴趣": {"教育、steel": "unknown_option"}, "介绍人": {"nobody": "unknown_member", "globex rep": "unknown_member"},
		"店铺": {"javascript:alert(1)": "invalid"}, "热线": {"12": "invalid"}, "账单邮箱": {"wang": "invalid"}, "贵宾%": {"perhaps": "bad_choice"},
	} {
		for cell, code := range cells {
			imp := w.rep.upload(t, "a.csv", "客户名称,"+column+"\n云帆,"+cell+"\n")
			row := w.rep.mapped(t, imp.ID, crm.ImportPatch{}).Rows[0]
			if row.Outcome != crm.RowRejected || len(row.Problems) != 1 || row.Problems[0].Code != code || row.Problems[0].Column != "B" || !strings.HasPrefix(row.Problems[0].Field, "custom.") {
				t.Errorf("%s %s: %s %+v, want %s", column, cell, row.Outcome, row.Problems, code)
			}
		}
	}
}

func TestRequiredAndUniqueCustomFieldsOfImports(t *testing.T) {
	w := importers(newWorld(t))
	w.admin.field(t, crm.NewCustomField{Key: "number", Type: "text", Label: crm.FieldLabel{ZH: "编号"}, Unique: true})
	w.admin.field(t, crm.NewCustomField{Key: "grade", Type: "text", Label: crm.FieldLabel{ZH: "等级"}, Required: true})
	taken := w.rep2.create(t, crm.NewCustomer{Name: "云帆", Custom: values{"number": "A-1", "grade": "x"}})
	outcomes := func(p person, id crm.ImportID) (all []string) {
		t.Helper()
		for _, r := range p.rows(t, id, "") {
			for _, problem := range r.Problems {
				r.Outcome += " " + problem.Field + " " + problem.Code
			}
			all = append(all, r.Outcome)
		}
		return all
	}
	// A file without a column for what is required makes nothing.
	done := w.rep.run(t, "a.csv", "客户名称,编号\n长风,A-9\n", crm.ImportOptions{})
	if diff := cmp.Diff([]string{"rejected custom.grade missing"}, outcomes(w.rep, done.ID)); diff != "" {
		t.Errorf("-want +got %s", diff)
	}
	file := "客户名称,编号,等级\n长风,a-1,A\n华信,A-2,A\n华北,a-2 ,A\n中信,A-3,\n华夏,,B\n"
	want := []string{"rejected custom.number value_taken", "created", "rejected custom.number value_repeated", "rejected custom.grade missing", "created"}
	done = w.rep.run(t, "a.csv", file, crm.ImportOptions{})
	if diff := cmp.Diff(want, outcomes(w.rep, done.ID)); diff != "" {
		t.Errorf("-want +got %s", diff)
	}
	for _, r := range w.rep.rows(t, done.ID, crm.RowRejected) {
		if text := r.Problems[0].Message; strings.Contains(text, "云帆") || strings.Contains(text, taken.ID.String()) {
			t.Errorf("a colleague's record is named: %s", text)
		}
	}
	// All or nothing sees repeats in other batches too.
	var long strings.Builder
	long.WriteString("客户名称,编号,等级\n第一,B-1,A\n")
	for range 600 {
		long.WriteString("同名,,A\n")
	}
	long.WriteString("最后,B-1,A\n")
	if done := w.rep.run(t, "b.csv", long.String(), crm.ImportOptions{OnError: crm.AllOrNothing}); done.Status != crm.ImportFailed || done.Created != 0 || done.Rejected != 1 {
		t.Errorf("%+v", done)
	}
	// A unique field finds the record, in upserts also that of a row before; others' records are theirs.
	file = "编号,客户名称,等级,行业\nA-2,华信,,钢铁\nA-7,新的,A,\na-7,,,航运\nA-1,云帆,,抢来的\n,没有,A,\n"
	done = w.rep.run(t, "c.csv", file, crm.ImportOptions{Mode: crm.ModeUpsert, Key: "custom.number", OnError: crm.KeepGood})
	if diff := cmp.Diff([]string{"updated", "created", "updated", "duplicate custom.number colleagues_record", "created"}, outcomes(w.rep, done.ID)); diff != "" {
		t.Errorf("-want +got %s", diff)
	}
	if got := w.rep.names(t, crm.ListQuery{Filter: `industry:*`, OrderBy: "name"}); len(got) != 2 || w.rep2.get(t, taken.ID).Industry != "" {
		t.Errorf("updated %v", got)
	}
	// A value cannot be taken from another by an update.
	done = w.rep.run(t, "d.csv", "客户名称,编号\n华信,A-7\n新的,a-7\n华夏,A-8\n", crm.ImportOptions{Mode: crm.ModeUpdate, Key: "name"})
	if diff := cmp.Diff([]string{"rejected custom.number value_taken", "duplicate name nothing_new", "updated"}, outcomes(w.rep, done.ID)); diff != "" {
		t.Errorf("-want +got %s", diff)
	}
	// An undo stops at a value that another record has by now; once that is free it goes through.
	done = w.rep.run(t, "f.csv", "客户名称,编号\n华夏,A-88\n", crm.ImportOptions{Mode: crm.ModeUpdate, Key: "name"})
	other := w.rep.create(t, crm.NewCustomer{Name: "占用", Custom: values{"number": "A-8", "grade": "x"}})
	if got := w.rep.undo(t, done.ID); got.Status != crm.ImportFailed || !strings.Contains(got.Error, "custom.number") {
		t.Errorf("%+v", got)
	}
	w.rep.update(t, other.ID, crm.CustomerPatch{Custom: patch.Of(values{"number": nil})})
	if got := w.rep.undo(t, done.ID); got.Status != crm.ImportUndone || len(w.rep.names(t, crm.ListQuery{Filter: `custom.number = "A-8" AND name = "华夏"`})) != 1 {
		t.Errorf("%+v", got)
	}
	_, err := w.rep.tryMap(t, w.rep.upload(t, "e.csv", file).ID, crm.ImportPatch{Options: patch.Of(crm.ImportOptions{Mode: crm.ModeUpdate, Key: "custom.grade"})})
	wantInvalid(t, err, "options.key")
}
