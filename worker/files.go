package worker

import (
	"context"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// removeFiles removes the bytes of files that are gone in one company. It goes on at once as long as there are more.
func (w *Worker) removeFiles(ctx context.Context, company *tenant.Company, d tenant.Due) error {
	caller := tenant.System()
	more, err := crm.RemoveGoneFiles(ctx, w.cfg.Tenants, company, &caller, w.cfg.Files.Company(company.ID))
	if err != nil {
		return err
	}
	return w.begin(ctx, company, d, func(tx *tenant.Tx) error {
		if more {
			return tx.Schedule(ctx, d.Kind, d.Ref, d.Lane, tx.Now)
		}
		return tx.Unschedule(ctx, d.Kind, d.Ref)
	})
}
