package plugins_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *store) replay(id plugins.EndpointID, in plugins.Replay) (out plugins.Replayed) {
	s.t.Helper()
	s.must(func(tx *tenant.Tx) (err error) {
		out, err = plugins.ReplayEndpoint(context.Background(), tx, id, in)
		return err
	})
	return out
}

func TestReplayingAWindow(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.*")
	start := s.Clock.Now()
	s.emit("customer.created", 2)
	s.emit("task.due", 1)
	s.Clock.Advance(time.Hour)
	s.emit("customer.updated", 3)
	s.must(func(tx *tenant.Tx) error {
		return tx.EmitQuiet(t.Context(), tenant.Event{Type: "customer.created", Resource: "customer", Record: tenant.RecordID(tenant.NewMemberID())})
	})
	s.relay()
	hour := start.Add(time.Hour)
	s.Clock.Advance(time.Hour)
	first, _ := s.deliveries(plugins.DeliveryQuery{Endpoint: e.ID})
	if len(first) != 5 {
		t.Fatalf("%d deliveries", len(first))
	}
	s.attempt(first[0].ID, plugins.Outcome{Response: plugins.Response{Status: 200}})
	for _, d := range first[1:] {
		s.attempt(d.ID, plugins.Outcome{Err: &plugins.Rejected{Code: plugins.CodeAborted, Reason: "no"}})
	}
	for _, row := range []struct {
		name string
		in   plugins.Replay
		want int
	}{
		{"the first hour", plugins.Replay{Since: start, Until: &hour}, 2},
		{"all that failed", plugins.Replay{Since: start, OnlyFailed: true}, 2}, // the first two are on their way again
		{"everything", plugins.Replay{Since: start}, 5},
		{"nothing yet", plugins.Replay{Since: s.Clock.Now().Add(-time.Minute)}, 0},
	} {
		if out := s.replay(e.ID, row.in); out.Deliveries != row.want || out.NextAfterSeq != nil {
			t.Errorf("%s: %+v, want %d", row.name, out, row.want)
		}
	}
	ids := map[tenant.EventID]bool{}
	again, _ := s.deliveries(plugins.DeliveryQuery{Endpoint: e.ID})
	for _, d := range again {
		ids[d.EventID] = true
	}
	if len(ids) != 5 || len(again) != 14 {
		t.Errorf("%d deliveries of %d events, want 14 of 5: repeats keep the event's id", len(again), len(ids))
	}
	var invalid *tenant.InvalidError
	err := s.as(1, func(tx *tenant.Tx) error {
		_, err := plugins.ReplayEndpoint(t.Context(), tx, e.ID, plugins.Replay{Since: hour, Until: &start})
		return err
	})
	if !errors.As(err, &invalid) {
		t.Errorf("a window that ends before it begins: %v", err)
	}
}

func TestALargeReplayContinues(t *testing.T) {
	s := newStore(t)
	e := s.endpoint("customer.created")
	s.must(func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO company.changes
			(event_id, seq, type, resource, record_id, actor_kind, quiet, data, previous, created_at)
			SELECT UNHEX(LPAD(HEX(seq), 32, '0')), seq, 'customer.created', 'customer', UNHEX(LPAD(HEX(seq), 32, '0')), 'system', 0, '{}', 'null', ?
			FROM (SELECT 100000 + a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS seq FROM `+digits("a")+` JOIN `+digits("b")+` JOIN `+digits("c")+` JOIN `+digits("d")+`) numbers
			WHERE seq < 106000`, tx.Now)
		return err
	})
	s.Clock.Advance(time.Minute)
	since := s.Clock.Now().Add(-time.Hour)
	first := s.replay(e.ID, plugins.Replay{Since: since})
	if first.Deliveries != 5000 || first.NextAfterSeq == nil {
		t.Fatalf("first part %+v", first)
	}
	if rest := s.replay(e.ID, plugins.Replay{Since: since, AfterSeq: *first.NextAfterSeq}); rest.Deliveries != 1000 || rest.NextAfterSeq != nil {
		t.Errorf("second part %+v", rest)
	}
}

// digits is a table of 0 to 9.
func digits(alias string) string {
	return `(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) ` + alias
}
