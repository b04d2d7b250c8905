package tenant

import (
	"context"
	"encoding/binary"
	"time"
)

// HousekeepingWork is the kind of due work that clears away what is past its retention, once a day. Its
// reference is the company.
const HousekeepingWork = "housekeeping"

// changeLife is how long the change log is kept.
const changeLife = 90 * 24 * time.Hour

// ScheduleHousekeeping makes the company's next housekeeping due, at a time of the day that is its own, so
// that companies do not all come at once.
func ScheduleHousekeeping(ctx context.Context, tx *Tx) error {
	offset := time.Duration(binary.BigEndian.Uint64(tx.Company.ID[8:])%uint64(24*time.Hour/time.Second)) * time.Second
	at := tx.Now.Truncate(24 * time.Hour).Add(offset)
	if !at.After(tx.Now) {
		at = at.Add(24 * time.Hour)
	}
	return tx.Schedule(ctx, HousekeepingWork, RecordID(tx.Company.ID), RecordID{}, at)
}

// Purge removes at most limit changes and at most limit idempotency records that are past their retention.
// It returns how many it removed of the kind that had more; a caller goes on until there are fewer than limit.
func Purge(ctx context.Context, tx *Tx, limit int) (int, error) {
	removed := 0
	for _, p := range []struct {
		statement string
		before    time.Time
	}{
		// Unstamped changes still wait for the relay.
		{`DELETE FROM company.changes WHERE created_at < ? AND seq IS NOT NULL ORDER BY created_at LIMIT ?`, tx.Now.Add(-changeLife)},
		{`DELETE FROM company.idempotency_keys WHERE created_at < ? ORDER BY created_at LIMIT ?`, tx.Now.Add(-idempotencyLife)},
	} {
		res, err := tx.Exec(ctx, p.statement, p.before, limit)
		if err != nil {
			return removed, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return removed, err
		}
		removed = max(removed, int(n))
	}
	return removed, nil
}
