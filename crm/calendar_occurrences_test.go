package crm_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// march lists what the calendar of somebody shows in March and April, as "title 03-09 10:00".
func (p person) march(t testing.TB) []string {
	t.Helper()
	all := []string{}
	for _, e := range p.calendar(t, crm.CalendarQuery{From: "2026-03-01", To: "2026-05-01"}).Events {
		all = append(all, e.Title+" "+clock(&e.StartsAt)[9:])
	}
	return all
}

func (p person) calendar(t testing.TB, in crm.CalendarQuery) crm.Calendar {
	t.Helper()
	return must[crm.Calendar](t)(read(t, p, func(ctx ctx, q *tenant.Query) (crm.Calendar, error) { return crm.GetCalendar(ctx, q, in) }))
}

// weekly is a series of four Mondays at ten.
func (w *world) weekly(t testing.TB) crm.CalendarEvent {
	t.Helper()
	return w.rep.event(t, crm.NewCalendarEvent{Title: "a", StartsAt: shanghai("03-09 10:00"), RRule: "FREQ=WEEKLY;COUNT=4", AttendeeIDs: []tenant.MemberID{w.acme.Rep2}})
}

// on names the occurrence of a weekly series that is n weeks after its first.
func on(n int, apply string) crm.Extent {
	return crm.Extent{Occurrence: shanghai("03-09 10:00").AddDate(0, 0, 7*n).UTC().Format(time.RFC3339), Apply: apply}
}

func TestChangingASeries(t *testing.T) {
	title := crm.CalendarEventPatch{Title: patch.Of("b")}
	later := func(day string) crm.CalendarEventPatch {
		return crm.CalendarEventPatch{Title: patch.Of("b"), StartsAt: patch.Of(*shanghai(day))}
	}
	w := newWorld(t)
	for name, row := range map[string]struct {
		extent crm.Extent
		in     crm.CalendarEventPatch
		want   []string
	}{
		"this":                     {on(1, ""), title, []string{"a 03-09 10:00", "b 03-16 10:00", "a 03-23 10:00", "a 03-30 10:00"}},
		"this, later":              {on(1, "this"), later("03-17 15:00"), []string{"a 03-09 10:00", "b 03-17 15:00", "a 03-23 10:00", "a 03-30 10:00"}},
		"the first":                {on(0, "this"), later("03-10 15:00"), []string{"b 03-10 15:00", "a 03-16 10:00", "a 03-23 10:00", "a 03-30 10:00"}},
		"following":                {on(2, "following"), title, []string{"a 03-09 10:00", "a 03-16 10:00", "b 03-23 10:00", "b 03-30 10:00"}},
		"following, on Tuesdays":   {on(2, "following"), later("03-24 09:00"), []string{"a 03-09 10:00", "a 03-16 10:00", "b 03-24 09:00", "b 03-31 09:00"}},
		"following the first":      {on(0, "following"), title, []string{"b 03-09 10:00", "b 03-16 10:00", "b 03-23 10:00", "b 03-30 10:00"}},
		"all":                      {crm.Extent{}, title, []string{"b 03-09 10:00", "b 03-16 10:00", "b 03-23 10:00", "b 03-30 10:00"}},
		"all, moved by its third":  {on(2, "all"), later("03-24 11:00"), []string{"b 03-10 11:00", "b 03-17 11:00", "b 03-24 11:00", "b 03-31 11:00"}},
		"all, by another rule":     {crm.Extent{Apply: "all"}, crm.CalendarEventPatch{RRule: patch.Of("FREQ=WEEKLY;INTERVAL=2;COUNT=2")}, []string{"a 03-09 10:00", "a 03-23 10:00"}},
		"all, once":                {crm.Extent{}, crm.CalendarEventPatch{RRule: patch.Null[string]()}, []string{"a 03-09 10:00"}},
		"all, whole days":          {crm.Extent{}, crm.CalendarEventPatch{StartsOn: patch.Of(crm.Date("2026-03-09"))}, []string{"a 03-09 00:00", "a 03-16 00:00", "a 03-23 00:00", "a 03-30 00:00"}},
		"following, by other days": {on(2, "following"), crm.CalendarEventPatch{RRule: patch.Of("FREQ=DAILY;COUNT=2")}, []string{"a 03-09 10:00", "a 03-16 10:00", "a 03-23 10:00", "a 03-24 10:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := w.weekly(t)
			w.rep.updateEvent(t, e.ID, row.extent, row.in)
			if diff := cmp.Diff(row.want, w.rep.march(t)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			for _, left := range w.rep.events(t, "") {
				if len(left.Attendees) != 1 {
					t.Errorf("%+v", left.Attendees)
				}
				_ = w.rep.tryDeleteEvent(t, left.ID, crm.Extent{}) // it may have gone with its series
			}
		})
	}
}

func TestDeletingFromASeries(t *testing.T) {
	w := newWorld(t)
	for name, row := range map[string]struct {
		extent crm.Extent
		want   []string
	}{
		"this":           {on(1, ""), []string{"a 03-09 10:00", "a 03-23 10:00", "a 03-30 10:00"}},
		"the first":      {on(0, "this"), []string{"a 03-16 10:00", "a 03-23 10:00", "a 03-30 10:00"}},
		"following":      {on(2, "following"), []string{"a 03-09 10:00", "a 03-16 10:00"}},
		"from the first": {on(0, "following"), []string{}},
		"all":            {crm.Extent{}, []string{}},
		"all, named":     {on(3, "all"), []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			e := w.weekly(t)
			if err := w.rep.tryDeleteEvent(t, e.ID, row.extent); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, w.rep.march(t)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			_ = w.rep.tryDeleteEvent(t, e.ID, crm.Extent{})
		})
	}
	if left := w.due(t, w.acme, crm.ReminderWork); len(left) != 0 {
		t.Errorf("%d reminders are left", len(left))
	}
}

