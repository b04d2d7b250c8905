package report

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Conversion says how far the customers created in a period have come.
type Conversion struct {
	From    string           `json:"from" doc:"First day, in the company's time zone." example:"2026-01-01"`
	To      string           `json:"to" doc:"Last day." example:"2026-03-31"`
	Stages  []StageCount     `json:"stages" nullable:"false" doc:"Where they stand now."`
	Total   ConversionRate   `json:"total" doc:"All sources together."`
	Sources []ConversionRate `json:"sources" nullable:"false" doc:"By source channel, the largest first."`
}

// StageCount counts customers in one stage.
type StageCount struct {
	Stage string `db:"lifecycle" json:"stage" enum:"potential,interested,won,lost" doc:"The stage."`
	Count int    `db:"n" json:"count" doc:"Customers in it now."`
}

// ConversionRate says how many of the customers of one source came how far.
type ConversionRate struct {
	Source string `db:"source" json:"source" doc:"Source channel; empty where none was given, and in the total." example:"exhibition"`
	// Created is the base of the rates.
	Created int `db:"created" json:"created" doc:"Customers created in the period."`
	// Interested counts those who were ever interested or further.
	Interested int     `db:"interested" json:"interested" doc:"Of them, were ever interested or won."`
	Won        int     `db:"won" json:"won" doc:"Of them, were ever won."`
	Lost       int     `db:"lost" json:"lost" doc:"Of them, are lost now."`
	WonRate    float64 `db:"-" json:"won_rate" doc:"won / created, 0 to 1." example:"0.25"`
}

// sourcesListed bounds how many sources one report names; the total counts all.
const sourcesListed = 200

// GetConversion returns the conversion of the customers created in the period. What a customer ever reached
// comes from the permanent history, so a later loss does not hide a win.
func GetConversion(ctx context.Context, q *tenant.Query, in Query) (Conversion, error) {
	where, err := in.customers(ctx, q)
	if err != nil {
		return Conversion{}, err
	}
	from, to := in.bounds(q.Company.Location())
	args := append([]any{from, to}, where.Args...)
	out := Conversion{Stages: []StageCount{}, Sources: []ConversionRate{}}
	out.From, out.To = in.days()
	created := ` WHERE c.created_at >= ? AND c.created_at < ? AND ` + where.SQL
	if err := q.Select(ctx, &out.Stages, `SELECT c.lifecycle, COUNT(*) AS n FROM company.customers c`+created+`
		GROUP BY c.lifecycle ORDER BY FIELD(c.lifecycle, 'potential', 'interested', 'won', 'lost')`, args...); err != nil {
		return Conversion{}, err
	}
	const counts = `COUNT(*) AS created, COALESCE(SUM(reached.interested OR reached.won), 0) AS interested,
		COALESCE(SUM(reached.won), 0) AS won, COALESCE(SUM(c.lifecycle = 'lost'), 0) AS lost
		FROM company.customers c
		LEFT JOIN (SELECT customer_id, MAX(to_stage = 'interested') AS interested, MAX(to_stage = 'won') AS won
			FROM company.lifecycle_history GROUP BY customer_id) reached ON reached.customer_id = c.id`
	if err := q.Get(ctx, &out.Total, `SELECT '' AS source, `+counts+created, args...); err != nil {
		return Conversion{}, err
	}
	// Sources are told apart to the byte, as in cohorts.
	if err := q.Select(ctx, &out.Sources, `SELECT MIN(c.source) AS source, `+counts+created+`
		GROUP BY CAST(c.source AS BINARY) ORDER BY created DESC, source LIMIT ?`, append(args, sourcesListed)...); err != nil {
		return Conversion{}, err
	}
	out.Total.rate()
	for i := range out.Sources {
		out.Sources[i].rate()
	}
	return out, nil
}

func (r *ConversionRate) rate() { r.WonRate = rate(r.Won, r.Created) }
