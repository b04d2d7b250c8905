package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// PlacedStage is a new stage and where it goes.
type PlacedStage struct {
	NewStage
	Position *int `json:"position,omitempty" minimum:"1" maximum:"30" doc:"Its place among the open stages, from 1; the last when left out." example:"2"`
}

// StagePatch changes a stage. Of the two ends only the name can be changed.
type StagePatch struct {
	Name        patch.Field[string] `json:"name,omitzero" minLength:"1" maxLength:"100" doc:"What it is called." example:"方案报价"`
	Probability patch.Field[int]    `json:"probability,omitzero" minimum:"0" maximum:"100" doc:"How likely a deal that stands here is won, in percent." example:"50"`
	RottingDays patch.Field[int]    `json:"rotting_days,omitzero" minimum:"1" maximum:"3650" doc:"After how many days a deal is stalled; null for never." example:"30"`
	Position    patch.Field[int]    `json:"position,omitzero" minimum:"1" maximum:"30" doc:"Its place among the open stages, from 1." example:"2"`
}

// AddStage adds an open stage to a pipeline.
func AddStage(ctx context.Context, tx *tenant.Tx, id PipelineID, in PlacedStage, version int64) (Pipeline, error) {
	return changePipeline(ctx, tx, id, version, func(p *Pipeline, invalid *tenant.InvalidError) error {
		s := in.stage()
		if _, there := p.stage(s.ID); there {
			return errIDInUse
		}
		s.check(invalid, "")
		if len(p.Stages) >= maxStages {
			invalid.Add("name", "too_many", fmt.Sprintf("would be more than %d stages", maxStages))
		}
		place := len(p.Stages) + 1
		if in.Position != nil {
			place = *in.Position
		}
		p.place(invalid, s, place)
		return nil
	})
}

// UpdateStage changes or moves a stage of a pipeline. It returns ErrNotFound for a stage of another one.
func UpdateStage(ctx context.Context, tx *tenant.Tx, id PipelineID, stage StageID, in StagePatch, version int64) (Pipeline, error) {
	return changePipeline(ctx, tx, id, version, func(p *Pipeline, invalid *tenant.InvalidError) error {
		s, ok := p.stage(stage)
		if !ok {
			return fmt.Errorf("stage %s: %w", stage, tenant.ErrNotFound)
		}
		s.Name = in.Name.Or(s.Name)
		if s.Kind != DealOpen {
			checkRequired(invalid, "name", s.Name, maxStageName)
			in.checkEnd(invalid)
			p.put(s)
			return nil
		}
		s.Probability, s.RottingDays = in.Probability.Or(s.Probability), in.RottingDays.OrNull(s.RottingDays)
		s.check(invalid, "")
		if in.Probability.Null {
			invalid.Add("probability", "required", "cannot be null")
		}
		at := slices.IndexFunc(p.Stages, func(other PipelineStage) bool { return other.ID == stage })
		p.Stages = slices.Delete(p.Stages, at, at+1)
		p.place(invalid, s, in.Position.Or(at+1))
		return nil
	})
}

// checkEnd refuses what only open stages have.
func (in StagePatch) checkEnd(invalid *tenant.InvalidError) {
	for field, set := range map[string]bool{"probability": in.Probability.Set, "rotting_days": in.RottingDays.Set, "position": in.Position.Set} {
		if set {
			invalid.Add(field, "invalid", "is only for open stages")
		}
	}
}

// place puts a stage among the open ones.
func (p *Pipeline) place(invalid *tenant.InvalidError, s PipelineStage, position int) {
	if position < 1 || position > len(p.Stages)+1 {
		invalid.Add("position", "out_of_range", fmt.Sprintf("must be 1 to %d", len(p.Stages)+1))
		return
	}
	p.Stages = slices.Insert(p.Stages, position-1, s)
}
