package crm

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestCellsBecomeValues(t *testing.T) {
	shanghai := time.FixedZone("", 8*3600)
	somebody := tenant.NewMemberID()
	r := &cellReader{order: sheet.DayFirst, zone: shanghai, members: func(word string) (tenant.MemberID, error) {
		if word == "王志强" {
			return somebody, nil
		}
		return tenant.MemberID{}, errors.New("nobody is called so")
	}}
	cny, two := "CNY", 2
	options := fieldOptions{{Key: "it", Label: FieldLabel{ZH: "信息技术", EN: "Information technology"}}, {Key: "edu", Label: FieldLabel{ZH: "教育"}}, {Key: "old", Label: FieldLabel{EN: "Old"}, Archived: true}}
	alike := fieldOptions{
		{Key: "wide", Label: FieldLabel{EN: "Old"}, Archived: true}, {Key: "two", Label: FieldLabel{EN: "three"}}, {Key: "three", Label: FieldLabel{EN: "Old"}},
	}
	for _, c := range []struct {
		field CustomField
		cell  string
		want  any // nil for a cell that is refused
	}{
		{CustomField{Type: textField}, " 云帆 ", "云帆"},
		{CustomField{Type: numberField, Decimals: &two, Unit: "kg"}, "1,234.5 kg", 1234.5},
		{CustomField{Type: numberField, Decimals: &two}, "1.2万", 12000.0},
		{CustomField{Type: numberField, Decimals: &two}, "（3）", -3.0},
		{CustomField{Type: numberField, Decimals: &two, Unit: "%"}, "60%", 60.0},
		{CustomField{Type: numberField, Decimals: &two, Unit: "%"}, "0.6", 0.6},
		{CustomField{Type: numberField, Decimals: &two}, "7%", 0.07},
		{CustomField{Type: numberField, Decimals: &two}, "33.33%", 0.33},
		{CustomField{Type: numberField}, "60%", 0.6}, // more digits than are kept, which checking it says
		{CustomField{Type: numberField, Decimals: &two}, "many", nil},
		{CustomField{Type: moneyField, Currency: &cny}, "¥1,200.50", map[string]any{"amount": 120050.0, "currency": "CNY"}},
		{CustomField{Type: moneyField, Currency: &cny}, "€5", nil},
		{CustomField{Type: dateField}, "03/04/2026", "2026-04-03"},
		{CustomField{Type: dateField}, "2026年3月5日", "2026-03-05"},
		{CustomField{Type: dateField}, "2026-03-05T20:00:00Z", "2026-03-06"},
		{CustomField{Type: dateField}, "soon", nil},
		{CustomField{Type: datetimeField}, "2026-03-05 09:00", "2026-03-05T01:00:00Z"},
		{CustomField{Type: choiceField, Options: options}, "IT", "it"},
		{CustomField{Type: choiceField, Options: options}, " information TECHNOLOGY", "it"},
		{CustomField{Type: choiceField, Options: options}, "教育", "edu"},
		{CustomField{Type: choiceField, Options: options}, "steel", nil},
		{CustomField{Type: choiceField, Options: options}, "old", "old"},
		{CustomField{Type: choiceField, Options: alike}, "three", "three"},
		{CustomField{Type: choiceField, Options: alike}, "Three", "two"},
		{CustomField{Type: choiceField, Options: alike}, "Old", "three"},
		{CustomField{Type: choicesField, Options: options}, "教育，信息技术", []any{"edu", "it"}},
		{CustomField{Type: choicesField, Options: options}, "教育, steel", nil},
		{CustomField{Type: memberField}, "王志强", somebody.String()},
		{CustomField{Type: memberField}, "李敏", nil},
		{CustomField{Type: linkField}, "yunfan.example", "https://yunfan.example"},
		{CustomField{Type: linkField}, "http://yunfan.example", "http://yunfan.example"},
		{CustomField{Type: phoneField}, "138 0013 8000", "138 0013 8000"},
		{CustomField{Type: yesNoField}, "是", true},
		{CustomField{Type: yesNoField}, "No", false},
		{CustomField{Type: yesNoField}, "perhaps", nil},
	} {
		got, err := r.parseCustom(&c.field, c.cell)
		if c.want == nil {
			if err == nil {
				t.Errorf("%s: %q is read as %v", c.field.Type, c.cell, got)
			}
			continue
		}
		if err != nil || !cmp.Equal(got, c.want) {
			t.Errorf("%s: %q is read as %v, %v, want %v", c.field.Type, c.cell, got, err, c.want)
		}
	}
	if got, err := r.parseCustom(&CustomField{Type: numberField}, "\u3000"); got != nil || err != nil {
		t.Errorf("a blank cell is %v, %v", got, err)
	}
}
