package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// redisDB is this package's own on the Redis that tests share, so that it may be wiped.
const redisDB = 12

// clockwork is the whole product in this process, with a clock that the test moves.
type clockwork struct {
	site
	*tenanttest.Installation
	db *sqlx.DB
}

func newClockwork(t *testing.T, vendors services) *clockwork {
	t.Helper()
	w := &clockwork{Installation: tenanttest.Open(t)}
	w.Clock.Set(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)) // ten o'clock on a Monday in Shanghai
	w.db = database(t, w.Config.DSN)
	p := &program{
		services: vendors, tenants: w.Directory, redis: redisClient(t, tenanttest.RedisURL(t), redisDB),
		log: slog.New(slog.DiscardHandler), registry: prometheus.NewRegistry(),
	}
	if err := p.redis.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	var err error
	if p.connectors, err = vendors.connectors(); err != nil {
		t.Fatal(err)
	}
	p.auth, err = auth.New(auth.Config{
		Directory: w.Directory, Redis: p.redis, PublicURL: vendors.PublicURL, Hashing: auth.Hashing{MemoryKiB: 64, Passes: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.auth.Close)
	p.billing = billing.New(billing.Config{Directory: w.Directory, PublicURL: vendors.PublicURL, Clock: w.Clock.Now})
	server := httptest.NewServer(p.api())
	t.Cleanup(server.Close)
	w.url = server.URL
	ctx, stop := context.WithCancel(context.Background())
	worked := make(chan error, 1)
	go func() { worked <- p.work(ctx, workerOptions{}) }()
	t.Cleanup(func() {
		stop()
		if err := <-worked; err != nil {
			t.Error(err)
		}
	})
	return w
}

// TestSilenceIsToldOverEveryChannel lets a customer rest: on the sixth day nothing happens, on the seventh
// the owner and everything that is connected are told once, and not again before somebody talks to them.
func TestSilenceIsToldOverEveryChannel(t *testing.T) {
	var w *clockwork
	clock := plugintest.WithClock(func() time.Time { return w.Clock.Now() })
	dingtalk := plugintest.NewDingTalk(t, "SEC9f0a1b2c", clock)
	feishu := plugintest.NewFeishu(t, "fs-9f0a1b2c", clock)
	w = newClockwork(t, services{AllowPrivateTargets: true, DingTalkBase: dingtalk.URL, FeishuBase: feishu.URL, PublicURL: "https://crm.acme.example"})
	up := w.post(t, nobody, "/v1/signup", object{
		"company": object{"name": "Acme"}, "name": "Chen", "email": "chen@acme.example", "password": password, "locale": "en", "timezone": "Asia/Shanghai",
	}).want(t, http.StatusCreated)
	chen := signedIn(t, up)
	company, err := tenant.ParseCompanyID(up.object(t)["company"].(object)["id"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Platform().Exec(t.Context(), `UPDATE platform.companies SET plan = 'pro' WHERE id = ?`, company); err != nil {
		t.Fatal(err)
	}
	w.Forget(company)
	hook := plugintest.NewWebhook(t, "", clock)
	types := []string{"customer.silent"}
	hook.Secret = w.post(t, chen, "/v1/webhook-endpoints", object{"url": hook.URL, "event_types": types}).want(t, http.StatusCreated).text(t, "secret")
	for vendor, settings := range map[string]object{
		"dingtalk": {"webhook_url": dingtalk.WebhookURL(), "secret": dingtalk.Secret},
		"feishu":   {"webhook_url": feishu.WebhookURL(), "secret": feishu.Secret},
	} {
		w.post(t, chen, "/v1/plugins", object{"vendor": vendor, "name": "Sales", "settings": settings, "event_types": types}).want(t, http.StatusCreated)
	}
	channels := map[string]*plugintest.Receiver{"webhook": hook.Receiver, "DingTalk": dingtalk.Receiver, "Feishu": feishu.Receiver}
	customer := w.post(t, chen, "/v1/customers", object{"name": "Blue Harbor"}).want(t, http.StatusCreated).id(t)

	w.checked(t, 6)
	w.told(t, w.again(t), channels, 0)
	// Editing the record is not talking to the customer.
	w.patch(t, w.again(t), "/v1/customers/"+customer, object{"note": "big"}).want(t, http.StatusOK)
	w.checked(t, 7)
	w.told(t, w.again(t), channels, 1)
	for name, channel := range channels {
		if body := string(channel.Accepted()[0].Body); !strings.Contains(body, "Blue Harbor") {
			t.Errorf("%s was told %s", name, body)
		}
	}
	w.checked(t, 8)
	w.told(t, w.again(t), channels, 1)
	w.post(t, w.again(t), "/v1/interactions", object{"customer_id": customer, "kind": "call", "summary": "Hello."}).want(t, http.StatusCreated)
	w.checked(t, 14)
	w.told(t, w.again(t), channels, 1)
	w.checked(t, 15)
	w.told(t, w.again(t), channels, 2)
}

// checked moves the clock to just after the check of a day, counted from the start, and waits until the check
// was made.
func (w *clockwork) checked(t *testing.T, day int) {
	t.Helper()
	at := time.Date(2026, 3, 2+day, 1, 0, 1, 0, time.UTC) // nine o'clock in Shanghai
	w.Clock.Set(at)
	eventually(t, "the day's check is made", patience, func() bool {
		var next time.Time
		err := w.db.Get(&next, `SELECT due_at FROM `+w.Config.Prefix+`_cluster.due WHERE kind = ?`, crm.SilenceWork)
		return err == nil && next.After(at)
	})
}

// again signs in anew: days have passed.
func (w *clockwork) again(t *testing.T) person {
	t.Helper()
	return w.signIn(t, "chen@acme.example", password)
}

// told checks that the owner and every channel were told n times.
func (w *clockwork) told(t *testing.T, owner person, channels map[string]*plugintest.Receiver, n int) {
	t.Helper()
	for name, channel := range channels {
		eventually(t, name+" is told", patience, func() bool { return len(channel.Accepted()) >= n })
		if got := len(channel.Accepted()); got != n {
			t.Errorf("%s was told %d times, want %d", name, got, n)
		}
	}
	got := 0
	for _, kind := range w.get(t, owner, "/v1/notifications").column(t, "kind") {
		if kind == "customer.silent" {
			got++
		}
	}
	if got != n {
		t.Errorf("%d notifications, want %d", got, n)
	}
}
