package crm

import (
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// The changes that can be made to many records of the trash at once.
const (
	trashRestore = "restore"
	trashPurge   = "purge"
)

const trashDelete tenant.Permission = "trash:delete"

// TrashChange restores many deleted records of one kind, or removes them for good: those named, or all that the list of
// the trash would show.
type TrashChange struct {
	Noun     string         `json:"noun" enum:"customer,contact,deal,task" doc:"What kind of records." example:"customer"`
	IDs      []RecordRef    `json:"ids,omitempty" maxItems:"500" doc:"Which records. Leave it out with matching."`
	Matching *BulkSelection `json:"matching,omitempty" doc:"All records that the list of the trash with this would show, at most 500; {} is all of the kind."`
	Action   string         `json:"action" enum:"restore,purge" doc:"What to do. purge removes for good and needs trash:delete." example:"restore"`
	Confirm  bool           `json:"confirm,omitempty" doc:"For purge it has to be true: there is no way back." example:"true"`
}

// ChangeTrash carries a change out on every record of the trash within the caller's reach and passes over the others, in one
// transaction. It returns *tenant.InvalidError for a bad change and for one of more than 500 records, and tenant.ErrDenied
// for one that the caller may not make at all.
func ChangeTrash(ctx context.Context, tx *tenant.Tx, in TrashChange) (BulkResult, error) {
	b, err := in.bin()
	if err != nil {
		return BulkResult{}, err
	}
	if err := in.check(tx.Caller); err != nil {
		return BulkResult{}, err
	}
	invalid := &tenant.InvalidError{}
	checkSelection(invalid, len(in.IDs), in.Matching, "records")
	ids := make([]tenant.RecordID, len(in.IDs))
	for i, r := range in.IDs {
		if ids[i] = r.ID; r.Noun != in.Noun {
			invalid.Add(fmt.Sprintf("ids[%d]", i), "invalid", "is not the id of a "+in.Noun)
		}
	}
	if err := invalid.Err(); err != nil {
		return BulkResult{}, err
	}
	if ids, err = selectIDs(ctx, tx.Query, ids, in.Matching, b.planned, b.list.Alias+".id", "records"); err != nil {
		return BulkResult{}, err
	}
	return in.run(ctx, tx, b, ids)
}

// bin returns where the records lie.
func (in *TrashChange) bin() (bin, error) {
	b, ok := binOf(in.Noun)
	if !ok || b.list == nil {
		return bin{}, tenant.Invalid("noun", "unknown", "is not a kind of record that can be restored")
	}
	return b, nil
}

// permission is what the change takes; each record has to be within the scope for deleting besides.
func (in *TrashChange) permission() tenant.Permission {
	if in.Action == trashPurge {
		return trashDelete
	}
	return bin{noun: in.Noun}.permission()
}

func (in *TrashChange) check(caller *tenant.Caller) error {
	if p := in.permission(); !caller.May(p) {
		return fmt.Errorf("%s: %w", p, tenant.ErrDenied)
	}
	invalid := &tenant.InvalidError{}
	checkWord(invalid, "action", in.Action, []string{trashRestore, trashPurge})
	if in.Action == trashPurge && !in.Confirm {
		invalid.Add("confirm", "required", "must be true: what is removed for good does not come back")
	}
	return invalid.Err()
}

func (b bin) planned(_ context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error) {
	return b.plan(q, in)
}

// run changes those of the records that lie in the trash and that the caller reaches.
func (in *TrashChange) run(ctx context.Context, tx *tenant.Tx, b bin, ids []tenant.RecordID) (BulkResult, error) {
	p, err := b.plan(tx.Query, ListQuery{})
	if err != nil {
		return BulkResult{}, err
	}
	p.Narrow(b.list.OneOf(ids))
	p.UseIndex("") // they are looked up by their ids
	where := p.Conditions()
	var found []tenant.RecordID
	if err := tx.Select(ctx, &found, fmt.Sprintf(`SELECT %[1]s.id FROM %[2]s WHERE %[3]s ORDER BY %[1]s.id FOR UPDATE`, b.list.Alias, p.From(), where.SQL), where.Args...); err != nil {
		return BulkResult{}, err
	}
	result := beginResult(in.Noun, ids, found, func(id *tenant.RecordID) tenant.RecordID { return *id })
	if in.Action == trashPurge && len(found) > 0 {
		result.Changed = len(found)
		return result, b.purge(ctx, tx, found)
	}
	for _, id := range found {
		failure, err := b.restoreOne(ctx, tx, id)
		switch {
		case err != nil:
			return BulkResult{}, err
		case failure != nil:
			result.refuse(*failure)
		default:
			result.Changed++
		}
	}
	return result, nil
}

// restoreOne takes a record out of the trash, or leaves everything as it was and says what is in the way.
func (b bin) restoreOne(ctx context.Context, tx *tenant.Tx, id tenant.RecordID) (*BulkFailure, error) {
	if _, err := tx.Exec(ctx, `SAVEPOINT restoring`); err != nil {
		return nil, err
	}
	err := b.restore(ctx, tx, id)
	conflict, ok := errors.AsType[*tenant.ConflictError](err)
	if !ok {
		return nil, err
	}
	_, err = tx.Exec(ctx, `ROLLBACK TO SAVEPOINT restoring`)
	return &BulkFailure{RecordRef{b.noun, id}, conflict.Code, conflict.Message}, err
}

func (b bin) restore(ctx context.Context, tx *tenant.Tx, id tenant.RecordID) (err error) {
	switch b.noun {
	case "customer":
		_, err = RestoreCustomer(ctx, tx, CustomerID(id))
	case "contact":
		_, err = RestoreContact(ctx, tx, ContactID(id))
	case "deal":
		_, err = RestoreDeal(ctx, tx, DealID(id))
	case "task":
		_, err = RestoreTask(ctx, tx, TaskID(id))
	}
	return err
}

// work is the change as a job. What is deleted after it was started stays in the trash.
func (in *TrashChange) work() (jobWork, error) {
	b, err := in.bin()
	if err != nil {
		return jobWork{}, err
	}
	ids := make([]tenant.RecordID, len(in.IDs))
	check := func(_ context.Context, tx *tenant.Tx) error { return in.check(tx.Caller) }
	work := bulkJob("trash", b.list.Alias, in.permission(), ids, in.Matching, b.planned, check, func(ctx context.Context, tx *tenant.Tx, ids []tenant.RecordID) (BulkResult, error) {
		return in.run(ctx, tx, b, ids)
	})
	work.passes[0].since = "deleted_at"
	return work, nil
}
