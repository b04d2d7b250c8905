package sheet

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

const chineseTable = "客户名称,手机\n北京飞鸟,19900001272\n上海蓝鲸,19900001273\n"

func encode(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEncodings(t *testing.T) {
	le, be := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	tests := []struct {
		name   string
		file   []byte
		wish   string
		want   string
		header string
	}{
		{"utf-8", []byte(chineseTable), "", "utf-8", "客户名称"},
		{"utf-8 with mark", []byte("\xEF\xBB\xBF" + chineseTable), "", "utf-8", "客户名称"},
		{"utf-8 beyond ASCII in the last line", []byte("name,note\n" + strings.Repeat("a,b\n", 50_000) + "c,é"), "", "utf-8", "name"},
		{"gb18030", encode(t, simplifiedchinese.GB18030, chineseTable), "", "gb18030", "客户名称"},
		{"gbk", encode(t, simplifiedchinese.GBK, chineseTable), "", "gb18030", "客户名称"},
		{"gb18030 with mark", encode(t, simplifiedchinese.GB18030, "\uFEFF"+chineseTable), "", "gb18030", "客户名称"},
		{"utf-16le", encode(t, le, chineseTable), "", "utf-16le", "客户名称"},
		{"utf-16be", encode(t, be, chineseTable), "", "utf-16be", "客户名称"},
		{"utf-16le with mark", encode(t, le, "\uFEFF"+chineseTable), "", "utf-16le", "客户名称"},
		{"utf-16be with mark", encode(t, be, "\uFEFF"+chineseTable), "", "utf-16be", "客户名称"},
		{"windows-1252", encode(t, charmap.Windows1252, "Küche,Größe\nJosé,5 €\nMüller,Straße\n"), "", "windows-1252", "Küche"},
		{"windows-1252, one letter", encode(t, charmap.Windows1252, "name,city\nMüller,Bonn\n"), "", "windows-1252", "name"},
		{"big5 by wish", encode(t, traditionalchinese.Big5, "客戶名稱,手機\n台北飛鳥,0912345678\n"), "Big5", "big5", "客戶名稱"},
		{"gbk by wish", encode(t, simplifiedchinese.GBK, chineseTable), "gb2312", "gbk", "客户名称"},
		{"utf-8 with a mark, by wish", []byte("\xEF\xBB\xBF" + chineseTable), "utf-8", "utf-8", "客户名称"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := openBytes(t, "x.csv", tt.file, Options{Encoding: tt.wish})
			if got := r.Format().Encoding; got != tt.want {
				t.Errorf("encoding %s, want %s", got, tt.want)
			}
			if got := r.Columns()[0].Header; got != tt.header {
				t.Errorf("heading %q, want %q", got, tt.header)
			}
			for _, row := range readAll(t, r) {
				if len(row.Problems) > 0 {
					t.Errorf("line %d: %v", row.Line, row.Problems)
				}
			}
		})
	}
}

