package billing_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/billing/stripefake"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestPurchaseTurnsThePlanOn(t *testing.T) {
	for _, mode := range []struct {
		name     string
		settings []func(*billing.Config)
	}{
		{"asking Stripe", nil},
		{"Stripe does not answer", []func(*billing.Config){withoutAPI}},
	} {
		t.Run(mode.name, func(t *testing.T) {
			w := newWorld(t)
			w.buy(t, w.acme, billing.ProPlan)
			events := w.stripe.Take()
			w.restart(mode.settings...)
			for _, e := range events {
				w.receive(t, e, billing.Applied)
			}
			w.wantPlans(t, "pro", "free")
			o := w.overview(t, w.acme)
			if o.Status != billing.Active || o.Interval != billing.Monthly || !o.CurrentPeriodEnd.Equal(w.in.Clock.Now().AddDate(0, 1, 0)) {
				t.Errorf("got %+v", o)
			}
			if !slices.Contains(w.changes, w.acme.ID) || slices.Contains(w.changes, w.globex.ID) {
				t.Errorf("told of %v", w.changes)
			}
			for _, e := range slices.Backward(events) {
				w.receive(t, e, billing.Duplicate)
			}
			w.wantPlans(t, "pro", "free")
		})
	}
}

func TestEventsInTheWrongOrder(t *testing.T) {
	for _, mode := range []struct {
		name     string
		settings []func(*billing.Config)
	}{
		{"asking Stripe", nil},
		{"Stripe does not answer", []func(*billing.Config){withoutAPI}},
	} {
		t.Run(mode.name, func(t *testing.T) {
			w := newWorld(t)
			sub := w.buy(t, w.acme, billing.ProPlan)
			w.in.Clock.Advance(time.Hour)
			w.stripe.Update(t, sub.ID, func(s *stripefake.Subscription) { s.Price = prices[2] })
			w.in.Clock.Advance(time.Hour)
			events := w.stripe.Take()
			w.restart(mode.settings...)
			for _, e := range slices.Backward(events) {
				w.receive(t, e, billing.Applied)
			}
			w.wantPlans(t, "business", "free")

			w.stripe.Cancel(t, sub.ID)
			w.settle(t)
			w.wantPlans(t, "free", "free")
			// Two events for one change, and one that was overtaken, under ids not seen before.
			for i, e := range events {
				again := stripefake.Event{ID: fmt.Sprint("evt_again_", i), Type: e.Type}
				again.Body = []byte(strings.Replace(string(e.Body), e.ID, again.ID, 1))
				w.receive(t, again, billing.Applied)
			}
			w.wantPlans(t, "free", "free")
		})
	}
}

func TestConcurrentDuplicates(t *testing.T) {
	w := newWorld(t)
	w.buy(t, w.acme, billing.ProPlan)
	events := w.stripe.Take()
	const copies = 6
	outcomes := make(chan billing.Outcome, copies*len(events))
	var group sync.WaitGroup
	for range copies {
		for _, e := range events {
			group.Go(func() {
				outcome, err := w.Receive(t.Context(), e.Body, stripefake.Sign(e.Body, w.in.Clock.Now()))
				if err != nil {
					t.Error(err)
				}
				outcomes <- outcome
			})
		}
	}
	group.Wait()
	close(outcomes)
	count := map[billing.Outcome]int{}
	for o := range outcomes {
		count[o]++
	}
	if count[billing.Applied] != len(events) || count[billing.Duplicate] != (copies-1)*len(events) {
		t.Errorf("got %v", count)
	}
	w.wantPlans(t, "pro", "free")
}

// Changes to one company's subscriptions at once: whoever commits last must have seen all others.
func TestConcurrentChanges(t *testing.T) {
	w := newWorld(t, withoutAPI)
	subscription := func(id int, status string) stripefake.Event {
		plan := "pro"
		if id == 0 {
			plan = "business"
		}
		w.in.Clock.Advance(time.Second)
		return stripefake.NewEvent(fmt.Sprint("evt_", id, status), "customer.subscription.updated", w.in.Clock.Now(), map[string]any{
			"id": fmt.Sprint("sub_", id), "customer": "cus_1", "status": status,
			"metadata": map[string]string{"company_id": w.acme.ID.String(), "plan": plan},
		})
	}
	for round, status := range []string{"active", "paused", "active", "paused", "active"} {
		var group sync.WaitGroup
		for id := range 8 {
			e := subscription(id, status)
			e.Body = []byte(strings.Replace(string(e.Body), e.ID, fmt.Sprint(e.ID, round), 1))
			group.Go(func() { w.receive(t, e, billing.Applied) })
		}
		group.Wait()
		w.wantPlans(t, map[string]string{"active": "business", "paused": "free"}[status], "free")
	}
}

