package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type lostReasonKind struct{}

func (lostReasonKind) Prefix() string { return "lsr" }

// LostReasonID identifies a reason to lose for (lsr_…).
type LostReasonID = tenant.ID[lostReasonKind]

// LostReason is why deals and customers are lost, for choosing from.
type LostReason struct {
	ID        LostReasonID `db:"id" json:"id" doc:"The reason's id." example:"lsr_01h455vb4pex5vsknk084sn02q"`
	Name      string       `db:"name" json:"name" doc:"The reason in words." example:"选择了竞争对手"`
	Active    bool         `db:"active" json:"active" doc:"Whether it can be chosen; what was lost for it keeps it."`
	Position  int          `db:"position" json:"position" doc:"Its place in the list." example:"2"`
	CreatedAt time.Time    `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt time.Time    `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version   int64        `db:"version" json:"-"`
}

// NewLostReason is what a reason is made of.
type NewLostReason struct {
	Name     string `json:"name" minLength:"1" maxLength:"100" doc:"The reason in words." example:"选择了竞争对手"`
	Position *int   `json:"position,omitempty" minimum:"1" maximum:"1000" doc:"Its place in the list; the last when left out." example:"2"`
}

// LostReasonPatch changes a reason.
type LostReasonPatch struct {
	Name     patch.Field[string] `json:"name,omitzero" minLength:"1" maxLength:"100" doc:"The reason in words." example:"选择了竞争对手"`
	Active   patch.Field[bool]   `json:"active,omitzero" doc:"Whether it can be chosen." example:"false"`
	Position patch.Field[int]    `json:"position,omitzero" minimum:"1" maximum:"1000" doc:"Its place in the list." example:"2"`
}

const (
	lostReasonColumns = `id, name, active, position, version, created_at, updated_at`
	maxLostReason     = 100
	maxLostReasons    = 200
)

func newLostReason(tx *tenant.Tx, name string, position int) LostReason {
	return LostReason{ID: tenant.NewID[lostReasonKind](), Name: name, Active: true, Position: position, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
}

// ListLostReasons returns the company's reasons in their order.
func ListLostReasons(ctx context.Context, q *tenant.Query) ([]LostReason, error) {
	all := []LostReason{}
	err := q.Select(ctx, &all, `SELECT `+lostReasonColumns+` FROM company.lost_reasons ORDER BY position, name, id LIMIT ?`, maxLostReasons)
	return all, err
}

// CreateLostReason adds a reason; one of that name is a *tenant.ConflictError.
func CreateLostReason(ctx context.Context, tx *tenant.Tx, in NewLostReason) (LostReason, error) {
	all, err := ListLostReasons(ctx, tx.Query)
	if err != nil {
		return LostReason{}, err
	}
	if len(all) >= maxLostReasons {
		return LostReason{}, &tenant.ConflictError{Code: "too_many_reasons", Message: fmt.Sprintf("A company has at most %d reasons. Delete one first.", maxLostReasons)}
	}
	r := newLostReason(tx, in.Name, 1)
	if len(all) > 0 {
		r.Position = all[len(all)-1].Position + 1
	}
	if in.Position != nil {
		r.Position = *in.Position
	}
	if err := r.check(); err != nil {
		return LostReason{}, err
	}
	if err := insertLostReason(ctx, tx, r); err != nil {
		return LostReason{}, err
	}
	return r, r.emit(ctx, tx, "lost_reason.created", nil)
}

func (r LostReason) emit(ctx context.Context, tx *tenant.Tx, event string, previous any) error {
	return tx.Emit(ctx, tenant.Event{Type: event, Resource: "lost_reason", Record: tenant.RecordID(r.ID), Data: r, Previous: previous})
}

func (r LostReason) check() error {
	invalid := &tenant.InvalidError{}
	checkRequired(invalid, "name", r.Name, maxLostReason)
	checkText(invalid, "name", lostReasonKey(r.Name), maxLostReason)
	checkNumber(invalid, "position", &r.Position, 1, 1000)
	return invalid.Err()
}

func insertLostReason(ctx context.Context, tx *tenant.Tx, r LostReason) error {
	_, err := tx.Exec(ctx, `INSERT INTO company.lost_reasons (`+lostReasonColumns+`, name_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Name, r.Active, r.Position, r.Version, r.CreatedAt, r.UpdatedAt, lostReasonKey(r.Name))
	return reasonExists(err)
}

// lostReasonKey is the form in which two names are one reason.
func lostReasonKey(name string) string { return tagKey(name) }

func reasonExists(err error) error {
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return &tenant.ConflictError{Code: "reason_exists", Message: "There is a reason of that name already."}
	}
	return err
}

// UpdateLostReason changes a reason. What was lost for it keeps the words of then.
func UpdateLostReason(ctx context.Context, tx *tenant.Tx, id LostReasonID, in LostReasonPatch, version int64) (LostReason, error) {
	before, err := findLostReason(ctx, tx.Query, id, "FOR UPDATE")
	if err == nil && version != 0 && version != before.Version {
		err = fmt.Errorf("lost reason %s: %w", id, tenant.ErrStale)
	}
	if err != nil {
		return LostReason{}, err
	}
	r := before
	r.Name, r.Active, r.Position = in.Name.Or(r.Name), in.Active.Or(r.Active), in.Position.Or(r.Position)
	if err := r.check(); err != nil {
		return LostReason{}, err
	}
	previous, err := differences(before, r)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	r.Version, r.UpdatedAt = r.Version+1, tx.Now
	if _, err := tx.Exec(ctx, `UPDATE company.lost_reasons SET name = ?, name_key = ?, active = ?, position = ?, version = ?, updated_at = ? WHERE id = ?`,
		r.Name, lostReasonKey(r.Name), r.Active, r.Position, r.Version, r.UpdatedAt, id); err != nil {
		return LostReason{}, reasonExists(err)
	}
	return r, r.emit(ctx, tx, "lost_reason.updated", previous)
}

func findLostReason(ctx context.Context, q *tenant.Query, id LostReasonID, lock string) (LostReason, error) {
	var r LostReason
	if err := q.Get(ctx, &r, `SELECT `+lostReasonColumns+` FROM company.lost_reasons WHERE id = ? `+lock, id); err != nil {
		return LostReason{}, fmt.Errorf("lost reason %s: %w", id, err)
	}
	return r, nil
}

// DeleteLostReason removes a reason that no deal was lost for; one that was is a *tenant.ConflictError.
func DeleteLostReason(ctx context.Context, tx *tenant.Tx, id LostReasonID) error {
	r, err := findLostReason(ctx, tx.Query, id, "FOR UPDATE")
	if err != nil {
		return err
	}
	var used []int
	if err := tx.Select(ctx, &used, `SELECT 1 FROM company.deals WHERE lost_reason_id = ? LIMIT 1`, id); err != nil {
		return err
	}
	if len(used) > 0 {
		return &tenant.ConflictError{Code: "reason_in_use", Message: "Deals were lost for it. Make it inactive, and it cannot be chosen any more."}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM company.lost_reasons WHERE id = ?`, id); err != nil {
		return err
	}
	return r.emit(ctx, tx, "lost_reason.deleted", nil)
}
