package crm

import (
	"context"
	"slices"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// place finds the customers whom rows name, and with them the contacts' owners.
func (m *contactMatches) place(ctx context.Context, entries []entry, lock string) error {
	named, err := m.customersNamed(ctx, entries, lock)
	if err != nil {
		return err
	}
	ids := []CustomerID{{}} // never an empty list
	for i := range entries {
		p := recordAs[*Contact](entries[i].record)
		if p.Customer == nil {
			continue
		}
		refuse := func(code, message string) {
			entries[i].problems = append(entries[i].problems, ImportProblem{Column: m.parser.columnOf("customer"), Field: "customer", Code: code, Message: message})
		}
		switch found := named[search.CompanyKey(p.Customer.Name)]; len(found) {
		case 0:
			refuse("unknown_customer", "no customer of that name is within your reach; import the customers first, or mend the name")
		case 1:
			p.CustomerID, p.OwnerID, p.Customer = found[0].ID, found[0].OwnerID, nil
			ids = append(ids, p.CustomerID)
		default:
			refuse("several_customers", "several customers have this name; merge them, or give one another name")
		}
	}
	return m.readLed(ctx, ids)
}

// namedCustomer is a customer that a file can call by name.
type namedCustomer struct {
	ID      CustomerID      `db:"id"`
	OwnerID tenant.MemberID `db:"owner_id"`
	Key     string          `db:"name_key"`
}

// customersNamed looks up the customers whom contacts name, by the name without legal form and brackets. To make a contact
// their person, or to move one to them, the importer has to reach them for whatever the mode takes.
func (m *contactMatches) customersNamed(ctx context.Context, entries []entry, lock string) (map[string][]namedCustomer, error) {
	cores := []string{""} // never an empty list
	for i := range entries {
		if card := recordAs[*Contact](entries[i].record).Customer; card != nil {
			core, _ := search.CompanyCore(search.CompanyKey(card.Name))
			cores = append(cores, core)
		}
	}
	slices.Sort(cores)
	statement, args := `SELECT c.id, c.owner_id, c.name_key FROM company.customers c
		WHERE c.name_core IN (?) AND c.name_core <> '' AND c.deleted_at IS NULL`, []any{slices.Compact(cores)}
	for _, p := range m.parser.noun.needs(m.parser.options.Mode) {
		visible, of := m.q.Scope(p).Where("c.owner_id", "c.id")
		statement, args = statement+" AND "+visible, append(args, of...)
	}
	var found []namedCustomer
	if err := m.q.SelectIn(ctx, &found, statement+" ORDER BY c.id "+lock, args...); err != nil {
		return nil, err
	}
	named := map[string][]namedCustomer{}
	for _, c := range found {
		named[c.Key] = append(named[c.Key], c)
	}
	return named, nil
}

// readLed notes which of the customers have a main contact.
func (m *contactMatches) readLed(ctx context.Context, customers []CustomerID) error {
	var led []CustomerID
	if err := m.q.SelectIn(ctx, &led, `SELECT customer_id FROM company.contacts
		WHERE customer_id IN (?) AND is_primary = 1 AND deleted_at IS NULL`, customers); err != nil {
		return err
	}
	for _, id := range led {
		m.led[id] = true
	}
	return nil
}

// lead makes the first contact of a customer its main one.
func (m *contactMatches) lead(p *Contact) {
	p.Primary = !p.CustomerID.IsZero() && !m.led[p.CustomerID]
	m.led[p.CustomerID] = true
}
