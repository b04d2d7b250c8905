package worker

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// BenchmarkDeliveries measures events from the outbox to the receiver's 204 and the log, in four companies.
//
//	go test ./worker -run '^$' -bench Deliveries -benchtime 8000x
func BenchmarkDeliveries(b *testing.B) {
	w := newWorld(b)
	var arrived atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived.Add(1)
		rw.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	var companies []*tenanttest.Company
	for n := range 4 {
		c := w.Company(b, fmt.Sprint("company ", n))
		w.endpoint(c, server.URL, "customer.created")
		w.emit(c, "customer.created", b.N/4)
		companies = append(companies, c)
	}
	w.tick(b)
	b.ResetTimer()
	started := time.Now()
	w.worker()
	w.eventually("all are delivered", 10*time.Minute, func() bool {
		done := 0
		if int(arrived.Load()) < b.N/4*4 {
			time.Sleep(20 * time.Millisecond)
			return false
		}
		for _, c := range companies {
			done += w.count(c, plugins.Delivered)
		}
		return done == b.N/4*4
	})
	b.ReportMetric(float64(b.N)/time.Since(started).Seconds(), "deliveries/s")
}

// tick lets the clock run, so that what was put off comes back.
func (w *world) tick(b *testing.B) {
	const step = 50 * time.Millisecond
	ticker := time.NewTicker(step)
	done := make(chan struct{})
	b.Cleanup(func() { ticker.Stop(); close(done) })
	go func() {
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				w.Clock.Advance(step)
			}
		}
	}()
}

// BenchmarkReminders measures how long it takes until all of many reminders, due at the same moment in one
// company, have fired. Ten thousand must take less than five seconds.
//
//	go test ./worker -run '^$' -bench Reminders -benchtime 10000x
func BenchmarkReminders(b *testing.B) {
	w := newWorld(b)
	acme := w.Company(b, "acme")
	at := w.Clock.Now().Add(time.Hour)
	for left := b.N; left > 0; left -= 500 {
		w.tx(acme, func(tx *tenant.Tx) error { return insertTasks(tx, acme.Rep, min(left, 500), at) })
	}
	w.worker()
	w.tick(b)
	time.Sleep(time.Second) // the leases are taken, as they are at any other full hour
	b.ResetTimer()
	started := time.Now()
	w.Clock.Set(at)
	w.eventually("all have fired", 10*time.Minute, func() bool {
		time.Sleep(50 * time.Millisecond)
		return w.reminded(acme) == b.N
	})
	b.ReportMetric(time.Since(started).Seconds(), "s/all")
}

func insertTasks(tx *tenant.Tx, assignee tenant.MemberID, n int, at time.Time) error {
	ctx := context.Background()
	tasks := tx.Bulk(`INSERT INTO company.tasks (id, title, note, kind, priority, status, assignee_id, due_at, time_zone, checklist, usual, custom,
		version, created_at, updated_at) VALUES`, 15, "")
	reminders := tx.Bulk(`INSERT INTO company.reminders (id, record_id, minutes_before, remind_at, snoozed) VALUES`, 5, "")
	var due []tenant.Due
	for range n {
		task, reminder := tenant.RecordID(uuid.Must(uuid.NewV7())), tenant.RecordID(uuid.Must(uuid.NewV7()))
		if err := tasks.Add(ctx, task, "call back", "", "todo", "normal", "open", assignee, at, "Asia/Shanghai", "[]", "{}", "{}", 1, tx.Now, tx.Now); err != nil {
			return err
		}
		if err := reminders.Add(ctx, reminder, task, 0, at, false); err != nil {
			return err
		}
		due = append(due, tenant.Due{Ref: reminder, At: at})
	}
	if err := tasks.Flush(ctx); err != nil {
		return err
	}
	if err := reminders.Flush(ctx); err != nil {
		return err
	}
	return tx.ScheduleAll(ctx, "reminder", due)
}
