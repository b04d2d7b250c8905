package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// HandOver gives everything that a member looks after to others.
type HandOver struct {
	From tenant.MemberID `json:"from_id" doc:"Whose records are handed over."`
	Receivers
}

// Receivers are who gets what a member looks after.
type Receivers struct {
	To          []tenant.MemberID `json:"to_ids" minItems:"1" maxItems:"20" doc:"Who gets them; several share them about evenly, and what hangs on one customer goes to one of them."`
	ClosedDeals bool              `json:"closed_deals,omitempty" doc:"Whether won and lost deals go too. Left out they stay with whom they were closed by, for reports."`
}

// HandOverCount is how much a hand-over would move.
type HandOverCount struct {
	Customers      int `json:"customers" doc:"Customers, with their contacts." example:"120"`
	Contacts       int `json:"contacts" doc:"Contacts without a customer." example:"3"`
	Deals          int `json:"deals" doc:"Open deals, or all with closed_deals." example:"14"`
	Tasks          int `json:"tasks" doc:"Open tasks." example:"31"`
	CalendarEvents int `json:"calendar_events" doc:"Calendar events that are not over." example:"6"`
}

// CountHandOver says how much a member within the caller's reach has to hand over, else ErrNotFound.
func CountHandOver(ctx context.Context, q *tenant.Query, in HandOver) (HandOverCount, error) {
	var c HandOverCount
	if err := in.checkFrom(ctx, q); err != nil {
		return c, err
	}
	passes := in.work(q.Now).passes
	for i, n := range []*int{&c.Customers, &c.Contacts, &c.Deals, &c.Tasks, &c.CalendarEvents} {
		var err error
		if *n, err = passes[i].count(ctx, q, Job{CreatedAt: q.Now}); err != nil {
			return c, err
		}
	}
	return c, nil
}

// StartHandOver has a worker move everything that a member looks after, with the caller's rights. It returns ErrNotFound
// for a member whose customers the caller may not change, and *tenant.InvalidError for a receiver who is none.
func StartHandOver(ctx context.Context, tx *tenant.Tx, in HandOver) (Job, error) {
	return startJob(ctx, tx, NewJob{JobTask: JobTask{HandOver: &in}})
}

func (in *HandOver) checkFrom(ctx context.Context, q *tenant.Query) error {
	if _, err := tenant.GetMember(ctx, q, in.From); err != nil {
		return err
	}
	if !q.Scope(customerUpdate).Includes(in.From) {
		return fmt.Errorf("customers of %s: %w", in.From, tenant.ErrNotFound)
	}
	return nil
}

func (in *HandOver) check(ctx context.Context, tx *tenant.Tx) error {
	if err := in.checkFrom(ctx, tx.Query); err != nil {
		return err
	}
	invalid := &tenant.InvalidError{}
	if len(in.To) == 0 || slices.Contains(in.To, in.From) {
		invalid.Add("to_ids", "invalid", "needs at least one member, and not the one whose records they are")
	}
	for i, member := range in.To {
		if err := checkOwner(ctx, tx, invalid, fmt.Sprintf("to_ids[%d]", i), member, customerUpdate); err != nil {
			return err
		}
	}
	return invalid.Err()
}

// work goes through the nouns in the order of [HandOverCount].
func (in *HandOver) work(now time.Time) jobWork {
	deals := list.Condition{SQL: "d.deleted_at IS NULL"}
	if !in.ClosedDeals {
		deals.SQL += " AND d.status = 'open'"
	}
	return jobWork{
		kind: "hand_over", permission: customerUpdate, check: in.check,
		passes: []jobPass{
			in.pass("company.customers", "c", "owner_id", "", customerUpdate, list.Condition{SQL: "c.deleted_at IS NULL"}, in.giveCustomers),
			in.pass("company.contacts", "p", "owner_id", "", contactUpdate,
				list.Condition{SQL: "p.deleted_at IS NULL AND p.customer_id IS NULL"}, in.giveContacts),
			in.pass("company.deals", "d", "owner_id", "COALESCE(d.customer_id, d.id)", dealUpdate, deals, in.giveDeals),
			in.pass("company.tasks", "t", "assignee_id", "COALESCE(t.customer_id, t.id)", taskUpdate,
				list.Condition{SQL: "t.deleted_at IS NULL AND t.status = 'open'"}, in.giveTasks),
			in.pass("company.calendar_events", "e", "organizer_id", "COALESCE(e.customer_id, e.id)", calendarEventUpdate,
				list.Condition{SQL: "e.deleted_at IS NULL AND e.series_id IS NULL AND e.until_at > ?", Args: []any{now}}, in.giveEvents),
		},
	}
}

