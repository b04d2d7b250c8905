package sheet

import (
	"math"
	"strconv"
	"time"
)

const (
	neverWas       = 60        // 1900-02-29, which spreadsheets count and no calendar has
	lastSerial     = 2_958_465 // 9999-12-31
	lastPlausible  = 109_574   // 2199-12-31: a bigger number in a date column is rather something else
	firstYear      = 1900      // 1900 to 2199 are rather years than days in 1905
	lastYear       = 2199
	offset1904     = 1462
	secondsPerDay  = 24 * 60 * 60
	roundingSecond = 0.5
)

// plausibleSerial reads a bare number where nobody said that the column holds serial numbers.
func plausibleSerial(s string) (Date, error) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n > lastPlausible {
		return badDate()
	}
	if n == math.Trunc(n) && n >= firstYear && n <= lastYear {
		return Date{}, invalid(BadDate, "the date is a year alone; add month and day, like 2024-03-05")
	}
	return parseSerial(s, false)
}

// parseSerial counts days from 1899-12-30, or from 1904-01-01, to the nearest second.
func parseSerial(s string, from1904 bool) (Date, error) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(n) || n < 0 || n > lastSerial {
		return badDate()
	}
	if from1904 {
		n += offset1904
	}
	switch day := math.Trunc(n); {
	case day < 1 || day > lastSerial:
		return badDate()
	case day == neverWas:
		return Date{}, invalid(BadDate, "serial number 60 is 1900-02-29, a day that never was; correct the date")
	case day < neverWas:
		n++ // before the day that never was, counting starts a day later
	}
	day, fraction := math.Modf(n)
	seconds := int(math.Floor(fraction*secondsPerDay + roundingSecond))
	t := time.Date(1899, 12, 30+int(day), 0, 0, seconds, 0, time.UTC)
	return Date{Time: t, DateOnly: seconds%secondsPerDay == 0}, nil
}
