package crm

import (
	"fmt"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// showCell writes the record's value in the form that readCell reads.
func (c *customColumn) showCell(w *exportWords, record any) string {
	value, set := (*recordAs[customHolder](record).customValues())[c.Key]
	if !set {
		return ""
	}
	return typeNamed(c.Type).show(w, c.CustomField, value)
}

func showAsText(_ *exportWords, _ *CustomField, v any) string { return fmt.Sprint(v) }

func showNumber(_ *exportWords, _ *CustomField, v any) string {
	n, _ := v.(float64)
	return plainNumber(n)
}

func showMoney(_ *exportWords, f *CustomField, v any) string {
	money, _ := v.(map[string]any)
	minor, _ := money["amount"].(float64)
	return decimalOf(int64(minor), minorDigits(deref(f.Currency)))
}

func showDatetime(w *exportWords, _ *CustomField, v any) string {
	text, _ := v.(string)
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return text // what is kept was checked
	}
	return w.local(&at)
}

func showChoice(w *exportWords, f *CustomField, v any) string {
	key, _ := v.(string)
	return w.option(f, key)
}

func showChoices(w *exportWords, f *CustomField, v any) string {
	keys, _ := v.([]any)
	words := make([]string, len(keys))
	for i, key := range keys {
		words[i] = w.option(f, fmt.Sprint(key))
	}
	return strings.Join(words, "; ")
}

// option calls an option by its label where an import finds it by that, else by its key.
func (w *exportWords) option(f *CustomField, key string) string {
	at := f.option(key)
	if at < 0 {
		return key
	}
	word := w.say(phrase{f.Options[at].Label.ZH, f.Options[at].Label.EN})
	if found, err := readChoice(nil, f, word); err != nil || found != key || len(listed(word)) != 1 {
		return key
	}
	return word
}

func showMember(w *exportWords, _ *CustomField, v any) string {
	text, _ := v.(string)
	id, err := tenant.ParseMemberID(text)
	if err != nil {
		return text // what is kept was checked
	}
	return w.owners[id]
}

func showYesNo(w *exportWords, _ *CustomField, v any) string { return w.yesOrNo(v == true) }
