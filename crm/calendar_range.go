package crm

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Calendar is what takes place and is due within a stretch of time.
type Calendar struct {
	Events []CalendarEntry `json:"events" nullable:"false" doc:"Events, and each occurrence of a series, by their start."`
	Tasks  []CalendarTask  `json:"tasks" nullable:"false" doc:"Tasks by their due time: open and done ones, and the occurrences to come of those that come again."`
	Capped bool            `json:"capped" doc:"Whether there is more than is shown. Ask for a shorter stretch or for fewer people."`
}

// CalendarEntry is an event, or an occurrence of a series, in a calendar.
type CalendarEntry struct {
	CalendarEvent
	Conflict bool `json:"conflict" doc:"Whether somebody asked for is at another event at the same time."`
}

// GetCalendar returns what people within the caller's scope have to do and where they are.
func GetCalendar(ctx context.Context, q *tenant.Query, in CalendarQuery) (Calendar, error) {
	s, err := in.read(q, longestCalendar, "370 days")
	if err != nil {
		return Calendar{}, err
	}
	found, capped, err := s.events(ctx, q)
	if err != nil {
		return Calendar{}, err
	}
	calendar := Calendar{Events: []CalendarEntry{}, Tasks: []CalendarTask{}, Capped: capped}
	events := s.occurrences(found, &calendar.Capped)
	if err := finishCalendarEvents(ctx, q, events); err != nil {
		return Calendar{}, err
	}
	conflicting := s.conflicts(events)
	for i, e := range events {
		calendar.Events = append(calendar.Events, CalendarEntry{e, conflicting[i]})
	}
	calendar.Tasks, err = s.tasks(ctx, q, calendarCap-len(events), &calendar.Capped)
	return calendar, err
}

// eventsStatement reads the events of which anything can lie within the time.
func (s stretch) eventsStatement(q *tenant.Query, p tenant.Permission) (string, []any) {
	where, args := `e.until_at >= ? AND e.starts_at < ?`, []any{s.from, s.to}
	if !s.ofEverybody(q, p) {
		whose := s.whose(q, p, "p.member_id")
		where = `e.id IN (SELECT p.event_id FROM company.calendar_participants p FORCE INDEX (calendar_participants_member)
			WHERE ` + whose.SQL + ` AND p.until_at >= ? AND p.starts_at < ?)`
		args = append(whose.Args, args...)
	}
	return fmt.Sprintf(`SELECT %s FROM company.calendar_events e WHERE %s AND e.deleted_at IS NULL LIMIT %d`, calendarEventColumns, where, calendarCap+1), args
}

// events reads them with their people.
func (s stretch) events(ctx context.Context, q *tenant.Query) (found []CalendarEvent, capped bool, err error) {
	statement, args := s.eventsStatement(q, calendarEventRead)
	if err := q.Select(ctx, &found, statement, args...); err != nil {
		return nil, false, err
	}
	if len(found) > calendarCap {
		found, capped = found[:calendarCap], true
	}
	return found, capped, fillPeople(ctx, q, found, "")
}

// occurrences expands series, and sorts by start. It sets capped when there is more than is returned.
func (s stretch) occurrences(found []CalendarEvent, capped *bool) []CalendarEvent {
	all := []CalendarEvent{}
	for _, e := range found {
		if len(all) > calendarCap {
			*capped = true
			break // however many series there are, only so much is reckoned
		}
		if e.RRule == nil && len(e.Dates) == 0 {
			if e.StartsAt.Before(s.to) && (e.EndsAt.After(s.from) || !e.StartsAt.Before(s.from)) {
				all = append(all, e)
			}
			continue
		}
		instances, more := e.series().Between(s.from, s.to, calendarCap)
		*capped = *capped || more
		for _, i := range instances {
			all = append(all, e.on(i))
		}
	}
	slices.SortFunc(all, func(a, b CalendarEvent) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), b.EndsAt.Compare(a.EndsAt), slices.Compare(a.ID[:], b.ID[:]))
	})
	if len(all) > calendarCap {
		all, *capped = all[:calendarCap], true
	}
	return all
}

// conflicts reports for each event, in their order, whether one of its people who is asked for has another at the same
// time. Whole days and what was declined are no hindrance.
func (s stretch) conflicts(sorted []CalendarEvent) []bool {
	marked := make([]bool, len(sorted))
	last := map[tenant.MemberID]int{} // the event that ends last of each member's so far
	for i := range sorted {
		e := &sorted[i]
		if e.AllDay || !e.EndsAt.After(e.StartsAt) {
			continue
		}
		for _, member := range e.people() {
			if !s.everybody && !slices.Contains(s.members, member) {
				continue
			}
			before, ok := last[member]
			if ok && sorted[before].EndsAt.After(e.StartsAt) {
				marked[before], marked[i] = true, true
			}
			if !ok || e.EndsAt.After(sorted[before].EndsAt) {
				last[member] = i
			}
		}
	}
	return marked
}
