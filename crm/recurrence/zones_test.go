package recurrence

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func rule(t testing.TB, text string) *Rule {
	t.Helper()
	r, err := ParseRule(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return &r
}

// instants lists when instances start, in UTC.
func instants(found []Instance) []string {
	var all []string
	for _, i := range found {
		all = append(all, i.Start.UTC().Format("2006-01-02T15:04Z"))
	}
	return all
}

func TestClocksAreReadAsTheStandardSays(t *testing.T) {
	for _, row := range []struct{ name, zone, wall, want string }{
		{"an ordinary day", "Asia/Shanghai", "20260302T090000", "2026-03-02T01:00:00Z"},
		{"winter", "America/New_York", "20260307T090000", "2026-03-07T14:00:00Z"},
		{"summer", "America/New_York", "20260309T090000", "2026-03-09T13:00:00Z"},
		{"never shown: with the offset before", "America/New_York", "20260308T023000", "2026-03-08T07:30:00Z"},
		{"shown twice: the first time", "America/New_York", "20261101T013000", "2026-11-01T05:30:00Z"},
		{"before that", "America/New_York", "20261101T005959", "2026-11-01T04:59:59Z"},
		{"after that", "America/New_York", "20261101T020000", "2026-11-01T07:00:00Z"},
		{"half an hour, in the south", "Australia/Lord_Howe", "20261004T021500", "2026-10-03T15:45:00Z"},
		{"set back by half an hour", "Australia/Lord_Howe", "20260405T014500", "2026-04-04T14:45:00Z"},
		{"first to greet the day", "Pacific/Kiritimati", "20260101T000000", "2025-12-31T10:00:00Z"},
		{"a day that was left out", "Pacific/Kiritimati", "19941231T090000", "1994-12-31T19:00:00Z"},
		{"a day that was left out, in Samoa", "Pacific/Apia", "20111230T120000", "2011-12-30T22:00:00Z"},
		{"set forward at midnight", "America/Sao_Paulo", "20181104T000000", "2018-11-04T03:00:00Z"},
		{"war years", "Asia/Shanghai", "19400601T003000", "1940-05-31T16:30:00Z"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := wall(t, row.wall).In(zone(t, row.zone)).UTC().Format(time.RFC3339); got != row.want {
				t.Errorf("%s in %s is %s, want %s", row.wall, row.zone, got, row.want)
			}
		})
	}
}

func TestSeriesKeepTheirClockTime(t *testing.T) {
	for _, row := range []struct{ name, zone, start, rule, want string }{
		{"clocks go forward", "America/New_York", "20260307T090000", "FREQ=DAILY;COUNT=3", "2026-03-07T14:00Z 2026-03-08T13:00Z 2026-03-09T13:00Z"},
		{"clocks go back", "America/New_York", "20261031T090000", "FREQ=DAILY;COUNT=3", "2026-10-31T13:00Z 2026-11-01T14:00Z 2026-11-02T14:00Z"},
		{"within the hour that is left out", "America/New_York", "20260307T023000", "FREQ=DAILY;COUNT=3", "2026-03-07T07:30Z 2026-03-08T07:30Z 2026-03-09T06:30Z"},
		{"within the hour that comes twice", "America/New_York", "20261031T013000", "FREQ=DAILY;COUNT=3", "2026-10-31T05:30Z 2026-11-01T05:30Z 2026-11-02T06:30Z"},
		{"hour by hour over the hour that is left out", "America/New_York", "20260308T010000", "FREQ=HOURLY;COUNT=4", "2026-03-08T06:00Z 2026-03-08T07:00Z 2026-03-08T08:00Z"},
		{"no daylight saving", "Asia/Shanghai", "20260308T090000", "FREQ=MONTHLY;COUNT=3", "2026-03-08T01:00Z 2026-04-08T01:00Z 2026-05-08T01:00Z"},
		{"an end in UTC, in winter", "America/New_York", "20260301T200000", "FREQ=DAILY;UNTIL=20260303T010000Z", "2026-03-02T01:00Z 2026-03-03T01:00Z"},
		{"an end in UTC, a second short", "America/New_York", "20260301T200000", "FREQ=DAILY;UNTIL=20260303T005959Z", "2026-03-02T01:00Z"},
		{"days of an island far in the east", "Pacific/Kiritimati", "20260228", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", "2026-02-27T10:00Z 2026-03-30T10:00Z"},
		{"whole days over both changes", "America/New_York", "20260308", "FREQ=YEARLY;BYMONTH=3,11;BYDAY=SU;BYSETPOS=2,6;COUNT=2", "2026-03-08T05:00Z 2026-11-01T04:00Z"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := Series{Start: wall(t, row.start), AllDay: len(row.start) == len(dateForm), Zone: zone(t, row.zone), Rule: rule(t, row.rule)}
			found, capped := s.Between(s.Start.In(s.Zone), endOfTime, 10)
			if got := strings.Join(instants(found), " "); got != row.want || capped {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestLengths(t *testing.T) {
	york := zone(t, "America/New_York")
	over := Series{Start: wall(t, "20260307T200000"), Zone: york, Length: 12 * time.Hour}
	if i, _ := over.First(); i.End.Sub(i.Start) != 12*time.Hour {
		t.Errorf("a night shift over the change takes %s, want the hours that were said", i.End.Sub(i.Start))
	}
	days := Series{Start: wall(t, "20260307"), AllDay: true, Zone: york, Length: 48 * time.Hour}
	if i, _ := days.First(); i.End.Sub(i.Start) != 47*time.Hour {
		t.Errorf("two calendar days over the change take %s, want 47h", i.End.Sub(i.Start))
	}
}

func TestWindows(t *testing.T) {
	shanghai := zone(t, "Asia/Shanghai")
	s := Series{Start: wall(t, "20260302T090000"), Zone: shanghai, Length: time.Hour, Rule: rule(t, "FREQ=DAILY")}
	at := func(text string) time.Time { return wall(t, text).In(shanghai) }
	for _, row := range []struct{ name, from, to, want string }{
		{"from the start", "20260302T090000", "20260303T090000", "2026-03-02T01:00Z"},
		{"one that has begun", "20260304T093000", "20260304T120000", "2026-03-04T01:00Z"},
		{"one that has ended", "20260304T100000", "20260304T120000", ""},
		{"one that begins at the end", "20260304T080000", "20260304T090000", ""},
		{"before the series", "20260101T000000", "20260302T090000", ""},
		{"much later", "21000101T000000", "21000102T000000", "2100-01-01T01:00Z"},
	} {
		found, _ := s.Between(at(row.from), at(row.to), 10)
		if got := strings.Join(instants(found), " "); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
	if found, capped := s.Between(at("20260302T000000"), at("20270302T000000"), 3); len(found) != 3 || !capped {
		t.Errorf("a limit of 3 gave %d, capped %v", len(found), capped)
	}
	if found, capped := s.Between(at("20260302T000000"), at("20260305T000000"), 3); len(found) != 3 || capped {
		t.Errorf("three of three gave %d, capped %v", len(found), capped)
	}
	moment := Series{Start: wall(t, "20260302T090000"), Zone: shanghai}
	if found, _ := moment.Between(at("20260302T090000"), at("20260302T090001"), 1); len(found) != 1 {
		t.Error("what takes no time at all is not found at its time")
	}
	sorted := slices.IsSortedFunc(must(s.Between(at("20260302T000000"), at("20260401T000000"), 100)), func(a, b Instance) int { return a.Start.Compare(b.Start) })
	if !sorted {
		t.Error("instances are not in order")
	}
}

func must(found []Instance, _ bool) []Instance { return found }
