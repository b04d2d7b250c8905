package crm

import (
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// CreateContact adds a person at a customer within the caller's scope, or one without a customer, who is then the
// caller's unless in names another owner. It returns *tenant.InvalidError for bad fields and *tenant.ConflictError for
// an id in use.
func CreateContact(ctx context.Context, tx *tenant.Tx, in NewContact) (Contact, error) {
	p, err := in.contact(ctx, tx)
	if err != nil {
		return Contact{}, err
	}
	if err := p.takeOver(ctx, tx); err != nil {
		return Contact{}, err
	}
	one := []Contact{p}
	if err := insertContacts(ctx, tx, one, false); err != nil {
		return Contact{}, err
	}
	return one[0].filled(ctx, tx.Query)
}

// takeOver makes a main contact the only one of its customer.
func (p *Contact) takeOver(ctx context.Context, tx *tenant.Tx) error {
	if !p.Primary {
		return nil
	}
	main, err := primaryContact(ctx, tx, p.CustomerID)
	if err != nil || main == nil || main.ID == p.ID {
		return err
	}
	after := *main
	after.Primary = false
	change, err := changeContact(tx.Query, *main, after)
	if err != nil {
		return err
	}
	return saveContacts(ctx, tx, []contactChange{change}, false)
}

// primaryContact returns a customer's main contact, locked, or nil.
func primaryContact(ctx context.Context, tx *tenant.Tx, customer CustomerID) (*Contact, error) {
	found, err := lockContacts(ctx, tx, `p.customer_id = ? AND p.is_primary = 1 AND p.deleted_at IS NULL`, customer)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// UpdateContact changes the fields that are set. version, when not 0, must be the record's, else ErrStale. A change that
// changes nothing writes nothing.
func UpdateContact(ctx context.Context, tx *tenant.Tx, id ContactID, in ContactPatch, version int64) (Contact, error) {
	before, err := lockContact(ctx, tx, id, contactUpdate, version)
	if err != nil {
		return Contact{}, err
	}
	after, err := in.apply(ctx, tx, before)
	if err != nil {
		return Contact{}, err
	}
	change, err := changeContact(tx.Query, before, after)
	if err != nil {
		return Contact{}, err
	}
	if len(change.previous) == 0 {
		return before.filled(ctx, tx.Query)
	}
	if err := change.after.takeOver(ctx, tx); err != nil {
		return Contact{}, err
	}
	all := []contactChange{change}
	if err := saveContacts(ctx, tx, all, false); err != nil {
		return Contact{}, err
	}
	return all[0].after.filled(ctx, tx.Query)
}

// DeleteContact moves a contact to the trash. It can be restored until it is purged.
func DeleteContact(ctx context.Context, tx *tenant.Tx, id ContactID, version int64) error {
	p, err := lockContact(ctx, tx, id, contactDelete, version)
	if err != nil {
		return err
	}
	return trashContacts(ctx, tx, []Contact{p}, false, false)
}

// RestoreContact takes a contact out of the trash. It returns tenant.ErrNotFound for one that is not there and
// *tenant.ConflictError while its customer is there too.
func RestoreContact(ctx context.Context, tx *tenant.Tx, id ContactID) (Contact, error) {
	visible, args := tx.Scope(contactDelete).Where("p.owner_id", "p.customer_id")
	found, err := lockContacts(ctx, tx, `p.id = ? AND p.deleted_at IS NOT NULL AND `+visible, append([]any{id}, args...)...)
	if err == nil && len(found) == 0 {
		err = tenant.ErrNotFound
	}
	if err != nil {
		return Contact{}, fmt.Errorf("contact %s: %w", id, err)
	}
	p := &found[0]
	if err := p.rejoin(ctx, tx); err != nil {
		return Contact{}, err
	}
	if err := untrashContacts(ctx, tx, found); err != nil {
		return Contact{}, err
	}
	return p.filled(ctx, tx.Query)
}

// rejoin gives a contact back to its customer, as that is now.
func (p *Contact) rejoin(ctx context.Context, tx *tenant.Tx) error {
	if p.CustomerID.IsZero() {
		return nil
	}
	var owner tenant.MemberID
	err := tx.Get(ctx, &owner, `SELECT owner_id FROM company.customers WHERE id = ? AND deleted_at IS NULL FOR UPDATE`, p.CustomerID)
	if errors.Is(err, tenant.ErrNotFound) {
		return &tenant.ConflictError{Code: "customer_deleted", Message: "The contact's customer is in the trash too. Restore that first."}
	}
	if err != nil {
		return err
	}
	p.OwnerID = owner
	if p.Primary {
		main, err := primaryContact(ctx, tx, p.CustomerID)
		p.Primary = main == nil
		return err
	}
	return nil
}

// untrashContacts takes locked contacts out of the trash.
func untrashContacts(ctx context.Context, tx *tenant.Tx, all []Contact) error {
	rows := tx.Bulk(insertIntoContacts, len(contactWritten), overwriteContacts+`, deleted_at = NULL`)
	events := make([]tenant.Event, len(all))
	for i := range all {
		all[i].Version, all[i].UpdatedAt = all[i].Version+1, tx.Now
		if err := rows.Add(ctx, all[i].written()...); err != nil {
			return err
		}
	}
	if err := rows.Flush(ctx); err != nil {
		return err
	}
	if err := writePoints(ctx, tx, all); err != nil {
		return err
	}
	for i := range all {
		if err := restoreCustom(ctx, tx, "contact", all[i].customMade()); err != nil {
			return err
		}
		events[i] = all[i].event("contact.restored", tenant.MemberID{}, all[i].OwnerID, nil)
	}
	return tx.EmitAll(ctx, events, false)
}
