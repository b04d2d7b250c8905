package crm

import (
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// CreateCustomer adds a customer owned by the caller unless in names another owner within the caller's
// scope. It returns *tenant.InvalidError for bad fields and *tenant.ConflictError for an id in use.
func CreateCustomer(ctx context.Context, tx *tenant.Tx, in NewCustomer) (Customer, error) {
	c, err := in.customer(ctx, tx)
	if err != nil {
		return Customer{}, err
	}
	return insertCustomer(ctx, tx, c)
}

// customer checks the input and fills in what it leaves open.
func (in NewCustomer) customer(ctx context.Context, tx *tenant.Tx) (Customer, error) {
	c := Customer{
		ID: tenant.NewID[customerKind](), Name: in.Name, ContactName: in.ContactName, Website: in.Website,
		Address: in.Address, District: in.District, City: in.City, Region: in.Region, PostalCode: in.PostalCode, Country: in.Country,
		ParentID: deref(in.ParentID), Industry: in.Industry, Employees: in.Employees, Revenue: in.Revenue,
		RevenueCurrency: in.RevenueCurrency, Source: in.Source, Note: in.Note, OwnerID: tx.Caller.Member,
		Lifecycle: Potential, DoNotContact: in.DoNotContact, Tags: in.Tags, CreatedBy: tx.Caller.Member, Version: 1,
		CreatedAt: tx.Now, UpdatedAt: tx.Now, LifecycleSince: tx.Now, SilenceFrom: tx.Now, OwnerSince: tx.Now,
	}
	if in.ID != nil && !in.ID.IsZero() {
		c.ID = *in.ID
	}
	if in.Lifecycle != "" {
		c.Lifecycle = in.Lifecycle
	}
	if in.OwnerID != nil {
		c.OwnerID = *in.OwnerID
	}
	invalid := &tenant.InvalidError{}
	c.Phone = cleanPhone(invalid, tx.Company, "phone", in.Phone)
	c.Email = cleanEmail(invalid, "email", in.Email)
	c.check(invalid, tx.Company)
	if err := checkOwner(ctx, tx, invalid, "owner_id", c.OwnerID, customerCreate); err != nil {
		return Customer{}, err
	}
	if err := c.checkParent(ctx, tx, invalid); err != nil {
		return Customer{}, err
	}
	var err error
	c.Consents = Consents{}.with(invalid, in.Consents, tx.Now)
	if c.Custom, err = newCustom(ctx, tx, invalid, "customer", in.Custom, !in.Passing); err != nil {
		return Customer{}, err
	}
	if err := invalid.Err(); err != nil {
		return Customer{}, err
	}
	return c, nameTags(ctx, tx.Query, c.Tags)
}

// check examines what creating and changing have in common.
func (c *Customer) check(invalid *tenant.InvalidError, company *tenant.Company) {
	checkRequired(invalid, "name", c.Name, 200)
	checkText(invalid, "contact_name", c.ContactName, 200)
	checkText(invalid, "website", c.Website, 500)
	checkText(invalid, "address", c.Address, 500)
	checkText(invalid, "district", c.District, 100)
	checkText(invalid, "city", c.City, 100)
	checkText(invalid, "region", c.Region, 100)
	checkText(invalid, "postal_code", c.PostalCode, 20)
	checkCountry(invalid, "country", c.Country)
	checkText(invalid, "industry", c.Industry, 100)
	checkText(invalid, "source", c.Source, 64)
	checkText(invalid, "note", c.Note, maxNote)
	checkNumber(invalid, "employees", c.Employees, 0, 2_000_000_000)
	checkNumber(invalid, "revenue", c.Revenue, -maxMoney, maxMoney)
	checkWord(invalid, "lifecycle", c.Lifecycle, Stages)
	switch {
	case c.Revenue == nil:
		c.RevenueCurrency = nil
	case c.RevenueCurrency == nil:
		home := company.Currency
		c.RevenueCurrency = &home
	}
	checkCurrency(invalid, "revenue_currency", c.RevenueCurrency)
	c.Tags = cleanTags(invalid, "tags", c.Tags)
}

// insertCustomer writes a checked customer with all that belongs to it.
func insertCustomer(ctx context.Context, tx *tenant.Tx, c Customer) (Customer, error) {
	one := []Customer{c}
	err := insertCustomers(ctx, tx, one, nil)
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return Customer{}, &tenant.ConflictError{Code: "id_in_use", Message: "A record with this id exists already."}
	}
	return one[0], err
}

