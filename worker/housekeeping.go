package worker

import (
	"context"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

// purgeBatch bounds what one transaction removes: huge ones stall a Galera cluster.
const purgeBatch = 1000

// keepHouse clears away what is past its retention in one company, batch by batch, and makes the next day's
// round due.
func (w *Worker) keepHouse(ctx context.Context, company *tenant.Company, d tenant.Due) error {
	for _, purge := range []func(context.Context, *tenant.Tx, int) (int, error){
		plugins.PurgeDeliveries, crm.PurgeUploads, crm.PurgeRuleRuns, crm.PurgeJobs, crm.PurgeTrash, crm.SweepAttachments,
		crm.PurgeNotifications, tenant.Purge, sweepCredentials,
	} {
		if err := w.purge(ctx, company, purge); err != nil {
			return err
		}
	}
	return w.begin(ctx, company, d, func(tx *tenant.Tx) error { return tenant.ScheduleHousekeeping(ctx, tx) })
}

// purge goes on until a batch is not full.
func (w *Worker) purge(ctx context.Context, company *tenant.Company, purge func(context.Context, *tenant.Tx, int) (int, error)) error {
	caller := tenant.System()
	caller.Limits = billing.PlanByKey(company.Plan).Limits()
	for n := purgeBatch; n >= purgeBatch; {
		if err := w.cfg.Tenants.Tx(ctx, company, &caller, func(tx *tenant.Tx) (err error) {
			n, err = purge(ctx, tx, purgeBatch)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// sweepCredentials closes what has expired: invitations and API keys. Each bounds itself.
func sweepCredentials(ctx context.Context, tx *tenant.Tx, _ int) (int, error) {
	invitations, err := auth.SweepInvitations(ctx, tx)
	if err != nil {
		return 0, err
	}
	keys, err := auth.SweepAPIKeys(ctx, tx)
	return max(int(invitations), keys), err
}
