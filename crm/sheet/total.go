package sheet

import (
	"slices"
	"strings"
)

var totalWords = []string{"合计", "总计", "小计", "共计", "总和", "汇总", "本页合计", "total", "totals", "grandtotal", "subtotal", "sum"}

// longestTotal in bytes leaves room for spaces and a colon; longer cells are spared the comparison.
const longestTotal = 32

// isTotal recognises a line that sums up the others: a word such as "合计" and nothing else but numbers.
// A company that is really called Total has a contact, a city or an e-mail address, so it passes.
func isTotal(cells []string) bool {
	word := false
	for _, c := range cells {
		switch c = strings.TrimSpace(c); {
		case c == "", isNumber(c):
		case !word && len(c) <= longestTotal && slices.Contains(totalWords, normalise(c)):
			word = true
		default:
			return false
		}
	}
	return word && len(cells) > 1
}

// isNumber accepts plain and grouped figures; money signs do not make a word of one.
func isNumber(s string) bool {
	s = strings.Trim(s, "¥￥$€ ")
	return strings.ContainsAny(s, "0123456789") && strings.Trim(s, "0123456789,.-()%") == ""
}
