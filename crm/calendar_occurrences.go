package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Extent says how much of a series a change is about.
type Extent struct {
	// Occurrence names one, in the form of [CalendarEvent.Occurrence]; empty means the event as a whole.
	Occurrence string
	// Apply is this, following or all; empty means this where an occurrence is named, and all otherwise.
	Apply string
}

// How much of a series a change is about.
const (
	applyThis      = "this"
	applyFollowing = "following"
	applyAll       = "all"
)

// part is what a change is about: an event or a series as a whole (all), or an occurrence of a series.
type part struct {
	event CalendarEvent
	// occurrence is nil unless one was named.
	occurrence *recurrence.Wall
	apply      string
}

// locking finds an event and locks it, if the caller has the rights that the change at hand takes.
type locking func(CalendarEventID) (CalendarEvent, error)

// of finds what a change of a locked event is about. A series and its changed occurrences may be different people's, so
// whichever it comes to is locked anew.
func (x Extent) of(ctx context.Context, tx *tenant.Tx, e CalendarEvent, lock locking) (part, error) {
	if x.Apply != "" && !slices.Contains([]string{applyThis, applyFollowing, applyAll}, x.Apply) {
		return part{}, tenant.Invalid("apply", "unknown", "must be one of this, following, all")
	}
	name := x.Occurrence
	switch {
	case !e.SeriesID.IsZero():
		if x.Apply == "" || x.Apply == applyThis {
			return part{event: e, apply: applyAll}, nil
		}
		name = *e.Occurrence
		var err error
		if e, err = lock(e.SeriesID); err != nil {
			return part{}, err
		}
	case e.RRule == nil && (name != "" || x.Apply == applyFollowing):
		return part{}, tenant.Invalid("occurrence", "invalid", "the event takes place once")
	case name == "" && x.Apply != "" && x.Apply != applyAll && e.RRule != nil:
		return part{}, tenant.Invalid("occurrence", "required", "say which occurrence")
	case name == "":
		return part{event: e, apply: applyAll}, nil
	}
	return x.occurrence(ctx, tx, e, name, lock)
}

// occurrence finds an occurrence of a series, as the rule has it or as it was changed.
func (x Extent) occurrence(ctx context.Context, tx *tenant.Tx, series CalendarEvent, name string, lock locking) (part, error) {
	unknown := tenant.Invalid("occurrence", "unknown", "is not an occurrence of this series; write its time as 2026-03-09T01:00:00Z, or its day")
	id, ok := series.named(name)
	if !ok {
		return part{}, unknown
	}
	apply := x.Apply
	if apply == "" {
		apply = applyThis
	}
	changed, err := changedOccurrence(ctx, tx.Query, series.ID, series.nameOf(id), "FOR UPDATE")
	switch {
	case err == nil && apply == applyThis:
		one, err := lock(changed)
		return part{event: one, apply: applyAll}, err
	case err == nil:
		return part{series, &id, apply}, nil
	case !errors.Is(err, tenant.ErrNotFound):
		return part{}, err
	}
	if _, ok := series.series().Find(id); !ok {
		return part{}, unknown
	}
	return part{series, &id, apply}, nil
}

// changedOccurrence returns the id of the event that an occurrence has become, whosever that is.
func changedOccurrence(ctx context.Context, q *tenant.Query, series CalendarEventID, name, lock string) (CalendarEventID, error) {
	var id CalendarEventID
	err := q.Get(ctx, &id, `SELECT id FROM company.calendar_events WHERE series_id = ? AND occurrence = ? AND deleted_at IS NULL `+lock, series, name)
	return id, err
}

// findOccurrence is Extent.occurrence for readers.
func findOccurrence(ctx context.Context, q *tenant.Query, series CalendarEvent, name string) (CalendarEvent, error) {
	id, ok := series.named(name)
	if !ok {
		return CalendarEvent{}, fmt.Errorf("occurrence of calendar event %s: %w", series.ID, tenant.ErrNotFound)
	}
	switch changed, err := changedOccurrence(ctx, q, series.ID, series.nameOf(id), ""); {
	case err == nil:
		return findCalendarEvent(ctx, q, changed, calendarEventRead, "")
	case !errors.Is(err, tenant.ErrNotFound):
		return CalendarEvent{}, err
	}
	i, ok := series.series().Find(id)
	if !ok {
		return CalendarEvent{}, fmt.Errorf("occurrence of calendar event %s: %w", series.ID, tenant.ErrNotFound)
	}
	return series.on(i), nil
}

// without returns the series with one occurrence fewer.
func (p part) without(tx *tenant.Tx) CalendarEvent {
	e := p.event
	e.ExceptDates = append(slices.Clone(e.ExceptDates), *p.occurrence)
	e.reckon(false)
	e.remind(asked(e.Reminders), e.Reminders, tx.Now)
	return e
}

