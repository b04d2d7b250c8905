package billing

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Overview is what a company's admin sees of its plan.
type Overview struct {
	Plan PlanName `json:"plan" doc:"The plan in force."`
	// Status is "none" without a subscription.
	Status            Status        `json:"status" enum:"none,incomplete,incomplete_expired,trialing,active,past_due,unpaid,canceled,paused" doc:"State of the subscription; none when there never was one."`
	Interval          Interval      `json:"interval,omitempty" enum:"month,year" doc:"How often the subscription is paid."`
	CurrentPeriodEnd  *time.Time    `json:"current_period_end" doc:"Until when the subscription is paid (UTC); null when unknown or without one."`
	CancelAtPeriodEnd bool          `json:"cancel_at_period_end" doc:"Whether the subscription ends then instead of being renewed."`
	GraceUntil        *time.Time    `json:"grace_until" doc:"With past_due: until when the plan stays in force although the renewal was not paid (UTC)."`
	Features          []FeatureName `json:"features" nullable:"false" doc:"What the plan includes."`
	Quotas            []QuotaUse    `json:"quotas" nullable:"false" doc:"The plan's numbers and how much of each is used."`
	// CanBuy is false on an installation without keys for Stripe.
	CanBuy    bool `json:"can_buy" doc:"Whether this installation sells plans."`
	HasPortal bool `json:"has_portal" doc:"Whether there is a billing portal for this company: it has bought something before."`
}

// PlanName names a plan.
type PlanName struct {
	Key  string `json:"key" doc:"Stable key of the plan." example:"pro"`
	Name Name   `json:"name" doc:"What screens call it."`
}

// FeatureName names a feature.
type FeatureName struct {
	Key  string `json:"key" doc:"Stable key of the feature." example:"advanced_reports"`
	Name Name   `json:"name" doc:"What screens call it."`
}

// QuotaUse is one number of the plan beside what is used of it.
type QuotaUse struct {
	Key   tenant.Quota `json:"key" doc:"Stable key of the quota." example:"seats"`
	Name  Name         `json:"name" doc:"What screens call it."`
	Limit *int64       `json:"limit" doc:"The plan's number; null when there is no limit." example:"5"`
	Used  *int64       `json:"used" doc:"How much is used; null for rates and periods, which are not used up." example:"4"`
	Level QuotaLevel   `json:"level" enum:"ok,warning,exhausted" doc:"warning from 80 percent, exhausted from 100: then no more can be added, and nothing is taken away."`
}

// QuotaLevel says how near a quota is to its end.
type QuotaLevel string

// The levels.
const (
	QuotaOK        QuotaLevel = "ok"
	QuotaWarning   QuotaLevel = "warning"
	QuotaExhausted QuotaLevel = "exhausted"
)

// Overview returns the company's plan, its subscription and how much of the plan is used.
func (s *Service) Overview(ctx context.Context, q *tenant.Query) (Overview, error) {
	plan := PlanByKey(q.Company.Plan)
	o := Overview{
		Plan: plan.title(), Status: "none", Features: plan.featureNames(), CanBuy: s.canSell() == nil,
	}
	owned, err := subscriptionsOf(ctx, s.platform, q.Company.ID)
	if err != nil {
		return Overview{}, err
	}
	o.HasPortal = len(owned) > 0
	if current, ok := running(owned); ok {
		o.describe(current)
	} else if len(owned) > 0 {
		o.describe(owned[0])
	}
	o.Quotas, err = quotaUse(ctx, q, plan)
	return o, err
}

func (o *Overview) describe(s subscription) {
	o.Status, o.Interval, o.CurrentPeriodEnd = s.Status, s.Interval, s.CurrentPeriodEnd
	o.CancelAtPeriodEnd, o.GraceUntil = s.CancelAtPeriodEnd, s.GraceUntil
}

func quotaUse(ctx context.Context, q *tenant.Query, plan Plan) ([]QuotaUse, error) {
	var rows []struct {
		Quota tenant.Quota `db:"quota"`
		Used  int64        `db:"used"`
	}
	if err := q.Select(ctx, &rows, `SELECT quota, used FROM company.usage_counts LIMIT 1000`); err != nil {
		return nil, err
	}
	used := map[tenant.Quota]int64{}
	for _, r := range rows {
		used[r.Quota] = r.Used
	}
	all := make([]QuotaUse, 0, len(quotas))
	for _, quota := range quotas {
		use := QuotaUse{Key: quota.key, Name: quota.name, Level: QuotaOK}
		if limit := plan.limits[quota.key]; limit >= 0 {
			use.Limit = &limit
		}
		if quota.counted {
			count := used[quota.key]
			use.Used, use.Level = &count, level(count, plan.limits[quota.key])
		}
		all = append(all, use)
	}
	return all, nil
}

// level is worked out in whole numbers: 4 of 5 is 80 percent.
func level(used, limit int64) QuotaLevel {
	switch {
	case limit < 0:
		return QuotaOK
	case used >= limit:
		return QuotaExhausted
	case used*5 >= limit*4:
		return QuotaWarning
	}
	return QuotaOK
}

func (p Plan) title() PlanName { return PlanName{Key: p.Key, Name: p.Name} }

func (p Plan) featureNames() []FeatureName {
	names := make([]FeatureName, len(p.features))
	for i, f := range p.features {
		names[i] = FeatureName{Key: f.key, Name: f.name}
	}
	return names
}
