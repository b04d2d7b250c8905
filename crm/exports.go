package crm

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

const exportCreate tenant.Permission = "export:create"

// The formats of files that are sent.
const (
	FormatCSV  = "csv"
	FormatXLSX = "xlsx"
	// FormatVCard is an address book, for contacts only.
	FormatVCard = "vcard"
)

// Export asks for all records of a kind within the caller's scope.
type Export struct {
	// Resource is the kind as the API's lists call it, Format one of the formats; Filter, Q and OrderBy are as for the list. When
	// nobody says, the order is one in which no record moves while the file is written.
	Resource, Format, Filter, Q, OrderBy string
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

// LogExport notes who takes which records out, before any leaves. It returns *tenant.InvalidError for a filter
// that cannot be read, and tenant.ErrDenied when the caller may not read such records at all.
func LogExport(ctx context.Context, tx *tenant.Tx, in Export) error {
	noun := exportNounOf(in.Resource)
	if noun == nil {
		return tenant.Invalid("resource", "unknown", "is nothing that can be exported")
	}
	if read := tenant.Permission(noun.name + ":read"); !tx.Caller.May(read) {
		return fmt.Errorf("%s: %w", read, tenant.ErrDenied)
	}
	p, err := in.plan(ctx, tx.Query, noun, "")
	if err != nil {
		return err
	}
	summary := ExportSummary{Resource: in.Resource, Format: in.Format, Filter: in.Filter, Q: in.Q}
	where := p.Conditions()
	if err := tx.Get(ctx, &summary.Count, `SELECT COUNT(*) FROM `+p.From()+` WHERE `+where.SQL, where.Args...); err != nil {
		return err
	}
	return summary.log(ctx, tx)
}

// log notes who took what out.
func (s ExportSummary) log(ctx context.Context, tx *tenant.Tx) error {
	member := tx.Caller.Member
	return tx.Emit(ctx, tenant.Event{
		Type: "export.created", Resource: "export", Record: tenant.RecordID(tenant.NewEventID()),
		OwnerBefore: member, OwnerAfter: member, Data: s,
	})
}

// plan is a page of the export. Who may read more than export, or export more than read, gets what is in both.
func (in Export) plan(ctx context.Context, q *tenant.Query, noun *exportNoun, cursor string) (*list.Plan, error) {
	p, err := noun.plan(ctx, q, ListQuery{Filter: in.Filter, Q: in.Q, OrderBy: cmp.Or(in.OrderBy, noun.order), Limit: list.MaxLimit, Cursor: cursor})
	if err != nil {
		return nil, err
	}
	visible, args := q.Scope(exportCreate).Where(noun.list.OwnerColumn, noun.list.CustomerColumn)
	p.Narrow(list.Condition{SQL: visible, Args: args})
	return p, nil
}

// WriteExport writes the records as a table or an address book, which can be imported again where such records can be
// imported, page by page. No cell of it is evaluated by a spreadsheet program. Headings are in the caller's language, times
// in the caller's zone, and what a role masks is masked.
func WriteExport(ctx context.Context, q *tenant.Query, in Export, out io.Writer) error {
	noun := exportNounOf(in.Resource)
	if noun == nil {
		return tenant.Invalid("resource", "unknown", "is nothing that can be exported")
	}
	noun, err := noun.withCustom(ctx, q)
	if err != nil {
		return err
	}
	words := exportVocabulary(q.Caller.Locale)
	words.zone = q.Location()
	if words.owners, err = ownerWords(ctx, q); err != nil {
		return err
	}
	if err := words.namePipelines(ctx, q); err != nil {
		return err
	}
	w, columns, err := in.begin(out, noun, words)
	if err != nil {
		return err
	}
	defer w.Discard()
	for cursor := ""; ; {
		p, err := in.plan(ctx, q, noun, cursor)
		if err != nil {
			return err
		}
		rows, next, err := noun.page(ctx, q, words, columns, p)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := w.Write(row); err != nil {
				return err
			}
		}
		if next == nil {
			return w.Close()
		}
		cursor = *next
	}
}

// begin begins the file, and says what its columns are.
func (in Export) begin(out io.Writer, noun *exportNoun, words *exportWords) (sheet.Writer, []exportColumn, error) {
	if in.Format == FormatVCard && noun.cards != nil {
		return cardFile{out}, noun.cards, nil
	}
	w, err := newTable(out, in.Format, words.say(noun.title), words.headings(noun.columns))
	return w, noun.columns, err
}

