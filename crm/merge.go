package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/guanxi-crm/guanxi/tenant"
)

// MergeRequest lets one customer go up in another.
type MergeRequest struct {
	LoserID CustomerID        `json:"loser_id" doc:"The customer that goes up in this one."`
	Fields  map[string]string `json:"fields,omitempty" doc:"For fields in which they differ, whose value stays: winner or loser. Left out it is the winner's, or the loser's where the winner has none; of the note, both, and a choice has to be made where that is too long." example:"{\"phone\":\"loser\"}"`
	DryRun  bool              `json:"dry_run,omitempty" doc:"Only shows what would come of it."`
}

// MergeResult is what a merge comes to.
type MergeResult struct {
	Customer Customer          `json:"customer" doc:"The customer that stays."`
	LoserID  CustomerID        `json:"loser_id" doc:"The customer that went up in it; its id leads here from now on."`
	Fields   map[string]string `json:"fields" doc:"Whose value each field has: winner, loser or both." example:"{\"name\":\"winner\",\"phone\":\"loser\"}"`
	Differ   []string          `json:"differ" nullable:"false" doc:"Fields in which both had something, and not the same." example:"[\"phone\"]"`
	Moved    map[string]int    `json:"moved" doc:"How many records of each kind hang on it now instead." example:"{\"interactions\":12,\"tasks\":3}"`
	DryRun   bool              `json:"dry_run" doc:"Whether nothing was changed."`
}

// CustomerMerged is what the event customer.merged carries: the customer that stays, and the other as it was.
type CustomerMerged struct {
	Customer

	LoserID CustomerID `json:"loser_id"`
	Loser   Customer   `json:"loser"`
}

// The parts of a merge.
const (
	mergeWinner = "winner"
	mergeLoser  = "loser"
	mergeBoth   = "both"
)

// mergeFields are the fields of which a merge keeps one value, each with those that go with it.
var mergeFields = map[string][]string{
	"name": nil, "contact_name": nil, "phone": nil, "email": nil, "website": nil, addressName: nil, "parent_id": nil, "industry": nil, "employees": nil,
	"revenue": {"revenue_currency"}, "source": nil, "note": nil, "owner_id": nil, "lifecycle": {"lifecycle_since", "lost_reason"}, "do_not_contact": nil,
}

const addressName = "address"

// addressParts are the fields that make the address, which a merge takes as one thing: half of one address and half of
// another lead nowhere.
var addressParts = [...]string{addressName, "district", "city", "region", "postal_code", "country"}

// wholeAddress holds the values of addressParts.
type wholeAddress [len(addressParts)]any

// MergedError is returned for a record that went up in another one.
type MergedError struct {
	// Loser and Winner are ids as text.
	Loser, Winner string
}

func (e *MergedError) Error() string { return e.Loser + " was merged into " + e.Winner }

// Is makes it a kind of not being there.
func (e *MergedError) Is(target error) bool { return target == tenant.ErrNotFound }

// isUnknown reports whether a record is simply not there for the caller. Of one that went up in another they are told.
func isUnknown(err error) bool {
	var merged *MergedError
	return errors.Is(err, tenant.ErrNotFound) && !errors.As(err, &merged)
}

// hangOn returns a customer that something is to hang on, locked so that it neither goes up in another one nor to the
// trash before that is done. One that went up already is *MergedError, one out of scope a mistake in the field.
func hangOn(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, field string, id CustomerID, p tenant.Permission) (Customer, error) {
	c, err := lockCustomer(ctx, tx, id, p, 0)
	if isUnknown(err) {
		invalid.Add(field, "unknown", "is not a customer whom you can see")
		return Customer{}, nil
	}
	return c, err
}

// whereMerged turns a customer's not being there into *MergedError when it went up in one within the caller's scope.
func whereMerged(ctx context.Context, q *tenant.Query, id CustomerID, p tenant.Permission, notFound error) error {
	var winner CustomerID
	err := q.Get(ctx, &winner, `SELECT winner_id FROM company.merges WHERE loser_id = ?`, id)
	if errors.Is(err, tenant.ErrNotFound) {
		return notFound
	}
	if err != nil {
		return err
	}
	if _, err := findCustomer(ctx, q, winner, p, ""); err != nil {
		if errors.Is(err, tenant.ErrNotFound) {
			return notFound
		}
		return err
	}
	return &MergedError{id.String(), winner.String()}
}

