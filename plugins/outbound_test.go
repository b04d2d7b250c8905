package plugins

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

var dev = OutboundConfig{Guard: Guard{AllowPrivate: true}, Timeout: 5 * time.Second}

func post(t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func wantFailed(t *testing.T, err error, code, reason string) {
	t.Helper()
	var failed *Failed
	if !errors.As(err, &failed) || failed.Code != code || !strings.Contains(failed.Reason, reason) {
		t.Errorf("got %v, want Failed %s with %q", err, code, reason)
	}
	if err != nil && strings.Contains(err.Error(), "t0ken") {
		t.Errorf("the error holds the token: %v", err)
	}
}

func TestDoKeepsTheAnswer(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Agent", r.Header.Get("User-Agent"))
		w.WriteHeader(http.StatusTeapot)
		w.Write([]byte("short and stout"))
	})
	resp, err := NewOutbound(dev).Do(post(t, server.URL))
	if err != nil || resp.Status != http.StatusTeapot || string(resp.Body) != "short and stout" || resp.Truncated || resp.Duration <= 0 {
		t.Errorf("Do = %+v, %v", resp, err)
	}
	if resp.Header.Get("X-Agent") != "Guanxi-Webhooks/1.0" {
		t.Errorf("User-Agent was %q", resp.Header.Get("X-Agent"))
	}
}

func TestDoCapsTheBody(t *testing.T) {
	for size, truncated := range map[int]bool{maxResponseBytes: false, maxResponseBytes + 1: true, 10 << 20: true} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte("x"), size)) })
		resp, err := NewOutbound(dev).Do(post(t, server.URL))
		if err != nil || len(resp.Body) != maxResponseBytes || resp.Truncated != truncated {
			t.Errorf("%d bytes: kept %d, truncated %v, %v", size, len(resp.Body), resp.Truncated, err)
		}
	}
}

func TestDoKeepsAnAnswerThatBreaksOff(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Write([]byte("only this"))
	})
	resp, err := NewOutbound(dev).Do(post(t, server.URL))
	if err != nil || resp.Status != http.StatusOK || string(resp.Body) != "only this" || !resp.Truncated {
		t.Errorf("Do = %+v, %v", resp, err)
	}
}

func TestDoFollowsNoRedirect(t *testing.T) {
	inner := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inner.URL, http.StatusTemporaryRedirect)
	})
	resp, err := NewOutbound(dev).Do(post(t, server.URL))
	if err != nil || resp.Status != http.StatusTemporaryRedirect {
		t.Errorf("Do = %+v, %v, want the 307 itself", resp, err)
	}
}

func TestDoIgnoresProxySettings(t *testing.T) {
	transport, ok := NewOutbound(dev).client.Transport.(*http.Transport)
	if !ok || transport.Proxy != nil {
		t.Error("the client would use a proxy")
	}
}

func TestDoRefusesTargets(t *testing.T) {
	server := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the request left") })
	strict := NewOutbound(OutboundConfig{})
	_, err := strict.Do(post(t, server.URL+"/?access_token=t0ken"))
	wantFailed(t, err, CodeTarget, "GUANXI_ALLOW_PRIVATE_TARGETS")

	// A name that passes by its looks is still checked when it is dialled.
	strict.guard = Guard{AllowPrivate: true}
	_, err = strict.Do(post(t, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)+"/?access_token=t0ken"))
	wantFailed(t, err, CodeTarget, "host localhost is not allowed")
	var refused *RefusedError
	if !errors.As(err, &refused) {
		t.Errorf("%v does not wrap the refusal", err)
	}
}

func TestDoTimesOut(t *testing.T) {
	release := make(chan struct{})
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { <-release })
	t.Cleanup(func() { close(release) })
	impatient := NewOutbound(OutboundConfig{Guard: dev.Guard, Timeout: 50 * time.Millisecond})
	resp, err := impatient.Do(post(t, server.URL+"/?access_token=t0ken"))
	wantFailed(t, err, CodeTimeout, "within 50ms")
	if resp.Duration < 50*time.Millisecond {
		t.Errorf("Duration = %v", resp.Duration)
	}
}

