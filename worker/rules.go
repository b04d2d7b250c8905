package worker

import (
	"context"
	"errors"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ruleRunner joins the rules with the people in whose rights they act and with the outlets that they send to.
var ruleRunner = crm.RuleRunner{CallerOf: callerFor, Outlets: plugins.Outlets{}}

// runRules does runs of rules, each in a transaction of its own: one that cannot be done keeps none of the others.
func (w *Worker) runRules(ctx context.Context, company *tenant.Company, due []tenant.Due) error {
	for _, d := range due {
		if err := w.runRule(ctx, company, d); err != nil {
			return err
		}
	}
	return nil
}

func (w *Worker) runRule(ctx context.Context, company *tenant.Company, d tenant.Due) error {
	id := crm.RuleRunID(d.Ref)
	err := w.begin(ctx, company, d, func(tx *tenant.Tx) error { return ruleRunner.Run(ctx, tx, id) })
	refused, ok := errors.AsType[*crm.RuleRefusal](err)
	if !ok {
		return err
	}
	// What the run did was taken back with its transaction.
	return w.begin(ctx, company, d, func(tx *tenant.Tx) error { return ruleRunner.Fail(ctx, tx, id, refused) })
}

// giveUpRule ends a run that has failed again and again.
func giveUpRule(ctx context.Context, tx *tenant.Tx, d tenant.Due) error {
	return ruleRunner.Fail(ctx, tx, crm.RuleRunID(d.Ref), &crm.RuleRefusal{Reason: "It failed again and again at an internal error."})
}

// setOffRule makes the runs of a rule whose time has come, batch by batch. One that is cut off begins anew: runs that are
// there already are not made again.
func (w *Worker) setOffRule(ctx context.Context, company *tenant.Company, d tenant.Due) error {
	var after tenant.RecordID
	for {
		next := tenant.RecordID{}
		if err := w.begin(ctx, company, d, func(tx *tenant.Tx) (err error) {
			next, err = ruleRunner.SetOffByClock(ctx, tx, crm.RuleID(d.Ref), after)
			return err
		}); err != nil || next.IsZero() {
			return err
		}
		after = next
	}
}
