package crm

import (
	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TimelineStage is a stage that the customer entered.
type TimelineStage struct {
	From   *string `db:"from_stage" json:"from" doc:"Stage before; null for the first." example:"interested"`
	To     string  `db:"to_stage" json:"to" doc:"Stage entered." example:"won"`
	Reason string  `db:"reason" json:"reason" doc:"Why, where it was said."`
}

func stageStatement(_ *tenant.Query, of subject, before moment) list.Condition {
	where := list.All(list.Condition{SQL: "customer_id = ?", Args: []any{of.customer}}, before.numberedCondition("entered_at", "id"))
	return list.Condition{SQL: `SELECT entered_at AS at, actor_id, id, from_stage, to_stage, reason
		FROM company.lifecycle_history FORCE INDEX (lifecycle_history_customer) WHERE ` + where.SQL + ` ORDER BY entered_at DESC, id DESC`, Args: where.Args}
}

type stageRow struct {
	timelineRow
	TimelineStage
	ID int64 `db:"id"`
}

func (r stageRow) item() TimelineItem {
	item := r.numbered(r.ID)
	item.Stage = &r.TimelineStage
	return item
}

// TimelineMerge is another customer that went up in this one.
type TimelineMerge struct {
	CustomerID CustomerID `db:"loser_id" json:"customer_id" doc:"The customer that went up; its id leads to this one."`
	Name       string     `db:"name" json:"name" doc:"What its name was; empty after 30 days." example:"云帆"`
}

func mergeStatement(_ *tenant.Query, of subject, before moment) list.Condition {
	where := list.All(list.Condition{SQL: "winner_id = ?", Args: []any{of.customer}}, before.condition("created_at", "loser_id"))
	return list.Condition{SQL: `SELECT created_at AS at, member_id AS actor_id, loser_id, COALESCE(JSON_UNQUOTE(JSON_EXTRACT(loser, '$.name')), '') AS name
		FROM company.merges FORCE INDEX (merges_winner) WHERE ` + where.SQL + ` ORDER BY created_at DESC, loser_id DESC`, Args: where.Args}
}

type mergeRow struct {
	timelineRow
	TimelineMerge
}

func (r mergeRow) item() TimelineItem {
	item := r.timelineRow.item(r.CustomerID.String(), r.CustomerID)
	item.Merge = &r.TimelineMerge
	return item
}
