package report

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Targets holds what was reached against what was to be reached.
type Targets struct {
	From     string          `json:"from" doc:"First day: that of the first month." example:"2026-01-01"`
	To       string          `json:"to" doc:"Last day: that of the last month." example:"2026-03-31"`
	Measures []TargetMeasure `json:"measures" nullable:"false" doc:"won_amount, in minor units of the company's currency; wins; interactions."`
}

// TargetMeasure is one measure.
type TargetMeasure struct {
	Measure string           `json:"measure" enum:"won_amount,wins,interactions" doc:"What is measured."`
	Total   Attainment       `json:"total" doc:"All members within your reach together."`
	People  []PersonAttained `json:"people" nullable:"false" doc:"Members within your reach who are active or have a target or reached something."`
	Teams   []TeamAttained   `json:"teams" nullable:"false" doc:"Teams all of whose members are within your reach."`
}

// Attainment is a target and how far it was reached.
type Attainment struct {
	Target int64    `json:"target" doc:"What is to be reached in these months; 0 where nothing is set." example:"50000000"`
	Actual int64    `json:"actual" doc:"What was reached." example:"32000000"`
	Rate   *float64 `json:"rate" doc:"actual / target; null without a target." example:"0.64"`
}

// PersonAttained is one member's.
type PersonAttained struct {
	ID        tenant.MemberID `json:"id" doc:"The member."`
	Name      string          `json:"name" doc:"Display name." example:"陈晨"`
	ManagerID tenant.MemberID `json:"manager_id" nullable:"true" doc:"Whom the member reports to; null for nobody."`
	Own       Attainment      `json:"own" doc:"The member's own."`
	Tree      Attainment      `json:"tree" doc:"The member's own and that of everybody below in the reporting tree, as far as it is within your reach."`
}

// TeamAttained is one team's.
type TeamAttained struct {
	ID   crm.TeamID `json:"id" doc:"The team."`
	Name string     `json:"name" doc:"What it is called." example:"华东区"`
	Attainment
	MembersTarget int64 `json:"members_target" doc:"What its members are to reach by their own targets." example:"48000000"`
}

// person is a member within reach, with the figures of the months.
type person struct {
	PersonalFigure
	Manager tenant.MemberID     `db:"manager_id"`
	Status  tenant.MemberStatus `db:"status"`
}

// GetTargets holds the months that the period touches against their targets. Owner narrows the members; the filter is the
// customers' and leaves out what was reached with others.
func GetTargets(ctx context.Context, q *tenant.Query, in Query) (Targets, error) {
	in.From = time.Date(in.From.Year(), in.From.Month(), 1, 0, 0, 0, 0, time.UTC)
	in.To = time.Date(in.To.Year(), in.To.Month()+1, 0, 0, 0, 0, 0, time.UTC)
	out := Targets{Measures: []TargetMeasure{}}
	out.From, out.To = in.days()
	people, err := in.people(ctx, q)
	if err != nil {
		return Targets{}, err
	}
	set, err := in.targets(ctx, q)
	if err != nil {
		return Targets{}, err
	}
	teams, err := crm.ListTeams(ctx, q)
	if err != nil {
		return Targets{}, err
	}
	for _, measure := range crm.TargetMeasures {
		out.Measures = append(out.Measures, attained(measure, people, teams, set[measure]))
	}
	return out, nil
}

// people returns the members within reach with what they reached.
func (in Query) people(ctx context.Context, q *tenant.Query) ([]person, error) {
	within, err := in.within(ctx, q, "m.id")
	if err != nil {
		return nil, err
	}
	var all []person
	if err := q.Select(ctx, &all, `SELECT m.id, m.name, m.manager_id, m.status FROM company.members m WHERE `+within.SQL+` ORDER BY m.name, m.id LIMIT 5000`, within.Args...); err != nil {
		return nil, err
	}
	figures := make([]*PersonalFigure, len(all))
	for i := range all {
		figures[i] = &all[i].PersonalFigure
	}
	return all, in.readFigures(ctx, q, figures, in.wins(), in.interactions(q))
}

