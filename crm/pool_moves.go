package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// PoolWork is the kind of due work that takes quiet customers back into the pool, every day at 09:00 in the company's time
// zone. Its reference is the company.
const PoolWork = "pool"

// poolBatch is how many customers one transaction returns.
const poolBatch = 500

// The ways of customers into the pool and out of it.
const (
	poolClaimed  = "claimed"
	poolReleased = "released"
	poolReturned = "returned"
)

var errPoolOff = &tenant.ConflictError{Code: "pool_off", Message: "The public pool is switched off. An admin can switch it on in the company's settings."}

// CustomerReturned is what the event customer.returned carries.
type CustomerReturned struct {
	Customer

	// Reason is what the owner said; empty when it went by itself.
	Reason    string `json:"reason"`
	Automatic bool   `json:"automatic"`
}

// ClaimCustomer makes the caller the owner of a customer in the pool. Of several who claim one at the same time the first
// gets it; the others, and whoever is over a limit, get *tenant.ConflictError.
func ClaimCustomer(ctx context.Context, tx *tenant.Tx, id CustomerID) (Customer, error) {
	settings, err := ReadPoolSettings(ctx, tx.Query)
	if err != nil {
		return Customer{}, err
	}
	found, err := lockCustomers(ctx, tx, []CustomerID{id}, "1=1", nil)
	switch {
	case err != nil:
		return Customer{}, err
	case len(found) == 0:
		return Customer{}, fmt.Errorf("customer %s: %w", id, tenant.ErrNotFound)
	case !found[0].OwnerID.IsZero():
		return Customer{}, alreadyClaimed(ctx, tx, id)
	case !settings.Enabled && !tx.Scope(customerRead).Includes(found[0].OwnerID):
		return Customer{}, fmt.Errorf("customer %s: %w", id, tenant.ErrNotFound)
	case !settings.Enabled:
		return Customer{}, errPoolOff
	}
	if err := settings.checkLimits(ctx, tx); err != nil {
		return Customer{}, err
	}
	moved, err := changeHands(ctx, tx, found, tx.Caller.Member, poolClaimed, "")
	if err != nil {
		return Customer{}, err
	}
	c := moved[0].after
	return c, tx.Emit(ctx, tenant.Event{Type: "customer.claimed", Resource: "customer", Record: tenant.RecordID(id), OwnerAfter: c.OwnerID, Data: c})
}

// alreadyClaimed is a conflict for a customer that was in the pool, and nothing at all for any other.
func alreadyClaimed(ctx context.Context, tx *tenant.Tx, id CustomerID) error {
	var moves int
	// The lock makes it read what is committed now: the other claim may be later than our transaction.
	if err := tx.Get(ctx, &moves, `SELECT COUNT(*) FROM company.pool_moves WHERE customer_id = ? AND kind = ? LOCK IN SHARE MODE`, id, poolClaimed); err != nil {
		return err
	}
	if moves == 0 {
		return fmt.Errorf("customer %s: %w", id, tenant.ErrNotFound)
	}
	return &tenant.ConflictError{Code: "already_claimed", Message: "Somebody else has claimed the customer."}
}

// checkLimits counts under a lock on the caller, so that two claims at once do not both fit.
func (s PoolSettings) checkLimits(ctx context.Context, tx *tenant.Tx) error {
	me := tx.Caller.Member
	if _, err := tenant.LockMember(ctx, tx, me); err != nil {
		return err
	}
	if s.MaxHeld > 0 {
		var held int
		if err := tx.Get(ctx, &held, `SELECT COUNT(*) FROM company.customers WHERE owner_id = ? AND deleted_at IS NULL LOCK IN SHARE MODE`, me); err != nil {
			return err
		}
		if held >= s.MaxHeld {
			return &tenant.ConflictError{Code: "holding_limit", Message: fmt.Sprintf("You have %d customers; whoever has %d may claim no more. Release some first.", held, s.MaxHeld)}
		}
	}
	if s.ClaimsPerDay > 0 {
		midnight := quietBefore(tx.Now.In(tx.Company.Location()), 1)
		var claimed int
		if err := tx.Get(ctx, &claimed, `SELECT COUNT(*) FROM company.pool_moves WHERE member_id = ? AND kind = ? AND created_at >= ? LOCK IN SHARE MODE`,
			me, poolClaimed, midnight); err != nil {
			return err
		}
		if claimed >= s.ClaimsPerDay {
			return &tenant.ConflictError{Code: "daily_limit", Message: fmt.Sprintf("You have claimed %d customers today, as many as one may. Come again tomorrow.", claimed)}
		}
	}
	return nil
}

