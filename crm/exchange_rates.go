package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type exchangeRateKind struct{}

func (exchangeRateKind) Prefix() string { return "exr" }

// ExchangeRateID identifies an exchange rate (exr_…).
type ExchangeRateID = tenant.ID[exchangeRateKind]

// ExchangeRate says what one unit of a currency is worth in the company's, from a day on until the next rate.
type ExchangeRate struct {
	ID        ExchangeRateID  `db:"id" json:"id" doc:"The rate's id." example:"exr_01h455vb4pex5vsknk084sn02q"`
	Currency  string          `db:"currency" json:"currency" doc:"ISO 4217 code." example:"USD"`
	Rate      decimal.Decimal `db:"rate" json:"rate" doc:"What one unit of it is worth in the company's currency." example:"7.1184"`
	ValidFrom Date            `db:"valid_from" json:"valid_from" format:"date" doc:"The first day it holds for; it holds until the next rate of the currency." example:"2026-03-02"`
	CreatedBy tenant.MemberID `db:"created_by" json:"created_by" nullable:"true" doc:"Who made it; null for the system."`
	CreatedAt time.Time       `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version   int64           `db:"version" json:"-"`
}

// NewExchangeRate is what a rate is made of.
type NewExchangeRate struct {
	Currency  string          `json:"currency" minLength:"3" maxLength:"3" doc:"ISO 4217 code, not the company's own." example:"USD"`
	Rate      decimal.Decimal `json:"rate" doc:"What one unit of it is worth in the company's currency: more than 0, at most 12 digits behind the point." example:"7.1184"`
	ValidFrom *Date           `json:"valid_from,omitempty" format:"date" doc:"The first day it holds for; today when left out, never later." example:"2026-03-02"`
}

// ExchangeRatePatch changes a rate.
type ExchangeRatePatch struct {
	Rate patch.Field[decimal.Decimal] `json:"rate,omitzero" doc:"What one unit is worth in the company's currency." example:"7.1184"`
}

// ExchangeRateImport sets many rates at once.
type ExchangeRateImport struct {
	Rates []NewExchangeRate `json:"rates" minItems:"1" maxItems:"5000" doc:"The rates, in any order; each currency at most once a day."`
}

// ExchangeRatesImported says what became of them; the event exchange_rate.imported carries it too.
type ExchangeRatesImported struct {
	Created    int      `json:"created" doc:"Rates that are new." example:"240"`
	Updated    int      `json:"updated" doc:"Rates that replaced another of the same day." example:"3"`
	Currencies []string `json:"currencies" nullable:"false" doc:"The currencies of all of them." example:"[\"EUR\",\"USD\"]"`
}

const (
	exchangeRateColumns = `r.id, r.currency, r.valid_from, r.rate, r.version, r.created_by, r.created_at, r.updated_at`
	maxRates            = 5000
	rateDigits          = 12
)

var (
	leastRate = decimal.MustNew(1, rateDigits)
	mostRate  = decimal.MustNew(9_999_999, 0)
)

var exchangeRates = &list.Resource{
	Name: "exchange_rates", Table: "company.exchange_rates", Alias: "r", Order: "valid_from desc", Live: "1=1",
	Fields: map[string]list.Field{
		"currency":   {Kind: list.Text, Column: "r.currency"},
		"valid_from": {Kind: list.Date, Column: "r.valid_from", Sort: "r.valid_from", Indexes: []list.Index{list.By("exchange_rates_day"), list.By("exchange_rates_currency", "currency")}},
	},
}

func (r ExchangeRate) sortKey(string) (any, [16]byte) { return r.ValidFrom, r.ID }

// ListExchangeRates returns one page of the company's rates.
func ListExchangeRates(ctx context.Context, q *tenant.Query, in ListQuery) (Page[ExchangeRate], error) {
	if in.Q != "" {
		return Page[ExchangeRate]{}, tenant.Invalid("q", "unsupported", "exchange rates have no search; filter by currency")
	}
	p, err := list.New(q, exchangeRates, in, everybodys())
	if err != nil {
		return Page[ExchangeRate]{}, err
	}
	page, err := list.Read(ctx, q, p, exchangeRateColumns, in.Count, ExchangeRate.sortKey)
	for i := range page.Data {
		page.Data[i].Rate = page.Data[i].Rate.Trim(0)
	}
	return page, err
}

// GetExchangeRate returns a rate, else ErrNotFound.
func GetExchangeRate(ctx context.Context, q *tenant.Query, id ExchangeRateID) (ExchangeRate, error) {
	return findExchangeRate(ctx, q, `r.id = ?`, "", id)
}

func findExchangeRate(ctx context.Context, q *tenant.Query, where, lock string, args ...any) (ExchangeRate, error) {
	var r ExchangeRate
	if err := q.Get(ctx, &r, `SELECT `+exchangeRateColumns+` FROM company.exchange_rates r WHERE `+where+` `+lock, args...); err != nil {
		return ExchangeRate{}, fmt.Errorf("exchange rate: %w", err)
	}
	r.Rate = r.Rate.Trim(0)
	return r, nil
}

// CreateExchangeRate adds a rate and converts the deals that it holds for. A rate of the same currency and day is a
// *tenant.ConflictError.
func CreateExchangeRate(ctx context.Context, tx *tenant.Tx, in NewExchangeRate) (ExchangeRate, error) {
	invalid := &tenant.InvalidError{}
	r := in.rate(tx)
	r.check(invalid, tx, "")
	if err := invalid.Err(); err != nil {
		return ExchangeRate{}, err
	}
	_, err := tx.NamedExec(ctx, `
		INSERT INTO company.exchange_rates (id, currency, valid_from, rate, version, created_by, created_at, updated_at)
		VALUES (:id, :currency, :valid_from, :rate, :version, :created_by, :created_at, :updated_at)`, r)
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return ExchangeRate{}, &tenant.ConflictError{Code: "rate_exists", Message: "There is a rate of that currency and day already. Change that one."}
	}
	if err != nil {
		return ExchangeRate{}, err
	}
	if err := reconvertDeals(ctx, tx, []string{r.Currency}, r.ValidFrom); err != nil {
		return ExchangeRate{}, err
	}
	return r, r.emit(ctx, tx, "exchange_rate.created", nil)
}

func (in NewExchangeRate) rate(tx *tenant.Tx) ExchangeRate {
	r := ExchangeRate{
		ID: tenant.NewID[exchangeRateKind](), Currency: in.Currency, Rate: in.Rate.Trim(0), ValidFrom: companyToday(tx.Query),
		CreatedBy: tx.Caller.Member, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if in.ValidFrom != nil {
		r.ValidFrom = *in.ValidFrom
	}
	return r
}

func (r ExchangeRate) check(invalid *tenant.InvalidError, tx *tenant.Tx, prefix string) {
	checkCurrency(invalid, prefix+"currency", &r.Currency)
	if r.Currency == tx.Company.Currency {
		invalid.Add(prefix+"currency", "invalid", "is the company's own currency, which is always worth 1")
	}
	checkDecimal(invalid, prefix+"rate", &r.Rate, leastRate, mostRate, rateDigits)
	checkDate(invalid, prefix+"valid_from", &r.ValidFrom)
	if r.ValidFrom > companyToday(tx.Query) {
		invalid.Add(prefix+"valid_from", "out_of_range", "is in the future")
	}
}

func (r ExchangeRate) emit(ctx context.Context, tx *tenant.Tx, event string, previous any) error {
	return tx.Emit(ctx, tenant.Event{Type: event, Resource: "exchange_rate", Record: tenant.RecordID(r.ID), Data: r, Previous: previous})
}

// UpdateExchangeRate corrects a rate and converts the deals that it holds for anew.
func UpdateExchangeRate(ctx context.Context, tx *tenant.Tx, id ExchangeRateID, in ExchangeRatePatch, version int64) (ExchangeRate, error) {
	before, err := lockExchangeRate(ctx, tx, id, version)
	if err != nil {
		return ExchangeRate{}, err
	}
	after := before
	after.Rate = in.Rate.Or(before.Rate).Trim(0)
	invalid := &tenant.InvalidError{}
	after.check(invalid, tx, "")
	if err := invalid.Err(); err != nil {
		return ExchangeRate{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if _, err := tx.NamedExec(ctx, `UPDATE company.exchange_rates SET rate = :rate, version = :version, updated_at = :updated_at WHERE id = :id`, after); err != nil {
		return ExchangeRate{}, err
	}
	if err := reconvertDeals(ctx, tx, []string{after.Currency}, after.ValidFrom); err != nil {
		return ExchangeRate{}, err
	}
	return after, after.emit(ctx, tx, "exchange_rate.updated", previous)
}

func lockExchangeRate(ctx context.Context, tx *tenant.Tx, id ExchangeRateID, version int64) (ExchangeRate, error) {
	r, err := findExchangeRate(ctx, tx.Query, `r.id = ?`, "FOR UPDATE", id)
	if err == nil && version != 0 && version != r.Version {
		err = fmt.Errorf("exchange rate %s: %w", id, tenant.ErrStale)
	}
	return r, err
}

// DeleteExchangeRate removes a rate; the deals that it held for are converted by the one before it, or not at all.
func DeleteExchangeRate(ctx context.Context, tx *tenant.Tx, id ExchangeRateID, version int64) error {
	r, err := lockExchangeRate(ctx, tx, id, version)
	if err != nil {
		return err
	}
	if err := tx.MustChange(ctx, `DELETE FROM company.exchange_rates WHERE id = ?`, id); err != nil {
		return fmt.Errorf("exchange rate %s: %w", id, err)
	}
	if err := reconvertDeals(ctx, tx, []string{r.Currency}, r.ValidFrom); err != nil {
		return err
	}
	return r.emit(ctx, tx, "exchange_rate.deleted", nil)
}
