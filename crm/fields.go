package crm

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/currency"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// region is the country whose phone numbers are written without a country code in this company.
func region(company *tenant.Company) string {
	switch {
	case company.Locale == "zh-CN", company.TimeZone == "Asia/Shanghai":
		return "CN"
	case strings.HasPrefix(company.TimeZone, "America/"):
		return "US"
	}
	return "ZZ" // no country: numbers need their code
}

// cleanPhone returns the number as E.164, or nil for none.
func cleanPhone(invalid *tenant.InvalidError, company *tenant.Company, name, text string) *string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	phone, err := sheet.ParsePhone(text, region(company))
	if err != nil {
		invalid.Add(name, "invalid", "is not a phone number; write it with its country code, as +86 138 0013 8000")
		return nil
	}
	return &phone.E164
}

// cleanEmail returns the address with its domain in lower case, or nil for none.
func cleanEmail(invalid *tenant.InvalidError, name, text string) *string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	email, err := sheet.ParseEmail(text)
	if err != nil {
		invalid.Add(name, "invalid", "is not an e-mail address; write it as name@company.com")
		return nil
	}
	return &email
}

func checkCurrency(invalid *tenant.InvalidError, name string, code *string) {
	if code == nil {
		return
	}
	unit, err := currency.ParseISO(*code)
	if err != nil || unit.String() != *code {
		invalid.Add(name, "unknown", "is not an ISO 4217 currency; write it as CNY")
	}
}

// maxMoney is the largest whole number that every client's JSON keeps exactly.
const maxMoney = 1 << 53

// checkText sees to it that a text can be stored as it is: as characters, and no more of them than there is room for.
func checkText(invalid *tenant.InvalidError, name, text string, most int) {
	switch {
	case !utf8.ValidString(text):
		invalid.Add(name, "invalid", "is not valid UTF-8 text")
	case utf8.RuneCountInString(text) > most:
		invalid.Add(name, "too_long", fmt.Sprintf("has more than %d characters", most))
	}
}

// checkRequired is checkText for a text that has to show something.
func checkRequired(invalid *tenant.InvalidError, name, text string, most int) {
	if isBlank(text) {
		invalid.Add(name, "required", "is required")
		return
	}
	checkText(invalid, name, text, most)
}

// checkWord sees to it that a word is one of a fixed set.
func checkWord(invalid *tenant.InvalidError, name, word string, known []string) {
	if !slices.Contains(known, word) {
		invalid.Add(name, "unknown", "must be one of "+strings.Join(known, ", "))
	}
}

func checkNumber[T int | int64](invalid *tenant.InvalidError, name string, n *T, least, most int64) {
	if n != nil && (int64(*n) < least || int64(*n) > most) {
		invalid.Add(name, "out_of_range", fmt.Sprintf("must be %d to %d", least, most))
	}
}

// isBlank reports whether a text shows nothing.
func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// checkTime keeps out times that are slips of the pen.
func checkTime(invalid *tenant.InvalidError, name string, t *time.Time) {
	if t != nil && (t.Year() < 1970 || t.Year() > 2200) {
		invalid.Add(name, "out_of_range", "must be between 1970 and 2200")
	}
}

// checkDate is checkTime for days.
func checkDate(invalid *tenant.InvalidError, name string, d *Date) {
	if d == nil {
		return
	}
	if _, err := ParseDate(string(*d)); err != nil {
		invalid.Add(name, "invalid", "must be a date between 1900 and 2200, as 2026-03-31")
	}
}

// utc is a time as the database keeps it.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC().Truncate(time.Microsecond)
	return &u
}
