package recurrence

import (
	"cmp"
	"slices"
	"time"
)

// Series is what takes place again and again: the recurrence set of RFC 5545.
type Series struct {
	// Start is the clock time of DTSTART; of an all-day series its midnight.
	Start  Wall
	AllDay bool
	// Zone is where the clock hangs.
	Zone *time.Location
	// Length is how long every instance takes. Of an all-day series it is a number of days of 24 hours, which stand
	// for calendar days.
	Length time.Duration
	// Rule is nil for what takes place at Start and Dates only. With a rule, Start takes place when the rule gives it.
	Rule *Rule
	// Dates are added to what the rule gives (RDATE), Except taken away from that: EXDATE, and the RECURRENCE-ID of
	// instances that were changed and stand elsewhere. Those still count for COUNT.
	Dates, Except []Wall
}

// Instance is one time of a series.
type Instance struct {
	// ID names the instance for ever: the clock time at which the series has it (RECURRENCE-ID).
	ID Wall
	// Start and End are instants; End is exclusive.
	Start, End time.Time
}

// endOfTime bounds what is looked for without an end.
var endOfTime = time.Date(2201, 1, 1, 0, 0, 0, 0, time.UTC)

// slack is more than the offsets and jumps of clocks move a clock time against its instant.
const slack = 50 * time.Hour

// Between returns the instances that take place, wholly or in part, from one instant until before another, by their
// starts, at most most. capped says that there may be more of them: the rule has too many, or too many candidates.
func (s Series) Between(from, to time.Time, most int) (found []Instance, capped bool) {
	first := WallOf(from, s.Zone).Add(-s.Length - slack)
	last := WallOf(to, s.Zone).Add(slack)
	add := func(w Wall) {
		if i := s.instance(w); i.Start.Before(to) && (i.End.After(from) || !i.Start.Before(from)) && !slices.Contains(s.Except, w) {
			found = append(found, i)
		}
	}
	if s.Rule == nil {
		add(s.Start)
	} else {
		e := newExpansion(*s.Rule, s.Start, s.AllDay)
		for w := range e.from(first) {
			if last.Before(w) || s.Rule.until.over(w, s.AllDay, s.Zone) {
				break
			}
			if add(w); len(found) > most {
				capped = true
				break
			}
		}
		capped = capped || e.steps > maxSteps
	}
	for _, w := range s.Dates {
		add(w)
	}
	slices.SortFunc(found, func(a, b Instance) int { return cmp.Or(a.Start.Compare(b.Start), a.ID.Compare(b.ID)) })
	// Clocks that are set forward make two clock times one instant.
	found = slices.CompactFunc(found, func(a, b Instance) bool { return a.Start.Equal(b.Start) })
	return found[:min(len(found), most)], capped || len(found) > most
}

func (s Series) instance(w Wall) Instance {
	start := w.In(s.Zone)
	end := start.Add(s.Length)
	if s.AllDay {
		end = w.Add(s.Length).In(s.Zone)
	}
	return Instance{ID: w, Start: start, End: end}
}

// Next returns the first instance that starts after an instant, if there is one before the year 2201.
func (s Series) Next(after time.Time) (Instance, bool) {
	moments := s
	moments.Length = 0 // what has begun is not looked for
	found, _ := moments.Between(after.Add(time.Nanosecond), endOfTime, 1)
	if len(found) == 0 {
		return Instance{}, false
	}
	return s.instance(found[0].ID), true
}

// First returns the first instance, if there is any before the year 2201.
func (s Series) First() (Instance, bool) {
	return s.Next(s.Start.Add(-slack).In(s.Zone))
}

// Find returns the instance with this ID, if the series has it.
func (s Series) Find(id Wall) (Instance, bool) {
	moments := s
	moments.Length = 0
	at := id.In(s.Zone)
	found, _ := moments.Between(at, at.Add(time.Nanosecond), 2)
	if !slices.ContainsFunc(found, func(i Instance) bool { return i.ID == id }) {
		return Instance{}, false
	}
	return s.instance(id), true
}

// End returns an instant at which the series is over; ok is false when it has no end.
func (s Series) End() (end time.Time, ok bool) {
	end = s.instance(s.Start).End
	for _, w := range s.Dates {
		end = later(end, s.instance(w).End)
	}
	switch {
	case s.Rule == nil:
		return end, true
	case s.Rule.Endless():
		return time.Time{}, false
	case s.Rule.until.utc:
		return later(end, s.Rule.until.wall.t.Add(s.Length+slack)), true
	case s.Rule.until.set:
		return later(end, s.Rule.until.wall.Add(24*time.Hour+s.Length).In(s.Zone)), true
	}
	e := newExpansion(*s.Rule, s.Start, s.AllDay)
	n := 0
	for w := range e.from(s.Start) {
		n++
		end = later(end, s.instance(w).End)
	}
	return end, n == s.Rule.option.Count // else it was given up, or ends by itself
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Split cuts the series in two before the instance with this ID. ok is false when the rule does not give it, or gives
// nothing before it.
func (s Series) Split(id Wall) (before, after Series, ok bool) {
	if s.Rule == nil {
		return Series{}, Series{}, false
	}
	n, last := 0, Wall{}
	for w := range newExpansion(*s.Rule, s.Start, s.AllDay).from(s.Start) {
		if ok = w == id; !w.Before(id) {
			break
		}
		n, last = n+1, w
	}
	if !ok || n == 0 || s.Rule.until.over(id, s.AllDay, s.Zone) {
		return Series{}, Series{}, false
	}
	earlier, rest := s.Rule.endingWith(last, s.AllDay, s.Zone), *s.Rule
	if count := s.Rule.option.Count; count > 0 {
		rest = s.Rule.counting(count - n)
	}
	before, after = s, s
	before.Rule, after.Rule, after.Start = &earlier, &rest, id
	before.Dates, after.Dates = part(s.Dates, id)
	before.Except, after.Except = part(s.Except, id)
	return before, after, true
}

// part tells clock times before one from those after.
func part(all []Wall, at Wall) (before, after []Wall) {
	for _, w := range all {
		if w.Before(at) {
			before = append(before, w)
		} else {
			after = append(after, w)
		}
	}
	return before, after
}
