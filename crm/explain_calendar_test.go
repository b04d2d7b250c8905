package crm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// fillYears gives acme 100,000 tasks and 40,000 events over ten years, most of them the rep's colleagues'.
func (w *world) fillYears(t *testing.T) (customer crm.CustomerID) {
	t.Helper()
	customer = w.rep.customer(t, "one of many").ID
	people := []tenant.MemberID{w.acme.Rep, w.acme.Rep2, w.acme.Manager, w.acme.Admin}
	const years = 10 * 365 * 24 * time.Hour
	if err := w.admin.tx(t, func(tx *tenant.Tx) error {
		tasks := tx.Bulk(`INSERT INTO company.tasks (id, title, search_text, note, kind, priority, status, customer_id, assignee_id, due_at, time_zone, checklist, usual, custom,
			rrule, version, created_at, updated_at) VALUES`, 18, "")
		for n := range 100_000 {
			due := tx.Now.Add(years/100_000*time.Duration(n) - years*9/10)
			status, rrule, about := "done", any(nil), any(nil)
			if due.After(tx.Now.Add(-24 * time.Hour)) {
				status = "open"
			}
			if n%1000 == 0 {
				rrule = "FREQ=WEEKLY"
			}
			if n%2000 == 0 {
				about = customer
			}
			if err := tasks.Add(t.Context(), tenant.NewEventID(), "x", "x", "", "todo", "normal", status, about, people[n%len(people)], due, "UTC", "[]", "{}", "{}", rrule, 1, due, due); err != nil {
				return err
			}
		}
		if err := tasks.Flush(t.Context()); err != nil {
			return err
		}
		events := tx.Bulk(`INSERT INTO company.calendar_events (id, uid, sequence, title, description, place, kind, colour, private, all_day, time_zone, starts_local,
			seconds, starts_at, ends_at, until_at, dates, except_dates, organizer_id, guests, version, created_at, updated_at) VALUES`, 23, "")
		participants := tx.Bulk(`INSERT INTO company.calendar_participants (event_id, member_id, organizer, response, starts_at, until_at) VALUES`, 6, "")
		for n := range 40_000 {
			id, at := tenant.NewEventID(), tx.Now.Add(years/40_000*time.Duration(n)-years*9/10)
			end := at.Add(time.Hour)
			if err := events.Add(t.Context(), id, id.String(), 0, "x", "", "", "meeting", "grey", 0, 0, "UTC", at, 3600, at, end, end, "[]", "[]", people[n%len(people)], "[]", 1, at, at); err != nil {
				return err
			}
			if err := participants.Add(t.Context(), id, people[n%len(people)], 1, "accepted", at, end); err != nil {
				return err
			}
		}
		if err := events.Flush(t.Context()); err != nil {
			return err
		}
		return participants.Flush(t.Context())
	}); err != nil {
		t.Fatal(err)
	}
	w.analyse(t, "tasks", "calendar_events", "calendar_participants")
	return customer
}

