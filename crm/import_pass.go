package crm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ImportWork is the kind of due work that runs an import or undoes it; its reference is the import.
const ImportWork = "import"

// importBatch is how many rows one transaction takes.
const importBatch = 500

var (
	// errOvertaken ends a run beside which another worker has come further.
	errOvertaken = errors.New("import was overtaken")
	// errTurned ends a pass over the file: the import was stopped or has failed, or is to be undone.
	errTurned = errors.New("import has another state now")
)

// ErrTurnOver is what the heartbeat of long work returns when others are to have their turn. The work ends with it where it
// can go on later.
var ErrTurnOver = errors.New("the turn is over")

// importRun is a worker's run of one import.
type importRun struct {
	d         *tenant.Directory
	company   *tenant.Company
	caller    *tenant.Caller
	heartbeat func(context.Context) error
	imp       Import
}

// RunImport does the work of a queued import, or undoes one, to its end. caller is the member who started it
// (see [ImportActor]), or the system when that member may not act any more, which fails it and takes back what is
// stored of an all-or-nothing one; heartbeat, called after each batch, may be nil, and ends the turn with
// [ErrTurnOver]. The progress commits with the rows, so after an error or a kill the next call goes on where this
// one stopped. An import that is not to be worked at is no error. The work's due row goes with the last transaction.
func RunImport(ctx context.Context, d *tenant.Directory, company *tenant.Company, caller *tenant.Caller, id ImportID,
	heartbeat func(context.Context) error,
) error {
	r := &importRun{d: d, company: company, caller: caller, heartbeat: heartbeat}
	return d.Read(ctx, company, caller, func(q *tenant.Query) error {
		for {
			over, err := r.turn(ctx, q, id)
			if errors.Is(err, errOvertaken) {
				return nil
			}
			if err != nil && !errors.Is(err, errTurned) {
				return fmt.Errorf("import %s: %w", id, err)
			}
			if over {
				return nil
			}
		}
	})
}

// turn does what the import's state asks for, and reports when that is nothing.
func (r *importRun) turn(ctx context.Context, q *tenant.Query, id ImportID) (over bool, err error) {
	if r.imp, err = readImport(ctx, q, id); err != nil {
		return false, err
	}
	if r.caller.Kind == tenant.BySystem && r.imp.isMembersWork() {
		return false, r.fail(ctx, "The member who started the import is not active any more.")
	}
	switch r.imp.Status {
	case ImportQueued, ImportRunning:
		return false, r.carryOut(ctx, q)
	case ImportUndoing:
		return false, r.undo(ctx)
	}
	return true, r.inTx(ctx, func(tx *tenant.Tx) error { return tx.Unschedule(ctx, ImportWork, tenant.RecordID(id)) })
}

// isMembersWork reports whether a member's rights are needed to go on. They are not to take back what was begun of all or
// nothing.
func (i *Import) isMembersWork() bool {
	switch i.Status {
	case ImportQueued, ImportRunning:
		return true
	case ImportUndoing:
		return i.StatusAfter == ImportUndone
	}
	return false
}

// readImport reads an import for the work itself, which needs no right to see it.
func readImport(ctx context.Context, q *tenant.Query, id ImportID) (Import, error) {
	return selectImport(ctx, q, `i.id = ?`, []any{id}, "")
}

// ImportActor returns who started the run or the undo of an import; the work is done as them.
func ImportActor(ctx context.Context, q *tenant.Query, id ImportID) (tenant.MemberID, error) {
	imp, err := readImport(ctx, q, id)
	return imp.ActorID, err
}

// FailImport ends an import that cannot go on, with a reason that people read. What is stored stays, unless it is a part of
// all or nothing: that is taken back first.
func FailImport(ctx context.Context, tx *tenant.Tx, id ImportID, reason string) error {
	imp, err := selectImport(ctx, tx.Query, `i.id = ?`, []any{id}, "FOR UPDATE")
	if err != nil {
		return err
	}
	imp.Error = search.Cut(reason, 1000)
	switch imp.Status {
	case ImportQueued, ImportRunning:
		return breakOff(ctx, tx, imp, ImportFailed)
	case ImportUndoing:
		return endImport(ctx, tx, imp, ImportFailed)
	}
	return nil
}

func (r *importRun) inTx(ctx context.Context, fn func(*tenant.Tx) error) error {
	return r.d.Tx(ctx, r.company, r.caller, fn)
}

// carryOut reads the file and takes its rows in.
func (r *importRun) carryOut(ctx context.Context, q *tenant.Query) error {
	for _, p := range r.imp.noun().needs(r.imp.Options.Mode) {
		if !r.caller.May(p) {
			return r.fail(ctx, "whoever ran the import may no longer do this; ask for the permission "+string(p))
		}
	}
	if r.imp.Options.OnError == AllOrNothing && r.imp.Position == 0 {
		// A check that has found something ends the import, which the next pass notices.
		if err := r.pass(ctx, q, r.check, r.beatThrough); err != nil {
			return err
		}
	}
	return r.pass(ctx, q, r.take, r.beat)
}

func (r *importRun) beat(ctx context.Context) error {
	if r.heartbeat == nil {
		return nil
	}
	return r.heartbeat(ctx)
}

// beatThrough is beat for what would have to begin anew, and so outlasts its turn.
func (r *importRun) beatThrough(ctx context.Context) error {
	if err := r.beat(ctx); !errors.Is(err, ErrTurnOver) {
		return err
	}
	return nil
}

// fail ends the import; the error makes whoever called look at its state anew.
func (r *importRun) fail(ctx context.Context, reason string) error {
	err := r.inTx(ctx, func(tx *tenant.Tx) error { return FailImport(ctx, tx, r.imp.ID, reason) })
	return cmp.Or(err, errTurned)
}

// hold locks the import for a batch and sees to it that it is still at the place where this run left it.
func (r *importRun) hold(ctx context.Context, tx *tenant.Tx, states ...string) (Import, error) {
	imp, err := selectImport(ctx, tx.Query, `i.id = ?`, []any{r.imp.ID}, "FOR UPDATE")
	switch {
	case err != nil:
		return Import{}, err
	case !slices.Contains(states, imp.Status):
		return Import{}, errTurned
	case imp.Position != r.imp.Position:
		return Import{}, errOvertaken
	}
	return imp, nil
}

// step handles a batch; over says that the file has no more.
type step func(ctx context.Context, rd *importReader, entries []entry, over bool) error

// pass reads the rows behind the position and hands them on in batches, with a beat after each.
func (r *importRun) pass(ctx context.Context, q *tenant.Query, do step, beat func(context.Context) error) error {
	rd, err := openImport(ctx, q, r.imp)
	if err == nil {
		defer func() { _ = rd.Close() }()
		err = r.batches(ctx, rd, do, beat)
	}
	if e, ok := errors.AsType[*sheet.FileError](err); ok {
		return r.fail(ctx, e.Message)
	}
	return err
}

func (r *importRun) batches(ctx context.Context, rd *importReader, do step, beat func(context.Context) error) error {
	for {
		entries, over, err := rd.batch(r.caller)
		if err != nil {
			return err
		}
		if err := do(ctx, rd, entries, over); err != nil || over {
			return err
		}
		if err := beat(ctx); err != nil {
			return err
		}
	}
}
