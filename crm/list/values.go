package list

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	expr "google.golang.org/genproto/googleapis/api/expr/v1alpha1"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// value reads the right side of a comparison as the field's kind. What it returns the database can compare with.
func (c *compiler) value(name string, f Field, e *expr.Expr) (any, error) {
	v, err := c.read(name, f, e)
	if err == nil && f.Kept != nil {
		v = f.Kept(v)
	}
	return v, c.at(e, err)
}

func (c *compiler) read(name string, f Field, e *expr.Expr) (any, error) {
	switch f.Kind {
	case Number:
		return number(name, e)
	case Time:
		return c.moment(name, e)
	case Date:
		return c.day(name, e)
	}
	text, ok := textOf(e)
	if !ok {
		return nil, badFilter("not_text", name, "compares "+name+" with something that is not text; put it in quotes")
	}
	switch f.Kind {
	case Bool:
		if text != "true" && text != "false" {
			return nil, badFilter("not_boolean", name, "compares "+name+" with something other than true or false")
		}
		return text == "true", nil
	case Member:
		if text == "me" {
			return c.q.Caller.Member, nil
		}
		id, err := tenant.ParseMemberID(text)
		if err != nil || id.IsZero() {
			return nil, badFilter("not_member", name, "compares "+name+" with something other than me or a member's id")
		}
		return id, nil
	case ID:
		id, err := f.Parse(text)
		if err != nil || text == "" {
			return nil, badFilter("not_id", name, "compares "+name+" with something other than an id")
		}
		return id, nil
	case Tags:
		return f.Parse(text)
	case Enum, Choices:
		if !slices.Contains(f.Values, text) {
			return nil, notKnown("unknown_word", name, "compares "+name+" with a word it does not know", f.Values)
		}
		return text, nil
	default:
		// An escape within quotes can make bytes that are no characters.
		if !utf8.ValidString(text) {
			return nil, badFilter("not_utf8", name, "compares "+name+" with text that is not valid UTF-8")
		}
		return text, nil
	}
}

// number reads a finite number, bare or in quotes.
func number(name string, e *expr.Expr) (any, error) {
	n, ok := numberOf(e)
	if text, quoted := textOf(e); !ok && quoted {
		parsed, err := strconv.ParseFloat(text, 64)
		n, ok = parsed, err == nil
	}
	if !ok || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, badFilter("not_number", name, "compares "+name+" with something that is not a number")
	}
	return n, nil
}

// moment reads ago("7d"), ahead("2w"), a timestamp, or a date, which is midnight in the company's time zone.
func (c *compiler) moment(name string, e *expr.Expr) (time.Time, error) {
	zone := c.q.Company.Location()
	call := e.GetCallExpr()
	if call == nil || len(call.GetArgs()) != 1 {
		text, ok := textOf(e)
		if !ok {
			return time.Time{}, badFilter("not_time", name, "compares "+name+" with something that is not a time; write \"2026-03-01\", a timestamp, ago(\"7d\") or ahead(\"7d\")")
		}
		return parseMoment(name, text, zone)
	}
	text, _ := textOf(call.GetArgs()[0])
	if call.GetFunction() == "timestamp" {
		return parseMoment(name, text, zone)
	}
	span, err := fromNow(name, call.GetFunction(), text)
	return c.q.Now.Add(span), err
}

// fromNow reads ago("7d") and ahead("2w").
func fromNow(name, function, text string) (time.Duration, error) {
	span, err := parseSpan(text)
	if err != nil {
		return 0, badFilter("bad_span", name, "has a span of time that cannot be read; write it as 90m, 12h, 7d or 2w")
	}
	switch function {
	case "ago":
		return -span, nil
	case "ahead":
		return span, nil
	}
	return 0, notKnown("unknown_function", name, "compares "+name+" with a function that is not known", []string{"ago", "ahead", "timestamp"})
}

// day reads what moment does, as the day on which it is in the company's time zone. From today clocks are counted and not
// hours: a day ago is yesterday also when today or yesterday has 23 hours or 25.
func (c *compiler) day(name string, e *expr.Expr) (any, error) {
	if call := e.GetCallExpr(); call != nil && len(call.GetArgs()) == 1 && call.GetFunction() != "timestamp" {
		text, _ := textOf(call.GetArgs()[0])
		span, err := fromNow(name, call.GetFunction(), text)
		now := c.q.Now.In(c.q.Company.Location())
		clock := time.Date(now.Year(), now.Month(), now.Day(), now.Hour(), now.Minute(), now.Second(), 0, time.UTC)
		return clock.Add(span).Format(time.DateOnly), err
	}
	at, err := c.moment(name, e)
	if err != nil {
		return nil, err
	}
	if there := at.In(c.q.Company.Location()); storable(there) {
		at = there
	}
	return at.Format(time.DateOnly), nil
}

func parseMoment(name, text string, zone *time.Location) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t, err = time.Parse(time.DateOnly, text)
		t = recurrence.WallOf(t, time.UTC).In(zone)
	}
	if err != nil {
		return time.Time{}, badFilter("unreadable_time", name, "compares "+name+" with a time that cannot be read; write \"2026-03-01\" or \"2026-03-01T09:00:00+08:00\"")
	}
	t = t.UTC().Truncate(time.Microsecond)
	if !storable(t) {
		return time.Time{}, badFilter("time_range", name, fmt.Sprintf("compares %s with a time outside the years %d to %d", name, 1000, 9999))
	}
	return t, nil
}

// storable reports whether the database can compare with a time.
func storable(t time.Time) bool { return t.Year() >= 1000 && t.Year() <= 9999 }

// parseSpan reads a whole number of minutes, hours, days or weeks, at most 100 years.
func parseSpan(text string) (time.Duration, error) {
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if len(text) < 2 {
		return 0, strconv.ErrSyntax
	}
	unit, ok := units[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 32)
	if !ok || err != nil || time.Duration(n) > 100*366*24*time.Hour/unit {
		return 0, strconv.ErrSyntax
	}
	return time.Duration(n) * unit, nil
}

// pathOf returns the dotted name of a field.
func pathOf(e *expr.Expr) (string, bool) {
	if ident := e.GetIdentExpr(); ident != nil {
		return ident.GetName(), true
	}
	if sel := e.GetSelectExpr(); sel != nil {
		operand, ok := pathOf(sel.GetOperand())
		return operand + "." + sel.GetField(), ok
	}
	return "", false
}

// textOf returns quoted text, or a bare word.
func textOf(e *expr.Expr) (string, bool) {
	if ident := e.GetIdentExpr(); ident != nil {
		return ident.GetName(), true
	}
	if c, ok := e.GetConstExpr().GetConstantKind().(*expr.Constant_StringValue); ok {
		return c.StringValue, true
	}
	return "", false
}

func numberOf(e *expr.Expr) (float64, bool) {
	switch c := e.GetConstExpr().GetConstantKind().(type) {
	case *expr.Constant_Int64Value:
		return float64(c.Int64Value), true
	case *expr.Constant_DoubleValue:
		return c.DoubleValue, true
	}
	return 0, false
}
