package plugins

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type installKind struct{}

func (installKind) Prefix() string { return "plg" }

// InstallID identifies an installed plugin (plg_…).
type InstallID = tenant.ID[installKind]

const installQuota tenant.Quota = "bots"

// Install is a chat bot that the company has connected.
type Install struct {
	ID             InstallID       `db:"id" json:"id" doc:"The plugin's id." example:"plg_01h455vb4pex5vsknk084sn02q"`
	Vendor         string          `db:"vendor" json:"vendor" doc:"Which connector it is, as the catalogue names it." example:"dingtalk"`
	Name           string          `db:"name" json:"name" doc:"What people call it." example:"销售群"`
	Settings       json.RawMessage `db:"-" json:"settings" doc:"Its settings; secrets are masked." example:"{\"webhook_url\":\"••••1d2e\",\"secret\":\"••••9f0a\"}"`
	Locale         string          `db:"locale" json:"locale" enum:"zh-CN,en" doc:"Language of its messages."`
	EventTypes     EventTypes      `db:"event_types" json:"event_types" nullable:"false" doc:"Types it tells of; empty means all that have words." example:"[\"customer.lifecycle_changed\"]"`
	Enabled        bool            `db:"enabled" json:"enabled" doc:"Whether messages are sent."`
	DisabledReason string          `db:"disabled_reason" json:"disabled_reason" doc:"Why it was switched off by itself; empty otherwise."`
	FailingSince   *time.Time      `db:"failing_since" json:"failing_since" doc:"Since when nothing has arrived (UTC); null while all is well."`
	CreatedBy      tenant.MemberID `db:"created_by" json:"created_by" nullable:"true" doc:"Who connected it; null for the system."`
	CreatedAt      time.Time       `db:"created_at" json:"created_at" doc:"When it was connected (UTC)."`
	UpdatedAt      time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version        int64           `db:"version" json:"-"`

	Sealed []byte `db:"settings" json:"-"`
}

// NewInstall is what a plugin is made of.
type NewInstall struct {
	Vendor     string         `json:"vendor" minLength:"1" maxLength:"32" doc:"One of the catalogue's connectors." example:"dingtalk"`
	Name       string         `json:"name" minLength:"1" maxLength:"100" doc:"What people call it." example:"销售群"`
	Settings   map[string]any `json:"settings" doc:"As the catalogue lists them." example:"{\"webhook_url\":\"https://oapi.dingtalk.com/robot/send?access_token=4f3c\",\"secret\":\"SEC9f0a\"}"`
	Locale     string         `json:"locale,omitempty" enum:"zh-CN,en" doc:"Language of its messages; the company's when left out." example:"zh-CN"`
	EventTypes EventTypes     `json:"event_types,omitempty" doc:"Types it tells of, exact or like task.*; empty means all." example:"[\"customer.lifecycle_changed\"]"`
	Enabled    *bool          `json:"enabled,omitempty" doc:"Whether to send at once; true when left out."`
}

// InstallPatch changes some fields; what is absent stays. Of settings, only the named ones change.
type InstallPatch struct {
	Name       patch.Field[string]         `json:"name,omitzero" minLength:"1" maxLength:"100" doc:"What people call it." example:"销售群"`
	Settings   patch.Field[map[string]any] `json:"settings,omitzero" doc:"Settings to change; null removes one."`
	Locale     patch.Field[string]         `json:"locale,omitzero" enum:"zh-CN,en" doc:"Language of its messages."`
	EventTypes patch.Field[EventTypes]     `json:"event_types,omitzero" doc:"Replaces the types it tells of; null or empty means all." example:"[\"task.*\"]"`
	Enabled    patch.Field[bool]           `json:"enabled,omitzero" doc:"Switches it on or off."`
}

const installColumns = `id, vendor, name, settings, locale, event_types, enabled, disabled_reason, failing_since,
	created_by, created_at, updated_at, version`

