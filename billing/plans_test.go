package billing

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlansIncludeTheOnesBelow(t *testing.T) {
	for i, p := range plans {
		if len(p.limits) != len(quotas) {
			t.Errorf("%s: %d limits for %d quotas; a missing one would be zero", p.Key, len(p.limits), len(quotas))
		}
		if i == 0 {
			continue
		}
		below := plans[i-1]
		for _, f := range below.features {
			if !p.Has(f) {
				t.Errorf("%s lacks %s, which %s has", p.Key, f, below.Key)
			}
		}
		for _, q := range quotas {
			had, has := below.limits[q.key], p.limits[q.key]
			if has != Unlimited && (had == Unlimited || has < had) {
				t.Errorf("%s allows %d %s, %s %d", p.Key, has, q.key, below.Key, had)
			}
		}
		for _, interval := range []Interval{Monthly, Yearly} {
			if planOfLookup(p.prices[interval]) != p.Key {
				t.Errorf("%s: the price for a %s does not lead back to the plan", p.Key, interval)
			}
		}
	}
}

func TestFeatures(t *testing.T) {
	tests := []struct {
		feature Feature
		plan    string
		want    *UpgradeError
	}{
		{Free, FreePlan, nil},
		{Free, "a plan of the past", nil},
		{AdvancedReports, FreePlan, &UpgradeError{"advanced_reports", ProPlan}},
		{AdvancedReports, "", &UpgradeError{"advanced_reports", ProPlan}},
		{AdvancedReports, ProPlan, nil},
		{AdvancedReports, BusinessPlan, nil},
		{FieldMasking, FreePlan, &UpgradeError{"field_masking", ProPlan}},
		{FieldMasking, BusinessPlan, nil},
		{Feature{}, BusinessPlan, &UpgradeError{"", BusinessPlan}}, // a forgotten feature opens nothing
	}
	for _, test := range tests {
		var got *UpgradeError
		if err := PlanByKey(test.plan).Require(test.feature); err != nil && !errors.As(err, &got) {
			t.Fatalf("got %T", err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s on %q (-want +got):\n%s", test.feature, test.plan, diff)
		}
	}
	if got := (&UpgradeError{"sync", "pro"}).Error(); got != "sync needs the plan pro" {
		t.Errorf("got %q", got)
	}
}

func TestFreeIsEnoughToStart(t *testing.T) {
	limits := PlanByKey(FreePlan).Limits()
	if limits[WebhookEndpoints] != 1 || limits[Bots] != 1 || limits[Seats] < 4 {
		t.Errorf("got %v", limits)
	}
}

// The choices in the API's description are written in tags, which cannot refer to the table.
func TestTagsNameThePlansForSale(t *testing.T) {
	var forSale []string
	for _, p := range plans {
		if len(p.prices) > 0 {
			forSale = append(forSale, p.Key)
		}
	}
	field, _ := reflect.TypeFor[CheckoutRequest]().FieldByName("Plan")
	if got := field.Tag.Get("enum"); got != strings.Join(forSale, ",") {
		t.Errorf("got %q, want %q", got, forSale)
	}
	field, _ = reflect.TypeFor[Overview]().FieldByName("Status")
	for status := range statuses {
		if !strings.Contains(","+field.Tag.Get("enum")+",", ","+string(status)+",") {
			t.Errorf("status %s is missing", status)
		}
	}
}

func TestQuotaLevel(t *testing.T) {
	tests := []struct {
		used, limit int64
		want        QuotaLevel
	}{
		{0, 5, QuotaOK}, {3, 5, QuotaOK}, {4, 5, QuotaWarning}, {5, 5, QuotaExhausted}, {9, 5, QuotaExhausted},
		{0, 1, QuotaOK}, {1, 1, QuotaExhausted}, {799, 1000, QuotaOK}, {800, 1000, QuotaWarning},
		{1_000_000, Unlimited, QuotaOK}, {0, 0, QuotaExhausted},
	}
	for _, test := range tests {
		if got := level(test.used, test.limit); got != test.want {
			t.Errorf("%d of %d: got %s, want %s", test.used, test.limit, got, test.want)
		}
	}
}
