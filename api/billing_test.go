package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/billing/stripefake"
)

// selling makes a world sell through a fake Stripe.
func selling(t *testing.T, fake **stripefake.Stripe) func(*billing.Config) {
	return func(cfg *billing.Config) {
		*fake = stripefake.New(t, cfg.Clock)
		(*fake).Sell(
			stripefake.Price{ID: "price_pro", LookupKey: "guanxi_pro_month", Interval: "month", Amount: 19900, Currency: "cny"},
			stripefake.Price{ID: "price_business", LookupKey: "guanxi_business_month", Interval: "month", Amount: 49900, Currency: "cny"},
		)
		cfg.SecretKey, cfg.WebhookSecret, cfg.APIBase = stripefake.SecretKey, stripefake.WebhookSecret, (*fake).URL
	}
}

// deliver sends an event to the server as Stripe does.
func (w *world) deliver(t *testing.T, e stripefake.Event) answer {
	t.Helper()
	return w.post(t, person{}, "/hooks/stripe", string(e.Body), "Stripe-Signature", stripefake.Sign(e.Body, w.Clock.Now()))
}

func TestBuyingAPlan(t *testing.T) {
	var stripe *stripefake.Stripe
	w := newWorld(t, selling(t, &stripe))
	w.get(t, w.acme.admin, "/v1/billing").want(t, http.StatusOK, `"key":"free"`, `"status":"none"`, `"can_buy":true`, `"has_portal":false`)
	w.get(t, w.acme.admin, "/v1/billing/plans").want(t, http.StatusOK, `"amount":19900`, `"currency":"CNY"`, `"advanced_reports"`)
	w.get(t, w.acme.admin, "/v1/reports/cohorts").want(t, http.StatusPaymentRequired,
		`"code":"upgrade_required"`, `"feature":"advanced_reports"`, `"plan":"pro"`)
	w.post(t, w.acme.admin, "/v1/billing/portal", "").want(t, http.StatusConflict, `"code":"no_subscription"`)

	var page struct{ URL string }
	w.post(t, w.acme.admin, "/v1/billing/checkout", `{"plan":"pro"}`).want(t, http.StatusOK).into(t, &page)
	sub := stripe.Pay(t, page.URL)
	events := stripe.Take()
	for _, e := range events {
		w.deliver(t, e).want(t, http.StatusOK, `"outcome":"applied"`)
	}
	w.get(t, w.acme.admin, "/v1/reports/cohorts").want(t, http.StatusOK)
	w.get(t, w.globex.admin, "/v1/reports/cohorts").want(t, http.StatusPaymentRequired)
	w.get(t, w.acme.admin, "/v1/billing").want(t, http.StatusOK, `"key":"pro"`, `"status":"active"`, `"interval":"month"`, `"has_portal":true`)
	w.get(t, w.globex.admin, "/v1/billing").want(t, http.StatusOK, `"key":"free"`, `"status":"none"`)
	w.post(t, w.acme.admin, "/v1/billing/checkout", `{"plan":"business"}`).want(t, http.StatusConflict, `"code":"already_subscribed"`)
	w.post(t, w.acme.admin, "/v1/billing/portal", "").want(t, http.StatusOK, stripe.URL)

	w.Clock.Advance(time.Minute)
	stripe.Cancel(t, sub.ID)
	w.deliver(t, stripe.Take()[0]).want(t, http.StatusOK)
	for _, e := range events {
		w.deliver(t, e).want(t, http.StatusOK, `"outcome":"duplicate"`)
	}
	w.get(t, w.acme.admin, "/v1/reports/cohorts").want(t, http.StatusPaymentRequired)
}

func TestCheckoutWithAnIdempotencyKey(t *testing.T) {
	var stripe *stripefake.Stripe
	w := newWorld(t, selling(t, &stripe))
	buy := func(who person, body string) answer {
		return w.post(t, who, "/v1/billing/checkout", body, "Idempotency-Key", "buy-1")
	}
	first := buy(w.acme.admin, `{"plan":"pro"}`).want(t, http.StatusOK).Body.String()
	buy(w.acme.admin, `{"plan":"business"}`).want(t, http.StatusUnprocessableEntity, `"code":"idempotency_key_reused"`)
	if other := buy(w.globex.admin, `{"plan":"pro"}`).want(t, http.StatusOK).Body.String(); other == first {
		t.Error("globex got acme's page")
	}
	var page struct{ URL string }
	buy(w.acme.admin, `{"plan":"pro"}`).want(t, http.StatusOK).into(t, &page)
	stripe.Pay(t, page.URL)
	for _, e := range stripe.Take() {
		w.deliver(t, e).want(t, http.StatusOK)
	}
	if again := buy(w.acme.admin, `{"plan":"pro"}`).want(t, http.StatusOK).Body.String(); again != first {
		t.Errorf("a repeat after the purchase got %s, the first %s", again, first)
	}
}

