package plugins

import (
	"context"
	"errors"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Attempted is an attempt that was made of a delivery.
type Attempted struct {
	*Outgoing
	Outcome
}

// Plain reports whether the attempt delivered and changes nothing about its target, so that
// [RecordPlain] may write it down.
func (a Attempted) Plain() bool { return a.Err == nil && a.failingSince == nil }

// ErrRepeated is returned when one of several attempts was recorded before.
var ErrRepeated = errors.New("attempt was recorded before")

// RecordPlain is [RecordAttempt] for many attempts of one kind of work that all are [Attempted.Plain], in few
// statements. It returns ErrRepeated, for the transaction to be undone, when somebody else was faster with one.
func RecordPlain(ctx context.Context, tx *tenant.Tx, work string, all []Attempted) error {
	// The ids stand alone in an IN, so that the rows are found by key whatever else is pending.
	update := `UPDATE company.deliveries SET status = ?, attempts = attempts + 1, next_attempt_at = NULL, last_error = '', updated_at = ?,
		last_status = CASE id` + strings.Repeat(` WHEN ? THEN ?`, len(all)) + ` END
		WHERE id IN (?` + strings.Repeat(`, ?`, len(all)-1) + `) AND status = ?
			AND attempts = CASE id` + strings.Repeat(` WHEN ? THEN ?`, len(all)) + ` END`
	args := []any{Delivered, tx.Now}
	for _, a := range all {
		args = append(args, a.Record.ID, a.Response.Status)
	}
	for _, a := range all {
		args = append(args, a.Record.ID)
	}
	args = append(args, Pending)
	refs := make([]tenant.RecordID, len(all))
	for i, a := range all {
		args = append(args, a.Record.ID, a.Record.Attempts)
		refs[i] = tenant.RecordID(a.Record.ID)
	}
	res, err := tx.Exec(ctx, update, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || int(n) != len(all) {
		return errors.Join(err, ErrRepeated)
	}
	rows := tx.Bulk(insertAttempts, 9, "")
	for _, a := range all {
		if err := rows.Add(ctx, a.row(verdict{})...); err != nil {
			return err
		}
	}
	if err := rows.Flush(ctx); err != nil {
		return err
	}
	return tx.UnscheduleAll(ctx, work, refs)
}
