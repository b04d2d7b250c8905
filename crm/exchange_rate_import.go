package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/tenant"
)

// ImportExchangeRates sets many rates, in place of those of the same currency and day, and converts deals once for all
// of them. One mistake refuses all.
func ImportExchangeRates(ctx context.Context, tx *tenant.Tx, in ExchangeRateImport) (ExchangeRatesImported, error) {
	rates, err := in.check(tx)
	if err != nil {
		return ExchangeRatesImported{}, err
	}
	out := ExchangeRatesImported{Currencies: []string{}}
	first := rates[0].ValidFrom
	for _, r := range rates {
		out.Currencies, first = append(out.Currencies, r.Currency), min(first, r.ValidFrom)
	}
	slices.Sort(out.Currencies)
	out.Currencies = slices.Compact(out.Currencies)
	before, err := countRates(ctx, tx.Query)
	if err != nil {
		return ExchangeRatesImported{}, err
	}
	rows := tx.Bulk(`INSERT INTO company.exchange_rates (id, currency, valid_from, rate, version, created_by, created_at, updated_at) VALUES`, 8,
		`ON DUPLICATE KEY UPDATE rate = VALUES(rate), version = version + 1, updated_at = VALUES(updated_at)`)
	for _, r := range rates {
		if err := rows.Add(ctx, r.ID, r.Currency, r.ValidFrom, r.Rate, r.Version, r.CreatedBy, r.CreatedAt, r.UpdatedAt); err != nil {
			return ExchangeRatesImported{}, err
		}
	}
	if err := rows.Flush(ctx); err != nil {
		return ExchangeRatesImported{}, err
	}
	after, err := countRates(ctx, tx.Query)
	if err != nil {
		return ExchangeRatesImported{}, err
	}
	out.Created = after - before
	out.Updated = len(rates) - out.Created
	if err := reconvertDeals(ctx, tx, out.Currencies, first); err != nil {
		return ExchangeRatesImported{}, err
	}
	return out, tx.Emit(ctx, tenant.Event{
		Type: "exchange_rate.imported", Resource: "exchange_rate", Record: tenant.RecordID(rates[0].ID), Data: out,
	})
}

func (in ExchangeRateImport) check(tx *tenant.Tx) ([]ExchangeRate, error) {
	invalid := &tenant.InvalidError{}
	switch {
	case len(in.Rates) == 0:
		invalid.Add("rates", "required", "name at least one")
	case len(in.Rates) > maxRates:
		invalid.Add("rates", "too_many", fmt.Sprintf("holds more than %d", maxRates))
	}
	type day struct {
		currency string
		from     Date
	}
	seen := map[day]bool{}
	rates := make([]ExchangeRate, 0, len(in.Rates))
	for i, one := range in.Rates {
		r, prefix := one.rate(tx), fmt.Sprintf("rates[%d].", i)
		r.check(invalid, tx, prefix)
		if at := (day{r.Currency, r.ValidFrom}); seen[at] {
			invalid.Add(prefix+"valid_from", "repeated", "is the day of another rate of this currency")
		} else {
			seen[at] = true
		}
		rates = append(rates, r)
	}
	return rates, invalid.Err()
}

func countRates(ctx context.Context, q *tenant.Query) (n int, err error) {
	err = q.Get(ctx, &n, `SELECT COUNT(*) FROM company.exchange_rates`)
	return n, err
}
