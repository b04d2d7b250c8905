package plugins_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestPlanningFollowsTheTypes(t *testing.T) {
	s := newStore(t)
	all, customers := s.endpoint(), s.endpoint("customer.*")
	bot := s.install("task.due")
	s.relay() // what making them told
	before, _ := s.deliveries(plugins.DeliveryQuery{Endpoint: all.ID})
	s.emit("customer.created", 2)
	s.emit("task.due", 1)
	s.must(func(tx *tenant.Tx) error {
		return tx.EmitQuiet(t.Context(), tenant.Event{Type: "customer.created", Resource: "customer", Record: tenant.RecordID(tenant.NewMemberID())})
	})
	s.relay()
	for _, row := range []struct {
		in   plugins.DeliveryQuery
		want []string
	}{
		{plugins.DeliveryQuery{Endpoint: customers.ID}, []string{"customer.created", "customer.created"}},
		{plugins.DeliveryQuery{Plugin: bot.ID}, []string{"task.due"}},
		{plugins.DeliveryQuery{EventType: "task.due", Endpoint: all.ID}, []string{"task.due"}},
		{plugins.DeliveryQuery{Status: plugins.Delivered}, nil},
	} {
		page, _ := s.deliveries(row.in)
		var got []string
		for _, d := range page {
			got = append(got, d.EventType)
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%+v: %v, want %v", row.in, got, row.want)
		}
	}
	after, _ := s.deliveries(plugins.DeliveryQuery{Endpoint: all.ID})
	if len(after)-len(before) != 3 {
		t.Errorf("an endpoint that takes all got %d, want 3", len(after)-len(before))
	}
	for _, d := range before {
		if d.EventType == "webhook_endpoint.created" && strings.Contains(d.Target, d.EventID.String()) {
			t.Error("an endpoint was told of itself")
		}
	}
}

func TestTheLogPagesNewestFirst(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.created")
	s.emit("customer.created", 7)
	s.relay()
	var seen []plugins.DeliveryID
	in := plugins.DeliveryQuery{Endpoint: e.ID, Limit: 3}
	for more := true; more; {
		var page []plugins.DeliveryRecord
		page, more = s.deliveries(in)
		for _, d := range page {
			seen = append(seen, d.ID)
		}
		in.Before = page[len(page)-1].ID
	}
	if len(seen) != 7 || !slices.IsSortedFunc(seen, func(a, b plugins.DeliveryID) int { return strings.Compare(b.String(), a.String()) }) {
		t.Errorf("seen %v", seen)
	}
}

// attempt records one attempt of a delivery and returns it as it stands then.
func (s *store) attempt(id plugins.DeliveryID, out plugins.Outcome) (plugins.DeliveryWithAttempts, plugins.Result) {
	s.t.Helper()
	var d plugins.DeliveryWithAttempts
	var result plugins.Result
	s.must(func(tx *tenant.Tx) error {
		all, err := plugins.LoadEvents(context.Background(), tx.Query, []plugins.DeliveryID{id})
		if err != nil {
			return err
		}
		o := all[0]
		out.At = tx.Now
		if result, err = plugins.RecordAttempt(context.Background(), tx, o, out); err != nil {
			return err
		}
		d, err = plugins.GetDelivery(context.Background(), tx.Query, id)
		return err
	})
	return d, result
}

