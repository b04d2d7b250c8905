package crm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryForecast(t testing.TB, in crm.ForecastQuery) (crm.DealForecast, error) {
	t.Helper()
	return read(t, p, func(ctx ctx, q *tenant.Query) (crm.DealForecast, error) { return crm.Forecast(ctx, q, in) })
}

// forecast shows the periods that have something as "period open/weighted won expected".
func (p person) forecast(t testing.TB, in crm.ForecastQuery) string {
	t.Helper()
	f := must[crm.DealForecast](t)(p.tryForecast(t, in))
	all := []string{fmt.Sprintf("%s to %s", f.From, f.To)}
	for _, period := range f.Periods {
		if period.Open.Count+period.Won.Count > 0 {
			all = append(all, fmt.Sprintf("%s %d/%d %d %d", period.Period, period.Open.AmountBase, period.Open.WeightedBase, period.Won.AmountBase, period.ExpectedBase))
		}
	}
	return strings.Join(append(all, fmt.Sprintf("overdue %d undated %d", f.Overdue.AmountBase, f.Undated.AmountBase)), ", ")
}

func TestForecast(t *testing.T) {
	w := newWorld(t) // it is the second of March 2026
	w.admin.rate(t, crm.NewExchangeRate{Currency: "USD", Rate: decimal.MustParse("7"), ValidFrom: ptr(crm.Date("2025-01-01"))})
	w.admin.rate(t, crm.NewExchangeRate{Currency: "USD", Rate: decimal.MustParse("8"), ValidFrom: ptr(crm.Date("2026-01-01"))})
	day := func(text string) *time.Time {
		return ptr(must[time.Time](t)(time.ParseInLocation(time.DateOnly, text, w.acme.Location())))
	}
	for _, in := range []crm.NewDeal{
		{Amount: ptr(int64(100)), ExpectedCloseOn: ptr(crm.Date("2026-03-31")), OwnProbability: ptr(30)},
		{Amount: ptr(int64(50)), ExpectedCloseOn: ptr(crm.Date("2026-04-01")), OwnProbability: ptr(10), Currency: "USD"},
		{Amount: ptr(int64(7)), ExpectedCloseOn: ptr(crm.Date("2026-03-01"))}, // one day late
		{Amount: ptr(int64(9))},
		{Amount: ptr(int64(3)), Status: "won"},
		// The last instant of 2025 in Shanghai, by the rate of that year.
		{Amount: ptr(int64(10)), Status: "won", Currency: "USD", ClosedAt: ptr(day("2026-01-01").Add(-time.Microsecond))},
		{Amount: ptr(int64(5)), Status: "lost", LostReason: "price"},
		{Amount: ptr(int64(1)), Status: "won", ClosedAt: day("2024-12-31")},
	} {
		in.Name = "x"
		w.rep.deal(t, in)
	}
	w.rep2.deal(t, crm.NewDeal{Name: "y", Amount: ptr(int64(1000)), Status: "won"})
	rest := ", overdue 7 undated 9"
	for _, c := range []struct {
		who  person
		in   crm.ForecastQuery
		want string
	}{
		{w.rep, crm.ForecastQuery{By: "month"}, "2026-03-01 to 2027-02-28, 2026-03 107/31 3 34, 2026-04 400/40 0 40" + rest},
		{w.rep, crm.ForecastQuery{By: "quarter", From: "2025-12-31"}, "2025-10-01 to 2026-09-30, 2025-Q4 0/0 70 70, 2026-Q1 107/31 3 34, 2026-Q2 400/40 0 40" + rest},
		{w.rep, crm.ForecastQuery{By: "month", From: "2025-12-01", To: "2025-12-01"}, "2025-12-01 to 2025-12-31, 2025-12 0/0 70 70" + rest},
		{w.rep, crm.ForecastQuery{By: "quarter", Filter: `currency = "USD"`, To: "2026-06-30"}, "2026-01-01 to 2026-06-30, 2026-Q2 400/40 0 40, overdue 0 undated 0"},
		{w.manager, crm.ForecastQuery{By: "quarter", To: "2026-03-31"}, "2026-01-01 to 2026-03-31, 2026-Q1 107/31 1003 1034" + rest},
		{w.rep2, crm.ForecastQuery{By: "quarter", To: "2026-03-31"}, "2026-01-01 to 2026-03-31, 2026-Q1 0/0 1000 1000, overdue 0 undated 0"},
		{w.stranger, crm.ForecastQuery{By: "quarter", To: "2026-03-31"}, "2026-01-01 to 2026-03-31, overdue 0 undated 0"},
	} {
		if got := c.who.forecast(t, c.in); got != c.want {
			t.Errorf("%+v:\n%s, want\n%s", c.in, got, c.want)
		}
	}
	for field, in := range map[string]crm.ForecastQuery{
		"by": {By: "week"}, "from": {By: "month", From: "2026-13-01"}, "to": {By: "month", From: "2026-05-01", To: "2026-04-30"}, "filter": {By: "month", Filter: "x"},
		"to ": {By: "month", From: "2000-01-01", To: "2010-01-01"},
	} {
		_, err := w.rep.tryForecast(t, in)
		wantInvalid(t, err, strings.TrimSpace(field))
	}
}
