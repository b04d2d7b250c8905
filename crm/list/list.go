// Package list makes lists: it compiles the one filter language and an order into a statement under the caller's
// scope, reads a page of it and hands out the cursor to the next. Each noun describes itself once as a [Resource];
// what its columns mean and who may ask is left to package crm.
package list

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Query is what every list can be asked.
type Query struct {
	// Filter is AIP-160, Q words to search, OrderBy a sortable field with an optional desc.
	Filter, Q, OrderBy string
	// Limit is the page size, 1 to 200; 0 means 20.
	Limit int
	// Cursor continues after the page that gave it. It fits only the same filter, q, order and scope.
	Cursor string
	// Count asks for the total.
	Count bool
}

// Page is one page of a list.
type Page[T any] struct {
	Data        []T     `json:"data" nullable:"false" doc:"The records of this page."`
	NextCursor  *string `json:"next_cursor" doc:"Continues the list; null on the last page."`
	Total       *int    `json:"total,omitempty" doc:"With count=true: how many match, counted up to 1000."`
	TotalCapped bool    `json:"total_capped,omitempty" doc:"Whether there are more than total says."`
}

const (
	// MaxLimit is how many records a page may hold.
	MaxLimit     = 200
	defaultLimit = 20
	// countCap bounds what counting may cost.
	countCap = 1000
	// maxSearch is how many characters a search may have.
	maxSearch = 200
)

// Plan is a list that is ready to run.
type Plan struct {
	resource *Resource
	where    []Condition
	// order is the sortable field, descending its direction; passes are the statements that it takes, pass the next.
	order      Field
	descending bool
	passes     []pass
	pass       int
	limit      int
	// pinned are the fields that are held to one value each. They choose the key that is forced so that the order comes
	// from it and not from sorting the company, unless index names another; an empty one leaves the choice to the database.
	pinned map[string]bool
	index  *string
	// words is what was searched for, common whether many have it; owned is the scope, if that is one member's.
	words  Words
	common bool
	owned  *Condition
	// candidates find all records that can be in the list, if those are few.
	candidates  []Condition
	joins       string
	fingerprint []byte
	after       *position
}

// New checks the query and compiles it under the scope; extra conditions narrow it further. It returns
// *tenant.InvalidError that names filter, q, order_by, limit or cursor.
func New(q *tenant.Query, r *Resource, in Query, scope tenant.Scope, extra ...Condition) (*Plan, error) {
	p := &Plan{resource: r, limit: in.Limit, words: Words{Found: Always(), Read: Always()}}
	if p.limit == 0 {
		p.limit = defaultLimit
	}
	if p.limit < 1 || p.limit > MaxLimit {
		return nil, tenant.Invalid("limit", "out_of_range", fmt.Sprintf("must be 1 to %d", MaxLimit))
	}
	if err := p.orderBy(q, in.OrderBy); err != nil {
		return nil, err
	}
	if !utf8.ValidString(in.Q) || utf8.RuneCountInString(in.Q) > maxSearch {
		return nil, tenant.Invalid("q", "invalid", fmt.Sprintf("must be valid UTF-8 text of at most %d characters", maxSearch))
	}
	filter, err := compile(q, r, in.Filter)
	if err != nil {
		return nil, err
	}
	visible := within(scope, r)
	p.pinned, p.candidates = filter.pinned, filter.candidates
	if r.Owner != "" && scope.IsOneMember() {
		p.pinned[r.Owner], p.owned = true, &visible
		filter.owned = append(filter.owned, r.among(visible))
	}
	if p.order.Side != nil {
		p.candidates = append(p.candidates, filter.owned...)
	}
	p.where = append([]Condition{{SQL: r.Live}, visible, filter.where}, extra...)
	if r.rareAmong(p.pinned) {
		p.UseIndex("")
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{
		r.Name, q.Company.ID.String(), scope.Fingerprint(), in.Filter, in.Q, in.OrderBy, fmt.Sprint(extra),
	}, "\x00")))
	p.fingerprint = sum[:12]
	return p, p.continueAfter(in.Cursor)
}

func within(scope tenant.Scope, r *Resource) Condition {
	visible, args := scope.Where(r.OwnerColumn, r.CustomerColumn)
	return Condition{visible, args}
}

func (p *Plan) orderBy(q *tenant.Query, text string) error {
	if strings.TrimSpace(text) == "" {
		text = p.resource.Order
	}
	words := strings.Fields(text)
	if len(words) > 2 || len(words) == 2 && words[1] != "asc" && words[1] != "desc" {
		return tenant.Invalid("order_by", "invalid", "write one field, followed by desc to turn it round")
	}
	f, ok := p.resource.Fields[words[0]]
	if !ok || f.Sort == "" {
		return tenant.Invalid("order_by", "unknown", "is not a sortable field; sortable are: "+p.resource.sortableNames())
	}
	if q.Caller.Masked[f.Mask] {
		return masked("order_by", words[0])
	}
	p.order, p.descending = f, len(words) == 2 && words[1] == "desc"
	p.passes = passes(p.resource, f, p.descending)
	return nil
}

