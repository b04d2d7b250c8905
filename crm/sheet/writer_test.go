package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

var outColumns = []OutColumn{{"客户名称", TextCell}, {"金额", NumberCell}, {"手机", PhoneCell}, {"创建时间", DateCell}, {"=备注", TextCell}}

func TestCSVWriter(t *testing.T) {
	var buf bytes.Buffer
	w, err := NewCSVWriter(&buf, outColumns)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]string{
		{"甲", "-12.5", "+8619900001234", "2024-03-05", "-12.5"},
		{"=cmd|' /C calc'!A0", "=1+1", "+1+1", "-1", "+8619900001234"},
		{"@a", "-1-1", "+1-415-555", "\t=1", "\r=1"},
		{"'=1", "", "", "", "''", "-1"},
		{"＝1+1", "-007", "x", "", "a\nb;\"c\""},
	} {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := "\xEF\xBB\xBF" + strings.Join([]string{
		"客户名称,金额,手机,创建时间,'=备注",
		"甲,-12.5,+8619900001234,2024-03-05,'-12.5",
		"'=cmd|' /C calc'!A0,'=1+1,'+1+1,'-1,'+8619900001234",
		"'@a,'-1-1,'+1-415-555,'\t=1,\"'\r=1\"",
		"''=1,,,,'','-1",
		"'＝1+1,'-007,x,,\"a\nb;\"\"c\"\"\"",
	}, "\n") + "\n"
	if diff := cmp.Diff(want, buf.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestXLSXCellTypes reads what was written as the library sees it, number formats included.
func TestXLSXCellTypes(t *testing.T) {
	var buf bytes.Buffer
	w, err := NewXLSXWriter(&buf, "客户", outColumns)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]string{
		{"甲", "-12.5", "+8619900001234", "2024-03-05", "=1+1"},
		{"123", "12345678901234567", "19900001234", "2024-03-05T18:30:00", ""},
		{"-1", "abc", "", "昨天", "x", "=2+2"},
	} {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&buf)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		cell, value string
		number      bool
	}{
		{"A2", "甲", false}, {"B2", "-12.5", true}, {"C2", "+8619900001234", false}, {"D2", "2024-03-05", true}, {"E2", "=1+1", false},
		{"A3", "123", false}, {"B3", "12345678901234567", false}, {"C3", "19900001234", false}, {"D3", "2024-03-05 18:30:00", true},
		{"A4", "-1", false}, {"B4", "abc", false}, {"D4", "昨天", false}, {"F4", "=2+2", false},
	}
	for _, tt := range tests {
		value, err1 := f.GetCellValue("客户", tt.cell)
		formula, err2 := f.GetCellFormula("客户", tt.cell)
		kind, err3 := f.GetCellType("客户", tt.cell)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		number := kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset
		if value != tt.value || formula != "" || number != tt.number {
			t.Errorf("%s: %q, formula %q, type %v; want %q, number %t", tt.cell, value, formula, kind, tt.value, tt.number)
		}
	}
}

