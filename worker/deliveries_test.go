package worker

import (
	"context"
	"net/http"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestAnEventReachesItsEndpointsSigned(t *testing.T) {
	w := newWorld(t)
	acme, globex := w.Company(t, "acme"), w.Company(t, "globex")
	mine, _ := w.receiver(acme, "customer.*")
	other, _ := w.receiver(acme, "task.due")
	foreign, _ := w.receiver(globex)
	w.Clock.Set(time.Now().UTC()) // the official library reads the system's clock
	w.worker()
	w.emit(acme, "customer.created", 1)

	got := mine.WaitAccepted(t, 1)[0]
	library, err := standardwebhooks.NewWebhook(mine.Secret)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
		header.Set(name, got.Header.Get(name))
	}
	if err := library.Verify(got.Body, header); err != nil {
		t.Errorf("the official library: %v", err)
	}
	body := decode[struct {
		Type    string
		Company struct{ ID string }
		Data    struct{ Name string }
	}](t, got.Body)
	if body.Type != "customer.created" || body.Company.ID != acme.ID.String() || body.Data.Name != "云帆科技" {
		t.Errorf("body %s", got.Body)
	}
	w.eventually("the delivery is written down", func() bool { return w.count(acme, plugins.Delivered) == 1 })
	if n := len(other.Requests()) + len(foreign.Requests()); n != 0 {
		t.Errorf("%d requests to endpoints that the event was not for", n)
	}
	w.nothingDue(acme.ID, plugins.EventWork)
}

// nothingDue checks that finished work left no row behind.
func (w *world) nothingDue(company tenant.CompanyID, kind string) {
	w.t.Helper()
	cluster, err := w.Cluster(context.Background(), "main")
	if err != nil {
		w.t.Fatal(err)
	}
	due, err := cluster.Claim(context.Background(), kind, w.Clock.Now().Add(1000*time.Hour), tenant.Window{PerCompany: 1000, PerLane: 1000, Visible: time.Hour})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, d := range due {
		if d.Company == company {
			w.t.Errorf("still due: %+v", d)
		}
	}
}

