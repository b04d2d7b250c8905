package plugins

import (
	"context"
	"encoding/json"
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
		Company: Company{ID: company.ID.String()}, Data: o.Change.Data, Previous: o.Change.Previous,
	}
}
