package crm

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

const exportCreate tenant.Permission = "export:create"

// The formats of files that are sent.
const (
	FormatCSV  = "csv"
	FormatXLSX = "xlsx"
)

// CustomerExport asks for all customers within the caller's scope.
type CustomerExport struct {
	// Format is csv or xlsx, Filter and Q are as for the list.
	Format, Filter, Q string
}

// ExportSummary is what the event export.created carries.
type ExportSummary struct {
	Resource string `json:"resource"`
	Format   string `json:"format"`
	Filter   string `json:"filter"`
	Q        string `json:"q"`
	// Count is how many records there were when the export began.
	Count int `json:"count"`
}

// plan is a page of the export. Who may read more than export, or export more than read, gets what is in both.
func (in CustomerExport) plan(ctx context.Context, q *tenant.Query, cursor string) (*list.Plan, error) {
	visible, args := q.Scope(exportCreate).Where("c.owner_id", "c.id")
	extra, narrow := []list.Condition{{SQL: visible, Args: args}}, false
	if in.Q != "" {
		var words list.Condition
		words, narrow = search.Condition(search.Customers, "c", in.Q, customers.IsMasked(q.Caller))
		extra = append(extra, words)
	}
	// The order stays the same while records change: newest changes first would leave out what moves up.
	page := ListQuery{Filter: in.Filter, Q: in.Q, OrderBy: "created_at", Limit: 200, Cursor: cursor}
	resource, err := customised(ctx, q, customers, page)
	if err != nil {
		return nil, err
	}
	p, err := list.New(q, resource, page, q.Scope(customerRead), extra...)
	if err == nil && narrow {
		p.UseIndex("") // as in the list
	}
	return p, err
}

// LogExport notes who takes which records out, before any leaves. It returns *tenant.InvalidError for a filter
// that cannot be read.
func LogExport(ctx context.Context, tx *tenant.Tx, in CustomerExport) error {
	p, err := in.plan(ctx, tx.Query, "")
	if err != nil {
		return err
	}
	summary := ExportSummary{Resource: customers.Name, Format: in.Format, Filter: in.Filter, Q: in.Q}
	where := p.Conditions()
	if err := tx.Get(ctx, &summary.Count, `SELECT COUNT(*) FROM company.customers c WHERE `+where.SQL, where.Args...); err != nil {
		return err
	}
	member := tx.Caller.Member
	return tx.Emit(ctx, tenant.Event{
		Type: "export.created", Resource: "export", Record: tenant.RecordID(tenant.NewEventID()),
		OwnerBefore: member, OwnerAfter: member, Data: summary,
	})
}

// ExportCustomers writes the customers as a table that can be imported again, page by page. No cell of it is
// evaluated by a spreadsheet program. Headings are in the caller's language, times in the company's zone.
func ExportCustomers(ctx context.Context, q *tenant.Query, in CustomerExport, out io.Writer) error {
	words := exportVocabulary(q.Caller.Locale)
	words.zone = q.Company.Location()
	var err error
	if words.owners, err = ownerWords(ctx, q); err != nil {
		return err
	}
	w, err := newTable(out, in.Format, words.customers, words.columns())
	if err != nil {
		return err
	}
	for cursor := ""; ; {
		p, err := in.plan(ctx, q, cursor)
		if err != nil {
			return err
		}
		page, err := list.Read(ctx, q, p, customerColumns, false, Customer.sortKey)
		if err != nil {
			return err
		}
		if err := fillTags(ctx, q, page.Data, (*Customer).tagged); err != nil {
			return err
		}
		mask.Apply(page.Data, q.Caller.Masked)
		for i := range page.Data {
			if err := w.Write(words.row(&page.Data[i])); err != nil {
				return err
			}
		}
		if page.NextCursor == nil {
			return w.Close()
		}
		cursor = *page.NextCursor
	}
}

