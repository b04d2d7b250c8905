package report

import (
	"context"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// FunnelSettings say when the funnel advises something.
type FunnelSettings struct {
	InterestedPercent int `json:"interested_percent" minimum:"1" maximum:"100" doc:"The hint to work on conversion needs more than this percentage of the active customers to be interested." example:"50"`
	WonPercent        int `json:"won_percent" minimum:"1" maximum:"100" doc:"And fewer than this percentage of them to have been won within won_days." example:"10"`
	WonDays           int `json:"won_days" minimum:"1" maximum:"730" doc:"How many days back wins count." example:"90"`
	LeastCustomers    int `json:"least_customers" minimum:"1" maximum:"100000" doc:"With fewer active customers than this there is no hint." example:"20"`
}

const funnelSettings = "funnel"

// ReadFunnelSettings returns the company's settings for the funnel.
func ReadFunnelSettings(ctx context.Context, q *tenant.Query) (FunnelSettings, error) {
	s := FunnelSettings{InterestedPercent: 50, WonPercent: 10, WonDays: 90, LeastCustomers: 20}
	err := tenant.ReadSettings(ctx, q, funnelSettings, &s)
	return s, err
}

// WriteFunnelSettings changes them. It returns *tenant.InvalidError for numbers that are out of range.
func WriteFunnelSettings(ctx context.Context, tx *tenant.Tx, s FunnelSettings) error {
	invalid := &tenant.InvalidError{}
	for _, n := range []struct {
		name        string
		value, most int
	}{
		{"interested_percent", s.InterestedPercent, 100}, {"won_percent", s.WonPercent, 100}, {"won_days", s.WonDays, 730}, {"least_customers", s.LeastCustomers, 100_000},
	} {
		if n.value < 1 || n.value > n.most {
			invalid.Add("funnel."+n.name, "out_of_range", "is not within its bounds")
		}
	}
	if err := invalid.Err(); err != nil {
		return err
	}
	return tenant.WriteSettings(ctx, tx, funnelSettings, s)
}

// FunnelHint says to work on conversion when many customers are interested and few are won, with the numbers behind it.
type FunnelHint struct {
	WorkOnConversion bool `json:"work_on_conversion" doc:"Whether too many are interested and too few are won."`
	// Active counts everybody but those who are lost.
	Active         int            `json:"active" doc:"Customers that are potential, interested or won." example:"64"`
	Interested     int            `json:"interested" doc:"Of them, are interested." example:"38"`
	Won            int            `json:"won" doc:"Of them, came to won within won_days." example:"4"`
	InterestedRate float64        `json:"interested_rate" doc:"interested / active, 0 to 1." example:"0.59"`
	WonRate        float64        `json:"won_rate" doc:"won / active, 0 to 1." example:"0.06"`
	Thresholds     FunnelSettings `json:"thresholds" doc:"What the numbers are held against; /v1/company/settings changes it."`
}

// readHint reckons the hint for the customers (c) that meet a condition.
func readHint(ctx context.Context, q *tenant.Query, where list.Condition) (FunnelHint, error) {
	s, err := ReadFunnelSettings(ctx, q)
	if err != nil {
		return FunnelHint{}, err
	}
	h := FunnelHint{Thresholds: s}
	var counts struct {
		Active     int `db:"active"`
		Interested int `db:"interested"`
		Won        int `db:"won"`
	}
	args := append([]any{crm.Interested, crm.Won, q.Now.AddDate(0, 0, -s.WonDays), crm.Lost}, where.Args...)
	if err := q.Get(ctx, &counts, `SELECT COUNT(*) AS active, COALESCE(SUM(c.lifecycle = ?), 0) AS interested,
		COALESCE(SUM(EXISTS (SELECT 1 FROM company.lifecycle_history h WHERE h.customer_id = c.id AND h.to_stage = ? AND h.entered_at >= ?)), 0) AS won
		FROM company.customers c WHERE c.lifecycle <> ? AND `+where.SQL, args...); err != nil {
		return FunnelHint{}, err
	}
	h.Active, h.Interested, h.Won = counts.Active, counts.Interested, counts.Won
	h.InterestedRate, h.WonRate = rate(h.Interested, h.Active), rate(h.Won, h.Active)
	h.WorkOnConversion = h.Active >= s.LeastCustomers && 100*h.Interested > s.InterestedPercent*h.Active && 100*h.Won < s.WonPercent*h.Active
	return h, nil
}
