// Package feishu carries messages to Feishu and Lark groups through their custom bots (自定义机器人):
// https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
//
// Unlike DingTalk, Feishu signs an empty message with the time and the secret together as the key, counts
// seconds, and takes the signature as fields of the body, not percent-encoded. Errors mostly come with HTTP
// status 200 and are told apart by code.
package feishu

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
const Kind = "feishu"

// Options are the installation's, never a company's.
type Options struct {
	// BaseURL replaces https://open.feishu.cn and https://open.larksuite.com, for tests and development.
	BaseURL string
}

// Connector is the Feishu bot channel.
type Connector struct{ base string }

// New returns the channel.
func New(opts Options) *Connector {
	return &Connector{base: strings.TrimSuffix(opts.BaseURL, "/")}
}

// Describe implements [plugins.Connector].
func (c *Connector) Describe() plugins.Description {
	return plugins.Description{
		Kind:    Kind,
		Carries: plugins.Messages,
		Settings: []plugins.Setting{
			{Name: "webhook_url", Required: true, Secret: true}, // it holds the bot's token
			{Name: "secret", Secret: true},
			{Name: "keyword"},
			{Name: "at"},
		},
		Rates: []plugins.Rate{{Count: 5, Per: time.Second}, {Count: 100, Per: time.Minute}},
	}
}

// Validate implements [plugins.Connector].
func (c *Connector) Validate(settings json.RawMessage) error {
	_, _, err := c.decode(settings)
	return err
}

// Request implements [plugins.Connector].
func (c *Connector) Request(ctx context.Context, d plugins.Delivery) (*http.Request, error) {
	s, address, err := c.decode(d.Settings)
	if err != nil {
		return nil, &plugins.Rejected{Code: plugins.CodeSettings, Reason: err.Error()}
	}
	if d.Message == nil {
		return nil, &plugins.Rejected{Code: plugins.CodeContent, Reason: "a Feishu bot carries a message, not an event"}
	}
	body, err := Body(*d.Message, s, d.Now)
	if err != nil {
		return nil, &plugins.Rejected{Code: plugins.CodeContent, Reason: err.Error()}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the bot's address makes no request") // the cause would repeat the token
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	return req, nil
}

// Sign returns the bot's signature for a Unix time in seconds. Feishu takes it for an hour.
func Sign(secret string, seconds int64) string {
	return plugins.HMACSHA256([]byte(strconv.FormatInt(seconds, 10)+"\n"+secret), nil)
}
