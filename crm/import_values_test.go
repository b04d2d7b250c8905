package crm_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// csvOf writes one line under its heading.
func csvOf(pairs ...string) string {
	var heading, cells []string
	for i := 0; i < len(pairs); i += 2 {
		heading = append(heading, pairs[i])
		cells = append(cells, `"`+strings.ReplaceAll(pairs[i+1], `"`, `""`)+`"`)
	}
	return strings.Join(heading, ",") + "\n" + strings.Join(cells, ",") + "\n"
}

func (p person) only(t testing.TB) crm.Customer {
	t.Helper()
	page := p.list(t, crm.ListQuery{Limit: 2})
	if len(page.Data) != 1 {
		t.Fatalf("%d customers, want one", len(page.Data))
	}
	return page.Data[0]
}

func TestImportedValues(t *testing.T) {
	w := importers(newWorld(t))
	imp := w.admin.run(t, "a.csv", csvOf(
		"客户名称", "  云帆科技 ", "联系人", "王志强", "手机(必填)", "010-12345678-801", "E-mail", "Wang@YunFan.example", "网站", "yunfan.example",
		"地址", "浦东新区", "城市", "上海", "行业", "软件", "员工人数", "1,200", "币种", "usd", "年营收", "$1.5万", "来源渠道", "展会", "客户阶段", "流失",
		"流失原因", "预算取消", "负责人", "ACME REP 2", "标签", "vip，华东;VIP；大客户", "请勿联系", "是", "备注", "\t=1+1", "备注", "second note", "创建时间", "2024/3/5 18:30",
		"whatever", "ignored"),
		crm.ImportOptions{Tags: []string{"fair 2026"}})
	if imp.Created != 1 {
		t.Fatalf("rejected: %+v", w.admin.rows(t, imp.ID, ""))
	}
	c := w.rep2.only(t)
	if c.ID != recordOf(t, w.admin.rows(t, imp.ID, crm.RowCreated)[0]) {
		t.Error("the row has another id")
	}
	created := time.Date(2024, 3, 5, 10, 30, 0, 0, time.UTC)
	want := c
	want.Name, want.ContactName, want.Phone, want.Email, want.Website = "云帆科技", "王志强", ptr("+861012345678"), ptr("Wang@yunfan.example"), "yunfan.example"
	want.City = "上海"
	want.Address, want.Industry, want.Employees, want.Revenue, want.RevenueCurrency = "浦东新区", "软件", ptr(1200), ptr(int64(1_500_000)), ptr("USD")
	want.Source, want.Lifecycle, want.LostReason, want.OwnerID, want.DoNotContact = "展会", crm.Lost, "预算取消", w.acme.Rep2, true
	want.Tags, want.Note = []string{"fair 2026", "vip", "华东", "大客户"}, "\t=1+1\n+861012345678 ext. 801"
	want.CreatedAt, want.LifecycleSince, want.UpdatedAt, want.SilenceFrom, want.CreatedBy = created, created, w.Clock.Now(), w.Clock.Now(), w.acme.Admin
	slices.Sort(want.Tags)
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Chinese initials find it, and its history begins when it was made.
	if names := w.rep2.names(t, crm.ListQuery{Q: "yfkj"}); len(names) != 1 {
		t.Error("not found by its initials")
	}
	if n := w.count(t, "company.lifecycle_history WHERE to_stage = 'lost' AND from_stage IS NULL AND entered_at = '2024-03-05 10:30:00'"); n != 1 {
		t.Errorf("%d entries of history", n)
	}
}

