package crm

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

func dealImports() *importNoun {
	return &importNoun{
		resource: "deals", name: "deal", zh: "商机", fields: dealFields(), keys: []string{"name"}, required: "name",
		begin: func(p *rowParser, caller *tenant.Caller) importable {
			return &Deal{
				ID: tenant.NewID[dealKind](), OwnerID: p.owner(caller), Currency: cmp.Or(p.options.Currency, p.company.Currency), Tags: []string{}, CreatedBy: caller.Member, Version: 1,
			}
		},
		complete: func(p *rowParser, record importable) (problems []ImportProblem) {
			d := recordAs[*Deal](record)
			d.Tags, problems = p.withTags(d.Tags)
			return problems
		},
		learn: learnSales, match: matchDeals, store: storeImportedDeals, trash: trashImportedDeals, revert: revertDeals,
	}
}

func (d *Deal) recordID() tenant.RecordID { return tenant.RecordID(d.ID) }

func (d *Deal) recordTitle() string { return d.Name }

// keyed is the name with the customer; of a row that names no customer the name alone, which finds deals of anybody.
func (d *Deal) keyed(string) string {
	return keyWithin(search.NameKey(d.Name), d.CustomerID, d.Customer)
}

func (c *dealChange) changed() (importable, map[string]any) { return &c.after, c.previous }

func (c *dealChange) follow(next dealChange) (err error) {
	c.after, c.event = next.after, moveEvent(c.before, next.after)
	c.previous, err = differences(c.before, c.after)
	return err
}

func (d *Deal) customerCalled() string { return calledBy(d.Customer) }

func (d *Deal) hang(c *namedCustomer) { d.CustomerID, d.Customer = c.ID, nil }

// isHistory reports whether a new deal came with times of its own.
func (d *Deal) isHistory(now time.Time) bool {
	return d.CreatedAt.Before(now) || d.StageSince.Before(now)
}

// storeImportedDeals carries out what a batch came to. What a win does to the customer is the work of the pipeline's rule.
func storeImportedDeals(ctx context.Context, tx *tenant.Tx, imp Import, results []result) error {
	changes, err := changesIn[dealChange](results)
	if err != nil {
		return err
	}
	var quiet, loud []Deal
	for _, d := range createdIn[Deal](results) {
		if !imp.Options.RunRules || d.isHistory(tx.Now) {
			quiet = append(quiet, d)
		} else {
			loud = append(loud, d)
		}
	}
	if err := insertDeals(ctx, tx, quiet, true); err != nil {
		return err
	}
	if err := insertDeals(ctx, tx, loud, false); err != nil {
		return err
	}
	if err := saveDeals(ctx, tx, changes, !imp.Options.RunRules); err != nil || !imp.Options.RunRules {
		return err
	}
	won := slices.DeleteFunc(loud, func(d Deal) bool { return d.Status != DealWon })
	for _, c := range changes {
		if c.event == "deal.won" {
			won = append(won, c.after)
		}
	}
	for _, d := range won {
		p, err := sharedPipeline(ctx, tx, d.PipelineID)
		if err != nil {
			return err
		}
		if err := winCustomer(ctx, tx, p, d); err != nil {
			return err
		}
	}
	return nil
}

func trashImportedDeals(ctx context.Context, tx *tenant.Tx, imp Import, ids []tenant.RecordID) (int, error) {
	where, args := imp.within(tx, dealDelete, "d.owner_id", "d.customer_id")
	all, err := lockDeals(ctx, tx, idsOf[dealKind](ids), where, args)
	if err != nil {
		return 0, err
	}
	return len(all), trashDeals(ctx, tx, all, !imp.Options.RunRules)
}

func revertDeals(ctx context.Context, tx *tenant.Tx, imp Import, changes map[tenant.RecordID][][]byte) (int, error) {
	where, args := imp.within(tx, dealUpdate, "d.owner_id", "d.customer_id")
	all, err := lockDeals(ctx, tx, idsOf[dealKind](slices.Collect(maps.Keys(changes))), where, args)
	if err != nil {
		return 0, err
	}
	var back []dealChange
	for _, before := range all {
		after, err := previously(before, changes[before.recordID()], dealOf)
		if err != nil {
			return 0, err
		}
		if after.OwnerID, err = formerOwner(ctx, tx, after.OwnerID, before.OwnerID); err != nil {
			return 0, err
		}
		after.keepMoney(before)
		if err := after.moveBack(ctx, tx, before); err != nil {
			return 0, err
		}
		change, err := changeDeal(ctx, tx, before, after, moveEvent(before, after))
		if err != nil {
			return 0, err
		}
		if !change.isNothing() {
			back = append(back, change)
		}
	}
	return len(back), saveDeals(ctx, tx, back, !imp.Options.RunRules)
}

// keepMoney leaves alone what follows from a deal's money, and the sum of lines that it has by now.
func (d *Deal) keepMoney(before Deal) {
	d.AmountBase, d.Rate, d.RateOn = before.AmountBase, before.Rate, before.RateOn
	if before.ItemCount > 0 {
		d.Amount, d.Currency = before.Amount, before.Currency
	}
}

// moveBack puts a deal that an import has moved back into its stage. Where somebody has moved it since, or the stage is gone,
// it stays, with all that goes with the stage.
func (d *Deal) moveBack(ctx context.Context, tx *tenant.Tx, before Deal) error {
	to, reason, words, closed := d.StageID, d.LostReasonID, d.LostReason, d.ClosedAt
	d.standAs(before)
	if to == before.StageID {
		d.LostReasonID, d.LostReason = reason, words
		return nil
	}
	_, stage, err := sharedStage(ctx, tx, to)
	if errors.Is(err, tenant.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	at := tx.Now
	if stage.Kind != DealOpen && closed != nil {
		at = *closed
	}
	d.enter(stage, at, tx.Query)
	if d.Status == DealLost {
		d.LostReasonID, d.LostReason = reason, words
	}
	return nil
}

// standAs puts a deal where another state of it stands.
func (d *Deal) standAs(other Deal) {
	d.PipelineID, d.StageID, d.Status, d.StageSince, d.Rank = other.PipelineID, other.StageID, other.Status, other.StageSince, other.Rank
	d.StageProbability, d.RottingDays = other.StageProbability, other.RottingDays
	d.ClosedAt, d.ClosedOn, d.LostReasonID, d.LostReason = other.ClosedAt, other.ClosedOn, other.LostReasonID, other.LostReason
}

// dealOf returns a deal with these fields, as JSON has them.
func dealOf(old Deal, fields map[string]any) (Deal, error) {
	return refilled(Deal{Version: old.Version, NameSort: old.NameSort}, fields)
}
