package crm_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryEvent(t testing.TB, in crm.NewCalendarEvent) (crm.CalendarEvent, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.CalendarEvent, error) { return crm.CreateCalendarEvent(ctx, tx, in) })
}

func (p person) event(t testing.TB, in crm.NewCalendarEvent) crm.CalendarEvent {
	t.Helper()
	return must[crm.CalendarEvent](t)(p.tryEvent(t, in))
}

func (p person) tryUpdateEvent(t testing.TB, id crm.CalendarEventID, extent crm.Extent, in crm.CalendarEventPatch) (crm.CalendarEvent, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.CalendarEvent, error) {
		return crm.UpdateCalendarEvent(ctx, tx, id, extent, in, 0)
	})
}

func (p person) updateEvent(t testing.TB, id crm.CalendarEventID, extent crm.Extent, in crm.CalendarEventPatch) crm.CalendarEvent {
	t.Helper()
	return must[crm.CalendarEvent](t)(p.tryUpdateEvent(t, id, extent, in))
}

func (p person) tryDeleteEvent(t testing.TB, id crm.CalendarEventID, extent crm.Extent) error {
	t.Helper()
	return p.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCalendarEvent(t.Context(), tx, id, extent, 0) })
}

func (p person) tryGetEvent(t testing.TB, id crm.CalendarEventID, occurrence string) (crm.CalendarEvent, error) {
	t.Helper()
	return read(t, p, func(ctx ctx, q *tenant.Query) (crm.CalendarEvent, error) {
		return crm.GetCalendarEvent(ctx, q, id, occurrence)
	})
}

func (p person) getEvent(t testing.TB, id crm.CalendarEventID) crm.CalendarEvent {
	t.Helper()
	return must[crm.CalendarEvent](t)(p.tryGetEvent(t, id, ""))
}

func (p person) events(t testing.TB, filter string) []crm.CalendarEvent {
	t.Helper()
	return must[crm.Page[crm.CalendarEvent]](t)(read(t, p, func(ctx ctx, q *tenant.Query) (crm.Page[crm.CalendarEvent], error) {
		return crm.ListCalendarEvents(ctx, q, crm.ListQuery{Filter: filter, Limit: 200})
	})).Data
}

// shanghai is a time on a clock in Shanghai, written as 03-09 10:00.
func shanghai(text string) *time.Time {
	zone, _ := time.LoadLocation("Asia/Shanghai")
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+text, zone)
	if err != nil {
		panic(err)
	}
	return &at
}

var sameWalls = cmp.Comparer(func(a, b recurrence.Wall) bool { return a == b })

func TestCalendarEventKeepsItsFields(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "云帆科技")
	id := crm.CalendarEventID(tenant.NewEventID())
	in := crm.NewCalendarEvent{
		ID: &id, Title: "拜访", Description: "d", Place: "上海", Kind: "visit", Colour: "blue", Private: true, StartsAt: shanghai("03-09 10:00"), EndsAt: shanghai("03-09 11:30"),
		TimeZone: "Europe/Berlin", RRule: "FREQ=WEEKLY", OrganizerID: &w.acme.Rep, AttendeeIDs: []tenant.MemberID{w.acme.Rep2, w.acme.Manager, w.acme.Rep, w.acme.Rep2},
		Guests: []crm.Guest{{Email: "wang@YUNFAN.example", Name: "王志强"}, {Email: "wang@yunfan.example"}}, CustomerID: &c.ID,
		Reminders: []crm.NewReminder{before(60), before(10)},
	}
	made := w.manager.event(t, in)
	stored := w.rep.getEvent(t, id)
	made.Customer = &crm.CustomerCard{ID: c.ID, Name: "云帆科技"}
	if diff := cmp.Diff(made, stored, cmpopts.EquateEmpty(), sameWalls); diff != "" {
		t.Errorf("-made +stored\n%s", diff)
	}
	if stored.OrganizerID != w.acme.Rep || stored.CreatedBy != w.acme.Manager || len(stored.Attendees) != 2 || len(stored.Guests) != 1 || stored.Guests[0].Response != "needs_action" ||
		stored.UID != id.String()+"@guanxi" || len(stored.Reminders) != 2 || !stored.EndsAt.Equal(*in.EndsAt) || stored.Occurrence != nil {
		t.Errorf("stored %+v", stored)
	}
	_, err := w.rep.tryEvent(t, in)
	wantConflict(t, err, "id_in_use")
	if e := w.changesOf(t, "calendar_event.created"); len(e) != 1 || e[0].OwnerAfter != w.acme.Rep || strings.Contains(string(e[0].Data), "拜访") || strings.Contains(string(e[0].Data), "王志强") {
		t.Errorf("the change log tells of a private event: %s", e[0].Data)
	}
}

