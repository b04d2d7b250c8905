package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// What a row comes to.
const (
	RowCreated   = "created"
	RowUpdated   = "updated"
	RowDuplicate = "duplicate"
	RowRejected  = "rejected"
)

// entry is a row of the file and what it means.
type entry struct {
	row sheet.Row
	// customer is the row as a new customer, without the times of its making.
	customer Customer
	identity identity
	problems []ImportProblem
}

// parse reads a row as a new customer.
func (p *rowParser) parse(row sheet.Row, caller *tenant.Caller) entry {
	e := entry{row: row, customer: Customer{
		ID: tenant.NewID[customerKind](), OwnerID: p.options.OwnerID, Lifecycle: Potential, Tags: []string{},
		CreatedBy: caller.Member, Version: 1,
	}}
	if e.customer.OwnerID.IsZero() {
		e.customer.OwnerID = caller.Member
	}
	e.problems = p.complete(&e.customer, row)
	if p.options.Mode == ModeCreate && isBlank(e.customer.Name) && !hasProblem(e.problems, "name") {
		e.problems = append(e.problems, nameless)
	}
	e.identity = e.customer.identity()
	return e
}

// complete fills the customer from the row and sees to what fields have to do with each other.
func (p *rowParser) complete(c *Customer, row sheet.Row) []ImportProblem {
	problems := p.fill(c, row)
	invalid := &tenant.InvalidError{}
	c.Tags = cleanTags(invalid, "tags", append(append([]string{}, c.Tags...), p.options.Tags...))
	if len(invalid.Fields) > 0 {
		problems = append(problems, ImportProblem{Field: "tags", Code: "too_many_tags", Message: "with the tags of the import the customer would have more than 50"})
	}
	if c.Revenue == nil {
		c.RevenueCurrency = nil
	}
	if c.LostReason != "" && c.Lifecycle != Lost {
		problems = append(problems, ImportProblem{Field: "lost_reason", Code: "not_lost", Message: "a reason for the loss needs the stage lost 流失; fill in the stage, or empty the reason"})
	}
	return problems
}

var nameless = ImportProblem{Field: "name", Code: "required", Message: "the name is empty; every new customer needs one"}

func hasProblem(problems []ImportProblem, field string) bool {
	for _, p := range problems {
		if p.Field == field {
			return true
		}
	}
	return false
}

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
	if err := fillTags(ctx, b.q, rows); err != nil {
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

// update lays the row's values over the customer.
func (b *batch) update(e *entry, id CustomerID) (result, error) {
	before, ok := b.current[id]
	if !ok { // deleted since the matches were read
		return rejected(e, ImportProblem{Field: b.parser.options.Key, Code: "not_found", Message: "the customer was just deleted"}), nil
	}
	after := before
	after.LostReason = ""
	problems := b.parser.complete(&after, e.row)
	after.CreatedAt = before.CreatedAt // history is not rewritten
	if after.Lifecycle == Lost && after.LostReason == "" {
		after.LostReason = before.LostReason
	}
	if move := b.forbidden(before, after); move != nil {
		problems = append(problems, *move)
	}
	if len(problems) > 0 {
		return rejected(e, problems...), nil
	}
	if after.Lifecycle != before.Lifecycle {
		after.LifecycleSince = b.q.Now
	}
	previous, err := differences(before, after)
	if err != nil {
		return result{}, err
	}
	if len(previous) == 0 {
		return result{entry: e, outcome: RowDuplicate, record: id, problems: []ImportProblem{
			{Field: b.parser.options.Key, Code: "nothing_new", Message: "the row says nothing new of the customer"},
		}}, nil
	}
	after.stamp(before, b.q.Now)
	return result{entry: e, outcome: RowUpdated, record: id, change: &customerChange{before, after, previous}}, nil
}

// forbidden is the problem of a change of stage that the company does not allow.
func (b *batch) forbidden(before, after Customer) *ImportProblem {
	if before.Lifecycle == after.Lifecycle {
		return nil
	}
	err := permitMove(b.moves, before.Lifecycle, StageChange{To: after.Lifecycle, Reason: after.LostReason})
	if err == nil {
		return nil
	}
	message := err.Error()
	if _, ok := errors.AsType[*tenant.InvalidError](err); ok {
		message = "this change of the stage needs a reason; fill in the lost reason"
	}
	return &ImportProblem{Field: "lifecycle", Code: "illegal_lifecycle_move", Message: message}
}

// stamp gives a changed customer its next version and sets the clocks that the change restarts.
func (c *Customer) stamp(before Customer, now time.Time) {
	c.Version, c.UpdatedAt = before.Version+1, now
	if c.OwnerID != before.OwnerID {
		c.SilenceFrom, c.OwnerSince = now, now
	}
	if c.Lifecycle != before.Lifecycle {
		c.SilenceFrom = now
	}
}

// stampNew gives a new customer its times; a historic date of making is that of its stage too. The silence
// counts from the import.
func (c *Customer) stampNew(now time.Time) {
	if c.CreatedAt.IsZero() {
		c.CreatedAt = now
	}
	c.LifecycleSince = c.CreatedAt
	c.UpdatedAt, c.SilenceFrom, c.OwnerSince = now, now, now
}
