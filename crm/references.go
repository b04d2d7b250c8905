package crm

import (
	"context"
	"fmt"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// reference is a column that names records of other tables, and what becomes of its rows when such a record goes up in
// another one, and when it is purged.
type reference struct {
	table, column    string
	onMerge, onPurge fate
	// key is the column by which rows of one record differ, for those that unite.
	key string
	// told rows have ids and events of their own, though they go without any.
	told bool
	// work is the condition of those rows that somebody's work with a customer has left; none for "".
	work string
}

const (
	anyRow    = "TRUE"
	untrashed = "w.deleted_at IS NULL"
)

// fate is what becomes of rows.
type fate int

const (
	stays   fate = iota // they go on naming the old record; the table says why
	moves               // they name the new record
	unites              // they move, but for those that the new record has too
	goes                // they are removed
	frees               // they name nothing any more
	follows             // they are records, and purged too
)

// references is the table of all columns that name records. A new table that hangs on customers, or on records of any
// noun, has its line here: a test holds the list against the schema.
var references = []reference{
	{table: "attachments", column: "record_id", onMerge: moves, told: true, work: untrashed}, // purged files have bytes to be removed, see purgeFiles
	{table: "calendar_events", column: "customer_id", onMerge: moves, onPurge: frees, work: untrashed},
	{table: "calendar_events", column: "interaction_id"}, // that it was logged once
	{table: "calendar_participants", column: "event_id", onPurge: goes},
	{table: "changes", column: "record_id"}, // what happened to which record, for 90 days
	{table: "collaborators", column: "customer_id", onMerge: unites, key: "member_id", onPurge: goes, work: anyRow},
	{table: "comments", column: "record_id", onMerge: moves, onPurge: goes, told: true, work: anyRow},
	{table: "contact_points", column: "record_id", onPurge: goes},                                 // a contact's own
	{table: "contacts", column: "customer_id", onMerge: moves, onPurge: follows, work: untrashed}, // those in the trash; the others have moved before
	{table: "customers", column: "parent_id", onMerge: moves, onPurge: frees, work: untrashed},
	{table: "deal_items", column: "deal_id", onPurge: goes},
	{table: "deal_stage_history", column: "deal_id", onPurge: goes},
	{table: "deals", column: "customer_id", onMerge: moves, onPurge: frees, work: untrashed},
	{table: "duplicate_dismissals", column: "customer_id", onMerge: goes, onPurge: goes},
	{table: "duplicate_dismissals", column: "other_id", onMerge: goes, onPurge: goes},
	{table: "field_numbers", column: "record_id", onPurge: goes}, // like all custom values, written with the winner's other fields
	{table: "field_texts", column: "record_id", onPurge: goes},
	{table: "field_times", column: "record_id", onPurge: goes},
	{table: "field_uniques", column: "record_id", onPurge: goes},
	{table: "form_submissions", column: "customer_id", onMerge: moves, onPurge: goes, told: true, work: anyRow},
	{table: "import_rows", column: "record_id"}, // undoing the import must not take the winner for what it made
	{table: "interaction_contacts", column: "interaction_id", onPurge: goes},
	{table: "interaction_contacts", column: "contact_id", onPurge: goes},
	{table: "interaction_members", column: "interaction_id", onPurge: goes},
	{table: "interactions", column: "customer_id", onMerge: moves, onPurge: follows, work: untrashed},
	{table: "interactions", column: "task_id"}, // that a next step became a task once
	{table: "lifecycle_history", column: "customer_id", onMerge: moves, onPurge: goes},
	{table: "merges", column: "winner_id", onMerge: moves, onPurge: goes},
	{table: "merges", column: "loser_id"}, // leads from the old id to the new one
	{table: "pool_moves", column: "customer_id", onMerge: moves, onPurge: goes},
	{table: "record_tags", column: "record_id", onPurge: goes}, // written with the winner's other fields
	{table: "reminders", column: "record_id", onMerge: moves, onPurge: goes},
	{table: "rule_runs", column: "record_id", onMerge: moves, onPurge: goes},
	{table: "search_grams", column: "record_id"}, // made of the winner's own texts; a purge names them by their pieces
	{table: "tasks", column: "customer_id", onMerge: moves, onPurge: frees, work: untrashed},
	{table: "tasks", column: "deal_id", onPurge: frees},
}

// repoint lets everything that names one record name another, and counts by table what moved.
func repoint(ctx context.Context, tx *tenant.Tx, from, to tenant.RecordID) (map[string]int, error) {
	moved := map[string]int{}
	for _, r := range references {
		var args []any
		statement := ""
		switch r.onMerge {
		case stays, frees, follows:
			continue
		case goes:
			statement, args = fmt.Sprintf(`DELETE FROM company.%s WHERE %s = ?`, r.table, r.column), []any{from}
		case unites:
			if _, err := tx.Exec(ctx, fmt.Sprintf(`DELETE FROM company.%[1]s WHERE %[2]s = ?
				AND %[3]s IN (SELECT %[3]s FROM (SELECT %[3]s FROM company.%[1]s WHERE %[2]s = ?) kept)`, r.table, r.column, r.key), from, to); err != nil {
				return nil, err
			}
			fallthrough
		case moves:
			statement, args = fmt.Sprintf(`UPDATE company.%s SET %s = ? WHERE %s = ?`, r.table, r.column, r.column), []any{to, from}
		}
		res, err := tx.Exec(ctx, statement, args...)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", r.table, r.column, err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return nil, err
		}
		if r.onMerge != goes && n > 0 {
			moved[r.table] += int(n)
		}
	}
	return moved, nil
}

// countMoving counts by table what repoint would move.
func countMoving(ctx context.Context, q *tenant.Query, from tenant.RecordID) (map[string]int, error) {
	moving := map[string]int{}
	for _, r := range references {
		if r.onMerge != moves && r.onMerge != unites {
			continue
		}
		var n int
		if err := q.Get(ctx, &n, fmt.Sprintf(`SELECT COUNT(*) FROM company.%s WHERE %s = ?`, r.table, r.column), from); err != nil {
			return nil, err
		}
		if n > 0 {
			moving[r.table] += n
		}
	}
	return moving, nil
}

// noWork is the condition under which nobody has begun to work with a customer, whose id stands in this column.
func noWork(id string) string {
	var conditions []string
	for _, r := range references {
		if r.work != "" {
			conditions = append(conditions, fmt.Sprintf(`NOT EXISTS (SELECT 1 FROM company.%s w WHERE w.%s = %s AND %s)`, r.table, r.column, id, r.work))
		}
	}
	return strings.Join(conditions, " AND ")
}
