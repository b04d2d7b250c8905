package recurrence

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

const (
	// maxText is how many characters a rule may have.
	maxText = 500
	// maxInterval and maxCount keep slips of the pen out.
	maxInterval, maxCount = 9999, 99_999
)

// Rule is a recurrence rule of RFC 5545 (RRULE) that was read and checked.
type Rule struct {
	// parts are name and value in capital letters, in the order in which they were written.
	parts  [][2]string
	option rrule.ROption
	until  until
}

// until is the end of a rule in one of the forms it may have.
type until struct {
	set, utc, date bool
	wall           Wall
}

// ParseRule reads a rule, as "FREQ=WEEKLY;BYDAY=MO,WE"; the word RRULE: may stand before it. The error says what
// is wrong, to be shown behind the name of the field.
func ParseRule(text string) (Rule, error) {
	if len(text) > maxText {
		return Rule{}, fmt.Errorf("is longer than %d characters", maxText)
	}
	var r Rule
	if err := r.read(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "RRULE:")); err != nil {
		return Rule{}, err
	}
	return r, r.check()
}

// known are the parts that a rule may have. BYEASTER, which the library knows too, is no part of the standard.
var known = []string{
	"FREQ", "UNTIL", "COUNT", "INTERVAL", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO",
	"BYMONTH", "BYSETPOS", "WKST",
}

var errSyntax = errors.New("cannot be read; write it as FREQ=WEEKLY;BYDAY=MO")

func (r *Rule) read(text string) error {
	if strings.ContainsAny(text, "\r\n") {
		return errSyntax
	}
	var left []string // what the library reads
	for part := range strings.SplitSeq(text, ";") {
		name, value, ok := strings.Cut(part, "=")
		switch {
		case !ok || value == "":
			return errSyntax
		case !slices.Contains(known, name):
			return fmt.Errorf("has a part that is not known; known are %s", strings.Join(known, ", "))
		case r.value(name) != "":
			return fmt.Errorf("has %s twice", name)
		}
		r.parts = append(r.parts, [2]string{name, value})
		if name != "UNTIL" {
			left = append(left, part)
			continue
		}
		if err := r.until.read(value); err != nil {
			return err
		}
	}
	option, err := rrule.StrToROption(strings.Join(left, ";"))
	if err != nil {
		return errSyntax
	}
	// The library keeps repeated values, and gives their instances repeatedly.
	for _, list := range []*[]int{
		&option.Bysecond, &option.Byminute, &option.Byhour, &option.Bymonthday, &option.Byyearday, &option.Byweekno, &option.Bymonth, &option.Bysetpos,
	} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	r.option = *option
	return nil
}

func (u *until) read(text string) error {
	clock, utc := strings.CutSuffix(text, "Z")
	wall, err := ParseWall(clock)
	if err != nil || utc && len(clock) == len(dateForm) {
		return errors.New("has an UNTIL that cannot be read; write 20261231 or 20261231T160000Z")
	}
	*u = until{set: true, utc: utc, date: len(clock) == len(dateForm), wall: wall}
	return nil
}

// value returns a part's value, or nothing.
func (r *Rule) value(name string) string {
	for _, p := range r.parts {
		if p[0] == name {
			return p[1]
		}
	}
	return ""
}

func (r *Rule) has(name string) bool { return r.value(name) != "" }

