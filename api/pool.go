package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) poolRoutes(r *routes) {
	register(r, get("/pool", "List the public pool", describe("Customers without an owner, phone and e-mail in part; none while the pool is off.")),
		rbac.Customer.Update, billing.Free, s.listPool)
	register(r, post("/pool/{id}/claim", "Claim a customer", answers(200), describe(claimDoc)), rbac.Customer.Update, billing.Free, s.claimCustomer)
	register(r, post("/customers/{id}/release", "Put a customer into the public pool", answers(204)), rbac.Customer.Update, billing.Free, s.releaseCustomer)
}

const claimDoc = "You look after it from now on. 409 with `already_claimed` when somebody was faster, `holding_limit` or `daily_limit` when you have or took as many as the company allows, " +
	"`pool_off` while there is no pool; whoever reaches only their own customers gets 404 then."

func (s *Server) listPool(ctx context.Context, in *ListInput) (*list[crm.PooledCustomer], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.PooledCustomer], error) {
		page, err := crm.ListPool(ctx, q, in.query())
		return &list[crm.PooledCustomer]{page}, err
	})
}

func (s *Server) claimCustomer(ctx context.Context, in *CustomerPath) (*item[crm.Customer], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Customer], error) {
		c, err := crm.ClaimCustomer(ctx, tx, in.ID)
		return &item[crm.Customer]{etag(c.Version), c}, err
	})
}

type releaseCustomerInput struct {
	CustomerPath
	IfMatch
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Why." example:"预算取消"`
	}
}

func (s *Server) releaseCustomer(ctx context.Context, in *releaseCustomerInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.ReleaseCustomer(ctx, tx, in.ID, in.Body.Reason, version)
	})
}
