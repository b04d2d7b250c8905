package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// DateOrder is the format chosen for a column of dates.
type DateOrder string

// The orders. AnyOrder accepts whatever has one meaning only.
const (
	AnyOrder   DateOrder = ""
	DayFirst   DateOrder = "dmy" // 03/04/2024 is the third of April
	MonthFirst DateOrder = "mdy" // 03/04/2024 is the fourth of March
	YearFirst  DateOrder = "ymd" // 24/03/04 is the fourth of March 2024
	Serial     DateOrder = "serial"
	Serial1904 DateOrder = "serial1904" // as old Excel for Mac counts
)

// Date is a day, or an instant when it has a time of day.
type Date struct {
	Time     time.Time // the beginning of a day; in the location given to ParseDate unless Zoned
	DateOnly bool
	Zoned    bool // the text named its zone
}

// String gives ISO 8601, with the offset only when the text had one.
func (d Date) String() string {
	switch {
	case d.DateOnly:
		return d.Time.Format(time.DateOnly)
	case d.Zoned:
		return d.Time.Format(time.RFC3339)
	}
	return d.Time.Format("2006-01-02T15:04:05")
}

var (
	numeric    = regexp.MustCompile(`^\d+(\.\d+)?$`)
	compact    = regexp.MustCompile(`^(19|20)\d{6}(\d{4}|\d{6})?$`)
	chineseDay = regexp.MustCompile(`^(\d{4}|\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?`)
	threeParts = regexp.MustCompile(`^(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(.*)$`)
)

// namedMonths are the English spellings; Go reads months in any case and days with one digit.
var namedMonths = []string{
	"2-Jan-06", "2-Jan-2006", "2 Jan 2006", "2 Jan 06", "2 January 2006", "Jan 2, 2006", "Jan 2 2006",
	"January 2, 2006", "January 2 2006", "2-January-2006", "2006-Jan-2", "Mon Jan 2 2006", "Monday, January 2, 2006", "Mon, 2 Jan 2006",
}

var zoned = []string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 -0700",
	"2006-01-02T15:04Z07:00", "2006-01-02 15:04 Z07:00", "2006-01-02 15:04:05 UTC", time.RFC1123Z,
}

// ParseDate reads one date or date with time. Times that name no zone are in loc. It takes ISO 8601, dots and slashes,
// 2024年3月5日, English months, 20240305 and spreadsheet serial numbers. Two numbers that could each be the month are
// AmbiguousDate unless the order says which is. Errors are *ValueError; empty text is one too.
func ParseDate(s string, order DateOrder, loc *time.Location) (Date, error) {
	d, err := parseDate(s, order)
	if err == nil && !d.Zoned {
		d.Time = shownIn(loc, d.Time)
	}
	return d, err
}

// shownIn returns when clocks in a zone show what t does. Of a day whose midnight they leave out it is the beginning.
func shownIn(loc *time.Location, t time.Time) time.Time {
	at := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, loc)
	if at.Day() != t.Day() {
		at = at.Add(time.Hour) // by which they are set forward
	}
	return at
}

// parseDate is ParseDate for clocks of UTC, which show every time of every day.
func parseDate(s string, order DateOrder) (Date, error) {
	s = strings.Join(strings.Fields(halfWidth(s)), " ")
	if order == Serial || order == Serial1904 {
		return parseSerial(s, order == Serial1904)
	}
	if d, ok := parseZoned(s); ok {
		return d, nil
	}
	switch {
	case compact.MatchString(s):
		return parseCompact(s)
	case numeric.MatchString(s) && order == AnyOrder:
		return plausibleSerial(s)
	}
	s = chineseDay.ReplaceAllStringFunc(s, dashed)
	s = chineseTime.ReplaceAllStringFunc(s, clockTime)
	if m := threeParts.FindStringSubmatch(s); m != nil {
		return parseParts(m, order)
	}
	return parseNamed(s)
}

func parseZoned(s string) (Date, bool) {
	if !strings.Contains(s, ":") {
		return Date{}, false // spares most dates the attempts
	}
	for _, layout := range zoned {
		if t, err := time.Parse(layout, s); err == nil && inRange(t) {
			return Date{Time: t, Zoned: true}, true
		}
	}
	return Date{}, false
}

func badDate() (Date, error) {
	return Date{}, invalid(BadDate, "the date is not valid; write it like 2024-03-05 or 2024-03-05 18:30")
}

// inRange keeps to the years that a spreadsheet can hold, which every store takes.
func inRange(t time.Time) bool { return t.Year() >= 1900 && t.Year() <= 9999 }

func dashed(s string) string {
	m := chineseDay.FindStringSubmatch(s)
	if len(m[1]) == 2 {
		m[1] = strconv.Itoa(century(atoi(m[1])))
	}
	return strings.Join(m[1:], "-") + " "
}

func parseCompact(s string) (Date, error) {
	layout := "20060102150405"[:len(s)]
	t, err := time.Parse(layout, s)
	if err != nil {
		return badDate()
	}
	return Date{Time: t, DateOnly: len(s) == len("20060102")}, nil
}

// parseParts decides which of three numbers is the year, the month and the day.
func parseParts(m []string, order DateOrder) (Date, error) {
	first, second, third := atoi(m[1]), atoi(m[2]), atoi(m[3])
	switch {
	case len(m[1]) == 4 && len(m[3]) <= 2:
		return onDay(first, second, third, m[4])
	case len(m[1]) > 2 || len(m[3]) != 2 && len(m[3]) != 4:
		return badDate()
	case order == YearFirst && len(m[3]) == 2:
		return onDay(century(first), second, third, m[4])
	}
	year := third
	if len(m[3]) == 2 {
		year = century(third)
	}
	switch {
	case order == DayFirst:
		return onDay(year, second, first, m[4])
	case order == MonthFirst:
		return onDay(year, first, second, m[4])
	case len(m[3]) == 2:
		return ambiguous() // 01-02-03 may even begin with the year
	case first > 12:
		return onDay(year, second, first, m[4])
	case second > 12 || first == second:
		return onDay(year, first, second, m[4])
	}
	return ambiguous()
}

func ambiguous() (Date, error) {
	return Date{}, invalid(AmbiguousDate, "day and month cannot be told apart; choose the format of the column, or write the date like 2024-03-05")
}

// century reads two digits as Go, POSIX and spreadsheets near enough do: 69 to 99 are the last century.
func century(yy int) int {
	if yy >= 69 {
		return 1900 + yy
	}
	return 2000 + yy
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func onDay(year, month, day int, rest string) (Date, error) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < 1900 || month < 1 || month > 12 || t.Day() != day || t.Month() != time.Month(month) {
		return badDate()
	}
	return withTime(t, rest)
}

func parseNamed(s string) (Date, error) {
	day, rest := s, ""
	if i := strings.IndexByte(s, ':'); i > 0 {
		if space := strings.LastIndexByte(s[:i], ' '); space > 0 {
			day, rest = s[:space], s[space:]
		}
	}
	for _, layout := range namedMonths {
		if t, err := time.Parse(layout, strings.TrimSuffix(day, ",")); err == nil && inRange(t) {
			return withTime(t, rest)
		}
	}
	return badDate()
}
