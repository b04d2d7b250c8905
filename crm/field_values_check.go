package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	// maxFieldText, maxFieldLongText and maxLink are how many characters values may have.
	maxFieldText     = 500
	maxFieldLongText = 10_000
	maxLink          = 2000
)

// valueCheck brings values of custom fields into the form that is kept, and gathers the mistakes in them.
type valueCheck struct {
	invalid *tenant.InvalidError
	company *tenant.Company
	caller  *tenant.Caller
	// field and path are what is looked at now, before is what the record holds there.
	field  *CustomField
	path   string
	before any
	// named are the members that were named, by path.
	named map[string]tenant.MemberID
}

// fail notes a mistake and returns no value.
func (c *valueCheck) fail(code, message string) any {
	c.invalid.Add(c.path, code, message)
	return nil
}

func (c *valueCheck) failed(key string) bool {
	return slices.ContainsFunc(c.invalid.Fields, func(f tenant.FieldError) bool { return f.Field == customPrefix+key })
}

// isMasked refuses to write over what the caller sees in part only.
func (c *valueCheck) isMasked() bool {
	field := c.field.listField().Mask
	if c.before == nil || !c.caller.Masked[field] {
		return false
	}
	mask.Refuse(c.invalid, c.caller, field, c.path)
	return true
}

func (c *valueCheck) unknown(fields []CustomField) {
	var known []string
	for i := range fields {
		if !fields[i].Archived {
			known = append(known, fields[i].Key)
		}
	}
	message := "is not a custom field of these records; there are none yet"
	if len(known) > 0 {
		message = "is not a custom field of these records; known are: " + strings.Join(known, ", ")
	}
	c.fail("unknown", message)
}

// value returns the form in which a value of the field is kept, or nil for none.
func (c *valueCheck) value(v any) any {
	if text, ok := v.(string); v == nil || ok && isBlank(text) {
		return nil
	}
	return typeNamed(c.field.Type).check(c, v)
}

func (c *valueCheck) text(v any) any {
	text, ok := v.(string)
	if !ok {
		return c.fail("invalid", "must be text")
	}
	most := maxFieldText
	if c.field.Type == longTextField {
		most = maxFieldLongText
	}
	if c.field.Max != nil {
		most = min(most, int(*c.field.Max))
	}
	before := len(c.invalid.Fields)
	checkText(c.invalid, c.path, text, most)
	if c.field.Min != nil && utf8.RuneCountInString(text) < int(*c.field.Min) {
		c.fail("too_short", fmt.Sprintf("has fewer than %d characters", int(*c.field.Min)))
	}
	if len(c.invalid.Fields) > before {
		return nil
	}
	return text
}

func (c *valueCheck) number(v any) any {
	n, ok := v.(float64)
	if !ok {
		return c.fail("invalid", "must be a number")
	}
	digits := deref(c.field.Decimals)
	d, err := decimal.NewFromFloat64(n)
	if err != nil || math.Abs(n)*math.Pow10(digits) > maxMoney {
		return c.fail("out_of_range", "has more digits than can be kept")
	}
	if d.Trim(0).Scale() > digits {
		return c.fail("too_precise", fmt.Sprintf("has more than %d digits behind the point", digits))
	}
	return c.within(n, "")
}

// within holds a number to the bounds of the field.
func (c *valueCheck) within(n float64, of string) any {
	switch low, high := c.field.Min, c.field.Max; {
	case low != nil && n < *low:
		return c.fail("out_of_range", fmt.Sprintf("must be %s or more%s", plainNumber(*low), of))
	case high != nil && n > *high:
		return c.fail("out_of_range", fmt.Sprintf("must be %s or less%s", plainNumber(*high), of))
	}
	return n
}

// money takes {"amount": minor units, "currency": "CNY"}; the currency may be left out, for there is only one.
func (c *valueCheck) money(v any) any {
	money, ok := v.(map[string]any)
	amount, whole := money["amount"].(float64)
	code := deref(c.field.Currency)
	switch {
	case !ok || !whole:
		return c.fail("invalid", `must be an amount in minor units with its currency: {"amount": 120000, "currency": "`+code+`"}`)
	case amount != math.Trunc(amount) || math.Abs(amount) > maxMoney:
		return c.fail("out_of_range", "must have an amount of whole minor units up to 2^53")
	case money["currency"] != nil && money["currency"] != code:
		return c.fail("currency_mismatch", "is kept in "+code+" only; convert it, or add a field for the other currency")
	case c.within(amount, " in minor units of "+code) == nil:
		return nil
	}
	for name := range money {
		if name != "amount" && name != "currency" {
			return c.fail("invalid", "has only amount and currency")
		}
	}
	return map[string]any{"amount": amount, "currency": code}
}

