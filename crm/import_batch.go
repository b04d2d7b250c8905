package crm

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// What a row comes to.
const (
	RowCreated   = "created"
	RowUpdated   = "updated"
	RowDuplicate = "duplicate"
	RowRejected  = "rejected"
)

// result is what an entry came to.
type result struct {
	*entry
	outcome  string
	record   CustomerID
	problems []ImportProblem
	// change is set for an updated customer.
	change *customerChange
}

// batch decides about entries against what is stored now. Nothing is written by deciding.
type batch struct {
	parser  *rowParser
	q       *tenant.Query
	matches matchBook
	// current holds the customers that rows may change, as they are.
	current map[CustomerID]Customer
	moves   []LifecycleMove
}

// newBatch reads what is needed to decide about the entries. lock is FOR UPDATE when they are to be carried out.
func newBatch(ctx context.Context, q *tenant.Query, p *rowParser, entries []entry, lock string) (*batch, error) {
	b := &batch{parser: p, q: q, current: map[CustomerID]Customer{}}
	identities := make([]identity, len(entries))
	for i := range entries {
		identities[i] = entries[i].identity
	}
	var err error
	if b.matches, err = findMatches(ctx, q, identities); err != nil || p.options.Mode == ModeCreate {
		return b, err
	}
	if b.moves, err = LifecycleMoves(ctx, q); err != nil {
		return nil, err
	}
	return b, b.readCurrent(ctx, identities, lock)
}

// readCurrent reads the customers that the key finds and the importer may change.
func (b *batch) readCurrent(ctx context.Context, identities []identity, lock string) error {
	key := b.parser.options.Key
	ids := []CustomerID{{}} // never an empty list
	for _, i := range identities {
		if found := b.changeable(b.matches.byKey(key, i.of(key))); len(found) == 1 {
			ids = append(ids, found[0].id)
		}
	}
	var rows []Customer
	if err := b.q.SelectIn(ctx, &rows, `SELECT `+customerColumns+` FROM company.customers c
		WHERE c.id IN (?) AND c.deleted_at IS NULL ORDER BY c.id `+lock, ids); err != nil {
		return err
	}
	if err := fillTags(ctx, b.q, rows, (*Customer).tagged); err != nil {
		return err
	}
	for _, c := range rows {
		b.current[c.ID] = c
	}
	return nil
}

func (b *batch) changeable(found []known) []known {
	scope := b.q.Scope(customerUpdate)
	var mine []known
	for _, k := range found {
		if k.line == 0 && scope.Includes(k.owner) {
			mine = append(mine, k)
		}
	}
	return mine
}

// decideAll decides about the entries in the order of the file.
func decideAll(ctx context.Context, q *tenant.Query, p *rowParser, entries []entry, lock string) ([]result, error) {
	b, err := newBatch(ctx, q, p, entries, lock)
	if err != nil {
		return nil, err
	}
	results := make([]result, len(entries))
	for i := range entries {
		if results[i], err = b.decide(&entries[i]); err != nil {
			return nil, err
		}
	}
	return results, nil
}

func onlyRejected(results []result) []result {
	var bad []result
	for _, r := range results {
		if r.outcome == RowRejected {
			bad = append(bad, r)
		}
	}
	return bad
}

// decide says what an entry comes to.
func (b *batch) decide(e *entry) (result, error) {
	options := b.parser.options
	if len(e.problems) > 0 {
		return rejected(e, e.problems...), nil
	}
	if options.Mode == ModeCreate {
		return b.create(e), nil
	}
	value := e.identity.of(options.Key)
	if value == "" {
		if options.Mode == ModeUpsert {
			return b.create(e), nil
		}
		return rejected(e, ImportProblem{Field: options.Key, Code: "key_empty", Message: "the " + options.Key + " is empty, by which the customer is to be found"}), nil
	}
	found := b.matches.byKey(options.Key, value)
	mine := b.changeable(found)
	switch {
	case len(mine) == 1:
		return b.update(e, mine[0].id)
	case len(mine) > 1:
		return rejected(e, ImportProblem{Field: options.Key, Code: "several_found", Message: "several customers have this " + options.Key + "; merge them, or choose another key"}), nil
	case len(found) > 0:
		return b.repeats(e, found[0], options.Key), nil
	case options.Mode == ModeUpdate:
		return rejected(e, ImportProblem{Field: options.Key, Code: "not_found", Message: "no customer has this " + options.Key}), nil
	}
	return b.create(e), nil
}

func rejected(e *entry, problems ...ImportProblem) result {
	return result{entry: e, outcome: RowRejected, problems: problems}
}

func (b *batch) create(e *entry) result {
	if isBlank(e.customer.Name) {
		return rejected(e, nameless)
	}
	if k, by := b.matches.duplicate(e.identity); by != "" {
		return b.repeats(e, k, by)
	}
	b.matches.add(known{identity: e.identity, id: e.customer.ID, owner: e.customer.OwnerID, line: e.row.Line})
	return result{entry: e, outcome: RowCreated, record: e.customer.ID}
}

// repeats makes a duplicate. Of a customer whom the importer cannot see it tells only that there is one.
func (b *batch) repeats(e *entry, k known, by string) result {
	r := result{entry: e, outcome: RowDuplicate, record: k.id}
	problem := ImportProblem{Field: by, Code: "exists_already", Message: "a customer with this " + by + " is there already"}
	switch {
	case k.line > 0:
		problem.Code, problem.Message = "repeats_line", fmt.Sprintf("the row has the same %s as line %d", by, k.line)
	case !b.q.Scope(customerRead).Includes(k.owner):
		r.record = CustomerID{}
		problem.Code, problem.Message = "colleagues_customer", "a customer with this "+by+" is a colleague's"
	}
	r.problems = []ImportProblem{problem}
	return r
}
