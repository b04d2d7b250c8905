package crm

import (
	"context"
	"errors"
	"slices"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// taskWritten lists the columns that a task is written to.
var taskWritten = []string{
	"id", "title", "search_text", "note", "kind", "priority", "status", "customer_id", "deal_id", "assignee_id", "due_at", "due_on", "time_zone", "checklist",
	"rrule", "series_id", "series_start", "occurrence", "usual", "custom", "origin", "completed_at", "version", "created_by", "created_at", "updated_at",
}

// taskKept are those of them that no update writes.
var taskKept = []string{"id", "kind", "origin", "created_by", "created_at"}

var (
	insertIntoTasks = insertInto("tasks", taskWritten)
	overwriteTasks  = overwriting(taskWritten, taskKept)
)

func (t *Task) written() []any {
	return []any{
		t.ID, t.Title, t.searchText(), t.Note, t.Kind, t.Priority, t.Status, t.CustomerID, t.DealID, t.AssigneeID, t.DueAt, t.DueOn, t.TimeZone, t.Checklist,
		t.RRule, t.SeriesID, t.SeriesStart, t.Occurrence, t.Usual, t.Custom.String(), t.Origin, t.CompletedAt, t.Version, t.CreatedBy, t.CreatedAt, t.UpdatedAt,
	}
}

func (t *Task) searchText() string { return search.Text(t.Title) }

// insertTasks writes checked tasks with all that belongs to them, in a few statements for all of them. It returns
// *tenant.ConflictError for an id in use.
func insertTasks(ctx context.Context, tx *tenant.Tx, all []Task, quiet bool) error {
	rows := tx.Bulk(insertIntoTasks, len(taskWritten), "")
	reminders := make([]reminderChange, len(all))
	events := make([]tenant.Event, len(all))
	index := make([]search.Row, len(all))
	customers, deals := make([]CustomerID, len(all)), make([]DealID, len(all))
	for i, t := range all {
		if err := rows.Add(ctx, t.written()...); err != nil {
			return err
		}
		id := tenant.RecordID(t.ID)
		customers[i], deals[i] = t.CustomerID, t.DealID
		index[i] = search.RowOf(id, t.searchText())
		reminders[i] = reminderChange{record: id, after: t.Reminders, willLive: t.Status == taskOpen}
		events[i] = tenant.Event{Type: "task.created", Resource: "task", Record: id, OwnerAfter: t.AssigneeID, Data: t}
	}
	var dup *tenant.DuplicateError
	if err := rows.Flush(ctx); errors.As(err, &dup) {
		return &tenant.ConflictError{Code: "id_in_use", Message: "A record with this id exists already."}
	} else if err != nil {
		return err
	}
	if err := search.Insert(ctx, tx, search.Tasks, index); err != nil {
		return err
	}
	if err := saveReminders(ctx, tx, reminders); err != nil {
		return err
	}
	if err := recountFollowUps(ctx, tx, customers...); err != nil {
		return err
	}
	if err := recountDeals(ctx, tx, deals...); err != nil {
		return err
	}
	if err := saveCustom(ctx, tx, "task", customRecords(all, (*Task).customMade)); err != nil {
		return err
	}
	return tx.EmitAll(ctx, events, quiet)
}

// customMade and customTo show a task as it is made, and before a change, with what its custom fields hold after it.
func (t *Task) customMade() customRecord {
	return customRecord{id: tenant.RecordID(t.ID), after: t.Custom}
}

func (t *Task) customTo(after CustomValues) customRecord {
	return customRecord{tenant.RecordID(t.ID), t.Custom, after}
}

// taskChange is a locked task before and after a change, with the fields that differ as they were.
type taskChange struct {
	before, after Task
	previous      map[string]any
}

// compare finds what differs, and gives what does its next version.
func (c *taskChange) compare(tx *tenant.Tx) (err error) {
	c.previous, err = differences(c.before, c.after)
	if len(c.previous) > 0 {
		c.after.Version, c.after.UpdatedAt = c.before.Version+1, tx.Now
	}
	return err
}

// saveTasks writes changes that were compared, in a few statements for all of them.
func saveTasks(ctx context.Context, tx *tenant.Tx, all []taskChange, quiet bool) error {
	rows := tx.Bulk(insertIntoTasks, len(taskWritten), overwriteTasks)
	reminders := make([]reminderChange, len(all))
	events := make([]tenant.Event, len(all))
	var customers []CustomerID
	var deals []DealID
	for i, c := range all {
		if err := rows.Add(ctx, c.after.written()...); err != nil {
			return err
		}
		if c.before.Title != c.after.Title {
			if err := search.Replace(ctx, tx, search.Tasks, tenant.RecordID(c.after.ID), c.before.searchText(), c.after.searchText()); err != nil {
				return err
			}
		}
		customers, deals = append(customers, c.before.CustomerID, c.after.CustomerID), append(deals, c.before.DealID, c.after.DealID)
		reminders[i] = reminderChange{tenant.RecordID(c.after.ID), c.before.Reminders, c.after.Reminders, c.before.Status == taskOpen, c.after.Status == taskOpen}
		events[i] = c.event()
	}
	if err := rows.Flush(ctx); err != nil {
		return err
	}
	if err := saveReminders(ctx, tx, reminders); err != nil {
		return err
	}
	if err := recountFollowUps(ctx, tx, customers...); err != nil {
		return err
	}
	if err := recountDeals(ctx, tx, deals...); err != nil {
		return err
	}
	if err := saveCustom(ctx, tx, "task", customRecords(all, (*taskChange).custom)); err != nil {
		return err
	}
	return tx.EmitAll(ctx, events, quiet)
}

func (c *taskChange) custom() customRecord { return c.before.customTo(c.after.Custom) }

func (c *taskChange) event() tenant.Event {
	event := tenant.Event{
		Type: "task.updated", Resource: "task", Record: tenant.RecordID(c.after.ID),
		OwnerBefore: c.before.AssigneeID, OwnerAfter: c.after.AssigneeID, Data: c.after, Previous: c.previous,
	}
	if c.after.Status == taskDone && c.before.Status != taskDone {
		event.Type = "task.completed"
	}
	return event
}

// trashTasks is DeleteTask for many that are locked.
func trashTasks(ctx context.Context, tx *tenant.Tx, all []Task, quiet bool) error {
	if len(all) == 0 {
		return nil
	}
	ids := make([]TaskID, len(all))
	customers, deals := make([]CustomerID, len(all)), make([]DealID, len(all))
	reminders := make([]reminderChange, len(all))
	events := make([]tenant.Event, len(all))
	for i, t := range all {
		ids[i], customers[i], deals[i] = t.ID, t.CustomerID, t.DealID
		reminders[i] = reminderChange{tenant.RecordID(t.ID), t.Reminders, t.Reminders, t.Status == taskOpen, false}
		events[i] = tenant.Event{Type: "task.deleted", Resource: "task", Record: tenant.RecordID(t.ID), OwnerBefore: t.AssigneeID, Data: t}
	}
	if _, err := tx.ExecIn(ctx, `UPDATE company.tasks SET deleted_at = ?, version = version + 1, updated_at = ? WHERE id IN (?)`, tx.Now, tx.Now, ids); err != nil {
		return err
	}
	if err := saveReminders(ctx, tx, reminders); err != nil {
		return err
	}
	if err := recountFollowUps(ctx, tx, customers...); err != nil {
		return err
	}
	if err := recountDeals(ctx, tx, deals...); err != nil {
		return err
	}
	if err := dropCustom(ctx, tx, customRecords(all, func(t *Task) customRecord { return t.customTo(nil) })); err != nil {
		return err
	}
	return tx.EmitAll(ctx, events, quiet)
}

// recountFollowUps keeps customers' next follow-up: their earliest open task.
func recountFollowUps(ctx context.Context, tx *tenant.Tx, customers ...CustomerID) error {
	slices.SortFunc(customers, func(a, b CustomerID) int { return slices.Compare(a[:], b[:]) })
	customers = slices.DeleteFunc(slices.Compact(customers), CustomerID.IsZero)
	if len(customers) == 0 {
		return nil
	}
	_, err := tx.ExecIn(ctx, `
		UPDATE company.customers c SET c.next_follow_up_at = (
			SELECT MIN(t.due_at) FROM company.tasks t WHERE t.customer_id = c.id AND t.status = 'open' AND t.deleted_at IS NULL)
		WHERE c.id IN (?)`, customers)
	return err
}
