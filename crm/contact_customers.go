package crm

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// handOverContacts gives the people of customers to the customers' new owners, where those have changed.
func handOverContacts(ctx context.Context, tx *tenant.Tx, all []customerChange, quiet bool) error {
	owners, given := map[CustomerID]tenant.MemberID{}, map[tenant.MemberID][]CustomerID{}
	var ids []CustomerID
	for i := range all {
		if c := &all[i]; c.before.OwnerID != c.after.OwnerID {
			owners[c.after.ID], given[c.after.OwnerID] = c.after.OwnerID, append(given[c.after.OwnerID], c.after.ID)
			ids = append(ids, c.after.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	for owner, customers := range given {
		if err := giveTrashed(ctx, tx, customers, owner); err != nil {
			return err
		}
	}
	found, err := lockContacts(ctx, tx, `p.customer_id IN (?) AND p.deleted_at IS NULL`, ids)
	if err != nil {
		return err
	}
	var changes []contactChange
	for _, before := range found {
		after := before
		after.OwnerID = owners[before.CustomerID]
		change, err := changeContact(tx.Query, before, after)
		if err != nil {
			return err
		}
		if len(change.previous) > 0 {
			changes = append(changes, change)
		}
	}
	return saveContacts(ctx, tx, changes, quiet)
}

// giveTrashed gives the people of customers who are in the trash to an owner, who may see them there and restore them.
// Nobody is told: for everybody else they are gone.
func giveTrashed(ctx context.Context, tx *tenant.Tx, customers []CustomerID, owner tenant.MemberID) error {
	_, err := tx.ExecIn(ctx, `UPDATE company.contacts SET owner_id = ? WHERE customer_id IN (?) AND deleted_at IS NOT NULL`, owner, customers)
	return err
}

// moveContactsOf gives the people of a customer that is merged to the one that stays, and counts them. Those in the trash
// follow with all else that hangs on it.
func moveContactsOf(ctx context.Context, tx *tenant.Tx, from CustomerID, to Customer) (int, error) {
	if err := giveTrashed(ctx, tx, []CustomerID{from}, to.OwnerID); err != nil {
		return 0, err
	}
	found, err := lockContacts(ctx, tx, `p.customer_id = ? AND p.deleted_at IS NULL`, from)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	main, err := primaryContact(ctx, tx, to.ID)
	if err != nil {
		return 0, err
	}
	changes := make([]contactChange, len(found))
	for i, before := range found {
		after := before
		after.CustomerID, after.OwnerID, after.Primary = to.ID, to.OwnerID, before.Primary && main == nil
		if changes[i], err = changeContact(tx.Query, before, after); err != nil {
			return 0, err
		}
	}
	return len(changes), saveContacts(ctx, tx, changes, false)
}

// trashContactsOf moves the people of customers to the trash along with those.
func trashContactsOf(ctx context.Context, tx *tenant.Tx, customers []CustomerID, quiet bool) error {
	if len(customers) == 0 {
		return nil
	}
	found, err := lockContacts(ctx, tx, `p.customer_id IN (?) AND p.deleted_at IS NULL`, customers)
	if err != nil {
		return err
	}
	return trashContacts(ctx, tx, found, true, quiet)
}

// untrashContactsOf takes those out of the trash that went there along with their customer.
func untrashContactsOf(ctx context.Context, tx *tenant.Tx, c Customer) error {
	found, err := lockContacts(ctx, tx, `p.customer_id = ? AND p.deleted_along = 1 AND p.deleted_at IS NOT NULL`, c.ID)
	if err != nil || len(found) == 0 {
		return err
	}
	for i := range found {
		found[i].OwnerID = c.OwnerID
	}
	return untrashContacts(ctx, tx, found)
}
