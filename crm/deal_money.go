package crm

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/tenant"
)

// companyToday is today in the company's time zone.
func companyToday(q *tenant.Query) Date { return companyDay(q, q.Now) }

// companyDay is the day of a moment in the company's time zone.
func companyDay(q *tenant.Query, at time.Time) Date {
	return Date(at.In(q.Company.Location()).Format(time.DateOnly))
}

// closeOn is the day to which a deal's money belongs: expected while it is open, real once it is closed; nil when an
// open deal expects none.
func (d *Deal) closeOn() *Date {
	if d.Status == DealOpen {
		return d.ExpectedCloseOn
	}
	return d.ClosedOn
}

// convert sets what the deal is worth in the company's currency: by the latest rate on or before the day it closes or
// closed, and by the latest of all while it expects none. Without a rate, and beyond what an amount can be, it is nil.
func (d *Deal) convert(ctx context.Context, q *tenant.Query) error {
	d.AmountBase, d.Rate, d.RateOn = nil, nil, nil
	if d.Amount == nil {
		return nil
	}
	if d.Currency == q.Company.Currency {
		amount, one := *d.Amount, decimal.One
		d.AmountBase, d.Rate = &amount, &one
		return nil
	}
	rate, err := rateOn(ctx, q, d.Currency, d.closeOn())
	if errors.Is(err, tenant.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	d.Rate, d.RateOn = &rate.Rate, &rate.ValidFrom
	amount, err := decimal.New(*d.Amount, 0)
	if err != nil {
		return err
	}
	if base, ok := minorUnits(baseShift(q.Company, d.Currency), amount, rate.Rate); ok {
		d.AmountBase = &base
	}
	return nil
}

// baseShift is the power of ten between the minor units of a currency and those of the company's.
func baseShift(c *tenant.Company, currency string) int {
	return minorDigits(c.Currency) - minorDigits(currency)
}

// rateOn returns the latest rate of a currency on or before a day, or of all when it is nil.
func rateOn(ctx context.Context, q *tenant.Query, currency string, day *Date) (ExchangeRate, error) {
	if day == nil {
		return findExchangeRate(ctx, q, `r.currency = ? ORDER BY r.valid_from DESC LIMIT 1`, "", currency)
	}
	return findExchangeRate(ctx, q, `r.currency = ? AND r.valid_from <= ? ORDER BY r.valid_from DESC LIMIT 1`, "", currency, *day)
}

// reconvertDeals is convert for all deals in these currencies that close on a day or later, after rates from that day
// on have changed. What follows from a rate is no change of the deal: its version and its feed stay.
func reconvertDeals(ctx context.Context, tx *tenant.Tx, currencies []string, from Date) error {
	// All factors are DECIMAL, which the database reckons exactly.
	const base = `ROUND(d.amount * r.rate * CAST(? AS DECIMAL(12,6)))`
	for _, currency := range currencies {
		shift := shiftText(baseShift(tx.Company, currency))
		if _, err := tx.Exec(ctx, `
			UPDATE company.deals d LEFT JOIN company.exchange_rates r ON r.currency = d.currency AND r.valid_from = (
				SELECT MAX(p.valid_from) FROM company.exchange_rates p
				WHERE p.currency = d.currency AND p.valid_from <= COALESCE(d.close_on, '9999-12-31'))
			SET d.rate = r.rate, d.rate_on = r.valid_from, d.amount_base = IF(`+base+` > ?, NULL, `+base+`)
			WHERE d.currency = ? AND d.amount IS NOT NULL AND (d.close_on >= ? OR d.close_on IS NULL)`,
			shift, int64(maxMoney), shift, currency, from); err != nil {
			return err
		}
	}
	return nil
}

// shiftText is ten to the power of n as a decimal number.
func shiftText(n int) string {
	if n < 0 {
		return "0." + strings.Repeat("0", -n-1) + "1"
	}
	return "1" + strings.Repeat("0", n)
}
