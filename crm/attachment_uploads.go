package crm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/files"
)

// storageQuota counts the bytes of attached files, as package billing names it.
const storageQuota tenant.Quota = "storage_bytes"

// maxFiles is how many files one record may have.
const maxFiles = 500

// NewAttachment is what is known of a file before it arrives.
type NewAttachment struct {
	// ID is one that the client made; the zero one has one made.
	ID AttachmentID
	// Record is what the file is attached to; none when a record that does not exist yet will name it.
	Record RecordRef
	Name   string
	// Expected is how many bytes will come at least, Limit how many may.
	Expected, Limit int64
}

// StoreFile keeps a file while it arrives, under a row that nobody sees: [CreateAttachment] makes an attachment of it.
// It returns ErrNotFound for a record that the caller may not change, *tenant.QuotaError when the plan has no room,
// ErrUploadTooLarge for more than the limit, an error of package files, and the error of r as it is. Nothing is left
// then; what a kill leaves is removed by [SweepAttachments].
func StoreFile(ctx context.Context, d *tenant.Directory, company *tenant.Company, caller *tenant.Caller, folder files.Folder, in NewAttachment, r io.Reader) (Attachment, error) {
	a := Attachment{ID: in.ID, Record: in.Record, Name: cleanFileName(in.Name), AuthorID: caller.Member}
	if a.ID.IsZero() {
		a.ID = tenant.NewID[attachmentKind]()
	}
	if err := d.Tx(ctx, company, caller, func(tx *tenant.Tx) error { return a.announce(ctx, tx, in.Expected) }); err != nil {
		return Attachment{}, err
	}
	content := &arrival{r: r, limit: in.Limit, hash: sha256.New()}
	if err := content.keep(ctx, folder, a.ID); err != nil {
		return Attachment{}, errors.Join(err, RemoveFile(context.WithoutCancel(ctx), d, company, caller, folder, a.ID))
	}
	a.Size, a.SHA256 = content.size, hex.EncodeToString(content.hash.Sum(nil))
	a.ContentType = sniff(content.head)
	a.Width, a.Height = pictureSize(content.head)
	return a, nil
}

// announce writes the row of a file that is about to arrive.
func (a *Attachment) announce(ctx context.Context, tx *tenant.Tx, expected int64) error {
	if _, err := a.target(ctx, tx); err != nil {
		return err
	}
	if err := tx.Available(ctx, storageQuota, max(expected, 1)); err != nil {
		return err
	}
	a.CreatedAt = tx.Now
	_, err := tx.Exec(ctx, `
		INSERT INTO company.attachments (id, name, content_type, size, sha256, status, author_id, created_at)
		VALUES (?, ?, ?, 0, '', ?, ?, ?)`, a.ID, a.Name, AnyType, attachmentPending, a.AuthorID, a.CreatedAt)
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return errIDInUse
	}
	return err
}

// target finds the record that the caller wants to attach a file to.
func (a *Attachment) target(ctx context.Context, tx *tenant.Tx) (Record, error) {
	if a.Record.IsZero() {
		return Record{Owner: tx.Caller.Member}, nil
	}
	record, err := lockRecord(ctx, tx, a.Record, "update")
	if isUnknown(err) {
		return Record{}, tenant.Invalid("record_id", "unknown", "is not a record that you may attach files to")
	}
	if err != nil {
		return Record{}, err
	}
	var n int
	err = tx.Get(ctx, &n, `SELECT COUNT(*) FROM company.attachments WHERE record_id = ? AND status = 'ready'`, a.Record.ID)
	if err == nil && n >= maxFiles {
		err = &tenant.ConflictError{Code: "too_many_files", Message: fmt.Sprintf("A record has at most %d files. Delete some first.", maxFiles)}
	}
	return record, err
}

// arrival is a file on its way into the store. It looks at the bytes as they pass.
type arrival struct {
	r     io.Reader
	limit int64
	size  int64
	hash  hash.Hash
	head  []byte
}

func (c *arrival) keep(ctx context.Context, folder files.Folder, id AttachmentID) error {
	var head bytes.Buffer
	if _, err := io.CopyN(&head, c.r, min(headBytes, c.limit+1)); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	c.head = head.Bytes()
	return folder.Put(ctx, id.String(), &passing{c, io.MultiReader(bytes.NewReader(c.head), c.r)})
}

// passing counts and digests what is read through it.
type passing struct {
	*arrival
	whole io.Reader
}

// Read implements io.Reader.
func (p *passing) Read(b []byte) (int, error) {
	n, err := p.whole.Read(b)
	p.size += int64(n)
	if p.size > p.limit {
		return 0, ErrUploadTooLarge
	}
	p.hash.Write(b[:n])
	return n, err
}

// CreateAttachment makes an attachment of a stored file and takes its room from the quota, all in one transaction. It
// returns *tenant.QuotaError when others have used the room up meanwhile.
func CreateAttachment(ctx context.Context, tx *tenant.Tx, a Attachment) (Attachment, error) {
	record, err := a.target(ctx, tx)
	if err != nil {
		return Attachment{}, err
	}
	if err := tx.Consume(ctx, storageQuota, a.Size); err != nil {
		return Attachment{}, err
	}
	if err := tx.MustChange(ctx, `
		UPDATE company.attachments SET noun = NULLIF(?, ''), record_id = ?, content_type = ?, size = ?, sha256 = ?, width = ?, height = ?, status = ?
		WHERE id = ? AND status = ?`, a.Record.Noun, a.Record.ID, a.ContentType, a.Size, a.SHA256, a.Width, a.Height, attachmentReady,
		a.ID, attachmentPending); err != nil {
		return Attachment{}, fmt.Errorf("attachment %s: %w", a.ID, err)
	}
	if a.Record.IsZero() {
		return a, nil // told when a record names it
	}
	return a, a.tell(ctx, tx, "attachment.created", record)
}

// tell emits an event of the file. What a file at a private record is called and holds is not in it.
func (a Attachment) tell(ctx context.Context, tx *tenant.Tx, event string, record Record) error {
	if record.Private {
		a.Name, a.SHA256 = "", ""
	}
	e := tenant.Event{Type: event, Resource: "attachment", Record: tenant.RecordID(a.ID), OwnerBefore: record.Owner, OwnerAfter: record.Owner, Data: a}
	switch event {
	case "attachment.created":
		e.OwnerBefore = tenant.MemberID{}
	case "attachment.deleted":
		e.OwnerAfter = tenant.MemberID{}
	}
	return tx.Emit(ctx, e)
}

// RemoveFile removes a stored file of which no attachment was made, and its row.
func RemoveFile(ctx context.Context, d *tenant.Directory, company *tenant.Company, caller *tenant.Caller, folder files.Folder, id AttachmentID) error {
	if err := folder.Remove(ctx, id.String()); err != nil {
		return err
	}
	return d.Tx(ctx, company, caller, func(tx *tenant.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM company.attachments WHERE id = ? AND status = ?`, id, attachmentPending)
		return err
	})
}
