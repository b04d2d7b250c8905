package crm

import (
	"context"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// FormAnswers is what a visitor sends in.
type FormAnswers struct {
	Answers map[string]any `json:"answers" doc:"Answers by the names of the questions: texts as people write them, or values as custom fields have them." example:"{\"name\":\"云帆科技\",\"phone\":\"138 0013 8000\"}"`
	Consent bool           `json:"consent,omitempty" doc:"Whether the visitor consents; required where the form has a consent_text."`
	Stamp   string         `json:"stamp" maxLength:"300" doc:"What came with the form. It is good from two seconds to a day after that, and once."`
	// Trap is a field that people do not see; programs fill in whatever there is.
	Trap string `json:"company_url,omitempty" maxLength:"2000" doc:"Leave it empty."`
}

// read checks the answers and lays them into what is kept of them.
func (in FormAnswers) read(ctx context.Context, tx *tenant.Tx, f *Form) (FormSubmission, error) {
	asked, err := f.questions(ctx, tx.Query, "")
	if err != nil {
		return FormSubmission{}, err
	}
	invalid, known := &tenant.InvalidError{}, map[string]bool{}
	s, custom := FormSubmission{}, CustomValues{}
	for _, q := range asked {
		known[q.Name] = true
		value := in.Answers[q.Name]
		text, isText := value.(string)
		chosen, isList := value.([]any)
		switch text = strings.TrimSpace(text); {
		case value == nil || isText && text == "" || isList && len(chosen) == 0:
			if q.Required {
				invalid.Add(q.Name, "required", "is required")
			}
		case q.custom != nil && isText:
			custom[q.custom.Key] = q.custom.readAnswer(invalid, text, tx.Company)
		case q.custom != nil:
			custom[q.custom.Key] = value
		case !isText:
			invalid.Add(q.Name, "invalid", "must be text")
		default:
			s.answer(invalid, tx.Company, q, text)
		}
	}
	for name := range in.Answers {
		if !known[name] {
			invalid.Add(name, "unknown", "is not asked by this form")
		}
	}
	if f.ConsentText != "" && !in.Consent {
		invalid.Add("consent", "required", "is required: the form asks for consent")
	}
	fields, err := readFields(ctx, tx.Query, "customer", true)
	if err != nil {
		return FormSubmission{}, err
	}
	if s.Custom, err = layCustom(ctx, tx, invalid, fields, CustomValues{}, custom, false); err != nil {
		return FormSubmission{}, err
	}
	return s, invalid.Err()
}

// answer takes the answer to what can be asked of every customer.
func (s *FormSubmission) answer(invalid *tenant.InvalidError, company *tenant.Company, q Question, text string) {
	switch q.Name {
	case "phone":
		s.Phone = cleanPhone(invalid, company, q.Name, text)
		return
	case "email":
		s.Email = cleanEmail(invalid, q.Name, text)
		return
	case regionField:
		s.Region = text
		checkText(invalid, q.Name, text, 100)
		if q.Type == choiceField && !slices.ContainsFunc(q.Options, func(o QuestionOption) bool { return o.Value == text }) {
			invalid.Add(q.Name, "unknown", "is not one of the regions that can be chosen")
		}
		return
	case "note":
		s.Note = text
		checkText(invalid, q.Name, text, maxNote)
		return
	case "name":
		s.Name = text
	default:
		s.ContactName = text
	}
	checkText(invalid, q.Name, text, 200)
}

// readAnswer reads a text as people write it, and as browsers do.
func (f *CustomField) readAnswer(invalid *tenant.InvalidError, text string, company *tenant.Company) any {
	if f.Type == datetimeField {
		text = strings.Replace(text, "T", " ", 1)
	}
	reader := &cellReader{order: sheet.YearFirst, zone: company.Location()}
	value, err := reader.parseCustom(f, text)
	if err != nil {
		invalid.Add(customPrefix+f.Key, "invalid", err.Error())
		return nil
	}
	return value
}
