package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// DealForecast says what is won and what may yet be, by the month or quarter in which deals close: 销售预测.
type DealForecast struct {
	From    Date             `json:"from" format:"date" doc:"First day of the first period." example:"2026-01-01"`
	To      Date             `json:"to" format:"date" doc:"Last day of the last period." example:"2026-12-31"`
	Periods []ForecastPeriod `json:"periods" nullable:"false" doc:"All periods in their order, also those without deals."`
	Open    DealTotals       `json:"open" doc:"Open deals of all periods."`
	Won     DealTotals       `json:"won" doc:"Won deals of all periods."`
	// Overdue and Undated are what a forecast leaves out at its peril.
	Overdue DealTotals `json:"overdue" doc:"Open deals whose expected close has passed, whether or not that day is within the periods."`
	Undated DealTotals `json:"undated" doc:"Open deals without an expected close; they are in no period."`
}

// ForecastPeriod is one month or quarter.
type ForecastPeriod struct {
	Period string     `json:"period" doc:"The month, or the quarter." example:"2026-Q1"`
	Open   DealTotals `json:"open" doc:"Open deals that are expected to close in it."`
	Won    DealTotals `json:"won" doc:"Deals that were won in it."`
	// ExpectedBase is the forecast.
	ExpectedBase int64 `json:"expected_base" doc:"What is won, and of what is open as much as is likely: won.amount_base and open.weighted_base together." example:"34000000"`
}

// ForecastQuery says which deals are forecast, over which time.
type ForecastQuery struct {
	// Filter and Q are those of the list of deals.
	Filter, Q string
	// From and To are days in the first and the last period; empty means this period and one year from its beginning.
	From, To Date
	// By is month or quarter.
	By string
}

// The lengths of a period, and the months that they have.
var forecastMonths = map[string]int{"month": 1, "quarter": 3}

// maxPeriods is ten years of months.
const maxPeriods = 120

// Forecast sums the deals within the caller's scope up. Amounts in other currencies count by the company's exchange rates.
func Forecast(ctx context.Context, q *tenant.Query, in ForecastQuery) (DealForecast, error) {
	f, err := in.frame(q)
	if err != nil {
		return DealForecast{}, err
	}
	query := ListQuery{Filter: in.Filter, Q: in.Q}
	as, err := customised(ctx, q, deals, query)
	if err != nil {
		return DealForecast{}, err
	}
	from, where, err := dealsWithin(q, as, query)
	if err != nil {
		return DealForecast{}, err
	}
	if err := f.readPeriods(ctx, q, from, where, forecastMonths[in.By]); err != nil {
		return DealForecast{}, err
	}
	return f, f.readRest(ctx, q, from, where)
}

// frame lays the periods out.
func (in ForecastQuery) frame(q *tenant.Query) (DealForecast, error) {
	invalid := &tenant.InvalidError{}
	months := forecastMonths[in.By]
	if months == 0 {
		checkWord(invalid, "by", in.By, []string{"month", "quarter"})
		return DealForecast{}, invalid.Err()
	}
	today := companyToday(q)
	if in.From == "" {
		in.From = today
	}
	checkDate(invalid, "from", &in.From)
	if err := invalid.Err(); err != nil {
		return DealForecast{}, err
	}
	first := beginOf(in.From, months)
	if in.To == "" {
		in.To = Date(first.AddDate(1, 0, -1).Format(time.DateOnly))
	}
	checkDate(invalid, "to", &in.To)
	if err := invalid.Err(); err != nil {
		return DealForecast{}, err
	}
	end := beginOf(in.To, months).AddDate(0, months, 0)
	switch n := monthsFrom(first, end) / months; {
	case n < 1:
		invalid.Add("to", "out_of_range", "is before from")
	case n > maxPeriods:
		invalid.Add("to", "out_of_range", fmt.Sprintf("makes more than %d periods", maxPeriods))
	}
	f := DealForecast{
		From: Date(first.Format(time.DateOnly)), To: Date(end.AddDate(0, 0, -1).Format(time.DateOnly)), Periods: []ForecastPeriod{},
		Open: noDeals(), Won: noDeals(), Overdue: noDeals(), Undated: noDeals(),
	}
	if err := invalid.Err(); err != nil {
		return DealForecast{}, err
	}
	for at := first; at.Before(end); at = at.AddDate(0, months, 0) {
		f.Periods = append(f.Periods, ForecastPeriod{Period: periodName(at, months), Open: noDeals(), Won: noDeals()})
	}
	return f, nil
}

// beginOf returns the first day of the month or quarter that a checked day is in.
func beginOf(day Date, months int) time.Time {
	at, _ := time.Parse(time.DateOnly, string(day))
	return time.Date(at.Year(), at.Month()-time.Month((int(at.Month())-1)%months), 1, 0, 0, 0, 0, time.UTC)
}

func monthsFrom(a, b time.Time) int { return (b.Year()-a.Year())*12 + int(b.Month()) - int(a.Month()) }

func periodName(begin time.Time, months int) string {
	if months == 1 {
		return begin.Format("2006-01")
	}
	return fmt.Sprintf("%d-Q%d", begin.Year(), (int(begin.Month())+2)/3)
}

// readPeriods sums up by the day to which a deal's money belongs. Which stages are looked through follows from their kind,
// as the status of their deals does.
func (f *DealForecast) readPeriods(ctx context.Context, q *tenant.Query, from string, where list.Condition, months int) error {
	var rows []struct {
		Year   int    `db:"year"`
		Month  int    `db:"month"`
		Status string `db:"status"`
		dealSum
	}
	if err := q.Select(ctx, &rows, `SELECT YEAR(d.close_on) AS year, MONTH(d.close_on) AS month, d.status, `+dealSums+` FROM `+from+`
		WHERE `+where.SQL+` AND s.kind <> ? AND d.status <> ? AND d.close_on BETWEEN ? AND ? GROUP BY YEAR(d.close_on), MONTH(d.close_on), d.status, d.currency`,
		append(append([]any{}, where.Args...), DealLost, DealLost, f.From, f.To)...); err != nil {
		return err
	}
	first := beginOf(f.From, months)
	for _, r := range rows {
		at := time.Date(r.Year, time.Month(r.Month), 1, 0, 0, 0, 0, time.UTC)
		period := &f.Periods[monthsFrom(first, at)/months]
		if r.Status == DealWon {
			period.Won.add(r.dealSum)
			f.Won.add(r.dealSum)
		} else {
			period.Open.add(r.dealSum)
			f.Open.add(r.dealSum)
		}
	}
	for i := range f.Periods {
		p := &f.Periods[i]
		p.ExpectedBase = min(p.Won.AmountBase+p.Open.WeightedBase, maxMoney)
	}
	return nil
}

// readRest sums up the open deals that are late, and those that nobody expects at any time.
func (f *DealForecast) readRest(ctx context.Context, q *tenant.Query, from string, where list.Condition) error {
	var rows []struct {
		Undated bool `db:"undated"`
		dealSum
	}
	if err := q.Select(ctx, &rows, `SELECT d.close_on IS NULL AS undated, `+dealSums+` FROM `+from+`
		WHERE `+where.SQL+` AND s.kind = ? AND d.status = ? AND (d.close_on IS NULL OR d.close_on < ?) GROUP BY d.close_on IS NULL, d.currency`,
		append(append([]any{}, where.Args...), DealOpen, DealOpen, companyToday(q))...); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Undated {
			f.Undated.add(r.dealSum)
		} else {
			f.Overdue.add(r.dealSum)
		}
	}
	return nil
}
