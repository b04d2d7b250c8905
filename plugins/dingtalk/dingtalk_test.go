package dingtalk_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/dingtalk"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
)

const secret = "SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd"

var now = time.UnixMilli(1700000000015)

func TestSignGivesTheVectorsBytes(t *testing.T) {
	for _, v := range []struct {
		secret string
		millis int64
		want   string
	}{
		{secret, 1700000000015, "WkhwWv/d9lDN+iQSL1g+x4dWEUFe/9+W28zhERrfbFU="},
		{"SECtest0001", 1613630252678, "1vcd/p0os40F6LJhjQvOyZx4zJ7aA52HOWDlErrI83o="},
	} {
		if got := dingtalk.Sign(v.secret, v.millis); got != v.want {
			t.Errorf("Sign(%s, %d) = %s, want %s", v.secret, v.millis, got, v.want)
		}
	}
}

func TestRequestURL(t *testing.T) {
	const signed = "&timestamp=1700000000015&sign=WkhwWv%2Fd9lDN%2BiQSL1g%2Bx4dWEUFe%2F9%2BW28zhERrfbFU%3D"
	for name, tc := range map[string]struct{ settings, want string }{
		"address and secret": {
			`{"webhook_url":"https://oapi.dingtalk.com/robot/send?access_token=abc123","secret":"` + secret + `"}`,
			"https://oapi.dingtalk.com/robot/send?access_token=abc123" + signed,
		},
		"token and secret": {
			`{"access_token":"abc123","secret":"` + secret + `"}`,
			"https://oapi.dingtalk.com/robot/send?access_token=abc123" + signed,
		},
		"no secret": {`{"access_token":"abc123"}`, "https://oapi.dingtalk.com/robot/send?access_token=abc123"},
	} {
		req, err := dingtalk.New(dingtalk.Options{}).Request(t.Context(), plugins.Delivery{
			Message: &plugins.Message{Title: "t"}, Settings: json.RawMessage(tc.settings), Now: now,
		})
		if err != nil || req.URL.String() != tc.want || req.Method != "POST" || req.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: %v, %v, want %s", name, req, err, tc.want)
		}
	}
}

func TestValidateNamesTheField(t *testing.T) {
	const wantURL = "webhook_url: must be the address that DingTalk shows for the robot: https://oapi.dingtalk.com/robot/send?access_token=…"
	for in, want := range map[string]string{
		`{"access_token":"abc","secret":"x","keyword":"CRM","at":{"mobiles":["13800138000"],"user_ids":["u.1"],"all":true}}`: "",
		`{}`: "webhook_url: is required; copy it from the robot's page in the group's settings",
		`{"webhook_url":"http://oapi.dingtalk.com/robot/send?access_token=abc"}`:                      wantURL,
		`{"webhook_url":"https://oapi.dingtalk.com.evil.example/robot/send?access_token=abc"}`:        wantURL,
		`{"webhook_url":"https://oapi.dingtalk.com@evil.example/robot/send?access_token=abc"}`:        wantURL,
		`{"webhook_url":"https://u:p@oapi.dingtalk.com/robot/send?access_token=abc"}`:                 wantURL,
		`{"webhook_url":"https://oapi.dingtalk.com:444/robot/send?access_token=abc"}`:                 wantURL,
		`{"webhook_url":"https://oapi.dingtalk.com/topapi/user?access_token=abc"}`:                    wantURL,
		`{"webhook_url":"https://oapi.dingtalk.com/robot/send"}`:                                      wantURL,
		`{"webhook_url":"https://oapi.dingtalk.com/robot/send?access_token=a%26b"}`:                   wantURL,
		`{"webhook_url":"http://127.0.0.1/robot/send?access_token=abc"}`:                              wantURL,
		`{"webhook_url":"https://oapi.dingtalk.com/robot/send?access_token=abc","access_token":"xy"}`: "access_token: differs from the one in webhook_url; give only one of the two",
		`{"access_token":"a b"}`:                                            "access_token: must be only letters, digits, _ and -; copy what follows access_token= in the robot's address",
		`{"access_token":"abc","secret":"a b"}`:                             "secret: must be the signing secret (加签) of the robot, without spaces",
		`{"access_token":"abc","keyword":"a\nb"}`:                           "keyword: must be one line of at most 64 characters without spaces around it",
		`{"access_token":"abc","at":{"mobiles":["@all"]}}`:                  "at.mobiles: must hold mobile numbers like 13800138000",
		`{"access_token":"abc","at":{"user_ids":["a b"]}}`:                  "at.user_ids: must hold DingTalk user ids, which are letters, digits, dots, _ and -",
		`{"access_token":"abc","at":{"user_ids":"u1"}}`:                     "at.user_ids: must be an array, not string",
		`{"access_token":"abc","token":"s3cret"}`:                           "token: is not a setting of this connector; remove it",
		fmt.Sprintf(`{"access_token":"abc","at":{"mobiles":%s}}`, many(51)): "at: must name at most 50 people; use all to mention everybody",
	} {
		err := dingtalk.New(dingtalk.Options{}).Validate(json.RawMessage(in))
		var wrong *plugins.SettingsError
		if (err == nil) != (want == "") || err != nil && (err.Error() != "settings: "+want || !errors.As(err, &wrong)) {
			t.Errorf("Validate(%s) = %v, want %q", in, err, want)
		}
	}
}

