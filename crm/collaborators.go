package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Collaborator is a member with whom a customer is shared beyond its owner: 协作人. They reach the customer with all that
// hangs on it as if it were theirs, but neither delete it nor hand it on.
type Collaborator struct {
	MemberID tenant.MemberID `db:"member_id" json:"member_id" doc:"With whom the customer is shared."`
	MayWrite bool            `db:"may_write" json:"may_write" doc:"Whether they may change it too, or only read."`
	// AddedBy is who shared it.
	AddedBy   tenant.MemberID `db:"created_by" json:"added_by" nullable:"true" doc:"Who shared it; null for the system."`
	CreatedAt time.Time       `db:"created_at" json:"created_at" doc:"Since when (UTC)."`
}

// CollaboratorChange is what the events of sharing carry.
type CollaboratorChange struct {
	CustomerID   CustomerID      `json:"customer_id"`
	CustomerName string          `json:"customer_name"`
	MemberID     tenant.MemberID `json:"member_id"`
	MayWrite     bool            `json:"may_write"`
}

// maxCollaborators is with how many one customer can be shared.
const maxCollaborators = 50

// HasShared reports whether colleagues have shared customers with the member, for [tenant.Caller]. While the company
// has sharing switched off nothing counts as shared.
func HasShared(ctx context.Context, q *tenant.Query, member tenant.MemberID) (bool, error) {
	settings, err := ReadCustomerSettings(ctx, q)
	if err != nil || !settings.Collaborators {
		return false, err
	}
	var found []int
	err = q.Select(ctx, &found, `SELECT 1 FROM company.collaborators WHERE member_id = ? LIMIT 1`, member)
	return len(found) > 0, err
}

// ListCollaborators returns with whom a customer is shared, longest first. A customer out of the caller's scope is
// tenant.ErrNotFound.
func ListCollaborators(ctx context.Context, q *tenant.Query, id CustomerID) ([]Collaborator, error) {
	if _, err := findCustomer(ctx, q, id, customerRead, ""); err != nil {
		return nil, err
	}
	all := []Collaborator{}
	err := q.Select(ctx, &all, `SELECT member_id, may_write, created_by, created_at FROM company.collaborators
		WHERE customer_id = ? ORDER BY created_at, member_id LIMIT 200`, id)
	return all, err
}

// ShareCustomer shares a customer with a member, or changes what they may do with it. Only those may who reach the
// customer by its owner. It returns *tenant.ConflictError while the company has sharing switched off.
func ShareCustomer(ctx context.Context, tx *tenant.Tx, id CustomerID, member tenant.MemberID, mayWrite bool) (Collaborator, error) {
	c, err := lockSharing(ctx, tx, id)
	if err != nil {
		return Collaborator{}, err
	}
	settings, err := ReadCustomerSettings(ctx, tx.Query)
	if err != nil {
		return Collaborator{}, err
	}
	if !settings.Collaborators {
		return Collaborator{}, &tenant.ConflictError{Code: "sharing_off", Message: "The company does not share customers. An admin can switch it on in the settings."}
	}
	if err := checkCollaborator(ctx, tx, c, member); err != nil {
		return Collaborator{}, err
	}
	now, found, err := findCollaborator(ctx, tx.Query, id, member)
	if err != nil || found && now.MayWrite == mayWrite {
		return now, err
	}
	event, previous := "customer.shared", any(nil)
	if found {
		event, previous = "customer.share_changed", map[string]any{"may_write": now.MayWrite}
	} else {
		now = Collaborator{MemberID: member, AddedBy: tx.Caller.Member, CreatedAt: tx.Now}
	}
	now.MayWrite = mayWrite
	if _, err := tx.Exec(ctx, `INSERT INTO company.collaborators (customer_id, member_id, may_write, created_by, created_at) VALUES (?, ?, ?, ?, ?)
		ON DUPLICATE KEY UPDATE may_write = VALUES(may_write)`, id, member, mayWrite, now.AddedBy, now.CreatedAt); err != nil {
		return Collaborator{}, err
	}
	return now, emitSharing(ctx, tx, event, c, now, previous)
}

// UnshareCustomer ends the sharing with a member. A member may always end it for themselves. It returns
// tenant.ErrNotFound where there is none.
func UnshareCustomer(ctx context.Context, tx *tenant.Tx, id CustomerID, member tenant.MemberID) error {
	lock := lockSharing
	if member == tx.Caller.Member {
		lock = func(ctx context.Context, tx *tenant.Tx, id CustomerID) (Customer, error) {
			return lockCustomer(ctx, tx, id, customerRead, 0)
		}
	}
	c, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	now, found, err := findCollaborator(ctx, tx.Query, id, member)
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("collaborator %s of %s: %w", member, id, tenant.ErrNotFound)
	}
	if err := tx.MustChange(ctx, `DELETE FROM company.collaborators WHERE customer_id = ? AND member_id = ?`, id, member); err != nil {
		return err
	}
	return emitSharing(ctx, tx, "customer.unshared", c, now, nil)
}

// lockSharing returns the customer for whoever may decide with whom it is shared: a collaborator may not.
func lockSharing(ctx context.Context, tx *tenant.Tx, id CustomerID) (Customer, error) {
	c, err := lockCustomer(ctx, tx, id, customerUpdate, 0)
	if err == nil && !tx.Scope(customerUpdate).Includes(c.OwnerID) {
		err = fmt.Errorf("customer %s is only shared with the caller: %w", id, tenant.ErrDenied)
	}
	return c, err
}

func checkCollaborator(ctx context.Context, tx *tenant.Tx, c Customer, member tenant.MemberID) error {
	if member == c.OwnerID {
		return tenant.Invalid("member_id", "invalid", "owns the customer already")
	}
	active, err := isActive(ctx, tx.Query, member)
	if err != nil {
		return err
	}
	if !active {
		return tenant.Invalid("member_id", "unknown", "is not an active member of this company")
	}
	var n int
	if err := tx.Get(ctx, &n, `SELECT COUNT(*) FROM company.collaborators WHERE customer_id = ? AND member_id <> ?`, c.ID, member); err != nil {
		return err
	}
	if n >= maxCollaborators {
		return &tenant.ConflictError{Code: "too_many_collaborators", Message: fmt.Sprintf("A customer is shared with at most %d members.", maxCollaborators)}
	}
	return nil
}

func findCollaborator(ctx context.Context, q *tenant.Query, id CustomerID, member tenant.MemberID) (Collaborator, bool, error) {
	var c Collaborator
	err := q.Get(ctx, &c, `SELECT member_id, may_write, created_by, created_at FROM company.collaborators
		WHERE customer_id = ? AND member_id = ?`, id, member)
	if errors.Is(err, tenant.ErrNotFound) {
		return Collaborator{}, false, nil
	}
	return c, err == nil, err
}

func emitSharing(ctx context.Context, tx *tenant.Tx, event string, c Customer, who Collaborator, previous any) error {
	return tx.Emit(ctx, tenant.Event{
		Type: event, Resource: "customer", Record: tenant.RecordID(c.ID), OwnerBefore: c.OwnerID, OwnerAfter: c.OwnerID,
		Data: CollaboratorChange{c.ID, c.Name, who.MemberID, who.MayWrite}, Previous: previous,
	})
}
