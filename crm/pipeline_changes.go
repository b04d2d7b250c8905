package crm

import (
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	maxPipelines   = 50
	maxStages      = 30
	maxRottingDays = 3650
	maxStageName   = 100
)

// CreatePipeline adds a pipeline with its stages and its two ends.
func CreatePipeline(ctx context.Context, tx *tenant.Tx, in NewPipeline) (Pipeline, error) {
	var there int
	if err := tx.Get(ctx, &there, `SELECT COUNT(*) FROM company.pipelines WHERE deleted_at IS NULL`); err != nil {
		return Pipeline{}, err
	}
	if there >= maxPipelines {
		return Pipeline{}, &tenant.ConflictError{Code: "too_many_pipelines", Message: fmt.Sprintf("A company has at most %d pipelines. Delete one first.", maxPipelines)}
	}
	p := in.pipeline(tx)
	p.IsDefault = p.IsDefault || there == 0
	invalid := &tenant.InvalidError{}
	p.check(invalid)
	if err := invalid.Err(); err != nil {
		return Pipeline{}, err
	}
	if err := insertPipeline(ctx, tx, p); err != nil {
		return Pipeline{}, err
	}
	return p, tx.Emit(ctx, tenant.Event{Type: "pipeline.created", Resource: "pipeline", Record: tenant.RecordID(p.ID), Data: p})
}

// pipeline fills in what the input leaves open.
func (in NewPipeline) pipeline(tx *tenant.Tx) Pipeline {
	words := pipelineWordsFor(tx.Company.Locale)
	p := Pipeline{
		ID: tenant.NewID[pipelineKind](), Name: in.Name, IsDefault: in.IsDefault, OnWon: in.OnWon, NeedsLostReason: true, Stages: []PipelineStage{},
		CreatedBy: tx.Caller.Member, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if in.ID != nil && !in.ID.IsZero() {
		p.ID = *in.ID
	}
	if in.OnWon == "" {
		p.OnWon = WinCustomer
	}
	if in.NeedsLostReason != nil {
		p.NeedsLostReason = *in.NeedsLostReason
	}
	for _, s := range in.Stages {
		p.Stages = append(p.Stages, s.stage())
	}
	p.Won = PipelineStage{ID: tenant.NewID[stageKind](), Name: in.WonName, Kind: DealWon, Probability: 100}
	p.Lost = PipelineStage{ID: tenant.NewID[stageKind](), Name: in.LostName, Kind: DealLost}
	if in.WonName == "" {
		p.Won.Name = words.won
	}
	if in.LostName == "" {
		p.Lost.Name = words.lost
	}
	p.number()
	return p
}

func (in NewStage) stage() PipelineStage {
	s := PipelineStage{ID: tenant.NewID[stageKind](), Name: in.Name, Kind: DealOpen, Probability: in.Probability, RottingDays: in.RottingDays}
	if in.ID != nil && !in.ID.IsZero() {
		s.ID = *in.ID
	}
	return s
}

// number gives every stage its place and its pipeline; the ends stand behind the others.
func (p *Pipeline) number() {
	for i := range p.Stages {
		p.Stages[i].Position, p.Stages[i].PipelineID = i+1, p.ID
	}
	p.Won.Position, p.Won.PipelineID = len(p.Stages)+1, p.ID
	p.Lost.Position, p.Lost.PipelineID = len(p.Stages)+2, p.ID
}

func (p *Pipeline) check(invalid *tenant.InvalidError) {
	checkRequired(invalid, "name", p.Name, maxStageName)
	checkWord(invalid, "on_won", p.OnWon, []string{WinCustomer, LeaveCustomer})
	switch {
	case len(p.Stages) == 0:
		invalid.Add("stages", "required", "name at least one")
	case len(p.Stages) > maxStages:
		invalid.Add("stages", "too_many", fmt.Sprintf("has more than %d", maxStages))
	}
	for i, s := range p.Stages {
		s.check(invalid, fmt.Sprintf("stages[%d].", i))
	}
	checkRequired(invalid, "won_name", p.Won.Name, maxStageName)
	checkRequired(invalid, "lost_name", p.Lost.Name, maxStageName)
}

// check examines an open stage; prefix is where it stands in the request.
func (s *PipelineStage) check(invalid *tenant.InvalidError, prefix string) {
	checkRequired(invalid, prefix+"name", s.Name, maxStageName)
	checkNumber(invalid, prefix+"probability", &s.Probability, 0, 100)
	checkNumber(invalid, prefix+"rotting_days", s.RottingDays, 1, maxRottingDays)
}

func insertPipeline(ctx context.Context, tx *tenant.Tx, p Pipeline) error {
	_, err := tx.NamedExec(ctx, `
		INSERT INTO company.pipelines (id, name, is_default, on_won, needs_lost_reason, version, created_by, created_at, updated_at)
		VALUES (:id, :name, :is_default, :on_won, :needs_lost_reason, :version, :created_by, :created_at, :updated_at)`, p)
	for _, s := range p.all() {
		if err == nil {
			err = insertStage(ctx, tx, s)
		}
	}
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return errIDInUse
	}
	if err != nil || !p.IsDefault {
		return err
	}
	return makeDefault(ctx, tx, p.ID)
}

