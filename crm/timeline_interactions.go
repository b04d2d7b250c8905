package crm

import (
	"context"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TimelineInteraction is what a timeline shows of an interaction.
type TimelineInteraction struct {
	ID         InteractionID   `db:"id" json:"id" doc:"The interaction."`
	Kind       string          `db:"kind" json:"kind" enum:"call,email,wechat,sms,meeting,visit,note" doc:"How." example:"call"`
	Direction  string          `db:"direction" json:"direction" enum:"in,out,none" doc:"Who began." example:"out"`
	Outcome    string          `db:"outcome" json:"outcome" doc:"What became of a call." example:"connected"`
	Summary    string          `db:"summary" json:"summary" doc:"The first 300 characters of what was said." example:"Price agreed, wants a trial."`
	Shortened  bool            `db:"shortened" json:"shortened" doc:"Whether there is more of the summary."`
	Minutes    *int            `db:"minutes" json:"minutes" doc:"How long, in minutes." example:"12"`
	Contacts   stringList      `db:"contacts" json:"contacts" nullable:"false" doc:"People of the customer who took part." example:"[\"王志强\"]"`
	NextStep   string          `db:"next_step" json:"next_step" doc:"Suggested next step." example:"send quote"`
	Resolved   bool            `db:"resolved" json:"resolved" doc:"Whether the customer's matter is settled."`
	AssigneeID tenant.MemberID `db:"assignee_id" json:"assignee_id" nullable:"true" doc:"Who has to settle it."`
	Files      []FileCard      `db:"-" json:"files" nullable:"false" doc:"Files attached to it."`
}

func interactionStatement(q *tenant.Query, of subject, before moment) list.Condition {
	visible, args := q.Scope(interactionRead).Where("c.owner_id", "c.id")
	where := list.All(
		list.Condition{SQL: "i.customer_id = ? AND i.deleted_at IS NULL", Args: []any{of.customer}},
		list.Condition{SQL: visible, Args: args}, before.condition("i.occurred_at", "i.id"))
	return list.Condition{SQL: `SELECT i.occurred_at AS at, i.author_id AS actor_id, i.id, i.kind, i.direction, i.outcome,
			LEFT(i.summary, 300) AS summary, CHAR_LENGTH(i.summary) > 300 AS shortened, i.minutes, i.contacts, i.next_step, i.resolved, i.assignee_id
		FROM company.interactions i FORCE INDEX (interactions_customer) JOIN company.customers c ON c.id = i.customer_id
		WHERE ` + where.SQL + ` ORDER BY i.occurred_at DESC, i.id DESC`, Args: where.Args}
}

type interactionRow struct {
	timelineRow
	TimelineInteraction
}

func (r interactionRow) item() TimelineItem {
	item := r.timelineRow.item(r.ID.String(), r.ID)
	item.Interaction = &r.TimelineInteraction
	return item
}

// readInteractions adds their files.
func readInteractions(ctx context.Context, q *tenant.Query, statement string, args []any) ([]TimelineItem, error) {
	items, err := timelineItems(interactionRow.item)(ctx, q, statement, args)
	if err != nil {
		return nil, err
	}
	ids := make([]tenant.RecordID, len(items))
	for n, item := range items {
		ids[n] = tenant.RecordID(item.Interaction.ID)
	}
	files, err := filesOf(ctx, q, ids)
	for n := range items {
		items[n].Interaction.Files = append([]FileCard{}, files[ids[n]]...)
	}
	return items, err
}
