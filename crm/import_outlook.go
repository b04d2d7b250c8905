package crm

import (
	"context"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/search"
)

// outlook is what rows will have done before those behind them, in a pass over the file that stores nothing: it judges as the
// run will. In the run it is empty, for there all that is stored.
type outlook struct {
	// keys find the records that rows make or change.
	keys map[string]bool
	// customers are those that rows make, by search.CompanyKey.
	customers map[string][]namedCustomer
}

// expect keeps what will have come of rows that are not stored.
func (p *rowParser) expect(results []result) {
	for _, r := range results {
		if r.outcome != RowCreated && r.outcome != RowUpdated {
			continue
		}
		if p.options.Mode != ModeCreate {
			p.ahead.keys[strings.Clone(p.keyOf(r.record))] = true // not a part of the whole row, which could go
		}
		switch said := r.record.(type) {
		case *Customer:
			if r.outcome == RowCreated && p.columnOf("parent") != "" {
				p.ahead.add(said.Name, namedCustomer{ID: said.ID})
			}
		case *Contact:
			if card := said.Customer; card != nil && !p.ahead.hasMade(card.Name) {
				p.ahead.add(card.Name, namedCustomer{ID: card.ID, OwnerID: said.OwnerID})
			}
		}
	}
}

func (o *outlook) add(name string, c namedCustomer) {
	key := search.CompanyKey(name)
	o.customers[key] = append(o.customers[key], c)
}

func (o *outlook) hasMade(name string) bool { return len(o.customers[search.CompanyKey(name)]) > 0 }

// again decides about a row whose record a row before will have made or changed by then. How the record is now does not tell
// what is wrong with the row, so only what other records have speaks against it.
func (b *batch) again(ctx context.Context, e *entry, mine []known) (result, error) {
	r := result{entry: e, outcome: RowUpdated, problems: e.warnings}
	if len(mine) > 0 {
		r.id = mine[0].id
		if now, err := b.update(ctx, e, r.id); err != nil || now.outcome != RowRejected {
			return now, err
		}
	}
	if problems := b.taken(e, r.id); len(problems) > 0 {
		return rejected(e, problems...), nil
	}
	b.claim(e, r.id)
	return r, nil
}
