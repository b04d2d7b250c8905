package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) ruleRoutes(r *routes) {
	register(r, get("/rules", "List rules"), rbac.Rule.Read, billing.Free, s.listRules)
	register(r, post("/rules", "Create a rule", describe(createRuleDoc)), rbac.Rule.Create, billing.Free, s.createRule)
	register(r, post("/rules/dry-run", "Try a rule that is not saved", answers(http.StatusOK), describe(dryRunDoc)), rbac.Rule.Create, billing.Free, s.tryDraft)
	register(r, get("/rules/{id}", "Get a rule"), rbac.Rule.Read, billing.Free, s.getRule)
	register(r, patchOp("/rules/{id}", "Change a rule", describe("Whoever saves a rule becomes its editor: from then on it acts in their rights.")),
		rbac.Rule.Update, billing.Free, s.updateRule)
	register(r, del("/rules/{id}", "Delete a rule", describe("What the company began with can be switched off, but not deleted.")), rbac.Rule.Delete, billing.Free, s.deleteRule)
	register(r, post("/rules/{id}/dry-run", "Try a rule", answers(http.StatusOK), describe(dryRunDoc)), rbac.Rule.Update, billing.Free, s.tryRule)
	register(r, get("/rules/{id}/runs", "List what a rule has done", describe(runsDoc)), rbac.Rule.Read, billing.Free, s.listRuleRuns)
}

const createRuleDoc = `When something sets it off, for each record that meets the condition, the rule does its actions: all of them or none.
It acts in the rights that whoever saved it last has at that moment, never in more. Changes that a rule makes never set that same rule off again,
directly or by way of others, and at most five rules set each other off in a row.`

const dryRunDoc = `Says for which records the rule would act now and what each action would do, in words. Nothing is written.
For a rule that an event sets off, these are the records for which it would act if the event happened to them now.`

const runsDoc = `The latest first, for 30 days: those for records that you may read. ` + "`filter=outcome = failed`" + ` asks for what went wrong,
` + "`filter=record = cus_…`" + ` for what was done with one record.`

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

type createRuleInput struct{ Body crm.NewRule }

func (s *Server) createRule(ctx context.Context, in *createRuleInput) (*created[crm.Rule], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Rule], error) {
		rule, err := crm.CreateRule(ctx, tx, in.Body, plugins.Outlets{})
		return &created[crm.Rule]{"/v1/rules/" + rule.ID.String(), etag(rule.Version), rule}, err
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
		rule, err := crm.UpdateRule(ctx, tx, in.ID, in.Body, version, plugins.Outlets{})
		return &item[crm.Rule]{etag(rule.Version), rule}, err
	})
}

type deleteRuleInput struct {
	RulePath
	IfMatch
}

func (s *Server) deleteRule(ctx context.Context, in *deleteRuleInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteRule(ctx, tx, in.ID, version)
	})
}

type dryRunOutput struct{ Body crm.DryRun }

func (s *Server) tryDraft(ctx context.Context, in *createRuleInput) (*dryRunOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*dryRunOutput, error) {
		tried, err := ruleRunner.TryDraft(ctx, q, in.Body)
		return &dryRunOutput{tried}, err
	})
}

func (s *Server) tryRule(ctx context.Context, in *RulePath) (*dryRunOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*dryRunOutput, error) {
		tried, err := ruleRunner.TryRule(ctx, q, in.ID)
		return &dryRunOutput{tried}, err
	})
}

// ruleRunner tries rules; only workers run them.
var ruleRunner = crm.RuleRunner{CallerOf: callerOf, Outlets: plugins.Outlets{}}

type listRuleRunsInput struct {
	RulePath
	ListInput
}

func (s *Server) listRuleRuns(ctx context.Context, in *listRuleRunsInput) (*list[crm.RuleRun], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.RuleRun], error) {
		page, err := crm.ListRuleRuns(ctx, q, in.ID, in.query())
		return &list[crm.RuleRun]{page}, err
	})
}
