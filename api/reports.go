package api

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm/report"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) reportRoutes(r *routes) {
	register(r, get("/reports/conversion", "Conversion by stage and source"), rbac.Report.Read, billing.Free, s.conversion)
	register(r, get("/reports/cohorts", "Cohorts by month of creation and source"), rbac.Report.Read, billing.AdvancedReports, s.cohorts)
}

// periodInput is what every report over time takes.
type periodInput struct {
	From string `query:"from" format:"date" doc:"First day, in the company's time zone; a year ago when left out." example:"2026-01-01"`
	To   string `query:"to" format:"date" doc:"Last day; today when left out." example:"2026-03-31"`
}

// longestPeriod bounds what one report reads.
const longestPeriod = 10 * 366 * 24 * time.Hour

func (in periodInput) period(q *tenant.Query) (report.Period, error) {
	today := q.Now.In(q.Company.Location())
	p := report.Period{From: today.AddDate(-1, 0, 1), To: today}
	invalid := &tenant.InvalidError{}
	for _, bound := range []struct {
		name, text string
		into       *time.Time
	}{{"from", in.From, &p.From}, {"to", in.To, &p.To}} {
		if bound.text == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, bound.text)
		if err != nil {
			invalid.Add(bound.name, "invalid", "is not a date; write it as 2026-03-31")
			continue
		}
		*bound.into = day
	}
	if len(invalid.Fields) == 0 && (p.To.Before(p.From) || p.To.Sub(p.From) > longestPeriod) {
		invalid.Add("to", "out_of_range", "must not be before from, nor more than ten years after it")
	}
	return p, invalid.Err()
}

type conversionOutput struct{ Body report.Conversion }

func (s *Server) conversion(ctx context.Context, in *periodInput) (*conversionOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*conversionOutput, error) {
		p, err := in.period(q)
		if err != nil {
			return nil, err
		}
		c, err := report.GetConversion(ctx, q, p)
		return &conversionOutput{c}, err
	})
}

func (s *Server) cohorts(ctx context.Context, in *periodInput) (*all[report.Cohort], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[report.Cohort], error) {
		p, err := in.period(q)
		if err != nil {
			return nil, err
		}
		cohorts, err := report.GetCohorts(ctx, q, p)
		return allOf(cohorts), err
	})
}
