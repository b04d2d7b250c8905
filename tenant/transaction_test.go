package tenant_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// crossing runs two transactions that lock two rows in opposite order, so that the server has to break a
// deadlock, and returns how many attempts there were. Each adds 1 to both rows.
func crossing(t *testing.T, i *tenanttest.Installation, c *tenanttest.Company, bump func(tx *tenant.Tx, name string) error) int64 {
	t.Helper()
	write(t, i, c, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO company.counters (name, value) VALUES ('left', 0), ('right', 0)`)
		return err
	})
	var attempts atomic.Int64
	var locked sync.WaitGroup
	locked.Add(2)
	group, ctx := errgroup.WithContext(t.Context())
	for _, names := range [][2]string{{"left", "right"}, {"right", "left"}} {
		group.Go(func() error {
			var met sync.Once
			system := tenant.System()
			return i.Tx(ctx, c.Company, &system, func(tx *tenant.Tx) error {
				attempts.Add(1)
				if err := bump(tx, names[0]); err != nil {
					return err
				}
				met.Do(func() { locked.Done(); locked.Wait() })
				return bump(tx, names[1])
			})
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"left", "right"} {
		if n := count(t, i, c, `SELECT value FROM company.counters WHERE name = ?`, name); n != 2 {
			t.Errorf("%s: got %d, want 2", name, n)
		}
	}
	return attempts.Load()
}

func TestDeadlockIsRetried(t *testing.T) {
	i := tenanttest.Open(t)
	for name, overlook := range map[string]bool{"reported": false, "overlooked": true} {
		t.Run(name, func(t *testing.T) {
			attempts := crossing(t, i, i.Company(t, "acme"), func(tx *tenant.Tx, name string) error {
				_, err := tx.Exec(t.Context(), `UPDATE company.counters SET value = value + 1 WHERE name = ?`, name)
				if overlook {
					return nil
				}
				return err
			})
			if attempts < 3 {
				t.Errorf("%d attempts: there was no deadlock to retry", attempts)
			}
		})
	}
}

func TestNothingIsKept(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	system := tenant.System()
	refused := errors.New("refused")
	for _, c := range []struct {
		name string
		end  func(cancel func()) error
		want error
	}{
		{"after an error", func(func()) error { return refused }, refused},
		{"after a panic", func(func()) error { panic(refused) }, refused},
		{"after a cancel", func(cancel func()) error { cancel(); return nil }, context.Canceled},
		{"after a cancel and an error", func(cancel func()) error { cancel(); return refused }, refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			runs := 0
			err := recovered(func() error {
				return i.Tx(ctx, acme.Company, &system, func(tx *tenant.Tx) error {
					runs++
					if _, err := tx.Exec(ctx, insertTag, "kept", 1); err != nil {
						return err
					}
					if err := tx.Emit(ctx, tenant.Event{Type: "x.created", Resource: "x", Record: tenant.RecordID{1}}); err != nil {
						return err
					}
					return c.end(cancel)
				})
			})
			if !errors.Is(err, c.want) || errors.Is(err, tenant.ErrOutcomeUnknown) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if runs != 1 {
				t.Errorf("ran %d times, want once", runs)
			}
			for _, statement := range []string{`SELECT COUNT(*) FROM company.counters WHERE name = 'kept'`, `SELECT COUNT(*) FROM company.changes`} {
				if n := count(t, i, acme, statement); n != 0 {
					t.Errorf("%s: got %d, want 0", statement, n)
				}
			}
			if n := inCluster(t, i, `SELECT COUNT(*) FROM cluster.outbox`); n != 0 {
				t.Errorf("outbox: got %d rows, want 0", n)
			}
		})
	}
	if n := mainCluster(t, i.Directory).Pool().Stats().InUse; n != 0 {
		t.Errorf("%d connections were not given back", n)
	}
}

func recovered(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %w", p.(error))
		}
	}()
	return fn()
}

func TestDeadlineWhileWaitingForALock(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	system := tenant.System()
	write(t, i, acme, func(tx *tenant.Tx) error {
		if _, err := tx.Exec(t.Context(), `UPDATE company.counters SET value = 7 WHERE name = 'seq'`); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		err := i.Tx(ctx, acme.Company, &system, func(tx *tenant.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE company.counters SET value = 8 WHERE name = 'seq'`)
			return err
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline", err)
		}
		return nil
	})
	if n := count(t, i, acme, `SELECT value FROM company.counters WHERE name = 'seq'`); n != 7 {
		t.Errorf("got %d, want 7", n)
	}
}