func TestCalendarEventDefaults(t *testing.T) {
	w := newWorld(t)
	e := w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsAt: shanghai("03-09 10:00")})
	if e.Kind != "meeting" || e.Colour != "grey" || e.TimeZone != "Asia/Shanghai" || e.OrganizerID != w.acme.Rep || !e.EndsAt.Equal(*shanghai("03-09 11:00")) || e.AllDay ||
		len(e.Reminders) != 1 || !e.Reminders[0].At.Equal(*shanghai("03-09 09:45")) || e.Attendees == nil || e.Guests == nil || e.StartsOn != nil {
		t.Errorf("%+v", e)
	}
	e = w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsOn: date("2026-03-09")})
	if !e.AllDay || *e.StartsOn != "2026-03-09" || *e.EndsOn != "2026-03-09" || !e.StartsAt.Equal(*shanghai("03-09 00:00")) || !e.EndsAt.Equal(*shanghai("03-10 00:00")) ||
		!e.Reminders[0].At.Equal(*shanghai("03-09 09:00")) {
		t.Errorf("%+v", e)
	}
	if e = w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsAt: shanghai("03-09 10:00"), RRule: "FREQ=WEEKLY;BYDAY=WE"}); !e.StartsAt.Equal(*shanghai("03-11 10:00")) {
		t.Errorf("a series begins %s, want where its rule does", e.StartsAt)
	}
	if late := w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsAt: shanghai("03-01 10:00")}); late.Reminders[0].FiredAt == nil {
		t.Error("of what is past somebody is reminded")
	}
}

