package tenant

import (
	"regexp"
	"strings"

	"github.com/maypok86/otter/v2"
)

// SQL in this product names its schema with a fixed word, company.customers or platform.people. The
// word is replaced by the real schema just before the statement is sent. The pool has no default
// schema and no schema is called "company", so a statement that is sent any other way fails.
const (
	wordCompany  = "company"
	wordCluster  = "cluster"
	wordPlatform = "platform"
)

// schemaPattern is what a schema name may look like; names come from the control database, never from input.
var schemaPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// schemas maps the fixed words that a statement may use to real schema names.
type schemas map[string]string

// piece is text of a statement followed by the schema word that stands after it ("" at the end).
type piece struct{ text, word string }

// splits remembers how a statement falls into pieces. It is bounded because filters make new statements.
// Statements with long IN lists are large, so bytes are counted.
var splits = otter.Must(&otter.Options[string, []piece]{
	MaximumWeight: 16 << 20,
	Weigher:       func(statement string, pieces []piece) uint32 { return uint32(len(statement) + 32*len(pieces) + 128) },
})

// qualify puts the real schema names into a statement.
func (s schemas) qualify(statement string) string {
	pieces, ok := splits.GetIfPresent(statement)
	if !ok {
		pieces = split(statement)
		splits.Set(statement, pieces)
	}
	var b strings.Builder
	b.Grow(len(statement) + 32*len(pieces))
	for _, p := range pieces {
		b.WriteString(p.text)
		if p.word == "" {
			continue
		}
		name, ok := s[p.word]
		if !ok {
			name = p.word + " " // no schema's name can end with a space: the server refuses, whatever schemas it has
		}
		b.WriteByte('`')
		b.WriteString(name)
		b.WriteByte('`')
	}
	return b.String()
}

// split finds the schema words outside strings, quoted names and comments.
func split(statement string) []piece {
	var pieces []piece
	start := 0
	for i := 0; i < len(statement); {
		switch c := statement[i]; {
		case c == '\'' || c == '"' || c == '`':
			i = skipQuoted(statement, i)
		case c == '#' || startsDashComment(statement[i:]):
			i = skipPast(statement, i, "\n")
		case strings.HasPrefix(statement[i:], "/*"):
			i = skipPast(statement, i+2, "*/")
		case isWordByte(c):
			end := i
			for end < len(statement) && isWordByte(statement[end]) {
				end++
			}
			word := statement[i:end]
			qualifier := end < len(statement) && statement[end] == '.' && (i == 0 || statement[i-1] != '.')
			if qualifier && (word == wordCompany || word == wordCluster || word == wordPlatform) {
				pieces = append(pieces, piece{text: statement[start:i], word: word})
				start = end
			}
			i = end
		default:
			i++
		}
	}
	return append(pieces, piece{text: statement[start:]})
}

func isWordByte(c byte) bool {
	return c == '_' || c == '$' || c == '@' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// startsDashComment reports whether s begins with two dashes and white space, without which they are minus signs.
func startsDashComment(s string) bool {
	return strings.HasPrefix(s, "--") && (len(s) == 2 || s[2] <= ' ')
}

// skipQuoted returns the position after the quoted text that starts at i. A doubled quote needs no care:
// it reads as two quoted texts side by side.
func skipQuoted(s string, i int) int {
	quote := s[i]
	for i++; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quote != '`':
			i++
		case s[i] == quote:
			return i + 1
		}
	}
	return len(s)
}

func skipPast(s string, from int, end string) int {
	if from >= len(s) {
		return len(s)
	}
	if at := strings.Index(s[from:], end); at >= 0 {
		return from + at + len(end)
	}
	return len(s)
}
