// Package stripefake stands in for Stripe in tests. Unlike stripe-mock it has a memory: customers, prices,
// checkout and portal sessions and subscriptions live as they do at Stripe, idempotency keys are kept, and
// what happens is told by signed webhook events, which a test delivers in whatever order it likes.
//
// It is not a check of parameters against Stripe's specification; [Mock] starts stripe-mock for that.
package stripefake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
)

// The keys that the fake accepts and signs with.
const (
	SecretKey     = "sk_test_fake"
	WebhookSecret = "whsec_test_fake"
)

// Price is a price that the fake sells. IDs and lookup keys are unique.
type Price struct {
	ID, LookupKey string
	// Interval is month or year.
	Interval string
	// Amount is in minor units of Currency, which Stripe writes in lower case.
	Amount   int64
	Currency string
	Metadata map[string]string
}

// Subscription is one subscription at the fake.
type Subscription struct {
	ID, Customer, Status string
	Price                Price
	Metadata             map[string]string
	PeriodEnd            time.Time
	CancelAtPeriodEnd    bool
}

// Stripe is a fake of Stripe for one test. It is safe for concurrent use.
type Stripe struct {
	// URL is where its API answers.
	URL string

	now func() time.Time

	mu            sync.Mutex
	last          int
	down          bool
	prices        []Price
	customers     map[string]map[string]string
	sessions      map[string]*session
	subscriptions map[string]*Subscription
	answers       map[string]answer
	events        []Event
	calls         []Call
}

// Call is one request that the fake has answered.
type Call struct {
	Method, Path, IdempotencyKey string
	Form                         map[string][]string
}

type session struct {
	id, customer, company, price string
	metadata, subscription       map[string]string
	trialDays                    int
}

// New starts a fake that ends with the test. now is its clock.
func New(t testing.TB, now func() time.Time) *Stripe {
	t.Helper()
	s := &Stripe{
		now: now, customers: map[string]map[string]string{}, sessions: map[string]*session{},
		subscriptions: map[string]*Subscription{}, answers: map[string]answer{},
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Sell adds prices.
func (s *Stripe) Sell(prices ...Price) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prices = append(s.prices, prices...)
}

// SetDown lets every call end in a failure of Stripe's own, or no longer.
func (s *Stripe) SetDown(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// Calls returns the requests so far, in order.
func (s *Stripe) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call{}, s.calls...)
}

// Customers returns the ids of all customers with the company their metadata names.
func (s *Stripe) Customers() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]string{}
	for id, metadata := range s.customers {
		all[id] = metadata["company_id"]
	}
	return all
}

// ServeHTTP implements http.Handler.
func (s *Stripe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		write(w, refusal(http.StatusBadRequest, "invalid_request_error", "", err.Error()))
		return
	}
	key := r.Header.Get("Idempotency-Key")
	s.calls = append(s.calls, Call{Method: r.Method, Path: r.URL.Path, IdempotencyKey: key, Form: r.Form})
	switch {
	case s.down:
		w.Header().Set("Stripe-Should-Retry", "false")
		write(w, refusal(http.StatusServiceUnavailable, "api_error", "", "down"))
	case r.Header.Get("Authorization") != "Bearer "+SecretKey:
		write(w, refusal(http.StatusUnauthorized, "invalid_request_error", "", "Invalid API Key provided"))
	case r.Header.Get("Stripe-Version") != stripe.APIVersion:
		write(w, refusal(http.StatusBadRequest, "invalid_request_error", "", "unexpected Stripe-Version"))
	default:
		write(w, s.once(key, r))
	}
}

// once answers a repeated idempotency key as it did before.
func (s *Stripe) once(key string, r *http.Request) answer {
	if key == "" || r.Method != http.MethodPost {
		return s.route(r)
	}
	request := r.URL.Path + "?" + r.Form.Encode()
	before, ok := s.answers[key]
	switch {
	case !ok:
		before = s.route(r)
		before.request = request
		s.answers[key] = before
	case before.request != request:
		return refusal(http.StatusBadRequest, "idempotency_error", "", "Keys for idempotent requests can only be used with the same parameters")
	}
	return before
}

func (s *Stripe) route(r *http.Request) answer {
	switch path := strings.TrimPrefix(r.URL.Path, "/v1"); {
	case r.Method == http.MethodPost && path == "/customers":
		return s.newCustomer(r.Form)
	case r.Method == http.MethodPost && path == "/checkout/sessions":
		return s.newSession(r.Form)
	case r.Method == http.MethodPost && path == "/billing_portal/sessions":
		return s.newPortal(r.Form)
	case r.Method == http.MethodGet && path == "/prices":
		return s.listPrices(r.Form)
	case r.Method == http.MethodGet && strings.HasPrefix(path, "/prices/"):
		return s.getPrice(strings.TrimPrefix(path, "/prices/"))
	case r.Method == http.MethodGet && strings.HasPrefix(path, "/subscriptions/"):
		return s.getSubscription(strings.TrimPrefix(path, "/subscriptions/"))
	}
	return refusal(http.StatusNotFound, "invalid_request_error", "", "Unrecognized request URL")
}

// id returns a fresh id; all are different within one fake.
func (s *Stripe) id(prefix string) string {
	s.last++
	return fmt.Sprintf("%s_fake_%06d", prefix, s.last)
}

type answer struct {
	status  int
	body    any
	request string
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

func refusal(status int, kind, code, message string) answer {
	return answer{status: status, body: map[string]any{"error": map[string]any{"type": kind, "code": code, "message": message}}}
}

func missing(noun, id string) answer {
	return refusal(http.StatusBadRequest, "invalid_request_error", "resource_missing", "No such "+noun+": '"+id+"'")
}

func write(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body)
}
