package sheet

import "strings"

// formulaStarts are the characters that make a spreadsheet program evaluate a cell of a text file;
// the full-width forms count in East Asian editions.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// guard puts an apostrophe before text that would be evaluated. Text that already has one before such a
// character gets another, so that unguarding gives back exactly what was written.
func guard(s string) string {
	if startsFormula(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

func guarded(s string) bool {
	return strings.HasPrefix(s, "'") && startsFormula(strings.TrimLeft(s, "'"))
}

func startsFormula(s string) bool {
	for _, first := range s {
		return strings.ContainsRune(formulaStarts, first)
	}
	return false
}
