package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// DealMove asks to move a deal: to another stage, to its end, back among the open ones, or within its column.
type DealMove struct {
	StageID *StageID `json:"stage_id,omitempty" doc:"The stage to move to, of any pipeline. A pipeline's won or lost closes the deal; an open stage opens a closed one again."`
	Status  string   `json:"status,omitempty" enum:"open,won,lost" doc:"Instead of stage_id: won and lost close the deal in its own pipeline, open takes it back to the stage from which it was closed." example:"won"`
	AfterID *DealID  `json:"after_id,omitempty" doc:"The deal of that stage right under which it is to stand. Without after_id and before_id it comes to the top."`
	// BeforeID is the other way to say it, for the top of a column.
	BeforeID     *DealID       `json:"before_id,omitempty" doc:"Instead: the deal right above which it is to stand."`
	LostReasonID *LostReasonID `json:"lost_reason_id,omitempty" doc:"When it is lost: why, from the company's list."`
	LostReason   string        `json:"lost_reason,omitempty" maxLength:"500" doc:"When it is lost: why, in words." example:"went with a cheaper offer"`
	ClosedAt     *time.Time    `json:"closed_at,omitempty" doc:"When it was won or lost, if not now." example:"2026-03-02T09:00:00+08:00"`
}

// MoveDeal moves a deal and keeps its history. Every move is told by one event: deal.stage_changed, deal.won, deal.lost
// or deal.reopened, or deal.updated for one within the column.
func MoveDeal(ctx context.Context, tx *tenant.Tx, id DealID, in DealMove, version int64) (Deal, error) {
	before, err := lockDeal(ctx, tx, id, dealUpdate, version)
	if err != nil {
		return Deal{}, err
	}
	change, pipeline, err := in.apply(ctx, tx, before)
	if err != nil || change.isNothing() {
		return before, err
	}
	if err := saveDeals(ctx, tx, []dealChange{change}, false); err != nil {
		return Deal{}, err
	}
	if change.event == "deal.won" {
		err = winCustomer(ctx, tx, pipeline, change.after)
	}
	return change.after, err
}

// apply works out what the move makes of a locked deal.
func (in DealMove) apply(ctx context.Context, tx *tenant.Tx, before Deal) (dealChange, Pipeline, error) {
	invalid := &tenant.InvalidError{}
	pipeline, stage, err := in.target(ctx, tx, invalid, before)
	if err != nil {
		return dealChange{}, Pipeline{}, err
	}
	if err := invalid.Err(); err != nil {
		return dealChange{}, Pipeline{}, err
	}
	after, moved := before, stage.ID != before.StageID
	if moved {
		after.enter(stage, in.at(tx, invalid, stage, before), tx.Query)
		after.Rank = topRank(tx.Now)
	}
	if err := in.explain(ctx, tx, invalid, pipeline, &after, moved); err != nil {
		return dealChange{}, Pipeline{}, err
	}
	if in.AfterID != nil || in.BeforeID != nil {
		if err := in.rank(ctx, tx, invalid, &after); err != nil {
			return dealChange{}, Pipeline{}, err
		}
	}
	if err := invalid.Err(); err != nil {
		return dealChange{}, Pipeline{}, err
	}
	change, err := changeDeal(ctx, tx, before, after, moveEvent(before, after))
	return change, pipeline, err
}

// target finds the stage to move to.
func (in DealMove) target(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, d Deal) (Pipeline, PipelineStage, error) {
	switch {
	case in.StageID != nil && in.Status != "":
		invalid.Add("status", "invalid", "cannot stand beside stage_id")
		return Pipeline{}, PipelineStage{}, nil
	case in.StageID != nil:
		p, stage, err := sharedStage(ctx, tx, *in.StageID)
		if errors.Is(err, tenant.ErrNotFound) {
			invalid.Add("stage_id", "unknown", "is not a stage of a pipeline")
			err = nil
		}
		return p, stage, err
	case in.Status == "" && in.AfterID == nil && in.BeforeID == nil:
		invalid.Add("stage_id", "required", "name a stage, a status, or a place in the column")
		return Pipeline{}, PipelineStage{}, nil
	case in.Status == "" || in.Status == d.Status:
		return sharedStage(ctx, tx, d.StageID)
	}
	checkWord(invalid, "status", in.Status, dealStatuses)
	p, err := sharedPipeline(ctx, tx, d.PipelineID)
	if err != nil {
		return Pipeline{}, PipelineStage{}, err
	}
	if in.Status != DealOpen {
		return p, p.ending(in.Status), nil
	}
	stage, err := p.stageBefore(ctx, tx, d)
	return p, stage, err
}

