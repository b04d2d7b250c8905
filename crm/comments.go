package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

type commentKind struct{}

func (commentKind) Prefix() string { return "cmt" }

// CommentID identifies a comment (cmt_…).
type CommentID = tenant.ID[commentKind]

const (
	commentRead   tenant.Permission = "comment:read"
	commentUpdate tenant.Permission = "comment:update"
	commentDelete tenant.Permission = "comment:delete"
)

// Comment is what a member says to colleagues about a record of any noun: 评论. Everybody reads it who reaches the
// record for reading, and they may answer.
type Comment struct {
	ID     CommentID `db:"id" json:"id" doc:"The comment's id." example:"cmt_01h455vb4pex5vsknk084sn02q"`
	Record RecordRef `db:"record" json:"record_id" doc:"The record that it is about." example:"cus_01h455vb4pex5vsknk084sn02q"`
	// RecordTitle is for those who only hear of the comment; it is left out where the record is known.
	RecordTitle string          `db:"-" json:"record_title,omitempty" doc:"In events: what people recognise the record by." example:"云帆科技"`
	Body        string          `db:"body" json:"body" doc:"The text; <@usr_…> mentions a member." example:"<@usr_01h455vb4pex5vsknk084sn02q> 合同谁跟？"`
	Mentions    memberList      `db:"mentions" json:"mentions" nullable:"false" doc:"Who is mentioned, in the order of the text."`
	AuthorID    tenant.MemberID `db:"author_id" json:"author_id" nullable:"true" doc:"Who said it; null for the system."`
	CreatedAt   time.Time       `db:"created_at" json:"created_at" doc:"When it was said (UTC)."`
	UpdatedAt   time.Time       `db:"updated_at" json:"updated_at" doc:"When it was last changed (UTC); as created_at when never."`
	Version     int64           `db:"version" json:"-"`
}

const commentColumns = `m.id, m.noun AS "record.noun", m.record_id AS "record.id", m.body, m.mentions, m.author_id, m.created_at, m.updated_at, m.version`

// comments are listed for one record at a time, and whoever asks reaches that.
var comments = &list.Resource{
	Name: "comments", Table: "company.comments", Alias: "m", Order: "created_at", Live: "1=1",
	Fields: map[string]list.Field{
		"body":       {Kind: list.Text, Column: "m.body"},
		"author":     {Kind: list.Member, Column: "m.author_id", Nullable: true},
		"created_at": {Kind: list.Time, Column: "m.created_at", Sort: "m.created_at", Indexes: []list.Index{list.By("comments_record")}},
	},
}

func (c Comment) sortKey(string) (any, [16]byte) { return c.CreatedAt, c.ID }

// ListComments returns one page of the comments on a record within the caller's scope, oldest first unless asked
// otherwise.
func ListComments(ctx context.Context, q *tenant.Query, record RecordRef, in ListQuery) (Page[Comment], error) {
	if _, err := FindRecord(ctx, q, record, "read"); err != nil {
		return Page[Comment]{}, err
	}
	p, err := planComments(q, record, in)
	if err != nil {
		return Page[Comment]{}, err
	}
	return list.Read(ctx, q, p, commentColumns, in.Count, Comment.sortKey)
}

func planComments(q *tenant.Query, record RecordRef, in ListQuery) (*list.Plan, error) {
	extra := []list.Condition{{SQL: "m.record_id = ?", Args: []any{record.ID}}}
	if in.Q != "" {
		extra = append(extra, list.Contains("m.body", in.Q))
	}
	return list.New(q, comments, in, everybodys(), extra...)
}

// GetComment returns a comment on a record within the caller's scope, else ErrNotFound.
func GetComment(ctx context.Context, q *tenant.Query, id CommentID) (Comment, error) {
	c, _, err := findComment(ctx, q, id, "")
	return c, err
}

// findComment returns a comment with the record that it is about.
func findComment(ctx context.Context, q *tenant.Query, id CommentID, lock string) (Comment, Record, error) {
	var c Comment
	if err := q.Get(ctx, &c, `SELECT `+commentColumns+` FROM company.comments m WHERE m.id = ? `+lock, id); err != nil {
		return Comment{}, Record{}, fmt.Errorf("comment %s: %w", id, err)
	}
	record, err := FindRecord(ctx, q, c.Record, "read")
	if err != nil {
		return Comment{}, Record{}, fmt.Errorf("comment %s: %w", id, err)
	}
	return c, record, nil
}
