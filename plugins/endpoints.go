package plugins

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type endpointKind struct{}

func (endpointKind) Prefix() string { return "whe" }

// EndpointID identifies a webhook endpoint (whe_…).
type EndpointID = tenant.ID[endpointKind]

const endpointQuota tenant.Quota = "webhook_endpoints"

// Endpoint is a URL of the company's own to which events are posted.
type Endpoint struct {
	ID          EndpointID `db:"id" json:"id" doc:"The endpoint's id." example:"whe_01h455vb4pex5vsknk084sn02q"`
	URL         string     `db:"url" json:"url" doc:"Where events are posted." example:"https://example.com/hooks"`
	Description string     `db:"description" json:"description" doc:"What it is for." example:"ERP"`
	EventTypes  EventTypes `db:"event_types" json:"event_types" nullable:"false" doc:"Types it takes; empty means all." example:"[\"customer.*\"]"`
	Enabled     bool       `db:"enabled" json:"enabled" doc:"Whether events are sent. Deliveries of a disabled endpoint are cancelled; replay them afterwards."`
	// DisabledReason is set when the product itself switched the endpoint off.
	DisabledReason string          `db:"disabled_reason" json:"disabled_reason" doc:"Why it was switched off by itself; empty otherwise."`
	FailingSince   *time.Time      `db:"failing_since" json:"failing_since" doc:"Since when nothing has arrived (UTC); null while all is well. After five days the endpoint is switched off."`
	CreatedBy      tenant.MemberID `db:"created_by" json:"created_by" nullable:"true" doc:"Who made it; null for the system."`
	CreatedAt      time.Time       `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt      time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version        int64           `db:"version" json:"-"`
}

// EndpointWithSecret is an endpoint in the one answer that shows its signing secret.
type EndpointWithSecret struct {
	Endpoint
	Secret string `json:"secret" doc:"Signing secret of Standard Webhooks. It is shown only now." example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"`
}

// NewEndpoint is what an endpoint is made of.
type NewEndpoint struct {
	URL         string     `json:"url" minLength:"1" maxLength:"2048" doc:"Where events are posted: https, reachable from the internet, without a user name." example:"https://example.com/hooks"`
	Description string     `json:"description,omitempty" maxLength:"500" doc:"What it is for." example:"ERP"`
	EventTypes  EventTypes `json:"event_types,omitempty" doc:"Types it takes, exact or like customer.*; empty means all." example:"[\"customer.*\"]"`
	Enabled     *bool      `json:"enabled,omitempty" doc:"Whether to send at once; true when left out."`
}

// EndpointPatch changes some fields; what is absent stays.
type EndpointPatch struct {
	URL         patch.Field[string]     `json:"url,omitzero" minLength:"1" maxLength:"2048" doc:"Where events are posted." example:"https://example.com/hooks"`
	Description patch.Field[string]     `json:"description,omitzero" maxLength:"500" doc:"What it is for; null clears." example:"ERP"`
	EventTypes  patch.Field[EventTypes] `json:"event_types,omitzero" doc:"Replaces the types it takes; null or empty means all." example:"[\"customer.*\"]"`
	Enabled     patch.Field[bool]       `json:"enabled,omitzero" doc:"Switches it on or off."`
}

const endpointColumns = `id, url, description, event_types, enabled, disabled_reason, failing_since, created_by, created_at, updated_at, version`

// ListEndpoints returns all endpoints of the company, oldest first. Plans allow a hundred at most.
func ListEndpoints(ctx context.Context, q *tenant.Query) ([]Endpoint, error) {
	var all []Endpoint
	err := q.Select(ctx, &all, `SELECT `+endpointColumns+` FROM company.webhook_endpoints ORDER BY id LIMIT 1000`)
	return all, err
}

// GetEndpoint returns an endpoint, or ErrNotFound.
func GetEndpoint(ctx context.Context, q *tenant.Query, id EndpointID) (Endpoint, error) {
	return findEndpoint(ctx, q, id, "")
}

func findEndpoint(ctx context.Context, q *tenant.Query, id EndpointID, lock string) (Endpoint, error) {
	var e Endpoint
	if err := q.Get(ctx, &e, `SELECT `+endpointColumns+` FROM company.webhook_endpoints WHERE id = ? `+lock, id); err != nil {
		return Endpoint{}, fmt.Errorf("webhook endpoint %s: %w", id, err)
	}
	return e, nil
}

// lockEndpoint is GetEndpoint for a change. version, when not 0, must be the record's, else ErrStale.
func lockEndpoint(ctx context.Context, tx *tenant.Tx, id EndpointID, version int64) (Endpoint, error) {
	e, err := findEndpoint(ctx, tx.Query, id, "FOR UPDATE")
	if err == nil && version != 0 && version != e.Version {
		err = fmt.Errorf("webhook endpoint %s: %w", id, tenant.ErrStale)
	}
	return e, err
}