// targets sums the targets of the months up, by measure and by whose they are.
func (in Query) targets(ctx context.Context, q *tenant.Query) (map[string]map[tenant.RecordID]int64, error) {
	var rows []struct {
		Holder  tenant.RecordID `db:"holder_id"`
		Measure string          `db:"measure"`
		Value   int64           `db:"value"`
	}
	from, to := in.days()
	if err := q.Select(ctx, &rows, `SELECT t.holder_id, t.measure, `+crm.SumOf("t.value")+` AS value FROM company.targets t
		WHERE t.month BETWEEN ? AND ? GROUP BY t.holder_id, t.measure LIMIT 50000`, from, to); err != nil {
		return nil, err
	}
	all := map[string]map[tenant.RecordID]int64{}
	for _, r := range rows {
		if all[r.Measure] == nil {
			all[r.Measure] = map[tenant.RecordID]int64{}
		}
		all[r.Measure][r.Holder] = r.Value
	}
	return all, nil
}

// actual is what a member reached by a measure.
func (p *person) actual(measure string) int64 {
	switch measure {
	case crm.TargetWonAmount:
		return p.WonAmount
	case crm.TargetWins:
		return p.Wins
	}
	return p.Interactions
}

// attained holds one measure against its targets, and rolls it up the tree.
func attained(measure string, people []person, teams []crm.Team, set map[tenant.RecordID]int64) TargetMeasure {
	out := TargetMeasure{Measure: measure, People: []PersonAttained{}, Teams: []TeamAttained{}}
	own, tree, manager := map[tenant.MemberID]Attainment{}, map[tenant.MemberID]Attainment{}, map[tenant.MemberID]tenant.MemberID{}
	for i := range people {
		p := &people[i]
		own[p.ID] = Attainment{Target: set[tenant.RecordID(p.ID)], Actual: p.actual(measure)}
		manager[p.ID] = p.Manager
		out.Total.add(own[p.ID])
	}
	for id, a := range own {
		for at, within := id, true; within; at, within = manager[at], reached(own, manager[at]) {
			sum := tree[at]
			sum.add(a)
			tree[at] = sum
		}
	}
	out.Total.rate()
	for i := range people {
		p := &people[i]
		mine, below := own[p.ID], tree[p.ID]
		if p.Status != tenant.MemberActive && below.Target == 0 && below.Actual == 0 {
			continue
		}
		mine.rate()
		below.rate()
		out.People = append(out.People, PersonAttained{p.ID, p.Name, p.Manager, mine, below})
	}
	for _, t := range teams {
		if sum, whole := ofTeam(t, own); whole {
			row := TeamAttained{ID: t.ID, Name: t.Name, Attainment: Attainment{Target: set[tenant.RecordID(t.ID)], Actual: sum.Actual}, MembersTarget: sum.Target}
			row.rate()
			out.Teams = append(out.Teams, row)
		}
	}
	return out
}

func reached(own map[tenant.MemberID]Attainment, id tenant.MemberID) bool {
	_, ok := own[id]
	return ok
}

// ofTeam adds the members of a team up; whole is false when one of them is out of reach, or there is none.
func ofTeam(t crm.Team, own map[tenant.MemberID]Attainment) (sum Attainment, whole bool) {
	for _, m := range t.MemberIDs {
		a, ok := own[m]
		if !ok {
			return Attainment{}, false
		}
		sum.add(a)
	}
	return sum, len(t.MemberIDs) > 0
}

func (a *Attainment) add(b Attainment) {
	a.Target, a.Actual = min(a.Target+b.Target, sheet.MaxAmount), min(a.Actual+b.Actual, sheet.MaxAmount)
}

func (a *Attainment) rate() {
	if a.Target > 0 {
		part := float64(a.Actual) / float64(a.Target)
		a.Rate = &part
	}
}
