package plugins

import (
	"context"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// deliveryLife is how long the log of a delivery that is over is kept.
const deliveryLife = 30 * 24 * time.Hour

// PurgeDeliveries removes at most limit deliveries that are over and past their retention, with their attempts. It
// returns how many; a caller goes on until there are fewer than limit.
func PurgeDeliveries(ctx context.Context, tx *tenant.Tx, limit int) (int, error) {
	var ids []DeliveryID
	if err := tx.Select(ctx, &ids, `SELECT id FROM company.deliveries WHERE created_at < ? AND status <> ? ORDER BY created_at LIMIT ?`,
		tx.Now.Add(-deliveryLife), Pending, limit); err != nil || len(ids) == 0 {
		return 0, err
	}
	if _, err := tx.ExecIn(ctx, `DELETE FROM company.delivery_attempts WHERE delivery_id IN (?)`, ids); err != nil {
		return 0, err
	}
	_, err := tx.ExecIn(ctx, `DELETE FROM company.deliveries WHERE id IN (?)`, ids)
	return len(ids), err
}

// ForgetAnswers empties what receivers answered to deliveries of the events, which may repeat what it was told.
func ForgetAnswers(ctx context.Context, tx *tenant.Tx, events []tenant.EventID) error {
	for part := range slices.Chunk(events, 5000) {
		var ids []DeliveryID
		if err := tx.SelectIn(ctx, &ids, `SELECT id FROM company.deliveries WHERE event_id IN (?)`, part); err != nil {
			return err
		}
		for some := range slices.Chunk(ids, 500) {
			if _, err := tx.ExecIn(ctx, `UPDATE company.delivery_attempts SET body = '' WHERE delivery_id IN (?)`, some); err != nil {
				return err
			}
		}
	}
	return nil
}
