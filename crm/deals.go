package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

type dealKind struct{}

func (dealKind) Prefix() string { return "deal" }

// DealID identifies a deal (deal_…).
type DealID = tenant.ID[dealKind]

// ParseDealID reads a deal's id.
func ParseDealID(s string) (DealID, error) { return tenant.ParseID[dealKind](s) }

// Deal is something that a customer may buy: 商机.
type Deal struct {
	ID         DealID     `db:"id" json:"id" doc:"The deal's id." example:"deal_01h455vb4pex5vsknk084sn02q"`
	Name       string     `db:"name" json:"name" doc:"What it is about." example:"华信 ERP 二期"`
	CustomerID CustomerID `db:"customer_id" json:"customer_id" nullable:"true" doc:"The customer; null while there is none."`
	// Customer is filled in where deals are read, under the reader's scope, and left out of events.
	Customer   *CustomerCard   `db:"-" json:"customer,omitempty" doc:"Whom to call: the customer, unless that is out of your reach."`
	PipelineID PipelineID      `db:"pipeline_id" json:"pipeline_id" doc:"The pipeline it goes through."`
	StageID    StageID         `db:"stage_id" json:"stage_id" doc:"Where it stands there; of a closed deal the pipeline's won or lost."`
	StageSince time.Time       `db:"stage_since" json:"stage_since" doc:"Since when it stands there (UTC)."`
	Stalled    bool            `db:"-" json:"stalled" doc:"Whether it is open and has stood there longer than the stage's rotting_days."`
	Rank       string          `db:"board_rank" json:"rank" doc:"Its place in the column of its stage: in the order of these texts, byte by byte." example:"MsR3kQz0aXp1"`
	Status     string          `db:"status" json:"status" enum:"open,won,lost" doc:"Whether it is open, or how it ended."`
	OwnerID    tenant.MemberID `db:"owner_id" json:"owner_id" nullable:"true" doc:"The member whose deal it is; null for nobody's."`
	Amount     *int64          `db:"amount" json:"amount" doc:"What it is worth, in minor units of currency; null while that is not known. Of a deal with items it is their sum, before tax." example:"12000000"`
	Currency   string          `db:"currency" json:"currency" doc:"ISO 4217 code." example:"CNY"`
	ItemCount  int             `db:"item_count" json:"item_count" doc:"How many lines it has." example:"3"`
	// AmountBase follows from the amount and the exchange rates.
	AmountBase *int64           `db:"amount_base" json:"amount_base" doc:"The amount in minor units of the company's currency; null without an amount or a rate." example:"12000000"`
	Rate       *decimal.Decimal `db:"rate" json:"rate" doc:"The exchange rate behind amount_base." example:"7.1184"`
	RateOn     *Date            `db:"rate_on" json:"rate_on" format:"date" doc:"From when that rate is; null in the company's own currency." example:"2026-03-02"`
	// OwnProbability stands in place of the stage's.
	OwnProbability  *int            `db:"own_probability" json:"own_probability" doc:"How likely it is won, in percent, as somebody has judged; null takes the stage's." example:"60"`
	Probability     int             `db:"-" json:"probability" doc:"How likely it is won, in percent: own_probability or else the stage's; 100 and 0 once it is closed." example:"50"`
	ExpectedCloseOn *Date           `db:"expected_close_on" json:"expected_close_on" format:"date" doc:"The day on which it is expected to be won." example:"2026-06-30"`
	ClosedAt        *time.Time      `db:"closed_at" json:"closed_at" doc:"When it was won or lost (UTC); null while it is open."`
	ClosedOn        *Date           `db:"closed_on" json:"closed_on" format:"date" doc:"The day of that, in the company's time zone as it was then." example:"2026-06-24"`
	LostReasonID    LostReasonID    `db:"lost_reason_id" json:"lost_reason_id" nullable:"true" doc:"Why it was lost, from the company's list."`
	LostReason      string          `db:"lost_reason" json:"lost_reason" doc:"Why it was lost, in words; empty otherwise."`
	Source          string          `db:"source" json:"source" doc:"Where it came from." example:"exhibition"`
	Note            string          `db:"note" json:"note" doc:"Free text."`
	Tags            []string        `db:"-" json:"tags" nullable:"false" doc:"Names of the tags, in alphabetical order." example:"[\"vip\"]"`
	Custom          CustomValues    `db:"custom" json:"custom" mask:"by form" doc:"Values of the company's own fields by their keys; /v1/custom-fields says what they are."`
	NextTaskAt      *time.Time      `db:"next_task_at" json:"next_task_at" doc:"Due time of the earliest open task about it (UTC), null without one."`
	LastActivityAt  *time.Time      `db:"last_activity_at" json:"last_activity_at" doc:"When a task about it was last done (UTC), null before."`
	CreatedBy       tenant.MemberID `db:"created_by" json:"created_by" nullable:"true" doc:"Who made the record; null for the system."`
	CreatedAt       time.Time       `db:"created_at" json:"created_at" doc:"When it began (UTC)."`
	UpdatedAt       time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version         int64           `db:"version" json:"-"`

	NameSort         string    `db:"name_sort" json:"-"`
	AmountSort       int64     `db:"amount_sort" json:"-"`
	ExpectedSort     Date      `db:"expected_sort" json:"-"`
	ClosedSort       time.Time `db:"closed_sort" json:"-"`
	NextTaskSort     time.Time `db:"next_task_sort" json:"-"`
	LastActivitySort time.Time `db:"last_activity_sort" json:"-"`
	// Stood is the open stage in which a new deal that is closed was before, if one is known.
	Stood StageID `db:"-" json:"-"`
	// StageProbability and RottingDays are the stage's.
	StageProbability int  `db:"stage_probability" json:"-"`
	RottingDays      *int `db:"rotting_days" json:"-"`
}

