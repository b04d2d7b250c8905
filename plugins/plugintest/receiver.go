// Package plugintest holds receivers for tests: servers that check, answer and throttle as the vendors'
// documents say. Their checks are written from those documents and share no code with the connectors.
package plugintest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"
)

// Mode is how a receiver is feeling.
type Mode int

// A receiver is in one of these modes; it starts Up.
const (
	Up         Mode = iota
	Down            // closes every connection without an answer
	Slow            // answers nobody until the mode changes or the test ends
	Failing         // says that something broke
	Throttling      // says that the sender is too fast
	Gone            // says that it no longer exists
)

// Request is what came in and how it was answered.
type Request struct {
	Method, Path string
	Query        url.Values
	Header       http.Header
	Body         []byte
	At           time.Time
	// Status and Answer are what the receiver said; Status is 0 when it closed the connection or kept silent.
	Status int
	Answer string
	// Accepted is true when the receiver took the message.
	Accepted bool
}

// answer is a reply in a vendor's form.
type answer struct {
	status   int
	header   map[string]string
	body     string
	accepted bool
}

// vendor tells one kind of receiver from another.
type vendor interface {
	check(r Request) answer
	limits() []window
	failing() answer
	throttling() answer
	gone() answer
}

// Option changes how a receiver behaves from its start.
type Option func(*Receiver)

// WithClock lets the receiver read the time from now instead of the system clock.
func WithClock(now func() time.Time) Option { return func(r *Receiver) { r.now = now } }

// WithLimits lets the receiver enforce the vendor's rate limits.
func WithLimits() Option { return func(r *Receiver) { r.limited = true } }

// Receiver is a running server of one vendor. It is safe for use by several goroutines.
type Receiver struct {
	// URL is the server's origin, without a path.
	URL string

	vendor  vendor
	server  *httptest.Server
	now     func() time.Time
	limited bool
	limiter limiter

	mu       sync.Mutex
	mode     Mode
	changed  chan struct{} // closed and replaced at every request and change of mode
	requests []Request
}

func start(t testing.TB, v vendor, opts []Option) *Receiver {
	t.Helper()
	r := &Receiver{vendor: v, now: time.Now, changed: make(chan struct{}), limiter: limiter{windows: v.limits()}}
	for _, opt := range opts {
		opt(r)
	}
	r.server = httptest.NewServer(http.HandlerFunc(r.serve))
	r.URL = r.server.URL
	t.Cleanup(func() {
		r.Set(Down) // frees those whom a slow receiver keeps waiting
		r.server.Close()
	})
	return r
}

// Set changes the mode, also for the requests that a slow receiver is keeping.
func (r *Receiver) Set(m Mode) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mode = m
	r.announce()
}

// Requests returns all that came so far, in the order of their coming.
func (r *Receiver) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// Accepted returns the requests that the receiver took.
func (r *Receiver) Accepted() []Request {
	return slices.DeleteFunc(r.Requests(), func(q Request) bool { return !q.Accepted })
}

// patience bounds what hangs. How long deliveries take is for the benchmarks.
const patience = time.Minute

// WaitAccepted waits until n requests were taken and returns those taken; it ends the test when that takes a minute.
func (r *Receiver) WaitAccepted(t testing.TB, n int) []Request {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		r.mu.Lock()
		changed := r.changed
		r.mu.Unlock()
		accepted := r.Accepted()
		if len(accepted) >= n {
			return accepted
		}
		select {
		case <-changed:
		case <-deadline.C:
			all := r.Requests()
			t.Fatalf("receiver took %d of %d requests within %s; of all %d the last were: %+v", len(accepted), n, patience, len(all), all[max(0, len(all)-3):])
		}
	}
}

func (r *Receiver) serve(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // the client went away in mid-sentence
	}
	got := Request{
		Method: req.Method, Path: req.URL.Path, Query: req.URL.Query(),
		Header: req.Header.Clone(), Body: body, At: r.now(),
	}
	a := r.decide(req, got)
	got.Status, got.Answer, got.Accepted = a.status, a.body, a.accepted
	r.record(got)
	if a.status == 0 {
		panic(http.ErrAbortHandler) // how a handler closes the connection without an answer
	}
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body) // the client may have left
}

// decide answers by the mode; a slow receiver waits for another one.
func (r *Receiver) decide(req *http.Request, got Request) answer {
	for {
		r.mu.Lock()
		mode, changed := r.mode, r.changed
		r.mu.Unlock()
		switch mode {
		case Down:
			return answer{}
		case Failing:
			return r.vendor.failing()
		case Throttling:
			return r.vendor.throttling()
		case Gone:
			return r.vendor.gone()
		case Slow:
			select {
			case <-changed:
				continue
			case <-req.Context().Done():
				return answer{}
			}
		}
		if r.limited && !r.limiter.allow(got.At) {
			return r.vendor.throttling()
		}
		return r.vendor.check(got)
	}
}

func (r *Receiver) record(q Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, q)
	r.announce()
}

// announce wakes those who wait; r.mu must be held.
func (r *Receiver) announce() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// signed reports whether signature is the base64 of HMAC-SHA256.
func signed(key, message, signature string) bool {
	got, err := base64.StdEncoding.DecodeString(signature)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(message))
	return err == nil && hmac.Equal(got, mac.Sum(nil))
}

// near reports whether two times are at most d apart.
func near(a, b time.Time, d time.Duration) bool { return a.Sub(b).Abs() <= d }
