package crm

import (
	"context"
	"errors"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// checkDeal sees to it that the caller reaches the deal that a task is about. Its customer becomes the task's, where
// that is left open and the caller reaches it.
func (t *Task) checkDeal(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError) error {
	if t.DealID.IsZero() {
		return nil
	}
	d, err := GetDeal(ctx, tx.Query, t.DealID)
	if errors.Is(err, tenant.ErrNotFound) {
		invalid.Add("deal_id", "unknown", "is not a deal that you can see")
		return nil
	}
	if t.CustomerID.IsZero() && d.Customer != nil {
		t.CustomerID = d.CustomerID
	}
	return err
}

// recountDeals keeps of deals when their next open task is due and when one was last done.
func recountDeals(ctx context.Context, tx *tenant.Tx, deals ...DealID) error {
	slices.SortFunc(deals, func(a, b DealID) int { return slices.Compare(a[:], b[:]) })
	deals = slices.DeleteFunc(slices.Compact(deals), DealID.IsZero)
	if len(deals) == 0 {
		return nil
	}
	_, err := tx.ExecIn(ctx, `
		UPDATE company.deals d SET
			d.next_task_at = (SELECT MIN(t.due_at) FROM company.tasks t WHERE t.deal_id = d.id AND t.status = 'open' AND t.deleted_at IS NULL),
			d.last_activity_at = (SELECT MAX(t.completed_at) FROM company.tasks t WHERE t.deal_id = d.id AND t.status = 'done' AND t.deleted_at IS NULL)
		WHERE d.id IN (?)`, deals)
	return err
}
