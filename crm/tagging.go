package crm

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	maxTags      = 50
	maxTagLength = 64
)

// tagKey is the form in which two tag names are one tag.
func tagKey(name string) string { return strings.TrimSpace(search.Fold(name)) }

// parseTag reads a tag's name in a filter.
func parseTag(name string) (any, error) { return tagKey(name), nil }

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

// tagged is a record with the names of its tags, in the slice that the record itself holds.
type tagged struct {
	id    tenant.RecordID
	names []string
}

// replaceTags gives records exactly these tags.
func replaceTags(ctx context.Context, tx *tenant.Tx, all []tagged) error {
	if len(all) == 0 {
		return nil
	}
	ids := make([]tenant.RecordID, len(all))
	for i := range all {
		ids[i] = all[i].id
	}
	if _, err := tx.ExecIn(ctx, `DELETE FROM company.record_tags WHERE record_id IN (?)`, ids); err != nil {
		return err
	}
	return insertTags(ctx, tx, all)
}

// insertTags gives records that have no tags theirs, makes those that do not exist, and writes each in the record as
// the company has it.
func insertTags(ctx context.Context, tx *tenant.Tx, all []tagged) error {
	var names, keys []string
	seen := map[string]bool{}
	for _, r := range all {
		for _, name := range r.names {
			if key := tagKey(name); !seen[key] {
				seen[key], names, keys = true, append(names, name), append(keys, key)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	if err := makeTags(ctx, tx, names); err != nil {
		return err
	}
	stored, err := holdTags(ctx, tx, keys)
	if err != nil {
		return err
	}
	// Another transaction may have deleted some since ours began: they are made anew.
	gone := slices.DeleteFunc(names, func(name string) bool { return !stored[tagKey(name)].ID.IsZero() })
	if len(gone) > 0 {
		if err = createTags(ctx, tx, gone); err != nil {
			return err
		}
		if stored, err = holdTags(ctx, tx, keys); err != nil {
			return err
		}
	}
	rows := tx.Bulk(`INSERT INTO company.record_tags (record_id, tag_id) VALUES`, 2, "")
	for _, r := range all {
		for i, name := range r.names {
			t := stored[tagKey(name)]
			r.names[i] = t.Name
			if err := rows.Add(ctx, r.id, t.ID); err != nil {
				return err
			}
		}
		slices.Sort(r.names)
	}
	return rows.Flush(ctx)
}

// holdTags returns tags by their keys, and keeps them from being deleted. The lock makes it read what is committed now: another
// transaction may have made a tag since ours began.
func holdTags(ctx context.Context, tx *tenant.Tx, keys []string) (map[string]Tag, error) {
	var found []Tag
	if err := tx.SelectIn(ctx, &found, `SELECT id, name FROM company.tags WHERE name_key IN (?) LOCK IN SHARE MODE`, keys); err != nil {
		return nil, err
	}
	stored := make(map[string]Tag, len(found))
	for _, t := range found {
		stored[tagKey(t.Name)] = t
	}
	return stored, nil
}

// makeTags makes the tags that do not exist. Those that do are not even touched: an upsert would lock them, and
// everybody who uses the same tag would wait.
func makeTags(ctx context.Context, tx *tenant.Tx, names []string) error {
	known, err := tagNames(ctx, tx.Query, names)
	if err != nil {
		return err
	}
	var fresh []string
	for _, name := range names {
		if known[tagKey(name)] == "" {
			fresh = append(fresh, name)
		}
	}
	return createTags(ctx, tx, fresh)
}

// createTags makes tags. Another transaction may have made one meanwhile; then that one is used.
func createTags(ctx context.Context, tx *tenant.Tx, names []string) error {
	if len(names) == 0 {
		return nil
	}
	var args []any
	for _, name := range names {
		args = append(args, tenant.NewID[tagKind](), name, tagKey(name), defaultColour, tx.Now)
	}
	const row = `(?, ?, ?, ?, ?)`
	_, err := tx.Exec(ctx, `INSERT INTO company.tags (id, name, name_key, colour, created_at) VALUES `+row+
		strings.Repeat(`, `+row, len(names)-1)+` ON DUPLICATE KEY UPDATE name_key = VALUES(name_key)`, args...)
	return err
}

// fillTags reads the tags of a page in one statement. of returns a record's id and where its tags go, lock is FOR UPDATE for
// whoever has locked the records to change them: tags that somebody has given them meanwhile are read too.
func fillTags[T any](ctx context.Context, q *tenant.Query, page []T, of func(*T) (tenant.RecordID, *[]string), lock string) error {
	if len(page) == 0 {
		return nil
	}
	at := make(map[tenant.RecordID]*[]string, len(page))
	ids := make([]tenant.RecordID, len(page))
	for i := range page {
		id, names := of(&page[i])
		*names = []string{}
		at[id], ids[i] = names, id
	}
	var rows []struct {
		Record tenant.RecordID `db:"record_id"`
		Name   string          `db:"name"`
	}
	if err := q.SelectIn(ctx, &rows, `SELECT rt.record_id, t.name FROM company.record_tags rt
		JOIN company.tags t ON t.id = rt.tag_id WHERE rt.record_id IN (?) `+sharing(lock), ids); err != nil {
		return err
	}
	for _, r := range rows {
		*at[r.Record] = append(*at[r.Record], r.Name)
	}
	for _, names := range at {
		slices.Sort(*names)
	}
	return nil
}

// sharing is the lock for what stands in other tables and is only read, where the records themselves are read under lock: it
// is read as it is now, and stays so.
func sharing(lock string) string {
	if lock == "" {
		return ""
	}
	return "LOCK IN SHARE MODE"
}
