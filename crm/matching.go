package crm

import (
	"context"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// CustomersMatching holds for the customers (c) that the caller's list of customers shows with a filter, and for all
// when there is none.
func CustomersMatching(ctx context.Context, q *tenant.Query, filter string) (list.Condition, error) {
	return matching(ctx, q, filter, planCustomers)
}

// DealsMatching is CustomersMatching for deals (d).
func DealsMatching(ctx context.Context, q *tenant.Query, filter string) (list.Condition, error) {
	return matching(ctx, q, filter, planDeals)
}

func matching(ctx context.Context, q *tenant.Query, filter string, plan planner) (list.Condition, error) {
	if strings.TrimSpace(filter) == "" {
		return list.Always(), nil
	}
	p, err := plan(ctx, q, ListQuery{Filter: filter})
	if err != nil {
		return list.Condition{}, err
	}
	return p.Conditions(), nil
}
