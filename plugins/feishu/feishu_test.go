package feishu_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/feishu"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
)

const (
	secret = "FeishuBotSecret123456"
	hook   = "https://open.feishu.cn/open-apis/bot/v2/hook/b1e4a6d2-0000-4000-8000-3f5c7a9e1b2d"
)

var now = time.Unix(1700000000, 0)

func TestSignGivesTheVectorsBytes(t *testing.T) {
	for seconds, want := range map[int64]string{
		1700000000: "VEbKqzAVtPiMiIeUdTrKr97TYQtZaIi/3aYHRjhkpVc=",
		1700000006: "+eSmIUfSsX/TZWy3t9uAR043c8laKr1Nqjq1yu08mSE=",
	} {
		if got := feishu.Sign(secret, seconds); got != want {
			t.Errorf("Sign(%d) = %s, want %s", seconds, got, want)
		}
	}
}

func TestRequestGoesToTheBotsHost(t *testing.T) {
	lark := strings.Replace(hook, "feishu.cn", "larksuite.com", 1)
	for address, override := range map[string]string{hook: "", lark: "", hook + "?x=1": "", hook + "#x": "http://127.0.0.1:9/"} {
		want := strings.TrimRight(address, "?x=1#")
		if override != "" {
			want = strings.Replace(hook, "https://open.feishu.cn", "http://127.0.0.1:9", 1)
		}
		req, err := feishu.New(feishu.Options{BaseURL: override}).Request(t.Context(), plugins.Delivery{
			Message: &plugins.Message{Title: "t"}, Settings: json.RawMessage(`{"webhook_url":"` + address + `"}`), Now: now,
		})
		if err != nil || req.URL.String() != want || req.Method != "POST" || req.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: %v, %v, want %s", address, req, err, want)
		}
	}
}

func TestValidateNamesTheField(t *testing.T) {
	const wantURL = "webhook_url: must be the address that Feishu shows for the bot: https://open.feishu.cn/open-apis/bot/v2/hook/…"
	for in, want := range map[string]string{
		`{"webhook_url":"` + hook + `","secret":"x","keyword":"CRM","at":{"open_ids":["ou_1"],"all":true}}`: "",
		`{}`: wantURL,
		`{"webhook_url":"` + strings.Replace(hook, "https", "http", 1) + `"}`:                            wantURL,
		`{"webhook_url":"` + strings.Replace(hook, "open.feishu.cn", "open.feishu.cn.evil.io", 1) + `"}`: wantURL,
		`{"webhook_url":"` + strings.Replace(hook, "open.feishu.cn", "open.feishu.cn@evil.io", 1) + `"}`: wantURL,
		`{"webhook_url":"` + strings.Replace(hook, "open.feishu.cn", "open.feishu.cn:444", 1) + `"}`:     wantURL,
		`{"webhook_url":"` + strings.Replace(hook, "open.feishu.cn", "127.0.0.1", 1) + `"}`:              wantURL,
		`{"webhook_url":"` + hook + `/../../x"}`:                                                         wantURL,
		`{"webhook_url":"https://open.feishu.cn/open-apis/im/v1/messages"}`:                              wantURL,
		`{"webhook_url":"` + hook + `","secret":"a b"}`:                                                  "secret: must be the signature secret (签名校验) of the bot, without spaces",
		`{"webhook_url":"` + hook + `","keyword":" x"}`:                                                  "keyword: must be one line of at most 64 characters without spaces around it",
		`{"webhook_url":"` + hook + `","at":{"open_ids":["all"]}}`:                                       "at.open_ids: must hold Feishu open ids like ou_84aad35d084aa403a838cf73ee18467",
		`{"webhook_url":"` + hook + `","at":{"open_ids":["x></at><at id=all>"]}}`:                        "at.open_ids: must hold Feishu open ids like ou_84aad35d084aa403a838cf73ee18467",
		`{"webhook_url":"` + hook + `","at":{"all":"yes"}}`:                                              "at.all: must be true or false, not string",
		`{"webhook_url":"` + hook + `","at":{"open_ids":` + many(51) + `}}`:                              "at.open_ids: must name at most 50 people; use all to mention everybody",
	} {
		err := feishu.New(feishu.Options{}).Validate(json.RawMessage(in))
		var wrong *plugins.SettingsError
		if (err == nil) != (want == "") || err != nil && (err.Error() != "settings: "+want || !errors.As(err, &wrong)) {
			t.Errorf("Validate(%s) = %v, want %q", in, err, want)
		}
	}
}

func many(n int) string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("ou_%d", i)
	}
	out, _ := json.Marshal(ids)
	return string(out)
}

func TestRequestRejectsWhatCannotBeSent(t *testing.T) {
	for code, d := range map[string]plugins.Delivery{
		plugins.CodeSettings: {Message: &plugins.Message{Title: "t"}, Settings: json.RawMessage(`{}`)},
		plugins.CodeContent:  {Event: &plugins.Event{ID: "evt_1"}, Settings: json.RawMessage(`{"webhook_url":"` + hook + `"}`)},
	} {
		_, err := feishu.New(feishu.Options{}).Request(t.Context(), d)
		var rejected *plugins.Rejected
		if !errors.As(err, &rejected) || rejected.Code != code {
			t.Errorf("Request = %v, want Rejected %s", err, code)
		}
	}
}

