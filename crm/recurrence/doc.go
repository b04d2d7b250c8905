// Package recurrence reckons when things take place that take place again and again: the rules of RFC 5545 (RRULE)
// with their exceptions, on clocks that are set forward and back. It is pure: it knows no database and not the time.
//
// A series is kept as clock times in a zone, because that is what people mean by "every Monday at nine"; instants come
// of them when they are asked for. Which days of a year a rule picks is asked of github.com/teambition/rrule-go. The
// rest is done here: times of day, INTERVAL, COUNT, UNTIL, BYSETPOS and BYWEEKNO, because the library
//
//   - loses its way in rules that hardly ever or never fit: it loops for seconds or for ever, and no limit stops it;
//   - counts BYSETPOS in the first week from DTSTART and not from the week's beginning;
//   - takes every day of the week for BYWEEKNO without BYDAY, and reckons its INTERVAL with calendar years;
//   - takes every month for FREQ=YEARLY with BYMONTHDAY alone, and times of day for dates;
//   - leaves clock times that a day has twice or never to package time, which promises nothing about them.
package recurrence
