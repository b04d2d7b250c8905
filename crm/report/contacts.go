package report

import (
	"context"
	"slices"
	"time"

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
	begins := beginnings(weeks)
	var last said
	lastWeek := -1
	err = in.eachSaid(ctx, q, from, to, where, func(s said) {
		n, begun := slices.BinarySearchFunc(begins, s.At, time.Time.Compare)
		if !begun {
			n--
		}
		w := &out.Weeks[n]
		w.Total++
		w.Channels[s.Kind]++
		out.Total++
		out.Channels[s.Kind]++
		if n != lastWeek || s.Customer != last.Customer {
			w.Customers++
		}
		last, lastWeek = s, n
	})
	return out, err
}
