package worker

import (
	"context"
	"errors"
	"time"

	"github.com/hibiken/asynq"
	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	// busyPause is how soon due work is looked for again while there was some of late: windows free up
	// within milliseconds.
	busyPause = 40 * time.Millisecond
	// lively is how long after the last work that holds.
	lively = time.Second
	// enqueuers is how many tasks are written to Redis at once.
	enqueuers = 16
)

// dispatch hands due work out.
type dispatch struct {
	*Worker
	next, last map[string]time.Time
}

func (w *Worker) dispatchRound() round {
	return round{lease: dispatchLease, idle: busyPause, begin: func(*tenant.Cluster) turn {
		return (&dispatch{Worker: w, next: map[string]time.Time{}, last: map[string]time.Time{}}).turn
	}}
}

// turn looks for due work of every kind whose time has come.
func (d *dispatch) turn(ctx context.Context, cluster *tenant.Cluster, h *holding) (bool, error) {
	var failed error
	for _, k := range kinds {
		if time.Now().Before(d.next[k.name]) {
			continue
		}
		if !h.keep(ctx) {
			return false, nil
		}
		n, err := d.kind(ctx, cluster, k)
		failed = errors.Join(failed, err)
		now := time.Now()
		if n > 0 {
			d.last[k.name] = now
		}
		pause := k.every
		if now.Sub(d.last[k.name]) < lively {
			pause = busyPause
		}
		d.next[k.name] = now.Add(pause)
	}
	return false, failed
}

// kind hands out one kind's due work. What cannot be written to Redis stays claimed and is handed out again
// when it counts as lost.
func (d *dispatch) kind(ctx context.Context, cluster *tenant.Cluster, k kind) (int, error) {
	if !d.queue.ready(ctx) {
		return 0, nil // claiming without a queue would only make the work invisible
	}
	due, claimErr := cluster.Claim(ctx, k.name, d.cfg.Tenants.Now(), k.window)
	err := d.enqueue(ctx, k, due)
	d.metrics.dispatched.WithLabelValues(k.name).Add(float64(len(due)))
	return len(due), errors.Join(claimErr, err)
}

func (d *dispatch) enqueue(ctx context.Context, k kind, due []tenant.Due) error {
	var group errgroup.Group
	group.SetLimit(enqueuers)
	for _, rows := range grouped(due, max(k.together, 1)) {
		group.Go(func() error {
			err := d.queue.enqueue(ctx, k, rows)
			if errors.Is(err, asynq.ErrTaskIDConflict) {
				return nil // it is there already
			}
			return err
		})
	}
	return group.Wait()
}

// grouped cuts claimed work, which comes company by company, into the rows of one task each.
func grouped(due []tenant.Due, most int) [][]tenant.Due {
	var tasks [][]tenant.Due
	for start := 0; start < len(due); {
		end := start + 1
		for end < len(due) && end-start < most && due[end].Company == due[start].Company {
			end++
		}
		tasks = append(tasks, due[start:end])
		start = end
	}
	return tasks
}
