package worker

import (
	"context"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// runJob carries out a change of many records with the rights of whoever started it. It goes on where an earlier run
// stopped, and keeps its row from being handed out again while it lives.
func (w *Worker) runJob(ctx context.Context, company *tenant.Company, d tenant.Due) error {
	id := crm.JobID(d.Ref)
	caller, err := w.onBehalf(ctx, company, d, func(q *tenant.Query) (tenant.MemberID, error) { return crm.JobMember(ctx, q, id) },
		func(tx *tenant.Tx) error {
			return crm.FailJob(ctx, tx, id, "The member who started the job is not active any more.")
		})
	if err != nil || caller == nil {
		return err
	}
	return crm.RunJob(ctx, w.cfg.Tenants, company, caller, id, w.heartbeat(company, d))
}