func many(n int) []byte {
	mobiles := make([]string, n)
	for i := range mobiles {
		mobiles[i] = "13800138000"
	}
	out, _ := json.Marshal(mobiles)
	return out
}

func TestRequestRejectsWhatCannotBeSent(t *testing.T) {
	for code, d := range map[string]plugins.Delivery{
		plugins.CodeSettings: {Message: &plugins.Message{Title: "t"}, Settings: json.RawMessage(`{}`)},
		plugins.CodeContent:  {Event: &plugins.Event{ID: "evt_1"}, Settings: json.RawMessage(`{"access_token":"abc"}`)},
	} {
		_, err := dingtalk.New(dingtalk.Options{}).Request(t.Context(), d)
		var rejected *plugins.Rejected
		if !errors.As(err, &rejected) || rejected.Code != code {
			t.Errorf("Request = %v, want Rejected %s", err, code)
		}
	}
}

func TestTheOverrideTakesTheVendorsAddressesToo(t *testing.T) {
	c := dingtalk.New(dingtalk.Options{BaseURL: "http://127.0.0.1:9/"})
	for _, address := range []string{"https://oapi.dingtalk.com/robot/send?access_token=abc", "http://127.0.0.1:9/robot/send?access_token=abc"} {
		req, err := c.Request(t.Context(), plugins.Delivery{
			Message:  &plugins.Message{Title: "t"},
			Settings: json.RawMessage(`{"webhook_url":"` + address + `"}`), Now: now,
		})
		if err != nil || req.URL.String() != "http://127.0.0.1:9/robot/send?access_token=abc" {
			t.Errorf("%s: %v, %v", address, req, err)
		}
	}
}

