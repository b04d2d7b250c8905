package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/billing/stripefake"
)

func (s *story) plans(t *testing.T) {
	admin := s.acme.admin
	s.get(t, admin, "/v1/reports/conversion").want(t, http.StatusOK, `"stages"`)
	refused := s.get(t, admin, "/v1/reports/cohorts").refused(t, http.StatusPaymentRequired, "upgrade_required").object(t)
	if refused["feature"] != "advanced_reports" || refused["plan"] != "pro" {
		t.Errorf("upgrade to %v for %v", refused["plan"], refused["feature"])
	}
	s.post(t, s.acme.rep, "/v1/billing/checkout", object{"plan": "pro"}).refused(t, http.StatusForbidden, "forbidden")
	page := s.post(t, admin, "/v1/billing/checkout", object{"plan": "pro"}).want(t, http.StatusOK).text(t, "url")
	subscription := s.stripe.Pay(t, page)
	events := s.stripe.Take()

	s.badSignature(t, events[0])
	// As the network likes it: the last first, and every one twice.
	for range 2 {
		for i := len(events) - 1; i >= 0; i-- {
			s.hook(t, events[i])
		}
	}
	s.onPro(t)
	// An old event, signed and sent again late, takes nothing back.
	s.hook(t, events[0])
	s.onPro(t)
	if n := len(s.stripe.Customers()); n != 1 {
		t.Errorf("%d customers at Stripe, want 1", n)
	}
	s.get(t, s.globex.admin, "/v1/reports/cohorts").refused(t, http.StatusPaymentRequired, "upgrade_required")

	s.stripe.Cancel(t, subscription.ID)
	for _, e := range s.stripe.Take() {
		s.hook(t, e)
	}
	eventually(t, "the plan ends with the subscription", patience, func() bool {
		return s.get(t, admin, "/v1/reports/cohorts").status == http.StatusPaymentRequired
	})
	for _, e := range events {
		s.hook(t, e) // what was true before the end
	}
	s.get(t, admin, "/v1/reports/cohorts").refused(t, http.StatusPaymentRequired, "upgrade_required")
	s.stripe.Pay(t, s.post(t, admin, "/v1/billing/checkout", object{"plan": "pro"}).want(t, http.StatusOK).text(t, "url"))
	for _, e := range s.stripe.Take() {
		s.hook(t, e)
	}
	s.onPro(t)
}

// hook delivers an event as Stripe does.
func (s *story) hook(t *testing.T, e stripefake.Event) {
	t.Helper()
	if status := s.stripe.Post(t, s.url+"/hooks/stripe", e); status != http.StatusOK {
		t.Fatalf("event %s: %d", e.Type, status)
	}
}

func (s *story) badSignature(t *testing.T, e stripefake.Event) {
	t.Helper()
	signature := stripefake.Sign(e.Body, time.Now())
	for _, c := range []struct {
		name, signature string
		body            []byte
	}{
		{"no signature", "", e.Body},
		{"another body", signature, append([]byte(" "), e.Body...)},
		{"an old signature", stripefake.Sign(e.Body, time.Now().Add(-time.Hour)), e.Body},
	} {
		a, err := s.send(nobody, http.MethodPost, "/hooks/stripe", "application/json", c.body, "Stripe-Signature", c.signature)
		if err != nil {
			t.Fatal(err)
		}
		if a.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", c.name, a.status, a.body)
		}
	}
	s.get(t, s.acme.admin, "/v1/reports/cohorts").refused(t, http.StatusPaymentRequired, "upgrade_required")
}

// onPro waits until Acme is on Pro and checks its cohorts.
func (s *story) onPro(t *testing.T) {
	t.Helper()
	var a answer
	eventually(t, "Acme is on Pro", patience, func() bool {
		a = s.get(t, s.acme.admin, "/v1/reports/cohorts")
		return a.status == http.StatusOK
	})
	created := 0.0
	for _, cohort := range a.rows(t) {
		created += cohort["created"].(float64)
	}
	if total := s.list(t, s.acme.admin, "count=true&limit=1").object(t)["total"]; created != total {
		t.Errorf("the cohorts hold %v customers of %v", created, total)
	}
	s.get(t, s.acme.admin, "/v1/billing").want(t, http.StatusOK, `"key":"pro"`, `"status":"active"`)
}