// errIDInUse refuses an id that a client has made twice.
var errIDInUse = &tenant.ConflictError{Code: "id_in_use", Message: "A record with this id exists already."}

func insertStage(ctx context.Context, tx *tenant.Tx, s PipelineStage) error {
	_, err := tx.NamedExec(ctx, `
		INSERT INTO company.pipeline_stages (id, pipeline_id, name, kind, position, probability, rotting_days)
		VALUES (:id, :pipeline_id, :name, :kind, :position, :probability, :rotting_days)`, s)
	return err
}

// makeDefault leaves one default. It touches every pipeline, so that two at once wait for each other.
func makeDefault(ctx context.Context, tx *tenant.Tx, id PipelineID) error {
	_, err := tx.Exec(ctx, `UPDATE company.pipelines SET is_default = (id = ?)`, id)
	return err
}

// UpdatePipeline changes the fields that are set. Taking the default away is a *tenant.InvalidError: give it to another.
func UpdatePipeline(ctx context.Context, tx *tenant.Tx, id PipelineID, in PipelinePatch, version int64) (Pipeline, error) {
	return changePipeline(ctx, tx, id, version, func(p *Pipeline, invalid *tenant.InvalidError) error {
		if p.IsDefault && !in.IsDefault.Or(true) {
			invalid.Add("is_default", "required", "stays true until another pipeline is made the default")
		}
		p.Name, p.OnWon = in.Name.Or(p.Name), in.OnWon.Or(p.OnWon)
		p.IsDefault, p.NeedsLostReason = in.IsDefault.Or(p.IsDefault), in.NeedsLostReason.Or(p.NeedsLostReason)
		p.check(invalid)
		return nil
	})
}

// changePipeline makes a change of a pipeline or its stages while nobody else does, and tells of it.
func changePipeline(ctx context.Context, tx *tenant.Tx, id PipelineID, version int64,
	change func(*Pipeline, *tenant.InvalidError) error,
) (Pipeline, error) {
	before, err := lockPipeline(ctx, tx, id, version)
	if err != nil {
		return Pipeline{}, err
	}
	after := before
	after.Stages = append([]PipelineStage{}, before.Stages...)
	invalid := &tenant.InvalidError{}
	if err := change(&after, invalid); err != nil {
		return Pipeline{}, err
	}
	if err := invalid.Err(); err != nil {
		return Pipeline{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.number()
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if err := savePipeline(ctx, tx, before, after); err != nil {
		return Pipeline{}, err
	}
	return after, tx.Emit(ctx, tenant.Event{
		Type: "pipeline.updated", Resource: "pipeline", Record: tenant.RecordID(id), Data: after, Previous: previous,
	})
}

func lockPipeline(ctx context.Context, tx *tenant.Tx, id PipelineID, version int64) (Pipeline, error) {
	p, err := findPipeline(ctx, tx.Query, `p.id = ?`, "FOR UPDATE", id)
	if err == nil && version != 0 && version != p.Version {
		err = tenant.ErrStale
	}
	if err != nil {
		return Pipeline{}, fmt.Errorf("pipeline %s: %w", id, err)
	}
	return p, nil
}

func savePipeline(ctx context.Context, tx *tenant.Tx, before, after Pipeline) error {
	if _, err := tx.NamedExec(ctx, `
		UPDATE company.pipelines SET name = :name, on_won = :on_won, needs_lost_reason = :needs_lost_reason,
			version = :version, updated_at = :updated_at WHERE id = :id`, after); err != nil {
		return err
	}
	for _, s := range after.all() {
		was, there := before.stage(s.ID)
		if there && was == s {
			continue
		}
		if err := saveStage(ctx, tx, s, there); err != nil {
			return err
		}
	}
	for _, s := range before.Stages {
		if _, kept := after.stage(s.ID); !kept {
			if err := dropStages(ctx, tx, []StageID{s.ID}); err != nil {
				return err
			}
		}
	}
	if after.IsDefault && !before.IsDefault {
		return makeDefault(ctx, tx, after.ID)
	}
	return nil
}

func saveStage(ctx context.Context, tx *tenant.Tx, s PipelineStage, there bool) error {
	if !there {
		err := insertStage(ctx, tx, s)
		var dup *tenant.DuplicateError
		if errors.As(err, &dup) {
			return errIDInUse
		}
		return err
	}
	_, err := tx.NamedExec(ctx, `
		UPDATE company.pipeline_stages SET name = :name, position = :position, probability = :probability, rotting_days = :rotting_days
		WHERE id = :id`, s)
	return err
}
