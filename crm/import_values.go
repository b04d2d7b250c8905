package crm

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/currency"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ImportProblem says why a row could not be taken, or what it stands against.
type ImportProblem struct {
	Column  string `json:"column,omitempty" doc:"The column's letter; absent when it is about the whole row." example:"C"`
	Field   string `json:"field,omitempty" doc:"The field the column fills." example:"phone"`
	Code    string `json:"code" doc:"Stable code." example:"bad_phone"`
	Message string `json:"message" doc:"What is wrong and how to mend it." example:"the phone number is not valid; write it with its area code, or with + and the country code"`
}

// rowParser turns rows into records. It is made once for a pass over a file and reads nothing but its memory.
type rowParser struct {
	noun    *importNoun
	columns []sheet.Column
	// filled lists for each field of the mapping its columns, in the order of the noun's.
	filled  []filledField
	options ImportOptions
	company *tenant.Company
	caller  *tenant.Caller
	zone    *time.Location
	now     time.Time
	owners  ownerBook
	sales   salesBook
	// cells reads the values of custom fields.
	cells *cellReader
	// uniques are the fields of which no two records may have the same value; claimed says which rows of the file have a
	// value, holders which records had it before the batch.
	uniques []filledField
	claimed map[uniqueValue]claimant
	holders map[uniqueValue]known
	// ahead is what rows of earlier batches will have done.
	ahead outlook
	// currency is what the row names, or else the options do; empty for none.
	currency string
	// extensions are the row's phone numbers with what is to be dialled behind them.
	extensions []string
}

type filledField struct {
	*importField
	at []int
}

func newRowParser(q *tenant.Query, columns []sheet.Column, imp Import, n *importNoun, owners ownerBook) *rowParser {
	p := &rowParser{
		noun: n, columns: columns, options: imp.Options, company: q.Company, caller: q.Caller, zone: q.Location(), now: q.Now, owners: owners,
		claimed: map[uniqueValue]claimant{}, ahead: outlook{keys: map[string]bool{}, customers: map[string][]namedCustomer{}},
	}
	p.cells = &cellReader{order: sheet.DateOrder(p.options.DateOrder), zone: p.zone, members: owners.member}
	for i := range p.noun.fields {
		f := filledField{importField: &p.noun.fields[i]}
		for at, c := range columns {
			if slices.ContainsFunc(imp.Mapping, func(m ColumnMapping) bool { return m.Column == c.Key && m.Field == f.key }) {
				f.at = append(f.at, at)
			}
		}
		if len(f.at) == 0 {
			continue
		}
		p.filled = append(p.filled, f)
		if f.custom != nil && f.custom.Unique {
			p.uniques = append(p.uniques, f)
		}
	}
	return p
}

// fill writes the row's values over the record and returns every problem of the row. Blank cells leave what
// is there.
func (p *rowParser) fill(record importable, row sheet.Row) []ImportProblem {
	var problems []ImportProblem
	for _, problem := range row.Problems {
		if at := problem.Column; at < 0 {
			problems = append(problems, ImportProblem{Code: problem.Code, Message: problem.Message})
		} else if f := p.fieldOf(at); f != "" {
			problems = append(problems, ImportProblem{p.columns[at].Key, f, problem.Code, problem.Message})
		}
	}
	p.extensions, p.currency = nil, p.options.Currency
	for _, f := range p.filled {
		if err := p.fillField(record, f, row.Cells); err != nil {
			problem := ImportProblem{Column: p.columns[f.at[0]].Key, Field: f.key, Code: "invalid", Message: err.Error()}
			if e, ok := errors.AsType[*sheet.ValueError](err); ok {
				problem.Code = e.Code
			}
			problems = append(problems, problem)
		}
	}
	return problems
}

func (p *rowParser) fieldOf(column int) string {
	for _, f := range p.filled {
		if slices.Contains(f.at, column) {
			return f.key
		}
	}
	return ""
}

// columnOf is the letter of the first column that fills a field.
func (p *rowParser) columnOf(field string) string {
	for _, f := range p.filled {
		if f.key == field {
			return p.columns[f.at[0]].Key
		}
	}
	return ""
}

func (p *rowParser) fillField(record importable, f filledField, cells []string) error {
	var parts []string
	for _, at := range f.at {
		if !isBlank(cells[at]) {
			parts = append(parts, cells[at])
		}
	}
	if len(parts) == 0 {
		return nil
	}
	cell := strings.Join(parts, f.joins)
	if f.joins == "" {
		cell = trimSpaces(cell)
	}
	return f.value.read(p, record, cell)
}

// trimSpaces takes off the blanks that cells tend to end with, but nothing that could begin a formula: what
// was typed stays as it was typed.
func trimSpaces(s string) string { return strings.Trim(s, " \u00a0\u3000") }

func readPhone(p *rowParser, c *Customer, cell string) error {
	phone, err := sheet.ParsePhone(cell, region(p.company))
	if err != nil {
		return err
	}
	c.Phone = &phone.E164
	p.noteExtension(phone)
	return nil
}

