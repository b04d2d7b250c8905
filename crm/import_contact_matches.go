package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// contactMatches decides about contacts.
type contactMatches struct {
	parser *rowParser
	q      *tenant.Query
	book   map[string][]knownContact
	// current holds the contacts that rows may change, as they are.
	current map[tenant.RecordID]Contact
	// led are the customers that have a main contact.
	led map[CustomerID]bool
}

// knownContact is a contact by what it is recognised.
type knownContact struct {
	known
	name           string
	customer       CustomerID
	phones, emails []string
}

func recognised(p *Contact, line int) knownContact {
	k := knownContact{known: known{tenant.RecordID(p.ID), p.OwnerID, line}, name: search.NameKey(p.Name), customer: p.CustomerID}
	for _, phone := range p.Phones {
		k.phones = append(k.phones, phone.Number)
	}
	for _, email := range p.Emails {
		k.emails = append(k.emails, strings.ToLower(email.Address))
	}
	return k
}

// sameAs reports by what two contacts are taken for one, or "". People of a firm share numbers, so the name has to be the
// same; and there are many of one name, so something else has to be, and nothing may speak against it.
func (k *knownContact) sameAs(other *knownContact) string {
	switch {
	case k.name == "" || k.name != other.name:
		return ""
	case shared(k.phones, other.phones):
		return "phone"
	case shared(k.emails, other.emails):
		return "email"
	case k.customer == other.customer && !differ(k.phones, other.phones) && !differ(k.emails, other.emails):
		return "name"
	}
	return ""
}

func shared(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

func differ(a, b []string) bool { return len(a) > 0 && len(b) > 0 && !shared(a, b) }

func (m *contactMatches) add(k *knownContact) {
	for _, phone := range k.phones {
		m.book["phone"+phone] = append(m.book["phone"+phone], *k)
	}
	for _, email := range k.emails {
		m.book["email"+email] = append(m.book["email"+email], *k)
	}
	m.book["name"+k.name] = append(m.book["name"+k.name], *k)
}

func (m *contactMatches) byKey(key, value string) []known {
	var found []known
	for _, k := range m.book[key+value] {
		found = append(found, k.known)
	}
	return found
}

func (m *contactMatches) duplicate(e *entry) (known, string) {
	k := recognised(recordAs[*Contact](e.record), 0)
	for _, other := range m.book["name"+k.name] {
		if by := k.sameAs(&other); by != "" {
			return other.known, by
		}
	}
	return known{}, ""
}

func (m *contactMatches) create(_ context.Context, e *entry) ([]ImportProblem, error) {
	p := recordAs[*Contact](e.record)
	m.lead(p)
	k := recognised(p, e.row.Line)
	m.add(&k)
	return nil, nil
}

// update lays the row's values over the contact.
func (m *contactMatches) update(_ context.Context, e *entry, id tenant.RecordID) (result, error) {
	before, ok := m.current[id]
	if !ok {
		return m.parser.gone(e), nil
	}
	after := before
	if problems := m.parser.complete(&after, e.row); len(problems) > 0 {
		return rejected(e, problems...), nil
	}
	after.Customer, after.CreatedAt = nil, before.CreatedAt // history is not rewritten
	if m.q.Caller.Masked[maskContactPhone] {
		after.Phones = before.Phones
	}
	if m.q.Caller.Masked[maskContactEmail] {
		after.Emails = before.Emails
	}
	switch said := recordAs[*Contact](e.record); {
	case !said.CustomerID.IsZero() && said.CustomerID != before.CustomerID:
		after.CustomerID, after.OwnerID = said.CustomerID, said.OwnerID
		m.lead(&after)
	case !before.CustomerID.IsZero():
		after.OwnerID = before.OwnerID
	}
	change, err := changeContact(m.q, before, after)
	if err != nil {
		return result{}, err
	}
	if len(change.previous) > 0 {
		m.current[id] = change.after
	}
	return m.parser.updated(e, id, &change), nil
}

func matchContacts(ctx context.Context, tx *tenant.Tx, p *rowParser, entries []entry, lock string) (matcher, error) {
	m := &contactMatches{parser: p, q: tx.Query, book: map[string][]knownContact{}, current: map[tenant.RecordID]Contact{}, led: map[CustomerID]bool{}}
	if err := m.place(ctx, entries, lock); err != nil {
		return nil, err
	}
	if err := m.read(ctx, entries); err != nil || p.options.Mode == ModeCreate {
		return m, err
	}
	return m, m.readCurrent(ctx, entries, lock)
}

// read looks for contacts of the whole company, for a duplicate is one whoever owns it. Fields that are masked for the
// caller recognise nobody.
func (m *contactMatches) read(ctx context.Context, entries []entry) error {
	phones, emails, names := []string{""}, []string{""}, []string{""} // never an empty list
	for i := range entries {
		p := recordAs[*Contact](entries[i].record)
		k := recognised(p, 0)
		names = append(names, search.NameSort(p.Name))
		if !m.q.Caller.Masked[maskContactPhone] {
			phones = append(phones, k.phones...)
		}
		if !m.q.Caller.Masked[maskContactEmail] {
			emails = append(emails, k.emails...)
		}
	}
	var found []Contact
	if err := m.q.SelectIn(ctx, &found, fmt.Sprintf(`SELECT p.id, p.owner_id, p.customer_id, p.name, p.phones, p.emails FROM company.contacts p
		JOIN (SELECT record_id id FROM company.contact_points WHERE field_id = %d AND value IN (?)
			UNION SELECT record_id FROM company.contact_points WHERE field_id = %d AND value IN (?)
			UNION (SELECT id FROM company.contacts WHERE name_sort IN (?) AND name_sort <> '' LIMIT %d)) f ON f.id = p.id
		WHERE p.deleted_at IS NULL`, phonePoint, emailPoint, matchLimit), phones, emails, names); err != nil {
		return err
	}
	for i := range found {
		k := recognised(&found[i], 0)
		if m.q.Caller.Masked[maskContactPhone] {
			k.phones = nil
		}
		if m.q.Caller.Masked[maskContactEmail] {
			k.emails = nil
		}
		m.add(&k)
	}
	return nil
}

// readCurrent reads the contacts that rows may change.
func (m *contactMatches) readCurrent(ctx context.Context, entries []entry, lock string) error {
	var rows []Contact
	if err := m.q.SelectIn(ctx, &rows, `SELECT `+contactColumns+` FROM company.contacts p
		WHERE p.id IN (?) AND p.deleted_at IS NULL ORDER BY p.id `+lock, m.parser.toChange(m.q, m, entries)); err != nil {
		return err
	}
	if err := fillTags(ctx, m.q, rows, (*Contact).tagged, lock); err != nil {
		return err
	}
	for _, p := range rows {
		m.current[p.recordID()] = p
	}
	return nil
}
