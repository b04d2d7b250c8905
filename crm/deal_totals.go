package crm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// DealTotals sum deals up. Each sum stops at 2^53, the largest whole number that every client's JSON keeps exactly.
type DealTotals struct {
	Count        int   `json:"count" doc:"How many deals." example:"12"`
	AmountBase   int64 `json:"amount_base" doc:"What they are worth together, in minor units of the company's currency." example:"48000000"`
	WeightedBase int64 `json:"weighted_base" doc:"The same with each deal counted as far as it is likely to be won, rounded half up." example:"21600000"`
	// Unconverted is what the two sums leave out.
	Unconverted int             `json:"unconverted" doc:"How many of them have an amount in a currency without an exchange rate; it is in neither sum." example:"0"`
	Currencies  []CurrencyTotal `json:"currencies" nullable:"false" doc:"Those with an amount, by its currency."`
}

// CurrencyTotal sums up the deals of one currency.
type CurrencyTotal struct {
	Currency   string `json:"currency" doc:"ISO 4217 code." example:"USD"`
	Count      int    `json:"count" doc:"How many deals have an amount in it." example:"3"`
	Amount     int64  `json:"amount" doc:"What they are worth together, in its minor units." example:"1200000"`
	AmountBase int64  `json:"amount_base" doc:"The same in minor units of the company's currency, each by the rate of the day it closes." example:"8542080"`
}

// dealSum is one row of dealSums: deals of one currency.
type dealSum struct {
	Currency    string `db:"currency"`
	Count       int    `db:"n"`
	Valued      int    `db:"valued"`
	Amount      int64  `db:"amount"`
	AmountBase  int64  `db:"amount_base"`
	Weighted    int64  `db:"weighted"`
	Unconverted int    `db:"unconverted"`
}

// dealSums are the columns of a dealSum, of the deals of dealsWithin that are grouped by their currency.
var dealSums = `d.currency, COUNT(*) AS n, COUNT(d.amount) AS valued, ` + SumOf("d.amount") + ` AS amount, ` + SumOf("d.amount_base") + ` AS amount_base, ` +
	SumOf("ROUND(d.amount_base * IF(d.status = 'open' AND d.own_probability IS NOT NULL, d.own_probability, s.probability) / 100)") + ` AS weighted, COUNT(d.amount) - COUNT(d.amount_base) AS unconverted`

// SumOf is SQL that adds a column up, as far as every client's JSON keeps a sum exactly.
func SumOf(column string) string {
	return fmt.Sprintf("CAST(LEAST(COALESCE(SUM(%s), 0), %d) AS SIGNED)", column, int64(maxMoney))
}

// noDeals are the totals of no deals.
func noDeals() DealTotals { return DealTotals{Currencies: []CurrencyTotal{}} }

// add counts the deals of a currency in.
func (t *DealTotals) add(s dealSum) {
	t.Count += s.Count
	t.Unconverted += s.Unconverted
	t.AmountBase, t.WeightedBase = min(t.AmountBase+s.AmountBase, maxMoney), min(t.WeightedBase+s.Weighted, maxMoney)
	if s.Valued == 0 {
		return
	}
	at, found := slices.BinarySearchFunc(t.Currencies, s.Currency, func(c CurrencyTotal, code string) int { return strings.Compare(c.Currency, code) })
	if !found {
		t.Currencies = slices.Insert(t.Currencies, at, CurrencyTotal{Currency: s.Currency})
	}
	c := &t.Currencies[at]
	c.Count += s.Valued
	c.Amount, c.AmountBase = min(c.Amount+s.Amount, maxMoney), min(c.AmountBase+s.AmountBase, maxMoney)
}

// dealsWithin returns the tables and the conditions of the deals (d) that a list with this would show, to be summed up,
// with their stages (s). Unless the search leaves only few, those are looked up first: then the key deals_sums, which
// begins with the stage, holds all that sums take, and no deal itself is read. One's own are few enough for any key.
func dealsWithin(q *tenant.Query, as *list.Resource, in ListQuery) (from string, where list.Condition, err error) {
	p, err := planDealsIn(q, as, in)
	if err != nil {
		return "", list.Condition{}, err
	}
	if p.IsNarrow() {
		p.Join("JOIN company.pipeline_stages s ON s.id = d.stage_id")
		return p.From(), p.Conditions(), nil
	}
	p.UseIndex("deals_sums")
	if q.Scope(dealRead).IsOneMember() {
		p.UseIndex("")
	}
	p.Join("ON d.stage_id = s.id")
	return "company.pipeline_stages s STRAIGHT_JOIN " + p.From(), p.Conditions(), nil
}
