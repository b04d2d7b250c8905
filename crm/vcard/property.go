package vcard

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// property is one property of a card: item1.TEL;TYPE=CELL:+86 199 0000 0001.
type property struct {
	group, name string
	types       []string          // in small letters
	params      map[string]string // the others, their names in capitals
	value       []byte            // as it stands in the file
}

// parseProperty reads a line; ok is false for one that has no name.
func parseProperty(text []byte) (p property, ok bool) {
	head, value, ok := cutHead(text)
	if !ok {
		return p, false
	}
	parts := outsideQuotes(head, ';')
	name := strings.ToUpper(strings.TrimSpace(parts[0]))
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		p.group, name = name[:dot], name[dot+1:]
	}
	p.name, p.value, p.params = name, value, map[string]string{}
	for _, part := range parts[1:] {
		p.param(part)
	}
	return p, name != ""
}

// cutHead cuts at the first colon that no quotation marks surround, or simply at the first.
func cutHead(text []byte) (head string, value []byte, ok bool) {
	quoted := false
	for i, b := range text {
		switch {
		case b == '"':
			quoted = !quoted
		case b == ':' && !quoted:
			return string(text[:i]), text[i+1:], true
		}
	}
	before, after, ok := bytes.Cut(text, []byte(":"))
	return string(before), after, ok
}

func outsideQuotes(s string, separator byte) []string {
	var parts []string
	start, quoted := 0, false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == separator && !quoted:
			parts, start = append(parts, s[start:i]), i+1
		}
	}
	return append(parts, s[start:])
}

// param takes a parameter. Version 2.1 writes types and encodings without a name: TEL;CELL;QUOTED-PRINTABLE.
func (p *property) param(text string) {
	key, value, named := strings.Cut(text, "=")
	key = strings.ToUpper(strings.TrimSpace(key))
	switch value = strings.ReplaceAll(value, `"`, ""); {
	case !named && (key == "QUOTED-PRINTABLE" || key == "BASE64"):
		p.params["ENCODING"] = key
	case !named:
		p.types = append(p.types, strings.ToLower(key))
	case key == "TYPE":
		p.types = append(p.types, strings.Split(strings.ToLower(value), ",")...)
	default:
		p.params[key] = strings.TrimSpace(value)
	}
}

// marks reports whether the property is the BEGIN or the END of a card.
func (p *property) marks(end string) bool {
	return p.name == end && strings.EqualFold(string(bytes.TrimSpace(p.value)), "VCARD")
}

// marksBoth reports whether it is an END with the BEGIN of the next card right behind it, where files were put together of
// which the first had no end of line.
func (p *property) marksBoth() bool {
	return p.name == "END" && strings.EqualFold(string(bytes.Replace(p.value, mark, nil, 1)), "VCARDBEGIN:VCARD")
}

// has reports whether the property has one of the types.
func (p *property) has(types ...string) bool {
	return slices.ContainsFunc(p.types, func(t string) bool { return slices.Contains(types, strings.TrimSpace(t)) })
}

func (p *property) quotedPrintable() bool {
	return strings.EqualFold(p.params["ENCODING"], "QUOTED-PRINTABLE")
}

// preference orders properties of one name, the best first.
func (p *property) preference() int {
	if p.has("pref") {
		return 1
	}
	const none = 101 // of 1 to 100
	n, err := strconv.Atoi(p.params["PREF"])
	if err != nil {
		return none
	}
	return n
}

func byPreference(a, b property) int { return cmp.Compare(a.preference(), b.preference()) }
