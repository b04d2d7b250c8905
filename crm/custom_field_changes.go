package crm

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	// maxCustomFields is how many fields in use records of one kind may have.
	maxCustomFields = 100
	// fieldGrace is how long a deleted field can be taken back.
	fieldGrace = 30 * 24 * time.Hour
)

// CreateCustomField adds a field. It returns *tenant.InvalidError for a bad definition and *tenant.ConflictError for a
// key in use, for too many fields, and for a required field while there are records, which have no value yet.
func CreateCustomField(ctx context.Context, tx *tenant.Tx, in NewCustomField) (CustomField, error) {
	others, err := lockFields(ctx, tx, in.Resource)
	if err != nil {
		return CustomField{}, err
	}
	f, err := in.field(tx, others)
	if err != nil {
		return CustomField{}, err
	}
	if err := admit(others, f); err != nil {
		return CustomField{}, err
	}
	if f.Required {
		if err := requireValues(ctx, tx.Query, &f); err != nil {
			return CustomField{}, err
		}
	}
	if err := makeRoom(ctx, tx, f); err != nil {
		return CustomField{}, err
	}
	if _, err := tx.NamedExec(ctx, `
		INSERT INTO company.custom_fields (id, resource, field_key, type, label, help, section, position, required, is_unique, preset,
			options, decimals, unit, currency, min_value, max_value, version, created_by, created_at, updated_at)
		VALUES (:id, :resource, :field_key, :type, :label, :help, :section, :position, :required, :is_unique, :preset,
			:options, :decimals, :unit, :currency, :min_value, :max_value, :version, :created_by, :created_at, :updated_at)`, f); err != nil {
		return CustomField{}, err
	}
	return f, tx.Emit(ctx, f.event("custom_field.created", nil))
}

// lockFields reads the fields of one kind of record and keeps everybody else from changing them or writing values.
func lockFields(ctx context.Context, tx *tenant.Tx, resource string) ([]CustomField, error) {
	var all []CustomField
	err := tx.Select(ctx, &all, `SELECT `+customFieldColumns+` FROM company.custom_fields f WHERE f.resource = ? FOR UPDATE`, resource)
	return all, err
}

