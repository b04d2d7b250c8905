package billing_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/billing/stripefake"
	"github.com/guanxi-crm/guanxi/tenant"
)

func number(n int64) *int64 { return &n }

func TestOverviewOfAFreeCompany(t *testing.T) {
	w := newWorld(t, withoutAPI)
	caller := w.acme.As(w.acme.Admin, tenant.LevelAll)
	caller.Limits = billing.PlanByKey(billing.FreePlan).Limits()
	err := w.in.Tx(t.Context(), w.acme.Company, caller, func(tx *tenant.Tx) error {
		for quota, n := range map[tenant.Quota]int64{billing.Seats: 4, billing.Bots: 1} {
			if err := tx.Consume(t.Context(), quota, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	o := w.overview(t, w.acme)
	if o.Plan.Key != "free" || o.Status != "none" || o.CanBuy || o.HasPortal || o.CurrentPeriodEnd != nil {
		t.Errorf("got %+v", o)
	}
	got := map[tenant.Quota]billing.QuotaUse{}
	for _, q := range o.Quotas {
		q.Name = billing.Name{}
		got[q.Key] = q
	}
	want := map[tenant.Quota]billing.QuotaUse{
		"seats":             {Key: "seats", Limit: number(5), Used: number(4), Level: billing.QuotaWarning},
		"webhook_endpoints": {Key: "webhook_endpoints", Limit: number(1), Used: number(0), Level: billing.QuotaOK},
		"bots":              {Key: "bots", Limit: number(1), Used: number(1), Level: billing.QuotaExhausted},
		"api_keys":          {Key: "api_keys", Limit: number(2), Used: number(0), Level: billing.QuotaOK},
		"forms":             {Key: "forms", Limit: number(1), Used: number(0), Level: billing.QuotaOK},
		"api_per_minute":    {Key: "api_per_minute", Limit: number(600), Level: billing.QuotaOK},
		"storage_bytes":     {Key: "storage_bytes", Limit: number(512 << 20), Used: number(0), Level: billing.QuotaOK},
		"speech_minutes":    {Key: "speech_minutes", Limit: number(30), Used: number(0), Level: billing.QuotaOK},
		"audit_days":        {Key: "audit_days", Limit: number(30), Level: billing.QuotaOK},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A downgrade takes nothing away: what is over the limit stays and is shown as exhausted.
func TestDowngradeDeletesNothing(t *testing.T) {
	w := newWorld(t)
	sub := w.buy(t, w.acme, billing.BusinessPlan)
	w.settle(t)
	system := tenant.System()
	err := w.in.Tx(t.Context(), w.acme.Company, &system, func(tx *tenant.Tx) error {
		return tx.Consume(t.Context(), billing.Seats, 60)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.in.Clock.Advance(time.Hour)
	w.stripe.Update(t, sub.ID, func(s *stripefake.Subscription) { s.Price = prices[0] })
	w.settle(t)
	o := w.overview(t, w.acme)
	seats := o.Quotas[0]
	if o.Plan.Key != "pro" || *seats.Used != 60 || *seats.Limit != 50 || seats.Level != billing.QuotaExhausted || !o.HasPortal || !o.CanBuy {
		t.Errorf("got %+v, seats %d of %d", o, *seats.Used, *seats.Limit)
	}
}

func TestOffers(t *testing.T) {
	w := newWorld(t)
	amounts := func() map[string][]billing.Price {
		all := map[string][]billing.Price{}
		for _, offer := range w.Offers(t.Context()) {
			all[offer.Key] = offer.Prices
		}
		return all
	}
	want := map[string][]billing.Price{
		"free":     {},
		"pro":      {{Interval: "month", Amount: number(19900), Currency: "CNY"}, {Interval: "year", Amount: number(199000), Currency: "CNY"}},
		"business": {{Interval: "month", Amount: number(9800), Currency: "JPY"}, {Interval: "year", Amount: number(98000), Currency: "JPY"}},
	}
	if diff := cmp.Diff(want, amounts()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	asked := len(w.stripe.Calls())
	w.in.Clock.Advance(9 * time.Minute)
	amounts()
	if again := len(w.stripe.Calls()); again != asked {
		t.Error("Stripe was asked again within ten minutes")
	}
	w.in.Clock.Advance(time.Minute)
	w.stripe.SetDown(true)
	if diff := cmp.Diff(want, amounts()); diff != "" {
		t.Errorf("Stripe down, -want +got:\n%s", diff)
	}

	none := map[string][]billing.Price{"free": {}, "pro": {}, "business": {}}
	w.restart()
	if diff := cmp.Diff(none, amounts()); diff != "" {
		t.Errorf("never heard of, -want +got:\n%s", diff)
	}
	w.restart(withoutAPI)
	if diff := cmp.Diff(none, amounts()); diff != "" {
		t.Errorf("without keys, -want +got:\n%s", diff)
	}
	offers := w.Offers(t.Context())
	last := offers[len(offers)-1]
	if last.Quotas[0].Limit != nil || last.Quotas[1].Limit == nil || len(last.Features) <= len(offers[0].Features) {
		t.Errorf("got %+v", last)
	}
}