func (c *valueCheck) date(v any) any {
	text, _ := v.(string)
	at, err := time.Parse(time.DateOnly, text)
	if err != nil || at.Year() < 1000 {
		return c.fail("invalid", "must be a date from the year 1000 on, as 2026-03-01")
	}
	return text
}

func (c *valueCheck) datetime(v any) any {
	text, _ := v.(string)
	at, err := time.Parse(time.RFC3339, text)
	at = at.UTC().Truncate(time.Microsecond)
	if err != nil || at.Year() < 1000 || at.Year() > 9999 {
		return c.fail("invalid", "must be a time with its zone from the year 1000 on, as 2026-03-01T09:00:00+08:00")
	}
	return at.Format(time.RFC3339Nano)
}

func (c *valueCheck) choice(v any) any {
	key, _ := v.(string)
	at := c.field.option(key)
	switch {
	case at < 0:
		return c.fail("unknown", "must be one of "+c.field.choosable())
	case c.field.Options[at].Archived:
		return c.fail("archived", "is an option out of use; choose one of "+c.field.choosable())
	}
	return key
}

// choices takes options in any order, and keeps them in that of the field.
func (c *valueCheck) choices(v any) any {
	keys, ok := v.([]any)
	if !ok {
		return c.fail("invalid", "must be a list of options")
	}
	chosen := map[string]bool{}
	held, _ := c.before.([]any)
	for _, key := range keys {
		if !slices.Contains(held, key) {
			key = c.choice(key)
		}
		text, ok := key.(string)
		if !ok {
			return nil
		}
		chosen[text] = true
	}
	var kept []any
	for _, o := range c.field.Options {
		if chosen[o.Key] {
			kept = append(kept, o.Key)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}

func (c *valueCheck) member(v any) any {
	text, _ := v.(string)
	id, err := tenant.ParseMemberID(text)
	if err != nil || id.IsZero() {
		return c.fail("invalid", "must be a member's id, as usr_…")
	}
	if c.named == nil {
		c.named = map[string]tenant.MemberID{}
	}
	c.named[c.path] = id
	return id.String()
}

// members sees to it that everybody named is an active member of the company.
func (c *valueCheck) members(ctx context.Context, q *tenant.Query) error {
	if len(c.named) == 0 {
		return nil
	}
	ids := make([]tenant.MemberID, 0, len(c.named))
	for _, id := range c.named {
		ids = append(ids, id)
	}
	var active []tenant.MemberID
	if err := q.SelectIn(ctx, &active, `SELECT id FROM company.members WHERE id IN (?) AND status = ?`, ids, tenant.MemberActive); err != nil {
		return err
	}
	for path, id := range c.named {
		if !slices.Contains(active, id) {
			c.invalid.Add(path, "unknown", "is not an active member of this company")
		}
	}
	return nil
}

func (c *valueCheck) link(v any) any {
	text, _ := v.(string)
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || !utf8.ValidString(text):
		return c.fail("invalid", "must be a link that begins with http:// or https://")
	case utf8.RuneCountInString(text) > maxLink:
		return c.fail("too_long", fmt.Sprintf("has more than %d characters", maxLink))
	}
	return text
}

func (c *valueCheck) phone(v any) any {
	return orNothing(cleanPhone(c.invalid, c.company, c.path, textOr(v, "not text")))
}

func (c *valueCheck) email(v any) any {
	return orNothing(cleanEmail(c.invalid, c.path, textOr(v, "not text")))
}

// textOr returns a value that is text, or another that is refused.
func textOr(v any, otherwise string) string {
	if text, ok := v.(string); ok {
		return text
	}
	return otherwise
}

func orNothing(text *string) any {
	if text == nil {
		return nil
	}
	return *text
}

func (c *valueCheck) yesNo(v any) any {
	if _, ok := v.(bool); !ok {
		return c.fail("invalid", "must be true or false")
	}
	return v
}

// choosable names the options that can be chosen.
func (f *CustomField) choosable() string {
	var keys []string
	for _, o := range f.Options {
		if !o.Archived {
			keys = append(keys, o.Key)
		}
	}
	return strings.Join(keys, ", ")
}

// preset returns the default of the field, or nil.
func (f *CustomField) preset() (v any, err error) {
	err = json.Unmarshal(f.Preset, &v)
	return v, err
}

// plainNumber writes a number without an exponent.
func plainNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
