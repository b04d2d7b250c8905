package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

type contactKind struct{}

func (contactKind) Prefix() string { return "con" }

// ContactID identifies a person whom we deal with (con_…).
type ContactID = tenant.ID[contactKind]

// ParseContactID reads a contact's id.
func ParseContactID(s string) (ContactID, error) { return tenant.ParseID[contactKind](s) }

// Contact is a person whom we deal with, mostly at a customer: 联系人.
type Contact struct {
	ID         ContactID  `db:"id" json:"id" doc:"The contact's id." example:"con_01h455vb4pex5vsknk084sn02q"`
	Name       string     `db:"name" json:"name" doc:"What the person is called." example:"王芳"`
	CustomerID CustomerID `db:"customer_id" json:"customer_id" nullable:"true" doc:"The customer whose person it is; null for nobody's."`
	// Customer and MayContact are filled in where contacts are read, and left out of events.
	Customer   *CustomerCard   `db:"-" json:"customer,omitempty" doc:"The customer, unless that is out of your reach."`
	Title      string          `db:"title" json:"title" doc:"Position." example:"采购总监"`
	Department string          `db:"department" json:"department" doc:"Where in the firm." example:"采购部"`
	Role       string          `db:"role" json:"role" enum:",decision_maker,influencer,user,billing,technical,other" doc:"Part in what the customer buys; empty while that is not known." example:"decision_maker"`
	Primary    bool            `db:"is_primary" json:"primary" doc:"Whether it is the customer's main contact. A customer has at most one."`
	Phones     contactPhones   `db:"phones" json:"phones" nullable:"false" doc:"Phone numbers."`
	Emails     contactEmails   `db:"emails" json:"emails" nullable:"false" doc:"E-mail addresses."`
	WeChat     string          `db:"wechat" json:"wechat" doc:"WeChat id 微信号." example:"wangfang_88"`
	Addresses  postalAddresses `db:"addresses" json:"addresses" nullable:"false" doc:"Postal addresses."`
	Birthday   *Date           `db:"birthday" json:"birthday" format:"date" doc:"Day of birth." example:"1988-05-20"`
	Language   string          `db:"language" json:"language" doc:"Preferred language (BCP 47); empty while that is not known." example:"zh-CN"`
	// DoNotContact and Consents are what the person has said; MayContact is what comes of it.
	DoNotContact bool            `db:"do_not_contact" json:"do_not_contact" doc:"The person does not want to be contacted at all."`
	Consents     Consents        `db:"consents" json:"consents" doc:"What the person has consented to or objected to, by channel."`
	MayContact   []string        `db:"-" json:"may_contact" doc:"Channels by which the person may be contacted, as far as they and their customer have said; null in events and previews of imports."`
	Source       string          `db:"source" json:"source" doc:"Where the contact came from." example:"exhibition"`
	Note         string          `db:"note" json:"note" doc:"Free text."`
	Tags         []string        `db:"-" json:"tags" nullable:"false" doc:"Names of the tags, in alphabetical order." example:"[\"vip\"]"`
	Custom       CustomValues    `db:"custom" json:"custom" mask:"by form" doc:"Values of the company's own fields by their keys; /v1/custom-fields says what they are."`
	OwnerID      tenant.MemberID `db:"owner_id" json:"owner_id" nullable:"true" doc:"Who looks after the contact: always the customer's owner, if there is a customer."`
	CreatedBy    tenant.MemberID `db:"created_by" json:"created_by" nullable:"true" doc:"Who made the record; null for the system."`
	CreatedAt    time.Time       `db:"created_at" json:"created_at" doc:"When the record was made (UTC)."`
	UpdatedAt    time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version      int64           `db:"version" json:"-"`

	NameSort string `db:"name_sort" json:"-"`
}

const contactColumns = `p.id, p.name, p.customer_id, p.title, p.department, p.role, p.is_primary, p.phones, p.emails, p.wechat, p.addresses,
	p.birthday, p.language, p.do_not_contact, p.consents, p.source, p.note, p.custom, p.owner_id, p.created_by, p.created_at, p.updated_at,
	p.version, p.name_sort`

