package crm

import (
	"cmp"
	"context"
	"io"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/crm/vcard"
	"github.com/guanxi-crm/guanxi/tenant"
)

// WriteContactCard writes a contact within the caller's scope, else ErrNotFound, as a card that phones and mail programs
// keep. What a role masks is masked.
func WriteContactCard(ctx context.Context, q *tenant.Query, id ContactID, out io.Writer) error {
	p, err := GetContact(ctx, q, id)
	if err != nil {
		return err
	}
	mask.Apply(&p, q.Caller.Masked)
	_, err = io.WriteString(out, showContactCard(nil, &p))
	return err
}

// cardFile is a file of cards, each of which is the one cell of its row.
type cardFile struct{ io.Writer }

// Write implements sheet.Writer.
func (f cardFile) Write(cells []string) error {
	_, err := io.WriteString(f.Writer, cells[0])
	return err
}

// Close implements sheet.Writer.
func (f cardFile) Close() error { return nil }

// Discard implements sheet.Writer.
func (f cardFile) Discard() {}

var (
	cardPhoneKinds   = map[string]vcard.Kind{"mobile": vcard.Mobile, "work": vcard.Work, "home": vcard.Home, "other": vcard.Other}
	cardEmailKinds   = map[string]vcard.Kind{"work": vcard.Work, "personal": vcard.Home, "other": vcard.Other}
	cardAddressKinds = map[string]vcard.Kind{"work": vcard.Work, "home": vcard.Home}
)

// showContactCard writes what an address book has a place for. The number and the address to use stand first.
func showContactCard(_ *exportWords, p *Contact) string {
	card := vcard.Card{
		UID: p.ID.String(), Name: p.Name, Company: calledBy(p.Customer), Unit: p.Department, Title: p.Title, WeChat: p.WeChat,
		Birthday: string(deref(p.Birthday)), Tags: p.Tags, Note: p.Note,
	}
	for _, phone := range mainFirst(p.phonePoints()) {
		card.Phones = append(card.Phones, vcard.Point{Kind: cardPhoneKinds[phone.kind], Value: phone.value})
	}
	for _, email := range mainFirst(p.emailPoints()) {
		card.Emails = append(card.Emails, vcard.Point{Kind: cardEmailKinds[email.kind], Value: email.value})
	}
	for _, a := range p.Addresses {
		card.Addresses = append(card.Addresses, a.card())
	}
	return card.String()
}

func (a *PostalAddress) card() vcard.Address {
	kind := cmp.Or(cardAddressKinds[a.Kind], vcard.Other)
	if a.Text != "" {
		return vcard.Address{Kind: kind, Street: a.Text}
	}
	return vcard.Address{
		Kind: kind, Street: strings.TrimSpace(a.District + " " + a.Street), City: a.City, Region: a.Province, PostalCode: a.PostalCode, Country: a.Country,
	}
}
