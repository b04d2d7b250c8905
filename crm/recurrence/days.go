package recurrence

import (
	"iter"
	"slices"
	"time"

	"github.com/teambition/rrule-go"
)

// The library is asked only which days of the calendar a rule's parts pick, year by year. When no day fits it looks
// until the year 9999, so it is not begun before it is known that one does.

var everyDay = []rrule.Weekday{rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU}

var everyMonth = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}

// dayParts returns the parts that pick days, with those that the rule leaves to its start written out.
func (r Rule) dayParts(start Wall) rrule.ROption {
	o := rrule.ROption{
		Freq: rrule.YEARLY, Bymonth: r.option.Bymonth, Bymonthday: r.option.Bymonthday, Byyearday: r.option.Byyearday,
		Byweekday: r.option.Byweekday, Byhour: []int{0}, Byminute: []int{0}, Bysecond: []int{0},
	}
	weekday := everyDay[(int(start.t.Weekday())+6)%7]
	picked := len(o.Bymonthday)+len(o.Byyearday)+len(o.Byweekday) > 0
	switch {
	case r.option.Freq == rrule.MONTHLY && len(o.Bymonthday)+len(o.Byweekday) == 0:
		o.Bymonthday = []int{start.t.Day()}
	case r.option.Freq == rrule.YEARLY && len(r.option.Byweekno) > 0 && !picked, r.option.Freq == rrule.WEEKLY && !picked:
		o.Byweekday = []rrule.Weekday{weekday}
	case r.option.Freq == rrule.YEARLY && len(r.option.Byweekno)+len(o.Byyearday)+len(o.Byweekday) == 0:
		if len(o.Bymonth) == 0 {
			o.Bymonth = []int{int(start.t.Month())}
		}
		if len(o.Bymonthday) == 0 {
			o.Bymonthday = []int{start.t.Day()}
		}
	case !picked:
		o.Byweekday = everyDay
	}
	// By months the library counts the weekdays of BYDAY within each of them.
	if r.option.Freq == rrule.MONTHLY && len(o.Bymonth) == 0 {
		o.Bymonth = everyMonth
	}
	return o
}

// fits reports whether any day fits at all. The calendar repeats itself every 400 years, and the last of those
// that the library knows begin with 9600.
func fits(o rrule.ROption) bool {
	if len(o.Bymonthday)+len(o.Byyearday) == 0 && !slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() != 0 }) {
		return true // every month has every weekday
	}
	o.Dtstart = time.Date(9600, 1, 1, 0, 0, 0, 0, time.UTC)
	rule, err := rrule.NewRRule(o)
	if err != nil {
		return false
	}
	_, ok := rule.Iterator()()
	return ok
}

// days yields the midnights of the days that fit, from a day on.
func (r Rule) days(start, from Wall) iter.Seq[Wall] {
	return func(yield func(Wall) bool) {
		o := r.dayParts(start)
		if !fits(o) {
			return
		}
		o.Dtstart = time.Date(from.t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		rule, err := rrule.NewRRule(o)
		if err != nil {
			return // it was checked when it was read
		}
		for next := rule.Iterator(); ; {
			t, ok := next()
			if !ok {
				return
			}
			if day := (Wall{t}); !day.Before(from) && !yield(day) {
				return
			}
		}
	}
}

// inWeek reports whether the day lies in a week of BYWEEKNO, which is not left to the library: it loses days at the
// turn of the year.
func (r Rule) inWeek(day Wall) bool {
	if len(r.option.Byweekno) == 0 {
		return true
	}
	year, week := r.week(day)
	// The 28th of December always lies in the last week.
	_, weeks := r.week(WallAt(year, time.December, 28, 0, 0, 0))
	return slices.Contains(r.option.Byweekno, week) || slices.Contains(r.option.Byweekno, week-weeks-1)
}

// week returns the day's week and the year to which that belongs: the one that has four of its days or more.
func (r Rule) week(day Wall) (year, week int) {
	middle := r.weekStart(day).AddDays(3)
	return middle.t.Year(), (middle.t.YearDay()-1)/7 + 1
}

// weekStart returns the first day of the week, which WKST names.
func (r Rule) weekStart(day Wall) Wall {
	return day.Midnight().AddDays(-((int(day.t.Weekday()) + 6 - r.option.Wkst.Day() + 7) % 7))
}
