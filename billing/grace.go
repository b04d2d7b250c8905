package billing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	// eventLife is how long events are remembered; Stripe repeats them for three days by itself and for
	// thirty by hand.
	eventLife = 90 * 24 * time.Hour
	// renewalDelay is how long after the end of a paid period we wait to be told what came of it.
	renewalDelay = 24 * time.Hour
	// sweepBatch bounds one look for subscriptions that are due.
	sweepBatch = 500
)

// ExpireGrace takes the plan from the companies whose grace period has ended and forgets old events. It
// returns how many companies it looked at. The worker calls it every hour; running it twice does no harm.
func (s *Service) ExpireGrace(ctx context.Context) (int, error) {
	due, err := s.due(ctx, `grace_until <= ?`, s.now())
	if err != nil {
		return 0, err
	}
	for i, sub := range due {
		err := s.platform.Tx(ctx, func(p *tenant.Platform) error {
			if err := lock(ctx, p, sub.Company); err != nil {
				return err
			}
			return settle(ctx, p, sub.Company)
		})
		if errors.Is(err, tenant.ErrNotFound) {
			continue // the company is gone
		}
		if err != nil {
			return i, fmt.Errorf("subscription %s: %w", sub.ID, err)
		}
		s.changed(ctx, sub.Company)
	}
	_, err = s.platform.Exec(ctx, `DELETE FROM platform.stripe_events WHERE received_at < ? LIMIT 10000`, s.now().Add(-eventLife))
	return len(due), err
}

// Reconcile asks Stripe about subscriptions whose paid period ended a day ago without any word of what came
// next: an event was lost, as when our address was down for longer than Stripe repeats. It returns how many
// it asked about, and does nothing without a secret key. The worker calls it once a day.
func (s *Service) Reconcile(ctx context.Context) (int, error) {
	if !s.stripe.ready {
		return 0, nil
	}
	due, err := s.due(ctx, `status <> 'past_due' AND current_period_end <= ?`, s.now().Add(-renewalDelay))
	if err != nil {
		return 0, err
	}
	var failures error
	for _, sub := range due {
		if err := s.reconcile(ctx, sub); err != nil {
			failures = errors.Join(failures, fmt.Errorf("subscription %s: %w", sub.ID, err))
		}
	}
	return len(due), failures
}

func (s *Service) reconcile(ctx context.Context, sub subscription) error {
	asked := s.now()
	n, err := s.fetch(ctx, sub.ID)
	if err != nil {
		return stripeFailure("subscription", err)
	}
	n.happened, n.at, n.weight = asked, asked, weightFetched
	err = s.platform.Tx(ctx, func(p *tenant.Platform) error {
		if err := lock(ctx, p, sub.Company); err != nil {
			return err
		}
		return apply(ctx, p, sub.Company, n)
	})
	if err == nil {
		s.changed(ctx, sub.Company)
	}
	return err
}

// due returns subscriptions that count although the condition holds.
func (s *Service) due(ctx context.Context, condition string, moment time.Time) ([]subscription, error) {
	var all []subscription
	err := s.platform.Select(ctx, &all, `SELECT `+subscriptionColumns+`
		FROM platform.subscriptions WHERE granted = 1 AND `+condition+` ORDER BY id LIMIT ?`, moment, sweepBatch)
	return all, err
}
