package crm

import (
	"maps"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// valueKind is what a filter may compare a field with.
type valueKind int

const (
	textValue valueKind = iota
	enumValue
	numberValue
	timeValue
	boolValue
	memberValue // a member's id, or me
	idValue     // another record's id
	tagValue    // a set of names; only ":" applies
)

// field is one name of the filter language and of order_by.
type field struct {
	kind   valueKind
	column string
	// derive makes the condition of a boolValue that no column holds.
	derive func(*tenant.Query) condition
	// values are the words of an enumValue.
	values []string
	// parse reads the id of an idValue.
	parse func(string) (any, error)
	// nullable fields take :* to ask for being set.
	nullable bool
	// rare fields have an index of their own and few records for each value.
	rare bool
	// sort is the column that orders by the field; it is never NULL. Empty means not sortable.
	sort string
	// indexes are the keys that give this order without sorting.
	indexes []index
}

// index is a key of the table that gives an order once the pinned fields are held to one value each.
type index struct {
	name   string
	pinned []string
}

// indexFor returns the key that reads least for a query that holds these fields to one value each.
func (f field) indexFor(pinned map[string]bool) string {
	var best index
	for _, x := range f.indexes {
		held := !slices.ContainsFunc(x.pinned, func(name string) bool { return !pinned[name] })
		if held && (best.name == "" || len(x.pinned) > len(best.pinned)) {
			best = x
		}
	}
	return best.name
}

// resource is a kind of record that has lists.
type resource struct {
	name   string
	table  string
	alias  string
	fields map[string]field
	// owner is the field that a scope of one member pins; empty when the owner stands in another table.
	owner string
	// order is what a list is sorted by when nobody says.
	order string
	// live is the condition that leaves out deleted records.
	live string
}

// rareAmong reports whether one of the pinned fields alone leaves only a handful of records.
func (r *resource) rareAmong(pinned map[string]bool) bool {
	for name := range pinned {
		if r.fields[name].rare {
			return true
		}
	}
	return false
}

func (r *resource) fieldNames() string {
	return strings.Join(slices.Sorted(maps.Keys(r.fields)), ", ")
}

func (r *resource) sortableNames() string {
	var names []string
	for name, f := range r.fields {
		if f.sort != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
