package crm

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/guanxi-crm/guanxi/tenant"
)

// CreateCalendarEvent adds an event of the caller, or of a member within the caller's scope. It returns
// *tenant.InvalidError for bad fields and *tenant.ConflictError for an id in use.
func CreateCalendarEvent(ctx context.Context, tx *tenant.Tx, in NewCalendarEvent) (CalendarEvent, error) {
	e := in.event(tx)
	invalid := &tenant.InvalidError{}
	eventTimes{in.StartsAt, in.EndsAt, in.StartsOn, in.EndsOn}.set(&e, invalid)
	if err := checkInvited(ctx, tx.Query, invalid, in.AttendeeIDs, nil); err != nil {
		return CalendarEvent{}, err
	}
	e.invite(in.AttendeeIDs)
	if err := e.check(ctx, tx, invalid, CalendarEvent{}); err != nil {
		return CalendarEvent{}, err
	}
	if in.RRule != "" {
		e.repeat(invalid, in.RRule)
	}
	e.settle(invalid, true)
	reminders := in.Reminders
	if reminders == nil {
		reminders = usualEventReminders(e.AllDay)
	}
	e.checkReminders(invalid, reminders)
	if err := invalid.Err(); err != nil {
		return CalendarEvent{}, err
	}
	e.remind(reminders, nil, tx.Now)
	if err := insertCalendarEvent(ctx, tx, e); err != nil {
		return CalendarEvent{}, err
	}
	return e, emitCalendarEvent(ctx, tx, "calendar_event.created", nil, &e, nil, false)
}

// event fills in what the input leaves open.
func (in NewCalendarEvent) event(tx *tenant.Tx) CalendarEvent {
	e := CalendarEvent{
		ID: tenant.NewID[calendarEventKind](), Title: in.Title, Description: in.Description, Place: in.Place, Kind: in.Kind, Colour: in.Colour,
		Private: in.Private, TimeZone: in.TimeZone, OrganizerID: tx.Caller.Member, Guests: in.Guests, CreatedBy: tx.Caller.Member,
		CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if in.ID != nil && !in.ID.IsZero() {
		e.ID = *in.ID
	}
	e.UID = e.ID.String() + "@guanxi"
	if in.OrganizerID != nil {
		e.OrganizerID = *in.OrganizerID
	}
	if in.CustomerID != nil {
		e.CustomerID = *in.CustomerID
	}
	if e.Kind == "" {
		e.Kind = "meeting"
	}
	if e.Colour == "" {
		e.Colour = defaultColour
	}
	if e.TimeZone == "" {
		e.TimeZone = tx.Location().String()
	}
	return e
}

// check examines an event that was before; the zero CalendarEvent for a new one.
func (e *CalendarEvent) check(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, before CalendarEvent) error {
	checkRequired(invalid, "title", e.Title, maxTitle)
	checkText(invalid, "description", e.Description, 10_000)
	checkText(invalid, "place", e.Place, 500)
	checkWord(invalid, "kind", e.Kind, calendarEventKinds)
	checkWord(invalid, "colour", e.Colour, colours)
	e.Guests = e.Guests.clean(invalid)
	if e.OrganizerID.IsZero() {
		invalid.Add("organizer_id", "required", "is required")
	} else if e.OrganizerID != before.OrganizerID {
		if err := checkOwner(ctx, tx, invalid, "organizer_id", e.OrganizerID, calendarEventCreate); err != nil {
			return err
		}
	}
	if !e.CustomerID.IsZero() && e.CustomerID != before.CustomerID {
		if _, err := hangOn(ctx, tx, invalid, "customer_id", e.CustomerID, customerRead); err != nil {
			return err
		}
	}
	return invalid.Err()
}

// repeat makes the event take place again by a rule.
func (e *CalendarEvent) repeat(invalid *tenant.InvalidError, text string) {
	if rule, ok := checkRule(invalid, text); ok {
		written := rule.String()
		e.RRule = &written
	}
}

// settle reckons when the event takes place. anew says that the start may move to where the rule has it.
func (e *CalendarEvent) settle(invalid *tenant.InvalidError, anew bool) {
	if len(invalid.Fields) > 0 {
		return
	}
	switch occurs, fits := e.reckon(anew); {
	case !occurs:
		invalid.Add("rrule", "invalid", "gives no day from the start on")
	case !fits && !anew:
		invalid.Add("rrule", "invalid", "does not give the new start; send a rule that does along with it")
	}
}

// insertCalendarEvent writes a checked event with its people and reminders.
func insertCalendarEvent(ctx context.Context, tx *tenant.Tx, e CalendarEvent) error {
	_, err := tx.NamedExec(ctx, `
		INSERT INTO company.calendar_events (id, uid, sequence, title, description, place, kind, colour, private, all_day, time_zone, starts_local,
			seconds, starts_at, ends_at, until_at, rrule, dates, except_dates, series_id, occurrence, organizer_id, guests, customer_id,
			interaction_id, ics_extra, version, created_by, created_at, updated_at)
		VALUES (:id, :uid, :sequence, :title, :description, :place, :kind, :colour, :private, :all_day, :time_zone, :starts_local,
			:seconds, :starts_at, :ends_at, :until_at, :rrule, :dates, :except_dates, :series_id, :occurrence, :organizer_id, :guests, :customer_id,
			:interaction_id, :ics_extra, :version, :created_by, :created_at, :updated_at)`, e)
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return &tenant.ConflictError{Code: "id_in_use", Message: "A record with this id exists already."}
	}
	if err != nil {
		return err
	}
	if err := writePeople(ctx, tx, e); err != nil {
		return err
	}
	return saveReminders(ctx, tx, []reminderChange{{record: tenant.RecordID(e.ID), after: e.Reminders, willLive: true}})
}