func TestTenFailuresAndADeliveryIsGivenUp(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.created")
	s.emit("customer.created", 1)
	s.relay()
	page, _ := s.deliveries(plugins.DeliveryQuery{Endpoint: e.ID})
	failure := plugins.Outcome{Response: plugins.Response{Status: 500, Body: []byte("\xffbroken" + strings.Repeat("界", 10_000))}, Err: plugins.StatusFailed(500)}
	var d plugins.DeliveryWithAttempts
	for n := 1; n <= plugins.MaxAttempts; n++ {
		var result plugins.Result
		d, result = s.attempt(page[0].ID, failure)
		want := plugins.ResultRetried
		if n == plugins.MaxAttempts {
			want = plugins.ResultFailed
		}
		if result != want || d.Attempts != n {
			t.Fatalf("attempt %d: %s, %+v", n, result, d.DeliveryRecord)
		}
		if d.NextAttemptAt != nil {
			s.Clock.Set(*d.NextAttemptAt)
		}
	}
	if d.Status != plugins.GivenUp || d.NextAttemptAt != nil || len(d.Log) != plugins.MaxAttempts {
		t.Errorf("%+v", d.DeliveryRecord)
	}
	if body := d.Log[0].Body; len(body) > 20_000 || len(body) < 19_990 || !strings.HasPrefix(body, "\uFFFDbroken") {
		t.Errorf("body of %d bytes begins %q", len(body), body[:12])
	}
	if _, result := s.attempt(page[0].ID, plugins.Outcome{}); result != plugins.ResultRepeated {
		t.Errorf("an attempt of a delivery that is over: %s", result)
	}
	s.must(func(tx *tenant.Tx) error {
		again, err := plugins.RetryDelivery(t.Context(), tx, page[0].ID)
		if err == nil && (again.Status != plugins.Pending || !again.NextAttemptAt.Equal(tx.Now)) {
			t.Errorf("retried: %+v", again)
		}
		return err
	})
	if d, result := s.attempt(page[0].ID, plugins.Outcome{Response: plugins.Response{Status: 204}}); result != plugins.ResultDelivered || d.Status != plugins.Delivered {
		t.Errorf("after the retry: %s, %+v", result, d.DeliveryRecord)
	}
}

func TestARefusedEventEndsItsDeliveryAlone(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.created")
	s.emit("customer.created", 1)
	s.relay()
	page, _ := s.deliveries(plugins.DeliveryQuery{Endpoint: e.ID})
	d, result := s.attempt(page[0].ID, plugins.Outcome{Response: plugins.Response{Status: 400}, Err: &plugins.Rejected{Code: plugins.CodeAborted, Reason: "no"}})
	if result != plugins.ResultFailed || d.Status != plugins.GivenUp || d.LastError != "no" {
		t.Errorf("%s, %+v", result, d.DeliveryRecord)
	}
	s.must(func(tx *tenant.Tx) error {
		e, err := plugins.GetEndpoint(t.Context(), tx.Query, e.ID)
		if err == nil && (!e.Enabled || e.FailingSince != nil) {
			t.Errorf("endpoint %+v", e)
		}
		return err
	})
}

func TestThrottlingForEverEnds(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.created")
	s.emit("customer.created", 1)
	s.relay()
	page, _ := s.deliveries(plugins.DeliveryQuery{Endpoint: e.ID})
	throttled := plugins.Outcome{Response: plugins.Response{Status: 429}, Err: &plugins.Throttled{After: time.Hour, Reason: "slow down"}}
	d, result := s.attempt(page[0].ID, throttled)
	if result != plugins.ResultThrottled || d.Attempts != 1 || d.Log[0].Code != plugins.CodeThrottled {
		t.Errorf("%s, %+v", result, d)
	}
	s.hold(page[0].ID, plugins.HoldEarly)
	s.Clock.Advance(5*24*time.Hour + time.Minute)
	if d, result = s.attempt(page[0].ID, throttled); result != plugins.ResultFailed || d.Status != plugins.GivenUp {
		t.Errorf("after five days: %s, %+v", result, d.DeliveryRecord)
	}
}

// hold loads a delivery, checks that it is held for the reason and puts it back.
func (s *store) hold(id plugins.DeliveryID, want plugins.Hold) {
	s.t.Helper()
	s.must(func(tx *tenant.Tx) error {
		all, err := plugins.LoadEvents(context.Background(), tx.Query, []plugins.DeliveryID{id})
		if err != nil {
			return err
		}
		o := all[0]
		if o.Hold != want {
			s.t.Errorf("held for %d, want %d", o.Hold, want)
		}
		return o.Put(context.Background(), tx)
	})
}

