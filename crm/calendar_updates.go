package crm

import (
	"context"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// UpdateCalendarEvent changes the fields that are set: of an event, of a whole series, of one occurrence or of that and
// all that follow. It returns the event that has the change: a changed occurrence is an event of its own, and what
// follows becomes a series of its own. version, when not 0, must be that of the event with this id, else ErrStale. When
// its time changes, those who are invited are asked again.
func UpdateCalendarEvent(ctx context.Context, tx *tenant.Tx, id CalendarEventID, extent Extent, in CalendarEventPatch, version int64) (CalendarEvent, error) {
	e, err := lockCalendarEvent(ctx, tx, id, calendarEventUpdate, version)
	if err != nil {
		return CalendarEvent{}, err
	}
	part, err := extent.of(ctx, tx, e, changing(ctx, tx, calendarEventUpdate))
	if err != nil {
		return CalendarEvent{}, err
	}
	switch part.apply {
	case applyThis:
		return in.changeOne(ctx, tx, part)
	case applyFollowing:
		return in.changeFollowing(ctx, tx, part)
	}
	return in.changeAll(ctx, tx, part)
}

// changeAll changes a whole event or series.
func (in CalendarEventPatch) changeAll(ctx context.Context, tx *tenant.Tx, p part) (CalendarEvent, error) {
	after, err := in.apply(ctx, tx, p.event, p.occurrence)
	if err != nil {
		return CalendarEvent{}, err
	}
	if err := rehome(ctx, tx, p.event, p.event.StartsLocal, after); err != nil {
		return CalendarEvent{}, err
	}
	return updateCalendarEvent(ctx, tx, p.event, after, false)
}

// changeOne makes an occurrence an event of its own and changes that.
func (in CalendarEventPatch) changeOne(ctx context.Context, tx *tenant.Tx, p part) (CalendarEvent, error) {
	one, err := detach(ctx, tx, p)
	if err != nil {
		return CalendarEvent{}, err
	}
	after, err := in.apply(ctx, tx, one, nil)
	if err != nil {
		return CalendarEvent{}, err
	}
	return after, insertInstead(ctx, tx, one, after)
}

// changeFollowing ends a series before an occurrence and begins another with it.
func (in CalendarEventPatch) changeFollowing(ctx context.Context, tx *tenant.Tx, p part) (CalendarEvent, error) {
	ended, rest, ok := p.split(tx)
	if !ok {
		p.occurrence = nil // nothing comes before it
		return in.changeAll(ctx, tx, p)
	}
	if _, err := updateCalendarEvent(ctx, tx, p.event, ended, true); err != nil {
		return CalendarEvent{}, err
	}
	after, err := in.apply(ctx, tx, rest, nil)
	if err != nil {
		return CalendarEvent{}, err
	}
	if err := insertInstead(ctx, tx, rest, after); err != nil {
		return CalendarEvent{}, err
	}
	return after, rehome(ctx, tx, p.event, rest.StartsLocal, after)
}

// insertInstead writes an event that takes the place of a part of another. The event says what it was there, so that
// people are told of a change and not of an invitation; when nothing has changed for them they are told nothing.
func insertInstead(ctx context.Context, tx *tenant.Tx, was, e CalendarEvent) error {
	previous, err := differences(was, e)
	if err != nil {
		return err
	}
	if was.Private || e.Private {
		keepOpen(previous)
	}
	if err := insertCalendarEvent(ctx, tx, e); err != nil {
		return err
	}
	return emitCalendarEvent(ctx, tx, "calendar_event.created", nil, &e, previous, len(previous) == 0)
}

// apply returns what the patch makes of an event. occurrence is the one of a series that the times were said of; nil
// for the first.
func (in CalendarEventPatch) apply(ctx context.Context, tx *tenant.Tx, before CalendarEvent, occurrence *recurrence.Wall) (CalendarEvent, error) {
	e := before
	e.Title, e.Description, e.Place = in.Title.Or(e.Title), in.Description.Or(e.Description), in.Place.Or(e.Place)
	e.Kind, e.Colour, e.Private = in.Kind.Or(e.Kind), in.Colour.Or(e.Colour), in.Private.Or(e.Private)
	e.TimeZone, e.OrganizerID, e.CustomerID = in.TimeZone.Or(e.TimeZone), in.OrganizerID.Or(e.OrganizerID), in.CustomerID.Or(e.CustomerID)
	e.Guests = in.Guests.Or(e.Guests)
	invalid := &tenant.InvalidError{}
	in.applyTimes(&e, before, occurrence, invalid)
	if err := checkInvited(ctx, tx.Query, invalid, in.AttendeeIDs.Value, before.attendeeIDs()); err != nil {
		return CalendarEvent{}, err
	}
	if in.AttendeeIDs.Set || e.OrganizerID != before.OrganizerID {
		e.invite(in.AttendeeIDs.Or(before.attendeeIDs()))
	}
	if err := e.check(ctx, tx, invalid, before); err != nil {
		return CalendarEvent{}, err
	}
	in.applyRule(&e, before, invalid)
	if moved := !sameTimes(&e, &before); moved || in.Reminders.Set {
		kept := asked(before.Reminders)
		if e.AllDay != before.AllDay {
			kept = usualEventReminders(e.AllDay)
		}
		reminders := in.Reminders.Or(kept)
		e.checkReminders(invalid, reminders)
		if err := invalid.Err(); err != nil {
			return CalendarEvent{}, err
		}
		e.remind(reminders, before.Reminders, tx.Now)
		if moved {
			e.askAgain()
		}
	}
	return e, invalid.Err()
}

// applyTimes moves the event. Times that were said of an occurrence move the series by as much.
func (in CalendarEventPatch) applyTimes(e *CalendarEvent, before CalendarEvent, occurrence *recurrence.Wall, invalid *tenant.InvalidError) {
	if occurrence != nil {
		e.StartsLocal = *occurrence
	}
	eventTimes{in.StartsAt.OrNull(nil), in.EndsAt.OrNull(nil), in.StartsOn.OrNull(nil), in.EndsOn.OrNull(nil)}.set(e, invalid)
	if occurrence != nil {
		e.StartsLocal = before.StartsLocal.Add(e.StartsLocal.Sub(*occurrence))
	}
}

// applyRule sets, changes or ends the rule, and reckons when the event takes place.
func (in CalendarEventPatch) applyRule(e *CalendarEvent, before CalendarEvent, invalid *tenant.InvalidError) {
	switch {
	case in.RRule.Set && !e.SeriesID.IsZero():
		invalid.Add("rrule", "invalid", "cannot be changed for one occurrence; change the series")
	case in.RRule.Null:
		e.RRule, e.Dates, e.ExceptDates = nil, nil, nil
	case in.RRule.Set:
		e.repeat(invalid, in.RRule.Value)
	}
	if sameTimes(e, &before) {
		return
	}
	e.settle(invalid, in.RRule.Set)
	if by := e.StartsLocal.Sub(before.StartsLocal); e.RRule != nil {
		e.ExceptDates = shifted(e, before.ExceptDates, by)
		e.Dates = shiftedAll(before.Dates, by)
	}
}

// shifted moves exceptions along with the series and drops those that the rule does not give any more.
func shifted(e *CalendarEvent, all wallList, by time.Duration) wallList {
	s := e.series()
	s.Except = nil
	return slices.DeleteFunc(shiftedAll(all, by), func(w recurrence.Wall) bool {
		_, ok := s.Find(w)
		return !ok
	})
}

func shiftedAll(all wallList, by time.Duration) wallList {
	moved := make(wallList, len(all))
	for i, w := range all {
		moved[i] = w.Add(by)
	}
	return moved
}
