package crm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// moment is a time of a table, as RFC 3339.
func moment(t testing.TB, text string) time.Time {
	t.Helper()
	return must[time.Time](t)(time.Parse(time.RFC3339, text))
}

// TestFeaturesInZones has what is reckoned by clocks and days, in the zones and on the days on which that goes wrong: both
// changes of clocks in New York (8 March and 1 November 2026), the island that is a day ahead, the ends of months, and 29
// February. The rules of repetition themselves have theirs in crm/recurrence, silence and reports beside them.
func TestFeaturesInZones(t *testing.T) {
	const shanghai, york, kiritimati, havana, santiago = "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "America/Havana", "America/Santiago"
	w := importers(newWorld(t))
	for _, c := range []struct {
		feature, name, zone, now string
		do                       func(*testing.T, *world) string
		want                     string
	}{
		{"agenda", "the last second before a short day", york, "2026-03-08T04:59:58Z", agendaOf("2026-03-07", "2026-03-08"), "2026-03-07 overdue: today: 2026-03-07 upcoming: 2026-03-08"},
		{"agenda", "a short day", york, "2026-03-08T05:00:00Z", agendaOf("2026-03-07", "2026-03-08", "2026-03-09T03:59:00Z", "2026-03-09T04:00:00Z"), "2026-03-08 overdue: 2026-03-07 today: 2026-03-09T03:59:00Z 2026-03-08 upcoming: 2026-03-09T04:00:00Z"},
		{"agenda", "a long day", york, "2026-11-01T05:30:00Z", agendaOf("2026-10-31", "2026-11-01", "2026-11-01T06:30:00Z", "2026-11-02T04:59:00Z", "2026-11-02T05:00:00Z"), "2026-11-01 overdue: 2026-10-31 today: 2026-11-01T06:30:00Z 2026-11-02T04:59:00Z 2026-11-01 upcoming: 2026-11-02T05:00:00Z"},
		{"agenda", "a day whose midnight clocks leave out", havana, "2026-03-07T17:00:00Z", agendaOf("2026-03-08T04:59:00Z", "2026-03-08T05:00:00Z"), "2026-03-07 overdue: today: 2026-03-08T04:59:00Z upcoming: 2026-03-08T05:00:00Z"},
		{"agenda", "a month that has begun on the island alone", kiritimati, "2026-01-31T10:00:00Z", agendaOf("2026-01-31", "2026-02-01"), "2026-02-01 overdue: 2026-01-31 today: 2026-02-01 upcoming:"},

		{"home", "the day before one whose midnight clocks leave out", santiago, "2026-09-05T16:00:00Z", homeOf("2026-09-06T03:59:00Z", "2026-09-06T04:00:00Z"), "2026-09-05 today: 1"},
		{"home", "a day whose midnight clocks leave out", santiago, "2026-09-06T16:00:00Z", homeOf("2026-09-07T02:59:00Z", "2026-09-07T03:00:00Z"), "2026-09-06 today: 1"},

		{"silence", "since the last half hour before a midnight that clocks leave out", santiago, "2026-09-12T16:00:00Z", silentSince("2026-09-06T03:30:00Z"), "2026-09-06T03:30:00Z"},
		{"silence", "since the first half hour after it", santiago, "2026-09-12T16:00:00Z", silentSince("2026-09-06T04:30:00Z"), ""},

		{"reminder", "nine in the morning of a short day", york, "2026-03-01T12:00:00Z", remindedOfDay("2026-03-08", -540), "2026-03-08T13:00:00Z"},
		{"reminder", "nine in the morning of a long day", york, "2026-10-20T12:00:00Z", remindedOfDay("2026-11-01", -540), "2026-11-01T14:00:00Z"},
		{"reminder", "the evening before, of the day after a short one", york, "2026-03-01T12:00:00Z", remindedOfDay("2026-03-09", 23*60), "2026-03-08T06:00:00Z"},
		{"reminder", "at a time that clocks do not show", york, "2026-03-01T12:00:00Z", remindedOfDay("2026-03-08", -150), "2026-03-08T07:30:00Z"},
		{"reminder", "nine in the morning on the island", kiritimati, "2026-01-20T12:00:00Z", remindedOfDay("2026-02-01", -540), "2026-01-31T19:00:00Z"},
		{"reminder", "of a series of whole days", york, "2026-03-06T20:00:00Z", remindedOfSeries("2026-03-06", "FREQ=DAILY", 3), "2026-03-07T14:00:00Z 2026-03-08T13:00:00Z 2026-03-09T13:00:00Z"},
		{"reminder", "of a series of whole days, back", york, "2026-10-30T20:00:00Z", remindedOfSeries("2026-10-30", "FREQ=DAILY", 3), "2026-10-31T13:00:00Z 2026-11-01T14:00:00Z 2026-11-02T14:00:00Z"},

		{"task", "daily at a time that clocks leave out", york, "2026-03-07T12:00:00Z", repeatedTask("2026-03-07T07:30:00Z", "FREQ=DAILY", 2), "2026-03-08T07:30:00Z 2026-03-09T06:30:00Z"},
		{"task", "daily at a time that clocks show twice", york, "2026-10-31T12:00:00Z", repeatedTask("2026-10-31T05:30:00Z", "FREQ=DAILY", 2), "2026-11-01T05:30:00Z 2026-11-02T06:30:00Z"},
		{"task", "monthly from the 31st of January", shanghai, "2026-01-31T01:00:00Z", repeatedTask("2026-01-31", "FREQ=MONTHLY", 2), "2026-03-31 2026-05-31"},
		{"task", "monthly on the last day", kiritimati, "2026-01-30T12:00:00Z", repeatedTask("2026-01-31", "FREQ=MONTHLY;BYMONTHDAY=-1", 2), "2026-02-28 2026-03-31"},
		{"task", "yearly on 29 February", york, "2028-02-29T12:00:00Z", repeatedTask("2028-02-29", "FREQ=YEARLY", 1), "2032-02-29"},

		{"calendar", "daily over a short night", york, "2026-03-01T12:00:00Z", expanded("2026-03-07T07:30:00Z", "FREQ=DAILY;COUNT=4", "2026-03-08", "2026-03-10"), "2026-03-08T07:30:00Z 2026-03-09T06:30:00Z"},
		{"calendar", "daily over a long night", york, "2026-10-20T12:00:00Z", expanded("2026-10-31T05:30:00Z", "FREQ=DAILY;COUNT=4", "2026-11-01", "2026-11-03"), "2026-11-01T05:30:00Z 2026-11-02T06:30:00Z"},
		{"calendar", "a long day is one day", york, "2026-10-20T12:00:00Z", expanded("2026-11-01", "", "2026-11-01", "2026-11-02"), "2026-11-01 25h0m0s"},
		{"calendar", "a short day is one day", york, "2026-03-01T12:00:00Z", expanded("2026-03-08", "", "2026-03-08", "2026-03-09"), "2026-03-08 23h0m0s"},
		{"calendar", "not the day after", york, "2026-03-01T12:00:00Z", expanded("2026-03-08", "", "2026-03-09", "2026-03-10"), ""},
		{"calendar", "the last days of months on the island", kiritimati, "2026-01-20T12:00:00Z", expanded("2026-01-31", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31", "2026-04-01"), "2026-01-31 24h0m0s 2026-02-28 24h0m0s 2026-03-31 24h0m0s"},
		{"calendar", "yearly on 29 February", shanghai, "2028-01-20T12:00:00Z", expanded("2028-02-29", "FREQ=YEARLY", "2028-02-01", "2029-02-01"), "2028-02-29 24h0m0s"},
		{"calendar", "yearly, in a year without it", shanghai, "2028-01-20T12:00:00Z", expanded("2028-02-29", "FREQ=YEARLY", "2029-02-01", "2030-02-01"), ""},

		{"calendar", "what ends with a midnight that clocks leave out", santiago, "2026-09-01T12:00:00Z", expanded("2026-09-06T02:30:00Z", "", "2026-09-06", "2026-09-07"), ""},
		{"calendar", "what begins after it", santiago, "2026-09-01T12:00:00Z", expanded("2026-09-06T04:00:00Z", "", "2026-09-06", "2026-09-07"), "2026-09-06T04:00:00Z"},

		{"rule", "the day before one whose midnight clocks leave out", santiago, "2026-09-05T04:30:00Z", dueTasks("2026-09-04", "2026-09-05", "2026-09-06"), "2026-09-05"},
		{"rule", "an hour that clocks leave out", york, "2026-03-07T12:00:00Z", ruleAt("FREQ=DAILY", 2), "2026-03-08T07:00:00Z"},
		{"rule", "an hour that clocks show twice", york, "2026-10-31T12:00:00Z", ruleAt("FREQ=DAILY", 1), "2026-11-01T05:00:00Z"},
		{"rule", "between the two", york, "2026-11-01T05:30:00Z", ruleAt("FREQ=DAILY", 1), "2026-11-02T06:00:00Z"},
		{"rule", "monthly on the 31st", kiritimati, "2026-01-31T12:00:00Z", ruleAt("FREQ=MONTHLY;BYMONTHDAY=31", 9), "2026-03-30T19:00:00Z"},
		{"rule", "yearly on 29 February", shanghai, "2026-01-31T12:00:00Z", ruleAt("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", 9), "2028-02-29T01:00:00Z"},

		{"filter", "a day ago after a short day", york, "2026-03-09T04:30:00Z", closingSince(`ago("1d")`, "2026-03-07", "2026-03-08", "2026-03-09"), "2026-03-08 2026-03-09"},
		{"filter", "a day whose midnight clocks leave out", santiago, "2026-09-01T12:00:00Z", closingSince(`"2026-09-06"`, "2026-09-05", "2026-09-06"), "2026-09-06"},
		{"filter", "a week ago after a short day", york, "2026-03-15T04:30:00Z", closingSince(`ago("7d")`, "2026-03-07", "2026-03-08"), "2026-03-08"},
		{"filter", "a day ahead of a long day", york, "2026-11-01T04:30:00Z", closingSince(`ahead("1d")`, "2026-11-01", "2026-11-02"), "2026-11-02"},
		{"filter", "a day ago after a long day", york, "2026-11-02T04:30:00Z", closingSince(`ago("1d")`, "2026-10-31", "2026-11-01"), "2026-10-31 2026-11-01"},
		{"filter", "a day ago on the island", kiritimati, "2026-02-28T10:00:00Z", closingSince(`ago("1d")`, "2026-02-27", "2026-02-28"), "2026-02-28"},

		{"import", "of somebody in the east", shanghai, "2026-03-02T01:00:00Z", importedBy("Asia/Tokyo", "2025-12-01", "2026-04-01"), "2025-12-01 2025-11-30T16:00:00Z 2026-04-01"},
		{"import", "of somebody in the west", shanghai, "2026-03-02T01:00:00Z", importedBy(york, "2025-12-01", "2026-04-01"), "2025-12-01 2025-11-30T16:00:00Z 2026-04-01"},
		{"import", "a time of somebody in the east", shanghai, "2026-03-02T01:00:00Z", importedBy("Asia/Tokyo", "2025-12-01 00:30", "2026-04-01 23:30"), "2025-11-30 2025-11-30T15:30:00Z 2026-04-01"},
		{"import", "a day whose midnight clocks leave out", havana, "2026-03-10T12:00:00Z", importedBy(havana, "2026-03-08", "2026-03-08"), "2026-03-08 2026-03-08T05:00:00Z 2026-03-08"},
		{"import", "a day that has begun for them alone", york, "2026-03-01T20:00:00Z", importedBy(shanghai, "2026-03-02", "2026-03-02"), "2026-03-01 2026-03-01T16:00:00Z 2026-03-02"},

		{"digest", "an hour that clocks leave out", york, "2026-03-07T12:00:00Z", digestsAt(2, 2), "2026-03-08T07:00:00Z 2026-03-09T06:00:00Z"},
		{"digest", "an hour that clocks show twice", york, "2026-10-31T12:00:00Z", digestsAt(1, 2), "2026-11-01T05:00:00Z 2026-11-02T06:00:00Z"},
		{"digest", "on the island", kiritimati, "2026-01-31T09:59:00Z", digestsAt(0, 2), "2026-01-31T10:00:00Z 2026-02-01T10:00:00Z"},

		{"quiet hours", "over a short night", york, "2026-03-08T04:30:00Z", heldFrom("23:00", "08:00"), "2026-03-08T12:00:00Z"},
		{"quiet hours", "over a long night", york, "2026-11-01T04:30:00Z", heldFrom("23:00", "08:00"), "2026-11-01T13:00:00Z"},
		{"quiet hours", "until a time that clocks leave out", york, "2026-03-08T06:30:00Z", heldFrom("23:00", "02:30"), "2026-03-08T07:30:00Z"},
		{"quiet hours", "the same time again", york, "2026-11-01T06:30:00Z", heldFrom("23:00", "02:00"), "2026-11-01T07:00:00Z"},
	} {
		t.Run(c.feature+", "+c.name, func(t *testing.T) {
			w.acme.TimeZone = c.zone
			w.Clock.Set(moment(t, c.now))
			if got := c.do(t, w); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// due makes a task's due time or day of a text.
func due(t testing.TB, in crm.NewTask, text string) crm.NewTask {
	t.Helper()
	in.Title = text
	if len(text) == len(time.DateOnly) {
		in.DueOn = date(text)
	} else {
		in.DueAt = ptr(moment(t, text))
	}
	return in
}

// agendaOf shows which part of the agenda holds which task.
func agendaOf(tasks ...string) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		for _, text := range tasks {
			made := w.rep.task(t, due(t, crm.NewTask{}, text))
			defer w.rep.complete(t, made.ID)
		}
		agenda := w.rep.agenda(t, crm.AgendaQuery{})
		shown := []string{agenda.Date}
		for _, part := range []struct {
			name string
			of   crm.AgendaPart
		}{{"overdue:", agenda.Overdue}, {"today:", agenda.Today}, {"upcoming:", agenda.Upcoming}} {
			shown = append(shown, part.name)
			for _, task := range part.of.Tasks {
				shown = append(shown, task.Title)
			}
		}
		return strings.Join(shown, " ")
	}
}

// homeOf shows how many of some tasks are today's on the home screen.
func homeOf(tasks ...string) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		for _, text := range tasks {
			made := w.rep.task(t, due(t, crm.NewTask{}, text))
			defer w.rep.complete(t, made.ID)
		}
		home := w.rep.home(t)
		return fmt.Sprint(home.Date, " today: ", home.TodayTasks.Count)
	}
}

// silentSince shows whether a customer has been silent for seven days, who was made then.
func silentSince(made string) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		now := w.Clock.Now()
		w.Clock.Set(moment(t, made))
		c := w.rep.customer(t, made)
		w.Clock.Set(now)
		defer func() {
			if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, c.ID, 0) }); err != nil {
				t.Error(err)
			}
		}()
		return w.actsOn(t, "customer", "", crm.RuleTrigger{Type: "silence", Days: 7})
	}
}

