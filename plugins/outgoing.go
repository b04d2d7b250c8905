package plugins

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Outgoing is a delivery with all that an attempt needs of its target and its event.
type Outgoing struct {
	Record DeliveryRecord
	Change tenant.Change
	// Settings are what the connector takes, decrypted.
	Settings json.RawMessage
	// Locale is the language of a bot's messages.
	Locale string
	// Hold says why there is nothing to send now; Until goes with HoldPaused.
	Hold  Hold
	Until time.Time

	name         string
	failingSince *time.Time
}

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

// outgoingRow is what one statement reads.
type outgoingRow struct {
	DeliveryRecord
	TargetThere  *bool      `db:"enabled"`
	Name         *string    `db:"name"`
	Locale       *string    `db:"locale"`
	Sealed       []byte     `db:"sealed"`
	FailingSince *time.Time `db:"failing_since"`
	PausedUntil  *time.Time `db:"paused_until"`
	EventSeq     *int64     `db:"event_seq"`
	Resource     *string    `db:"resource"`
	Event        eventRow   `db:"event"`
}

// eventRow is the change, all of it NULL when it is past retention.
type eventRow struct {
	Record      tenant.RecordID    `db:"record_id"`
	OwnerBefore tenant.MemberID    `db:"owner_before"`
	OwnerAfter  tenant.MemberID    `db:"owner_after"`
	Actor       tenant.MemberID    `db:"actor_id"`
	ActorKind   *tenant.CallerKind `db:"actor_kind"`
	Data        []byte             `db:"data"`
	Previous    []byte             `db:"previous"`
	CreatedAt   *time.Time         `db:"created_at"`
}

const outgoingColumns = `d.id, d.target_kind, d.target_id, d.event_id, d.event_type, d.seq, d.status, d.attempts, d.failures,
	d.next_attempt_at, d.expires_at, d.last_status, d.last_error, d.created_at, d.updated_at, t.enabled, t.failing_since, t.paused_until,
	c.seq AS event_seq, c.resource, c.record_id AS "event.record_id", c.owner_before AS "event.owner_before",
	c.owner_after AS "event.owner_after", c.actor_id AS "event.actor_id", c.actor_kind AS "event.actor_kind",
	c.data AS "event.data", c.previous AS "event.previous", c.created_at AS "event.created_at"`

const outgoingEvent = `SELECT ` + outgoingColumns + `, t.url AS name, NULL AS locale, t.secrets AS sealed
	FROM company.deliveries d
	LEFT JOIN company.webhook_endpoints t ON t.id = d.target_id
	LEFT JOIN company.changes c ON c.event_id = d.event_id WHERE d.id IN (?)`

const outgoingMessage = `SELECT ` + outgoingColumns + `, t.name, t.locale, t.settings AS sealed
	FROM company.deliveries d
	LEFT JOIN company.plugins t ON t.id = d.target_id
	LEFT JOIN company.changes c ON c.event_id = d.event_id WHERE d.id = ?`

// LoadEvents reads deliveries to webhook endpoints for an attempt, all in one statement. The result has the
// deliveries' order, and nil for one that is past retention.
func LoadEvents(ctx context.Context, q *tenant.Query, ids []DeliveryID) ([]*Outgoing, error) {
	var rows []outgoingRow
	if err := q.SelectIn(ctx, &rows, outgoingEvent, ids); err != nil {
		return nil, err
	}
	found := make(map[DeliveryID]*Outgoing, len(rows))
	for i := range rows {
		o := rows[i].outgoing()
		if o.hold(q.Now, rows[i]); o.Hold == HoldNone {
			if err := o.openSettings(q, rows[i]); err != nil {
				return nil, err
			}
		}
		found[o.Record.ID] = o
	}
	all := make([]*Outgoing, len(ids))
	for i, id := range ids {
		all[i] = found[id]
	}
	return all, nil
}

// LoadMessage reads a delivery to a bot for an attempt. rates are the channel's, from its [Description]; a bot
// that would exceed them is held until it would not. It returns ErrNotFound for a delivery that is past retention.
func LoadMessage(ctx context.Context, q *tenant.Query, id DeliveryID, rates func(vendor string) []Rate) (*Outgoing, error) {
	var row outgoingRow
	if err := q.Get(ctx, &row, outgoingMessage, id); err != nil {
		return nil, fmt.Errorf("delivery %s: %w", id, err)
	}
	o := row.outgoing()
	if o.hold(q.Now, row); o.Hold != HoldNone {
		return o, nil
	}
	if err := o.pace(ctx, q, rates(o.Record.TargetKind)); err != nil || o.Hold != HoldNone {
		return o, err
	}
	return o, o.openSettings(q, row)
}

func (row *outgoingRow) outgoing() *Outgoing {
	o := &Outgoing{Record: row.DeliveryRecord, failingSince: row.FailingSince}
	o.Record.show()
	if row.Name != nil {
		o.name = *row.Name
	}
	if row.Locale != nil {
		o.Locale = *row.Locale
	}
	if row.Event.CreatedAt == nil {
		return o
	}
	o.Change = tenant.Change{
		EventID: o.Record.EventID, Type: o.Record.EventType, Resource: *row.Resource, Record: row.Event.Record,
		OwnerBefore: row.Event.OwnerBefore, OwnerAfter: row.Event.OwnerAfter, Actor: row.Event.Actor, ActorKind: *row.Event.ActorKind,
		Data: row.Event.Data, Previous: row.Event.Previous, CreatedAt: *row.Event.CreatedAt,
	}
	if row.EventSeq != nil {
		o.Change.Seq = *row.EventSeq
	}
	return o
}

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

func (o *Outgoing) openSettings(q *tenant.Query, row outgoingRow) error {
	if o.Record.TargetKind != WebhookTarget {
		plain, err := q.Open(settingsPurpose(InstallID(o.Record.TargetID)), row.Sealed)
		o.Settings = plain
		return err
	}
	secrets, err := openSecrets(q, EndpointID(o.Record.TargetID), row.Sealed)
	if err != nil {
		return err
	}
	o.Settings, err = json.Marshal(struct {
		URL string `json:"url"`
		SigningSecrets
	}{o.name, secrets})
	return err
}

// Event returns the event as programs read it. Company names are left out: the body of one event is the same
// bytes at every attempt, and a company may be renamed between two.
func (o *Outgoing) Event(company *tenant.Company) *Event {
	return &Event{
		ID: o.Record.EventID.String(), Type: o.Change.Type, Time: o.Change.CreatedAt,
		Company: Company{ID: company.ID.String()}, Data: o.Change.Data,
	}
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