func TestDoTellsCancellationFromFailure(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // only then does the server see the client leave
		cancel()
		<-r.Context().Done()
	})
	_, err := NewOutbound(dev).Do(post(t, server.URL).WithContext(ctx))
	var failed *Failed
	if !errors.Is(err, context.Canceled) || errors.As(err, &failed) {
		t.Errorf("Do = %v, want the context's error alone", err)
	}
}

func TestDoWordsBrokenConnections(t *testing.T) {
	closing := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	unknown := httptest.NewTLSServer(nil) // its certificate is signed by nobody we know
	t.Cleanup(unknown.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + listener.Addr().String()
	listener.Close()

	for name, tc := range map[string]struct{ url, reason string }{
		"closed without an answer": {closing.URL, "closed the connection without an answer"},
		"nobody listens":           {nobody, "refused the connection"},
		"unknown authority":        {unknown.URL, "certificate of 127.0.0.1 is not valid"},
		"no TLS":                   {strings.Replace(closing.URL, "http:", "https:", 1), "does not speak TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewOutbound(dev).Do(post(t, tc.url+"/?access_token=t0ken"))
			wantFailed(t, err, CodeUnreachable, tc.reason)
		})
	}
}

func TestDoDoesNotNameOurNameServer(t *testing.T) {
	client := NewOutbound(dev)
	broken := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("10.9.8.7:53 is down")
	}}
	client.client.Transport.(*http.Transport).DialContext = (&net.Dialer{Resolver: broken}).DialContext
	_, err := client.Do(post(t, "http://guanxi.invalid/?access_token=t0ken"))
	wantFailed(t, err, CodeUnreachable, "guanxi.invalid could not be resolved")
	if strings.Contains(err.Error(), "10.9.8.7") {
		t.Errorf("%v names our name server", err)
	}
}

func TestDoSpeaksTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	t.Cleanup(server.Close)
	client := NewOutbound(dev)
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	client.client.Transport.(*http.Transport).TLSClientConfig.RootCAs = pool
	if resp, err := client.Do(post(t, server.URL)); err != nil || resp.Status != http.StatusAccepted {
		t.Errorf("Do = %+v, %v", resp, err)
	}
}

// stub builds what it is told to and judges by status.
type stub struct {
	Connector
	url      string
	err      error
	judgedAt *time.Time
}

func (s stub) Request(ctx context.Context, d Delivery) (*http.Request, error) {
	if s.err != nil {
		return nil, s.err
	}
	return http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(d.Event.Data))
}

func (s stub) Judge(r Response, now time.Time) error {
	*s.judgedAt = now
	if r.Status == http.StatusOK {
		return nil
	}
	return StatusFailed(r.Status)
}

func TestSendGivesTheConnectorsVerdict(t *testing.T) {
	status := http.StatusOK
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) })
	now := time.Unix(1700000000, 0)
	d := Delivery{Event: &Event{Data: json.RawMessage(`{}`)}, Now: now}
	var judgedAt time.Time
	c := stub{url: server.URL, judgedAt: &judgedAt}

	resp, err := NewOutbound(dev).Send(t.Context(), c, d)
	if err != nil || resp.Status != http.StatusOK || !judgedAt.Equal(now.Add(resp.Duration)) {
		t.Errorf("Send = %+v, %v, judged at %v", resp, err, judgedAt)
	}
	status = http.StatusFound
	_, err = NewOutbound(dev).Send(t.Context(), c, d)
	wantFailed(t, err, CodeStatus, "never followed")

	c.url = "http://127.0.0.1:1"
	_, err = NewOutbound(dev).Send(t.Context(), c, d)
	wantFailed(t, err, CodeUnreachable, "")
}

func TestSendRejectsWhatMakesNoRequest(t *testing.T) {
	settings := &SettingsError{}
	settings.Add("url", "is required")
	for code, cause := range map[string]error{
		CodeSettings: settings,
		CodeContent:  errors.New("no title"),
		CodeToken:    &Rejected{Code: CodeToken, Reason: "r"},
	} {
		_, err := NewOutbound(dev).Send(t.Context(), stub{err: cause}, Delivery{})
		var rejected *Rejected
		if !errors.As(err, &rejected) || rejected.Code != code {
			t.Errorf("Send with %v = %v, want Rejected %s", cause, err, code)
		}
	}
}