func (w *world) onlyDelivery(q *tenant.Query) plugins.DeliveryWithAttempts {
	w.t.Helper()
	page, _, err := plugins.ListDeliveries(context.Background(), q, plugins.DeliveryQuery{Limit: 10})
	if err != nil || len(page) != 1 {
		w.t.Fatalf("deliveries %+v, %v", page, err)
	}
	d, err := plugins.GetDelivery(context.Background(), q, page[0].ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func TestAReceiverThatIsDownGetsTheSameBytesLater(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, id := w.receiver(acme)
	r.Set(plugintest.Failing)
	w.worker()
	w.emit(acme, "customer.created", 1)
	var d plugins.DeliveryWithAttempts
	attempts := func(n int) func() bool {
		return func() bool {
			w.read(acme, func(q *tenant.Query) error { d = w.onlyDelivery(q); return nil })
			return d.Attempts == n
		}
	}
	w.eventually("the first attempt", func() bool { return w.count(acme, plugins.Pending) == 1 && attempts(1)() })
	if d.Log[0].Status != 500 || d.Log[0].Code != plugins.CodeStatus || d.Log[0].Body != "broken" {
		t.Errorf("attempt %+v", d.Log[0])
	}
	ended := w.Clock.Now().Add(time.Duration(d.Log[0].DurationMS) * time.Millisecond)
	if wait := d.NextAttemptAt.Sub(ended); wait < 5*time.Second || wait > 5500*time.Millisecond+time.Millisecond {
		t.Errorf("the second attempt comes after %s, want 5 s and up to a tenth", wait)
	}
	w.read(acme, func(q *tenant.Query) error {
		e, err := plugins.GetEndpoint(t.Context(), q, id)
		if err == nil && e.FailingSince == nil {
			t.Error("the endpoint does not know that it is failing")
		}
		return err
	})
	r.Set(plugintest.Down)
	w.Clock.Set(*d.NextAttemptAt)
	w.eventually("the second attempt", attempts(2))
	r.Set(plugintest.Up)
	w.Clock.Set(*d.NextAttemptAt)
	r.WaitAccepted(t, 1)
	w.eventually("the third attempt is written down", attempts(3))
	if d.Status != plugins.Delivered || d.NextAttemptAt != nil || d.LastError != "" {
		t.Errorf("delivery %+v", d)
	}
	all := r.Requests()
	for _, req := range all[1:] {
		if string(req.Body) != string(all[0].Body) || req.Header.Get("Webhook-Id") != all[0].Header.Get("Webhook-Id") {
			t.Errorf("attempts differ: %s and %s", all[0].Body, req.Body)
		}
		if req.Header.Get("Webhook-Timestamp") == all[0].Header.Get("Webhook-Timestamp") {
			t.Error("a repeat carries the time of the first attempt")
		}
	}
	w.read(acme, func(q *tenant.Query) error {
		e, err := plugins.GetEndpoint(t.Context(), q, id)
		if err == nil && e.FailingSince != nil {
			t.Error("the endpoint still counts as failing")
		}
		return err
	})
}

func TestAReceiverDownForThreeDaysGetsEveryEvent(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, _ := w.receiver(acme)
	r.Set(plugintest.Down)
	w.worker()
	w.emit(acme, "customer.created", 20)
	start := w.Clock.Now()
	w.eventually("all are planned", func() bool { return w.count(acme, plugins.Pending) == 20 })
	for tries := 1; w.Clock.Now().Sub(start) < 72*time.Hour; tries++ {
		w.eventually("every delivery is tried again", func() bool { return len(r.Requests()) >= 20*tries })
		w.eventually("and written down", func() bool { return w.minAttempts(acme.Company) >= tries })
		w.Clock.Advance(w.nextAttempt(acme.Company).Sub(w.Clock.Now()))
	}
	r.Set(plugintest.Up)
	w.Clock.Advance(30 * time.Hour)
	if seen := events(r.WaitAccepted(t, 20)); len(seen) != 20 {
		t.Errorf("%d of 20 events arrived", len(seen))
	}
	if n := w.count(acme, plugins.GivenUp); n != 0 {
		t.Errorf("%d deliveries were given up", n)
	}
}

func (w *world) minAttempts(c *tenant.Company) (n int) {
	system := tenant.System()
	if err := w.Read(context.Background(), c, &system, func(q *tenant.Query) error {
		return q.Get(context.Background(), &n, `SELECT COALESCE(MIN(attempts), 0) FROM company.deliveries WHERE status = 'pending'`)
	}); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// nextAttempt is when the last of all pending deliveries is due; the zero time without any.
func (w *world) nextAttempt(c *tenant.Company) time.Time {
	var at *time.Time
	system := tenant.System()
	if err := w.Read(context.Background(), c, &system, func(q *tenant.Query) error {
		return q.Get(context.Background(), &at, `SELECT MAX(next_attempt_at) FROM company.deliveries WHERE status = 'pending'`)
	}); err != nil {
		w.t.Fatal(err)
	}
	if at == nil {
		return time.Time{}
	}
	return *at
}

func TestAGoneReceiverIsSwitchedOff(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, id := w.receiver(acme, "customer.*")
	watcher, _ := w.receiver(acme, "webhook_endpoint.disabled")
	r.Set(plugintest.Gone)
	w.worker()
	w.emit(acme, "customer.created", 1)
	told := decode[struct {
		Type string
		Data struct{ ID, Reason string }
	}](t, watcher.WaitAccepted(t, 1)[0].Body)
	if told.Type != "webhook_endpoint.disabled" || told.Data.ID != id.String() || told.Data.Reason == "" {
		t.Errorf("event %+v", told)
	}
	w.read(acme, func(q *tenant.Query) error {
		e, err := plugins.GetEndpoint(t.Context(), q, id)
		if err == nil && (e.Enabled || e.DisabledReason == "") {
			t.Errorf("endpoint %+v", e)
		}
		return err
	})
	if n := w.count(acme, plugins.GivenUp); n != 1 {
		t.Errorf("%d deliveries given up, want the one that was refused", n)
	}
}

func TestFiveDaysOfFailureSwitchAnEndpointOff(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, id := w.receiver(acme, "customer.*")
	r.Set(plugintest.Failing)
	w.worker()
	w.emit(acme, "customer.created", 1)
	w.eventually("the first failure", func() bool { return len(r.Requests()) == 1 && w.minAttempts(acme.Company) == 1 })
	w.Clock.Advance(5*24*time.Hour + time.Minute)
	w.eventually("the endpoint is switched off", func() (off bool) {
		w.read(acme, func(q *tenant.Query) error {
			e, err := plugins.GetEndpoint(t.Context(), q, id)
			off = !e.Enabled
			return err
		})
		return off
	})
	w.Clock.Advance(time.Hour)
	w.eventually("what was left is cancelled", func() bool { return w.count(acme, plugins.Cancelled) == 1 })
}

func TestAThrottlingReceiverUsesUpNoAttempt(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, _ := w.receiver(acme)
	r.Set(plugintest.Throttling)
	w.worker()
	w.emit(acme, "customer.created", 5)
	w.eventually("all wait for the receiver", func() bool {
		return len(r.Requests()) > 0 && w.count(acme, plugins.Pending) == 5 && w.allLater(acme, 30*time.Second)
	})
	r.Set(plugintest.Up)
	w.Clock.Advance(time.Minute)
	r.WaitAccepted(t, 5)
	w.eventually("all delivered", func() bool { return w.count(acme, plugins.Delivered) == 5 })
	var failures int
	w.read(acme, func(q *tenant.Query) error {
		return q.Get(t.Context(), &failures, `SELECT SUM(failures) FROM company.deliveries`)
	})
	if failures != 0 {
		t.Errorf("being put off counted as %d failures", failures)
	}
}
