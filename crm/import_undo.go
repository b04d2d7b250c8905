package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// importedRow is a row of an import that has changed a record.
type importedRow struct {
	Line    int             `db:"line"`
	Outcome string          `db:"outcome"`
	Record  tenant.RecordID `db:"record_id"`
	Changes []byte          `db:"changes"`
}

// undo takes back batch after batch, the last row first: a record may have been changed by several. Like a run
// it goes on where it stopped.
func (r *importRun) undo(ctx context.Context) error {
	for {
		position, over := 0, false
		err := r.inTx(ctx, func(tx *tenant.Tx) error {
			imp, err := r.hold(ctx, tx, ImportUndoing)
			if err != nil {
				return err
			}
			var rows []importedRow
			if err := tx.Select(ctx, &rows, `SELECT line, outcome, record_id, changes FROM company.import_rows
				WHERE import_id = ? AND (? = 0 OR line < ?) AND outcome IN ('created', 'updated') ORDER BY line DESC LIMIT ?`,
				imp.ID, imp.Position, imp.Position, importBatch); err != nil {
				return err
			}
			n, err := takeBack(ctx, tx, imp, rows)
			if err != nil {
				return err
			}
			imp.Undone += n
			if over = len(rows) < importBatch; over {
				return endImport(ctx, tx, imp, imp.StatusAfter)
			}
			position = rows[len(rows)-1].Line
			imp.Position = position
			_, err = saveImport(ctx, tx, imp)
			return err
		})
		if taken, ok := errors.AsType[*tenant.InvalidError](err); ok {
			return r.fail(ctx, "not everything could be taken back: "+taken.Error())
		}
		if err != nil || over {
			return err
		}
		r.imp.Position = position
		if err := r.beat(ctx); err != nil {
			return err
		}
	}
}

// takeBack returns how many records it took back.
func takeBack(ctx context.Context, tx *tenant.Tx, imp Import, rows []importedRow) (int, error) {
	var made []tenant.RecordID
	changed := map[tenant.RecordID][][]byte{}
	for _, row := range rows {
		if row.Outcome == RowCreated {
			made = append(made, row.Record)
		} else {
			changed[row.Record] = append(changed[row.Record], row.Changes)
		}
	}
	reverted, err := imp.noun().revert(ctx, tx, imp, changed)
	if err != nil {
		return 0, err
	}
	removed, err := imp.noun().trash(ctx, tx, imp, made)
	return reverted + removed, err
}

// within is whose records an undo may touch. What an all-or-nothing import has begun is taken back whatever may be
// done otherwise.
func (i *Import) within(tx *tenant.Tx, p tenant.Permission, ownerColumn, customerColumn string) (string, []any) {
	if i.StatusAfter != ImportUndone {
		return "1=1", nil
	}
	return tx.Scope(p).Where(ownerColumn, customerColumn)
}

// bound are fields that say nothing without each other, by their JSON names: they go back together or not at all.
var bound = [][]string{{"amount", "currency"}, {"revenue", "revenue_currency"}, {"lost_reason_id", "lost_reason"}}

// together returns the fields with which a field is bound, itself among them.
func together(name string) []string {
	for _, names := range bound {
		if slices.Contains(names, name) {
			return names
		}
	}
	return []string{name}
}

// previously gives a record back the values that an import has changed and nobody since. The last change comes first;
// restored makes a record of fields as JSON has them.
func previously[R any](record R, changes [][]byte, restored func(R, map[string]any) (R, error)) (R, error) {
	fields, err := fieldsOf(record)
	if err != nil {
		return record, err
	}
	for _, text := range changes {
		var change map[string]fieldChange
		if err := json.Unmarshal(text, &change); err != nil {
			return record, fmt.Errorf("what an import has changed: %w", err)
		}
		now := maps.Clone(fields)
		for name, value := range change {
			if name == customName {
				undoMembers(fields[name], value)
			} else if isUntouched(now, change, name) {
				fields[name] = value.Before
			}
		}
	}
	return restored(record, fields)
}

// isUntouched reports whether a field, and what it is bound with, is as the change has left it.
func isUntouched(now map[string]any, change map[string]fieldChange, name string) bool {
	return !slices.ContainsFunc(together(name), func(n string) bool { return !reflect.DeepEqual(now[n], change[n].After) })
}

// formerOwner is to whom a record goes back that an import has given to somebody else. Who has left gets nothing: no rep
// would see it there.
func formerOwner(ctx context.Context, tx *tenant.Tx, former, present tenant.MemberID) (tenant.MemberID, error) {
	if former == present || former.IsZero() {
		return former, nil
	}
	active, err := isActive(ctx, tx.Query, former)
	if err == nil && !active {
		return present, nil
	}
	return former, err
}

// undoMembers is the same for the members of an object, which change each by itself.
func undoMembers(object any, change fieldChange) {
	now, _ := object.(map[string]any)
	before, _ := change.Before.(map[string]any)
	after, _ := change.After.(map[string]any)
	for name, value := range before {
		switch {
		case !reflect.DeepEqual(now[name], after[name]):
		case value == nil:
			delete(now, name)
		default:
			now[name] = value
		}
	}
}