func TestBillingIsForAdmins(t *testing.T) {
	var stripe *stripefake.Stripe
	w := newWorld(t, selling(t, &stripe))
	for _, route := range []struct{ method, path, body string }{
		{http.MethodGet, "/v1/billing", ""},
		{http.MethodGet, "/v1/billing/plans", ""},
		{http.MethodPost, "/v1/billing/checkout", `{"plan":"pro"}`},
		{http.MethodPost, "/v1/billing/portal", ""},
	} {
		w.do(t, person{}, route.method, route.path, route.body).want(t, http.StatusUnauthorized, `"code":"unauthenticated"`)
		w.do(t, w.acme.rep, route.method, route.path, route.body).want(t, http.StatusForbidden, `"code":"forbidden"`)
		w.do(t, w.acme.manager, route.method, route.path, route.body).want(t, http.StatusForbidden, `"code":"forbidden"`)
	}
	if calls := stripe.Calls(); len(calls) > 0 {
		t.Errorf("Stripe was called: %v", calls)
	}
}

func TestCheckoutInput(t *testing.T) {
	var stripe *stripefake.Stripe
	w := newWorld(t, selling(t, &stripe))
	for _, test := range []struct {
		body   string
		status int
		text   string
	}{
		{`{"plan":"free"}`, http.StatusUnprocessableEntity, `"field":"plan"`},
		{`{"plan":"golden"}`, http.StatusUnprocessableEntity, `"field":"plan"`},
		{`{"plan":7}`, http.StatusUnprocessableEntity, `"field":"plan"`},
		{`{}`, http.StatusUnprocessableEntity, `"field":"plan"`},
		{`{"plan":"pro","interval":"day"}`, http.StatusUnprocessableEntity, `"field":"interval"`},
		{`{"plan":"pro","coupon":"x"}`, http.StatusUnprocessableEntity, `"field":"coupon"`},
		{`{"plan":`, http.StatusBadRequest, `"code":"malformed"`},
		{``, http.StatusBadRequest, `"code":"malformed"`},
	} {
		w.post(t, w.acme.admin, "/v1/billing/checkout", test.body).want(t, test.status, test.text)
	}
	w.post(t, w.acme.admin, "/v1/billing/checkout", `{"plan":"pro","interval":"year"}`).want(t, http.StatusConflict,
		`"code":"billing_not_configured"`, "guanxi_pro_year")
	stripe.SetDown(true)
	w.post(t, w.acme.admin, "/v1/billing/checkout", `{"plan":"business"}`).want(t, http.StatusServiceUnavailable, `"code":"billing_unavailable"`)
	w.get(t, w.acme.admin, "/v1/billing").want(t, http.StatusOK)
}

func TestWithoutStripe(t *testing.T) {
	w := newWorld(t)
	w.get(t, w.acme.admin, "/v1/billing").want(t, http.StatusOK, `"key":"free"`, `"can_buy":false`)
	w.get(t, w.acme.admin, "/v1/billing/plans").want(t, http.StatusOK, `"key":"business"`, `"prices":[]`)
	for _, path := range []string{"/v1/billing/checkout", "/v1/billing/portal"} {
		w.post(t, w.acme.admin, path, `{"plan":"pro"}`).want(t, http.StatusConflict, `"code":"billing_not_configured"`, "STRIPE_SECRET_KEY")
	}
	w.post(t, person{}, "/hooks/stripe", `{}`, "Stripe-Signature", "t=1,v1=00").want(t, http.StatusConflict,
		`"code":"billing_not_configured"`, "STRIPE_WEBHOOK_SECRET")
}

func TestStripeMockGivesACheckoutPage(t *testing.T) {
	base := stripefake.Mock(t)
	w := newWorld(t, func(cfg *billing.Config) {
		cfg.SecretKey, cfg.APIBase = "sk_test_123", base
		cfg.Prices = map[string]string{"guanxi_pro_month": "price_1"}
	})
	w.post(t, w.acme.admin, "/v1/billing/checkout", `{"plan":"pro"}`).want(t, http.StatusOK, `"url":"https://`)
}

func TestUnsignedStripeEvents(t *testing.T) {
	var stripe *stripefake.Stripe
	w := newEmptyWorld(t, selling(t, &stripe))
	body := string(stripefake.NewEvent("evt_1", "customer.created", w.Clock.Now(), map[string]any{"id": "cus_1"}).Body)
	signed := stripefake.Sign([]byte(body), w.Clock.Now())
	for _, test := range []struct {
		name, body, header string
		status             int
		text               string
	}{
		{"signed", body, signed, http.StatusOK, `"outcome":"ignored"`},
		{"no header", body, "", http.StatusBadRequest, `"code":"bad_event"`},
		{"tampered", strings.Replace(body, "cus_1", "cus_2", 1), signed, http.StatusBadRequest, "no valid signature"},
		{"too old", body, stripefake.Sign([]byte(body), w.Clock.Now().Add(-6*time.Minute)), http.StatusBadRequest, "6m0s away"},
		{"empty", "", signed, http.StatusBadRequest, `"code":`},
		{"too long", `{"a":"` + strings.Repeat("x", billing.MaxEventBytes) + `"}`, signed, http.StatusRequestEntityTooLarge, `"code":"too_large"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var headers []string
			if test.header != "" {
				headers = []string{"Stripe-Signature", test.header}
			}
			w.post(t, person{}, "/hooks/stripe", test.body, headers...).want(t, test.status, test.text)
		})
	}
}
