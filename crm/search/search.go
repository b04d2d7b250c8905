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

// Words finds records whose search text holds every word of q. In the index pieces narrow, and LIKE checks the words
// themselves. alias is that of the noun's table. For a caller with masked fields only the open part of the text counts.
func Words(noun Noun, alias, q string, masked bool) list.Words {
	in := index{noun, alias, alias + ".search_text"}
	if masked {
		in.text = "SUBSTRING_INDEX(" + in.text + ", '" + private + "', 1)"
	}
	words := list.Words{Found: list.Always(), Read: list.Always()}
	for _, word := range strings.Fields(Fold(q)) {
		read := list.Contains(in.text, word)
		if number := bareNumber(word); number != word {
			read = list.Any(read, list.Contains(in.text, number))
		}
		words.Found, words.Read = list.All(words.Found, read), list.All(words.Read, read)
		pieces := ends(grams(word)) // of a number they are the same however it is written: none goes across a dash
		if len(pieces) > 0 {
			found := in.having(pieces...)
			words.Found = list.All(words.Found, list.Condition{SQL: alias + ".id IN (" + found.SQL + ")", Args: found.Args})
		}
		for _, piece := range pieces {
			words.Pieces = append(words.Pieces, in.having(piece))
		}
	}
	return words
}

// ends returns the first and the last piece: those narrow enough, and each further one costs a join.
func ends(pieces []string) []string {
	if len(pieces) == 0 {
		return nil
	}
	return slices.Compact([]string{pieces[0], pieces[len(pieces)-1]})
}

// index is the part of the index that one statement looks at.
type index struct {
	noun        Noun
	alias, text string
}

// having finds the ids of the records that have a piece, or both of two.
func (in index) having(pieces ...string) list.Condition {
	if len(pieces) == 1 {
		return list.Condition{SQL: `SELECT g.record_id FROM company.search_grams g WHERE g.noun = ? AND g.gram = ?`, Args: []any{in.noun, pieces[0]}}
	}
	return list.Condition{
		SQL: `SELECT g.record_id FROM company.search_grams g
			JOIN company.search_grams h ON h.noun = ? AND h.record_id = g.record_id AND h.gram = ? WHERE g.noun = ? AND g.gram = ?`,
		Args: []any{in.noun, pieces[1], in.noun, pieces[0]},
	}
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
