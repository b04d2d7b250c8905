package sheet

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Field is something that a column can be mapped to, with the headings people give it in any language.
type Field struct {
	Key      string
	Synonyms []string
}

// Match proposes that a column holds a field.
type Match struct {
	Column int    // index
	Field  string // Field.Key
	Exact  bool   // the heading is a synonym, not only a longer phrase around one
}

// Ranks of a match, best first.
const (
	noMatch = iota
	contains
	endsWith
	lastPart
	withoutBrackets
	whole
)

type candidate struct {
	column, field, rank, length int
}

// Guess proposes at most one column for each field and one field for each column, ordered by column. Of headings that
// fit equally well the leftmost wins, so a repeated heading stays open for the importer to decide.
func Guess(headers []string, fields []Field) []Match {
	var all []candidate
	for i, h := range headers {
		for j, f := range fields {
			if c := bestSynonym(h, f.Synonyms); c.rank != noMatch {
				c.column, c.field = i, j
				all = append(all, c)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(b.rank-a.rank, b.length-a.length, a.column-b.column, a.field-b.field)
	})
	columns, taken := map[int]bool{}, map[int]bool{}
	var out []Match
	for _, c := range all {
		if !columns[c.column] && !taken[c.field] {
			columns[c.column], taken[c.field] = true, true
			out = append(out, Match{Column: c.column, Field: fields[c.field].Key, Exact: c.rank > endsWith})
		}
	}
	slices.SortFunc(out, func(a, b Match) int { return a.Column - b.Column })
	return out
}

func bestSynonym(header string, synonyms []string) candidate {
	var best candidate
	for _, s := range synonyms {
		rank, length := rankOf(header, s), len(normalise(s))
		if rank > best.rank || rank == best.rank && length > best.length {
			best = candidate{rank: rank, length: length}
		}
	}
	return best
}

func rankOf(header, synonym string) int {
	want := normalise(synonym)
	bare := withoutNotes(header)
	parts := strings.Split(bare, headerSeparator)
	switch {
	case want == "":
		return noMatch
	case normalise(header) == want:
		return whole
	case normalise(bare) == want:
		return withoutBrackets
	case normalise(parts[len(parts)-1]) == want:
		return lastPart
	}
	return phraseRank(words(bare), words(synonym))
}

// phraseRank looks for the synonym as whole words, so that "tel" is not found in "hotel". The last word is what a
// heading is about, in Chinese and in English: 联系人电话 is a phone.
func phraseRank(header, synonym []string) int {
	n := len(synonym)
	if n == 0 || n >= len(header) {
		return noMatch
	}
	if slices.Equal(header[len(header)-n:], synonym) {
		return endsWith
	}
	for i := range len(header) - n {
		if slices.Equal(header[i:i+n], synonym) {
			return contains
		}
	}
	return noMatch
}

// normalise folds case and width and keeps letters and digits only.
func normalise(s string) string {
	return strings.Join(words(s), "")
}

// words splits at everything but letters and digits and between cases (createdAt); a Chinese character is a word.
func words(s string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	for _, r := range halfWidth(s) {
		switch {
		case unicode.Is(unicode.Han, r):
			flush()
			out = append(out, string(r))
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && len(word) > 0 && unicode.IsLower(word[len(word)-1]):
			flush()
		}
		word = append(word, r)
	}
	flush()
	return out
}

// withoutNotes drops remarks in brackets: 手机(必填), 预计金额【元】, Phone [mobile].
func withoutNotes(s string) string {
	depth := 0
	kept := strings.Map(func(r rune) rune {
		switch r {
		case '(', '[', '{', '【', '〔', '《', '（', '［':
			depth++
			return -1
		case ')', ']', '}', '】', '〕', '》', '）', '］':
			depth = max(0, depth-1)
			return -1
		}
		if depth > 0 {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(kept)
}