func TestForeignCustomers(t *testing.T) {
	w := newWorld(t)
	w.buy(t, w.acme, billing.ProPlan)
	w.buy(t, w.globex, billing.ProPlan)
	w.settle(t)
	w.restart(withoutAPI)
	customers := map[tenant.CompanyID]string{}
	for customer, company := range w.stripe.Customers() {
		id, err := tenant.ParseCompanyID(company)
		if err != nil {
			t.Fatal(err)
		}
		customers[id] = customer
	}
	var globexSubscription string
	if err := w.in.Platform().Get(t.Context(), &globexSubscription, `SELECT id FROM platform.subscriptions WHERE company_id = ?`, w.globex.ID); err != nil {
		t.Fatal(err)
	}
	w.in.Clock.Advance(time.Minute)
	subscription := func(id, customer, company, status string) map[string]any {
		return map[string]any{"id": id, "customer": customer, "status": status, "metadata": map[string]string{"company_id": company, "plan": "business"}}
	}
	tests := []struct {
		name   string
		object map[string]any
		want   billing.Outcome
	}{
		{"globex's customer under acme's name", subscription("sub_x", customers[w.globex.ID], w.acme.ID.String(), "active"), billing.Ignored},
		{"a stranger under acme's name, which has a customer", subscription("sub_x", "cus_stranger", w.acme.ID.String(), "active"), billing.Ignored},
		{"a stranger who names nobody", subscription("sub_x", "cus_stranger", "", "active"), billing.Ignored},
		{"a company that never was", subscription("sub_x", "cus_stranger", "com_01h455vb4pex5vsknk084sn02q", "active"), billing.Ignored},
		{"no customer at all", subscription("sub_x", "", w.acme.ID.String(), "active"), billing.Ignored},
		{"customers differ by case", subscription("sub_x", strings.ToUpper(customers[w.acme.ID]), "", "active"), billing.Ignored},
		{"globex's subscription with acme's customer", subscription(globexSubscription, customers[w.acme.ID], "", "canceled"), billing.Applied},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w.receive(t, stripefake.NewEvent(fmt.Sprint("evt_foreign_", i), "customer.subscription.updated", w.in.Clock.Now(), test.object), test.want)
			w.wantPlans(t, "pro", "pro")
		})
	}
}

// A customer that was made at Stripe's dashboard and names its company is taken on.
func TestCustomerFromTheDashboard(t *testing.T) {
	w := newWorld(t, withoutAPI)
	object := map[string]any{
		"id": "sub_1", "customer": "cus_dashboard", "status": "trialing",
		"metadata": map[string]string{"company_id": w.acme.ID.String(), "plan": "business"},
	}
	w.receive(t, stripefake.NewEvent("evt_1", "customer.subscription.created", w.in.Clock.Now(), object), billing.Applied)
	w.wantPlans(t, "business", "free")
	if o := w.overview(t, w.acme); o.Status != billing.Trialing || !o.HasPortal {
		t.Errorf("got %+v", o)
	}
}

