package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// bulkMove takes deals to another stage, contacts to another customer.
const bulkMove = "move"

// DealBulk changes many deals at once: those named, or all that a list would show.
type DealBulk struct {
	IDs          []DealID                     `json:"ids,omitempty" maxItems:"500" doc:"Which deals. Leave it out with matching."`
	Matching     *BulkSelection               `json:"matching,omitempty" doc:"All deals that a list with this would show, at most 500."`
	Action       string                       `json:"action" enum:"tag,untag,assign,move,delete" doc:"What to do. delete moves to the trash and needs deal:delete." example:"assign"`
	Tags         []string                     `json:"tags,omitempty" maxItems:"50" doc:"For tag and untag: names of tags; tag makes new ones." example:"[\"vip\"]"`
	OwnerID      patch.Field[tenant.MemberID] `json:"owner_id,omitzero" doc:"For assign: who gets the deals; null makes them nobody's."`
	StageID      *StageID                     `json:"stage_id,omitempty" doc:"For move: the stage to move to, of any pipeline."`
	Status       string                       `json:"status,omitempty" enum:"open,won,lost" doc:"For move, instead of stage_id: each ends, or opens again, in its own pipeline." example:"lost"`
	LostReasonID *LostReasonID                `json:"lost_reason_id,omitempty" doc:"For move to a loss: why, from the company's list."`
	LostReason   string                       `json:"lost_reason,omitempty" maxLength:"500" doc:"For move to a loss: why, in words."`
}

// ChangeDeals carries a change out on every deal within the caller's reach and passes over the others, in one
// transaction. It returns *tenant.InvalidError for a bad change and for one of more than 500 deals, and
// tenant.ErrDenied for deleting without that permission.
func ChangeDeals(ctx context.Context, tx *tenant.Tx, in DealBulk) (BulkResult, error) {
	permission := in.permission()
	if !tx.Caller.May(permission) {
		return BulkResult{}, fmt.Errorf("%s: %w", permission, tenant.ErrDenied)
	}
	if err := in.check(ctx, tx); err != nil {
		return BulkResult{}, err
	}
	ids, err := selectIDs(ctx, tx.Query, in.IDs, in.Matching, planDeals, "d.id", "deals")
	if err != nil {
		return BulkResult{}, err
	}
	visible, args := tx.Scope(permission).Where("d.owner_id", "d.customer_id")
	found, err := lockDeals(ctx, tx, ids, visible, args)
	if err != nil {
		return BulkResult{}, err
	}
	result := beginResult("deal", ids, found, func(d *Deal) DealID { return d.ID })
	if in.Action == bulkDelete {
		result.Changed = len(found)
		return result, trashDeals(ctx, tx, found, false)
	}
	err = in.carryOut(ctx, tx, found, &result)
	return result, err
}

// permission is what the change takes.
func (in *DealBulk) permission() tenant.Permission {
	if in.Action == bulkDelete {
		return dealDelete
	}
	return dealUpdate
}

// check examines the change and writes each tag as the company has it. What a move asks for is examined with each deal.
func (in *DealBulk) check(ctx context.Context, tx *tenant.Tx) error {
	invalid := &tenant.InvalidError{}
	checkWord(invalid, "action", in.Action, []string{bulkTag, bulkUntag, bulkAssign, bulkMove, bulkDelete})
	checkSelection(invalid, len(in.IDs), in.Matching, "deals")
	switch in.Action {
	case bulkTag, bulkUntag:
		in.Tags = checkBulkTags(invalid, in.Tags)
	case bulkAssign:
		if !in.OwnerID.Set {
			invalid.Add("owner_id", "required", "is required; null makes the deals nobody's")
		} else if err := checkOwner(ctx, tx, invalid, "owner_id", in.OwnerID.Value, dealUpdate); err != nil {
			return err
		}
	case bulkMove:
		if in.StageID == nil && in.Status == "" {
			invalid.Add("stage_id", "required", "name a stage or a status")
		}
	}
	if err := invalid.Err(); err != nil {
		return err
	}
	return nameTags(ctx, tx.Query, in.Tags)
}

// carryOut changes the locked deals and counts what became of them.
func (in *DealBulk) carryOut(ctx context.Context, tx *tenant.Tx, found []Deal, result *BulkResult) error {
	var changes []dealChange
	var wins []dealWin
	slices.SortFunc(found, func(a, b Deal) int { return strings.Compare(a.Rank, b.Rank) })
	for i, before := range found {
		if failure := in.refuse(tx, before); failure != nil {
			result.refuse(*failure)
			continue
		}
		change, pipeline, err := in.apply(ctx, tx, before)
		switch {
		case err != nil:
			return err
		case change.isNothing():
			result.Unchanged++
			continue
		case change.event == "deal.won":
			wins = append(wins, dealWin{pipeline, change.after})
		}
		if change.after.StageID != before.StageID {
			change.after.Rank = topRank(tx.Now.Add(-time.Duration(i) * time.Microsecond)) // they stand as they stood
		}
		changes = append(changes, change)
	}
	result.Changed = len(changes)
	if err := saveDeals(ctx, tx, changes, false); err != nil {
		return err
	}
	for _, w := range wins {
		if err := winCustomer(ctx, tx, w.pipeline, w.deal); err != nil {
			return err
		}
	}
	return nil
}

type dealWin struct {
	pipeline Pipeline
	deal     Deal
}

// refuse says why the change cannot be made to a deal, or nil.
func (in *DealBulk) refuse(tx *tenant.Tx, d Deal) *BulkFailure {
	ref := RecordRef{"deal", tenant.RecordID(d.ID)}
	switch {
	case in.Action == bulkTag && len(withTags(d.Tags, in.Tags)) > maxTags:
		return &BulkFailure{ref, "too_many", "A deal holds at most 50 tags."}
	case in.Action == bulkAssign && !tx.Scope(dealUpdate).Includes(d.OwnerID):
		return &BulkFailure{ref, "out_of_scope", "The deal is only shared with you; its owner can hand it over."}
	}
	return nil
}

func (in *DealBulk) apply(ctx context.Context, tx *tenant.Tx, before Deal) (dealChange, Pipeline, error) {
	after := before
	switch in.Action {
	case bulkMove:
		move := DealMove{StageID: in.StageID, Status: in.Status, LostReasonID: in.LostReasonID, LostReason: in.LostReason}
		return move.apply(ctx, tx, before)
	case bulkTag:
		after.Tags = withTags(before.Tags, in.Tags)
	case bulkUntag:
		after.Tags = withoutTags(before.Tags, in.Tags)
	case bulkAssign:
		after.OwnerID = in.OwnerID.Value
	}
	change, err := changeDeal(ctx, tx, before, after, "deal.updated")
	return change, Pipeline{}, err
}
