package crm

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// dealWritten lists the columns that a deal is written to.
var dealWritten = []string{
	"id", "name", "name_sort", "search_text", "customer_id", "pipeline_id", "stage_id", "board_rank", "stage_since", "status", "owner_id",
	"amount", "item_count", "currency", "amount_base", "rate", "rate_on", "own_probability", "expected_close_on", "closed_at", "closed_on", "lost_reason_id",
	"lost_reason", "source", "note", "custom", "version", "created_by", "created_at", "updated_at",
}

// dealKept lists those of them that no update writes.
var dealKept = []string{"id", "created_by", "created_at"}

var (
	insertIntoDeals = insertInto("deals", dealWritten)
	overwriteDeals  = overwriting(dealWritten, dealKept)
)

func (d *Deal) written() []any {
	return []any{
		d.ID, d.Name, d.NameSort, d.searchText(), d.CustomerID, d.PipelineID, d.StageID, d.Rank, d.StageSince, d.Status, d.OwnerID,
		d.Amount, d.ItemCount, d.Currency, d.AmountBase, d.Rate, d.RateOn, d.OwnProbability, d.ExpectedCloseOn, d.ClosedAt, d.ClosedOn, d.LostReasonID,
		d.LostReason, d.Source, d.Note, d.Custom.String(), d.Version, d.CreatedBy, d.CreatedAt, d.UpdatedAt,
	}
}

func (d *Deal) searchText() string { return search.Text(d.Name) }

func (d *Deal) event(kind string, before, after tenant.MemberID, previous any) tenant.Event {
	return tenant.Event{
		Type: kind, Resource: "deal", Record: tenant.RecordID(d.ID), OwnerBefore: before, OwnerAfter: after, Data: *d, Previous: previous,
	}
}

// insertDeals writes checked deals with all that belongs to them, in a few statements for all of them.
func insertDeals(ctx context.Context, tx *tenant.Tx, all []Deal, quiet bool) error {
	rows := tx.Bulk(insertIntoDeals, len(dealWritten), "")
	index, labels, events := make([]search.Row, len(all)), make([]tagged, len(all)), make([]tenant.Event, len(all))
	var visits []dealVisit
	for i := range all {
		d := &all[i]
		d.settle(tx.Now)
		d.NameSort = search.NameSort(d.Name)
		index[i], labels[i] = search.RowOf(tenant.RecordID(d.ID), d.searchText()), tagged{tenant.RecordID(d.ID), d.Tags}
		if err := rows.Add(ctx, d.written()...); err != nil {
			return err
		}
		visits = append(visits, d.firstVisits()...)
	}
	if err := rows.Flush(ctx); err != nil {
		return err
	}
	if err := search.Insert(ctx, tx, search.Deals, index); err != nil {
		return err
	}
	if err := insertTags(ctx, tx, labels); err != nil {
		return err
	}
	if err := saveCustom(ctx, tx, "deal", customRecords(all, (*Deal).customMade)); err != nil {
		return err
	}
	if err := insertVisits(ctx, tx, visits); err != nil {
		return err
	}
	for i := range all {
		events[i] = all[i].event("deal.created", tenant.MemberID{}, all[i].OwnerID, nil)
	}
	return tx.EmitAll(ctx, events, quiet)
}

// dealChange is a locked deal before and after a change, with the fields that differ as they were, and the event that
// tells of it.
type dealChange struct {
	before, after Deal
	previous      map[string]any
	event         string
}

// changeDeal works out what a change comes to.
func changeDeal(ctx context.Context, tx *tenant.Tx, before, after Deal, event string) (dealChange, error) {
	if !sameMoney(&before, &after) {
		if err := after.convert(ctx, tx.Query); err != nil {
			return dealChange{}, err
		}
	}
	after.settle(tx.Now)
	previous, err := differences(before, after)
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	return dealChange{before, after, previous, event}, err
}

// sameMoney reports whether two states of a deal are converted alike.
func sameMoney(a, b *Deal) bool {
	return samePointer(a.Amount, b.Amount) && a.Currency == b.Currency && samePointer(a.closeOn(), b.closeOn())
}

