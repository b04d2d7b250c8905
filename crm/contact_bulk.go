package crm

import (
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ContactBulk changes many contacts at once: those named, or all that a list would show.
type ContactBulk struct {
	IDs        []ContactID             `json:"ids,omitempty" maxItems:"500" doc:"Which contacts. Leave it out with matching."`
	Matching   *BulkSelection          `json:"matching,omitempty" doc:"All contacts that a list with this would show, at most 500."`
	Action     string                  `json:"action" enum:"tag,untag,move,delete" doc:"What to do. delete moves to the trash and needs contact:delete." example:"tag"`
	Tags       []string                `json:"tags,omitempty" maxItems:"50" doc:"For tag and untag: names of tags; tag makes new ones." example:"[\"vip\"]"`
	CustomerID patch.Field[CustomerID] `json:"customer_id,omitzero" doc:"For move: the customer whose people they become; null for nobody's."`
}

// ChangeContacts carries a change out on every contact within the caller's reach and passes over the others, in one
// transaction. It returns *tenant.InvalidError for a bad change and for one of more than 500 contacts, and
// tenant.ErrDenied for deleting without that permission.
func ChangeContacts(ctx context.Context, tx *tenant.Tx, in ContactBulk) (BulkResult, error) {
	permission := in.permission()
	if !tx.Caller.May(permission) {
		return BulkResult{}, fmt.Errorf("%s: %w", permission, tenant.ErrDenied)
	}
	if err := in.check(ctx, tx); err != nil {
		return BulkResult{}, err
	}
	ids, err := selectIDs(ctx, tx.Query, in.IDs, in.Matching, planAllContacts, "p.id", "contacts")
	if err != nil {
		return BulkResult{}, err
	}
	found, err := reachContacts(ctx, tx, ids, permission)
	if err != nil {
		return BulkResult{}, err
	}
	result := beginResult("contact", ids, found, func(p *Contact) ContactID { return p.ID })
	if in.Action == bulkDelete {
		result.Changed = len(found)
		return result, trashContacts(ctx, tx, found, false, false)
	}
	changes, err := in.changes(ctx, tx, found, &result)
	if err != nil {
		return BulkResult{}, err
	}
	result.Changed = len(changes)
	return result, saveContacts(ctx, tx, changes, false)
}

// permission is what the change takes.
func (in *ContactBulk) permission() tenant.Permission {
	if in.Action == bulkDelete {
		return contactDelete
	}
	return contactUpdate
}

// check examines the change and writes each tag as the company has it.
func (in *ContactBulk) check(ctx context.Context, tx *tenant.Tx) error {
	invalid := &tenant.InvalidError{}
	checkWord(invalid, "action", in.Action, []string{bulkTag, bulkUntag, bulkMove, bulkDelete})
	checkSelection(invalid, len(in.IDs), in.Matching, "contacts")
	switch in.Action {
	case bulkTag, bulkUntag:
		in.Tags = checkBulkTags(invalid, in.Tags)
	case bulkMove:
		if !in.CustomerID.Set {
			invalid.Add("customer_id", "required", "is required; null means nobody's")
		}
	}
	if err := invalid.Err(); err != nil {
		return err
	}
	return nameTags(ctx, tx.Query, in.Tags)
}

func reachContacts(ctx context.Context, tx *tenant.Tx, ids []ContactID, permission tenant.Permission) ([]Contact, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	visible, args := tx.Scope(permission).Where("p.owner_id", "p.customer_id")
	return lockContacts(ctx, tx, `p.id IN (?) AND p.deleted_at IS NULL AND `+visible, append([]any{ids}, args...)...)
}

// changes are what comes of the change for each contact; those that cannot be changed so are noted in the result.
func (in *ContactBulk) changes(ctx context.Context, tx *tenant.Tx, found []Contact, result *BulkResult) ([]contactChange, error) {
	move, err := in.target(ctx, tx)
	if err != nil {
		return nil, err
	}
	var changes []contactChange
	for _, before := range found {
		after, failure := in.apply(tx, before, move)
		if failure != nil {
			result.refuse(*failure)
			continue
		}
		change, err := changeContact(tx.Query, before, after)
		switch {
		case err != nil:
			return nil, err
		case len(change.previous) == 0:
			result.Unchanged++
		default:
			changes = append(changes, change)
		}
	}
	return changes, nil
}

// target locks the customer to whom the contacts move; nil is for none.
func (in *ContactBulk) target(ctx context.Context, tx *tenant.Tx) (*Customer, error) {
	if in.Action != bulkMove || in.CustomerID.Null {
		return nil, nil //nolint:nilnil // to no customer
	}
	c, err := lockCustomer(ctx, tx, in.CustomerID.Value, contactUpdate, 0)
	if errors.Is(err, tenant.ErrNotFound) {
		return nil, tenant.Invalid("customer_id", "unknown", "is not a customer whose people you may change")
	}
	return &c, err
}

// apply returns what the change makes of one contact, or why it cannot be made.
func (in *ContactBulk) apply(tx *tenant.Tx, before Contact, to *Customer) (Contact, *BulkFailure) {
	after := before
	switch in.Action {
	case bulkTag:
		after.Tags = withTags(before.Tags, in.Tags)
		if len(after.Tags) > maxTags {
			return after, &BulkFailure{RecordRef{"contact", tenant.RecordID(before.ID)}, "too_many", "A contact holds at most 50 tags."}
		}
	case bulkUntag:
		after.Tags = withoutTags(before.Tags, in.Tags)
	case bulkMove:
		if in.CustomerID.Value == before.CustomerID {
			return after, nil
		}
		if !tx.Scope(contactUpdate).Includes(before.OwnerID) {
			return after, &BulkFailure{RecordRef{"contact", tenant.RecordID(before.ID)}, "out_of_scope", "The contact is only shared with you; its owner can move it."}
		}
		after.CustomerID, after.Primary = in.CustomerID.Value, false
		if to != nil {
			after.OwnerID = to.OwnerID
		}
	}
	return after, nil
}
