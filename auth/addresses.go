package auth

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/idna"

	"github.com/guanxi-crm/guanxi/tenant"
)

// address is what somebody signs in by: an e-mail or a phone number, in the one form that is stored.
type address struct{ email, phone string }

func (a address) isZero() bool   { return a == address{} }
func (a address) String() string { return a.email + a.phone }

// localPart is what stands before the @ in practice. Quoted forms exist on paper only.
var localPart = regexp.MustCompile("^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$")

// maxEmail is the longest address that mail can be delivered to, in bytes.
const maxEmail = 254

// ParseEmail returns the stored form of an e-mail address: trimmed, lower-case, its domain in ASCII. It
// returns *tenant.InvalidError for the field.
func ParseEmail(field, text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return "", tenant.Invalid(field, "required", "is required")
	}
	invalid := tenant.Invalid(field, "invalid", "is not an e-mail address; write it as name@company.com")
	if len(text) > maxEmail {
		return "", tenant.Invalid(field, "too_long", "must have at most 254 characters")
	}
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Name != "" || parsed.Address != text {
		return "", invalid
	}
	at := strings.LastIndexByte(text, '@')
	domain, err := idna.Lookup.ToASCII(text[at+1:])
	if err != nil || !localPart.MatchString(text[:at]) || !strings.Contains(strings.Trim(domain, "."), ".") {
		return "", invalid
	}
	email := text[:at] + "@" + domain
	if len(email) > maxEmail {
		return "", tenant.Invalid(field, "too_long", "must have at most 254 characters")
	}
	return email, nil
}

// ParsePhone returns a phone number in E.164. Numbers without a country code are Chinese for the locale
// zh-CN and refused for others. It returns *tenant.InvalidError for the field.
func ParsePhone(field, text, locale string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", tenant.Invalid(field, "required", "is required")
	}
	region := phonenumbers.UNKNOWN_REGION
	if locale == "zh-CN" {
		region = "CN"
	}
	if len(text) <= 40 {
		number, err := phonenumbers.Parse(text, region)
		if err == nil && phonenumbers.IsValidNumber(number) && number.GetExtension() == "" {
			return phonenumbers.Format(number, phonenumbers.E164), nil
		}
	}
	return "", tenant.Invalid(field, "invalid", "is not a phone number; write it with the country code, as +86 138 0013 8000")
}

// parseIdentifier reads what somebody typed to sign in. It returns the zero address for what cannot be
// one: such a person does not exist.
func parseIdentifier(text string) address {
	if strings.Contains(text, "@") {
		email, err := ParseEmail("identifier", text)
		if err != nil {
			return address{}
		}
		return address{email: email}
	}
	phone, err := ParsePhone("identifier", text, "zh-CN")
	if err != nil {
		return address{}
	}
	return address{phone: phone}
}

// maxName is the longest name of a person or company, in characters.
const maxName = 200

// ParseName returns a name without surrounding space. It returns *tenant.InvalidError for the field.
func ParseName(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", tenant.Invalid(field, "required", "is required")
	case utf8.RuneCountInString(text) > maxName:
		return "", tenant.Invalid(field, "too_long", "must have at most 200 characters")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return "", tenant.Invalid(field, "invalid", "must not contain control characters or line breaks")
	}
	return text, nil
}

// maxTitle is the longest job title, in characters.
const maxTitle = 100

// ParseTitle returns a job title without surrounding space; it may be empty. It returns *tenant.InvalidError for the
// field.
func ParseTitle(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case utf8.RuneCountInString(text) > maxTitle:
		return "", tenant.Invalid(field, "too_long", "must have at most 100 characters")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return "", tenant.Invalid(field, "invalid", "must not contain control characters or line breaks")
	}
	return text, nil
}

// ParseLocale returns the language, zh-CN when none is given.
func ParseLocale(field, text string) (string, error) {
	switch text {
	case "", "zh-CN":
		return "zh-CN", nil
	case "en":
		return "en", nil
	}
	return "", tenant.Invalid(field, "unknown", "must be zh-CN or en")
}
