package crm

import (
	"context"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Snooze puts a reminder off: either of the two.
type Snooze struct {
	Minutes *int       `json:"minutes,omitempty" minimum:"1" maximum:"525600" doc:"From now." example:"30"`
	Until   *time.Time `json:"until,omitempty" doc:"To this time, which lies ahead." example:"2026-03-06T07:00:00Z"`
}

// until returns the time.
func (in Snooze) until(now time.Time) (time.Time, error) {
	invalid := &tenant.InvalidError{}
	at := now
	switch {
	case (in.Minutes == nil) == (in.Until == nil):
		invalid.Add("minutes", "invalid", "say either minutes or until")
	case in.Minutes != nil:
		checkNumber(invalid, "minutes", in.Minutes, 1, longestLead)
		at = now.Add(time.Duration(*in.Minutes) * time.Minute)
	default:
		checkTime(invalid, "until", in.Until)
		if at = *utc(in.Until); !at.After(now) {
			invalid.Add("until", "out_of_range", "must lie ahead")
		}
	}
	return at, invalid.Err()
}

// SnoozeTask reminds of an open task at another time. Reminders that would come before it keep still. It returns
// *tenant.ConflictError for a task that is not open.
func SnoozeTask(ctx context.Context, tx *tenant.Tx, id TaskID, in Snooze, version int64) (Task, error) {
	until, err := in.until(tx.Now)
	if err != nil {
		return Task{}, err
	}
	before, err := lockTask(ctx, tx, id, taskUpdate, version)
	if err != nil {
		return Task{}, err
	}
	if before.Status != taskOpen {
		return Task{}, &tenant.ConflictError{Code: "task_not_open", Message: "The task is not open, so nobody is reminded of it."}
	}
	c := taskChange{before: before, after: before}
	c.after.Reminders = snoozed(before.Reminders, until, tx.Now)
	if err := c.compare(tx); err != nil {
		return Task{}, err
	}
	return c.after, saveTasks(ctx, tx, []taskChange{c}, false)
}

// snoozed returns the reminders with one more, in the place of one that was snoozed before.
func snoozed(before []Reminder, until, now time.Time) []Reminder {
	after := slices.DeleteFunc(slices.Clone(before), func(r Reminder) bool { return r.Snoozed })
	for i, r := range after {
		if r.FiredAt == nil && r.At.Before(until) {
			after[i].FiredAt = &now
		}
	}
	after = append(after, Reminder{ID: tenant.RecordID(tenant.NewEventID()), At: until, Snoozed: true})
	sortReminders(after)
	return after
}
