package crm

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// The stages of a customer's lifecycle.
const (
	Potential  = "potential"  // 潜在
	Interested = "interested" // 意向
	Won        = "won"        // 成交
	Lost       = "lost"       // 流失
)

// Stages lists the lifecycle in its order.
var Stages = []string{Potential, Interested, Won, Lost}

// LifecycleMove is one allowed move between two stages.
type LifecycleMove struct {
	From        string `json:"from" enum:"potential,interested,won,lost" doc:"Stage before." example:"interested"`
	To          string `json:"to" enum:"potential,interested,won,lost" doc:"Stage after." example:"won"`
	NeedsReason bool   `json:"needs_reason" doc:"Whether the move has to say why."`
}

// StageChange asks to move a customer.
type StageChange struct {
	To     string `json:"to" enum:"potential,interested,won,lost" doc:"The stage to move to." example:"won"`
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"Why; required where the move asks for it, as for lost." example:"chose a competitor"`
}

// StageVisit is one stay in a stage.
type StageVisit struct {
	From      *string         `db:"from_stage" json:"from" doc:"Stage before; null for the first."`
	To        string          `db:"to_stage" json:"to" doc:"Stage entered."`
	Reason    string          `db:"reason" json:"reason" doc:"Why, where it was said."`
	Actor     tenant.MemberID `db:"actor_id" json:"actor_id" nullable:"true" doc:"Who moved the customer; null for the system."`
	EnteredAt time.Time       `db:"entered_at" json:"entered_at" doc:"When (UTC)."`
}

// MoveCustomer moves a customer to another stage. A move that the company does not allow is a
// *tenant.ConflictError with the code illegal_lifecycle_move.
func MoveCustomer(ctx context.Context, tx *tenant.Tx, id CustomerID, in StageChange, version int64) (Customer, error) {
	before, err := lockCustomer(ctx, tx, id, customerUpdate, version)
	if err != nil {
		return Customer{}, err
	}
	if err := in.check(); err != nil {
		return Customer{}, err
	}
	if err := allowMove(ctx, tx.Query, before.Lifecycle, in); err != nil {
		return Customer{}, err
	}
	return enterLifecycle(ctx, tx, before, in)
}

// enterLifecycle moves a locked customer to a stage that was found to be right, and tells of it.
func enterLifecycle(ctx context.Context, tx *tenant.Tx, before Customer, in StageChange) (Customer, error) {
	after := before
	after.Lifecycle, after.LifecycleSince, after.LostReason = in.To, tx.Now, ""
	if in.To == Lost {
		after.LostReason = in.Reason
	}
	previous, err := differences(before, after)
	if err != nil {
		return Customer{}, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	after.SilenceFrom = tx.Now // a stage's silence counts from its entry
	if _, err := tx.NamedExec(ctx, `
		UPDATE company.customers SET lifecycle = :lifecycle, lifecycle_since = :lifecycle_since, lost_reason = :lost_reason,
			silence_from = :silence_from, silence_reminded = 0, version = :version, updated_at = :updated_at
		WHERE id = :id`, after); err != nil {
		return Customer{}, err
	}
	if err := enterStage(ctx, tx, after, before.Lifecycle, in.Reason); err != nil {
		return Customer{}, err
	}
	return after, tx.Emit(ctx, tenant.Event{
		Type: "customer.lifecycle_changed", Resource: "customer", Record: tenant.RecordID(after.ID),
		OwnerBefore: before.OwnerID, OwnerAfter: after.OwnerID, Data: after, Previous: previous,
	})
}

func (in StageChange) check() error {
	invalid := &tenant.InvalidError{}
	checkWord(invalid, "to", in.To, Stages)
	checkText(invalid, "reason", in.Reason, 500)
	return invalid.Err()
}

func allowMove(ctx context.Context, q *tenant.Query, from string, in StageChange) error {
	s, err := ReadLifecycleSettings(ctx, q)
	if err != nil {
		return err
	}
	return s.permit(from, in)
}

func (s LifecycleSettings) permit(from string, in StageChange) error {
	var allowed []string
	for _, m := range s.Moves {
		if m.From != from {
			continue
		}
		if m.To == in.To {
			if m.NeedsReason && isBlank(in.Reason) {
				return tenant.Invalid("reason", "required", "is required for this move")
			}
			return nil
		}
		allowed = append(allowed, m.To)
	}
	message := fmt.Sprintf("A customer in stage %s cannot move to %s.", from, in.To)
	if len(allowed) > 0 {
		message += " Allowed from there: " + strings.Join(allowed, ", ") + "."
	}
	return &tenant.ConflictError{Code: "illegal_lifecycle_move", Message: message}
}

// enterStage adds to the permanent history; from is empty for the first stage.
func enterStage(ctx context.Context, tx *tenant.Tx, c Customer, from, reason string) error {
	var before *string
	if from != "" {
		before = &from
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO company.lifecycle_history (customer_id, from_stage, to_stage, reason, actor_id, entered_at)
		VALUES (?, ?, ?, ?, ?, ?)`, c.ID, before, c.Lifecycle, reason, tx.Caller.Author(), c.LifecycleSince)
	return err
}

// LifecycleHistory returns the stages a customer was in, oldest first.
func LifecycleHistory(ctx context.Context, q *tenant.Query, id CustomerID) ([]StageVisit, error) {
	if _, err := GetCustomer(ctx, q, id); err != nil {
		return nil, err
	}
	visits := []StageVisit{}
	err := q.Select(ctx, &visits, `
		SELECT from_stage, to_stage, reason, actor_id, entered_at FROM company.lifecycle_history
		WHERE customer_id = ? ORDER BY entered_at, id LIMIT 1000`, id)
	return visits, err
}
