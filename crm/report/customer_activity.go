package report

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// CustomerActivity says how many customers are active, quiet or silent today: 活跃, 安静, 沉默.
type CustomerActivity struct {
	Date       string           `json:"date" format:"date" doc:"Today, in the company's time zone." example:"2026-03-31"`
	QuietDays  int              `json:"quiet_days" doc:"After how many days without contact a customer is quiet." example:"7"`
	SilentDays int              `json:"silent_days" doc:"And after how many silent." example:"30"`
	Total      ActivityCount    `json:"total" doc:"All that are not lost."`
	Stages     []StageActivity  `json:"stages" nullable:"false" doc:"The same by stage: potential, interested and won."`
	People     []PersonActivity `json:"people" nullable:"false" doc:"The same by owner, the one with the most silent customers first, at most 500."`
}

// ActivityCount counts customers by how long ago the last contact was.
type ActivityCount struct {
	Active int `db:"active" json:"active" doc:"Contacted within quiet_days." example:"40"`
	Quiet  int `db:"quiet" json:"quiet" doc:"Not for quiet_days, but within silent_days." example:"12"`
	Silent int `db:"silent" json:"silent" doc:"Not for silent_days." example:"5"`
}

// StageActivity is that of one stage.
type StageActivity struct {
	Stage string `db:"lifecycle" json:"stage" enum:"potential,interested,won" doc:"The stage."`
	ActivityCount
}

// PersonActivity is that of one owner's customers.
type PersonActivity struct {
	ID   tenant.MemberID `db:"id" json:"id" nullable:"true" doc:"The member; null for nobody's."`
	Name string          `db:"name" json:"name" doc:"Display name; empty for nobody's." example:"陈晨"`
	ActivityCount
}

// ActivityDays are the numbers of days that tell active, quiet and silent customers apart.
type ActivityDays struct{ Quiet, Silent int }

// GetCustomerActivity counts the customers within the caller's reach by the calendar days since their last contact. As
// for the silence rule, somebody never contacted counts from when the owner got the customer, or it came into its stage.
func GetCustomerActivity(ctx context.Context, q *tenant.Query, in Query, days ActivityDays) (CustomerActivity, error) {
	if days.Silent <= days.Quiet {
		return CustomerActivity{}, tenant.Invalid("silent_days", "out_of_range", fmt.Sprintf("must be more than quiet_days, which is %d", days.Quiet))
	}
	where, err := in.customers(ctx, q)
	if err != nil {
		return CustomerActivity{}, err
	}
	zone := q.Company.Location()
	today := recurrence.WallOf(q.Now, zone).Midnight()
	since := func(days int) time.Time { return today.AddDays(1 - days).In(zone).UTC() }
	out := CustomerActivity{
		Date: today.Date(), QuietDays: days.Quiet, SilentDays: days.Silent, Stages: []StageActivity{}, People: []PersonActivity{},
	}
	const counts = `COALESCE(SUM(c.silence_from >= ?), 0) AS active, COALESCE(SUM(c.silence_from < ? AND c.silence_from >= ?), 0) AS quiet,
		COALESCE(SUM(c.silence_from < ?), 0) AS silent FROM company.customers c`
	quiet, silent := since(days.Quiet), since(days.Silent)
	args := append([]any{quiet, quiet, silent, silent, crm.Lost}, where.Args...)
	live := ` WHERE c.lifecycle <> ? AND ` + where.SQL
	if err := q.Get(ctx, &out.Total, `SELECT `+counts+live, args...); err != nil {
		return CustomerActivity{}, err
	}
	if err := q.Select(ctx, &out.Stages, `SELECT c.lifecycle, `+counts+live+`
		GROUP BY c.lifecycle ORDER BY FIELD(c.lifecycle, 'potential', 'interested', 'won')`, args...); err != nil {
		return CustomerActivity{}, err
	}
	err = q.Select(ctx, &out.People, `SELECT c.owner_id AS id, COALESCE(MIN(m.name), '') AS name, `+counts+` LEFT JOIN company.members m ON m.id = c.owner_id`+live+`
		GROUP BY c.owner_id ORDER BY silent DESC, quiet DESC, id LIMIT ?`, append(args, peopleListed)...)
	return out, err
}
