package crm

import (
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// entry is a row of the file and what it means.
type entry struct {
	row sheet.Row
	// customer is the row as a new customer, without the times of its making.
	customer Customer
	identity identity
	problems []ImportProblem
}

// parse reads a row as a new customer.
func (p *rowParser) parse(row sheet.Row, caller *tenant.Caller) entry {
	e := entry{row: row, customer: Customer{
		ID: tenant.NewID[customerKind](), OwnerID: p.options.OwnerID, Lifecycle: Potential, Tags: []string{},
		CreatedBy: caller.Member, Version: 1,
	}}
	if e.customer.OwnerID.IsZero() {
		e.customer.OwnerID = caller.Member
	}
	e.problems = p.complete(&e.customer, row)
	if p.options.Mode == ModeCreate && isBlank(e.customer.Name) && !hasProblem(e.problems, "name") {
		e.problems = append(e.problems, nameless)
	}
	e.identity = e.customer.identity()
	return e
}

// complete fills the customer from the row and sees to what fields have to do with each other.
func (p *rowParser) complete(c *Customer, row sheet.Row) []ImportProblem {
	problems := p.fill(c, row)
	invalid := &tenant.InvalidError{}
	c.Tags = cleanTags(invalid, "tags", append(append([]string{}, c.Tags...), p.options.Tags...))
	if len(invalid.Fields) > 0 {
		problems = append(problems, ImportProblem{Field: "tags", Code: "too_many_tags", Message: "with the tags of the import the customer would have more than 50"})
	}
	if c.Revenue == nil {
		c.RevenueCurrency = nil
	}
	if c.LostReason != "" && c.Lifecycle != Lost {
		problems = append(problems, ImportProblem{Field: "lost_reason", Code: "not_lost", Message: "a reason for the loss needs the stage lost 流失; fill in the stage, or empty the reason"})
	}
	return problems
}

var nameless = ImportProblem{Field: "name", Code: "required", Message: "the name is empty; every new customer needs one"}

func hasProblem(problems []ImportProblem, field string) bool {
	for _, p := range problems {
		if p.Field == field {
			return true
		}
	}
	return false
}