// MergeCustomers lets the loser go up in the customer: all that hangs on it hangs on the customer from now on, its id
// leads there, and its row goes to where only the history of merges shows it. The caller has to own, or be over the
// owners of, both: changing the one and deleting the other. There is no way back. version, when not 0, must be the
// customer's, else ErrStale.
func MergeCustomers(ctx context.Context, tx *tenant.Tx, id CustomerID, in MergeRequest, version int64) (MergeResult, error) {
	if !tx.Caller.May(customerDelete) {
		return MergeResult{}, fmt.Errorf("%s: %w", customerDelete, tenant.ErrDenied)
	}
	winner, loser, err := lockMerge(ctx, tx, id, in.LoserID, version)
	if err != nil {
		return MergeResult{}, err
	}
	result := MergeResult{LoserID: loser.ID, DryRun: in.DryRun}
	kept, other, err := withoutCircle(ctx, tx.Query, winner, loser)
	if err != nil {
		return MergeResult{}, err
	}
	after, err := in.combine(kept, other, &result)
	if err != nil {
		return MergeResult{}, err
	}
	if after.OwnerID != winner.OwnerID {
		invalid := &tenant.InvalidError{}
		if err := checkOwner(ctx, tx, invalid, "fields.owner_id", after.OwnerID, customerUpdate); err != nil {
			return MergeResult{}, err
		}
		if err := invalid.Err(); err != nil {
			return MergeResult{}, err
		}
	}
	if in.DryRun {
		result.Customer = after
		result.Moved, err = countMoving(ctx, tx.Query, tenant.RecordID(loser.ID))
		return result, err
	}
	return result, result.carryOut(ctx, tx, winner, after, loser)
}

// lockMerge locks both customers, in the order of their ids as every change of several does.
func lockMerge(ctx context.Context, tx *tenant.Tx, id, loserID CustomerID, version int64) (winner, loser Customer, err error) {
	if id == loserID {
		return winner, loser, tenant.Invalid("loser_id", "invalid", "is this customer itself")
	}
	if _, err := lockCustomers(ctx, tx, sortedIDs([]CustomerID{id, loserID}), "1=1", nil); err != nil {
		return winner, loser, err
	}
	winner, err = lockCustomer(ctx, tx, id, customerUpdate, version)
	if err == nil && !tx.Scope(customerUpdate).Includes(winner.OwnerID) {
		err = fmt.Errorf("customer %s is only shared with the caller: %w", id, tenant.ErrDenied)
	}
	if err != nil {
		return winner, loser, err
	}
	loser, err = lockCustomer(ctx, tx, loserID, customerDelete, 0)
	if isUnknown(err) {
		err = tenant.Invalid("loser_id", "unknown", "is not a customer whom you may delete")
	}
	return winner, loser, err
}

