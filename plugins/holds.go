package plugins

import (
	"context"
	"errors"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Hold says whether and why a delivery is not to be sent now.
type Hold int

// A delivery is held for one of these reasons, or for none.
const (
	HoldNone      Hold = iota
	HoldOver           // it was delivered, given up or cancelled before
	HoldEarly          // it is tried later; the task is a late one of the attempt before
	HoldPaused         // its target wants to be left alone
	HoldNoTarget       // its target was switched off or removed
	HoldNoContent      // its event is past retention
)

func (o *Outgoing) hold(now time.Time, row outgoingRow) {
	switch {
	case o.Record.Status != Pending:
		o.Hold = HoldOver
	case o.Record.NextAttemptAt != nil && o.Record.NextAttemptAt.After(now):
		o.Hold = HoldEarly
	case row.TargetThere == nil || !*row.TargetThere:
		o.Hold = HoldNoTarget
	case row.Event.CreatedAt == nil:
		o.Hold = HoldNoContent
	case row.PausedUntil != nil && row.PausedUntil.After(now):
		o.Hold, o.Until = HoldPaused, *row.PausedUntil
	}
}

// pace holds the delivery while the target's attempts of late use up one of the rates.
func (o *Outgoing) pace(ctx context.Context, q *tenant.Query, rates []Rate) error {
	longest, most := time.Duration(0), 0
	for _, r := range rates {
		longest, most = max(longest, r.Per), max(most, r.Count)
	}
	if most == 0 {
		return nil
	}
	var recent []time.Time
	if err := q.Select(ctx, &recent, `SELECT at FROM company.delivery_attempts WHERE target_id = ? AND at > ? ORDER BY at DESC LIMIT ?`,
		o.Record.TargetID, q.Now.Add(-longest), most); err != nil {
		return err
	}
	for _, r := range rates {
		if len(recent) < r.Count {
			continue
		}
		// The vendor's window may begin a little after ours.
		free := recent[r.Count-1].Add(r.Per + r.Per/20)
		if free.After(q.Now) && free.After(o.Until) {
			o.Hold, o.Until = HoldPaused, free
		}
	}
	return nil
}

// Put writes a held delivery back: off when it cannot be sent any more, later when its target is paused.
// It must run in a transaction that has begun the work.
func (o *Outgoing) Put(ctx context.Context, tx *tenant.Tx) error {
	kind, ref := WorkKind(o.Record.TargetKind), tenant.RecordID(o.Record.ID)
	switch o.Hold {
	case HoldOver:
		return tx.Unschedule(ctx, kind, ref)
	case HoldEarly:
		return tx.Schedule(ctx, kind, ref, o.Record.TargetID, *o.Record.NextAttemptAt)
	case HoldPaused:
		return o.putOff(ctx, tx)
	case HoldNoTarget:
		return o.end(ctx, tx, Cancelled, "the endpoint or plugin was switched off or removed")
	case HoldNoContent:
		return o.end(ctx, tx, GivenUp, "the event is past its retention")
	}
	return errors.New("delivery is not held")
}

// Drop removes a delivery that has nothing to say: its event has no words for people.
func (o *Outgoing) Drop(ctx context.Context, tx *tenant.Tx) error {
	if _, err := tx.Exec(ctx, `DELETE FROM company.deliveries WHERE id = ?`, o.Record.ID); err != nil {
		return err
	}
	return tx.Unschedule(ctx, WorkKind(o.Record.TargetKind), tenant.RecordID(o.Record.ID))
}

// putOff moves the delivery to the end of its target's pause, unless it has been put off for too long.
func (o *Outgoing) putOff(ctx context.Context, tx *tenant.Tx) error {
	if tx.Now.After(o.Record.ExpiresAt) {
		return o.end(ctx, tx, GivenUp, "the receiver has put it off for five days")
	}
	if _, err := tx.Exec(ctx, `UPDATE company.deliveries SET next_attempt_at = ? WHERE id = ? AND status = ?`, o.Until, o.Record.ID, Pending); err != nil {
		return err
	}
	return tx.Schedule(ctx, WorkKind(o.Record.TargetKind), tenant.RecordID(o.Record.ID), o.Record.TargetID, o.Until)
}

func (o *Outgoing) end(ctx context.Context, tx *tenant.Tx, status DeliveryStatus, reason string) error {
	if _, err := tx.Exec(ctx, `UPDATE company.deliveries SET status = ?, next_attempt_at = NULL, last_error = ?, updated_at = ? WHERE id = ? AND status = ?`,
		status, reason, tx.Now, o.Record.ID, Pending); err != nil {
		return err
	}
	return tx.Unschedule(ctx, WorkKind(o.Record.TargetKind), tenant.RecordID(o.Record.ID))
}
