package crm_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func newRate(currency, rate, from string) crm.NewExchangeRate {
	in := crm.NewExchangeRate{Currency: currency, Rate: decimal.MustParse(rate)}
	if from != "" {
		in.ValidFrom = ptr(crm.Date(from))
	}
	return in
}

func (p person) tryImportRates(t testing.TB, rates ...crm.NewExchangeRate) (crm.ExchangeRatesImported, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.ExchangeRatesImported, error) {
		return crm.ImportExchangeRates(ctx, tx, crm.ExchangeRateImport{Rates: rates})
	})
}

func (p person) rates(t testing.TB, filter string) []crm.ExchangeRate {
	t.Helper()
	return must[crm.Page[crm.ExchangeRate]](t)(read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.ExchangeRate], error) {
		return crm.ListExchangeRates(ctx, q, crm.ListQuery{Filter: filter, Limit: 200})
	})).Data
}

func TestExchangeRates(t *testing.T) {
	w := newWorld(t)
	made := w.admin.rate(t, newRate("USD", "7.1184", ""))
	if made.ValidFrom != "2026-03-02" || made.CreatedBy != w.acme.Admin {
		t.Errorf("made %+v", made)
	}
	if stored := w.rep.rates(t, ""); len(stored) != 1 || cmp.Diff(made, stored[0], exactly) != "" || stored[0].Rate.String() != "7.1184" {
		t.Errorf("stored %+v", stored)
	}
	_, err := write(t, w.admin, func(ctx context.Context, tx *tenant.Tx) (crm.ExchangeRate, error) {
		return crm.CreateExchangeRate(ctx, tx, newRate("USD", "7", "2026-03-02"))
	})
	wantConflict(t, err, "rate_exists")
	out := must[crm.ExchangeRatesImported](t)(w.admin.tryImportRates(t, newRate("USD", "7.2", "2026-03-02"), newRate("USD", "7.0", "2026-02-01"), newRate("EUR", "8.1", "2026-02-01")))
	if diff := cmp.Diff(crm.ExchangeRatesImported{Created: 2, Updated: 1, Currencies: []string{"EUR", "USD"}}, out); diff != "" {
		t.Errorf("imported: -want +got\n%s", diff)
	}
	update := func(in crm.ExchangeRatePatch, version int64) (crm.ExchangeRate, error) {
		return write(t, w.admin, func(ctx context.Context, tx *tenant.Tx) (crm.ExchangeRate, error) {
			return crm.UpdateExchangeRate(ctx, tx, made.ID, in, version)
		})
	}
	changed := must[crm.ExchangeRate](t)(update(crm.ExchangeRatePatch{Rate: patch.Of(decimal.MustParse("7.30"))}, 2))
	if changed.Version != 3 || changed.Rate.String() != "7.3" {
		t.Errorf("changed %+v", changed)
	}
	_, err = update(crm.ExchangeRatePatch{Rate: patch.Of(decimal.One)}, 1)
	wantError(t, err, tenant.ErrStale)
	var listed []string
	for _, r := range w.rep.rates(t, `currency = "USD" AND valid_from >= "2026-01-01"`) {
		listed = append(listed, string(r.ValidFrom)+" "+r.Rate.String())
	}
	if want := []string{"2026-03-02 7.3", "2026-02-01 7"}; !slices.Equal(listed, want) {
		t.Errorf("listed %v", listed)
	}
	if theirs := w.stranger.rates(t, ""); len(theirs) != 0 {
		t.Errorf("the other company has %+v", theirs)
	}
	for name, row := range map[string]struct {
		in     crm.NewExchangeRate
		fields []string
	}{
		"own currency": {newRate("CNY", "1", ""), []string{"currency"}},
		"unknown":      {newRate("XXY", "1", ""), []string{"currency"}},
		"nothing":      {newRate("EUR", "0", ""), []string{"rate"}},
		"negative":     {newRate("EUR", "-1", ""), []string{"rate"}},
		"huge":         {newRate("EUR", "10000000", ""), []string{"rate"}},
		"fine":         {newRate("EUR", "0.0000000000001", ""), []string{"rate"}},
		"future":       {newRate("EUR", "8", "2026-03-03"), []string{"valid_from"}},
		"no day":       {newRate("EUR", "8", "2026-02-30"), []string{"valid_from"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := write(t, w.admin, func(ctx context.Context, tx *tenant.Tx) (crm.ExchangeRate, error) {
				return crm.CreateExchangeRate(ctx, tx, row.in)
			})
			wantInvalid(t, err, row.fields...)
			_, err = w.admin.tryImportRates(t, newRate("GBP", "9", ""), row.in)
			for i := range row.fields {
				row.fields[i] = "rates[1]." + row.fields[i]
			}
			wantInvalid(t, err, row.fields...)
		})
	}
	_, err = w.admin.tryImportRates(t, newRate("GBP", "9", ""), newRate("GBP", "9", "2026-03-02"))
	wantInvalid(t, err, "rates[1].valid_from")
	_, err = w.admin.tryImportRates(t)
	wantInvalid(t, err, "rates")
	if n := len(w.rep.rates(t, "")); n != 3 {
		t.Errorf("after refusals %d rates", n)
	}
}