func TestDelimiters(t *testing.T) {
	tests := []struct {
		name, file string
		opts       Options
		delimiter  rune
		want       []string // cells of the first record
	}{
		{"comma", "a,b\n1,2\n", Options{}, ',', []string{"1", "2"}},
		{"semicolon with decimal commas", "name;amount\nA;1,5\nB;2,5\n", Options{}, ';', []string{"A", "1,5"}},
		{"tab", "a\tb\n1,5\t2\n", Options{}, '\t', []string{"1,5", "2"}},
		{"bar", "a|b|c\n1|2|3\n", Options{}, '|', []string{"1", "2", "3"}},
		{"announced", "sep=;\na;b\n1;2\n", Options{}, ';', []string{"1", "2"}},
		{"chosen", "a,b;c\n1,2;3\n", Options{Delimiter: ';'}, ';', []string{"1,2", "3"}},
		{"one column", "name\nAcme; Ltd\nGlobex\n", Options{}, ',', []string{"Acme; Ltd"}},
		{"old Mac line ends", "a;b\r1;2\r3;4\r", Options{}, ';', []string{"1", "2"}},
		{"delimiters in quotation marks", "a;b\n\"x,y,z\";2\n\"x,y,z\";3\n", Options{}, ';', []string{"x,y,z", "2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := openBytes(t, "x.csv", []byte(tt.file), tt.opts)
			rows := readAll(t, r)
			if got := r.Format().Delimiter; got != tt.delimiter {
				t.Errorf("delimiter %q, want %q", got, tt.delimiter)
			}
			if len(rows) == 0 {
				t.Fatal("no records")
			}
			if diff := cmp.Diff(tt.want, rows[0].Cells); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRowProblems(t *testing.T) {
	tests := []struct {
		name, file string
		line       int
		want       []string
	}{
		{"fine", "a,b\n1,2\n", 2, nil},
		{"too few", "a,b,c\n1,2\n", 2, []string{TooFewFields}},
		{"too many", "a,b\n1,2\n1,2\n1,2\n1,2,3\n", 5, []string{TooManyFields}},
		{"empty surplus", "a,b\n1,2,,\n", 2, nil},
		{"NUL", "a,b\n1,x\x00y\nsecond,line\n", 2, []string{NULByte}},
		{"broken UTF-8", "客户,备注\n北京飞鸟物流有限公司,\xff\n", 2, []string{InvalidText}},
		{"bare quotation mark", "a,b\n5\" screen,x\n", 2, nil},
		{"open quotation mark", "a,b\n1,2\n3,\"4\n5,6\n", 3, []string{UnclosedQuote}},
		{"quotation mark closed at the end", "a,b\n1,2\n3,\"4\n5\"", 3, nil},
		{"apostrophe as guard", "a,b\n'=1+1,x\n", 2, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := openBytes(t, "x.csv", []byte(tt.file), Options{})
			rows := readAll(t, r)
			last := rows[len(rows)-1]
			if i := len(rows) - 1; tt.line < last.Line {
				last = rows[i-(last.Line-tt.line)]
			}
			if last.Line != tt.line {
				t.Errorf("line %d, want %d", last.Line, tt.line)
			}
			if diff := cmp.Diff(tt.want, codes(last)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if len(last.Cells) != len(r.Columns()) {
				t.Errorf("%d cells for %d columns", len(last.Cells), len(r.Columns()))
			}
		})
	}
}

func TestBrokenGB18030IsAProblemOfItsRow(t *testing.T) {
	good := encode(t, simplifiedchinese.GB18030, "客户名称,备注\n"+strings.Repeat("北京飞鸟物流有限公司,好\n", 20))
	r := openBytes(t, "x.csv", append(good, "上海,\xff\n"...), Options{Encoding: "gb18030"})
	rows := readAll(t, r)
	if diff := cmp.Diff([]string{InvalidText}, codes(rows[20])); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBlankLinesAreCounted(t *testing.T) {
	r := openBytes(t, "x.csv", []byte("\na,b\n\n1,2\n,\n\n\"x\ny\",2\n\n3,4\n"), Options{})
	var lines []int
	for _, row := range readAll(t, r) {
		lines = append(lines, row.Line)
	}
	if diff := cmp.Diff([]int{4, 7, 10}, lines); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{1, 3, 5, 6, 9}, notice(r, NoticeBlankRows).Lines); diff != "" {
		t.Errorf("blank (-want +got):\n%s", diff)
	}
}

func TestRecordLimit(t *testing.T) {
	long := strings.Repeat("a,b\n", 60) + "1,\"2\n" + strings.Repeat("3,4\n", 100_000)
	r := openBytes(t, "x.csv", []byte(long), Options{MaxRecord: 10_000})
	for r.Next() {
		continue
	}
	e, ok := errors.AsType[*FileError](r.Err())
	if !ok || e.Code != TooBig || !strings.Contains(e.Message, "after line 60") {
		t.Errorf("got %v", r.Err())
	}
}

func TestRecordLimitWhileOpening(t *testing.T) {
	file := "a,b\n1,\"2\n" + strings.Repeat("3,4\n", 20_000)
	_, err := Open("x.csv", strings.NewReader(file), int64(len(file)), Options{MaxRecord: 1000})
	if e, ok := errors.AsType[*FileError](err); !ok || e.Code != TooBig {
		t.Errorf("got %v", err)
	}
}

func TestAllStopsWhenTold(t *testing.T) {
	r := openBytes(t, "x.csv", []byte("a,b\n1,2\n3,4\n"), Options{})
	for _, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if !r.Next() || r.Row().Cells[0] != "3" {
		t.Errorf("the second record is %v", r.Row())
	}
}
