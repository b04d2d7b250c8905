package crm

import (
	"context"
	"errors"

	"github.com/guanxi-crm/guanxi/tenant"
)

var moveLifecycleAction = actionKind{
	keep:  func(a RuleAction) RuleAction { return RuleAction{Stage: a.Stage, Reason: a.Reason} },
	needs: needs(customerUpdate),
	check: func(c *actionCheck, a RuleAction) error {
		checkWord(c.invalid, c.at+".stage", a.Stage, Stages)
		checkText(c.invalid, c.at+".reason", a.Reason, 500)
		return nil
	},
	prepare: func(_ context.Context, r *acting, a RuleAction) (deed, error) {
		text := r.say(phrase{"客户进入阶段“%s”", "Move the customer to the stage “%s”"}, r.say(stageNames[a.Stage]))
		if r.record.Customer.IsZero() {
			return deed{text: r.say(phrase{"没有客户", "There is no customer"})}, nil
		}
		if r.record.fields["customer"]["lifecycle"] == a.Stage {
			return deed{text: text}, nil // it is there already
		}
		return deed{text, func(ctx context.Context, tx *tenant.Tx) error {
			_, err := MoveCustomer(ctx, tx, r.record.Customer, StageChange{To: a.Stage, Reason: a.Reason}, 0)
			return err
		}}, nil
	},
}

var moveDealAction = actionKind{
	keep:  func(a RuleAction) RuleAction { return RuleAction{StageID: a.StageID, Reason: a.Reason} },
	needs: needs(dealUpdate),
	check: func(c *actionCheck, a RuleAction) error {
		checkText(c.invalid, c.at+".reason", a.Reason, 500)
		if c.noun.name != "deal" {
			c.add("type", "invalid", "is for the resource deal")
		}
		if a.StageID == nil {
			c.add("stage_id", "required", "say to which stage")
			return nil
		}
		_, err := stageName(c.ctx, c.q, *a.StageID)
		if errors.Is(err, tenant.ErrNotFound) {
			c.add("stage_id", "unknown", "is not a stage of a pipeline")
			err = nil
		}
		return err
	},
	prepare: func(ctx context.Context, r *acting, a RuleAction) (deed, error) {
		name, err := stageName(ctx, r.q, *a.StageID)
		if errors.Is(err, tenant.ErrNotFound) {
			return deed{}, &RuleRefusal{Reason: r.say(phrase{"阶段已被删除", "The stage was removed"})}
		}
		text := r.say(phrase{"商机进入阶段“%s”", "Move the deal to the stage “%s”"}, name)
		if r.record.fields["deal"]["stage_id"] == a.StageID.String() {
			return deed{text: text}, err // it is there already
		}
		return deed{text, func(ctx context.Context, tx *tenant.Tx) error {
			_, err := MoveDeal(ctx, tx, DealID(r.record.ID), DealMove{StageID: a.StageID, LostReason: a.Reason}, 0)
			return err
		}}, err
	},
}

// stageName returns what a stage of a pipeline is called, while there is one.
func stageName(ctx context.Context, q *tenant.Query, id StageID) (string, error) {
	var name string
	err := q.Get(ctx, &name, `SELECT name FROM company.pipeline_stages WHERE id = ? AND deleted_at IS NULL`, id)
	return name, err
}
