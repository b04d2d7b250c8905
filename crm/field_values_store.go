package crm

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// customRecord is a record with its values of custom fields before and after a change.
type customRecord struct {
	id            tenant.RecordID
	before, after CustomValues
}

// customRecords shows many records as saveCustom and dropCustom want them.
func customRecords[T any](all []T, of func(*T) customRecord) []customRecord {
	out := make([]customRecord, len(all))
	for i := range all {
		out[i] = of(&all[i])
	}
	return out
}

// saveCustom keeps what filters, orders and unique fields know of records that are written in the same transaction. A
// value that another record has already is a *tenant.InvalidError.
func saveCustom(ctx context.Context, tx *tenant.Tx, noun string, all []customRecord) error {
	touched := touchedKeys(all)
	if len(touched) == 0 {
		return nil
	}
	fields, err := readFields(ctx, tx.Query, noun, true)
	if err != nil {
		return err
	}
	w := newValueWriter(tx, noun)
	for i := range fields {
		if touched[fields[i].Key] {
			w.fields = append(w.fields, &fields[i])
		}
	}
	if err := w.clear(ctx, all); err != nil {
		return err
	}
	for _, r := range all {
		for _, f := range w.fields {
			if v, set := r.after[f.Key]; set {
				if err := w.add(ctx, r.id, f, v); err != nil {
					return err
				}
			}
		}
	}
	return w.flush(ctx)
}

// touchedKeys are the fields that differ in one of the records.
func touchedKeys(all []customRecord) map[string]bool {
	touched := map[string]bool{}
	for _, r := range all {
		for key, v := range r.after {
			if !reflect.DeepEqual(v, r.before[key]) {
				touched[key] = true
			}
		}
		for key := range r.before {
			if _, set := r.after[key]; !set {
				touched[key] = true
			}
		}
	}
	return touched
}

