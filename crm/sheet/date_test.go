package sheet

import (
	"errors"
	"testing"
	"time"
)

var shanghai = time.FixedZone("CST", 8*60*60)

func TestParseDate(t *testing.T) {
	tests := []struct {
		in    string
		order DateOrder
		want  string // ISO 8601, or the code of the error
	}{
		{"2024-03-05", AnyOrder, "2024-03-05"},
		{" 2024/3/5 ", AnyOrder, "2024-03-05"},
		{"２０２４－０３－０５", AnyOrder, "2024-03-05"},
		{"2024年3月5日 18:30", AnyOrder, "2024-03-05T18:30:00"},
		{"2024年3月5日下午6点30分", AnyOrder, "2024-03-05T18:30:00"},
		{"2024年3月5日18时5分9秒", AnyOrder, "2024-03-05T18:05:09"},
		{"24年3月5日", AnyOrder, "2024-03-05"},
		{"99年3月5日 6点", AnyOrder, "1999-03-05T06:00:00"},
		{"2024年3月5号", AnyOrder, "2024-03-05"},
		{"2024-3-5 6:30 PM", AnyOrder, "2024-03-05T18:30:00"},
		{"2024-3-5 12:00 am", AnyOrder, "2024-03-05T00:00:00"},
		{"2024-3-5 12:30 中午", AnyOrder, "2024-03-05T12:30:00"},
		{"2024-3-5 1:30 中午", AnyOrder, "2024-03-05T13:30:00"},
		{"2024-03-05 18:30:15.250", AnyOrder, "2024-03-05T18:30:15"},
		{"2024-03-05 24:00", AnyOrder, BadDate},
		{"2024-03-05 18:60", AnyOrder, BadDate},
		{"2024-03-05 gestern", AnyOrder, BadDate},
		{"2024-03-05T10:30:00Z", AnyOrder, "2024-03-05T10:30:00Z"},
		{"2024-03-05 18:30:00 +0800", AnyOrder, "2024-03-05T18:30:00+08:00"},
		{"20240305183000", AnyOrder, "2024-03-05T18:30:00"},
		{"202403051830", AnyOrder, "2024-03-05T18:30:00"},
		{"20241305", AnyOrder, BadDate},
		{"5 March 2024", AnyOrder, "2024-03-05"},
		{"March 5, 2024", AnyOrder, "2024-03-05"},
		{"Mar 5, 2024, 18:30", AnyOrder, "2024-03-05T18:30:00"},
		{"5-mar-2024 06:30 pm", AnyOrder, "2024-03-05T18:30:00"},
		{"5-Mar-99", AnyOrder, "1999-03-05"},
		{"30-Feb-2024", AnyOrder, BadDate},
		{"13/04/2024", AnyOrder, "2024-04-13"},
		{"04/13/2024", AnyOrder, "2024-04-13"},
		{"04/04/2024", AnyOrder, "2024-04-04"},
		{"03/04/2024", AnyOrder, AmbiguousDate},
		{"03/04/2024", YearFirst, AmbiguousDate},
		{"03/04/2024", DayFirst, "2024-04-03"},
		{"03/04/2024 9:05", MonthFirst, "2024-03-04T09:05:00"},
		{"13/04/2024", MonthFirst, BadDate},
		{"24/03/04", AnyOrder, AmbiguousDate},
		{"24/03/04", YearFirst, "2024-03-04"},
		{"04.03.24", DayFirst, "2024-03-04"},
		{"2024-03-05", DayFirst, "2024-03-05"},
		{"123/1/1", AnyOrder, BadDate},
		{"1899-12-31", AnyOrder, BadDate},
		{"45356", AnyOrder, "2024-03-05"},
		{"45356.5", AnyOrder, "2024-03-05T12:00:00"},
		{"45356.9999999", AnyOrder, "2024-03-06"},
		{"1", AnyOrder, "1900-01-01"},
		{"59", AnyOrder, "1900-02-28"},
		{"60", AnyOrder, BadDate},
		{"60.5", AnyOrder, BadDate},
		{"61", AnyOrder, "1900-03-01"},
		{"0", AnyOrder, BadDate},
		{"2024", AnyOrder, BadDate},
		{"2024", Serial, "1905-07-16"},
		{"202403", AnyOrder, BadDate},
		{"13800138000", AnyOrder, BadDate},
		{"45356", DayFirst, BadDate},
		{"43894", Serial1904, "2024-03-05"},
		{"0", Serial1904, "1904-01-01"},
		{"2958465", Serial, "9999-12-31"},
		{"2958466", Serial, BadDate},
		{"2958465.99999999", Serial, BadDate},
		{"2024-03-05", Serial, BadDate},
		{"", AnyOrder, BadDate},
		{"昨天", AnyOrder, BadDate},
	}
	for _, tt := range tests {
		t.Run(tt.in+" "+string(tt.order), func(t *testing.T) {
			d, err := ParseDate(tt.in, tt.order, shanghai)
			got := d.String()
			if e, ok := errors.AsType[*ValueError](err); ok {
				got = e.Code
			}
			if got != tt.want {
				t.Errorf("got %s (%v), want %s", got, err, tt.want)
			}
		})
	}
}

func TestParseDateKeepsTheZone(t *testing.T) {
	local, err := ParseDate("2024-03-05 18:30", AnyOrder, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	instant, err := ParseDate("2024-03-05T10:30:00Z", AnyOrder, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	if !local.Time.Equal(instant.Time) {
		t.Errorf("%v is not %v", local.Time, instant.Time)
	}
}

func TestParseDateOfADayWithoutMidnight(t *testing.T) {
	havana, err := time.LoadLocation("America/Havana")
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{"2026-03-08", "20260308", "8 Mar 2026", "46089"} {
		d, err := ParseDate(in, AnyOrder, havana)
		if want := time.Date(2026, 3, 8, 5, 0, 0, 0, time.UTC); err != nil || !d.DateOnly || !d.Time.Equal(want) || d.String() != "2026-03-08" {
			t.Errorf("%s is read as %s, %v, %v", in, d, d.Time, err)
		}
	}
}