// CreateEndpoint adds an endpoint with a fresh secret, which is not to be had again. It returns
// *tenant.InvalidError, or *tenant.QuotaError when the plan allows no more.
func CreateEndpoint(ctx context.Context, tx *tenant.Tx, in NewEndpoint, rules Rules) (EndpointWithSecret, error) {
	e := Endpoint{
		ID: tenant.NewID[endpointKind](), URL: in.URL, Description: strings.TrimSpace(in.Description), EventTypes: append(EventTypes{}, in.EventTypes...),
		Enabled: in.Enabled == nil || *in.Enabled, CreatedBy: tx.Caller.Member, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if err := e.check(rules); err != nil {
		return EndpointWithSecret{}, err
	}
	if err := tx.Consume(ctx, endpointQuota, 1); err != nil {
		return EndpointWithSecret{}, err
	}
	secret := NewSecret()
	sealed, err := sealSecrets(tx, e.ID, SigningSecrets{Current: secret})
	if err != nil {
		return EndpointWithSecret{}, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO company.webhook_endpoints (`+endpointColumns+`, secrets)
		VALUES (?, ?, ?, ?, ?, '', NULL, ?, ?, ?, 1, ?)`,
		e.ID, e.URL, e.Description, e.EventTypes, e.Enabled, e.CreatedBy, tx.Now, tx.Now, sealed); err != nil {
		return EndpointWithSecret{}, err
	}
	return EndpointWithSecret{Endpoint: e, Secret: secret}, emitEndpoint(ctx, tx, eventEndpointCreated, e)
}

// UpdateEndpoint changes the fields that are set. Switching an endpoint on forgets why it was off.
func UpdateEndpoint(ctx context.Context, tx *tenant.Tx, id EndpointID, in EndpointPatch, rules Rules, version int64) (Endpoint, error) {
	e, err := lockEndpoint(ctx, tx, id, version)
	if err != nil {
		return Endpoint{}, err
	}
	if in.Enabled.Null {
		return Endpoint{}, tenant.Invalid("enabled", "required", "must be true or false")
	}
	if in.Enabled.Set && in.Enabled.Value && !e.Enabled {
		e.DisabledReason, e.FailingSince = "", nil
	}
	e.URL, e.Description = in.URL.Or(e.URL), strings.TrimSpace(in.Description.Or(e.Description))
	e.EventTypes, e.Enabled = in.EventTypes.Or(e.EventTypes), in.Enabled.Or(e.Enabled)
	if err := e.check(rules); err != nil {
		return Endpoint{}, err
	}
	e.Version, e.UpdatedAt = e.Version+1, tx.Now
	if err := tx.MustChange(ctx, `UPDATE company.webhook_endpoints SET url = ?, description = ?, event_types = ?, enabled = ?,
		disabled_reason = ?, failing_since = ?, paused_until = NULL, version = ?, updated_at = ? WHERE id = ?`,
		e.URL, e.Description, e.EventTypes, e.Enabled, e.DisabledReason, e.FailingSince, e.Version, tx.Now, id); err != nil {
		return Endpoint{}, fmt.Errorf("webhook endpoint %s: %w", id, err)
	}
	return e, emitEndpoint(ctx, tx, eventEndpointUpdated, e)
}

// DeleteEndpoint removes an endpoint with its secrets. Its deliveries stay in the log; those that were still
// to be made are cancelled when they fall due.
func DeleteEndpoint(ctx context.Context, tx *tenant.Tx, id EndpointID, version int64) error {
	e, err := lockEndpoint(ctx, tx, id, version)
	if err != nil {
		return err
	}
	if err := tx.MustChange(ctx, `DELETE FROM company.webhook_endpoints WHERE id = ?`, id); err != nil {
		return fmt.Errorf("webhook endpoint %s: %w", id, err)
	}
	if err := tx.Consume(ctx, endpointQuota, -1); err != nil {
		return err
	}
	return emitEndpoint(ctx, tx, eventEndpointDeleted, e)
}

// check names every wrong field and puts the event types in order.
func (e *Endpoint) check(rules Rules) error {
	invalid := &tenant.InvalidError{}
	var refused *RefusedError
	if err := rules.Guard.CheckURL(e.URL); errors.As(err, &refused) {
		invalid.Add("url", "refused", refused.Error())
	}
	if utf8.RuneCountInString(e.Description) > 500 {
		invalid.Add("description", "too_long", "must be at most 500 characters")
	}
	e.EventTypes = e.EventTypes.clean(invalid, rules.Known)
	return invalid.Err()
}

func emitEndpoint(ctx context.Context, tx *tenant.Tx, eventType string, e Endpoint) error {
	return tx.Emit(ctx, tenant.Event{Type: eventType, Resource: "webhook_endpoint", Record: tenant.RecordID(e.ID), Data: e})
}
