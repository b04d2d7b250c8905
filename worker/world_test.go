package worker

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/dingtalk"
	"github.com/guanxi-crm/guanxi/plugins/feishu"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
	"github.com/guanxi-crm/guanxi/plugins/webhook"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// redisDB is this package's own, so that it may be wiped. No other package's tests use it.
const redisDB = 11

var (
	everywhere = plugins.Guard{AllowPrivate: true}
	known      = append(plugins.OwnEventTypes(), "customer.created", "customer.updated", "customer.lifecycle_changed", "task.due", "calendar_event.due")
)

// world is an installation with workers.
type world struct {
	*tenanttest.Installation
	t          testing.TB
	redis      redis.UniversalClient
	connectors plugins.Connectors
}

type vendors struct{ dingtalk, feishu string }

func newWorld(t testing.TB, v ...vendors) *world {
	t.Helper()
	options, err := redis.ParseURL(tenanttest.RedisURL(t))
	if err != nil {
		t.Fatal(err)
	}
	options.DB, options.PoolSize = redisDB, 64
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	w := &world{Installation: tenanttest.Open(t), t: t, redis: client}
	w.wipe()
	w.connect(append(v, vendors{})[0])
	return w
}

// Company makes a company whose cast has the roles of its names.
func (w *world) Company(t testing.TB, name string, prepare ...func(*tenant.Tx) error) *tenanttest.Company {
	t.Helper()
	c := w.Installation.Company(t, name, append(prepare, func(tx *tenant.Tx) error { return rbac.Seed(context.Background(), tx) })...)
	w.tx(c, func(tx *tenant.Tx) error {
		for member, role := range map[tenant.MemberID]string{c.Admin: rbac.Admin, c.Manager: rbac.Manager, c.Rep: rbac.Rep, c.Rep2: rbac.Rep} {
			if err := rbac.Assign(context.Background(), tx, member, role); err != nil {
				return err
			}
		}
		return nil
	})
	return c
}

// connect says where the vendors are.
func (w *world) connect(base vendors) {
	w.t.Helper()
	var err error
	w.connectors, err = plugins.NewConnectors(webhook.New(everywhere),
		dingtalk.New(dingtalk.Options{BaseURL: base.dingtalk}), feishu.New(feishu.Options{BaseURL: base.feishu}))
	if err != nil {
		w.t.Fatal(err)
	}
}

// wipe is what FLUSHALL does to an installation that has Redis to itself.
func (w *world) wipe() {
	w.t.Helper()
	if err := w.redis.FlushDB(context.Background()).Err(); err != nil {
		w.t.Fatal(err)
	}
}

// worker starts a worker and stops it when the test ends, or earlier by the function it returns.
func (w *world) worker(queues ...string) (stop func()) {
	w.t.Helper()
	return w.start(Config{Queues: queues})
}

func (w *world) start(cfg Config) (stop func()) {
	w.t.Helper()
	cfg.Tenants, cfg.Redis, cfg.Connectors = w.Directory, w.redis, w.connectors
	cfg.Outbound = plugins.OutboundConfig{Guard: everywhere, Timeout: 15 * time.Second}
	cfg.PublicURL = "https://crm.example"
	if cfg.StopWithin == 0 {
		cfg.StopWithin = 100 * time.Millisecond
	}
	if cfg.Log == nil && testing.Verbose() {
		cfg.Log = slog.New(slog.NewTextHandler(testWriter{w.t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	worker, err := New(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- worker.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	}
	w.t.Cleanup(stop)
	return stop
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) { w.t.Logf("%s", p); return len(p), nil }

// tx runs fn as the system in the company.
func (w *world) tx(c *tenanttest.Company, fn func(*tenant.Tx) error) {
	w.t.Helper()
	system := tenant.System()
	if err := w.Tx(context.Background(), c.Company, &system, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(c *tenanttest.Company, fn func(*tenant.Query) error) {
	w.t.Helper()
	system := tenant.System()
	if err := w.Read(context.Background(), c.Company, &system, fn); err != nil {
		w.t.Fatal(err)
	}
}

// endpoint makes an endpoint; url may be set later with a receiver that knows the secret.
func (w *world) endpoint(c *tenanttest.Company, url string, types ...string) (e plugins.EndpointWithSecret) {
	w.t.Helper()
	w.tx(c, func(tx *tenant.Tx) (err error) {
		e, err = plugins.CreateEndpoint(context.Background(), tx, plugins.NewEndpoint{URL: url, EventTypes: types},
			plugins.Rules{Known: known, Guard: everywhere, Connectors: w.connectors})
		return err
	})
	return e
}

// receiver makes an endpoint together with a receiver that verifies its signatures.
func (w *world) receiver(c *tenanttest.Company, types ...string) (*plugintest.Webhook, plugins.EndpointID) {
	w.t.Helper()
	r := plugintest.NewWebhook(w.t, "", plugintest.WithClock(w.Clock.Now))
	e := w.endpoint(c, r.URL+"/hooks", types...)
	r.Secret = e.Secret
	return r, e.ID
}

// bot connects a bot.
func (w *world) bot(c *tenanttest.Company, vendor, url, secret string, types ...string) (i plugins.Install) {
	w.t.Helper()
	settings := map[string]any{"webhook_url": url}
	if secret != "" {
		settings["secret"] = secret
	}
	w.tx(c, func(tx *tenant.Tx) (err error) {
		i, err = plugins.CreateInstall(context.Background(), tx,
			plugins.NewInstall{Vendor: vendor, Name: "sales", Settings: settings, EventTypes: types},
			plugins.Rules{Known: known, Guard: everywhere, Connectors: w.connectors})
		return err
	})
	return i
}

// emit makes n events.
func (w *world) emit(c *tenanttest.Company, eventType string, n int) {
	w.t.Helper()
	for n > 0 {
		batch := min(n, 200)
		n -= batch
		w.tx(c, func(tx *tenant.Tx) error {
			for range batch {
				if err := tx.Emit(context.Background(), tenant.Event{
					Type: eventType, Resource: "customer",
					Record: tenant.RecordID(tenant.NewMemberID()), Data: map[string]any{"name": "云帆科技"},
				}); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// count returns how many deliveries of the company have the status.
func (w *world) count(c *tenanttest.Company, status plugins.DeliveryStatus) (n int) {
	w.t.Helper()
	w.read(c, func(q *tenant.Query) error {
		return q.Get(context.Background(), &n, `SELECT COUNT(*) FROM company.deliveries WHERE status = ?`, status)
	})
	return n
}

// patience bounds what hangs. How long something takes is for the benchmarks.
const patience = time.Minute

// eventually waits for a condition that another process brings about.
func (w *world) eventually(what string, condition func() bool) {
	w.t.Helper()
	w.within(patience, what, condition)
}

// within is eventually for what takes its time.
func (w *world) within(most time.Duration, what string, condition func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(most)
	for !condition() {
		if time.Now().After(deadline) {
			w.t.Fatalf("not within %s: %s", most, what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// events returns the ids that a receiver took, with how often each.
func events(requests []plugintest.Request) map[string]int {
	seen := map[string]int{}
	for _, r := range requests {
		seen[r.Header.Get("Webhook-Id")]++
	}
	return seen
}

func decode[T any](t testing.TB, body []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}
