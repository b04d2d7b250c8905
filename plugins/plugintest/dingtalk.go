package plugintest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// DingTalk is a group with one custom robot.
type DingTalk struct {
	*Receiver
	// Token is the robot's access token.
	Token string
	// Secret is set when the robot is in signing mode, Keyword when it is in keyword mode.
	Secret, Keyword string
}

// NewDingTalk starts a group whose robot is in signing mode, or in none when secret is empty.
func NewDingTalk(t testing.TB, secret string, opts ...Option) *DingTalk {
	t.Helper()
	d := &DingTalk{Token: "4f3c1d2e", Secret: secret}
	d.Receiver = start(t, d, opts)
	return d
}

// WebhookURL is the robot's address as the group's settings show it.
func (d *DingTalk) WebhookURL() string { return d.URL + "/robot/send?access_token=" + d.Token }

func (d *DingTalk) limits() []window {
	return []window{{count: 20, span: time.Minute, penalty: 10 * time.Minute}}
}

func (d *DingTalk) failing() answer { return d.says(-1, "系统繁忙") }

func (d *DingTalk) throttling() answer {
	return d.says(130101, "send too fast, exceed 20 times per minute")
}

func (d *DingTalk) gone() answer { return d.says(400013, "群已被解散") }

// says answers as the vendor does: with status 200, whatever went wrong.
func (d *DingTalk) says(code int, msg string) answer {
	return answer{
		status:   http.StatusOK,
		header:   map[string]string{"Content-Type": "application/json"},
		body:     fmt.Sprintf(`{"errcode":%d,"errmsg":%q}`, code, msg),
		accepted: code == 0,
	}
}

func (d *DingTalk) check(r Request) answer {
	switch {
	case r.Path != "/robot/send":
		return answer{status: http.StatusNotFound}
	case r.Method != http.MethodPost:
		return d.says(43002, "需要POST请求")
	case !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		return d.says(43004, "无效的HTTP HEADER Content-Type")
	case r.Query.Get("access_token") != d.Token:
		return d.says(300005, "token is not exist")
	}
	if d.Secret != "" {
		if wrong := d.checkSignature(r); wrong != "" {
			return d.says(310000, wrong)
		}
	}
	return d.checkMessage(r.Body)
}

// checkSignature: timestamp in milliseconds not more than an hour away; sign is HMAC-SHA256 of
// timestamp + "\n" + secret with the secret as the key.
func (d *DingTalk) checkSignature(r Request) string {
	timestamp := r.Query.Get("timestamp")
	millis, err := strconv.ParseInt(timestamp, 10, 64)
	switch {
	case err != nil, !near(time.UnixMilli(millis), r.At, time.Hour):
		return "invalid timestamp"
	case !signed(d.Secret, timestamp+"\n"+d.Secret, r.Query.Get("sign")):
		return "sign not match"
	}
	return ""
}

func (d *DingTalk) checkMessage(body []byte) answer {
	var m struct {
		MsgType  string
		Text     struct{ Content string }
		Markdown struct{ Title, Text string }
	}
	switch err := json.Unmarshal(body, &m); {
	case len(body) > 20_000:
		return d.says(460101, "message too long, exceed 20000 bytes")
	case err != nil, !utf8.Valid(body):
		return d.says(40035, "缺少参数 json")
	case m.MsgType == "text" && m.Text.Content == "":
		return d.says(40035, "缺少参数 text.content")
	case m.MsgType == "markdown" && (m.Markdown.Title == "" || m.Markdown.Text == ""):
		return d.says(40035, "缺少参数 markdown")
	case m.MsgType != "text" && m.MsgType != "markdown":
		return d.says(400105, "不支持的消息类型")
	case !strings.Contains(m.Text.Content+m.Markdown.Title+m.Markdown.Text, d.Keyword):
		return d.says(310000, "keywords not in content")
	}
	return d.says(0, "ok")
}
