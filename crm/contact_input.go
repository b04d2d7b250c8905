package crm

import (
	"context"
	"errors"

	bcp47 "golang.org/x/text/language"

	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// NewContact is what a contact is made of.
type NewContact struct {
	ID           *ContactID       `json:"id,omitempty" doc:"An id made by the client, for creating offline; it may be used once."`
	Name         string           `json:"name" minLength:"1" maxLength:"200" doc:"What the person is called." example:"王芳"`
	CustomerID   *CustomerID      `json:"customer_id,omitempty" doc:"The customer whose person it is."`
	Title        string           `json:"title,omitempty" maxLength:"100" doc:"Position." example:"采购总监"`
	Department   string           `json:"department,omitempty" maxLength:"100" doc:"Where in the firm." example:"采购部"`
	Role         string           `json:"role,omitempty" enum:",decision_maker,influencer,user,billing,technical,other" doc:"Part in what the customer buys." example:"decision_maker"`
	Primary      bool             `json:"primary,omitempty" doc:"Whether it is the customer's main contact, in place of another. A customer's first is it anyway."`
	Phones       []ContactPhone   `json:"phones,omitempty" maxItems:"10" doc:"Phone numbers."`
	Emails       []ContactEmail   `json:"emails,omitempty" maxItems:"10" doc:"E-mail addresses."`
	WeChat       string           `json:"wechat,omitempty" maxLength:"64" doc:"WeChat id 微信号." example:"wangfang_88"`
	Addresses    []PostalAddress  `json:"addresses,omitempty" maxItems:"5" doc:"Postal addresses."`
	Birthday     *Date            `json:"birthday,omitempty" format:"date" doc:"Day of birth." example:"1988-05-20"`
	Language     string           `json:"language,omitempty" maxLength:"35" doc:"Preferred language (BCP 47)." example:"zh-CN"`
	DoNotContact bool             `json:"do_not_contact,omitempty" doc:"The person does not want to be contacted at all."`
	Consents     Consents         `json:"consents,omitempty" doc:"What the person has consented to or objected to, by channel."`
	Source       string           `json:"source,omitempty" maxLength:"64" doc:"Where the contact came from." example:"exhibition"`
	Note         string           `json:"note,omitempty" maxLength:"10000" doc:"Free text."`
	Tags         []string         `json:"tags,omitempty" maxItems:"50" doc:"Names of tags; new ones are made." example:"[\"vip\"]"`
	Custom       CustomValues     `json:"custom,omitempty" doc:"Values of the company's own fields by their keys."`
	OwnerID      *tenant.MemberID `json:"owner_id,omitempty" doc:"Who looks after a contact without a customer; the caller when left out."`
}

// ContactPatch changes some fields; what is absent stays, null clears.
type ContactPatch struct {
	Name         patch.Field[string]          `json:"name,omitzero" minLength:"1" maxLength:"200" doc:"What the person is called." example:"王芳"`
	CustomerID   patch.Field[CustomerID]      `json:"customer_id,omitzero" doc:"Moves the contact to another customer, with whose owner it goes; null to none."`
	Title        patch.Field[string]          `json:"title,omitzero" maxLength:"100" doc:"Position." example:"采购总监"`
	Department   patch.Field[string]          `json:"department,omitzero" maxLength:"100" doc:"Where in the firm." example:"采购部"`
	Role         patch.Field[string]          `json:"role,omitzero" enum:",decision_maker,influencer,user,billing,technical,other" doc:"Part in what the customer buys." example:"influencer"`
	Primary      patch.Field[bool]            `json:"primary,omitzero" doc:"Whether it is the customer's main contact, in place of another."`
	Phones       patch.Field[[]ContactPhone]  `json:"phones,omitzero" doc:"Replaces all phone numbers."`
	Emails       patch.Field[[]ContactEmail]  `json:"emails,omitzero" doc:"Replaces all e-mail addresses."`
	WeChat       patch.Field[string]          `json:"wechat,omitzero" maxLength:"64" doc:"WeChat id 微信号." example:"wangfang_88"`
	Addresses    patch.Field[[]PostalAddress] `json:"addresses,omitzero" doc:"Replaces all postal addresses."`
	Birthday     patch.Field[Date]            `json:"birthday,omitzero" format:"date" doc:"Day of birth." example:"1988-05-20"`
	Language     patch.Field[string]          `json:"language,omitzero" maxLength:"35" doc:"Preferred language (BCP 47)." example:"zh-CN"`
	DoNotContact patch.Field[bool]            `json:"do_not_contact,omitzero" doc:"The person does not want to be contacted at all."`
	Consents     patch.Field[Consents]        `json:"consents,omitzero" doc:"Changes the channels it names; null clears all."`
	Source       patch.Field[string]          `json:"source,omitzero" maxLength:"64" doc:"Where the contact came from." example:"exhibition"`
	Note         patch.Field[string]          `json:"note,omitzero" maxLength:"10000" doc:"Free text."`
	Tags         patch.Field[[]string]        `json:"tags,omitzero" doc:"Replaces all tags; new ones are made." example:"[\"vip\"]"`
	Custom       patch.Field[CustomValues]    `json:"custom,omitzero" doc:"Changes the company's own fields: keys that are absent stay, null clears."`
	OwnerID      patch.Field[tenant.MemberID] `json:"owner_id,omitzero" doc:"Hands over a contact without a customer; null makes it nobody's."`
}

// contact checks the input and fills in what it leaves open.
func (in NewContact) contact(ctx context.Context, tx *tenant.Tx) (Contact, error) {
	p := Contact{
		ID: tenant.NewID[contactKind](), Name: in.Name, Title: in.Title, Department: in.Department, Role: in.Role, Primary: in.Primary,
		Phones: in.Phones, Emails: in.Emails, WeChat: in.WeChat, Addresses: in.Addresses, Birthday: in.Birthday, Language: in.Language,
		DoNotContact: in.DoNotContact, Source: in.Source, Note: in.Note, Tags: in.Tags, OwnerID: tx.Caller.Member, CreatedBy: tx.Caller.Member,
		CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if in.ID != nil && !in.ID.IsZero() {
		p.ID = *in.ID
	}
	if in.CustomerID != nil {
		p.CustomerID = *in.CustomerID
	}
	invalid := &tenant.InvalidError{}
	p.Consents = Consents{}.with(invalid, in.Consents, tx.Now)
	p.check(invalid, tx.Company)
	if err := p.place(ctx, tx, invalid, Contact{}, in.OwnerID, contactCreate); err != nil {
		return Contact{}, err
	}
	var err error
	if p.Custom, err = newCustom(ctx, tx, invalid, "contact", in.Custom, true); err != nil {
		return Contact{}, err
	}
	if err := invalid.Err(); err != nil {
		return Contact{}, err
	}
	return p, nameTags(ctx, tx.Query, p.Tags)
}

// check examines what creating and changing have in common.
func (p *Contact) check(invalid *tenant.InvalidError, company *tenant.Company) {
	checkRequired(invalid, "name", p.Name, 200)
	checkText(invalid, "title", p.Title, 100)
	checkText(invalid, "department", p.Department, 100)
	checkWord(invalid, "role", p.Role, contactRoles)
	checkText(invalid, "wechat", p.WeChat, 64)
	checkDate(invalid, "birthday", p.Birthday)
	checkText(invalid, "source", p.Source, 64)
	checkText(invalid, "note", p.Note, 10_000)
	if p.Language != "" && !isLanguage(p.Language) {
		invalid.Add("language", "unknown", "is not a language tag; write it as zh-CN or en")
	}
	p.Phones = p.Phones.clean(invalid, company)
	p.Emails = p.Emails.clean(invalid)
	p.Addresses = p.Addresses.clean(invalid)
	p.Tags = cleanTags(invalid, "tags", p.Tags)
}

func isLanguage(tag string) bool {
	_, err := bcp47.Parse(tag)
	return err == nil && len(tag) <= 35
}

// place puts a contact where it belongs: to its customer and with that to the customer's owner, or to an owner of its
// own. The customer stays locked, so that neither its owner nor its main contact changes meanwhile. before is the zero
// Contact for a new one, owner who was named.
func (p *Contact) place(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, before Contact, owner *tenant.MemberID, permission tenant.Permission) error {
	fresh := before.ID.IsZero()
	moved := fresh || p.CustomerID != before.CustomerID
	if moved && !fresh && !tx.Scope(permission).Includes(before.OwnerID) {
		invalid.Add("customer_id", "out_of_scope", "the contact is only shared with you; its owner can move it")
	}
	if p.CustomerID.IsZero() {
		p.Primary = false
		return p.giveTo(ctx, tx, invalid, before, owner, permission)
	}
	if !moved && p.Primary == before.Primary && owner == nil {
		return nil
	}
	customer, err := lockCustomer(ctx, tx, p.CustomerID, permission, 0)
	if errors.Is(err, tenant.ErrNotFound) {
		invalid.Add("customer_id", "unknown", "is not a customer whose people you may change")
		return nil
	}
	if err != nil {
		return err
	}
	if p.OwnerID = customer.OwnerID; owner != nil && *owner != customer.OwnerID {
		invalid.Add("owner_id", "invalid", "is that of the customer; hand the customer over instead")
	}
	if moved && !p.Primary {
		main, err := primaryContact(ctx, tx, customer.ID)
		p.Primary = main == nil
		return err
	}
	return nil
}

// giveTo settles who looks after a contact without a customer.
func (p *Contact) giveTo(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, before Contact, owner *tenant.MemberID, permission tenant.Permission) error {
	if owner == nil {
		return nil
	}
	p.OwnerID = *owner
	switch {
	case before.ID.IsZero():
		return checkOwner(ctx, tx, invalid, "owner_id", *owner, permission)
	case *owner != before.OwnerID:
		return checkHandOver(ctx, tx, invalid, permission, before.OwnerID, *owner)
	}
	return nil
}

func (in ContactPatch) apply(ctx context.Context, tx *tenant.Tx, before Contact) (Contact, error) {
	p, invalid := before, &tenant.InvalidError{}
	p.Name, p.Title, p.Department, p.Role = in.Name.Or(p.Name), in.Title.Or(p.Title), in.Department.Or(p.Department), in.Role.Or(p.Role)
	p.CustomerID, p.Primary, p.WeChat, p.Language = in.CustomerID.Or(p.CustomerID), in.Primary.Or(p.Primary), in.WeChat.Or(p.WeChat), in.Language.Or(p.Language)
	p.Birthday, p.DoNotContact = in.Birthday.OrNull(p.Birthday), in.DoNotContact.Or(p.DoNotContact)
	p.Source, p.Note, p.Tags = in.Source.Or(p.Source), in.Note.Or(p.Note), in.Tags.Or(p.Tags)
	p.Addresses = in.Addresses.Or(p.Addresses)
	if in.Phones.Set {
		mask.Refuse(invalid, tx.Caller, maskContactPhone, "phones")
		p.Phones = in.Phones.Value
	}
	if in.Emails.Set {
		mask.Refuse(invalid, tx.Caller, maskContactEmail, "emails")
		p.Emails = in.Emails.Value
	}
	if in.Consents.Null {
		p.Consents = Consents{}
	}
	p.Consents = p.Consents.with(invalid, in.Consents.Value, tx.Now)
	p.check(invalid, tx.Company)
	var owner *tenant.MemberID
	if in.OwnerID.Set {
		owner = &in.OwnerID.Value
	}
	if p.CustomerID != before.CustomerID {
		p.Primary = in.Primary.Value // it was that of another customer
	}
	if err := p.place(ctx, tx, invalid, before, owner, contactUpdate); err != nil {
		return Contact{}, err
	}
	var err error
	if p.Custom, err = changedCustom(ctx, tx, invalid, "contact", p.Custom, in.Custom); err != nil {
		return Contact{}, err
	}
	if err := invalid.Err(); err != nil {
		return Contact{}, err
	}
	if !in.Tags.Set {
		return p, nil
	}
	return p, nameTags(ctx, tx.Query, p.Tags)
}
