package recurrence

import (
	"strings"
	"testing"
	"time"
)

func weekly(t testing.TB, text string) Series {
	t.Helper()
	return Series{Start: wall(t, "20240902T090000"), Zone: zone(t, "Asia/Shanghai"), Length: time.Hour, Rule: rule(t, text)}
}

func all(s Series) string {
	found, _ := s.Between(s.Start.In(s.Zone).AddDate(-1, 0, 0), endOfTime, 50)
	return strings.Join(instants(found), " ")
}

func TestDatesAreAddedAndTakenAway(t *testing.T) {
	s := weekly(t, "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=5")
	s.Except = []Wall{wall(t, "20240904T090000"), wall(t, "20240905T090000")}
	s.Dates = []Wall{wall(t, "20240906T140000"), wall(t, "20240909T090000"), wall(t, "20240901T090000")}
	// What is taken away still counts, and a date that the rule gives too is one instance.
	if got := all(s); got != "2024-09-01T01:00Z 2024-09-02T01:00Z 2024-09-06T06:00Z 2024-09-09T01:00Z 2024-09-11T01:00Z 2024-09-16T01:00Z" {
		t.Error(got)
	}
	for id, has := range map[string]bool{"20240902T090000": true, "20240904T090000": false, "20240906T140000": true, "20240903T090000": false, "20240918T090000": false} {
		if i, ok := s.Find(wall(t, id)); ok != has || ok && (i.ID.String() != id || i.End.Sub(i.Start) != time.Hour) {
			t.Errorf("%s: %v, %v", id, i, ok)
		}
	}
	alone := Series{Start: s.Start, Zone: s.Zone, Dates: s.Dates}
	if got := all(alone); got != "2024-09-01T01:00Z 2024-09-02T01:00Z 2024-09-06T06:00Z 2024-09-09T01:00Z" {
		t.Errorf("without a rule: %s", got)
	}
}

func TestNext(t *testing.T) {
	s := weekly(t, "FREQ=WEEKLY;COUNT=2")
	s.Length = 30 * 24 * time.Hour
	first, ok := s.First()
	if !ok || first.ID != s.Start {
		t.Errorf("first %v", first)
	}
	second, ok := s.Next(first.Start)
	if !ok || second.ID.String() != "20240909T090000" {
		t.Errorf("second %v", second)
	}
	if third, ok := s.Next(second.Start); ok {
		t.Errorf("third %v", third)
	}
	shifted := weekly(t, "FREQ=WEEKLY;BYDAY=TH")
	if first, _ := shifted.First(); first.ID.String() != "20240905T090000" {
		t.Errorf("a start that the rule does not give counts: %v", first)
	}
	for _, never := range []string{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;UNTIL=20240901", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31"} {
		if i, ok := weekly(t, never).First(); ok {
			t.Errorf("%s gives %v", never, i)
		}
	}
}

func TestEnd(t *testing.T) {
	for text, want := range map[string]string{
		"FREQ=WEEKLY;COUNT=3":               "2024-09-16T02:00Z",
		"FREQ=DAILY;UNTIL=20240904T090000":  "2024-09-05T02:00Z", // a day is put on top, because more is needless
		"FREQ=DAILY;UNTIL=20240904T010000Z": "2024-09-06T04:00Z",
		"FREQ=DAILY;UNTIL=20240904":         "2024-09-04T17:00Z",
		"FREQ=DAILY":                        "",
		"FREQ=YEARLY;COUNT=99999":           "",
	} {
		end, ok := weekly(t, text).End()
		got := ""
		if ok {
			got = end.UTC().Format("2006-01-02T15:04Z")
		}
		if got != want {
			t.Errorf("%s is over at %q, want %q", text, got, want)
		}
	}
	s := weekly(t, "FREQ=WEEKLY;COUNT=1")
	s.Dates = []Wall{wall(t, "20250101T090000")}
	if end, ok := s.End(); !ok || end.UTC().Format(time.DateOnly) != "2025-01-01" {
		t.Errorf("with an added date it is over at %v", end)
	}
}

func TestSplit(t *testing.T) {
	for _, row := range []struct{ name, rule, at, before, after string }{
		{"endless", "FREQ=WEEKLY", "20240916T090000", "FREQ=WEEKLY;UNTIL=20240909T010000Z", "FREQ=WEEKLY"},
		{"counted", "FREQ=WEEKLY;COUNT=5", "20240916T090000", "FREQ=WEEKLY;UNTIL=20240909T010000Z", "FREQ=WEEKLY;COUNT=3"},
		{"with an end", "FREQ=WEEKLY;UNTIL=20241001", "20240909T090000", "FREQ=WEEKLY;UNTIL=20240902T010000Z", "FREQ=WEEKLY;UNTIL=20241001"},
		{"every other week", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "20240920T090000", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20240916T010000Z", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := weekly(t, row.rule)
			s.Except = []Wall{wall(t, "20240923T090000")}
			whole := all(s)
			before, after, ok := s.Split(wall(t, row.at))
			if !ok || before.Rule.String() != row.before || after.Rule.String() != row.after {
				t.Fatalf("%v, %s, %s", ok, before.Rule, after.Rule)
			}
			if after.Start.String() != row.at {
				t.Errorf("the second part begins at %s", after.Start)
			}
			if got := all(before) + " " + all(after); !strings.HasPrefix(got, whole) {
				t.Errorf("the parts give\n%s\nthe whole\n%s", got, whole)
			}
		})
	}
	days := Series{Start: wall(t, "20240902"), AllDay: true, Zone: zone(t, "Asia/Shanghai"), Rule: rule(t, "FREQ=DAILY")}
	if before, _, ok := days.Split(wall(t, "20240904")); !ok || before.Rule.String() != "FREQ=DAILY;UNTIL=20240903" {
		t.Errorf("days: %s", before.Rule)
	}
	s := weekly(t, "FREQ=WEEKLY;COUNT=3")
	for name, at := range map[string]string{"the first": "20240902T090000", "no instance": "20240910T090000", "past the end": "20240923T090000"} {
		if _, _, ok := s.Split(wall(t, at)); ok {
			t.Errorf("split before %s", name)
		}
	}
	if _, _, ok := (Series{Start: s.Start, Zone: s.Zone}).Split(s.Start); ok {
		t.Error("split what has no rule")
	}
}
