package vcard

import (
	"slices"
	"strings"
)

// kindWords are the types and labels by which programs and people call the kinds.
var kindWords = []struct {
	kind  Kind
	words []string
}{
	{Mobile, []string{"cell", "mobile", "iphone", "手机", "行动电话", "移动电话"}},
	{Work, []string{"work", "company", "office", "工作", "公司", "单位", "办公"}},
	{Home, []string{"home", "住宅", "家庭", "家"}},
	{Other, []string{"other", "pager", "car", "其他", "其它"}},
}

// kind says which a number or an address is. A label that is known for nothing makes it one of the others.
func (d *draft) kind(p *property) Kind {
	for _, k := range kindWords {
		if p.has(k.words...) {
			return k.kind
		}
	}
	label := d.label(p.group)
	if label == "" {
		return ""
	}
	for _, k := range kindWords {
		if slices.Contains(k.words, label) {
			return k.kind
		}
	}
	return Other
}

// label is what Apple's programs call the properties of a group: item1.X-ABLabel:_$!<Work>!$_.
func (d *draft) label(group string) string {
	if group == "" {
		return ""
	}
	for _, p := range d.named("X-ABLABEL") {
		if p.group == group {
			return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(d.value(p), "_$!<"), ">!$_"))
		}
	}
	return ""
}

func (d *draft) phones() (phones, faxes []Point) {
	for _, p := range d.named("TEL") {
		number := Point{d.kind(p), withoutScheme(d.value(p), "tel:")}
		switch {
		case number.Value == "":
		case p.has("fax") || strings.Contains(d.label(p.group), "fax") || strings.Contains(d.label(p.group), "传真"):
			faxes = append(faxes, number)
		default:
			phones = append(phones, number)
		}
	}
	return phones, faxes
}

func (d *draft) emails() []Point {
	var all []Point
	for _, p := range d.named("EMAIL") {
		if address := withoutScheme(d.value(p), "mailto:"); address != "" {
			all = append(all, Point{d.kind(p), address})
		}
	}
	return all
}

func withoutScheme(value, scheme string) string {
	if len(value) >= len(scheme) && strings.EqualFold(value[:len(scheme)], scheme) {
		return value[len(scheme):]
	}
	return value
}