// stageBefore returns the open stage from which a deal was closed, or the first if that is not known or gone.
func (p *Pipeline) stageBefore(ctx context.Context, tx *tenant.Tx, d Deal) (PipelineStage, error) {
	var last []StageID
	if err := tx.Select(ctx, &last, `
		SELECT h.to_stage_id FROM company.deal_stage_history h JOIN company.pipeline_stages s ON s.id = h.to_stage_id
		WHERE h.deal_id = ? AND s.kind = ? AND s.pipeline_id = ? ORDER BY h.entered_at DESC, h.id DESC LIMIT 1`, d.ID, DealOpen, p.ID); err != nil {
		return PipelineStage{}, err
	}
	if len(last) > 0 {
		if stage, ok := p.stage(last[0]); ok {
			return stage, nil
		}
	}
	return p.ending(DealOpen), nil
}

// at is when the deal comes into the stage.
func (in DealMove) at(tx *tenant.Tx, invalid *tenant.InvalidError, stage PipelineStage, before Deal) time.Time {
	if in.ClosedAt == nil {
		return tx.Now
	}
	at := *utc(in.ClosedAt)
	checkPast(tx, invalid, "closed_at", at)
	switch {
	case stage.Kind == DealOpen:
		invalid.Add("closed_at", "invalid", "is only for winning and losing")
	case at.Before(before.CreatedAt):
		invalid.Add("closed_at", "out_of_range", "is before the deal began")
	}
	return at
}

// explain says why the deal is lost. Where the pipeline asks for it, losing without a reason is refused.
func (in DealMove) explain(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, p Pipeline, d *Deal, moved bool) error {
	if !moved {
		return nil
	}
	if err := d.explain(ctx, tx, invalid, in.LostReasonID, in.LostReason); err != nil {
		return err
	}
	p.checkExplained(invalid, d)
	return nil
}

// rank puts the deal next to another one of its column. What stands on the other side is asked for without regard to
// what the caller can see: the column is the same for everybody.
func (in DealMove) rank(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, d *Deal) error {
	field, anchor := "after_id", in.AfterID
	if in.BeforeID != nil {
		if in.AfterID != nil {
			invalid.Add("before_id", "invalid", "cannot stand beside after_id")
			return nil
		}
		field, anchor = "before_id", in.BeforeID
	}
	for ordered := false; ; ordered = true {
		next, err := findDeal(ctx, tx.Query, *anchor, dealRead, "")
		if errors.Is(err, tenant.ErrNotFound) || err == nil && (next.StageID != d.StageID || next.ID == d.ID) {
			invalid.Add(field, "unknown", "is not another deal of that stage that you can see")
			return nil
		}
		if err != nil {
			return err
		}
		rank, ok, err := in.rankBeside(ctx, tx, next, d.ID)
		if err != nil || ok && len(rank) <= maxRank {
			d.Rank = rank
			return err
		}
		if ordered {
			return fmt.Errorf("deal %s: no room beside %s", d.ID, next.ID)
		}
		if err := orderRanks(ctx, tx, d.StageID); err != nil {
			return err
		}
	}
}

// rankBeside returns a rank on the wanted side of a deal, leaving out the one that is moved.
func (in DealMove) rankBeside(ctx context.Context, tx *tenant.Tx, next Deal, moved DealID) (string, bool, error) {
	beyond, order := ">", "ASC"
	if in.BeforeID != nil {
		beyond, order = "<", "DESC"
	}
	var other []string
	if err := tx.Select(ctx, &other, `SELECT d.board_rank FROM company.deals d
		WHERE d.stage_id = ? AND d.board_rank `+beyond+`= ? AND (d.board_rank `+beyond+` ? OR d.id `+beyond+` ?) AND d.id <> ? AND d.deleted_at IS NULL
		ORDER BY d.board_rank `+order+`, d.id `+order+` LIMIT 1`, next.StageID, next.Rank, next.Rank, next.ID, moved); err != nil {
		return "", false, err
	}
	neighbour := ""
	if len(other) > 0 {
		neighbour = other[0]
	}
	if in.BeforeID == nil {
		rank, ok := rankBetween(next.Rank, neighbour)
		return rank, ok, nil
	}
	if top := topRank(tx.Now); neighbour == "" && top < next.Rank {
		return top, true, nil // so that what comes later stands before it
	}
	rank, ok := rankBetween(neighbour, next.Rank)
	return rank, ok, nil
}

func moveEvent(before, after Deal) string {
	switch {
	case before.StageID == after.StageID:
		return "deal.updated"
	case after.Status == DealWon:
		return "deal.won"
	case after.Status == DealLost:
		return "deal.lost"
	case before.Status != DealOpen:
		return "deal.reopened"
	}
	return "deal.stage_changed"
}
