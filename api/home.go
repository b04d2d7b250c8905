package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) homeRoutes(r *routes) {
	register(r, get("/home", "Figures of my day", describe(homeDoc)), rbac.SignedIn, billing.Free, s.home)
}

const homeDoc = "What a home screen shows besides lists: each figure with the list and the filter that open it. " +
	"What the caller may not read counts as nothing; team is there for those who reach more than their own records."

type homeOutput struct{ Body crm.Home }

func (s *Server) home(ctx context.Context, _ *struct{}) (*homeOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*homeOutput, error) {
		home, err := crm.GetHome(ctx, q)
		return &homeOutput{home}, err
	})
}
