package billing

// Status of a subscription, in Stripe's words.
type Status string

// The states of a subscription.
const (
	Incomplete        Status = "incomplete" // the first payment failed or waits for the buyer, for 23 hours
	IncompleteExpired Status = "incomplete_expired"
	Trialing          Status = "trialing"
	Active            Status = "active"
	PastDue           Status = "past_due" // a renewal is unpaid and Stripe goes on trying
	Unpaid            Status = "unpaid"   // Stripe gave up trying
	Canceled          Status = "canceled"
	Paused            Status = "paused" // the trial ended without a card
)

// access is what a status means for the plan.
type access int

const (
	closed access = iota
	open
	inGrace // open until the grace period ends
)

// statuses says for every status whether it gives the plan, and whether it is the last one ever.
var statuses = map[Status]struct {
	access access
	over   bool
}{
	Incomplete:        {closed, false},
	IncompleteExpired: {closed, true},
	Trialing:          {open, false},
	Active:            {open, false},
	PastDue:           {inGrace, false},
	Unpaid:            {closed, false},
	Canceled:          {closed, true},
	Paused:            {closed, false},
}

func (s Status) known() bool    { _, ok := statuses[s]; return ok }
func (s Status) over() bool     { return statuses[s].over }
func (s Status) access() access { return statuses[s].access }
