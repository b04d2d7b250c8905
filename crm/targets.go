package crm

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

type targetKind struct{}

func (targetKind) Prefix() string { return "tgt" }

// TargetID identifies a target (tgt_…).
type TargetID = tenant.ID[targetKind]

// What targets are measured by.
const (
	TargetWonAmount    = "won_amount"
	TargetWins         = "wins"
	TargetInteractions = "interactions"
)

// TargetMeasures are all of them.
var TargetMeasures = []string{TargetWonAmount, TargetWins, TargetInteractions}

// Target is what a member or a team is to reach in a month: 目标.
type Target struct {
	ID        TargetID        `db:"id" json:"id" doc:"The target's id." example:"tgt_01h455vb4pex5vsknk084sn02q"`
	MemberID  tenant.MemberID `db:"member_id" json:"member_id" nullable:"true" doc:"Whose it is; null for a team's."`
	TeamID    TeamID          `db:"team_id" json:"team_id" nullable:"true" doc:"The team whose it is; null for a member's."`
	Month     string          `db:"-" json:"month" doc:"The month, in the company's time zone." example:"2026-03"`
	Measure   string          `db:"measure" json:"measure" enum:"won_amount,wins,interactions" doc:"What is measured: the worth of deals won, how many those are, or interactions logged."`
	Value     int64           `db:"value" json:"value" doc:"How much: minor units of the company's currency for won_amount, else how many." example:"50000000"`
	CreatedBy tenant.MemberID `db:"created_by" json:"created_by" nullable:"true" doc:"Who set it first; null for the system."`
	CreatedAt time.Time       `db:"created_at" json:"created_at" doc:"When it was set first (UTC)."`
	UpdatedAt time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`

	First Date `db:"month" json:"-"`

	// owner is whose it is to those who are told of a change: a team's is its lead's.
	owner tenant.MemberID
}

const targetColumns = `t.id, t.member_id, t.team_id, t.month, t.measure, t.value, t.created_by, t.created_at, t.updated_at`

// targetOwner is whose target it is: a team's is its lead's.
const targetOwner = "COALESCE(t.member_id, (SELECT g.lead_id FROM company.teams g WHERE g.id = t.team_id))"

var targets = &list.Resource{
	Name: "targets", Table: "company.targets", Alias: "t", OwnerColumn: targetOwner, Order: "month desc", Live: "1=1",
	Fields: map[string]list.Field{
		"month":   {Kind: list.Date, Column: "t.month", Sort: "t.month", Indexes: []list.Index{list.By("targets_month")}},
		"measure": {Kind: list.Enum, Column: "t.measure", Values: TargetMeasures},
		"member":  {Kind: list.Member, Column: "t.member_id", Nullable: true},
		"team":    {Kind: list.ID, Column: "t.team_id", Nullable: true, Parse: func(s string) (any, error) { return tenant.ParseID[teamKind](s) }},
		"value":   {Kind: list.Number, Column: "t.value"},
	},
}

func (t Target) sortKey(string) (any, [16]byte) { return t.First, t.ID }

func (t *Target) settle() { t.Month = string(t.First)[:len("2026-03")] }

// ListTargets returns one page of the targets of those within the caller's scope.
func ListTargets(ctx context.Context, q *tenant.Query, in ListQuery) (Page[Target], error) {
	if in.Q != "" {
		return Page[Target]{}, tenant.Invalid("q", "unsupported", "targets have no search; filter by month, measure, member or team")
	}
	p, err := list.New(q, targets, in, q.Scope(targetRead))
	if err != nil {
		return Page[Target]{}, err
	}
	page, err := list.Read(ctx, q, p, targetColumns, in.Count, Target.sortKey)
	for i := range page.Data {
		page.Data[i].settle()
	}
	return page, err
}
