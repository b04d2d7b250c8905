package crm

import (
	"context"
	"errors"
	"slices"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (c *Customer) parentCard() (CustomerID, **CustomerCard) { return c.ParentID, &c.Parent }

func (c *Customer) customerCalled() string { return calledBy(c.Parent) }

// hang makes the customer a part of another one.
func (c *Customer) hang(parent *namedCustomer) { c.ParentID, c.Parent = parent.ID, nil }

// parentBook finds the parents that rows name.
type parentBook struct {
	// column is where the rows name them; empty when they name none.
	column string
	// named are the customers that rows can name, by search.CompanyKey; those that rows make join them. ahead are those that
	// rows of earlier batches will have made.
	named, ahead map[string][]namedCustomer
	above        parents
}

// readParents reads who the parents are that rows name, and what stands above them.
func (m *customerMatches) readParents(ctx context.Context, entries []entry, lock string) error {
	m.parents = parentBook{column: m.parser.columnOf("parent"), ahead: m.parser.ahead.customers, above: parents{}}
	if m.parents.column == "" {
		return nil
	}
	var err error
	if m.parents.named, err = customersNamed(ctx, m.q, entries, lock, []tenant.Permission{customerRead}); err != nil {
		return err
	}
	var ids []CustomerID
	for _, found := range m.parents.named {
		for i := range found {
			ids = append(ids, found[i].ID)
		}
	}
	if lock != "" {
		lock = keepingParents
	}
	m.parents.above, err = readParents(ctx, m.q, ids, lock)
	return err
}

// add lets later rows name a customer that a row makes.
func (b *parentBook) add(c *Customer) {
	if b.column != "" {
		key := search.CompanyKey(c.Name)
		b.named[key] = append(b.named[key], namedCustomer{ID: c.ID})
	}
}

// place puts a customer under the parent that its row names, or says why that cannot be.
func (b *parentBook) place(c *Customer) []ImportProblem {
	name := c.customerCalled()
	if name == "" {
		return nil
	}
	problem := ImportProblem{Column: b.column, Field: "parent"}
	key := search.CompanyKey(name)
	switch found := slices.Concat(b.ahead[key], b.named[key]); len(found) {
	case 0:
		problem.Code, problem.Message = "unknown_customer", "no customer of that name is within your reach; let the row of the parent stand before those of its parts, or mend the name"
	case 1:
		c.hang(&found[0])
		problem.Code, problem.Message = b.above.refusal(c.ID, c.ParentID)
	default:
		problem.Code, problem.Message = "several_customers", "several customers have this name; merge them, or give one another name"
	}
	if problem.Code != "" {
		return []ImportProblem{problem}
	}
	b.above[c.ID] = c.ParentID
	return nil
}

// returnTo leaves a customer where it is whose former parent cannot have it back: one that is gone, or stands below it
// by now.
func (c *Customer) returnTo(ctx context.Context, tx *tenant.Tx, now CustomerID) error {
	if c.ParentID == now {
		return nil
	}
	invalid := &tenant.InvalidError{}
	err := c.checkParent(ctx, tx, invalid)
	if errors.Is(err, tenant.ErrNotFound) || invalid.Err() != nil {
		c.ParentID, err = now, nil
	}
	return err
}
