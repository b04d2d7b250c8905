// Package search makes records findable by any part of their texts, and Chinese ones by pinyin and initials too.
// Each noun keeps a search text in its table; the two-character pieces of it stand in one index for all nouns.
package search

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Noun tells the kinds of record apart in the index. The numbers are stored.
type Noun int

// The kinds of record that have a search text.
const (
	Customers Noun = iota + 1
	Contacts
	Deals
	Tasks
	Interactions
	Products
)

// Row is what the index holds of one record.
type Row struct {
	ID    tenant.RecordID
	Grams []string
}

// RowOf returns the index row of a record with this search text.
func RowOf(id tenant.RecordID, text string) Row { return Row{id, grams(text)} }

// Insert makes new records findable. The rows go in the order of the table's key, so that a page is visited once for
// all of its rows: that is most of the time a large batch takes.
func Insert(ctx context.Context, tx *tenant.Tx, noun Noun, all []Row) error {
	byGram := map[string][]tenant.RecordID{}
	for _, r := range all {
		for _, g := range r.Grams {
			byGram[g] = append(byGram[g], r.ID) // new records come in the order of their ids
		}
	}
	rows := tx.Bulk(`INSERT INTO company.search_grams (noun, gram, record_id) VALUES`, 3, "")
	for _, g := range slices.Sorted(maps.Keys(byGram)) {
		for _, id := range byGram[g] {
			if err := rows.Add(ctx, noun, g, id); err != nil {
				return err
			}
		}
	}
	return rows.Flush(ctx)
}

// Replace changes the index rows of a record whose search text has changed. Those that go are named, gram by gram: a
// key over the records, only for deleting, would double what every insert costs.
func Replace(ctx context.Context, tx *tenant.Tx, noun Noun, id tenant.RecordID, before, after string) error {
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
		if _, err := tx.ExecIn(ctx, `DELETE FROM company.search_grams WHERE noun = ? AND gram IN (?) AND record_id = ?`, noun, gone, id); err != nil {
			return err
		}
	}
	return Insert(ctx, tx, noun, []Row{{id, slices.Collect(maps.Keys(kept))}})
}

// commonPiece is in how many records a piece stands that does not narrow any more.
const commonPiece = 10_000

// IsCommon reports whether every piece of the words of q stands in so many records that it is faster to read records in
// the order of the list until a page is full, with [Unindexed], than to look them all up and sort them.
func IsCommon(ctx context.Context, q *tenant.Query, noun Noun, text string) (bool, error) {
	for _, word := range strings.Fields(Fold(text)) {
		pieces := grams(word)
		if len(pieces) == 0 {
			continue
		}
		for _, piece := range slices.Compact([]string{pieces[0], pieces[len(pieces)-1]}) {
			var n int
			if err := q.Get(ctx, &n, `SELECT COUNT(*) FROM (SELECT 1 FROM company.search_grams WHERE noun = ? AND gram = ? LIMIT ?) some`,
				noun, piece, commonPiece); err != nil || n < commonPiece {
				return false, err
			}
		}
	}
	return true, nil
}

// Unindexed is [Condition] without the index, for words that are common and for a list that is short by itself.
func Unindexed(alias, q string) list.Condition {
	c := list.Always()
	for _, word := range strings.Fields(Fold(q)) {
		c = list.All(c, list.Contains(alias+".search_text", word))
	}
	return c
}

// Condition finds records whose search text holds every word of q. Pieces narrow by index; LIKE checks the words
// themselves. alias is that of the noun's table. For a caller with masked fields only the open part of the text counts.
// narrow is false when no word is long enough to have a piece.
func Condition(noun Noun, alias, q string, masked bool) (c list.Condition, narrow bool) {
	in := index{noun, alias, alias + ".search_text"}
	if masked {
		in.text = "SUBSTRING_INDEX(" + in.text + ", '" + private + "', 1)"
	}
	c = list.Always()
	for _, word := range strings.Fields(Fold(q)) {
		found, few := in.word(word)
		narrow = narrow || few
		if number := bareNumber(word); number != word {
			bare, _ := in.word(number)
			found = list.Condition{SQL: "(" + found.SQL + " OR " + bare.SQL + ")", Args: append(found.Args, bare.Args...)}
		}
		c = list.All(c, found)
	}
	return c, narrow
}

// index is the part of the index that one statement looks at.
type index struct {
	noun        Noun
	alias, text string
}

func (in index) word(word string) (c list.Condition, narrow bool) {
	c = list.Contains(in.text, word)
	pieces := grams(word)
	if len(pieces) == 0 {
		return c, false
	}
	// The first and the last piece narrow enough; each further one costs a join.
	first, last := pieces[0], pieces[len(pieces)-1]
	if first == last {
		return list.All(list.Condition{
			SQL:  in.alias + `.id IN (SELECT g.record_id FROM company.search_grams g WHERE g.noun = ? AND g.gram = ?)`,
			Args: []any{in.noun, first},
		}, c), true
	}
	return list.All(list.Condition{
		SQL: in.alias + `.id IN (SELECT g.record_id FROM company.search_grams g
			JOIN company.search_grams h ON h.noun = ? AND h.record_id = g.record_id AND h.gram = ? WHERE g.noun = ? AND g.gram = ?)`,
		Args: []any{in.noun, last, in.noun, first},
	}, c), true
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
