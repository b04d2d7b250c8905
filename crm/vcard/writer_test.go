package vcard

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var full = Card{
	UID: "con_1", Name: "王小明", Company: "杭州飞鸟;软件", Unit: `研发\一部`, Title: "工程师, 组长",
	Phones: []Point{{Work, "+862100000001"}, {Mobile, "+8619900000001"}, {Other, "+8619900000002"}}, Faxes: []Point{{Work, "+862100000002"}},
	Emails: []Point{{Home, "a@example.com"}, {Work, "b@example.com"}}, WeChat: "wang_88",
	Addresses: []Address{{Work, "文三路 1 号", "杭州", "浙江", "310000", "中国"}, {Home, "x", "", "", "", ""}},
	Websites:  []string{"https://a.example/?a=1;b"}, Birthday: "1990-01-02", Tags: []string{"vip", "展会"}, Note: "第一行\n第二行, " + strings.Repeat("很长", 40),
}

func TestWriting(t *testing.T) {
	want := strings.ReplaceAll(`BEGIN:VCARD
VERSION:3.0
UID:con_1
FN:王小明
N:王小明;;;;
ORG:杭州飞鸟\;软件;研发\\一部
TITLE:工程师\, 组长
TEL;TYPE=WORK,PREF:+862100000001
TEL;TYPE=CELL:+8619900000001
TEL;TYPE=OTHER:+8619900000002
TEL;TYPE=FAX,WORK,PREF:+862100000002
EMAIL;TYPE=INTERNET,HOME,PREF:a@example.com
EMAIL;TYPE=INTERNET,WORK:b@example.com
IMPP;X-SERVICE-TYPE=WeChat:x-apple:wang_88
ADR;TYPE=WORK,PREF:;;文三路 1 号;杭州;浙江;310000;中国
ADR;TYPE=HOME:;;x;;;;
URL:https://a.example/?a=1\;b
BDAY:1990-01-02
CATEGORIES:vip,展会
NOTE:第一行\n第二行\, 很长很长很长很长很长很长很长很
 长很长很长很长很长很长很长很长很长很长很长很长很
 长很长很长很长很长很长很长很长很长很长很长很长很
 长很长很长很长很长很长很长很长很长
END:VCARD
`, "\n", "\r\n")
	if diff := cmp.Diff(want, full.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	for _, c := range []Card{full, {Name: "John Q. Doe", Unit: "Sales"}, {Name: "Anna 王"}, {Name: "张 三", Note: " \\n"}, {Name: "a;b,c\\d", Company: "x;"}} {
		got := readAll(t, strings.NewReader(c.String()), Options{})
		c.UID, c.Line, c.Note = "", 1, strings.TrimSpace(c.Note)
		if diff := cmp.Diff([]Card{c}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestAddressText(t *testing.T) {
	for want, a := range map[string]Address{
		"中国 310000 浙江 杭州 文三路 1 号":          {Street: "文三路 1 号", City: "杭州", Region: "浙江", PostalCode: "310000", Country: "中国"},
		"5 Main St, Austin, TX 12345, USA": {Street: "5 Main St", City: "Austin", Region: "TX", PostalCode: "12345", Country: "USA"},
		"Berlin":                           {City: "Berlin"},
	} {
		if got := a.Text(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// FuzzReader wants cards from any bytes, in the order of their lines, which are read again as they are written.
func FuzzReader(f *testing.F) {
	for _, path := range collection(f) {
		f.Add(readFile(f, path))
	}
	f.Add([]byte("BEGIN:VCARD\nAGENT:\nBEGIN:VCARD\nTEL;CELL:1\n 2\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=GBK:=C5=\n=EE;=\nEND:VCARD\nEND:VCARD\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		line := 0
		for _, c := range readAll(t, strings.NewReader(string(b)), Options{MaxCard: 1 << 16}) {
			if c.Line <= line || !utf8.ValidString(c.String()) {
				t.Fatalf("line %d after %d: %q", c.Line, line, c)
			}
			line = c.Line
			again := readAll(t, strings.NewReader(c.String()), Options{})
			if len(again) != 1 || again[0].Broken != nil || again[0].Company != c.Company || again[0].Note != c.Note || len(again[0].Phones) != len(c.Phones) {
				t.Fatalf("%+v is read as %+v", c, again)
			}
		}
	})
}
