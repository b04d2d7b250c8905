package sheet

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const manyRows = 100_000

// endlessTable serves a table of any length without storing it: every line after the heading has the same width.
type endlessTable struct{ rows int }

const (
	tableHead = "客户名称,联系人,手机,邮箱,城市,来源,预计金额,创建时间,备注\n"
	tableLine = "杭州蓝鲸新材料有限公司%06d,于英晨,19900008455,user%06d@example.com,成都,转介绍,529059.86,2024-03-03,\"第一行\n第二行\"\n"
)

func (e endlessTable) line(n int) string { return fmt.Sprintf(tableLine, n, n) }

func (e endlessTable) size() int64 {
	return int64(len(tableHead) + e.rows*len(e.line(0)))
}

func (e endlessTable) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off < e.size() {
		text := tableHead
		at := off
		if off >= int64(len(tableHead)) {
			width := int64(len(e.line(0)))
			at = (off - int64(len(tableHead))) % width
			text = e.line(int((off - int64(len(tableHead))) / width))
		}
		c := copy(p[n:], text[at:])
		n, off = n+c, off+int64(c)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// walk reads all rows and answers how many there are and the most memory that was live on the way.
func walk(t testing.TB, r *Reader, before uint64) (rows int, peak uint64) {
	t.Helper()
	for r.Next() {
		if rows++; rows%(manyRows/10) == 1 {
			if live := liveHeap(); live > before {
				peak = max(peak, live-before)
			}
		}
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return rows, peak
}

func TestTextMemoryIsBounded(t *testing.T) {
	const limit = 2 << 20
	before := liveHeap()
	table := endlessTable{rows: manyRows}
	r, err := Open("x.csv", table, table.size(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, peak := walk(t, r, before)
	t.Logf("%d rows, at most %d kB live", rows, peak>>10)
	if rows != manyRows || peak > limit {
		t.Errorf("%d rows, %d kB live; want %d and at most %d kB", rows, peak>>10, manyRows, limit>>10)
	}
}

// writeBook exports the table as a workbook into a file.
func writeBook(t testing.TB, rows int) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "table.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	table := endlessTable{rows: rows}
	src, err := Open("x.csv", table, table.size(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var columns []OutColumn
	for _, c := range src.Columns() {
		columns = append(columns, OutColumn{Header: c.Header})
	}
	w, err := NewXLSXWriter(f, "客户", columns)
	if err != nil {
		t.Fatal(err)
	}
	for src.Next() {
		if err := w.Write(src.Row().Cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return f
}

func openBook(t testing.TB, f *os.File) *Reader {
	t.Helper()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open("x.xlsx", f, info.Size(), Options{TemporaryDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWorkbookMemoryIsBounded(t *testing.T) {
	const rows, limit = manyRows / 8, 8 << 20 // 4 MiB may stay unfolded; the worksheet has more
	checkBookMemory(t, writeBook(t, rows), rows, limit)
}

// TestSharedTextsMemoryIsBounded reads a workbook as Excel saves it, with its texts in a table of their own.
func TestSharedTextsMemoryIsBounded(t *testing.T) {
	const limit, columns = 24 << 20, 2 // for 200,000 texts the library keeps 40 bytes each to find them
	var texts, rows strings.Builder
	for i := range manyRows {
		fmt.Fprintf(&rows, `<row r="%d">`, i+1)
		for c := range columns {
			fmt.Fprintf(&texts, `<si><t>杭州蓝鲸新材料有限公司 %d</t></si>`, i*columns+c)
			fmt.Fprintf(&rows, `<c r="%c%d" t="s"><v>%d</v></c>`, 'A'+c, i+1, i*columns+c)
		}
		rows.WriteString("</row>")
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "shared.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if _, err := f.Write(workbookOf(t, "<sheetData>"+rows.String()+"</sheetData>", "", "", "", "xl/sharedStrings.xml", "<sst>"+texts.String()+"</sst>")); err != nil {
		t.Fatal(err)
	}
	texts.Reset()
	rows.Reset()
	checkBookMemory(t, f, manyRows-1, limit) // the first row is the heading
}

func checkBookMemory(t *testing.T, f *os.File, want int, limit uint64) {
	t.Helper()
	liveHeap() // once more, for what waits for a second collection
	before := liveHeap()
	r := openBook(t, f)
	rows, peak := walk(t, r, before)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows, at most %d kB live", rows, peak>>10)
	if rows != want || peak > limit {
		t.Errorf("%d rows, %d kB live; want %d and at most %d kB", rows, peak>>10, want, limit>>10)
	}
}

func BenchmarkReadText(b *testing.B) {
	var buf bytes.Buffer
	table := endlessTable{rows: 10_000}
	if _, err := io.Copy(&buf, io.NewSectionReader(table, 0, table.size())); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(table.size())
	for b.Loop() {
		r, err := Open("x.csv", bytes.NewReader(buf.Bytes()), table.size(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		for r.Next() {
			continue
		}
	}
	b.ReportMetric(float64(table.rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkReadWorkbook(b *testing.B) {
	const rows = 10_000
	f := writeBook(b, rows)
	for b.Loop() {
		r := openBook(b, f)
		for r.Next() {
			continue
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkWriteWorkbook(b *testing.B) {
	const rows = 10_000
	for b.Loop() {
		writeBook(b, rows)
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
