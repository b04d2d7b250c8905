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

// eventsDue lists when acme's reminders of calendar events are due, in order.
func (w *world) eventsDue(t testing.TB) []string {
	t.Helper()
	all := []string{}
	for _, at := range w.due(t, w.acme, crm.ReminderWork) {
		all = append(all, clock(&at)[9:])
	}
	slices.Sort(all)
	return all
}

// fired lists the occurrences of which people were reminded.
func (w *world) fired(t testing.TB) []string {
	t.Helper()
	all := []string{}
	for _, c := range w.changesOf(t, "calendar_event.due") {
		e := decode[crm.CalendarEvent](t, c.Data)
		all = append(all, clock(&e.StartsAt)[9:])
	}
	return all
}

func TestEventsRemind(t *testing.T) {
	w := newWorld(t)
	check := func(step string, due ...string) {
		t.Helper()
		if diff := cmp.Diff(append([]string{}, due...), w.eventsDue(t)); diff != "" {
			t.Errorf("%s: -want +got\n%s", step, diff)
		}
	}
	e := w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsAt: shanghai("03-03 10:00"), Reminders: []crm.NewReminder{before(60), before(10)}})
	check("made", "03-03 09:00", "03-03 09:50")
	w.rep.updateEvent(t, e.ID, crm.Extent{}, crm.CalendarEventPatch{StartsAt: patch.Of(*shanghai("03-03 12:00"))})
	check("moved", "03-03 11:00", "03-03 11:50")
	w.rep.updateEvent(t, e.ID, crm.Extent{}, crm.CalendarEventPatch{StartsOn: patch.Of(crm.Date("2026-03-03"))})
	check("a whole day", "03-03 09:00")
	w.rep.updateEvent(t, e.ID, crm.Extent{}, crm.CalendarEventPatch{StartsAt: patch.Of(*shanghai("03-03 12:00")), Reminders: reminders(before(0), timed(*shanghai("03-02 18:00")))})
	check("others", "03-02 18:00", "03-03 12:00")
	w.Clock.Set(*shanghai("03-03 13:00")) // the worker was away
	w.fire(t)
	w.fire(t)
	check("gone off")
	if diff := cmp.Diff([]string{"03-03 12:00", "03-03 12:00"}, w.fired(t)); diff != "" {
		t.Error(diff)
	}
	if err := w.rep.tryDeleteEvent(t, e.ID, crm.Extent{}); err != nil {
		t.Fatal(err)
	}
}

