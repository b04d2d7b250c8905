package billing

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/stripe/stripe-go/v76"

	"github.com/guanxi-crm/guanxi/tenant"
)

// kind is what a notice is about.
type kind int

const (
	changed kind = iota // a subscription was made, changed or ended
	bought              // a checkout was completed and paid
	paid                // an invoice of a subscription was paid
	failed              // an invoice of a subscription could not be paid
)

// weight decides between two descriptions of the same second, the precision of Stripe's clock.
type weight int

const (
	weightCreated weight = iota // how a subscription began
	weightUpdated
	weightDeleted
	weightFetched // what Stripe answered when asked
)

// notices lists the events that matter. All others are answered and forgotten.
var notices = map[stripe.EventType]struct {
	kind   kind
	weight weight
}{
	"checkout.session.completed":               {bought, weightUpdated},
	"checkout.session.async_payment_succeeded": {bought, weightUpdated},
	"customer.subscription.created":            {changed, weightCreated},
	"customer.subscription.updated":            {changed, weightUpdated},
	"customer.subscription.paused":             {changed, weightUpdated},
	"customer.subscription.resumed":            {changed, weightUpdated},
	"customer.subscription.deleted":            {changed, weightDeleted},
	"invoice.paid":                             {paid, weightUpdated},
	"invoice.payment_failed":                   {failed, weightUpdated},
}

// notice is one event, cut down to what billing needs of it.
type notice struct {
	kind                   kind
	customer, subscription string
	// company is who our own metadata says it is about; zero when it says nothing.
	company tenant.CompanyID
	// plan is what was bought, state the whole subscription; each where the event tells it.
	plan  string
	state *state
	// happened is when a grace period would begin. at is the moment that the notice describes, weight its
	// rank among others of the same moment.
	happened, at time.Time
	weight       weight
}

// state is a subscription as Stripe describes it.
type state struct {
	status            Status
	plan              string
	interval          Interval
	periodEnd         *time.Time
	cancelAtPeriodEnd bool
}

// read returns the notice in an event, or false when the event does not matter to us. It reads only the
// fields it needs, in their old and their new places, because a webhook endpoint may be set to another
// version of Stripe's API than the library's.
func (s *Service) read(event stripe.Event) (notice, bool, error) {
	about, ok := notices[event.Type]
	if !ok {
		return notice{}, false, nil
	}
	n := notice{kind: about.kind, weight: about.weight, happened: time.Unix(event.Created, 0).UTC()}
	n.at = n.happened
	var err error
	var relevant bool
	switch about.kind {
	case changed:
		relevant, err = n.readSubscription(event.Data.Raw, s.planOf)
	case bought:
		relevant, err = n.readSession(event.Data.Raw)
	default:
		relevant, err = n.readInvoice(event.Data.Raw)
	}
	if err != nil {
		return notice{}, false, fmt.Errorf("%s: %w", event.Type, err)
	}
	return n, relevant, nil
}

func (n *notice) readSession(raw json.RawMessage) (bool, error) {
	var session sessionObject
	if err := json.Unmarshal(raw, &session); err != nil {
		return false, err
	}
	n.customer, n.subscription = string(session.Customer), string(session.Subscription)
	n.company = session.Metadata.company()
	if plan := session.Metadata[metadataPlan]; rank(plan) > 0 {
		n.plan = plan
	}
	if n.company.IsZero() {
		n.company, _ = tenant.ParseCompanyID(session.ClientReferenceID)
	}
	settled := session.PaymentStatus == "paid" || session.PaymentStatus == "no_payment_required"
	return settled && n.subscription != "", nil
}

func (n *notice) readInvoice(raw json.RawMessage) (bool, error) {
	var invoice invoiceObject
	if err := json.Unmarshal(raw, &invoice); err != nil {
		return false, err
	}
	n.customer, n.subscription = string(invoice.Customer), string(invoice.subscription())
	return n.subscription != "", nil
}

func (n *notice) readSubscription(raw json.RawMessage, planOf func(subscriptionObject) string) (bool, error) {
	var object subscriptionObject
	if err := json.Unmarshal(raw, &object); err != nil {
		return false, err
	}
	if !object.Status.known() {
		return false, nil // what is known already stays
	}
	n.customer, n.subscription, n.company = string(object.Customer), object.ID, object.Metadata.company()
	n.state = &state{
		status: object.Status, plan: planOf(object), interval: object.interval(),
		periodEnd: object.periodEnd(), cancelAtPeriodEnd: object.endsAtPeriod(),
	}
	return n.subscription != "", nil
}

// planOf returns the highest plan among the subscription's items, or "" when no price is one of ours. What
// the price says goes before the subscription's metadata, which still names the plan that was bought first.
func (s *Service) planOf(object subscriptionObject) string {
	best := ""
	for _, item := range object.Items.Data {
		for _, p := range []string{planOfLookup(item.Price.LookupKey), s.planOfPrice[item.Price.ID], item.Price.Metadata[metadataPlan]} {
			if rank(p) > 0 {
				if rank(p) > rank(best) {
					best = p
				}
				break
			}
		}
	}
	if fallback := object.Metadata[metadataPlan]; best == "" && rank(fallback) > 0 {
		return fallback
	}
	return best
}

func planOfLookup(lookup string) string {
	for _, p := range plans {
		for _, l := range p.prices {
			if l == lookup {
				return p.Key
			}
		}
	}
	return ""
}