// check refuses what RFC 5545 forbids and the library would take, or would fall over.
func (r *Rule) check() error {
	o := r.option
	freq := o.Freq
	switch {
	case r.has("COUNT") && r.until.set:
		return errors.New("has both COUNT and UNTIL; leave one out")
	case r.has("COUNT") && (o.Count < 1 || o.Count > maxCount):
		return fmt.Errorf("needs a COUNT of 1 to %d", maxCount)
	case r.has("INTERVAL") && (o.Interval < 1 || o.Interval > maxInterval):
		return fmt.Errorf("needs an INTERVAL of 1 to %d", maxInterval)
	case len(o.Byweekno) > 0 && freq != rrule.YEARLY:
		return errors.New("has BYWEEKNO, which only FREQ=YEARLY may have")
	case len(o.Byyearday) > 0 && (freq == rrule.MONTHLY || freq == rrule.WEEKLY || freq == rrule.DAILY):
		return fmt.Errorf("has BYYEARDAY, which FREQ=%s may not have", freq)
	case len(o.Bymonthday) > 0 && freq == rrule.WEEKLY:
		return errors.New("has BYMONTHDAY, which FREQ=WEEKLY may not have")
	case len(o.Bysetpos) > 0 && !slices.ContainsFunc(r.parts, func(p [2]string) bool { return p[0] != "BYSETPOS" && strings.HasPrefix(p[0], "BY") }):
		return errors.New("has BYSETPOS and nothing to choose from; add BYDAY or another part of that kind")
	}
	if err := r.checkWeekdays(); err != nil {
		return err
	}
	if _, err := rrule.NewRRule(o); err != nil {
		return fmt.Errorf("has a number out of range: %w", err)
	}
	return nil
}

// checkWeekdays sees to the ordinals of BYDAY, as in 2MO.
func (r *Rule) checkWeekdays() error {
	o := r.option
	most := 0
	switch {
	case o.Freq == rrule.YEARLY && len(o.Byweekno) > 0:
	case o.Freq == rrule.YEARLY && len(o.Bymonth) == 0:
		most = 53
	case o.Freq <= rrule.MONTHLY:
		most = 5
	}
	for _, day := range o.Byweekday {
		switch n := max(day.N(), -day.N()); {
		case n > most && most == 0:
			return errors.New("counts weekdays in BYDAY, which only FREQ=MONTHLY and FREQ=YEARLY without BYWEEKNO may do")
		case n > most:
			return fmt.Errorf("counts a weekday in BYDAY further than to %d", most)
		}
	}
	return nil
}

// String returns the rule in capital letters, in the order in which it was written.
func (r Rule) String() string {
	parts := make([]string, len(r.parts))
	for i, p := range r.parts {
		parts[i] = p[0] + "=" + p[1]
	}
	return strings.Join(parts, ";")
}

// AtMostDaily reports whether the rule gives no more than one instance a day.
func (r Rule) AtMostDaily() bool {
	return r.option.Freq <= rrule.DAILY && len(r.option.Byhour) < 2 && len(r.option.Byminute) < 2 && len(r.option.Bysecond) < 2
}

// Endless reports whether the rule has no end.
func (r Rule) Endless() bool { return !r.until.set && r.option.Count == 0 }

// counting returns the rule with an end after n instances.
func (r Rule) counting(n int) Rule {
	ended := r.ending("COUNT", strconv.Itoa(n))
	ended.option.Count = n
	return ended
}

// endingWith returns the rule with a last instance.
func (r Rule) endingWith(last Wall, allDay bool, zone *time.Location) Rule {
	end := until{set: true, date: allDay, utc: !allDay, wall: last}
	text := last.Date()
	if !allDay {
		end.wall = WallOf(last.In(zone), time.UTC)
		text = end.wall.String() + "Z"
	}
	ended := r.ending("UNTIL", strings.ReplaceAll(text, "-", ""))
	ended.until = end
	return ended
}

func (r Rule) ending(name, value string) Rule {
	parts := slices.DeleteFunc(slices.Clone(r.parts), func(p [2]string) bool { return p[0] == "COUNT" || p[0] == "UNTIL" })
	ended := Rule{parts: append(parts, [2]string{name, value}), option: r.option}
	ended.option.Count = 0
	return ended
}

// over reports whether a clock time lies behind the end.
func (u until) over(w Wall, allDay bool, zone *time.Location) bool {
	switch {
	case !u.set:
		return false
	case u.date || allDay:
		return w.Midnight().Compare(u.wall.Midnight()) > 0
	case u.utc:
		return w.In(zone).After(u.wall.t)
	}
	return w.Compare(u.wall) > 0
}
