package list

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// pass is what one statement reads of a list. Most lists take one. An order by a field that has a Side takes two: the
// records that have a value there, by the value, and those that have none, by their age. So each comes out of an index.
type pass struct {
	by          Field
	side, unset bool
}

// passes returns what an order reads, in its order: what is unset is less than all values.
func passes(r *Resource, f Field, descending bool) []pass {
	if f.Side == nil {
		return []pass{{by: f}}
	}
	both := []pass{{by: r.Fields["created_at"], unset: true}, {by: f, side: true}}
	if descending {
		slices.Reverse(both)
	}
	return both
}

// read returns the tables of a pass and what holds for its rows.
func (s pass) read(p *Plan) (from string, where Condition) {
	where = p.Conditions()
	switch {
	case s.unset:
		return p.From(), All(where, Not(p.order.Side.Has(p.resource)))
	case p.common:
		return p.From(), p.conditions(p.words.Read)
	case !s.side:
		return p.From(), where
	}
	of := s.by.Side
	where = All(Condition{"v.field_id = ?", []any{of.Field}}, where)
	if p.index != nil {
		// Few records are left: they are found first and then sorted.
		return fmt.Sprintf("%s JOIN %s v FORCE INDEX (PRIMARY) ON v.record_id = %s.id%s", p.resource.from(*p.index), of.Table, p.resource.Alias, p.joins), where
	}
	return fmt.Sprintf("%s v FORCE INDEX (%s) STRAIGHT_JOIN %s %s ON %[4]s.id = v.record_id%[5]s",
		of.Table, of.Index, p.resource.Table, p.resource.Alias, p.joins), where
}

// Settle looks at the data for the best way to the page: whether many records have the words that are searched for, or
// else whether one of the parts of the filter leaves only few records; then those are the list. Read does it itself.
func (p *Plan) Settle(ctx context.Context, q *tenant.Query) error {
	if len(p.words.Pieces) > 0 {
		return p.settleWords(ctx, q)
	}
	if p.index != nil {
		return nil
	}
	for _, c := range p.candidates {
		var ids []tenant.RecordID
		if err := q.Select(ctx, &ids, fmt.Sprintf("%s LIMIT %d", c.SQL, fewRows+1), c.Args...); err != nil {
			return err
		}
		if len(ids) <= fewRows {
			p.UseIndex("PRIMARY")
			p.Narrow(p.resource.OneOf(ids))
			return nil
		}
	}
	return nil
}

// OneOf is true for the records of these ids, which should be a few hundred at most.
func (r *Resource) OneOf(ids []tenant.RecordID) Condition {
	if len(ids) == 0 {
		return Condition{SQL: "1=0"}
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return Condition{r.Alias + ".id IN (?" + strings.Repeat(",?", len(args)-1) + ")", args}
}

// readRows runs the passes until there is one row more than the page holds. began is the place of the first row of
// the last pass that was run.
func readRows[T any](ctx context.Context, q *tenant.Query, p *Plan, columns string) (rows []T, began int, err error) {
	rows = make([]T, 0, p.limit+1)
	for {
		var more []T
		statement, args := p.statement(columns, p.limit+1-len(rows))
		if err := q.Select(ctx, &more, statement, args...); err != nil {
			return nil, 0, err
		}
		began = len(rows)
		rows = append(rows, more...)
		if len(rows) > p.limit || p.pass == len(p.passes)-1 {
			return rows, began, nil
		}
		p.pass, p.after = p.pass+1, nil
	}
}

// nextCursor marks the place after the last row of a page, which the pass that was run last has read, or the one before.
func nextCursor[T any](ctx context.Context, q *tenant.Query, p *Plan, last T, lastPass bool, key Key[T]) (*string, error) {
	at := p.pass
	if !lastPass {
		at--
	}
	by := p.passes[at]
	value, id := key(last, by.by.Sort)
	if by.side {
		var err error
		if value, err = by.by.valueOf(ctx, q, id); err != nil {
			return nil, err
		}
	}
	return p.cursor(at, value, id), nil
}

// valueOf reads a record's place in the order of a field with a Side, which the record itself does not tell.
func (f Field) valueOf(ctx context.Context, q *tenant.Query, id tenant.RecordID) (any, error) {
	statement := "SELECT " + f.Sort + " FROM " + f.Side.Table + " v WHERE v.record_id = ? AND v.field_id = ? LIMIT 1"
	var value any
	var err error
	switch f.Kind {
	case Time:
		value, err = one[time.Time](ctx, q, statement, id, f.Side.Field)
	case Date:
		var midnight time.Time
		midnight, err = one[time.Time](ctx, q, statement, id, f.Side.Field)
		value = midnight.Format(time.DateOnly)
	default:
		value, err = one[string](ctx, q, statement, id, f.Side.Field)
	}
	if errors.Is(err, tenant.ErrNotFound) {
		return nil, fmt.Errorf("record %s has just lost the value it was listed by: %w", id, tenant.ErrBusy)
	}
	return value, err
}

func one[T any](ctx context.Context, q *tenant.Query, statement string, args ...any) (value T, err error) {
	err = q.Get(ctx, &value, statement, args...)
	return value, err
}
