package recurrence

import (
	"iter"
	"slices"

	"github.com/teambition/rrule-go"
)

// maxSteps bounds how many days and times one expansion looks at, whatever the rule.
const maxSteps = 100_000

// expansion gives the clock times of a rule in order.
type expansion struct {
	rule  Rule
	start Wall
	// hours, minutes and seconds are the times of day.
	hours, minutes, seconds []int
	// anchor is the period from which INTERVAL counts.
	anchor int64
	steps  int
}

func newExpansion(r Rule, start Wall, allDay bool) *expansion {
	e := &expansion{rule: r, start: start, anchor: r.period(start)}
	if allDay {
		e.hours, e.minutes, e.seconds = []int{0}, []int{0}, []int{0}
	} else {
		e.hours = r.times(r.option.Byhour, rrule.HOURLY, 24, start.t.Hour())
		e.minutes = r.times(r.option.Byminute, rrule.MINUTELY, 60, start.t.Minute())
		e.seconds = r.times(r.option.Bysecond, rrule.SECONDLY, 60, start.t.Second())
	}
	// A week at the turn of the year makes it doubtful in which year a rule by weeks begins, which matters only when
	// it leaves out years: then it is the one of the first instance.
	if len(r.option.Byweekno) > 0 && r.option.Interval > 1 {
		for w := range e.candidates(start.Midnight()) {
			if !w.Before(start) {
				e.anchor = r.period(w)
				break
			}
		}
	}
	return e
}

// times returns the hours, minutes or seconds of a rule: those it names, all when it repeats by them, else the start's.
func (r Rule) times(named []int, unit rrule.Frequency, all, start int) []int {
	switch {
	case len(named) > 0:
		return named
	case r.option.Freq < unit:
		return []int{start}
	}
	every := make([]int, all)
	for i := range every {
		every[i] = i
	}
	return every
}

// period numbers the year, month, week, day, hour, minute or second by which the rule repeats.
func (r Rule) period(w Wall) int64 {
	day := floor(w.t.Unix(), 24*60*60)
	switch r.option.Freq {
	case rrule.YEARLY:
		if len(r.option.Byweekno) > 0 {
			year, _ := r.week(w)
			return int64(year)
		}
		return int64(w.t.Year())
	case rrule.MONTHLY:
		return int64(w.t.Year())*12 + int64(w.t.Month())
	case rrule.WEEKLY:
		return floor(r.weekStart(w).t.Unix(), 7*24*60*60)
	case rrule.DAILY:
		return day
	case rrule.HOURLY:
		return floor(w.t.Unix(), 60*60)
	case rrule.MINUTELY:
		return floor(w.t.Unix(), 60)
	}
	return w.t.Unix()
}

// begin returns the first day of the period in which a clock time lies.
func (r Rule) begin(w Wall) Wall {
	switch {
	case r.option.Freq == rrule.YEARLY && len(r.option.Byweekno) > 0:
		year, _ := r.week(w)
		return r.weekStart(WallAt(year, 1, 4, 0, 0, 0)) // the 4th of January always lies in the first week
	case r.option.Freq == rrule.YEARLY:
		return WallAt(w.t.Year(), 1, 1, 0, 0, 0)
	case r.option.Freq == rrule.MONTHLY:
		return WallAt(w.t.Year(), w.t.Month(), 1, 0, 0, 0)
	case r.option.Freq == rrule.WEEKLY:
		return r.weekStart(w)
	}
	return w.Midnight()
}

func floor(n, by int64) int64 {
	if n < 0 {
		n -= by - 1
	}
	return n / by
}

// from yields the instances at or after a clock time. They are reckoned from the period in which that lies, unless
// they have to be counted from the start.
func (e *expansion) from(w Wall) iter.Seq[Wall] {
	return func(yield func(Wall) bool) {
		first := w
		if w.Before(e.start) || e.rule.option.Count > 0 {
			first = e.start
		}
		n := 0
		for found := range e.chosen(e.rule.begin(first)) {
			if found.Before(e.start) {
				continue
			}
			if n++; e.rule.option.Count > 0 && n > e.rule.option.Count {
				return
			}
			if !found.Before(w) && !yield(found) {
				return
			}
		}
	}
}

// chosen yields the candidates of the periods that INTERVAL leaves, and of those what BYSETPOS picks.
func (e *expansion) chosen(from Wall) iter.Seq[Wall] {
	interval := int64(max(e.rule.option.Interval, 1))
	positions := e.rule.option.Bysetpos
	return func(yield func(Wall) bool) {
		var set []Wall
		at := int64(0)
		for w := range e.candidates(from) {
			period := e.rule.period(w)
			if (period-e.anchor)%interval != 0 {
				continue
			}
			if len(positions) == 0 {
				if !yield(w) {
					return
				}
				continue
			}
			if period != at {
				if !pick(set, positions, yield) {
					return
				}
				set, at = set[:0], period
			}
			set = append(set, w)
		}
		if e.steps < maxSteps {
			pick(set, positions, yield)
		}
	}
}

// pick yields the members of a set that stand at the positions: 1 is the first, -1 the last.
func pick(set []Wall, positions []int, yield func(Wall) bool) bool {
	for i, w := range set {
		if (slices.Contains(positions, i+1) || slices.Contains(positions, i-len(set))) && !yield(w) {
			return false
		}
	}
	return true
}

// candidates yields every time of day of every day that fits.
func (e *expansion) candidates(from Wall) iter.Seq[Wall] {
	return func(yield func(Wall) bool) {
		for day := range e.rule.days(e.start, from) {
			if e.steps++; e.steps > maxSteps {
				return
			}
			if !e.rule.inWeek(day) {
				continue
			}
			for _, hour := range e.hours {
				for _, minute := range e.minutes {
					for _, second := range e.seconds {
						if e.steps++; e.steps > maxSteps {
							return
						}
						if !yield(WallAt(day.t.Year(), day.t.Month(), day.t.Day(), hour, minute, second)) {
							return
						}
					}
				}
			}
		}
	}
}