// newTable begins a file of the format; name is that of the worksheet.
func newTable(out io.Writer, format, name string, columns []sheet.OutColumn) (sheet.Writer, error) {
	switch format {
	case FormatXLSX:
		return newWorkbook(out, name, columns)
	case FormatCSV:
		return sheet.NewCSVWriter(out, columns)
	}
	return nil, tenant.Invalid("format", "unknown", "must be csv or xlsx")
}

// exportWords are the words of one exported file.
type exportWords struct {
	language
	rejected, line, reason, colon string
	stages                        map[string]string
	owners                        map[tenant.MemberID]string
	pipelines                     map[PipelineID]string
	dealStages                    map[StageID]string
	lostReasons                   map[LostReasonID]string
	// names are what the records are called that those of a page name.
	names map[tenant.RecordID]string
	zone  *time.Location
}

func exportVocabulary(locale string) *exportWords {
	w := &exportWords{language: language(locale), stages: map[string]string{}}
	for stage, name := range stageNames {
		w.stages[stage] = w.say(name)
	}
	w.rejected, w.line, w.reason = w.say(phrase{"未导入", "Rejected"}), w.say(phrase{"行号", "Line"}), w.say(phrase{"未导入原因", "Why rejected"})
	w.colon = w.say(phrase{"：", ": "})
	return w
}

func (w *exportWords) yesOrNo(yes bool) string {
	if yes {
		return w.say(phrase{"是", "yes"})
	}
	return w.say(phrase{"否", "no"})
}

func (w *exportWords) headings(columns []exportColumn) []sheet.OutColumn {
	all := make([]sheet.OutColumn, len(columns))
	for i, c := range columns {
		all[i] = sheet.OutColumn{Header: w.pick(c.heading), Kind: c.kind}
	}
	return all
}

// local writes a time in the reader's zone, as spreadsheets know times.
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

// namePipelines says what pipelines and their stages are called, also those that are gone.
func (w *exportWords) namePipelines(ctx context.Context, q *tenant.Query) error {
	var all []struct {
		Pipeline     PipelineID `db:"pipeline_id"`
		PipelineName string     `db:"pipeline_name"`
		Stage        StageID    `db:"id"`
		Name         string     `db:"name"`
	}
	err := q.Select(ctx, &all, `SELECT s.pipeline_id, p.name AS pipeline_name, s.id, s.name
		FROM company.pipeline_stages s JOIN company.pipelines p ON p.id = s.pipeline_id`)
	w.pipelines, w.dealStages = map[PipelineID]string{}, map[StageID]string{}
	for _, s := range all {
		w.pipelines[s.Pipeline], w.dealStages[s.Stage] = s.PipelineName, s.Name
	}
	if err != nil {
		return err
	}
	reasons, err := ListLostReasons(ctx, q)
	w.lostReasons = make(map[LostReasonID]string, len(reasons))
	for _, r := range reasons {
		w.lostReasons[r.ID] = r.Name
	}
	return err
}

// nameRecords says what records of another kind are called, as far as the caller may read them, in place of those of the
// page before.
func (w *exportWords) nameRecords(ctx context.Context, q *tenant.Query, r *list.Resource, read tenant.Permission, ids []tenant.RecordID) error {
	visible, args := q.Scope(read).Where(r.OwnerColumn, r.CustomerColumn)
	of := r.OneOf(ids)
	var rows []struct {
		ID   tenant.RecordID `db:"id"`
		Name string          `db:"name"`
	}
	err := q.Select(ctx, &rows, fmt.Sprintf("SELECT %[1]s.id, %[1]s.name FROM %[2]s %[1]s WHERE %[3]s AND %[4]s AND %[5]s", r.Alias, r.Table, of.SQL, r.Live, visible),
		append(of.Args, args...)...)
	w.names = make(map[tenant.RecordID]string, len(rows))
	for _, r := range rows {
		w.names[r.ID] = r.Name
	}
	return err
}

func showEmployees(_ *exportWords, c *Customer) string {
	if c.Employees == nil {
		return ""
	}
	return strconv.Itoa(*c.Employees)
}

func showRevenue(_ *exportWords, c *Customer) string {
	return moneyCell(c.Revenue, deref(c.RevenueCurrency))
}

// moneyCell writes an amount of minor units of a currency; nothing for none.
func moneyCell(amount *int64, code string) string {
	if amount == nil {
		return ""
	}
	return decimalOf(*amount, minorDigits(code))
}

// decimalOf writes minor units as a decimal, in whole digits so that nothing is rounded.
func decimalOf(minor int64, digits int) string {
	sign := ""
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

func showDoNotContact(w *exportWords, c *Customer) string { return w.yesOrNo(c.DoNotContact) }