// dealColumns read the stage's numbers by subquery, because a locking read would lock what it joins.
const dealColumns = `d.id, d.name, d.customer_id, d.pipeline_id, d.stage_id, d.stage_since, d.board_rank, d.status, d.owner_id, d.amount,
	d.item_count, d.currency, d.amount_base, d.rate, d.rate_on, d.own_probability, d.expected_close_on, d.closed_at, d.closed_on, d.lost_reason_id,
	d.lost_reason, d.source, d.note, d.next_task_at, d.last_activity_at, d.created_by, d.created_at, d.updated_at, d.version, d.name_sort,
	d.amount_sort, d.expected_sort, d.closed_sort, d.next_task_sort, d.last_activity_sort, d.custom,
	(SELECT s.probability FROM company.pipeline_stages s WHERE s.id = d.stage_id) AS stage_probability,
	(SELECT s.rotting_days FROM company.pipeline_stages s WHERE s.id = d.stage_id) AS rotting_days`

// dealProbability is Deal.Probability in SQL.
const dealProbability = `IF(d.status = 'open' AND d.own_probability IS NOT NULL, d.own_probability,
	(SELECT s.probability FROM company.pipeline_stages s WHERE s.id = d.stage_id))`

var dealStatuses = []string{DealOpen, DealWon, DealLost}

