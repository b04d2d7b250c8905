package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/files"
)

// FilesWork is the kind of due work that removes the bytes of files that are gone. Its reference is the company.
const FilesWork = "files"

const (
	// trashLife is how long a deleted file can be restored; until then it takes up room.
	trashLife = 30 * 24 * time.Hour
	// arrivalLife is how long a file may take to arrive, and then to be named by a record.
	arrivalLife = 24 * time.Hour
)

// DeleteAttachment moves a file to the trash, from which it can be restored for 30 days. With permanent it is gone at
// once, from the trash too, and its room is free again.
func DeleteAttachment(ctx context.Context, tx *tenant.Tx, id AttachmentID, permanent bool) error {
	a, record, err := findAttachment(ctx, tx.Query, id, "update", "FOR UPDATE")
	if err != nil {
		return err
	}
	switch {
	case permanent:
		err = dropAttachments(ctx, tx, []Attachment{a})
	case a.DeletedAt != nil:
		return fmt.Errorf("attachment %s: %w", id, tenant.ErrNotFound)
	default:
		_, err = tx.Exec(ctx, `UPDATE company.attachments SET deleted_at = ? WHERE id = ?`, tx.Now, id)
	}
	if err != nil || a.DeletedAt != nil || a.Record.IsZero() {
		return err // told already, or never told of
	}
	a.DeletedAt = &tx.Now
	return a.tell(ctx, tx, "attachment.deleted", record)
}

// RestoreAttachment takes a file back out of the trash. One that is not there stays as it is.
func RestoreAttachment(ctx context.Context, tx *tenant.Tx, id AttachmentID) (Attachment, error) {
	a, record, err := findAttachment(ctx, tx.Query, id, "update", "FOR UPDATE")
	if err != nil || a.DeletedAt == nil {
		return a, err
	}
	if _, err := tx.Exec(ctx, `UPDATE company.attachments SET deleted_at = NULL WHERE id = ?`, id); err != nil {
		return Attachment{}, err
	}
	a.DeletedAt = nil
	return a, a.tell(ctx, tx, "attachment.restored", record)
}

// dropAttachments lets files go: nobody sees them from now on, their room is free, their bytes are removed soon.
func dropAttachments(ctx context.Context, tx *tenant.Tx, all []Attachment) error {
	if len(all) == 0 {
		return nil
	}
	ids, size := make([]AttachmentID, len(all)), int64(0)
	for i, a := range all {
		ids[i] = a.ID
		size += a.Size // nothing for one that has not arrived
	}
	if _, err := tx.ExecIn(ctx, `UPDATE company.attachments SET status = ? WHERE id IN (?)`, attachmentGone, ids); err != nil {
		return err
	}
	if err := tx.Consume(ctx, storageQuota, -size); err != nil {
		return err
	}
	return tx.Schedule(ctx, FilesWork, tenant.RecordID(tx.Company.ID), tenant.RecordID{}, tx.Now)
}

// SweepAttachments lets at most limit files go that nobody can want any more: uploads that a kill has cut off, files
// that no record has named within a day, what was in the trash for 30 days, and files of records that were purged. It
// returns how many; a caller goes on until there are fewer than limit.
func SweepAttachments(ctx context.Context, tx *tenant.Tx, limit int) (int, error) {
	stray, old := tx.Now.Add(-arrivalLife), tx.Now.Add(-trashLife)
	conditions := []struct {
		where string
		args  []any
	}{
		{`a.status = 'pending' AND a.created_at < ?`, []any{stray}},
		{`a.status = 'ready' AND a.created_at < ? AND a.record_id IS NULL`, []any{stray}},
		{`a.status = 'ready' AND a.deleted_at < ?`, []any{old}},
	}
	for _, n := range nouns() {
		conditions = append(conditions, struct {
			where string
			args  []any
		}{`a.status = 'ready' AND a.noun = ? AND NOT EXISTS (SELECT 1 FROM ` + n.table + ` r WHERE r.id = a.record_id)`, []any{n.name}})
	}
	swept := 0
	for _, c := range conditions {
		// They are looked for without locks, which would hold every file of a noun, and go before the next condition is asked,
		// which may hold for them too.
		var ids []AttachmentID
		if err := tx.Select(ctx, &ids, `SELECT a.id FROM company.attachments a WHERE `+c.where+` LIMIT ?`, append(slices.Clone(c.args), limit-swept)...); err != nil {
			return 0, err
		}
		if len(ids) == 0 {
			continue
		}
		var found []Attachment
		if err := tx.SelectIn(ctx, &found, `SELECT `+attachmentColumns+` FROM company.attachments a WHERE a.id IN (?) AND `+c.where+` FOR UPDATE`,
			append([]any{ids}, c.args...)...); err != nil {
			return 0, err
		}
		if err := dropAttachments(ctx, tx, found); err != nil {
			return 0, err
		}
		if swept += len(found); swept == limit {
			break
		}
	}
	return swept, nil
}

// goneFiles is how many files one turn removes.
const goneFiles = 1000

// RemoveGoneFiles removes the bytes of files that are gone, and then their rows, a bounded number at a time. more says
// that there are others. What could not be removed is there the next time.
func RemoveGoneFiles(ctx context.Context, d *tenant.Directory, company *tenant.Company, caller *tenant.Caller, folder files.Folder) (more bool, err error) {
	var ids []AttachmentID
	if err := d.Read(ctx, company, caller, func(q *tenant.Query) error {
		return q.Select(ctx, &ids, `SELECT id FROM company.attachments WHERE status = ? ORDER BY created_at LIMIT ?`, attachmentGone, goneFiles)
	}); err != nil || len(ids) == 0 {
		return false, err
	}
	var removed []AttachmentID
	for _, id := range ids {
		if err = folder.Remove(ctx, id.String()); err != nil {
			break
		}
		removed = append(removed, id)
	}
	if len(removed) > 0 {
		err = errors.Join(err, d.Tx(ctx, company, caller, func(tx *tenant.Tx) error {
			_, err := tx.ExecIn(ctx, `DELETE FROM company.attachments WHERE status = ? AND id IN (?)`, attachmentGone, removed)
			return err
		}))
	}
	return len(ids) == goneFiles, err
}