func TestCalendarEventRefusesMistakes(t *testing.T) {
	w := newWorld(t)
	at, long := shanghai("03-09 10:00"), strings.Repeat("长", 301)
	e := w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsAt: at})
	stranger := w.globex.Rep
	for name, row := range map[string]struct {
		in     crm.NewCalendarEvent
		patch  crm.CalendarEventPatch
		fields []string
	}{
		"title":           {crm.NewCalendarEvent{Title: " ", StartsAt: at}, crm.CalendarEventPatch{Title: patch.Of(long)}, []string{"title"}},
		"kind":            {crm.NewCalendarEvent{Title: "x", StartsAt: at, Kind: "party"}, crm.CalendarEventPatch{Kind: patch.Null[string]()}, []string{"kind"}},
		"colour":          {crm.NewCalendarEvent{Title: "x", StartsAt: at, Colour: "#fff"}, crm.CalendarEventPatch{Colour: patch.Of("black")}, []string{"colour"}},
		"no time":         {crm.NewCalendarEvent{Title: "x"}, crm.CalendarEventPatch{EndsOn: patch.Of(crm.Date("2026-03-09"))}, []string{"starts_at"}},
		"two ways":        {crm.NewCalendarEvent{Title: "x", StartsAt: at, StartsOn: date("2026-03-09")}, crm.CalendarEventPatch{StartsOn: patch.Of(crm.Date("2026-03-09")), EndsAt: patch.Of(*at)}, []string{"starts_on"}},
		"end first":       {crm.NewCalendarEvent{Title: "x", StartsAt: at, EndsAt: shanghai("03-09 09:59")}, crm.CalendarEventPatch{EndsAt: patch.Of(*shanghai("03-09 09:59"))}, []string{"ends_at"}},
		"last day first":  {crm.NewCalendarEvent{Title: "x", StartsOn: date("2026-03-09"), EndsOn: date("2026-03-08")}, crm.CalendarEventPatch{StartsOn: patch.Of(crm.Date("2026-03-09")), EndsOn: patch.Of(crm.Date("2026-03-01"))}, []string{"ends_on"}},
		"for years":       {crm.NewCalendarEvent{Title: "x", StartsOn: date("2026-03-09"), EndsOn: date("2027-03-11")}, crm.CalendarEventPatch{EndsAt: patch.Of(at.AddDate(1, 0, 2))}, nil},
		"no such day":     {crm.NewCalendarEvent{Title: "x", StartsOn: date("2026-02-30")}, crm.CalendarEventPatch{StartsOn: patch.Of(crm.Date("x"))}, []string{"starts_on"}},
		"zone":            {crm.NewCalendarEvent{Title: "x", StartsAt: at, TimeZone: "Beijing"}, crm.CalendarEventPatch{TimeZone: patch.Of("Local")}, []string{"time_zone"}},
		"rule":            {crm.NewCalendarEvent{Title: "x", StartsAt: at, RRule: "FREQ=HOURLY"}, crm.CalendarEventPatch{RRule: patch.Of("weekly")}, []string{"rrule"}},
		"no day":          {crm.NewCalendarEvent{Title: "x", StartsAt: at, RRule: "FREQ=DAILY;UNTIL=20200101"}, crm.CalendarEventPatch{RRule: patch.Of("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")}, []string{"rrule"}},
		"organizer":       {crm.NewCalendarEvent{Title: "x", StartsAt: at, OrganizerID: &w.acme.Rep2}, crm.CalendarEventPatch{OrganizerID: patch.Of(w.acme.Manager)}, []string{"organizer_id"}},
		"nobody":          {crm.NewCalendarEvent{Title: "x", StartsAt: at, OrganizerID: &tenant.MemberID{}}, crm.CalendarEventPatch{OrganizerID: patch.Null[tenant.MemberID]()}, []string{"organizer_id"}},
		"a stranger":      {crm.NewCalendarEvent{Title: "x", StartsAt: at, AttendeeIDs: []tenant.MemberID{stranger}}, crm.CalendarEventPatch{AttendeeIDs: patch.Of([]tenant.MemberID{stranger})}, []string{"attendee_ids"}},
		"guest":           {crm.NewCalendarEvent{Title: "x", StartsAt: at, Guests: []crm.Guest{{Email: "wang"}}}, crm.CalendarEventPatch{Guests: patch.Of([]crm.Guest{{Name: "x"}})}, []string{"guests[0].email"}},
		"guest's answer":  {crm.NewCalendarEvent{Title: "x", StartsAt: at, Guests: []crm.Guest{{Email: "a@b.example", Response: "maybe"}}}, crm.CalendarEventPatch{Guests: patch.Of([]crm.Guest{{Email: "a@b.example", Response: "x"}})}, []string{"guests[0].response"}},
		"reminder":        {crm.NewCalendarEvent{Title: "x", StartsAt: at, Reminders: []crm.NewReminder{before(-1)}}, crm.CalendarEventPatch{Reminders: reminders(crm.NewReminder{})}, nil},
		"series reminder": {crm.NewCalendarEvent{Title: "x", StartsAt: at, RRule: "FREQ=DAILY", Reminders: []crm.NewReminder{timed(*at)}}, crm.CalendarEventPatch{RRule: patch.Of("FREQ=DAILY"), Reminders: reminders(timed(*at))}, []string{"reminders"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.rep.tryEvent(t, row.in)
			_, errPatch := w.rep.tryUpdateEvent(t, e.ID, crm.Extent{}, row.patch)
			switch name {
			case "for years":
				wantInvalid(t, err, "ends_on")
				wantInvalid(t, errPatch, "ends_at")
			case "reminder":
				wantInvalid(t, err, "reminders[0].minutes_before")
				wantInvalid(t, errPatch, "reminders[0]")
			default:
				wantInvalid(t, err, row.fields...)
				wantInvalid(t, errPatch, row.fields...)
			}
		})
	}
	foreign := w.rep2.customer(t, "x")
	_, err := w.rep.tryEvent(t, crm.NewCalendarEvent{Title: "x", StartsAt: at, CustomerID: &foreign.ID})
	wantInvalid(t, err, "customer_id")
	_, err = w.rep.tryEvent(t, crm.NewCalendarEvent{Title: "x", StartsAt: at, AttendeeIDs: make([]tenant.MemberID, 51)})
	wantInvalid(t, err, "attendee_ids")
	if all := w.rep.events(t, ""); len(all) != 1 || all[0].Version != 1 {
		t.Errorf("after refusals %+v", all)
	}
}

