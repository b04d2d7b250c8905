package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type customerKind struct{}

func (customerKind) Prefix() string { return "cus" }

// CustomerID identifies a customer (cus_…).
type CustomerID = tenant.ID[customerKind]

// ParseCustomerID reads a customer's id.
func ParseCustomerID(s string) (CustomerID, error) { return tenant.ParseID[customerKind](s) }

// Customer is a company or person we sell to: 客户. One in the stage potential is what others call a lead.
type Customer struct {
	ID              CustomerID `db:"id" json:"id" doc:"The customer's id." example:"cus_01h455vb4pex5vsknk084sn02q"`
	Name            string     `db:"name" json:"name" doc:"Company or person." example:"云帆科技"`
	ContactName     string     `db:"contact_name" json:"contact_name" doc:"Main contact person." example:"王志强"`
	Phone           *string    `db:"phone" json:"phone" mask:"customer.phone" doc:"E.164; in part where a role masks it." example:"+8613800138000"`
	Email           *string    `db:"email" json:"email" mask:"customer.email" doc:"Main e-mail; in part where a role masks it." example:"wang@yunfan.example"`
	Website         string     `db:"website" json:"website" doc:"Web address." example:"https://yunfan.example"`
	Address         string     `db:"address" json:"address" doc:"Street, number and room, or the whole address in words." example:"世纪大道 100 号 12 楼"`
	District        string     `db:"district" json:"district" doc:"District or county." example:"浦东新区"`
	City            string     `db:"city" json:"city" doc:"City." example:"上海市"`
	Region          string     `db:"region" json:"region" doc:"Province or state, or a region as the company calls it." example:"上海市"`
	PostalCode      string     `db:"postal_code" json:"postal_code" doc:"Postal code." example:"200120"`
	Country         string     `db:"country" json:"country" doc:"ISO 3166 code; empty where it is not known." example:"CN"`
	ParentID        CustomerID `db:"parent_id" json:"parent_id" nullable:"true" doc:"The company that it is a part of, which may be out of your reach or in the trash; null without one. The filter parent finds the parts of a company."`
	Industry        string     `db:"industry" json:"industry" doc:"Line of business." example:"software"`
	Employees       *int       `db:"employees" json:"employees" doc:"Number of employees." example:"120"`
	Revenue         *int64     `db:"revenue" json:"revenue" doc:"Yearly revenue in minor units of revenue_currency." example:"120000000"`
	RevenueCurrency *string    `db:"revenue_currency" json:"revenue_currency" doc:"ISO 4217 currency of revenue." example:"CNY"`
	Source          string     `db:"source" json:"source" doc:"Source channel: where the customer came from." example:"exhibition"`
	Note            string     `db:"note" json:"note" doc:"Free text." example:"Met at the fair."`
	// OwnerID decides who sees the customer.
	OwnerID           tenant.MemberID `db:"owner_id" json:"owner_id" nullable:"true" doc:"The member who looks after the customer; null in the public pool."`
	Lifecycle         string          `db:"lifecycle" json:"lifecycle" enum:"potential,interested,won,lost" doc:"Stage: potential 潜在, interested 意向, won 成交, lost 流失."`
	LifecycleSince    time.Time       `db:"lifecycle_since" json:"lifecycle_since" doc:"When the stage was entered (UTC)."`
	LostReason        string          `db:"lost_reason" json:"lost_reason" doc:"Why the customer was lost; empty otherwise."`
	LastInteractionAt *time.Time      `db:"last_interaction_at" json:"last_interaction_at" doc:"Last logged interaction (UTC), null when there was none."`
	LastInteractionBy tenant.MemberID `db:"last_interaction_by" json:"last_interaction_by" nullable:"true" doc:"Who logged it; null before."`
	// SilenceFrom is the start of the silence that is counted now.
	SilenceFrom    time.Time       `db:"silence_from" json:"quiet_since" doc:"What the silence rule counts days from: the last interaction, entry into the stage, creation or hand-over, whichever was last (UTC)."`
	NextFollowUpAt *time.Time      `db:"next_follow_up_at" json:"next_follow_up_at" doc:"Due time of the earliest open task (UTC), null without one."`
	DoNotContact   bool            `db:"do_not_contact" json:"do_not_contact" doc:"The customer does not want to be contacted."`
	Consents       Consents        `db:"consents" json:"consents" doc:"What the customer has consented to or objected to, by channel. It holds for its contacts too."`
	Tags           []string        `db:"-" json:"tags" nullable:"false" doc:"Names of the tags, in alphabetical order." example:"[\"vip\"]"`
	Custom         CustomValues    `db:"custom" json:"custom" mask:"by form" doc:"Values of the company's own fields by their keys; /v1/custom-fields says what they are."`
	CreatedBy      tenant.MemberID `db:"created_by" json:"created_by" nullable:"true" doc:"Who made the record; null for the system."`
	CreatedAt      time.Time       `db:"created_at" json:"created_at" doc:"When the record was made (UTC)."`
	UpdatedAt      time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version        int64           `db:"version" json:"-"`

	// Parent says in files what the parent is called.
	Parent              *CustomerCard `db:"-" json:"-"`
	NameSort            string        `db:"name_sort" json:"-"`
	LastInteractionSort time.Time     `db:"last_interaction_sort" json:"-"`
	NextFollowUpSort    time.Time     `db:"next_follow_up_sort" json:"-"`
	// OwnerSince is when the owner got the customer.
	OwnerSince time.Time `db:"owner_since" json:"-"`
}

