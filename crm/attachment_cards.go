package crm

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// FileCard is what a record shows of a file that is attached to it.
type FileCard struct {
	ID          AttachmentID `db:"id" json:"id" doc:"The file's id." example:"att_01h455vb4pex5vsknk084sn02q"`
	Name        string       `db:"name" json:"name" doc:"What people call it." example:"报价单.pdf"`
	ContentType string       `db:"content_type" json:"content_type" doc:"What the file is." example:"application/pdf"`
	Size        int64        `db:"size" json:"size" doc:"In bytes." example:"48213"`
}

// filesOf reads the files at the records of a page in one statement, oldest first. Who may not read files sees none.
func filesOf(ctx context.Context, q *tenant.Query, records []tenant.RecordID) (map[tenant.RecordID][]FileCard, error) {
	if len(records) == 0 || !q.Caller.May(attachmentRead) {
		return nil, nil //nolint:nilnil // nobody has any
	}
	var rows []struct {
		Record tenant.RecordID `db:"record_id"`
		FileCard
	}
	if err := q.SelectIn(ctx, &rows, `SELECT record_id, id, name, content_type, size FROM company.attachments
		WHERE record_id IN (?) AND status = 'ready' AND deleted_at IS NULL ORDER BY record_id, created_at, id`, records); err != nil {
		return nil, err
	}
	found := map[tenant.RecordID][]FileCard{}
	for _, r := range rows {
		found[r.Record] = append(found[r.Record], r.FileCard)
	}
	return found, nil
}

// attachWaiting attaches files to the record that names them: files of the caller's own that no record has named. The
// error calls each by its place in field.
func attachWaiting(ctx context.Context, tx *tenant.Tx, field string, ids []AttachmentID, record Record) ([]FileCard, error) {
	cards := []FileCard{}
	if len(ids) == 0 {
		return cards, nil
	}
	invalid := &tenant.InvalidError{}
	if len(ids) > maxNamedFiles {
		invalid.Add(field, "too_many", fmt.Sprintf("names more than %d files", maxNamedFiles))
		return nil, invalid
	}
	if !tx.Caller.May(attachmentCreate) {
		return nil, fmt.Errorf("%s: %w", attachmentCreate, tenant.ErrDenied)
	}
	var found []Attachment
	if err := tx.SelectIn(ctx, &found, `SELECT `+attachmentColumns+` FROM company.attachments a
		WHERE a.id IN (?) AND a.status = 'ready' AND a.record_id IS NULL AND a.deleted_at IS NULL AND a.author_id = ? FOR UPDATE`,
		ids, tx.Caller.Member); err != nil {
		return nil, err
	}
	waiting := make(map[AttachmentID]Attachment, len(found))
	for _, a := range found {
		waiting[a.ID] = a
	}
	for n, id := range ids {
		a, ok := waiting[id]
		if !ok {
			invalid.Add(fmt.Sprintf("%s[%d]", field, n), "unknown", "is not a file that you have uploaded and no record has named yet")
			continue
		}
		delete(waiting, id) // a repeat is a mistake too
		a.Record = record.RecordRef
		cards = append(cards, FileCard{a.ID, a.Name, a.ContentType, a.Size})
		if err := a.tell(ctx, tx, "attachment.created", record); err != nil {
			return nil, err
		}
	}
	if err := invalid.Err(); err != nil {
		return nil, err
	}
	_, err := tx.ExecIn(ctx, `UPDATE company.attachments SET noun = ?, record_id = ? WHERE id IN (?)`, record.Noun, record.ID, ids)
	return cards, err
}

// maxNamedFiles is how many files a new record may name.
const maxNamedFiles = 20
