package crm

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

var (
	fieldKeyForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	optionKeyForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$`)
	noKeyPart     = regexp.MustCompile(`[^a-z0-9]+`)
)

const (
	maxLabel   = 100
	maxOptions = 200
	// longestKey leaves room for the number that makes a key free.
	longestKey = 36
)

// keyFrom makes a key of a label: industry of Industry, jiao_yu of 教育.
func keyFrom(l FieldLabel) string {
	name := l.EN
	if isBlank(name) {
		name = search.NameSort(l.ZH)
	}
	key := strings.Trim(noKeyPart.ReplaceAllString(search.Fold(name), "_"), "_")
	return strings.Trim(search.Cut(key, longestKey), "_")
}

// freeKey returns the wanted key, or one with a number that is not taken.
func freeKey(wanted string, taken func(string) bool) string {
	if wanted == "" || wanted[0] < 'a' {
		wanted = strings.Trim("f_"+wanted, "_")
	}
	key := wanted
	for n := 2; taken(key); n++ {
		key = fmt.Sprint(wanted, "_", n)
	}
	return key
}

func (l FieldLabel) check(invalid *tenant.InvalidError, path string) {
	if isBlank(l.ZH) && isBlank(l.EN) {
		invalid.Add(path, "required", "needs a name in Chinese (zh) or English (en)")
	}
	checkText(invalid, path+".zh", l.ZH, maxLabel)
	checkText(invalid, path+".en", l.EN, maxLabel)
}

// name gives options without a key one, and those without a colour the usual.
func (l fieldOptions) name() {
	for i := range l {
		if l[i].Colour == "" {
			l[i].Colour = defaultColour
		}
	}
	for i := range l {
		if l[i].Key == "" {
			l[i].Key = freeKey(keyFrom(l[i].Label), l.has)
		}
	}
}

// has reports whether there is an option of that key; case does not tell them apart.
func (l fieldOptions) has(key string) bool {
	for _, o := range l {
		if strings.EqualFold(o.Key, key) {
			return true
		}
	}
	return false
}

// keepAll sees to it that no option is left out that records may have.
func (l fieldOptions) keepAll(invalid *tenant.InvalidError, before fieldOptions) {
	for _, o := range before {
		if f := (&CustomField{Options: l}); f.option(o.Key) < 0 {
			invalid.Add("options", "missing", "lacks "+o.Key+", which records may have; set its archived instead")
		}
	}
}

func (l fieldOptions) check(invalid *tenant.InvalidError) {
	if len(l) == 0 {
		invalid.Add("options", "required", "needs at least one option")
	}
	if len(l) > maxOptions {
		invalid.Add("options", "too_many", fmt.Sprintf("holds more than %d options", maxOptions))
	}
	seen := map[string]bool{}
	for i, o := range l {
		path := fmt.Sprintf("options[%d]", i)
		o.Label.check(invalid, path+".label")
		checkWord(invalid, path+".colour", o.Colour, colours)
		key := strings.ToLower(o.Key)
		switch {
		case !optionKeyForm.MatchString(o.Key):
			invalid.Add(path+".key", "invalid", "must be letters, digits, - and _, at most 40")
		case seen[key]:
			invalid.Add(path+".key", "taken", "is that of another option, of which it differs by case at most")
		}
		seen[key] = true
	}
}