// TestCalendarsReadWhatTheyShow looks at the plans of what people open every morning, over years of data: they begin
// with the right key, and hardly more rows are looked at than are shown.
func TestCalendarsReadWhatTheyShow(t *testing.T) {
	w := newWorld(t)
	customer := w.fillYears(t)
	now := w.Clock.Now()
	week := crm.CalendarQuery{From: "2026-03-02", To: "2026-03-09"}
	everybody := crm.CalendarQuery{From: week.From, To: week.To, Members: []string{"all"}}
	agenda := func(in crm.AgendaQuery, from, to time.Time) func(*tenant.Query) (string, []any, error) {
		return func(q *tenant.Query) (string, []any, error) { return crm.AgendaStatement(q, in, from, to) }
	}
	events := func(in crm.CalendarQuery) func(*tenant.Query) (string, []any, error) {
		return func(q *tenant.Query) (string, []any, error) {
			statement, _, args, _, err := crm.CalendarStatements(q, in)
			return statement, args, err
		}
	}
	tasks := func(in crm.CalendarQuery) func(*tenant.Query) (string, []any, error) {
		return func(q *tenant.Query) (string, []any, error) {
			_, statement, _, args, err := crm.CalendarStatements(q, in)
			return statement, args, err
		}
	}
	listedEvents := func(q *tenant.Query) (string, []any, error) {
		return crm.CalendarEventStatement(q, crm.ListQuery{Limit: 20})
	}
	listed := func(in crm.ListQuery) func(*tenant.Query) (string, []any, error) {
		return func(q *tenant.Query) (string, []any, error) { return crm.TaskStatement(q, in) }
	}
	for _, c := range []struct {
		name      string
		who       person
		statement func(*tenant.Query) (string, []any, error)
		// keys are what the parts of the statement begin with, most how many rows it may look at for those it shows.
		keys []string
		most int
	}{
		{"one's day", w.rep, agenda(crm.AgendaQuery{}, now, now.Add(15*time.Hour)), []string{"tasks_assignee_open"}, 100},
		{"one's overdue", w.rep, agenda(crm.AgendaQuery{}, time.Time{}, now), []string{"tasks_assignee_open"}, 100},
		{"everybody's day", w.admin, agenda(crm.AgendaQuery{Assignee: "all"}, now, now.Add(15*time.Hour)), []string{"tasks_open"}, 100},
		{"one's without a time", w.rep, agenda(crm.AgendaQuery{}, time.Time{}, time.Time{}), []string{"tasks_assignee_open"}, 100},
		{"one's week", w.rep, events(week), []string{"calendar_participants_member"}, 1500},
		{"everybody's week", w.admin, events(everybody), []string{"calendar_events_until"}, 200},
		{"the tasks of one's week", w.rep, tasks(week), []string{"tasks_assignee_due", "tasks_assignee_open"}, 100},
		{"the tasks of everybody's week", w.admin, tasks(everybody), []string{"tasks_due", "tasks_open"}, 400},
		{"all events", w.admin, listedEvents, []string{"calendar_events_starts"}, 50},
		{"a customer's tasks", w.rep, listed(crm.ListQuery{Filter: `customer = "` + customer.String() + `" AND status = open`}), []string{"tasks_customer"}, 50},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.who.tx(t, func(tx *tenant.Tx) error { // on one connection, whose rows are counted
				q := tx.Query
				statement, args, err := c.statement(q)
				if err != nil {
					return err
				}
				steps := explain(t.Context(), t, q, statement, args)
				for _, key := range c.keys {
					if !slices.ContainsFunc(steps, func(s step) bool { return s.key == key }) {
						t.Errorf("the plan is %+v, want %s", steps, key)
					}
				}
				for _, s := range steps {
					if s.kind == "ALL" && !strings.HasPrefix(s.table, "<") {
						t.Errorf("the plan reads everything: %+v", steps)
					}
				}
				rows := rowsRead(t, q, statement, args)
				if rows > c.most {
					t.Errorf("%d rows are read, want at most %d: %+v", rows, c.most, steps)
				}
				t.Logf("%d rows are read by %+v", rows, steps)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// rowsRead runs a statement and returns how many rows the server looked at for it.
func rowsRead(t *testing.T, q *tenant.Query, statement string, args []any) int {
	t.Helper()
	count := func() (n int) {
		var rows []struct {
			Name  string `db:"Variable_name"`
			Value int    `db:"Value"`
		}
		if err := q.Select(t.Context(), &rows, `SHOW SESSION STATUS LIKE 'Handler_read%'`); err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			n += r.Value
		}
		return n
	}
	before := count()
	rows, err := q.Rows(t.Context(), statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		continue
	}
	if err := rows.Err(); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", statement, err))
	}
	_ = rows.Close()
	return count() - before
}
