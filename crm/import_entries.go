package crm

import (
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// entry is a row of the file and what it means.
type entry struct {
	row sheet.Row
	// record is the row as a new record, without the times of its making.
	record   importable
	problems []ImportProblem
	// unlessThere are problems only where the row makes a record: the amount of one that is there may be in its own currency.
	unlessThere []ImportProblem
	// warnings are told of a row that is taken.
	warnings []ImportProblem
}

// parse reads a row as a new record.
func (p *rowParser) parse(row sheet.Row, caller *tenant.Caller) entry {
	e := entry{row: row, record: p.noun.begin(p, caller)}
	p.fillPresets(e.record)
	e.problems = p.complete(e.record, row)
	if p.options.Mode == ModeCreate {
		e.problems = append(e.problems, p.missing(e.record, e.problems)...)
		return e
	}
	e.problems = slices.DeleteFunc(e.problems, func(problem ImportProblem) bool {
		depends := problem.Code == sheet.CurrencyMismatch
		if depends {
			e.unlessThere = append(e.unlessThere, problem)
		}
		return depends
	})
	return e
}

// complete fills the record from the row and sees to what fields have to do with each other.
func (p *rowParser) complete(record importable, row sheet.Row) []ImportProblem {
	problems := p.fill(record, row)
	for _, more := range p.noun.complete(p, record) {
		if !hasProblem(problems, more.Field) { // what is wrong with a cell explains what the record lacks
			problems = append(problems, more)
		}
	}
	return problems
}

// withTags adds the tags of the import to those of the row.
func (p *rowParser) withTags(tags []string) ([]string, []ImportProblem) {
	invalid := &tenant.InvalidError{}
	tags = cleanTags(invalid, "tags", append(append([]string{}, tags...), p.options.Tags...))
	if len(invalid.Fields) > 0 {
		return tags, []ImportProblem{{Field: "tags", Code: "too_many_tags", Message: "with the tags of the import the " + p.noun.name + " would have more than 50"}}
	}
	return tags, nil
}

// owner is whose records are that name nobody.
func (p *rowParser) owner(caller *tenant.Caller) tenant.MemberID {
	if p.options.OwnerID.IsZero() {
		return caller.Member
	}
	return p.options.OwnerID
}

// problemsOf says what is wrong with a record as what is wrong with its row.
func (p *rowParser) problemsOf(invalid *tenant.InvalidError) []ImportProblem {
	var problems []ImportProblem
	for _, f := range invalid.Fields {
		field, code := strings.TrimSuffix(f.Field, "_id"), f.Code
		if code == "required" {
			code = "missing" // not the title, of which the reason speaks
		}
		problems = append(problems, ImportProblem{p.columnOf(field), field, code, "the " + field + " " + f.Message})
	}
	return problems
}

func (n *importNoun) nameless() ImportProblem {
	return ImportProblem{Field: n.required, Code: "required", Message: "the " + n.required + " is empty; every new " + n.name + " needs one"}
}

func hasProblem(problems []ImportProblem, field string) bool {
	for _, p := range problems {
		if p.Field == field {
			return true
		}
	}
	return false
}
