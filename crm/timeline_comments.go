package crm

import (
	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TimelineComment is what a timeline shows of a comment.
type TimelineComment struct {
	ID        CommentID `db:"id" json:"id" doc:"The comment."`
	Body      string    `db:"body" json:"body" doc:"The first 300 characters of the text; <@usr_…> mentions a member." example:"合同谁跟？"`
	Shortened bool      `db:"shortened" json:"shortened" doc:"Whether there is more of it."`
}

func commentStatement(q *tenant.Query, of subject, before moment) list.Condition {
	where := list.All(list.Condition{SQL: "record_id = ?", Args: []any{of.customer}}, before.condition("created_at", "id"))
	if !q.Caller.May(commentRead) {
		where.SQL += " AND 1=0"
	}
	return list.Condition{SQL: `SELECT created_at AS at, author_id AS actor_id, id, LEFT(body, 300) AS body, CHAR_LENGTH(body) > 300 AS shortened
		FROM company.comments FORCE INDEX (comments_record) WHERE ` + where.SQL + ` ORDER BY created_at DESC, id DESC`, Args: where.Args}
}

type commentRow struct {
	timelineRow
	TimelineComment
}

func (r commentRow) item() TimelineItem {
	item := r.timelineRow.item(r.ID.String(), r.ID)
	item.Comment = &r.TimelineComment
	return item
}

func fileStatement(q *tenant.Query, of subject, before moment) list.Condition {
	where := list.All(list.Condition{SQL: "record_id = ? AND status = 'ready' AND deleted_at IS NULL", Args: []any{of.customer}}, before.condition("created_at", "id"))
	if !q.Caller.May(attachmentRead) {
		where.SQL += " AND 1=0"
	}
	return list.Condition{SQL: `SELECT created_at AS at, author_id AS actor_id, id, name, content_type, size
		FROM company.attachments FORCE INDEX (attachments_record) WHERE ` + where.SQL + ` ORDER BY created_at DESC, id DESC`, Args: where.Args}
}

type fileRow struct {
	timelineRow
	FileCard
}

func (r fileRow) item() TimelineItem {
	item := r.timelineRow.item(r.ID.String(), r.ID)
	item.File = &r.FileCard
	return item
}
