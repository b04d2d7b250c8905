package worker

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// The leases of each cluster.
const (
	relayLease    = "relay"
	dispatchLease = "dispatch"
)

const (
	// leaseLength is how long a cluster stands still when a holder dies without a word.
	leaseLength = 10 * time.Second
	// leaseRenewal is how often a holder renews, and how often the others try.
	leaseRenewal = 2 * time.Second
	// clusterRefresh is how often new clusters are looked for.
	clusterRefresh = 30 * time.Second
	// longestBackoff bounds the pause after errors.
	longestBackoff = time.Minute
)

// turn does one round of a cluster's single-writer work. It reports whether it found anything to do; then the
// next turn follows at once.
type turn func(ctx context.Context, cluster *tenant.Cluster, h *holding) (busy bool, err error)

// round is single-writer work that goes round for ever under a lease.
type round struct {
	lease string
	// idle is the pause after a turn that found nothing.
	idle time.Duration
	// begin makes the turn of one cluster, with a memory of its own.
	begin func(cluster *tenant.Cluster) turn
}

// holding is a lease that this process has.
type holding struct {
	lease   *tenant.Lease
	renewed time.Time
}

// keep renews the lease when it is time to and reports whether it is still held.
func (h *holding) keep(ctx context.Context) bool {
	if time.Since(h.renewed) < leaseRenewal {
		return true
	}
	held, err := h.lease.Take(ctx)
	if err != nil || !held {
		return false
	}
	h.renewed = time.Now()
	return true
}

// holderName is unique to one run of a process.
func holderName() string {
	host, err := os.Hostname()
	if err != nil || len(host) > 64 {
		host = "worker"
	}
	return fmt.Sprintf("%s:%d:%s", host, os.Getpid(), rand.Text()[:8])
}

// everyCluster runs the round on all clusters, those that come later too, until ctx ends.
func (w *Worker) everyCluster(ctx context.Context, r round) {
	var wg sync.WaitGroup
	defer wg.Wait()
	started := map[string]bool{}
	for {
		clusters, err := w.cfg.Tenants.Clusters(ctx)
		if err != nil && ctx.Err() == nil {
			w.log.ErrorContext(ctx, "clusters cannot be listed", slog.String("lease", r.lease), slog.Any("error", err))
		}
		for _, c := range clusters {
			if started[c.ID] {
				continue
			}
			started[c.ID] = true
			wg.Go(func() { w.goRound(ctx, c, r) })
		}
		wait := clusterRefresh
		if err != nil {
			wait = leaseRenewal
		}
		if !sleep(ctx, wait) {
			return
		}
	}
}

// goRound takes turns on one cluster whenever it has the lease.
func (w *Worker) goRound(ctx context.Context, c *tenant.Cluster, r round) {
	h := &holding{lease: c.Lease(r.lease, w.holder, leaseLength)}
	turn := r.begin(c)
	defer func() {
		w.hold(c.ID, r.lease, false)
		// Others need not wait for the lease to end; ctx is over by now.
		release, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = h.lease.Release(release)
	}()
	failures := 0
	for ctx.Err() == nil {
		if !h.keep(ctx) {
			w.hold(c.ID, r.lease, false)
			sleep(ctx, leaseRenewal)
			continue
		}
		w.hold(c.ID, r.lease, true)
		busy, err := turn(ctx, c, h)
		switch {
		case err != nil && ctx.Err() == nil:
			failures++
			w.log.ErrorContext(ctx, "round failed", slog.String("lease", r.lease), slog.String("cluster", c.ID), slog.Any("error", err))
			sleep(ctx, backoff(failures, 200*time.Millisecond, 5*time.Second))
		case busy:
			failures = 0
		default:
			failures = 0
			sleep(ctx, r.idle)
		}
	}
}

// hold remembers whether this process has a lease of a cluster.
func (w *Worker) hold(cluster, lease string, held bool) {
	value := 0.0
	if held {
		value = 1
	}
	w.metrics.held.WithLabelValues(cluster, lease).Set(value)
	w.heldMu.Lock()
	defer w.heldMu.Unlock()
	w.held[lease+"/"+cluster] = held
}

// holds reports whether this process has the lease of any cluster.
func (w *Worker) holds(lease string) bool {
	w.heldMu.Lock()
	defer w.heldMu.Unlock()
	for name, held := range w.held {
		if held && strings.HasPrefix(name, lease+"/") {
			return true
		}
	}
	return false
}

// backoff doubles from the first pause up to the longest.
func backoff(failures int, first, longest time.Duration) time.Duration {
	return min(first<<min(max(failures-1, 0), 20), longest)
}

// sleep waits and reports whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