// dueTasks shows for which of some tasks a rule acts on the day on which they are due.
func dueTasks(days ...string) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		for _, day := range days {
			made := w.rep.task(t, due(t, crm.NewTask{}, day))
			defer w.rep.complete(t, made.ID)
		}
		return w.actsOn(t, "task", "status = open", crm.RuleTrigger{Type: "date", Field: "due_at"})
	}
}

// actsOn names the records for which a rule would act now.
func (w *world) actsOn(t *testing.T, resource, filter string, trigger crm.RuleTrigger) string {
	t.Helper()
	run, _ := w.admin.try(t, crm.NewRule{Name: "x", Resource: resource, Filter: filter, Trigger: trigger, Actions: []crm.RuleAction{{Type: "notify", To: "owner", Text: "!"}}})
	return strings.Join(idsOf(run.Records, func(r crm.DryRunRecord) string { return r.Title }), " ")
}

// remindedOfDay shows when a task is reminded of that is due on a day.
func remindedOfDay(day string, minutes int) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		task := w.rep.task(t, crm.NewTask{Title: "x", DueOn: date(day), Reminders: []crm.NewReminder{before(minutes)}})
		defer w.rep.complete(t, task.ID)
		return task.Reminders[0].At.Format(time.RFC3339)
	}
}

