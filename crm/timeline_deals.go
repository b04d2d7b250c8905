package crm

import (
	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TimelineDeal is a deal that entered a stage.
type TimelineDeal struct {
	ID       DealID  `db:"deal_id" json:"id" doc:"The deal."`
	Name     string  `db:"name" json:"name" doc:"The deal's name." example:"二期扩容"`
	From     *string `db:"from_name" json:"from" doc:"Stage before; null for a new deal." example:"方案报价"`
	To       string  `db:"to_name" json:"to" doc:"Stage entered." example:"赢单"`
	ToKind   string  `db:"to_kind" json:"to_kind" enum:"open,won,lost" doc:"Whether the deal is open in it, or how it ended." example:"won"`
	Amount   *int64  `db:"amount" json:"amount" doc:"What it was worth then, in minor units of currency." example:"12000000"`
	Currency string  `db:"currency" json:"currency" doc:"ISO 4217 code." example:"CNY"`
	Reason   string  `db:"reason" json:"reason" doc:"Why it was lost, where it was."`
}

// dealStatement sorts what it reads: a customer has few deals, and a deal enters few stages.
func dealStatement(q *tenant.Query, of subject, before moment) list.Condition {
	visible, args := q.Scope(dealRead).Where(deals.OwnerColumn, deals.CustomerColumn)
	where := list.All(
		list.Condition{SQL: "d.customer_id = ? AND d.deleted_at IS NULL", Args: []any{of.customer}},
		list.Condition{SQL: visible, Args: args}, before.numberedCondition("h.entered_at", "h.id"))
	return list.Condition{SQL: `SELECT h.entered_at AS at, h.actor_id, h.id AS visit_id, h.deal_id, d.name, b.name AS from_name,
			s.name AS to_name, s.kind AS to_kind, h.amount, h.currency, h.reason
		FROM company.deals d FORCE INDEX (deals_customer)
		STRAIGHT_JOIN company.deal_stage_history h FORCE INDEX (deal_stage_history_deal) ON h.deal_id = d.id
		JOIN company.pipeline_stages s ON s.id = h.to_stage_id LEFT JOIN company.pipeline_stages b ON b.id = h.from_stage_id
		WHERE ` + where.SQL + ` ORDER BY h.entered_at DESC, h.id DESC`, Args: where.Args}
}

type dealRow struct {
	timelineRow
	TimelineDeal
	Visit int64 `db:"visit_id"`
}

func (r dealRow) item() TimelineItem {
	item := r.numbered(r.Visit)
	item.Deal = &r.TimelineDeal
	return item
}
