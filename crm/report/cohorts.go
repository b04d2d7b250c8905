package report

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// cohortMonths is how many months after their creation cohorts are followed.
const cohortMonths = 12

// Cohort is the customers of one month and source, and how many of them were won by when.
type Cohort struct {
	Month   string `json:"month" doc:"Month of creation, in the company's time zone." example:"2026-01"`
	Source  string `json:"source" doc:"Source channel; empty where none was given."`
	Created int    `json:"created" doc:"Customers in the cohort."`
	// WonWithin holds running totals, so its last number is all wins so far.
	WonWithin []int `json:"won_within" nullable:"false" doc:"Customers first won in the month of creation, up to the month after it, and so on; only months that have begun."`
}

// GetCohorts returns the cohorts of customers created in the period, by month and source.
func GetCohorts(ctx context.Context, q *tenant.Query, in Query) ([]Cohort, error) {
	zone := q.Company.Location()
	from, to := in.bounds(zone)
	where, err := in.customers(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := q.Rows(ctx, `
		SELECT c.source, c.created_at, first_win.at AS won_at
		FROM company.customers c
		LEFT JOIN (SELECT customer_id, MIN(entered_at) AS at FROM company.lifecycle_history WHERE to_stage = 'won' GROUP BY customer_id) first_win
			ON first_win.customer_id = c.id
		WHERE c.created_at >= ? AND c.created_at < ? AND `+where.SQL, append([]any{from, to}, where.Args...)...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	// Months are counted here and not in SQL: the database knows no time zones.
	cohorts := map[[2]string]*Cohort{}
	for rows.Next() {
		var row struct {
			Source  string     `db:"source"`
			Created time.Time  `db:"created_at"`
			Won     *time.Time `db:"won_at"`
		}
		if err := rows.StructScan(&row); err != nil {
			return nil, err
		}
		month := row.Created.In(zone)
		key := [2]string{month.Format("2006-01"), row.Source}
		c, ok := cohorts[key]
		if !ok {
			c = &Cohort{Month: key[0], Source: row.Source, WonWithin: make([]int, min(monthsBetween(month, q.Now.In(zone)), cohortMonths)+1)}
			cohorts[key] = c
		}
		c.Created++
		if row.Won != nil {
			for n := max(monthsBetween(month, row.Won.In(zone)), 0); n < len(c.WonWithin); n++ {
				c.WonWithin[n]++
			}
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	all := make([]Cohort, 0, len(cohorts))
	for _, c := range cohorts {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Cohort) int {
		return strings.Compare(a.Month+"\x00"+a.Source, b.Month+"\x00"+b.Source)
	})
	return all, nil
}

// monthsBetween counts the months begun between two times, never below zero for an end before the start.
func monthsBetween(from, to time.Time) int {
	return max((to.Year()-from.Year())*12+int(to.Month())-int(from.Month()), 0)
}
