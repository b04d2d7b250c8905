package billing

import (
	"context"
	"log/slog"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Offer is a plan as it is offered for sale.
type Offer struct {
	PlanName
	Features []FeatureName `json:"features" nullable:"false" doc:"What the plan includes."`
	Quotas   []QuotaLimit  `json:"quotas" nullable:"false" doc:"The plan's numbers."`
	Prices   []Price       `json:"prices" nullable:"false" doc:"What it costs. Empty for the free plan, and while prices cannot be had from Stripe."`
}

// QuotaLimit is one number of a plan.
type QuotaLimit struct {
	Key   tenant.Quota `json:"key" doc:"Stable key of the quota." example:"seats"`
	Name  Name         `json:"name" doc:"What screens call it."`
	Limit *int64       `json:"limit" doc:"The plan's number; null when there is no limit." example:"50"`
}

// Price is what a plan costs for one interval.
type Price struct {
	Interval Interval `json:"interval" enum:"month,year" doc:"How often it is paid." example:"month"`
	Amount   *int64   `json:"amount" doc:"In whole minor units (cents, 分); null when the price is not one amount." example:"19900"`
	Currency string   `json:"currency" doc:"ISO 4217 code." example:"CNY"`
}

// Offers returns all plans, the lowest first, with the prices that Stripe has for them. Prices are at most
// ten minutes old. Without an answer from Stripe the plans come without prices.
func (s *Service) Offers(ctx context.Context) []Offer {
	var listings map[string]listing
	if s.stripe.ready {
		var err error
		if listings, err = s.catalog.load(ctx); err != nil {
			s.cfg.Log.WarnContext(ctx, "stripe: plans are shown without prices", slog.Any("error", err))
		}
	}
	offers := make([]Offer, len(plans))
	for i, p := range plans {
		offers[i] = Offer{
			PlanName: p.title(), Features: p.featureNames(),
			Quotas: p.quotaLimits(), Prices: p.pricesFrom(listings),
		}
	}
	return offers
}

func (p Plan) quotaLimits() []QuotaLimit {
	limits := make([]QuotaLimit, len(quotas))
	for i, quota := range quotas {
		limits[i] = QuotaLimit{Key: quota.key, Name: quota.name}
		if limit := p.limits[quota.key]; limit >= 0 {
			limits[i].Limit = &limit
		}
	}
	return limits
}

func (p Plan) pricesFrom(listings map[string]listing) []Price {
	prices := []Price{}
	for _, interval := range []Interval{Monthly, Yearly} {
		if l, ok := listings[p.prices[interval]]; ok {
			prices = append(prices, Price{Interval: interval, Amount: l.amount, Currency: l.currency})
		}
	}
	return prices
}
