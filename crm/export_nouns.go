package crm

import (
	"context"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// exportNoun is what exports know of one kind of records.
type exportNoun struct {
	// resource is the kind as the API's lists call it, name one of them as permissions do; title is that of the worksheet.
	resource, name string
	title          phrase
	columns        []exportColumn
	// owner and customer are the columns that the scope looks at.
	owner, customer string
	// plan is the list of them; page reads one page of it and gives the cells of its rows.
	plan func(ctx context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error)
	page func(ctx context.Context, q *tenant.Query, w *exportWords, p *list.Plan) (rows [][]string, next *string, err error)
}

// exportColumn is a column of an exported file.
type exportColumn struct {
	heading phrase
	kind    sheet.CellKind
	show    func(w *exportWords, record any) string
}

// columnOf is a column of records of a kind.
func columnOf[R any](zh, en string, kind sheet.CellKind, show func(w *exportWords, r *R) string) exportColumn {
	return exportColumn{phrase{zh, en}, kind, func(w *exportWords, record any) string { return show(w, recordAs[*R](record)) }}
}

// exported gives the columns that an import fills, so that an exported file can be imported again.
func (n *importNoun) exported() []exportColumn {
	all := make([]exportColumn, len(n.fields))
	for i, f := range n.fields {
		all[i] = exportColumn{phrase{f.zh, f.en}, f.kind, f.value.show}
	}
	return all
}

// exportNouns are the kinds of records that are exported.
func exportNouns() []*exportNoun { return []*exportNoun{customerExports(), contactExports()} }

func exportNounOf(resource string) *exportNoun {
	for _, n := range exportNouns() {
		if n.resource == resource {
			return n
		}
	}
	return nil
}

// ExportResources lists the resources of the API that are exported.
func ExportResources() []string {
	var all []string
	for _, n := range exportNouns() {
		all = append(all, n.resource)
	}
	return all
}

// pagesOf reads pages of a list and shows its records in the columns; fill reads what stands in other tables.
func pagesOf[R any](columns []exportColumn, selected string, key func(R, string) (any, [16]byte), fill func(context.Context, *tenant.Query, []R) error,
) func(context.Context, *tenant.Query, *exportWords, *list.Plan) ([][]string, *string, error) {
	return func(ctx context.Context, q *tenant.Query, w *exportWords, p *list.Plan) ([][]string, *string, error) {
		page, err := list.Read(ctx, q, p, selected, false, key)
		if err != nil {
			return nil, nil, err
		}
		if err := fill(ctx, q, page.Data); err != nil {
			return nil, nil, err
		}
		mask.Apply(page.Data, q.Caller.Masked)
		rows := make([][]string, len(page.Data))
		for i := range page.Data {
			for _, c := range columns {
				rows[i] = append(rows[i], c.show(w, &page.Data[i]))
			}
		}
		return rows, page.NextCursor, nil
	}
}

func customerExports() *exportNoun {
	columns := append(customerImports().exported(),
		columnOf("最近沟通", "Last interaction", sheet.DateCell, func(w *exportWords, c *Customer) string { return w.local(c.LastInteractionAt) }),
		columnOf("下次跟进", "Next follow-up", sheet.DateCell, func(w *exportWords, c *Customer) string { return w.local(c.NextFollowUpAt) }))
	return &exportNoun{
		resource: customers.Name, name: "customer", title: phrase{"客户", "Customers"}, columns: columns, owner: "c.owner_id", customer: "c.id",
		plan: planCustomers,
		page: pagesOf(columns, customerColumns, Customer.sortKey, func(ctx context.Context, q *tenant.Query, page []Customer) error {
			return fillTags(ctx, q, page, (*Customer).tagged)
		}),
	}
}

func contactExports() *exportNoun {
	columns := contactImports().exported()
	return &exportNoun{
		resource: contacts.Name, name: "contact", title: phrase{"联系人", "Contacts"}, columns: columns, owner: "p.owner_id", customer: "p.customer_id",
		plan: func(ctx context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error) {
			return planContacts(ctx, q, CustomerID{}, in)
		},
		page: pagesOf(columns, contactColumns, Contact.sortKey, fillContacts),
	}
}
