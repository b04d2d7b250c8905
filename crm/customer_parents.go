package crm

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// keepingParents keeps who stands above a customer from changing until the transaction ends, so that two changes at once
// do not close a circle.
const keepingParents = "LOCK IN SHARE MODE"

// maxParents is how many companies may stand above a customer, one over the other.
const maxParents = 20

// The codes of parents that cannot be: one would stand below its own part, the other too far down.
const (
	circular = "circular"
	tooDeep  = "too_deep"
)

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
			return tooDeep, "has too many companies above it; choose one nearer to the top"
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
		return nil
	}
	below, err := levelsBelow(ctx, tx.Query, c.ID)
	if err != nil {
		return err
	}
	if above.levels(parent.ID)+1+below > maxParents {
		invalid.Add("parent_id", tooDeep, fmt.Sprintf("would leave more than %d companies above the lowest part of this customer; choose one nearer to the top", maxParents))
	}
	return nil
}

// levels counts the companies above a customer.
func (above parents) levels(id CustomerID) int {
	n := 0
	for id = above[id]; !id.IsZero() && n < maxParents; id = above[id] {
		n++
	}
	return n
}

// levelsBelow counts how deep the parts of a customer stand below it.
func levelsBelow(ctx context.Context, q *tenant.Query, id CustomerID) (int, error) {
	parts := []CustomerID{id}
	for level := range maxParents {
		next, err := selectParts[CustomerID](ctx, q, `SELECT id FROM company.customers WHERE parent_id IN (?)`, parts)
		if err != nil || len(next) == 0 {
			return level, err
		}
		parts = next
	}
	return maxParents, nil
}

// withoutCircle returns the two customers of a merge without the parents that the one left would stand above: each
// other's parts. Merges join what stands above with what stands below, so there may be more levels than are read: how it
// goes on there is not known, and such a parent goes too.
func withoutCircle(ctx context.Context, q *tenant.Query, winner, loser Customer) (Customer, Customer, error) {
	above, err := readParents(ctx, q, []CustomerID{winner.ID, loser.ID}, keepingParents)
	if err != nil {
		return winner, loser, err
	}
	if code, _ := above.refusal(loser.ID, winner.ParentID); code != "" {
		winner.ParentID = CustomerID{}
	}
	if code, _ := above.refusal(winner.ID, loser.ParentID); code != "" {
		loser.ParentID = CustomerID{}
	}
	return winner, loser, nil
}