func (p *rowParser) noteExtension(phone sheet.Phone) {
	if phone.Extension != "" {
		p.extensions = append(p.extensions, phone.E164+" ext. "+phone.Extension)
	}
}

// keepExtensions notes what to dial after the connection: phone fields have no place for it.
func (p *rowParser) keepExtensions(note *string) {
	for _, line := range p.extensions {
		if !strings.Contains(*note, line) {
			*note = strings.TrimPrefix(*note+"\n"+line, "\n")
		}
	}
}

func readEmail(_ *rowParser, c *Customer, cell string) error {
	email, err := sheet.ParseEmail(cell)
	if err != nil {
		return err
	}
	c.Email = &email
	return nil
}

func readEmployees(_ *rowParser, c *Customer, cell string) error {
	n, err := sheet.ParseAmount(cell, "", 0)
	if err != nil || n < 0 || n > 2_000_000_000 {
		return badValue("bad_number", "the number of employees is not a whole number; write it like 120")
	}
	count := int(n)
	c.Employees = &count
	return nil
}

func readCurrency(p *rowParser, c *Customer, cell string) error {
	code, err := p.nameCurrency(cell)
	if err == nil {
		c.RevenueCurrency = &code
	}
	return err
}

// nameCurrency reads the currency that a row names.
func (p *rowParser) nameCurrency(cell string) (string, error) {
	code, err := currencyCode(cell)
	if err == nil {
		p.currency = code
	}
	return code, err
}

// money reads an amount in the currency that the row or else the import names. Where neither does, own rules, which is the
// record's, or else the company's.
func (p *rowParser) money(cell, own string) (minor int64, code string, err error) {
	code = cmp.Or(p.currency, own, p.company.Currency)
	minor, err = sheet.ParseAmount(cell, code, minorDigits(code))
	return minor, code, err
}

func currencyCode(cell string) (string, error) {
	code := strings.ToUpper(strings.TrimSpace(cell))
	if unit, err := currency.ParseISO(code); err != nil || unit.String() != code {
		return "", badValue("bad_currency", "the currency is not an ISO 4217 code; write it like CNY")
	}
	return code, nil
}

func readRevenue(p *rowParser, c *Customer, cell string) error {
	minor, code, err := p.money(cell, deref(c.RevenueCurrency))
	if err == nil {
		c.Revenue, c.RevenueCurrency = &minor, &code
	}
	return err
}

// stageWords are the names of the stages that files use, folded.
var stageWords = map[string]string{
	"potential": Potential, "潜在": Potential, "潜在客户": Potential, "lead": Potential, "线索": Potential, "new": Potential,
	"interested": Interested, "意向": Interested, "意向客户": Interested, "有意向": Interested, "prospect": Interested,
	"won": Won, "成交": Won, "已成交": Won, "成交客户": Won, "customer": Won,
	"lost": Lost, "流失": Lost, "已流失": Lost, "流失客户": Lost, "churned": Lost,
}

func readStage(_ *rowParser, c *Customer, cell string) error {
	stage, ok := stageWords[strings.TrimSpace(search.Fold(cell))]
	if !ok {
		return badValue("bad_stage", "the stage is not known; write 潜在, 意向, 成交 or 流失, or potential, interested, won or lost")
	}
	c.Lifecycle = stage
	return nil
}

func readTags(_ *rowParser, c *Customer, cell string) error { return addTags(&c.Tags, cell) }

func addTags(tags *[]string, cell string) error {
	invalid := &tenant.InvalidError{}
	clean := cleanTags(invalid, "tags", append(slices.Clone(*tags), listed(cell)...))
	if len(invalid.Fields) > 0 {
		return badValue("bad_tags", "the tags cannot be kept; there are at most 50, of 1 to 64 characters, with commas between them")
	}
	*tags = clean
	return nil
}

// listed returns what a cell lists.
func listed(cell string) []string {
	words := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("，,;；、\n", r) })
	return slices.DeleteFunc(words, isBlank)
}

func readDoNotContact(_ *rowParser, c *Customer, cell string) (err error) {
	c.DoNotContact, err = yesOrNo(cell)
	return err
}

func yesOrNo(cell string) (bool, error) {
	switch strings.TrimSpace(search.Fold(cell)) {
	case "是", "yes", "y", "true", "1", "x", "✓", "√", "勿扰", "有":
		return true, nil
	case "否", "no", "n", "false", "0", "无":
		return false, nil
	}
	return false, badValue("bad_choice", "the choice is not clear; write yes or no, 是 or 否")
}

func readCreatedAt(p *rowParser, c *Customer, cell string) error {
	return p.readPast(&c.CreatedAt, cell)
}

// readPast reads a time at which something was made.
func (p *rowParser) readPast(at *time.Time, cell string) error {
	past, err := p.time(cell)
	if err != nil {
		return err
	}
	if past.After(p.now) {
		return badValue("future_date", "the date lies in the future; a %s cannot have been made then", p.noun.name)
	}
	*at = past
	return nil
}
