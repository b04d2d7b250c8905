package report_test

import (
	"context"
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/report"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestTargetsAreRolledUp(t *testing.T) {
	c := newCompany(t)
	c.deals(t)
	a := c.customer(t, c.Rep, "a")
	c.say(t, "rep", a, "call", "out", "2026-06-01 00:00")
	var reps, mixed crm.Team
	setter := c.As(c.Admin, tenant.LevelAll, "target:update")
	if err := c.Tx(t.Context(), c.Company.Company, setter, func(tx *tenant.Tx) (err error) {
		if reps, err = crm.CreateTeam(t.Context(), tx, crm.NewTeam{Name: "reps", MemberIDs: []tenant.MemberID{c.Rep, c.Rep2}}); err != nil {
			return err
		}
		if mixed, err = crm.CreateTeam(t.Context(), tx, crm.NewTeam{Name: "with the admin", MemberIDs: []tenant.MemberID{c.Rep, c.Admin}}); err != nil {
			return err
		}
		target := func(member tenant.MemberID, team crm.TeamID, month, measure string, value int64) crm.NewTarget {
			in := crm.NewTarget{Month: month, Measure: measure, Value: &value}
			if in.MemberID = &member; member.IsZero() {
				in.MemberID, in.TeamID = nil, &team
			}
			return in
		}
		_, err = crm.SetTargets(t.Context(), tx, []crm.NewTarget{
			target(c.Rep, crm.TeamID{}, "2026-05", "won_amount", 100), target(c.Rep, crm.TeamID{}, "2026-06", "won_amount", 160), target(c.Rep2, crm.TeamID{}, "2026-06", "won_amount", 40),
			target(c.Rep, crm.TeamID{}, "2026-07", "won_amount", 9999), target(c.Manager, crm.TeamID{}, "2026-06", "won_amount", 60),
			target(tenant.MemberID{}, reps.ID, "2026-06", "won_amount", 520), target(c.Rep, crm.TeamID{}, "2026-06", "wins", 4),
		})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	people := map[tenant.MemberID]string{c.Rep: "rep", c.Rep2: "rep2", c.Manager: "manager", c.Admin: "admin"}
	teams := map[crm.TeamID]string{reps.ID: "reps", mixed.ID: "mixed"}
	// show writes a measure as "name own target/actual tree target/actual".
	show := func(who, measure string, in report.Query) map[string]string {
		out := map[string]string{}
		for _, m := range ask(t, c, who, func(ctx context.Context, q *tenant.Query) (report.Targets, error) {
			return report.GetTargets(ctx, q, in)
		}).Measures {
			if m.Measure != measure {
				continue
			}
			out["total"] = fmt.Sprintf("%d/%d", m.Total.Target, m.Total.Actual)
			for _, p := range m.People {
				if name, cast := people[p.ID]; cast {
					out[name] = fmt.Sprintf("%d/%d %d/%d", p.Own.Target, p.Own.Actual, p.Tree.Target, p.Tree.Actual)
				}
			}
			for _, team := range m.Teams {
				out[teams[team.ID]] = fmt.Sprintf("%d/%d, of members %d", team.Target, team.Actual, team.MembersTarget)
			}
		}
		return out
	}
	june, both := between("2026-06-10", "2026-06-20"), between("2026-05-31", "2026-06-01") // whole months, whatever the days
	mine := june
	mine.Owner = "me"
	for _, row := range []struct {
		who, measure string
		in           report.Query
		want         map[string]string
	}{
		{"rep", "won_amount", june, map[string]string{"total": "160/30", "rep": "160/30 160/30"}},
		{"rep", "won_amount", both, map[string]string{"total": "260/130", "rep": "260/130 260/130"}},
		{"rep", "wins", june, map[string]string{"total": "4/1", "rep": "4/1 4/1"}},
		{"rep", "interactions", june, map[string]string{"total": "0/1", "rep": "0/1 0/1"}},
		{"manager", "won_amount", june, map[string]string{"total": "260/30", "rep": "160/30 160/30", "rep2": "40/0 40/0", "manager": "60/0 260/30", "reps": "520/30, of members 200"}},
		{"manager", "won_amount", mine, map[string]string{"total": "60/0", "manager": "60/0 60/0"}},
		{"admin", "won_amount", june, map[string]string{
			"total": "260/530", "rep": "160/30 160/30", "rep2": "40/0 40/0", "manager": "60/0 260/30", "admin": "0/500 260/530",
			"reps": "520/30, of members 200", "mixed": "0/530, of members 160",
		}},
		{"nobody", "won_amount", june, map[string]string{"total": "0/0"}},
	} {
		if diff := gocmp.Diff(row.want, show(row.who, row.measure, row.in)); diff != "" {
			t.Errorf("%s, %s: -want +got\n%s", row.who, row.measure, diff)
		}
	}
	got := ask(t, c, "manager", func(ctx context.Context, q *tenant.Query) (report.Targets, error) {
		return report.GetTargets(ctx, q, june)
	})
	if got.From != "2026-06-01" || got.To != "2026-06-30" || *got.Measures[0].Teams[0].Rate != 30./520 || got.Measures[2].Total.Rate != nil {
		t.Errorf("%+v", got)
	}
}
