package recurrence

import (
	"slices"
	"testing"
	"time"
)

// FuzzSeries wants an error or a series that ends its work soon, keeps its instances in order and within the window,
// and gives the same ones whether it is asked for all or for a part.
func FuzzSeries(f *testing.F) {
	zones := []string{"UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe", "Africa/Casablanca"}
	for i, v := range vectors(f) {
		f.Add(v.RRule, wall(f, v.Start).t.Unix(), byte(i), len(v.Start) == len(dateForm), uint16(i), uint16(7*i))
	}
	f.Add("FREQ=SECONDLY;BYSETPOS=2;BYHOUR=1", int64(1_700_000_000), byte(2), false, uint16(3), uint16(60))
	f.Fuzz(func(t *testing.T, text string, start int64, place byte, allDay bool, after, days uint16) {
		parsed, err := ParseRule(text)
		if err != nil {
			return
		}
		if again, err := ParseRule(parsed.String()); err != nil || again.String() != parsed.String() {
			t.Fatalf("%s is written as %s: %v", text, parsed, err)
		}
		s := Series{
			Start: Wall{time.Unix(start%(1<<32), 0).UTC()}, AllDay: allDay, Zone: zone(t, zones[int(place)%len(zones)]), Rule: &parsed,
			Length: time.Duration(days%3) * 24 * time.Hour,
		}
		if allDay {
			s.Start = s.Start.Midnight()
		}
		from := s.Start.In(s.Zone).AddDate(0, 0, int(after))
		to := from.AddDate(0, 0, int(days))
		began := time.Now()
		found, capped := s.Between(from, to, 200)
		if took := time.Since(began); took > 5*time.Second {
			t.Fatalf("%s took %s", text, took)
		}
		for i, one := range found {
			if !one.Start.Before(to) || !one.End.After(from) && one.Start.Before(from) || i > 0 && !one.Start.After(found[i-1].Start) || one.End.Before(one.Start) {
				t.Fatalf("%s: %v, the one at %d of %d, is out of place", text, one, i, len(found))
			}
		}
		if whole, cut := s.Between(s.Start.In(s.Zone).Add(-slack), to, 100_000); !capped && !cut {
			whole = slices.DeleteFunc(whole, func(i Instance) bool { return !i.End.After(from) && i.Start.Before(from) })
			if !slices.Equal(whole, found) {
				t.Fatalf("%s from %s: the window gives %d, all give %d within it", text, from, len(found), len(whole))
			}
		}
		s.End()
		if len(found) > 1 {
			if before, rest, ok := s.Split(found[1].ID); ok && (before.Rule.String() == "" || rest.Start != found[1].ID) {
				t.Fatalf("%s is split in %s and %s", text, before.Rule, rest.Rule)
			}
		}
	})
}
