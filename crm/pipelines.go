package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type (
	pipelineKind struct{}
	stageKind    struct{}

	// PipelineID identifies a pipeline (pip_…).
	PipelineID = tenant.ID[pipelineKind]
	// StageID identifies a stage of a pipeline (stg_…).
	StageID = tenant.ID[stageKind]
)

func (pipelineKind) Prefix() string { return "pip" }
func (stageKind) Prefix() string    { return "stg" }

// What becomes of the customer of a deal that is won.
const (
	// WinCustomer moves the customer to won, whatever the lifecycle's moves allow: the deal is the proof.
	WinCustomer = "win_customer"
	// LeaveCustomer leaves the customer where it is.
	LeaveCustomer = "leave"
)

// The kinds of stage, which are the states of a deal too.
const (
	DealOpen = "open"
	DealWon  = "won"
	DealLost = "lost"
)

// Pipeline is a way that deals go: 销售流程.
type Pipeline struct {
	ID              PipelineID `db:"id" json:"id" doc:"The pipeline's id." example:"pip_01h455vb4pex5vsknk084sn02q"`
	Name            string     `db:"name" json:"name" doc:"What it is called." example:"新客户销售"`
	IsDefault       bool       `db:"is_default" json:"is_default" doc:"Whether deals go here when nobody says otherwise. One pipeline of the company is the default."`
	OnWon           string     `db:"on_won" json:"on_won" enum:"win_customer,leave" doc:"What a win does to the deal's customer: move it to won 成交, or leave it."`
	NeedsLostReason bool       `db:"needs_lost_reason" json:"needs_lost_reason" doc:"Whether whoever loses a deal has to say why."`
	// Stages are the columns of the board. How deals end is not one of them.
	Stages    []PipelineStage `db:"-" json:"stages" nullable:"false" doc:"The open stages in their order."`
	Won       PipelineStage   `db:"-" json:"won" doc:"Where deals go that are won."`
	Lost      PipelineStage   `db:"-" json:"lost" doc:"Where deals go that are lost."`
	CreatedBy tenant.MemberID `db:"created_by" json:"created_by" nullable:"true" doc:"Who made it; null for the system."`
	CreatedAt time.Time       `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt time.Time       `db:"updated_at" json:"updated_at" doc:"Last change, also of a stage (UTC)."`
	Version   int64           `db:"version" json:"-"`
}

// PipelineStage is a step of a pipeline, or how a deal ends there.
type PipelineStage struct {
	ID          StageID `db:"id" json:"id" doc:"The stage's id." example:"stg_01h455vb4pex5vsknk084sn02q"`
	Name        string  `db:"name" json:"name" doc:"What it is called." example:"方案报价"`
	Kind        string  `db:"kind" json:"kind" enum:"open,won,lost" doc:"Whether deals in it are open, or how they ended."`
	Probability int     `db:"probability" json:"probability" doc:"How likely a deal that stands here is won, in percent." example:"50"`
	RottingDays *int    `db:"rotting_days" json:"rotting_days" doc:"After how many days in this stage a deal is stalled; null for never." example:"30"`

	PipelineID PipelineID `db:"pipeline_id" json:"-"`
	Position   int        `db:"position" json:"-"`
}

// NewPipeline is what a pipeline is made of.
type NewPipeline struct {
	ID              *PipelineID `json:"id,omitempty" doc:"An id made by the client; it may be used once."`
	Name            string      `json:"name" minLength:"1" maxLength:"100" doc:"What it is called." example:"续约"`
	IsDefault       bool        `json:"is_default,omitempty" doc:"Makes it the company's default in place of the present one."`
	OnWon           string      `json:"on_won,omitempty" enum:"win_customer,leave" doc:"What a win does to the deal's customer; win_customer when left out." example:"leave"`
	NeedsLostReason *bool       `json:"needs_lost_reason,omitempty" doc:"Whether whoever loses a deal has to say why; true when left out."`
	Stages          []NewStage  `json:"stages" minItems:"1" maxItems:"30" doc:"The open stages in their order."`
	WonName         string      `json:"won_name,omitempty" maxLength:"100" doc:"What winning is called; in the company's language when left out." example:"已续约"`
	LostName        string      `json:"lost_name,omitempty" maxLength:"100" doc:"What losing is called; in the company's language when left out." example:"未续约"`
}

// NewStage is what an open stage is made of.
type NewStage struct {
	ID          *StageID `json:"id,omitempty" doc:"An id made by the client; it may be used once."`
	Name        string   `json:"name" minLength:"1" maxLength:"100" doc:"What it is called." example:"方案报价"`
	Probability int      `json:"probability,omitempty" minimum:"0" maximum:"100" doc:"How likely a deal that stands here is won, in percent." example:"50"`
	RottingDays *int     `json:"rotting_days,omitempty" minimum:"1" maximum:"3650" doc:"After how many days a deal is stalled; never when left out." example:"30"`
}

// PipelinePatch changes a pipeline; its stages are changed one by one.
type PipelinePatch struct {
	Name            patch.Field[string] `json:"name,omitzero" minLength:"1" maxLength:"100" doc:"What it is called." example:"续约"`
	IsDefault       patch.Field[bool]   `json:"is_default,omitzero" doc:"true makes it the company's default in place of the present one."`
	OnWon           patch.Field[string] `json:"on_won,omitzero" enum:"win_customer,leave" doc:"What a win does to the deal's customer." example:"leave"`
	NeedsLostReason patch.Field[bool]   `json:"needs_lost_reason,omitzero" doc:"Whether whoever loses a deal has to say why."`
}

const (
	pipelineColumns = `p.id, p.name, p.is_default, p.on_won, p.needs_lost_reason, p.created_by, p.created_at, p.updated_at, p.version`
	stageColumns    = `s.id, s.pipeline_id, s.name, s.kind, s.position, s.probability, s.rotting_days`
)

// ListPipelines returns the company's pipelines, the default one first.
func ListPipelines(ctx context.Context, q *tenant.Query) ([]Pipeline, error) {
	return readPipelines(ctx, q, "")
}

func readPipelines(ctx context.Context, q *tenant.Query, lock string) ([]Pipeline, error) {
	all := []Pipeline{}
	if err := q.Select(ctx, &all, `SELECT `+pipelineColumns+` FROM company.pipelines p
		WHERE p.deleted_at IS NULL ORDER BY p.is_default DESC, p.name, p.id LIMIT ? `+lock, maxPipelines); err != nil {
		return nil, err
	}
	return all, fillStages(ctx, q, all, lock)
}

// GetPipeline returns a pipeline, else ErrNotFound.
func GetPipeline(ctx context.Context, q *tenant.Query, id PipelineID) (Pipeline, error) {
	p, err := findPipeline(ctx, q, `p.id = ?`, "", id)
	if err != nil {
		return Pipeline{}, fmt.Errorf("pipeline %s: %w", id, err)
	}
	return p, nil
}

// sharedPipeline returns a pipeline for a deal that is written: until the transaction ends no stage of it goes. The
// zero id means the company's default, without which it returns a *tenant.ConflictError.
func sharedPipeline(ctx context.Context, tx *tenant.Tx, id PipelineID) (Pipeline, error) {
	if !id.IsZero() {
		p, err := findPipeline(ctx, tx.Query, `p.id = ?`, "LOCK IN SHARE MODE", id)
		if err != nil {
			return Pipeline{}, fmt.Errorf("pipeline %s: %w", id, err)
		}
		return p, nil
	}
	p, err := findPipeline(ctx, tx.Query, `p.is_default = 1`, "LOCK IN SHARE MODE")
	if errors.Is(err, tenant.ErrNotFound) {
		err = &tenant.ConflictError{Code: "no_pipeline", Message: "The company has no pipeline yet. Make one first."}
	}
	return p, err
}

// sharedStage is sharedPipeline for the pipeline that a stage belongs to.
func sharedStage(ctx context.Context, tx *tenant.Tx, id StageID) (Pipeline, PipelineStage, error) {
	p, err := findPipeline(ctx, tx.Query, `p.id = (SELECT s.pipeline_id FROM company.pipeline_stages s WHERE s.id = ?)`, "LOCK IN SHARE MODE", id)
	if err != nil {
		return Pipeline{}, PipelineStage{}, fmt.Errorf("stage %s: %w", id, err)
	}
	stage, ok := p.stage(id)
	if !ok {
		return Pipeline{}, PipelineStage{}, fmt.Errorf("stage %s: %w", id, tenant.ErrNotFound)
	}
	return p, stage, nil
}

func findPipeline(ctx context.Context, q *tenant.Query, where, lock string, args ...any) (Pipeline, error) {
	var p Pipeline
	if err := q.Get(ctx, &p, `SELECT `+pipelineColumns+` FROM company.pipelines p
		WHERE p.deleted_at IS NULL AND `+where+` LIMIT 1 `+lock, args...); err != nil {
		return Pipeline{}, err
	}
	one := []Pipeline{p}
	err := fillStages(ctx, q, one, lock)
	return one[0], err
}

// fillStages reads the stages of the pipelines in one statement, locked as these are.
func fillStages(ctx context.Context, q *tenant.Query, all []Pipeline, lock string) error {
	if len(all) == 0 {
		return nil
	}
	at := make(map[PipelineID]*Pipeline, len(all))
	ids := make([]PipelineID, len(all))
	for i := range all {
		all[i].Stages = []PipelineStage{}
		at[all[i].ID], ids[i] = &all[i], all[i].ID
	}
	var stages []PipelineStage
	if err := q.SelectIn(ctx, &stages, `SELECT `+stageColumns+` FROM company.pipeline_stages s
		WHERE s.pipeline_id IN (?) AND s.deleted_at IS NULL ORDER BY s.position `+lock, ids); err != nil {
		return err
	}
	for _, s := range stages {
		at[s.PipelineID].put(s)
	}
	return nil
}

// put adds a stage behind the others of its kind.
func (p *Pipeline) put(s PipelineStage) {
	switch s.Kind {
	case DealWon:
		p.Won = s
	case DealLost:
		p.Lost = s
	default:
		p.Stages = append(p.Stages, s)
	}
}

// all returns the open stages and the two ends.
func (p *Pipeline) all() []PipelineStage {
	return append(p.Stages[:len(p.Stages):len(p.Stages)], p.Won, p.Lost)
}

func (p *Pipeline) stage(id StageID) (PipelineStage, bool) {
	for _, s := range p.all() {
		if s.ID == id {
			return s, true
		}
	}
	return PipelineStage{}, false
}

// ending returns the stage of deals in this state; for open ones the first.
func (p *Pipeline) ending(status string) PipelineStage {
	switch status {
	case DealWon:
		return p.Won
	case DealLost:
		return p.Lost
	}
	return p.Stages[0]
}
