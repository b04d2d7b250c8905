package sheet

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// table writes headings and rows as one text, cells between bars.
func table(t *testing.T, r *Reader) string {
	t.Helper()
	var b strings.Builder
	for _, c := range r.Columns() {
		b.WriteString(c.Header + "|")
	}
	for _, row := range readAll(t, r) {
		fmt.Fprintf(&b, "\n%d %s|%s", row.Line, strings.Join(row.Cells, "|"), strings.Join(codes(row), ","))
	}
	return b.String()
}

func TestCardsAreATable(t *testing.T) {
	const two = "BEGIN:VCARD\nVERSION:3.0\nFN:张三\nTEL;TYPE=CELL:1\nTEL;TYPE=WORK,PREF:2\nTEL:3\nEND:VCARD\nBEGIN:VCARD\nORG:合计\nEMAIL;TYPE=HOME:a@b.cn\nADR:;;a;;;;\nADR:;;b;;;;\nEND:VCARD\n"
	const twoRead = "联系人姓名|公司|手机|手机|手机|办公电话|个人邮箱|地址|地址|\n1 张三||2|1|3|2||||\n8 合计|合计|||||a@b.cn|a|b|"
	utf16 := encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), strings.ReplaceAll(two, "\n", "\r\n"))
	for name, tt := range map[string]struct {
		file     []byte
		encoding string
		language string
		want     string
	}{
		"Chinese":       {[]byte(two), "utf-8", "zh-CN", twoRead},
		"with a mark":   {[]byte("\xEF\xBB\xBF" + two), "utf-8", "zh-CN", twoRead},
		"GB18030":       {encode(t, simplifiedchinese.GB18030, two), "gb18030", "zh-CN", twoRead},
		"UTF-16":        {utf16, "utf-16le", "zh-CN", twoRead},
		"of an old Mac": {[]byte(strings.ReplaceAll(two, "\n", "\r")), "utf-8", "zh-CN", twoRead},
		"English": {[]byte("begin:vcard\nN:Doe;John\nNOTE:a\nTEL;FAX:1\nBDAY:--0305\nEND:VCARD"), "utf-8", "en",
			"Contact name|Fax|Month and day of birth|Note|\n1 John Doe|1|--0305|a|"},
		"no encoding that is clear": {[]byte("BEGIN:VCARD\nFN:a\x81\x8d\x90\nNOTE:\x00b\nEND:VCARD\nBEGIN:VCARD\nFN:B"), "utf-8", "",
			"Contact name|Note|\n1 a\uFFFD|\x00b|invalid_text,nul_byte\n5 B||unclosed_card"},
		"too big": {[]byte("BEGIN:VCARD\nFN:a\nNOTE:" + strings.Repeat("x", 1<<20) + "\nEND:VCARD"), "utf-8", "",
			"Contact name|\n1 a|card_too_big"},
	} {
		r := openBytes(t, "x.vcf", tt.file, Options{Language: tt.language})
		if f := r.Format(); f.Kind != KindVCard || f.Encoding != tt.encoding || f.HeaderLine != 0 {
			t.Errorf("%s: %+v", name, f)
		}
		if diff := cmp.Diff(tt.want, table(t, r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatBelongsToNoCardIsTold(t *testing.T) {
	r := openBytes(t, "x.vcf", []byte("BEGIN:VCARD\nFN:a\nEND:VCARD\nstray\nBEGIN:VCARD\nKIND:group\nFN:Friends\nTEL:1\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD\n"), Options{})
	if got := table(t, r); got != "Contact name|\n1 a|" {
		t.Errorf("%q", got)
	}
	for code, lines := range map[string][]int{NoticeStrayLines: {4}, NoticeCardLists: {5}, NoticeBlankRows: {10}} {
		if diff := cmp.Diff(lines, notice(r, code).Lines); diff != "" {
			t.Errorf("%s (-want +got):\n%s", code, diff)
		}
	}
}

// Every card of the collection can be read whole.
func TestCardsOfTheCollection(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(dataDir(t), "..", "vcard", "*", "*.vcf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		for _, row := range readAll(t, openFile(t, path, Options{})) {
			if len(row.Problems) > 0 {
				t.Errorf("%s: %+v", path, row)
			}
		}
	}
}

func TestCardMemoryIsBounded(t *testing.T) {
	const limit = 4 << 20
	photo := "PHOTO;ENCODING=b;TYPE=JPEG:" + strings.Repeat("\n "+strings.Repeat("A", 74), 2000)
	one := "BEGIN:VCARD\nFN:张三\nTEL:1\n" + photo + "\nEND:VCARD\n"
	path := filepath.Join(t.TempDir(), "many.vcf")
	if err := os.WriteFile(path, bytes.Repeat([]byte(one), 130), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		t.Fatal(err)
	}
	before := liveHeap()
	r, err := Open(path, f, size, Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, peak := 0, uint64(0)
	for r.Next() {
		if rows++; rows%26 == 0 {
			if live := liveHeap(); live > before {
				peak = max(peak, live-before)
			}
		}
	}
	if rows != 130 || peak > limit {
		t.Errorf("%d of %d MB: %d rows, %d bytes live", size>>20, size>>20, rows, peak)
	}
}