func samePointer[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

func (c *dealChange) custom() customRecord { return c.before.customTo(c.after.Custom) }

func (c *dealChange) isNothing() bool { return len(c.previous) == 0 }

// saveDeals writes changed deals with all that belongs to them. Where a deal has come into another stage, its history
// goes on.
func saveDeals(ctx context.Context, tx *tenant.Tx, all []dealChange, quiet bool) error {
	rows := tx.Bulk(insertIntoDeals, len(dealWritten), overwriteDeals)
	var retagged []tagged
	var visits []dealVisit
	events := make([]tenant.Event, len(all))
	for i := range all {
		before, after := &all[i].before, &all[i].after
		after.NameSort = search.NameSort(after.Name)
		if err := rows.Add(ctx, after.written()...); err != nil {
			return err
		}
		if err := search.Replace(ctx, tx, search.Deals, tenant.RecordID(after.ID), before.searchText(), after.searchText()); err != nil {
			return err
		}
		if _, changed := all[i].previous["tags"]; changed {
			retagged = append(retagged, tagged{tenant.RecordID(after.ID), after.Tags})
		}
		if before.StageID != after.StageID {
			visits = append(visits, after.visitFrom(before.StageID))
		}
	}
	if err := rows.Flush(ctx); err != nil {
		return err
	}
	if err := replaceTags(ctx, tx, retagged); err != nil {
		return err
	}
	if err := saveCustom(ctx, tx, "deal", customRecords(all, (*dealChange).custom)); err != nil {
		return err
	}
	if err := leaveStages(ctx, tx, visits); err != nil {
		return err
	}
	if err := insertVisits(ctx, tx, visits); err != nil {
		return err
	}
	for i := range all {
		events[i] = all[i].after.event(all[i].event, all[i].before.OwnerID, all[i].after.OwnerID, all[i].previous)
	}
	return tx.EmitAll(ctx, events, quiet)
}

// lockDeals returns those of the deals that meet the condition, locked in the order of their ids so that two changes of
// many wait for each other instead of both failing.
func lockDeals(ctx context.Context, tx *tenant.Tx, ids []DealID, where string, args []any) ([]Deal, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var all []Deal
	if err := tx.SelectIn(ctx, &all, `SELECT `+dealColumns+` FROM company.deals d
		WHERE d.id IN (?) AND d.deleted_at IS NULL AND `+where+` ORDER BY d.id FOR UPDATE`, append([]any{ids}, args...)...); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].settle(tx.Now)
	}
	return all, fillTags(ctx, tx.Query, all, (*Deal).tagged, "FOR UPDATE")
}

// trashDeals is DeleteDeal for many that are locked.
func trashDeals(ctx context.Context, tx *tenant.Tx, all []Deal, quiet bool) error {
	if len(all) == 0 {
		return nil
	}
	ids, events := make([]DealID, len(all)), make([]tenant.Event, len(all))
	for i := range all {
		ids[i], events[i] = all[i].ID, all[i].event("deal.deleted", all[i].OwnerID, tenant.MemberID{}, nil)
	}
	if _, err := tx.ExecIn(ctx, `UPDATE company.deals SET deleted_at = ?, updated_at = ?, version = version + 1 WHERE id IN (?)`, tx.Now, tx.Now, ids); err != nil {
		return err
	}
	if err := dropCustom(ctx, tx, customRecords(all, func(d *Deal) customRecord { return d.customTo(nil) })); err != nil {
		return err
	}
	return tx.EmitAll(ctx, events, quiet)
}

// visitFrom begins a deal's stay in the stage where it stands.
func (d *Deal) visitFrom(from StageID) dealVisit {
	return dealVisit{
		deal: d.ID, pipeline: d.PipelineID, from: from, to: d.StageID, amount: d.Amount, currency: d.Currency, reason: d.LostReason, entered: d.StageSince,
	}
}

// firstVisits are the stays that a new deal comes with: where it stands, and before, if that is known, the open stage
// in which it was until it was closed.
func (d *Deal) firstVisits() []dealVisit {
	last := d.visitFrom(d.Stood)
	if d.Stood.IsZero() {
		return []dealVisit{last}
	}
	first := last
	first.from, first.to, first.reason, first.entered, first.left = StageID{}, d.Stood, "", d.CreatedAt, &d.StageSince
	return []dealVisit{first, last}
}

// dealVisit is one line of the permanent history of stages.
type dealVisit struct {
	deal     DealID
	pipeline PipelineID
	from, to StageID
	amount   *int64
	currency string
	reason   string
	entered  time.Time
	left     *time.Time
}

func insertVisits(ctx context.Context, tx *tenant.Tx, all []dealVisit) error {
	rows := tx.Bulk(`INSERT INTO company.deal_stage_history
		(deal_id, pipeline_id, from_stage_id, to_stage_id, amount, currency, reason, actor_id, entered_at, left_at) VALUES`, 10, "")
	for _, v := range all {
		if err := rows.Add(ctx, v.deal, v.pipeline, v.from, v.to, v.amount, v.currency, v.reason, tx.Caller.Author(), v.entered, v.left); err != nil {
			return err
		}
	}
	return rows.Flush(ctx)
}

// leaveStages ends the stays of deals that begin these.
func leaveStages(ctx context.Context, tx *tenant.Tx, all []dealVisit) error {
	for _, v := range all {
		if _, err := tx.Exec(ctx, `UPDATE company.deal_stage_history SET left_at = GREATEST(entered_at, ?) WHERE deal_id = ? AND left_at IS NULL`, v.entered, v.deal); err != nil {
			return err
		}
	}
	return nil
}
