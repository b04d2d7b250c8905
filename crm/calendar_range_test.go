package crm_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestCalendarShowsEventsAndTasks(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "云帆科技")
	w.rep.event(t, crm.NewCalendarEvent{Title: "visit", StartsAt: shanghai("03-09 10:00"), EndsAt: shanghai("03-09 12:00"), CustomerID: &c.ID})
	w.rep.event(t, crm.NewCalendarEvent{Title: "daily", StartsAt: shanghai("03-02 11:00"), RRule: "FREQ=DAILY;BYDAY=MO,TU"})
	w.rep.event(t, crm.NewCalendarEvent{Title: "fair", StartsOn: date("2026-03-07"), EndsOn: date("2026-03-09")})
	w.rep.event(t, crm.NewCalendarEvent{Title: "night", StartsAt: shanghai("03-08 23:00"), EndsAt: shanghai("03-09 01:00")})
	w.rep.event(t, crm.NewCalendarEvent{Title: "before", StartsAt: shanghai("03-08 10:00")})
	w.rep.event(t, crm.NewCalendarEvent{Title: "after", StartsAt: shanghai("03-11 00:00")})
	w.rep2.event(t, crm.NewCalendarEvent{Title: "colleague's", StartsAt: shanghai("03-09 10:00")})
	invited := w.rep2.event(t, crm.NewCalendarEvent{Title: "invited", StartsAt: shanghai("03-10 11:30"), AttendeeIDs: []tenant.MemberID{w.acme.Rep}})
	w.rep.task(t, crm.NewTask{Title: "quote", DueAt: shanghai("03-09 17:00"), CustomerID: &c.ID})
	w.rep.task(t, crm.NewTask{Title: "report", DueOn: date("2026-03-02"), RRule: "FREQ=WEEKLY"})
	done := w.rep.task(t, crm.NewTask{Title: "done", DueOn: date("2026-03-10")})
	w.rep.complete(t, done.ID)
	cancelled := w.rep.task(t, crm.NewTask{Title: "cancelled", DueOn: date("2026-03-10")})
	w.rep.updateTask(t, cancelled.ID, crm.TaskPatch{Status: patch.Of("cancelled")})
	w.rep.task(t, crm.NewTask{Title: "undated"})

	two := crm.CalendarQuery{From: "2026-03-09", To: "2026-03-11"}
	shown := func(c crm.Calendar) (all []string) {
		for _, e := range c.Events {
			line := e.Title + " " + clock(&e.StartsAt)[9:]
			if e.Occurrence != nil {
				line += " of a series"
			}
			if e.Conflict {
				line += " in conflict"
			}
			all = append(all, line)
		}
		for _, task := range c.Tasks {
			line := task.Title + " " + clock(task.DueAt)[9:]
			if task.Projected {
				line += " to come"
			}
			all = append(all, line)
		}
		return all
	}
	calendar := w.rep.calendar(t, two)
	if diff := cmp.Diff([]string{
		"fair 03-07 00:00", "night 03-08 23:00", "visit 03-09 10:00 in conflict", "daily 03-09 11:00 of a series in conflict",
		"daily 03-10 11:00 of a series in conflict", "invited 03-10 11:30 in conflict",
		"quote 03-09 17:00", "report 03-09 23:59 to come", "done 03-10 23:59",
	}, shown(calendar)); diff != "" || calendar.Capped {
		t.Errorf("-want +got\n%s", diff)
	}
	if visit, quote := calendar.Events[2], calendar.Tasks[0]; visit.Customer == nil || visit.Customer.Name != "云帆科技" || quote.Customer == nil || len(visit.Reminders) != 1 {
		t.Errorf("%+v, %+v", visit, quote)
	}
	must[crm.CalendarEvent](t)(w.rep.tryRespond(t, invited.ID, "", "declined"))
	if got := shown(w.rep.calendar(t, two)); got[5] != "invited 03-10 11:30" || got[4] != "daily 03-10 11:00 of a series" {
		t.Errorf("what was declined is in the way: %v", got)
	}
	rep2 := two
	rep2.Members = []string{w.acme.Rep2.String()}
	for name, row := range map[string]struct {
		who  person
		in   crm.CalendarQuery
		want []string
	}{
		"a colleague's own":        {w.rep2, two, []string{"colleague's 03-09 10:00", "invited 03-10 11:30"}},
		"a colleague by a manager": {w.manager, rep2, []string{"colleague's 03-09 10:00", "invited 03-10 11:30"}},
		"a colleague by a rep":     {w.rep, rep2, []string{"invited 03-10 11:30"}},
		"another company's":        {w.stranger, rep2, nil},
		"the manager's own":        {w.manager, two, nil},
	} {
		if name == "a colleague by a rep" {
			row.want = nil // the rep is invited, but the calendar is not theirs
		}
		if diff := cmp.Diff(row.want, shown(row.who.calendar(t, row.in))); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	for name, who := range map[string]person{"manager": w.manager, "admin": w.admin} {
		if n := len(shown(who.calendar(t, crm.CalendarQuery{From: "2026-03-09", To: "2026-03-11", Members: []string{"all"}}))); n != 10 {
			t.Errorf("the %s sees %d", name, n)
		}
	}
	// The week that begins today, when nobody says.
	if got := shown(w.rep.calendar(t, crm.CalendarQuery{})); len(got) != 6 || got[0] != "daily 03-02 11:00 of a series" {
		t.Errorf("%v", got)
	}
	for field, in := range map[string]crm.CalendarQuery{
		"to": {From: "2026-03-09", To: "2026-03-09"}, "from": {From: "monday", To: "2026-03-09"}, "members": {Members: []string{"me"}},
	} {
		_, err := read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.Calendar, error) { return crm.GetCalendar(ctx, q, in) })
		wantInvalid(t, err, field)
	}
	_, err := read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.Calendar, error) {
		return crm.GetCalendar(ctx, q, crm.CalendarQuery{From: "2026-01-01", To: "2027-03-01", Members: make([]string, 51)})
	})
	wantInvalid(t, err, "members", "to")
}

