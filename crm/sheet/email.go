package sheet

import (
	"net/mail"
	"strings"
)

const (
	maxEmail = 254 // RFC 5321, 4.5.3.1.3 less the angle brackets
	maxLocal = 64
	maxLabel = 63
)

// ParseEmail reads one bare address, with or without "mailto:", and lower-cases its domain. The part before the @
// stays as typed, for its case may matter. Errors are *ValueError.
func ParseEmail(s string) (string, error) {
	s = strings.TrimPrefix(halfWidth(s), "mailto:")
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s {
		return "", invalid(BadEmail, "write one e-mail address such as name@example.com, without a name or a second address")
	}
	at := strings.LastIndexByte(s, '@')
	local, domain := s[:at], strings.ToLower(s[at+1:])
	if len(s) > maxEmail || len(local) > maxLocal {
		return "", invalid(BadEmail, "the e-mail address is too long; at most 254 characters are allowed, 64 of them before the @")
	}
	if !validDomain(domain) {
		return "", invalid(BadEmail, "the part behind the @ is not a domain such as example.com")
	}
	return local + "@" + domain, nil
}

func validDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || len(l) > maxLabel || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsAny(l, "[]_!#$%&'*+/=?^`{|}~") {
			return false
		}
	}
	return len(labels) > 1
}
