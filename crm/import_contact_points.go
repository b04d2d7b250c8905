package crm

import (
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/sheet"
)

// phonesOf are the numbers of a kind. A cell adds numbers to those that are there; the first of a row is the one to call. In
// the column of the first kind, which is also that of numbers of which nothing is said, a file has the number to call before
// the others, whichever its kind.
func phonesOf(kind string) fieldValue {
	return valueOf(func(p *rowParser, c *Contact, cell string) error { return p.readPhones(c, kind, cell) }, func(_ *exportWords, c *Contact) string {
		return showKind(c.phonePoints(), phoneKinds, kind)
	})
}

// emailsOf is the same for e-mail addresses.
func emailsOf(kind string) fieldValue {
	return valueOf(func(_ *rowParser, c *Contact, cell string) error { return readEmails(c, kind, cell) }, func(_ *exportWords, c *Contact) string {
		return showKind(c.emailPoints(), emailKinds, kind)
	})
}

func (p *rowParser) readPhones(c *Contact, kind, cell string) error {
	for _, word := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("/、,，;；|\n", r) }) {
		if isBlank(word) {
			continue
		}
		phone, err := sheet.ParsePhone(word, region(p.company))
		if err != nil {
			return err
		}
		p.noteExtension(phone)
		if at := slices.IndexFunc(c.Phones, func(old ContactPhone) bool { return old.Number == phone.E164 }); at < 0 {
			c.Phones = append(slices.Clip(c.Phones), ContactPhone{
				Kind: kind, Number: phone.E164, National: sheet.NationalPhone(phone.E164), Primary: len(c.Phones) == 0,
			})
		} else if kind != phoneKinds[0] {
			c.Phones = slices.Clone(c.Phones)
			c.Phones[at].Kind = kind
		}
	}
	return fewEnough(len(c.Phones), "phone numbers")
}

func readEmails(c *Contact, kind, cell string) error {
	for _, word := range listed(cell) {
		address, err := sheet.ParseEmail(word)
		if err != nil {
			return err
		}
		if at := slices.IndexFunc(c.Emails, func(old ContactEmail) bool { return strings.EqualFold(old.Address, address) }); at < 0 {
			c.Emails = append(slices.Clip(c.Emails), ContactEmail{Kind: kind, Address: address, Primary: len(c.Emails) == 0})
		} else if kind != emailKinds[0] {
			c.Emails = slices.Clone(c.Emails)
			c.Emails[at].Kind = kind
		}
	}
	return fewEnough(len(c.Emails), "e-mail addresses")
}

// kindred is a number or an address, and whether it is the main one.
type kindred struct {
	kind, value string
	main        bool
}

func (p *Contact) phonePoints() []kindred {
	points := make([]kindred, len(p.Phones))
	for i, phone := range p.Phones {
		points[i] = kindred{phone.Kind, phone.Number, phone.Primary}
	}
	return points
}

func (p *Contact) emailPoints() []kindred {
	points := make([]kindred, len(p.Emails))
	for i, email := range p.Emails {
		points[i] = kindred{email.Kind, email.Address, email.Primary}
	}
	return points
}

// mainFirst brings the main one to the front.
func mainFirst(points []kindred) []kindred {
	slices.SortStableFunc(points, func(a, b kindred) int {
		switch {
		case a.main == b.main:
			return 0
		case a.main:
			return -1
		}
		return 1
	})
	return points
}

// showKind lists those of a kind.
func showKind(points []kindred, kinds []string, kind string) string {
	rank := func(p kindred) int { return slices.Index(kinds, p.kind) }
	var values []string
	for i, p := range mainFirst(points) {
		leads := i == 0 && kind == kinds[0] && slices.ContainsFunc(points, func(other kindred) bool { return rank(other) < rank(p) })
		if p.kind == kind || leads {
			values = append(values, p.value)
		}
	}
	return strings.Join(values, "; ")
}