// dropCustom forgets the values of records that go into the trash, so that they are neither found nor in anybody's way.
// Those records keep them themselves.
func dropCustom(ctx context.Context, tx *tenant.Tx, all []customRecord) error {
	var ids []tenant.RecordID
	for _, r := range all {
		if len(r.before) > 0 {
			ids = append(ids, r.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	for _, table := range []string{fieldTexts, fieldNumbers, fieldTimes, "field_uniques"} {
		if _, err := tx.ExecIn(ctx, `DELETE FROM company.`+table+` WHERE record_id IN (?)`, ids); err != nil {
			return err
		}
	}
	return nil
}

// restoreCustom makes a record that comes out of the trash be found again by its values. It returns
// *tenant.ConflictError when another record has a value meanwhile that only one may have.
func restoreCustom(ctx context.Context, tx *tenant.Tx, noun string, r customRecord) error {
	err := saveCustom(ctx, tx, noun, []customRecord{{id: r.id, after: r.after}})
	if invalid, taken := errors.AsType[*tenant.InvalidError](err); taken {
		return &tenant.ConflictError{Code: "value_taken", Message: "The value of " + invalid.Fields[0].Field + " " + invalid.Fields[0].Message + ". Change that record first."}
	}
	return err
}

// valueWriter writes the rows of some fields.
type valueWriter struct {
	tx     *tenant.Tx
	noun   string
	fields []*CustomField
	rows   map[string]*tenant.Bulk
	// claims are the values of unique fields that were added.
	claims []claim
	unique *tenant.Bulk
}

// claim is a value of a unique field that a record wants for itself.
type claim struct {
	record tenant.RecordID
	field  *CustomField
	hash   [sha256.Size]byte
}

func newValueWriter(tx *tenant.Tx, noun string) *valueWriter {
	return &valueWriter{
		tx: tx, noun: noun, unique: tx.Bulk(`INSERT INTO company.field_uniques (field_id, value_hash, record_id) VALUES`, 3, ""),
		rows: map[string]*tenant.Bulk{
			fieldTexts:   tx.Bulk(`INSERT INTO company.field_texts (record_id, field_id, item, value, sort) VALUES`, 5, ""),
			fieldNumbers: tx.Bulk(`INSERT INTO company.field_numbers (record_id, field_id, value) VALUES`, 3, ""),
			fieldTimes:   tx.Bulk(`INSERT INTO company.field_times (record_id, field_id, value) VALUES`, 3, ""),
		},
	}
}

// clear removes what the records held before in the writer's fields.
func (w *valueWriter) clear(ctx context.Context, all []customRecord) error {
	var ids []tenant.RecordID
	for _, r := range all {
		if len(r.before) > 0 {
			ids = append(ids, r.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	of := map[string][]CustomFieldID{}
	for _, f := range w.fields {
		table := typeNamed(f.Type).table
		of[table] = append(of[table], f.ID)
		if f.Unique {
			of["field_uniques"] = append(of["field_uniques"], f.ID)
		}
	}
	for table, fields := range of {
		if _, err := w.tx.ExecIn(ctx, `DELETE FROM company.`+table+` WHERE record_id IN (?) AND field_id IN (?)`, ids, fields); err != nil {
			return err
		}
	}
	return nil
}

func (w *valueWriter) add(ctx context.Context, record tenant.RecordID, f *CustomField, v any) error {
	t := typeNamed(f.Type)
	for item, c := range t.cells(f, v) {
		values := []any{record, f.ID, c.value}
		if t.table == fieldTexts {
			values = []any{record, f.ID, item, c.value, c.sort}
		}
		if err := w.rows[t.table].Add(ctx, values...); err != nil {
			return err
		}
	}
	if !f.Unique {
		return nil
	}
	w.claims = append(w.claims, claim{record, f, uniqueHash(v)})
	return nil
}

// uniqueHash is the same for values that people take for the same.
func uniqueHash(v any) [sha256.Size]byte {
	if n, ok := v.(float64); ok {
		return sha256.Sum256([]byte(plainNumber(n)))
	}
	return sha256.Sum256([]byte(strings.TrimSpace(search.Fold(fmt.Sprint(v)))))
}

func (w *valueWriter) flush(ctx context.Context) error {
	for _, table := range []string{fieldTexts, fieldNumbers, fieldTimes} {
		if err := w.rows[table].Flush(ctx); err != nil {
			return err
		}
	}
	for _, c := range w.claims {
		if err := w.unique.Add(ctx, c.field.ID, c.hash[:], c.record); err != nil {
			return w.refuse(ctx, err)
		}
	}
	return w.refuse(ctx, w.unique.Flush(ctx))
}

// refuse says which value another record has already, and which record that is to those who may see it.
func (w *valueWriter) refuse(ctx context.Context, err error) error {
	if _, taken := errors.AsType[*tenant.DuplicateError](err); !taken {
		return err
	}
	invalid := &tenant.InvalidError{}
	seen := map[claim]tenant.RecordID{}
	for _, c := range w.claims {
		same := claim{field: c.field, hash: c.hash}
		holder, again := seen[same]
		seen[same] = c.record
		// The lock makes it read what is committed now, and that is what was in the way.
		err := w.tx.Get(ctx, &holder, `SELECT record_id FROM company.field_uniques WHERE field_id = ? AND value_hash = ? LOCK IN SHARE MODE`, c.field.ID, c.hash[:])
		if err != nil && !errors.Is(err, tenant.ErrNotFound) {
			return err
		}
		if holder == c.record || err != nil && !again {
			continue
		}
		invalid.Add(customPrefix+c.field.Key, "taken", "is already that of "+w.name(ctx, holder))
	}
	if len(invalid.Fields) == 0 { // the holder has gone meanwhile
		return fmt.Errorf("unique value: %w", tenant.ErrBusy)
	}
	return invalid
}

// name calls a record by its title where the caller may see it.
func (w *valueWriter) name(ctx context.Context, id tenant.RecordID) string {
	found, err := FindRecord(ctx, w.tx.Query, RecordRef{w.noun, id}, "read")
	if err != nil {
		return "another record"
	}
	return fmt.Sprintf("%q (%s)", found.Title, found.RecordRef)
}