func TestXLSXContinuesOnTheNextSheet(t *testing.T) {
	var buf bytes.Buffer
	w, err := NewXLSXWriter(&buf, "客户", []OutColumn{{Header: "n"}})
	if err != nil {
		t.Fatal(err)
	}
	w.maxRows = 3
	for _, s := range []string{"a", "b", "c", "d", "e"} {
		if err := w.Write([]string{s}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := openBytes(t, "x.xlsx", buf.Bytes(), Options{Sheet: "客户 3"})
	if diff := cmp.Diff([]SheetInfo{{"客户", false, 3}, {"客户 2", false, 3}, {"客户 3", false, 2}}, r.Format().Sheets); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if rows := readAll(t, r); len(rows) != 1 || rows[0].Cells[0] != "e" {
		t.Errorf("got %+v", rows)
	}
}

func TestXLSXRefusesWhatItWouldCutOff(t *testing.T) {
	w, err := NewXLSXWriter(&bytes.Buffer{}, "客户", nil)
	if err != nil {
		t.Fatal(err)
	}
	fits, long := strings.Repeat("长", excelize.TotalCellChars), strings.Repeat("🚀", excelize.TotalCellChars/2+1)
	if err := w.Write([]string{fits}); err != nil {
		t.Error(err)
	}
	err = w.Write([]string{"a", long})
	if e, ok := errors.AsType[*FileError](err); !ok || e.Code != TooBig || !strings.HasPrefix(err.Error(), "column 2: row 2 ") {
		t.Errorf("got %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if _, err := NewXLSXWriter(&bytes.Buffer{}, "a/b", nil); err == nil {
		t.Error("a worksheet name with a slash was taken")
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWritersReportErrors(t *testing.T) {
	if _, err := NewCSVWriter(failingWriter{}, nil); err == nil {
		t.Error("CSV: no error")
	}
	x, err := NewXLSXWriter(failingWriter{}, "s", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err == nil {
		t.Error("XLSX: no error")
	}
}

// TestRejectedRowsComeBack writes the rejected rows of a table and reads them again.
func TestRejectedRowsComeBack(t *testing.T) {
	src := openBytes(t, "x.csv", []byte("客户名称,备注\n甲,=1+1\n乙,b,c,d\n丙,c\n丁,d\n"), Options{})
	rows := readAll(t, src)[:2]
	columns := RejectedColumns(src.Columns(), "行号", "原因")
	for _, kind := range []string{"csv", "xlsx"} {
		var buf bytes.Buffer
		var w Writer
		var err error
		if kind == "csv" {
			w, err = NewCSVWriter(&buf, columns)
		} else {
			w, err = NewXLSXWriter(&buf, "rejected", columns)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if err := w.Write(RejectedRow(row, "bad", "worse")); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		back := openBytes(t, "y."+kind, buf.Bytes(), Options{})
		var got [][]string
		for _, row := range readAll(t, back) {
			got = append(got, trimRight(append(row.Cells, row.Extra...)))
		}
		want := [][]string{{"甲", "=1+1", "2", "bad; worse"}, {"乙", "b", "3", "bad; worse", "c", "d"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func naughtyStrings(t *testing.T) []string {
	t.Helper()
	out := []string{"'", "''=", "=1", "'=1", "+", "-", "@", "\t", "a\tb", " lead", "trail ", "_x000D_", "_x0041_", "a,b;c|d\"e", "\u202e", "＝1", "\uFFFD"}
	var more []string
	b, err := os.ReadFile(filepath.Join(filepath.Dir(dataDir(t)), "strings", "blns.json"))
	if err == nil {
		err = json.Unmarshal(b, &more)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, s := range append(out, more...) {
		if strings.TrimSpace(s) != "" && !strings.ContainsAny(s, "\r\n") {
			out = append(out, s)
		}
	}
	return out
}

// TestNaughtyStringsComeBack writes each string as text and wants it back byte for byte.
func TestNaughtyStringsComeBack(t *testing.T) {
	all := naughtyStrings(t)
	for _, kind := range []string{"csv", "xlsx"} {
		var buf bytes.Buffer
		columns := []OutColumn{{Header: "key"}, {Header: "text"}}
		var w Writer
		var err error
		if kind == "csv" {
			w, err = NewCSVWriter(&buf, columns)
		} else {
			w, err = NewXLSXWriter(&buf, "s", columns)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			if err := w.Write([]string{"k", s}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		rows := readAll(t, openBytes(t, "x."+kind, buf.Bytes(), Options{}))
		if len(rows) != len(all) {
			t.Fatalf("%s: %d of %d came back", kind, len(rows), len(all))
		}
		for i, row := range rows {
			if row.Cells[1] != all[i] && (kind != "xlsx" || !strings.ContainsFunc(all[i], notXML)) {
				t.Errorf("%s: %q came back as %q", kind, all[i], row.Cells[1])
			}
		}
	}
}

// notXML are control characters that XML cannot hold.
func notXML(r rune) bool {
	return unicode.IsControl(r) && r != '\t' && r < 0x80 || r == 0xFFFE || r == 0xFFFF
}

// A download may end at any row. What it has begun to write is 16 MB in memory before it becomes a file.
func TestUnfinishedWorkbooksLeaveNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for _, end := range []func(*XLSXWriter) error{
		func(x *XLSXWriter) error { x.Discard(); return nil },
		func(x *XLSXWriter) error { defer x.Discard(); return x.Close() },
	} {
		x, err := NewXLSXWriter(io.Discard, "s", []OutColumn{{Header: "a"}})
		if err != nil {
			t.Fatal(err)
		}
		for range 700 {
			if err := x.Write([]string{strings.Repeat("text ", 6000)}); err != nil {
				t.Fatal(err)
			}
		}
		if begun, _ := filepath.Glob(filepath.Join(dir, "*")); len(begun) == 0 {
			t.Fatal("no file was begun")
		}
		if err := end(x); err != nil {
			t.Error(err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}
