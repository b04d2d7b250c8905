package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// receiver is a company's own server. It verifies what comes with the official library of Standard Webhooks
// and counts how often each event came.
type receiver struct {
	url string

	mu       sync.Mutex
	verifier *standardwebhooks.Webhook
	mood     mood
	changed  chan struct{} // closed and replaced at every change of mood
	came     map[string]int
	bodies   map[string][]byte
	bad      []error
	holding  int
}

// mood is how a receiver is feeling.
type mood int

const (
	up      mood = iota
	down         // closes every connection without an answer
	holding      // takes events and keeps the answers to itself
	slow         // answers after a while
)

const slowness = 300 * time.Millisecond

func newReceiver(t testing.TB) *receiver {
	t.Helper()
	r := &receiver{changed: make(chan struct{}), came: map[string]int{}, bodies: map[string][]byte{}}
	server := httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(func() { r.feel(down); server.Close() })
	r.url = server.URL
	return r
}

// expect tells the receiver its endpoint's secret.
func (r *receiver) expect(t testing.TB, secret string) {
	t.Helper()
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.verifier = verifier
}

// feel changes the mood, also for the requests that are being held.
func (r *receiver) feel(m mood) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mood = m
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *receiver) serve(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // the sender died in mid-sentence
	}
	r.mu.Lock()
	mood := r.mood
	if mood != down {
		r.note(req.Header, body)
	}
	r.mu.Unlock()
	switch mood {
	case down:
		panic(http.ErrAbortHandler) // how a handler closes the connection without an answer
	case holding:
		r.hold(req)
	case slow:
		time.Sleep(slowness)
	}
	w.WriteHeader(http.StatusNoContent)
}

// note counts an event; r.mu must be held.
func (r *receiver) note(header http.Header, body []byte) {
	if err := r.verifier.Verify(body, header); err != nil {
		r.bad = append(r.bad, err)
		return
	}
	id := header.Get(standardwebhooks.HeaderWebhookID)
	r.came[id]++
	r.bodies[id] = body
}

func (r *receiver) hold(req *http.Request) {
	r.mu.Lock()
	changed := r.changed
	r.holding++
	r.mu.Unlock()
	select {
	case <-changed:
	case <-req.Context().Done():
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.holding--
}

// held returns how many requests wait for an answer.
func (r *receiver) held() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.holding
}

// events returns how often each event came.
func (r *receiver) events() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	came := make(map[string]int, len(r.came))
	for id, times := range r.came {
		came[id] = times
	}
	return came
}

// ofType returns the decoded events of one type.
func (r *receiver) ofType(t testing.TB, kind string) []object {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []object
	for _, body := range r.bodies {
		var event object
		(answer{body: body, request: "event"}).into(t, &event)
		if event["type"] == kind {
			all = append(all, event)
		}
	}
	return all
}

// complaints are the requests that the official library refused.
func (r *receiver) complaints() []error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]error{}, r.bad...)
}
