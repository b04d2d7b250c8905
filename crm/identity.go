package crm

import (
	"strings"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// identity is what a customer is recognised by. Empty parts recognise nothing.
type identity struct {
	// name is the name's search.CompanyKey.
	phone, email, name string
}

func (c *Customer) identity() identity {
	return identity{phone: deref(c.Phone), email: strings.ToLower(deref(c.Email)), name: search.CompanyKey(c.Name)}
}

// core is the name without its region.
func (i identity) core() string {
	core, _ := search.CompanyCore(i.name)
	return core
}

// identityColumn is a column by which customers with a part of an identity are found, with the key that finds them and
// the field that may be masked.
type identityColumn struct {
	by, column, index, mask string
	of                      func(identity) string
}

var identityColumns = []identityColumn{
	{"phone", "phone", "customers_phone", maskPhone, func(i identity) string { return i.phone }},
	{"email", "email", "customers_email", maskEmail, func(i identity) string { return i.email }},
	{"name", "name_core", "customers_name_core", "", identity.core},
}

// of returns the part that a key of the options names.
func (i identity) of(key string) string {
	switch key {
	case "phone":
		return i.phone
	case "email":
		return i.email
	}
	return i.name
}

// seenBy leaves out what is masked for the caller.
func (i identity) seenBy(caller *tenant.Caller) identity {
	if caller.Masked[maskPhone] {
		i.phone = ""
	}
	if caller.Masked[maskEmail] {
		i.email = ""
	}
	return i
}

// sameAs reports by what two customers are taken for one, or "". A phone number or an e-mail address is enough,
// unless the other one and the name both speak against it, as with a shared switchboard. Equal names are enough
// only while nothing speaks against it: there are many people of one name, and firms have branches.
func (i identity) sameAs(other identity) string {
	phoneDiffers, emailDiffers, nameDiffers := i.differs(other)
	switch {
	case i.phone != "" && i.phone == other.phone && (!emailDiffers || !nameDiffers):
		return "phone"
	case i.email != "" && i.email == other.email && (!phoneDiffers || !nameDiffers):
		return "email"
	case i.name != "" && i.name == other.name && !phoneDiffers && !emailDiffers:
		return "name"
	}
	return ""
}

// resembles is sameAs for what people should look at: names that are nearly the same, while nothing speaks against it,
// are "similar_name".
func (i identity) resembles(other identity) string {
	if by := i.sameAs(other); by != "" {
		return by
	}
	if phoneDiffers, emailDiffers, _ := i.differs(other); i.nearly(other) && !phoneDiffers && !emailDiffers {
		return "similar_name"
	}
	return ""
}

func (i identity) differs(other identity) (phone, email, name bool) {
	return i.phone != "" && other.phone != "" && i.phone != other.phone,
		i.email != "" && other.email != "" && i.email != other.email,
		i.name != "" && other.name != "" && !related(i.core(), other.core())
}

// nearly reports whether two names differ by a region that one of them leaves out, or one goes on where the other ends.
func (i identity) nearly(other identity) bool {
	a, region := search.CompanyCore(i.name)
	b, otherRegion := search.CompanyCore(other.name)
	if len(b) < len(a) {
		a, b = b, a
	}
	if a == b {
		return a != "" && (region == "") != (otherRegion == "")
	}
	return len(a) >= shortestName && strings.HasPrefix(b, a)
}

// shortestName is of how many bytes the beginning of a name must be to say something: four letters, or two Chinese
// characters.
const shortestName = 4

// related reports whether two names could be spellings of one: one contains the other, or they begin alike.
func related(a, b string) bool {
	if strings.Contains(a, b) || strings.Contains(b, a) {
		return true
	}
	x, y := []rune(a), []rune(b)
	alike := 0
	for alike < min(len(x), len(y)) && x[alike] == y[alike] {
		alike++
	}
	return 2*alike >= min(len(x), len(y))
}

// likely is the score from which two customers are taken for one unless somebody says otherwise.
const likely = 70

// likeness says by what two customers are alike, and how much that speaks for their being one, from 0 to 99. Each thing
// takes its part of the doubt away that is left; where others speak against it, half of the score goes.
func (i identity) likeness(other identity) (by []string, score int) {
	doubt := 1.0
	for _, p := range []struct {
		by     string
		alike  bool
		weight float64
	}{
		{"phone", i.phone != "" && i.phone == other.phone, 0.85},
		{"email", i.email != "" && i.email == other.email, 0.85},
		{"name", i.name != "" && i.name == other.name, 0.7},
		{"similar_name", i.nearly(other), 0.4},
	} {
		if p.alike {
			by, doubt = append(by, p.by), doubt*(1-p.weight)
		}
	}
	score = min(int(100*(1-doubt)+0.5), 99)
	if i.resembles(other) == "" {
		score /= 2
	}
	return by, score
}
