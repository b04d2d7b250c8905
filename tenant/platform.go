package tenant

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
)

// Platform runs SQL on the control database, which holds people, companies and subscriptions but no
// company's data. Statements name platform.tables. It cannot reach a company's schema.
type Platform struct {
	// Now returns the current moment in UTC, to the microsecond.
	Now func() time.Time

	pool  *sqlx.DB
	run   runner
	names schemas
}

// Get reads one row into dest, or returns ErrNotFound.
func (p *Platform) Get(ctx context.Context, dest any, statement string, args ...any) error {
	return translate(p.run.GetContext(ctx, dest, p.names.qualify(statement), args...))
}

// Select reads all rows into dest, a pointer to a slice.
func (p *Platform) Select(ctx context.Context, dest any, statement string, args ...any) error {
	return translate(p.run.SelectContext(ctx, dest, p.names.qualify(statement), args...))
}

// SelectIn is Select for statements with (?) placeholders that stand for slices.
func (p *Platform) SelectIn(ctx context.Context, dest any, statement string, args ...any) error {
	statement, args, err := sqlx.In(statement, args...)
	if err != nil {
		return err
	}
	return p.Select(ctx, dest, statement, args...)
}

// Exec runs a statement that writes, in a transaction of its own when it is not within one.
func (p *Platform) Exec(ctx context.Context, statement string, args ...any) (sql.Result, error) {
	if p.run == runner(p.pool) {
		var res sql.Result
		err := p.Tx(ctx, func(p *Platform) (err error) {
			res, err = p.Exec(ctx, statement, args...)
			return err
		})
		return res, err
	}
	res, err := p.run.ExecContext(ctx, p.names.qualify(statement), args...)
	return res, translate(err)
}

// NamedExec runs a statement whose :names are fields (tag db) of arg.
func (p *Platform) NamedExec(ctx context.Context, statement string, arg any) (sql.Result, error) {
	statement, args, err := sqlx.Named(statement, arg)
	if err != nil {
		return nil, err
	}
	return p.Exec(ctx, statement, args...)
}

// Tx runs fn in one transaction and runs it again when the database asks for that. fn must not do
// anything outside the transaction. Within fn, Now stands still.
func (p *Platform) Tx(ctx context.Context, fn func(*Platform) error) error {
	now := p.Now()
	return inTransaction(ctx, p.pool, func(tx *attempt) error {
		return fn(&Platform{Now: func() time.Time { return now }, pool: p.pool, run: tx, names: p.names})
	})
}

// execer is anything that runs statements which write.
type execer interface {
	Exec(ctx context.Context, statement string, args ...any) (sql.Result, error)
}
