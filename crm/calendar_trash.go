package crm

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// DeleteCalendarEvent moves an event to the trash, from where it can be restored until it is purged; of a series, one
// occurrence or all from one on are taken away for good. version, when not 0, must be that of the event with this id,
// else ErrStale.
func DeleteCalendarEvent(ctx context.Context, tx *tenant.Tx, id CalendarEventID, extent Extent, version int64) error {
	e, err := lockCalendarEvent(ctx, tx, id, calendarEventDelete, version)
	if err != nil {
		return err
	}
	p, err := extent.of(ctx, tx, e, changing(ctx, tx, calendarEventDelete))
	if err != nil {
		return err
	}
	switch p.apply {
	case applyThis:
		_, err = updateCalendarEvent(ctx, tx, p.event, p.without(tx), false)
		return err
	case applyFollowing:
		return p.deleteFollowing(ctx, tx)
	}
	return trashSeries(ctx, tx, p.event)
}

func (p part) deleteFollowing(ctx context.Context, tx *tenant.Tx) error {
	ended, _, ok := p.split(tx)
	if !ok {
		return trashSeries(ctx, tx, p.event)
	}
	changed, err := occurrencesOf(ctx, tx, p.event.ID)
	if err != nil {
		return err
	}
	var dropped []CalendarEvent
	for _, one := range changed {
		if id, ok := p.event.named(*one.Occurrence); !ok || !id.Before(*p.occurrence) {
			dropped = append(dropped, one)
		}
	}
	if err := trashCalendarEvents(ctx, tx, dropped, true); err != nil {
		return err
	}
	_, err = updateCalendarEvent(ctx, tx, p.event, ended, false)
	return err
}

// trashSeries moves an event to the trash with its changed occurrences, of which nobody is told one by one.
func trashSeries(ctx context.Context, tx *tenant.Tx, e CalendarEvent) error {
	changed, err := occurrencesOf(ctx, tx, e.ID)
	if err != nil {
		return err
	}
	if err := trashCalendarEvents(ctx, tx, changed, true); err != nil {
		return err
	}
	return trashCalendarEvents(ctx, tx, []CalendarEvent{e}, false)
}

func trashCalendarEvents(ctx context.Context, tx *tenant.Tx, all []CalendarEvent, quiet bool) error {
	if len(all) == 0 {
		return nil
	}
	ids := make([]CalendarEventID, len(all))
	reminders := make([]reminderChange, len(all))
	for i, e := range all {
		ids[i] = e.ID
		reminders[i] = reminderChange{tenant.RecordID(e.ID), e.Reminders, e.Reminders, true, false}
	}
	if _, err := tx.ExecIn(ctx, `UPDATE company.calendar_events SET deleted_at = ?, updated_at = ?, version = version + 1, sequence = sequence + 1
		WHERE id IN (?)`, tx.Now, tx.Now, ids); err != nil {
		return err
	}
	if err := saveReminders(ctx, tx, reminders); err != nil {
		return err
	}
	for i := range all {
		if err := emitCalendarEvent(ctx, tx, "calendar_event.deleted", &all[i], nil, nil, quiet); err != nil {
			return err
		}
	}
	return nil
}

// RestoreCalendarEvent takes an event out of the trash, with what went there together with it. It returns ErrNotFound
// for one that is not in the trash.
func RestoreCalendarEvent(ctx context.Context, tx *tenant.Tx, id CalendarEventID) (CalendarEvent, error) {
	visible := visibleEvents(tx.Scope(calendarEventDelete))
	e, err := readCalendarEvent(ctx, tx.Query, "e.id = ? AND e.deleted_at IS NOT NULL AND "+visible.SQL, append([]any{id}, visible.Args...), "FOR UPDATE")
	if err != nil {
		return CalendarEvent{}, err
	}
	if !tx.Scope(calendarEventDelete).Includes(e.OrganizerID) || e.Private && !e.isOf(tx.Caller.Member) {
		return CalendarEvent{}, fmt.Errorf("calendar event %s: %w", id, tenant.ErrDenied)
	}
	var all []CalendarEvent
	if err := tx.Select(ctx, &all, `SELECT `+calendarEventColumns+` FROM company.calendar_events e WHERE (e.id = ? OR e.series_id = ?)
		AND e.deleted_at = (SELECT deleted_at FROM company.calendar_events WHERE id = ?) ORDER BY e.id FOR UPDATE`, id, id, id); err != nil {
		return CalendarEvent{}, err
	}
	if err := fillPeople(ctx, tx.Query, all, "FOR UPDATE"); err != nil {
		return CalendarEvent{}, err
	}
	for i := range all {
		one := &all[i]
		before := one.Reminders
		one.remind(asked(before), revived(before, tx.Now), tx.Now)
		one.Version, one.Sequence, one.UpdatedAt = one.Version+1, one.Sequence+1, tx.Now
		if _, err := tx.Exec(ctx, `UPDATE company.calendar_events SET deleted_at = NULL, updated_at = ?, version = ?, sequence = ? WHERE id = ?`,
			tx.Now, one.Version, one.Sequence, one.ID); err != nil {
			return CalendarEvent{}, err
		}
		if err := saveReminders(ctx, tx, []reminderChange{{tenant.RecordID(one.ID), before, one.Reminders, false, true}}); err != nil {
			return CalendarEvent{}, err
		}
		if one.ID == id {
			e = *one
		}
		if err := emitCalendarEvent(ctx, tx, "calendar_event.restored", nil, one, nil, one.ID != id); err != nil {
			return CalendarEvent{}, err
		}
	}
	return e, nil
}
