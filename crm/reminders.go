package crm

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Reminder is a time at which people are reminded of a task or a calendar event.
type Reminder struct {
	// ID is the reference of the reminder's due work.
	ID            tenant.RecordID `db:"id" json:"-"`
	MinutesBefore *int            `db:"minutes_before" json:"minutes_before" doc:"How long before; null for a time of its own. Of a whole day it counts back from the day's beginning, so that -540 is nine in the morning." example:"30"`
	At            time.Time       `db:"remind_at" json:"at" doc:"When (UTC)." example:"2026-03-06T06:30:00Z"`
	FiredAt       *time.Time      `db:"fired_at" json:"fired_at" doc:"When it went off (UTC), or was passed over because its time was past when it was set; null before."`
	Snoozed       bool            `db:"snoozed" json:"snoozed" doc:"Whether somebody put it off to this time."`
}

// NewReminder asks for a reminder: either of the two.
type NewReminder struct {
	MinutesBefore *int       `json:"minutes_before,omitempty" minimum:"-1439" maximum:"525600" doc:"How long before it is due or begins. Of a whole day it counts back from the day's beginning, so that -540 is nine in the morning." example:"30"`
	At            *time.Time `json:"at,omitempty" doc:"A time of its own." example:"2026-03-06T06:30:00Z"`
}

const (
	// maxReminders is how many reminders one record has, besides one that was snoozed.
	maxReminders = 5
	// longestLead is a year.
	longestLead = 366 * 24 * 60
	// morning is when a whole day is reminded of, as minutes before its beginning.
	morning = -9 * 60
)

// usualReminders are those of a record for which nobody asked for any.
func usualReminders(wholeDay bool) []NewReminder {
	minutes := 0
	if wholeDay {
		minutes = morning
	}
	return []NewReminder{{MinutesBefore: &minutes}}
}

// checkReminders examines what was asked for; anchored says that there is a time to count back from.
func checkReminders(invalid *tenant.InvalidError, asked []NewReminder, anchored, wholeDay bool) {
	if len(asked) > maxReminders {
		invalid.Add("reminders", "too_many", "holds more than 5 reminders")
	}
	least := int64(0)
	if wholeDay {
		least = -24*60 + 1
	}
	for i, r := range asked {
		name := fmt.Sprintf("reminders[%d]", i)
		switch {
		case (r.At == nil) == (r.MinutesBefore == nil):
			invalid.Add(name, "invalid", "needs either minutes_before or at")
		case r.MinutesBefore != nil && !anchored:
			invalid.Add(name+".minutes_before", "invalid", "needs a due time to count back from")
		default:
			checkNumber(invalid, name+".minutes_before", r.MinutesBefore, least, longestLead)
			checkTime(invalid, name+".at", r.At)
		}
	}
}

// asked returns what was asked for to get these reminders.
func asked(all []Reminder) []NewReminder {
	var in []NewReminder
	for _, r := range all {
		switch {
		case r.Snoozed:
		case r.MinutesBefore != nil:
			in = append(in, NewReminder{MinutesBefore: r.MinutesBefore})
		default:
			in = append(in, NewReminder{At: &r.At})
		}
	}
	return in
}

// anchor is what reminders count back from: an instant, or the beginning of a whole day. Of that one clocks are counted and
// not hours, so that nine in the morning is nine also on the day on which clocks are changed.
type anchor struct {
	at time.Time
	// zone is where the day begins; nil for an instant.
	zone *time.Location
}

func (a anchor) before(minutes int) time.Time { return clocksOn(a.at, -minutes, a.zone).UTC() }

// clocksOn returns the time so many minutes later: as clocks in a zone count them, or where the zone is nil as they pass.
func clocksOn(t time.Time, minutes int, zone *time.Location) time.Time {
	by := time.Duration(minutes) * time.Minute
	if zone == nil {
		return t.Add(by)
	}
	return recurrence.WallOf(t, zone).Add(by).In(zone)
}

