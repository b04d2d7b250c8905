package crm

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// CreateTask adds a task for the caller, or for a member to whom the caller may assign: a manager to
// everyone below, nobody else.
func CreateTask(ctx context.Context, tx *tenant.Tx, in NewTask) (Task, error) {
	t := in.task(tx)
	invalid := &tenant.InvalidError{}
	if in.DueAt != nil && in.DueOn != nil {
		invalid.Add("due_on", "invalid", "cannot stand beside due_at; a task is due at a time or on a day")
	}
	if err := t.check(ctx, tx, invalid, Task{}); err != nil {
		return Task{}, err
	}
	if in.RRule != "" {
		t.repeat(invalid, in.RRule)
	}
	reminders := in.Reminders
	if reminders == nil && t.DueAt != nil {
		reminders = usualReminders(t.isWholeDay())
	}
	checkReminders(invalid, reminders, t.DueAt != nil, t.isWholeDay())
	var err error
	if t.Custom, err = newCustom(ctx, tx, invalid, "task", in.Custom, !in.Passing); err != nil {
		return Task{}, err
	}
	if err := invalid.Err(); err != nil {
		return Task{}, err
	}
	t.Reminders = planReminders(reminders, nil, t.anchor(), tx.Now)
	return t, insertTasks(ctx, tx, []Task{t}, false)
}

