package crm_test

import (
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/guanxi-crm/guanxi/crm"
)

func TestFileNames(t *testing.T) {
	for name, want := range map[string]string{
		"报价单.pdf":                     "报价单.pdf",
		"قائمة.docx":                  "قائمة.docx",
		"👩‍👩‍👧‍👦.png":                 "👩‍👩‍👧‍👦.png",
		"e\u0301te\u0301.txt":         "été.txt",
		`C:\Users\me\quote.pdf`:       "quote.pdf",
		"../../etc/passwd":            "passwd",
		`..\..\windows\win.ini`:       "win.ini",
		"/":                           "file",
		"..":                          "file",
		"":                            "file",
		"\x00\r\n":                    "file",
		"a\x00b\r\nc":                 "abc",
		"invoice\u202efdp.exe":        "invoicefdp.exe",
		"\u2066a\u2069\u200f\u061c":   "a",
		"a\u2028b":                    "ab",
		"\xff\xfea":                   "a",
		" a b ":                       "a b",
		strings.Repeat("界", 300):      strings.Repeat("界", 255),
		"photo.jpg%00.exe":            "photo.jpg%00.exe",
		`a"b;filename=c`:              `a"b;filename=c`,
		"<img src=x onerror=alert(1)": "<img src=x onerror=alert(1)",
	} {
		if got := crm.CleanFileName(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}

// TestEveryFileNameCanBeTold puts each string through what an upload does to a name and a download tells of it.
func TestEveryFileNameCanBeTold(t *testing.T) {
	for _, s := range naughtyStrings(t) {
		name := crm.CleanFileName(s)
		bad := func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '/' || r == '\\' || r == unicode.ReplacementChar
		}
		if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > 255 || strings.ContainsFunc(name, bad) || !norm.NFC.IsNormalString(name) {
			t.Errorf("%q became %q", s, name)
		}
		_, parts, err := mime.ParseMediaType(mime.FormatMediaType("attachment", map[string]string{"filename": name}))
		if err != nil || parts["filename"] != name {
			t.Errorf("%q is told as %q, %v", name, parts["filename"], err)
		}
	}
}