// remindedOfSeries shows when a series of whole days reminds at nine, one time after the other.
func remindedOfSeries(day, rule string, times int) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		e := w.rep.event(t, crm.NewCalendarEvent{Title: "x", StartsOn: date(day), RRule: rule})
		var at []string
		for range times {
			next := w.rep.getEvent(t, e.ID).Reminders[0].At
			at = append(at, next.Format(time.RFC3339))
			w.Clock.Set(next)
			w.fire(t)
		}
		if err := w.rep.tryDeleteEvent(t, e.ID, crm.Extent{}); err != nil {
			t.Fatal(err)
		}
		return strings.Join(at, " ")
	}
}

// repeatedTask shows when a task is due next, so often as it is done.
func repeatedTask(start, rule string, times int) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		first := w.rep.task(t, due(t, crm.NewTask{RRule: rule}, start))
		task := first
		var at []string
		for range times {
			w.rep.complete(t, task.ID)
			task = w.rep.latest(t, first.ID)
			if task.DueOn != nil {
				at = append(at, string(*task.DueOn))
			} else {
				at = append(at, task.DueAt.Format(time.RFC3339))
			}
		}
		if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTask(t.Context(), tx, task.ID, 0) }); err != nil {
			t.Fatal(err)
		}
		return strings.Join(at, " ")
	}
}