// field checks the definition and fills in what it leaves open.
func (in NewCustomField) field(tx *tenant.Tx, others []CustomField) (CustomField, error) {
	f := CustomField{
		ID: tenant.NewID[customFieldKind](), Resource: in.Resource, Key: in.Key, Type: in.Type, Label: in.Label, Help: in.Help, Section: in.Section,
		Position: len(others) + 1, Required: in.Required, Unique: in.Unique, Options: in.Options, Decimals: in.Decimals, Unit: in.Unit,
		Currency: in.Currency, Min: in.Min, Max: in.Max, CreatedBy: tx.Caller.Member, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	for i := range others {
		f.Position = max(f.Position, others[i].Position+1)
	}
	if in.Position != nil {
		f.Position = *in.Position
	}
	if f.Key == "" {
		f.Key = freeKey(keyFrom(f.Label), func(key string) bool { return fieldWithKey(others, key) != nil })
	}
	f.Options.name()
	f.fillIn(tx.Company)
	return f, f.check(tx.Company, in.Preset)
}

// fillIn gives the properties of a type their usual values.
func (f *CustomField) fillIn(company *tenant.Company) {
	const usualDecimals = 2
	switch {
	case f.Type == numberField && f.Decimals == nil:
		digits := usualDecimals
		f.Decimals = &digits
	case f.Type == moneyField && f.Currency == nil:
		home := company.Currency
		f.Currency = &home
	}
	if f.Options == nil {
		f.Options = fieldOptions{}
	}
}

// admit sees to it that there is room for one more field, and that its key is free.
func admit(others []CustomField, f CustomField) error {
	inUse := 0
	for i := range others {
		if !others[i].Archived {
			inUse++
		}
	}
	if inUse >= maxCustomFields {
		return &tenant.ConflictError{Code: "too_many_fields", Message: fmt.Sprintf("There are %d fields already, which is as many as can be. Archive one first.", maxCustomFields)}
	}
	same := fieldWithKey(others, f.Key)
	switch {
	case same == nil || same.ID == f.ID:
		return nil
	case same.Archived:
		return &tenant.ConflictError{Code: "field_exists", Message: "An archived field has this key. Take it back into use, or choose another key."}
	}
	return &tenant.ConflictError{Code: "field_exists", Message: "There is a field of this key already."}
}

// makeRoom moves on the fields that stand where this one is to stand.
func makeRoom(ctx context.Context, tx *tenant.Tx, f CustomField) error {
	_, err := tx.Exec(ctx, `UPDATE company.custom_fields SET position = position + 1 WHERE resource = ? AND id <> ? AND position >= ?
		AND EXISTS (SELECT 1 FROM (SELECT id FROM company.custom_fields WHERE resource = ? AND id <> ? AND position = ?) there)`,
		f.Resource, f.ID, f.Position, f.Resource, f.ID, f.Position)
	return err
}

// UpdateCustomField changes the properties that are set. version, when not 0, must be the field's, else ErrStale. What
// existing values stand against, as making the field required or unique, is a *tenant.ConflictError that says how many
// and names some.
func UpdateCustomField(ctx context.Context, tx *tenant.Tx, id CustomFieldID, in CustomFieldPatch, version int64) (CustomField, error) {
	before, others, err := lockField(ctx, tx, id, version)
	if err != nil {
		return CustomField{}, err
	}
	if before.gone(tx.Query) {
		return CustomField{}, &tenant.ConflictError{Code: "field_gone", Message: "The field is being removed with its values. Add another one."}
	}
	after, err := in.apply(tx, before)
	if err != nil {
		return CustomField{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	if before.Archived && !after.Archived {
		if err := admit(others, after); err != nil {
			return CustomField{}, err
		}
	}
	if err := bindValues(ctx, tx, before, after); err != nil {
		return CustomField{}, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	return after, saveField(ctx, tx, before, after, after.event("custom_field.updated", previous))
}

func lockField(ctx context.Context, tx *tenant.Tx, id CustomFieldID, version int64) (f CustomField, others []CustomField, err error) {
	if f, err = GetCustomField(ctx, tx.Query, id); err != nil {
		return CustomField{}, nil, err
	}
	if others, err = lockFields(ctx, tx, f.Resource); err != nil {
		return CustomField{}, nil, err
	}
	at := slices.IndexFunc(others, func(o CustomField) bool { return o.ID == id })
	if at < 0 {
		return CustomField{}, nil, fmt.Errorf("custom field %s: %w", id, tenant.ErrNotFound)
	}
	if f = others[at]; version != 0 && version != f.Version {
		return CustomField{}, nil, fmt.Errorf("custom field %s: %w", id, tenant.ErrStale)
	}
	return f, others, nil
}

func (in CustomFieldPatch) apply(tx *tenant.Tx, f CustomField) (CustomField, error) {
	invalid := &tenant.InvalidError{}
	if in.Key.Set && in.Key.Value != f.Key {
		invalid.Add("key", "fixed", "cannot change, because programs and filters know the field by it; change the label, or add another field")
	}
	if in.Type.Set && in.Type.Value != f.Type {
		invalid.Add("type", "fixed", "cannot change, because there may be values; add another field")
	}
	f.Label, f.Help, f.Section = in.Label.Or(f.Label), in.Help.Or(f.Help), in.Section.Or(f.Section)
	f.Position, f.Required, f.Unique = in.Position.Or(f.Position), in.Required.Or(f.Required), in.Unique.Or(f.Unique)
	f.Decimals, f.Unit = in.Decimals.OrNull(f.Decimals), in.Unit.Or(f.Unit)
	f.Min, f.Max, f.Archived = in.Min.OrNull(f.Min), in.Max.OrNull(f.Max), in.Archived.Or(f.Archived)
	if !f.Archived {
		f.PurgeAt = nil
	}
	if in.Options.Set {
		options := slices.Clone(fieldOptions(in.Options.Value))
		options.name()
		options.keepAll(invalid, f.Options)
		f.Options = options
	}
	f.fillIn(tx.Company)
	preset, err := f.preset()
	if err != nil {
		return CustomField{}, err
	}
	if err := invalid.Err(); err != nil {
		return CustomField{}, err
	}
	return f, f.check(tx.Company, in.Preset.Or(preset))
}

// bindValues holds existing values to what the field asks for from now on.
func bindValues(ctx context.Context, tx *tenant.Tx, before, after CustomField) error {
	inUse := !after.Archived
	if inUse && after.Required && (!before.Required || before.Archived) {
		if err := requireValues(ctx, tx.Query, &after); err != nil {
			return err
		}
	}
	switch {
	case after.Unique && !before.Unique:
		return claimValues(ctx, tx, &after)
	case before.Unique && !after.Unique:
		_, err := tx.Exec(ctx, `DELETE FROM company.field_uniques WHERE field_id = ?`, after.ID)
		return err
	}
	return nil
}

// saveField writes a changed field with the work that its values make.
func saveField(ctx context.Context, tx *tenant.Tx, before, after CustomField, e tenant.Event) error {
	row := struct {
		CustomField
		ArchivedAt *time.Time `db:"archived_at"`
	}{CustomField: after}
	if after.Archived {
		row.ArchivedAt = &after.UpdatedAt
	}
	if _, err := tx.NamedExec(ctx, `
		UPDATE company.custom_fields SET label = :label, help = :help, section = :section, position = :position, required = :required,
			is_unique = :is_unique, preset = :preset, options = :options, decimals = :decimals, unit = :unit, min_value = :min_value,
			max_value = :max_value, archived_at = :archived_at, purge_at = :purge_at, version = :version, updated_at = :updated_at
		WHERE id = :id`, row); err != nil {
		return err
	}
	if after.Position != before.Position {
		if err := makeRoom(ctx, tx, after); err != nil {
			return err
		}
	}
	if err := scheduleField(ctx, tx, before, after); err != nil {
		return err
	}
	return tx.Emit(ctx, e)
}

// DeleteCustomField takes a field out of use and has it removed with all its values 30 days later, until when it can
// be taken back.
func DeleteCustomField(ctx context.Context, tx *tenant.Tx, id CustomFieldID, version int64) error {
	before, _, err := lockField(ctx, tx, id, version)
	if err != nil {
		return err
	}
	if before.PurgeAt != nil {
		return nil
	}
	after, purge := before, tx.Now.Add(fieldGrace)
	after.Archived, after.PurgeAt, after.Version, after.UpdatedAt = true, &purge, before.Version+1, tx.Now
	return saveField(ctx, tx, before, after, after.event("custom_field.deleted", nil))
}

func (f *CustomField) event(kind string, previous map[string]any) tenant.Event {
	e := tenant.Event{Type: kind, Resource: "custom_field", Record: tenant.RecordID(f.ID), Data: f}
	if previous != nil {
		e.Previous = previous
	}
	return e
}
