package sheet

import (
	"errors"
	"strings"
	"testing"

	"bytes"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestFindingTheHeading(t *testing.T) {
	tests := []struct {
		name, file string
		opts       Options
		line       int
		headings   []string
		first      int // line of the first record
	}{
		{"first line", "name,phone\nAcme,1\n", Options{}, 1, []string{"name", "phone"}, 2},
		{"below a title", "客户清单,,\n\n名称,电话,备注\n甲,1,\n", Options{}, 3, []string{"名称", "电话", "备注"}, 4},
		{"below many blank rows", strings.Repeat(",\n", 70) + "name,phone\nAcme,1\n", Options{}, 71, []string{"name", "phone"}, 72},
		{"one column", "name\nAcme\nGlobex\n", Options{}, 1, []string{"name"}, 2},
		{"one column, then a wide row", "name\n" + strings.Repeat("Acme\n", 20) + "\"x\",y\n", Options{}, 1, []string{"name"}, 2},
		{"chosen", "made by,us\nname,phone\nAcme,1\n", Options{HeaderRow: 2}, 2, []string{"name", "phone"}, 3},
		{"two rows chosen", "contact,\nname,phone\nAcme,1\n", Options{HeaderRows: 2, HeaderRow: 1}, 1, []string{"contact / name", "phone"}, 3},
		{"none", "Acme,1\nGlobex,2\n", Options{HeaderRow: NoHeader}, 0, []string{"", ""}, 1},
		{"most records wider", "name\nAcme,1\nGlobex,2\nX,3\n", Options{HeaderRow: 1}, 1, []string{"name", ""}, 2},
		{"kept as typed", " Name , phone\nAcme,1\n", Options{}, 1, []string{" Name ", " phone"}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := openBytes(t, "x.csv", []byte(tt.file), tt.opts)
			var got []string
			for _, c := range r.Columns() {
				got = append(got, c.Header)
			}
			if diff := cmp.Diff(tt.headings, got); diff != "" {
				t.Errorf("headings (-want +got):\n%s", diff)
			}
			rows := readAll(t, r)
			if r.Format().HeaderLine != tt.line || rows[0].Line != tt.first {
				t.Errorf("heading in line %d, first record in %d; want %d, %d", r.Format().HeaderLine, rows[0].Line, tt.line, tt.first)
			}
		})
	}
}

// mergedBook writes rows and merges areas, given as "A1:B1".
func mergedBook(t *testing.T, rows [][]any, areas ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	var errs []error
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		errs = append(errs, err, f.SetSheetRow("Sheet1", cell, &row))
	}
	for _, a := range areas {
		from, to, _ := strings.Cut(a, ":")
		errs = append(errs, f.MergeCell("Sheet1", from, to))
	}
	var buf bytes.Buffer
	if err := errors.Join(append(errs, f.Write(&buf))...); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestMergedHeadings(t *testing.T) {
	tests := []struct {
		name     string
		rows     [][]any
		areas    []string
		headings []string
		first    []string
	}{
		{"a name above two, the rest blank below",
			[][]any{{"client", "contact", nil}, {nil, "name", "phone"}, {"Acme", "Li", "1"}}, []string{"B1:C1"},
			[]string{"client", "contact / name", "contact / phone"}, []string{"Acme", "Li", "1"}},
		{"a wide name above data",
			[][]any{{"client", "remark", nil}, {"Acme", "a", "b"}}, []string{"B1:C1"},
			[]string{"client", "remark", ""}, []string{"Acme", "a", "b"}},
		{"a wide name above figures",
			[][]any{{"client", "amounts", nil}, {nil, "1", "2"}, {"Acme", "3", "4"}}, []string{"B1:C1"},
			[]string{"client", "amounts", ""}, []string{"", "1", "2"}},
		{"a title over two rows",
			[][]any{{"Clients", nil, nil}, {nil, nil, nil}, {"name", "phone", "city"}, {"Acme", "1", "x"}}, []string{"A1:C2"},
			[]string{"name", "phone", "city"}, []string{"Acme", "1", "x"}},
		{"merged sideways in the data",
			[][]any{{"name", "phone", "city"}, {"Acme", "1", nil}, {"Globex", "2", "y"}}, []string{"B2:C2"},
			[]string{"name", "phone", "city"}, []string{"Acme", "1", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := openBytes(t, "x.xlsx", mergedBook(t, tt.rows, tt.areas...), Options{})
			var got []string
			for _, c := range r.Columns() {
				got = append(got, c.Header)
			}
			if diff := cmp.Diff(tt.headings, got); diff != "" {
				t.Errorf("headings (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.first, readAll(t, r)[0].Cells); diff != "" {
				t.Errorf("first record (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTotalRows(t *testing.T) {
	tests := []struct {
		cells []string
		want  bool
	}{
		{[]string{"合计", "", "", "123456"}, true},
		{[]string{"合 计：", "¥1,200.00", "12%"}, true},
		{[]string{"", "Total", "12", "3"}, true},
		{[]string{"Grand total", "-5"}, true},
		{[]string{"总计", "", ""}, true},
		{[]string{"Total", "张三", "12"}, false},
		{[]string{"Total", "+8619900001234"}, false},
		{[]string{"TotalEnergies", "", "12"}, false},
		{[]string{"合计"}, false},
		{[]string{"1", "2"}, false},
		{[]string{"合计", "合计"}, false},
	}
	for _, tt := range tests {
		if got := isTotal(tt.cells); got != tt.want {
			t.Errorf("%q: %t, want %t", tt.cells, got, tt.want)
		}
	}
}