// ListInstalls returns all plugins of the company, oldest first, with their secrets masked.
func ListInstalls(ctx context.Context, q *tenant.Query, connectors Connectors) ([]Install, error) {
	var all []Install
	if err := q.Select(ctx, &all, `SELECT `+installColumns+` FROM company.plugins ORDER BY id LIMIT 1000`); err != nil {
		return nil, err
	}
	for i := range all {
		if _, err := all[i].open(q, connectors); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// GetInstall returns a plugin with its secrets masked, or ErrNotFound.
func GetInstall(ctx context.Context, q *tenant.Query, id InstallID, connectors Connectors) (Install, error) {
	i, err := findInstall(ctx, q, id, "")
	if err != nil {
		return Install{}, err
	}
	_, err = i.open(q, connectors)
	return i, err
}

func findInstall(ctx context.Context, q *tenant.Query, id InstallID, lock string) (Install, error) {
	var i Install
	if err := q.Get(ctx, &i, `SELECT `+installColumns+` FROM company.plugins WHERE id = ? `+lock, id); err != nil {
		return Install{}, fmt.Errorf("plugin %s: %w", id, err)
	}
	return i, nil
}

func lockInstall(ctx context.Context, tx *tenant.Tx, id InstallID, version int64) (Install, error) {
	i, err := findInstall(ctx, tx.Query, id, "FOR UPDATE")
	if err == nil && version != 0 && version != i.Version {
		err = fmt.Errorf("plugin %s: %w", id, tenant.ErrStale)
	}
	return i, err
}

// CreateInstall connects a bot. It returns *tenant.InvalidError, or *tenant.QuotaError when the plan allows
// no more.
func CreateInstall(ctx context.Context, tx *tenant.Tx, in NewInstall, rules Rules) (Install, error) {
	i := Install{
		ID: tenant.NewID[installKind](), Vendor: in.Vendor, Name: strings.TrimSpace(in.Name), Locale: in.Locale, EventTypes: append(EventTypes{}, in.EventTypes...),
		Enabled: in.Enabled == nil || *in.Enabled, CreatedBy: tx.Caller.Member, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if i.Locale == "" {
		i.Locale = tx.Company.Locale
	}
	if err := i.check(in.Settings, rules); err != nil {
		return Install{}, err
	}
	if err := tx.Consume(ctx, installQuota, 1); err != nil {
		return Install{}, err
	}
	if err := i.seal(tx, in.Settings, rules.Connectors); err != nil {
		return Install{}, err
	}
	if _, err := tx.NamedExec(ctx, `INSERT INTO company.plugins (`+installColumns+`) VALUES (:id, :vendor, :name, :settings,
		:locale, :event_types, :enabled, '', NULL, :created_by, :created_at, :updated_at, 1)`, i); err != nil {
		return Install{}, err
	}
	return i, emitInstall(ctx, tx, eventPluginCreated, i)
}

// UpdateInstall changes the fields that are set. Switching a plugin on forgets why it was off.
func UpdateInstall(ctx context.Context, tx *tenant.Tx, id InstallID, in InstallPatch, rules Rules, version int64) (Install, error) {
	i, err := lockInstall(ctx, tx, id, version)
	if err != nil {
		return Install{}, err
	}
	if err := in.check(); err != nil {
		return Install{}, err
	}
	settings, err := i.open(tx.Query, rules.Connectors)
	if err != nil {
		return Install{}, err
	}
	if in.Enabled.Set && in.Enabled.Value && !i.Enabled {
		i.DisabledReason, i.FailingSince = "", nil
	}
	i.Name, i.Locale = strings.TrimSpace(in.Name.Or(i.Name)), in.Locale.Or(i.Locale)
	i.EventTypes, i.Enabled = in.EventTypes.Or(i.EventTypes), in.Enabled.Or(i.Enabled)
	merge(settings, in.Settings.Value)
	if err := i.check(settings, rules); err != nil {
		return Install{}, err
	}
	if err := i.seal(tx, settings, rules.Connectors); err != nil {
		return Install{}, err
	}
	i.Version, i.UpdatedAt = i.Version+1, tx.Now
	if _, err := tx.NamedExec(ctx, `UPDATE company.plugins SET name = :name, settings = :settings, locale = :locale,
		event_types = :event_types, enabled = :enabled, disabled_reason = :disabled_reason, failing_since = :failing_since,
		paused_until = NULL, version = :version, updated_at = :updated_at WHERE id = :id`, i); err != nil {
		return Install{}, fmt.Errorf("plugin %s: %w", id, err)
	}
	return i, emitInstall(ctx, tx, eventPluginUpdated, i)
}

// DeleteInstall disconnects a bot and forgets its secrets. Messages that were still to be sent are cancelled.
func DeleteInstall(ctx context.Context, tx *tenant.Tx, id InstallID, version int64, connectors Connectors) error {
	i, err := lockInstall(ctx, tx, id, version)
	if err != nil {
		return err
	}
	if _, err := i.open(tx.Query, connectors); err != nil {
		return err
	}
	if err := tx.MustChange(ctx, `DELETE FROM company.plugins WHERE id = ?`, id); err != nil {
		return fmt.Errorf("plugin %s: %w", id, err)
	}
	if err := tx.Consume(ctx, installQuota, -1); err != nil {
		return err
	}
	return emitInstall(ctx, tx, eventPluginDeleted, i)
}

// check refuses null where there must be a value.
func (p InstallPatch) check() error {
	invalid := &tenant.InvalidError{}
	if p.Enabled.Null {
		invalid.Add("enabled", "required", "must be true or false")
	}
	if p.Settings.Null {
		invalid.Add("settings", "required", "must be an object; null within it removes a setting")
	}
	return invalid.Err()
}

// locales are the languages that messages are worded in.
var locales = []string{"zh-CN", "en"}

// check names every wrong field and puts the event types in order.
func (i *Install) check(settings map[string]any, rules Rules) error {
	invalid := &tenant.InvalidError{}
	if i.Name == "" || utf8.RuneCountInString(i.Name) > 100 {
		invalid.Add("name", "invalid", "must have 1 to 100 characters")
	}
	if !slices.Contains(locales, i.Locale) {
		invalid.Add("locale", "unknown", "must be one of "+strings.Join(locales, ", "))
	}
	connector, err := rules.Connectors.bot(i.Vendor)
	if err != nil {
		invalid.Add("vendor", "unknown", "must be one of "+strings.Join(rules.Connectors.bots(), ", "))
		return invalid
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	var wrong *SettingsError
	if err := connector.Validate(raw); errors.As(err, &wrong) {
		for _, f := range wrong.Fields {
			invalid.Add("settings."+f.Field, "invalid", f.Message)
		}
	} else if err != nil {
		return err
	}
	i.EventTypes = i.EventTypes.clean(invalid, rules.Known)
	return invalid.Err()
}

func emitInstall(ctx context.Context, tx *tenant.Tx, eventType string, i Install) error {
	return tx.Emit(ctx, tenant.Event{Type: eventType, Resource: "plugin", Record: tenant.RecordID(i.ID), Data: i})
}