func TestASeriesRemindsOfEveryOccurrence(t *testing.T) {
	w := newWorld(t)
	e := w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsAt: shanghai("03-02 10:00"), RRule: "FREQ=DAILY;COUNT=8", Reminders: []crm.NewReminder{before(60)}})
	step := func(name, at string, due, fired []string) {
		t.Helper()
		if at != "" {
			w.Clock.Set(*shanghai(at))
		}
		for range 2 {
			w.fire(t)
		}
		if diff := cmp.Diff(due, w.eventsDue(t)) + cmp.Diff(fired, w.fired(t)); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	step("the first, at once", "", []string{"03-03 09:00"}, []string{"03-02 10:00"})
	step("before the next", "03-03 08:59", []string{"03-03 09:00"}, []string{"03-02 10:00"})
	step("the next", "03-03 09:00", []string{"03-04 09:00"}, []string{"03-02 10:00", "03-03 10:00"})
	if err := w.rep.tryDeleteEvent(t, e.ID, crm.Extent{Occurrence: "2026-03-04T02:00:00Z"}); err != nil {
		t.Fatal(err)
	}
	step("one fewer", "", []string{"03-05 09:00"}, []string{"03-02 10:00", "03-03 10:00"})
	one := w.rep.updateEvent(t, e.ID, crm.Extent{Occurrence: "2026-03-05T02:00:00Z"}, crm.CalendarEventPatch{StartsAt: patch.Of(*shanghai("03-05 20:00"))})
	step("one moved", "", []string{"03-05 19:00", "03-06 09:00"}, []string{"03-02 10:00", "03-03 10:00"})
	step("the moved one", "03-05 19:00", []string{"03-06 09:00"}, []string{"03-02 10:00", "03-03 10:00", "03-05 20:00"})
	// After days without a worker the one that waited goes off, and then those that are not over.
	step("late", "03-08 09:30", []string{"03-09 09:00"}, []string{"03-02 10:00", "03-03 10:00", "03-05 20:00", "03-06 10:00", "03-08 10:00"})
	step("the last", "03-09 09:00", []string{}, []string{"03-02 10:00", "03-03 10:00", "03-05 20:00", "03-06 10:00", "03-08 10:00", "03-09 10:00"})
	due := w.changesOf(t, "calendar_event.due")
	if last := decode[crm.CalendarEvent](t, due[len(due)-1].Data); *last.Occurrence != "2026-03-09T02:00:00Z" || last.ID != e.ID || decode[crm.CalendarEvent](t, due[2].Data).ID != one.ID {
		t.Errorf("%+v", last)
	}
	// Longer, it reminds again.
	w.rep.updateEvent(t, e.ID, crm.Extent{}, crm.CalendarEventPatch{RRule: patch.Of("FREQ=DAILY;COUNT=10")})
	if diff := cmp.Diff([]string{"03-10 09:00"}, w.eventsDue(t)); diff != "" {
		t.Error(diff)
	}
	// What falls due while it lies in the trash is passed over.
	w.rep.updateEvent(t, e.ID, crm.Extent{}, crm.CalendarEventPatch{RRule: patch.Of("FREQ=DAILY")})
	if err := w.rep.tryDeleteEvent(t, e.ID, crm.Extent{}); err != nil {
		t.Fatal(err)
	}
	w.Clock.Set(*shanghai("03-12 12:00"))
	must[crm.CalendarEvent](t)(write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.CalendarEvent, error) {
		return crm.RestoreCalendarEvent(ctx, tx, e.ID)
	}))
	step("restored", "", []string{"03-13 09:00"}, []string{"03-02 10:00", "03-03 10:00", "03-05 20:00", "03-06 10:00", "03-08 10:00", "03-09 10:00"})
}

// TestADueReminderOutlivesAChange changes an occurrence when the time of its reminder has come, and the worker has not.
func TestADueReminderOutlivesAChange(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(crm.CalendarEvent, string){
		"one answered": func(e crm.CalendarEvent, today string) {
			must[crm.CalendarEvent](t)(w.rep2.tryRespond(t, e.ID, today, "accepted"))
		},
		"one changed": func(e crm.CalendarEvent, today string) {
			w.rep.updateEvent(t, e.ID, crm.Extent{Occurrence: today}, crm.CalendarEventPatch{Title: patch.Of("b")})
		},
		"the rest changed": func(e crm.CalendarEvent, today string) {
			w.rep.updateEvent(t, e.ID, crm.Extent{Occurrence: today, Apply: "following"}, crm.CalendarEventPatch{Title: patch.Of("b")})
		},
	} {
		w.Clock.Set(*shanghai("03-02 08:00"))
		e := w.rep.event(t, crm.NewCalendarEvent{
			Title: "a", StartsAt: shanghai("03-02 09:00"), RRule: "FREQ=DAILY;COUNT=3", AttendeeIDs: []tenant.MemberID{w.acme.Rep2}, Reminders: []crm.NewReminder{before(15), before(0)},
		})
		w.Clock.Set(*shanghai("03-03 09:00"))
		w.fire(t)
		w.fire(t)
		told := len(w.fired(t))
		w.Clock.Set(*shanghai("03-04 08:45"))
		w.Clock.Advance(200 * time.Millisecond)
		change(e, "2026-03-04T01:00:00Z")
		w.fire(t)
		w.Clock.Set(*shanghai("03-04 09:00"))
		w.fire(t)
		if diff := cmp.Diff([]string{"03-04 09:00", "03-04 09:00"}, w.fired(t)[told:]); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		for _, left := range w.rep.events(t, "") {
			_ = w.rep.tryDeleteEvent(t, left.ID, crm.Extent{})
		}
	}
}

