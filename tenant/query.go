package tenant

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// runner is what a pool and a transaction have in common.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error)
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
}

// Query reads one company's data. Only [Directory.Read] and [Directory.Tx] make one.
type Query struct {
	// Caller is who reads. It is never nil.
	Caller *Caller
	// Company is whose data is read.
	Company *Company
	// Now is the moment of the whole request in UTC, to the microsecond. SQL never asks the server for the time.
	Now time.Time

	run   runner
	names schemas
	keys  *keyring
}

// Scope returns how far the caller reaches with the permission.
func (q *Query) Scope(p Permission) Scope { return q.Caller.Scope(p) }

// Location is where the caller's days begin and end.
func (q *Query) Location() *time.Location {
	if q.Caller.Zone != nil {
		return q.Caller.Zone
	}
	return q.Company.Location()
}

// As returns the same view of the company for somebody else, for work in the background that serves several people.
func (q *Query) As(caller *Caller) *Query {
	theirs := *q
	theirs.Caller = caller
	return &theirs
}

// Get reads one row into dest, or returns ErrNotFound.
func (q *Query) Get(ctx context.Context, dest any, statement string, args ...any) error {
	return translate(q.run.GetContext(ctx, dest, q.names.qualify(statement), args...))
}

// Select reads all rows into dest, a pointer to a slice. Every statement that lists carries its own LIMIT.
func (q *Query) Select(ctx context.Context, dest any, statement string, args ...any) error {
	return translate(q.run.SelectContext(ctx, dest, q.names.qualify(statement), args...))
}

// SelectIn is Select for statements with (?) placeholders that stand for slices.
func (q *Query) SelectIn(ctx context.Context, dest any, statement string, args ...any) error {
	statement, args, err := sqlx.In(statement, args...)
	if err != nil {
		return err
	}
	return q.Select(ctx, dest, statement, args...)
}

// Rows streams rows; the caller closes them.
func (q *Query) Rows(ctx context.Context, statement string, args ...any) (*sqlx.Rows, error) {
	rows, err := q.run.QueryxContext(ctx, q.names.qualify(statement), args...)
	return rows, translate(err)
}

// Tx changes one company's data. All that is done through it commits together or not at all.
type Tx struct {
	*Query
	tx      *attempt
	cluster *Cluster
}

// As returns the same transaction on behalf of somebody else: what is done through either commits together.
func (tx *Tx) As(caller *Caller) *Tx {
	theirs := *tx
	theirs.Query = tx.Query.As(caller)
	return &theirs
}

// Exec runs a statement that writes.
func (tx *Tx) Exec(ctx context.Context, statement string, args ...any) (sql.Result, error) {
	res, err := tx.run.ExecContext(ctx, tx.names.qualify(statement), args...)
	return res, translate(err)
}

// ExecIn is Exec for statements with (?) placeholders that stand for slices.
func (tx *Tx) ExecIn(ctx context.Context, statement string, args ...any) (sql.Result, error) {
	statement, args, err := sqlx.In(statement, args...)
	if err != nil {
		return nil, err
	}
	return tx.Exec(ctx, statement, args...)
}

// NamedExec runs a statement whose :names are fields (tag db) of arg, a struct, a map or a slice of them.
func (tx *Tx) NamedExec(ctx context.Context, statement string, arg any) (sql.Result, error) {
	statement, args, err := sqlx.Named(statement, arg)
	if err != nil {
		return nil, err
	}
	return tx.Exec(ctx, statement, args...)
}

// MustChange runs a statement that has to touch a row, and returns ErrNotFound when it touched none.
// An UPDATE that finds the row but changes nothing counts as a touch (clientFoundRows).
func (tx *Tx) MustChange(ctx context.Context, statement string, args ...any) error {
	res, err := tx.Exec(ctx, statement, args...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNotFound
	}
	return nil
}

// QuotaError is returned when the plan's number for something is used up.
type QuotaError struct {
	Quota Quota
	// Limit is the plan's number, Used how many of it there are.
	Limit, Used int64
}

func (e *QuotaError) Error() string {
	return fmt.Sprintf("quota %s: %d of %d used", e.Quota, e.Used, e.Limit)
}

// Consume takes n of a quota, or gives back with a negative n. It returns *QuotaError when the plan does
// not allow that many. What exists over a lowered limit stays; only more is refused.
func (tx *Tx) Consume(ctx context.Context, quota Quota, n int64) error {
	if _, err := tx.Exec(ctx, `
		INSERT INTO company.usage_counts (quota, used) VALUES (?, GREATEST(?, 0))
		ON DUPLICATE KEY UPDATE used = GREATEST(used + ?, 0)`, quota, n, n); err != nil {
		return err
	}
	if n <= 0 || tx.Caller.Kind == BySystem {
		return nil
	}
	limit := tx.Caller.Limits[quota]
	if limit < 0 {
		return nil
	}
	var used int64
	if err := tx.Get(ctx, &used, `SELECT used FROM company.usage_counts WHERE quota = ?`, quota); err != nil {
		return err
	}
	if used <= limit {
		return nil
	}
	// Taken back at once, so that a caller who goes on without it (an import's row) may still commit.
	if _, err := tx.Exec(ctx, `UPDATE company.usage_counts SET used = used - ? WHERE quota = ?`, n, quota); err != nil {
		return err
	}
	return &QuotaError{Quota: quota, Limit: limit, Used: used - n}
}

// Available returns *QuotaError when n more of a quota could not be consumed now. It reserves nothing.
func (tx *Tx) Available(ctx context.Context, quota Quota, n int64) error {
	limit := tx.Caller.Limits[quota]
	if tx.Caller.Kind == BySystem || limit < 0 {
		return nil
	}
	var used int64
	err := tx.Get(ctx, &used, `SELECT used FROM company.usage_counts WHERE quota = ?`, quota)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if used+n > limit {
		return &QuotaError{Quota: quota, Limit: limit, Used: used}
	}
	return nil
}

// Seal encrypts a secret so that only this company's transactions can open it, under the same purpose.
func (q *Query) Seal(purpose string, secret []byte) ([]byte, error) {
	return q.keys.seal(q.Company.ID.String()+"/"+purpose, secret)
}

// Open decrypts what Seal made.
func (q *Query) Open(purpose string, sealed []byte) ([]byte, error) {
	return q.keys.open(q.Company.ID.String()+"/"+purpose, sealed)
}
