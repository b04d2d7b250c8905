package crm

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ImportFile is what the upload turned out to be.
type ImportFile struct {
	Kind      string        `json:"kind" enum:"csv,xlsx,vcard" doc:"csv is any delimited text; of a vCard file each card is a row."`
	Size      int64         `json:"size" doc:"Bytes."`
	Encoding  string        `json:"encoding" doc:"Encoding of the text; empty for xlsx." example:"gb18030"`
	Delimiter string        `json:"delimiter" doc:"What stands between the fields; empty for xlsx and vcard." example:","`
	Sheets    []ImportSheet `json:"sheets" nullable:"false" doc:"The worksheets of a workbook."`
	Sheet     string        `json:"sheet" doc:"The worksheet that is read."`
	// HeaderLine is 0 for a table without a heading, as one of cards is.
	HeaderLine int `json:"header_line" doc:"Line of the heading; 0 when there is none." example:"1"`
}

// ImportSheet is one worksheet.
type ImportSheet struct {
	Name   string `json:"name" doc:"Its name."`
	Hidden bool   `json:"hidden" doc:"Whether it is hidden."`
	Rows   int    `json:"rows" doc:"Rows with a value, headings included."`
}

// ImportColumn is one column of the file. Headings may be empty or repeat, so the key tells columns apart.
type ImportColumn struct {
	Key     string   `json:"key" doc:"The column's letter, as a spreadsheet shows it." example:"C"`
	Heading string   `json:"heading" doc:"The heading as typed; of vCards, what the column holds, in your language." example:"手机"`
	Samples []string `json:"samples" nullable:"false" doc:"The first values, shortened."`
}

// ColumnMapping says that a column fills a field.
type ColumnMapping struct {
	Column string `json:"column" doc:"The column's letter." maxLength:"3" example:"C"`
	Field  string `json:"field" doc:"The field of the record; custom.<key> for one that the company has added." maxLength:"64" example:"phone"`
	// Sure is false for a suggestion that rests on part of the heading or on a field that is only near.
	Sure bool `json:"sure,omitempty" doc:"In suggestions: whether the heading means just this field."`
}

// ImportNotice tells of something that was done to the file without asking.
type ImportNotice struct {
	Code    string `json:"code" doc:"Stable code." example:"blank_rows_skipped"`
	Message string `json:"message" doc:"What was done." example:"blank rows, skipped: 2"`
	Count   int    `json:"count" doc:"How often."`
	Lines   []int  `json:"lines" nullable:"false" doc:"The first lines."`
}

// The ways an import treats records that are there already, and bad rows.
const (
	ModeCreate = "create"
	ModeUpdate = "update"
	ModeUpsert = "upsert"

	KeepGood     = "keep_good"
	AllOrNothing = "all_or_nothing"
)

// ImportOptions say how rows become records.
type ImportOptions struct {
	Mode string `json:"mode,omitempty" enum:"create,update,upsert" default:"create" doc:"create makes records and lists those that are there already as duplicates; update changes those that the key finds; upsert does both."`
	Key  string `json:"key,omitempty" maxLength:"64" doc:"The field by which update and upsert find a record: phone, email or name of customers and contacts, the first when left out; name of deals and title of tasks, within their customer; or a unique custom field. Interactions are only made." example:"custom.number"`
	// DateOrder decides what 03/04/2024 means; empty refuses such dates.
	DateOrder string   `json:"date_order,omitempty" enum:"dmy,mdy,ymd,serial,serial1904" doc:"What dates such as 03/04/2024 mean; without it they are rejected."`
	Currency  string   `json:"currency,omitempty" doc:"ISO 4217 currency of amounts whose row names none. Without it they are in the currency that the record has, and those of new records in the company's." example:"CNY"`
	OnError   string   `json:"on_error,omitempty" enum:"keep_good,all_or_nothing" default:"keep_good" doc:"keep_good takes the good rows; all_or_nothing stores nothing when a row is bad."`
	Tags      []string `json:"tags,omitempty" maxItems:"50" doc:"Tags for every record of the import." example:"[\"fair 2026\"]"`
	// CreateCustomers is for contacts.
	CreateCustomers bool            `json:"create_customers,omitempty" doc:"Of an import of contacts: make the customers whom rows name and who are not there yet, which takes the permission to. Without it such rows are rejected."`
	OwnerID         tenant.MemberID `json:"owner_id,omitzero" doc:"Owner of new records whose row names none; whoever runs the import when left out."`
	RunRules        bool            `json:"run_rules,omitempty" doc:"Let the company's rules, webhooks and notices act on what is imported."`
}

// ImportPatch changes how an import is read and mapped.
type ImportPatch struct {
	Sheet      patch.Field[string]          `json:"sheet,omitzero" maxLength:"64" doc:"The worksheet to read; null for the first with rows."`
	HeaderLine patch.Field[int]             `json:"header_line,omitzero" minimum:"-1" maximum:"1000" doc:"Line of the heading; -1 for none, null to find it."`
	Encoding   patch.Field[string]          `json:"encoding,omitzero" maxLength:"32" doc:"Encoding of the text, as gb18030; null to find it."`
	Delimiter  patch.Field[string]          `json:"delimiter,omitzero" maxLength:"4" doc:"One character; null to find it." example:";"`
	Mapping    patch.Field[[]ColumnMapping] `json:"mapping,omitzero" maxItems:"1000" doc:"Replaces the whole mapping."`
	Options    patch.Field[ImportOptions]   `json:"options,omitzero" doc:"Replaces all options."`
}

