package vcard

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func readAll(t testing.TB, r io.Reader, opts Options) []Card {
	t.Helper()
	var all []Card
	for cards := NewReader(r, opts); ; {
		c, err := cards.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
}

// card reads the one card of these lines, between which stands what ends a line.
func card(t *testing.T, end string, lines ...string) Card {
	t.Helper()
	all := readAll(t, strings.NewReader(strings.Join(append(append([]string{"BEGIN:VCARD"}, lines...), "END:VCARD", ""), end)), Options{})
	if len(all) != 1 {
		t.Fatalf("%d cards", len(all))
	}
	return all[0]
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// collection lists the cards of the shared collection when it is there, and those that lie here in any case.
func collection(t testing.TB) []string {
	t.Helper()
	root := os.Getenv("GUANXI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	var all []string
	for _, pattern := range []string{filepath.Join("testdata", "*.vcf"), filepath.Join(root, "vcard", "*", "*.vcf")} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	return all
}

func TestCardsOfTheCollection(t *testing.T) {
	counts := map[string]int{"John_Doe_ANDROID.vcf": 6, "v30_multi.vcf": 3} // the others hold one
	for _, path := range collection(t) {
		all := readAll(t, bytes.NewReader(readFile(t, path)), Options{})
		if want := max(1, counts[filepath.Base(path)]); len(all) != want {
			t.Errorf("%s: %d cards, want %d", path, len(all), want)
		}
		for _, c := range all {
			if c.Broken != nil || c.Name == "" && len(c.Emails) == 0 || strings.Contains(c.String(), "\uFFFD") {
				t.Errorf("%s, line %d: %v\n%s", path, c.Line, c.Broken, c)
			}
		}
	}
}

func TestChineseCards(t *testing.T) {
	want := map[string]Card{
		"v21_qp_utf8.vcf": {
			Line: 1, Name: "张三丰", Company: "上海云杉网络科技有限公司", Unit: "销售部", Phones: []Point{{Mobile, "19900000001"}},
			Faxes: []Point{{Work, "021-00000001"}}, Emails: []Point{{"", "zhang@example.com"}},
		},
		"v30_multi.vcf": {
			Line: 1, Name: "李四", Company: "杭州飞鸟软件有限公司", Unit: "研发部", Title: "工程师", Phones: []Point{{Mobile, "+86 199 0000 0001"}},
			Emails: []Point{{Work, "u1@example.com"}}, Birthday: "1990-01-01", Note: "第一行\n第二行, 逗号",
			Addresses: []Address{{Work, "文三路 1 号", "杭州", "浙江", "310000", "中国"}},
		},
		"v40.vcf": {Line: 1, Name: "王小明", Phones: []Point{{Mobile, "+86-199-0000-0001"}}, BirthDay: "--0305"},
	}
	for name, first := range want {
		if diff := cmp.Diff(first, readAll(t, bytes.NewReader(readFile(t, filepath.Join("testdata", name))), Options{})[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Programs write cards in many ways; each row is one of them.
func TestOneCard(t *testing.T) {
	for name, tt := range map[string]struct {
		lines []string
		want  Card
	}{
		"escapes":                                   {[]string{"VERSION:3.0", `FN:a\, b\; c\\d\ne\Nf\:g\xh`, `ORG:x\;y;z`}, Card{Name: `a, b; c\d e f:g\xh`, Company: "x;y", Unit: "z"}},
		"2.1 has but one escape":                    {[]string{"VERSION:2.1", `FN:A`, `NOTE:C:\new\;x`, `ORG:a\;b;c`}, Card{Name: "A", Note: `C:\new;x`, Company: "a;b", Unit: "c"}},
		"the version comes late":                    {[]string{`NOTE:C:\new`, "FN:A", "VERSION:2.1"}, Card{Name: "A", Note: `C:\new`}},
		"folded, in any case and with a tab":        {[]string{"fn:Al", " ice ", "\tB"}, Card{Name: "Alice B"}},
		"quoted-printable over lines":               {[]string{"NOTE;QUOTED-PRINTABLE:a=0D=0Ab=3Dc=", "d=zz=", "END:VCARD"}, Card{Note: "a\nb=cd=zz="}},
		"quoted-printable broken before a space":    {[]string{"FN:A", "NOTE;ENCODING=QUOTED-PRINTABLE:Tel=3A=", " 123", "\t4", "TITLE:x"}, Card{Name: "A", Note: "Tel: 1234", Title: "x"}},
		"GBK in quoted-printable":                   {[]string{"FN;CHARSET=GB2312;ENCODING=QUOTED-PRINTABLE:=CD=A8"}, Card{Name: "通"}},
		"Chinese that says nothing of its encoding": {[]string{"FN;ENCODING=QUOTED-PRINTABLE:=D5=C5=C8=FD"}, Card{Name: "张三"}},
		"saved anew as UTF-8":                       {[]string{"FN;CHARSET=GBK:张三"}, Card{Name: "张三"}},
		"text in Base64":                            {[]string{"FN;ENCODING=b:5byg5LiJ"}, Card{Name: "张三"}},
		"bytes that are no text":                    {[]string{"FN:a\xff\xff"}, Card{Name: "a\uFFFD"}},
		"types without a name": {[]string{"FN:A", "TEL;WORK;VOICE:1", "TEL;HOME;PREF:2", "TEL;PAGER:3", "TEL:4", "EMAIL;INTERNET;HOME:a@b.cn"}, Card{
			Name: "A", Phones: []Point{{Home, "2"}, {Work, "1"}, {Other, "3"}, {"", "4"}}, Emails: []Point{{Home, "a@b.cn"}},
		}},
		"types in quotes, a preference and a URI": {[]string{"FN:A", `TEL;TYPE="voice,work";PREF=2:TEL:+1`, `TEL;TYPE=cell;PREF=1;LABEL="a:b;c":2`, "EMAIL:mailto:a@b.cn"}, Card{
			Name: "A", Phones: []Point{{Mobile, "2"}, {Work, "+1"}}, Emails: []Point{{"", "a@b.cn"}},
		}},
		"Apple's labels": {[]string{"FN:A", "item1.TEL:1", "item1.X-ABLabel:_$!<Work>!$_", "item2.TEL:2", "item2.X-ABLabel:姐姐", "item3.TEL:3", "item3.X-ABLabel:手机", "item4.TEL:4", "item4.X-ABLabel:公司传真"}, Card{
			Name: "A", Phones: []Point{{Work, "1"}, {Other, "2"}, {Mobile, "3"}}, Faxes: []Point{{Other, "4"}},
		}},
		"pictures":                     {[]string{"FN:A", "PHOTO;ENCODING=BASE64:" + strings.Repeat("QUJD", 400_000), " QUJD", "QUJD", "", "NOTE:b"}, Card{Name: "A", Note: "b"}},
		"lines broken without folding": {[]string{"FN:A", "NOTE:one", "two", "", "three"}, Card{Name: "A", Note: "one\ntwo\nthree"}},
		"an assistant":                 {[]string{"FN:A", "AGENT:", "BEGIN:VCARD", "FN:B", "AGENT:", "BEGIN:VCARD", "FN:C", "END:VCARD", "END:VCARD", "NOTE:c"}, Card{Name: "A", Note: "c"}},
		"a list":                       {[]string{"FN:Friends", "X-ADDRESSBOOKSERVER-KIND:group"}, Card{Name: "Friends", Group: true}},
		"a name with a space between":  {[]string{"N:李;四;;;", "FN:李 四"}, Card{Name: "李四"}},
		"the given name first":         {[]string{"N:欧阳;修远;;;", "FN:修远 欧阳"}, Card{Name: "欧阳修远"}},
		"all in the given name":        {[]string{"N:;李四;;;"}, Card{Name: "李四"}},
		"more than the name":           {[]string{"N:李;四;;;", "FN:李四（采购）"}, Card{Name: "李四（采购）"}},
		"a Western name in parts":      {[]string{"N:Doe;John;Q.;Mr.;Sr."}, Card{Name: "John Q. Doe"}},
		"two languages":                {[]string{"FN;ALTID=1;LANGUAGE=en:Wang;x", "FN;ALTID=1;PREF=1:王小明"}, Card{Name: "王小明"}},
		"only a nickname":              {[]string{"NICKNAME:Gman"}, Card{Name: "Gman"}},
		"only a firm":                  {[]string{"ORG:Acme", "ROLE:Sales"}, Card{Name: "Acme", Company: "Acme", Title: "Sales"}},
		"WeChat on an iPhone":          {[]string{"FN:A", "IMPP;X-SERVICE-TYPE=QQ:x-apple:1", "IMPP;X-SERVICE-TYPE=WeChat;type=pref:x-apple:wang_88"}, Card{Name: "A", WeChat: "wang_88"}},
		"WeChat of its own":            {[]string{"FN:A", "X-WECHAT:wang_88"}, Card{Name: "A", WeChat: "wang_88"}},
		"dates":                        {[]string{"FN:A", "BDAY:1990-02-30", "NOTE:x"}, Card{Name: "A", BirthDay: "1990-02-30", Note: "x"}},
		"a date and a time":            {[]string{"FN:A", "BDAY:19800321T000000Z"}, Card{Name: "A", Birthday: "1980-03-21"}},
		"no year, as Apple has it":     {[]string{"FN:A", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-03-05"}, Card{Name: "A", BirthDay: "--03-05"}},
		"tags":                         {[]string{"FN:A", `CATEGORIES:vip,展会\, 2026`, "CATEGORIES:x"}, Card{Name: "A", Tags: []string{"vip", "展会", " 2026", "x"}}},
		"an address in lines": {[]string{"FN:A", `ADR;TYPE=HOME:;;Street 4\nFloor 8;New York;NY;12345;USA`, "ADR:;;;;;;"}, Card{
			Name: "A", Addresses: []Address{{Home, "Street 4 Floor 8", "New York", "NY", "12345", "USA"}},
		}},
		"sites": {[]string{"FN:A", `item1.URL;type=pref:http\://a.example`, "URL:b.example"}, Card{Name: "A", Websites: []string{"http://a.example", "b.example"}}},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			got := card(t, end, tt.lines...)
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(Card{}, "Line"), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("%s, %q (-want +got):\n%s", name, end, diff)
			}
		}
	}
}

// One bad card stops no other.
func TestBrokenCards(t *testing.T) {
	big := "NOTE:" + strings.Repeat("x", 2000) + "\n"
	text := "\xEF\xBB\xBFBEGIN:VCARD\nFN:A\nEND:VCARD\n\xEF\xBB\xBFbegin:vcard\nFN:B\n\nBEGIN:VCARD\nFN:C\n" + big + "END:VCARD\nstray\nFN:stray\nBEGIN:VCARD\nFN:D\nend:vcard\r\n \nBEGIN:VCARD\nFN:E"
	var skipped []int
	all := readAll(t, strings.NewReader(text), Options{MaxCard: 8 << 10, Skipped: func(line int) { skipped = append(skipped, line) }})
	want := []Card{{Line: 1, Name: "A"}, {Line: 4, Name: "B", Broken: ErrUnclosed}, {Line: 7, Name: "C", Note: big[5:2005]}, {Line: 13, Name: "D"}, {Line: 17, Name: "E", Broken: ErrUnclosed}}
	if diff := cmp.Diff(want, all, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{11, 12}, skipped); diff != "" {
		t.Errorf("lines of no card (-want +got):\n%s", diff)
	}
	all = readAll(t, strings.NewReader(text), Options{MaxCard: 2 << 10})
	if len(all) != 5 || !errors.Is(all[2].Broken, ErrTooBig) || all[2].Name != "C" || all[3].Broken != nil {
		t.Errorf("%+v", all)
	}
}

func TestFilesPutTogether(t *testing.T) {
	for _, between := range []string{"", "\xEF\xBB\xBF"} {
		got := readAll(t, strings.NewReader("BEGIN:VCARD\nFN:A\nEND:VCARD"+between+"BEGIN:VCARD\nFN:B\nEND:VCARD"), Options{})
		if diff := cmp.Diff([]Card{{Line: 1, Name: "A"}, {Line: 3, Name: "B"}}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestErrorsOfTheFileComeBack(t *testing.T) {
	bad := errors.New("bad disk")
	r := NewReader(io.MultiReader(strings.NewReader("BEGIN:VCARD\nFN:A\n"), brokenReader{bad}), Options{})
	if _, err := r.Next(); !errors.Is(err, bad) {
		t.Errorf("%v", err)
	}
}

type brokenReader struct{ err error }

func (b brokenReader) Read([]byte) (int, error) { return 0, b.err }
