package crm

import (
	"strings"

	"github.com/guanxi-crm/guanxi/crm/search"
)

// namedRecord is a record that is known by its name and the customer that it hangs on.
type namedRecord struct {
	known
	name     string
	customer CustomerID
	// day tells records of one name apart, where both have one.
	day Date
}

// nameBook finds such records by their names.
type nameBook map[string][]namedRecord

func (b nameBook) add(r namedRecord) { b[r.name] = append(b[r.name], r) }

// same returns the record that is taken for r, and by what.
func (b nameBook) same(r namedRecord, by string) (known, string) {
	for _, other := range b[r.name] {
		if other.customer == r.customer && (other.day == r.day || other.day == "" || r.day == "") {
			return other.known, by
		}
	}
	return known{}, ""
}

// keyWithin is the key of a record by its name within its customer; card is what the row calls that while it is not known
// who it is. Without a customer it is the name alone, by which the records of all are found.
func keyWithin(name string, customer CustomerID, card *CustomerCard) string {
	switch {
	case name == "":
	case card != nil:
		name += keySeparator + search.CompanyKey(card.Name)
	case !customer.IsZero():
		name += keySeparator + customer.String()
	}
	return name
}

// keySeparator stands in no name.
const keySeparator = "\x00"

func (b nameBook) byKey(_, value string) []known {
	name, customer, said := strings.Cut(value, keySeparator)
	var found []known
	for _, r := range b[name] {
		if !said || r.customer.String() == customer {
			found = append(found, r.known)
		}
	}
	return found
}
