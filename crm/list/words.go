package list

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Words is what a search asks of a record.
type Words struct {
	// Found is true for the records that have the words and looks them up in an index; Read looks at the record's own text.
	Found, Read Condition
	// Pieces find the ids of the records with one piece of a word in that index. Of words that are too short for it there is
	// none, and both conditions are the same.
	Pieces []Condition
}

// Search narrows the list to the records that have the words; the cursor knows them already. They are looked up and then
// sorted, unless Settle finds out that so many records have them that a page is sooner full in the list's own order.
func (p *Plan) Search(words Words) {
	p.words = words
	if len(words.Pieces) > 0 {
		p.UseIndex("")
	}
}

const (
	// fewFound is how many records are looked up and sorted sooner than anything is found out about them.
	fewFound = 2000
	// sampled records at the head of the list tell whether the words are common. With commonIn of them a page is full after
	// some thousand records.
	sampled  = 500
	commonIn = 2
)

// settleWords chooses how to search. Pieces of words that are common each for themselves need not be so together: only the
// records tell.
func (p *Plan) settleWords(ctx context.Context, q *tenant.Query) error {
	for _, piece := range p.words.Pieces {
		var n int
		if err := q.Get(ctx, &n, fmt.Sprintf("SELECT COUNT(*) FROM (%s LIMIT %d) some", piece.SQL, fewFound), piece.Args...); err != nil || n < fewFound {
			return err
		}
	}
	statement, args, ok := p.sample()
	if !ok {
		return nil
	}
	var n int
	if err := q.Get(ctx, &n, statement, args...); err != nil {
		return err
	}
	if p.common = n >= commonIn; p.common {
		p.index = nil
	}
	return nil
}

// sample returns the statement that counts what meets all conditions among the first records in the list's order, and
// whether there is a key with that order. Only one's own are kept apart by a key; of what else is asked the count tells.
func (p *Plan) sample() (statement string, args []any, ok bool) {
	r, by, owned := p.resource, p.passes[0].by, Always()
	key := by.indexFor(map[string]bool{r.Owner: p.owned != nil})
	if len(p.passes) > 1 || key.Name == "" {
		return "", nil, false
	}
	if len(key.Pinned) > 0 {
		owned = *p.owned
	}
	_, direction := p.onward()
	where := p.conditions(p.words.Read)
	return fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT %[1]s.id FROM %[2]s%[3]s WHERE %[4]s AND %[5]s ORDER BY %[6]s %[7]s, %[1]s.id %[7]s LIMIT %[8]d) head
		STRAIGHT_JOIN %[9]s ON %[1]s.id = head.id%[3]s WHERE %[10]s`,
		r.Alias, r.from(key.Name), p.joins, r.Live, owned.SQL, by.Sort, direction, sampled, r.Table+" "+r.Alias, where.SQL), append(owned.Args[:len(owned.Args):len(owned.Args)], where.Args...), true
}