// TestDealsAreConverted follows one deal through rates that come, change and go.
func TestDealsAreConverted(t *testing.T) {
	w := newWorld(t)
	usd := func(in crm.NewDeal) crm.DealID {
		in.Amount, in.Currency = ptr(int64(10_050)), "USD"
		return w.rep.deal(t, in).ID
	}
	past := time.Date(2026, 1, 15, 4, 0, 0, 0, time.UTC)
	won, undated, march := usd(crm.NewDeal{Name: "won", Status: "won", ClosedAt: &past}), usd(crm.NewDeal{Name: "undated"}), usd(crm.NewDeal{Name: "march", ExpectedCloseOn: ptr(crm.Date("2026-03-20"))})
	home := w.rep.deal(t, crm.NewDeal{Name: "home", Amount: ptr(int64(5))}).ID
	check := func(step string, wants map[crm.DealID]string) {
		t.Helper()
		for id, want := range wants {
			d := w.rep.getDeal(t, id)
			got := "none"
			if d.AmountBase != nil {
				got = fmt.Sprintf("%d of %s", *d.AmountBase, deref(d.RateOn))
			}
			if got != want || d.Version != 1 && id != march {
				t.Errorf("%s: %s is worth %s, want %s", step, d.Name, got, want)
			}
		}
	}
	check("no rate", map[crm.DealID]string{won: "none", undated: "none", march: "none", home: "5 of "})
	january := w.admin.rate(t, newRate("USD", "7", "2026-01-01"))
	check("one rate", map[crm.DealID]string{won: "70350 of 2026-01-01", undated: "70350 of 2026-01-01", march: "70350 of 2026-01-01"})
	february := w.admin.rate(t, newRate("USD", "6.5", "2026-02-01"))
	check("a later rate", map[crm.DealID]string{won: "70350 of 2026-01-01", undated: "65325 of 2026-02-01", march: "65325 of 2026-02-01"})
	must[crm.ExchangeRatesImported](t)(w.admin.tryImportRates(t, newRate("USD", "6.9", "2026-01-10"), newRate("USD", "7.25555", "2026-03-01")))
	check("an import", map[crm.DealID]string{won: "69345 of 2026-01-10", undated: "72918 of 2026-03-01", march: "72918 of 2026-03-01", home: "5 of "})
	remove := func(r crm.ExchangeRate) {
		t.Helper()
		if err := w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteExchangeRate(t.Context(), tx, r.ID, 0) }); err != nil {
			t.Fatal(err)
		}
	}
	remove(january)
	remove(w.admin.rates(t, `valid_from = "2026-01-10"`)[0])
	check("without January's", map[crm.DealID]string{won: "none", undated: "72918 of 2026-03-01"})
	// The day of closing decides, wherever it moves.
	w.rep.updateDeal(t, march, crm.DealPatch{ExpectedCloseOn: patch.Of(crm.Date("2026-02-28"))})
	check("moved to February", map[crm.DealID]string{march: "65325 of 2026-02-01"})
	w.rep.moveDeal(t, march, crm.DealMove{Status: "won"})
	check("won in March", map[crm.DealID]string{march: "72918 of 2026-03-01"})
	w.rep.updateDeal(t, march, crm.DealPatch{Currency: patch.Of("JPY")})
	check("in a currency without a rate", map[crm.DealID]string{march: "none"})
	remove(february)
	if sorted := idsOf(must[crm.Page[crm.Deal]](t)(w.rep.tryListDeals(t, crm.ListQuery{OrderBy: "amount_base desc"})).Data, func(d crm.Deal) string { return d.Name }); !slices.Equal(sorted[:2], []string{"undated", "home"}) {
		t.Errorf("sorted by what they are worth %v", sorted)
	}
	// More than an amount can be is not known.
	w.admin.rate(t, newRate("KWD", "9999999", "2026-01-01"))
	vast := w.rep.deal(t, crm.NewDeal{Name: "vast", Amount: ptr(int64(1 << 53)), Currency: "KWD"})
	if vast.AmountBase != nil || vast.Rate == nil {
		t.Errorf("vast %+v", vast)
	}
}

