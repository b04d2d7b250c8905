package report

import (
	"context"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// WonLost says which deals ended in a period, how, and why those that were lost were lost: 赢单与输单.
type WonLost struct {
	From    string         `json:"from" doc:"First day, in the company's time zone." example:"2026-01-01"`
	To      string         `json:"to" doc:"Last day." example:"2026-03-31"`
	Total   Endings        `json:"total" doc:"All deals that were closed in the period."`
	Months  []MonthEndings `json:"months" nullable:"false" doc:"The same by month; months without any are left out."`
	Reasons []LossReason   `json:"reasons" nullable:"false" doc:"Why deals were lost, the most frequent first, at most 200."`
	People  []PersonResult `json:"people" nullable:"false" doc:"By owner, the one who won most first, at most 500."`
	Sources []SourceResult `json:"sources" nullable:"false" doc:"By source of the deal, the one with most wins first, at most 200."`
}

// Endings counts deals by how they ended. Amounts stop at 2^53.
type Endings struct {
	Won        int   `db:"won" json:"won" doc:"Deals won." example:"12"`
	Lost       int   `db:"lost" json:"lost" doc:"Deals lost." example:"8"`
	WonAmount  int64 `db:"won_amount" json:"won_amount" doc:"What was won, in minor units of the company's currency." example:"48000000"`
	LostAmount int64 `db:"lost_amount" json:"lost_amount" doc:"What was lost." example:"21000000"`
	// WonRate and WonDays are null in the answer for nothing to reckon them from.
	WonRate *float64 `db:"-" json:"won_rate" doc:"won / (won + lost), 0 to 1; null without either." example:"0.6"`
	WonDays *float64 `db:"won_days" json:"won_days" doc:"How many days it took on average from the beginning of a deal until it was won; null without any." example:"47.3"`
}

// MonthEndings are those of one month.
type MonthEndings struct {
	Month string `db:"month" json:"month" doc:"The month." example:"2026-03"`
	Endings
}

// LossReason counts deals that were lost for one reason.
type LossReason struct {
	ID     crm.LostReasonID `db:"id" json:"id" nullable:"true" doc:"The reason from the company's list; null for reasons in words alone."`
	Name   string           `db:"name" json:"name" doc:"What it is called; empty for reasons in words alone." example:"Price"`
	Count  int              `db:"n" json:"count" doc:"Deals lost for it." example:"5"`
	Amount int64            `db:"amount" json:"amount" doc:"What they were worth, in minor units of the company's currency." example:"9000000"`
}

// PersonResult is one owner's.
type PersonResult struct {
	ID   tenant.MemberID `db:"id" json:"id" nullable:"true" doc:"The member; null for nobody's."`
	Name string          `db:"name" json:"name" doc:"Display name; empty for nobody's." example:"陈晨"`
	Endings
}

// SourceResult is that of one source.
type SourceResult struct {
	Source string `db:"source" json:"source" doc:"Source of the deal; empty where none was given." example:"exhibition"`
	Endings
}

var endings = `SUM(d.status = 'won') AS won, SUM(d.status = 'lost') AS lost, ` +
	crm.SumOf("IF(d.status = 'won', d.amount_base, 0)") + ` AS won_amount, ` + crm.SumOf("IF(d.status = 'lost', d.amount_base, 0)") + ` AS lost_amount,
	ROUND(AVG(IF(d.status = 'won', TIMESTAMPDIFF(SECOND, d.created_at, d.closed_at), NULL)) / 86400, 1) AS won_days`

// GetWonLost sums up the deals within the caller's reach that were closed in the period. Owner and filter are the deals'.
func GetWonLost(ctx context.Context, q *tenant.Query, in Query) (WonLost, error) {
	out := WonLost{Months: []MonthEndings{}, Reasons: []LossReason{}, People: []PersonResult{}, Sources: []SourceResult{}}
	out.From, out.To = in.days()
	where, err := in.deals(ctx, q)
	if err != nil {
		return WonLost{}, err
	}
	// The day of closing is the company's as it was then, so no zone has to be reckoned with.
	closed := list.All(list.Condition{SQL: "d.closed_on BETWEEN ? AND ? AND d.status IN ('won', 'lost')", Args: []any{out.From, out.To}}, where)
	if err := q.Select(ctx, &out.Months, `SELECT DATE_FORMAT(d.closed_on, '%Y-%m') AS month, `+endings+` FROM company.deals d WHERE `+closed.SQL+`
		GROUP BY month ORDER BY month`, closed.Args...); err != nil {
		return WonLost{}, err
	}
	if err := q.Get(ctx, &out.Total, `SELECT COALESCE(t.won, 0) AS won, COALESCE(t.lost, 0) AS lost, t.won_amount, t.lost_amount, t.won_days
		FROM (SELECT `+endings+` FROM company.deals d WHERE `+closed.SQL+`) t`, closed.Args...); err != nil {
		return WonLost{}, err
	}
	if err := q.Select(ctx, &out.Reasons, `SELECT d.lost_reason_id AS id, COALESCE(MIN(r.name), '') AS name, COUNT(*) AS n, `+crm.SumOf("d.amount_base")+` AS amount
		FROM company.deals d LEFT JOIN company.lost_reasons r ON r.id = d.lost_reason_id WHERE d.status = 'lost' AND `+closed.SQL+`
		GROUP BY d.lost_reason_id ORDER BY n DESC, id LIMIT ?`, append(closed.Args[:len(closed.Args):len(closed.Args)], sourcesListed)...); err != nil {
		return WonLost{}, err
	}
	if err := q.Select(ctx, &out.People, `SELECT d.owner_id AS id, COALESCE(MIN(m.name), '') AS name, `+endings+`
		FROM company.deals d LEFT JOIN company.members m ON m.id = d.owner_id WHERE `+closed.SQL+`
		GROUP BY d.owner_id ORDER BY won_amount DESC, won DESC, id LIMIT ?`, append(closed.Args[:len(closed.Args):len(closed.Args)], peopleListed)...); err != nil {
		return WonLost{}, err
	}
	// Sources are told apart to the byte, as in the other reports.
	if err := q.Select(ctx, &out.Sources, `SELECT MIN(d.source) AS source, `+endings+` FROM company.deals d WHERE `+closed.SQL+`
		GROUP BY CAST(d.source AS BINARY) ORDER BY won DESC, source LIMIT ?`, append(closed.Args[:len(closed.Args):len(closed.Args)], sourcesListed)...); err != nil {
		return WonLost{}, err
	}
	out.rate()
	return out, nil
}

func (w *WonLost) rate() {
	w.Total.rate()
	for i := range w.Months {
		w.Months[i].rate()
	}
	for i := range w.People {
		w.People[i].rate()
	}
	for i := range w.Sources {
		w.Sources[i].rate()
	}
}

func (e *Endings) rate() {
	if ended := e.Won + e.Lost; ended > 0 {
		part := rate(e.Won, ended)
		e.WonRate = &part
	}
}
