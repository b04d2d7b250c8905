package worker

import (
	"context"
	"errors"
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
	w.within(10*time.Minute, "all are delivered", func() bool {
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
		last := time.Now()
		for {
			select {
			case <-done:
				return
			case now := <-ticker.C: // a machine under load leaves some out
				w.Clock.Advance(now.Sub(last))
				last = now
			}
		}
	}()
}

// BenchmarkReminders measures how long it takes until all of many reminders of tasks and calendar events, due at the
// same moment in one company, have fired. Ten thousand must take less than five seconds.
//
//	go test ./worker -run '^$' -bench Reminders -benchtime 10000x
func BenchmarkReminders(b *testing.B) { benchmarkReminders(b, 0) }

// BenchmarkRemindersOfAMinute is the same for reminders that are spread over a minute.
//
//	go test ./worker -run '^$' -bench RemindersOfAMinute -benchtime 10000x
func BenchmarkRemindersOfAMinute(b *testing.B) { benchmarkReminders(b, time.Minute) }

func benchmarkReminders(b *testing.B, over time.Duration) {
	w := newWorld(b)
	acme := w.Company(b, "acme")
	at := w.Clock.Now().Add(time.Hour)
	for n := 0; n < b.N; n += 500 {
		w.tx(acme, func(tx *tenant.Tx) error {
			return insertReminders(tx, acme.Rep, min(b.N-n, 500), func(i int) time.Time { return at.Add(over / time.Duration(b.N) * time.Duration(n+i)) })
		})
	}
	w.worker()
	w.tick(b)
	time.Sleep(time.Second) // the leases are taken, as they are at any other full hour
	b.ResetTimer()
	started := time.Now()
	w.Clock.Set(at)
	w.within(10*time.Minute, "all have fired", func() bool {
		time.Sleep(50 * time.Millisecond)
		return w.reminded(acme) == b.N
	})
	b.ReportMetric(time.Since(started).Seconds(), "s/all")
	var slowest float64
	w.read(acme, func(q *tenant.Query) error {
		return q.Get(b.Context(), &slowest, `SELECT MAX(TIMESTAMPDIFF(MICROSECOND, remind_at, fired_at)) / 1e6 FROM company.reminders`)
	})
	b.ReportMetric(slowest, "s/slowest")
}

// insertReminders writes n reminders, by turns of a task and of a calendar event.
func insertReminders(tx *tenant.Tx, of tenant.MemberID, n int, at func(int) time.Time) error {
	ctx := context.Background()
	tasks := tx.Bulk(`INSERT INTO company.tasks (id, title, search_text, note, kind, priority, status, assignee_id, due_at, time_zone, checklist, usual, custom,
		version, created_at, updated_at) VALUES`, 16, "")
	events := tx.Bulk(`INSERT INTO company.calendar_events (id, uid, sequence, title, description, place, kind, colour, private, all_day, time_zone, starts_local,
		seconds, starts_at, ends_at, until_at, dates, except_dates, organizer_id, guests, version, created_at, updated_at) VALUES`, 23, "")
	people := tx.Bulk(`INSERT INTO company.calendar_participants (event_id, member_id, organizer, response, starts_at, until_at) VALUES`, 6, "")
	reminders := tx.Bulk(`INSERT INTO company.reminders (id, record_id, minutes_before, remind_at, snoozed) VALUES`, 5, "")
	var due []tenant.Due
	for i := range n {
		record, reminder, when := tenant.RecordID(uuid.Must(uuid.NewV7())), tenant.RecordID(uuid.Must(uuid.NewV7())), at(i)
		var err error
		if i%2 == 0 {
			err = tasks.Add(ctx, record, "call back", "call back", "", "todo", "normal", "open", of, when, "UTC", "[]", "{}", "{}", 1, tx.Now, tx.Now)
		} else {
			end := when.Add(time.Hour)
			err = errors.Join(
				events.Add(ctx, record, record.String(), 0, "meet", "", "", "meeting", "grey", 0, 0, "UTC", when, 3600, when, end, end, "[]", "[]", of, "[]", 1, tx.Now, tx.Now),
				people.Add(ctx, record, of, 1, "accepted", when, end),
			)
		}
		if err := errors.Join(err, reminders.Add(ctx, reminder, record, 0, when, false)); err != nil {
			return err
		}
		due = append(due, tenant.Due{Ref: reminder, At: when})
	}
	for _, rows := range []*tenant.Bulk{tasks, events, people, reminders} {
		if err := rows.Flush(ctx); err != nil {
			return err
		}
	}
	return tx.ScheduleAll(ctx, "reminder", due)
}