// planReminders reckons when reminders go off. Those that were there before stay the same ones, and one that has gone
// off does so again when it is moved into the future. Without an anchor, only reminders at a time of their own are
// left.
func planReminders(in []NewReminder, before []Reminder, from *anchor, now time.Time) []Reminder {
	planned := []Reminder{}
	fresh := map[tenant.RecordID]bool{}
	for _, want := range in {
		r := Reminder{ID: tenant.RecordID(tenant.NewEventID()), MinutesBefore: want.MinutesBefore}
		switch {
		case want.At != nil:
			r.At = *utc(want.At)
		case from != nil:
			r.At = from.before(*want.MinutesBefore)
		default:
			continue
		}
		fresh[r.ID] = true
		if i := slices.IndexFunc(before, r.isAskedLike); i >= 0 {
			moved := !before[i].At.Equal(r.At)
			r.ID, r.FiredAt = before[i].ID, before[i].FiredAt
			fresh[r.ID] = moved
		}
		if r.FiredAt != nil && r.At.After(now) {
			r.FiredAt = nil
		}
		if !slices.ContainsFunc(planned, func(other Reminder) bool { return other.ID == r.ID || other.At.Equal(r.At) }) {
			planned = append(planned, r)
		}
	}
	sortReminders(planned)
	passOver(planned, fresh, now)
	return planned
}

func sortReminders(all []Reminder) {
	slices.SortFunc(all, func(a, b Reminder) int { return a.At.Compare(b.At) })
}

// isAskedLike reports whether two reminders were asked for in the same words.
func (r Reminder) isAskedLike(other Reminder) bool {
	switch {
	case other.Snoozed:
		return false
	case r.MinutesBefore != nil && other.MinutesBefore != nil:
		return *r.MinutesBefore == *other.MinutesBefore
	}
	return r.MinutesBefore == nil && other.MinutesBefore == nil && r.At.Equal(other.At)
}

// passOver keeps reminders from going off late when they are set at a time that is past: who makes a task for the
// next ten minutes need not be told that it was due in an hour. The last of them does go off, rather than none.
func passOver(sorted []Reminder, fresh map[tenant.RecordID]bool, now time.Time) {
	left := false
	for i := len(sorted) - 1; i >= 0; i-- {
		r := &sorted[i]
		if r.FiredAt != nil {
			continue
		}
		if left && fresh[r.ID] && r.At.Before(now) {
			r.FiredAt = &now
		}
		left = true
	}
}

// silence passes over the reminders whose time is past.
func silence(all []Reminder, now time.Time) {
	for i := range all {
		if all[i].FiredAt == nil && !all[i].At.After(now) {
			all[i].FiredAt = &now
		}
	}
}

// revived returns the reminders of what reminds again after it has been done or in the trash: those whose time has come
// meanwhile are passed over.
func revived(all []Reminder, now time.Time) []Reminder {
	all = slices.Clone(all)
	silence(all, now)
	return all
}

const reminderColumns = `r.id, r.record_id, r.minutes_before, r.remind_at, r.fired_at, r.snoozed`

// reminderRow is a reminder as it is stored.
type reminderRow struct {
	Reminder
	Record tenant.RecordID `db:"record_id"`
}

// fillReminders reads the reminders of a page in one statement. of returns a record's id and where they go, lock is
// FOR UPDATE for whoever is about to change them.
func fillReminders[T any](ctx context.Context, q *tenant.Query, page []T, of func(*T) (tenant.RecordID, *[]Reminder), lock string) error {
	if len(page) == 0 {
		return nil
	}
	at := make(map[tenant.RecordID]*[]Reminder, len(page))
	ids := make([]tenant.RecordID, len(page))
	for i := range page {
		id, reminders := of(&page[i])
		*reminders = []Reminder{}
		at[id], ids[i] = reminders, id
	}
	var rows []reminderRow
	if err := q.SelectIn(ctx, &rows, `SELECT `+reminderColumns+` FROM company.reminders r
		WHERE r.record_id IN (?) ORDER BY r.record_id, r.remind_at, r.id `+lock, ids); err != nil {
		return err
	}
	for _, row := range rows {
		*at[row.Record] = append(*at[row.Record], row.Reminder)
	}
	return nil
}
