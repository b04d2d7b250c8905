package worker

import (
	"context"
	"errors"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// runJob carries out a change of many records with the rights that whoever started it has at each moment. It goes on where
// an earlier run stopped, and keeps its row from being handed out again while it lives.
func (w *Worker) runJob(ctx context.Context, company *tenant.Company, d tenant.Due) error {
	id := crm.JobID(d.Ref)
	member := func(q *tenant.Query) (tenant.MemberID, error) { return crm.JobMember(ctx, q, id) }
	fail := func(tx *tenant.Tx) error {
		return crm.FailJob(ctx, tx, id, "The member who started the job is not active any more.")
	}
	caller, err := w.onBehalf(ctx, company, d, member, fail)
	if err != nil || caller == nil {
		return err
	}
	starter := func(ctx context.Context) (*tenant.Caller, error) { return w.starterOf(ctx, company, member) }
	err = w.inTurns(ctx, company, d, func(heartbeat func(context.Context) error) error {
		return crm.RunJob(ctx, w.cfg.Tenants, company, starter, id, heartbeat)
	})
	if errors.Is(err, errMemberGone) {
		return w.begin(ctx, company, d, fail)
	}
	return err
}
