package billing

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// grace is how long a company keeps its plan after a renewal was not paid.
const grace = 7 * 24 * time.Hour

// subscription is one subscription as Stripe described it last.
type subscription struct {
	ID                string           `db:"id"`
	Company           tenant.CompanyID `db:"company_id"`
	Status            Status           `db:"status"`
	Plan              string           `db:"plan"` // empty when its price is none of ours
	Interval          Interval         `db:"billing_interval"`
	CurrentPeriodEnd  *time.Time       `db:"current_period_end"`
	CancelAtPeriodEnd bool             `db:"cancel_at_period_end"`
	GraceUntil        *time.Time       `db:"grace_until"`
	Granted           bool             `db:"granted"`
	AsOf              time.Time        `db:"as_of"`
	AsOfWeight        weight           `db:"as_of_weight"`
	CreatedAt         time.Time        `db:"created_at"`
	UpdatedAt         time.Time        `db:"updated_at"`
}

const subscriptionColumns = `id, company_id, status, plan, billing_interval, current_period_end, cancel_at_period_end,
	grace_until, granted, as_of, as_of_weight, created_at, updated_at`

// grants reports whether the subscription gives its plan at this moment.
func (s subscription) grants(now time.Time) bool {
	switch s.Status.access() {
	case open:
		return true
	case inGrace:
		return s.GraceUntil != nil && now.Before(*s.GraceUntil)
	case closed:
	}
	return false
}

// follow returns the subscription after the notice. A notice that is older than what is known, or that
// comes after the end, changes nothing.
func (s subscription) follow(n notice) subscription {
	if s.Status.over() || n.at.Before(s.AsOf) || (n.at.Equal(s.AsOf) && n.weight < s.AsOfWeight) {
		return s
	}
	next := s
	switch {
	case n.state != nil:
		next.Status, next.Plan, next.Interval = n.state.status, n.state.plan, n.state.interval
		next.CurrentPeriodEnd, next.CancelAtPeriodEnd = n.state.periodEnd, n.state.cancelAtPeriodEnd
	case n.kind == bought && (s.Status == "" || s.Status == Incomplete):
		next.Status, next.Plan = Active, n.plan
	case n.kind == paid && (s.Status == PastDue || s.Status == Incomplete):
		next.Status = Active
	case n.kind == failed && s.Status.access() == open:
		next.Status = PastDue
	default:
		return s
	}
	next.AsOf, next.AsOfWeight = n.at, n.weight
	next.GraceUntil = next.graceAfter(n.happened)
	return next
}

// graceAfter returns until when an unpaid subscription keeps its access. A second failed payment does not
// prolong it.
func (s subscription) graceAfter(happened time.Time) *time.Time {
	if s.Status != PastDue {
		return nil
	}
	if s.GraceUntil != nil {
		return s.GraceUntil
	}
	until := happened.Add(grace)
	return &until
}

// subscriptionsOf returns every subscription the company ever had, the newest first.
func subscriptionsOf(ctx context.Context, p *tenant.Platform, company tenant.CompanyID) ([]subscription, error) {
	var all []subscription
	err := p.Select(ctx, &all, `SELECT `+subscriptionColumns+`
		FROM platform.subscriptions WHERE company_id = ? ORDER BY created_at DESC, id LIMIT 100`, company)
	return all, err
}

// running returns the best subscription that has not ended, if there is one. A first payment that is still
// open does not count: it may be abandoned.
func running(all []subscription) (subscription, bool) {
	left := slices.DeleteFunc(slices.Clone(all), func(s subscription) bool { return s.Status.over() || s.Status == Incomplete })
	if len(left) == 0 {
		return subscription{}, false
	}
	return slices.MaxFunc(left, better), true
}

// better orders subscriptions: one that grants before one that does not, then the higher plan.
func better(a, b subscription) int {
	granted := func(s subscription) int {
		if s.Granted {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(granted(a), granted(b)), cmp.Compare(rank(a.Plan), rank(b.Plan)))
}

// save writes the subscription.
func save(ctx context.Context, p *tenant.Platform, s subscription) error {
	s.UpdatedAt = p.Now()
	if s.CreatedAt.IsZero() {
		s.CreatedAt = s.UpdatedAt
	}
	_, err := p.NamedExec(ctx, `
		INSERT INTO platform.subscriptions (`+subscriptionColumns+`)
		VALUES (:id, :company_id, :status, :plan, :billing_interval, :current_period_end, :cancel_at_period_end,
			:grace_until, :granted, :as_of, :as_of_weight, :created_at, :updated_at)
		ON DUPLICATE KEY UPDATE status = VALUES(status), plan = VALUES(plan), billing_interval = VALUES(billing_interval),
			current_period_end = VALUES(current_period_end), cancel_at_period_end = VALUES(cancel_at_period_end),
			grace_until = VALUES(grace_until), granted = VALUES(granted), as_of = VALUES(as_of),
			as_of_weight = VALUES(as_of_weight), updated_at = VALUES(updated_at)`, s)
	return err
}

// settle looks at all of the company's subscriptions and puts the company on the best plan that one of them
// grants. The company's row must be locked.
func settle(ctx context.Context, p *tenant.Platform, company tenant.CompanyID) error {
	all, err := subscriptionsOf(ctx, p, company)
	if err != nil {
		return err
	}
	plan := PlanByKey(FreePlan)
	for _, s := range all {
		granted := s.grants(p.Now())
		if granted && rank(s.Plan) > rank(plan.Key) {
			plan = PlanByKey(s.Plan)
		}
		if granted != s.Granted {
			s.Granted = granted
			if err := save(ctx, p, s); err != nil {
				return err
			}
		}
	}
	_, err = p.Exec(ctx, `UPDATE platform.companies SET plan = ?, updated_at = ? WHERE id = ? AND plan <> ?`,
		plan.Key, p.Now(), company, plan.Key)
	return err
}
