package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// The changes that can be made to many customers at once.
const (
	bulkTag    = "tag"
	bulkUntag  = "untag"
	bulkAssign = "assign"
	bulkDelete = "delete"
)

// BulkChange changes many customers at once: those named, or all that a list would show.
type BulkChange struct {
	IDs      []CustomerID                 `json:"ids,omitempty" maxItems:"500" doc:"Which customers. Leave it out with matching."`
	Matching *BulkSelection               `json:"matching,omitempty" doc:"All customers that a list with this would show, at most 500."`
	Action   string                       `json:"action" enum:"tag,untag,assign,delete" doc:"What to do. delete moves to the trash and needs customer:delete." example:"tag"`
	Tags     []string                     `json:"tags,omitempty" maxItems:"50" doc:"For tag and untag: names of tags; tag makes new ones." example:"[\"vip\"]"`
	OwnerID  patch.Field[tenant.MemberID] `json:"owner_id,omitzero" doc:"For assign: who gets the customers; null puts them into the public pool."`
}

// ChangeCustomers carries a change out on every customer within the caller's reach and passes over the others,
// in one transaction. It returns *tenant.InvalidError for a bad change and for one of more than 500 customers,
// and tenant.ErrDenied for deleting without that permission.
func ChangeCustomers(ctx context.Context, tx *tenant.Tx, in BulkChange) (BulkResult, error) {
	permission := in.permission()
	if !tx.Caller.May(permission) {
		return BulkResult{}, fmt.Errorf("%s: %w", permission, tenant.ErrDenied)
	}
	if err := in.check(ctx, tx); err != nil {
		return BulkResult{}, err
	}
	ids, err := selectIDs(ctx, tx.Query, in.IDs, in.Matching, planCustomers, "c.id", "customers")
	if err != nil {
		return BulkResult{}, err
	}
	visible, args := tx.Scope(permission).Where("c.owner_id", "c.id")
	found, err := lockCustomers(ctx, tx, ids, visible, args)
	if err != nil {
		return BulkResult{}, err
	}
	result := beginResult("customer", ids, found, func(c *Customer) CustomerID { return c.ID })
	if in.Action == bulkDelete {
		result.Changed = len(found)
		return result, trashCustomers(ctx, tx, found, false)
	}
	var changes []customerChange
	for _, before := range found {
		change, failure, err := in.apply(tx, before)
		switch {
		case err != nil:
			return BulkResult{}, err
		case failure != nil:
			result.refuse(*failure)
		case len(change.previous) == 0:
			result.Unchanged++
		default:
			changes = append(changes, change)
		}
	}
	result.Changed = len(changes)
	return result, updateCustomers(ctx, tx, changes, nil)
}

// permission is what the change takes.
func (in *BulkChange) permission() tenant.Permission {
	if in.Action == bulkDelete {
		return customerDelete
	}
	return customerUpdate
}

// check examines the change and writes each tag as the company has it.
func (in *BulkChange) check(ctx context.Context, tx *tenant.Tx) error {
	invalid := &tenant.InvalidError{}
	checkWord(invalid, "action", in.Action, []string{bulkTag, bulkUntag, bulkAssign, bulkDelete})
	checkSelection(invalid, len(in.IDs), in.Matching, "customers")
	switch in.Action {
	case bulkTag, bulkUntag:
		in.Tags = checkBulkTags(invalid, in.Tags)
	case bulkAssign:
		if !in.OwnerID.Set {
			invalid.Add("owner_id", "required", "is required; null means the public pool")
		} else if err := checkOwner(ctx, tx, invalid, "owner_id", in.OwnerID.Value, customerUpdate); err != nil {
			return err
		}
	}
	if err := invalid.Err(); err != nil {
		return err
	}
	return nameTags(ctx, tx.Query, in.Tags)
}

// apply returns what the change makes of one customer, or why it cannot be made.
func (in *BulkChange) apply(tx *tenant.Tx, before Customer) (customerChange, *BulkFailure, error) {
	after := before
	switch in.Action {
	case bulkTag:
		after.Tags = withTags(before.Tags, in.Tags)
		if len(after.Tags) > maxTags {
			return customerChange{}, &BulkFailure{RecordRef{"customer", tenant.RecordID(before.ID)}, "too_many", "A customer holds at most 50 tags."}, nil
		}
	case bulkUntag:
		after.Tags = withoutTags(before.Tags, in.Tags)
	case bulkAssign:
		if !tx.Scope(customerUpdate).Includes(before.OwnerID) {
			return customerChange{}, &BulkFailure{RecordRef{"customer", tenant.RecordID(before.ID)}, "out_of_scope", "The customer is only shared with you; its owner can hand it over."}, nil
		}
		after.OwnerID = in.OwnerID.Value
	}
	previous, err := differences(before, after)
	if err != nil {
		return customerChange{}, nil, err
	}
	after.stamp(before, tx.Now)
	return customerChange{before: before, after: after, previous: previous}, nil, nil
}

// withTags returns the tags with more added; a tag that is there already stays as it is written.
func withTags(tags, more []string) []string {
	all := slices.Clone(tags)
	for _, name := range more {
		if !slices.ContainsFunc(all, sameTag(name)) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

func withoutTags(tags, fewer []string) []string {
	return slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return slices.ContainsFunc(fewer, sameTag(tag)) })
}

func sameTag(name string) func(string) bool {
	key := tagKey(name)
	return func(other string) bool { return tagKey(other) == key }
}
