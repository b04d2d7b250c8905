package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/hibiken/asynq"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

// The pauses before work that failed is tried again.
const (
	firstPause   = 5 * time.Second
	longestPause = time.Hour
)

// handler does due work of one company: one row, or as many as its kind puts together. An error means that
// nothing of it is done. What failed together is tried each alone, and what fails alone again later.
type handler func(ctx context.Context, company *tenant.Company, due []tenant.Due) error

// alone makes a handler of a function that does one row.
func alone(fn func(ctx context.Context, company *tenant.Company, d tenant.Due) error) handler {
	return func(ctx context.Context, company *tenant.Company, due []tenant.Due) error {
		return fn(ctx, company, due[0])
	}
}

// handlers is the table of what is done for each kind of due work.
func (w *Worker) handlers() map[string]handler {
	return map[string]handler{
		plugins.EventWork:   alone(w.deliver),
		plugins.MessageWork: alone(w.deliver),
		crm.ReminderWork:    w.remind,
		crm.SilenceWork: w.begun(func(ctx context.Context, tx *tenant.Tx, _ tenant.Due) error {
			return ruleRunner.CheckSilence(ctx, tx)
		}),
		crm.CustomFieldWork: w.begun(func(ctx context.Context, tx *tenant.Tx, d tenant.Due) error {
			return crm.WorkOnCustomField(ctx, tx, crm.CustomFieldID(d.Ref))
		}),
		crm.RuleWork:      w.runRules,
		crm.RuleClockWork: alone(w.setOffRule),
		crm.ImportWork:    alone(w.runImport),
		crm.PoolWork: w.begun(func(ctx context.Context, tx *tenant.Tx, _ tenant.Due) error {
			return crm.ReturnQuietCustomers(ctx, tx)
		}),
		crm.JobWork:          alone(w.runJob),
		crm.FilesWork:        alone(w.removeFiles),
		auth.MailKind:        w.post(w.invitationLetter()),
		auth.AccountMailKind: w.post(w.accountLetter()),
		crm.NoticeMailWork:   w.post(w.noticeLetter()),
		crm.NoticeBotWork: w.begun(func(ctx context.Context, tx *tenant.Tx, d tenant.Due) error {
			return crm.PingNotice(ctx, tx, crm.NotificationID(d.Ref), callerFor, plugins.Outlets{})
		}),
		crm.DigestWork:          w.post(w.digestLetter()),
		tenant.HousekeepingWork: alone(w.keepHouse),
	}
}

// begun makes a handler of a function that does all in the one transaction that has begun the work. The
// function takes the row away or makes it due again.
func (w *Worker) begun(fn func(context.Context, *tenant.Tx, tenant.Due) error) handler {
	return alone(func(ctx context.Context, company *tenant.Company, d tenant.Due) error {
		return w.begin(ctx, company, d, func(tx *tenant.Tx) error { return fn(ctx, tx, d) })
	})
}

// begin runs fn in a transaction unless somebody else has done the work or is about to.
func (w *Worker) begin(ctx context.Context, company *tenant.Company, d tenant.Due, fn func(*tenant.Tx) error) error {
	caller := tenant.System()
	return w.cfg.Tenants.Tx(ctx, company, &caller, func(tx *tenant.Tx) error {
		current, err := tx.Begin(ctx, d)
		if err != nil || !current {
			return err
		}
		return fn(tx)
	})
}

// process does one task. It never returns an error: whatever happens, our rows decide what comes next.
func (w *Worker) process(ctx context.Context, t *asynq.Task) error {
	due, err := dueOf(t)
	if err != nil || len(due) == 0 {
		w.log.ErrorContext(ctx, "task cannot be read", slog.String("kind", t.Type()), slog.Any("error", err))
		return nil
	}
	started := time.Now()
	err = w.run(ctx, due)
	if err != nil && len(due) > 1 {
		for _, d := range due {
			w.one(ctx, d)
		}
		return nil
	}
	w.conclude(ctx, due[0], started, err)
	return nil
}

