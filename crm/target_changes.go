package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// TargetsInput sets many targets at once.
type TargetsInput struct {
	Targets []NewTarget `json:"targets" minItems:"1" maxItems:"500" doc:"The targets; one that is there already is replaced."`
}

// NewTarget sets one target.
type NewTarget struct {
	MemberID *tenant.MemberID `json:"member_id,omitempty" doc:"Whose it is."`
	TeamID   *TeamID          `json:"team_id,omitempty" doc:"Instead: the team whose it is."`
	Month    string           `json:"month" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"The month." example:"2026-03"`
	Measure  string           `json:"measure" enum:"won_amount,wins,interactions" doc:"What is measured."`
	Value    *int64           `json:"value" nullable:"true" minimum:"0" maximum:"9007199254740992" doc:"How much: minor units of the company's currency for won_amount, else how many. null takes the target away." example:"50000000"`
}

// SetTargets sets the targets of members within the caller's scope, and of teams whose lead is. It returns them as they
// are then, without those that were taken away.
func SetTargets(ctx context.Context, tx *tenant.Tx, in []NewTarget) ([]Target, error) {
	invalid := &tenant.InvalidError{}
	wanted := make([]Target, len(in))
	for i, n := range in {
		var err error
		if wanted[i], err = n.target(ctx, tx, invalid, fmt.Sprintf("targets[%d].", i)); err != nil {
			return nil, err
		}
	}
	if err := invalid.Err(); err != nil {
		return nil, err
	}
	set := []Target{}
	for i, t := range wanted {
		kept, err := t.set(ctx, tx, in[i].Value)
		if err != nil {
			return nil, err
		}
		if in[i].Value != nil {
			set = append(set, kept)
		}
	}
	return set, nil
}

func (in NewTarget) target(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, prefix string) (Target, error) {
	t := Target{
		ID: tenant.NewID[targetKind](), MemberID: deref(in.MemberID), TeamID: deref(in.TeamID), Month: in.Month, Measure: in.Measure, First: Date(in.Month + "-01"),
		CreatedBy: tx.Caller.Member, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if _, err := time.Parse("2006-01", in.Month); err != nil || !isDate(t.First) {
		invalid.Add(prefix+"month", "invalid", "must be a month between 1970 and 2200, as 2026-03")
	}
	checkWord(invalid, prefix+"measure", in.Measure, TargetMeasures)
	checkNumber(invalid, prefix+"value", in.Value, 0, maxMoney)
	switch {
	case t.MemberID.IsZero() == t.TeamID.IsZero():
		invalid.Add(prefix+"member_id", "required", "name a member or a team, and not both")
		return t, nil
	case !t.MemberID.IsZero():
		t.owner = t.MemberID
		return t, checkOwner(ctx, tx, invalid, prefix+"member_id", t.MemberID, targetUpdate)
	}
	team, err := findTeam(ctx, tx.Query, t.TeamID, "")
	t.owner = team.LeadID
	if errors.Is(err, tenant.ErrNotFound) || err == nil && !tx.Scope(targetUpdate).Includes(team.LeadID) {
		invalid.Add(prefix+"team_id", "unknown", "is not a team whose lead is within your reach")
		err = nil
	}
	return t, err
}

func isDate(d Date) bool {
	_, err := ParseDate(string(d))
	return err == nil
}

// set keeps the target with its value, or takes it away, and tells of what has changed.
func (t Target) set(ctx context.Context, tx *tenant.Tx, value *int64) (Target, error) {
	holder := tenant.RecordID(t.MemberID)
	if t.MemberID.IsZero() {
		holder = tenant.RecordID(t.TeamID)
	}
	var before Target
	err := tx.Get(ctx, &before, `SELECT `+targetColumns+` FROM company.targets t WHERE t.holder_id = ? AND t.month = ? AND t.measure = ? FOR UPDATE`, holder, t.First, t.Measure)
	there := err == nil
	if err != nil && !errors.Is(err, tenant.ErrNotFound) {
		return Target{}, err
	}
	if there {
		before.settle()
	}
	switch {
	case value == nil && !there, there && value != nil && before.Value == *value:
		return before, nil
	case value == nil:
		if _, err := tx.Exec(ctx, `DELETE FROM company.targets WHERE id = ?`, before.ID); err != nil {
			return Target{}, err
		}
		return before, before.emit(ctx, tx, "target.deleted", t.owner, tenant.MemberID{}, nil)
	case there:
		after := before
		after.Value, after.UpdatedAt = *value, tx.Now
		if _, err := tx.Exec(ctx, `UPDATE company.targets SET value = ?, updated_at = ? WHERE id = ?`, after.Value, after.UpdatedAt, after.ID); err != nil {
			return Target{}, err
		}
		previous, err := differences(before, after)
		if err != nil {
			return Target{}, err
		}
		return after, after.emit(ctx, tx, "target.updated", t.owner, t.owner, previous)
	}
	t.Value = *value
	if _, err := tx.NamedExec(ctx, `INSERT INTO company.targets (id, member_id, team_id, month, measure, value, created_by, created_at, updated_at)
		VALUES (:id, :member_id, :team_id, :month, :measure, :value, :created_by, :created_at, :updated_at)`, t); err != nil {
		return Target{}, err
	}
	return t, t.emit(ctx, tx, "target.created", tenant.MemberID{}, t.owner, nil)
}

func (t Target) emit(ctx context.Context, tx *tenant.Tx, event string, before, after tenant.MemberID, previous any) error {
	return tx.Emit(ctx, tenant.Event{
		Type: event, Resource: "target", Record: tenant.RecordID(t.ID), OwnerBefore: before, OwnerAfter: after, Data: t, Previous: previous,
	})
}
