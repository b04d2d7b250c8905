// Package vcard reads and writes the cards in which phones, mail programs and address books exchange people: vCard 2.1,
// 3.0 (RFC 2426) and 4.0 (RFC 6350).
//
// It owns what a card is: where one begins and ends, folded lines, quoted-printable, character sets, escapes, and which
// property of which program means what. It leaves to others what becomes of a card.
//
// It reads by itself, because github.com/emersion/go-vcard knows only what RFC 6350 allows: of a card of version 2.1 it
// loses every number and address (TEL;CELL:…), it does not decode text, it tells an escaped semicolon from none neither when
// it reads nor when it writes, and one photo of 4 MB keeps it busy for a minute.
package vcard

import (
	"errors"
	"strings"
	"unicode"
)

// Card is what a card says of a person, or of a company.
type Card struct {
	Line   int   // of its BEGIN, the first of the file being 1
	Broken error // why what is here may not be all of it: ErrUnclosed or ErrTooBig
	Group  bool  // a list of other cards, not a person

	UID       string // never read
	Name      string
	Company   string
	Unit      string // department, and what is below it behind slashes
	Title     string
	Phones    []Point // the preferred one first, as all that follow
	Faxes     []Point
	Emails    []Point
	WeChat    string
	Addresses []Address
	Websites  []string
	Birthday  string // 2006-01-02
	BirthDay  string // what the card says in its place when that is not a whole date, as --03-05; never written
	Tags      []string
	Note      string
}

// Why a card is broken.
var (
	ErrUnclosed = errors.New("the card has no END:VCARD, so that part of it may be missing")
	ErrTooBig   = errors.New("the card is too big")
)

// Kind says which of somebody's numbers or addresses one is.
type Kind string

// The kinds. Cards often leave it open.
const (
	Mobile Kind = "mobile"
	Work   Kind = "work"
	Home   Kind = "home"
	Other  Kind = "other"
)

// Point is a phone number or an e-mail address, as the card has it.
type Point struct {
	Kind  Kind // empty when the card does not say
	Value string
}

// Address is a postal address in its parts.
type Address struct {
	Kind                                      Kind
	Street, City, Region, PostalCode, Country string
}

// Text is the address in one line: from the country down to the house where it is Chinese, and as an envelope has it
// otherwise.
func (a Address) Text() string {
	region := strings.TrimSpace(a.Region + " " + a.PostalCode)
	parts, between := []string{a.Street, a.City, region, a.Country}, ", "
	if hasHan(a.Street + a.City + a.Region + a.Country) {
		parts, between = []string{a.Country, a.PostalCode, a.Region, a.City, a.Street}, " "
	}
	return joined(between, parts...)
}

// joined joins what is not blank.
func joined(between string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, between)
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
