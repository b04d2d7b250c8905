package billing

import (
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// The keys of the plans, as platform.companies.plan holds them.
const (
	FreePlan     = "free"
	ProPlan      = "pro"
	BusinessPlan = "business"
)

// plans is the whole offer, from the lowest plan to the highest. A plan has its own features and those of
// every plan before it. What a plan costs is set at Stripe; here stand the lookup keys of its prices.
var plans = inheriting([]Plan{
	{
		Key: FreePlan, Name: Name{"免费版", "Free"},
		features: []Feature{Free},
		limits: map[tenant.Quota]int64{
			Seats: 5, WebhookEndpoints: 1, Bots: 1, APIKeys: 2, Forms: 1, APIPerMinute: 600,
			Storage: 512 << 20, SpeechMinutes: 30, AuditDays: 30,
		},
	},
	{
		Key: ProPlan, Name: Name{"专业版", "Pro"},
		prices:   map[Interval]string{Monthly: "guanxi_pro_month", Yearly: "guanxi_pro_year"},
		features: []Feature{AdvancedReports, ScheduledReports, Prediction, Sync, FieldMasking},
		limits: map[tenant.Quota]int64{
			Seats: 50, WebhookEndpoints: 10, Bots: 10, APIKeys: 20, Forms: 20, APIPerMinute: 6_000,
			Storage: 20 << 30, SpeechMinutes: 600, AuditDays: 365,
		},
	},
	{
		Key: BusinessPlan, Name: Name{"企业版", "Business"},
		prices: map[Interval]string{Monthly: "guanxi_business_month", Yearly: "guanxi_business_year"},
		limits: map[tenant.Quota]int64{
			Seats: Unlimited, WebhookEndpoints: 100, Bots: 100, APIKeys: 200, Forms: 200, APIPerMinute: 60_000,
			Storage: 200 << 30, SpeechMinutes: 6_000, AuditDays: 1_095,
		},
	},
})

// inheriting gives every plan the features of the plans before it.
func inheriting(offer []Plan) []Plan {
	for i := 1; i < len(offer); i++ {
		offer[i].features = slices.Concat(offer[i-1].features, offer[i].features)
	}
	return offer
}

// Interval is how often a subscription is paid.
type Interval string

// The intervals that plans are sold in.
const (
	Monthly Interval = "month"
	Yearly  Interval = "year"
)

// Plan is what a company may use.
type Plan struct {
	Key  string
	Name Name

	prices   map[Interval]string
	features []Feature
	limits   map[tenant.Quota]int64
}

// PlanByKey returns the plan, or Free for a key that is not sold any more or never was.
func PlanByKey(key string) Plan {
	if i := rank(key); i > 0 {
		return plans[i]
	}
	return plans[0]
}

// rank returns the plan's place in the offer, or -1.
func rank(key string) int {
	return slices.IndexFunc(plans, func(p Plan) bool { return p.Key == key })
}

// Has reports whether the plan includes the feature.
func (p Plan) Has(f Feature) bool { return f != Feature{} && slices.Contains(p.features, f) }

// Features returns what the plan includes. The slice is shared; do not change it.
func (p Plan) Features() []Feature { return p.features }

// Limits returns the plan's number for every quota; a negative one is unlimited. The map is shared; do not
// change it.
func (p Plan) Limits() map[tenant.Quota]int64 { return p.limits }

// Require returns *UpgradeError when the plan does not include the feature.
func (p Plan) Require(f Feature) error {
	if p.Has(f) {
		return nil
	}
	return &UpgradeError{Feature: f.key, Plan: PlanWith(f).Key}
}

// PlanWith returns the lowest plan that includes the feature, or the highest plan when none does.
func PlanWith(f Feature) Plan {
	if i := slices.IndexFunc(plans, func(p Plan) bool { return p.Has(f) }); i >= 0 {
		return plans[i]
	}
	return plans[len(plans)-1]
}

// UpgradeError is returned for a feature that the company's plan does not include.
type UpgradeError struct {
	// Feature is the feature's key, Plan the key of the lowest plan that includes it.
	Feature, Plan string
}

func (e *UpgradeError) Error() string {
	return fmt.Sprintf("%s needs the plan %s", e.Feature, e.Plan)
}
