package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// EventResponse is the answer to an invitation.
type EventResponse struct {
	Response string `json:"response" enum:"accepted,declined,tentative" doc:"Whether you come." example:"accepted"`
}

// RespondToCalendarEvent gives the caller's answer to an invitation: for a whole series, or for the occurrence that is
// named, which becomes an event of its own. It returns *tenant.ConflictError for an event to which the caller is not
// invited.
func RespondToCalendarEvent(ctx context.Context, tx *tenant.Tx, id CalendarEventID, occurrence string, in EventResponse) (CalendarEvent, error) {
	if !slices.Contains([]string{accepted, declined, tentative}, in.Response) {
		return CalendarEvent{}, tenant.Invalid("response", "unknown", "must be one of accepted, declined, tentative")
	}
	lock := func(id CalendarEventID) (CalendarEvent, error) {
		return findCalendarEvent(ctx, tx.Query, id, calendarEventRead, "FOR UPDATE")
	}
	e, err := lock(id)
	if err != nil {
		return CalendarEvent{}, err
	}
	p, err := Extent{Occurrence: occurrence}.of(ctx, tx, e, lock)
	if err != nil {
		return CalendarEvent{}, err
	}
	before := p.event
	if p.event.attendee(tx.Caller.Member) == nil {
		return CalendarEvent{}, &tenant.ConflictError{Code: "not_invited", Message: "You are not invited to this event, so there is nothing to answer."}
	}
	if p.apply == applyThis {
		if before, err = detach(ctx, tx, p); err != nil {
			return CalendarEvent{}, err
		}
		if err := insertCalendarEvent(ctx, tx, before); err != nil {
			return CalendarEvent{}, err
		}
		if err := emitCalendarEvent(ctx, tx, "calendar_event.created", nil, &before, nil, true); err != nil {
			return CalendarEvent{}, err
		}
	}
	return respond(ctx, tx, before, in.Response)
}

func respond(ctx context.Context, tx *tenant.Tx, before CalendarEvent, response string) (CalendarEvent, error) {
	after := before
	after.Attendees = slices.Clone(before.Attendees)
	mine := after.attendee(tx.Caller.Member)
	if mine == nil {
		return CalendarEvent{}, fmt.Errorf("calendar event %s: %w", before.ID, tenant.ErrNotFound)
	}
	if mine.Response == response {
		return before, nil
	}
	mine.Response, mine.RespondedAt = response, &tx.Now
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if _, err := tx.Exec(ctx, `UPDATE company.calendar_participants SET response = ?, responded_at = ? WHERE event_id = ? AND member_id = ?`,
		response, tx.Now, after.ID, tx.Caller.Member); err != nil {
		return CalendarEvent{}, err
	}
	if _, err := tx.Exec(ctx, `UPDATE company.calendar_events SET version = ?, updated_at = ? WHERE id = ?`, after.Version, tx.Now, after.ID); err != nil {
		return CalendarEvent{}, err
	}
	return after, emitCalendarEvent(ctx, tx, "calendar_event.responded", &before, &after, map[string]any{"attendees": before.Attendees}, false)
}
