package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) calendarEventRoutes(r *routes) {
	register(r, get("/calendar", "Show a calendar", describe(calendarDoc)), rbac.CalendarEvent.Read, billing.Free, s.calendar)
	register(r, get("/calendar/busy", "See when colleagues are busy", describe(busyDoc)), rbac.CalendarEvent.Read, billing.Free, s.busyTimes)
	register(r, get("/calendar-events", "List calendar events", describe("A series is one event, by its first occurrence. "+listDescription)), rbac.CalendarEvent.Read, billing.Free, s.listCalendarEvents)
	register(r, post("/calendar-events", "Create a calendar event", describe("For oneself, or for a member below in the reporting tree.")), rbac.CalendarEvent.Create, billing.Free, s.createCalendarEvent)
	register(r, get("/calendar-events/{id}", "Get a calendar event"), rbac.CalendarEvent.Read, billing.Free, s.getCalendarEvent)
	register(r, patchOp("/calendar-events/{id}", "Change a calendar event", describe(eventPatchDoc)), rbac.CalendarEvent.Update, billing.Free, s.updateCalendarEvent)
	register(r, del("/calendar-events/{id}", "Delete a calendar event", describe("As for changing it, occurrence and apply say how much of a series.")), rbac.CalendarEvent.Delete, billing.Free, s.deleteCalendarEvent)
	register(r, post("/calendar-events/{id}/restore", "Restore a deleted calendar event", answers(http.StatusOK)), rbac.CalendarEvent.Delete, billing.Free, s.restoreCalendarEvent)
	register(r, post("/calendar-events/{id}/respond", "Answer an invitation", answers(http.StatusOK), describe("For a whole series, or for the occurrence that is named.")),
		rbac.CalendarEvent.Update, billing.Free, s.respondToCalendarEvent)
	register(r, post("/calendar-events/{id}/interaction", "Make a communication record of an event", describe(eventRecordDoc)), rbac.CalendarEvent.Update, billing.Free, s.recordCalendarEvent)
}

const calendarDoc = "Events with every occurrence of a series, and tasks by their due time, of oneself or of people within reach; at most 370 days and 5000 entries. " +
	"Of other people's private events only the time is told."

const busyDoc = "Who is at an event when, and nothing else of it; at most 62 days. Everybody who has a calendar may ask for every colleague."

const eventPatchDoc = "Of a series, occurrence names one of its occurrences, and apply says whether the change is for that one (this), for it and those that follow, or for all. " +
	"An occurrence that is changed becomes an event of its own, and what follows a series of its own; the answer is the event that has the change. " +
	"When the time changes, those who are invited are asked again."

const eventRecordDoc = "When it was, how long it took and who took part is known from the event. It has to have begun."

// CalendarEventPath names a calendar event in the path.
type CalendarEventPath struct {
	ID crm.CalendarEventID `path:"id" doc:"The event's id." example:"cal_01h455vb4pex5vsknk084sn02q"`
}

// OccurrenceQuery names an occurrence of a series.
type OccurrenceQuery struct {
	Occurrence string `query:"occurrence" maxLength:"32" doc:"Of a series: one of its occurrences, as the calendar names it: the time at which the rule has it, or its day." example:"2026-03-09T01:00:00Z"`
}

// ExtentQuery says how much of a series is meant.
type ExtentQuery struct {
	OccurrenceQuery
	Apply string `query:"apply" enum:"this,following,all" doc:"Of a series: how much of it. this when an occurrence is named, all otherwise."`
}

func (in ExtentQuery) extent() crm.Extent {
	return crm.Extent{Occurrence: in.Occurrence, Apply: in.Apply}
}

// StretchQuery says of when and of whom.
type StretchQuery struct {
	From    string   `query:"from" maxLength:"40" doc:"From when: a date, which is your midnight, or a time; today when left out." example:"2026-03-09"`
	To      string   `query:"to" maxLength:"40" doc:"Until when, exclusive; a week later when left out." example:"2026-03-16"`
	Members []string `query:"members" maxItems:"50" doc:"Of whom, by ids of members joined by commas; your own when left out."`
}

func (in StretchQuery) query() crm.CalendarQuery {
	return crm.CalendarQuery{From: in.From, To: in.To, Members: in.Members}
}

type calendarInput struct{ StretchQuery }