func TestLockThatCannotBeHadIsBusy(t *testing.T) {
	t.Parallel()
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	impatient := i.Config
	impatient.DSN = i.DSN(t, "innodb_lock_wait_timeout=1")
	d, err := tenant.Open(t.Context(), impatient)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	system := tenant.System()
	ctx, cancel := context.WithCancel(t.Context())
	write(t, i, acme, func(tx *tenant.Tx) error {
		if _, err := tx.Exec(t.Context(), `UPDATE company.counters SET value = 7 WHERE name = 'seq'`); err != nil {
			return err
		}
		runs := 0
		err := d.Tx(ctx, acme.Company, &system, func(tx *tenant.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE company.counters SET value = 8 WHERE name = 'seq'`)
			if !errors.Is(err, tenant.ErrBusy) {
				t.Errorf("got %v, want ErrBusy", err)
			}
			if runs++; runs == 2 {
				cancel()
			}
			return err
		})
		if runs != 2 || !errors.Is(err, tenant.ErrBusy) && !errors.Is(err, context.Canceled) {
			t.Errorf("ran %d times and got %v", runs, err)
		}
		return nil
	})
}

// The words of the code above must survive the end of the transaction.
func TestErrorsPassThrough(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	system := tenant.System()
	conflict := errors.New("conflict")
	err := i.Tx(t.Context(), acme.Company, &system, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), insertTag, "seq", 1)
		return fmt.Errorf("counter seq: %w: %w", conflict, err)
	})
	var dup *tenant.DuplicateError
	if !errors.Is(err, conflict) || !errors.As(err, &dup) || dup.Key != "PRIMARY" {
		t.Errorf("got %v (%+v), want the conflict and the key PRIMARY", err, dup)
	}
	if !strings.HasPrefix(err.Error(), "counter seq: ") {
		t.Errorf("%q lost what was wrapped around it", err)
	}
	err = i.Tx(t.Context(), acme.Company, &system, func(tx *tenant.Tx) error {
		return tx.MustChange(t.Context(), `UPDATE company.counters SET value = 1 WHERE name = 'none'`)
	})
	if !errors.Is(err, tenant.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	write(t, i, acme, func(tx *tenant.Tx) error { // finds the row and changes nothing
		return tx.MustChange(t.Context(), `UPDATE company.counters SET value = 0 WHERE name = 'seq'`)
	})
}

func TestLostConnection(t *testing.T) {
	i := tenanttest.Open(t)
	isCommit := func(s string) bool { return s == "COMMIT" }
	isInsert := func(s string) bool { return strings.HasPrefix(s, "INSERT") }
	isBegin := func(s string) bool { return s == "START TRANSACTION" }
	for _, c := range []struct {
		name        string
		when        func(statement string) bool
		then        fate
		times, runs int
		want        error
		rows        int
	}{
		{"COMMIT did not arrive", isCommit, cutBefore, 1, 1, tenant.ErrOutcomeUnknown, 0},
		{"COMMIT was carried out", isCommit, cutAfter, 1, 1, tenant.ErrOutcomeUnknown, 1},
		{"statement did not arrive", isInsert, cutBefore, 1, 2, nil, 1},
		{"statement was carried out", isInsert, cutAfter, 1, 2, nil, 1},
		{"twice", isInsert, cutAfter, 2, 3, nil, 1},
		{"BEGIN did not arrive", isBegin, cutBefore, 2, 1, nil, 1},
		{"BEGIN was carried out", isBegin, cutAfter, 1, 1, nil, 1},
		{"for ever", isInsert, cutBefore, 1000, 7, tenant.ErrUnavailable, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			acme := i.Company(t, "acme")
			d, p := openThrough(t, i)
			left := c.times
			p.on(func(statement string) fate {
				if left > 0 && c.when(statement) {
					left--
					return c.then
				}
				return pass
			})
			system, runs := tenant.System(), 0
			err := d.Tx(t.Context(), acme.Company, &system, func(tx *tenant.Tx) error {
				runs++
				_, err := tx.Exec(t.Context(), insertTag, "kept", 1)
				return err
			})
			if !errors.Is(err, c.want) || runs != c.runs {
				t.Errorf("got %v after %d runs, want %v after %d", err, runs, c.want, c.runs)
			}
			if errors.Is(err, tenant.ErrOutcomeUnknown) && errors.Is(err, tenant.ErrUnavailable) {
				t.Errorf("%v says both that nothing was written and that something may have been", err)
			}
			if n := count(t, i, acme, countTag, "kept"); n != c.rows {
				t.Errorf("%d rows, want %d", n, c.rows)
			}
		})
	}
}

// A statement that stands alone has an outcome too.
func TestLostConnectionOnPlatform(t *testing.T) {
	i := tenanttest.Open(t)
	d, p := openThrough(t, i)
	cut := true
	p.on(func(statement string) fate {
		if cut && statement == "COMMIT" {
			cut = false
			return cutAfter
		}
		return pass
	})
	const insert = `INSERT INTO platform.settings (name, value) VALUES ('greeting', 'hello')`
	if _, err := d.Platform().Exec(t.Context(), insert); !errors.Is(err, tenant.ErrOutcomeUnknown) {
		t.Errorf("got %v, want ErrOutcomeUnknown", err)
	}
	var dup *tenant.DuplicateError
	if _, err := d.Platform().Exec(t.Context(), insert); !errors.As(err, &dup) {
		t.Errorf("got %v, want the duplicate of what was written", err)
	}
}
