package crm

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// purgeRecords bounds the records of one transaction, each of which may have much that hangs on it.
const purgeRecords = 50

// PurgeTrash removes for good what has been in the trash for 30 days, a bounded number at a time. It returns limit when
// there may be more.
func PurgeTrash(ctx context.Context, tx *tenant.Tx, limit int) (int, error) {
	for _, b := range bins {
		var ids []tenant.RecordID
		if err := tx.Select(ctx, &ids, fmt.Sprintf(`SELECT id FROM %s WHERE deleted_at < ? ORDER BY deleted_at LIMIT %d FOR UPDATE`, b.table, purgeRecords),
			tx.Now.Add(-trashLife)); err != nil {
			return 0, err
		}
		if len(ids) == 0 {
			continue
		}
		return limit, b.purge(ctx, tx, ids)
	}
	return 0, nil
}

// PurgeRecord removes a record for good that is in the trash and within the caller's scope for deleting, with all that
// hangs on it. It returns tenant.ErrNotFound for any other.
func PurgeRecord(ctx context.Context, tx *tenant.Tx, r RecordRef) error {
	b, ok := binOf(r.Noun)
	if !ok || b.list == nil {
		return fmt.Errorf("record %s: %w", r, tenant.ErrNotFound)
	}
	visible, args := tx.Scope(b.permission()).Where(b.list.OwnerColumn, b.list.CustomerColumn)
	var id tenant.RecordID
	if err := tx.Get(ctx, &id, fmt.Sprintf(`SELECT %[1]s.id FROM %[2]s %[1]s WHERE %[1]s.id = ? AND %[3]s AND %[4]s FOR UPDATE`,
		b.list.Alias, b.table, b.list.Live, visible), append([]any{r.ID}, args...)...); err != nil {
		return fmt.Errorf("record %s: %w", r, err)
	}
	return b.purge(ctx, tx, []tenant.RecordID{id})
}

// purged is what the events of a purge tell: what is gone is not told of once more.
type purged struct {
	Record RecordRef `json:"id"`
}

// purge removes records for good, and tells of them. What goes with them has no events of its own.
func (b bin) purge(ctx context.Context, tx *tenant.Tx, ids []tenant.RecordID) error {
	if err := b.remove(ctx, tx, ids); err != nil {
		return err
	}
	events := make([]tenant.Event, len(ids))
	for i, id := range ids {
		events[i] = tenant.Event{Type: b.noun + ".purged", Resource: b.noun, Record: id, Data: purged{RecordRef{b.noun, id}}}
	}
	return tx.EmitAll(ctx, events, false)
}

// remove removes records with all that hangs on them, as the table of references says.
func (b bin) remove(ctx context.Context, tx *tenant.Tx, ids []tenant.RecordID) error {
	if err := b.unindex(ctx, tx, ids); err != nil {
		return err
	}
	if err := purgeFiles(ctx, tx, ids); err != nil {
		return err
	}
	for _, r := range references {
		if err := r.purge(ctx, tx, ids); err != nil {
			return fmt.Errorf("%s.%s: %w", r.table, r.column, err)
		}
	}
	if b.noun == "customer" {
		if _, err := tx.ExecIn(ctx, `UPDATE company.merges SET loser = NULL WHERE loser_id IN (?)`, ids); err != nil {
			return err
		}
	}
	_, err := tx.ExecIn(ctx, `DELETE FROM `+b.table+` WHERE id IN (?)`, ids)
	return err
}

// unindex takes records out of the search index.
func (b bin) unindex(ctx context.Context, tx *tenant.Tx, ids []tenant.RecordID) error {
	if b.index == 0 {
		return nil
	}
	var rows []struct {
		ID   tenant.RecordID `db:"id"`
		Text string          `db:"search_text"`
	}
	if err := tx.SelectIn(ctx, &rows, `SELECT id, search_text FROM `+b.table+` WHERE id IN (?)`, ids); err != nil {
		return err
	}
	for _, r := range rows {
		if err := search.Replace(ctx, tx, b.index, r.ID, r.Text, ""); err != nil {
			return err
		}
	}
	return nil
}

// purgeFiles lets the files at records go: their room is free at once, their bytes are removed soon.
func purgeFiles(ctx context.Context, tx *tenant.Tx, ids []tenant.RecordID) error {
	var all []Attachment
	if err := tx.SelectIn(ctx, &all, `SELECT `+attachmentColumns+` FROM company.attachments a WHERE a.record_id IN (?) AND a.status <> ? FOR UPDATE`,
		ids, attachmentGone); err != nil {
		return err
	}
	return dropAttachments(ctx, tx, all)
}

// purge does to the rows that name records what their purge does to them.
func (r reference) purge(ctx context.Context, tx *tenant.Tx, ids []tenant.RecordID) error {
	switch r.onPurge {
	case goes:
		_, err := tx.ExecIn(ctx, fmt.Sprintf(`DELETE FROM company.%s WHERE %s IN (?)`, r.table, r.column), ids)
		return err
	case frees:
		_, err := tx.ExecIn(ctx, fmt.Sprintf(`UPDATE company.%s SET %s = NULL WHERE %[2]s IN (?)`, r.table, r.column), ids)
		return err
	case follows:
		return r.purgeRecords(ctx, tx, ids)
	}
	return nil
}

// purgeRecords purges the records that name others, some at a time.
func (r reference) purgeRecords(ctx context.Context, tx *tenant.Tx, ids []tenant.RecordID) error {
	for _, b := range bins {
		if b.table != "company."+r.table {
			continue
		}
		for {
			var found []tenant.RecordID
			if err := tx.SelectIn(ctx, &found, fmt.Sprintf(`SELECT id FROM %s WHERE %s IN (?) LIMIT 500 FOR UPDATE`, b.table, r.column), ids); err != nil {
				return err
			}
			if len(found) == 0 {
				return nil
			}
			if err := b.remove(ctx, tx, found); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("no bin holds %s", r.table)
}