// send makes one attempt at a bot that runs on the override's address.
func send(t *testing.T, bot *plugintest.Feishu, settings feishu.Settings, at time.Time) error {
	t.Helper()
	if settings.WebhookURL == "" {
		settings.WebhookURL = bot.WebhookURL()
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	client := plugins.NewOutbound(plugins.OutboundConfig{Guard: plugins.Guard{AllowPrivate: true}, Timeout: 100 * time.Millisecond})
	_, err = client.Send(t.Context(), feishu.New(feishu.Options{BaseURL: bot.URL}), plugins.Delivery{
		Message:  &plugins.Message{Title: "跟进提醒", Lines: []plugins.Line{{Label: "客户", Text: "上海某某科技"}}, Locale: "zh-CN"},
		Settings: raw, Now: at,
	})
	return err
}

func TestSendToABotInEveryMood(t *testing.T) {
	good := feishu.Settings{Secret: secret}
	const mismatch = "rejected: Feishu answered 19021 sign match fail or timestamp is not within one hour from current time: " +
		"copy the bot's secret again; if it is right, check this server's clock"
	for _, tc := range []struct {
		name     string
		change   func(*plugintest.Feishu)
		settings feishu.Settings
		at       time.Time
		want     string
	}{
		{"up", nil, good, now, ""},
		{"within the hour", nil, good, now.Add(59 * time.Minute), ""},
		{"unsigned bot", func(f *plugintest.Feishu) { f.Secret = "" }, feishu.Settings{}, now, ""},
		{"keyword added", func(f *plugintest.Feishu) { f.Keyword = "CRM" }, feishu.Settings{Secret: secret, Keyword: "CRM"}, now, ""},
		{"keyword missing", func(f *plugintest.Feishu) { f.Keyword = "CRM" }, good, now,
			"rejected: Feishu answered 19024 Key Words Not Found: set keyword to one of the bot's keywords"},
		{"wrong secret", nil, feishu.Settings{Secret: "other"}, now, mismatch},
		{"clock is wrong", nil, good, now.Add(61 * time.Minute), mismatch},
		{"bot unknown", nil, feishu.Settings{WebhookURL: hook[:len(hook)-1] + "0", Secret: secret}, now,
			"rejected: Feishu answered 19001 param invalid: incoming webhook access token invalid: the bot was removed or its address is wrong; copy it again"},
		{"failing", func(f *plugintest.Feishu) { f.Set(plugintest.Failing) }, good, now, "failed: Feishu answered 1000 internal error"},
		{"throttling", func(f *plugintest.Feishu) { f.Set(plugintest.Throttling) }, good, now,
			"throttled for 1m0s: Feishu answered 11232 frequency limited psm[lark.oapi.app_platform_runtime]"},
		{"gone", func(f *plugintest.Feishu) { f.Set(plugintest.Gone) }, good, now,
			"rejected: Feishu answered 19001 param invalid: incoming webhook access token invalid: the bot was removed or its address is wrong; copy it again"},
		{"down", func(f *plugintest.Feishu) { f.Set(plugintest.Down) }, good, now, "failed: 127.0.0.1 closed the connection without an answer"},
		{"slow", func(f *plugintest.Feishu) { f.Set(plugintest.Slow) }, good, now, "failed: no complete answer from 127.0.0.1 within 100ms"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bot := plugintest.NewFeishu(t, secret, plugintest.WithClock(func() time.Time { return now }))
			if tc.change != nil {
				tc.change(bot)
			}
			err := send(t, bot, tc.settings, tc.at)
			if (err == nil) != (tc.want == "") || err != nil && err.Error() != tc.want {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if got := len(bot.Accepted()); got == 1 != (tc.want == "") {
				t.Errorf("bot took %d messages", got)
			}
		})
	}
}

func TestTheVendorsRatesAreKept(t *testing.T) {
	clock := now
	bot := plugintest.NewFeishu(t, secret, plugintest.WithLimits(), plugintest.WithClock(func() time.Time { return clock }))
	good := feishu.Settings{Secret: secret}
	var throttled *plugins.Throttled
	for range 5 {
		if err := send(t, bot, good, clock); err != nil {
			t.Fatalf("within the limit of a second: %v", err)
		}
	}
	if err := send(t, bot, good, clock); !errors.As(err, &throttled) {
		t.Fatalf("the sixth message of a second: %v", err)
	}
	clock = clock.Add(time.Second)
	for range 95 {
		clock = clock.Add(time.Second / 2)
		if err := send(t, bot, good, clock); err != nil {
			t.Fatalf("within the limit of a minute: %v", err)
		}
	}
	if err := send(t, bot, good, clock); !errors.As(err, &throttled) {
		t.Fatalf("message 101 of a minute: %v", err)
	}
	clock = clock.Add(throttled.After)
	if err := send(t, bot, good, clock); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func body(t *testing.T, m plugins.Message, s feishu.Settings) []byte {
	t.Helper()
	s.WebhookURL = hook
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	req, err := feishu.New(feishu.Options{}).Request(t.Context(), plugins.Delivery{Message: &m, Settings: raw, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
