package crm

import (
	"cmp"
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// dealMatches decides about deals.
type dealMatches struct {
	nameBook
	parser *rowParser
	tx     *tenant.Tx
	// current holds the deals that rows may change, as they are.
	current   map[tenant.RecordID]Deal
	pipelines []Pipeline
}

// recognised is a deal by what it is known. What a customer buys again and again, as a renewal, closes on different days.
func (m *dealMatches) recognised(d *Deal, line int) namedRecord {
	r := namedRecord{known: known{tenant.RecordID(d.ID), d.OwnerID, line}, name: search.NameKey(d.Name), customer: d.CustomerID}
	if d.ClosedAt != nil {
		r.day = companyDay(m.tx.Query, *d.ClosedAt)
	}
	return r
}

func (m *dealMatches) duplicate(e *entry) (known, string) {
	return m.same(m.recognised(recordAs[*Deal](e.record), 0), "name")
}

func matchDeals(ctx context.Context, tx *tenant.Tx, p *rowParser, entries []entry, lock string) (matcher, error) {
	m := &dealMatches{parser: p, tx: tx, nameBook: nameBook{}, current: map[tenant.RecordID]Deal{}}
	if _, err := placeRows(ctx, tx.Query, p, entries, lock, customerRead); err != nil {
		return nil, err
	}
	var err error
	if m.pipelines, err = readPipelines(ctx, tx.Query, sharing(lock)); err != nil {
		return nil, err
	}
	if err := m.read(ctx, entries); err != nil || p.options.Mode == ModeCreate {
		return m, err
	}
	return m, m.readCurrent(ctx, entries, lock)
}

// read looks for deals of the whole company, for a duplicate is one whoever owns it.
func (m *dealMatches) read(ctx context.Context, entries []entry) error {
	names := []string{""} // never an empty list
	for i := range entries {
		names = append(names, search.NameSort(entries[i].record.recordTitle()))
	}
	var found []Deal
	if err := m.tx.SelectIn(ctx, &found, fmt.Sprintf(`SELECT id, owner_id, customer_id, name, closed_at FROM company.deals
		WHERE name_sort IN (?) AND name_sort <> '' AND deleted_at IS NULL LIMIT %d`, matchLimit), names); err != nil {
		return err
	}
	for i := range found {
		m.add(m.recognised(&found[i], 0))
	}
	return nil
}

// readCurrent reads the deals that rows may change.
func (m *dealMatches) readCurrent(ctx context.Context, entries []entry, lock string) error {
	var rows []Deal
	if err := m.tx.SelectIn(ctx, &rows, `SELECT `+dealColumns+` FROM company.deals d
		WHERE d.id IN (?) AND d.deleted_at IS NULL ORDER BY d.id `+lock, m.parser.toChange(m.tx.Query, m, entries)); err != nil {
		return err
	}
	if err := fillTags(ctx, m.tx.Query, rows, (*Deal).tagged, lock); err != nil {
		return err
	}
	for _, d := range rows {
		d.settle(m.tx.Now)
		m.current[d.recordID()] = d
	}
	return nil
}

func (m *dealMatches) create(ctx context.Context, e *entry) ([]ImportProblem, error) {
	d, invalid := recordAs[*Deal](e.record), &tenant.InvalidError{}
	d.UpdatedAt = m.tx.Now
	if err := m.begin(ctx, invalid, d, e.row.Line); err != nil {
		return nil, err
	}
	d.check(invalid)
	if problems := m.parser.problemsOf(invalid); len(problems) > 0 {
		return problems, nil
	}
	m.add(m.recognised(d, e.row.Line))
	return nil, d.convert(ctx, m.tx.Query)
}

// update lays the row's values over the deal.
func (m *dealMatches) update(ctx context.Context, e *entry, id tenant.RecordID) (result, error) {
	before, ok := m.current[id]
	if !ok {
		return m.parser.gone(e), nil
	}
	after := before
	after.StageID, after.Status, after.ClosedAt, after.LostReason = StageID{}, "", nil, "" // for what the row says of them
	if problems := m.parser.complete(&after, e.row); len(problems) > 0 {
		return rejected(e, problems...), nil
	}
	after.Customer, after.CreatedAt = nil, before.CreatedAt // history is not rewritten
	after.CustomerID = cmp.Or(recordAs[*Deal](e.record).CustomerID, before.CustomerID)
	invalid := &tenant.InvalidError{}
	if err := m.move(ctx, invalid, before, &after); err != nil {
		return result{}, err
	}
	after.check(invalid)
	if before.ItemCount > 0 {
		after.checkHeld(invalid, before)
	}
	if problems := m.parser.problemsOf(invalid); len(problems) > 0 {
		return rejected(e, problems...), nil
	}
	change, err := changeDeal(ctx, m.tx, before, after, moveEvent(before, after))
	if err != nil {
		return result{}, err
	}
	if !change.isNothing() {
		m.current[id] = change.after
	}
	return m.parser.updated(e, id, &change), nil
}