func TestChangedOccurrencesFollowTheirSeries(t *testing.T) {
	w := newWorld(t)
	e := w.weekly(t)
	second := w.rep.updateEvent(t, e.ID, on(1, ""), crm.CalendarEventPatch{Title: patch.Of("second"), StartsAt: patch.Of(*shanghai("03-18 08:00"))})
	fourth := w.rep.updateEvent(t, e.ID, on(3, ""), crm.CalendarEventPatch{Title: patch.Of("fourth")})
	if err := w.rep.tryDeleteEvent(t, e.ID, on(2, "")); err != nil {
		t.Fatal(err)
	}
	series := w.rep.getEvent(t, e.ID)
	if second.UID != e.UID || second.SeriesID != e.ID || *second.Occurrence != on(1, "").Occurrence || second.RRule != nil || len(series.Except) != 3 || !slices.Contains(series.Except, on(2, "").Occurrence) {
		t.Errorf("second %+v of %+v", second, series)
	}
	// Asked for by its name, an occurrence is found as it is now.
	for name, want := range map[string]string{on(0, "").Occurrence: "a", on(1, "").Occurrence: "second", on(2, "").Occurrence: "", "2026-03-10": "", "x": ""} {
		got, err := w.rep.tryGetEvent(t, e.ID, name)
		if got.Title != want || (err == nil) != (want != "") {
			t.Errorf("%s is %q, %v", name, got.Title, err)
		}
	}
	// Once more the same occurrence, by the series' name for it and by its own.
	w.rep.updateEvent(t, e.ID, on(1, "this"), crm.CalendarEventPatch{Place: patch.Of("here")})
	again := w.rep.updateEvent(t, second.ID, crm.Extent{Apply: "this"}, crm.CalendarEventPatch{Title: patch.Of("2nd")})
	if again.ID != second.ID || again.Place != "here" {
		t.Errorf("again %+v", again)
	}
	// They move with the series, and stay exceptions.
	w.rep.updateEvent(t, e.ID, crm.Extent{}, crm.CalendarEventPatch{StartsAt: patch.Of(*shanghai("03-09 12:00"))})
	if diff := cmp.Diff([]string{"a 03-09 12:00", "2nd 03-18 08:00", "fourth 03-30 10:00"}, w.rep.march(t)); diff != "" {
		t.Errorf("after a move: -want +got\n%s", diff)
	}
	if got := w.rep.getEvent(t, fourth.ID); *got.Occurrence != "2026-03-30T04:00:00Z" {
		t.Errorf("it is named %s", *got.Occurrence)
	}
	// From one of them on the series becomes another, which takes them along.
	rest := w.rep.updateEvent(t, second.ID, crm.Extent{Apply: "following"}, crm.CalendarEventPatch{Title: patch.Of("rest"), StartsAt: patch.Of(*shanghai("03-16 13:00"))})
	if diff := cmp.Diff([]string{"a 03-09 12:00", "2nd 03-18 08:00", "fourth 03-30 10:00"}, w.rep.march(t)); diff != "" {
		t.Errorf("after a split: -want +got\n%s", diff)
	}
	if got := w.rep.getEvent(t, fourth.ID); got.SeriesID != rest.ID || got.UID != rest.UID || *got.Occurrence != "2026-03-30T05:00:00Z" || rest.UID == e.UID {
		t.Errorf("it is %s of %s, want of %s", *got.Occurrence, got.SeriesID, rest.ID)
	}
	// What the rule does not give any more is dropped.
	w.rep.updateEvent(t, rest.ID, crm.Extent{}, crm.CalendarEventPatch{RRule: patch.Of("FREQ=WEEKLY;COUNT=2")})
	if diff := cmp.Diff([]string{"a 03-09 12:00", "2nd 03-18 08:00"}, w.rep.march(t)); diff != "" {
		t.Errorf("after a shorter rule: -want +got\n%s", diff)
	}
	// Into the trash and out of it they go together.
	w.Clock.Advance(time.Minute)
	if err := w.rep.tryDeleteEvent(t, second.ID, crm.Extent{Apply: "all"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a 03-09 12:00"}, w.rep.march(t)); diff != "" {
		t.Errorf("deleted: -want +got\n%s", diff)
	}
	must[crm.CalendarEvent](t)(write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.CalendarEvent, error) {
		return crm.RestoreCalendarEvent(ctx, tx, rest.ID)
	}))
	if diff := cmp.Diff([]string{"a 03-09 12:00", "2nd 03-18 08:00"}, w.rep.march(t)); diff != "" {
		t.Errorf("restored: -want +got\n%s", diff)
	}
}

