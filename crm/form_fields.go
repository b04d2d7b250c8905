package crm

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// FormField is one thing that a form asks.
type FormField struct {
	Field    string `json:"field" minLength:"1" maxLength:"60" doc:"name, contact_name, phone, email, region, note, or custom. and the key of a custom field of customers; of those, members and what has to be unique are not for visitors." example:"custom.budget"`
	Label    string `json:"label,omitempty" maxLength:"100" doc:"What the page calls it; its own name in the visitor's language when left out." example:"Your budget"`
	Required bool   `json:"required,omitempty" doc:"Whether a visitor has to fill it in."`
}

type formFields []FormField

// Value implements driver.Valuer.
func (l formFields) Value() (driver.Value, error) { return jsonColumn([]FormField(l)) }

// Scan implements sql.Scanner.
func (l *formFields) Scan(src any) error { return scanJSON(src, (*[]FormField)(l)) }

const maxFormFields = 30

// regionField is asked for the assignment by region.
const regionField = "region"

// builtInQuestion is what can be asked of every customer, with the type of custom field that it is like.
type builtInQuestion struct {
	name, kind string
	label      phrase
}

var builtInQuestions = []builtInQuestion{
	{"name", textField, phrase{"公司或姓名", "Company or name"}},
	{"contact_name", textField, phrase{"联系人", "Contact person"}},
	{"phone", phoneField, phrase{"电话", "Phone"}},
	{"email", emailField, phrase{"邮箱", "E-mail"}},
	{regionField, textField, phrase{"地区", "Region"}},
	{"note", longTextField, phrase{"留言", "Message"}},
}

// Question is a field as a visitor meets it, in the visitor's language.
type Question struct {
	Name     string           `json:"name" doc:"The name of its answer." example:"custom.budget"`
	Label    string           `json:"label" doc:"What it is called." example:"Your budget"`
	Help     string           `json:"help" doc:"What to fill in." example:"What you may spend this year."`
	Type     string           `json:"type" enum:"text,long_text,number,money,date,datetime,choice,choices,link,phone,email,yes_no" doc:"What the answer is, as of custom fields." example:"money"`
	Required bool             `json:"required" doc:"Whether it has to be answered."`
	Options  []QuestionOption `json:"options" nullable:"false" doc:"Of choice and choices: what can be chosen, in order."`
	Unit     string           `json:"unit" doc:"Of number and money: what is counted." example:"CNY"`

	custom *CustomField
}

// QuestionOption is one of the answers that can be chosen.
type QuestionOption struct {
	Value string `json:"value" doc:"What is sent." example:"it"`
	Label string `json:"label" doc:"What the visitor reads." example:"IT"`
}

// questions words what the form asks. Custom fields that are out of use by now are left out.
func (f *Form) questions(ctx context.Context, q *tenant.Query, l language) ([]Question, error) {
	fields, err := readFields(ctx, q, "customer", false)
	if err != nil {
		return nil, err
	}
	asked := []Question{}
	for _, field := range f.Fields {
		question := Question{Name: field.Field, Label: field.Label, Required: field.Required, Options: []QuestionOption{}}
		if key, custom := strings.CutPrefix(field.Field, customPrefix); custom {
			c := fieldWithKey(fields, key)
			if c == nil || !c.isForVisitors() {
				continue
			}
			question.ofCustom(c, l)
		} else {
			question.ofBuiltIn(f, l)
		}
		asked = append(asked, question)
	}
	return asked, nil
}

func (a *Question) ofBuiltIn(f *Form, l language) {
	for _, b := range builtInQuestions {
		if b.name != a.Name {
			continue
		}
		a.Type = b.kind
		if a.Label == "" {
			a.Label = l.say(b.label)
		}
	}
	if regions := f.Assignment.regionNames(); a.Name == regionField && len(regions) > 0 {
		a.Type = choiceField
		for _, name := range regions {
			a.Options = append(a.Options, QuestionOption{name, name})
		}
	}
}

func (a *Question) ofCustom(c *CustomField, l language) {
	a.custom, a.Type, a.Help, a.Unit = c, c.Type, c.Help, c.Unit
	if c.Currency != nil {
		a.Unit = *c.Currency
	}
	if a.Label == "" {
		a.Label = l.label(c.Label)
	}
	for _, o := range c.Options {
		if !o.Archived {
			a.Options = append(a.Options, QuestionOption{o.Key, l.label(o.Label)})
		}
	}
}

// label is a label in the language, or in the other one where it has but that.
func (l language) label(text FieldLabel) string {
	said, other := text.EN, text.ZH
	if l == "zh-CN" {
		said, other = other, said
	}
	if said == "" {
		said = other
	}
	return said
}

// isForVisitors reports whether the field can be asked by a form: who a company's members are is not for visitors, nor
// which values others have.
func (f *CustomField) isForVisitors() bool { return !f.Archived && !f.Unique && f.Type != memberField }

// checkFields sees to it that everything asked is there, once, and that a customer will have a name.
func (f *Form) checkFields(ctx context.Context, q *tenant.Query, invalid *tenant.InvalidError) error {
	known, err := readFields(ctx, q, "customer", false)
	if err != nil {
		return err
	}
	if len(f.Fields) > maxFormFields {
		invalid.Add("fields", "too_many", fmt.Sprintf("asks more than %d things", maxFormFields))
		return nil
	}
	named, seen := false, map[string]bool{}
	for i, field := range f.Fields {
		path := fmt.Sprintf("fields[%d]", i)
		checkText(invalid, path+".label", field.Label, 100)
		key, custom := strings.CutPrefix(field.Field, customPrefix)
		c := fieldWithKey(known, key)
		switch {
		case seen[field.Field]:
			invalid.Add(path+".field", "repeated", "is asked already")
		case custom && (c == nil || !c.isForVisitors()):
			invalid.Add(path+".field", "unknown", "is not a custom field of customers that visitors can fill in")
		case !custom && !slices.ContainsFunc(builtInQuestions, func(b builtInQuestion) bool { return b.name == field.Field }):
			invalid.Add(path+".field", "unknown", "must be name, contact_name, phone, email, region, note, or custom. and the key of a custom field")
		}
		seen[field.Field] = true
		named = named || field.Required && (field.Field == "name" || field.Field == "contact_name")
	}
	if !named {
		invalid.Add("fields", "required", "must ask for name or contact_name as required: a customer has a name")
	}
	return nil
}

// checkRegion sees to it that what customers are assigned by is asked.
func (f *Form) checkRegion(invalid *tenant.InvalidError) {
	asked := slices.ContainsFunc(f.Fields, func(field FormField) bool { return field.Field == regionField })
	if f.Assignment.Rule == ByRegion && !asked {
		invalid.Add("fields", "required", "must ask for region, by which the customers are assigned")
	}
}