// expanded shows what the calendar of some days has of an event.
func expanded(start, rule, from, to string) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		in := crm.NewCalendarEvent{Title: "x", RRule: rule, Reminders: []crm.NewReminder{}}
		if len(start) == len(time.DateOnly) {
			in.StartsOn = date(start)
		} else {
			in.StartsAt = ptr(moment(t, start))
		}
		e := w.rep.event(t, in)
		var shown []string
		for _, o := range w.rep.calendar(t, crm.CalendarQuery{From: from, To: to}).Events {
			if o.AllDay {
				shown = append(shown, fmt.Sprint(*o.StartsOn, " ", o.EndsAt.Sub(o.StartsAt)))
			} else {
				shown = append(shown, o.StartsAt.Format(time.RFC3339))
			}
		}
		if err := w.rep.tryDeleteEvent(t, e.ID, crm.Extent{}); err != nil {
			t.Fatal(err)
		}
		return strings.Join(shown, " ")
	}
}

// ruleAt shows when the clock sets a rule off next.
func ruleAt(rule string, hour int) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		r := w.admin.rule(t, crm.NewRule{Actions: sayName(), Trigger: crm.RuleTrigger{Type: "schedule", RRule: rule, Hour: &hour}})
		return r.NextAt.Format(time.RFC3339)
	}
}

