package crm

import (
	"context"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// A reminder of a series stands at the occurrence that comes next. When it goes off it moves on to the following one,
// so that one row and one piece of due work serve for ever.

// usualEventReminders are those of an event for which nobody asked for any.
func usualEventReminders(allDay bool) []NewReminder {
	if allDay {
		return usualReminders(true)
	}
	quarter := 15
	return []NewReminder{{MinutesBefore: &quarter}}
}

// checkReminders examines what was asked for.
func (e *CalendarEvent) checkReminders(invalid *tenant.InvalidError, in []NewReminder) {
	checkReminders(invalid, in, true, e.AllDay)
	if e.RRule != nil && slices.ContainsFunc(in, func(r NewReminder) bool { return r.At != nil }) {
		invalid.Add("reminders", "invalid", "of a series count back from its occurrences; say minutes_before")
	}
}

// remind plans the reminders of an event whose time, or whose reminders, have changed. Of what has begun nobody is
// reminded late.
func (e *CalendarEvent) remind(in []NewReminder, before []Reminder, now time.Time) {
	if e.RRule == nil {
		e.Reminders = planReminders(in, before, &anchor{e.StartsAt, e.dayZone()}, now)
		if !e.StartsAt.After(now) {
			silence(e.Reminders, now)
		}
		return
	}
	e.Reminders = []Reminder{}
	for _, want := range in {
		if want.MinutesBefore == nil {
			continue
		}
		start, ok := e.remindedOf(want, before, now)
		planned := planReminders([]NewReminder{want}, before, &anchor{start, e.dayZone()}, now)
		if !ok {
			silence(planned, now)
		}
		if !slices.ContainsFunc(e.Reminders, planned[0].isAskedLike) {
			e.Reminders = append(e.Reminders, planned...)
		}
	}
	sortReminders(e.Reminders)
}

// dayZone is the zone in which reminders of a whole day count clocks; nil for an event at a time.
func (e *CalendarEvent) dayZone() *time.Location {
	if e.AllDay {
		return e.location()
	}
	return nil
}

// startOf returns when the occurrence begins of which a reminder tells.
func (e *CalendarEvent) startOf(r Reminder) time.Time {
	start := clocksOn(r.At, deref(r.MinutesBefore), e.dayZone())
	if e.AllDay { // clocks may never have shown the time that was asked for
		start = recurrence.WallOf(start, e.location()).Add(12 * time.Hour).Midnight().In(e.location())
	}
	return start.UTC()
}

// remindedOf returns the start of the occurrence of a series of which a reminder is to tell next, if there is one to come.
func (e *CalendarEvent) remindedOf(want NewReminder, before []Reminder, now time.Time) (time.Time, bool) {
	after := clocksOn(now, deref(want.MinutesBefore), e.dayZone())
	i := slices.IndexFunc(before, Reminder{MinutesBefore: want.MinutesBefore}.isAskedLike)
	if i < 0 {
		after = after.Add(-time.Nanosecond) // what is due at this moment has not gone off
	} else if waiting := e.startOf(before[i]); before[i].FiredAt == nil && !before[i].At.After(now) {
		if start, ok := e.nextStart(waiting.Add(-time.Nanosecond)); ok && start.Equal(waiting) {
			return start, true // its time has come, and the worker not yet
		}
	}
	if start, ok := e.nextStart(after); ok {
		return start, true
	}
	return e.StartsAt, false
}

// nextStart returns when the first occurrence begins that does so after an instant.
func (e *CalendarEvent) nextStart(after time.Time) (time.Time, bool) {
	i, ok := e.series().Next(after)
	return i.Start.UTC(), ok
}

// fireCalendarEvents fires the reminders of calendar events among those given.
func fireCalendarEvents(ctx context.Context, tx *tenant.Tx, f *firing, refs []tenant.RecordID) error {
	var found []CalendarEvent
	if err := tx.SelectIn(ctx, &found, `SELECT `+calendarEventColumns+` FROM company.calendar_events e
		WHERE e.id IN (SELECT record_id FROM company.reminders WHERE id IN (?)) AND e.deleted_at IS NULL ORDER BY e.id FOR UPDATE`, refs); err != nil {
		return err
	}
	if err := fillPeople(ctx, tx.Query, found, "FOR UPDATE"); err != nil {
		return err
	}
	for _, e := range found {
		for i := range e.Reminders {
			r := e.Reminders[i]
			if !f.goesOff(&r, tx.Now) {
				continue
			}
			due := e
			if e.RRule != nil {
				due = e.occurrenceAt(r)
				f.moveOn(&e, r, tx.Now)
			}
			event := tenant.Event{
				Type: "calendar_event.due", Resource: "calendar_event", Record: tenant.RecordID(e.ID), OwnerBefore: e.OrganizerID, OwnerAfter: e.OrganizerID, Data: due,
			}
			if e.Private {
				event.Data = due.masked()
			}
			f.events = append(f.events, event)
		}
	}
	return nil
}

// occurrenceAt returns the occurrence of which a reminder tells.
func (e *CalendarEvent) occurrenceAt(r Reminder) CalendarEvent {
	start := e.startOf(r)
	if i, ok := e.series().Next(start.Add(-time.Nanosecond)); ok && i.Start.Equal(start) {
		return e.on(i)
	}
	return *e
}

// moveOn lets a reminder that goes off come again for the next occurrence that is not over, if there is one.
func (f *firing) moveOn(e *CalendarEvent, r Reminder, now time.Time) {
	after := e.startOf(r)
	if over := now.Add(-time.Duration(e.Seconds) * time.Second); over.After(after) {
		after = over
	}
	start, ok := e.nextStart(after)
	if !ok {
		return
	}
	at := anchor{start, e.dayZone()}.before(deref(r.MinutesBefore))
	f.fired = slices.DeleteFunc(f.fired, func(id tenant.RecordID) bool { return id == r.ID })
	f.later = append(f.later, tenant.Due{Ref: r.ID, At: at})
	f.moved = append(f.moved, reminderRow{Reminder: Reminder{ID: r.ID, MinutesBefore: r.MinutesBefore, At: at}, Record: tenant.RecordID(e.ID)})
}