const customerColumns = `c.id, c.name, c.contact_name, c.phone, c.email, c.website, c.address, c.district, c.city,
	c.region, c.postal_code, c.country, c.parent_id, c.industry, c.employees,
	c.revenue, c.revenue_currency, c.source, c.note, c.owner_id, c.lifecycle, c.lifecycle_since, c.lost_reason,
	c.last_interaction_at, c.last_interaction_by, c.next_follow_up_at, c.do_not_contact, c.created_by, c.created_at,
	c.updated_at, c.version, c.name_sort, c.last_interaction_sort, c.next_follow_up_sort, c.silence_from, c.owner_since, c.custom, c.consents`

var customers = &list.Resource{
	Name: "customers", Table: "company.customers", Alias: "c", OwnerColumn: "c.owner_id", CustomerColumn: "c.id", Owner: "owner",
	Order: "updated_at desc", Live: "c.deleted_at IS NULL", Trash: "customers_deleted",
	Fields: map[string]list.Field{
		"id":                  {Kind: list.ID, Column: "c.id", Rare: true, Parse: func(s string) (any, error) { return ParseCustomerID(s) }},
		"name":                {Kind: list.Text, Column: "c.name", Sort: "c.name_sort", Indexes: ownedIndexes("name")},
		"contact_name":        {Kind: list.Text, Column: "c.contact_name"},
		"phone":               {Kind: list.Text, Column: "c.phone", Rare: true, Mask: maskPhone},
		"email":               {Kind: list.Text, Column: "c.email", Rare: true, Mask: maskEmail},
		"website":             {Kind: list.Text, Column: "c.website"},
		"address":             {Kind: list.Text, Column: "c.address"},
		"district":            {Kind: list.Text, Column: "c.district"},
		"city":                {Kind: list.Text, Column: "c.city"},
		"region":              {Kind: list.Text, Column: "c.region"},
		"postal_code":         {Kind: list.Text, Column: "c.postal_code"},
		"country":             {Kind: list.Text, Column: "c.country"},
		"parent":              {Kind: list.ID, Column: "c.parent_id", Nullable: true, Rare: true, Parse: func(s string) (any, error) { return ParseCustomerID(s) }},
		"industry":            {Kind: list.Text, Column: "c.industry"},
		"employees":           {Kind: list.Number, Column: "c.employees", Nullable: true},
		"revenue":             {Kind: list.Number, Column: "c.revenue", Nullable: true},
		"source":              {Kind: list.Text, Column: "c.source"},
		"note":                {Kind: list.Text, Column: "c.note"},
		"owner":               {Kind: list.Member, Column: "c.owner_id", Nullable: true},
		"lifecycle":           {Kind: list.Enum, Column: "c.lifecycle", Values: Stages},
		"lifecycle_since":     {Kind: list.Time, Column: "c.lifecycle_since"},
		"last_interaction_at": {Kind: list.Time, Column: "c.last_interaction_at", Nullable: true, Sort: "c.last_interaction_sort", Indexes: ownedIndexes("last_interaction")},
		"next_follow_up_at":   {Kind: list.Time, Column: "c.next_follow_up_at", Nullable: true, Sort: "c.next_follow_up_sort", Indexes: ownedIndexes("next_follow_up")},
		"quiet":               {Kind: list.Bool, Derive: isQuiet},
		"quiet_since":         {Kind: list.Time, Column: "c.silence_from"},
		"do_not_contact":      {Kind: list.Bool, Column: "c.do_not_contact"},
		"tags":                {Kind: list.Tags, Column: "c.id", Parse: parseTag},
		"campaign": {Kind: list.Text, Column: "fs.campaign",
			Within: "EXISTS (SELECT 1 FROM company.form_submissions fs WHERE fs.customer_id = c.id AND %s)"},
		"created_by": {Kind: list.Member, Column: "c.created_by", Nullable: true},
		"created_at": {Kind: list.Time, Column: "c.created_at", Sort: "c.created_at", Indexes: ownedIndexes("created")},
		"updated_at": {Kind: list.Time, Column: "c.updated_at", Sort: "c.updated_at", Indexes: append(ownedIndexes("updated"),
			list.By("customers_lifecycle_updated", "lifecycle"), list.By("customers_owner_lifecycle_updated", "owner", "lifecycle"))},
	},
}