// importReading is what the importer said about how to read the file; zero values find out.
type importReading struct {
	Sheet      string `json:"sheet,omitempty"`
	HeaderLine int    `json:"header_line,omitempty"`
	Encoding   string `json:"encoding,omitempty"`
	Delimiter  string `json:"delimiter,omitempty"`
}

func (r importReading) options() sheet.Options {
	delimiter, _ := utf8.DecodeRuneInString(r.Delimiter)
	if r.Delimiter == "" {
		delimiter = 0
	}
	return sheet.Options{Sheet: r.Sheet, HeaderRow: r.HeaderLine, Encoding: r.Encoding, Delimiter: delimiter}
}

// reading applies the patch to how the file is read.
func (in ImportPatch) reading(r importReading) (importReading, error) {
	r.Sheet = in.Sheet.Or(r.Sheet)
	r.HeaderLine = in.HeaderLine.Or(r.HeaderLine)
	r.Encoding = in.Encoding.Or(r.Encoding)
	r.Delimiter = in.Delimiter.Or(r.Delimiter)
	invalid := &tenant.InvalidError{}
	if utf8.RuneCountInString(r.Delimiter) > 1 || strings.ContainsAny(r.Delimiter, "\"\r\n\x00\uFFFD") {
		invalid.Add("delimiter", "invalid", "must be one character that is neither a quotation mark nor a line end")
	}
	if r.HeaderLine < -1 || r.HeaderLine > 1000 {
		invalid.Add("header_line", "out_of_range", "must be -1 to 1000")
	}
	return r, invalid.Err()
}

// checkMapping sees to it that columns and fields exist and that no field is filled from two columns, unless
// it can hold both.
func (i *Import) checkMapping(noun *importNoun, invalid *tenant.InvalidError) {
	usedColumns, usedFields := map[string]bool{}, map[string]bool{}
	for n, m := range i.Mapping {
		at := func(part string) string { return "mapping[" + strconv.Itoa(n) + "]." + part }
		noun.checkFilled(invalid, at("field"), m.Field, usedFields)
		switch {
		case !slices.ContainsFunc(i.Columns, func(c ImportColumn) bool { return c.Key == m.Column }):
			invalid.Add(at("column"), "unknown", "is not a column of the file; they are named A to "+lastColumn(i.Columns))
		case usedColumns[m.Column]:
			invalid.Add(at("column"), "repeated", "is mapped already; a column fills one field")
		}
		usedColumns[m.Column] = true
	}
}

// checkFilled sees to it that a field can be filled from one more column; used are those that are filled already.
func (n *importNoun) checkFilled(invalid *tenant.InvalidError, path, field string, used map[string]bool) {
	switch f := n.field(field); {
	case f == nil:
		invalid.Add(path, "unknown", "is not a field of a "+n.name+"; there are: "+strings.Join(n.fieldKeys(), ", "))
	case used[field] && f.joins == "":
		invalid.Add(path, "repeated", "is filled by another column already; ignore one of them")
	}
	used[field] = true
}

func lastColumn(columns []ImportColumn) string {
	if len(columns) == 0 {
		return "A"
	}
	return columns[len(columns)-1].Key
}

// withDefaults fills in what was left out.
func (o ImportOptions) withDefaults(n *importNoun) ImportOptions {
	for _, d := range []struct {
		value    *string
		standard string
	}{{&o.Mode, ModeCreate}, {&o.Key, n.findable()[0]}, {&o.OnError, KeepGood}} {
		if *d.value == "" {
			*d.value = d.standard
		}
	}
	return o
}

// check examines the options; field names begin with "options.".
func (o *ImportOptions) check(ctx context.Context, tx *tenant.Tx, n *importNoun, invalid *tenant.InvalidError) error {
	for _, c := range []struct {
		field, value string
		known        []string
	}{
		{"mode", o.Mode, n.modes()},
		{"key", o.Key, n.findable()},
		{"on_error", o.OnError, []string{KeepGood, AllOrNothing}},
		{"date_order", o.DateOrder, []string{"", "dmy", "mdy", "ymd", "serial", "serial1904"}},
	} {
		if !slices.Contains(c.known, c.value) {
			invalid.Add("options."+c.field, "unknown", "must be one of: "+strings.Join(c.known, ", "))
		}
	}
	if o.Mode != ModeCreate && n.masked(tx.Caller, o.Key) {
		invalid.Add("options.key", mask.Code, "is a field that your role masks; find "+n.resource+" by their name")
	}
	switch {
	case o.CreateCustomers && n.resource != contacts.Name:
		invalid.Add("options.create_customers", "unknown", "is for contacts only")
	case o.CreateCustomers && !tx.Caller.May(customerCreate):
		invalid.Add("options.create_customers", "denied", "takes the permission "+string(customerCreate)+", which you have not; leave it out")
	}
	if o.Currency != "" {
		checkCurrency(invalid, "options.currency", &o.Currency)
	}
	o.Tags = cleanTags(invalid, "options.tags", o.Tags)
	if len(o.Tags) > 0 && n.field("tags") == nil {
		invalid.Add("options.tags", "invalid", n.resource+" have no tags; leave them out")
	}
	if o.OwnerID.IsZero() {
		return nil
	}
	return checkOwner(ctx, tx, invalid, "options.owner_id", o.OwnerID, n.permission("create"))
}