func TestEveryProblemOfARowIsNamed(t *testing.T) {
	w := importers(newWorld(t))
	for name, tt := range map[string]struct {
		cells []string
		codes []string
	}{
		"many at once": {[]string{"name", " ", "phone", "12", "email", "x@", "revenue", "一万", "created at", "昨天"}, []string{"bad_phone", "bad_email", "bad_amount", "bad_date", "required"}},
		"future":       {[]string{"name", "A", "created at", "2026-03-03"}, []string{"future_date"}},
		"ambiguous":    {[]string{"name", "A", "created at", "03/04/2024"}, []string{"ambiguous_date"}},
		"long":         {[]string{"name", strings.Repeat("长", 201), "source", strings.Repeat("s", 65)}, []string{"too_long", "too_long"}},
		"stage":        {[]string{"name", "A", "stage", "hot"}, []string{"bad_stage"}},
		"reason":       {[]string{"name", "A", "lost reason", "price"}, []string{"not_lost"}},
		"owner":        {[]string{"name", "A", "owner", "Nobody"}, []string{"unknown_owner"}},
		"no owner":     {[]string{"name", "A", "owner", "acme rep 2"}, []string{"owner_out_of_scope"}},
		"foreigner":    {[]string{"name", "A", "owner", "globex rep"}, []string{"unknown_owner"}},
		"choice":       {[]string{"name", "A", "do not contact", "maybe"}, []string{"bad_choice"}},
		"employees":    {[]string{"name", "A", "employees", "-3"}, []string{"bad_number"}},
		"currency":     {[]string{"name", "A", "currency", "gold", "revenue", "$5"}, []string{"bad_currency", "currency_mismatch"}},
		"tags":         {[]string{"name", "A", "tags", strings.Repeat("t", 65)}, []string{"bad_tags"}},
		"NUL":          {[]string{"name", "A\x00B"}, []string{"nul_byte"}},
		"unmapped NUL": {[]string{"name", "A", "other", "A\x00B"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			imp := w.rep.upload(t, "a.csv", csvOf(tt.cells...))
			preview := w.rep.mapped(t, imp.ID, crm.ImportPatch{})
			row := preview.Rows[0]
			var codes []string
			for _, p := range row.Problems {
				codes = append(codes, p.Code)
				if p.Message == "" || p.Column == "" && p.Code != "required" && p.Code != "not_lost" {
					t.Errorf("%+v", p)
				}
			}
			if diff := cmp.Diff(tt.codes, codes); diff != "" || (row.Outcome == crm.RowRejected) != (tt.codes != nil) {
				t.Errorf("%s (-want +got):\n%s", row.Outcome, diff)
			}
		})
	}
	if n := w.count(t, "company.customers"); n != 0 {
		t.Errorf("previews have made %d customers", n)
	}
}