func TestOccurrencesOverAChangeOfClocks(t *testing.T) {
	w := newWorld(t)
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.FixedZone("EST", -5*3600))
	e := w.rep.event(t, crm.NewCalendarEvent{Title: "a", StartsAt: &start, TimeZone: "America/New_York", RRule: "FREQ=WEEKLY;COUNT=3"})
	var got, names []string
	for _, o := range w.rep.calendar(t, crm.CalendarQuery{From: "2026-03-01", To: "2026-04-01"}).Events {
		got, names = append(got, o.StartsAt.Format(time.RFC3339)), append(names, *o.Occurrence)
	}
	want := []string{"2026-03-02T14:00:00Z", "2026-03-09T13:00:00Z", "2026-03-16T13:00:00Z"}
	if diff := cmp.Diff(want, got) + cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	w.rep.updateEvent(t, e.ID, crm.Extent{Occurrence: names[1], Apply: "following"}, crm.CalendarEventPatch{Title: patch.Of("b")})
	if diff := cmp.Diff([]string{"a 03-02 22:00", "b 03-09 21:00", "b 03-16 21:00"}, w.rep.march(t)); diff != "" {
		t.Error(diff)
	}
	if until := *w.rep.getEvent(t, e.ID).RRule; until != "FREQ=WEEKLY;UNTIL=20260302T140000Z" {
		t.Error(until)
	}
}

