package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

type teamKind struct{}

func (teamKind) Prefix() string { return "tea" }

// TeamID identifies a team (tea_…).
type TeamID = tenant.ID[teamKind]

// Team is a group of members for reports, targets and assignment: 团队. It grants no rights; those follow roles and the
// reporting tree. A member may be in several.
type Team struct {
	ID        TeamID            `db:"id" json:"id" doc:"The team's id." example:"tea_01h455vb4pex5vsknk084sn02q"`
	Name      string            `db:"name" json:"name" doc:"What the team is called." example:"华东区"`
	LeadID    tenant.MemberID   `db:"lead_id" json:"lead_id" nullable:"true" doc:"Who leads it, one of its members; null for nobody."`
	MemberIDs []tenant.MemberID `db:"-" json:"member_ids" nullable:"false" doc:"Who is in it, deactivated members too."`
	CreatedAt time.Time         `db:"created_at" json:"created_at" doc:"When the team was made (UTC)."`
	UpdatedAt time.Time         `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version   int64             `db:"version" json:"-"`
}

const teamColumns = `id, name, lead_id, version, created_at, updated_at`

// ListTeams returns all teams by name.
func ListTeams(ctx context.Context, q *tenant.Query) ([]Team, error) {
	all := []Team{}
	if err := q.Select(ctx, &all, `SELECT `+teamColumns+` FROM company.teams ORDER BY name, id LIMIT 1000`); err != nil {
		return nil, err
	}
	var places []struct {
		Team   TeamID          `db:"team_id"`
		Member tenant.MemberID `db:"member_id"`
	}
	if err := q.Select(ctx, &places, `SELECT team_id, member_id FROM company.team_members ORDER BY team_id, member_id LIMIT 200000`); err != nil {
		return nil, err
	}
	members := map[TeamID][]tenant.MemberID{}
	for _, p := range places {
		members[p.Team] = append(members[p.Team], p.Member)
	}
	for i := range all {
		all[i].MemberIDs = append([]tenant.MemberID{}, members[all[i].ID]...)
	}
	return all, nil
}

// GetTeam returns a team, else ErrNotFound.
func GetTeam(ctx context.Context, q *tenant.Query, id TeamID) (Team, error) {
	return findTeam(ctx, q, id, "")
}

func findTeam(ctx context.Context, q *tenant.Query, id TeamID, lock string) (Team, error) {
	t := Team{MemberIDs: []tenant.MemberID{}}
	if err := q.Get(ctx, &t, `SELECT `+teamColumns+` FROM company.teams WHERE id = ? `+lock, id); err != nil {
		return Team{}, fmt.Errorf("team %s: %w", id, err)
	}
	err := q.Select(ctx, &t.MemberIDs, `SELECT member_id FROM company.team_members WHERE team_id = ? ORDER BY member_id LIMIT 10000`, id)
	return t, err
}

// TeamsOf returns the teams that a member is in.
func TeamsOf(ctx context.Context, q *tenant.Query, member tenant.MemberID) ([]TeamID, error) {
	var teams []TeamID
	err := q.Select(ctx, &teams, `SELECT team_id FROM company.team_members WHERE member_id = ? ORDER BY team_id LIMIT 1000`, member)
	return teams, err
}

// TeamsByMember returns the teams that each member is in.
func TeamsByMember(ctx context.Context, q *tenant.Query) (map[tenant.MemberID][]TeamID, error) {
	teams, err := ListTeams(ctx, q)
	if err != nil {
		return nil, err
	}
	byMember := map[tenant.MemberID][]TeamID{}
	for _, t := range teams {
		for _, m := range t.MemberIDs {
			byMember[m] = append(byMember[m], t.ID)
		}
	}
	return byMember, nil
}
