package plugins

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// Bounds of one attempt.
const (
	defaultTimeout   = 15 * time.Second
	connectTimeout   = 5 * time.Second
	maxResponseBytes = 20_000 // what the delivery log keeps
	maxHeaderBytes   = 64 << 10
	userAgent        = "Guanxi-Webhooks/1.0"
)

// OutboundConfig says how requests leave.
type OutboundConfig struct {
	Guard
	// Timeout bounds a whole attempt, from resolving the name to the last byte of the answer; 0 is 15 s.
	Timeout time.Duration
}

// Outbound is the only way for a request on a company's behalf to leave. It dials what its [Guard] allows,
// ignores proxy settings, follows no redirect and reads no more than 20,000 bytes of an answer. It is safe
// for use by several goroutines and should be shared, because it keeps connections.
type Outbound struct {
	guard  Guard
	client *http.Client
}

// NewOutbound returns a guarded client.
func NewOutbound(cfg OutboundConfig) *Outbound {
	dialer := &net.Dialer{Timeout: connectTimeout, Control: cfg.Guard.control}
	timeout := cfg.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	return &Outbound{
		guard: cfg.Guard,
		client: &http.Client{
			Timeout:       timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{
				Proxy:                  nil, // a proxy would resolve names behind the guard's back
				DialContext:            dialer.DialContext,
				ForceAttemptHTTP2:      true,
				TLSHandshakeTimeout:    connectTimeout,
				MaxResponseHeaderBytes: maxHeaderBytes,
				MaxIdleConns:           256,
				MaxIdleConnsPerHost:    64, // one endpoint may have this many deliveries under way and more
				IdleConnTimeout:        30 * time.Second,
				// The log keeps what was sent; unpacking would let a small answer grow large.
				DisableCompression: true,
				TLSClientConfig:    &tls.Config{MinVersion: tls.VersionTLS12},
			},
		},
	}
}

// Response is what came back, as the delivery log keeps it. The zero Status means that no answer came.
type Response struct {
	Status int
	Header http.Header
	// Body holds the first 20,000 bytes; Truncated says that there was more or that reading broke off.
	Body      []byte
	Truncated bool
	Duration  time.Duration
}

// Send makes one attempt: it has c build the request, sends it and has c judge the answer. A nil error means
// delivered; otherwise the error is a *[Throttled], *[Rejected] or *[Failed], or wraps ctx's error when the
// caller gave up, which says nothing about the receiver. No error text holds the URL, which may hold a token.
func (o *Outbound) Send(ctx context.Context, c Connector, d Delivery) (Response, error) {
	req, err := c.Request(ctx, d)
	if err != nil {
		return Response{}, unsendable(err)
	}
	resp, err := o.Do(req)
	if err != nil {
		return resp, err
	}
	return resp, c.Judge(resp, d.Now.Add(resp.Duration))
}

// Do sends one request and reads the answer, whatever its status. Its error is a *[Failed] or wraps the error
// of the request's context.
func (o *Outbound) Do(req *http.Request) (Response, error) {
	if err := o.guard.checkURL(req.URL); err != nil {
		return Response{}, &Failed{Code: CodeTarget, Reason: err.Error(), Err: err}
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", userAgent)
	}
	start := time.Now()
	answer, err := o.client.Do(req)
	if err != nil {
		return Response{Duration: time.Since(start)}, o.unsent(req, err)
	}
	defer answer.Body.Close()
	body, readErr := io.ReadAll(io.LimitReader(answer.Body, maxResponseBytes+1))
	resp := Response{
		Status:    answer.StatusCode,
		Header:    answer.Header,
		Body:      body[:min(len(body), maxResponseBytes)],
		Truncated: readErr != nil || len(body) > maxResponseBytes,
		Duration:  time.Since(start),
	}
	if err := req.Context().Err(); err != nil {
		return resp, fmt.Errorf("attempt abandoned: %w", err)
	}
	return resp, nil
}

// unsent turns the client's error into a verdict in words that are fit for a company: the original names the
// URL with its tokens, our name server and sometimes inner addresses.
func (o *Outbound) unsent(req *http.Request, err error) error {
	if gaveUp := req.Context().Err(); gaveUp != nil {
		return fmt.Errorf("attempt abandoned: %w", gaveUp)
	}
	var inURL *url.Error
	timeout := false
	if errors.As(err, &inURL) {
		timeout, err = inURL.Timeout(), inURL.Err
	}
	var (
		refused *RefusedError
		dns     *net.DNSError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
	)
	host := req.URL.Hostname()
	failed := &Failed{Code: CodeUnreachable, Reason: "the connection to " + host + " failed", Err: err}
	switch {
	case errors.As(err, &refused):
		failed.Code, failed.Reason = CodeTarget, "host "+host+" is not allowed: "+refused.Error()
	case errors.As(err, &dns):
		failed.Reason = "the name " + host + " could not be resolved"
	case timeout:
		failed.Code, failed.Reason = CodeTimeout, fmt.Sprintf("no complete answer from %s within %s", host, o.client.Timeout)
	case errors.As(err, &cert):
		failed.Reason = "the certificate of " + host + " is not valid: " + cert.Err.Error()
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		failed.Reason = host + " does not speak TLS on this port"
	case errors.Is(err, syscall.ECONNREFUSED):
		failed.Reason = host + " refused the connection"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		failed.Reason = host + " closed the connection without an answer"
	}
	return failed
}

// unsendable makes sure that a connector that could not build a request gives a verdict.
func unsendable(err error) error {
	var rejected *Rejected
	if errors.As(err, &rejected) {
		return err
	}
	var settings *SettingsError
	if errors.As(err, &settings) {
		return &Rejected{Code: CodeSettings, Reason: settings.Error()}
	}
	return &Rejected{Code: CodeContent, Reason: err.Error()}
}
