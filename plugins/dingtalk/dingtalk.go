// Package dingtalk carries messages to DingTalk groups through their custom robots (自定义机器人):
// https://open.dingtalk.com/document/development/custom-robots-send-group-messages
//
// Unlike Feishu, DingTalk signs with the secret as the key, counts milliseconds, and takes the signature in the
// query, percent-encoded. Errors come with HTTP status 200 and are told apart by errcode.
package dingtalk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
)

// Kind names this connector.
const Kind = "dingtalk"

const (
	vendorURL = "https://oapi.dingtalk.com"
	sendPath  = "/robot/send"
)

// Options are the installation's, never a company's.
type Options struct {
	// BaseURL replaces https://oapi.dingtalk.com, for tests and development.
	BaseURL string
}

// Connector is the DingTalk robot channel.
type Connector struct{ base string }

// New returns the channel.
func New(opts Options) *Connector {
	if opts.BaseURL == "" {
		opts.BaseURL = vendorURL
	}
	return &Connector{base: strings.TrimSuffix(opts.BaseURL, "/")}
}

// Describe implements [plugins.Connector].
func (c *Connector) Describe() plugins.Description {
	return plugins.Description{
		Kind:    Kind,
		Carries: plugins.Messages,
		Settings: []plugins.Setting{
			{Name: "webhook_url", Secret: true}, // it holds the access token
			{Name: "access_token", Secret: true},
			{Name: "secret", Secret: true},
			{Name: "keyword"},
			{Name: "at"},
		},
		Rates: []plugins.Rate{{Count: 20, Per: time.Minute}},
	}
}

// Validate implements [plugins.Connector].
func (c *Connector) Validate(settings json.RawMessage) error {
	_, err := c.decode(settings)
	return err
}

// Request implements [plugins.Connector]. The address is always the vendor's: of a company's URL only the
// access token is used.
func (c *Connector) Request(ctx context.Context, d plugins.Delivery) (*http.Request, error) {
	s, err := c.decode(d.Settings)
	if err != nil {
		return nil, &plugins.Rejected{Code: plugins.CodeSettings, Reason: err.Error()}
	}
	if d.Message == nil {
		return nil, &plugins.Rejected{Code: plugins.CodeContent, Reason: "a DingTalk robot carries a message, not an event"}
	}
	body, err := Body(*d.Message, s)
	if err != nil {
		return nil, &plugins.Rejected{Code: plugins.CodeContent, Reason: err.Error()}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+sendPath+"?"+query(s, d.Now), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the robot's address makes no request") // the cause would repeat the token
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	return req, nil
}

// query returns access_token and, for a robot in signing mode (加签), timestamp and sign.
func query(s Settings, now time.Time) string {
	q := "access_token=" + url.QueryEscape(s.AccessToken)
	if s.Secret == "" {
		return q
	}
	millis := now.UnixMilli()
	return q + "&timestamp=" + strconv.FormatInt(millis, 10) + "&sign=" + url.QueryEscape(Sign(s.Secret, millis))
}

// Sign returns the robot's signature for a Unix time in milliseconds, not yet percent-encoded. DingTalk takes
// it for an hour.
func Sign(secret string, millis int64) string {
	return plugins.HMACSHA256([]byte(secret), []byte(strconv.FormatInt(millis, 10)+"\n"+secret))
}
