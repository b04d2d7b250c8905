package crm

import "context"

// place puts contacts to the customers whom rows name. To make a contact their person, or to move one to them, the importer
// has to reach them for whatever the mode takes.
func (m *contactMatches) place(ctx context.Context, entries []entry, lock string) error {
	if err := m.makeCustomers(ctx, entries); err != nil {
		return err
	}
	ids, err := placeRows(ctx, m.q, m.parser, entries, lock, m.parser.noun.needs(m.parser.options.Mode)...)
	if err != nil {
		return err
	}
	return m.readLed(ctx, ids)
}

// customerCalled leaves out a customer that is made.
func (p *Contact) customerCalled() string {
	if p.Customer != nil && !p.Customer.ID.IsZero() {
		return ""
	}
	return calledBy(p.Customer)
}

// hang puts the contact to a customer, and with that to its owner.
func (p *Contact) hang(c *namedCustomer) { p.CustomerID, p.OwnerID, p.Customer = c.ID, c.OwnerID, nil }

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
