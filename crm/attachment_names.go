package crm

import (
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/guanxi-crm/guanxi/crm/search"
)

// cleanFileName keeps what people recognise the file by: its last part, in whatever script, without what no screen can
// show and without what turns the direction of writing round, by which "…\u202efdp.exe" looks like a PDF.
func cleanFileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, path.Base(strings.ReplaceAll(norm.NFC.String(name), `\`, "/")))
	name = strings.TrimSpace(search.Cut(name, 255))
	if strings.Trim(name, "./") == "" {
		return "file"
	}
	return name
}