func TestASeriesMayRemindOfTwoOccurrencesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.Clock.Set(*shanghai("03-02 08:00"))
	w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsAt: shanghai("03-02 09:00"), RRule: "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", Reminders: []crm.NewReminder{before(0), before(1440), before(0)}})
	if diff := cmp.Diff([]string{"03-02 09:00", "03-02 09:00"}, w.eventsDue(t)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	w.Clock.Set(*shanghai("03-02 09:00"))
	w.fire(t)
	if diff := cmp.Diff([]string{"03-02 09:00", "03-03 09:00"}, w.fired(t)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestPeopleAreToldOfEvents(t *testing.T) {
	w := newWorld(t)
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		return tenant.UpdateMember(t.Context(), tx, tenant.Member{ID: w.acme.Manager, Name: "经理", Locale: "zh-CN"})
	}); err != nil {
		t.Fatal(err)
	}
	both := []tenant.MemberID{w.acme.Rep2, w.acme.Manager}
	at := shanghai("03-09 10:00")
	var e, series, private, secret crm.CalendarEvent
	patchOne := func(in crm.CalendarEventPatch) func() { return func() { w.rep.updateEvent(t, e.ID, crm.Extent{}, in) } }
	for _, step := range []struct {
		name string
		do   func()
		want []string
	}{
		{"nobody is invited", func() { w.rep.event(t, crm.NewCalendarEvent{Title: "alone", StartsAt: at}) }, nil},
		{"invited", func() { e = w.rep.event(t, crm.NewCalendarEvent{Title: "Kick-off", StartsAt: at, AttendeeIDs: both}) }, []string{"manager: 日程邀请：Kick-off", "rep2: Invitation: Kick-off"}},
		{"for somebody else", func() {
			w.manager.event(t, crm.NewCalendarEvent{Title: "Your visit", StartsAt: at, OrganizerID: &w.acme.Rep2})
		}, []string{"rep2: Invitation: Your visit"}},
		{"what is past", func() {
			w.rep.event(t, crm.NewCalendarEvent{Title: "past", StartsAt: shanghai("03-01 10:00"), AttendeeIDs: both})
		}, nil},
		{"an answer", func() { must[crm.CalendarEvent](t)(w.rep2.tryRespond(t, e.ID, "", "accepted")) }, []string{"rep: acme rep 2 accepted: Kick-off"}},
		{"another", func() { must[crm.CalendarEvent](t)(w.manager.tryRespond(t, e.ID, "", "declined")) }, []string{"rep: 经理 declined: Kick-off"}},
		{"words that do not matter", patchOne(crm.CalendarEventPatch{Description: patch.Of("d")}), nil},
		{"another time", patchOne(crm.CalendarEventPatch{StartsAt: patch.Of(*shanghai("03-09 14:00"))}), []string{"manager: 日程变更：Kick-off", "rep2: Event changed: Kick-off"}},
		{"other people", patchOne(crm.CalendarEventPatch{AttendeeIDs: patch.Of([]tenant.MemberID{w.acme.Rep2, w.acme.Admin})}), []string{"admin: Invitation: Kick-off", "manager: 日程取消：Kick-off"}},
		{"due", func() { w.Clock.Set(*shanghai("03-09 13:45")); w.fire(t) }, []string{"admin: Event: Kick-off", "rep2: Event: Kick-off", "rep2: Event: Your visit", "rep: Event: Kick-off", "rep: Event: alone"}},
		{"deleted", func() { _ = w.rep.tryDeleteEvent(t, e.ID, crm.Extent{}) }, []string{"admin: Event cancelled: Kick-off", "rep2: Event cancelled: Kick-off"}},
		{"a series", func() {
			series = w.rep.event(t, crm.NewCalendarEvent{Title: "Weekly", StartsAt: shanghai("03-10 10:00"), RRule: "FREQ=WEEKLY", AttendeeIDs: both[:1], Reminders: []crm.NewReminder{}})
		}, []string{"rep2: Invitation: Weekly"}},
		{"one occurrence less", func() { _ = w.rep.tryDeleteEvent(t, series.ID, crm.Extent{Occurrence: "2026-03-17T02:00:00Z"}) }, []string{"rep2: Event cancelled: Weekly"}},
		{"one occurrence moved", func() {
			w.rep.updateEvent(t, series.ID, crm.Extent{Occurrence: "2026-03-24T02:00:00Z"}, crm.CalendarEventPatch{Place: patch.Of("there")})
		}, []string{"rep2: Event changed: Weekly"}},
		{"one occurrence answered", func() {
			must[crm.CalendarEvent](t)(w.rep2.tryRespond(t, series.ID, "2026-03-31T02:00:00Z", "declined"))
		}, []string{"rep: acme rep 2 declined: Weekly"}},
		{"one occurrence for other people", func() {
			w.rep.updateEvent(t, series.ID, crm.Extent{Occurrence: "2026-04-28T02:00:00Z"}, crm.CalendarEventPatch{AttendeeIDs: patch.Of(both[1:])})
		}, []string{"manager: 日程邀请：Weekly", "rep2: Event cancelled: Weekly"}},
		{"the rest changed", func() {
			w.rep.updateEvent(t, series.ID, crm.Extent{Occurrence: "2026-04-07T02:00:00Z", Apply: "following"}, crm.CalendarEventPatch{Title: patch.Of("Monthly")})
		}, []string{"rep2: Event changed: Monthly"}},
		{"private", func() {
			private = w.rep.event(t, crm.NewCalendarEvent{Title: "Surprise", StartsAt: shanghai("03-10 18:00"), Private: true, AttendeeIDs: both[:1]})
		}, []string{"rep2: Invitation: Surprise"}},
		{"a private series", func() {
			secret = w.rep.event(t, crm.NewCalendarEvent{Title: "Secret", StartsAt: shanghai("03-11 18:00"), Private: true, RRule: "FREQ=WEEKLY", AttendeeIDs: both[:1], Reminders: []crm.NewReminder{}})
		}, []string{"rep2: Invitation: Secret"}},
		{"what is secret of one occurrence", func() {
			w.rep.updateEvent(t, secret.ID, crm.Extent{Occurrence: "2026-03-18T10:00:00Z"}, crm.CalendarEventPatch{Description: patch.Of("d")})
		}, nil},
		{"private and due", func() { w.Clock.Set(*shanghai("03-10 17:45")); w.fire(t) }, []string{"rep2: Event: Surprise", "rep: Event: Surprise"}},
		{"private and deleted", func() { _ = w.rep.tryDeleteEvent(t, private.ID, crm.Extent{}) }, []string{"rep2: Event cancelled: Surprise"}},
	} {
		step.do()
		w.react(t)
		if diff := cmp.Diff(append([]string{}, step.want...), w.told(t)); diff != "" {
			t.Errorf("%s: -want +got\n%s", step.name, diff)
		}
	}
	var bodies []string
	for _, n := range w.rep2.notifications(t, "") {
		bodies = append(bodies, n.Title+": "+n.Body)
	}
	for _, want := range []string{"Event cancelled: Weekly: 2026-03-17 10:00 – 11:00", "Event changed: Weekly: 2026-03-24 10:00 – 11:00\nthere", "Event changed: Kick-off: 2026-03-09 14:00 – 15:00"} {
		if !slices.Contains(bodies, want) {
			t.Errorf("%q is not among %q", want, bodies)
		}
	}
	// A group chat is told of a private event no more than its time.
	for _, c := range w.changesOf(t, "calendar_event.created") {
		if c.Record != tenant.RecordID(private.ID) {
			continue
		}
		m := must[crm.Message](t)(read(t, w.system(w.acme), func(ctx ctx, q *tenant.Query) (crm.Message, error) {
			m, _, err := crm.Describe(ctx, q, c, "en")
			return m, err
		}))
		if diff := cmp.Diff(crm.Message{Title: "Invitation: Private event", Lines: []string{"2026-03-10 18:00 – 19:00"}, Link: "/calendar/" + private.ID.String()}, m); diff != "" {
			t.Error(diff)
		}
	}
}
