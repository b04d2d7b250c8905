package crm

import (
	"context"
	"slices"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// customerHeadings are what files call the customer that a record hangs on.
var customerHeadings = []string{
	"客户名称", "公司", "公司名称", "单位", "企业名称", "company", "company name", "related company", "account", "account name", "organization", "employer",
}

// customerCalled is the name of the customer, of records that have its card; matching finds out who that is.
func customerCalled[R any, P pointerTo[R]](carded func(*R) (CustomerID, **CustomerCard)) fieldValue {
	return valueOf[R, P](func(_ *rowParser, r *R, cell string) error {
		_, card := carded(r)
		*card = &CustomerCard{Name: cell}
		return nil
	}, func(_ *exportWords, r *R) string {
		if _, card := carded(r); *card != nil {
			return (*card).Name
		}
		return ""
	})
}

// placeable is a record that hangs on a customer, whom a row calls by name.
type placeable interface {
	// customerCalled is what the row calls the customer, "" when it names none; hang puts the record to a customer.
	customerCalled() string
	hang(c *namedCustomer)
}

// namedCustomer is a customer that a file can call by name.
type namedCustomer struct {
	ID           CustomerID      `db:"id"`
	OwnerID      tenant.MemberID `db:"owner_id"`
	Name         string          `db:"name"`
	Key          string          `db:"name_key"`
	DoNotContact bool            `db:"do_not_contact"`
}

// placeRows puts records to the customers whom their rows name, within the reach of all these permissions, and returns those
// customers.
func placeRows(ctx context.Context, q *tenant.Query, p *rowParser, entries []entry, lock string, permissions ...tenant.Permission) ([]CustomerID, error) {
	named, err := customersNamed(ctx, q, entries, lock, permissions)
	if err != nil {
		return nil, err
	}
	ids := []CustomerID{{}} // never an empty list
	for i := range entries {
		r := recordAs[placeable](entries[i].record)
		name := r.customerCalled()
		if name == "" {
			continue
		}
		switch found := named[search.CompanyKey(name)]; len(found) {
		case 0:
			p.refuseCustomer(&entries[i], "unknown_customer", "no customer of that name is within your reach; import the customers first, or mend the name")
		case 1:
			r.hang(&found[0])
			ids = append(ids, found[0].ID)
		default:
			p.refuseCustomer(&entries[i], "several_customers", "several customers have this name; merge them, or give one another name")
		}
	}
	return ids, nil
}

// refuseCustomer notes what is wrong with the customer that a row names.
func (p *rowParser) refuseCustomer(e *entry, code, message string) {
	e.problems = append(e.problems, ImportProblem{Column: p.columnOf("customer"), Field: "customer", Code: code, Message: message})
}

// customersNamed looks up the customers whom rows name, by the name without legal form and brackets.
func customersNamed(ctx context.Context, q *tenant.Query, entries []entry, lock string, permissions []tenant.Permission) (map[string][]namedCustomer, error) {
	cores := []string{""} // never an empty list
	for i := range entries {
		if name := recordAs[placeable](entries[i].record).customerCalled(); name != "" {
			core, _ := search.CompanyCore(search.CompanyKey(name))
			cores = append(cores, core)
		}
	}
	slices.Sort(cores)
	statement, args := `SELECT c.id, c.owner_id, c.name, c.name_key, c.do_not_contact FROM company.customers c
		WHERE c.name_core IN (?) AND c.name_core <> '' AND c.deleted_at IS NULL`, []any{slices.Compact(cores)}
	for _, p := range permissions {
		visible, of := q.Scope(p).Where("c.owner_id", "c.id")
		statement, args = statement+" AND "+visible, append(args, of...)
	}
	var found []namedCustomer
	if err := q.SelectIn(ctx, &found, statement+" ORDER BY c.id "+lock, args...); err != nil {
		return nil, err
	}
	named := map[string][]namedCustomer{}
	for _, c := range found {
		named[c.Key] = append(named[c.Key], c)
	}
	return named, nil
}

// calledBy is what a card in a row says that a record hangs on.
func calledBy(card *CustomerCard) string {
	if card == nil {
		return ""
	}
	return card.Name
}
