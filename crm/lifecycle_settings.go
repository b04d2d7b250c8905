package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// LifecycleSettings say how customers go through the lifecycle.
type LifecycleSettings struct {
	Moves []LifecycleMove `json:"moves" nullable:"false" maxItems:"12" doc:"The moves that are allowed between stages; whatever is not here is refused."`
}

const lifecycleSettings = "lifecycle"

// usualMoves go forward, also past stages; from everywhere to lost, with a reason; and back to interested.
var usualMoves = []LifecycleMove{
	{From: Potential, To: Interested}, {From: Potential, To: Won}, {From: Potential, To: Lost, NeedsReason: true},
	{From: Interested, To: Won}, {From: Interested, To: Lost, NeedsReason: true},
	{From: Won, To: Interested}, {From: Won, To: Lost, NeedsReason: true},
	{From: Lost, To: Interested},
}

// ReadLifecycleSettings returns the company's settings for the lifecycle.
func ReadLifecycleSettings(ctx context.Context, q *tenant.Query) (LifecycleSettings, error) {
	s := LifecycleSettings{slices.Clone(usualMoves)} // reading writes over them
	err := tenant.ReadSettings(ctx, q, lifecycleSettings, &s)
	return s, err
}

// WriteLifecycleSettings changes them. It returns *tenant.InvalidError for a move that is none, and for one that is there
// twice.
func WriteLifecycleSettings(ctx context.Context, tx *tenant.Tx, s LifecycleSettings) error {
	invalid := &tenant.InvalidError{}
	if s.Moves == nil {
		invalid.Add("lifecycle.moves", "required", "is required; an empty list allows no move")
	}
	seen := map[[2]string]bool{}
	for i, m := range s.Moves {
		path := fmt.Sprintf("lifecycle.moves[%d]", i)
		checkWord(invalid, path+".from", m.From, Stages)
		checkWord(invalid, path+".to", m.To, Stages)
		switch move := [2]string{m.From, m.To}; {
		case m.From == m.To:
			invalid.Add(path+".to", "invalid", "is the stage that the move begins in")
		case seen[move]:
			invalid.Add(path, "repeated", "is there already")
		default:
			seen[move] = true
		}
	}
	if err := invalid.Err(); err != nil {
		return err
	}
	return tenant.WriteSettings(ctx, tx, lifecycleSettings, s)
}

// Lifecycle is the way that the company's customers go.
type Lifecycle struct {
	Stages []LifecycleStage `json:"stages" nullable:"false" doc:"The stages in their order."`
	Moves  []LifecycleMove  `json:"moves" nullable:"false" doc:"The moves that are allowed."`
}

// LifecycleStage is a stage with its name.
type LifecycleStage struct {
	Key   string     `json:"key" enum:"potential,interested,won,lost" doc:"What the API calls it."`
	Label FieldLabel `json:"label" doc:"What people call it."`
}

// ReadLifecycle returns the stages, and the moves that this company allows between them.
func ReadLifecycle(ctx context.Context, q *tenant.Query) (Lifecycle, error) {
	s, err := ReadLifecycleSettings(ctx, q)
	l := Lifecycle{Moves: s.Moves}
	for _, stage := range Stages {
		name := stageNames[stage]
		l.Stages = append(l.Stages, LifecycleStage{stage, FieldLabel{ZH: name.zh, EN: name.en}})
	}
	return l, err
}
