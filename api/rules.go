package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) ruleRoutes(r *routes) {
	register(r, get("/rules", "List rules"), rbac.Rule.Read, billing.Free, s.listRules)
	register(r, get("/rules/{id}", "Get a rule"), rbac.Rule.Read, billing.Free, s.getRule)
	register(r, patchOp("/rules/{id}", "Switch a rule or change its numbers"), rbac.Rule.Update, billing.Free, s.updateRule)
}

// RulePath names a rule in the path.
type RulePath struct {
	ID crm.RuleID `path:"id" doc:"The rule's id." example:"rul_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listRules(ctx context.Context, _ *struct{}) (*all[crm.Rule], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.Rule], error) {
		rules, err := crm.ListRules(ctx, q)
		return allOf(rules), err
	})
}

func (s *Server) getRule(ctx context.Context, in *RulePath) (*item[crm.Rule], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Rule], error) {
		rule, err := crm.GetRule(ctx, q, in.ID)
		return &item[crm.Rule]{etag(rule.Version), rule}, err
	})
}

type updateRuleInput struct {
	RulePath
	IfMatch
	Body crm.RulePatch
}

func (s *Server) updateRule(ctx context.Context, in *updateRuleInput) (*item[crm.Rule], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Rule], error) {
		rule, err := crm.UpdateRule(ctx, tx, in.ID, in.Body, version)
		return &item[crm.Rule]{etag(rule.Version), rule}, err
	})
}
