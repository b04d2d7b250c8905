package crm

import (
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/search"
)

// The types of custom fields.
const (
	textField     = "text"
	longTextField = "long_text"
	numberField   = "number"
	moneyField    = "money"
	dateField     = "date"
	datetimeField = "datetime"
	choiceField   = "choice"
	choicesField  = "choices"
	memberField   = "member"
	linkField     = "link"
	phoneField    = "phone"
	emailField    = "email"
	yesNoField    = "yes_no"
)

// The tables that values stand in for filters and orders.
const (
	fieldTexts   = "field_texts"
	fieldNumbers = "field_numbers"
	fieldTimes   = "field_times"
)

// fieldType is what the values of a type are like.
type fieldType struct {
	name string
	// check brings a value as JSON has it into the form that is kept, or nil for none.
	check func(c *valueCheck, v any) any
	// read brings a cell of a spreadsheet into the form that check takes.
	read func(r *cellReader, f *CustomField, cell string) (any, error)
	// show writes a kept value as read takes it.
	show func(w *exportWords, f *CustomField, v any) string
	// table holds the values, and cells brings a kept one into its form.
	table string
	cells func(f *CustomField, v any) []fieldCell
	// kind is what filters compare.
	kind list.Kind
	// sorts and unique say what a field of the type can do.
	sorts, unique bool
}

// fieldCell is a value as its table holds it; sort is for field_texts alone.
type fieldCell struct {
	value any
	sort  string
}

// fieldTypes is the table of types. It is a function, because what they do looks types up.
func fieldTypes() []fieldType {
	return []fieldType{
		{textField, (*valueCheck).text, readAsText, showAsText, fieldTexts, textCells, list.Text, true, true},
		{longTextField, (*valueCheck).text, readAsText, showAsText, fieldTexts, longTextCells, list.Text, false, false},
		{numberField, (*valueCheck).number, readNumber, showNumber, fieldNumbers, numberCells, list.Number, true, true},
		{moneyField, (*valueCheck).money, readMoney, showMoney, fieldNumbers, moneyCells, list.Number, true, false},
		{dateField, (*valueCheck).date, readDate, showAsText, fieldTimes, dateCells, list.Date, true, false},
		{datetimeField, (*valueCheck).datetime, readDatetime, showDatetime, fieldTimes, datetimeCells, list.Time, true, false},
		{choiceField, (*valueCheck).choice, readChoice, showChoice, fieldTexts, choiceCells, list.Enum, true, false},
		{choicesField, (*valueCheck).choices, readChoices, showChoices, fieldTexts, choicesCells, list.Choices, false, false},
		{memberField, (*valueCheck).member, readMember, showMember, fieldTexts, longTextCells, list.Member, false, false},
		{linkField, (*valueCheck).link, readLink, showAsText, fieldTexts, textCells, list.Text, true, true},
		{phoneField, (*valueCheck).phone, readAsText, showAsText, fieldTexts, textCells, list.Text, true, true},
		{emailField, (*valueCheck).email, readAsText, showAsText, fieldTexts, textCells, list.Text, true, true},
		{yesNoField, (*valueCheck).yesNo, readYesNo, showYesNo, fieldNumbers, yesNoCells, list.Bool, true, false},
	}
}

// typeNamed returns a type; the zero one is none.
func typeNamed(name string) fieldType {
	for _, t := range fieldTypes() {
		if t.name == name {
			return t
		}
	}
	return fieldType{}
}

func fieldTypeNames() []string {
	all := fieldTypes()
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = t.name
	}
	return names
}

// maxSort is how many characters the order looks at.
const maxSort = 100

func textCells(_ *CustomField, v any) []fieldCell {
	text, _ := v.(string)
	return []fieldCell{{text, search.Cut(search.NameSort(text), maxSort)}}
}

func longTextCells(_ *CustomField, v any) []fieldCell { return []fieldCell{{value: v}} }

// numberCells writes every digit: a float would pass through the database's own rounding.
func numberCells(_ *CustomField, v any) []fieldCell {
	n, _ := v.(float64)
	return []fieldCell{{value: plainNumber(n)}}
}

func moneyCells(f *CustomField, v any) []fieldCell {
	money, _ := v.(map[string]any)
	return numberCells(f, money["amount"])
}

func dateCells(_ *CustomField, v any) []fieldCell     { return timeCells(time.DateOnly, v) }
func datetimeCells(_ *CustomField, v any) []fieldCell { return timeCells(time.RFC3339Nano, v) }

func timeCells(layout string, v any) []fieldCell {
	text, _ := v.(string)
	at, err := time.Parse(layout, text)
	if err != nil {
		return nil // what is kept was checked
	}
	return []fieldCell{{value: at}}
}

// choiceCells sorts choices as their options stand.
func choiceCells(f *CustomField, v any) []fieldCell {
	key, _ := v.(string)
	return []fieldCell{{key, optionSort(f.option(key))}}
}

func optionSort(place int) string { return fmt.Sprintf("%04d", place) }

func choicesCells(_ *CustomField, v any) []fieldCell {
	keys, _ := v.([]any)
	cells := make([]fieldCell, len(keys))
	for i, key := range keys {
		cells[i] = fieldCell{value: key}
	}
	return cells
}

func yesNoCells(_ *CustomField, v any) []fieldCell {
	if v == true {
		return []fieldCell{{value: 1}}
	}
	return []fieldCell{{value: 0}}
}

// option returns the place of an option, or -1.
func (f *CustomField) option(key string) int {
	for i, o := range f.Options {
		if o.Key == key {
			return i
		}
	}
	return -1
}