// ReleaseCustomer puts a customer of somebody within the caller's scope into the pool, and says why.
func ReleaseCustomer(ctx context.Context, tx *tenant.Tx, id CustomerID, reason string, version int64) error {
	invalid := &tenant.InvalidError{}
	checkRequired(invalid, "reason", reason, 500)
	if err := invalid.Err(); err != nil {
		return err
	}
	c, err := lockCustomer(ctx, tx, id, customerUpdate, version)
	if err != nil {
		return err
	}
	settings, err := ReadPoolSettings(ctx, tx.Query)
	switch {
	case err != nil:
		return err
	case !settings.Enabled:
		return errPoolOff
	case c.OwnerID.IsZero():
		return &tenant.ConflictError{Code: "in_pool", Message: "The customer is in the public pool already."}
	case !tx.Scope(customerUpdate).Includes(c.OwnerID):
		return fmt.Errorf("customer %s is only shared with the caller: %w", id, tenant.ErrDenied)
	}
	return giveBack(ctx, tx, []Customer{c}, poolReleased, reason)
}

// ReturnQuietCustomers takes customers into the pool whom nobody has contacted for as long as the company says, a bounded
// number at a time, and makes the next turn due.
func ReturnQuietCustomers(ctx context.Context, tx *tenant.Tx) error {
	settings, err := ReadPoolSettings(ctx, tx.Query)
	if err != nil || !settings.returns() {
		return errors.Join(err, tx.Unschedule(ctx, PoolWork, tenant.RecordID(tx.Company.ID)))
	}
	before := quietBefore(tx.Now.In(tx.Company.Location()), settings.ReturnAfterDays)
	const quiet = `c.owner_id IS NOT NULL AND c.lifecycle IN ('potential', 'interested') AND c.silence_from < ?`
	var ids []CustomerID
	// Found first and then locked: looking for them reads the whole table.
	if err := tx.Select(ctx, &ids, fmt.Sprintf(`SELECT c.id FROM company.customers c WHERE c.deleted_at IS NULL AND %s LIMIT %d`, quiet, poolBatch), before); err != nil {
		return err
	}
	found, err := lockCustomers(ctx, tx, ids, quiet, []any{before})
	if err != nil {
		return err
	}
	if err := giveBack(ctx, tx, found, poolReturned, ""); err != nil {
		return err
	}
	if len(ids) == poolBatch {
		return tx.Schedule(ctx, PoolWork, tenant.RecordID(tx.Company.ID), tenant.RecordID{}, tx.Now)
	}
	return schedulePoolCheck(ctx, tx)
}

func schedulePoolCheck(ctx context.Context, tx *tenant.Tx) error {
	return tx.Schedule(ctx, PoolWork, tenant.RecordID(tx.Company.ID), tenant.RecordID{}, nextHour(tx.Now, tx.Company.Location(), usualHour))
}

func giveBack(ctx context.Context, tx *tenant.Tx, all []Customer, kind, reason string) error {
	moved, err := changeHands(ctx, tx, all, tenant.MemberID{}, kind, reason)
	if err != nil {
		return err
	}
	events := make([]tenant.Event, len(moved))
	for i, m := range moved {
		events[i] = tenant.Event{
			Type: "customer.returned", Resource: "customer", Record: tenant.RecordID(m.after.ID), OwnerBefore: m.before.OwnerID,
			Data: CustomerReturned{m.after, reason, kind == poolReturned},
		}
	}
	return tx.EmitAll(ctx, events, false)
}

// changeHands gives locked customers to another owner and remembers how that came.
func changeHands(ctx context.Context, tx *tenant.Tx, all []Customer, to tenant.MemberID, kind, reason string) ([]customerChange, error) {
	changes := make([]customerChange, len(all))
	rows := tx.Bulk(`INSERT INTO company.pool_moves (customer_id, kind, member_id, reason, created_at) VALUES`, 5, "")
	for i, before := range all {
		after, who := before, to
		after.OwnerID = to
		if to.IsZero() {
			who = before.OwnerID
		}
		previous, err := differences(before, after)
		if err != nil {
			return nil, err
		}
		after.stamp(before, tx.Now)
		changes[i] = customerChange{before: before, after: after, previous: previous}
		if err := rows.Add(ctx, before.ID, kind, who, reason, tx.Now); err != nil {
			return nil, err
		}
	}
	if err := rows.Flush(ctx); err != nil {
		return nil, err
	}
	return changes, updateCustomers(ctx, tx, changes, nil)
}

// toReturnedOwner is for whose customer has gone back to the pool, unless they have released it themselves.
func toReturnedOwner(_ context.Context, _ *tenant.Query, c tenant.Change) ([]tenant.MemberID, error) {
	if c.OwnerBefore.IsZero() || c.OwnerBefore == c.Actor {
		return nil, nil
	}
	return []tenant.MemberID{c.OwnerBefore}, nil
}

func describeReturn(_ context.Context, _ *tenant.Query, c tenant.Change, l language) (Message, error) {
	var returned CustomerReturned
	err := json.Unmarshal(c.Data, &returned)
	return Message{Title: l.say(phrase{"客户已回到公海：%s", "Customer went back to the public pool: %s"}, returned.Name)}, err
}
