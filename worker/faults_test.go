package worker

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/email"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestWipingRedisLosesNoDelivery(t *testing.T) {
	const n = 500
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, _ := w.receiver(acme)
	w.worker()
	w.emit(acme, "customer.created", n)
	r.WaitAccepted(t, n/10)
	w.wipe()
	// What was handed out and forgotten is handed out again when its time of invisibility is over.
	w.eventually("every event is delivered", func() bool {
		w.Clock.Advance(5 * time.Second)
		time.Sleep(100 * time.Millisecond)
		return w.count(acme, plugins.Delivered) == n
	})
	seen := events(r.Accepted())
	if len(seen) != n {
		t.Errorf("%d of %d events arrived", len(seen), n)
	}
	repeats := 0
	for _, times := range seen {
		repeats += times - 1
	}
	t.Logf("%d of %d events came more than once", repeats, n)
}

func TestAnotherWorkerTakesOver(t *testing.T) {
	const n = 400
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, _ := w.receiver(acme)
	first := w.worker()
	w.emit(acme, "customer.created", n)
	r.WaitAccepted(t, n/10)
	w.worker()
	first()
	w.eventually("every event is delivered", func() bool {
		w.Clock.Advance(5 * time.Second)
		time.Sleep(100 * time.Millisecond)
		return w.count(acme, plugins.Delivered) == n
	})
	if seen := events(r.Accepted()); len(seen) != n {
		t.Errorf("%d of %d events arrived", len(seen), n)
	}
}

func TestTwoWorkersShareTheWork(t *testing.T) {
	const n = 300
	w := newWorld(t)
	acme, globex := w.Company(t, "acme"), w.Company(t, "globex")
	a, _ := w.receiver(acme)
	g, _ := w.receiver(globex)
	w.worker()
	w.worker()
	w.emit(acme, "customer.created", n)
	w.emit(globex, "customer.updated", n)
	for _, r := range []*plugintest.Webhook{a, g} {
		seen := events(r.WaitAccepted(t, n))
		if len(seen) != n {
			t.Errorf("%d different events of %d", len(seen), n)
		}
		for id, times := range seen {
			if times != 1 {
				t.Errorf("event %s came %d times although nothing failed", id, times)
			}
		}
	}
}

func TestASuspendedCompanysWorkWaits(t *testing.T) {
	w := newWorld(t)
	acme, globex := w.Company(t, "acme"), w.Company(t, "globex")
	r, _ := w.receiver(acme)
	other, _ := w.receiver(globex)
	w.emit(acme, "customer.created", 3)
	w.emit(globex, "customer.created", 3)
	if err := w.SetStatus(t.Context(), acme.ID, tenant.Suspended); err != nil {
		t.Fatal(err)
	}
	w.worker()
	other.WaitAccepted(t, 3)
	if n := len(r.Requests()); n != 0 {
		t.Fatalf("%d requests for a suspended company", n)
	}
	if err := w.SetStatus(t.Context(), acme.ID, tenant.Active); err != nil {
		t.Fatal(err)
	}
	r.WaitAccepted(t, 3)
}

func TestACompanySuspendedBetweenPlanningAndSendingWaits(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, _ := w.receiver(acme)
	r.Set(plugintest.Failing)
	w.worker()
	w.emit(acme, "customer.created", 3)
	w.eventually("all have failed once", func() bool { return w.minAttempts(acme.Company) == 1 && w.count(acme, plugins.Pending) == 3 })
	if err := w.SetStatus(t.Context(), acme.ID, tenant.Suspended); err != nil {
		t.Fatal(err)
	}
	r.Set(plugintest.Up)
	w.Clock.Advance(time.Hour)
	time.Sleep(500 * time.Millisecond)
	if n := len(r.Accepted()); n != 0 {
		t.Fatalf("%d deliveries for a suspended company", n)
	}
	if err := w.SetStatus(t.Context(), acme.ID, tenant.Active); err != nil {
		t.Fatal(err)
	}
	r.WaitAccepted(t, 3)
}

