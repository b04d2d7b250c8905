package crm

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// customNoun is a kind of record that can have custom fields: its column custom keeps their values.
type customNoun struct {
	name     string
	resource *list.Resource
	// title is the column that people recognise a record by.
	title string
}

// customNouns is the table of them.
func customNouns() []customNoun {
	return []customNoun{
		{"customer", customers, "c.name"},
		{"contact", contacts, "p.name"},
		{"deal", deals, "d.name"},
		{"task", tasks, "t.title"},
	}
}

func fieldResources() []string {
	var names []string
	for _, n := range customNouns() {
		names = append(names, n.name)
	}
	return names
}

func customNounNamed(name string) customNoun {
	for _, n := range customNouns() {
		if n.name == name {
			return n
		}
	}
	return customNoun{}
}

// examples is how many records a refusal names.
const examples = 3

// requireValues sees to it that no record lacks a value.
func requireValues(ctx context.Context, q *tenant.Query, f *CustomField) error {
	n := customNounNamed(f.Resource)
	lacking := list.All(list.Condition{SQL: n.resource.Live}, list.Not(f.listField().Side.Has(n.resource)))
	var count int
	if err := q.Get(ctx, &count, fmt.Sprintf(`SELECT COUNT(*) FROM %s %s WHERE %s`, n.resource.Table, n.resource.Alias, lacking.SQL), lacking.Args...); err != nil || count == 0 {
		return err
	}
	names, err := n.titles(ctx, q, lacking)
	if err != nil {
		return err
	}
	return &tenant.ConflictError{Code: "values_missing", Message: fmt.Sprintf(
		"%d records have no value%s. Fill them in first; the filter NOT %s%s:* finds them.", count, as(names), customPrefix, f.Key)}
}

// titles names some of the records that meet a condition, out of those that the caller may see.
func (n customNoun) titles(ctx context.Context, q *tenant.Query, which list.Condition) ([]string, error) {
	visible, args := q.Scope(tenant.Permission(n.name+":read")).Where(n.resource.OwnerColumn, n.resource.CustomerColumn)
	var names []string
	err := q.Select(ctx, &names, fmt.Sprintf(`SELECT %s FROM %s %s WHERE %s AND %s LIMIT %d`,
		n.title, n.resource.Table, n.resource.Alias, which.SQL, visible, examples), append(which.Args, args...)...)
	return names, err
}

// as leads over to examples.
func as(names []string) string {
	if len(names) == 0 {
		return ""
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return ", as " + strings.Join(quoted, ", ")
}

// claimValues notes which record holds each value, and sees to it that no two hold the same.
func claimValues(ctx context.Context, tx *tenant.Tx, f *CustomField) error {
	claims, err := valuesOf(ctx, tx.Query, f)
	if err != nil {
		return err
	}
	holders := make(map[[sha256.Size]byte]tenant.RecordID, len(claims))
	again := 0
	var several []tenant.RecordID
	rows := tx.Bulk(`INSERT INTO company.field_uniques (field_id, value_hash, record_id) VALUES`, 3, "")
	for _, c := range claims {
		if first, taken := holders[c.hash]; taken {
			again++
			several = append(several, first, c.record)
			continue
		}
		holders[c.hash] = c.record
		if err := rows.Add(ctx, f.ID, c.hash[:], c.record); err != nil {
			return err
		}
	}
	if again == 0 {
		return rows.Flush(ctx)
	}
	n := customNounNamed(f.Resource)
	names, err := n.titles(ctx, tx.Query, n.resource.OneOf(several[:min(len(several), 2*examples)]))
	if err != nil {
		return err
	}
	return &tenant.ConflictError{Code: "values_repeated", Message: fmt.Sprintf("%d records have a value that another one has too%s. Change or merge them first.", again, as(names))}
}

// valuesOf reads the values of a field that is to be unique.
func valuesOf(ctx context.Context, q *tenant.Query, f *CustomField) (all []claim, err error) {
	rows, err := q.Rows(ctx, `SELECT record_id, value FROM company.`+typeNamed(f.Type).table+` WHERE field_id = ?`, f.ID)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		c, text := claim{field: f}, ""
		if err := rows.Scan(&c.record, &text); err != nil {
			return nil, err
		}
		if c.hash = uniqueHash(text); f.Type == numberField {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return nil, err
			}
			c.hash = uniqueHash(n)
		}
		all = append(all, c)
	}
	return all, rows.Err()
}
