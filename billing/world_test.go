package billing_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/billing/stripefake"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

const publicURL = "https://crm.example"

// world is a fresh installation that sells through a fake Stripe.
type world struct {
	*billing.Service
	in           *tenanttest.Installation
	stripe       *stripefake.Stripe
	acme, globex *tenanttest.Company

	mu      sync.Mutex
	changes []tenant.CompanyID
}

var prices = []stripefake.Price{
	{ID: "price_pro_month", LookupKey: "guanxi_pro_month", Interval: "month", Amount: 19900, Currency: "cny"},
	{ID: "price_pro_year", LookupKey: "guanxi_pro_year", Interval: "year", Amount: 199000, Currency: "cny"},
	{ID: "price_business_month", LookupKey: "guanxi_business_month", Interval: "month", Amount: 9800, Currency: "jpy"},
	{ID: "price_business_year", LookupKey: "guanxi_business_year", Interval: "year", Amount: 98000, Currency: "jpy"},
}

func newWorld(t *testing.T, settings ...func(*billing.Config)) *world {
	t.Helper()
	t.Parallel() // each world is an installation of its own, and most of its time is waiting
	w := &world{in: tenanttest.Open(t)}
	w.stripe = stripefake.New(t, w.in.Clock.Now)
	w.stripe.Sell(prices...)
	w.acme, w.globex = w.in.Company(t, "Acme"), w.in.Company(t, "Globex")
	w.restart(settings...)
	return w
}

// restart replaces the service by one with other settings, on the same installation.
func (w *world) restart(settings ...func(*billing.Config)) {
	cfg := billing.Config{
		Directory: w.in.Directory, SecretKey: stripefake.SecretKey, WebhookSecret: stripefake.WebhookSecret,
		APIBase: w.stripe.URL, PublicURL: publicURL + "/",
		OnChange: func(_ context.Context, company tenant.CompanyID) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.changes = append(w.changes, company)
		},
	}
	for _, set := range settings {
		set(&cfg)
	}
	w.Service = billing.New(cfg)
}

// withoutAPI lets events speak for themselves.
func withoutAPI(cfg *billing.Config) { cfg.SecretKey = "" }

func buyer(c *tenanttest.Company, operation string) billing.Buyer {
	return billing.Buyer{Company: c.Company, Email: "admin@example.com", Operation: operation}
}

// buy takes a company through checkout and payment; the events wait at the fake.
func (w *world) buy(t *testing.T, c *tenanttest.Company, plan string) stripefake.Subscription {
	t.Helper()
	page, err := w.Checkout(t.Context(), buyer(c, "buy "+plan), billing.CheckoutRequest{Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	return w.stripe.Pay(t, page.URL)
}

// receive delivers one event, signed now.
func (w *world) receive(t *testing.T, e stripefake.Event, want billing.Outcome) {
	t.Helper()
	got, err := w.Receive(t.Context(), e.Body, stripefake.Sign(e.Body, w.in.Clock.Now()))
	if err != nil || got != want {
		t.Errorf("%s %s: got %q, %v; want %q", e.ID, e.Type, got, err, want)
	}
}

// settle delivers all events that wait.
func (w *world) settle(t *testing.T) {
	t.Helper()
	for _, e := range w.stripe.Take() {
		w.receive(t, e, billing.Applied)
	}
}

// plan returns what the control database says, past every cache.
func (w *world) plan(t *testing.T, c *tenanttest.Company) string {
	t.Helper()
	var plan string
	if err := w.in.Platform().Get(t.Context(), &plan, `SELECT plan FROM platform.companies WHERE id = ?`, c.ID); err != nil {
		t.Fatal(err)
	}
	return plan
}

func (w *world) wantPlans(t *testing.T, acme, globex string) {
	t.Helper()
	got, want := fmt.Sprintf("acme %s, globex %s", w.plan(t, w.acme), w.plan(t, w.globex)), fmt.Sprintf("acme %s, globex %s", acme, globex)
	if got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

func (w *world) overview(t *testing.T, c *tenanttest.Company) billing.Overview {
	t.Helper()
	company, err := w.in.Directory.Company(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	system := tenant.System()
	var o billing.Overview
	err = w.in.Read(t.Context(), company, &system, func(q *tenant.Query) (err error) {
		o, err = w.Overview(t.Context(), q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}
