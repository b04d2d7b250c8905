package crm

import (
	"context"
	"maps"
	"slices"

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

// FireReminder is [FireReminders] for one task.
func FireReminder(ctx context.Context, tx *tenant.Tx, ref tenant.RecordID) error {
	return FireReminders(ctx, tx, []tenant.RecordID{ref})
}

// FireReminders tells the assignees of tasks that they are due, once for each. The event task.due carries it
// to every channel. A task that is done, gone or moved meanwhile is passed over. Many tasks fall due at the
// same full hour, so it costs the same few statements for hundreds as for one.
func FireReminders(ctx context.Context, tx *tenant.Tx, refs []tenant.RecordID) error {
	var found []Task
	if err := tx.SelectIn(ctx, &found, `SELECT `+taskColumns+` FROM company.tasks t
		WHERE t.id IN (?) AND t.deleted_at IS NULL ORDER BY t.id FOR UPDATE`, refs); err != nil {
		return err
	}
	over := make(map[tenant.RecordID]bool, len(refs))
	for _, ref := range refs {
		over[ref] = true
	}
	var fired []TaskID
	var events []tenant.Event
	for _, t := range found {
		if t.Status == "open" && t.RemindAt != nil && t.RemindedAt == nil && t.RemindAt.After(tx.Now) {
			delete(over, tenant.RecordID(t.ID))
			if err := scheduleReminder(ctx, tx, t); err != nil {
				return err
			}
			continue
		}
		if t.Status != "open" || t.RemindAt == nil || t.RemindedAt != nil {
			continue
		}
		t.RemindedAt = &tx.Now
		fired = append(fired, t.ID)
		events = append(events, tenant.Event{
			Type: "task.due", Resource: "task", Record: tenant.RecordID(t.ID), OwnerBefore: t.AssigneeID, OwnerAfter: t.AssigneeID, Data: t,
		})
	}
	if len(fired) > 0 {
		if _, err := tx.ExecIn(ctx, `UPDATE company.tasks SET reminded_at = ? WHERE id IN (?)`, tx.Now, fired); err != nil {
			return err
		}
	}
	if err := tx.UnscheduleAll(ctx, ReminderWork, slices.Collect(maps.Keys(over))); err != nil {
		return err
	}
	return tx.EmitAll(ctx, events, false)
}