var deals = &list.Resource{
	Name: "deals", Table: "company.deals", Alias: "d", OwnerColumn: "d.owner_id", CustomerColumn: "d.customer_id", Owner: "owner",
	Order: "updated_at desc", Live: "d.deleted_at IS NULL", Trash: "deals_deleted",
	Fields: map[string]list.Field{
		"id":                {Kind: list.ID, Column: "d.id", Rare: true, Parse: func(s string) (any, error) { return ParseDealID(s) }},
		"name":              {Kind: list.Text, Column: "d.name", Sort: "d.name_sort", Indexes: dealIndexes("name")},
		"customer":          {Kind: list.ID, Column: "d.customer_id", Nullable: true, Rare: true, Parse: func(s string) (any, error) { return ParseCustomerID(s) }},
		"pipeline":          {Kind: list.ID, Column: "d.pipeline_id", Parse: func(s string) (any, error) { return tenant.ParseID[pipelineKind](s) }},
		"stage":             {Kind: list.ID, Column: "d.stage_id", Parse: func(s string) (any, error) { return tenant.ParseID[stageKind](s) }},
		"stage_since":       {Kind: list.Time, Column: "d.stage_since"},
		"stalled":           {Kind: list.Bool, Derive: isStalled},
		"status":            {Kind: list.Enum, Column: "d.status", Values: dealStatuses},
		"owner":             {Kind: list.Member, Column: "d.owner_id", Nullable: true},
		"amount":            {Kind: list.Number, Column: "d.amount", Nullable: true},
		"amount_base":       {Kind: list.Number, Column: "d.amount_base", Nullable: true, Sort: "d.amount_sort", Indexes: dealIndexes("amount")},
		"product":           {Kind: list.ID, Column: "i.product_id", Within: "EXISTS (SELECT 1 FROM company.deal_items i WHERE i.deal_id = d.id AND %s)", Parse: func(s string) (any, error) { return tenant.ParseID[productKind](s) }},
		"currency":          {Kind: list.Text, Column: "d.currency"},
		"own_probability":   {Kind: list.Number, Column: "d.own_probability", Nullable: true},
		"probability":       {Kind: list.Number, Column: dealProbability},
		"expected_close_on": {Kind: list.Date, Column: "d.expected_close_on", Nullable: true, Sort: "d.expected_sort", Indexes: append(dealIndexes("expected"), list.By("deals_status_expected", "status"), list.By("deals_owner_status_expected", "owner", "status"))},
		"closed_at":         {Kind: list.Time, Column: "d.closed_at", Nullable: true, Sort: "d.closed_sort", Indexes: dealIndexes("closed")},
		"closed_on":         {Kind: list.Date, Column: "d.closed_on", Nullable: true},
		"lost_reason_id":    {Kind: list.ID, Column: "d.lost_reason_id", Nullable: true, Parse: func(s string) (any, error) { return tenant.ParseID[lostReasonKind](s) }},
		"lost_reason":       {Kind: list.Text, Column: "d.lost_reason"},
		"source":            {Kind: list.Text, Column: "d.source"},
		"note":              {Kind: list.Text, Column: "d.note"},
		"tags":              {Kind: list.Tags, Column: "d.id", Parse: parseTag},
		"next_task_at":      {Kind: list.Time, Column: "d.next_task_at", Nullable: true, Sort: "d.next_task_sort", Indexes: dealIndexes("next_task")},
		"last_activity_at":  {Kind: list.Time, Column: "d.last_activity_at", Nullable: true, Sort: "d.last_activity_sort", Indexes: dealIndexes("last_activity")},
		"created_by":        {Kind: list.Member, Column: "d.created_by", Nullable: true},
		"created_at":        {Kind: list.Time, Column: "d.created_at", Sort: "d.created_at", Indexes: dealIndexes("created")},
		"updated_at":        {Kind: list.Time, Column: "d.updated_at", Sort: "d.updated_at", Indexes: dealIndexes("updated")},
	},
}

// dealIndexes names the two keys of an order: over the whole company, and over one owner's deals.
func dealIndexes(order string) []list.Index {
	return []list.Index{list.By("deals_" + order), list.By("deals_owner_"+order, "owner")}
}

// isStalled is Deal.Stalled as a condition.
func isStalled(q *tenant.Query) list.Condition {
	return list.Condition{SQL: `(d.status = 'open' AND EXISTS (SELECT 1 FROM company.pipeline_stages s
		WHERE s.id = d.stage_id AND d.stage_since < ? - INTERVAL s.rotting_days DAY))`, Args: []any{q.Now}}
}

func (d Deal) sortKey(column string) (any, [16]byte) {
	switch column {
	case "d.name_sort":
		return d.NameSort, d.ID
	case "d.amount_sort":
		return d.AmountSort, d.ID
	case "d.expected_sort":
		return d.ExpectedSort, d.ID
	case "d.closed_sort":
		return d.ClosedSort, d.ID
	case "d.next_task_sort":
		return d.NextTaskSort, d.ID
	case "d.last_activity_sort":
		return d.LastActivitySort, d.ID
	case "d.created_at":
		return d.CreatedAt, d.ID
	case "d.board_rank":
		return d.Rank, d.ID
	}
	return d.UpdatedAt, d.ID
}

