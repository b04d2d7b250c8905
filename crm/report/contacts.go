package report

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Contacts counts interactions by week and channel.
type Contacts struct {
	From     string         `json:"from" doc:"First day, in the company's time zone." example:"2026-01-01"`
	To       string         `json:"to" doc:"Last day." example:"2026-03-31"`
	Total    int            `json:"total" doc:"Interactions in the period." example:"412"`
	Channels map[string]int `json:"channels" doc:"The same by channel; those without any are left out." example:"{\"call\":230,\"wechat\":182}"`
	Weeks    []ContactWeek  `json:"weeks" nullable:"false" doc:"All weeks of the period, also those without any."`
}

// ContactWeek is one week.
type ContactWeek struct {
	From      string         `json:"from" doc:"Its first day: a Monday, or the first day of the period." example:"2026-03-02"`
	Total     int            `json:"total" doc:"Interactions in it." example:"31"`
	Customers int            `json:"customers" doc:"With how many different customers." example:"18"`
	Channels  map[string]int `json:"channels" doc:"The interactions by channel." example:"{\"call\":20,\"wechat\":11}"`
}

// GetContacts counts the interactions with customers within the caller's reach. Owner and filter are the customers'.
func GetContacts(ctx context.Context, q *tenant.Query, in Query) (Contacts, error) {
	zone := q.Company.Location()
	out := Contacts{Channels: map[string]int{}, Weeks: []ContactWeek{}}
	out.From, out.To = in.days()
	weeks, err := in.steps(zone, ByWeek)
	if err != nil || len(weeks) == 0 {
		return out, err
	}
	for _, w := range weeks {
		out.Weeks = append(out.Weeks, ContactWeek{From: w.first, Channels: map[string]int{}})
	}
	where, err := in.customers(ctx, q)
	if err != nil {
		return Contacts{}, err
	}
	from, to := in.bounds(zone)
	week := stepOf("i.occurred_at", beginnings(weeks))
	const interactions = `FROM company.interactions i JOIN company.customers c ON c.id = i.customer_id
		WHERE i.occurred_at >= ? AND i.occurred_at < ? AND i.deleted_at IS NULL AND `
	var rows []struct {
		Week  int    `db:"week"`
		Kind  string `db:"kind"`
		Count int    `db:"n"`
	}
	args := append(append(week.Args, from, to), where.Args...)
	if err := q.Select(ctx, &rows, `SELECT `+week.SQL+` AS week, i.kind, COUNT(*) AS n `+interactions+where.SQL+` GROUP BY week, i.kind`, args...); err != nil {
		return Contacts{}, err
	}
	for _, r := range rows {
		w := &out.Weeks[r.Week-1]
		w.Total += r.Count
		w.Channels[r.Kind] += r.Count
		out.Total += r.Count
		out.Channels[r.Kind] += r.Count
	}
	rows = nil
	if err := q.Select(ctx, &rows, `SELECT `+week.SQL+` AS week, COUNT(DISTINCT i.customer_id) AS n `+interactions+where.SQL+` GROUP BY week`, args...); err != nil {
		return Contacts{}, err
	}
	for _, r := range rows {
		out.Weeks[r.Week-1].Customers = r.Count
	}
	return out, nil
}