type calendarOutput struct{ Body crm.Calendar }

func (s *Server) calendar(ctx context.Context, in *calendarInput) (*calendarOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*calendarOutput, error) {
		calendar, err := crm.GetCalendar(ctx, q, in.query())
		return &calendarOutput{calendar}, err
	})
}

type busyTimesInput struct {
	StretchQuery
	Except string `query:"except" maxLength:"40" doc:"An event that does not count: the one for which a time is looked for." example:"cal_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) busyTimes(ctx context.Context, in *busyTimesInput) (*all[crm.BusyTime], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.BusyTime], error) {
		var except crm.CalendarEventID
		if err := except.UnmarshalText([]byte(in.Except)); err != nil {
			return nil, tenant.Invalid("except", "invalid", "must be the id of a calendar event")
		}
		busy, err := crm.BusyTimes(ctx, q, in.query(), except)
		return allOf(busy), err
	})
}

func (s *Server) listCalendarEvents(ctx context.Context, in *ListInput) (*list[crm.CalendarEvent], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.CalendarEvent], error) {
		page, err := crm.ListCalendarEvents(ctx, q, in.query())
		return &list[crm.CalendarEvent]{page}, err
	})
}

type createCalendarEventInput struct{ Body crm.NewCalendarEvent }

func (s *Server) createCalendarEvent(ctx context.Context, in *createCalendarEventInput) (*created[crm.CalendarEvent], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.CalendarEvent], error) {
		e, err := crm.CreateCalendarEvent(ctx, tx, in.Body)
		return &created[crm.CalendarEvent]{"/v1/calendar-events/" + e.ID.String(), etag(e.Version), e}, err
	})
}

type getCalendarEventInput struct {
	CalendarEventPath
	OccurrenceQuery
}

func (s *Server) getCalendarEvent(ctx context.Context, in *getCalendarEventInput) (*item[crm.CalendarEvent], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.CalendarEvent], error) {
		e, err := crm.GetCalendarEvent(ctx, q, in.ID, in.Occurrence)
		return &item[crm.CalendarEvent]{etag(e.Version), e}, err
	})
}

type updateCalendarEventInput struct {
	CalendarEventPath
	ExtentQuery
	IfMatch
	Body crm.CalendarEventPatch
}

func (s *Server) updateCalendarEvent(ctx context.Context, in *updateCalendarEventInput) (*item[crm.CalendarEvent], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.CalendarEvent], error) {
		e, err := crm.UpdateCalendarEvent(ctx, tx, in.ID, in.extent(), in.Body, version)
		return &item[crm.CalendarEvent]{etag(e.Version), e}, err
	})
}

type deleteCalendarEventInput struct {
	CalendarEventPath
	ExtentQuery
	IfMatch
}

func (s *Server) deleteCalendarEvent(ctx context.Context, in *deleteCalendarEventInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteCalendarEvent(ctx, tx, in.ID, in.extent(), version)
	})
}

func (s *Server) restoreCalendarEvent(ctx context.Context, in *CalendarEventPath) (*item[crm.CalendarEvent], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.CalendarEvent], error) {
		e, err := crm.RestoreCalendarEvent(ctx, tx, in.ID)
		return &item[crm.CalendarEvent]{etag(e.Version), e}, err
	})
}

type respondToCalendarEventInput struct {
	CalendarEventPath
	OccurrenceQuery
	Body crm.EventResponse
}

func (s *Server) respondToCalendarEvent(ctx context.Context, in *respondToCalendarEventInput) (*item[crm.CalendarEvent], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.CalendarEvent], error) {
		e, err := crm.RespondToCalendarEvent(ctx, tx, in.ID, in.Occurrence, in.Body)
		return &item[crm.CalendarEvent]{etag(e.Version), e}, err
	})
}

type recordCalendarEventInput struct {
	CalendarEventPath
	OccurrenceQuery
	Body crm.EventRecord
}

func (s *Server) recordCalendarEvent(ctx context.Context, in *recordCalendarEventInput) (*created[crm.Interaction], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Interaction], error) {
		i, err := crm.RecordCalendarEvent(ctx, tx, in.ID, in.Occurrence, in.Body)
		return &created[crm.Interaction]{"/v1/interactions/" + i.ID.String(), etag(i.Version), i}, err
	})
}
