package crm

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// EventRecord says what came of an event, for the communication record that is made of it.
type EventRecord struct {
	Summary    string      `json:"summary" minLength:"1" maxLength:"10000" doc:"What was said." example:"Price agreed, wants a trial."`
	CustomerID *CustomerID `json:"customer_id,omitempty" doc:"With whom; the event's customer when left out."`
	Resolved   *bool       `json:"resolved,omitempty" doc:"Whether the matter is settled; true when left out."`
	NextStep   string      `json:"next_step,omitempty" maxLength:"300" doc:"Suggested next step." example:"send quote"`
	// NextStepDueAt turns the next step into a task in the same call.
	NextStepDueAt *time.Time `json:"next_step_due_at,omitempty" doc:"Makes a task of the next step, due then, for you."`
}

// eventInteractions tell as what a kind of event is recorded.
var eventInteractions = map[string]string{"meeting": "meeting", "visit": "visit", "call": "call", "other": "note"}

// RecordCalendarEvent makes a communication record of an event that has begun: when, how long and with whom stand in
// the event already. It returns *tenant.ConflictError for an event that lies ahead or was recorded before. Of a series,
// occurrence names the one that is recorded; it becomes an event of its own.
func RecordCalendarEvent(ctx context.Context, tx *tenant.Tx, id CalendarEventID, occurrence string, in EventRecord) (Interaction, error) {
	lock := func(id CalendarEventID) (CalendarEvent, error) {
		e, err := findCalendarEvent(ctx, tx.Query, id, calendarEventUpdate, "FOR UPDATE")
		if err == nil && e.Private && !e.isOf(tx.Caller.Member) {
			err = fmt.Errorf("calendar event %s is private: %w", id, tenant.ErrDenied)
		}
		return e, err
	}
	e, err := lock(id)
	if err != nil {
		return Interaction{}, err
	}
	if e.RRule != nil && occurrence == "" {
		return Interaction{}, tenant.Invalid("occurrence", "required", "say which occurrence")
	}
	p, err := Extent{Occurrence: occurrence}.of(ctx, tx, e, lock)
	if err != nil {
		return Interaction{}, err
	}
	before := p.event
	if p.apply == applyThis {
		i, _ := p.event.series().Find(*p.occurrence)
		before = p.event.on(i)
	}
	switch {
	case before.StartsAt.After(tx.Now):
		return Interaction{}, &tenant.ConflictError{Code: "not_begun", Message: "The event lies ahead. Record it when it has begun."}
	case !before.InteractionID.IsZero():
		return Interaction{}, &tenant.ConflictError{Code: "recorded_already", Message: "There is a communication record of this event already."}
	}
	made, err := LogInteraction(ctx, tx, before.record(tx, in), nil)
	if err != nil {
		return Interaction{}, err
	}
	return made, linkRecord(ctx, tx, p, made.ID)
}

// record fills in what the event knows.
func (e *CalendarEvent) record(tx *tenant.Tx, in EventRecord) NewInteraction {
	minutes := int(e.EndsAt.Sub(e.StartsAt).Minutes())
	logged := NewInteraction{
		CustomerID: e.CustomerID, Kind: eventInteractions[e.Kind], OccurredAt: &e.StartsAt, Summary: in.Summary, Resolved: in.Resolved, NextStep: in.NextStep,
		NextStepDueAt: in.NextStepDueAt,
		MemberIDs:     slices.DeleteFunc(e.people(), func(m tenant.MemberID) bool { return m == tx.Caller.Member }),
	}
	if in.CustomerID != nil {
		logged.CustomerID = *in.CustomerID
	}
	if e.Kind == "meeting" || e.Kind == "visit" {
		logged.Place = search.Cut(e.Place, maxPlace)
	}
	if minutes <= maxMinutes && !e.AllDay {
		logged.Minutes = &minutes
	}
	for _, g := range e.Guests {
		if g.Response != declined && !isBlank(g.Name) {
			logged.Contacts = append(logged.Contacts, g.Name)
		}
	}
	return logged
}

// linkRecord notes on the event, or on its occurrence, which record was made of it.
func linkRecord(ctx context.Context, tx *tenant.Tx, p part, id InteractionID) error {
	if p.apply == applyThis {
		one, err := detach(ctx, tx, p)
		if err != nil {
			return err
		}
		one.InteractionID = id
		if err := insertCalendarEvent(ctx, tx, one); err != nil {
			return err
		}
		return emitCalendarEvent(ctx, tx, "calendar_event.created", nil, &one, nil, true)
	}
	after := p.event
	after.InteractionID = id
	_, err := updateCalendarEvent(ctx, tx, p.event, after, true)
	return err
}
