package worker

import (
	"context"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// remind fires reminders in one transaction: many fall due at the same full hour. When one of
// them cannot be fired, each is tried alone, so that it keeps none of the others.
func (w *Worker) remind(ctx context.Context, company *tenant.Company, due []tenant.Due) error {
	caller := tenant.System()
	return w.cfg.Tenants.Tx(ctx, company, &caller, func(tx *tenant.Tx) error {
		mine, err := tx.BeginAll(ctx, crm.ReminderWork, due)
		if err != nil || len(mine) == 0 {
			return err
		}
		refs := make([]tenant.RecordID, len(mine))
		for i, d := range mine {
			refs[i] = d.Ref
		}
		return crm.FireReminders(ctx, tx, refs)
	})
}
