package crm

import (
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// CreateDeal adds a deal of the caller's unless in names another owner within the caller's scope. It returns
// *tenant.InvalidError for bad fields and *tenant.ConflictError for an id in use. A deal that is created as won is a win,
// unless it comes with times of its own.
func CreateDeal(ctx context.Context, tx *tenant.Tx, in NewDeal) (Deal, error) {
	d, pipeline, items, err := in.deal(ctx, tx)
	if err != nil {
		return Deal{}, err
	}
	if err := d.convert(ctx, tx.Query); err != nil {
		return Deal{}, err
	}
	one := []Deal{d}
	err = insertDeals(ctx, tx, one, in.isHistory())
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return Deal{}, errIDInUse
	}
	if err != nil {
		return Deal{}, err
	}
	if err := insertItems(ctx, tx, d.ID, items); err != nil {
		return Deal{}, err
	}
	if d.Status == DealWon && !in.isHistory() {
		err = winCustomer(ctx, tx, pipeline, d)
	}
	return one[0], err
}

// UpdateDeal changes the fields that are set. version, when not 0, must be the record's, else ErrStale. A change that
// changes nothing writes nothing.
func UpdateDeal(ctx context.Context, tx *tenant.Tx, id DealID, in DealPatch, version int64) (Deal, error) {
	before, err := lockDeal(ctx, tx, id, dealUpdate, version)
	if err != nil {
		return Deal{}, err
	}
	after, err := in.apply(ctx, tx, before)
	if err != nil {
		return Deal{}, err
	}
	change, err := changeDeal(ctx, tx, before, after, "deal.updated")
	if err != nil || change.isNothing() {
		return before, err
	}
	return change.after, saveDeals(ctx, tx, []dealChange{change}, false)
}

func (in DealPatch) apply(ctx context.Context, tx *tenant.Tx, before Deal) (Deal, error) {
	d, invalid := before, &tenant.InvalidError{}
	d.Name, d.Source, d.Note, d.Tags = in.Name.Or(d.Name), in.Source.Or(d.Source), in.Note.Or(d.Note), in.Tags.Or(d.Tags)
	d.Amount, d.Currency = in.Amount.OrNull(d.Amount), in.Currency.Or(d.Currency)
	d.OwnProbability, d.ExpectedCloseOn = in.OwnProbability.OrNull(d.OwnProbability), in.ExpectedCloseOn.OrNull(d.ExpectedCloseOn)
	d.check(invalid)
	if before.ItemCount > 0 {
		d.checkHeld(invalid, before)
	}
	if d.CustomerID = in.CustomerID.Or(d.CustomerID); d.CustomerID != before.CustomerID {
		if err := d.checkCustomer(ctx, tx, invalid); err != nil {
			return Deal{}, err
		}
	}
	if in.LostReasonID.Set || in.LostReason.Set {
		if err := in.explain(ctx, tx, invalid, &d); err != nil {
			return Deal{}, err
		}
	}
	if d.OwnerID = in.OwnerID.Or(d.OwnerID); d.OwnerID != before.OwnerID {
		if err := checkHandOver(ctx, tx, invalid, dealUpdate, before.OwnerID, d.OwnerID); err != nil {
			return Deal{}, err
		}
	}
	var err error
	if d.Custom, err = changedCustom(ctx, tx, invalid, "deal", d.Custom, in.Custom); err != nil {
		return Deal{}, err
	}
	if err := invalid.Err(); err != nil {
		return Deal{}, err
	}
	if !in.Tags.Set {
		return d, nil
	}
	return d, nameTags(ctx, tx.Query, d.Tags)
}

// explain changes why the deal was lost. A reason that its pipeline asks for may change, but not go.
func (in DealPatch) explain(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, d *Deal) error {
	reason, words := in.LostReasonID.Or(d.LostReasonID), in.LostReason.Or(d.LostReason)
	if !in.LostReason.Set && !reason.IsZero() {
		words = "" // those of another reason
	}
	explained := !isBlank(d.LostReason)
	if err := d.explain(ctx, tx, invalid, &reason, words); err != nil || !explained || !isBlank(d.LostReason) {
		return err
	}
	p, err := sharedPipeline(ctx, tx, d.PipelineID)
	p.checkExplained(invalid, d)
	return err
}

// DeleteDeal moves a deal to the trash. It can be restored until it is purged.
func DeleteDeal(ctx context.Context, tx *tenant.Tx, id DealID, version int64) error {
	d, err := lockDeal(ctx, tx, id, dealDelete, version)
	if err != nil {
		return err
	}
	return trashDeals(ctx, tx, []Deal{d}, false)
}

// RestoreDeal takes a deal out of the trash. If its stage is gone, it stands in the first of its pipeline, or of the
// default one.
func RestoreDeal(ctx context.Context, tx *tenant.Tx, id DealID) (Deal, error) {
	visible, args := tx.Scope(dealDelete).Where("d.owner_id", "d.customer_id")
	var d Deal
	if err := tx.Get(ctx, &d, `SELECT `+dealColumns+` FROM company.deals d
		WHERE d.id = ? AND d.deleted_at IS NOT NULL AND `+visible+` FOR UPDATE`, append([]any{id}, args...)...); err != nil {
		return Deal{}, fmt.Errorf("deal %s: %w", id, err)
	}
	before := []Deal{d}
	if err := fillTags(ctx, tx.Query, before, (*Deal).tagged, "FOR UPDATE"); err != nil {
		return Deal{}, err
	}
	before[0].settle(tx.Now)
	after, err := before[0].settledAnew(ctx, tx)
	if err != nil {
		return Deal{}, err
	}
	if _, err := tx.Exec(ctx, `UPDATE company.deals SET deleted_at = NULL WHERE id = ?`, id); err != nil {
		return Deal{}, err
	}
	change, err := changeDeal(ctx, tx, before[0], after, "deal.restored")
	if err != nil {
		return Deal{}, err
	}
	if err := restoreCustom(ctx, tx, "deal", change.after.customTo(change.after.Custom)); err != nil {
		return Deal{}, err
	}
	return change.after, saveDeals(ctx, tx, []dealChange{change}, false)
}

// settledAnew gives a deal whose stage is gone a place.
func (d Deal) settledAnew(ctx context.Context, tx *tenant.Tx) (Deal, error) {
	_, _, err := sharedStage(ctx, tx, d.StageID)
	if !errors.Is(err, tenant.ErrNotFound) {
		return d, err
	}
	p, err := sharedPipeline(ctx, tx, d.PipelineID)
	if errors.Is(err, tenant.ErrNotFound) {
		p, err = sharedPipeline(ctx, tx, PipelineID{})
	}
	if err != nil {
		return Deal{}, err
	}
	at := tx.Now
	if d.ClosedAt != nil {
		at = *d.ClosedAt
	}
	d.Rank = topRank(tx.Now)
	d.enter(p.ending(d.Status), at, tx.Query)
	return d, nil
}
