package report

import (
	"context"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Funnel says how many customers are in each stage of the lifecycle, how that has changed, and what to make of it: 销售漏斗.
type Funnel struct {
	From   string        `json:"from" doc:"First day, in the company's time zone." example:"2026-01-01"`
	To     string        `json:"to" doc:"Last day." example:"2026-03-31"`
	Stages []FunnelStage `json:"stages" nullable:"false" doc:"The stages in their order."`
	Points []FunnelPoint `json:"points" nullable:"false" doc:"How many were in each stage before the period, and at the end of each of its days, weeks or months that has begun."`
	Hint   FunnelHint    `json:"hint" doc:"Whether to work on conversion. It is about today, whatever the period."`
}

// FunnelStage is one stage over the period.
type FunnelStage struct {
	Stage string `json:"stage" enum:"potential,interested,won,lost" doc:"The stage."`
	// Before and Count are the first and the last of the points.
	Before  int `json:"before" doc:"Customers in it when the period began." example:"40"`
	Count   int `json:"count" doc:"Customers in it at the end of the period, or now." example:"52"`
	Change  int `json:"change" doc:"What that is more, or less." example:"12"`
	Entered int `json:"entered" doc:"How often a customer came into it in the period." example:"19"`
}

// FunnelPoint is the funnel at one moment.
type FunnelPoint struct {
	On     string         `json:"on" doc:"The day at the end of which it was so; of what has not ended yet, today." example:"2026-03-08"`
	Counts map[string]int `json:"counts" doc:"Customers in each stage." example:"{\"potential\":120,\"interested\":52,\"won\":31,\"lost\":9}"`
}

// GetFunnel returns the funnel of the customers within the caller's reach. It goes by the permanent history of stages;
// customers that were deleted since are in none of its numbers.
func GetFunnel(ctx context.Context, q *tenant.Query, in Query, by string) (Funnel, error) {
	zone := q.Company.Location()
	out := Funnel{Stages: []FunnelStage{}, Points: []FunnelPoint{}}
	out.From, out.To = in.days()
	where, err := in.customers(ctx, q)
	if err != nil {
		return Funnel{}, err
	}
	if out.Hint, err = readHint(ctx, q, where); err != nil {
		return Funnel{}, err
	}
	steps, err := in.steps(zone, by)
	if err != nil || len(steps) == 0 {
		return out, err
	}
	moments := out.lay(q.Now, steps, in.To, zone)
	came, gone := stepOf("h.entered_at", moments), stepOf("h.left_at", moments)
	var rows []struct {
		Stage string `db:"stage"`
		Came  int    `db:"came"`
		Gone  int    `db:"gone"`
		Count int    `db:"n"`
	}
	// A stay ends with the next one; who never left is beyond all moments.
	args := slices.Concat(came.Args, []any{len(moments)}, gone.Args, where.Args)
	if err := q.Select(ctx, &rows, `SELECT h.to_stage AS stage, `+came.SQL+` AS came, IF(h.left_at IS NULL, ?, `+gone.SQL+`) AS gone, COUNT(*) AS n
		FROM (SELECT l.to_stage, l.entered_at, LEAD(l.entered_at) OVER (PARTITION BY l.customer_id ORDER BY l.entered_at, l.id) AS left_at
			FROM company.customers c JOIN company.lifecycle_history l ON l.customer_id = c.id WHERE `+where.SQL+`) h
		GROUP BY stage, came, gone`, args...); err != nil {
		return Funnel{}, err
	}
	entered := map[string]int{}
	for _, r := range rows {
		for k := r.Came; k < r.Gone; k++ {
			out.Points[k].Counts[r.Stage] += r.Count
		}
		if r.Came > 0 && r.Came < len(moments) {
			entered[r.Stage] += r.Count
		}
	}
	first, last := out.Points[0].Counts, out.Points[len(out.Points)-1].Counts
	for _, stage := range crm.Stages {
		out.Stages = append(out.Stages, FunnelStage{stage, first[stage], last[stage], last[stage] - first[stage], entered[stage]})
	}
	return out, nil
}

// lay makes the points: one for the moment when the period begins, one for the end of each step that has begun. It
// returns the moments.
func (f *Funnel) lay(now time.Time, steps []step, to time.Time, zone *time.Location) []time.Time {
	moments := beginnings(steps)
	moments = append(moments, midnight(to.AddDate(0, 0, 1), zone).UTC())
	begun := 1
	for begun < len(moments) && !moments[begun-1].After(now) {
		begun++
	}
	moments = moments[:begun]
	for _, at := range moments {
		counts := map[string]int{}
		for _, stage := range crm.Stages {
			counts[stage] = 0
		}
		on := min(recurrence.WallOf(at, zone).AddDays(-1).Date(), recurrence.WallOf(now, zone).Date())
		f.Points = append(f.Points, FunnelPoint{on, counts})
	}
	return moments
}
