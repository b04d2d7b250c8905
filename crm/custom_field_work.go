package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// CustomFieldWork is the kind of due work that a changed or deleted field makes of its values; its reference is the
// field.
const CustomFieldWork = "custom_field"

// fieldBatch is how many values one transaction takes.
const fieldBatch = 900

// scheduleField makes due what a change of a field leaves to be done: values are put into the new order of the
// options, and those of a deleted field go with it.
func scheduleField(ctx context.Context, tx *tenant.Tx, before, after CustomField) error {
	ref := tenant.RecordID(after.ID)
	switch {
	case after.PurgeAt != nil:
		return tx.Schedule(ctx, CustomFieldWork, ref, tenant.RecordID{}, *after.PurgeAt)
	case after.Type == choiceField && !slices.Equal(optionKeys(before), optionKeys(after)):
		return tx.Schedule(ctx, CustomFieldWork, ref, tenant.RecordID{}, tx.Now)
	case before.PurgeAt != nil:
		return tx.Unschedule(ctx, CustomFieldWork, ref)
	}
	return nil
}

func optionKeys(f CustomField) []string {
	keys := make([]string, len(f.Options))
	for i, o := range f.Options {
		keys[i] = o.Key
	}
	return keys
}

// WorkOnCustomField does one batch of what scheduleField has made due, takes the row away when that was the last, and
// otherwise makes it due again.
func WorkOnCustomField(ctx context.Context, tx *tenant.Tx, id CustomFieldID) error {
	ref := tenant.RecordID(id)
	f, err := GetCustomField(ctx, tx.Query, id)
	if errors.Is(err, tenant.ErrNotFound) {
		return tx.Unschedule(ctx, CustomFieldWork, ref)
	}
	if err != nil {
		return err
	}
	do := reorderValues
	if f.gone(tx.Query) {
		do = purgeField
	}
	more, err := do(ctx, tx, &f)
	switch {
	case err != nil:
		return fmt.Errorf("custom field %s: %w", id, err)
	case more:
		return tx.Schedule(ctx, CustomFieldWork, ref, tenant.RecordID{}, tx.Now)
	case f.PurgeAt != nil && !f.gone(tx.Query):
		return tx.Schedule(ctx, CustomFieldWork, ref, tenant.RecordID{}, *f.PurgeAt)
	}
	return tx.Unschedule(ctx, CustomFieldWork, ref)
}

// gone reports whether a deleted field can no longer be taken back.
func (f *CustomField) gone(q *tenant.Query) bool { return f.PurgeAt != nil && !f.PurgeAt.After(q.Now) }

// purgeField removes a batch of values, and with the last the field itself. Nobody writes any: it is out of use.
func purgeField(ctx context.Context, tx *tenant.Tx, f *CustomField) (more bool, err error) {
	table, records, path := typeNamed(f.Type).table, customNounNamed(f.Resource).resource.Table, "$."+f.Key
	var ids []tenant.RecordID
	if err := tx.Select(ctx, &ids, `SELECT DISTINCT record_id FROM company.`+table+` WHERE field_id = ? LIMIT ?`, f.ID, fieldBatch); err != nil {
		return false, err
	}
	if len(ids) > 0 {
		if _, err := tx.ExecIn(ctx, `UPDATE `+records+` SET custom = JSON_REMOVE(custom, ?) WHERE id IN (?)`, path, ids); err != nil {
			return false, err
		}
		if _, err := tx.ExecIn(ctx, `DELETE FROM company.field_uniques WHERE record_id IN (?) AND field_id = ?`, ids, f.ID); err != nil {
			return false, err
		}
		_, err := tx.ExecIn(ctx, `DELETE FROM company.`+table+` WHERE record_id IN (?) AND field_id = ?`, ids, f.ID)
		return true, err
	}
	// What is in the trash has its values only in itself.
	res, err := tx.Exec(ctx, `UPDATE `+records+` SET custom = JSON_REMOVE(custom, ?)
		WHERE deleted_at IS NOT NULL AND JSON_CONTAINS_PATH(custom, 'one', ?) LIMIT ?`, path, path, fieldBatch)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == fieldBatch {
		return true, err
	}
	_, err = tx.Exec(ctx, `DELETE FROM company.custom_fields WHERE id = ?`, f.ID)
	return false, err
}

// reorderValues gives a batch of values the place that their option has now.
func reorderValues(ctx context.Context, tx *tenant.Tx, f *CustomField) (more bool, err error) {
	for place, o := range f.Options {
		res, err := tx.Exec(ctx, `UPDATE company.field_texts SET sort = ? WHERE field_id = ? AND value = ? AND sort <> ? LIMIT ?`,
			optionSort(place), f.ID, o.Key, optionSort(place), fieldBatch)
		if err != nil {
			return false, err
		}
		if n, err := res.RowsAffected(); err != nil || n == fieldBatch {
			return true, err
		}
	}
	return false, nil
}
