package vcard

import (
	"strings"
	"unicode"
)

// name is what the person is called. A Chinese name is put together from its parts, family first and nothing between,
// where the card's own form of it only orders them otherwise: phones write 四 李 for 李四.
func (d *draft) name() string {
	shown, n := d.first("FN"), d.parts("N", 3)
	family, given, middle := n[0], n[1], n[2]
	if whole := family + middle + given; isHan(family) && isHan(middle) && isHan(given) && whole != "" {
		if bare := strings.Join(strings.Fields(shown), ""); bare == "" || bare == whole || bare == given+middle+family || bare == given+family {
			return whole
		}
	}
	if shown == "" {
		shown = joined(" ", given, middle, family)
	}
	if shown == "" {
		shown = d.first("NICKNAME")
	}
	return strings.Join(strings.Fields(shown), " ")
}

// isHan is true of no text at all, too.
func isHan(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.Is(unicode.Han, r) && r != '·' })
}

// inParts takes a name apart for programs that show and sort by family and given name. A Chinese name stays whole: which of
// its characters are the family's cannot be told, and phones show both without a space.
func inParts(name string) (family, given string) {
	if at := strings.LastIndexByte(name, ' '); at > 0 && !hasHan(name) {
		return name[at+1:], name[:at]
	}
	return name, ""
}
