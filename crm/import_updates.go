package crm

import (
	"context"
	"errors"

	"github.com/guanxi-crm/guanxi/tenant"
)

// customerMatches decides about customers.
type customerMatches struct {
	matchBook
	parser *rowParser
	q      *tenant.Query
	// current holds the customers that rows may change, as they are.
	current   map[tenant.RecordID]Customer
	parents   parentBook
	lifecycle LifecycleSettings
}

func matchCustomers(ctx context.Context, tx *tenant.Tx, p *rowParser, entries []entry, lock string) (matcher, error) {
	q := tx.Query
	m := &customerMatches{parser: p, q: q, current: map[tenant.RecordID]Customer{}}
	identities := make([]identity, len(entries))
	for i := range entries {
		identities[i] = identityOf(&entries[i])
	}
	var err error
	if m.matchBook, err = findMatches(ctx, q, identities); err != nil {
		return nil, err
	}
	if err = m.readParents(ctx, entries, lock); err != nil || p.options.Mode == ModeCreate {
		return m, err
	}
	if m.lifecycle, err = ReadLifecycleSettings(ctx, q); err != nil {
		return nil, err
	}
	return m, m.readCurrent(ctx, entries, lock)
}

func identityOf(e *entry) identity { return recordAs[*Customer](e.record).identity() }

// readCurrent reads the customers that rows may change.
func (m *customerMatches) readCurrent(ctx context.Context, entries []entry, lock string) error {
	var rows []Customer
	if err := m.q.SelectIn(ctx, &rows, `SELECT `+customerColumns+` FROM company.customers c
		WHERE c.id IN (?) AND c.deleted_at IS NULL ORDER BY c.id `+lock, m.parser.toChange(m.q, m, entries)); err != nil {
		return err
	}
	if err := fillTags(ctx, m.q, rows, (*Customer).tagged, lock); err != nil {
		return err
	}
	for _, c := range rows {
		m.current[c.recordID()] = c
	}
	return nil
}

func (m *customerMatches) duplicate(e *entry) (known, string) { return m.same(identityOf(e)) }

func (m *customerMatches) create(_ context.Context, e *entry) ([]ImportProblem, error) {
	c := recordAs[*Customer](e.record)
	if problems := m.parents.place(c); problems != nil {
		return problems, nil
	}
	m.parents.add(c)
	m.add(knownCustomer{known{id: c.recordID(), owner: c.OwnerID, line: e.row.Line}, c.identity()})
	return nil, nil
}

// update lays the row's values over the customer.
func (m *customerMatches) update(_ context.Context, e *entry, id tenant.RecordID) (result, error) {
	before, ok := m.current[id]
	if !ok {
		return m.parser.gone(e), nil
	}
	after := before
	after.LostReason = ""
	problems := m.parser.complete(&after, e.row)
	after.CreatedAt = before.CreatedAt // history is not rewritten
	if m.q.Caller.Masked[maskPhone] {
		after.Phone = before.Phone
	}
	if m.q.Caller.Masked[maskEmail] {
		after.Email = before.Email
	}
	if after.Lifecycle == Lost && after.LostReason == "" {
		after.LostReason = before.LostReason
	}
	if move := m.forbidden(before, after); move != nil {
		problems = append(problems, *move)
	}
	if len(problems) == 0 {
		problems = m.parents.place(&after)
	}
	if len(problems) > 0 {
		return rejected(e, problems...), nil
	}
	if after.Lifecycle != before.Lifecycle {
		after.LifecycleSince = m.q.Now
	}
	previous, err := differences(before, after)
	if err != nil {
		return result{}, err
	}
	if len(previous) > 0 {
		after.stamp(before, m.q.Now)
	}
	return m.parser.updated(e, id, &customerChange{before, after, previous}), nil
}

// forbidden is the problem of a change of stage that the company does not allow.
func (m *customerMatches) forbidden(before, after Customer) *ImportProblem {
	if before.Lifecycle == after.Lifecycle {
		return nil
	}
	err := m.lifecycle.permit(before.Lifecycle, StageChange{To: after.Lifecycle, Reason: after.LostReason})
	if err == nil {
		return nil
	}
	message := err.Error()
	if _, ok := errors.AsType[*tenant.InvalidError](err); ok {
		message = "this change of the stage needs a reason; fill in the lost reason"
	}
	return &ImportProblem{Field: "lifecycle", Code: "illegal_lifecycle_move", Message: message}
}
