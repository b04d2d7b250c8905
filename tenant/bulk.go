package tenant

import (
	"context"
	"fmt"
	"strings"
)

// A statement of a Bulk ends at whichever comes first. Both keep it far below the packet limit of the
// server, which refuses a larger one whole.
const (
	bulkRows  = 2000
	bulkBytes = 1 << 20
)

// Bulk writes many rows of one table in few statements. It belongs to the transaction that made it; nothing
// is sure to be sent before Flush.
type Bulk struct {
	tx               *Tx
	head, row, tail  string
	args             []any
	rows, width, sum int
}

// Bulk begins an INSERT of many rows. head ends with VALUES; tail, often empty, is what stands behind the
// rows, as ON DUPLICATE KEY UPDATE. Each row has width values.
func (tx *Tx) Bulk(head string, width int, tail string) *Bulk {
	// Only the head is kept among the known statements: the whole has another text for every number of rows.
	return newBulk(tx, tx.names.qualify(head), width, tail)
}

func newBulk(tx *Tx, head string, width int, tail string) *Bulk {
	return &Bulk{tx: tx, head: head, tail: tail, width: width, row: "(?" + strings.Repeat(",?", width-1) + ")"}
}

// Add adds a row and sends what has gathered when it is enough.
func (b *Bulk) Add(ctx context.Context, values ...any) error {
	if len(values) != b.width {
		return fmt.Errorf("bulk row of %d values, want %d", len(values), b.width)
	}
	b.args = append(b.args, values...)
	b.rows++
	for _, v := range values {
		b.sum += weight(v)
	}
	if b.rows < bulkRows && b.sum < bulkBytes {
		return nil
	}
	return b.Flush(ctx)
}

// Flush sends the rows that are left.
func (b *Bulk) Flush(ctx context.Context) error {
	if b.rows == 0 {
		return nil
	}
	statement := b.head + " " + b.row + strings.Repeat(","+b.row, b.rows-1) + " " + b.tail
	_, err := b.tx.run.ExecContext(ctx, statement, b.args...)
	b.args, b.rows, b.sum = b.args[:0], 0, 0
	return translate(err)
}

// weight estimates the bytes of a value in a statement.
func weight(v any) int {
	const fixed = 24
	switch v := v.(type) {
	case string:
		return fixed + len(v)
	case *string:
		if v != nil {
			return fixed + len(*v)
		}
	case []byte:
		return fixed + len(v)
	}
	return fixed
}
