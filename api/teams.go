package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) teamRoutes(r *routes) {
	register(r, get("/teams", "List teams", describe("Groups for reports, targets and assignment. They grant no rights.")), rbac.Team.Read, billing.Free, s.listTeams)
	register(r, post("/teams", "Create a team"), rbac.Team.Create, billing.Free, s.createTeam)
	register(r, get("/teams/{id}", "Get a team"), rbac.Team.Read, billing.Free, s.getTeam)
	register(r, patchOp("/teams/{id}", "Change a team"), rbac.Team.Update, billing.Free, s.updateTeam)
	register(r, del("/teams/{id}", "Delete a team", describe("Its members stay what they are.")), rbac.Team.Delete, billing.Free, s.deleteTeam)
}

// TeamPath names a team in the path.
type TeamPath struct {
	ID crm.TeamID `path:"id" doc:"The team's id." example:"tea_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listTeams(ctx context.Context, _ *struct{}) (*all[crm.Team], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.Team], error) {
		teams, err := crm.ListTeams(ctx, q)
		return allOf(teams), err
	})
}

type createTeamInput struct{ Body crm.NewTeam }

func (s *Server) createTeam(ctx context.Context, in *createTeamInput) (*created[crm.Team], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Team], error) {
		t, err := crm.CreateTeam(ctx, tx, in.Body)
		return &created[crm.Team]{"/v1/teams/" + t.ID.String(), etag(t.Version), t}, err
	})
}

func (s *Server) getTeam(ctx context.Context, in *TeamPath) (*item[crm.Team], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Team], error) {
		t, err := crm.GetTeam(ctx, q, in.ID)
		return &item[crm.Team]{etag(t.Version), t}, err
	})
}

type updateTeamInput struct {
	TeamPath
	IfMatch
	Body crm.TeamPatch
}

func (s *Server) updateTeam(ctx context.Context, in *updateTeamInput) (*item[crm.Team], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Team], error) {
		t, err := crm.UpdateTeam(ctx, tx, in.ID, in.Body, version)
		return &item[crm.Team]{etag(t.Version), t}, err
	})
}

type deleteTeamInput struct {
	TeamPath
	IfMatch
}

func (s *Server) deleteTeam(ctx context.Context, in *deleteTeamInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteTeam(ctx, tx, in.ID, version)
	})
}
