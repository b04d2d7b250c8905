package crm

import (
	"context"
	"maps"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// keepingParents keeps who stands above a customer from changing until the transaction ends, so that two changes at once
// do not close a circle.
const keepingParents = "LOCK IN SHARE MODE"

// maxParents is how many companies may stand above a customer, one over the other.
const maxParents = 20

// circular is the code of a parent that would stand below its own part.
const circular = "circular"

// parents leads from customers to the companies that they are parts of.
type parents map[CustomerID]CustomerID

// readParents reads what stands above the customers, up to the top. lock is keepingParents for a change.
func readParents(ctx context.Context, q *tenant.Query, ids []CustomerID, lock string) (parents, error) {
	above := parents{}
	for level := 0; level <= maxParents && len(ids) > 0; level++ {
		var rows []struct {
			ID     CustomerID `db:"id"`
			Parent CustomerID `db:"parent_id"`
		}
		if err := q.SelectIn(ctx, &rows, `SELECT id, parent_id FROM company.customers WHERE id IN (?) AND parent_id IS NOT NULL ORDER BY id `+lock, ids); err != nil {
			return nil, err
		}
		next := map[CustomerID]bool{}
		for _, r := range rows {
			above[r.ID] = r.Parent
			if _, known := above[r.Parent]; !known {
				next[r.Parent] = true
			}
		}
		ids = slices.Collect(maps.Keys(next))
	}
	return above, nil
}

// refusal says why a customer cannot be a part of another; the code is empty when it can.
func (above parents) refusal(id, parent CustomerID) (code, message string) {
	for level := 0; !parent.IsZero(); level++ {
		switch {
		case parent == id:
			return circular, "is the customer itself or a part of it; choose a customer that does not stand below this one"
		case level >= maxParents:
			return "too_deep", "has too many companies above it; choose one nearer to the top"
		}
		parent = above[parent]
	}
	return "", ""
}

// checkParent sees to it that a customer's parent is another one within the caller's reach, and no part of it.
func (c *Customer) checkParent(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError) error {
	if c.ParentID.IsZero() {
		return nil
	}
	parent, err := hangOn(ctx, tx, invalid, "parent_id", c.ParentID, customerRead)
	if err != nil || parent.ID.IsZero() {
		return err
	}
	above, err := readParents(ctx, tx.Query, []CustomerID{parent.ID}, keepingParents)
	if err != nil {
		return err
	}
	if code, message := above.refusal(c.ID, parent.ID); code != "" {
		invalid.Add("parent_id", code, message)
	}
	return nil
}

// withoutCircle returns the two customers of a merge without the parents that the one left would stand above: each
// other's parts.
func withoutCircle(ctx context.Context, q *tenant.Query, winner, loser Customer) (Customer, Customer, error) {
	above, err := readParents(ctx, q, []CustomerID{winner.ID, loser.ID}, keepingParents)
	if err != nil {
		return winner, loser, err
	}
	if code, _ := above.refusal(loser.ID, winner.ParentID); code == circular {
		winner.ParentID = CustomerID{}
	}
	if code, _ := above.refusal(winner.ID, loser.ParentID); code == circular {
		loser.ParentID = CustomerID{}
	}
	return winner, loser, nil
}