func (c *Customer) searchText() string {
	return search.PartlyPrivate([]string{c.Name, c.ContactName}, deref(c.Phone), deref(c.Email))
}

// UpdateCustomer changes the fields that are set. version, when not 0, must be the record's, else ErrStale.
// A change that changes nothing writes nothing.
func UpdateCustomer(ctx context.Context, tx *tenant.Tx, id CustomerID, in CustomerPatch, version int64) (Customer, error) {
	before, err := lockCustomer(ctx, tx, id, customerUpdate, version)
	if err != nil {
		return Customer{}, err
	}
	after, err := in.apply(ctx, tx, before)
	if err != nil {
		return Customer{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.stamp(before, tx.Now)
	return after, saveCustomer(ctx, tx, before, after, previous)
}

func (in CustomerPatch) apply(ctx context.Context, tx *tenant.Tx, c Customer) (Customer, error) {
	invalid := &tenant.InvalidError{}
	c.Name = in.Name.Or(c.Name)
	c.ContactName = in.ContactName.Or(c.ContactName)
	c.Website = in.Website.Or(c.Website)
	c.Address, c.District, c.City = in.Address.Or(c.Address), in.District.Or(c.District), in.City.Or(c.City)
	c.Region, c.PostalCode, c.Country = in.Region.Or(c.Region), in.PostalCode.Or(c.PostalCode), in.Country.Or(c.Country)
	c.Industry = in.Industry.Or(c.Industry)
	c.Employees = in.Employees.OrNull(c.Employees)
	c.Revenue = in.Revenue.OrNull(c.Revenue)
	c.RevenueCurrency = in.RevenueCurrency.OrNull(c.RevenueCurrency)
	c.Source = in.Source.Or(c.Source)
	c.Note = in.Note.Or(c.Note)
	c.DoNotContact = in.DoNotContact.Or(c.DoNotContact)
	c.Tags = in.Tags.Or(c.Tags)
	if in.Phone.Set {
		mask.Refuse(invalid, tx.Caller, maskPhone, "phone")
		c.Phone = cleanPhone(invalid, tx.Company, "phone", in.Phone.Value)
	}
	if in.Email.Set {
		mask.Refuse(invalid, tx.Caller, maskEmail, "email")
		c.Email = cleanEmail(invalid, "email", in.Email.Value)
	}
	c.check(invalid, tx.Company)
	if owner := in.OwnerID.Or(c.OwnerID); owner != c.OwnerID {
		if err := checkHandOver(ctx, tx, invalid, customerUpdate, c.OwnerID, owner); err != nil {
			return Customer{}, err
		}
		c.OwnerID = owner
	}
	if parent := in.ParentID.Or(c.ParentID); parent != c.ParentID {
		c.ParentID = parent
		if err := c.checkParent(ctx, tx, invalid); err != nil {
			return Customer{}, err
		}
	}
	var err error
	if in.Consents.Null {
		c.Consents = nil
	}
	c.Consents = c.Consents.with(invalid, in.Consents.Value, tx.Now)
	if c.Custom, err = changedCustom(ctx, tx, invalid, "customer", c.Custom, in.Custom); err != nil {
		return Customer{}, err
	}
	if err := invalid.Err(); err != nil {
		return Customer{}, err
	}
	if !in.Tags.Set {
		return c, nil
	}
	return c, nameTags(ctx, tx.Query, c.Tags)
}

func saveCustomer(ctx context.Context, tx *tenant.Tx, before, after Customer, previous map[string]any) error {
	if err := storeCustomer(ctx, tx, before, after, previous); err != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{
		Type: "customer.updated", Resource: "customer", Record: tenant.RecordID(after.ID),
		OwnerBefore: before.OwnerID, OwnerAfter: after.OwnerID, Data: after, Previous: previous,
	})
}

// storeCustomer writes a changed customer, but for its stage, without telling of it.
func storeCustomer(ctx context.Context, tx *tenant.Tx, before, after Customer, previous map[string]any) error {
	after.NameSort = search.NameSort(after.Name)
	text := after.searchText()
	row := struct {
		Customer
		NameKey    string `db:"name_key"`
		SearchText string `db:"search_text"`
		Restart    bool   `db:"restart"`
	}{after, search.CompanyKey(after.Name), text, !after.SilenceFrom.Equal(before.SilenceFrom)}
	if _, err := tx.NamedExec(ctx, `
		UPDATE company.customers SET name = :name, name_key = :name_key, name_sort = :name_sort, search_text = :search_text,
			contact_name = :contact_name, phone = :phone, email = :email, website = :website, address = :address,
			district = :district, city = :city, region = :region, postal_code = :postal_code, country = :country, parent_id = :parent_id,
			industry = :industry, employees = :employees, revenue = :revenue, revenue_currency = :revenue_currency,
			source = :source, note = :note, owner_id = :owner_id, do_not_contact = :do_not_contact, consents = :consents, custom = :custom,
			silence_from = :silence_from, owner_since = :owner_since, silence_reminded = IF(:restart, 0, silence_reminded),
			version = :version, updated_at = :updated_at
		WHERE id = :id`, row); err != nil {
		return err
	}
	if err := search.Replace(ctx, tx, search.Customers, tenant.RecordID(after.ID), before.searchText(), text); err != nil {
		return err
	}
	if _, changed := previous["tags"]; changed {
		if err := replaceTags(ctx, tx, []tagged{{tenant.RecordID(after.ID), after.Tags}}); err != nil {
			return err
		}
	}
	if err := saveCustom(ctx, tx, "customer", []customRecord{before.customTo(after.Custom)}); err != nil {
		return err
	}
	return handOverContacts(ctx, tx, []customerChange{{before: before, after: after}}, false)
}

// RestoreCustomer takes a customer out of the trash. It returns tenant.ErrNotFound for one that is not there, as for one
// that went up in another one. The contacts that were deleted along with it come back too.
func RestoreCustomer(ctx context.Context, tx *tenant.Tx, id CustomerID) (Customer, error) {
	visible, args := tx.Scope(customerDelete).Where("c.owner_id", "c.id")
	one := make([]Customer, 1)
	c := &one[0]
	if err := tx.Get(ctx, c, `SELECT `+customerColumns+` FROM company.customers c
		WHERE c.id = ? AND `+customerTrash.Live+` AND `+visible+` FOR UPDATE`, append([]any{id}, args...)...); err != nil {
		return Customer{}, fmt.Errorf("customer %s: %w", id, err)
	}
	if err := fillTags(ctx, tx.Query, one, (*Customer).tagged, "FOR UPDATE"); err != nil {
		return Customer{}, err
	}
	c.Version, c.UpdatedAt = c.Version+1, tx.Now
	if _, err := tx.Exec(ctx, `UPDATE company.customers SET deleted_at = NULL, version = ?, updated_at = ? WHERE id = ?`, c.Version, c.UpdatedAt, id); err != nil {
		return Customer{}, err
	}
	if err := restoreCustom(ctx, tx, "customer", c.customMade()); err != nil {
		return Customer{}, err
	}
	if err := untrashContactsOf(ctx, tx, *c); err != nil {
		return Customer{}, err
	}
	return *c, tx.Emit(ctx, tenant.Event{Type: "customer.restored", Resource: "customer", Record: tenant.RecordID(id), OwnerAfter: c.OwnerID, Data: *c})
}

// DeleteCustomer moves a customer to the trash, and its contacts along with it. It can be restored until it is purged.
func DeleteCustomer(ctx context.Context, tx *tenant.Tx, id CustomerID, version int64) error {
	c, err := lockCustomer(ctx, tx, id, customerDelete, version)
	if err != nil {
		return err
	}
	return trashCustomers(ctx, tx, []Customer{c}, false)
}
