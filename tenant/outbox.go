package tenant

import (
	"context"
	"errors"
	"strings"

	"github.com/jmoiron/sqlx"
)

// relayTurn bounds how many events of one company are relayed before the next company has its turn.
const relayTurn = 200

// Waiting returns the companies that have events in the outbox. The cost grows with those companies and
// their waiting rows' index, not with the number of companies in the cluster.
func (c *Cluster) Waiting(ctx context.Context) ([]CompanyID, error) {
	var ids []CompanyID
	err := c.pool.SelectContext(ctx, &ids, c.names.qualify(`SELECT company_id FROM cluster.outbox GROUP BY company_id`))
	return ids, translate(err)
}

// Relay takes one company's turn: in one transaction it stamps the waiting events with the next sequence
// numbers, lets plan turn them into work rows, and removes them from the outbox. It returns how many
// events it took; 0 with a nil error means that there were none, or that another process holds the lease.
func (c *Cluster) Relay(ctx context.Context, lease *Lease, company *Company, plan func(*Tx, []Change) error) (int, error) {
	taken := 0
	caller := System()
	err := c.tx(ctx, company, &caller, func(tx *Tx) error {
		taken = 0
		if err := lease.hold(ctx, tx); err != nil {
			return err
		}
		type pointer struct {
			ID       int64 `db:"id"`
			ChangeID int64 `db:"change_id"`
		}
		var pointers []pointer
		if err := tx.tx.SelectContext(ctx, &pointers, c.names.qualify(`
			SELECT id, change_id FROM cluster.outbox WHERE company_id = ? ORDER BY id LIMIT ?`), company.ID, relayTurn); err != nil {
			return err
		}
		if len(pointers) == 0 {
			return nil
		}
		ids, changeIDs := make([]int64, len(pointers)), make([]int64, len(pointers))
		for i, p := range pointers {
			ids[i], changeIDs[i] = p.ID, p.ChangeID
		}
		changes, err := tx.stamp(ctx, changeIDs)
		if err != nil {
			return err
		}
		if err := plan(tx, changes); err != nil {
			return err
		}
		// By id, never by range: a row with a smaller id may commit later.
		statement, args, err := sqlx.In(`DELETE FROM cluster.outbox WHERE id IN (?)`, ids)
		if err != nil {
			return err
		}
		if err := tx.clusterExec(ctx, statement, args...); err != nil {
			return err
		}
		taken = len(pointers)
		return nil
	})
	if errors.Is(err, errLeaseLost) {
		return 0, nil
	}
	return taken, err
}

// stamp gives the changes the company's next sequence numbers, in the order of the outbox.
func (tx *Tx) stamp(ctx context.Context, changeIDs []int64) ([]Change, error) {
	var last int64
	if err := tx.Get(ctx, &last, `SELECT value FROM company.counters WHERE name = 'seq' FOR UPDATE`); err != nil {
		return nil, err
	}
	var rows []Change
	if err := tx.SelectIn(ctx, &rows, `SELECT `+changeColumns+` FROM company.changes WHERE id IN (?)`, changeIDs); err != nil {
		return nil, err
	}
	byID := make(map[int64]Change, len(rows))
	for _, r := range rows {
		byID[r.ID] = r
	}
	changes := make([]Change, 0, len(rows))
	for _, id := range changeIDs {
		change, ok := byID[id]
		if !ok {
			continue // purged before it was relayed
		}
		last++
		change.Seq = last
		changes = append(changes, change)
	}
	if err := tx.writeSeqs(ctx, changes); err != nil {
		return nil, err
	}
	_, err := tx.Exec(ctx, `UPDATE company.counters SET value = ? WHERE name = 'seq'`, last)
	return changes, err
}

// writeSeqs sets all numbers in one statement: a turn is 200 rows and a round trip each would be slow.
func (tx *Tx) writeSeqs(ctx context.Context, changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	var args, ids []any
	for _, c := range changes {
		args = append(args, c.ID, c.Seq)
		ids = append(ids, c.ID)
	}
	statement := `UPDATE company.changes SET seq = CASE id` + strings.Repeat(` WHEN ? THEN ?`, len(changes)) + ` END WHERE id IN (?)`
	_, err := tx.ExecIn(ctx, statement, append(args, ids)...)
	return err
}
