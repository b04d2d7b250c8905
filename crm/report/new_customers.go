package report

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// NewCustomers counts customers by when they were made, by whom they belong to and by where they came from.
type NewCustomers struct {
	From    string        `json:"from" doc:"First day, in the company's time zone." example:"2026-01-01"`
	To      string        `json:"to" doc:"Last day." example:"2026-03-31"`
	Total   int           `json:"total" doc:"Customers made in the period that are not deleted." example:"86"`
	Steps   []StepCount   `json:"steps" nullable:"false" doc:"All days, weeks or months of the period."`
	Sources []SourceCount `json:"sources" nullable:"false" doc:"By source channel, the largest first, at most 200."`
	People  []PersonCount `json:"people" nullable:"false" doc:"By their present owner, the largest first, at most 500."`
}

// StepCount counts what is in one part of the period.
type StepCount struct {
	From  string `json:"from" doc:"Its first day." example:"2026-03-02"`
	Count int    `json:"count" doc:"How many." example:"7"`
}

// SourceCount counts what came from one source.
type SourceCount struct {
	Source string `db:"source" json:"source" doc:"Source channel; empty where none was given." example:"exhibition"`
	Count  int    `db:"n" json:"count" doc:"How many." example:"12"`
}

// PersonCount counts what belongs to one member.
type PersonCount struct {
	ID    tenant.MemberID `db:"id" json:"id" nullable:"true" doc:"The member; null for nobody's."`
	Name  string          `db:"name" json:"name" doc:"Display name; empty for nobody's." example:"陈晨"`
	Count int             `db:"n" json:"count" doc:"How many." example:"12"`
}

// peopleListed bounds how many members one report names.
const peopleListed = 500

// GetNewCustomers counts the customers made in the period, in steps of a day, a week or a month.
func GetNewCustomers(ctx context.Context, q *tenant.Query, in Query, by string) (NewCustomers, error) {
	zone := q.Company.Location()
	out := NewCustomers{Steps: []StepCount{}, Sources: []SourceCount{}, People: []PersonCount{}}
	out.From, out.To = in.days()
	steps, err := in.steps(zone, by)
	if err != nil || len(steps) == 0 {
		return out, err
	}
	for _, s := range steps {
		out.Steps = append(out.Steps, StepCount{From: s.first})
	}
	where, err := in.customers(ctx, q)
	if err != nil {
		return NewCustomers{}, err
	}
	from, to := in.bounds(zone)
	made := ` WHERE c.created_at >= ? AND c.created_at < ? AND ` + where.SQL
	args := append([]any{from, to}, where.Args...)
	step := stepOf("c.created_at", beginnings(steps))
	var rows []struct {
		Step  int `db:"step"`
		Count int `db:"n"`
	}
	if err := q.Select(ctx, &rows, `SELECT `+step.SQL+` AS step, COUNT(*) AS n FROM company.customers c`+made+` GROUP BY step`, append(step.Args, args...)...); err != nil {
		return NewCustomers{}, err
	}
	for _, r := range rows {
		out.Steps[r.Step-1].Count = r.Count
		out.Total += r.Count
	}
	// Sources are told apart to the byte, as in the other reports.
	if err := q.Select(ctx, &out.Sources, `SELECT MIN(c.source) AS source, COUNT(*) AS n FROM company.customers c`+made+`
		GROUP BY CAST(c.source AS BINARY) ORDER BY n DESC, source LIMIT ?`, append(args[:len(args):len(args)], sourcesListed)...); err != nil {
		return NewCustomers{}, err
	}
	err = q.Select(ctx, &out.People, `SELECT c.owner_id AS id, COALESCE(MIN(m.name), '') AS name, COUNT(*) AS n
		FROM company.customers c LEFT JOIN company.members m ON m.id = c.owner_id`+made+`
		GROUP BY c.owner_id ORDER BY n DESC, id LIMIT ?`, append(args[:len(args):len(args)], peopleListed)...)
	return out, err
}
