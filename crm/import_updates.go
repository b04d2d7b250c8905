package crm

import (
	"errors"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// update lays the row's values over the customer.
func (b *batch) update(e *entry, id CustomerID) (result, error) {
	before, ok := b.current[id]
	if !ok { // deleted since the matches were read
		return rejected(e, ImportProblem{Field: b.parser.options.Key, Code: "not_found", Message: "the customer was just deleted"}), nil
	}
	after := before
	after.LostReason = ""
	problems := b.parser.complete(&after, e.row)
	after.CreatedAt = before.CreatedAt // history is not rewritten
	if b.q.Caller.Masked[maskPhone] {
		after.Phone = before.Phone
	}
	if b.q.Caller.Masked[maskEmail] {
		after.Email = before.Email
	}
	if after.Lifecycle == Lost && after.LostReason == "" {
		after.LostReason = before.LostReason
	}
	if move := b.forbidden(before, after); move != nil {
		problems = append(problems, *move)
	}
	if len(problems) > 0 {
		return rejected(e, problems...), nil
	}
	if after.Lifecycle != before.Lifecycle {
		after.LifecycleSince = b.q.Now
	}
	previous, err := differences(before, after)
	if err != nil {
		return result{}, err
	}
	if len(previous) == 0 {
		return result{entry: e, outcome: RowDuplicate, record: id, problems: []ImportProblem{
			{Field: b.parser.options.Key, Code: "nothing_new", Message: "the row says nothing new of the customer"},
		}}, nil
	}
	after.stamp(before, b.q.Now)
	return result{entry: e, outcome: RowUpdated, record: id, change: &customerChange{before, after, previous}}, nil
}

// forbidden is the problem of a change of stage that the company does not allow.
func (b *batch) forbidden(before, after Customer) *ImportProblem {
	if before.Lifecycle == after.Lifecycle {
		return nil
	}
	err := permitMove(b.moves, before.Lifecycle, StageChange{To: after.Lifecycle, Reason: after.LostReason})
	if err == nil {
		return nil
	}
	message := err.Error()
	if _, ok := errors.AsType[*tenant.InvalidError](err); ok {
		message = "this change of the stage needs a reason; fill in the lost reason"
	}
	return &ImportProblem{Field: "lifecycle", Code: "illegal_lifecycle_move", Message: message}
}

// stampNew gives a new customer its times; a historic date of making is that of its stage too. The silence
// counts from the import.
func (c *Customer) stampNew(now time.Time) {
	if c.CreatedAt.IsZero() {
		c.CreatedAt = now
	}
	c.LifecycleSince = c.CreatedAt
	c.UpdatedAt, c.SilenceFrom, c.OwnerSince = now, now, now
}
