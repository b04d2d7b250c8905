package report

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// SaidStatement returns the statement that goes through interactions, for looking at its plan.
func SaidStatement(ctx context.Context, q *tenant.Query, in Query) (string, []any, error) {
	where, err := in.customers(ctx, q)
	from, to := in.bounds(q.Company.Location())
	return in.saidStatement(q, where), append([]any{from, to}, where.Args...), err
}
