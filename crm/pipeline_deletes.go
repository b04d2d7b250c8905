package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	// movedTogether is how many deals move at once when their stage goes, and mostMoved how many in all: they are locked
	// until the transaction ends.
	movedTogether = 500
	mostMoved     = 5000
)

// DeleteStage removes an open stage. Deals that stand in it move to the stage moveTo, of any pipeline; without one they
// stand in the way, which is a *tenant.ConflictError.
func DeleteStage(ctx context.Context, tx *tenant.Tx, id PipelineID, stage StageID, moveTo StageID, version int64) (Pipeline, error) {
	return changePipeline(ctx, tx, id, version, func(p *Pipeline, _ *tenant.InvalidError) error {
		at := slices.IndexFunc(p.Stages, func(s PipelineStage) bool { return s.ID == stage })
		switch {
		case at < 0 && (stage == p.Won.ID || stage == p.Lost.ID):
			return &tenant.ConflictError{Code: "pipeline_end", Message: "Every pipeline has one stage for won and one for lost deals. Rename it instead."}
		case at < 0:
			return fmt.Errorf("stage %s: %w", stage, tenant.ErrNotFound)
		case len(p.Stages) == 1:
			return &tenant.ConflictError{Code: "last_stage", Message: "A pipeline has at least one open stage. Rename this one, or delete the pipeline."}
		}
		p.Stages = slices.Delete(p.Stages, at, at+1)
		return moveAway(ctx, tx, p, []StageID{stage}, moveTo)
	})
}

// DeletePipeline removes a pipeline that is not the default. Its open deals move to the stage moveTo of another one, and
// its closed ones to that one's won and lost; without moveTo they stand in the way, which is a *tenant.ConflictError.
func DeletePipeline(ctx context.Context, tx *tenant.Tx, id PipelineID, moveTo StageID, version int64) error {
	p, err := lockPipeline(ctx, tx, id, version)
	if err != nil {
		return err
	}
	if p.IsDefault {
		return &tenant.ConflictError{Code: "default_pipeline", Message: "This is the company's default pipeline. Make another one the default first."}
	}
	var stages []StageID
	for _, s := range p.all() {
		stages = append(stages, s.ID)
	}
	if err := moveAway(ctx, tx, &Pipeline{}, stages, moveTo); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE company.pipelines SET deleted_at = ?, updated_at = ?, version = version + 1 WHERE id = ?`, tx.Now, tx.Now, id); err != nil {
		return err
	}
	if err := dropStages(ctx, tx, stages); err != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{Type: "pipeline.deleted", Resource: "pipeline", Record: tenant.RecordID(id), Data: p})
}

// dropStages keeps the names of stages that are gone for the history.
func dropStages(ctx context.Context, tx *tenant.Tx, ids []StageID) error {
	_, err := tx.ExecIn(ctx, `UPDATE company.pipeline_stages SET deleted_at = ? WHERE id IN (?)`, tx.Now, ids)
	return err
}

// moveAway moves all deals out of stages that go. kept is the pipeline as it will be.
func moveAway(ctx context.Context, tx *tenant.Tx, kept *Pipeline, stages []StageID, moveTo StageID) error {
	// Locked before they are counted: what others trash or move meanwhile is not among them, whenever this began to read.
	var ids []DealID
	if err := tx.SelectIn(ctx, &ids, `SELECT id FROM company.deals WHERE stage_id IN (?) AND deleted_at IS NULL ORDER BY id FOR UPDATE`, stages); err != nil {
		return err
	}
	standing := len(ids)
	switch {
	case standing == 0:
		return nil
	case moveTo.IsZero():
		return &tenant.ConflictError{Code: "stage_in_use", Message: fmt.Sprintf("There are %d deals. Say by move_to in which stage they are to stand.", standing)}
	case standing > mostMoved:
		return &tenant.ConflictError{Code: "too_many_deals", Message: fmt.Sprintf("There are %d deals, and at most %d move with their stage. Move some first, by /v1/deals/bulk.", standing, mostMoved)}
	}
	target, stage, err := moveTarget(ctx, tx, kept, stages, moveTo)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(ids, movedTogether) {
		if err := moveAll(ctx, tx, some, target, stage); err != nil {
			return err
		}
	}
	return nil
}

// moveTarget finds where deals go whose stage goes.
func moveTarget(ctx context.Context, tx *tenant.Tx, kept *Pipeline, gone []StageID, moveTo StageID) (Pipeline, PipelineStage, error) {
	if stage, ok := kept.stage(moveTo); ok && stage.Kind == DealOpen {
		return *kept, stage, nil
	}
	p, stage, err := sharedStage(ctx, tx, moveTo)
	if errors.Is(err, tenant.ErrNotFound) || err == nil && (stage.Kind != DealOpen || slices.Contains(gone, moveTo)) {
		err = tenant.Invalid("move_to", "unknown", "is not another open stage")
	}
	return p, stage, err
}

// moveAll moves deals to an open stage of the target, and closed ones to its ends at the time at which they were closed.
func moveAll(ctx context.Context, tx *tenant.Tx, ids []DealID, target Pipeline, stage PipelineStage) error {
	found, err := lockDeals(ctx, tx, ids, "1=1", nil)
	if err != nil {
		return err
	}
	changes := make([]dealChange, len(found))
	for i, before := range found {
		after := before
		if before.Status == DealOpen {
			after.enter(stage, tx.Now, tx.Query)
		} else {
			after.enter(target.ending(before.Status), before.StageSince, tx.Query)
		}
		if changes[i], err = changeDeal(ctx, tx, before, after, "deal.stage_changed"); err != nil {
			return err
		}
	}
	return saveDeals(ctx, tx, changes, false)
}
