package sheet

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// FuzzOpen wants a table or a FileError from any bytes, and rows that fit their columns.
func FuzzOpen(f *testing.F) {
	entries, err := filepath.Glob(filepath.Join("testdata", "*.*"))
	if err != nil {
		f.Fatal(err)
	}
	cards, err := filepath.Glob(filepath.Join("..", "vcard", "testdata", "*.vcf"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range append(entries, cards...) {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("sep=;\na;\"b\n"))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x00"))
	f.Add(workbookOf(f, `<sheetData><row r="2"><c r="B2" s="1"><v>1</v></c></row></sheetData>`, `<mergeCells><mergeCell ref="A1:B3"/></mergeCells>`, someFormats, ""))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Open("x", bytes.NewReader(b), int64(len(b)), Options{MaxUnzipped: 16 << 20, TemporaryDir: dir})
		if err != nil {
			mustBeFileError(t, err)
			return
		}
		columns := len(r.Columns())
		line := 0
		for row, err := range r.All() {
			if err != nil {
				mustBeFileError(t, err)
				break
			}
			if len(row.Cells) != columns || row.Line <= line {
				t.Fatalf("line %d after %d has %d cells for %d columns", row.Line, line, len(row.Cells), columns)
			}
			line = row.Line
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func mustBeFileError(t *testing.T, err error) {
	t.Helper()
	if e, ok := errors.AsType[*FileError](err); !ok || e.Code == "" || e.Message == "" {
		t.Fatalf("not a FileError: %v", err)
	}
}

// FuzzValues wants a value or a ValueError, and a date that reads back as itself.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"2024-03-05", "2024年3月5日 下午6:30", "45356.75", "03/04/2024", "5-Mar-24", "¥12,345.60", "1.2万", "(5)", "1e300", "19900001272", "a@example.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, order := range []DateOrder{AnyOrder, DayFirst, MonthFirst, YearFirst, Serial, Serial1904} {
			d, err := ParseDate(s, order, time.UTC)
			if mustBeValueError(t, err) {
				continue
			}
			again, err := ParseDate(d.String(), AnyOrder, time.UTC)
			if err != nil || again.String() != d.String() {
				t.Errorf("%q gives %s, which gives %s, %v", s, d, again, err)
			}
		}
		for _, exponent := range []int{0, 2, 3} {
			n, err := ParseAmount(s, "CNY", exponent)
			if !mustBeValueError(t, err) && (n > MaxAmount || n < -MaxAmount) {
				t.Errorf("%q gives %d", s, n)
			}
		}
		_, err := ParsePhone(s, "CN")
		mustBeValueError(t, err)
		_, err = ParseEmail(s)
		mustBeValueError(t, err)
		Guess([]string{s}, customerFields)
	})
}

func mustBeValueError(t *testing.T, err error) bool {
	t.Helper()
	if err == nil {
		return false
	}
	if e, ok := errors.AsType[*ValueError](err); !ok || e.Code == "" || e.Message == "" {
		t.Fatalf("not a ValueError: %v", err)
	}
	return true
}
