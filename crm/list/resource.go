package list

import (
	"maps"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Kind is what a filter may compare a field with.
type Kind int

// The kinds of field.
const (
	Text Kind = iota
	Enum
	Number
	Time
	Date // a day in no zone; ago and ahead count from the company's today
	Bool
	Member  // a member's id, or me
	ID      // another record's id
	Tags    // a set of names; only ":" applies
	Choices // a set of words out of Values; only ":" applies
)

// Field is one name of the filter language and of order_by.
type Field struct {
	Kind   Kind
	Column string
	// Within wraps the condition on Column, at %s, where that is another table's: EXISTS (SELECT … AND %s).
	Within string
	// Derive makes the condition of a Bool that no column holds.
	Derive func(*tenant.Query) Condition
	// Values are the words of an Enum or of Choices.
	Values []string
	// Parse reads the id of an ID, or brings the name of one of Tags into the form of tags.name_key.
	Parse func(string) (any, error)
	// Kept brings a value into the form that the column holds, where that is another one.
	Kept func(any) any
	// Nullable fields take :* to ask for being set.
	Nullable bool
	// Rare fields have an index of their own and few records for each value.
	Rare bool
	// Mask names the field for roles that mask it, as customer.phone. Whom it is masked for can neither filter nor sort
	// by it: probing would reveal it.
	Mask string
	// Sort is the column that orders by the field; it is never NULL. Empty means not sortable.
	Sort string
	// Indexes are the keys that give this order without sorting.
	Indexes []Index
	// Side is where the values stand when the record's own table does not hold them. Column and Sort are then columns
	// of that table, under the alias v.
	Side *Side
}

// Side is a table beside that of the records, which many fields share. It has a row for every value, none for an unset
// one, the columns record_id and field_id, and begins its primary key with those two.
type Side struct {
	Table string
	// Field is what field_id holds for the field.
	Field any
	// Index orders the values of a field: field_id, the field's Sort, record_id.
	Index string
}

// Unsorted returns the field for lists that have no key for its order.
func (f Field) Unsorted() Field {
	f.Sort, f.Indexes = "", nil
	return f
}

// Index is a key of the table that gives an order once the pinned fields are held to one value each.
type Index struct {
	Name   string
	Pinned []string
}

// By names a key that gives an order once the pinned fields are held to one value each.
func By(name string, pinned ...string) Index { return Index{name, pinned} }

// indexFor returns the key that reads least for a query that holds these fields to one value each.
func (f Field) indexFor(pinned map[string]bool) (best Index) {
	for _, x := range f.Indexes {
		held := !slices.ContainsFunc(x.Pinned, func(name string) bool { return !pinned[name] })
		if held && (best.Name == "" || len(x.Pinned) > len(best.Pinned)) {
			best = x
		}
	}
	return best
}

// Resource is a kind of record that has lists.
type Resource struct {
	Name  string
	Table string
	Alias string
	// Fields hold one named created_at where some have a Side: what has no value there is ordered by its age.
	Fields map[string]Field
	// OwnerColumn holds the member whose record it is; CustomerColumn the customer that the record is or hangs on, for
	// the customer's collaborators, and is empty where those have no part in it.
	OwnerColumn, CustomerColumn string
	// Owner is the field that a scope of one member pins; empty when the owner stands in another table.
	Owner string
	// Order is what a list is sorted by when nobody says.
	Order string
	// Live is the condition that leaves out deleted records.
	Live string
	// Trash is the key that orders deleted records. It finds nothing among the live, but the database's planner would take
	// it for them.
	Trash string
}

// IsMasked reports whether any field of the resource is masked for the caller.
func (r *Resource) IsMasked(caller *tenant.Caller) bool {
	for _, f := range r.Fields {
		if caller.Masked[f.Mask] {
			return true
		}
	}
	return false
}

// With returns the resource with more fields.
func (r *Resource) With(more map[string]Field) *Resource {
	wider := *r
	wider.Fields = maps.Clone(r.Fields)
	maps.Copy(wider.Fields, more)
	return &wider
}

// rareAmong reports whether one of the pinned fields alone leaves only a handful of records.
func (r *Resource) rareAmong(pinned map[string]bool) bool {
	for name := range pinned {
		if r.Fields[name].Rare {
			return true
		}
	}
	return false
}

func (r *Resource) fieldNames() []string {
	return slices.Sorted(maps.Keys(r.Fields))
}

func (r *Resource) sortableNames() string {
	var names []string
	for name, f := range r.Fields {
		if f.Sort != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
