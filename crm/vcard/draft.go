package vcard

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// kept are the properties that are of use here. Pictures, sounds and keys are not.
var kept = map[string]bool{
	"VERSION": true, "KIND": true, "X-ADDRESSBOOKSERVER-KIND": true, "FN": true, "N": true, "NICKNAME": true, "ORG": true, "TITLE": true,
	"ROLE": true, "TEL": true, "EMAIL": true, "ADR": true, "URL": true, "BDAY": true, "CATEGORIES": true, "NOTE": true, "IMPP": true,
	"X-WECHAT": true, "X-SOCIALPROFILE": true, "X-ABLABEL": true,
}

// draft is a card that is being read. Its version, which says how to read values, may stand anywhere in it.
type draft struct {
	line    int
	room    int // bytes that it may still have
	tooBig  bool
	agent   bool // the last property announces the card of an assistant
	open    bool // the last property is kept and may go on
	all     []property
	charset string
	escapes map[byte]string
}

func (d *draft) add(p property) {
	d.agent = p.name == "AGENT" && len(p.value) == 0
	d.open = false
	if !kept[p.name] {
		return
	}
	if d.take(len(p.value)) {
		d.all, d.open = append(d.all, p), true
	}
}

// goOn puts a line that has no name behind the value before it.
func (d *draft) goOn(l line) {
	if d.open && d.take(len(l.text)) {
		last := &d.all[len(d.all)-1]
		last.value = append(append(last.value, '\n'), l.text...)
	}
}

func (d *draft) take(bytes int) bool {
	const each = 1 << 10 // for what it costs besides, so that there are not too many
	d.room -= bytes + each
	d.tooBig = d.tooBig || d.room < 0
	return d.room >= 0
}

func (d *draft) card(charset string, broken error) Card {
	d.charset, d.escapes = charset, escapes
	if d.tooBig {
		broken = ErrTooBig
	}
	slices.SortStableFunc(d.all, byPreference)
	if d.first("VERSION") == "2.1" {
		d.escapes = escapes21
	}
	c := Card{
		Line: d.line, Broken: broken, Group: strings.EqualFold(d.first("KIND"), "group") || strings.EqualFold(d.first("X-ADDRESSBOOKSERVER-KIND"), "group"),
		Title: d.first("TITLE"), Addresses: d.addresses(), Websites: d.values("URL"), WeChat: d.weChat(),
		Note: strings.Join(d.values("NOTE"), "\n"),
	}
	if c.Title == "" {
		c.Title = d.first("ROLE")
	}
	org := d.parts("ORG", 2)
	c.Company, c.Unit = org[0], joined(" / ", org[1:]...)
	if c.Name = d.name(); c.Name == "" {
		c.Name = c.Company
	}
	for _, list := range d.values("CATEGORIES") {
		c.Tags = append(c.Tags, strings.FieldsFunc(list, func(r rune) bool { return r == ',' })...)
	}
	c.Birthday, c.BirthDay = d.birthday()
	c.Phones, c.Faxes = d.phones()
	c.Emails = d.emails()
	return c
}

// named yields the properties of a name, the preferred first.
func (d *draft) named(name string) []*property {
	var found []*property
	for i := range d.all {
		if d.all[i].name == name {
			found = append(found, &d.all[i])
		}
	}
	return found
}

// value is a property's whole value.
func (d *draft) value(p *property) string { return split(p.text(d.charset), 0, d.escapes)[0] }

func (d *draft) values(name string) []string {
	var all []string
	for _, p := range d.named(name) {
		if v := d.value(p); v != "" {
			all = append(all, v)
		}
	}
	return all
}

func (d *draft) first(name string) string {
	for _, v := range d.values(name) {
		return v
	}
	return ""
}

// partsOf are the parts of a value, at least n.
func (d *draft) partsOf(p *property, n int) []string {
	parts := split(p.text(d.charset), ';', d.escapes)
	for len(parts) < n {
		parts = append(parts, "")
	}
	return parts
}

// parts are those of the first property of the name.
func (d *draft) parts(name string, n int) []string {
	if all := d.named(name); len(all) > 0 {
		return d.partsOf(all[0], n)
	}
	return make([]string, n)
}

func (d *draft) addresses() []Address {
	var all []Address
	for _, p := range d.named("ADR") {
		part := d.partsOf(p, 7)
		for i := range part {
			part[i] = strings.Join(strings.Fields(part[i]), " ")
		}
		a := Address{
			Kind: d.kind(p), Street: joined(" ", part[0], part[1], part[2]), City: part[3], Region: part[4], PostalCode: part[5], Country: part[6],
		}
		if a.Text() != "" {
			all = append(all, a)
		}
	}
	return all
}

// weChat finds the WeChat id in the places where programs put it.
func (d *draft) weChat() string {
	if id := d.first("X-WECHAT"); id != "" {
		return id
	}
	for _, p := range append(d.named("IMPP"), d.named("X-SOCIALPROFILE")...) {
		scheme, id, uri := strings.Cut(d.value(p), ":")
		scheme = strings.ToLower(scheme)
		if p.has("wechat", "weixin") || strings.EqualFold(p.params["X-SERVICE-TYPE"], "WeChat") || scheme == "wechat" || scheme == "weixin" {
			if uri {
				return strings.TrimSpace(id)
			}
			return d.value(p)
		}
	}
	return ""
}

var wholeDate = regexp.MustCompile(`^(\d{4})-?(\d{2})-?(\d{2})([T ].*)?$`)

// birthday is the day, or what stands in its place.
func (d *draft) birthday() (day, other string) {
	const appleNoYear = "1604" // where Apple's programs put days of no year
	text := d.first("BDAY")
	m := wholeDate.FindStringSubmatch(text)
	if m == nil {
		return "", text
	}
	if m[1] == appleNoYear {
		return "", "--" + m[2] + "-" + m[3]
	}
	day = strings.Join(m[1:4], "-")
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return "", text
	}
	return day, ""
}
