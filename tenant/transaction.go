package tenant

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"
)

// tries bounds how often a whole transaction is run. With the pauses below a restart of the database of
// about three seconds is ridden out; after that the client is told to come back.
const tries = 7

// attempt is one run of a transaction. After a deadlock the server has rolled everything back, and what
// is sent next would commit by itself; so nothing more is sent, even when the code above overlooks the error.
type attempt struct {
	*sqlx.Tx
	lost error
}

func (a *attempt) note(err error) error {
	if a.lost == nil && worthRetrying(err) {
		a.lost = err
	}
	return err
}

// ExecContext implements runner.
func (a *attempt) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if a.lost != nil {
		return nil, a.lost
	}
	res, err := a.Tx.ExecContext(ctx, query, args...)
	return res, a.note(err)
}

// GetContext implements runner.
func (a *attempt) GetContext(ctx context.Context, dest any, query string, args ...any) error {
	if a.lost != nil {
		return a.lost
	}
	return a.note(a.Tx.GetContext(ctx, dest, query, args...))
}

// SelectContext implements runner.
func (a *attempt) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	if a.lost != nil {
		return a.lost
	}
	return a.note(a.Tx.SelectContext(ctx, dest, query, args...))
}

// QueryxContext implements runner.
func (a *attempt) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	if a.lost != nil {
		return nil, a.lost
	}
	rows, err := a.Tx.QueryxContext(ctx, query, args...)
	return rows, a.note(err)
}

// inTransaction runs fn between BEGIN and COMMIT, again from the start when that can help.
func inTransaction(ctx context.Context, pool *sqlx.DB, fn func(*attempt) error) error {
	for try := 1; ; try++ {
		err := tryTransaction(ctx, pool, fn)
		if err == nil || try == tries || !worthRetrying(err) {
			return translate(err)
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

func tryTransaction(ctx context.Context, pool *sqlx.DB, fn func(*attempt) error) error {
	tx, err := pool.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // a no-op after Commit; runs on panic too
	a := &attempt{Tx: tx}
	err = fn(a)
	if a.lost != nil && !worthRetrying(err) {
		err = a.lost
	}
	if err != nil {
		return err
	}
	return commitError(ctx, tx.Commit())
}

// commitError tells apart what is known not to be committed from what may be.
func commitError(ctx context.Context, err error) error {
	var my *mysql.MySQLError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrTxDone), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		// The context ended and database/sql has rolled back; COMMIT itself does not watch the context.
		return cmp.Or(ctx.Err(), err)
	case errors.Is(err, driver.ErrBadConn):
		return err // COMMIT was never sent
	case errors.As(err, &my) && my.Number == mysqlDeadlock:
		return err // Galera refused it
	}
	return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
}

// pause waits 25 to 50 ms, doubling up to 1.6 s, with jitter so that competitors do not meet again.
func pause(ctx context.Context, try int) error {
	longest := 25 * time.Millisecond << try
	timer := time.NewTimer(longest/2 + rand.N(longest/2)) //nolint:gosec // spreading load needs no secrecy
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