// contactRoles are the parts that people have in what their firm buys.
var contactRoles = []string{"", "decision_maker", "influencer", "user", "billing", "technical", "other"}

var contacts = &list.Resource{
	Name: "contacts", Table: "company.contacts", Alias: "p", OwnerColumn: "p.owner_id", CustomerColumn: "p.customer_id", Owner: "owner",
	Order: "updated_at desc", Live: "p.deleted_at IS NULL", Trash: "contacts_deleted",
	Fields: map[string]list.Field{
		"id":             {Kind: list.ID, Column: "p.id", Rare: true, Parse: func(s string) (any, error) { return ParseContactID(s) }},
		"name":           {Kind: list.Text, Column: "p.name", Sort: "p.name_sort", Indexes: append(contactIndexes("name"), list.By("contacts_customer", "customer"))},
		"customer":       {Kind: list.ID, Column: "p.customer_id", Nullable: true, Parse: func(s string) (any, error) { return ParseCustomerID(s) }},
		"owner":          {Kind: list.Member, Column: "p.owner_id", Nullable: true},
		"title":          {Kind: list.Text, Column: "p.title"},
		"department":     {Kind: list.Text, Column: "p.department"},
		"role":           {Kind: list.Enum, Column: "NULLIF(p.role, '')", Values: contactRoles[1:], Nullable: true},
		"primary":        {Kind: list.Bool, Column: "p.is_primary"},
		"phone":          pointField(phonePoint, maskContactPhone),
		"email":          pointField(emailPoint, maskContactEmail),
		"wechat":         {Kind: list.Text, Column: "p.wechat"},
		"birthday":       {Kind: list.Date, Column: "p.birthday", Nullable: true},
		"language":       {Kind: list.Text, Column: "p.language"},
		"do_not_contact": {Kind: list.Bool, Column: "p.do_not_contact"},
		"source":         {Kind: list.Text, Column: "p.source"},
		"note":           {Kind: list.Text, Column: "p.note"},
		"tags":           {Kind: list.Tags, Column: "p.id", Parse: parseTag},
		"created_by":     {Kind: list.Member, Column: "p.created_by", Nullable: true},
		"created_at":     {Kind: list.Time, Column: "p.created_at", Sort: "p.created_at", Indexes: contactIndexes("created")},
		"updated_at":     {Kind: list.Time, Column: "p.updated_at", Sort: "p.updated_at", Indexes: contactIndexes("updated")},
	},
}

// The fields of a contact that a role may mask.
const (
	maskContactPhone = "contact.phone"
	maskContactEmail = "contact.email"
)

// contactIndexes names the two keys of an order: over the whole company, and over one owner's contacts.
func contactIndexes(order string) []list.Index {
	return []list.Index{list.By("contacts_" + order), list.By("contacts_owner_"+order, "owner")}
}

// pointField is a field of which a contact has several values.
func pointField(kind pointKind, mask string) list.Field {
	return list.Field{Kind: list.Text, Column: "v.value", Nullable: true, Mask: mask, Side: &list.Side{Table: "company.contact_points", Field: kind}}
}

func (p Contact) sortKey(column string) (any, [16]byte) {
	switch column {
	case "p.name_sort":
		return p.NameSort, p.ID
	case "p.created_at":
		return p.CreatedAt, p.ID
	}
	return p.UpdatedAt, p.ID
}

func (p *Contact) tagged() (tenant.RecordID, *[]string) { return tenant.RecordID(p.ID), &p.Tags }

func (p *Contact) carded() (CustomerID, **CustomerCard) { return p.CustomerID, &p.Customer }

