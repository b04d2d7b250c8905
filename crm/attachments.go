package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

type attachmentKind struct{}

func (attachmentKind) Prefix() string { return "att" }

// AttachmentID identifies an attached file (att_…).
type AttachmentID = tenant.ID[attachmentKind]

const (
	attachmentRead   tenant.Permission = "attachment:read"
	attachmentCreate tenant.Permission = "attachment:create"
	attachmentDelete tenant.Permission = "attachment:delete"
)

// Attachment is a file at a record of any noun: 附件. Who may do what with it follows from the record: to read the
// file one has to reach the record for reading, to add or delete one for changing it.
type Attachment struct {
	ID AttachmentID `db:"id" json:"id" doc:"The file's id." example:"att_01h455vb4pex5vsknk084sn02q"`
	// Record is none while the file waits for the record that will name it; only its author sees it then.
	Record      RecordRef       `db:"record" json:"record_id,omitzero" doc:"The record it is attached to; left out while it waits for one." example:"int_01h455vb4pex5vsknk084sn02q"`
	Name        string          `db:"name" json:"name" doc:"What people call it." example:"报价单.pdf"`
	ContentType string          `db:"content_type" json:"content_type" doc:"What the file is, by its content; not what the sender said." example:"application/pdf"`
	Size        int64           `db:"size" json:"size" doc:"In bytes." example:"48213"`
	SHA256      string          `db:"sha256" json:"sha256" doc:"SHA-256 of the content, in hexadecimal." example:"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`
	Width       *int            `db:"width" json:"width" doc:"Width of a picture in pixels; null for anything else." example:"1200"`
	Height      *int            `db:"height" json:"height" doc:"Height of a picture in pixels; null for anything else." example:"800"`
	AuthorID    tenant.MemberID `db:"author_id" json:"author_id" nullable:"true" doc:"Who attached it; null for the system."`
	CreatedAt   time.Time       `db:"created_at" json:"created_at" doc:"When it was sent (UTC)."`
	DeletedAt   *time.Time      `db:"deleted_at" json:"deleted_at" doc:"When it went to the trash (UTC); null otherwise."`
}

// The states of an attachment's row. What is pending or gone, nobody sees.
const (
	attachmentPending = "pending" // its bytes arrive
	attachmentReady   = "ready"
	attachmentGone    = "gone" // its bytes are to be removed, then the row
)

const attachmentColumns = `a.id, COALESCE(a.noun, '') AS "record.noun", a.record_id AS "record.id", a.name, a.content_type, a.size, a.sha256,
	a.width, a.height, a.author_id, a.created_at, a.deleted_at`

// attachments are listed for one record at a time, and whoever asks reaches that.
var attachments = &list.Resource{
	Name: "attachments", Table: "company.attachments", Alias: "a", Order: "created_at desc", Live: "a.status = 'ready'",
	Fields: map[string]list.Field{
		"name":         {Kind: list.Text, Column: "a.name"},
		"content_type": {Kind: list.Text, Column: "a.content_type"},
		"size":         {Kind: list.Number, Column: "a.size"},
		"author":       {Kind: list.Member, Column: "a.author_id", Nullable: true},
		"created_at":   {Kind: list.Time, Column: "a.created_at", Sort: "a.created_at", Indexes: []list.Index{list.By("attachments_record")}},
	},
}

func (a Attachment) sortKey(string) (any, [16]byte) { return a.CreatedAt, a.ID }

// ListAttachments returns one page of the files at a record within the caller's scope: those that are there, or those
// in the trash.
func ListAttachments(ctx context.Context, q *tenant.Query, record RecordRef, trash bool, in ListQuery) (Page[Attachment], error) {
	if _, err := FindRecord(ctx, q, record, "read"); err != nil {
		return Page[Attachment]{}, err
	}
	p, err := planAttachments(q, record, trash, in)
	if err != nil {
		return Page[Attachment]{}, err
	}
	return list.Read(ctx, q, p, attachmentColumns, in.Count, Attachment.sortKey)
}

func planAttachments(q *tenant.Query, record RecordRef, trash bool, in ListQuery) (*list.Plan, error) {
	extra := []list.Condition{{SQL: "a.record_id = ?", Args: []any{record.ID}}, {SQL: "a.deleted_at IS NULL"}}
	if trash {
		extra[1].SQL = "a.deleted_at IS NOT NULL"
	}
	if in.Q != "" {
		extra = append(extra, list.Contains("a.name", in.Q))
	}
	return list.New(q, attachments, in, everybodys(), extra...)
}

// GetAttachment returns a file at a record within the caller's scope, or one of the caller's own that waits for its
// record, else ErrNotFound.
func GetAttachment(ctx context.Context, q *tenant.Query, id AttachmentID) (Attachment, error) {
	a, _, err := findAttachment(ctx, q, id, "read", "AND a.deleted_at IS NULL")
	return a, err
}

// findAttachment returns a file and its record, whose owner is the author while there is none. action is what the caller
// has to be allowed to do with the record.
func findAttachment(ctx context.Context, q *tenant.Query, id AttachmentID, action, where string) (Attachment, Record, error) {
	var a Attachment
	if err := q.Get(ctx, &a, `SELECT `+attachmentColumns+` FROM company.attachments a
		WHERE a.id = ? AND a.status = 'ready' `+where, id); err != nil {
		return Attachment{}, Record{}, fmt.Errorf("attachment %s: %w", id, err)
	}
	if a.Record.IsZero() {
		if !own(q.Caller).Includes(a.AuthorID) {
			return Attachment{}, Record{}, fmt.Errorf("attachment %s: %w", id, tenant.ErrNotFound)
		}
		return a, Record{Owner: a.AuthorID}, nil
	}
	record, err := FindRecord(ctx, q, a.Record, action)
	if err != nil {
		return Attachment{}, Record{}, fmt.Errorf("attachment %s: %w", id, err)
	}
	return a, record, nil
}