// combine returns the customer that both make, and notes who gave what.
func (in MergeRequest) combine(winner, loser Customer, result *MergeResult) (Customer, error) {
	kept, err := flatFields(winner)
	if err != nil {
		return Customer{}, err
	}
	other, err := flatFields(loser)
	if err != nil {
		return Customer{}, err
	}
	names := slices.Collect(maps.Keys(mergeFields))
	for _, fields := range []map[string]any{kept, other} {
		for name := range fields {
			if strings.HasPrefix(name, customPrefix) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if err := in.checkFields(names); err != nil {
		return Customer{}, err
	}
	result.Fields, result.Differ = map[string]string{}, []string{}
	for _, name := range names {
		differ := !isEmpty(kept[name]) && !isEmpty(other[name]) && !reflect.DeepEqual(kept[name], other[name])
		if differ {
			result.Differ = append(result.Differ, name)
		}
		whose := in.Fields[name]
		switch {
		case whose == "" && name == "note" && differ:
			both := winner.Note + "\n\n" + loser.Note
			if utf8.RuneCountInString(both) > maxNote {
				return Customer{}, tenant.Invalid("fields.note", "too_long", "has to say winner or loser: the notes of both are longer together than a note may be")
			}
			whose, kept[name] = mergeBoth, both
		case whose == "" && isEmpty(kept[name]) && !isEmpty(other[name]):
			whose = mergeLoser
		case whose == "":
			whose = mergeWinner
		}
		result.Fields[name] = whose
		if whose == mergeLoser {
			for _, n := range append([]string{name}, mergeFields[name]...) {
				kept[n] = other[n]
			}
		}
	}
	after, err := customerOf(winner, nestFields(kept))
	after.Tags = withTags(winner.Tags, loser.Tags)
	after.Tags = after.Tags[:min(len(after.Tags), maxTags)]
	after.Consents = winner.Consents.and(loser.Consents)
	return after, err
}

func (in MergeRequest) checkFields(known []string) error {
	invalid := &tenant.InvalidError{}
	for name, whose := range in.Fields {
		if !slices.Contains(known, name) {
			invalid.Add("fields."+name, "unknown", "is not a field that can be chosen; those are "+strings.Join(known, ", "))
		}
		checkWord(invalid, "fields."+name, whose, []string{mergeWinner, mergeLoser})
	}
	return invalid.Err()
}

// flatFields returns a customer's fields as JSON has them, each custom one by itself as custom.key, and the address as a
// whole.
func flatFields(c Customer) (map[string]any, error) {
	fields, err := fieldsOf(c)
	if err != nil {
		return nil, err
	}
	for key, value := range members(fields[customName], fields[customName]) {
		fields[customPrefix+key] = value
	}
	delete(fields, customName)
	var address wholeAddress
	for i, part := range addressParts {
		address[i] = fields[part]
		delete(fields, part)
	}
	fields[addressName] = address
	return fields, nil
}

// nestFields takes flatFields back. A custom field that is null is not set.
func nestFields(flat map[string]any) map[string]any {
	custom := map[string]any{}
	fields := map[string]any{customName: custom}
	for name, value := range flat {
		if key, ok := strings.CutPrefix(name, customPrefix); !ok {
			fields[name] = value
		} else if value != nil {
			custom[key] = value
		}
	}
	if address, ok := flat[addressName].(wholeAddress); ok {
		for i, part := range addressParts {
			fields[part] = address[i]
		}
	}
	return fields
}

// isEmpty reports whether a field, as JSON has it, says nothing.
func isEmpty(value any) bool {
	return value == nil || value == "" || value == false || value == wholeAddress{"", "", "", "", "", ""}
}

// customerOf returns a customer with these fields, as JSON has them, and those that JSON leaves out. Nothing in it is
// shared with the old one, which would be written over.
func customerOf(old Customer, fields map[string]any) (Customer, error) {
	return refilled(Customer{
		Version: old.Version, NameSort: old.NameSort, LastInteractionSort: old.LastInteractionSort, NextFollowUpSort: old.NextFollowUpSort,
		OwnerSince: old.OwnerSince,
	}, fields)
}

// carryOut writes the merge of two locked customers and tells of it. The loser goes first: what it alone may hold, the
// winner may take.
func (r *MergeResult) carryOut(ctx context.Context, tx *tenant.Tx, winner, after, loser Customer) error {
	previous, err := differences(winner, after)
	if err != nil {
		return err
	}
	contacts, err := moveContactsOf(ctx, tx, loser.ID, after)
	if err != nil {
		return err
	}
	if err := trashCustomers(ctx, tx, []Customer{loser}, false); err != nil {
		return err
	}
	after.stamp(winner, tx.Now)
	if err := storeCustomer(ctx, tx, winner, after, previous); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE company.customers SET lifecycle = ?, lifecycle_since = ?, lost_reason = ? WHERE id = ?`,
		after.Lifecycle, after.LifecycleSince, after.LostReason, after.ID); err != nil {
		return err
	}
	if err := shareAsMuch(ctx, tx, loser.ID, after); err != nil {
		return err
	}
	if r.Moved, err = repoint(ctx, tx, tenant.RecordID(loser.ID), tenant.RecordID(after.ID)); err != nil {
		return err
	}
	if contacts > 0 {
		r.Moved["contacts"] += contacts
	}
	if err := r.remember(ctx, tx, loser, after.ID); err != nil {
		return err
	}
	if err := recountContact(ctx, tx, after); err != nil {
		return err
	}
	if err := recountFollowUps(ctx, tx, after.ID); err != nil {
		return err
	}
	if r.Customer, err = readCustomer(ctx, tx.Query, after.ID); err != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{
		Type: "customer.merged", Resource: "customer", Record: tenant.RecordID(after.ID), OwnerBefore: winner.OwnerID, OwnerAfter: after.OwnerID,
		Data: CustomerMerged{r.Customer, loser.ID, loser}, Previous: previous,
	})
}

// shareAsMuch lets everybody who may change the loser change the winner, and its owner need no sharing.
func shareAsMuch(ctx context.Context, tx *tenant.Tx, loser CustomerID, winner Customer) error {
	if _, err := tx.Exec(ctx, `UPDATE company.collaborators kept JOIN company.collaborators old ON old.member_id = kept.member_id AND old.customer_id = ?
		SET kept.may_write = GREATEST(kept.may_write, old.may_write) WHERE kept.customer_id = ?`, loser, winner.ID); err != nil {
		return err
	}
	_, err := tx.ExecIn(ctx, `DELETE FROM company.collaborators WHERE customer_id IN (?) AND member_id = ?`, []CustomerID{loser, winner.ID}, winner.OwnerID)
	return err
}

// remember keeps what the loser was and where it went.
func (r *MergeResult) remember(ctx context.Context, tx *tenant.Tx, loser Customer, winner CustomerID) error {
	texts := make([][]byte, 3)
	for i, v := range []any{loser, r.Fields, r.Moved} {
		var err error
		if texts[i], err = json.Marshal(v); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO company.merges (loser_id, winner_id, loser, fields, moved, member_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		loser.ID, winner, texts[0], texts[1], texts[2], tx.Caller.Member, tx.Now)
	return err
}
