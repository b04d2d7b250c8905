package crm

import (
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
)

// Date is a day of the calendar in no zone, as 2026-03-06.
type Date string

// ParseDate reads a date of the years 1900 to 2200.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return "", fmt.Errorf("%q is not a date", text)
	}
	return Date(text), nil
}

// wall is the date's midnight; the zero Wall for none.
func (d Date) wall() recurrence.Wall {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return recurrence.Wall{}
	}
	return recurrence.WallOf(t, time.UTC)
}

// In returns when the day begins in a zone.
func (d Date) In(zone *time.Location) time.Time { return d.wall().In(zone) }

// Scan implements sql.Scanner.
func (d *Date) Scan(src any) error {
	t, ok := src.(time.Time)
	if !ok {
		return fmt.Errorf("cannot scan %T as a date", src)
	}
	*d = Date(t.Format(time.DateOnly))
	return nil
}
