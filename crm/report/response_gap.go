package report

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ResponseGap says how long customers wait for an answer. A wait begins with what a customer sends, if that was not
// waiting already, and ends with the next that is sent to the customer, by whatever channel.
type ResponseGap struct {
	From     string    `json:"from" doc:"First day, in the company's time zone." example:"2026-01-01"`
	To       string    `json:"to" doc:"Last day." example:"2026-03-31"`
	Total    Waits     `json:"total" doc:"All channels together."`
	Channels []Waiting `json:"channels" nullable:"false" doc:"By the channel by which the wait began, the most frequent first."`
}

// Waits sums up waits that began in the period.
type Waits struct {
	Count    int `json:"count" doc:"Waits that began in the period." example:"40"`
	Answered int `json:"answered" doc:"Of them, have ended by now." example:"37"`
	// The hours are of what was answered.
	MedianHours  float64 `json:"median_hours" doc:"Half of those were answered within so many hours." example:"3.5"`
	P90Hours     float64 `json:"p90_hours" doc:"Nine in ten were." example:"26"`
	AverageHours float64 `json:"average_hours" doc:"The average, which a few long waits can make large." example:"9.2"`
}

// Waiting are the waits of one channel.
type Waiting struct {
	Channel string `json:"channel" doc:"The channel." example:"wechat"`
	Waits
}

// gaps are the lengths of waits, as far as they have one.
type gaps struct {
	open     int
	answered []time.Duration
}

// GetResponseGap reckons the waits of the customers within the caller's reach. Owner and filter are the customers'.
func GetResponseGap(ctx context.Context, q *tenant.Query, in Query) (ResponseGap, error) {
	out := ResponseGap{Channels: []Waiting{}}
	out.From, out.To = in.days()
	where, err := in.customers(ctx, q)
	if err != nil {
		return ResponseGap{}, err
	}
	byChannel, err := in.readGaps(ctx, q, where)
	if err != nil {
		return ResponseGap{}, err
	}
	var all gaps
	for channel, g := range byChannel {
		all.open += g.open
		all.answered = append(all.answered, g.answered...)
		out.Channels = append(out.Channels, Waiting{channel, g.sum()})
	}
	out.Total = all.sum()
	slices.SortFunc(out.Channels, func(a, b Waiting) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return slices.Compare([]byte(a.Channel), []byte(b.Channel))
	})
	return out, nil
}

// readGaps goes through what was said, customer by customer, up to now.
func (in Query) readGaps(ctx context.Context, q *tenant.Query, where list.Condition) (map[string]*gaps, error) {
	from, to := in.bounds(q.Company.Location())
	early, err := in.waitingAt(ctx, q, from, where)
	if err != nil {
		return nil, err
	}
	all := map[string]*gaps{}
	var waiting *said // since when the customer has been waiting
	end := func(answer *said) {
		if waiting == nil {
			return
		}
		g := all[waiting.Kind]
		if g == nil {
			g = &gaps{}
			all[waiting.Kind] = g
		}
		if answer == nil {
			g.open++
		} else {
			g.answered = append(g.answered, answer.At.Sub(waiting.At))
		}
		waiting = nil
	}
	err = in.eachSaid(ctx, q, from, q.Now.Add(time.Microsecond), where, func(s said) {
		if waiting != nil && waiting.Customer != s.Customer {
			end(nil)
		}
		switch {
		case s.Direction == "out":
			end(&s)
			delete(early, s.Customer)
		case s.Direction == "in" && waiting == nil && !early[s.Customer] && s.At.Before(to):
			waiting = &s
		}
	})
	end(nil)
	return all, err
}

// waitingAt returns the customers whose wait has begun before a time and goes on: what they send until it ends begins no
// other.
func (in Query) waitingAt(ctx context.Context, q *tenant.Query, at time.Time, where list.Condition) (map[tenant.RecordID]bool, error) {
	var ids []tenant.RecordID
	if err := q.Select(ctx, &ids, `SELECT c.id FROM company.customers c WHERE `+where.SQL+` AND (
			SELECT i.direction FROM company.interactions i FORCE INDEX (interactions_customer)
			WHERE i.customer_id = c.id AND i.occurred_at < ? AND i.deleted_at IS NULL AND i.direction IN ('in', 'out')
			ORDER BY i.occurred_at DESC, i.id DESC LIMIT 1) = 'in'`, append(slices.Clone(where.Args), at)...); err != nil {
		return nil, err
	}
	waiting := make(map[tenant.RecordID]bool, len(ids))
	for _, id := range ids {
		waiting[id] = true
	}
	return waiting, nil
}

func (g gaps) sum() Waits {
	w := Waits{Count: g.open + len(g.answered), Answered: len(g.answered)}
	if w.Answered == 0 {
		return w
	}
	slices.Sort(g.answered)
	var whole time.Duration
	for _, d := range g.answered {
		whole += d
	}
	w.MedianHours, w.P90Hours = hours(g.within(0.5)), hours(g.within(0.9))
	w.AverageHours = hours(whole / time.Duration(w.Answered))
	return w
}

// within returns the time within which so many of the sorted waits have ended.
func (g gaps) within(part float64) time.Duration {
	return g.answered[int(math.Ceil(part*float64(len(g.answered))))-1]
}

// hours rounds to a hundredth.
func hours(d time.Duration) float64 { return math.Round(d.Hours()*100) / 100 }
