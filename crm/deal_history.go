package crm

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// DealVisit is one stay of a deal in a stage.
type DealVisit struct {
	PipelineID PipelineID      `db:"pipeline_id" json:"pipeline_id" doc:"The pipeline of the stage entered."`
	From       StageID         `db:"from_stage_id" json:"from" nullable:"true" doc:"Stage before; null for the first."`
	To         StageID         `db:"to_stage_id" json:"to" doc:"Stage entered."`
	ToName     string          `db:"to_name" json:"to_name" doc:"What that stage is called, also when it is gone." example:"方案报价"`
	ToKind     string          `db:"to_kind" json:"to_kind" enum:"open,won,lost" doc:"Whether deals in it are open, or how they ended."`
	Amount     *int64          `db:"amount" json:"amount" doc:"What the deal was worth on entering, in minor units of currency." example:"12000000"`
	Currency   string          `db:"currency" json:"currency" doc:"ISO 4217 code." example:"CNY"`
	Reason     string          `db:"reason" json:"reason" doc:"Why the deal was lost, where it was."`
	Actor      tenant.MemberID `db:"actor_id" json:"actor_id" nullable:"true" doc:"Who moved the deal; null for the system."`
	EnteredAt  time.Time       `db:"entered_at" json:"entered_at" doc:"When (UTC)."`
	LeftAt     *time.Time      `db:"left_at" json:"left_at" doc:"Until when (UTC); null while it stands there."`
	Seconds    int64           `db:"-" json:"seconds" doc:"How long the deal was there, or has been there by now." example:"864000"`
}

// DealHistory returns the stages a deal was in, oldest first.
func DealHistory(ctx context.Context, q *tenant.Query, id DealID) ([]DealVisit, error) {
	if _, err := findDeal(ctx, q, id, dealRead, ""); err != nil {
		return nil, err
	}
	visits := []DealVisit{}
	err := q.Select(ctx, &visits, `
		SELECT h.pipeline_id, h.from_stage_id, h.to_stage_id, s.name AS to_name, s.kind AS to_kind, h.amount, h.currency, h.reason,
			h.actor_id, h.entered_at, h.left_at
		FROM company.deal_stage_history h JOIN company.pipeline_stages s ON s.id = h.to_stage_id
		WHERE h.deal_id = ? ORDER BY h.entered_at, h.id LIMIT 1000`, id)
	for i := range visits {
		left := q.Now
		if visits[i].LeftAt != nil {
			left = *visits[i].LeftAt
		}
		visits[i].Seconds = int64(left.Sub(visits[i].EnteredAt) / time.Second)
	}
	return visits, err
}
