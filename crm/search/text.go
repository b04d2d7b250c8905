package search

import (
	"strings"
	"sync"
	"unicode"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// Fold brings texts that people take for the same into one form: full-width to half-width, lower case.
func Fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// NameKey is the form in which two names are the same record's.
func NameKey(name string) string {
	key := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, Fold(name))
	return Cut(key, 200)
}

// NameSort is the form that names sort by: pinyin for Chinese, so that 张三 stands at z.
func NameSort(name string) string {
	var b strings.Builder
	for _, r := range Fold(name) {
		if syllable := pinyinOf(r); syllable != "" {
			b.WriteString(syllable)
			b.WriteByte(' ')
			continue
		}
		b.WriteRune(r)
	}
	return Cut(b.String(), 400)
}

// knownReadings remembers what pinyinOf has found out; there are only so many characters.
var knownReadings sync.Map // of rune to string

// pinyinOf returns the most usual reading of a Chinese character, without tone, or "".
func pinyinOf(r rune) string {
	if !unicode.Is(unicode.Han, r) {
		return ""
	}
	if known, ok := knownReadings.Load(r); ok {
		return known.(string) //nolint:errcheck,forcetypeassert // nothing else is stored
	}
	reading := ""
	if readings := pinyin.SinglePinyin(r, pinyin.NewArgs()); len(readings) > 0 {
		reading = readings[0]
	}
	knownReadings.Store(r, reading)
	return reading
}

// Cut returns the first runes of a text.
func Cut(s string, runes int) string {
	n := 0
	for i := range s {
		if n == runes {
			return s[:i]
		}
		n++
	}
	return s
}

// Text is everything a search can find a record by: the texts themselves, and for Chinese the
// initials (zs) and the full pinyin (zhangsan). Parts are separated by a line feed, which no word contains.
func Text(texts ...string) string {
	var parts []string
	for _, text := range texts {
		folded := Fold(text)
		if strings.TrimSpace(folded) == "" {
			continue
		}
		parts = append(parts, strings.ReplaceAll(folded, "\n", " "))
		var initials, full strings.Builder
		for _, r := range folded {
			if syllable := pinyinOf(r); syllable != "" {
				initials.WriteByte(syllable[0])
				full.WriteString(syllable)
			}
		}
		if full.Len() > 0 {
			parts = append(parts, initials.String(), full.String())
		}
	}
	return Cut(strings.Join(parts, "\n"), 8000)
}

// private separates what everybody may search from what is masked for some: an empty line, which no part is.
const private = "\n\n"

// PartlyPrivate is Text for a record with fields that roles may mask.
func PartlyPrivate(open []string, masked ...string) string {
	text, rest := Text(open...), Text(masked...)
	if rest == "" {
		return text
	}
	return Cut(text+private+rest, 8000)
}

// Prose is [Text] for long texts, which nobody searches by how they sound: without pinyin the index stays small.
func Prose(texts ...string) string {
	var parts []string
	for _, text := range texts {
		if folded := strings.TrimSpace(Fold(text)); folded != "" {
			parts = append(parts, strings.ReplaceAll(folded, "\n", " "))
		}
	}
	return Cut(strings.Join(parts, "\n"), 8000)
}

// grams returns the distinct two-character pieces of a text that consist of characters people search by.
func grams(text string) []string {
	seen := map[string]bool{}
	var all []string
	var before rune
	for _, r := range text {
		if !searchable(r) {
			before = 0
			continue
		}
		if before != 0 {
			gram := string(before) + string(r)
			if !seen[gram] {
				seen[gram] = true
				all = append(all, gram)
			}
		}
		before = r
	}
	return all
}

func searchable(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || unicode.Is(unicode.So, r)
}
