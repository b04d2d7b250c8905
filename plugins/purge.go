package plugins

import (
	"context"
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
