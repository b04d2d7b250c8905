package tenant

import (
	"context"
	"fmt"
)

// LastChange names the state of the company's change log: another change, and it is another text. What is reckoned from
// the data after reading it is never older than it says. Neither an id nor a stamped number would do: a transaction that
// began early may commit late, and what was committed waits for its number.
func (q *Query) LastChange(ctx context.Context) (string, error) {
	var state struct {
		Stamped int64 `db:"stamped"`
		Waiting int64 `db:"waiting"`
	}
	err := q.Get(ctx, &state, `SELECT (SELECT value FROM company.counters WHERE name = 'seq') AS stamped,
		(SELECT COUNT(*) FROM company.changes WHERE seq IS NULL) AS waiting`)
	return fmt.Sprintf("%d+%d", state.Stamped, state.Waiting), err
}
