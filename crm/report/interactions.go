package report

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// said is an interaction, as far as reports go through them.
type said struct {
	Customer  tenant.RecordID `db:"customer_id"`
	Author    tenant.MemberID `db:"author_id"`
	Kind      string          `db:"kind"`
	Direction string          `db:"direction"`
	At        time.Time       `db:"occurred_at"`
}

// withCustomers are the tables of interactions (i) and their customers (c). Everybody's are read off the key that holds
// all that reports take of an interaction; of fewer customers the database looks those up first.
func (in Query) withCustomers(q *tenant.Query) string {
	if in.Owner == "" && in.Filter == "" && q.Scope(reportRead).Level() == tenant.LevelAll {
		return "company.interactions i FORCE INDEX (interactions_customer) STRAIGHT_JOIN company.customers c ON c.id = i.customer_id"
	}
	return "company.interactions i JOIN company.customers c ON c.id = i.customer_id"
}

// eachSaid goes through the interactions from a time up to, but not including, another with the customers that meet a
// condition: customer by customer, in the order of time.
func (in Query) eachSaid(ctx context.Context, q *tenant.Query, from, to time.Time, where list.Condition, visit func(said)) error {
	rows, err := q.Rows(ctx, in.saidStatement(q, where), append([]any{from, to}, where.Args...)...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s said
		if err := rows.StructScan(&s); err != nil {
			return err
		}
		visit(s)
	}
	return rows.Err()
}

func (in Query) saidStatement(q *tenant.Query, where list.Condition) string {
	return `SELECT i.customer_id, i.author_id, i.kind, i.direction, i.occurred_at FROM ` + in.withCustomers(q) + `
		WHERE i.occurred_at >= ? AND i.occurred_at < ? AND i.deleted_at IS NULL AND ` + where.SQL + `
		ORDER BY i.customer_id, i.occurred_at, i.id`
}
