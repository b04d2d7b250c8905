package report_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/report"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

var permissions = []tenant.Permission{
	"report:read", "customer:create", "customer:read", "customer:update", "interaction:create", "deal:create", "deal:read", "deal:update", "task:create", "task:update",
}

// company is acme with its people as callers.
type company struct {
	*tenanttest.Installation
	*tenanttest.Company
	callers map[string]*tenant.Caller
}

func newCompany(t *testing.T) *company {
	t.Helper()
	i := tenanttest.Open(t)
	c := i.Company(t, "acme")
	i.Clock.Set(time.Date(2026, 6, 15, 4, 0, 0, 0, time.UTC))
	return &company{i, c, map[string]*tenant.Caller{
		"rep": c.As(c.Rep, tenant.LevelOwn, permissions...), "manager": c.As(c.Manager, tenant.LevelTeam, permissions...),
		"admin": c.As(c.Admin, tenant.LevelAll, permissions...), "nobody": c.As(c.Rep2, tenant.LevelNone, permissions...),
	}}
}

func (c *company) tx(t *testing.T, fn func(*tenant.Tx) error) {
	t.Helper()
	if err := c.Tx(t.Context(), c.Company.Company, c.callers["admin"], fn); err != nil {
		t.Fatal(err)
	}
}

func (c *company) conversion(t *testing.T, who string, p report.Period) (out report.Conversion) {
	t.Helper()
	if err := c.Read(t.Context(), c.Company.Company, c.callers[who], func(q *tenant.Query) (err error) {
		out, err = report.GetConversion(t.Context(), q, report.Query{Period: p})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func (c *company) cohorts(t *testing.T, who string, p report.Period) (out []report.Cohort) {
	t.Helper()
	if err := c.Read(t.Context(), c.Company.Company, c.callers[who], func(q *tenant.Query) (err error) {
		out, err = report.GetCohorts(t.Context(), q, report.Query{Period: p})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// story is one customer's way through the stages, as the tests know it.
type story struct {
	owner   tenant.MemberID
	source  string
	created time.Time
	// visits are the stages with when they were entered.
	visits  []visit
	deleted bool
}

type visit struct {
	stage string
	at    time.Time
}

func (s story) reached(stage string) (time.Time, bool) {
	for _, v := range s.visits {
		if v.stage == stage {
			return v.at, true
		}
	}
	return time.Time{}, false
}

func (s story) now() string { return s.visits[len(s.visits)-1].stage }

// tell makes the customer as if all had happened at its time.
func (c *company) tell(ctx context.Context, tx *tenant.Tx, s story) error {
	made, err := crm.CreateCustomer(ctx, tx, crm.NewCustomer{Name: "x", Source: s.source, OwnerID: &s.owner, Lifecycle: s.visits[0].stage})
	if err != nil {
		return err
	}
	for _, v := range s.visits[1:] {
		if _, err := crm.MoveCustomer(ctx, tx, made.ID, crm.StageChange{To: v.stage, Reason: "because"}, 0); err != nil {
			return err
		}
	}
	var history []int64
	if err := tx.Select(ctx, &history, `SELECT id FROM company.lifecycle_history WHERE customer_id = ? ORDER BY id`, made.ID); err != nil {
		return err
	}
	for i, id := range history {
		if _, err := tx.Exec(ctx, `UPDATE company.lifecycle_history SET entered_at = ? WHERE id = ?`, s.visits[i].at, id); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE company.customers SET created_at = ? WHERE id = ?`, s.created, made.ID); err != nil {
		return err
	}
	if s.deleted {
		_, err = tx.Exec(ctx, `UPDATE company.customers SET deleted_at = ? WHERE id = ?`, tx.Now, made.ID)
	}
	return err
}

func (c *company) randomStories(rnd *rand.Rand, n int) []story {
	next := map[string][]string{
		crm.Potential: {crm.Interested, crm.Won, crm.Lost}, crm.Interested: {crm.Won, crm.Lost}, crm.Won: {crm.Interested, crm.Lost}, crm.Lost: {crm.Interested},
	}
	stories := make([]story, n)
	for i := range stories {
		s := story{
			owner: []tenant.MemberID{c.Rep, c.Rep2, c.Manager, c.Admin, {}}[rnd.IntN(5)], source: []string{"", "fair", "web", "Web", "网站"}[rnd.IntN(5)],
			created: c.Clock.Now().Add(-time.Duration(rnd.IntN(500*24)) * time.Hour).Truncate(time.Second), deleted: rnd.IntN(20) == 0,
		}
		at, stage := s.created, []string{crm.Potential, crm.Potential, crm.Interested, crm.Won, crm.Lost}[rnd.IntN(5)]
		for range 1 + rnd.IntN(4) {
			s.visits = append(s.visits, visit{stage, at})
			at = at.Add(time.Duration(rnd.IntN(90*24)) * time.Hour)
			if at.After(c.Clock.Now()) {
				break
			}
			stage = next[stage][rnd.IntN(len(next[stage]))]
		}
		stories[i] = s
	}
	return stories
}

func (c *company) sees(who string, owner tenant.MemberID) bool {
	seen := map[string][]tenant.MemberID{"rep": {c.Rep}, "manager": {c.Manager, c.Rep, c.Rep2}, "admin": {c.Admin, c.Manager, c.Rep, c.Rep2, {}}}
	return slices.Contains(seen[who], owner)
}

// within counts by the calendar of the zone, and not by instants as the report does.
func within(p report.Period, at time.Time, zone *time.Location) bool {
	day := at.In(zone).Format(time.DateOnly)
	return day >= p.From.Format(time.DateOnly) && day <= p.To.Format(time.DateOnly)
}

func (c *company) wantConversion(who string, p report.Period, stories []story) report.Conversion {
	out := report.Conversion{From: p.From.Format(time.DateOnly), To: p.To.Format(time.DateOnly), Stages: []report.StageCount{}, Sources: []report.ConversionRate{}}
	stages, sources := map[string]int{}, map[string]*report.ConversionRate{}
	for _, s := range stories {
		if s.deleted || !c.sees(who, s.owner) || !within(p, s.created, c.Location()) {
			continue
		}
		stages[s.now()]++
		if sources[s.source] == nil {
			sources[s.source] = &report.ConversionRate{Source: s.source}
		}
		_, interested := s.reached(crm.Interested)
		_, won := s.reached(crm.Won)
		for _, r := range []*report.ConversionRate{sources[s.source], &out.Total} {
			r.Created++
			if interested || won {
				r.Interested++
			}
			if won {
				r.Won++
			}
			if s.now() == crm.Lost {
				r.Lost++
			}
			r.WonRate = float64(r.Won) / float64(r.Created)
		}
	}
	for _, stage := range crm.Stages {
		if stages[stage] > 0 {
			out.Stages = append(out.Stages, report.StageCount{Stage: stage, Count: stages[stage]})
		}
	}
	for _, r := range sources {
		out.Sources = append(out.Sources, *r)
	}
	sortRates(out.Sources)
	return out
}

// sortRates breaks ties of the size by bytes; the database breaks them by its collation.
func sortRates(rates []report.ConversionRate) {
	slices.SortFunc(rates, func(a, b report.ConversionRate) int {
		return cmp.Or(b.Created-a.Created, cmp.Compare(a.Source, b.Source))
	})
}

func (c *company) wantCohorts(who string, p report.Period, stories []story) []report.Cohort {
	zone := c.Location()
	number := func(at time.Time) int { return at.In(zone).Year()*12 + int(at.In(zone).Month()) }
	cohorts := map[string]*report.Cohort{}
	for _, s := range stories {
		if s.deleted || !c.sees(who, s.owner) || !within(p, s.created, zone) {
			continue
		}
		key := s.created.In(zone).Format("2006-01") + " " + s.source
		if cohorts[key] == nil {
			cohorts[key] = &report.Cohort{Month: s.created.In(zone).Format("2006-01"), Source: s.source, WonWithin: make([]int, min(number(c.Clock.Now())-number(s.created), 12)+1)}
		}
		cohorts[key].Created++
		won, ok := s.reached(crm.Won)
		for n := range cohorts[key].WonWithin {
			if ok && number(won) <= number(s.created)+n {
				cohorts[key].WonWithin[n]++
			}
		}
	}
	all := []report.Cohort{}
	for _, one := range cohorts {
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b report.Cohort) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Source, b.Source))
	})
	return all
}

// TestReportsAgainstAnotherCount compares both reports with a count over the same stories, by caller and period.
func TestReportsAgainstAnotherCount(t *testing.T) {
	c := newCompany(t)
	stories := c.randomStories(rand.New(rand.NewPCG(3, 4)), 300)
	c.tx(t, func(tx *tenant.Tx) error {
		for _, s := range stories {
			if err := c.tell(t.Context(), tx, s); err != nil {
				return err
			}
		}
		return nil
	})
	day := func(text string) time.Time { d, _ := time.Parse(time.DateOnly, text); return d }
	for _, zone := range []string{"Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"} {
		c.TimeZone = zone
		for _, who := range []string{"rep", "manager", "admin", "nobody"} {
			for _, p := range []report.Period{
				{From: day("2025-06-16"), To: day("2026-06-15")}, {From: day("2026-03-01"), To: day("2026-03-31")}, {From: day("2020-01-01"), To: day("2030-01-01")},
				{From: day("2026-03-08"), To: day("2026-03-08")}, {From: day("2026-06-01"), To: day("2026-05-01")},
			} {
				t.Run(fmt.Sprint(zone, " ", who, " ", p.From.Format(time.DateOnly)), func(t *testing.T) {
					got := c.conversion(t, who, p)
					sortRates(got.Sources)
					if diff := gocmp.Diff(c.wantConversion(who, p, stories), got); diff != "" {
						t.Errorf("conversion: -want +got\n%s", diff)
					}
					if diff := gocmp.Diff(c.wantCohorts(who, p, stories), c.cohorts(t, who, p)); diff != "" {
						t.Errorf("cohorts: -want +got\n%s", diff)
					}
				})
			}
		}
	}
}

func TestLaterLossDoesNotHideAWin(t *testing.T) {
	c := newCompany(t)
	start := time.Date(2026, 1, 31, 15, 59, 59, 0, time.UTC) // the last second of January in Shanghai
	c.tx(t, func(tx *tenant.Tx) error {
		return c.tell(t.Context(), tx, story{owner: c.Rep, created: start, visits: []visit{
			{crm.Potential, start}, {crm.Won, start.Add(time.Second)}, {crm.Lost, start.Add(time.Hour)}, {crm.Interested, start.Add(2 * time.Hour)}, {crm.Won, start.Add(90 * 24 * time.Hour)},
			{crm.Lost, start.Add(100 * 24 * time.Hour)},
		}})
	})
	january := report.Period{From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)}
	got := c.conversion(t, "rep", january)
	want := report.ConversionRate{Created: 1, Interested: 1, Won: 1, Lost: 1, WonRate: 1}
	if diff := gocmp.Diff(want, got.Total); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := gocmp.Diff([]report.Cohort{{Month: "2026-01", Created: 1, WonWithin: []int{0, 1, 1, 1, 1, 1}}}, c.cohorts(t, "rep", january)); diff != "" {
		t.Errorf("cohorts, first won in the next month: -want +got\n%s", diff)
	}
	february := report.Period{From: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)}
	if got := c.conversion(t, "rep", february); got.Total.Created != 0 {
		t.Error("the last second of January counts as February")
	}
	// In UTC the same second is January still; in Kiritimati it is February.
	c.TimeZone = "Pacific/Kiritimati"
	if got := c.conversion(t, "rep", february); got.Total.Created != 1 {
		t.Error("the month is not the company's")
	}
}

func TestTotalCountsMoreSourcesThanAreNamed(t *testing.T) {
	c := newCompany(t)
	c.tx(t, func(tx *tenant.Tx) error {
		for n := range 205 {
			if _, err := crm.CreateCustomer(t.Context(), tx, crm.NewCustomer{Name: "x", Source: fmt.Sprint("source ", n)}); err != nil {
				return err
			}
		}
		return nil
	})
	today := c.Clock.Now()
	if got := c.conversion(t, "admin", report.Period{From: today, To: today}); got.Total.Created != 205 || len(got.Sources) != 200 {
		t.Errorf("total %d, %d sources", got.Total.Created, len(got.Sources))
	}
}
