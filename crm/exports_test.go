package crm_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryExport(t testing.TB, in crm.Export) (string, error) {
	t.Helper()
	if in.Resource == "" {
		in.Resource = "customers"
	}
	var out bytes.Buffer
	err := p.w.Read(t.Context(), p.company.Company, p.caller, func(q *tenant.Query) error { return crm.WriteExport(t.Context(), q, in, &out) })
	return out.String(), err
}

func (p person) export(t testing.TB, in crm.Export) string {
	t.Helper()
	return must[string](t)(p.tryExport(t, in))
}

// TestExportIsImportedAgain takes customers out, removes them, and imports the file: they are what they were.
func TestExportIsImportedAgain(t *testing.T) {
	w := importers(newWorld(t))
	full := "客户名称,联系人,手机,邮箱,网站,地址,区县,城市,省份,邮编,国家,上级公司,行业,员工人数,币种,年营收,来源,阶段,流失原因,负责人,标签,请勿联系,备注,创建时间\n" +
		"云帆科技,王志强,13800138000,wang@yunfan.example,yunfan.example,世纪大道 100 号,浦东新区,上海,上海市,200120,中国,,软件,120,USD,-12.05,展会,成交,,acme rep,vip;华东,是,\"第一行\n第二行\",2024-03-05 18:30:05\n" +
		"=cmd|' /C calc'!A0,@SUM(1+1),,,=1+1,+86,,,=2+3,,,,-2+3,,JPY,1000,'quoted,流失,-5,acme manager,\"=tag\",,\"\t=1+1\",2023-01-01\n" +
		"'=already,+1+1,+8613900139000,,,,,,,,,,,0,,0,,意向,,acme rep 2,,否,-12.5,\n"
	for _, format := range []string{crm.FormatCSV, crm.FormatXLSX} {
		for _, locale := range []string{"en", "zh-CN"} {
			t.Run(format+" "+locale, func(t *testing.T) {
				w.admin.caller.Locale = locale
				first := w.admin.run(t, "a.csv", full, crm.ImportOptions{})
				if first.Created != 3 {
					t.Fatalf("%+v", w.admin.rows(t, first.ID, crm.RowRejected))
				}
				before := w.admin.list(t, crm.ListQuery{Limit: 10, OrderBy: "created_at"}).Data
				text := w.admin.export(t, crm.Export{Format: format})
				w.admin.undo(t, first.ID)
				second := w.admin.run(t, "customers."+format, text, crm.ImportOptions{})
				if second.Created != 3 {
					t.Fatalf("mapping %+v, %+v", second.Mapping, w.admin.rows(t, second.ID, ""))
				}
				after := w.admin.list(t, crm.ListQuery{Limit: 10, OrderBy: "created_at"}).Data
				if diff := cmp.Diff(before, after, cmpopts.IgnoreFields(crm.Customer{}, "ID")); diff != "" {
					t.Errorf("(-before +after):\n%s", diff)
				}
				w.admin.undo(t, second.ID)
			})
		}
	}
}

func TestExportIsNeverEvaluated(t *testing.T) {
	w := importers(newWorld(t))
	for _, evil := range []string{"=1+1", "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "\r=1+1", "＝1+1"} {
		w.rep.create(t, crm.NewCustomer{Name: evil, Note: evil, Tags: []string{"=tag"}})
	}
	csv := w.rep.export(t, crm.Export{Format: crm.FormatCSV})
	for line := range strings.Lines(csv) {
		for cell := range strings.SplitSeq(strings.TrimPrefix(line, "\uFEFF"), ",") {
			if cell = strings.Trim(cell, "\"\n"); cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a cell begins with %q", cell)
			}
		}
	}
	book, err := excelize.OpenReader(strings.NewReader(w.rep.export(t, crm.Export{Format: crm.FormatXLSX})))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows("Customers")
	if err != nil || len(rows) != 8 {
		t.Fatal(len(rows), err)
	}
	for y := range rows {
		for x := range rows[y] {
			cell, _ := excelize.CoordinatesToCellName(x+1, y+1)
			if formula, err := book.GetCellFormula("Customers", cell); formula != "" || err != nil {
				t.Errorf("%s has the formula %q: %v", cell, formula, err)
			}
		}
	}
}

