package plugins

import (
	"errors"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLineRunes bounds one line of a message: people read messages, and notes can be books.
const maxLineRunes = 500

// ErrMessageTooLong is returned when a message does not fit a channel even without its lines.
var ErrMessageTooLong = errors.New("message is too long for the channel")

// Message is what people read in a chat. All texts are plain: connectors put in their vendor's markup and
// escape the texts, so that a customer's name can neither break the message nor mention anyone.
type Message struct {
	Title string
	Lines []Line
	// Link is an absolute http(s) URL of the record in question, or empty; LinkText is its label, by
	// default "View" in the locale.
	Link, LinkText string
	// Locale is "zh-CN" or "en".
	Locale string
}

// Line is one line of a message: "Label: Text", or just Text.
type Line struct {
	Label, Text string
	// Link makes the text a link when it is an absolute http(s) URL.
	Link string
}

// Chinese reports whether the message is to be worded in Chinese.
func (m Message) Chinese() bool { return strings.HasPrefix(strings.ToLower(m.Locale), "zh") }

// LinkLabel returns the label of the message's link.
func (m Message) LinkLabel() string {
	switch {
	case m.LinkText != "":
		return OneLine(m.LinkText, maxLineRunes)
	case m.Chinese():
		return "查看详情"
	}
	return "View"
}

// Colon returns what stands between a label and its text.
func (m Message) Colon() string {
	if m.Chinese() {
		return "："
	}
	return ": "
}

// Fit renders m in at most limit bytes. Long lines are cut; when that is not enough, the last lines are left
// out and a line says how many. It returns [ErrMessageTooLong] when not even the rest fits, and render's error.
func Fit(m Message, limit int, render func(Message) ([]byte, error)) ([]byte, error) {
	m.Lines = clipped(m.Lines)
	whole, err := render(m)
	if err != nil || len(whole) <= limit {
		return whole, err
	}
	tooMany := sort.Search(len(m.Lines), func(n int) bool {
		out, e := render(m.shortened(n))
		return e != nil || len(out) > limit
	})
	if tooMany == 0 {
		return nil, ErrMessageTooLong
	}
	return render(m.shortened(tooMany - 1))
}

// shortened keeps the first n lines and says how many it left out.
func (m Message) shortened(n int) Message {
	more := Line{Text: "… and " + strconv.Itoa(len(m.Lines)-n) + " more"}
	if m.Chinese() {
		more.Text = "…… 还有 " + strconv.Itoa(len(m.Lines)-n) + " 条"
	}
	m.Lines = append(m.Lines[:n:n], more)
	return m
}

func clipped(lines []Line) []Line {
	out := make([]Line, len(lines))
	for i, l := range lines {
		out[i] = Line{Label: OneLine(l.Label, maxLineRunes), Text: OneLine(l.Text, maxLineRunes), Link: l.Link}
	}
	return out
}

// OneLine returns s fit to stand in one line of at most limit characters: white space becomes single spaces,
// control characters and those that reverse the reading direction are dropped, and a longer text is cut at a
// character and ends in "…".
func OneLine(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}

// LinkURL returns an absolute http(s) URL in a form that cannot end a markup link early, or "" for anything
// else.
func LinkURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || len(raw) > maxURLBytes {
		return ""
	}
	return linkEscaper.Replace(u.String())
}

var linkEscaper = strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `"`, "%22", "'", "%27",
	"[", "%5B", "]", "%5D", "*", "%2A", "`", "%60", `\`, "%5C", " ", "%20", "\n", "", "\r", "")
