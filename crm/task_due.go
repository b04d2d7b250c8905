package crm

import (
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// A task is due at a time, or on a day. Of a day nobody says at which time of it, so it is due by its end: the instant
// that lists, figures and the overdue mark go by is the last second of the day in the task's zone. Its reminders count
// back from the day's beginning, as those of calendar programs do.

// checkZone returns the zone, or nil for a name that is none.
func checkZone(invalid *tenant.InvalidError, name, zone string) *time.Location {
	location, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" || len(zone) > 64 {
		invalid.Add(name, "unknown", "is not an IANA time zone; write it as Asia/Shanghai")
		return nil
	}
	return location
}

// settleDue checks how a task is due and reckons the instant.
func (t *Task) settleDue(invalid *tenant.InvalidError) {
	zone := checkZone(invalid, "time_zone", t.TimeZone)
	if t.DueOn == nil {
		checkTime(invalid, "due_at", t.DueAt)
		return
	}
	day, err := ParseDate(string(*t.DueOn))
	switch {
	case err != nil:
		invalid.Add("due_on", "invalid", "must be a date of the years 1900 to 2200, as 2026-03-06")
	case zone != nil:
		end := day.wall().AddDays(1).Add(-time.Second).In(zone).UTC()
		t.DueAt = &end
	}
}

// location is the task's zone, which was checked when it was stored.
func (t *Task) location() *time.Location {
	zone, err := time.LoadLocation(t.TimeZone)
	if err != nil {
		return time.UTC // the zone was known when the task was stored
	}
	return zone
}

// isWholeDay reports whether the task is due on a day and at no time of it.
func (t *Task) isWholeDay() bool { return t.DueOn != nil }

// dueWall is what clocks show when the task is due: the midnight of its day, or the time.
func (t *Task) dueWall() recurrence.Wall {
	if t.DueOn != nil {
		return t.DueOn.wall()
	}
	return recurrence.WallOf(*t.DueAt, t.location())
}

// moveDue makes the task due at a clock time, or on its day.
func (t *Task) moveDue(w recurrence.Wall) {
	if t.DueOn != nil {
		day := Date(w.Date())
		t.DueOn = &day
		w = w.Midnight().AddDays(1).Add(-time.Second)
	}
	due := w.In(t.location()).UTC()
	t.DueAt = &due
}

// anchor is what reminders count back from; nil without a due time.
func (t *Task) anchor() *anchor {
	switch {
	case t.DueAt == nil:
		return nil
	case t.DueOn == nil:
		return &anchor{at: *t.DueAt}
	}
	return &anchor{t.DueOn.wall().In(t.location()), t.location()}
}

// reminded is the task as something that has reminders.
func (t *Task) reminded() (tenant.RecordID, *[]Reminder) { return tenant.RecordID(t.ID), &t.Reminders }

// remindAsUsual plans the reminders of a task that is brought in, and passes over those whose time is past.
func (t *Task) remindAsUsual(now time.Time) {
	var asked []NewReminder
	if t.DueAt != nil {
		asked = usualReminders(t.isWholeDay())
	}
	t.Reminders = planReminders(asked, nil, t.anchor(), now)
	for i := range t.Reminders {
		if r := &t.Reminders[i]; r.At.Before(now) {
			r.FiredAt = &now
		}
	}
}

// remindAnew plans the reminders of a task whose due time has changed.
func (t *Task) remindAnew(before Task, now time.Time) {
	t.remind(keptReminders(&before, t), before, now)
}

// remind plans these reminders in place of those that were before; what was put off comes all the same.
func (t *Task) remind(asked []NewReminder, before Task, now time.Time) {
	t.Reminders = planReminders(asked, before.Reminders, t.anchor(), now)
	for _, r := range before.Reminders {
		if r.Snoozed && r.FiredAt == nil {
			t.Reminders = append(t.Reminders, r)
		}
	}
	sortReminders(t.Reminders)
}

// keptReminders is what is asked for when a due time changes and nobody says a word about reminders.
func keptReminders(before, after *Task) []NewReminder {
	kept := asked(before.Reminders)
	if before.DueAt == nil && after.DueAt != nil && len(kept) == 0 {
		return usualReminders(after.isWholeDay())
	}
	if before.DueAt == nil || before.isWholeDay() == after.isWholeDay() {
		return kept
	}
	usual := *usualReminders(before.isWholeDay())[0].MinutesBefore
	for i, r := range kept {
		if r.MinutesBefore != nil && (*r.MinutesBefore == usual || *r.MinutesBefore < 0) {
			kept[i] = usualReminders(after.isWholeDay())[0]
		}
	}
	return kept
}
