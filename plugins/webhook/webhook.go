// Package webhook carries events to a company's own receivers by Standard Webhooks 1.0.0:
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
//
// A receiver verifies the signature with any of that project's libraries, answers 2xx within 15 seconds and
// drops repeats by the webhook-id header, which stays the same over all attempts. Which events an endpoint
// takes, and how its secret is kept, is package plugins' business.
package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
)

// Kind names this connector.
const Kind = "webhook"

// defaultThrottle is how long a receiver that says 429 and no more is left alone.
const defaultThrottle = time.Minute

// Settings of an endpoint.
type Settings struct {
	URL string `json:"url"`
	plugins.SigningSecrets
}

// Connector is the Standard Webhooks channel.
type Connector struct{ guard plugins.Guard }

// New returns the channel. guard is the rule by which an endpoint's URL is checked when it is created; the
// client that sends should have the same.
func New(guard plugins.Guard) *Connector { return &Connector{guard: guard} }

// Describe implements [plugins.Connector].
func (c *Connector) Describe() plugins.Description {
	return plugins.Description{
		Kind:    Kind,
		Carries: plugins.Events,
		Settings: []plugins.Setting{
			{Name: "url", Required: true},
			{Name: "secret", Required: true, Secret: true},
			{Name: "previous_secrets", Secret: true},
		},
	}
}

// Validate implements [plugins.Connector].
func (c *Connector) Validate(settings json.RawMessage) error {
	_, err := c.decode(settings)
	return err
}

func (c *Connector) decode(raw json.RawMessage) (Settings, error) {
	var s Settings
	if err := plugins.DecodeSettings(raw, &s); err != nil {
		return s, err
	}
	wrong := &plugins.SettingsError{}
	if err := c.guard.CheckURL(s.URL); err != nil {
		wrong.Add("url", "%v", err)
	}
	if err := s.SigningSecrets.Validate(); err != nil {
		wrong.Add("secret", "%v", err)
	}
	return s, wrong.Err()
}

// Request implements [plugins.Connector]: the event as JSON, signed by the current secret and by those that a
// rotation has retired but not ended.
func (c *Connector) Request(ctx context.Context, d plugins.Delivery) (*http.Request, error) {
	s, err := c.decode(d.Settings)
	if err != nil {
		return nil, &plugins.Rejected{Code: plugins.CodeSettings, Reason: err.Error()}
	}
	if d.Event == nil {
		return nil, &plugins.Rejected{Code: plugins.CodeContent, Reason: "a webhook carries an event, not a message"}
	}
	body, err := Body(*d.Event)
	if err != nil {
		return nil, &plugins.Rejected{Code: plugins.CodeContent, Reason: err.Error()}
	}
	signature, err := s.Sign(d.Event.ID, d.Now, body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the endpoint's URL makes no request") // the cause would repeat the URL
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Webhook-Id", d.Event.ID)
	req.Header.Set("Webhook-Timestamp", strconv.FormatInt(d.Now.Unix(), 10))
	req.Header.Set("Webhook-Signature", signature)
	return req, nil
}

// Judge implements [plugins.Connector]. A refusing receiver may answer with the header "webhook-delivery:
// disable" to get nothing more, or "webhook-delivery: abort-message" to have only this event not repeated.
func (c *Connector) Judge(r plugins.Response, now time.Time) error {
	if r.Status >= 200 && r.Status < 300 {
		return nil
	}
	switch strings.ToLower(strings.TrimSpace(r.Header.Get("Webhook-Delivery"))) {
	case "disable":
		return &plugins.Rejected{Code: plugins.CodeGone, Reason: "the receiver asked for no more deliveries", Disable: true}
	case "abort-message":
		return &plugins.Rejected{Code: plugins.CodeAborted, Reason: "the receiver asked not to repeat this event"}
	}
	switch r.Status {
	case http.StatusGone:
		return &plugins.Rejected{Code: plugins.CodeGone, Reason: "the receiver answered 410 Gone", Disable: true}
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		after, asked := plugins.RetryAfter(r.Header, now)
		if !asked && r.Status == http.StatusTooManyRequests {
			after, asked = defaultThrottle, true
		}
		if asked {
			return &plugins.Throttled{After: after, Reason: "the receiver answered with status " + strconv.Itoa(r.Status)}
		}
	}
	return plugins.StatusFailed(r.Status)
}