// The fields of customers that roles may mask, as the tags of Customer name them too.
const (
	maskPhone = "customer.phone"
	maskEmail = "customer.email"
)

// ownedIndexes names the two keys of an order: over the whole company, and over one owner's customers.
func ownedIndexes(order string) []list.Index {
	return []list.Index{list.By("customers_" + order), list.By("customers_owner_"+order, "owner")}
}

func (c Customer) sortKey(column string) (any, [16]byte) {
	switch column {
	case "c.name_sort":
		return c.NameSort, c.ID
	case "c.last_interaction_sort":
		return c.LastInteractionSort, c.ID
	case "c.next_follow_up_sort":
		return c.NextFollowUpSort, c.ID
	case "c.created_at":
		return c.CreatedAt, c.ID
	}
	return c.UpdatedAt, c.ID
}

func (c *Customer) tagged() (tenant.RecordID, *[]string) { return tenant.RecordID(c.ID), &c.Tags }

// customMade and customTo show a customer as it is made, and before a change, with what its custom fields hold after it.
func (c *Customer) customMade() customRecord {
	return customRecord{id: tenant.RecordID(c.ID), after: c.Custom}
}

func (c *Customer) customTo(after CustomValues) customRecord {
	return customRecord{tenant.RecordID(c.ID), c.Custom, after}
}

// ListCustomers returns one page of the customers within the caller's scope.
func ListCustomers(ctx context.Context, q *tenant.Query, in ListQuery) (Page[Customer], error) {
	p, err := planCustomers(ctx, q, in)
	if err != nil {
		return Page[Customer]{}, err
	}
	page, err := list.Read(ctx, q, p, customerColumns, in.Count, Customer.sortKey)
	if err != nil {
		return Page[Customer]{}, err
	}
	return page, fillTags(ctx, q, page.Data, (*Customer).tagged, "")
}

func planCustomers(ctx context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error) {
	resource, err := customised(ctx, q, customers, in)
	if err != nil {
		return nil, err
	}
	p, err := list.New(q, resource, in, q.Scope(customerRead))
	if err != nil || in.Q == "" {
		return p, err
	}
	p.Search(search.Words(search.Customers, "c", in.Q, customers.IsMasked(q.Caller)))
	return p, nil
}

// GetCustomer returns a customer within the caller's scope, else ErrNotFound.
func GetCustomer(ctx context.Context, q *tenant.Query, id CustomerID) (Customer, error) {
	return findCustomer(ctx, q, id, customerRead, "")
}

// lockCustomer is GetCustomer for a change: the row stays locked until the transaction ends. version, when
// not 0, must be the record's, else ErrStale.
func lockCustomer(ctx context.Context, tx *tenant.Tx, id CustomerID, permission tenant.Permission, version int64) (Customer, error) {
	c, err := findCustomer(ctx, tx.Query, id, permission, "FOR UPDATE")
	if err == nil && version != 0 && version != c.Version {
		err = fmt.Errorf("customer %s: %w", id, tenant.ErrStale)
	}
	return c, err
}

