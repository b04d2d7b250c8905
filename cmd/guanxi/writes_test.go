package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// writers is how many clients write at once.
const writers = 8

// writes is a stream of requests, each with an Idempotency-Key of its own, that creates customers named like
// their keys. A request that fails is repeated until it is acknowledged.
type writes struct {
	company      *tenancy
	repeats      atomic.Int64
	acknowledged atomic.Int64
	ids          sync.Map // the record that was acknowledged, by key
	done         sync.WaitGroup
}

// write starts n writes.
func (c *tenancy) write(t testing.TB, n int) *writes {
	t.Helper()
	w := &writes{company: c}
	for client := range writers {
		w.done.Go(func() {
			for i := client; i < n; i += writers {
				if err := w.one(fmt.Sprintf("%s-%06d", c.schema, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	return w
}

// one repeats a request until it is acknowledged.
func (w *writes) one(key string) error {
	body, err := json.Marshal(object{"name": key})
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(2 * time.Minute); ; {
		a, err := w.company.send(w.company.key, http.MethodPost, "/v1/customers", "application/json", body, "Idempotency-Key", key)
		var record struct{ ID string }
		switch {
		case err == nil && a.status == http.StatusCreated:
			if err := json.Unmarshal(a.body, &record); err != nil {
				return err
			}
			w.ids.Store(key, record.ID)
			w.acknowledged.Add(1)
			return nil
		case err == nil && a.status != http.StatusServiceUnavailable && a.status != http.StatusConflict:
			return fmt.Errorf("%s: %d %s", key, a.status, a.body)
		case time.Now().After(deadline):
			return fmt.Errorf("%s was never acknowledged: %w", key, errors.Join(err, errors.New(string(a.body))))
		}
		w.repeats.Add(1)
		time.Sleep(50 * time.Millisecond) // as a client that is told to try again would
	}
}

// await waits until n writes are acknowledged.
func (w *writes) await(t testing.TB, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d writes are acknowledged", n), time.Minute, func() bool { return int(w.acknowledged.Load()) >= n })
}

// check waits for the end of the stream and checks that every acknowledged write is there once, that every
// change has its number, without gaps, and that the receiver got every event at least once.
func (w *writes) check(t testing.TB, r *receiver, within time.Duration) {
	t.Helper()
	w.done.Wait()
	c := w.company
	w.checkRecords(t)
	var changes []struct {
		Event tenant.EventID `db:"event_id"`
		Seq   *int64         `db:"seq"`
		Type  string         `db:"type"`
	}
	eventually(t, "every change has its number", within, func() bool {
		changes = nil
		if err := c.db.Select(&changes, `SELECT event_id, seq, type FROM `+c.schema+`.changes ORDER BY seq`); err != nil {
			t.Fatal(err)
		}
		return len(changes) > 0 && changes[0].Seq != nil // NULL comes first
	})
	created := map[string]bool{}
	for i, change := range changes {
		if *change.Seq != int64(i+1) {
			t.Fatalf("change %d of %d has the number %d", i+1, len(changes), *change.Seq)
		}
		if change.Type == "customer.created" {
			created[change.Event.String()] = true
		}
	}
	if n := int(w.acknowledged.Load()); len(created) != n {
		t.Errorf("%d events of %d writes", len(created), n)
	}
	eventually(t, "every event is delivered", within, func() bool { return len(r.events()) >= len(created) })
	w.report(t, r, created)
}

func (w *writes) checkRecords(t testing.TB) {
	t.Helper()
	var rows []struct {
		ID   crm.CustomerID `db:"id"`
		Name string         `db:"name"`
	}
	if err := w.company.db.Select(&rows, `SELECT id, name FROM `+w.company.schema+`.customers`); err != nil {
		t.Fatal(err)
	}
	if n := int(w.acknowledged.Load()); len(rows) != n {
		t.Errorf("%d records of %d acknowledged writes", len(rows), n)
	}
	for _, row := range rows {
		if id, _ := w.ids.Load(row.Name); id != row.ID.String() {
			t.Errorf("%s is the record %s, but %v was acknowledged", row.Name, row.ID, id)
		}
	}
}

func (w *writes) report(t testing.TB, r *receiver, created map[string]bool) {
	t.Helper()
	repeated, most := 0, 0
	for id, times := range r.events() {
		if !created[id] {
			t.Errorf("event %s is not in the change log", id)
		}
		repeated += times - 1
		most = max(most, times)
	}
	for _, complaint := range r.complaints() {
		t.Errorf("the official library: %v", complaint)
	}
	t.Logf("%d writes acknowledged, %d requests repeated; %d events delivered, %d repeats (one came %d times)",
		w.acknowledged.Load(), w.repeats.Load(), len(created), repeated, most)
}
