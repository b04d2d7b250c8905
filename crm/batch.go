package crm

import (
	"slices"
	"strings"
)

// insertInto begins a statement that writes rows to these columns of a table.
func insertInto(table string, written []string) string {
	return "INSERT INTO company." + table + " (" + strings.Join(written, ", ") + ") VALUES"
}

// overwriting ends it for rows that are there already: they take the new values of all columns but those kept. What
// comes first sees the values that the row still has.
func overwriting(written, kept []string, first ...string) string {
	sets := first
	for _, column := range written {
		if !slices.Contains(kept, column) {
			sets = append(sets, column+" = VALUES("+column+")")
		}
	}
	return "ON DUPLICATE KEY UPDATE " + strings.Join(sets, ", ")
}
