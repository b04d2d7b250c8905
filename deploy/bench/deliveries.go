package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/worker"
)

// work runs a worker with all queues until the returned function is called.
func (w *world) work(ctx context.Context) (stop func(), err error) {
	runner, err := worker.New(worker.Config{
		Tenants: w.tenants, Redis: w.redis, Auth: w.auth, Billing: w.billing, Connectors: w.connectors,
		Outbound: plugins.OutboundConfig{Guard: plugins.Guard{AllowPrivate: true}}, PublicURL: "http://bench.test",
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := runner.Run(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "worker:", err)
		}
	}()
	return func() { cancel(); <-done }, nil
}

// counter is a receiver that counts.
type counter struct {
	got  atomic.Int64
	want int64
	full chan struct{}
}

func (c *counter) ServeHTTP(rw http.ResponseWriter, _ *http.Request) {
	rw.WriteHeader(http.StatusNoContent)
	if c.got.Add(1) == c.want {
		close(c.full)
	}
}

// measureDeliveries compares webhook deliveries (change log, relay, due rows, signature, delivery log) with
// Asynq alone posting bodies of the same size.
func (w *world) measureDeliveries(ctx context.Context, o options) error {
	ours, err := w.deliver(ctx, o.Events)
	if err != nil {
		return err
	}
	peer, err := w.asynqAlone(ctx, o.Events)
	if err != nil {
		return err
	}
	rate := func(d time.Duration) float64 { return float64(o.Events) / d.Seconds() }
	fmt.Printf("%d events  asynq alone %.0f/s   guanxi %.0f/s   ratio %.2f\n", o.Events, rate(peer), rate(ours), rate(ours)/rate(peer))
	return nil
}

func (w *world) deliver(ctx context.Context, n int) (time.Duration, error) {
	a, err := w.signUp(ctx, "sender")
	if err != nil {
		return 0, err
	}
	receiver := &counter{want: int64(n), full: make(chan struct{})}
	url, server, err := listen(ctx, receiver)
	if err != nil {
		return 0, err
	}
	defer func() { _ = server.Close() }()
	if err := w.call(ctx, a.token, http.MethodPost, "/v1/webhook-endpoints", "application/json", fmt.Appendf(nil, `{"url":%q}`, url), nil); err != nil {
		return 0, err
	}
	caller := tenant.System()
	for done := 0; done < n; {
		batch := min(500, n-done)
		if err := w.tenants.Tx(ctx, a.company, &caller, func(tx *tenant.Tx) error {
			for range batch {
				if err := tx.Emit(ctx, tenant.Event{
					Type: "customer.deleted", Resource: "customer", Record: tenant.RecordID(tenant.NewEventID()),
					Data: map[string]string{"name": "A customer of the usual length", "phone": "+8613800138000"},
				}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return 0, err
		}
		done += batch
	}
	began := time.Now()
	stop, err := w.work(ctx)
	if err != nil {
		return 0, err
	}
	defer stop()
	select {
	case <-receiver.full:
		return time.Since(began), nil
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(5 * time.Minute):
		return 0, fmt.Errorf("%d of %d events arrived", receiver.got.Load(), n)
	}
}

// asynqAlone posts the same number of bodies straight from tasks.
func (w *world) asynqAlone(ctx context.Context, n int) (time.Duration, error) {
	receiver := &counter{want: int64(n), full: make(chan struct{})}
	url, server, err := listen(ctx, receiver)
	if err != nil {
		return 0, err
	}
	defer func() { _ = server.Close() }()
	connection := sharedRedis{w.redis}
	client := asynq.NewClient(connection)
	body := bytes.Repeat([]byte("x"), 400)
	for range n {
		if _, err := client.EnqueueContext(ctx, asynq.NewTask("post", body), asynq.Queue("bench")); err != nil {
			return 0, err
		}
	}
	poster := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	runner := asynq.NewServer(connection, asynq.Config{Concurrency: 64, Queues: map[string]int{"bench": 1}, LogLevel: asynq.FatalLevel})
	began := time.Now()
	if err := runner.Start(asynq.HandlerFunc(func(ctx context.Context, t *asynq.Task) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(t.Payload()))
		if err != nil {
			return err
		}
		answer, err := poster.Do(r)
		if err != nil {
			return err
		}
		return answer.Body.Close()
	})); err != nil {
		return 0, err
	}
	defer runner.Shutdown()
	select {
	case <-receiver.full:
		return time.Since(began), nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// sharedRedis lends Asynq the connection that is there.
type sharedRedis struct{ client *redis.Client }

// MakeRedisClient implements asynq.RedisConnOpt.
func (s sharedRedis) MakeRedisClient() any {
	return redis.NewClient(s.client.Options())
} //nolint:forcetypeassert // newWorld makes nothing else
