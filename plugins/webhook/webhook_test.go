package webhook_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
	"github.com/guanxi-crm/guanxi/plugins/webhook"
)

const (
	secret    = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	oldSecret = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
)

var (
	now = time.Unix(1700000000, 0)
	dev = plugins.Guard{AllowPrivate: true}
)

func settings(t *testing.T, s webhook.Settings) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func contactCreated() *plugins.Event {
	return &plugins.Event{ID: "msg_0001", Type: "contact.created", Time: now, Data: json.RawMessage(`{"id":"c_1","name":"张三"}`)}
}

func TestRequestIsTheVectorByteForByte(t *testing.T) {
	secrets := plugins.SigningSecrets{Current: oldSecret}.Rotate(secret, now, 24*time.Hour)
	req, err := webhook.New(plugins.Guard{}).Request(t.Context(), plugins.Delivery{
		Event: contactCreated(), Now: now,
		Settings: settings(t, webhook.Settings{URL: "https://example.com/hooks", SigningSecrets: secrets}),
	})
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(req.Body)
	got := map[string]string{"method": req.Method, "url": req.URL.String(), "body": string(body)}
	for _, name := range []string{"Content-Type", "Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"} {
		got[name] = req.Header.Get(name)
	}
	want := map[string]string{
		"method":            "POST",
		"url":               "https://example.com/hooks",
		"body":              `{"type":"contact.created","timestamp":"2023-11-14T22:13:20Z","data":{"id":"c_1","name":"张三"}}`,
		"Content-Type":      "application/json; charset=utf-8",
		"Webhook-Id":        "msg_0001",
		"Webhook-Timestamp": "1700000000",
		"Webhook-Signature": "v1,A8otpahCR4nWYaCJH0PQ6PWByNQY8yVLHH1PNbo2LP0= v1,gmFSonAqtCmun5LrpQWCYFf11J9i5RgVS3neyLLhmGM=",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryAttemptHasTheSameBodyAndAFreshSignature(t *testing.T) {
	c := webhook.New(plugins.Guard{})
	d := plugins.Delivery{
		Event: contactCreated(), Now: now,
		Settings: settings(t, webhook.Settings{URL: "https://example.com/", SigningSecrets: plugins.SigningSecrets{Current: secret}}),
	}
	first, err := c.Request(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	d.Now = now.Add(5 * time.Hour)
	second, err := c.Request(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	one, _ := io.ReadAll(first.Body)
	two, _ := io.ReadAll(second.Body)
	if string(one) != string(two) || first.Header.Get("Webhook-Id") != second.Header.Get("Webhook-Id") {
		t.Error("a retry differs in body or id")
	}
	if first.Header.Get("Webhook-Signature") == second.Header.Get("Webhook-Signature") || second.Header.Get("Webhook-Timestamp") != "1700018000" {
		t.Error("a retry is signed for the first attempt's time")
	}
}

func TestSendIsVerifiedByTheOfficialLibrary(t *testing.T) {
	receiver := plugintest.NewWebhook(t, secret)
	_, err := plugins.NewOutbound(plugins.OutboundConfig{Guard: dev}).Send(t.Context(), webhook.New(dev), plugins.Delivery{
		Event: contactCreated(), Now: time.Now(), // the library reads the clock itself
		Settings: settings(t, webhook.Settings{URL: receiver.URL, SigningSecrets: plugins.SigningSecrets{Current: secret}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	library, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	got := receiver.Requests()[0]
	if err := library.Verify(got.Body, got.Header); err != nil {
		t.Error(err)
	}
}

func TestSendToReceiversInEveryMode(t *testing.T) {
	receiver := plugintest.NewWebhook(t, secret, plugintest.WithClock(func() time.Time { return now }))
	client := plugins.NewOutbound(plugins.OutboundConfig{Guard: dev, Timeout: 100 * time.Millisecond})
	send := func(secret string) error {
		_, err := client.Send(t.Context(), webhook.New(dev), plugins.Delivery{
			Event: contactCreated(), Now: now,
			Settings: settings(t, webhook.Settings{URL: receiver.URL, SigningSecrets: plugins.SigningSecrets{Current: secret}}),
		})
		return err
	}
	for _, tc := range []struct {
		name   string
		mode   plugintest.Mode
		secret string
		want   string
	}{
		{"up", plugintest.Up, secret, ""},
		{"wrong secret", plugintest.Up, oldSecret, "failed: the receiver answered with status 401"},
		{"down", plugintest.Down, secret, "failed: 127.0.0.1 closed the connection without an answer"},
		{"slow", plugintest.Slow, secret, "failed: no complete answer from 127.0.0.1 within 100ms"},
		{"failing", plugintest.Failing, secret, "failed: the receiver answered with status 500"},
		{"throttling", plugintest.Throttling, secret, "throttled for 30s: the receiver answered with status 429"},
		{"gone", plugintest.Gone, secret, "rejected: the receiver answered 410 Gone"},
	} {
		receiver.Set(tc.mode)
		if err := send(tc.secret); (err == nil) != (tc.want == "") || err != nil && err.Error() != tc.want {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
	if got := len(receiver.Accepted()); got != 1 {
		t.Errorf("receiver took %d events, want 1", got)
	}
}

func TestJudge(t *testing.T) {
	header := func(name, value string) http.Header {
		h := http.Header{}
		h.Set(name, value)
		return h
	}
	failed := func(status int) error { return plugins.StatusFailed(status) }
	throttled := func(after time.Duration, status string) error {
		return &plugins.Throttled{After: after, Reason: "the receiver answered with status " + status}
	}
	for _, tc := range []struct {
		name   string
		status int
		header http.Header
		want   error
	}{
		{"200", 200, nil, nil},
		{"204", 204, nil, nil},
		{"202 with disable was delivered", 202, header("Webhook-Delivery", "disable"), nil},
		{"301", 301, nil, failed(301)},
		{"307", 307, header("Location", "https://example.org"), failed(307)},
		{"400", 400, nil, failed(400)},
		{"404", 404, nil, failed(404)},
		{"410", 410, nil, &plugins.Rejected{Code: plugins.CodeGone, Reason: "the receiver answered 410 Gone", Disable: true}},
		{"429", 429, nil, throttled(time.Minute, "429")},
		{"429 with seconds", 429, header("Retry-After", "120"), throttled(2*time.Minute, "429")},
		{"429 with date", 429, header("Retry-After", "Tue, 14 Nov 2023 22:23:20 GMT"), throttled(10*time.Minute, "429")},
		{"429 for a day", 429, header("Retry-After", "86400"), throttled(time.Hour, "429")},
		{"502 with seconds", 502, header("Retry-After", "5"), throttled(5*time.Second, "502")},
		{"503 with seconds", 503, header("Retry-After", "5"), throttled(5*time.Second, "503")},
		{"504 with seconds", 504, header("Retry-After", "5"), throttled(5*time.Second, "504")},
		{"503", 503, nil, failed(503)},
		{"500 with seconds", 500, header("Retry-After", "5"), failed(500)},
		{"disable", 403, header("Webhook-Delivery", "disable"),
			&plugins.Rejected{Code: plugins.CodeGone, Reason: "the receiver asked for no more deliveries", Disable: true}},
		{"abort-message", 422, header("Webhook-Delivery", "Abort-Message"),
			&plugins.Rejected{Code: plugins.CodeAborted, Reason: "the receiver asked not to repeat this event"}},
		{"no such control", 500, header("Webhook-Delivery", "dance"), failed(500)},
	} {
		got := webhook.New(dev).Judge(plugins.Response{Status: tc.status, Header: tc.header}, now)
		if tc.want == nil {
			if got != nil {
				t.Errorf("%s: %v, want delivered", tc.name, got)
			}
			continue
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestValidateNamesTheField(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"good":      {`{"url":"https://example.com/h","secret":"` + secret + `"}`, ""},
		"no secret": {`{"url":"https://example.com/h"}`, "settings: secret: signing secret must be whsec_"},
		"private":   {`{"url":"https://10.0.0.1/h","secret":"` + secret + `"}`, "settings: url: the address is private"},
		"all wrong": {`{}`, "settings: url: not an absolute URL; write it like https://example.com/hooks; secret: "},
		"unknown":   {`{"uri":"x"}`, "settings: uri: is not a setting"},
	} {
		err := webhook.New(plugins.Guard{}).Validate(json.RawMessage(tc.in))
		var wrong *plugins.SettingsError
		if (err == nil) != (tc.want == "") || err != nil && (!strings.HasPrefix(err.Error(), tc.want) || !errors.As(err, &wrong)) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
}

func TestRequestRejectsWhatCannotBeSent(t *testing.T) {
	good := settings(t, webhook.Settings{URL: "https://example.com/", SigningSecrets: plugins.SigningSecrets{Current: secret}})
	noDots := contactCreated()
	noDots.ID = "evt.1"
	for name, d := range map[string]plugins.Delivery{
		plugins.CodeSettings: {Event: contactCreated(), Settings: json.RawMessage(`{}`)},
		plugins.CodeContent:  {Message: &plugins.Message{Title: "t"}, Settings: good},
		"bad event":          {Event: noDots, Settings: good},
	} {
		_, err := webhook.New(plugins.Guard{}).Request(t.Context(), d)
		var rejected *plugins.Rejected
		if !errors.As(err, &rejected) || rejected.Disable || name != "bad event" && rejected.Code != name {
			t.Errorf("%s: %v, want *Rejected", name, err)
		}
	}
}
