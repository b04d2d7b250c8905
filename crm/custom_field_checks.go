package crm

import (
	"encoding/json"

	"github.com/guanxi-crm/guanxi/tenant"
)

// check examines a definition and keeps its default in the form that values have.
func (f *CustomField) check(company *tenant.Company, preset any) error {
	invalid := &tenant.InvalidError{}
	checkWord(invalid, "resource", f.Resource, fieldResources())
	checkWord(invalid, "type", f.Type, fieldTypeNames())
	if !fieldKeyForm.MatchString(f.Key) {
		invalid.Add("key", "invalid", "must begin with a small letter and go on with small letters, digits and _, at most 40")
	}
	f.Label.check(invalid, "label")
	checkText(invalid, "help", f.Help, 500)
	checkText(invalid, "section", f.Section, 100)
	checkNumber(invalid, "position", &f.Position, 1, 1000)
	f.checkType(invalid)
	if err := invalid.Err(); err != nil {
		return err
	}
	return f.setPreset(invalid, company, preset)
}

// checkType examines what only some types have.
func (f *CustomField) checkType(invalid *tenant.InvalidError) {
	choosing := f.Type == choiceField || f.Type == choicesField
	text := f.Type == textField || f.Type == longTextField
	for _, p := range []struct {
		name     string
		set, fit bool
	}{
		{"options", len(f.Options) > 0, choosing},
		{"decimals", f.Decimals != nil, f.Type == numberField},
		{"unit", f.Unit != "", f.Type == numberField},
		{"currency", f.Currency != nil, f.Type == moneyField},
		{"min", f.Min != nil, text || f.Type == numberField || f.Type == moneyField},
		{"max", f.Max != nil, text || f.Type == numberField || f.Type == moneyField},
		{"unique", f.Unique, typeNamed(f.Type).unique},
	} {
		if p.set && !p.fit {
			invalid.Add(p.name, "invalid", "is nothing that a field of the type "+f.Type+" has")
		}
	}
	if f.Unique && f.Resource == "task" {
		invalid.Add("unique", "invalid", "cannot be of tasks, which come again with their values")
	}
	if choosing {
		f.Options.check(invalid)
	}
	checkNumber(invalid, "decimals", f.Decimals, 0, 6)
	checkText(invalid, "unit", f.Unit, 20)
	checkCurrency(invalid, "currency", f.Currency)
	for name, bound := range map[string]*float64{"min": f.Min, "max": f.Max} {
		if bound != nil && (*bound < -maxMoney || *bound > maxMoney || text && *bound < 1) {
			invalid.Add(name, "out_of_range", "is not a bound that values can have")
		}
	}
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		invalid.Add("max", "out_of_range", "is less than min")
	}
}

// setPreset checks the default as a value of the field.
func (f *CustomField) setPreset(invalid *tenant.InvalidError, company *tenant.Company, preset any) error {
	if preset != nil && (f.Type == memberField || f.Unique) {
		return tenant.Invalid("default", "invalid", "would be out of date or taken sooner or later; a field of a member or with unique values has none")
	}
	c := &valueCheck{invalid: invalid, company: company, field: f, path: "default"}
	kept := c.value(preset)
	if err := invalid.Err(); err != nil {
		return err
	}
	text, err := json.Marshal(kept)
	f.Preset = text
	return err
}
