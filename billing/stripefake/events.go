package stripefake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"
)

// Event is one webhook event with the bytes that Stripe would send.
type Event struct {
	ID, Type string
	Body     []byte
}

// Sign returns the Stripe-Signature header for a body, signed at the given time.
func Sign(body []byte, at time.Time) string {
	return webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: WebhookSecret, Timestamp: at}).Header
}

// Take returns the events since it was last called, in the order in which things happened.
func (s *Stripe) Take() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.events
	s.events = nil
	return taken
}

// Post delivers an event as Stripe does and returns the status of the answer.
func (s *Stripe) Post(t testing.TB, url string, e Event) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(e.Body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Stripe-Signature", Sign(e.Body, s.now()))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode
}

// Pay completes the checkout page at the URL and returns the subscription. As at Stripe, the subscription
// begins incomplete and is active (or on trial) when the first invoice is paid, all within a second.
func (s *Stripe) Pay(t testing.TB, url string) Subscription {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	bought, found := s.sessions[path.Base(url)]
	if !found {
		t.Fatalf("stripefake: no checkout page at %s", url)
	}
	sub := &Subscription{
		ID: s.id("sub"), Customer: bought.customer, Status: "incomplete", Price: *s.price(bought.price), Metadata: bought.subscription,
	}
	s.subscriptions[sub.ID] = sub
	sub.renew(s.now())
	s.emit("customer.subscription.created", sub.object())
	sub.Status = "active"
	if bought.trialDays > 0 {
		sub.Status, sub.PeriodEnd = "trialing", s.now().AddDate(0, 0, bought.trialDays)
	}
	s.emit("invoice.paid", s.invoice(sub))
	s.emit("customer.subscription.updated", sub.object())
	s.emit("checkout.session.completed", map[string]any{
		"id": bought.id, "object": "checkout.session", "mode": "subscription", "status": "complete", "payment_status": "paid",
		"customer": bought.customer, "subscription": sub.ID, "client_reference_id": orNull(bought.company), "metadata": bought.metadata,
	})
	return *sub
}

// Renew pays for the next period, also when the last try has failed.
func (s *Stripe) Renew(t testing.TB, id string) {
	s.change(t, id, "invoice.paid", func(sub *Subscription) { sub.Status = "active"; sub.renew(s.now()) })
}

// FailRenewal lets the payment of the next period fail.
func (s *Stripe) FailRenewal(t testing.TB, id string) {
	s.change(t, id, "invoice.payment_failed", func(sub *Subscription) { sub.Status = "past_due" })
}

// Update changes a subscription as the portal, the dashboard or Stripe's own clock would.
func (s *Stripe) Update(t testing.TB, id string, change func(*Subscription)) {
	s.change(t, id, "", change)
}

// Cancel ends a subscription at once.
func (s *Stripe) Cancel(t testing.TB, id string) {
	s.change(t, id, "", func(sub *Subscription) { sub.Status = "canceled" })
}

func (s *Stripe) change(t testing.TB, id, invoiceEvent string, change func(*Subscription)) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	sub, found := s.subscriptions[id]
	if !found {
		t.Fatalf("stripefake: no subscription %s", id)
	}
	change(sub)
	if invoiceEvent != "" {
		s.emit(invoiceEvent, s.invoice(sub))
	}
	if sub.Status == "canceled" {
		s.emit("customer.subscription.deleted", sub.object())
		return
	}
	s.emit("customer.subscription.updated", sub.object())
}

func (s *Subscription) renew(now time.Time) {
	s.PeriodEnd = now.AddDate(0, 1, 0)
	if s.Price.Interval == "year" {
		s.PeriodEnd = now.AddDate(1, 0, 0)
	}
}

func (s *Stripe) invoice(sub *Subscription) map[string]any {
	return map[string]any{
		"id": s.id("in"), "object": "invoice", "customer": sub.Customer, "subscription": sub.ID,
		"amount_paid": sub.Price.Amount, "currency": sub.Price.Currency,
	}
}

// emit keeps an event as it would be sent: the object as it is at this moment.
func (s *Stripe) emit(kind string, object map[string]any) {
	s.events = append(s.events, NewEvent(s.id("evt"), kind, s.now(), object))
}

// NewEvent returns an event of the given content, for what the fake itself would never send.
func NewEvent(id, kind string, created time.Time, object map[string]any) Event {
	body, err := json.Marshal(map[string]any{
		"id": id, "object": "event", "api_version": stripe.APIVersion, "created": created.Unix(), "livemode": false,
		"type": kind, "pending_webhooks": 1, "request": map[string]any{"id": nil, "idempotency_key": nil},
		"data": map[string]any{"object": object},
	})
	if err != nil {
		panic(fmt.Sprintf("stripefake: event %s: %v", kind, err)) // maps of texts and numbers always encode
	}
	return Event{ID: id, Type: kind, Body: body}
}
