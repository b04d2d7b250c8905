package tenant

import (
	"context"
	"encoding/binary"
	"math"
	"time"
)

// HousekeepingWork is the kind of due work that clears away what is past its retention, once a day. Its
// reference is the company.
const HousekeepingWork = "housekeeping"

const (
	// minChangeLife is how long the change log is kept at least.
	minChangeLife = 90 * 24 * time.Hour
	// auditDays is how long the plan keeps the audit log, as package billing names it.
	auditDays Quota = "audit_days"
)

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

// Purge removes at most limit changes and at most limit idempotency records that are past their retention. It returns
// how many it removed of the kind that had more; a caller goes on until there are fewer than limit.
func Purge(ctx context.Context, tx *Tx, limit int) (int, error) {
	changes, err := purgeChanges(ctx, tx, limit)
	if err != nil {
		return 0, err
	}
	res, err := tx.Exec(ctx, `DELETE FROM company.idempotency_keys WHERE created_at < ? ORDER BY created_at LIMIT ?`, tx.Now.Add(-idempotencyLife), limit)
	if err != nil {
		return 0, err
	}
	keys, err := res.RowsAffected()
	return max(changes, int(keys)), err
}

// purgeChanges removes the oldest in the order of their numbers, so that what is kept has no gaps. Those without a
// number still wait for the relay.
func purgeChanges(ctx context.Context, tx *Tx, limit int) (int, error) {
	var oldest []struct {
		Seq       int64     `db:"seq"`
		CreatedAt time.Time `db:"created_at"`
	}
	if err := tx.Select(ctx, &oldest, `SELECT seq, created_at FROM company.changes WHERE seq > 0 ORDER BY seq LIMIT ?`, limit); err != nil {
		return 0, err
	}
	n, before := 0, tx.Now.Add(-tx.changeLife())
	for n < len(oldest) && oldest[n].CreatedAt.Before(before) {
		n++
	}
	if n == 0 {
		return 0, nil
	}
	_, err := tx.Exec(ctx, `DELETE FROM company.changes WHERE seq <= ?`, oldest[n-1].Seq)
	return n, err
}

// changeLife is how long the change log is kept: as the plan says for the audit log, and no shorter than feeds need.
func (tx *Tx) changeLife() time.Duration {
	days := tx.Caller.Limits[auditDays]
	if days < 0 {
		return math.MaxInt64
	}
	return max(time.Duration(days)*24*time.Hour, minChangeLife)
}
