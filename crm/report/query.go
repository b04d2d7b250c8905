package report

import (
	"context"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

const reportRead tenant.Permission = "report:read"

// Query is what every report takes.
type Query struct {
	Period
	// Owner narrows the report down to the records of one member (an id, or me) or of a team's members (its id). Empty
	// means everybody within reach.
	Owner string
	// Filter is the filter of the list of customers, or for reports on deals of the list of deals.
	Filter string
}

// Period is a span of days in the company's time zone: from the first day on, up to and including the last.
type Period struct{ From, To time.Time }

// bounds returns the period's first instant and the one after its last, in UTC.
func (p Period) bounds(zone *time.Location) (from, to time.Time) {
	return midnight(p.From, zone).UTC(), midnight(p.To.AddDate(0, 0, 1), zone).UTC()
}

// days returns the period's first and last day as texts.
func (p Period) days() (from, to string) {
	return p.From.Format(time.DateOnly), p.To.Format(time.DateOnly)
}

// within holds for what is within the caller's reach and belongs to the owner asked for.
func (in Query) within(ctx context.Context, q *tenant.Query, ownerColumn string) (list.Condition, error) {
	visible, args := q.Scope(reportRead).Where(ownerColumn, "")
	reach := list.Condition{SQL: visible, Args: args}
	switch in.Owner {
	case "":
		return reach, nil
	case "me":
		return list.All(reach, list.Condition{SQL: ownerColumn + " = ?", Args: []any{q.Caller.Member}}), nil
	}
	if member, err := tenant.ParseMemberID(in.Owner); err == nil && !member.IsZero() {
		return list.All(reach, list.Condition{SQL: ownerColumn + " = ?", Args: []any{member}}), nil
	}
	var team crm.TeamID
	if team.UnmarshalText([]byte(in.Owner)) != nil {
		return list.Condition{}, tenant.Invalid("owner", "invalid", "must be me, a member's id or a team's id")
	}
	if _, err := crm.GetTeam(ctx, q, team); err != nil {
		return list.Condition{}, tenant.Invalid("owner", "unknown", "is not a team of this company")
	}
	return list.All(reach, list.Condition{SQL: ownerColumn + " IN (SELECT member_id FROM company.team_members WHERE team_id = ?)", Args: []any{team}}), nil
}

// customers holds for the customers (c) that the report is about.
func (in Query) customers(ctx context.Context, q *tenant.Query) (list.Condition, error) {
	within, err := in.within(ctx, q, "c.owner_id")
	if err != nil {
		return list.Condition{}, err
	}
	matching, err := crm.CustomersMatching(ctx, q, in.Filter)
	return list.All(list.Condition{SQL: "c.deleted_at IS NULL"}, within, matching), err
}

// deals holds for the deals (d) that the report is about.
func (in Query) deals(ctx context.Context, q *tenant.Query) (list.Condition, error) {
	within, err := in.within(ctx, q, "d.owner_id")
	if err != nil {
		return list.Condition{}, err
	}
	matching, err := crm.DealsMatching(ctx, q, in.Filter)
	return list.All(list.Condition{SQL: "d.deleted_at IS NULL"}, within, matching), err
}

// The lengths of a step in which a report goes through its period.
const (
	ByDay   = "day"
	ByWeek  = "week"
	ByMonth = "month"
)

// step is a part of the period, from its first instant up to that of the next.
type step struct {
	first string
	from  time.Time
}

// maxSteps bounds how finely a long period can be cut.
const maxSteps = 750

// steps cuts the period at the beginnings of days, of weeks, which are Mondays, or of months.
func (p Period) steps(zone *time.Location, by string) ([]step, error) {
	day, last := midnight(p.From, time.UTC), midnight(p.To, time.UTC)
	var all []step
	for !day.After(last) {
		if len(all) == maxSteps {
			return nil, tenant.Invalid("by", "out_of_range", "cuts the period into more than 750 parts; take a longer step")
		}
		all = append(all, step{day.Format(time.DateOnly), midnight(day, zone).UTC()})
		switch by {
		case ByMonth:
			day = time.Date(day.Year(), day.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		case ByWeek:
			day = time.Date(day.Year(), day.Month(), day.Day()+7-(int(day.Weekday())+6)%7, 0, 0, 0, 0, time.UTC)
		default:
			day = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, time.UTC)
		}
	}
	return all, nil
}

// midnight is when a day begins in a zone.
func midnight(day time.Time, zone *time.Location) time.Time {
	return recurrence.WallOf(day, day.Location()).Midnight().In(zone)
}

// stepOf is SQL for how many of these instants have come by the time in a column, which is the number of the step that
// it is in, from 1. The database knows no time zones, so the instants are reckoned here.
func stepOf(column string, instants []time.Time) list.Condition {
	args := make([]any, len(instants))
	for i, at := range instants {
		args[i] = at.Unix()
	}
	return list.Condition{SQL: "INTERVAL(TIMESTAMPDIFF(SECOND, '1970-01-01', " + column + ")" + strings.Repeat(", ?", len(args)) + ")", Args: args}
}

func beginnings(steps []step) []time.Time {
	all := make([]time.Time, len(steps))
	for i, s := range steps {
		all[i] = s.from
	}
	return all
}

// rate is part of whole, 0 of nothing.
func rate(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
