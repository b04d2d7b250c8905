package crm

import (
	"cmp"
	"context"
	"reflect"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// customHolder is a record that has values of custom fields.
type customHolder interface{ customValues() *CustomValues }

func (c *Customer) customValues() *CustomValues { return &c.Custom }

func (p *Contact) customValues() *CustomValues { return &p.Custom }

func (d *Deal) customValues() *CustomValues { return &d.Custom }

func (t *Task) customValues() *CustomValues { return &t.Custom }

// customCells says how the values of a type are written to a file; those of the others are text.
var customCells = map[string]sheet.CellKind{
	numberField: sheet.NumberCell, moneyField: sheet.NumberCell, phoneField: sheet.PhoneCell, dateField: sheet.DateCell, datetimeField: sheet.DateCell,
}

// customColumn is a field that a company has added, as a column of imports and exports.
type customColumn struct {
	*CustomField
	// preset is what a new record gets when its row does not say; nil for nothing.
	preset any
}

// customColumns reads the fields in use of one kind of record, in the order of its forms.
func customColumns(ctx context.Context, q *tenant.Query, noun string) ([]importField, error) {
	fields, err := ListCustomFields(ctx, q, noun, false)
	if err != nil {
		return nil, err
	}
	columns := make([]importField, len(fields))
	for i := range fields {
		c := &customColumn{CustomField: &fields[i]}
		if c.preset, err = c.CustomField.preset(); err != nil {
			return nil, err
		}
		columns[i] = importField{
			key: customPrefix + c.Key, zh: cmp.Or(c.Label.ZH, c.Label.EN), en: cmp.Or(c.Label.EN, c.Label.ZH), synonyms: []string{c.Key},
			kind: customCells[c.Type], custom: c, value: fieldValue{read: c.readCell, show: c.showCell},
		}
	}
	return columns, nil
}

// withCustom returns the kind of records with the fields that the company has added to it. Unique ones find records too.
func (n *importNoun) withCustom(ctx context.Context, q *tenant.Query) (*importNoun, error) {
	added, err := customColumns(ctx, q, n.name)
	if err != nil {
		return nil, err
	}
	whole := *n
	whole.fields = append(n.fields[:len(n.fields):len(n.fields)], added...)
	for _, f := range added {
		if f.custom.Unique {
			whole.keys = append(whole.keys[:len(whole.keys):len(whole.keys)], f.key)
		}
	}
	return &whole, nil
}

// withCustom returns the kind of records with a column for each field that the company has added to it.
func (n *exportNoun) withCustom(ctx context.Context, q *tenant.Query) (*exportNoun, error) {
	added, err := customColumns(ctx, q, n.name)
	if err != nil {
		return nil, err
	}
	whole := *n
	whole.columns = append(n.columns[:len(n.columns):len(n.columns)], exported(added)...)
	return &whole, nil
}

// isMasked reports whether values of the field are shown to the caller in part only.
func (c *customColumn) isMasked(caller *tenant.Caller) bool { return caller.Masked[c.listField().Mask] }

// readCell reads a cell into the record. What a role masks stays as it is.
func (c *customColumn) readCell(p *rowParser, record importable, cell string) error {
	values := recordAs[customHolder](record).customValues()
	before := (*values)[c.Key]
	if before != nil && c.isMasked(p.caller) {
		return nil
	}
	v, err := p.cells.parseCustom(c.CustomField, cell)
	if err != nil || reflect.DeepEqual(v, before) {
		return err
	}
	check := &valueCheck{invalid: &tenant.InvalidError{}, company: p.company, caller: p.caller, field: c.CustomField, path: customPrefix + c.Key, before: before}
	kept := check.value(v)
	if bad := check.invalid.Fields; len(bad) > 0 {
		return &sheet.ValueError{Code: bad[0].Code, Message: "the value " + bad[0].Message}
	}
	if kept != nil {
		*values = values.with(CustomValues{c.Key: kept})
	}
	return nil
}

// fillPresets gives a new record what it has when its row does not say.
func (p *rowParser) fillPresets(record importable) {
	for _, f := range p.noun.fields {
		if f.custom != nil && f.custom.preset != nil {
			values := recordAs[customHolder](record).customValues()
			*values = values.with(CustomValues{f.custom.Key: f.custom.preset})
		}
	}
}

// missing is what a new record lacks of what it needs, unless something is wrong there already.
func (p *rowParser) missing(record importable, problems []ImportProblem) (lacking []ImportProblem) {
	if isBlank(record.recordTitle()) && !hasProblem(problems, p.noun.required) {
		lacking = append(lacking, p.noun.nameless())
	}
	for _, f := range p.noun.fields {
		if f.custom == nil || !f.custom.Required || hasProblem(problems, f.key) {
			continue
		}
		if (*recordAs[customHolder](record).customValues())[f.custom.Key] == nil {
			lacking = append(lacking, ImportProblem{Column: p.columnOf(f.key), Field: f.key, Code: "missing", Message: "the value is missing; every new " + p.noun.name + " needs one"})
		}
	}
	return lacking
}
