package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"github.com/guanxi-crm/guanxi/tenant"
)

// importedRow is a row of an import that has changed a customer.
type importedRow struct {
	Line    int        `db:"line"`
	Outcome string     `db:"outcome"`
	Record  CustomerID `db:"record_id"`
	Changes []byte     `db:"changes"`
}

// undo takes back batch after batch, the last row first: a customer may have been changed by several. Like a run
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
		if err != nil || over {
			return err
		}
		r.imp.Position = position
		if r.heartbeat != nil {
			if err := r.heartbeat(ctx); err != nil {
				return err
			}
		}
	}
}

// takeBack returns how many customers it took back.
func takeBack(ctx context.Context, tx *tenant.Tx, imp Import, rows []importedRow) (int, error) {
	var made []CustomerID
	changed := map[CustomerID][][]byte{}
	for _, row := range rows {
		if row.Outcome == RowCreated {
			made = append(made, row.Record)
		} else {
			changed[row.Record] = append(changed[row.Record], row.Changes)
		}
	}
	reverted, err := revert(ctx, tx, imp, changed)
	if err != nil {
		return 0, err
	}
	removed, err := trash(ctx, tx, imp, made)
	return reverted + removed, err
}

// within is whose customers an undo may touch. What an all-or-nothing import has begun is taken back whatever
// may be done otherwise.
func within(tx *tenant.Tx, imp Import, p tenant.Permission) (string, []any) {
	if imp.StatusAfter != ImportUndone {
		return "1=1", nil
	}
	return tx.Scope(p).Where("c.owner_id", "c.id")
}

func trash(ctx context.Context, tx *tenant.Tx, imp Import, ids []CustomerID) (int, error) {
	where, args := within(tx, imp, customerDelete)
	all, err := lockCustomers(ctx, tx, ids, where, args)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return len(all), trashCustomers(ctx, tx, all, !imp.Options.RunRules)
}

func revert(ctx context.Context, tx *tenant.Tx, imp Import, changes map[CustomerID][][]byte) (int, error) {
	ids := make([]CustomerID, 0, len(changes))
	for id := range maps.Keys(changes) {
		ids = append(ids, id)
	}
	where, args := within(tx, imp, customerUpdate)
	all, err := lockCustomers(ctx, tx, ids, where, args)
	if err != nil {
		return 0, err
	}
	var back []customerChange
	for _, c := range all {
		change, err := previously(c, changes[c.ID])
		if err != nil {
			return 0, err
		}
		if len(change.previous) > 0 {
			change.after.stamp(c, tx.Now)
			back = append(back, change)
		}
	}
	return len(back), updateCustomers(ctx, tx, back, &importMark{ID: imp.ID, RunRules: imp.Options.RunRules})
}

// previously gives a customer back the values that an import has changed and nobody since. The last change
// comes first.
func previously(c Customer, changes [][]byte) (customerChange, error) {
	fields, err := fieldsOf(c)
	if err != nil {
		return customerChange{}, err
	}
	for _, text := range changes {
		var change map[string]fieldChange
		if err := json.Unmarshal(text, &change); err != nil {
			return customerChange{}, fmt.Errorf("customer %s: %w", c.ID, err)
		}
		for name, value := range change {
			if name == customName {
				undoMembers(fields[name], value)
			} else if reflect.DeepEqual(fields[name], value.After) {
				fields[name] = value.Before
			}
		}
	}
	back, err := customerOf(c, fields)
	if err != nil {
		return customerChange{}, err
	}
	previous, err := differences(c, back)
	return customerChange{c, back, previous}, err
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
