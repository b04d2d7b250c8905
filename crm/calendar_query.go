package crm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// CalendarQuery says what to show.
type CalendarQuery struct {
	// From and To bound it, as RFC 3339 or as dates, which are midnights of the caller; To is exclusive. Empty they
	// mean today and a week later.
	From, To string
	// Members are whose calendar it is, by their ids: none means the caller's own, all everybody's within reach.
	Members []string
}

// stretch is a query that was read.
type stretch struct {
	from, to  time.Time
	members   []tenant.MemberID
	everybody bool
}

const (
	longestCalendar = 370 * 24 * time.Hour
	// calendarCap bounds how many entries a calendar shows.
	calendarCap = 5000
	// calendarMembers bounds for how many people one asks.
	calendarMembers = 50
)

// read checks the query and fills in what it leaves open.
func (in CalendarQuery) read(q *tenant.Query, longest time.Duration, words string) (stretch, error) {
	invalid := &tenant.InvalidError{}
	zone := q.Location()
	s := stretch{from: readMoment(invalid, "from", in.From, zone, recurrence.WallOf(q.Now, zone).Midnight())}
	s.to = readMoment(invalid, "to", in.To, zone, recurrence.WallOf(s.from, zone).AddDays(7))
	if length := s.to.Sub(s.from); length <= 0 || length > longest {
		invalid.Add("to", "out_of_range", "must lie behind from, at most "+words)
	}
	s.from, s.to = s.from.UTC(), s.to.UTC()
	if s.everybody = slices.Equal(in.Members, []string{"all"}); s.everybody {
		return s, invalid.Err()
	}
	if len(in.Members) > calendarMembers {
		invalid.Add("members", "too_many", fmt.Sprintf("names more than %d members", calendarMembers))
	}
	for _, text := range in.Members {
		id, err := tenant.ParseMemberID(text)
		if err != nil || id.IsZero() {
			invalid.Add("members", "invalid", "must be ids of members, or all")
			break
		}
		s.members = append(s.members, id)
	}
	if len(s.members) == 0 {
		s.members = []tenant.MemberID{q.Caller.Member}
	}
	return s, invalid.Err()
}

// readMoment reads an instant, or a date as its midnight in a zone; usual is what clocks show there when it is left out.
func readMoment(invalid *tenant.InvalidError, name, text string, zone *time.Location, usual recurrence.Wall) time.Time {
	if text == "" {
		return usual.In(zone)
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t, err = time.Parse(time.DateOnly, text)
		t = recurrence.WallOf(t, time.UTC).In(zone)
	}
	if err != nil {
		invalid.Add(name, "invalid", "must be a date or a time, as 2026-03-09 or 2026-03-09T01:00:00Z")
		return usual.In(zone)
	}
	checkTime(invalid, name, &t)
	return t
}

// whose holds a column to the members asked for, under a scope.
func (s stretch) whose(q *tenant.Query, p tenant.Permission, column string) list.Condition {
	visible, args := q.Scope(p).Where(column, "")
	scope := list.Condition{SQL: visible, Args: args}
	if s.everybody {
		return scope
	}
	asked := list.Condition{SQL: column + " IN (?" + strings.Repeat(",?", len(s.members)-1) + ")"}
	for _, m := range s.members {
		asked.Args = append(asked.Args, m)
	}
	return list.All(asked, scope)
}

// ofEverybody reports whether it is for the whole company, which other keys serve.
func (s stretch) ofEverybody(q *tenant.Query, p tenant.Permission) bool {
	return s.everybody && q.Scope(p).Level() == tenant.LevelAll
}
