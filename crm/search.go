package crm

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
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

// replaceGrams changes the index rows of a customer whose search text has changed. Those that go are named, gram
// by gram: a key over the customers, only for deleting, would double what every insert costs.
func replaceGrams(ctx context.Context, tx *tenant.Tx, c Customer, before, after string) error {
	kept := map[string]bool{}
	for _, g := range grams(after) {
		kept[g] = true
	}
	var gone []string
	for _, g := range grams(before) {
		if !kept[g] {
			gone = append(gone, g)
		}
		delete(kept, g)
	}
	if len(gone) > 0 {
		if _, err := tx.ExecIn(ctx, `DELETE FROM company.customer_grams WHERE gram IN (?) AND customer_id = ?`, gone, c.ID); err != nil {
			return err
		}
	}
	return insertGrams(ctx, tx, []gramRows{{c.ID, slices.Collect(maps.Keys(kept))}})
}

// gramRows are the index rows of one customer.
type gramRows struct {
	id    CustomerID
	grams []string
}

// insertGrams makes customers findable. The rows go in the order of the table's key, so that a page is visited
// once for all of its rows: that is most of the time a large batch takes.
func insertGrams(ctx context.Context, tx *tenant.Tx, all []gramRows) error {
	byGram := map[string][]CustomerID{}
	for _, r := range all {
		for _, g := range r.grams {
			byGram[g] = append(byGram[g], r.id) // new customers come in the order of their ids
		}
	}
	rows := tx.Bulk(`INSERT INTO company.customer_grams (gram, customer_id) VALUES`, 2, "")
	for _, g := range slices.Sorted(maps.Keys(byGram)) {
		for _, id := range byGram[g] {
			if err := rows.Add(ctx, g, id); err != nil {
				return err
			}
		}
	}
	return rows.Flush(ctx)
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
