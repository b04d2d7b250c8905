package plugintest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/plugins/plugintest"
)

var now = time.UnixMilli(1700000000015)

func clock() time.Time { return now }

func post(t *testing.T, url string, header map[string]string, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
	}
}

// last returns what the receiver said to the latest request.
func last(r *plugintest.Receiver) string {
	all := r.Requests()
	q := all[len(all)-1]
	return fmt.Sprint(q.Status, " ", q.Answer)
}

// The signatures below are the vectors of the vendors' documents, so that the receivers' checks stand on their
// own feet.

func TestDingTalkChecksWhatComes(t *testing.T) {
	const (
		secret = "SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd"
		sign   = "&timestamp=1700000000015&sign=WkhwWv%2Fd9lDN%2BiQSL1g%2Bx4dWEUFe%2F9%2BW28zhERrfbFU%3D"
		text   = `{"msgtype":"text","text":{"content":"hi"}}`
	)
	robot := plugintest.NewDingTalk(t, secret, plugintest.WithClock(clock))
	for name, tc := range map[string]struct{ url, contentType, body, want string }{
		"good":         {robot.WebhookURL() + sign, "application/json", text, `200 {"errcode":0,"errmsg":"ok"}`},
		"other path":   {robot.URL + "/x", "application/json", text, "404 "},
		"token":        {robot.URL + "/robot/send?access_token=x" + sign, "application/json", text, `200 {"errcode":300005,"errmsg":"token is not exist"}`},
		"unsigned":     {robot.WebhookURL(), "application/json", text, `200 {"errcode":310000,"errmsg":"invalid timestamp"}`},
		"twice quoted": {robot.WebhookURL() + strings.ReplaceAll(sign, "%", "%25"), "application/json", text, `200 {"errcode":310000,"errmsg":"sign not match"}`},
		"content type": {robot.WebhookURL() + sign, "text/plain", text, `200 {"errcode":43004,"errmsg":"无效的HTTP HEADER Content-Type"}`},
		"no JSON":      {robot.WebhookURL() + sign, "application/json", "{", `200 {"errcode":40035,"errmsg":"缺少参数 json"}`},
		"empty text":   {robot.WebhookURL() + sign, "application/json", `{"msgtype":"text"}`, `200 {"errcode":40035,"errmsg":"缺少参数 text.content"}`},
		"no title":     {robot.WebhookURL() + sign, "application/json", `{"msgtype":"markdown","markdown":{"text":"x"}}`, `200 {"errcode":40035,"errmsg":"缺少参数 markdown"}`},
		"type":         {robot.WebhookURL() + sign, "application/json", `{"msgtype":"video"}`, `200 {"errcode":400105,"errmsg":"不支持的消息类型"}`},
		"too long": {robot.WebhookURL() + sign, "application/json", text + strings.Repeat(" ", 20_000),
			`200 {"errcode":460101,"errmsg":"message too long, exceed 20000 bytes"}`},
	} {
		t.Run(name, func(t *testing.T) {
			post(t, tc.url, map[string]string{"Content-Type": tc.contentType}, tc.body)
			if got := last(robot.Receiver); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestFeishuChecksWhatComes(t *testing.T) {
	const (
		signed = `{"timestamp":"1700000000","sign":"VEbKqzAVtPiMiIeUdTrKr97TYQtZaIi/3aYHRjhkpVc=",`
		match  = `200 {"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time","data":{}}`
		shape  = `200 {"code":19002,"msg":"param invalid: msg_type","data":{}}`
		large  = `200 {"code":9499,"msg":"Bad Request","data":{}}`
	)
	bot := plugintest.NewFeishu(t, "FeishuBotSecret123456", plugintest.WithClock(clock))
	for body, want := range map[string]string{
		signed + `"msg_type":"text","content":{"text":"hi"}}`:  `200 {"code":0,"msg":"success","data":{},"Extra":null,"StatusCode":0,"StatusMessage":"success"}`,
		`{"msg_type":"text","content":{"text":"hi"}}`:          match,
		strings.Replace(signed, "VE", "VF", 1) + `"x":1}`:      match,
		signed + `"msg_type":"text"}`:                          shape,
		signed + `"msg_type":"interactive"}`:                   shape,
		signed + `"msg_type":"video"}`:                         shape,
		`{`:                                                    large,
		signed + strings.Repeat(" ", 20_000) + `"msg_type":1}`: large,
	} {
		post(t, bot.WebhookURL(), nil, body)
		if got := last(bot.Receiver); got != want {
			t.Errorf("%.80s: got %s, want %s", body, got, want)
		}
	}
	post(t, bot.URL+"/open-apis/bot/v2/hook/other", nil, signed+`"msg_type":"text"}`)
	if got := last(bot.Receiver); !strings.Contains(got, "19001") {
		t.Errorf("unknown token: got %s", got)
	}
}

func TestWebhookChecksTheSignature(t *testing.T) {
	const (
		body = `{"type":"contact.created","timestamp":"2023-11-14T22:13:20Z","data":{"id":"c_1","name":"张三"}}`
		good = "v1,A8otpahCR4nWYaCJH0PQ6PWByNQY8yVLHH1PNbo2LP0="
	)
	receiver := plugintest.NewWebhook(t, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", plugintest.WithClock(clock))
	for name, tc := range map[string]struct{ id, timestamp, signature, want string }{
		"good":           {"msg_0001", "1700000000", good, "204 "},
		"one of several": {"msg_0001", "1700000000", "v1a,AAAA v1,AAAA " + good, "204 "},
		"other id":       {"msg_0002", "1700000000", good, "401 bad signature"},
		"no version":     {"msg_0001", "1700000000", strings.TrimPrefix(good, "v1,"), "401 bad signature"},
		"too old":        {"msg_0001", "1699999699", good, "400 bad headers"},
		"no time":        {"msg_0001", "", good, "400 bad headers"},
	} {
		post(t, receiver.URL, map[string]string{"webhook-id": tc.id, "webhook-timestamp": tc.timestamp, "webhook-signature": tc.signature}, body)
		if got := last(receiver.Receiver); got != tc.want {
			t.Errorf("%s: got %s, want %s", name, got, tc.want)
		}
	}
	if got := len(receiver.Accepted()); got != 2 {
		t.Errorf("took %d, want 2", got)
	}
}

func TestASlowReceiverAnswersWhenItIsUpAgain(t *testing.T) {
	robot := plugintest.NewDingTalk(t, "", plugintest.WithClock(clock))
	robot.Set(plugintest.Slow)
	done := make(chan struct{})
	go func() {
		defer close(done)
		post(t, robot.WebhookURL(), nil, `{"msgtype":"text","text":{"content":"hi"}}`)
	}()
	robot.Set(plugintest.Up)
	if got := robot.WaitAccepted(t, 1); len(got) != 1 || got[0].Method != http.MethodPost {
		t.Errorf("took %+v", got)
	}
	<-done
}

func TestWebhookLimits(t *testing.T) {
	receiver := plugintest.NewWebhook(t, "", plugintest.WithClock(clock), plugintest.WithLimits())
	for range 11 {
		post(t, receiver.URL, nil, "{}")
	}
	if got := last(receiver.Receiver); got != "429 slow down" {
		t.Errorf("request 11 of a second: %s", got)
	}
}

func TestModes(t *testing.T) {
	robot, bot, own := plugintest.NewDingTalk(t, ""), plugintest.NewFeishu(t, ""), plugintest.NewWebhook(t, "")
	for _, tc := range []struct {
		receiver *plugintest.Receiver
		mode     plugintest.Mode
		want     string
	}{
		{robot.Receiver, plugintest.Down, "0 "},
		{robot.Receiver, plugintest.Failing, `200 {"errcode":-1`},
		{robot.Receiver, plugintest.Throttling, `200 {"errcode":130101`},
		{robot.Receiver, plugintest.Gone, `200 {"errcode":400013`},
		{bot.Receiver, plugintest.Down, "0 "},
		{bot.Receiver, plugintest.Failing, `500 {"code":1000`},
		{bot.Receiver, plugintest.Throttling, `200 {"code":11232`},
		{bot.Receiver, plugintest.Gone, `200 {"code":19001`},
		{own.Receiver, plugintest.Down, "0 "},
		{own.Receiver, plugintest.Failing, "500 broken"},
		{own.Receiver, plugintest.Throttling, "429 slow down"},
		{own.Receiver, plugintest.Gone, "410 moved out"},
	} {
		tc.receiver.Set(tc.mode)
		post(t, tc.receiver.URL, nil, "{}")
		if got := last(tc.receiver); !strings.HasPrefix(got, tc.want) {
			t.Errorf("mode %d: got %s, want %s", tc.mode, got, tc.want)
		}
		if len(tc.receiver.Accepted()) != 0 {
			t.Errorf("mode %d: the request was taken", tc.mode)
		}
	}
}
