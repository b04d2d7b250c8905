package crm

import (
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Assignment gives an open matter to somebody.
type Assignment struct {
	AssigneeID *tenant.MemberID `json:"assignee_id" nullable:"true" doc:"Who has to settle it; null puts it back into the queue."`
}

// Resolution settles a matter.
type Resolution struct {
	Resolution string `json:"resolution,omitempty" maxLength:"2000" doc:"How it was settled." example:"Sent a new adapter."`
}

// AssignInteraction gives an open matter to a member who may settle it, or to nobody; callerOf says what the member
// may. One that is settled is a *tenant.ConflictError.
func AssignInteraction(ctx context.Context, tx *tenant.Tx, id InteractionID, in Assignment, version int64, callerOf CallerOf) (Interaction, error) {
	i, err := lockInteraction(ctx, tx, id, interactionUpdate, version)
	if err != nil {
		return Interaction{}, err
	}
	if i.Resolved {
		return Interaction{}, &tenant.ConflictError{Code: "interaction_resolved", Message: "The matter is settled. Open it again first, with resolved as false."}
	}
	return assign(ctx, tx, i, deref(in.AssigneeID), callerOf)
}

func assign(ctx context.Context, tx *tenant.Tx, before Interaction, assignee tenant.MemberID, callerOf CallerOf) (Interaction, error) {
	if !assignee.IsZero() && assignee != before.AssigneeID {
		if err := checkAssignee(ctx, tx, before.ID, assignee, callerOf); err != nil {
			return Interaction{}, err
		}
	}
	after := before
	after.AssigneeID = assignee
	return saveInteraction(ctx, tx, before, after, "interaction.assigned")
}

// checkAssignee sees to it that the member can do what they are asked to: an assignment opens no customers to anybody.
func checkAssignee(ctx context.Context, tx *tenant.Tx, id InteractionID, assignee tenant.MemberID, callerOf CallerOf) error {
	member, err := callerOf(ctx, tx.Query, assignee)
	if errors.Is(err, tenant.ErrNotFound) {
		return tenant.Invalid("assignee_id", "unknown", "is not an active member of this company")
	}
	if err != nil {
		return err
	}
	_, err = findInteraction(ctx, tx.Query.As(member), interactionColumns, id, interactionUpdate, "")
	if errors.Is(err, tenant.ErrNotFound) {
		return tenant.Invalid("assignee_id", "out_of_scope", "may not see to this customer; share the customer with them, or choose somebody else")
	}
	return err
}

// ResolveInteraction settles a matter. One that is settled stays as it is.
func ResolveInteraction(ctx context.Context, tx *tenant.Tx, id InteractionID, in Resolution, version int64) (Interaction, error) {
	before, err := lockInteraction(ctx, tx, id, interactionUpdate, version)
	if err != nil || before.Resolved {
		return before, err
	}
	invalid := &tenant.InvalidError{}
	checkText(invalid, "resolution", in.Resolution, maxResolution)
	if err := invalid.Err(); err != nil {
		return Interaction{}, err
	}
	after := before
	after.Resolution = in.Resolution
	after.settle(tx, true)
	return saveInteraction(ctx, tx, before, after, "interaction.resolved")
}

// nextCandidates is how many of the oldest matters one transaction tries: as many colleagues may be faster.
const nextCandidates = 50

// TakeNextInteraction gives the caller the oldest open matter within their reach that nobody has; ok is false when
// there is none. Two never get the same: taking it is a write of that row, which one of them does first. It returns
// tenant.ErrBusy when more ask at once than it looks ahead.
func TakeNextInteraction(ctx context.Context, tx *tenant.Tx) (i Interaction, ok bool, err error) {
	few, err := ownsFew(ctx, tx.Query, tx.Scope(interactionUpdate))
	if err != nil {
		return Interaction{}, false, err
	}
	statement, args := nextStatement(tx.Query, few)
	var ids []InteractionID
	if err := tx.Select(ctx, &ids, statement, args...); err != nil || len(ids) == 0 {
		return Interaction{}, false, err
	}
	for _, id := range ids {
		// Not a lock and then a look: on two nodes of a cluster both would see the row free. A write by both is refused
		// to one of them when it commits, and that one's transaction runs again.
		err := tx.MustChange(ctx, `UPDATE company.interactions SET assignee_id = ?, version = version + 1, updated_at = ?
			WHERE id = ? AND assignee_id IS NULL AND resolved = 0 AND deleted_at IS NULL`, tx.Caller.Member, tx.Now, id)
		if errors.Is(err, tenant.ErrNotFound) {
			continue
		}
		if err != nil {
			return Interaction{}, false, err
		}
		i, err := findInteraction(ctx, tx.Query, interactionColumns, id, interactionUpdate, "")
		if err != nil {
			return Interaction{}, false, err
		}
		return i, true, tx.Emit(ctx, tenant.Event{
			Type: "interaction.assigned", Resource: "interaction", Record: tenant.RecordID(id),
			OwnerBefore: i.OwnerID, OwnerAfter: i.OwnerID, Data: i, Previous: map[string]any{"assignee_id": nil},
		})
	}
	if len(ids) < nextCandidates {
		return Interaction{}, false, nil // colleagues have taken everything that there was
	}
	return Interaction{}, false, fmt.Errorf("queue of interactions: %w", tenant.ErrBusy)
}

// nextStatement reads the oldest matters that nobody has: from the queue in its order, or from the caller's customers
// where those are few. What is planned has not come up yet.
func nextStatement(q *tenant.Query, few bool) (string, []any) {
	from := `company.interactions i FORCE INDEX (interactions_queue) STRAIGHT_JOIN company.customers c`
	if few {
		from = `company.interactions i FORCE INDEX (interactions_customer) JOIN company.customers c`
	}
	visible, args := q.Scope(interactionUpdate).Where("c.owner_id", "c.id")
	return `SELECT i.id FROM ` + from + ` ON c.id = i.customer_id
		WHERE i.resolved = 0 AND i.assignee_id IS NULL AND i.occurred_at <= ? AND i.deleted_at IS NULL AND c.deleted_at IS NULL AND ` + visible + `
		ORDER BY i.occurred_at, i.id LIMIT ?`, append(append([]any{q.Now}, args...), nextCandidates)
}
