package crm

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TrashedRecord is a deleted record that can be restored until it is purged.
type TrashedRecord struct {
	Record    RecordRef       `db:"record" json:"id" doc:"The record's id, whose prefix tells what it is." example:"cus_01h455vb4pex5vsknk084sn02q"`
	Title     string          `db:"title" json:"title" doc:"What people recognise it by." example:"云帆科技"`
	OwnerID   tenant.MemberID `db:"owner_id" json:"owner_id" nullable:"true" doc:"Whose it is; null in the public pool."`
	DeletedAt time.Time       `db:"deleted_at" json:"deleted_at" doc:"When it was deleted (UTC)."`
	PurgeAt   time.Time       `db:"-" json:"purge_at" doc:"When it is removed for good, within a day from then (UTC)."`
}

// bin is what lies in the trash of one noun.
type bin struct {
	noun string
	// list says how it is listed; nil for what is only purged.
	list *list.Resource
	// table holds the records, and title is its column that people recognise them by.
	table, title string
	// index is where the records' search texts are found, 0 for those that have none.
	index search.Noun
}

// customerTrash leaves out those that went up in others: they do not come back.
var customerTrash = trashOf(customers, "NOT EXISTS (SELECT 1 FROM company.merges WHERE loser_id = c.id)")

// bins is the table of all nouns whose records are deleted and purged later.
var bins = []bin{
	{"customer", customerTrash, "company.customers", "c.name", search.Customers},
	{"contact", trashOf(contacts, "p.deleted_along = 0"), "company.contacts", "p.name", search.Contacts},
	{"deal", trashOf(deals), "company.deals", "d.name", search.Deals},
	{"task", trashOf(tasks), "company.tasks", "t.title", search.Tasks},
	{"calendar_event", nil, "company.calendar_events", "", 0},
	{"interaction", nil, "company.interactions", "", search.Interactions},
}

// trashOf makes the list of a noun's deleted records: it filters by the same fields, and is in the order of deleting.
func trashOf(r *list.Resource, more ...string) *list.Resource {
	deleted := r.Alias + ".deleted_at"
	fields := map[string]list.Field{"deleted_at": {Kind: list.Time, Column: deleted, Sort: deleted, Indexes: []list.Index{list.By(r.Trash)}}}
	for name, f := range r.Fields {
		fields[name] = f.Unsorted()
	}
	trash := *r
	trash.Name, trash.Order, trash.Fields, trash.Trash = "deleted "+r.Name, "deleted_at desc", fields, ""
	trash.Live = strings.Join(append([]string{deleted + " IS NOT NULL"}, more...), " AND ")
	return &trash
}

// binOf returns the bin of a noun; ok is false for one without.
func binOf(noun string) (b bin, ok bool) {
	i := slices.IndexFunc(bins, func(b bin) bool { return b.noun == noun })
	if i < 0 {
		return bin{}, false
	}
	return bins[i], true
}

// permission is what restoring and purging need, and so also seeing what there is.
func (b bin) permission() tenant.Permission { return RecordRef{Noun: b.noun}.permission("delete") }

func (b bin) columns() string {
	return "'" + b.noun + "' AS \"record.noun\", " + b.list.Alias + ".id AS \"record.id\", " + b.title + " AS title, " +
		b.list.OwnerColumn + " AS owner_id, " + b.list.Alias + ".deleted_at"
}

// ListTrash returns one page of a noun's deleted records that the caller may restore, the latest first.
func ListTrash(ctx context.Context, q *tenant.Query, noun string, in ListQuery) (Page[TrashedRecord], error) {
	b, ok := binOf(noun)
	if !ok || b.list == nil {
		return Page[TrashedRecord]{}, tenant.Invalid("noun", "unknown", "is not a kind of record that can be restored")
	}
	p, err := b.plan(q, in)
	if err != nil {
		return Page[TrashedRecord]{}, err
	}
	page, err := list.Read(ctx, q, p, b.columns(), in.Count, TrashedRecord.sortKey)
	for i := range page.Data {
		page.Data[i].PurgeAt = page.Data[i].DeletedAt.Add(trashLife)
	}
	return page, err
}

func (b bin) plan(q *tenant.Query, in ListQuery) (*list.Plan, error) {
	p, err := list.New(q, b.list, in, q.Scope(b.permission()))
	if err != nil || in.Q == "" {
		return p, err
	}
	p.Search(search.Words(b.index, b.list.Alias, in.Q, b.list.IsMasked(q.Caller)))
	return p, nil
}

func (r TrashedRecord) sortKey(string) (any, [16]byte) { return r.DeletedAt, r.Record.ID }
