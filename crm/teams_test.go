package crm_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestTeams(t *testing.T) {
	w := newWorld(t)
	create := func(in crm.NewTeam) (crm.Team, error) {
		return write(t, w.admin, func(ctx ctx, tx *tenant.Tx) (crm.Team, error) { return crm.CreateTeam(ctx, tx, in) })
	}
	update := func(id crm.TeamID, in crm.TeamPatch) (crm.Team, error) {
		return write(t, w.admin, func(ctx ctx, tx *tenant.Tx) (crm.Team, error) { return crm.UpdateTeam(ctx, tx, id, in, 0) })
	}
	lead, rep := w.manager.id(), w.rep.id()
	east, err := create(crm.NewTeam{Name: "华东区", LeadID: &lead, MemberIDs: []tenant.MemberID{rep, rep}})
	if err != nil || len(east.MemberIDs) != 2 || !slices.Contains(east.MemberIDs, lead) {
		t.Fatalf("%+v, %v", east, err)
	}
	west, err := create(crm.NewTeam{Name: "West", MemberIDs: []tenant.MemberID{rep}})
	if err != nil || !west.LeadID.IsZero() {
		t.Fatalf("%+v, %v", west, err)
	}
	stored := must[[]crm.Team](t)(read(t, w.rep, crm.ListTeams))
	if len(stored) != 2 || stored[0].Name != "West" || len(stored[1].MemberIDs) != 2 {
		t.Errorf("%+v", stored)
	}
	byMember := must[map[tenant.MemberID][]crm.TeamID](t)(read(t, w.rep, crm.TeamsByMember))
	if len(byMember[rep]) != 2 || len(byMember[lead]) != 1 || len(byMember[w.rep2.id()]) != 0 {
		t.Errorf("%v", byMember)
	}
	// Whoever leads is in the team, and stays when its members are replaced.
	east, err = update(east.ID, crm.TeamPatch{MemberIDs: patch.Of([]tenant.MemberID{w.rep2.id()})})
	if err != nil || east.Version != 2 || len(east.MemberIDs) != 2 || !slices.Contains(east.MemberIDs, lead) {
		t.Errorf("%+v, %v", east, err)
	}
	same, err := update(east.ID, crm.TeamPatch{Name: patch.Of("华东区"), MemberIDs: patch.Of([]tenant.MemberID{lead, w.rep2.id()})})
	if err != nil || same.Version != 2 {
		t.Errorf("a change that changes nothing: %+v, %v", same, err)
	}
	// Somebody who has left stays until they are taken out, and does not come in.
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		return tenant.SetMemberStatus(t.Context(), tx, w.rep2.id(), tenant.MemberDeactivated)
	}); err != nil {
		t.Fatal(err)
	}
	if east, err = update(east.ID, crm.TeamPatch{LeadID: patch.Null[tenant.MemberID]()}); err != nil || len(east.MemberIDs) != 2 || !east.LeadID.IsZero() {
		t.Errorf("%+v, %v", east, err)
	}
	stranger, gone := w.stranger.id(), w.rep2.id()
	for name, c := range map[string]struct {
		in   crm.NewTeam
		want string
	}{
		"no name":       {crm.NewTeam{Name: " "}, "name"},
		"long":          {crm.NewTeam{Name: strings.Repeat("长", 101)}, "name"},
		"stranger":      {crm.NewTeam{Name: "x", MemberIDs: []tenant.MemberID{stranger}}, "member_ids"},
		"gone":          {crm.NewTeam{Name: "x", MemberIDs: []tenant.MemberID{gone}}, "member_ids"},
		"stranger lead": {crm.NewTeam{Name: "x", LeadID: &stranger}, "lead_id"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := create(c.in)
			wantInvalid(t, err, c.want)
		})
	}
	_, err = create(crm.NewTeam{Name: "WEST"})
	wantConflict(t, err, "team_exists")
	_, err = create(crm.NewTeam{Name: "x", ID: &west.ID})
	wantConflict(t, err, "id_in_use")
	_, err = update(west.ID, crm.TeamPatch{Name: patch.Of("华东区")})
	wantConflict(t, err, "team_exists")
	if err := w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTeam(t.Context(), tx, west.ID, 7) }); err == nil {
		t.Error("deleted in another version")
	}
	if err := w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTeam(t.Context(), tx, west.ID, 1) }); err != nil {
		t.Error(err)
	}
	_, err = read(t, w.rep, func(ctx context.Context, q *tenant.Query) (crm.Team, error) { return crm.GetTeam(ctx, q, west.ID) })
	wantError(t, err, tenant.ErrNotFound)
	if made := w.changesOf(t, "team.created"); len(made) != 2 {
		t.Errorf("%d events of making", len(made))
	}
	changed, removed := w.changesOf(t, "team.updated"), w.changesOf(t, "team.deleted")
	if len(changed) != 2 || len(decode[map[string]any](t, changed[0].Previous)) != 1 || len(removed) != 1 {
		t.Errorf("events %+v, %+v", changed, removed)
	}
}
