package dingtalk

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DingTalk documents no way to escape markup, and its clients differ. Full-width forms are markup in none of
// them, look alike, and are at home in Chinese text.
var fullWidth = strings.NewReplacer("*", "＊", "`", "｀", "~", "～", "[", "［", "]", "］",
	"<", "＜", ">", "＞", `\`, "＼")

var (
	entity     = regexp.MustCompile(`&#?\w+;`)
	lineStart  = regexp.MustCompile(`^(#+|[+-] |-{2,}|\d+[.)] )`)
	underscore = regexp.MustCompile(`_+`)
	email      = regexp.MustCompile(`[A-Za-z0-9.%+-][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`)
)

// escape makes s plain text: no markup, and no mention, for a customer may be called "@13800138000".
func escape(s string) string {
	s = fullWidth.Replace(s)
	s = entity.ReplaceAllStringFunc(s, widen)
	s = lineStart.ReplaceAllStringFunc(s, widen)
	return escapeMentions(escapeUnderscores(s))
}

// escapeUnderscores leaves those within a word alone, where they are no markup.
func escapeUnderscores(s string) string {
	var out strings.Builder
	from := 0
	for _, run := range underscore.FindAllStringIndex(s, -1) {
		left, _ := utf8.DecodeLastRuneInString(s[:run[0]])
		right, _ := utf8.DecodeRuneInString(s[run[1]:])
		out.WriteString(s[from:run[0]])
		from = run[0]
		if !isWord(left) || !isWord(right) {
			out.WriteString(strings.Repeat("＿", run[1]-run[0]))
			from = run[1]
		}
	}
	return out.String() + s[from:]
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// escapeMentions leaves e-mail addresses alone, so that they can be copied.
func escapeMentions(s string) string {
	var out strings.Builder
	from := 0
	for _, span := range email.FindAllStringIndex(s, -1) {
		out.WriteString(strings.ReplaceAll(s[from:span[0]], "@", "＠") + s[span[0]:span[1]])
		from = span[1]
	}
	return out.String() + strings.ReplaceAll(s[from:], "@", "＠")
}

// widen replaces ASCII punctuation by its full-width form, which stands at a fixed distance in Unicode.
func widen(s string) string {
	const distance = '！' - '!'
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("&#;+-.)", r) {
			return r + distance
		}
		return r
	}, s)
}
