package crm

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/tenant"
)

// ListQuery is what every list can be asked.
type ListQuery struct {
	// Filter is AIP-160, Q words to search, OrderBy a sortable field with an optional desc.
	Filter, Q, OrderBy string
	// Limit is the page size, 1 to 200.
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
	// countCap bounds what counting may cost.
	countCap = 1000
	// maxSearch is how many characters a search may have.
	maxSearch = 200
)

// plan is a list that is ready to run.
type plan struct {
	resource *resource
	where    []condition
	// order is the sortable column, descending its direction.
	order      field
	descending bool
	limit      int
	// index is forced so that the order comes from the key and not from sorting the company; empty leaves the
	// choice to the database.
	index string
	// joins stands behind the table, for lists whose scope is another table's.
	joins       string
	fingerprint []byte
	after       *position
}

// position is where a page ended.
type position struct {
	// Value is the sort column's, as text; ID breaks ties.
	Value string `json:"v"`
	ID    []byte `json:"i"`
	// Print is the list's fingerprint.
	Print []byte `json:"p"`
}

// newPlan checks the query and compiles it under the scope.
func newPlan(q *tenant.Query, r *resource, in ListQuery, scope tenant.Scope, ownerColumn string, extra ...condition) (*plan, error) {
	p := &plan{resource: r, limit: in.Limit}
	if p.limit == 0 {
		p.limit = 20
	}
	if p.limit < 1 || p.limit > 200 {
		return nil, tenant.Invalid("limit", "out_of_range", "must be 1 to 200")
	}
	if err := p.orderBy(in.OrderBy); err != nil {
		return nil, err
	}
	if !utf8.ValidString(in.Q) || utf8.RuneCountInString(in.Q) > maxSearch {
		return nil, tenant.Invalid("q", "invalid", fmt.Sprintf("must be valid UTF-8 text of at most %d characters", maxSearch))
	}
	filter, pinned, err := compileFilter(q, r, in.Filter)
	if err != nil {
		return nil, err
	}
	visible, args := scope.Where(ownerColumn)
	if len(args) == 1 && r.owner != "" {
		pinned[r.owner] = true
	}
	p.where = append([]condition{{sql: r.live}, {visible, args}, filter}, extra...)
	p.index = p.order.indexFor(pinned)
	if r.rareAmong(pinned) {
		p.index = ""
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{
		r.name, q.Company.ID.String(), scope.Fingerprint(), in.Filter, in.Q, in.OrderBy, fmt.Sprint(extra),
	}, "\x00")))
	p.fingerprint = sum[:12]
	return p, p.continueAfter(in.Cursor)
}

func (p *plan) orderBy(text string) error {
	if strings.TrimSpace(text) == "" {
		text = p.resource.order
	}
	words := strings.Fields(text)
	if len(words) > 2 || len(words) == 2 && words[1] != "asc" && words[1] != "desc" {
		return tenant.Invalid("order_by", "invalid", "write one field, followed by desc to turn it round")
	}
	f, ok := p.resource.fields[words[0]]
	if !ok || f.sort == "" {
		return tenant.Invalid("order_by", "unknown", "is not a sortable field; sortable are: "+p.resource.sortableNames())
	}
	p.order, p.descending = f, len(words) == 2 && words[1] == "desc"
	return nil
}

func (p *plan) continueAfter(cursor string) error {
	if cursor == "" {
		return nil
	}
	bad := tenant.Invalid("cursor", "invalid", "does not belong to this list; start again without it")
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return bad
	}
	var at position
	if json.Unmarshal(raw, &at) != nil || string(at.Print) != string(p.fingerprint) || len(at.ID) != 16 {
		return bad
	}
	// Whoever makes up a cursor gains nothing by it, but must not upset the database either.
	if _, err := at.value(p.order.kind); err != nil {
		return bad
	}
	p.after = &at
	return nil
}

// sql returns the statement that reads one row more than the page holds.
func (p *plan) sql(columns string) (string, []any) {
	where, args := p.conditions()
	id := p.resource.alias + ".id"
	beyond, direction := ">", "ASC"
	if p.descending {
		beyond, direction = "<", "DESC"
	}
	if p.after != nil {
		value, _ := p.after.value(p.order.kind) // read once already, when the cursor came in
		// Not a row comparison: MariaDB reads the whole index for (a, b) < (?, ?).
		where = append(where, fmt.Sprintf("%[1]s %[3]s= ? AND (%[1]s %[3]s ? OR %[2]s %[3]s ?)", p.order.sort, id, beyond))
		args = append(args, value, value, p.after.ID)
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s %s, %s %s LIMIT %d",
		columns, p.from(), strings.Join(where, " AND "), p.order.sort, direction, id, direction, p.limit+1), args
}

func (p *plan) conditions() (where []string, args []any) {
	for _, c := range p.where {
		where = append(where, c.sql)
		args = append(args, c.args...)
	}
	return where, args
}

func (p *plan) from() string {
	from := p.resource.table + " " + p.resource.alias
	if p.index != "" {
		from += " FORCE INDEX (" + p.index + ")"
	}
	return from + p.joins
}

// value reads where the page ended, as the kind of the order's field.
func (at *position) value(kind valueKind) (any, error) {
	if kind == timeValue {
		t, err := time.Parse(time.RFC3339Nano, at.Value)
		if err == nil && (t.Year() < 1000 || t.Year() > 9999) {
			err = strconv.ErrRange
		}
		return t.UTC(), err
	}
	return at.Value, nil
}

// cursor marks the place after a row.
func (p *plan) cursor(sortValue any, id [16]byte) *string {
	at := position{Value: fmt.Sprint(sortValue), ID: id[:], Print: p.fingerprint}
	if t, ok := sortValue.(time.Time); ok {
		at.Value = t.UTC().Format(time.RFC3339Nano)
	}
	raw, err := json.Marshal(at)
	if err != nil {
		return nil // strings and bytes always marshal
	}
	text := base64.RawURLEncoding.EncodeToString(raw)
	return &text
}

// count counts the matches, up to the cap.
func (p *plan) count(ctx context.Context, q *tenant.Query) (total int, capped bool, err error) {
	where, args := p.conditions()
	err = q.Get(ctx, &total, fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM %s %s%s WHERE %s LIMIT %d) capped",
		p.resource.table, p.resource.alias, p.joins, strings.Join(where, " AND "), countCap+1), args...)
	if total > countCap {
		return countCap, true, err
	}
	return total, false, err
}

// sortable is a row that can say where it stands in an order.
type sortable interface {
	// sortKey returns the value of the sort column and the record's id.
	sortKey(column string) (any, [16]byte)
}

// readPage runs the plan and cuts the page.
func readPage[T sortable](ctx context.Context, q *tenant.Query, p *plan, columns string, count bool) (Page[T], error) {
	statement, args := p.sql(columns)
	rows := make([]T, 0, p.limit+1)
	if err := q.Select(ctx, &rows, statement, args...); err != nil {
		return Page[T]{}, err
	}
	page := Page[T]{Data: rows}
	if len(rows) > p.limit {
		page.Data = rows[:p.limit]
		value, id := rows[p.limit-1].sortKey(p.order.sort)
		page.NextCursor = p.cursor(value, id)
	}
	if count {
		total, capped, err := p.count(ctx, q)
		if err != nil {
			return Page[T]{}, err
		}
		page.Total, page.TotalCapped = &total, capped
	}
	return page, nil
}