func TestExportReachesWhatMayBeReadAndExported(t *testing.T) {
	w := importers(newWorld(t))
	w.rep.customer(t, "Mine")
	w.rep2.customer(t, "Theirs")
	w.stranger.customer(t, "Foreign")
	narrow := person{w, w.acme, w.acme.As(w.acme.Manager, tenant.LevelTeam, "customer:read")}
	narrow.caller.Levels["export:create"] = tenant.LevelOwn
	for name, c := range map[string]struct {
		who  person
		in   crm.Export
		want []string
	}{
		"rep":     {w.rep, crm.Export{}, []string{"Mine"}},
		"manager": {w.manager, crm.Export{}, []string{"Mine", "Theirs"}},
		"filter":  {w.manager, crm.Export{Filter: `name = "Mine"`}, []string{"Mine"}},
		"search":  {w.manager, crm.Export{Q: "heir"}, []string{"Theirs"}},
		"narrow":  {narrow, crm.Export{}, nil},
	} {
		c.in.Format = crm.FormatCSV
		var got []string
		for line := range strings.Lines(c.who.export(t, c.in)) {
			if name, _, _ := strings.Cut(line, ","); name != "\uFEFFName" {
				got = append(got, name)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	_, err := w.rep.tryExport(t, crm.Export{Format: "ods"})
	wantInvalid(t, err, "format")
	_, err = w.rep.tryExport(t, crm.Export{Format: crm.FormatCSV, Filter: "colour = red"})
	wantInvalid(t, err, "filter")
	wantInvalid(t, w.rep.tx(t, func(tx *tenant.Tx) error {
		return crm.LogExport(t.Context(), tx, crm.Export{Resource: "customers", Format: crm.FormatCSV, Filter: "colour = red"})
	}), "filter")
	if n := len(w.changesOf(t, "export.created")); n != 0 {
		t.Errorf("%d exports are logged", n)
	}
}

// TestExportOfManyPages reads beyond one page while a record is made whose place is behind.
func TestExportOfManyPages(t *testing.T) {
	w := importers(newWorld(t))
	w.rep.run(t, "a.csv", numbered(450), crm.ImportOptions{})
	w.Clock.Advance(time.Minute)
	text := w.rep.export(t, crm.Export{Format: crm.FormatCSV})
	if lines := strings.Count(text, "\n"); lines != 451 {
		t.Errorf("%d lines", lines)
	}
	for _, name := range []string{"Customer 0000", "Customer 0199", "Customer 0200", "Customer 0449"} {
		if strings.Count(text, name) != 1 {
			t.Errorf("%s is there %d times", name, strings.Count(text, name))
		}
	}
}

// TestRejectedFileIsMendedAndImported downloads the rejected rows, mends them, and imports the file.
func TestRejectedFileIsMendedAndImported(t *testing.T) {
	w := importers(newWorld(t))
	for _, format := range []string{crm.FormatCSV, crm.FormatXLSX} {
		imp := w.rep.run(t, "a.csv", "name,phone,note\n=Good,,\n=Bad,12,\"=1+1,\nx\"\n=Few\n=Many,,,more\n", crm.ImportOptions{})
		var out bytes.Buffer
		if err := w.Read(t.Context(), w.acme.Company, w.rep.caller, func(q *tenant.Query) error {
			return crm.WriteRejected(t.Context(), q, imp.ID, format, &out)
		}); err != nil {
			t.Fatal(err)
		}
		if format == crm.FormatXLSX {
			book, err := excelize.OpenReader(&out)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := book.GetRows("Rejected")
			if err != nil || len(rows) != 4 || rows[1][0] != "=Bad" || rows[1][3] != "3" || rows[3][5] != "more" {
				t.Errorf("%q, %v", rows, err)
			}
			continue
		}
		want := "\uFEFFname,phone,note,Line,Why rejected\n" +
			"'=Bad,12,\"'=1+1,\nx\",3,\"phone: the phone number is not valid; write it with its area code, or with + and the country code\"\n" +
			"'=Few,,,5,\"the row has 1 fields and the heading has 3; add the missing ones, empty if need be\"\n" +
			"'=Many,,,6,\"the row has 4 fields and the heading has 3; put a field that contains the delimiter in quotation marks, or give every column a heading\",more\n"
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		mended := strings.Replace(strings.Replace(out.String(), ",12,", ",13800138000,", 1), ",more\n", "\n", 1)
		again := w.rep.run(t, "rejected.csv", mended, crm.ImportOptions{})
		if again.Created != 3 || len(again.Mapping) != 3 {
			t.Errorf("%d created, mapping %+v, %+v", again.Created, again.Mapping, w.rep.rows(t, again.ID, ""))
		}
		if names := w.rep.names(t, crm.ListQuery{Filter: `name = "=Bad" AND phone = "+8613800138000"`}); len(names) != 1 {
			t.Error("the mended row is not there")
		}
		w.rep.undo(t, again.ID)
		w.rep.undo(t, imp.ID)
	}
}