// closingSince shows which of some deals are expected to close on a day or later.
func closingSince(since string, days ...string) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		for _, day := range days {
			d := w.rep.deal(t, crm.NewDeal{Name: day, ExpectedCloseOn: date(day)})
			defer func() {
				if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteDeal(t.Context(), tx, d.ID, 0) }); err != nil {
					t.Error(err)
				}
			}()
		}
		found := must[crm.Page[crm.Deal]](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.Page[crm.Deal], error) {
			return crm.ListDeals(ctx, q, crm.ListQuery{Filter: "expected_close_on >= " + since, OrderBy: "expected_close_on"})
		}))
		return strings.Join(idsOf(found.Data, func(d crm.Deal) string { return d.Name }), " ")
	}
}

// importedBy shows on which day, when, and by which day deals close of which somebody in a zone writes so.
func importedBy(zone, closed, expected string) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		there := w.rep
		there.caller = ptr(*w.rep.caller)
		there.caller.Zone = must[*time.Location](t)(time.LoadLocation(zone))
		imp := there.runAs(t, "deals", "a.csv", "name,status,created,closed at,expected close date\nover,won,2025-11-01,"+closed+",\nopen,open,2025-11-01,,"+expected+"\n", crm.ImportOptions{})
		if imp.Created != 2 {
			t.Fatalf("%+v", there.rows(t, imp.ID, ""))
		}
		defer there.undo(t, imp.ID)
		over, open := there.dealCalled(t, "over"), there.dealCalled(t, "open")
		return fmt.Sprint(*over.ClosedOn, " ", over.ClosedAt.Format(time.RFC3339), " ", *open.ExpectedCloseOn)
	}
}

