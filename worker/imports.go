package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

// errMemberGone is returned for work on behalf of somebody who is not an active member any more.
var errMemberGone = fmt.Errorf("the member is not active any more: %w", tenant.ErrNotFound)

// runImport does or undoes an import with the rights of whoever started it, and ends it for somebody who has gone. It goes on where an earlier run
// stopped, and keeps its row from being handed out again while it lives.
func (w *Worker) runImport(ctx context.Context, company *tenant.Company, d tenant.Due) error {
	id := crm.ImportID(d.Ref)
	orphaned := false
	caller, err := w.onBehalf(ctx, company, d, func(q *tenant.Query) (tenant.MemberID, error) { return crm.ImportActor(ctx, q, id) },
		func(*tenant.Tx) error { orphaned = true; return nil })
	switch {
	case err != nil:
		return err
	case orphaned:
		system := tenant.System()
		caller = &system
	case caller == nil:
		return nil
	default:
		caller.Kind = tenant.ByImport
	}
	caller.Source = id.String()
	return w.inTurns(ctx, company, d, func(heartbeat func(context.Context) error) error {
		return crm.RunImport(ctx, w.cfg.Tenants, company, caller, id, heartbeat)
	})
}

// onBehalf begins long work that a member has started and returns that member as its caller; nil where there is nothing to
// do, or somebody else does it. fail ends the work of somebody who may not act any more.
func (w *Worker) onBehalf(ctx context.Context, company *tenant.Company, d tenant.Due,
	member func(*tenant.Query) (tenant.MemberID, error), fail func(*tenant.Tx) error,
) (caller *tenant.Caller, err error) {
	current := false
	if err := w.begin(ctx, company, d, func(*tenant.Tx) error { current = true; return nil }); err != nil || !current {
		return nil, err
	}
	caller, err = w.starterOf(ctx, company, member)
	switch {
	case errors.Is(err, errMemberGone):
		return nil, w.begin(ctx, company, d, fail)
	case errors.Is(err, tenant.ErrNotFound):
		return nil, w.begin(ctx, company, d, func(tx *tenant.Tx) error { return tx.Unschedule(ctx, d.Kind, d.Ref) })
	}
	return caller, err
}

// starterOf returns whoever started some work, with the rights of now. It returns errMemberGone for somebody who may not
// act any more.
func (w *Worker) starterOf(ctx context.Context, company *tenant.Company, member func(*tenant.Query) (tenant.MemberID, error)) (caller *tenant.Caller, err error) {
	system := tenant.System()
	err = w.cfg.Tenants.Read(ctx, company, &system, func(q *tenant.Query) error {
		id, err := member(q)
		if err != nil {
			return err
		}
		caller, err = callerFor(ctx, q, id)
		return err
	})
	return caller, err
}

// fairTurn is how long long work goes on before it makes way for that of others, and queues up again behind it.
const fairTurn = 30 * time.Second

// inTurns does a turn of long work, and makes the rest due when the turn is over before the work.
func (w *Worker) inTurns(ctx context.Context, company *tenant.Company, d tenant.Due, do func(heartbeat func(context.Context) error) error) error {
	err := do(w.heartbeat(company, d))
	if !errors.Is(err, crm.ErrTurnOver) {
		return err
	}
	return w.begin(ctx, company, d, func(tx *tenant.Tx) error { return tx.Schedule(ctx, d.Kind, d.Ref, d.Lane, tx.Now) })
}

// heartbeat keeps long work from being handed out again while it lives, forgives it the failures from which it has
// recovered, and says when its turn is over.
func (w *Worker) heartbeat(company *tenant.Company, d tenant.Due) func(context.Context) error {
	system, visible, began := tenant.System(), kindNamed(d.Kind).window.Visible, time.Now()
	return func(ctx context.Context) error {
		if err := w.cfg.Tenants.Tx(ctx, company, &system, func(tx *tenant.Tx) error { return tx.Extend(ctx, d, tx.Now.Add(visible)) }); err != nil {
			return err
		}
		w.queue.succeeded(ctx, d)
		if time.Since(began) >= w.turn {
			return crm.ErrTurnOver
		}
		return nil
	}
}

// callerFor builds the caller that a member is for work in the background, with the rights of now. It returns
// errMemberGone for somebody who may not act any more.
func callerFor(ctx context.Context, q *tenant.Query, id tenant.MemberID) (*tenant.Caller, error) {
	member, err := tenant.GetMember(ctx, q, id)
	if errors.Is(err, tenant.ErrNotFound) || err == nil && member.Status != tenant.MemberActive {
		return nil, fmt.Errorf("member %s: %w", id, errMemberGone)
	}
	if err != nil {
		return nil, err
	}
	rights, err := rbac.RightsOf(ctx, q, id)
	if err != nil {
		return nil, err
	}
	team, err := tenant.Team(ctx, q, id)
	if err != nil {
		return nil, err
	}
	shared, err := crm.HasShared(ctx, q, id)
	if err != nil {
		return nil, err
	}
	plan := billing.PlanByKey(q.Company.Plan)
	caller := &tenant.Caller{
		Kind: tenant.ByMember, Member: id, Name: member.Name, Locale: member.Locale, Zone: member.Location(), Team: team,
		Levels: rights.Levels, Shared: shared, Limits: plan.Limits(), Source: "worker",
	}
	if plan.Has(billing.FieldMasking) {
		caller.Masked = rights.Masked
	}
	return caller, nil
}
