package sheet

import (
	"regexp"
	"strings"
	"time"
)

var (
	timeOfDay   = regexp.MustCompile(`^[T\s]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$`)
	halfOfDay   = regexp.MustCompile(`(?i)\s*(am|pm|a\.m\.|p\.m\.|上午|下午|晚上|凌晨|中午)\s*`)
	chineseTime = regexp.MustCompile(`(\d{1,2})\s*[时点]\s*(?:(\d{1,2})\s*分?)?\s*(?:(\d{1,2})\s*秒)?$`)
)

// withTime adds the time of day that follows a date, if there is one.
func withTime(day time.Time, rest string) (Date, error) {
	if strings.TrimSpace(rest) == "" {
		return Date{Time: day, DateOnly: true}, nil
	}
	half := ""
	if m := halfOfDay.FindStringSubmatch(rest); m != nil {
		half = strings.ToLower(strings.ReplaceAll(m[1], ".", ""))
		rest = halfOfDay.ReplaceAllString(rest, " ")
	}
	m := timeOfDay.FindStringSubmatch(strings.TrimRight(rest, " "))
	if m == nil {
		return badDate()
	}
	hour, minute, second := atoi(m[1]), atoi(m[2]), max(0, atoi(m[3]))
	hour, ok := fullHour(hour, half)
	if !ok || minute > 59 || second > 59 {
		return badDate()
	}
	return Date{Time: time.Date(day.Year(), day.Month(), day.Day(), hour, minute, second, 0, time.UTC)}, nil
}

func fullHour(hour int, half string) (int, bool) {
	switch half {
	case "pm", "下午", "晚上":
		if hour < 12 {
			hour += 12
		}
	case "am", "上午", "凌晨":
		if hour == 12 {
			hour = 0
		}
	case "中午":
		if hour < 11 {
			hour += 12
		}
	}
	return hour, hour >= 0 && hour < 24
}

// clockTime turns 18时5分 into 18:05.
func clockTime(s string) string {
	m := chineseTime.FindStringSubmatch(s)
	minute := m[2]
	if minute == "" {
		minute = "0"
	}
	out := m[1] + ":" + pad(minute)
	if m[3] != "" {
		out += ":" + pad(m[3])
	}
	return out
}

func pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}
