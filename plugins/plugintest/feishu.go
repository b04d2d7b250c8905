package plugintest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Feishu is a group with one custom bot.
type Feishu struct {
	*Receiver
	// Token is the last part of the bot's address.
	Token string
	// Secret is set when the bot verifies signatures, Keyword when it has custom keywords.
	Secret, Keyword string
}

// NewFeishu starts a group whose bot verifies signatures, or does not when secret is empty.
func NewFeishu(t testing.TB, secret string, opts ...Option) *Feishu {
	t.Helper()
	f := &Feishu{Token: "b1e4a6d2-0000-4000-8000-3f5c7a9e1b2d", Secret: secret}
	f.Receiver = start(t, f, opts)
	return f
}

// WebhookURL is the bot's address as the group's settings show it.
func (f *Feishu) WebhookURL() string { return f.URL + "/open-apis/bot/v2/hook/" + f.Token }

func (f *Feishu) limits() []window {
	return []window{{count: 5, span: time.Second}, {count: 100, span: time.Minute}}
}

func (f *Feishu) failing() answer {
	return answer{status: http.StatusInternalServerError, body: `{"code":1000,"msg":"internal error"}`}
}

func (f *Feishu) throttling() answer {
	return f.says(11232, "frequency limited psm[lark.oapi.app_platform_runtime]")
}

func (f *Feishu) gone() answer {
	return f.says(19001, "param invalid: incoming webhook access token invalid")
}

// says answers as the vendor does: with status 200, whatever went wrong, and the older fields beside the newer.
func (f *Feishu) says(code int, msg string) answer {
	a := answer{status: http.StatusOK, header: map[string]string{"Content-Type": "application/json; charset=utf-8"}}
	if code == 0 {
		a.accepted = true
		a.body = `{"code":0,"msg":"success","data":{},"Extra":null,"StatusCode":0,"StatusMessage":"success"}`
		return a
	}
	a.body = fmt.Sprintf(`{"code":%d,"msg":%q,"data":{}}`, code, msg)
	return a
}

// feishuMessage is what the bot reads of a body.
type feishuMessage struct {
	Timestamp string `json:"timestamp"`
	Sign      string `json:"sign"`
	MsgType   string `json:"msg_type"`
	Content   struct {
		Text string `json:"text"`
	} `json:"content"`
	Card struct {
		Header   json.RawMessage   `json:"header"`
		Elements []json.RawMessage `json:"elements"`
	} `json:"card"`
}

func (f *Feishu) check(r Request) answer {
	var m feishuMessage
	switch err := json.Unmarshal(r.Body, &m); {
	case r.Path != "/open-apis/bot/v2/hook/"+f.Token:
		return f.says(19001, "param invalid: incoming webhook access token invalid")
	case r.Method != http.MethodPost:
		return answer{status: http.StatusNotFound}
	case err != nil, len(r.Body) > 20_000, !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		return f.says(9499, "Bad Request")
	case f.Secret != "" && !f.signatureFits(m, r.At):
		return f.says(19021, "sign match fail or timestamp is not within one hour from current time")
	case m.MsgType == "text" && m.Content.Text == "", m.MsgType == "interactive" && m.Card.Elements == nil,
		m.MsgType != "text" && m.MsgType != "interactive":
		return f.says(19002, "param invalid: msg_type")
	case !strings.Contains(string(r.Body), f.Keyword):
		return f.says(19024, "Key Words Not Found")
	}
	return f.says(0, "success")
}

// signatureFits: timestamp in seconds not more than an hour away; sign is HMAC-SHA256 of nothing with
// timestamp + "\n" + secret as the key.
func (f *Feishu) signatureFits(m feishuMessage, now time.Time) bool {
	seconds, err := strconv.ParseInt(m.Timestamp, 10, 64)
	return err == nil && near(time.Unix(seconds, 0), now, time.Hour) && signed(m.Timestamp+"\n"+f.Secret, "", m.Sign)
}
