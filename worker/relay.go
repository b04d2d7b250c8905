package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/tenant"
)

// carefulAfter is after how many failures in a row a company's changes are taken one by one.
const carefulAfter = 3

// relay turns committed changes into work, company by company.
type relay struct {
	*Worker
	reactor  *crm.Reactor
	troubled map[tenant.CompanyID]trouble
}

// trouble is a company whose turn failed.
type trouble struct {
	failures int
	until    time.Time
}

func (w *Worker) relayRound() round {
	return round{lease: relayLease, idle: 100 * time.Millisecond, begin: func(*tenant.Cluster) turn {
		return (&relay{Worker: w, reactor: crm.NewReactor(callerFor, w.mails), troubled: map[tenant.CompanyID]trouble{}}).turn
	}}
}

// turn gives every company that has news one turn.
func (r *relay) turn(ctx context.Context, cluster *tenant.Cluster, h *holding) (busy bool, err error) {
	waiting, err := cluster.Waiting(ctx)
	if err != nil {
		return false, err
	}
	r.metrics.waiting.WithLabelValues(cluster.ID).Set(float64(len(waiting)))
	for _, id := range waiting {
		if !h.keep(ctx) {
			return false, nil
		}
		busy = r.company(ctx, cluster, h, id) > 0 || busy
	}
	return busy, nil
}

// company relays one company's turn and returns how many events it took. Errors are this company's alone.
func (r *relay) company(ctx context.Context, cluster *tenant.Cluster, h *holding, id tenant.CompanyID) int {
	troubled := r.troubled[id]
	if time.Now().Before(troubled.until) {
		return 0
	}
	company, err := r.cfg.Tenants.Company(ctx, id)
	if err == nil && company.Status != tenant.Active {
		return 0 // its news waits
	}
	n := 0
	if err == nil {
		n, err = cluster.Relay(ctx, h.lease, company, func(tx *tenant.Tx, changes []tenant.Change) error {
			return r.plan(ctx, tx, changes, troubled.failures >= carefulAfter)
		})
	}
	if err == nil {
		delete(r.troubled, id)
		r.metrics.relayed.WithLabelValues(cluster.ID).Add(float64(n))
		return n
	}
	if ctx.Err() != nil {
		return 0
	}
	troubled.failures++
	troubled.until = time.Now().Add(backoff(troubled.failures, 500*time.Millisecond, longestBackoff))
	r.troubled[id] = troubled
	r.metrics.relayErrors.WithLabelValues(cluster.ID).Inc()
	r.log.ErrorContext(ctx, "company's changes cannot be relayed; they wait", slog.String("company", id.String()),
		slog.Int("failures", troubled.failures), slog.Any("error", err))
	return 0
}

// plan turns changes into deliveries and the company's own reactions.
func (r *relay) plan(ctx context.Context, tx *tenant.Tx, changes []tenant.Change, careful bool) error {
	if err := plugins.Plan(ctx, tx, changes); err != nil {
		return err
	}
	if !careful {
		return r.reactor.React(ctx, tx, changes)
	}
	for _, c := range changes {
		if err := r.reactCarefully(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}

// reactCarefully passes over a change that its reaction cannot digest: one such must not keep all that
// comes after it from everybody.
func (r *relay) reactCarefully(ctx context.Context, tx *tenant.Tx, c tenant.Change) error {
	if _, err := tx.Exec(ctx, `SAVEPOINT reaction`); err != nil {
		return err
	}
	err := r.reactor.React(ctx, tx, []tenant.Change{c})
	if err == nil || ctx.Err() != nil || errors.Is(err, tenant.ErrUnavailable) || errors.Is(err, tenant.ErrBusy) {
		return err
	}
	if _, undo := tx.Exec(ctx, `ROLLBACK TO SAVEPOINT reaction`); undo != nil {
		return undo
	}
	r.metrics.skipped.WithLabelValues(tx.Company.Cluster).Inc()
	r.log.ErrorContext(ctx, "reaction given up", slog.String("company", tx.Company.ID.String()),
		slog.String("event", c.EventID.String()), slog.String("type", c.Type), slog.Any("error", err))
	return nil
}
