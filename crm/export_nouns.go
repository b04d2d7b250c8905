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
	// list are the records as the API lists them, name is one of them as permissions call it, title that of the worksheet.
	list  *list.Resource
	name  string
	title phrase
	// order is the list's that stays the same while records change: newest changes first would leave out what moves up.
	order   string
	columns []exportColumn
	// cards is the one column of their address cards, none for records without such.
	cards []exportColumn
	// plan is the list of them; page reads one page of it and gives the cells of its rows in the columns.
	plan func(ctx context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error)
	page exportPage
}

// exportPage reads one page of a list and gives the cells of its rows in the columns.
type exportPage func(ctx context.Context, q *tenant.Query, w *exportWords, columns []exportColumn, p *list.Plan) (rows [][]string, next *string, err error)

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
func (n *importNoun) exported() []exportColumn { return exported(n.fields) }

func exported(fields []importField) []exportColumn {
	all := make([]exportColumn, len(fields))
	for i, f := range fields {
		all[i] = exportColumn{phrase{f.zh, f.en}, f.kind, f.value.show}
	}
	return all
}

// exportNouns are the kinds of records that are exported.
var exportNouns = []*exportNoun{customerExports(), contactExports(), dealExports(), interactionExports(), taskExports()}

func exportNounOf(resource string) *exportNoun {
	for _, n := range exportNouns {
		if n.list.Name == resource {
			return n
		}
	}
	return nil
}

// ExportResources lists the resources of the API that are exported.
func ExportResources() []string {
	var all []string
	for _, n := range exportNouns {
		all = append(all, n.list.Name)
	}
	return all
}

// pagesOf reads pages of a list and shows its records in the columns; fill reads what stands in other tables.
func pagesOf[R any](selected string, key func(R, string) (any, [16]byte), fill func(context.Context, *tenant.Query, *exportWords, []R) error) exportPage {
	return func(ctx context.Context, q *tenant.Query, w *exportWords, columns []exportColumn, p *list.Plan) ([][]string, *string, error) {
		page, err := list.Read(ctx, q, p, selected, false, key)
		if err != nil {
			return nil, nil, err
		}
		if err := fill(ctx, q, w, page.Data); err != nil {
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
		list: customers, name: "customer", title: phrase{"客户", "Customers"}, order: "created_at", columns: columns, plan: planCustomers,
		page: pagesOf(customerColumns, Customer.sortKey, func(ctx context.Context, q *tenant.Query, _ *exportWords, page []Customer) error {
			if err := fillCards(ctx, q, page, (*Customer).parentCard); err != nil {
				return err
			}
			return fillTags(ctx, q, page, (*Customer).tagged, "")
		}),
	}
}

func contactExports() *exportNoun {
	return &exportNoun{
		list: contacts, name: "contact", title: phrase{"联系人", "Contacts"}, order: "created_at", columns: contactImports().exported(),
		plan: func(ctx context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error) {
			return planContacts(ctx, q, CustomerID{}, in)
		},
		cards: []exportColumn{columnOf("", "", sheet.TextCell, showContactCard)},
		page: pagesOf(contactColumns, Contact.sortKey, func(ctx context.Context, q *tenant.Query, _ *exportWords, page []Contact) error {
			return fillContacts(ctx, q, page)
		}),
	}
}
