package recurrence

import (
	"strings"
	"testing"
	"time"
)

func TestRulesAreReadAndWritten(t *testing.T) {
	for text, want := range map[string]string{
		"FREQ=WEEKLY;BYDAY=MO":                     "FREQ=WEEKLY;BYDAY=MO",
		" rrule:freq=weekly;byday=mo ":             "FREQ=WEEKLY;BYDAY=MO",
		"BYDAY=+1MO;FREQ=MONTHLY":                  "BYDAY=+1MO;FREQ=MONTHLY",
		"FREQ=DAILY;UNTIL=20261231T235959Z":        "FREQ=DAILY;UNTIL=20261231T235959Z",
		"FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1":     "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
		"FREQ=YEARLY;INTERVAL=4;BYMONTH=2;WKST=SU": "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;WKST=SU",
	} {
		if r, err := ParseRule(text); err != nil || r.String() != want {
			t.Errorf("%q is %s, %v", text, r, err)
		}
	}
}

func TestRulesAreRefused(t *testing.T) {
	for text, says := range map[string]string{
		"":                                         "cannot be read",
		"weekly":                                   "cannot be read",
		"BYDAY=MO":                                 "cannot be read",
		"FREQ=FORTNIGHTLY":                         "cannot be read",
		"FREQ=WEEKLY;BYDAY=XX":                     "cannot be read",
		"FREQ=WEEKLY;":                             "cannot be read",
		"FREQ=WEEKLY;INTERVAL=":                    "cannot be read",
		"DTSTART:20260301\nRRULE:FREQ=DAILY":       "cannot be read",
		"FREQ=DAILY\nFREQ=DAILY":                   "cannot be read",
		"FREQ=DAILY;DTSTART=20260301":              "not known",
		"FREQ=YEARLY;BYEASTER=1":                   "not known",
		"FREQ=DAILY;FREQ=DAILY":                    "FREQ twice",
		"FREQ=DAILY;COUNT=0":                       "COUNT of 1",
		"FREQ=DAILY;COUNT=100000":                  "COUNT of 1",
		"FREQ=DAILY;COUNT=2;UNTIL=20260301":        "both COUNT and UNTIL",
		"FREQ=DAILY;INTERVAL=0":                    "INTERVAL of 1",
		"FREQ=DAILY;INTERVAL=9223372036854775807":  "INTERVAL of 1",
		"FREQ=DAILY;INTERVAL=99999999999999999999": "cannot be read",
		"FREQ=DAILY;UNTIL=tomorrow":                "UNTIL",
		"FREQ=DAILY;UNTIL=20260301Z":               "UNTIL",
		"FREQ=DAILY;UNTIL=20260230":                "UNTIL",
		"FREQ=MONTHLY;BYMONTHDAY=0":                "out of range",
		"FREQ=MONTHLY;BYMONTHDAY=32":               "out of range",
		"FREQ=YEARLY;BYMONTH=13":                   "out of range",
		"FREQ=DAILY;BYHOUR=24":                     "out of range",
		"FREQ=WEEKLY;BYMONTHDAY=1":                 "BYMONTHDAY",
		"FREQ=MONTHLY;BYYEARDAY=1":                 "BYYEARDAY",
		"FREQ=MONTHLY;BYWEEKNO=1":                  "BYWEEKNO",
		"FREQ=WEEKLY;BYDAY=1MO":                    "counts weekdays",
		"FREQ=YEARLY;BYWEEKNO=2;BYDAY=1MO":         "counts weekdays",
		"FREQ=MONTHLY;BYDAY=-53MO":                 "further than to 5",
		"FREQ=YEARLY;BYMONTH=12;BYDAY=53MO":        "further than to 5",
		"FREQ=YEARLY;BYDAY=54MO":                   "further than to 53",
		"FREQ=DAILY;BYSETPOS=1":                    "nothing to choose from",
		"FREQ=DAILY;" + strings.Repeat("X", 500):   "longer than",
	} {
		if _, err := ParseRule(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}

func TestAtMostDaily(t *testing.T) {
	for text, want := range map[string]bool{
		"FREQ=DAILY": true, "FREQ=YEARLY;BYHOUR=9": true, "FREQ=DAILY;BYHOUR=9,15": false, "FREQ=WEEKLY;BYSECOND=0,1": false, "FREQ=HOURLY": false,
		"FREQ=MONTHLY;BYMINUTE=1,2": false, "FREQ=SECONDLY": false,
	} {
		if got := rule(t, text).AtMostDaily(); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// TestHostileRulesEnd asks for instances of rules that hardly ever or never fit, or that have far too many.
func TestHostileRulesEnd(t *testing.T) {
	for _, text := range []string{
		"FREQ=SECONDLY", "FREQ=SECONDLY;BYMINUTE=1;BYSETPOS=2", "FREQ=SECONDLY;INTERVAL=9999;BYHOUR=1;BYMINUTE=1;BYSECOND=1", "FREQ=MINUTELY;COUNT=99999",
		"FREQ=HOURLY;INTERVAL=2;BYHOUR=10", "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=99999", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;COUNT=99999", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
		"FREQ=YEARLY;INTERVAL=9999;COUNT=99999", "FREQ=DAILY;BYSETPOS=366;BYHOUR=0,1,2,3", "FREQ=YEARLY;BYDAY=-53SU,53MO", "FREQ=MONTHLY;INTERVAL=9999",
		"FREQ=YEARLY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-1",
		"FREQ=HOURLY;BYYEARDAY=-366;BYMINUTE=59", "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=11",
	} {
		s := weekly(t, text)
		began := time.Now()
		s.Between(s.Start.In(s.Zone), endOfTime, 5000)
		s.Between(endOfTime.AddDate(-1, 0, 0), endOfTime, 5000)
		s.Next(endOfTime.AddDate(-1, 0, 0))
		s.End()
		s.Split(wall(t, "20300101T090000"))
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s took %s", text, took)
		} else {
			t.Logf("%6d ms %s", took.Milliseconds(), text)
		}
	}
}