// updateCalendarEvent writes a changed event, gives it its next version and tells of it. What has not changed is not
// written; quiet keeps the change from being announced.
func updateCalendarEvent(ctx context.Context, tx *tenant.Tx, before, after CalendarEvent, quiet bool) (CalendarEvent, error) {
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.Version, after.Sequence, after.UpdatedAt = before.Version+1, before.Sequence+1, tx.Now
	if _, err := tx.NamedExec(ctx, `
		UPDATE company.calendar_events SET sequence = :sequence, title = :title, description = :description, place = :place, kind = :kind,
			colour = :colour, private = :private, all_day = :all_day, time_zone = :time_zone, starts_local = :starts_local, seconds = :seconds,
			starts_at = :starts_at, ends_at = :ends_at, until_at = :until_at, rrule = :rrule, dates = :dates, except_dates = :except_dates,
			organizer_id = :organizer_id, guests = :guests, customer_id = :customer_id, interaction_id = :interaction_id,
			ics_extra = :ics_extra, version = :version, updated_at = :updated_at
		WHERE id = :id`, after); err != nil {
		return CalendarEvent{}, err
	}
	if err := writePeople(ctx, tx, after); err != nil {
		return CalendarEvent{}, err
	}
	if err := saveReminders(ctx, tx, []reminderChange{{tenant.RecordID(after.ID), before.Reminders, after.Reminders, true, true}}); err != nil {
		return CalendarEvent{}, err
	}
	return after, emitCalendarEvent(ctx, tx, "calendar_event.updated", &before, &after, previous, quiet)
}

// emitCalendarEvent tells of a change. What is private is private in the change log too, from where it goes to others.
func emitCalendarEvent(ctx context.Context, tx *tenant.Tx, kind string, before, after *CalendarEvent, previous map[string]any, quiet bool) error {
	event := tenant.Event{Type: kind, Resource: "calendar_event"}
	private := false
	if before != nil {
		event.Record, event.OwnerBefore, event.Data, private = tenant.RecordID(before.ID), before.OrganizerID, *before, before.Private
	}
	if after != nil {
		event.Record, event.OwnerAfter, event.Data, private = tenant.RecordID(after.ID), after.OrganizerID, *after, private || after.Private
	}
	if e, ok := event.Data.(CalendarEvent); ok && private {
		event.Data = e.masked()
		keepOpen(previous)
	}
	if previous != nil {
		event.Previous = previous
	}
	if quiet {
		return tx.EmitQuiet(ctx, event)
	}
	return tx.Emit(ctx, event)
}

// openFields are what may be known of a private event.
var openFields = map[string]bool{
	"private": true, "all_day": true, "starts_at": true, "ends_at": true, "starts_on": true, "ends_on": true, "time_zone": true, "rrule": true,
	"except": true, "organizer_id": true, "attendees": true,
}

// keepOpen leaves of the changes of a private event what others may know.
func keepOpen(previous map[string]any) {
	maps.DeleteFunc(previous, func(name string, _ any) bool { return !openFields[name] })
}

// lockCalendarEvent is findCalendarEvent for a change: it stays locked until the transaction ends. version, when not 0,
// must be the record's, else ErrStale. Who may see an event only because of being invited, or of whose people is not
// told what it is about, does not change it: that is tenant.ErrDenied.
func lockCalendarEvent(ctx context.Context, tx *tenant.Tx, id CalendarEventID, p tenant.Permission, version int64) (CalendarEvent, error) {
	e, err := findCalendarEvent(ctx, tx.Query, id, p, "FOR UPDATE")
	switch {
	case err != nil:
		return CalendarEvent{}, err
	case !tx.Scope(p).Includes(e.OrganizerID):
		return CalendarEvent{}, fmt.Errorf("calendar event %s has another organiser: %w", id, tenant.ErrDenied)
	case e.Private && !e.isOf(tx.Caller.Member):
		return CalendarEvent{}, fmt.Errorf("calendar event %s is private: %w", id, tenant.ErrDenied)
	case version != 0 && version != e.Version:
		return CalendarEvent{}, fmt.Errorf("calendar event %s: %w", id, tenant.ErrStale)
	}
	return e, nil
}

// changing locks further events that the caller may change as well.
func changing(ctx context.Context, tx *tenant.Tx, p tenant.Permission) locking {
	return func(id CalendarEventID) (CalendarEvent, error) { return lockCalendarEvent(ctx, tx, id, p, 0) }
}
