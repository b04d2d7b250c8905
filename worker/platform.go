package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	// platformEvery is how often the platform's own chores are done, reconcileEvery how often Stripe is
	// asked about subscriptions that it has said nothing of.
	platformEvery  = time.Hour
	reconcileEvery = 24 * time.Hour
	// abandonedAfter is how old a company must be whose making was cut off.
	abandonedAfter = time.Hour
)

// choresPause is how often it is asked whether the chores are ours to do.
const choresPause = time.Minute

// platformChores does what belongs to no company, in the process that dispatches. Twice does no harm.
func (w *Worker) platformChores(ctx context.Context) {
	var done, reconciled time.Time
	for sleep(ctx, choresPause) {
		if !w.holds(dispatchLease) || time.Since(done) < platformEvery {
			continue
		}
		reconcile := time.Since(reconciled) >= reconcileEvery
		if err := w.doChores(ctx, reconcile); err != nil && ctx.Err() == nil {
			w.log.ErrorContext(ctx, "platform chores failed; they are done again within the hour", slog.Any("error", err))
		} else if reconcile {
			reconciled = time.Now()
		}
		done = time.Now()
	}
}

func (w *Worker) doChores(ctx context.Context, reconcile bool) error {
	removed, err := w.cfg.Tenants.RemoveAbandoned(ctx, abandonedAfter)
	if removed > 0 {
		w.log.InfoContext(ctx, "companies whose sign-up was cut off were removed", slog.Int("companies", removed))
	}
	failures := []error{wrap("abandoned companies", err)}
	if w.cfg.Auth != nil {
		_, err := w.cfg.Auth.SweepResets(ctx)
		failures = append(failures, wrap("password resets", err))
	}
	if w.cfg.Billing != nil {
		_, err := w.cfg.Billing.ExpireGrace(ctx)
		failures = append(failures, wrap("grace periods", err))
		if reconcile {
			_, err := w.cfg.Billing.Reconcile(ctx)
			failures = append(failures, wrap("subscriptions", err))
		}
	}
	return errors.Join(failures...)
}

func wrap(what string, err error) error {
	if err == nil || errors.Is(err, tenant.ErrUnavailable) && errors.Is(err, context.Canceled) {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
