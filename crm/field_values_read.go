package crm

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// cellReader reads the cells of a spreadsheet as values of custom fields.
type cellReader struct {
	// order is that of days and months; times without a zone are in zone.
	order sheet.DateOrder
	zone  *time.Location
	// members finds a member by name or e-mail address.
	members func(word string) (tenant.MemberID, error)
}

// parseCustom reads a cell as a value of the field, in the form that checking a value takes. Errors say how to mend
// the cell, most as a *sheet.ValueError.
func (r *cellReader) parseCustom(f *CustomField, cell string) (any, error) {
	if isBlank(cell) {
		return nil, nil //nolint:nilnil // no value
	}
	return typeNamed(f.Type).read(r, f, cell)
}

func readAsText(_ *cellReader, _ *CustomField, cell string) (any, error) {
	return trimSpaces(cell), nil
}

// readNumber takes a percentage for the fraction that it is, unless percent are what the field counts.
func readNumber(_ *cellReader, f *CustomField, cell string) (any, error) {
	text, digits, shift := strings.TrimSuffix(trimSpaces(cell), f.Unit), deref(f.Decimals), 0
	if number, is := strings.CutSuffix(text, "%"); is {
		text, digits, shift = number, max(digits-2, 0), 2
	}
	n, err := sheet.ParseAmount(text, "", digits)
	if e, ok := errors.AsType[*sheet.ValueError](err); ok && e.Code != sheet.AmbiguousAmount {
		err = badValue("not_a_number", "the value is not a number that can be kept; write it like 12.5")
	}
	return float64(n) / math.Pow10(digits+shift), err
}

func readMoney(_ *cellReader, f *CustomField, cell string) (any, error) {
	code := deref(f.Currency)
	minor, err := sheet.ParseAmount(cell, code, minorDigits(code))
	return map[string]any{"amount": float64(minor), "currency": code}, err
}

func readDate(r *cellReader, _ *CustomField, cell string) (any, error) {
	d, err := sheet.ParseDate(cell, r.order, r.zone)
	return d.Time.In(r.zone).Format(time.DateOnly), err
}

func readDatetime(r *cellReader, _ *CustomField, cell string) (any, error) {
	d, err := sheet.ParseDate(cell, r.order, r.zone)
	return d.Time.UTC().Format(time.RFC3339Nano), err
}

// readChoice takes an option's key or its label in either language. What one option is called may be another's key, or what
// one that is out of use was called: a key as it is written goes before labels, and those in use before the others.
func readChoice(_ *cellReader, f *CustomField, cell string) (any, error) {
	word := strings.TrimSpace(search.Fold(cell))
	called := func(o FieldOption) bool {
		return slices.ContainsFunc([]string{o.Key, o.Label.ZH, o.Label.EN}, func(name string) bool { return strings.TrimSpace(search.Fold(name)) == word })
	}
	for _, is := range []func(FieldOption) bool{
		func(o FieldOption) bool { return o.Key == cell },
		func(o FieldOption) bool { return !o.Archived && called(o) },
		called,
	} {
		if i := slices.IndexFunc(f.Options, is); i >= 0 {
			return f.Options[i].Key, nil
		}
	}
	return nil, badValue("unknown_option", "the choice is not one of the options; write one of %s", strings.Join(f.labels(), ", "))
}

func (f *CustomField) labels() []string {
	var all []string
	for _, o := range f.Options {
		if !o.Archived {
			all = append(all, cmp.Or(o.Label.ZH, o.Label.EN))
		}
	}
	return all
}

func readChoices(r *cellReader, f *CustomField, cell string) (any, error) {
	var keys []any
	for _, word := range listed(cell) {
		key, err := readChoice(r, f, word)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func readMember(r *cellReader, _ *CustomField, cell string) (any, error) {
	id, err := r.members(cell)
	return id.String(), err
}

// readLink takes addresses as people write them, without a scheme.
func readLink(_ *cellReader, _ *CustomField, cell string) (any, error) {
	link := trimSpaces(cell)
	if !strings.Contains(link, "://") {
		link = "https://" + link
	}
	return link, nil
}

func readYesNo(_ *cellReader, _ *CustomField, cell string) (any, error) { return yesOrNo(cell) }
