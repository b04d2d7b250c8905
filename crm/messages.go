package crm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Message is an event in words, for people.
type Message struct {
	// Title is one line, Lines what stands below it. Texts of customers stand in them as they are; every
	// channel escapes for itself.
	Title string
	Lines []string
	// Link is the path of the page to open.
	Link string
}

func (m Message) text() string { return strings.Join(m.Lines, "\n") }

// add appends a line.
func (m *Message) add(line string) { m.Lines = append(m.Lines, line) }

// phrase is a text with the same verbs in every language.
type phrase struct{ zh, en string }

// language words phrases for one reader: "zh-CN", and English for all others.
type language string

func (l language) say(p phrase, args ...any) string { return fmt.Sprintf(l.pick(p), args...) }

// pick returns the words as they are, for what people have named.
func (l language) pick(p phrase) string {
	if l == "zh-CN" {
		return p.zh
	}
	return p.en
}

// Describe puts an event into words of a language, which is English for one that is not known. Who reads it is the
// query's caller. ok is false for events that nobody needs to be told of.
func Describe(ctx context.Context, q *tenant.Query, c tenant.Change, locale string) (m Message, ok bool, err error) {
	brought := noticesOf(c)
	if len(brought) == 0 {
		return Message{}, false, nil
	}
	m, err = brought[0].describe(ctx, q, c, locale)
	return m, err == nil, err
}

func (n notice) describe(ctx context.Context, q *tenant.Query, c tenant.Change, locale string) (Message, error) {
	m, err := n.words(ctx, q, c, language(locale))
	// Names and reasons may hold line breaks; in a message they must not look like lines of ours.
	m.Title = oneLine(m.Title)
	for i := range m.Lines {
		m.Lines[i] = oneLine(m.Lines[i])
	}
	return m, err
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}

// memberName returns the name, or nothing for nobody.
func memberName(ctx context.Context, q *tenant.Query, id tenant.MemberID) (string, error) {
	member, err := tenant.GetMember(ctx, q, id)
	if errors.Is(err, tenant.ErrNotFound) {
		return "", nil
	}
	return member.Name, err
}