func TestPartsOfSeriesAreRefused(t *testing.T) {
	w := newWorld(t)
	series := w.rep.event(t, crm.NewCalendarEvent{Title: "a", StartsAt: shanghai("03-09 10:00"), RRule: "FREQ=WEEKLY;BYDAY=MO"})
	once := w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsAt: shanghai("03-09 10:00")})
	change := crm.CalendarEventPatch{Title: patch.Of("b")}
	for name, row := range map[string]struct {
		id     crm.CalendarEventID
		extent crm.Extent
		in     crm.CalendarEventPatch
		field  string
	}{
		"no occurrence":       {series.ID, crm.Extent{Occurrence: "2026-03-10T02:00:00Z"}, change, "occurrence"},
		"no name":             {series.ID, crm.Extent{Occurrence: "tomorrow"}, change, "occurrence"},
		"which":               {series.ID, crm.Extent{Apply: "this"}, change, "occurrence"},
		"from which":          {series.ID, crm.Extent{Apply: "following"}, change, "occurrence"},
		"how":                 {series.ID, crm.Extent{Apply: "some"}, change, "apply"},
		"once":                {once.ID, on(0, ""), change, "occurrence"},
		"once, following":     {once.ID, crm.Extent{Apply: "following"}, change, "occurrence"},
		"not the rule's day":  {series.ID, crm.Extent{}, crm.CalendarEventPatch{StartsAt: patch.Of(*shanghai("03-10 10:00"))}, "rrule"},
		"a rule for one":      {series.ID, on(1, "this"), crm.CalendarEventPatch{RRule: patch.Of("FREQ=DAILY")}, "rrule"},
		"reminders of series": {series.ID, crm.Extent{}, crm.CalendarEventPatch{Reminders: reminders(timed(*shanghai("03-09 09:00")))}, "reminders"},
	} {
		_, err := w.rep.tryUpdateEvent(t, row.id, row.extent, row.in)
		t.Log(name)
		wantInvalid(t, err, row.field)
	}
	w.rep.updateEvent(t, series.ID, crm.Extent{}, crm.CalendarEventPatch{StartsAt: patch.Of(*shanghai("03-10 10:00")), RRule: patch.Of("FREQ=WEEKLY;BYDAY=TU")})
	if got := w.rep.march(t); got[1] != "a 03-10 10:00" || got[2] != "a 03-17 10:00" {
		t.Errorf("%v", got)
	}
}

func TestAnOccurrenceCanBeAnothersThanItsSeries(t *testing.T) {
	w := newWorld(t)
	series := w.weekly(t)
	one := w.manager.updateEvent(t, series.ID, on(1, ""), crm.CalendarEventPatch{OrganizerID: patch.Of(w.acme.Rep2), AttendeeIDs: patch.Of([]tenant.MemberID{})})
	title := crm.CalendarEventPatch{Title: patch.Of("b")}
	_, err := w.rep.tryGetEvent(t, series.ID, on(1, "").Occurrence)
	wantError(t, err, tenant.ErrNotFound)
	_, err = w.rep.tryUpdateEvent(t, series.ID, on(1, ""), title)
	wantError(t, err, tenant.ErrNotFound)
	wantError(t, w.rep.tryDeleteEvent(t, series.ID, on(1, "")), tenant.ErrNotFound)
	_, err = w.rep.tryRespond(t, series.ID, on(1, "").Occurrence, "accepted")
	wantError(t, err, tenant.ErrNotFound)
	_, err = w.rep.tryRecord(t, series.ID, on(1, "").Occurrence, crm.EventRecord{Summary: "x"})
	wantError(t, err, tenant.ErrNotFound)
	// Whose the occurrence is may change it, and not the series by way of it.
	for _, apply := range []string{"following", "all"} {
		_, err = w.rep2.tryUpdateEvent(t, one.ID, crm.Extent{Apply: apply}, title)
		wantError(t, err, tenant.ErrDenied)
		wantError(t, w.rep2.tryDeleteEvent(t, one.ID, crm.Extent{Apply: apply}), tenant.ErrDenied)
	}
	w.rep2.updateEvent(t, one.ID, crm.Extent{}, title)
	if diff := cmp.Diff([]string{"a 03-09 10:00", "b 03-16 10:00", "a 03-23 10:00", "a 03-30 10:00"}, w.rep2.march(t)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
