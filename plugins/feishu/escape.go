package feishu

import (
	"fmt"
	"regexp"
	"strings"
)

// The vendor wants what would be markup as numeric HTML entities:
// https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-components/content-components/rich-text
var markup = regexp.MustCompile("[<>*~`\\[\\]\\\\$_]" + // tags and mentions, emphasis, code, links
	`|&#?\w+;` + // an entity that is meant as text
	`|:[A-Za-z0-9_]+:` + // an emoji such as :DONE:
	`|^(#+|[+-] |-{2,}|\d+[.)] )`) // headings, lists, rules

// escape makes s plain text, so that a customer called "<at id=all></at>" mentions nobody.
func escape(s string) string {
	return markup.ReplaceAllStringFunc(s, func(m string) string {
		var out strings.Builder
		for _, r := range m {
			if strings.ContainsRune("<>*~`[]\\$_&:#+-.)", r) {
				fmt.Fprintf(&out, "&#%d;", r)
			} else {
				out.WriteRune(r)
			}
		}
		return out.String()
	})
}
