package crm

import (
	"cmp"
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ContactPhone is one of somebody's phone numbers.
type ContactPhone struct {
	Kind     string `json:"kind,omitempty" enum:"mobile,work,home,other" doc:"Which; mobile when left out." example:"mobile"`
	Number   string `json:"number" maxLength:"64" mask:"contact.phone" doc:"Any usual form; kept as E.164." example:"+8613800138000"`
	National string `json:"national,omitempty" mask:"contact.phone" doc:"The same as it is dialled in its own country. Made from number; what is sent is not looked at." example:"138 0013 8000"`
	Primary  bool   `json:"primary,omitempty" doc:"Whether it is the one to call. The first is it when none says so."`
}

// ContactEmail is one of somebody's e-mail addresses.
type ContactEmail struct {
	Kind    string `json:"kind,omitempty" enum:"work,personal,other" doc:"Which; work when left out." example:"work"`
	Address string `json:"address" maxLength:"254" mask:"contact.email" doc:"The address." example:"wangfang@yunfan.example"`
	Primary bool   `json:"primary,omitempty" doc:"Whether it is the one to write to. The first is it when none says so."`
}

var (
	phoneKinds = []string{"mobile", "work", "home", "other"}
	emailKinds = []string{"work", "personal", "other"}
)

const maxPoints = 10

// clean brings numbers into the form that is kept, of which one is the one to call.
func (l contactPhones) clean(invalid *tenant.InvalidError, company *tenant.Company) contactPhones {
	kept := make(contactPhones, len(l))
	points := pointCheck{invalid: invalid, field: "phones", seen: map[string]bool{}}
	for i, p := range l {
		if p.Kind == "" {
			p.Kind = phoneKinds[0]
		}
		path := points.path(i)
		checkWord(invalid, path+".kind", p.Kind, phoneKinds)
		number := cleanPhone(invalid, company, path+".number", cmp.Or(p.Number, "none"))
		p.Number = deref(number)
		p.National = sheet.NationalPhone(p.Number)
		points.add(i, p.Number, p.Primary)
		kept[i] = p
	}
	if points.end(len(l)) {
		kept[0].Primary = true
	}
	return kept
}

// clean is the same for e-mail addresses.
func (l contactEmails) clean(invalid *tenant.InvalidError) contactEmails {
	kept := make(contactEmails, len(l))
	points := pointCheck{invalid: invalid, field: "emails", seen: map[string]bool{}}
	for i, e := range l {
		if e.Kind == "" {
			e.Kind = emailKinds[0]
		}
		path := points.path(i)
		checkWord(invalid, path+".kind", e.Kind, emailKinds)
		e.Address = deref(cleanEmail(invalid, path+".address", cmp.Or(e.Address, "none")))
		points.add(i, e.Address, e.Primary)
		kept[i] = e
	}
	if points.end(len(l)) {
		kept[0].Primary = true
	}
	return kept
}

// pointCheck looks over a list of which one is the main one.
type pointCheck struct {
	invalid *tenant.InvalidError
	field   string
	seen    map[string]bool
	main    bool
}

func (c *pointCheck) path(i int) string { return fmt.Sprintf("%s[%d]", c.field, i) }

func (c *pointCheck) add(i int, value string, main bool) {
	switch {
	case value == "":
	case c.seen[value]:
		c.invalid.Add(c.path(i), "repeated", "stands there twice")
	case main && c.main:
		c.invalid.Add(c.path(i)+".primary", "invalid", "is true twice; one of them is the main one")
	}
	c.seen[value], c.main = true, c.main || main
}

// end reports whether the first has to be the main one.
func (c *pointCheck) end(n int) bool {
	if n > maxPoints {
		c.invalid.Add(c.field, "too_many", fmt.Sprintf("holds more than %d", maxPoints))
	}
	return n > 0 && !c.main
}

// pointKind tells the rows of contact_points apart.
type pointKind int

const (
	phonePoint pointKind = iota + 1
	emailPoint
)

// writePoints writes the phone numbers and e-mail addresses of contacts that have none written.
func writePoints(ctx context.Context, tx *tenant.Tx, all []Contact) error {
	rows := tx.Bulk(`INSERT INTO company.contact_points (record_id, field_id, item, value) VALUES`, 4, "")
	for i := range all {
		for item, phone := range all[i].Phones {
			if err := rows.Add(ctx, all[i].ID, phonePoint, item, phone.Number); err != nil {
				return err
			}
		}
		for item, email := range all[i].Emails {
			if err := rows.Add(ctx, all[i].ID, emailPoint, item, email.Address); err != nil {
				return err
			}
		}
	}
	return rows.Flush(ctx)
}

// dropPoints removes them.
func dropPoints(ctx context.Context, tx *tenant.Tx, ids []ContactID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.ExecIn(ctx, `DELETE FROM company.contact_points WHERE record_id IN (?)`, ids)
	return err
}
