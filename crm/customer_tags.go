package crm

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	maxTags      = 50
	maxTagLength = 64
)

// tagKey is the form in which two tag names are one tag.
func tagKey(name string) string { return strings.TrimSpace(fold(name)) }

// cleanTags trims, checks and sorts tag names and drops repeats.
func cleanTags(invalid *tenant.InvalidError, field string, names []string) []string {
	clean := make([]string, 0, len(names))
	seen := map[string]bool{}
	for _, name := range names {
		name = strings.TrimSpace(name)
		key := tagKey(name)
		if key == "" || !utf8.ValidString(name) || utf8.RuneCountInString(key) > maxTagLength || utf8.RuneCountInString(name) > maxTagLength {
			invalid.Add(field, "invalid", "needs names of 1 to 64 characters")
			return nil
		}
		if !seen[key] {
			seen[key] = true
			clean = append(clean, name)
		}
	}
	if len(clean) > maxTags {
		invalid.Add(field, "too_many", "holds at most 50 tags")
	}
	slices.Sort(clean)
	return clean
}

// nameTags writes each tag as the company has it: VIP becomes vip where that is the tag's name.
func nameTags(ctx context.Context, q *tenant.Query, names []string) error {
	known, err := tagNames(ctx, q, names)
	if err != nil {
		return err
	}
	for i, name := range names {
		if stored, ok := known[tagKey(name)]; ok {
			names[i] = stored
		}
	}
	slices.Sort(names)
	return nil
}

// tagNames returns those of the tags that exist, by key.
func tagNames(ctx context.Context, q *tenant.Query, names []string) (map[string]string, error) {
	if len(names) == 0 {
		return map[string]string{}, nil
	}
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = tagKey(name)
	}
	var rows []struct {
		Key  string `db:"name_key"`
		Name string `db:"name"`
	}
	if err := q.SelectIn(ctx, &rows, `SELECT name_key, name FROM company.tags WHERE name_key IN (?)`, keys); err != nil {
		return nil, err
	}
	known := make(map[string]string, len(rows))
	for _, r := range rows {
		known[r.Key] = r.Name
	}
	return known, nil
}

// setTags gives a customer exactly these tags and makes those that do not exist.
func setTags(ctx context.Context, tx *tenant.Tx, id CustomerID, names []string, isNew bool) error {
	if !isNew {
		if _, err := tx.Exec(ctx, `DELETE FROM company.customer_tags WHERE customer_id = ?`, id); err != nil {
			return err
		}
	}
	if len(names) == 0 {
		return nil
	}
	if err := makeTags(ctx, tx, names); err != nil {
		return err
	}
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = tagKey(name)
	}
	_, err := tx.ExecIn(ctx, `INSERT INTO company.customer_tags (customer_id, tag_id)
		SELECT ?, id FROM company.tags WHERE name_key IN (?)`, id, keys)
	return err
}

// makeTags makes the tags that do not exist. Those that do are not even touched: an upsert would lock them, and
// everybody who uses the same tag would wait.
func makeTags(ctx context.Context, tx *tenant.Tx, names []string) error {
	known, err := tagNames(ctx, tx.Query, names)
	if err != nil {
		return err
	}
	var args []any
	for _, name := range names {
		if key := tagKey(name); known[key] == "" {
			args = append(args, tenant.NewID[tagKind](), name, key, defaultColour, tx.Now)
		}
	}
	if len(args) == 0 {
		return nil
	}
	// Another transaction may have made one meanwhile; then that one is used.
	const row = `(?, ?, ?, ?, ?)`
	_, err = tx.Exec(ctx, `INSERT INTO company.tags (id, name, name_key, colour, created_at) VALUES `+row+
		strings.Repeat(`, `+row, len(args)/5-1)+` ON DUPLICATE KEY UPDATE name_key = VALUES(name_key)`, args...)
	return err
}

// fillTags reads the tags of a page in one statement.
func fillTags(ctx context.Context, q *tenant.Query, page []Customer) error {
	if len(page) == 0 {
		return nil
	}
	at := make(map[CustomerID]int, len(page))
	ids := make([]CustomerID, len(page))
	for i := range page {
		page[i].Tags = []string{}
		at[page[i].ID] = i
		ids[i] = page[i].ID
	}
	var rows []struct {
		Customer CustomerID `db:"customer_id"`
		Name     string     `db:"name"`
	}
	if err := q.SelectIn(ctx, &rows, `SELECT ct.customer_id, t.name FROM company.customer_tags ct
		JOIN company.tags t ON t.id = ct.tag_id WHERE ct.customer_id IN (?)`, ids); err != nil {
		return err
	}
	for _, r := range rows {
		c := &page[at[r.Customer]]
		c.Tags = append(c.Tags, r.Name)
	}
	for i := range page {
		slices.Sort(page[i].Tags)
	}
	return nil
}