// ListContacts returns one page of the contacts within the caller's scope: of one customer, or of all when it is the
// zero id.
func ListContacts(ctx context.Context, q *tenant.Query, customer CustomerID, in ListQuery) (Page[Contact], error) {
	if !customer.IsZero() {
		if _, err := GetCustomer(ctx, q, customer); err != nil {
			return Page[Contact]{}, err
		}
	}
	p, err := planContacts(ctx, q, customer, in)
	if err != nil {
		return Page[Contact]{}, err
	}
	page, err := list.Read(ctx, q, p, contactColumns, in.Count, Contact.sortKey)
	if err != nil {
		return Page[Contact]{}, err
	}
	return page, fillContacts(ctx, q, page.Data)
}

// planAllContacts plans a list of contacts, whoever's people they are.
func planAllContacts(ctx context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error) {
	return planContacts(ctx, q, CustomerID{}, in)
}

func planContacts(ctx context.Context, q *tenant.Query, customer CustomerID, in ListQuery) (*list.Plan, error) {
	var extra []list.Condition
	if !customer.IsZero() {
		extra = append(extra, list.Condition{SQL: "p.customer_id = ?", Args: []any{customer}})
	}
	resource, err := customised(ctx, q, contacts, in)
	if err != nil {
		return nil, err
	}
	plan, err := list.New(q, resource, in, q.Scope(contactRead), extra...)
	if err != nil {
		return nil, err
	}
	if !customer.IsZero() {
		plan.UseIndex("contacts_customer") // a customer has few, which are sorted soon enough
	}
	if in.Q == "" {
		return plan, nil
	}
	plan.Search(search.Words(search.Contacts, "p", in.Q, contacts.IsMasked(q.Caller)))
	return plan, nil
}

// fillContacts gives the contacts of a page what stands in other tables.
func fillContacts(ctx context.Context, q *tenant.Query, page []Contact) error {
	if err := fillTags(ctx, q, page, (*Contact).tagged, ""); err != nil {
		return err
	}
	return fillCustomers(ctx, q, page)
}

// fillCustomers gives them what their customers have to do with them.
func fillCustomers(ctx context.Context, q *tenant.Query, page []Contact) error {
	if err := fillCards(ctx, q, page, (*Contact).carded); err != nil {
		return err
	}
	return fillMayContact(ctx, q, page)
}

// GetContact returns a contact within the caller's scope, else ErrNotFound.
func GetContact(ctx context.Context, q *tenant.Query, id ContactID) (Contact, error) {
	p, err := findContact(ctx, q, id, contactRead, "")
	if err != nil {
		return Contact{}, err
	}
	return p.filled(ctx, q)
}

// filled is the contact, which has its tags, with what else stands in other tables.
func (p Contact) filled(ctx context.Context, q *tenant.Query) (Contact, error) {
	one := []Contact{p}
	err := fillCustomers(ctx, q, one)
	return one[0], err
}

// lockContact is GetContact for a change: the row stays locked until the transaction ends. version, when not 0, must be
// the record's, else ErrStale.
func lockContact(ctx context.Context, tx *tenant.Tx, id ContactID, permission tenant.Permission, version int64) (Contact, error) {
	p, err := findContact(ctx, tx.Query, id, permission, "FOR UPDATE")
	if err == nil && version != 0 && version != p.Version {
		err = fmt.Errorf("contact %s: %w", id, tenant.ErrStale)
	}
	return p, err
}

func findContact(ctx context.Context, q *tenant.Query, id ContactID, permission tenant.Permission, lock string) (Contact, error) {
	visible, args := q.Scope(permission).Where("p.owner_id", "p.customer_id")
	var p Contact
	if err := q.Get(ctx, &p, `SELECT `+contactColumns+` FROM company.contacts p
		WHERE p.id = ? AND p.deleted_at IS NULL AND `+visible+` `+lock, append([]any{id}, args...)...); err != nil {
		return Contact{}, fmt.Errorf("contact %s: %w", id, err)
	}
	one := []Contact{p}
	err := fillTags(ctx, q, one, (*Contact).tagged, lock)
	return one[0], err
}
