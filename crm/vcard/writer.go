package vcard

import (
	"strings"
	"unicode/utf8"
)

// String writes the card in version 3.0, which iOS, Android, Outlook and the mail programs all read.
func (c Card) String() string {
	w := &writer{}
	w.raw("BEGIN", "VCARD")
	w.raw("VERSION", "3.0")
	w.list("UID", c.UID)
	w.raw("FN", escape(c.Name))
	family, given := inParts(c.Name)
	w.raw("N", parts(family, given, "", "", ""))
	switch {
	case c.Unit != "":
		w.raw("ORG", parts(c.Company, c.Unit))
	case c.Company != "":
		w.raw("ORG", escape(c.Company))
	}
	w.list("TITLE", c.Title)
	w.points("TEL", "", c.Phones)
	w.points("TEL", "FAX", c.Faxes)
	w.points("EMAIL", "INTERNET", c.Emails)
	if c.WeChat != "" {
		w.raw("IMPP;X-SERVICE-TYPE=WeChat", "x-apple:"+escape(c.WeChat)) // as iOS does
	}
	for i, a := range c.Addresses {
		w.raw("ADR"+types(a.Kind, "", i == 0), parts("", "", a.Street, a.City, a.Region, a.PostalCode, a.Country))
	}
	w.list("URL", c.Websites...)
	w.list("BDAY", c.Birthday)
	if len(c.Tags) > 0 {
		w.raw("CATEGORIES", escaped(",", c.Tags...))
	}
	w.list("NOTE", c.Note)
	w.raw("END", "VCARD")
	return w.String()
}

type writer struct{ strings.Builder }

// list writes a property for each value that is not empty.
func (w *writer) list(name string, values ...string) {
	for _, v := range values {
		if v != "" {
			w.raw(name, escape(v))
		}
	}
}

// points marks the first as the preferred one.
func (w *writer) points(name, also string, all []Point) {
	for i, p := range all {
		w.raw(name+types(p.Kind, also, i == 0), escape(p.Value))
	}
}

var typeNames = map[Kind]string{Mobile: "CELL", Work: "WORK", Home: "HOME", Other: "OTHER"}

func types(kind Kind, also string, preferred bool) string {
	pref := ""
	if preferred {
		pref = "PREF"
	}
	if all := joined(",", also, typeNames[kind], pref); all != "" {
		return ";TYPE=" + all
	}
	return ""
}

// raw writes a property in lines of at most 75 bytes, no character of which is cut.
func (w *writer) raw(name, value string) {
	const width = 75
	room := width
	for _, r := range name + ":" + value {
		if room -= utf8.RuneLen(r); room < 0 {
			w.WriteString("\r\n ")
			room = width - 1 - utf8.RuneLen(r)
		}
		w.WriteRune(r)
	}
	w.WriteString("\r\n")
}

var escaper = strings.NewReplacer(`\`, `\\`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`, ",", `\,`, ";", `\;`)

func escape(s string) string { return escaper.Replace(s) }

func parts(all ...string) string { return escaped(";", all...) }

func escaped(separator string, all ...string) string {
	var b strings.Builder
	for i, s := range all {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(escape(s))
	}
	return b.String()
}