func TestSendToARobotInEveryMood(t *testing.T) {
	clock := func() time.Time { return now }
	send := func(robot *plugintest.DingTalk, settings dingtalk.Settings, at time.Time) error {
		if settings.AccessToken == "" {
			settings.WebhookURL = robot.WebhookURL()
		}
		raw, err := json.Marshal(settings)
		if err != nil {
			t.Fatal(err)
		}
		client := plugins.NewOutbound(plugins.OutboundConfig{Guard: plugins.Guard{AllowPrivate: true}, Timeout: 100 * time.Millisecond})
		_, err = client.Send(t.Context(), dingtalk.New(dingtalk.Options{BaseURL: robot.URL}), plugins.Delivery{
			Message: &plugins.Message{Title: "跟进提醒", Lines: []plugins.Line{{Label: "客户", Text: "上海某某科技"}}, Locale: "zh-CN"}, Settings: raw, Now: at,
		})
		return err
	}
	good := dingtalk.Settings{Secret: secret}
	for _, tc := range []struct {
		name     string
		change   func(*plugintest.DingTalk)
		settings dingtalk.Settings
		at       time.Time
		want     string
	}{
		{"up", nil, good, now, ""},
		{"within the hour", nil, good, now.Add(-59 * time.Minute), ""},
		{"unsigned robot", func(r *plugintest.DingTalk) { r.Secret = "" }, dingtalk.Settings{}, now, ""},
		{"keyword added", func(r *plugintest.DingTalk) { r.Keyword = "CRM" }, dingtalk.Settings{Secret: secret, Keyword: "CRM"}, now, ""},
		{"keyword missing", func(r *plugintest.DingTalk) { r.Keyword = "CRM" }, good, now,
			"rejected: DingTalk answered 310000 keywords not in content: set keyword to one of the robot's keywords"},
		{"wrong secret", nil, dingtalk.Settings{Secret: "SECother"}, now,
			"rejected: DingTalk answered 310000 sign not match: copy the robot's signing secret (加签) again"},
		{"clock is wrong", nil, good, now.Add(-61 * time.Minute),
			"rejected: DingTalk answered 310000 invalid timestamp: the clock of this server is more than an hour wrong"},
		{"robot unknown", nil, dingtalk.Settings{AccessToken: "other", Secret: secret}, now,
			"rejected: DingTalk answered 300005 token is not exist: copy the robot's address again"},
		{"failing", func(r *plugintest.DingTalk) { r.Set(plugintest.Failing) }, good, now, "failed: DingTalk answered -1 系统繁忙"},
		{"throttling", func(r *plugintest.DingTalk) { r.Set(plugintest.Throttling) }, good, now,
			"throttled for 10m0s: DingTalk answered 130101 send too fast, exceed 20 times per minute"},
		{"gone", func(r *plugintest.DingTalk) { r.Set(plugintest.Gone) }, good, now,
			"rejected: DingTalk answered 400013 群已被解散: the group was dissolved; connect another"},
		{"down", func(r *plugintest.DingTalk) { r.Set(plugintest.Down) }, good, now, "failed: 127.0.0.1 closed the connection without an answer"},
		{"slow", func(r *plugintest.DingTalk) { r.Set(plugintest.Slow) }, good, now, "failed: no complete answer from 127.0.0.1 within 100ms"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			robot := plugintest.NewDingTalk(t, secret, plugintest.WithClock(clock))
			if tc.change != nil {
				tc.change(robot)
			}
			err := send(robot, tc.settings, tc.at)
			if (err == nil) != (tc.want == "") || err != nil && err.Error() != tc.want {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if got := len(robot.Accepted()); got == 1 != (tc.want == "") {
				t.Errorf("robot took %d messages", got)
			}
		})
	}
}

func TestTheTwentyFirstMessageOfAMinuteIsThrottled(t *testing.T) {
	clock := now
	robot := plugintest.NewDingTalk(t, secret, plugintest.WithLimits(), plugintest.WithClock(func() time.Time { return clock }))
	client := plugins.NewOutbound(plugins.OutboundConfig{Guard: plugins.Guard{AllowPrivate: true}})
	send := func() error {
		_, err := client.Send(t.Context(), dingtalk.New(dingtalk.Options{BaseURL: robot.URL}), plugins.Delivery{
			Message:  &plugins.Message{Title: "t"},
			Settings: json.RawMessage(`{"access_token":"` + robot.Token + `","secret":"` + secret + `"}`), Now: clock,
		})
		return err
	}
	for i := range 20 {
		if err := send(); err != nil {
			t.Fatalf("message %d: %v", i+1, err)
		}
	}
	var throttled *plugins.Throttled
	if err := send(); !errors.As(err, &throttled) || throttled.After != 10*time.Minute {
		t.Fatalf("message 21: %v, want to be throttled for 10 minutes", err)
	}
	clock = clock.Add(throttled.After - time.Second)
	if err := send(); !errors.As(err, &throttled) {
		t.Errorf("a second too early: %v", err)
	}
	clock = clock.Add(time.Second)
	if err := send(); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func body(t *testing.T, m plugins.Message, s dingtalk.Settings) []byte {
	t.Helper()
	s.AccessToken = "abc"
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	req, err := dingtalk.New(dingtalk.Options{}).Request(t.Context(), plugins.Delivery{Message: &m, Settings: raw, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