// newTable begins a file of the format; name is that of the worksheet.
func newTable(out io.Writer, format, name string, columns []sheet.OutColumn) (sheet.Writer, error) {
	switch format {
	case FormatXLSX:
		return sheet.NewXLSXWriter(out, name, columns)
	case FormatCSV:
		return sheet.NewCSVWriter(out, columns)
	}
	return nil, tenant.Invalid("format", "unknown", "must be csv or xlsx")
}

// exportWords are the words of one exported file.
type exportWords struct {
	chinese                                   bool
	customers, rejected, line, reason         string
	lastInteraction, followUp, yes, no, colon string
	stages                                    map[string]string
	owners                                    map[tenant.MemberID]string
	zone                                      *time.Location
}

func exportVocabulary(locale string) *exportWords {
	stages := map[string]string{}
	for stage, name := range stageNames {
		stages[stage] = language(locale).say(name)
	}
	if locale == "zh-CN" {
		return &exportWords{
			chinese: true, customers: "客户", rejected: "未导入", line: "行号", reason: "未导入原因",
			lastInteraction: "最近沟通", followUp: "下次跟进", yes: "是", no: "否", colon: "：", stages: stages,
		}
	}
	return &exportWords{
		customers: "Customers", rejected: "Rejected", line: "Line", reason: "Why rejected",
		lastInteraction: "Last interaction", followUp: "Next follow-up", yes: "yes", no: "no", colon: ": ", stages: stages,
	}
}

func (w *exportWords) columns() []sheet.OutColumn {
	var columns []sheet.OutColumn
	for _, f := range importFields {
		header := f.en
		if w.chinese {
			header = f.zh
		}
		columns = append(columns, sheet.OutColumn{Header: header, Kind: f.kind})
	}
	return append(columns, sheet.OutColumn{Header: w.lastInteraction, Kind: sheet.DateCell}, sheet.OutColumn{Header: w.followUp, Kind: sheet.DateCell})
}

func (w *exportWords) row(c *Customer) []string {
	cells := make([]string, 0, len(importFields)+2)
	for _, f := range importFields {
		if f.show != nil {
			cells = append(cells, f.show(w, c))
		} else {
			cells = append(cells, *f.text(c))
		}
	}
	return append(cells, w.local(c.LastInteractionAt), w.local(c.NextFollowUpAt))
}

// local writes a time in the company's zone, as spreadsheets know times.
func (w *exportWords) local(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(w.zone).Format("2006-01-02T15:04:05")
}

// ownerWords calls members as an import finds them: by name, or by e-mail where several have the name.
func ownerWords(ctx context.Context, q *tenant.Query) (map[tenant.MemberID]string, error) {
	members, err := tenant.ListMembers(ctx, q)
	named := map[string]int{}
	for _, m := range members {
		named[m.Name]++
	}
	words := make(map[tenant.MemberID]string, len(members))
	for _, m := range members {
		words[m.ID] = m.Name
		if named[m.Name] > 1 && m.Email != nil {
			words[m.ID] = *m.Email
		}
	}
	return words, err
}

func showEmployees(_ *exportWords, c *Customer) string {
	if c.Employees == nil {
		return ""
	}
	return strconv.Itoa(*c.Employees)
}

// showRevenue writes minor units as a decimal, in whole digits so that nothing is rounded.
func showRevenue(_ *exportWords, c *Customer) string {
	if c.Revenue == nil {
		return ""
	}
	digits := minorDigits(deref(c.RevenueCurrency))
	sign, minor := "", *c.Revenue
	if minor < 0 {
		sign, minor = "-", -minor
	}
	text := strconv.FormatInt(minor, 10)
	if digits == 0 {
		return sign + text
	}
	if short := digits + 1 - len(text); short > 0 {
		text = strings.Repeat("0", short) + text
	}
	point := len(text) - digits
	return sign + text[:point] + "." + text[point:]
}

func showTags(_ *exportWords, c *Customer) string { return strings.Join(c.Tags, ", ") }

func showDoNotContact(w *exportWords, c *Customer) string {
	if c.DoNotContact {
		return w.yes
	}
	return w.no
}