type giving func(ctx context.Context, tx *tenant.Tx, to tenant.MemberID, ids []tenant.RecordID) (BulkResult, error)

func (in *HandOver) pass(table, alias, owner, share string, p tenant.Permission, live list.Condition, give giving) jobPass {
	return jobPass{
		alias: alias, share: share,
		rows: func(_ context.Context, q *tenant.Query) (string, list.Condition, error) {
			visible, args := q.Scope(p).Where(alias+"."+owner, "")
			return table + " " + alias, list.All(live, list.Condition{SQL: alias + "." + owner + " = ?", Args: []any{in.From}}, list.Condition{SQL: visible, Args: args}), nil
		},
		run: func(ctx context.Context, tx *tenant.Tx, rows []jobRow) (BulkResult, error) {
			return in.divide(ctx, tx, rows, give)
		},
	}
}

// divide gives each record to one of the receivers: the same for all that has the same share.
func (in *HandOver) divide(ctx context.Context, tx *tenant.Tx, rows []jobRow, give giving) (BulkResult, error) {
	parts := make([][]tenant.RecordID, len(in.To))
	for _, r := range rows {
		i := int(r.Share[len(r.Share)-1]) % len(in.To) // ids end at random
		parts[i] = append(parts[i], r.ID)
	}
	var sum BulkResult
	for i, ids := range parts {
		if len(ids) == 0 {
			continue
		}
		r, err := give(ctx, tx, in.To[i], ids)
		if err != nil {
			return BulkResult{}, err
		}
		sum.add(r)
	}
	return sum, nil
}

func (in *HandOver) giveCustomers(ctx context.Context, tx *tenant.Tx, to tenant.MemberID, ids []tenant.RecordID) (BulkResult, error) {
	return ChangeCustomers(ctx, tx, BulkChange{IDs: idsOf[customerKind](ids), Action: bulkAssign, OwnerID: patch.Of(to)})
}

func (in *HandOver) giveDeals(ctx context.Context, tx *tenant.Tx, to tenant.MemberID, ids []tenant.RecordID) (BulkResult, error) {
	return ChangeDeals(ctx, tx, DealBulk{IDs: idsOf[dealKind](ids), Action: bulkAssign, OwnerID: patch.Of(to)})
}

func (in *HandOver) giveTasks(ctx context.Context, tx *tenant.Tx, to tenant.MemberID, ids []tenant.RecordID) (BulkResult, error) {
	return ChangeTasks(ctx, tx, TaskBulk{IDs: idsOf[taskKind](ids), Action: bulkAssign, AssigneeID: &to})
}

func (in *HandOver) giveContacts(ctx context.Context, tx *tenant.Tx, to tenant.MemberID, ids []tenant.RecordID) (BulkResult, error) {
	return eachOf("contact", ids, func(id tenant.RecordID) error {
		_, err := UpdateContact(ctx, tx, ContactID(id), ContactPatch{OwnerID: patch.Of(to)}, 0)
		return err
	})
}

func (in *HandOver) giveEvents(ctx context.Context, tx *tenant.Tx, to tenant.MemberID, ids []tenant.RecordID) (BulkResult, error) {
	return eachOf("calendar_event", ids, func(id tenant.RecordID) error {
		_, err := UpdateCalendarEvent(ctx, tx, CalendarEventID(id), Extent{}, CalendarEventPatch{OrganizerID: patch.Of(to)}, 0)
		return err
	})
}

// eachOf changes records one by one and passes over those that the caller may not change, as other people's private
// events.
func eachOf(noun string, ids []tenant.RecordID, change func(tenant.RecordID) error) (BulkResult, error) {
	r := BulkResult{Selected: len(ids)}
	for _, id := range ids {
		switch err := change(id); {
		case errors.Is(err, tenant.ErrNotFound), errors.Is(err, tenant.ErrDenied):
			r.NotFound++
			r.Failures = append(r.Failures, BulkFailure{RecordRef{noun, id}, "not_found", "There is no such record, or it is not yours to change."})
		case err != nil:
			return BulkResult{}, err
		default:
			r.Changed++
		}
	}
	return r, nil
}

func (r *BulkResult) add(more BulkResult) {
	r.Selected, r.Changed, r.Unchanged = r.Selected+more.Selected, r.Changed+more.Changed, r.Unchanged+more.Unchanged
	r.NotFound, r.Refused, r.Failures = r.NotFound+more.NotFound, r.Refused+more.Refused, append(r.Failures, more.Failures...)
}

func idsOf[K tenant.Kind](refs []tenant.RecordID) []tenant.ID[K] {
	ids := make([]tenant.ID[K], len(refs))
	for i, r := range refs {
		ids[i] = tenant.ID[K](r)
	}
	return ids
}
