package crm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) trySetTargets(t testing.TB, in ...crm.NewTarget) ([]crm.Target, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) ([]crm.Target, error) { return crm.SetTargets(ctx, tx, in) })
}

// targets lists what somebody sees as "month measure value".
func (p person) targets(t testing.TB, filter string) string {
	t.Helper()
	page := must[crm.Page[crm.Target]](t)(read(t, p, func(ctx ctx, q *tenant.Query) (crm.Page[crm.Target], error) {
		return crm.ListTargets(ctx, q, crm.ListQuery{Filter: filter, OrderBy: "month"})
	}))
	all := make([]string, len(page.Data))
	for i, target := range page.Data {
		all[i] = fmt.Sprint(target.Month, " ", target.Measure, " ", target.Value)
	}
	return strings.Join(all, ", ")
}

// targetPerson is somebody who may set the targets of everybody within the level.
func (w *world) targetPerson(member tenant.MemberID, level tenant.Level) person {
	return person{w, w.acme, w.acme.As(member, level, "target:read", "target:update")}
}

func TestTargets(t *testing.T) {
	w := newWorld(t)
	manager, admin, rep := w.targetPerson(w.acme.Manager, tenant.LevelTeam), w.targetPerson(w.acme.Admin, tenant.LevelAll), w.targetPerson(w.acme.Rep, tenant.LevelOwn)
	team := must[crm.Team](t)(write(t, w.admin, func(ctx ctx, tx *tenant.Tx) (crm.Team, error) {
		return crm.CreateTeam(ctx, tx, crm.NewTeam{Name: "north", LeadID: &w.acme.Manager, MemberIDs: []tenant.MemberID{w.acme.Manager, w.acme.Rep}})
	}))
	of := func(member tenant.MemberID, month, measure string, value *int64) crm.NewTarget {
		return crm.NewTarget{MemberID: &member, Month: month, Measure: measure, Value: value}
	}
	n := func(n int64) *int64 { return &n }
	set := must[[]crm.Target](t)(manager.trySetTargets(t,
		of(w.acme.Rep, "2026-03", "wins", n(5)), of(w.acme.Rep, "2026-04", "won_amount", n(1<<53)), of(w.acme.Rep2, "2026-03", "wins", n(7)),
		crm.NewTarget{TeamID: &team.ID, Month: "2026-02", Measure: "interactions", Value: n(0)}))
	if len(set) != 4 || set[0].ID.IsZero() || set[0].Month != "2026-03" || set[3].TeamID != team.ID || !set[3].MemberID.IsZero() {
		t.Errorf("set %+v", set)
	}
	if made := w.changesOf(t, "target.created"); made[0].OwnerAfter != w.acme.Rep || made[3].OwnerAfter != w.acme.Manager || !made[3].OwnerBefore.IsZero() {
		t.Errorf("a member's target is told to %s, a team's to %s and not to its lead", made[0].OwnerAfter, made[3].OwnerAfter)
	}
	for _, row := range []struct {
		who          person
		filter, want string
	}{
		{manager, "", "2026-02 interactions 0, 2026-03 wins 5, 2026-03 wins 7, 2026-04 won_amount 9007199254740992"},
		{rep, "", "2026-03 wins 5, 2026-04 won_amount 9007199254740992"},
		{admin, "team:*", "2026-02 interactions 0"},
		{admin, `month >= "2026-04-01"`, "2026-04 won_amount 9007199254740992"},
		{admin, "measure = wins AND member = " + w.acme.Rep2.String(), "2026-03 wins 7"},
		{w.stranger, "", ""},
	} {
		if got := row.who.targets(t, row.filter); got != row.want && got != strings.Replace(row.want, "wins 5, 2026-03 wins 7", "wins 7, 2026-03 wins 5", 1) {
			t.Errorf("%s: %s, want %s", row.filter, got, row.want)
		}
	}
	// One that is there is replaced, one without a value goes, and what is the same is no change.
	before := len(w.changes(t, w.acme))
	again := must[[]crm.Target](t)(manager.trySetTargets(t, of(w.acme.Rep, "2026-03", "wins", n(6)), of(w.acme.Rep2, "2026-03", "wins", nil), of(w.acme.Rep2, "2026-05", "wins", nil), of(w.acme.Rep, "2026-04", "won_amount", n(1<<53))))
	if len(again) != 2 || again[0].ID != set[0].ID || again[0].Value != 6 {
		t.Errorf("set again %+v", again)
	}
	changes := w.changes(t, w.acme)[before:]
	if len(changes) != 2 || changes[0].Type != "target.updated" || changes[0].OwnerAfter != w.acme.Rep || decode[map[string]any](t, changes[0].Previous)["value"] != 5.0 || changes[1].Type != "target.deleted" ||
		changes[1].OwnerBefore != w.acme.Rep2 || !changes[1].OwnerAfter.IsZero() {
		t.Errorf("changes %+v", changes)
	}
	if _, err := write(t, w.admin, func(ctx ctx, tx *tenant.Tx) (struct{}, error) { return struct{}{}, crm.DeleteTeam(ctx, tx, team.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	if got := admin.targets(t, ""); got != "2026-03 wins 6, 2026-04 won_amount 9007199254740992" {
		t.Errorf("without the team: %s", got)
	}

	for name, row := range map[string]struct {
		who   person
		in    crm.NewTarget
		field string
	}{
		"nobody's":          {admin, crm.NewTarget{Month: "2026-03", Measure: "wins", Value: n(1)}, "member_id"},
		"both":              {admin, crm.NewTarget{MemberID: &w.acme.Rep, TeamID: &team.ID, Month: "2026-03", Measure: "wins", Value: n(1)}, "member_id"},
		"out of reach":      {rep, of(w.acme.Rep2, "2026-03", "wins", n(1)), "member_id"},
		"above":             {manager, of(w.acme.Admin, "2026-03", "wins", n(1)), "member_id"},
		"unknown":           {admin, of(w.globex.Rep, "2026-03", "wins", n(1)), "member_id"},
		"team that is gone": {admin, crm.NewTarget{TeamID: &team.ID, Month: "2026-03", Measure: "wins", Value: n(1)}, "team_id"},
		"no month":          {admin, of(w.acme.Rep, "2026-13", "wins", n(1)), "month"},
		"a day":             {admin, of(w.acme.Rep, "2026-03-01", "wins", n(1)), "month"},
		"long ago":          {admin, of(w.acme.Rep, "1066-10", "wins", n(1)), "month"},
		"measure":           {admin, of(w.acme.Rep, "2026-03", "profit", n(1)), "measure"},
		"negative":          {admin, of(w.acme.Rep, "2026-03", "wins", n(-1)), "value"},
		"too much":          {admin, of(w.acme.Rep, "2026-03", "wins", n(1<<53+1)), "value"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := row.who.trySetTargets(t, of(row.who.id(), "2027-01", "wins", n(1)), row.in)
			wantInvalid(t, err, "targets[1]."+row.field)
		})
	}
	if got := admin.targets(t, `month >= "2027-01-01"`); got != "" {
		t.Errorf("what was refused has left %s", got)
	}
}