func TestWhatHoldsADelivery(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.created")
	s.emit("customer.created", 4)
	s.relay()
	page, _ := s.deliveries(plugins.DeliveryQuery{Endpoint: e.ID})
	s.attempt(page[0].ID, plugins.Outcome{Response: plugins.Response{Status: 200}})
	s.hold(page[0].ID, plugins.HoldOver)
	s.attempt(page[1].ID, plugins.Outcome{Response: plugins.Response{Status: 429}, Err: &plugins.Throttled{After: time.Minute}})
	s.hold(page[2].ID, plugins.HoldPaused)
	if page, _ := s.deliveries(plugins.DeliveryQuery{Endpoint: e.ID}); page[2].NextAttemptAt.Sub(s.Clock.Now()) < time.Minute {
		t.Error("a delivery to a paused endpoint is not put off")
	}
	s.Clock.Advance(2 * time.Minute)
	s.must(func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `DELETE FROM company.changes WHERE event_id = ?`, page[3].EventID)
		return err
	})
	s.hold(page[3].ID, plugins.HoldNoContent)
	s.must(func(tx *tenant.Tx) error {
		_, err := plugins.UpdateEndpoint(t.Context(), tx, e.ID, plugins.EndpointPatch{Enabled: patch.Of(false)}, s.rules, 0)
		return err
	})
	s.hold(page[2].ID, plugins.HoldNoTarget)
	counts := map[plugins.DeliveryStatus]int{}
	page, _ = s.deliveries(plugins.DeliveryQuery{Endpoint: e.ID})
	for _, d := range page {
		counts[d.Status]++
	}
	if counts[plugins.Delivered] != 1 || counts[plugins.Pending] != 1 || counts[plugins.GivenUp] != 1 || counts[plugins.Cancelled] != 1 {
		t.Errorf("states %v", counts)
	}
	var conflict *tenant.ConflictError
	if err := s.as(1, func(tx *tenant.Tx) error { _, err := plugins.RetryDelivery(t.Context(), tx, page[0].ID); return err }); !errors.As(err, &conflict) {
		t.Errorf("retry to an endpoint that is off: %v", err)
	}
	s.must(func(tx *tenant.Tx) error { return plugins.DeleteEndpoint(t.Context(), tx, e.ID, 0) })
	if err := s.as(1, func(tx *tenant.Tx) error { _, err := plugins.RetryDelivery(t.Context(), tx, page[0].ID); return err }); !errors.As(err, &conflict) || conflict.Code != "target_gone" {
		t.Errorf("retry to an endpoint that is gone: %v", err)
	}
}

func TestDeliveriesArePurgedAfterThirtyDays(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.created")
	s.emit("customer.created", 3)
	s.relay()
	page, _ := s.deliveries(plugins.DeliveryQuery{Endpoint: e.ID})
	s.attempt(page[0].ID, plugins.Outcome{Response: plugins.Response{Status: 200, Body: []byte("thanks, Wang")}})
	s.must(func(tx *tenant.Tx) error { return plugins.GiveUp(t.Context(), tx, page[1].ID, plugins.EventWork) })
	for _, forgotten := range []struct {
		of   plugins.DeliveryRecord
		left string
	}{{page[1], "thanks, Wang"}, {page[0], ""}} {
		s.must(func(tx *tenant.Tx) error {
			if err := plugins.ForgetAnswers(t.Context(), tx, []tenant.EventID{forgotten.of.EventID}); err != nil {
				return err
			}
			d, err := plugins.GetDelivery(t.Context(), tx.Query, page[0].ID)
			if err == nil && d.Log[0].Body != forgotten.left {
				t.Errorf("the answer left is %q, want %q", d.Log[0].Body, forgotten.left)
			}
			return err
		})
	}
	purge := func() (n int) {
		s.must(func(tx *tenant.Tx) (err error) { n, err = plugins.PurgeDeliveries(t.Context(), tx, 100); return err })
		return n
	}
	if n := purge(); n != 0 {
		t.Errorf("purged %d too early", n)
	}
	s.Clock.Advance(31 * 24 * time.Hour)
	if n := purge(); n != 2 {
		t.Errorf("purged %d, want the two that are over", n)
	}
	s.must(func(tx *tenant.Tx) error {
		_, err := plugins.GetDelivery(t.Context(), tx.Query, page[0].ID)
		if !errors.Is(err, tenant.ErrNotFound) {
			t.Errorf("a purged delivery: %v", err)
		}
		var attempts int
		err = tx.Get(t.Context(), &attempts, `SELECT COUNT(*) FROM company.delivery_attempts`)
		if attempts != 0 {
			t.Errorf("%d attempts without a delivery", attempts)
		}
		return err
	})
}