func (d *Deal) tagged() (tenant.RecordID, *[]string) { return tenant.RecordID(d.ID), &d.Tags }

// customMade and customTo show a deal as it is made, and before a change, with what its custom fields hold after it.
func (d *Deal) customMade() customRecord {
	return customRecord{id: tenant.RecordID(d.ID), after: d.Custom}
}

func (d *Deal) customTo(after CustomValues) customRecord {
	return customRecord{tenant.RecordID(d.ID), d.Custom, after}
}

func (d *Deal) carded() (CustomerID, **CustomerCard) { return d.CustomerID, &d.Customer }

// settle works out what follows from the columns.
func (d *Deal) settle(now time.Time) {
	d.Probability = d.StageProbability
	if d.Status == DealOpen && d.OwnProbability != nil {
		d.Probability = *d.OwnProbability
	}
	d.Stalled = d.Status == DealOpen && d.RottingDays != nil && d.StageSince.Before(now.AddDate(0, 0, -*d.RottingDays))
	d.Rate = trimmed(d.Rate)
}

// ListDeals returns one page of the deals within the caller's scope.
func ListDeals(ctx context.Context, q *tenant.Query, in ListQuery) (Page[Deal], error) {
	p, err := planDeals(ctx, q, in)
	if err != nil {
		return Page[Deal]{}, err
	}
	page, err := list.Read(ctx, q, p, dealColumns, in.Count, Deal.sortKey)
	if err != nil {
		return Page[Deal]{}, err
	}
	return page, fillDeals(ctx, q, page.Data)
}

func planDeals(ctx context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error) {
	as, err := customised(ctx, q, deals, in)
	if err != nil {
		return nil, err
	}
	return planDealsIn(q, as, in)
}

// planDealsIn is planDeals where the custom fields are known already.
func planDealsIn(q *tenant.Query, as *list.Resource, in ListQuery, extra ...list.Condition) (*list.Plan, error) {
	p, err := list.New(q, as, in, q.Scope(dealRead), extra...)
	if err != nil || in.Q == "" {
		return p, err
	}
	p.Search(search.Words(search.Deals, "d", in.Q, false))
	return p, nil
}

// fillDeals gives the deals of a page what stands in other tables.
func fillDeals(ctx context.Context, q *tenant.Query, page []Deal) error {
	for i := range page {
		page[i].settle(q.Now)
	}
	if err := fillTags(ctx, q, page, (*Deal).tagged, ""); err != nil {
		return err
	}
	return fillCards(ctx, q, page, (*Deal).carded)
}

// GetDeal returns a deal within the caller's scope, else ErrNotFound.
func GetDeal(ctx context.Context, q *tenant.Query, id DealID) (Deal, error) {
	d, err := findDeal(ctx, q, id, dealRead, "")
	if err != nil {
		return Deal{}, err
	}
	one := []Deal{d}
	err = fillCards(ctx, q, one, (*Deal).carded)
	return one[0], err
}

// lockDeal is GetDeal for a change: the row stays locked until the transaction ends. version, when not 0, must be the
// record's, else ErrStale.
func lockDeal(ctx context.Context, tx *tenant.Tx, id DealID, p tenant.Permission, version int64) (Deal, error) {
	d, err := findDeal(ctx, tx.Query, id, p, "FOR UPDATE")
	if err == nil && version != 0 && version != d.Version {
		err = fmt.Errorf("deal %s: %w", id, tenant.ErrStale)
	}
	return d, err
}

func findDeal(ctx context.Context, q *tenant.Query, id DealID, p tenant.Permission, lock string) (Deal, error) {
	visible, args := q.Scope(p).Where("d.owner_id", "d.customer_id")
	var d Deal
	if err := q.Get(ctx, &d, `SELECT `+dealColumns+` FROM company.deals d
		WHERE d.id = ? AND d.deleted_at IS NULL AND `+visible+` `+lock, append([]any{id}, args...)...); err != nil {
		return Deal{}, fmt.Errorf("deal %s: %w", id, err)
	}
	d.settle(q.Now)
	one := []Deal{d}
	err := fillTags(ctx, q, one, (*Deal).tagged, lock)
	return one[0], err
}
