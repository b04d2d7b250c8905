package crm

import (
	"context"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"

	"github.com/guanxi-crm/guanxi/tenant"
)

// fold brings texts that people take for the same into one form: full-width to half-width, lower case.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// nameKey is the form in which two names are the same customer's.
func nameKey(name string) string {
	key := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, fold(name))
	return cut(key, 200)
}

// nameSort is the form that names sort by: pinyin for Chinese, so that 张三 stands at z.
func nameSort(name string) string {
	var b strings.Builder
	for _, r := range fold(name) {
		if syllable := pinyinOf(r); syllable != "" {
			b.WriteString(syllable)
			b.WriteByte(' ')
			continue
		}
		b.WriteRune(r)
	}
	return cut(b.String(), 400)
}

// pinyinOf returns the most usual reading of a Chinese character, without tone, or "".
func pinyinOf(r rune) string {
	if !unicode.Is(unicode.Han, r) {
		return ""
	}
	readings := pinyin.SinglePinyin(r, pinyin.NewArgs())
	if len(readings) == 0 {
		return ""
	}
	return readings[0]
}

func cut(s string, runes int) string {
	n := 0
	for i := range s {
		if n == runes {
			return s[:i]
		}
		n++
	}
	return s
}

// searchText is everything a search can find a record by: the texts themselves, and for Chinese the
// initials (zs) and the full pinyin (zhangsan). Parts are separated by a line feed, which no word contains.
func searchText(texts ...string) string {
	var parts []string
	for _, text := range texts {
		folded := fold(text)
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
	return cut(strings.Join(parts, "\n"), 8000)
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

// writeGrams replaces the index rows of a customer.
func writeGrams(ctx context.Context, tx *tenant.Tx, id CustomerID, text string, isNew bool) error {
	if !isNew {
		if _, err := tx.Exec(ctx, `DELETE FROM company.customer_grams WHERE customer_id = ?`, id); err != nil {
			return err
		}
	}
	all := grams(text)
	if len(all) == 0 {
		return nil
	}
	args := make([]any, 0, 2*len(all))
	for _, g := range all {
		args = append(args, g, id)
	}
	_, err := tx.Exec(ctx, `INSERT INTO company.customer_grams (gram, customer_id) VALUES (?, ?)`+strings.Repeat(`, (?, ?)`, len(all)-1), args...)
	return err
}

// searchCondition finds customers whose search text holds every word. Pieces narrow by index; LIKE checks
// the words themselves. narrow is false when no word is long enough to have a piece.
func searchCondition(q string) (c condition, narrow bool) {
	c.sql = "1=1"
	for _, word := range strings.Fields(fold(q)) {
		found, few := wordCondition(word)
		narrow = narrow || few
		if number := bareNumber(word); number != word {
			bare, _ := wordCondition(number)
			found = condition{"(" + found.sql + " OR " + bare.sql + ")", append(found.args, bare.args...)}
		}
		c.sql += " AND " + found.sql
		c.args = append(c.args, found.args...)
	}
	return c, narrow
}

func wordCondition(word string) (c condition, narrow bool) {
	c = condition{"c.search_text LIKE ? ESCAPE '!'", []any{"%" + likeEscape.Replace(word) + "%"}}
	pieces := grams(word)
	if len(pieces) == 0 {
		return c, false
	}
	// The first and the last piece narrow enough; each further one costs a join.
	first, last := pieces[0], pieces[len(pieces)-1]
	if first == last {
		return condition{`c.id IN (SELECT g.customer_id FROM company.customer_grams g WHERE g.gram = ?) AND ` + c.sql,
			append([]any{first}, c.args...)}, true
	}
	return condition{`c.id IN (SELECT g.customer_id FROM company.customer_grams g
		JOIN company.customer_grams h ON h.customer_id = g.customer_id AND h.gram = ? WHERE g.gram = ?) AND ` + c.sql,
		append([]any{last, first}, c.args...)}, true
}

// bareNumber takes the dashes, dots and brackets out of a phone number, which is kept without them.
func bareNumber(word string) string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-.()/", r) {
			return -1
		}
		return r
	}, word)
	if len(digits) < 3 || strings.Trim(digits, "+0123456789") != "" {
		return word
	}
	return digits
}
