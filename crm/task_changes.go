package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// CreateTask adds a task for the caller, or for a member to whom the caller may assign: a manager to
// everyone below, nobody else.
func CreateTask(ctx context.Context, tx *tenant.Tx, in NewTask) (Task, error) {
	t := Task{
		ID: tenant.NewID[taskKind](), Title: in.Title, Note: in.Note, Kind: in.Kind, Priority: in.Priority, Status: "open",
		AssigneeID: tx.Caller.Member, DueAt: utc(in.DueAt), RemindAt: utc(in.RemindAt.OrNull(in.DueAt)), CreatedBy: tx.Caller.Member,
		CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if in.ID != nil && !in.ID.IsZero() {
		t.ID = *in.ID
	}
	if in.CustomerID != nil {
		t.CustomerID = *in.CustomerID
	}
	if in.AssigneeID != nil {
		t.AssigneeID = *in.AssigneeID
	}
	if t.Kind == "" {
		t.Kind = "todo"
	}
	if t.Priority == "" {
		t.Priority = "normal"
	}
	if err := t.check(ctx, tx, Task{}); err != nil {
		return Task{}, err
	}
	return t, insertTask(ctx, tx, t)
}

// check examines a task that was before; the zero Task for a new one.
func (t *Task) check(ctx context.Context, tx *tenant.Tx, before Task) error {
	invalid := &tenant.InvalidError{}
	checkRequired(invalid, "title", t.Title, maxTitle)
	checkText(invalid, "note", t.Note, 10_000)
	checkWord(invalid, "kind", t.Kind, taskKinds)
	checkWord(invalid, "priority", t.Priority, priorities)
	checkWord(invalid, "status", t.Status, taskStatuses)
	checkTime(invalid, "due_at", t.DueAt)
	checkTime(invalid, "remind_at", t.RemindAt)
	if t.AssigneeID.IsZero() {
		invalid.Add("assignee_id", "required", "is required")
	} else if t.AssigneeID != before.AssigneeID {
		if err := checkOwner(ctx, tx, invalid, "assignee_id", t.AssigneeID, taskCreate); err != nil {
			return err
		}
	}
	if !t.CustomerID.IsZero() && t.CustomerID != before.CustomerID {
		if _, err := GetCustomer(ctx, tx.Query, t.CustomerID); errors.Is(err, tenant.ErrNotFound) {
			invalid.Add("customer_id", "unknown", "is not a customer whom you can see")
		} else if err != nil {
			return err
		}
	}
	return invalid.Err()
}

func insertTask(ctx context.Context, tx *tenant.Tx, t Task) error {
	_, err := tx.NamedExec(ctx, `
		INSERT INTO company.tasks (id, title, note, kind, priority, status, customer_id, assignee_id, due_at, remind_at,
			reminded_at, origin, completed_at, version, created_by, created_at, updated_at)
		VALUES (:id, :title, :note, :kind, :priority, :status, :customer_id, :assignee_id, :due_at, :remind_at,
			:reminded_at, :origin, :completed_at, :version, :created_by, :created_at, :updated_at)`, t)
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return &tenant.ConflictError{Code: "id_in_use", Message: "A record with this id exists already."}
	}
	if err != nil {
		return err
	}
	if err := scheduleReminder(ctx, tx, t); err != nil {
		return err
	}
	if err := recountFollowUp(ctx, tx, t.CustomerID); err != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{
		Type: "task.created", Resource: "task", Record: tenant.RecordID(t.ID), OwnerAfter: t.AssigneeID, Data: t,
	})
}

