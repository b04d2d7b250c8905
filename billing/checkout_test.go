package billing_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/billing/stripefake"
	"github.com/guanxi-crm/guanxi/tenant"
)

// called returns the form of the last call to the path at the fake.
func (w *world) called(t *testing.T, path string) stripefake.Call {
	t.Helper()
	var last stripefake.Call
	for _, c := range w.stripe.Calls() {
		if c.Path == path {
			last = c
		}
	}
	if last.Path == "" {
		t.Fatalf("%s was not called", path)
	}
	return last
}

func TestCheckoutTellsStripeWhoBuysWhat(t *testing.T) {
	w := newWorld(t)
	page, err := w.Checkout(t.Context(), buyer(w.acme, "op_1"), billing.CheckoutRequest{Plan: "pro", Interval: billing.Yearly})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(page.URL, w.stripe.URL+"/c/pay/") {
		t.Errorf("got %q", page.URL)
	}
	company := w.acme.ID.String()
	customer := w.called(t, "/v1/customers")
	want := map[string][]string{
		"name": {"Acme"}, "email": {"admin@example.com"}, "preferred_locales[0]": {"en"}, "metadata[company_id]": {company},
	}
	if diff := cmp.Diff(want, customer.Form); diff != "" {
		t.Errorf("customer (-want +got):\n%s", diff)
	}
	session := w.called(t, "/v1/checkout/sessions")
	delete(session.Form, "customer")
	want = map[string][]string{
		"mode": {"subscription"}, "client_reference_id": {company}, "locale": {"en"}, "allow_promotion_codes": {"true"},
		"line_items[0][price]": {"price_pro_year"}, "line_items[0][quantity]": {"1"},
		"success_url":          {"https://crm.example/settings/billing?checkout=done&session_id={CHECKOUT_SESSION_ID}"},
		"cancel_url":           {"https://crm.example/settings/billing?checkout=canceled"},
		"metadata[company_id]": {company}, "metadata[plan]": {"pro"},
		"subscription_data[metadata][company_id]": {company}, "subscription_data[metadata][plan]": {"pro"},
	}
	if diff := cmp.Diff(want, session.Form); diff != "" {
		t.Errorf("session (-want +got):\n%s", diff)
	}
	for _, c := range []stripefake.Call{customer, session} {
		if !strings.HasPrefix(c.IdempotencyKey, "guanxi-c") || len(c.IdempotencyKey) > 255 {
			t.Errorf("%s: idempotency key %q", c.Path, c.IdempotencyKey)
		}
	}
}

func TestCheckoutRepeats(t *testing.T) {
	w := newWorld(t)
	pay := func(operation, plan string) string {
		t.Helper()
		page, err := w.Checkout(t.Context(), buyer(w.acme, operation), billing.CheckoutRequest{Plan: plan})
		if err != nil {
			t.Fatal(err)
		}
		return page.URL
	}
	first := pay("op_1", "pro")
	if again := pay("op_1", "pro"); again != first {
		t.Errorf("a repeat made another page: %s, %s", first, again)
	}
	if other := pay("op_2", "pro"); other == first {
		t.Error("another operation got the page of the first")
	}
	if other := pay("op_1", "business"); other == first {
		t.Error("another plan got the page of the first")
	}
	if n := len(w.stripe.Customers()); n != 1 {
		t.Errorf("%d customers were made", n)
	}
}