func TestPrivateEventsShowAsBusy(t *testing.T) {
	w := newWorld(t)
	e := w.rep.event(t, crm.NewCalendarEvent{Title: "doctor", Place: "clinic", StartsAt: shanghai("03-09 10:00"), Private: true, RRule: "FREQ=WEEKLY", AttendeeIDs: []tenant.MemberID{w.acme.Rep2}})
	in := crm.CalendarQuery{From: "2026-03-09", To: "2026-03-20", Members: []string{w.acme.Rep.String()}}
	for name, row := range map[string]struct {
		who   person
		title string
	}{"the organiser": {w.rep, "doctor"}, "the manager": {w.manager, ""}, "the admin": {w.admin, ""}} {
		got := row.who.calendar(t, in).Events
		if len(got) != 2 || got[0].Title != row.title || got[0].Masked != (row.title == "") || got[0].ID != e.ID || row.title == "" && got[0].Place != "" {
			t.Errorf("%s sees %+v", name, got)
		}
	}
	busy := func(p person, in crm.CalendarQuery, except crm.CalendarEventID) ([]crm.BusyTime, error) {
		return read(t, p, func(ctx ctx, q *tenant.Query) ([]crm.BusyTime, error) { return crm.BusyTimes(ctx, q, in, except) })
	}
	w.manager.event(t, crm.NewCalendarEvent{Title: "secret", StartsAt: shanghai("03-10 10:00")})
	in.Members = append(in.Members, w.acme.Manager.String())
	at := func(day string) (time.Time, time.Time) { s := shanghai(day); return s.UTC(), s.Add(time.Hour).UTC() }
	from1, to1 := at("03-09 10:00")
	from2, to2 := at("03-10 10:00")
	from3, to3 := at("03-16 10:00")
	want := []crm.BusyTime{{w.acme.Rep, from1, to1, false}, {w.acme.Manager, from2, to2, false}, {w.acme.Rep, from3, to3, false}}
	if got, err := busy(w.rep2, in, crm.CalendarEventID{}); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("%v, %s", err, cmp.Diff(want, got))
	}
	if got, err := busy(w.rep2, in, e.ID); err != nil || len(got) != 1 {
		t.Errorf("without the event itself: %v, %v", got, err)
	}
	if got, err := busy(w.stranger, in, crm.CalendarEventID{}); err != nil || len(got) != 0 {
		t.Errorf("another company is told %v, %v", got, err)
	}
	must[crm.CalendarEvent](t)(w.rep2.tryRespond(t, e.ID, "", "declined"))
	if got, err := busy(w.rep2, crm.CalendarQuery{From: "2026-03-09", To: "2026-03-20"}, crm.CalendarEventID{}); err != nil || len(got) != 0 {
		t.Errorf("one's own time after declining: %v, %v", got, err)
	}
	_, err := busy(w.rep2, crm.CalendarQuery{Members: []string{"all"}}, crm.CalendarEventID{})
	wantInvalid(t, err, "members")
	_, err = busy(w.rep2, crm.CalendarQuery{From: "2026-03-01", To: "2026-06-01"}, crm.CalendarEventID{})
	wantInvalid(t, err, "to")
}

func TestCalendarIsBounded(t *testing.T) {
	w := newWorld(t)
	daily := func(n int) {
		for i := range n {
			w.rep.event(t, crm.NewCalendarEvent{Title: fmt.Sprint(i), StartsAt: shanghai("03-09 10:00"), RRule: "FREQ=DAILY", Reminders: []crm.NewReminder{}})
		}
	}
	daily(15)
	w.rep.task(t, crm.NewTask{Title: "x", DueOn: date("2026-03-09"), RRule: "FREQ=DAILY"})
	year := w.rep.calendar(t, crm.CalendarQuery{From: "2026-03-09", To: "2027-03-09"})
	if !year.Capped || len(year.Events)+len(year.Tasks) != 5000 {
		t.Errorf("%d events, %d tasks, capped %v", len(year.Events), len(year.Tasks), year.Capped)
	}
	month := w.rep.calendar(t, crm.CalendarQuery{From: "2026-04-01", To: "2026-05-01"})
	if month.Capped || len(month.Events) != 15*30 || len(month.Tasks) != 30 {
		t.Errorf("%d events, %d tasks, capped %v", len(month.Events), len(month.Tasks), month.Capped)
	}
	// Cut off, somebody busy would look free.
	daily(66)
	_, err := read(t, w.rep, func(ctx ctx, q *tenant.Query) ([]crm.BusyTime, error) {
		return crm.BusyTimes(ctx, q, crm.CalendarQuery{From: "2026-03-09", To: "2026-05-10"}, crm.CalendarEventID{})
	})
	wantInvalid(t, err, "members")
}