// UpdateTask changes the fields that are set; done tasks lose their reminder.
func UpdateTask(ctx context.Context, tx *tenant.Tx, id TaskID, in TaskPatch, version int64) (Task, error) {
	before, err := lockTask(ctx, tx, id, taskUpdate, version)
	if err != nil {
		return Task{}, err
	}
	after := in.apply(tx, before)
	if err := after.check(ctx, tx, before); err != nil {
		return Task{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if _, err := tx.NamedExec(ctx, `
		UPDATE company.tasks SET title = :title, note = :note, priority = :priority, status = :status, customer_id = :customer_id,
			assignee_id = :assignee_id, due_at = :due_at, remind_at = :remind_at, reminded_at = :reminded_at,
			completed_at = :completed_at, version = :version, updated_at = :updated_at WHERE id = :id`, after); err != nil {
		return Task{}, err
	}
	if err := scheduleReminder(ctx, tx, after); err != nil {
		return Task{}, err
	}
	for _, customer := range []CustomerID{before.CustomerID, after.CustomerID} {
		if err := recountFollowUp(ctx, tx, customer); err != nil {
			return Task{}, err
		}
	}
	event := tenant.Event{
		Type: "task.updated", Resource: "task", Record: tenant.RecordID(id),
		OwnerBefore: before.AssigneeID, OwnerAfter: after.AssigneeID, Data: after, Previous: previous,
	}
	if after.Status == "done" && before.Status != "done" {
		event.Type = "task.completed"
	}
	return after, tx.Emit(ctx, event)
}

func (in TaskPatch) apply(tx *tenant.Tx, t Task) Task {
	due, status := t.DueAt, t.Status
	t.Title, t.Note, t.Priority, t.Status = in.Title.Or(t.Title), in.Note.Or(t.Note), in.Priority.Or(t.Priority), in.Status.Or(t.Status)
	t.CustomerID, t.AssigneeID = in.CustomerID.Or(t.CustomerID), in.AssigneeID.Or(t.AssigneeID)
	t.DueAt = utc(in.DueAt.OrNull(t.DueAt))
	if in.RemindAt.Set {
		t.RemindAt = utc(in.RemindAt.OrNull(t.RemindAt))
	} else if in.DueAt.Set && sameTime(t.RemindAt, due) {
		t.RemindAt = t.DueAt
	}
	if t.RemindedAt != nil && t.RemindAt != nil && t.RemindAt.After(tx.Now) {
		t.RemindedAt = nil // moved into the future: it will remind again
	}
	switch {
	case t.Status == "done" && status != "done":
		t.CompletedAt = &tx.Now
	case t.Status == "open":
		t.CompletedAt = nil
	}
	return t
}

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// DeleteTask removes a task and its reminder.
func DeleteTask(ctx context.Context, tx *tenant.Tx, id TaskID, version int64) error {
	t, err := lockTask(ctx, tx, id, taskDelete, version)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE company.tasks SET deleted_at = ?, version = version + 1, updated_at = ? WHERE id = ?`, tx.Now, tx.Now, id); err != nil {
		return err
	}
	if err := tx.Unschedule(ctx, ReminderWork, tenant.RecordID(id)); err != nil {
		return err
	}
	if err := recountFollowUp(ctx, tx, t.CustomerID); err != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{
		Type: "task.deleted", Resource: "task", Record: tenant.RecordID(id), OwnerBefore: t.AssigneeID, Data: t,
	})
}

func lockTask(ctx context.Context, tx *tenant.Tx, id TaskID, p tenant.Permission, version int64) (Task, error) {
	t, err := findTask(ctx, tx.Query, id, p, "FOR UPDATE")
	if err == nil && version != 0 && version != t.Version {
		err = fmt.Errorf("task %s: %w", id, tenant.ErrStale)
	}
	return t, err
}

// recountFollowUp keeps the customer's next follow-up: its earliest open task.
func recountFollowUp(ctx context.Context, tx *tenant.Tx, id CustomerID) error {
	if id.IsZero() {
		return nil
	}
	_, err := tx.Exec(ctx, `
		UPDATE company.customers SET next_follow_up_at = (
			SELECT MIN(t.due_at) FROM company.tasks t WHERE t.customer_id = ? AND t.status = 'open' AND t.deleted_at IS NULL)
		WHERE id = ?`, id, id)
	return err
}