// TestBothWaysOfConvertingAgree compares what the program reckons for one deal with what the database does for all.
func TestBothWaysOfConvertingAgree(t *testing.T) {
	w := newWorld(t)
	random := rand.New(rand.NewPCG(3, 4))
	day := func() crm.Date { return crm.Date(fmt.Sprintf("2026-02-%02d", 1+random.IntN(28))) }
	var before []crm.Deal
	currencies := []string{"USD", "JPY", "KWD", "CLF", "CNY"}
	if err := w.rep.tx(t, func(tx *tenant.Tx) error {
		for n := range 200 {
			in := crm.NewDeal{Name: "x", Currency: currencies[random.IntN(5)], Amount: ptr(random.Int64N(1 << (1 + n%53)))}
			if n%4 > 0 {
				in.ExpectedCloseOn = ptr(day())
			}
			d, err := crm.CreateDeal(t.Context(), tx, in)
			if err != nil {
				return err
			}
			before = append(before, d)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	rates := map[string]crm.NewExchangeRate{}
	for _, currency := range currencies[:4] {
		for range 9 {
			r := newRate(currency, decimal.MustNew(random.Int64N(1e15)+1, 10+random.IntN(3)).String(), string(day()))
			rates[currency+string(*r.ValidFrom)] = r
		}
	}
	var all []crm.NewExchangeRate
	for _, r := range rates {
		all = append(all, r)
	}
	must[crm.ExchangeRatesImported](t)(w.admin.tryImportRates(t, all...))
	converted := 0
	for _, d := range before {
		byDatabase := w.rep.getDeal(t, d.ID)
		byProgram := w.rep.deal(t, crm.NewDeal{Name: "x", Currency: d.Currency, Amount: d.Amount, ExpectedCloseOn: d.ExpectedCloseOn})
		if diff := cmp.Diff([]any{byProgram.AmountBase, byProgram.Rate, byProgram.RateOn}, []any{byDatabase.AmountBase, byDatabase.Rate, byDatabase.RateOn}, exactly); diff != "" {
			t.Errorf("%d %s on %v: -program +database\n%s", *d.Amount, d.Currency, d.ExpectedCloseOn, diff)
		}
		if byDatabase.AmountBase != nil {
			converted++
		}
	}
	if converted < 100 {
		t.Errorf("only %d of %d were converted at all", converted, len(before))
	}
}