func TestFirstCheckoutsAtOnce(t *testing.T) {
	w := newWorld(t)
	var group sync.WaitGroup
	for _, operation := range []string{"a", "b", "c", "d"} {
		group.Go(func() {
			if _, err := w.Checkout(t.Context(), buyer(w.acme, operation), billing.CheckoutRequest{Plan: "pro"}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := len(w.stripe.Customers()); n != 1 {
		t.Errorf("%d customers were made", n)
	}
}

func TestCheckoutRefusals(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		name     string
		settings func(*billing.Config)
		in       billing.CheckoutRequest
		code     string // of a conflict, or field and code of a mistake
		says     string
	}{
		{"no key", withoutAPI, billing.CheckoutRequest{Plan: "pro"}, "billing_not_configured", "STRIPE_SECRET_KEY"},
		{"no address", func(c *billing.Config) { c.PublicURL = "" }, billing.CheckoutRequest{Plan: "pro"}, "billing_not_configured", "GUANXI_PUBLIC_URL"},
		{"wrong key", func(c *billing.Config) { c.SecretKey = "sk_test_old" }, billing.CheckoutRequest{Plan: "pro"}, "billing_not_configured", "refuses the secret key"},
		{"unknown price", func(c *billing.Config) { c.Prices = map[string]string{"guanxi_pro_month": "price_gone"} },
			billing.CheckoutRequest{Plan: "pro"}, "billing_rejected", "No such price"},
		{"free plan", nil, billing.CheckoutRequest{Plan: "free"}, "plan unknown", "pro or business"},
		{"no plan", nil, billing.CheckoutRequest{}, "plan unknown", "pro or business"},
		{"unknown interval", nil, billing.CheckoutRequest{Plan: "pro", Interval: "day"}, "interval unknown", "month or year"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w.restart()
			if test.settings != nil {
				w.restart(test.settings)
			}
			_, err := w.Checkout(t.Context(), buyer(w.acme, test.name), test.in)
			if got := problemCode(err); got != test.code || !strings.Contains(problemText(err), test.says) {
				t.Errorf("got %q: %v", got, err)
			}
		})
	}
}

func problemCode(err error) string {
	var conflict *tenant.ConflictError
	var invalid *tenant.InvalidError
	switch {
	case errors.As(err, &conflict):
		return conflict.Code
	case errors.As(err, &invalid):
		return invalid.Fields[0].Field + " " + invalid.Fields[0].Code
	}
	return ""
}

func problemText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestPriceMissingAtStripe(t *testing.T) {
	w := newWorld(t)
	empty := stripefake.New(t, w.in.Clock.Now)
	w.restart(func(c *billing.Config) { c.APIBase = empty.URL })
	_, err := w.Checkout(t.Context(), buyer(w.acme, "x"), billing.CheckoutRequest{Plan: "pro"})
	if problemCode(err) != "billing_not_configured" || !strings.Contains(err.Error(), "guanxi_pro_month") {
		t.Errorf("got %v", err)
	}
}

func TestStripeDown(t *testing.T) {
	w := newWorld(t)
	w.stripe.SetDown(true)
	if _, err := w.Checkout(t.Context(), buyer(w.acme, "x"), billing.CheckoutRequest{Plan: "pro"}); !errors.Is(err, billing.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	w.restart(func(c *billing.Config) { c.Prices = map[string]string{"guanxi_pro_month": "price_pro_month"} })
	if _, err := w.Checkout(t.Context(), buyer(w.acme, "x"), billing.CheckoutRequest{Plan: "pro"}); !errors.Is(err, billing.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	w.stripe.SetDown(false)
	if _, err := w.Checkout(t.Context(), buyer(w.acme, "x"), billing.CheckoutRequest{Plan: "pro"}); err != nil {
		t.Errorf("after the failure: %v", err)
	}
}

func TestOneSubscriptionAtATime(t *testing.T) {
	w := newWorld(t)
	sub := w.buy(t, w.acme, billing.ProPlan)
	w.settle(t)
	_, err := w.Checkout(t.Context(), buyer(w.acme, "again"), billing.CheckoutRequest{Plan: "business"})
	if problemCode(err) != "already_subscribed" || !strings.Contains(err.Error(), "pro, active") {
		t.Errorf("got %v", err)
	}
	w.stripe.Cancel(t, sub.ID)
	w.settle(t)
	w.buy(t, w.acme, billing.BusinessPlan)
	w.settle(t)
	w.wantPlans(t, "business", "free")
}

// Two checkout pages that were opened before either was paid end in two subscriptions: the better one counts.
func TestTwoSubscriptions(t *testing.T) {
	w := newWorld(t)
	open := func(plan string) string {
		page, err := w.Checkout(t.Context(), buyer(w.acme, plan), billing.CheckoutRequest{Plan: plan})
		if err != nil {
			t.Fatal(err)
		}
		return page.URL
	}
	pro, business := open("pro"), open("business")
	higher := w.stripe.Pay(t, business)
	w.stripe.Pay(t, pro)
	w.settle(t)
	w.wantPlans(t, "business", "free")
	if o := w.overview(t, w.acme); o.Plan.Key != "business" || o.Status != billing.Active {
		t.Errorf("got %+v", o)
	}
	w.stripe.Cancel(t, higher.ID)
	w.settle(t)
	w.wantPlans(t, "pro", "free")
}

func TestTrialOnlyOnce(t *testing.T) {
	w := newWorld(t, func(c *billing.Config) { c.TrialDays = 14 })
	sub := w.buy(t, w.acme, billing.ProPlan)
	w.settle(t)
	if o := w.overview(t, w.acme); o.Status != billing.Trialing || o.Plan.Key != "pro" {
		t.Errorf("got %+v", o)
	}
	w.stripe.Cancel(t, sub.ID)
	w.settle(t)
	w.buy(t, w.acme, billing.BusinessPlan)
	w.settle(t)
	if o := w.overview(t, w.acme); o.Status != billing.Active || o.Plan.Key != "business" {
		t.Errorf("got %+v", o)
	}
}

func TestPortal(t *testing.T) {
	w := newWorld(t)
	_, err := w.Portal(t.Context(), buyer(w.acme, "op_1"))
	if problemCode(err) != "no_subscription" {
		t.Errorf("before buying: got %v", err)
	}
	sub := w.buy(t, w.acme, billing.ProPlan)
	page, err := w.Portal(t.Context(), buyer(w.acme, "op_1"))
	if err != nil || !strings.HasPrefix(page.URL, w.stripe.URL+"/p/session/") {
		t.Fatalf("got %q, %v", page.URL, err)
	}
	want := map[string][]string{"customer": {sub.Customer}, "return_url": {"https://crm.example/settings/billing"}, "locale": {"en"}}
	if diff := cmp.Diff(want, w.called(t, "/v1/billing_portal/sessions").Form); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	w.stripe.SetDown(true)
	if _, err := w.Portal(t.Context(), buyer(w.acme, "op_2")); !errors.Is(err, billing.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	w.restart(withoutAPI)
	if _, err := w.Portal(t.Context(), buyer(w.acme, "op_3")); problemCode(err) != "billing_not_configured" {
		t.Errorf("got %v", err)
	}
}

// stripe-mock checks our parameters against Stripe's own specification.
func TestParametersAgainstStripeMock(t *testing.T) {
	w := newWorld(t)
	base := stripefake.Mock(t)
	w.restart(func(c *billing.Config) {
		c.APIBase, c.TrialDays = base, 14
		c.Prices = map[string]string{"guanxi_pro_month": "price_1", "guanxi_pro_year": "price_2"}
	})
	page, err := w.Checkout(t.Context(), buyer(w.acme, "op_1"), billing.CheckoutRequest{Plan: "pro"})
	if err != nil || !strings.HasPrefix(page.URL, "https://") {
		t.Errorf("checkout: got %q, %v", page.URL, err)
	}
	page, err = w.Portal(t.Context(), buyer(w.acme, "op_2"))
	if err != nil || !strings.HasPrefix(page.URL, "https://") {
		t.Errorf("portal: got %q, %v", page.URL, err)
	}
	for _, offer := range w.Offers(t.Context()) {
		if offer.Key == "pro" && len(offer.Prices) != 2 {
			t.Errorf("prices: got %+v", offer.Prices)
		}
	}
}