func findCustomer(ctx context.Context, q *tenant.Query, id CustomerID, permission tenant.Permission, lock string) (Customer, error) {
	visible, args := q.Scope(permission).Where("c.owner_id", "c.id")
	var c Customer
	err := q.Get(ctx, &c, `SELECT `+customerColumns+` FROM company.customers c
		WHERE c.id = ? AND c.deleted_at IS NULL AND `+visible+` `+lock, append([]any{id}, args...)...)
	if errors.Is(err, tenant.ErrNotFound) {
		err = whereMerged(ctx, q, id, permission, err)
	}
	if err != nil {
		return Customer{}, fmt.Errorf("customer %s: %w", id, err)
	}
	one := []Customer{c}
	err = fillTags(ctx, q, one, (*Customer).tagged, lock)
	return one[0], err
}

// readCustomer returns a customer whoever asks, also one in the trash.
func readCustomer(ctx context.Context, q *tenant.Query, id CustomerID) (Customer, error) {
	one := make([]Customer, 1)
	if err := q.Get(ctx, &one[0], `SELECT `+customerColumns+` FROM company.customers c WHERE c.id = ?`, id); err != nil {
		return Customer{}, fmt.Errorf("customer %s: %w", id, err)
	}
	return one[0], fillTags(ctx, q, one, (*Customer).tagged, "")
}

// NewCustomer is what a customer is made of.
type NewCustomer struct {
	ID              *CustomerID      `json:"id,omitempty" doc:"An id made by the client, for creating offline; it may be used once."`
	Name            string           `json:"name" minLength:"1" maxLength:"200" doc:"Company or person." example:"云帆科技"`
	ContactName     string           `json:"contact_name,omitempty" maxLength:"200" doc:"Main contact person." example:"王志强"`
	Phone           string           `json:"phone,omitempty" maxLength:"64" doc:"Any usual form; kept as E.164." example:"138 0013 8000"`
	Email           string           `json:"email,omitempty" maxLength:"254" doc:"Main e-mail." example:"wang@yunfan.example"`
	Website         string           `json:"website,omitempty" maxLength:"500" doc:"Web address." example:"https://yunfan.example"`
	Address         string           `json:"address,omitempty" maxLength:"500" doc:"Street, number and room, or the whole address in words." example:"世纪大道 100 号 12 楼"`
	District        string           `json:"district,omitempty" maxLength:"100" doc:"District or county." example:"浦东新区"`
	City            string           `json:"city,omitempty" maxLength:"100" doc:"City." example:"上海市"`
	Region          string           `json:"region,omitempty" maxLength:"100" doc:"Province or state, or a region as the company calls it." example:"上海市"`
	PostalCode      string           `json:"postal_code,omitempty" maxLength:"20" doc:"Postal code." example:"200120"`
	Country         string           `json:"country,omitempty" maxLength:"2" doc:"ISO 3166 code." example:"CN"`
	ParentID        *CustomerID      `json:"parent_id,omitempty" doc:"The company that it is a part of: another customer whom you can see."`
	Industry        string           `json:"industry,omitempty" maxLength:"100" doc:"Line of business." example:"software"`
	Employees       *int             `json:"employees,omitempty" minimum:"0" maximum:"2000000000" doc:"Number of employees." example:"120"`
	Revenue         *int64           `json:"revenue,omitempty" minimum:"-9007199254740992" maximum:"9007199254740992" doc:"Yearly revenue in minor units." example:"120000000"`
	RevenueCurrency *string          `json:"revenue_currency,omitempty" doc:"ISO 4217; the company's currency when left out." example:"CNY"`
	Source          string           `json:"source,omitempty" maxLength:"64" doc:"Source channel." example:"exhibition"`
	Note            string           `json:"note,omitempty" maxLength:"10000" doc:"Free text." example:"Met at the fair."`
	OwnerID         *tenant.MemberID `json:"owner_id,omitempty" doc:"Who looks after the customer; the caller when left out."`
	Lifecycle       string           `json:"lifecycle,omitempty" enum:"potential,interested,won,lost" doc:"First stage; potential when left out." example:"potential"`
	DoNotContact    bool             `json:"do_not_contact,omitempty" doc:"The customer does not want to be contacted."`
	Consents        Consents         `json:"consents,omitempty" doc:"What the customer has consented to or objected to, by channel."`
	Tags            []string         `json:"tags,omitempty" maxItems:"50" doc:"Names of tags; new ones are made." example:"[\"vip\"]"`
	Custom          CustomValues     `json:"custom,omitempty" doc:"Values of the company's own fields by their keys."`
	// Passing says that it is made where nobody is asked for the fields that a customer has to have, as by a visitor's form.
	Passing bool `json:"-"`
}