// task fills in what the input leaves open.
func (in NewTask) task(tx *tenant.Tx) Task {
	t := Task{
		ID: tenant.NewID[taskKind](), Title: in.Title, Note: in.Note, Kind: in.Kind, Priority: in.Priority, Status: taskOpen,
		AssigneeID: tx.Caller.Member, DueAt: utc(in.DueAt), DueOn: in.DueOn, TimeZone: in.TimeZone, Checklist: in.Checklist,
		CreatedBy: tx.Caller.Author(), CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if in.ID != nil && !in.ID.IsZero() {
		t.ID = *in.ID
	}
	if in.CustomerID != nil {
		t.CustomerID = *in.CustomerID
	}
	if in.DealID != nil {
		t.DealID = *in.DealID
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
	if t.TimeZone == "" {
		t.TimeZone = tx.Location().String()
	}
	return t
}

// check examines a task that was before; the zero Task for a new one.
func (t *Task) check(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, before Task) error {
	t.checkAlone(invalid)
	if t.AssigneeID.IsZero() {
		invalid.Add("assignee_id", "required", "is required")
	} else if t.AssigneeID != before.AssigneeID {
		if err := checkOwner(ctx, tx, invalid, "assignee_id", t.AssigneeID, taskCreate); err != nil {
			return err
		}
	}
	if !t.CustomerID.IsZero() && t.CustomerID != before.CustomerID {
		if _, err := hangOn(ctx, tx, invalid, "customer_id", t.CustomerID, customerRead); err != nil {
			return err
		}
	}
	if t.DealID != before.DealID {
		if err := t.checkDeal(ctx, tx, invalid); err != nil {
			return err
		}
	}
	return invalid.Err()
}

// checkAlone examines what does not depend on other records.
func (t *Task) checkAlone(invalid *tenant.InvalidError) {
	checkRequired(invalid, "title", t.Title, maxTitle)
	checkText(invalid, "note", t.Note, 10_000)
	checkWord(invalid, "kind", t.Kind, taskKinds)
	checkWord(invalid, "priority", t.Priority, priorities)
	checkWord(invalid, "status", t.Status, taskStatuses)
	t.settleDue(invalid)
	t.Checklist = t.Checklist.clean(invalid)
}

// UpdateTask changes the fields that are set. version, when not 0, must be the record's, else ErrStale. A change that
// changes nothing writes nothing. What is done or cancelled reminds of nothing.
func UpdateTask(ctx context.Context, tx *tenant.Tx, id TaskID, in TaskPatch, version int64) (Task, error) {
	before, err := lockTask(ctx, tx, id, taskUpdate, version)
	if err != nil {
		return Task{}, err
	}
	c := taskChange{before: before}
	more, err := c.apply(ctx, tx, in)
	switch {
	case err != nil:
		return Task{}, err
	case len(c.previous) == 0:
		return before, nil
	}
	if err := saveTasks(ctx, tx, []taskChange{c}, false); err != nil {
		return Task{}, err
	}
	return c.after, more.save(ctx, tx, false)
}

// apply finds what a patch changes, and what else comes of that.
func (c *taskChange) apply(ctx context.Context, tx *tenant.Tx, in TaskPatch) (turned, error) {
	var err error
	if c.after, err = in.apply(ctx, tx, c.before); err != nil {
		return turned{}, err
	}
	more, err := c.turn(ctx, tx)
	if err != nil {
		return turned{}, err
	}
	return more, c.compare(tx)
}

// apply returns what the patch makes of a task.
func (in TaskPatch) apply(ctx context.Context, tx *tenant.Tx, before Task) (Task, error) {
	if before.Status != taskOpen && in.Status.Or(before.Status) == taskOpen {
		before.Reminders = revived(before.Reminders, tx.Now)
	}
	t := before
	t.Title, t.Note, t.Priority, t.Status = in.Title.Or(t.Title), in.Note.Or(t.Note), in.Priority.Or(t.Priority), in.Status.Or(t.Status)
	t.CustomerID, t.DealID = in.CustomerID.Or(t.CustomerID), in.DealID.Or(t.DealID)
	t.AssigneeID, t.TimeZone = in.AssigneeID.Or(t.AssigneeID), in.TimeZone.Or(t.TimeZone)
	t.Checklist = in.Checklist.Or(t.Checklist)
	invalid := &tenant.InvalidError{}
	in.applyDue(&t, invalid)
	if err := t.check(ctx, tx, invalid, before); err != nil {
		return Task{}, err
	}
	in.applyRule(&t, before, invalid)
	in.applyReminders(&t, before, invalid, tx)
	var err error
	if t.Custom, err = changedCustom(ctx, tx, invalid, "task", t.Custom, in.Custom); err != nil {
		return Task{}, err
	}
	if err := invalid.Err(); err != nil {
		return Task{}, err
	}
	switch {
	case t.Status == taskDone && before.Status != taskDone:
		t.CompletedAt = &tx.Now
	case t.Status != taskDone:
		t.CompletedAt = nil
	}
	return t, in.keepUsual(&t, &before)
}

// applyDue lets a due time take the place of a due day and the other way round.
func (in TaskPatch) applyDue(t *Task, invalid *tenant.InvalidError) {
	at, on := in.DueAt.Set && !in.DueAt.Null, in.DueOn.Set && !in.DueOn.Null
	switch {
	case at && on:
		invalid.Add("due_on", "invalid", "cannot stand beside due_at; a task is due at a time or on a day")
	case at:
		t.DueAt, t.DueOn = utc(&in.DueAt.Value), nil
	case on:
		t.DueOn = &in.DueOn.Value
	case in.DueAt.Set, in.DueOn.Set && t.DueOn != nil:
		t.DueAt, t.DueOn = nil, nil
	}
}

// applyReminders plans the reminders when they, or what they count back from, have changed.
func (in TaskPatch) applyReminders(t *Task, before Task, invalid *tenant.InvalidError, tx *tenant.Tx) {
	switch {
	case in.Reminders.Set:
		checkReminders(invalid, in.Reminders.Value, t.DueAt != nil, t.isWholeDay())
		if len(invalid.Fields) == 0 {
			t.Reminders = planReminders(in.Reminders.Value, before.Reminders, t.anchor(), tx.Now)
		}
	case !sameTime(t.DueAt, before.DueAt) || t.isWholeDay() != before.isWholeDay() || t.TimeZone != before.TimeZone:
		t.remindAnew(before, tx.Now)
	}
}

// DeleteTask moves a task to the trash, from where it can be restored until it is purged. One that comes again does so
// no more.
func DeleteTask(ctx context.Context, tx *tenant.Tx, id TaskID, version int64) error {
	t, err := lockTask(ctx, tx, id, taskDelete, version)
	if err != nil {
		return err
	}
	return trashTasks(ctx, tx, []Task{t}, false)
}

// RestoreTask takes a task out of the trash, with its reminders that are still to come. It returns ErrNotFound for one
// that is not in the trash.
func RestoreTask(ctx context.Context, tx *tenant.Tx, id TaskID) (Task, error) {
	visible, args := tx.Scope(taskDelete).Where("t.assignee_id", "")
	if err := tx.MustChange(ctx, `UPDATE company.tasks t SET t.deleted_at = NULL, t.version = t.version + 1, t.updated_at = ?
		WHERE t.id = ? AND t.deleted_at IS NOT NULL AND `+visible, append([]any{tx.Now, id}, args...)...); err != nil {
		return Task{}, fmt.Errorf("task %s: %w", id, err)
	}
	t, err := lockTask(ctx, tx, id, taskDelete, 0)
	if err != nil {
		return Task{}, err
	}
	before := t.Reminders
	t.Reminders = revived(before, tx.Now)
	if err := saveReminders(ctx, tx, []reminderChange{{tenant.RecordID(id), before, t.Reminders, false, t.Status == taskOpen}}); err != nil {
		return Task{}, err
	}
	if err := recountFollowUps(ctx, tx, t.CustomerID); err != nil {
		return Task{}, err
	}
	if err := recountDeals(ctx, tx, t.DealID); err != nil {
		return Task{}, err
	}
	if err := restoreCustom(ctx, tx, "task", t.customTo(t.Custom)); err != nil {
		return Task{}, err
	}
	return t, tx.Emit(ctx, tenant.Event{Type: "task.restored", Resource: "task", Record: tenant.RecordID(id), OwnerAfter: t.AssigneeID, Data: t})
}

// lockTask is findTask for a change: the row stays locked until the transaction ends. version, when not 0, must be the
// record's, else ErrStale.
func lockTask(ctx context.Context, tx *tenant.Tx, id TaskID, p tenant.Permission, version int64) (Task, error) {
	t, err := findTask(ctx, tx.Query, id, p, "FOR UPDATE")
	if err == nil && version != 0 && version != t.Version {
		err = fmt.Errorf("task %s: %w", id, tenant.ErrStale)
	}
	return t, err
}
