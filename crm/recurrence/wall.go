package recurrence

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// Wall is what a clock on the wall shows: a date and a time of day to the second, in no zone. The zero Wall shows
// the first second of the year 1.
type Wall struct {
	t time.Time // in UTC, so that every day has 24 hours
}

const (
	dateForm  = "20060102"
	clockForm = "20060102T150405"
)

var errWall = errors.New("is not a local time; write 20260302 or 20260302T090000")

// WallAt returns a clock time; months, days and hours beyond their range roll over as in time.Date.
func WallAt(year int, month time.Month, day, hour, minute, second int) Wall {
	return Wall{time.Date(year, month, day, hour, minute, second, 0, time.UTC)}
}

// WallOf returns what clocks in the zone show at an instant.
func WallOf(t time.Time, zone *time.Location) Wall {
	t = t.In(zone)
	return WallAt(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second())
}

// ParseWall reads the forms of iCalendar: a date, which is its midnight, or a date with a time of day.
func ParseWall(text string) (Wall, error) {
	for _, form := range []string{dateForm, clockForm} {
		if t, err := time.Parse(form, text); err == nil {
			return Wall{t}, nil
		}
	}
	return Wall{}, errWall
}

// In returns the instant at which clocks in the zone show w. As RFC 5545 asks for: what they show twice, when they
// are set back, is the first time; what they never show, when they are set forward, is reckoned with the offset
// before that.
func (w Wall) In(zone *time.Location) time.Time {
	early, late := w.at(zone, -24*time.Hour), w.at(zone, 24*time.Hour)
	if WallOf(early, zone) != w && WallOf(late, zone) == w {
		return late
	}
	return early
}

// at reckons with the offset that the zone has somewhat earlier or later.
func (w Wall) at(zone *time.Location, shift time.Duration) time.Time {
	_, offset := w.t.Add(shift).In(zone).Zone()
	return w.t.Add(-time.Duration(offset) * time.Second)
}

// AddDays returns the same time of day n days later.
func (w Wall) AddDays(n int) Wall { return Wall{w.t.AddDate(0, 0, n)} }

// Add moves the clock.
func (w Wall) Add(d time.Duration) Wall { return Wall{w.t.Add(d)} }

// Sub returns what lies between two clock times.
func (w Wall) Sub(other Wall) time.Duration { return w.t.Sub(other.t) }

// Midnight returns the beginning of the day.
func (w Wall) Midnight() Wall { return Wall{w.t.Truncate(24 * time.Hour)} }

// Compare orders clock times.
func (w Wall) Compare(other Wall) int { return w.t.Compare(other.t) }

// Before reports whether w comes before another clock time.
func (w Wall) Before(other Wall) bool { return w.t.Before(other.t) }

// IsZero reports whether w is the zero Wall.
func (w Wall) IsZero() bool { return w.t.IsZero() }

// Date returns the date as 2026-03-02.
func (w Wall) Date() string { return w.t.Format(time.DateOnly) }

// String returns the form of iCalendar, as 20260302T090000.
func (w Wall) String() string { return w.t.Format(clockForm) }

// MarshalText implements encoding.TextMarshaler in the form of String.
func (w Wall) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (w *Wall) UnmarshalText(text []byte) (err error) {
	*w, err = ParseWall(string(text))
	return err
}

// Value implements driver.Valuer: a DATETIME of what the clock shows.
func (w Wall) Value() (driver.Value, error) { return w.t, nil }

// Scan implements sql.Scanner.
func (w *Wall) Scan(src any) error {
	t, ok := src.(time.Time)
	if !ok {
		return fmt.Errorf("cannot scan %T as a clock time", src)
	}
	*w = WallOf(t, t.Location())
	return nil
}
