package crm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// NewTeam is what a team is made of.
type NewTeam struct {
	ID        *TeamID           `json:"id,omitempty" doc:"An id made by the client; it may be used once."`
	Name      string            `json:"name" minLength:"1" maxLength:"100" doc:"What the team is called." example:"华东区"`
	LeadID    *tenant.MemberID  `json:"lead_id,omitempty" doc:"Who leads it; becomes one of its members."`
	MemberIDs []tenant.MemberID `json:"member_ids,omitempty" maxItems:"1000" doc:"Who is in it."`
}

// TeamPatch changes a team; what is absent stays.
type TeamPatch struct {
	Name      patch.Field[string]            `json:"name,omitzero" minLength:"1" maxLength:"100" doc:"What the team is called." example:"华东区"`
	LeadID    patch.Field[tenant.MemberID]   `json:"lead_id,omitzero" doc:"Who leads it; null for nobody. Becomes one of its members."`
	MemberIDs patch.Field[[]tenant.MemberID] `json:"member_ids,omitzero" maxItems:"1000" doc:"Replaces its members. The lead stays one."`
}

const (
	maxTeams       = 200
	maxTeamMembers = 1000
)

// CreateTeam adds a team. It returns *tenant.InvalidError for bad fields and *tenant.ConflictError for a name or an id
// in use.
func CreateTeam(ctx context.Context, tx *tenant.Tx, in NewTeam) (Team, error) {
	t := Team{
		ID: tenant.NewID[teamKind](), Name: in.Name, LeadID: deref(in.LeadID), MemberIDs: in.MemberIDs,
		Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if in.ID != nil && !in.ID.IsZero() {
		t.ID = *in.ID
	}
	if err := t.check(ctx, tx.Query, nil); err != nil {
		return Team{}, err
	}
	var n int
	if err := tx.Get(ctx, &n, `SELECT COUNT(*) FROM company.teams`); err != nil {
		return Team{}, err
	}
	if n >= maxTeams {
		return Team{}, &tenant.ConflictError{Code: "too_many_teams", Message: fmt.Sprintf("A company has at most %d teams. Delete one that nobody needs.", maxTeams)}
	}
	if _, err := tx.NamedExec(ctx, `
		INSERT INTO company.teams (`+teamColumns+`) VALUES (:id, :name, :lead_id, :version, :created_at, :updated_at)`, t); err != nil {
		return Team{}, teamTaken(err)
	}
	if err := setTeamMembers(ctx, tx, t, nil); err != nil {
		return Team{}, err
	}
	return t, emitTeam(ctx, tx, "team.created", t, nil)
}

// check examines what creating and changing have in common, and makes the lead a member. Members of before need not be
// looked up again.
func (t *Team) check(ctx context.Context, q *tenant.Query, before []tenant.MemberID) error {
	invalid := &tenant.InvalidError{}
	checkRequired(invalid, "name", t.Name, 100)
	if !t.LeadID.IsZero() {
		t.MemberIDs = append(slices.Clone(t.MemberIDs), t.LeadID)
	}
	t.MemberIDs = slices.SortedFunc(slices.Values(t.MemberIDs), func(a, b tenant.MemberID) int { return bytes.Compare(a[:], b[:]) })
	t.MemberIDs = slices.Compact(append([]tenant.MemberID{}, t.MemberIDs...))
	if len(t.MemberIDs) > maxTeamMembers {
		invalid.Add("member_ids", "too_many", fmt.Sprintf("must name at most %d members", maxTeamMembers))
		return invalid
	}
	fresh := without(t.MemberIDs, before)
	if len(fresh) > 0 {
		var known []tenant.MemberID
		if err := q.SelectIn(ctx, &known, `SELECT id FROM company.members WHERE id IN (?) AND status = ?`, fresh, tenant.MemberActive); err != nil {
			return err
		}
		if len(known) < len(fresh) {
			name := "member_ids"
			if slices.Contains(fresh, t.LeadID) && !slices.Contains(known, t.LeadID) {
				name = "lead_id"
			}
			invalid.Add(name, "unknown", "names somebody who is not an active member of this company")
		}
	}
	return invalid.Err()
}

// setTeamMembers stores who is in a team, and in whose place: those who come or go are shown with other teams.
func setTeamMembers(ctx context.Context, tx *tenant.Tx, t Team, before []tenant.MemberID) error {
	moved := append(without(t.MemberIDs, before), without(before, t.MemberIDs)...)
	if err := tenant.RenewMembers(ctx, tx, moved); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM company.team_members WHERE team_id = ?`, t.ID); err != nil {
		return err
	}
	rows := tx.Bulk(`INSERT INTO company.team_members (team_id, member_id) VALUES`, 2, "")
	for _, id := range t.MemberIDs {
		if err := rows.Add(ctx, t.ID, id); err != nil {
			return err
		}
	}
	return rows.Flush(ctx)
}

// without returns those of all that are not among some.
func without(all, some []tenant.MemberID) []tenant.MemberID {
	return slices.DeleteFunc(slices.Clone(all), func(id tenant.MemberID) bool { return slices.Contains(some, id) })
}

// teamTaken says which of a team's unique fields was refused.
func teamTaken(err error) error {
	var dup *tenant.DuplicateError
	if !errors.As(err, &dup) {
		return err
	}
	if dup.Key == "teams_name" {
		return &tenant.ConflictError{Code: "team_exists", Message: "There is a team of that name already."}
	}
	return &tenant.ConflictError{Code: "id_in_use", Message: "A record with this id exists already."}
}

// UpdateTeam changes the fields that are set. version, when not 0, must be the record's, else ErrStale. A change that
// changes nothing writes nothing.
func UpdateTeam(ctx context.Context, tx *tenant.Tx, id TeamID, in TeamPatch, version int64) (Team, error) {
	before, err := lockTeam(ctx, tx, id, version)
	if err != nil {
		return Team{}, err
	}
	after := before
	after.Name, after.LeadID = in.Name.Or(before.Name), in.LeadID.Or(before.LeadID)
	after.MemberIDs = in.MemberIDs.Or(before.MemberIDs)
	if err := after.check(ctx, tx.Query, before.MemberIDs); err != nil {
		return Team{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if _, err := tx.NamedExec(ctx, `UPDATE company.teams SET name = :name, lead_id = :lead_id, version = :version, updated_at = :updated_at
		WHERE id = :id`, after); err != nil {
		return Team{}, teamTaken(err)
	}
	if _, changed := previous["member_ids"]; changed {
		if err := setTeamMembers(ctx, tx, after, before.MemberIDs); err != nil {
			return Team{}, err
		}
	}
	return after, emitTeam(ctx, tx, "team.updated", after, previous)
}

func lockTeam(ctx context.Context, tx *tenant.Tx, id TeamID, version int64) (Team, error) {
	t, err := findTeam(ctx, tx.Query, id, "FOR UPDATE")
	if err == nil && version != 0 && version != t.Version {
		err = fmt.Errorf("team %s: %w", id, tenant.ErrStale)
	}
	return t, err
}

// DeleteTeam removes a team. Its members stay what they are.
func DeleteTeam(ctx context.Context, tx *tenant.Tx, id TeamID, version int64) error {
	t, err := lockTeam(ctx, tx, id, version)
	if err != nil {
		return err
	}
	if err := tenant.RenewMembers(ctx, tx, t.MemberIDs); err != nil {
		return err
	}
	for _, table := range []string{"team_members", "targets"} {
		if _, err := tx.Exec(ctx, `DELETE FROM company.`+table+` WHERE team_id = ?`, id); err != nil {
			return err
		}
	}
	if err := tx.MustChange(ctx, `DELETE FROM company.teams WHERE id = ?`, id); err != nil {
		return fmt.Errorf("team %s: %w", id, err)
	}
	return emitTeam(ctx, tx, "team.deleted", t, nil)
}

func emitTeam(ctx context.Context, tx *tenant.Tx, event string, t Team, previous map[string]any) error {
	e := tenant.Event{Type: event, Resource: "team", Record: tenant.RecordID(t.ID), Data: t}
	if previous != nil {
		e.Previous = previous
	}
	return tx.Emit(ctx, e)
}