func TestCalendarEventMoves(t *testing.T) {
	w := newWorld(t)
	e := w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsAt: shanghai("03-09 10:00"), EndsAt: shanghai("03-09 11:30"), AttendeeIDs: []tenant.MemberID{w.acme.Rep2}})
	must[crm.CalendarEvent](t)(w.rep2.tryRespond(t, e.ID, "", "accepted"))
	check := func(step string, got crm.CalendarEvent, from, to string, allDay bool, answer string) {
		t.Helper()
		if !got.StartsAt.Equal(*shanghai(from)) || !got.EndsAt.Equal(*shanghai(to)) || got.AllDay != allDay || got.Attendees[0].Response != answer {
			t.Errorf("%s: %s to %s, all day %v, %s", step, clock(&got.StartsAt), clock(&got.EndsAt), got.AllDay, got.Attendees[0].Response)
		}
		if stored := w.rep.getEvent(t, e.ID); !stored.StartsAt.Equal(got.StartsAt) || stored.Version != got.Version || stored.Sequence+1 > int(stored.Version) {
			t.Errorf("%s: stored %+v", step, stored)
		}
	}
	change := func(in crm.CalendarEventPatch) crm.CalendarEvent {
		t.Helper()
		return w.rep.updateEvent(t, e.ID, crm.Extent{}, in)
	}
	check("its title", change(crm.CalendarEventPatch{Title: patch.Of("y")}), "03-09 10:00", "03-09 11:30", false, "accepted")
	check("its start", change(crm.CalendarEventPatch{StartsAt: patch.Of(*shanghai("03-10 14:00"))}), "03-10 14:00", "03-10 15:30", false, "needs_action")
	check("its end", change(crm.CalendarEventPatch{EndsAt: patch.Of(*shanghai("03-10 18:00"))}), "03-10 14:00", "03-10 18:00", false, "needs_action")
	check("whole days", change(crm.CalendarEventPatch{StartsOn: patch.Of(crm.Date("2026-03-12")), EndsOn: patch.Of(crm.Date("2026-03-13"))}), "03-12 00:00", "03-14 00:00", true, "needs_action")
	check("the next day", change(crm.CalendarEventPatch{StartsOn: patch.Of(crm.Date("2026-03-13"))}), "03-13 00:00", "03-15 00:00", true, "needs_action")
	check("a time again", change(crm.CalendarEventPatch{StartsAt: patch.Of(*shanghai("03-13 09:00"))}), "03-13 09:00", "03-13 10:00", false, "needs_action")
	check("its zone", change(crm.CalendarEventPatch{TimeZone: patch.Of("Asia/Tokyo")}), "03-13 08:00", "03-13 09:00", false, "needs_action")
	if got := change(crm.CalendarEventPatch{Title: patch.Of("y")}); got.Version != 9 {
		t.Errorf("a change that changes nothing wrote version %d", got.Version)
	}
	_, err := write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.CalendarEvent, error) {
		return crm.UpdateCalendarEvent(ctx, tx, e.ID, crm.Extent{}, crm.CalendarEventPatch{Title: patch.Of("z")}, 3)
	})
	wantError(t, err, tenant.ErrStale)
	updated := w.changesOf(t, "calendar_event.updated")
	if first := decode[map[string]any](t, updated[0].Previous); len(updated) != 7 || cmp.Diff(map[string]any{"title": "x"}, first) != "" {
		t.Errorf("%d events, the first with %v", len(updated), first)
	}
}

