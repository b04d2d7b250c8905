package sheet

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// workbookOf makes a workbook by hand around the XML of one worksheet, for what no program would write today.
func workbookOf(t testing.TB, sheetData, behind, styles, workbookPr string, more ...string) []byte {
	t.Helper()
	const main, rels = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`, `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	return zipped(t, append(more,
		"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="`+rels+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<workbook xmlns="`+main+`" xmlns:r="`+rels+`">`+workbookPr+`<sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="`+rels+`/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>`,
		"xl/styles.xml", `<styleSheet xmlns="`+main+`">`+styles+`</styleSheet>`,
		"xl/worksheets/sheet1.xml", `<worksheet xmlns="`+main+`">`+sheetData+behind+`</worksheet>`)...)
}

const someFormats = `<numFmts count="3"><numFmt numFmtId="200" formatCode="[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/><numFmt numFmtId="201" formatCode="#,##0.00\ [$€-1]"/><numFmt numFmtId="202" formatCode="0.0%;[Red]\-0.0%"/></numFmts>` +
	`<cellXfs count="8"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="200"/><xf numFmtId="201"/><xf numFmtId="20"/><xf numFmtId="22"/><xf numFmtId="9"/><xf numFmtId="202"/></cellXfs>`

func TestCellsOfAWorkbook(t *testing.T) {
	const head = `<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row><row r="2">`
	const tail = `<c r="B2" t="inlineStr"><is><t>x</t></is></c></row></sheetData>`
	tests := []struct {
		name, cell, workbookPr string
		want                   string
		problems               []string
	}{
		{"phone as number", `<c r="A2"><v>19900001234</v></c>`, "", "19900001234", nil},
		{"phone in exponent form", `<c r="A2"><v>1.9900001234E10</v></c>`, "", "19900001234", nil},
		{"18 digits", `<c r="A2"><v>310101199001011000</v></c>`, "", "310101199001011000", nil},
		{"fraction with noise", `<c r="A2"><v>0.30000000000000004</v></c>`, "", "0.3", nil},
		{"amount with a format", `<c r="A2" s="3"><v>12345.6</v></c>`, "", "12345.6", nil},
		{"percentage", `<c r="A2" s="6"><v>0.6</v></c>`, "", "60%", nil},
		{"the whole", `<c r="A2" s="6"><v>1</v></c>`, "", "100%", nil},
		{"nothing", `<c r="A2" s="6"><v>0</v></c>`, "", "0%", nil},
		{"percentage with noise", `<c r="A2" s="6"><v>7.0000000000000007E-2</v></c>`, "", "7%", nil},
		{"percentage with more digits than it shows", `<c r="A2" s="7"><v>-0.12345</v></c>`, "", "-12.345%", nil},
		{"percentage as text", `<c r="A2" s="6" t="inlineStr"><is><t>60.00%</t></is></c>`, "", "60.00%", nil},
		{"date", `<c r="A2" s="1"><v>45356</v></c>`, "", "2024-03-05", nil},
		{"Chinese date", `<c r="A2" s="2"><v>45356</v></c>`, "", "2024-03-05", nil},
		{"date with time", `<c r="A2" s="5"><v>45356.75</v></c>`, "", "2024-03-05T18:00:00", nil},
		{"time", `<c r="A2" s="4"><v>0.75</v></c>`, "", "18:00:00", nil},
		{"date of 1904", `<c r="A2" s="1"><v>43894</v></c>`, `<workbookPr date1904="1"/>`, "2024-03-05", nil},
		{"ISO date cell", `<c r="A2" s="1" t="d"><v>2024-03-05T00:00:00</v></c>`, "", "2024-03-05", nil},
		{"boolean", `<c r="A2" t="b"><v>1</v></c>`, "", "TRUE", nil},
		{"formula with result", `<c r="A2"><f>1+1</f><v>2</v></c>`, "", "2", nil},
		{"formula with empty text", `<c r="A2" t="str"><f>""</f><v></v></c>`, "", "", nil},
		{"formula without result", `<c r="A2"><f>1+1</f></c>`, "", "", []string{FormulaWithoutResult}},
		{"error", `<c r="A2" t="e"><f>NA()</f><v>#N/A</v></c>`, "", "#N/A", []string{ErrorCell}},
		{"text that looks like an error", `<c r="A2" t="inlineStr"><is><t>#N/A</t></is></c>`, "", "#N/A", nil},
		{"formula as text", `<c r="A2" t="inlineStr"><is><t>=1+1</t></is></c>`, "", "=1+1", nil},
		{"line end in a formula", `<c r="A2" t="str"><f>1</f><v>a_x000D_` + "\n" + `b</v></c>`, "", "a\r\nb", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := workbookOf(t, head+tt.cell+tail, "", someFormats, tt.workbookPr)
			rows := readAll(t, openBytes(t, "x.xlsx", file, Options{}))
			if len(rows) != 1 || rows[0].Cells[0] != tt.want {
				t.Fatalf("got %+v, want %q", rows, tt.want)
			}
			if diff := cmp.Diff(tt.problems, codes(rows[0])); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMergedWorkbook(t *testing.T) {
	r := openFile(t, filepath.Join(dataDir(t), "merged_headers.xlsx"), Options{})
	rows := readAll(t, r)
	want := []string{"客户名称", "联系方式 / 联系人", "联系方式 / 手机", "联系方式 / 邮箱", "城市", "来源", "预计金额", "创建时间", "备注"}
	var got []string
	for _, c := range r.Columns() {
		got = append(got, c.Header)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headings (-want +got):\n%s", diff)
	}
	format := Format{Kind: KindXLSX, Sheet: "客户", HeaderLine: 2, HeaderRows: 2,
		Sheets: []SheetInfo{{"客户", false, 34}, {"空白", false, 0}, {"隐藏", true, 1}}}
	if diff := cmp.Diff(format, r.Format()); diff != "" {
		t.Errorf("format (-want +got):\n%s", diff)
	}
	if len(rows) != 30 || rows[0].Line != 4 || rows[29].Line != 33 {
		t.Fatalf("%d records", len(rows))
	}
	for _, row := range rows {
		if _, err := ParsePhone(row.Cells[2], "CN"); err != nil || len(row.Problems) > 0 {
			t.Errorf("line %d: phone %q, %v", row.Line, row.Cells[2], row.Problems)
		}
		if row.Line >= 10 && row.Line <= 12 && row.Cells[4] != "上海" {
			t.Errorf("line %d: city %q", row.Line, row.Cells[4])
		}
		if row.Hidden != (row.Line == 21) {
			t.Errorf("line %d: hidden %t", row.Line, row.Hidden)
		}
	}
	lines := map[string][]int{}
	for _, n := range r.Notices() {
		lines[n.Code] = n.Lines
	}
	wantLines := map[string][]int{NoticeTitleRows: {1}, NoticeHiddenRows: {21}, NoticeTotalRows: {34}, NoticeMergedCells: {11, 12}, NoticeOtherSheets: nil, NoticeFormulas: nil}
	if diff := cmp.Diff(wantLines, lines); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
}

func TestChoosingAWorksheet(t *testing.T) {
	path := filepath.Join(dataDir(t), "merged_headers.xlsx")
	r := openFile(t, path, Options{Sheet: "隐藏"})
	if notice(r, NoticeHiddenSheet).Count != 1 {
		t.Error("no notice that the worksheet is hidden")
	}
	kept := openFile(t, path, Options{KeepTotals: true})
	if n := len(readAll(t, kept)); n != 31 {
		t.Errorf("%d records with the total, want 31", n)
	}
}

func TestWorkbookRefusals(t *testing.T) {
	row := `<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>`
	good := workbookOf(t, `<sheetData>`+row+`</sheetData>`, "", "", "")
	merges := strings.Repeat(`<mergeCell ref="A1:A2"/>`, maxMarks+1)
	tests := []struct {
		name string
		file []byte
		opts Options
		code string
	}{
		{"unknown worksheet", good, Options{Sheet: "Sheet9"}, NoSheet},
		{"empty worksheet", workbookOf(t, `<sheetData/>`, "", "", ""), Options{}, EmptyFile},
		{"empty worksheet chosen", workbookOf(t, `<sheetData/>`, "", "", ""), Options{Sheet: "表"}, EmptyFile},
		{"breaks off", workbookOf(t, `<sheetData>`+row, "", "", ""), Options{}, Damaged},
		{"bad XML between rows", workbookOf(t, `<sheetData>`+row+`<x></y><row r="2"><c r="A2"><v>1</v></c></row></sheetData>`, "", "", ""), Options{}, Damaged},
		{"unfolds too far", good, Options{MaxUnzipped: 100}, TooBig},
		{"bomb of merged cells", workbookOf(t, `<sheetData>`+row+`</sheetData>`, merges, "", ""), Options{}, TooBig},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Open("x.xlsx", bytes.NewReader(tt.file), int64(len(tt.file)), tt.opts)
			if err == nil {
				for r.Next() {
					continue
				}
				err = r.Err()
			}
			if e, ok := errors.AsType[*FileError](err); !ok || e.Code != tt.code {
				t.Errorf("got %v, want %s", err, tt.code)
			}
		})
	}
}

func TestChartsAndHiddenColumns(t *testing.T) {
	f := excelize.NewFile()
	series := []excelize.ChartSeries{{Name: "Sheet1!$A$1", Values: "Sheet1!$A$2:$A$3"}}
	steps := []error{
		f.SetSheetRow("Sheet1", "A1", &[]any{"name", "phone", "note"}),
		f.SetSheetRow("Sheet1", "A2", &[]any{"Acme", 19900001234, "x"}),
		f.SetColVisible("Sheet1", "B", false),
		f.AddChartSheet("Chart", &excelize.Chart{Type: excelize.Col, Series: series}),
	}
	var buf bytes.Buffer
	if err := errors.Join(append(steps, f.Write(&buf))...); err != nil {
		t.Fatal(err)
	}
	r := openBytes(t, "x.xlsx", buf.Bytes(), Options{})
	if diff := cmp.Diff([]SheetInfo{{"Sheet1", false, 2}}, r.Format().Sheets); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := notice(r, NoticeHiddenColumns).Count; n != 1 {
		t.Errorf("%d hidden columns, want 1", n)
	}
}

func TestNumberFormats(t *testing.T) {
	tests := []struct {
		id   int
		code string
		want int
	}{
		{0, "", plainFormat}, {49, "", plainFormat}, {14, "", dateFormat}, {57, "", dateFormat}, {21, "", timeFormat}, {46, "", timeFormat},
		{164, "yyyy-mm-dd", dateFormat}, {164, "d. mmmm", dateFormat}, {164, "mmm", dateFormat}, {164, "[h]:mm:ss", timeFormat}, {164, "[mm]", timeFormat},
		{164, "h:mm AM/PM", timeFormat}, {164, `0.00"days"`, plainFormat}, {164, `[Red]0.00`, plainFormat}, {164, `#,##0\d`, plainFormat},
		{164, "0;yyyy", plainFormat}, {164, `0"unclosed d`, plainFormat}, {164, "[unclosed", plainFormat}, {164, "m月", dateFormat},
		{9, "", percentFormat}, {10, "", percentFormat}, {164, "0.0%", percentFormat}, {164, `0"%"`, plainFormat}, {164, `0\%`, plainFormat},
	}
	for _, tt := range tests {
		if got := isoFormat(tt.id, tt.code); got != tt.want {
			t.Errorf("%d %q: %d, want %d", tt.id, tt.code, got, tt.want)
		}
	}
}

func TestPanicsOfTheLibraryBecomeFileErrors(t *testing.T) {
	err := func() (err error) {
		defer recoverDamage(&err)
		panic("index out of range")
	}()
	if e, ok := errors.AsType[*FileError](err); !ok || e.Code != Damaged || !strings.Contains(e.Unwrap().Error(), "index out of range") {
		t.Errorf("got %v", err)
	}
}

func TestTemporaryFilesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	filler := strings.Repeat(`<row><c t="inlineStr"><is><t>`+strings.Repeat("text ", 6000)+`</t></is></c></row>`, 200) // 6 MB
	for _, file := range [][]byte{
		workbookOf(t, `<sheetData><row r="1"><c r="A1"><v>1</v></c></row>`+filler+`</sheetData>`, "", "", ""),
		workbookOf(t, `<sheetData>`+filler, "", "", ""), // breaks off
	} {
		r, err := Open("x.xlsx", bytes.NewReader(file), int64(len(file)), Options{TemporaryDir: dir})
		if err == nil {
			err = r.Close()
		} else if e, ok := errors.AsType[*FileError](err); ok && e.Code == Damaged {
			err = nil
		}
		left, globErr := filepath.Glob(filepath.Join(dir, "*"))
		if err := errors.Join(err, globErr); err != nil || len(left) > 0 {
			t.Errorf("%v; left behind: %v", err, left)
		}
	}
}