// one does a row alone that failed together with others.
func (w *Worker) one(ctx context.Context, d tenant.Due) {
	started := time.Now()
	w.conclude(ctx, d, started, w.run(ctx, []tenant.Due{d}))
}

func (w *Worker) conclude(ctx context.Context, d tenant.Due, started time.Time, err error) {
	outcome := "done"
	if err != nil {
		outcome = w.failed(ctx, d, err)
	} else {
		w.queue.succeeded(ctx, d)
	}
	w.metrics.observe(d.Kind, outcome, time.Since(started))
}

// run finds the company and the handler, and turns a panic into an error.
func (w *Worker) run(ctx context.Context, due []tenant.Due) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	handle, ok := w.table[due[0].Kind]
	if !ok {
		return fmt.Errorf("no handler for kind %q", due[0].Kind)
	}
	company, err := w.cfg.Tenants.Company(ctx, due[0].Company)
	if err != nil {
		return err
	}
	return handle(ctx, company, due)
}

// failed decides what becomes of work that was not done, and returns the word for it.
func (w *Worker) failed(ctx context.Context, d tenant.Due, cause error) string {
	log := w.log.With(slog.String("kind", d.Kind), slog.String("company", d.Company.String()), slog.String("ref", d.Ref.String()))
	switch {
	case errors.Is(cause, tenant.ErrSuspended):
		return "waits" // the row is not handed out again before the company is back
	case ctx.Err() != nil:
		return "interrupted" // the row is handed out again when its time of invisibility is over
	case errors.Is(cause, tenant.ErrUnavailable):
		log.WarnContext(ctx, "database is away; the work is handed out again", slog.Any("error", cause))
		return "waits"
	}
	failures := w.queue.failures(ctx, d)
	log.ErrorContext(ctx, "work failed", slog.Int("failures", failures), slog.Any("error", cause))
	k := kindNamed(d.Kind)
	giveUp := k.patience > 0 && failures >= k.patience
	if err := w.putBack(ctx, d, failures, giveUp); err != nil {
		log.ErrorContext(ctx, "work cannot be put back; it is handed out again", slog.Any("error", err))
		return "failed"
	}
	if giveUp {
		w.metrics.givenUp.WithLabelValues(d.Kind).Inc()
		log.ErrorContext(ctx, "work given up", slog.Int("failures", failures))
		return "given_up"
	}
	return "failed"
}

// putBack makes the work due again after a pause that grows with its failures, or ends it.
func (w *Worker) putBack(ctx context.Context, d tenant.Due, failures int, giveUp bool) error {
	company, err := w.cfg.Tenants.Company(ctx, d.Company)
	if err != nil {
		return err
	}
	return w.begin(ctx, company, d, func(tx *tenant.Tx) error {
		if !giveUp {
			return tx.Schedule(ctx, d.Kind, d.Ref, d.Lane, tx.Now.Add(backoff(failures, firstPause, longestPause)))
		}
		switch d.Kind {
		case plugins.EventWork, plugins.MessageWork:
			return plugins.GiveUp(ctx, tx, plugins.DeliveryID(d.Ref), d.Kind)
		case crm.ImportWork:
			return crm.FailImport(ctx, tx, crm.ImportID(d.Ref), "The import stopped at an internal error. Start it again.")
		case crm.JobWork:
			return crm.FailJob(ctx, tx, crm.JobID(d.Ref), "The job stopped at an internal error. Start it again; what was changed stays.")
		case auth.AccountMailKind:
			return errors.Join(auth.AccountMailDone(ctx, tx, d.Ref), tx.Unschedule(ctx, d.Kind, d.Ref))
		case crm.DigestWork:
			return crm.DigestDone(ctx, tx, tenant.MemberID(d.Ref), tx.Now)
		case crm.RuleWork:
			return giveUpRule(ctx, tx, d)
		}
		return tx.Unschedule(ctx, d.Kind, d.Ref)
	})
}