func TestCompanyDeleted(t *testing.T) {
	w := newWorld(t)
	sub := w.buy(t, w.acme, billing.ProPlan)
	w.settle(t)
	if _, err := w.in.Platform().Exec(t.Context(), `DELETE FROM platform.companies WHERE id = ?`, w.acme.ID); err != nil {
		t.Fatal(err)
	}
	w.in.Clock.Advance(time.Hour)
	w.stripe.FailRenewal(t, sub.ID)
	for _, e := range w.stripe.Take() {
		w.receive(t, e, billing.Ignored)
		w.receive(t, e, billing.Duplicate)
	}
	w.in.Clock.Advance(60 * 24 * time.Hour)
	if _, err := w.ExpireGrace(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestUnsignedEvents(t *testing.T) {
	w := newWorld(t)
	w.buy(t, w.acme, billing.ProPlan)
	e := w.stripe.Take()[3]
	now := w.in.Clock.Now()
	signed := stripefake.Sign(e.Body, now)
	body := string(e.Body)
	tests := []struct{ name, body, header, want string }{
		{"no header", body, "", "no Stripe-Signature header"},
		{"header of another kind", body, "v1", "invalid Stripe-Signature header"},
		{"no signature", body, fmt.Sprintf("t=%d", now.Unix()), "no valid signature"},
		{"test scheme only", body, strings.Replace(signed, "v1=", "v0=", 1), "no valid signature"},
		{"tampered body", strings.Replace(body, "paid", "paix", 1), signed, "no valid signature"},
		{"tampered time", body, strings.Replace(signed, fmt.Sprint(now.Unix()), fmt.Sprint(now.Unix()+1), 1), "no valid signature"},
		{"too old", body, stripefake.Sign(e.Body, now.Add(-301*time.Second)), "5m1s away"},
		{"from the future", body, stripefake.Sign(e.Body, now.Add(301*time.Second)), "away from now"},
		{"not JSON", "{", stripefake.Sign([]byte("{"), now), "parse"},
		{"no data", `{"id":"evt_1","type":"invoice.paid"}`, stripefake.Sign([]byte(`{"id":"evt_1","type":"invoice.paid"}`), now), "no id or no data"},
		{"empty", "", stripefake.Sign(nil, now), "parse"},
		{"data of the wrong form", `{"id":"evt_1","type":"invoice.paid","data":{"object":[]}}`,
			stripefake.Sign([]byte(`{"id":"evt_1","type":"invoice.paid","data":{"object":[]}}`), now), "cannot unmarshal"},
		{"long id", `{"id":"` + strings.Repeat("e", 256) + `","type":"invoice.paid","data":{"object":{}}}`,
			stripefake.Sign([]byte(`{"id":"`+strings.Repeat("e", 256)+`","type":"invoice.paid","data":{"object":{}}}`), now), "no id"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := w.Receive(t.Context(), []byte(test.body), test.header)
			if !errors.Is(err, billing.ErrBadEvent) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v; want %q", err, test.want)
			}
		})
	}
	w.wantPlans(t, "free", "free")
	// While the secret is rolled, two signatures are sent; the edges of the tolerance are inside.
	for i, header := range []string{
		strings.Replace(signed, ",v1=", ",v1="+strings.Repeat("ab", 32)+",v1=", 1),
		stripefake.Sign(e.Body, now.Add(-300*time.Second)), stripefake.Sign(e.Body, now.Add(300*time.Second)),
	} {
		if _, err := w.Receive(t.Context(), e.Body, header); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
}

func TestEventsThatDoNotMatter(t *testing.T) {
	w := newWorld(t)
	for i, kind := range []string{"customer.created", "invoice.created", "customer.subscription.trial_will_end", "v2.core.thing", ""} {
		w.receive(t, stripefake.NewEvent(fmt.Sprint("evt_", i), kind, w.in.Clock.Now(), map[string]any{"id": "x"}), billing.Ignored)
	}
	unpaid := map[string]any{"customer": "cus_1", "subscription": "sub_1", "payment_status": "unpaid", "client_reference_id": w.acme.ID.String()}
	w.receive(t, stripefake.NewEvent("evt_u", "checkout.session.completed", w.in.Clock.Now(), unpaid), billing.Ignored)
	w.wantPlans(t, "free", "free")
}

func TestAPIVersionMismatch(t *testing.T) {
	w := newWorld(t)
	w.buy(t, w.acme, billing.ProPlan)
	for _, e := range w.stripe.Take() {
		e.Body = []byte(strings.Replace(string(e.Body), `"2023-10-16"`, `"2026-08-26.dahlia"`, 1))
		w.receive(t, e, billing.Applied)
	}
	w.wantPlans(t, "pro", "free")
}

// When Stripe fails while an event is taken in, the event itself decides.
func TestStripeDownWhileReceiving(t *testing.T) {
	w := newWorld(t)
	w.buy(t, w.acme, billing.ProPlan)
	w.stripe.SetDown(true)
	w.settle(t)
	w.wantPlans(t, "pro", "free")
}

func TestWebhookSecretMissing(t *testing.T) {
	w := newWorld(t, func(cfg *billing.Config) { cfg.WebhookSecret = "" })
	_, err := w.Receive(t.Context(), []byte("{}"), "t=1,v1=00")
	var conflict *tenant.ConflictError
	if !errors.As(err, &conflict) || conflict.Code != billing.CodeNotConfigured || !strings.Contains(conflict.Message, "STRIPE_WEBHOOK_SECRET") {
		t.Errorf("got %v", err)
	}
}