func TestWhoSeesAndChangesCalendarEvents(t *testing.T) {
	w := newWorld(t)
	c := w.rep.customer(t, "Secret customer")
	at := shanghai("03-09 10:00")
	open := w.rep.event(t, crm.NewCalendarEvent{Title: "open", StartsAt: at, AttendeeIDs: []tenant.MemberID{w.acme.Rep2}, CustomerID: &c.ID})
	private := w.rep.event(t, crm.NewCalendarEvent{Title: "private", Place: "home", StartsAt: at, Private: true, CustomerID: &c.ID, Guests: []crm.Guest{{Email: "a@b.example"}}})
	title := patch.Of("mine now")
	for name, row := range map[string]struct {
		who                           person
		event                         crm.CalendarEvent
		seesTitle, seesCustomer, list bool
		get, change, remove           error
	}{
		"the organiser, open":      {w.rep, open, true, true, true, nil, nil, nil},
		"an attendee, open":        {w.rep2, open, true, false, true, nil, tenant.ErrDenied, tenant.ErrDenied},
		"the manager, open":        {w.manager, open, true, true, true, nil, nil, nil},
		"another company, open":    {w.stranger, open, false, false, false, tenant.ErrNotFound, tenant.ErrNotFound, tenant.ErrNotFound},
		"a colleague, private":     {w.rep2, private, false, false, false, tenant.ErrNotFound, tenant.ErrNotFound, tenant.ErrNotFound},
		"the manager, private":     {w.manager, private, false, false, false, nil, tenant.ErrDenied, tenant.ErrDenied},
		"the admin, private":       {w.admin, private, false, false, false, nil, tenant.ErrDenied, tenant.ErrDenied},
		"another company, private": {w.stranger, private, false, false, false, tenant.ErrNotFound, tenant.ErrNotFound, tenant.ErrNotFound},
		"the organiser, private":   {w.rep, private, true, true, true, nil, nil, nil},
	} {
		got, err := row.who.tryGetEvent(t, row.event.ID, "")
		wantError(t, err, row.get)
		if (got.Title != "") != row.seesTitle || (got.Customer != nil) != row.seesCustomer || err == nil && got.Masked == row.seesTitle {
			t.Errorf("%s sees %+v", name, got)
		}
		if err == nil && !row.seesTitle && (got.Place != "" || len(got.Guests) > 0 || !got.CustomerID.IsZero() || !got.StartsAt.Equal(*at)) {
			t.Errorf("%s sees %+v", name, got)
		}
		if listed := slices.ContainsFunc(row.who.events(t, ""), func(e crm.CalendarEvent) bool { return e.ID == row.event.ID }); listed != row.list {
			t.Errorf("%s: listed %v", name, listed)
		}
		if name == "the organiser, open" || name == "the organiser, private" || name == "the manager, open" {
			continue
		}
		_, err = row.who.tryUpdateEvent(t, row.event.ID, crm.Extent{}, crm.CalendarEventPatch{Title: title})
		wantError(t, err, row.change)
		wantError(t, row.who.tryDeleteEvent(t, row.event.ID, crm.Extent{}), row.remove)
	}
	if found := w.manager.events(t, `title:"priv"`); len(found) != 0 {
		t.Error("a filter tells what is private")
	}
	w.manager.updateEvent(t, open.ID, crm.Extent{}, crm.CalendarEventPatch{Title: title})
	if found := w.manager.events(t, `title = "mine now" AND organizer = "`+w.acme.Rep.String()+`" AND customer = "`+c.ID.String()+`"`); len(found) != 1 {
		t.Errorf("found %+v", found)
	}
	if err := w.rep.tryDeleteEvent(t, private.ID, crm.Extent{}); err != nil {
		t.Error(err)
	}
	deleted := w.changesOf(t, "calendar_event.deleted")
	if len(deleted) != 1 || strings.Contains(string(deleted[0].Data), "home") || deleted[0].OwnerBefore != w.acme.Rep {
		t.Errorf("deleted %s", deleted[0].Data)
	}
	restore := func(p person) error {
		return p.tx(t, func(tx *tenant.Tx) error {
			_, err := crm.RestoreCalendarEvent(t.Context(), tx, private.ID)
			return err
		})
	}
	wantError(t, restore(w.manager), tenant.ErrDenied)
	wantError(t, restore(w.rep2), tenant.ErrNotFound)
	wantError(t, restore(w.rep), nil)
	wantError(t, restore(w.rep), tenant.ErrNotFound)
	if got := w.rep.getEvent(t, private.ID); got.Title != "private" || len(w.due(t, w.acme, crm.ReminderWork)) != 2 {
		t.Errorf("restored %+v", got)
	}
}
