package crm

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// BusyTime is when somebody is at an event. What it is about is not told.
type BusyTime struct {
	MemberID tenant.MemberID `json:"member_id" doc:"Who."`
	StartsAt time.Time       `json:"starts_at" doc:"From when (UTC)."`
	EndsAt   time.Time       `json:"ends_at" doc:"Until when (UTC), exclusive."`
	AllDay   bool            `json:"all_day" doc:"Whether it takes whole days, during which people often have time for others."`
}

// longestBusy bounds a look at who is busy.
const longestBusy = 62 * 24 * time.Hour

// BusyTimes returns when members are at events, so that one finds a time for all of them and sees whom an event would
// hinder. Everybody may ask for every colleague; what somebody has declined does not count, nor does the event except.
func BusyTimes(ctx context.Context, q *tenant.Query, in CalendarQuery, except CalendarEventID) ([]BusyTime, error) {
	s, err := in.read(q, longestBusy, "62 days")
	if err != nil {
		return nil, err
	}
	if s.everybody {
		return nil, tenant.Invalid("members", "invalid", "must name whose time it is")
	}
	system := tenant.System()
	found, capped, err := s.events(ctx, q.As(&system))
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(e CalendarEvent) bool { return !except.IsZero() && (e.ID == except || e.SeriesID == except) })
	busy := []BusyTime{}
	occurrences := s.occurrences(found, &capped)
	if capped { // what is left out would look like free time
		return nil, tenant.Invalid("members", "too_many", fmt.Sprintf("have more than %d events then; ask for a shorter time or for fewer people", calendarCap))
	}
	for _, e := range occurrences {
		for _, member := range e.people() {
			if slices.Contains(s.members, member) {
				busy = append(busy, BusyTime{member, e.StartsAt, e.EndsAt, e.AllDay})
			}
		}
	}
	return busy, nil
}
