package recurrence

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// vector is a rule with every instance that it gives, or every one from a point on.
type vector struct {
	Comment   string `json:"comment"`
	RRule     string `json:"rrule"`
	Start     string `json:"dtstart"`
	From      string `json:"start_at"`
	Instances string `json:"instances"`
}

// vectors are those of this package and, where the shared collection is there, libical's.
func vectors(t testing.TB) []vector {
	t.Helper()
	root := os.Getenv("GUANXI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	var all []vector
	for _, path := range []string{filepath.Join("testdata", "vectors.json"), filepath.Join(root, "calendar", "rrule-vectors.json")} {
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) && !strings.HasPrefix(path, "testdata") {
			continue
		}
		var some []vector
		if err != nil || json.Unmarshal(text, &some) != nil || len(some) == 0 {
			t.Fatalf("%s cannot be read: %v", path, err)
		}
		all = append(all, some...)
	}
	return all
}

// series of a vector is on a clock in UTC.
func (v vector) series(t testing.TB) Series {
	t.Helper()
	rule, err := ParseRule(v.RRule)
	if err != nil {
		t.Fatal(err)
	}
	return Series{Start: wall(t, v.Start), AllDay: len(v.Start) == len(dateForm), Zone: time.UTC, Rule: &rule}
}

func wall(t testing.TB, text string) Wall {
	t.Helper()
	w, err := ParseWall(strings.TrimSuffix(text, "Z"))
	if err != nil {
		t.Fatalf("%q %v", text, err)
	}
	return w
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Comment, func(t *testing.T) {
			var want []string
			for text := range strings.SplitSeq(v.Instances, ",") {
				if v.From == "" || text >= v.From {
					want = append(want, text)
				}
			}
			s := v.series(t)
			from := s.Start
			if v.From != "" {
				from = wall(t, v.From)
			}
			// One more than wanted shows whether the rule ends where it should.
			found, _ := s.Between(from.In(time.UTC), endOfTime, len(want)+1)
			var got []string
			for _, i := range found {
				text := i.ID.String()
				if s.AllDay {
					text = text[:len(dateForm)]
				} else if strings.HasSuffix(want[0], "Z") {
					text += "Z"
				}
				got = append(got, text)
			}
			if strings.Join(got, ",") != strings.Join(want, ",") {
				t.Errorf("%s from %s\n got %s\nwant %s", v.RRule, v.Start, strings.Join(got, ","), strings.Join(want, ","))
			}
			for _, i := range found {
				if _, ok := s.Find(i.ID); !ok {
					t.Errorf("%s is not found by its id", i.ID)
				}
			}
		})
	}
}
