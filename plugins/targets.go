package plugins

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// The kinds of due work that this package schedules. The record is the delivery, the lane its target.
const (
	// EventWork is an event on its way to a webhook endpoint.
	EventWork = "delivery"
	// MessageWork is a message on its way to a bot.
	MessageWork = "message"
)

// WorkKind returns the kind of due work for a delivery to a target kind.
func WorkKind(targetKind string) string {
	if targetKind == WebhookTarget {
		return EventWork
	}
	return MessageWork
}

// targetTable returns where targets of the kind live.
func targetTable(kind string) string {
	if kind == WebhookTarget {
		return "company.webhook_endpoints"
	}
	return "company.plugins"
}

// subscriber is a target as planning needs it.
type subscriber struct {
	Kind       string          `db:"kind"`
	ID         tenant.RecordID `db:"id"`
	EventTypes EventTypes      `db:"event_types"`
}

// subscribers returns all targets that are switched on.
func subscribers(ctx context.Context, q *tenant.Query) ([]subscriber, error) {
	var all []subscriber
	err := q.Select(ctx, &all, `
		SELECT 'webhook' AS kind, id, event_types FROM company.webhook_endpoints WHERE enabled = 1
		UNION ALL SELECT vendor, id, event_types FROM company.plugins WHERE enabled = 1 LIMIT 2000`)
	return all, err
}

// mustBeEnabled returns *tenant.ConflictError for a target that is gone or switched off.
func mustBeEnabled(ctx context.Context, q *tenant.Query, kind string, id tenant.RecordID) error {
	var enabled bool
	err := q.Get(ctx, &enabled, `SELECT enabled FROM `+targetTable(kind)+` WHERE id = ?`, id)
	switch {
	case errors.Is(err, tenant.ErrNotFound):
		return &tenant.ConflictError{Code: "target_gone", Message: "The endpoint or plugin of this delivery was removed."}
	case err != nil:
		return err
	case !enabled:
		return &tenant.ConflictError{Code: "target_disabled", Message: "The endpoint or plugin is switched off. Switch it on first."}
	}
	return nil
}

// failingLimit is how long nothing may arrive before a target is switched off.
const failingLimit = 5 * 24 * time.Hour

// health writes down on the target what an attempt told about it. Most attempts change nothing, so that a
// busy target's row is not fought over.
func (o *Outgoing) health(ctx context.Context, tx *tenant.Tx, v verdict, at time.Time) error {
	table := targetTable(o.Record.TargetKind)
	var err error
	switch {
	case v.delivered:
		if o.failingSince != nil {
			_, err = tx.Exec(ctx, `UPDATE `+table+` SET failing_since = NULL WHERE id = ?`, o.Record.TargetID)
		}
	case v.pause > 0:
		_, err = tx.Exec(ctx, `UPDATE `+table+` SET paused_until = ? WHERE id = ? AND (paused_until IS NULL OR paused_until < ?)`,
			at.Add(v.pause), o.Record.TargetID, at.Add(v.pause))
	case v.disable != "":
		err = o.disable(ctx, tx, v.disable)
	case v.final:
		// A refused message says nothing about the target.
	case o.failingSince == nil:
		_, err = tx.Exec(ctx, `UPDATE `+table+` SET failing_since = ? WHERE id = ? AND failing_since IS NULL`, at, o.Record.TargetID)
	case at.Sub(*o.failingSince) >= failingLimit:
		err = o.disable(ctx, tx, "nothing has arrived for five days; the last answer: "+v.reason)
	}
	return err
}

// disable switches the target off, once, and says so to the company.
func (o *Outgoing) disable(ctx context.Context, tx *tenant.Tx, reason string) error {
	reason = OneLine(reason, 500)
	err := tx.MustChange(ctx, `UPDATE `+targetTable(o.Record.TargetKind)+`
		SET enabled = 0, disabled_reason = ?, version = version + 1, updated_at = ? WHERE id = ? AND enabled = 1`,
		reason, tx.Now, o.Record.TargetID)
	if errors.Is(err, tenant.ErrNotFound) {
		return nil // somebody was faster
	}
	if err != nil {
		return fmt.Errorf("%s target %s: %w", o.Record.TargetKind, o.Record.TargetID, err)
	}
	event := tenant.Event{Type: eventEndpointDisabled, Resource: "webhook_endpoint", Record: o.Record.TargetID}
	if o.Record.TargetKind != WebhookTarget {
		event.Type, event.Resource = eventPluginDisabled, "plugin"
	}
	event.Data = map[string]string{"id": o.Record.Target, "name": o.name, "reason": reason}
	return tx.Emit(ctx, event)
}
