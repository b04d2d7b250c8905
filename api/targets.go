package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) targetRoutes(r *routes) {
	register(r, get("/targets", "List targets", describe("Filter by month (its first day), measure, member or team. "+listDescription)), rbac.Target.Read, billing.Free, s.listTargets)
	register(r, put("/targets", "Set targets", describe("Up to 500 at once, all or none. Those that are there already are replaced; a value of null takes one away.")),
		rbac.Target.Update, billing.Free, s.setTargets)
}

func (s *Server) listTargets(ctx context.Context, in *ListInput) (*list[crm.Target], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Target], error) {
		page, err := crm.ListTargets(ctx, q, in.query())
		return &list[crm.Target]{page}, err
	})
}

type setTargetsInput struct{ Body crm.TargetsInput }

func (s *Server) setTargets(ctx context.Context, in *setTargetsInput) (*all[crm.Target], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*all[crm.Target], error) {
		set, err := crm.SetTargets(ctx, tx, in.Body.Targets)
		return allOf(set), err
	})
}
