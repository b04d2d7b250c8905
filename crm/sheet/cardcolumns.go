package sheet

import (
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/vcard"
)

// cardColumn gives the values of a card that stand in columns of one heading.
type cardColumn struct {
	zh, en string
	values func(c *vcard.Card) []string
}

// cardColumns are called as importers of people call them in a spreadsheet. A fax number, and a birthday without its year, stand
// in columns that nobody takes for a phone number or a date.
var cardColumns = []cardColumn{
	{"联系人姓名", "Contact name", func(c *vcard.Card) []string { return []string{c.Name} }},
	{"公司", "Company", func(c *vcard.Card) []string { return []string{c.Company} }},
	{"部门", "Department", func(c *vcard.Card) []string { return []string{c.Unit} }},
	{"职位", "Title", func(c *vcard.Card) []string { return []string{c.Title} }},
	{"手机", "Mobile phone", func(c *vcard.Card) []string { return leading(c.Phones, vcard.Mobile, vcard.Work, vcard.Home) }},
	{"办公电话", "Work phone", func(c *vcard.Card) []string { return ofKind(c.Phones, vcard.Work) }},
	{"家庭电话", "Home phone", func(c *vcard.Card) []string { return ofKind(c.Phones, vcard.Home) }},
	{"其他电话", "Other phone", func(c *vcard.Card) []string { return ofKind(c.Phones, vcard.Other) }},
	{"传真", "Fax", func(c *vcard.Card) []string { return ofKind(c.Faxes) }},
	{"邮箱", "Email", func(c *vcard.Card) []string { return leading(c.Emails, vcard.Work, vcard.Home) }},
	{"个人邮箱", "Personal email", func(c *vcard.Card) []string { return ofKind(c.Emails, vcard.Home) }},
	{"其他邮箱", "Other email", func(c *vcard.Card) []string { return ofKind(c.Emails, vcard.Other, vcard.Mobile) }},
	{"微信", "WeChat", func(c *vcard.Card) []string { return []string{c.WeChat} }},
	{"地址", "Address", addressLines},
	{"网站", "Website", func(c *vcard.Card) []string { return c.Websites }},
	{"生日", "Birthday", func(c *vcard.Card) []string { return []string{c.Birthday} }},
	{"出生月日", "Month and day of birth", func(c *vcard.Card) []string { return []string{c.BirthDay} }},
	{"标签", "Tags", func(c *vcard.Card) []string { return []string{strings.Join(c.Tags, ", ")} }},
	{"备注", "Note", func(c *vcard.Card) []string { return []string{c.Note} }},
}

// ofKind are the values of some kinds, or of all when none is named.
func ofKind(points []vcard.Point, kinds ...vcard.Kind) []string {
	var values []string
	for _, p := range points {
		if len(kinds) == 0 || slices.Contains(kinds, p.Kind) {
			values = append(values, p.Value)
		}
	}
	return values
}

// leading are the values of the kind that has the first columns, and of none. The preferred value is the first of a row: one of
// a later kind stands here too, before all others.
func leading(points []vcard.Point, kinds ...vcard.Kind) []string {
	values := ofKind(points, kinds[0], "")
	rank := func(p vcard.Point) int {
		if p.Kind == "" {
			return 0
		}
		if at := slices.Index(kinds, p.Kind); at >= 0 {
			return at
		}
		return len(kinds)
	}
	if len(points) > 0 && slices.ContainsFunc(points, func(p vcard.Point) bool { return rank(p) < rank(points[0]) }) {
		values = append([]string{points[0].Value}, values...)
	}
	return values
}

func addressLines(c *vcard.Card) []string {
	lines := make([]string, len(c.Addresses))
	for i, a := range c.Addresses {
		lines[i] = a.Text()
	}
	return lines
}
