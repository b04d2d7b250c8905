package crm

import (
	"context"
	"slices"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// makeCustomers has the customers made, when that is asked for, whom good rows name and nobody in the company has; the
// contacts keep their cards. Of rows that name the same customer the first says whose it is.
func (m *contactMatches) makeCustomers(ctx context.Context, entries []entry) error {
	if !m.parser.options.CreateCustomers {
		return nil
	}
	there, err := customersNamed(ctx, m.q, entries, "", nil)
	if err != nil {
		return err
	}
	made := map[string]namedCustomer{}
	for i := range entries {
		e, p := &entries[i], recordAs[*Contact](entries[i].record)
		key := search.CompanyKey(p.customerCalled())
		if key == "" || len(there[key]) > 0 {
			continue
		}
		c, again := made[key]
		if before := m.parser.ahead.customers[key]; len(before) > 0 {
			c, again = before[0], true
		}
		switch {
		case again || len(e.problems) > 0:
		case !m.q.Scope(customerCreate).Includes(p.OwnerID):
			m.parser.refuseCustomer(e, "owner_out_of_scope", "you may not make customers for this member")
		case fits(p.Customer.Name, 200) != nil:
			m.parser.refuseCustomer(e, "too_long", "the name of the customer is too long; at most 200 characters are kept")
		default:
			c = namedCustomer{ID: tenant.NewID[customerKind](), OwnerID: p.OwnerID}
			made[key] = c
		}
		if len(e.problems) > 0 {
			p.Customer = nil // whom a rejected row names is not looked for
			continue
		}
		p.CustomerID, p.OwnerID, p.Customer.ID = c.ID, c.OwnerID, c.ID
	}
	return nil
}

// newCustomersOf are the customers that rows which were taken have made, with the defaults of custom fields.
func newCustomersOf(ctx context.Context, tx *tenant.Tx, imp Import, results []result) ([]Customer, error) {
	var all []Customer
	made := map[CustomerID]bool{}
	for _, r := range results {
		var at CustomerID
		switch r.outcome {
		case RowCreated:
			at = recordAs[*Contact](r.record).CustomerID
		case RowUpdated:
			at = recordAs[*contactChange](r.change).after.CustomerID
		}
		said := recordAs[*Contact](r.record)
		if said.Customer == nil || at.IsZero() || said.Customer.ID != at || made[at] {
			continue
		}
		made[at] = true
		c := Customer{
			ID: at, Name: said.Customer.Name, OwnerID: said.OwnerID, Lifecycle: Potential, Tags: append([]string{}, imp.Options.Tags...),
			CreatedBy: tx.Caller.Member, Version: 1,
		}
		c.stampNew(tx.Now)
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, nil
	}
	fields, err := readFields(ctx, tx.Query, "customer", true)
	if err != nil {
		return nil, err
	}
	// A default that has become wrong is taken as in an import of customers: the contact's row can do nothing about it.
	custom, err := freshCustom(ctx, tx, &tenant.InvalidError{}, fields, nil, false)
	for i := range all {
		all[i].Custom = custom
	}
	return all, err
}

// announce says in a preview whom the row of a contact will make, who has no id yet.
func (row *PreviewRow) announce(said *Contact) {
	if said.Customer != nil && row.Contact.CustomerID == said.Customer.ID {
		row.NewCustomer, row.Contact.CustomerID = said.Customer.Name, CustomerID{}
	}
}

// trashMadeCustomers takes back those of the customers that the import has made and nobody has done anything with.
func trashMadeCustomers(ctx context.Context, tx *tenant.Tx, imp Import, contacts []Contact) error {
	if !imp.Options.CreateCustomers {
		return nil
	}
	var ids []CustomerID
	for _, p := range contacts {
		if !p.CustomerID.IsZero() && !slices.Contains(ids, p.CustomerID) {
			ids = append(ids, p.CustomerID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	where, args := imp.within(tx, customerDelete, "c.owner_id", "c.id")
	all, err := lockCustomers(ctx, tx, ids, where+` AND c.import_id = ? AND c.version = 1 AND `+noWork("c.id"), append(args, imp.ID))
	if err != nil || len(all) == 0 {
		return err
	}
	return trashCustomers(ctx, tx, all, !imp.Options.RunRules)
}
