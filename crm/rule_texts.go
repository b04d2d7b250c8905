package crm

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/mask"
)

// placeholder is a field in a text, as {{customer.name}}.
var placeholder = regexp.MustCompile(`\{\{\s*([a-z_]+)\.([a-z0-9_.]+)\s*\}\}`)

// braces find what was meant as a placeholder and is none.
var braces = regexp.MustCompile(`\{\{[^{}]*\}?\}?`)

// textFields are the fields that texts about a noun may name. Fields that roles may mask are not among them: a text is
// read by others than its author, and what is written cannot be masked any more. Phones and e-mails among the company's own
// fields are shown in part for that reason.
func textFields(n ruleNoun) map[string][]string {
	own := map[string]any{"customer": Customer{}, "deal": Deal{}, "interaction": Interaction{}, "task": Task{}}
	known := map[string][]string{"owner": {"name"}}
	for _, noun := range []string{"customer", n.name} {
		fields, err := fieldsOf(own[noun])
		if err != nil {
			continue
		}
		known[noun] = slices.Sorted(maps.Keys(fields))
	}
	known["customer"] = slices.DeleteFunc(known["customer"], func(name string) bool {
		return "customer."+name == maskPhone || "customer."+name == maskEmail
	})
	return known
}

// checkText checks a text with placeholders.
func (c *actionCheck) checkText(field, text string, most int) {
	checkText(c.invalid, c.at+"."+field, text, most)
	known := textFields(c.noun)
	for _, found := range braces.FindAllString(text, -1) {
		parts := placeholder.FindStringSubmatch(found)
		if parts == nil || parts[0] != found {
			c.add(field, "invalid", "has braces that cannot be read; write {{customer.name}}")
			continue
		}
		noun, name := parts[1], parts[2]
		custom, isCustom := strings.CutPrefix(name, customPrefix)
		if isCustom && custom != "" && noun != "owner" && known[noun] != nil || slices.Contains(known[noun], name) {
			continue
		}
		c.add(field, "unknown", "names a field that texts here cannot show: "+noun+"."+name)
	}
}

// fill puts the record's values, and the name of its owner, into a text.
func (r *acting) fill(text string, owner string) string {
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		parts := placeholder.FindStringSubmatch(found)
		noun, name := parts[1], parts[2]
		if noun == "owner" {
			return owner
		}
		fields := r.record.fields[noun]
		if key, ok := strings.CutPrefix(name, customPrefix); ok {
			custom, _ := fields["custom"].(map[string]any)
			return r.show(mask.Values(custom, map[string]bool{maskPhone: true, maskEmail: true})[key])
		}
		if name == "lifecycle" {
			stage, _ := fields[name].(string)
			return r.say(stageNames[stage])
		}
		if currency, ok := moneyFields[name]; ok {
			return r.showMoney(fields[name], fields[currency])
		}
		return r.show(fields[name])
	})
}

// moneyFields are those that hold minor units, with the field of their currency.
var moneyFields = map[string]string{"revenue": "revenue_currency", "amount": "currency", "amount_base": ""}

func (r *acting) showMoney(amount, currency any) string {
	minor, ok := amount.(float64)
	if !ok {
		return ""
	}
	code, ok := currency.(string)
	if !ok {
		code = r.q.Company.Currency
	}
	return moneyText(int64(minor), code)
}

// show writes a value as people read it: times as clocks in the company show them.
func (r *acting) show(value any) string {
	switch v := value.(type) {
	case string:
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return t.In(r.q.Company.Location()).Format("2006-01-02 15:04")
		}
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		if v {
			return r.say(phrase{"是", "yes"})
		}
		return r.say(phrase{"否", "no"})
	case map[string]any:
		return r.showMoney(v["amount"], v["currency"])
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = r.show(v[i])
		}
		return strings.Join(parts, ", ")
	}
	return ""
}