// digestsAt shows when the next digests leave.
func digestsAt(hour, times int) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		w.rep.prefer(t, crm.NotificationPreferencesPatch{DigestHour: patch.Of(hour)})
		defer w.rep.prefer(t, crm.NotificationPreferencesPatch{DigestHour: patch.Null[int]()})
		var at []string
		for range times {
			next := w.due(t, w.acme, crm.DigestWork)[tenant.RecordID(w.acme.Rep)]
			at = append(at, next.Format(time.RFC3339))
			w.Clock.Set(next)
			if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return crm.DigestDone(t.Context(), tx, w.acme.Rep, tx.Now) }); err != nil {
				t.Fatal(err)
			}
		}
		return strings.Join(at, " ")
	}
}

// heldFrom shows until when quiet hours hold a mail that is written now.
func heldFrom(from, until string) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		w.address(t, w.acme.Rep, "rep@acme.example", "")
		in := by("task.assigned", true, true)
		in.QuietHours = patch.Of(crm.QuietHours{From: from, Until: until})
		w.rep.prefer(t, in)
		w.react(t)
		known := w.due(t, w.acme, crm.NoticeMailWork)
		task := w.manager.task(t, crm.NewTask{Title: "x", AssigneeID: &w.acme.Rep})
		defer w.rep.complete(t, task.ID)
		w.react(t)
		var held []string
		for id, at := range w.due(t, w.acme, crm.NoticeMailWork) {
			if _, before := known[id]; !before {
				held = append(held, at.Format(time.RFC3339))
			}
		}
		return strings.Join(held, " ")
	}
}

// TestDaysAreTheReadersOwn has what begins at the midnight of whoever reads, where they live elsewhere than the company.
func TestDaysAreTheReadersOwn(t *testing.T) {
	w := newWorld(t) // of Shanghai
	w.Clock.Set(moment(t, "2026-03-08T20:00:00Z"))
	w.rep.task(t, crm.NewTask{Title: "tomorrow there", DueAt: ptr(moment(t, "2026-03-09T05:00:00Z"))})
	w.rep.event(t, crm.NewCalendarEvent{Title: "the evening before", StartsAt: ptr(moment(t, "2026-03-09T01:00:00Z"))})
	york := w.person(w.acme, w.acme.Rep, tenant.LevelOwn)
	york.caller.Zone = must[*time.Location](t)(time.LoadLocation("America/New_York"))
	for _, c := range []struct {
		who            person
		date           string
		today, entries int
		zone           string
	}{{w.rep, "2026-03-09", 1, 1, "Asia/Shanghai"}, {york, "2026-03-08", 0, 0, "America/New_York"}} {
		agenda := c.who.agenda(t, crm.AgendaQuery{})
		shown := len(c.who.calendar(t, crm.CalendarQuery{From: "2026-03-09", To: "2026-03-10"}).Events)
		made := c.who.task(t, crm.NewTask{Title: "undated"})
		if agenda.Date != c.date || agenda.Today.Count != c.today || shown != c.entries || made.TimeZone != c.zone {
			t.Errorf("in %s it is %s, with %d tasks today and %d events, new tasks in %s", c.zone, agenda.Date, agenda.Today.Count, shown, made.TimeZone)
		}
	}
}