// detach takes an occurrence out of its series and returns it as an event of its own, which is not written yet.
func detach(ctx context.Context, tx *tenant.Tx, p part) (CalendarEvent, error) {
	name := p.event.nameOf(*p.occurrence)
	one := p.event.again(tx)
	one.UID, one.SeriesID, one.Occurrence, one.StartsLocal = p.event.UID, p.event.ID, &name, *p.occurrence
	one.RRule, one.Dates, one.ExceptDates = nil, nil, nil
	one.reckon(false)
	one.remind(asked(p.event.Reminders), nil, tx.Now)
	for i := range one.Reminders {
		r := &one.Reminders[i]
		waits := func(own Reminder) bool { return own.FiredAt == nil && own.At.Equal(r.At) && own.isAskedLike(*r) }
		switch {
		case slices.ContainsFunc(p.event.Reminders, waits):
			r.FiredAt = nil // it goes off here instead of with the series
		case !r.At.After(tx.Now):
			r.FiredAt = &tx.Now // the series reminded of it
		}
	}
	_, err := updateCalendarEvent(ctx, tx, p.event, p.without(tx), true)
	return one, err
}

// again is the event as a new one that was made now.
func (e CalendarEvent) again(tx *tenant.Tx) CalendarEvent {
	e.ID = tenant.NewID[calendarEventKind]()
	e.UID = e.ID.String() + "@guanxi"
	e.Attendees, e.Reminders, e.InteractionID = slices.Clone(e.Attendees), slices.Clone(e.Reminders), InteractionID{}
	for i := range e.Reminders {
		e.Reminders[i].ID = tenant.RecordID(tenant.NewEventID())
	}
	e.CreatedBy, e.CreatedAt, e.UpdatedAt, e.Version = tx.Caller.Member, tx.Now, tx.Now, 1
	return e
}

// split returns the series that ends before an occurrence and the one that begins with it, which is not written yet. ok
// is false when nothing comes before.
func (p part) split(tx *tenant.Tx) (ended, rest CalendarEvent, ok bool) {
	before, after, ok := p.event.series().Split(*p.occurrence)
	if !ok {
		return CalendarEvent{}, CalendarEvent{}, false
	}
	ended, rest = p.event, p.event.again(tx)
	ended.follow(before, ended.Reminders, tx)
	rest.follow(after, rest.Reminders, tx)
	return ended, rest, true
}

// follow gives the event the times of a series.
func (e *CalendarEvent) follow(s recurrence.Series, reminders []Reminder, tx *tenant.Tx) {
	rule := s.Rule.String()
	e.RRule, e.StartsLocal, e.Dates, e.ExceptDates = &rule, s.Start, s.Dates, s.Except
	e.reckon(false)
	e.remind(asked(e.Reminders), reminders, tx.Now)
}

// rehome lets the changed occurrences of a series from a clock time on follow it to where it is now. Those that it does
// not give any more are dropped.
func rehome(ctx context.Context, tx *tenant.Tx, series CalendarEvent, from recurrence.Wall, now CalendarEvent) error {
	if series.RRule == nil || series.ID == now.ID && sameTimes(&series, &now) {
		return nil
	}
	changed, err := occurrencesOf(ctx, tx, series.ID)
	if err != nil {
		return err
	}
	by := now.StartsLocal.Sub(from)
	kept := map[recurrence.Wall]bool{}
	for _, w := range now.ExceptDates {
		kept[w] = true
	}
	var dropped []CalendarEvent
	for _, one := range changed {
		id, ok := series.named(*one.Occurrence)
		switch moved := id.Add(by); {
		case ok && id.Before(from) && series.ID != now.ID:
		case ok && kept[moved]:
			if _, err := tx.Exec(ctx, `UPDATE company.calendar_events SET series_id = ?, uid = ?, occurrence = ? WHERE id = ?`,
				now.ID, now.UID, now.nameOf(moved), one.ID); err != nil {
				return err
			}
		default:
			dropped = append(dropped, one)
		}
	}
	return trashCalendarEvents(ctx, tx, dropped, false)
}

// occurrencesOf returns the changed occurrences of a series, locked.
func occurrencesOf(ctx context.Context, tx *tenant.Tx, series CalendarEventID) ([]CalendarEvent, error) {
	var all []CalendarEvent
	if err := tx.Select(ctx, &all, `SELECT `+calendarEventColumns+` FROM company.calendar_events e
		WHERE e.series_id = ? AND e.deleted_at IS NULL ORDER BY e.id FOR UPDATE`, series); err != nil {
		return nil, err
	}
	return all, fillPeople(ctx, tx.Query, all, "FOR UPDATE")
}
