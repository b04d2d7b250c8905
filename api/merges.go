package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) mergeRoutes(r *routes) {
	register(r, post("/customers/{id}/merge", "Merge another customer into this one", answers(200), describe(mergeDoc)), rbac.Customer.Update, billing.Free, s.mergeCustomers)
	register(r, get("/customers/{id}/merges", "List what was merged into a customer"), rbac.Customer.Read, billing.Free, s.listMerges)
}

const mergeDoc = "Everything that hangs on the other customer moves here, and its id leads here: reading it answers 308 with the new address, changing it 409 `merged` with `merged_into`. " +
	"It cannot be undone; the customer that went up is shown by its merges for 30 days. Needs `customer:delete` for that customer too. With `dry_run` nothing is changed."

type mergeInput struct {
	CustomerPath
	IfMatch
	Body crm.MergeRequest
}

func (s *Server) mergeCustomers(ctx context.Context, in *mergeInput) (*item[crm.MergeResult], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.MergeResult], error) {
		result, err := crm.MergeCustomers(ctx, tx, in.ID, in.Body, version)
		return &item[crm.MergeResult]{etag(result.Customer.Version), result}, err
	})
}

func (s *Server) listMerges(ctx context.Context, in *CustomerPath) (*all[crm.Merge], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.Merge], error) {
		merges, err := crm.ListMerges(ctx, q, in.ID)
		return allOf(merges), err
	})
}