func TestASlowReceiverDelaysNobodyElse(t *testing.T) {
	const stuck, quick = 2000, 50
	w := newWorld(t)
	acme, globex := w.Company(t, "acme"), w.Company(t, "globex")
	slow, _ := w.receiver(acme)
	fast, _ := w.receiver(globex)
	slow.Set(plugintest.Slow)
	w.worker()
	w.emit(acme, "customer.created", stuck)
	w.eventually("the slow receiver's share is under way", func() bool { return w.count(acme, plugins.Pending) == stuck })
	started := time.Now()
	w.emit(globex, "customer.created", quick)
	fast.WaitAccepted(t, quick) // behind the stuck ones they would wait for many minutes
	t.Logf("%d deliveries beside %d stuck ones took %s", quick, stuck, time.Since(started))
}

func TestWorkWaitsWhileRedisIsAway(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, _ := w.receiver(acme)
	options := w.redis.(*redis.Client).Options()
	working := *options
	broken := working
	broken.Network, broken.Addr = "unix", "/nonexistent.sock"
	broken.MaxRetries = -1
	w.redis = redis.NewClient(&broken)
	stop := w.worker()
	w.emit(acme, "customer.created", 3)
	w.eventually("the relay works without Redis", func() bool { return w.count(acme, plugins.Pending) == 3 })
	stop()
	w.redis = redis.NewClient(&working)
	w.worker()
	w.eventually("all are delivered", func() bool {
		w.Clock.Advance(20 * time.Second)
		time.Sleep(100 * time.Millisecond)
		return len(r.Accepted()) >= 3
	})
}

func TestLanesLeaveRoom(t *testing.T) {
	const capacity, slow = 90, 28
	l := newLanes(capacity)
	lane := func(n int) tenant.RecordID { return tenant.RecordID{15: byte(n)} }
	alone := 0
	for l.enter(lane(0)) {
		alone++
	}
	if alone != capacity/2 {
		t.Errorf("a lane alone took %d of %d places, want half", alone, capacity)
	}
	for range alone {
		l.leave(lane(0))
	}
	// Many slow lanes, whose attempts end and begin again, come to equal shares.
	taken := make([]int, slow)
	for range 50 {
		for n := range slow {
			if taken[n] > 0 {
				l.leave(lane(n))
				taken[n]--
			}
			for l.total < capacity && l.enter(lane(n)) {
				taken[n]++
			}
		}
	}
	if free := capacity - l.total; free < capacity/9 {
		t.Errorf("%d slow lanes leave %d of %d places", slow, free, capacity)
	}
	if !l.enter(lane(100)) {
		t.Error("a newcomer is refused")
	}
	// A connector that panics gives its place back.
	before := l.total
	func() {
		defer func() { _ = recover() }()
		_, _ = (&Worker{lanes: l, outbound: plugins.NewOutbound(plugins.OutboundConfig{})}).send(t.Context(), lane(100), nil, plugins.Delivery{})
	}()
	if l.total != before-1 {
		t.Errorf("%d places are taken, before the panic %d", l.total, before)
	}
}

func TestQueuesMustExist(t *testing.T) {
	if _, err := New(Config{Queues: []string{"webhook"}}); err == nil {
		t.Error("a queue that does not exist was accepted")
	}
	if _, err := New(Config{Mail: email.Server{Host: "mail.example", From: "nobody"}}); err == nil {
		t.Error("a sender that is no address was accepted")
	}
}

func TestAStoppedWorkerServesOnlyItsQueues(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, _ := w.receiver(acme)
	stop := w.worker("reminders")
	w.emit(acme, "customer.created", 1)
	w.eventually("it is handed out", func() bool {
		n, err := w.redis.LLen(context.Background(), "asynq:{webhooks}:pending").Result()
		return err == nil && n == 1
	})
	if n := len(r.Requests()); n != 0 {
		t.Errorf("a worker without the queue sent %d", n)
	}
	stop()
	w.worker("webhooks")
	r.WaitAccepted(t, 1)
}
