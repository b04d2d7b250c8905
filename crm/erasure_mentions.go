package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// prose is where the records of a noun may have somebody in their words.
type prose struct {
	noun string
	of   *list.Resource
	// from is the table with what its owner and its words need, customer the column of the customer that the record hangs
	// on, and at when it was last changed.
	from, customer, at string
	// texts are the columns, of which the first is what people recognise the record by.
	texts []string
}

// proses is the table of them. A search has less, and nothing of the trash.
var proses = []prose{
	{"customer", customers, "company.customers c", "NULL", "c.updated_at",
		[]string{"c.name", "c.contact_name", "c.phone", "c.email", "c.website", "c.address", "c.note", "c.custom"}},
	{"contact", contacts, "company.contacts p", "p.customer_id", "p.updated_at",
		[]string{"p.name", "p.title", "p.department", "p.phones", "p.emails", "p.wechat", "p.addresses", "p.note", "p.custom"}},
	{"deal", deals, "company.deals d", "d.customer_id", "d.updated_at", []string{"d.name", "d.lost_reason", "d.note", "d.custom"}},
	{"task", tasks, "company.tasks t", "t.customer_id", "t.updated_at", []string{"t.title", "t.note", "t.checklist", "t.custom"}},
	{"interaction", interactions, "company.interactions i JOIN company.customers c ON c.id = i.customer_id", "i.customer_id", "i.occurred_at",
		[]string{"i.summary", "i.contacts", "i.place", "i.links", "i.resolution", "i.next_step"}},
	{"calendar_event", calendarEvents, "company.calendar_events e", "e.customer_id", "e.updated_at",
		[]string{"e.title", "e.description", "e.place", "e.guests"}},
}

// wordsAtOnce bounds the words of one statement: whoever has hundreds of contacts is known by very many.
const wordsAtOnce = 20

// mentions finds records that still have a name, a number or an address in their words, in the trash or not, as far as the
// caller reaches.
func (e *erasure) mentions(ctx context.Context, q *tenant.Query) ([]Hit, error) {
	hits := []Hit{}
	for words := range slices.Chunk(e.words(), wordsAtOnce) {
		for _, p := range proses {
			found, err := p.find(ctx, q, words)
			if err != nil {
				return nil, err
			}
			hits = append(hits, found...)
		}
		found, err := findCommented(ctx, q, words)
		if err != nil {
			return nil, err
		}
		hits = append(hits, found...)
	}
	seen := map[RecordRef]bool{}
	hits = slices.DeleteFunc(hits, func(h Hit) bool {
		again := seen[h.ID]
		seen[h.ID] = true
		return again
	})
	hits = hits[:min(len(hits), findLimit)]
	return hits, fillCards(ctx, q, hits, (*Hit).carded)
}

// words are what to look for: numbers also as they are dialled at home.
func (e *erasure) words() []string {
	var all []string
	for _, word := range slices.Concat(e.names, e.addresses) {
		if utf8.RuneCountInString(word) < 2 {
			continue // one letter is in too many words
		}
		all = append(all, word)
		if strings.HasPrefix(word, "+") {
			national := sheet.NationalPhone(word)
			all = append(all, national, unspaced.Replace(national))
		}
	}
	return all
}

// isMentioned is true where one of the columns holds one of the words, in whichever case.
func isMentioned(words []string, columns ...string) list.Condition {
	text := "LOWER(CONCAT_WS(' ', " + strings.Join(columns, ", ") + "))"
	each := make([]list.Condition, len(words))
	for i, word := range words {
		each[i] = list.Contains(text, strings.ToLower(word))
	}
	return list.Any(each...)
}

// find returns the records that have one of the words.
func (p prose) find(ctx context.Context, q *tenant.Query, words []string) ([]Hit, error) {
	where := list.All(inReach(q, p.noun, p.of), isMentioned(words, p.texts...))
	var rows []struct {
		ID       tenant.RecordID `db:"id"`
		Title    string          `db:"title"`
		Customer CustomerID      `db:"customer_id"`
		Owner    tenant.MemberID `db:"owner_id"`
		At       time.Time       `db:"at"`
	}
	if err := q.Select(ctx, &rows, fmt.Sprintf(`SELECT %s.id, LEFT(%s, 100) AS title, %s AS customer_id, %s AS owner_id, %s AS at FROM %s WHERE %s LIMIT %d`,
		p.of.Alias, p.texts[0], p.customer, p.of.OwnerColumn, p.at, p.from, where.SQL, findLimit), where.Args...); err != nil {
		return nil, err
	}
	hits := make([]Hit, len(rows))
	for i, r := range rows {
		hits[i] = Hit{ID: RecordRef{p.noun, r.ID}, Noun: p.noun, Title: r.Title, OwnerID: r.Owner, At: r.At, customer: r.Customer}
	}
	return hits, nil
}

// findCommented finds the records on which comments have one of the words.
func findCommented(ctx context.Context, q *tenant.Query, words []string) ([]Hit, error) {
	where := isMentioned(words, "body")
	var rows []struct {
		RecordRef
		At time.Time `db:"at"`
	}
	if err := q.Select(ctx, &rows, fmt.Sprintf(`SELECT noun, record_id AS id, MAX(updated_at) AS at FROM company.comments WHERE %s GROUP BY noun, record_id LIMIT %d`,
		where.SQL, findDepth), where.Args...); err != nil {
		return nil, err
	}
	var hits []Hit
	for _, row := range rows {
		r, err := FindRecord(ctx, q, row.RecordRef, "read")
		if errors.Is(err, tenant.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		h := Hit{ID: row.RecordRef, Noun: row.Noun, Title: r.Title, OwnerID: r.Owner, At: row.At, customer: r.Customer}
		if row.Noun == "customer" {
			h.customer = CustomerID{}
		}
		hits = append(hits, h)
	}
	return hits, nil
}
