package crm

import (
	"context"
	"errors"

	"github.com/guanxi-crm/guanxi/tenant"
)

// ReminderWork is the kind of due work that reminds of a task.
const ReminderWork = "reminder"

// scheduleReminder makes the task's reminder due, or takes it back.
func scheduleReminder(ctx context.Context, tx *tenant.Tx, t Task) error {
	if t.Status != "open" || t.RemindAt == nil || t.RemindedAt != nil {
		return tx.Unschedule(ctx, ReminderWork, tenant.RecordID(t.ID))
	}
	return tx.Schedule(ctx, ReminderWork, tenant.RecordID(t.ID), tenant.RecordID{}, *t.RemindAt)
}

// FireReminder tells the assignee of a task that it is due, once. The event task.due carries it to every
// channel. A task that is done, gone or moved meanwhile is passed over.
func FireReminder(ctx context.Context, tx *tenant.Tx, ref tenant.RecordID) error {
	t, err := findTask(ctx, tx.Query, TaskID(ref), taskRead, "FOR UPDATE")
	if errors.Is(err, tenant.ErrNotFound) {
		return tx.Unschedule(ctx, ReminderWork, ref)
	}
	if err != nil {
		return err
	}
	if t.Status != "open" || t.RemindAt == nil || t.RemindedAt != nil || t.RemindAt.After(tx.Now) {
		return scheduleReminder(ctx, tx, t)
	}
	t.RemindedAt = &tx.Now
	if _, err := tx.Exec(ctx, `UPDATE company.tasks SET reminded_at = ? WHERE id = ?`, tx.Now, t.ID); err != nil {
		return err
	}
	if err := tx.Unschedule(ctx, ReminderWork, ref); err != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{
		Type: "task.due", Resource: "task", Record: ref, OwnerBefore: t.AssigneeID, OwnerAfter: t.AssigneeID, Data: t,
	})
}
