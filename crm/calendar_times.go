package crm

import (
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	// longestEvent bounds how long an event takes.
	longestEvent = 366 * 24 * time.Hour
	usualLength  = time.Hour
	oneDay       = 24 * time.Hour
)

// endless is the end of a series that has none.
var endless = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// eventTimes is when somebody says that an event takes place: from one time to another, or on whole days.
type eventTimes struct {
	startsAt, endsAt *time.Time
	startsOn, endsOn *Date
}

// set gives the event these times; what is left out stays as it was, or becomes what is usual.
func (in eventTimes) set(e *CalendarEvent, invalid *tenant.InvalidError) {
	zone := checkZone(invalid, "time_zone", e.TimeZone)
	if zone == nil {
		return
	}
	switch {
	case (in.startsAt != nil || in.endsAt != nil) && (in.startsOn != nil || in.endsOn != nil):
		invalid.Add("starts_on", "invalid", "cannot stand beside starts_at and ends_at; an event takes whole days or has times")
	case in.startsOn != nil, in.endsOn != nil && e.AllDay:
		in.setDays(e, invalid)
	case in.startsAt != nil, in.endsAt != nil && !e.AllDay && !e.StartsLocal.IsZero():
		in.setTimes(e, invalid, zone)
	case in.endsAt != nil, in.endsOn != nil, e.StartsLocal.IsZero():
		invalid.Add("starts_at", "required", "is required; or say starts_on")
	}
	if length := time.Duration(e.Seconds) * time.Second; length < 0 || length > longestEvent {
		name := "ends_at"
		if e.AllDay {
			name = "ends_on"
		}
		invalid.Add(name, "out_of_range", "must not lie before the start, nor more than 366 days behind it")
	}
}

func (in eventTimes) setDays(e *CalendarEvent, invalid *tenant.InvalidError) {
	length := time.Duration(e.Seconds) * time.Second
	if !e.AllDay || length == 0 {
		length = oneDay
	}
	start := e.StartsLocal.Midnight()
	if in.startsOn != nil {
		start = checkDay(invalid, "starts_on", *in.startsOn)
	}
	if in.endsOn != nil {
		length = checkDay(invalid, "ends_on", *in.endsOn).AddDays(1).Sub(start)
		if length <= 0 {
			length = -1 * time.Second // before the start, which the caller refuses
		}
	}
	e.AllDay, e.StartsLocal, e.Seconds = true, start, int64(length/time.Second)
}

func (in eventTimes) setTimes(e *CalendarEvent, invalid *tenant.InvalidError, zone *time.Location) {
	checkTime(invalid, "starts_at", in.startsAt)
	checkTime(invalid, "ends_at", in.endsAt)
	length := time.Duration(e.Seconds) * time.Second
	if e.AllDay || e.StartsLocal.IsZero() {
		length = usualLength
	}
	start := e.StartsLocal
	if in.startsAt != nil {
		start = recurrence.WallOf(*in.startsAt, zone)
	}
	if in.endsAt != nil {
		length = in.endsAt.Truncate(time.Second).Sub(start.In(zone))
	}
	e.AllDay, e.StartsLocal, e.Seconds = false, start, int64(length/time.Second)
}

func checkDay(invalid *tenant.InvalidError, name string, d Date) recurrence.Wall {
	day, err := ParseDate(string(d))
	if err != nil {
		invalid.Add(name, "invalid", "must be a date of the years 1900 to 2200, as 2026-03-06")
	}
	return day.wall()
}

// location is the event's zone, which was checked when it was stored.
func (e *CalendarEvent) location() *time.Location {
	zone, err := time.LoadLocation(e.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// series is the event as what it is reckoned from.
func (e *CalendarEvent) series() recurrence.Series {
	s := recurrence.Series{
		Start: e.StartsLocal, AllDay: e.AllDay, Zone: e.location(), Length: time.Duration(e.Seconds) * time.Second, Dates: e.Dates, Except: e.ExceptDates,
	}
	if e.RRule != nil {
		if rule, err := recurrence.ParseRule(*e.RRule); err == nil { // it was read before it was stored
			s.Rule = &rule
		}
	}
	return s
}

// reckon sets the instants, and the first occurrence of a series as its start. anew says that the start may move to
// where the rule has it. It reports whether there is an occurrence at all, and whether the start is one.
func (e *CalendarEvent) reckon(anew bool) (occurs, fits bool) {
	s := e.series()
	whole := s
	whole.Except = nil
	first, occurs := whole.First()
	if !occurs {
		return false, false
	}
	if fits = first.ID == s.Start; !fits && anew {
		e.StartsLocal, s.Start = first.ID, first.ID
	}
	e.StartsAt, e.EndsAt = first.Start.UTC(), first.End.UTC()
	e.UntilAt = endless
	if end, ok := s.End(); ok {
		e.UntilAt = end.UTC()
	}
	e.derive()
	return true, fits
}

// derive shows what is stored as clients read it.
func (e *CalendarEvent) derive() {
	e.StartsOn, e.EndsOn = nil, nil
	if e.AllDay {
		zone := e.location()
		first := Date(recurrence.WallOf(e.StartsAt, zone).Date())
		last := Date(recurrence.WallOf(e.EndsAt, zone).AddDays(-1).Date())
		e.StartsOn, e.EndsOn = &first, &last
	}
	e.Except = []string{}
	for _, w := range e.ExceptDates {
		e.Except = append(e.Except, e.nameOf(w))
	}
}

// nameOf writes the clock time that names an occurrence of the series as clients say it: an instant, or a day.
func (e *CalendarEvent) nameOf(w recurrence.Wall) string {
	if e.AllDay {
		return w.Date()
	}
	return w.In(e.location()).UTC().Format(time.RFC3339)
}

// named reads what nameOf writes.
func (e *CalendarEvent) named(text string) (recurrence.Wall, bool) {
	if day, err := ParseDate(text); err == nil {
		return day.wall(), true
	}
	t, err := time.Parse(time.RFC3339, text)
	return recurrence.WallOf(t, e.location()), err == nil
}

// on returns the event as one of its occurrences.
func (e CalendarEvent) on(i recurrence.Instance) CalendarEvent {
	e.StartsAt, e.EndsAt = i.Start.UTC(), i.End.UTC()
	e.derive()
	name := e.nameOf(i.ID)
	e.Occurrence = &name
	return e
}

// sameTimes reports whether two events take place at the same times.
func sameTimes(a, b *CalendarEvent) bool {
	return a.StartsLocal == b.StartsLocal && a.Seconds == b.Seconds && a.AllDay == b.AllDay && a.TimeZone == b.TimeZone &&
		deref(a.RRule) == deref(b.RRule) && slices.Equal(a.ExceptDates, b.ExceptDates) && slices.Equal(a.Dates, b.Dates)
}