// maxNote is how many characters a customer's note may have.
const maxNote = 10_000

// CustomerPatch changes some fields; what is absent stays, null clears.
type CustomerPatch struct {
	Name            patch.Field[string]          `json:"name,omitzero" minLength:"1" maxLength:"200" doc:"Company or person." example:"云帆科技"`
	ContactName     patch.Field[string]          `json:"contact_name,omitzero" maxLength:"200" doc:"Main contact person." example:"王志强"`
	Phone           patch.Field[string]          `json:"phone,omitzero" maxLength:"64" doc:"Any usual form; kept as E.164." example:"138 0013 8000"`
	Email           patch.Field[string]          `json:"email,omitzero" maxLength:"254" doc:"Main e-mail." example:"wang@yunfan.example"`
	Website         patch.Field[string]          `json:"website,omitzero" maxLength:"500" doc:"Web address." example:"https://yunfan.example"`
	Address         patch.Field[string]          `json:"address,omitzero" maxLength:"500" doc:"Street, number and room, or the whole address in words." example:"世纪大道 100 号 12 楼"`
	District        patch.Field[string]          `json:"district,omitzero" maxLength:"100" doc:"District or county." example:"浦东新区"`
	City            patch.Field[string]          `json:"city,omitzero" maxLength:"100" doc:"City." example:"上海市"`
	Region          patch.Field[string]          `json:"region,omitzero" maxLength:"100" doc:"Province or state, or a region as the company calls it." example:"上海市"`
	PostalCode      patch.Field[string]          `json:"postal_code,omitzero" maxLength:"20" doc:"Postal code." example:"200120"`
	Country         patch.Field[string]          `json:"country,omitzero" maxLength:"2" doc:"ISO 3166 code." example:"CN"`
	ParentID        patch.Field[CustomerID]      `json:"parent_id,omitzero" doc:"The company that it is a part of: another customer whom you can see, and no part of this one; null for none."`
	Industry        patch.Field[string]          `json:"industry,omitzero" maxLength:"100" doc:"Line of business." example:"software"`
	Employees       patch.Field[int]             `json:"employees,omitzero" minimum:"0" maximum:"2000000000" doc:"Number of employees." example:"120"`
	Revenue         patch.Field[int64]           `json:"revenue,omitzero" minimum:"-9007199254740992" maximum:"9007199254740992" doc:"Yearly revenue in minor units." example:"120000000"`
	RevenueCurrency patch.Field[string]          `json:"revenue_currency,omitzero" doc:"ISO 4217." example:"CNY"`
	Source          patch.Field[string]          `json:"source,omitzero" maxLength:"64" doc:"Source channel." example:"exhibition"`
	Note            patch.Field[string]          `json:"note,omitzero" maxLength:"10000" doc:"Free text." example:"Met at the fair."`
	OwnerID         patch.Field[tenant.MemberID] `json:"owner_id,omitzero" doc:"Hands the customer over; null puts it into the public pool."`
	DoNotContact    patch.Field[bool]            `json:"do_not_contact,omitzero" doc:"The customer does not want to be contacted."`
	Consents        patch.Field[Consents]        `json:"consents,omitzero" doc:"Changes the channels it names; null clears all."`
	Tags            patch.Field[[]string]        `json:"tags,omitzero" doc:"Replaces all tags; new ones are made." example:"[\"vip\"]"`
	Custom          patch.Field[CustomValues]    `json:"custom,omitzero" doc:"Changes the company's own fields: keys that are absent stay, null clears."`
}