// Narrow adds a condition that leaves no other list for the cursor to belong to.
func (p *Plan) Narrow(c Condition) { p.where = append(p.where, c) }

// UseIndex forces a key of the table, or none when it is empty: few rows are left, and sorting those is cheaper than
// reading the company in order.
func (p *Plan) UseIndex(name string) { p.index = &name }

// IsNarrow reports whether UseIndex said that few rows are left.
func (p *Plan) IsNarrow() bool { return p.index != nil && *p.index == "" }

// Join puts joins behind the table, for lists whose scope is another table's.
func (p *Plan) Join(joins string) { p.joins = " " + joins }

// Conditions returns everything that a row has to meet.
func (p *Plan) Conditions() Condition { return p.conditions(p.words.Found) }

func (p *Plan) conditions(words Condition) Condition {
	return All(append(p.where[:len(p.where):len(p.where)], words)...)
}

// From returns the table with the key that is forced on it, and its joins.
func (p *Plan) From() string {
	return p.resource.from(p.key()) + p.joins
}

func (r *Resource) from(key string) string {
	from := r.Table + " " + r.Alias
	switch {
	case key != "":
		from += " FORCE INDEX (" + key + ")"
	case r.Trash != "":
		from += " IGNORE INDEX (" + r.Trash + ")"
	}
	return from
}

// key is the table's key to force, or empty.
func (p *Plan) key() string {
	if p.index != nil {
		return *p.index
	}
	return p.passes[p.pass].by.indexFor(p.pinned).Name
}

// Statement returns the SQL that reads one row more than the page holds; of a list that takes several, the first.
func (p *Plan) Statement(columns string) (string, []any) { return p.statement(columns, p.limit+1) }

// onward returns how what follows in the list compares, and the word for that order.
func (p *Plan) onward() (beyond, direction string) {
	if p.descending {
		return "<", "DESC"
	}
	return ">", "ASC"
}

func (p *Plan) statement(columns string, rows int) (string, []any) {
	here := p.passes[p.pass]
	from, where := here.read(p)
	id := p.resource.Alias + ".id"
	if here.side {
		id = "v.record_id"
	}
	beyond, direction := p.onward()
	if p.after != nil {
		value, _ := p.after.value(here.by.Kind) // read once already, when the cursor came in
		// Not a row comparison: MariaDB reads the whole index for (a, b) < (?, ?).
		where = All(where, Condition{
			fmt.Sprintf("%[1]s %[3]s= ? AND (%[1]s %[3]s ? OR %[2]s %[3]s ?)", here.by.Sort, id, beyond), []any{value, value, p.after.ID},
		})
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s %s, %s %s LIMIT %d",
		columns, from, where.SQL, here.by.Sort, direction, id, direction, rows), where.Args
}

// Count counts the matches, up to the cap of 1000.
func (p *Plan) Count(ctx context.Context, q *tenant.Query) (total int, capped bool, err error) {
	where := p.Conditions()
	err = q.Get(ctx, &total, fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM %s%s WHERE %s LIMIT %d) capped",
		p.resource.from(""), p.joins, where.SQL, countCap+1), where.Args...)
	if total > countCap {
		return countCap, true, err
	}
	return total, false, err
}

// Key returns the value that a row has in a sort column, and the row's id.
type Key[T any] func(row T, column string) (any, [16]byte)

// Cut makes the page of the rows that the plan's statement returned, of which there is one more when the list goes on.
// The plan must not be in the order of a field with a Side.
func Cut[T any](p *Plan, rows []T, key Key[T]) Page[T] {
	page := Page[T]{Data: rows}
	if len(rows) > p.limit {
		page.Data = rows[:p.limit]
		value, id := key(rows[p.limit-1], p.order.Sort)
		page.NextCursor = p.cursor(p.pass, value, id)
	}
	return page
}

// Read runs the plan and cuts the page; count adds the total.
func Read[T any](ctx context.Context, q *tenant.Query, p *Plan, columns string, count bool, key Key[T]) (Page[T], error) {
	if err := p.Settle(ctx, q); err != nil {
		return Page[T]{}, err
	}
	rows, began, err := readRows[T](ctx, q, p, columns)
	if err != nil {
		return Page[T]{}, err
	}
	page := Page[T]{Data: rows}
	if len(rows) > p.limit {
		page.Data = rows[:p.limit]
		if page.NextCursor, err = nextCursor(ctx, q, p, rows[p.limit-1], p.limit > began, key); err != nil {
			return Page[T]{}, err
		}
	}
	if count {
		total, capped, err := p.Count(ctx, q)
		if err != nil {
			return Page[T]{}, err
		}
		page.Total, page.TotalCapped = &total, capped
	}
	return page, nil
}
