package crm

import (
	"context"
	"errors"
	"time"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// NewDeal is what a deal is made of.
type NewDeal struct {
	ID              *DealID          `json:"id,omitempty" doc:"An id made by the client, for creating offline; it may be used once."`
	Name            string           `json:"name" minLength:"1" maxLength:"200" doc:"What it is about." example:"华信 ERP 二期"`
	CustomerID      *CustomerID      `json:"customer_id,omitempty" doc:"The customer."`
	PipelineID      *PipelineID      `json:"pipeline_id,omitempty" doc:"The pipeline; the company's default when left out."`
	StageID         *StageID         `json:"stage_id,omitempty" doc:"Where it stands; the pipeline's first stage when left out. Of a deal that is closed, where it stood before."`
	Status          string           `json:"status,omitempty" enum:"open,won,lost" doc:"Whether it is open, or how it ended; open when left out."`
	OwnerID         *tenant.MemberID `json:"owner_id,omitempty" doc:"Whose deal it is; the caller's when left out."`
	Amount          *int64           `json:"amount,omitempty" minimum:"0" maximum:"9007199254740992" doc:"What it is worth, in minor units. Leave it out with items, whose sum it is then." example:"12000000"`
	Items           []NewDealItem    `json:"items,omitempty" maxItems:"200" doc:"Its lines, in their order."`
	Currency        string           `json:"currency,omitempty" doc:"ISO 4217; the company's currency when left out." example:"CNY"`
	OwnProbability  *int             `json:"own_probability,omitempty" minimum:"0" maximum:"100" doc:"How likely it is won, in percent; as its stage says when left out." example:"60"`
	ExpectedCloseOn *Date            `json:"expected_close_on,omitempty" format:"date" doc:"The day on which it is expected to be won." example:"2026-06-30"`
	LostReasonID    *LostReasonID    `json:"lost_reason_id,omitempty" doc:"Of a lost deal: why, from the company's list."`
	LostReason      string           `json:"lost_reason,omitempty" maxLength:"500" doc:"Of a lost deal: why, in words."`
	Source          string           `json:"source,omitempty" maxLength:"64" doc:"Where it came from." example:"exhibition"`
	Note            string           `json:"note,omitempty" maxLength:"10000" doc:"Free text."`
	Tags            []string         `json:"tags,omitempty" maxItems:"50" doc:"Names of tags; new ones are made." example:"[\"vip\"]"`
	Custom          CustomValues     `json:"custom,omitempty" doc:"Values of the company's own fields by their keys."`
	// A deal with a time of its own is history that is brought in.
	CreatedAt  *time.Time `json:"created_at,omitempty" doc:"When it began, if not now. With this, stage_since or closed_at the deal counts as brought in: no rules run and nobody is told." example:"2025-11-03T09:00:00+08:00"`
	StageSince *time.Time `json:"stage_since,omitempty" doc:"Since when an open deal stands in its stage, if not now." example:"2025-11-20T09:00:00+08:00"`
	ClosedAt   *time.Time `json:"closed_at,omitempty" doc:"When a closed deal was won or lost, if not now." example:"2026-01-15T09:00:00+08:00"`
}

// DealPatch changes some fields; what is absent stays, null clears. Stage and status change by moving the deal.
type DealPatch struct {
	Name            patch.Field[string]          `json:"name,omitzero" minLength:"1" maxLength:"200" doc:"What it is about." example:"华信 ERP 二期"`
	CustomerID      patch.Field[CustomerID]      `json:"customer_id,omitzero" doc:"The customer; null for none."`
	OwnerID         patch.Field[tenant.MemberID] `json:"owner_id,omitzero" doc:"Hands the deal over; null makes it nobody's."`
	Amount          patch.Field[int64]           `json:"amount,omitzero" minimum:"0" maximum:"9007199254740992" doc:"What it is worth, in minor units. Of a deal with items it is their sum and cannot be set." example:"12000000"`
	Currency        patch.Field[string]          `json:"currency,omitzero" doc:"ISO 4217. Of a deal with items it cannot be changed." example:"CNY"`
	OwnProbability  patch.Field[int]             `json:"own_probability,omitzero" minimum:"0" maximum:"100" doc:"How likely it is won, in percent; null takes the stage's." example:"60"`
	ExpectedCloseOn patch.Field[Date]            `json:"expected_close_on,omitzero" format:"date" doc:"The day on which it is expected to be won." example:"2026-06-30"`
	LostReasonID    patch.Field[LostReasonID]    `json:"lost_reason_id,omitzero" doc:"Of a lost deal: why, from the company's list."`
	LostReason      patch.Field[string]          `json:"lost_reason,omitzero" maxLength:"500" doc:"Of a lost deal: why, in words."`
	Source          patch.Field[string]          `json:"source,omitzero" maxLength:"64" doc:"Where it came from." example:"exhibition"`
	Note            patch.Field[string]          `json:"note,omitzero" maxLength:"10000" doc:"Free text."`
	Tags            patch.Field[[]string]        `json:"tags,omitzero" doc:"Replaces all tags; new ones are made." example:"[\"vip\"]"`
	Custom          patch.Field[CustomValues]    `json:"custom,omitzero" doc:"Changes the company's own fields: keys that are absent stay, null clears."`
}

// isHistory reports whether the deal has times of its own.
func (in NewDeal) isHistory() bool {
	return in.CreatedAt != nil || in.StageSince != nil || in.ClosedAt != nil
}

// deal checks the input and fills in what it leaves open.
func (in NewDeal) deal(ctx context.Context, tx *tenant.Tx) (d Deal, p Pipeline, items []DealItem, err error) {
	d = in.filled(tx)
	invalid := &tenant.InvalidError{}
	if p, err = in.place(ctx, tx, invalid, &d); err != nil {
		return d, p, nil, err
	}
	d.check(invalid)
	if err = d.checkCustomer(ctx, tx, invalid); err != nil {
		return d, p, nil, err
	}
	if err = d.explain(ctx, tx, invalid, in.LostReasonID, in.LostReason); err != nil {
		return d, p, nil, err
	}
	if !in.isHistory() {
		p.checkExplained(invalid, &d)
	}
	if err = checkOwner(ctx, tx, invalid, "owner_id", d.OwnerID, dealCreate); err != nil {
		return d, p, nil, err
	}
	if d.Custom, err = newCustom(ctx, tx, invalid, "deal", in.Custom, true); err != nil {
		return d, p, nil, err
	}
	if len(in.Items) > 0 {
		if in.Amount != nil {
			invalid.Add("amount", "from_items", "is the sum of the items; leave it out")
		}
		if items, err = makeItems(ctx, tx, invalid, "items", d.Currency, in.Items); err != nil {
			return d, p, nil, err
		}
		d.hold(invalid, items)
	}
	if err = invalid.Err(); err != nil {
		return d, p, nil, err
	}
	return d, p, items, nameTags(ctx, tx.Query, d.Tags)
}

// filled is the deal as the input has it.
func (in NewDeal) filled(tx *tenant.Tx) Deal {
	d := Deal{
		ID: tenant.NewID[dealKind](), Name: in.Name, OwnerID: tx.Caller.Member, Amount: in.Amount, Currency: in.Currency,
		OwnProbability: in.OwnProbability, ExpectedCloseOn: in.ExpectedCloseOn, Source: in.Source, Note: in.Note, Tags: in.Tags,
		Rank: topRank(tx.Now), CreatedBy: tx.Caller.Member, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if in.ID != nil && !in.ID.IsZero() {
		d.ID = *in.ID
	}
	if in.CustomerID != nil {
		d.CustomerID = *in.CustomerID
	}
	if in.OwnerID != nil {
		d.OwnerID = *in.OwnerID
	}
	if d.Currency == "" {
		d.Currency = tx.Company.Currency
	}
	return d
}

// place puts a new deal where it stands, at the times that it comes with.
func (in NewDeal) place(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, d *Deal) (p Pipeline, err error) {
	if in.Status != "" {
		checkWord(invalid, "status", in.Status, dealStatuses)
	}
	var stage PipelineStage
	if in.StageID != nil && !in.StageID.IsZero() {
		p, stage, err = sharedStage(ctx, tx, *in.StageID)
		if errors.Is(err, tenant.ErrNotFound) {
			invalid.Add("stage_id", "unknown", "is not a stage of a pipeline")
			return p, nil
		}
	} else {
		p, err = sharedPipeline(ctx, tx, deref(in.PipelineID))
		if errors.Is(err, tenant.ErrNotFound) {
			invalid.Add("pipeline_id", "unknown", "is not a pipeline")
			return p, nil
		}
	}
	if err != nil {
		return p, err
	}
	if stage.ID.IsZero() {
		stage = p.ending(in.Status)
	} else if in.PipelineID != nil && *in.PipelineID != p.ID {
		invalid.Add("stage_id", "invalid", "is a stage of another pipeline")
	}
	in.stand(tx, invalid, d, p, stage)
	return p, nil
}

// stand puts a new deal into a stage, or, where it is closed and the stage open, to the end of the pipeline.
func (in NewDeal) stand(tx *tenant.Tx, invalid *tenant.InvalidError, d *Deal, p Pipeline, stage PipelineStage) {
	switch {
	case stage.Kind != DealOpen && in.Status != "" && in.Status != stage.Kind:
		invalid.Add("status", "invalid", "does not fit the stage, where deals are "+stage.Kind)
	case stage.Kind == DealOpen && in.Status != "" && in.Status != DealOpen:
		d.Stood, stage = stage.ID, p.ending(in.Status)
	}
	d.enter(stage, in.times(tx, invalid, stage, d), tx.Query)
}

// times sees to it that the times a deal comes with have passed and follow each other. It returns when the deal came
// where it stands.
func (in NewDeal) times(tx *tenant.Tx, invalid *tenant.InvalidError, stage PipelineStage, d *Deal) time.Time {
	since, field, at := tx.Now, "stage_since", utc(in.StageSince)
	if stage.Kind != DealOpen {
		field, at = "closed_at", utc(in.ClosedAt)
	}
	switch {
	case stage.Kind == DealOpen && in.ClosedAt != nil:
		invalid.Add("closed_at", "invalid", "is only for deals that are won or lost")
	case stage.Kind != DealOpen && in.StageSince != nil:
		invalid.Add("stage_since", "invalid", "is only for open deals; say when it was closed by closed_at")
	}
	if at != nil {
		checkPast(tx, invalid, field, *at)
		since = *at
	}
	d.CreatedAt = since // what is brought in began no later than it came there
	if in.CreatedAt != nil {
		d.CreatedAt = *utc(in.CreatedAt)
		checkPast(tx, invalid, "created_at", d.CreatedAt)
		if d.CreatedAt.After(since) {
			invalid.Add("created_at", "out_of_range", "is after "+field)
		}
	}
	return since
}

// checkPast keeps out what has not happened yet, and slips of the pen.
func checkPast(tx *tenant.Tx, invalid *tenant.InvalidError, field string, at time.Time) {
	if at.After(tx.Now) {
		invalid.Add(field, "out_of_range", "is in the future")
		return
	}
	checkTime(invalid, field, &at)
}

// enter puts the deal into a stage.
func (d *Deal) enter(s PipelineStage, at time.Time, q *tenant.Query) {
	d.PipelineID, d.StageID, d.Status, d.StageSince = s.PipelineID, s.ID, s.Kind, at
	d.StageProbability, d.RottingDays = s.Probability, s.RottingDays
	d.ClosedAt, d.ClosedOn = nil, nil
	if s.Kind != DealOpen {
		day := companyDay(q, at)
		d.ClosedAt, d.ClosedOn = &at, &day
	}
	if s.Kind != DealLost {
		d.LostReasonID, d.LostReason = LostReasonID{}, ""
	}
}

// check examines what creating and changing have in common.
func (d *Deal) check(invalid *tenant.InvalidError) {
	checkRequired(invalid, "name", d.Name, 200)
	checkNumber(invalid, "amount", d.Amount, 0, maxMoney)
	checkCurrency(invalid, "currency", &d.Currency)
	checkNumber(invalid, "own_probability", d.OwnProbability, 0, 100)
	checkDate(invalid, "expected_close_on", d.ExpectedCloseOn)
	checkText(invalid, "source", d.Source, 64)
	checkText(invalid, "note", d.Note, 10_000)
	d.Tags = cleanTags(invalid, "tags", d.Tags)
}

func (d *Deal) checkCustomer(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError) error {
	if d.CustomerID.IsZero() {
		return nil
	}
	_, err := hangOn(ctx, tx, invalid, "customer_id", d.CustomerID, customerRead)
	return err
}

// explain says why a deal was lost: by a reason of the company's list, in words, or both. A reason alone gives its name.
func (d *Deal) explain(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, id *LostReasonID, words string) error {
	named := id != nil && !id.IsZero()
	if d.Status != DealLost {
		if named || words != "" {
			invalid.Add("lost_reason", "invalid", "is only for lost deals")
		}
		return nil
	}
	checkText(invalid, "lost_reason", words, 500)
	d.LostReasonID, d.LostReason = LostReasonID{}, words
	if !named {
		return nil
	}
	reason, err := findLostReason(ctx, tx.Query, *id, "")
	if errors.Is(err, tenant.ErrNotFound) {
		invalid.Add("lost_reason_id", "unknown", "is not a reason of this company")
		return nil
	}
	d.LostReasonID = reason.ID
	if isBlank(words) {
		d.LostReason = reason.Name
	}
	return err
}

// checkExplained refuses a loss without a reason where the pipeline asks for one.
func (p *Pipeline) checkExplained(invalid *tenant.InvalidError, d *Deal) {
	if d.Status == DealLost && p.NeedsLostReason && isBlank(d.LostReason) {
		invalid.Add("lost_reason", "required", "say why, by lost_reason_id or in words")
	}
}