// An amount is in the currency that its row names, or else the options; where neither does, in that of the record, or the
// company's.
func TestCurrenciesOfAmounts(t *testing.T) {
	w := importers(newWorld(t))
	deals := map[string]crm.DealID{
		"dollar": w.rep.deal(t, crm.NewDeal{Name: "dollar", Amount: ptr(int64(1)), Currency: "USD"}).ID,
		"yuan":   w.rep.deal(t, crm.NewDeal{Name: "yuan"}).ID,
	}
	c := w.rep.create(t, crm.NewCustomer{Name: "dollar", Revenue: ptr(int64(1)), RevenueCurrency: ptr("USD")})
	for _, tt := range []struct {
		currency, text string
		outcomes       []string
		dollar, yuan   string
	}{
		{"", "name,amount\ndollar,$10\nyuan,20\nfresh,¥30\nother,$5\n", []string{"2:updated", "3:updated", "4:created", "5:rejected:currency_mismatch"}, "1000 USD", "2000 CNY"},
		{"", "name,amount\ndollar,¥10\nyuan,$20\n", []string{"2:rejected:currency_mismatch", "3:rejected:currency_mismatch"}, "1000 USD", "2000 CNY"},
		{"JPY", "name,note\ndollar,n\n", []string{"2:updated"}, "1000 USD", "2000 CNY"},
		{"JPY", "name,amount,currency\ndollar,11,\nyuan,$21,USD\n", []string{"2:updated", "3:updated"}, "11 JPY", "2100 USD"},
	} {
		options := crm.ImportOptions{Mode: crm.ModeUpsert, Currency: tt.currency}
		imp := w.rep.runAs(t, "deals", "a.csv", tt.text, options)
		if diff := cmp.Diff(tt.outcomes, w.rep.outcomes(t, imp)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
		for name, want := range map[string]string{"dollar": tt.dollar, "yuan": tt.yuan} {
			if d := w.rep.getDeal(t, deals[name]); fmt.Sprint(*d.Amount, " ", d.Currency) != want {
				t.Errorf("%q: %s has %d %s, want %s", tt.text, name, *d.Amount, d.Currency, want)
			}
		}
	}
	for currency, want := range map[string]string{"": "700 USD", "EUR": "700 EUR"} {
		w.rep.run(t, "a.csv", "name,revenue\ndollar,7\n", crm.ImportOptions{Mode: crm.ModeUpdate, Key: "name", Currency: currency})
		if got := w.rep.get(t, c.ID); fmt.Sprint(*got.Revenue, " ", *got.RevenueCurrency) != want {
			t.Errorf("with %q revenue is %d %s", currency, *got.Revenue, *got.RevenueCurrency)
		}
		w.rep.update(t, c.ID, crm.CustomerPatch{RevenueCurrency: patch.Of("USD")})
	}
}

func TestImportOptions(t *testing.T) {
	w := importers(newWorld(t))
	imp := w.manager.run(t, "a.csv", csvOf("name", "A", "created at", "03/04/2024", "revenue", "1,000"),
		crm.ImportOptions{DateOrder: "dmy", Currency: "JPY", OwnerID: w.acme.Rep})
	if imp.Created != 1 {
		t.Fatalf("%+v", w.manager.rows(t, imp.ID, ""))
	}
	c := w.rep.only(t)
	if got := c.CreatedAt.In(w.acme.Location()).Format(time.DateOnly); got != "2024-04-03" || *c.Revenue != 1000 || *c.RevenueCurrency != "JPY" {
		t.Errorf("made on %s, revenue %d %s", got, *c.Revenue, *c.RevenueCurrency)
	}
	_, err := w.rep.tryMap(t, w.rep.upload(t, "a.csv", "name\nA\n").ID, crm.ImportPatch{Options: patch.Of(crm.ImportOptions{OwnerID: w.acme.Rep2})})
	wantInvalid(t, err, "options.owner_id")
}

func TestImportEncodings(t *testing.T) {
	w := importers(newWorld(t))
	text := "客户名称\t备注\n𠮷田商店\t第一行\n"
	utf16le, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	utf16be, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for encoding, content := range map[string]string{"utf-8": text, "utf-8 with BOM": "\uFEFF" + text, "utf-16le": utf16le, "utf-16be": utf16be} {
		imp := w.rep.run(t, "a.txt", content, crm.ImportOptions{})
		if c := w.rep.only(t); c.Name != "𠮷田商店" || c.Note != "第一行" {
			t.Errorf("%s: %q, %q", encoding, c.Name, c.Note)
		}
		if name, _, _ := strings.Cut(encoding, " "); imp.File.Encoding != name || imp.File.Delimiter != "\t" {
			t.Errorf("%s: recognised as %+v", encoding, imp.File)
		}
		w.rep.undo(t, imp.ID)
	}
}

func TestImportIsReadAsTheImporterSays(t *testing.T) {
	w := importers(newWorld(t))
	imp := w.rep.upload(t, "a.csv", "Customers of 2024\nA;x\nB;y\n")
	preview := w.rep.mapped(t, imp.ID, crm.ImportPatch{
		HeaderLine: patch.Of(-1), Delimiter: patch.Of(";"), Encoding: patch.Of("gb18030"),
		Mapping: patch.Of([]crm.ColumnMapping{{Column: "A", Field: "name"}, {Column: "B", Field: "note"}}),
	})
	if preview.Checked != 3 || preview.Created != 3 || preview.Import.File.Encoding != "gb18030" || preview.Rows[1].Customer.Note != "x" {
		t.Errorf("%+v", preview)
	}
	preview = w.rep.mapped(t, imp.ID, crm.ImportPatch{HeaderLine: patch.Of(2)})
	if len(preview.Rows) != 1 || preview.Import.Columns[0].Heading != "A" || len(preview.Import.Mapping) != 0 {
		t.Errorf("%+v", preview.Import)
	}
	preview = w.rep.mapped(t, imp.ID, crm.ImportPatch{HeaderLine: patch.Null[int](), Delimiter: patch.Null[string](), Encoding: patch.Null[string]()})
	if diff := cmp.Diff(imp.File, preview.Import.File); diff != "" {
		t.Errorf("found out anew (-want +got):\n%s", diff)
	}
}

// accounts is the table of 85 companies, or one of the same form where the collection is not there.
func accounts(t *testing.T) string {
	path := filepath.Join(filepath.Dir(importData(t)), "deals", "accounts.csv")
	if text, err := os.ReadFile(path); err == nil {
		return string(text)
	}
	text := "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
	for i := range 85 {
		text += fmt.Sprintf("Made-up %d Ltd,software,1999,%d.49,%d,United States,\n", i, 100+i, 50+i)
	}
	return text
}

func TestImportAccounts(t *testing.T) {
	w := importers(newWorld(t))
	imp := w.rep.run(t, "accounts.csv", accounts(t), crm.ImportOptions{Currency: "USD"})
	if imp.Created != 85 || imp.RowsTotal != 85 || imp.Rejected+imp.Duplicates != 0 {
		t.Errorf("%d created of %d: %+v", imp.Created, imp.RowsTotal, w.rep.rows(t, imp.ID, crm.RowRejected))
	}
	want := []crm.ColumnMapping{{Column: "A", Field: "name"}, {Column: "B", Field: "industry"}, {Column: "D", Field: "revenue"}, {Column: "E", Field: "employees"}, {Column: "F", Field: "address"}}
	if diff := cmp.Diff(want, imp.Mapping); diff != "" {
		t.Errorf("mapping (-want +got):\n%s", diff)
	}
	if n := len(w.rep.names(t, crm.ListQuery{Filter: `revenue > 0 AND employees > 0 AND industry:"" AND owner = me`})); n != 85 {
		t.Errorf("%d whole customers", n)
	}
	if n := len(w.rep2.names(t, crm.ListQuery{})); n != 0 {
		t.Errorf("a colleague sees %d", n)
	}
	again := w.rep.run(t, "accounts.csv", accounts(t), crm.ImportOptions{Currency: "USD"})
	if again.Created != 0 || again.Duplicates != 85 {
		t.Errorf("again: %d created, %d duplicates", again.Created, again.Duplicates)
	}
}

func TestImportIsQuietUnlessAsked(t *testing.T) {
	w := importers(newWorld(t))
	w.waiting(t) // what a new company begins with
	w.rep.run(t, "a.csv", "name\nQuiet\n", crm.ImportOptions{})
	w.rep.run(t, "b.csv", "name\nLoud\n", crm.ImportOptions{RunRules: true})
	created := w.changesOf(t, "customer.created")
	if len(created) != 2 || !created[0].Quiet || created[1].Quiet || created[0].OwnerAfter != w.acme.Rep {
		t.Errorf("%+v", created)
	}
	finished := w.changesOf(t, "import.finished")
	if len(finished) != 2 || finished[0].Quiet || finished[0].OwnerAfter != w.acme.Rep {
		t.Fatalf("%+v", finished)
	}
	if s := decode[crm.ImportSummary](t, finished[0].Data); s.FileName != "a.csv" || s.Status != crm.ImportFinished || s.Created != 1 {
		t.Errorf("%+v", s)
	}
	waiting := slices.DeleteFunc(w.waiting(t), func(c tenant.Change) bool { return c.Type == "saved_view.created" }) // the company's own
	if len(waiting) != 4 {
		t.Errorf("%d events are relayed, want all 4", len(waiting))
	}
}

func TestImportIsSeenUpwardsOnly(t *testing.T) {
	w := importers(newWorld(t))
	id := w.rep.upload(t, "a.csv", "name\nA\n").ID
	for _, p := range []person{w.rep, w.manager, w.admin} {
		p.imported(t, id)
	}
	for _, p := range []person{w.rep2, w.stranger} {
		_, err := p.tryMap(t, id, crm.ImportPatch{})
		wantError(t, err, tenant.ErrNotFound)
		_, err = p.tryStart(t, id)
		wantError(t, err, tenant.ErrNotFound)
	}
	weak := person{w, w.acme, w.acme.As(w.acme.Rep, tenant.LevelOwn, "import:create", "import:read", "customer:read")}
	_, err := weak.tryStart(t, id)
	wantError(t, err, tenant.ErrDenied)
}
