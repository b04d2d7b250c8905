package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// The changes that can be made to many tasks at once.
const (
	bulkComplete   = "complete"
	bulkReschedule = "reschedule"
)

// TaskBulk changes many tasks at once: those named, or all that a list would show.
type TaskBulk struct {
	IDs        []TaskID         `json:"ids,omitempty" maxItems:"500" doc:"Which tasks. Leave it out with matching."`
	Matching   *BulkSelection   `json:"matching,omitempty" doc:"All tasks that a list with this would show, at most 500."`
	Action     string           `json:"action" enum:"complete,assign,reschedule,delete" doc:"What to do. delete moves to the trash and needs task:delete." example:"complete"`
	AssigneeID *tenant.MemberID `json:"assignee_id,omitempty" doc:"For assign: who has to do them."`
	DueAt      *time.Time       `json:"due_at,omitempty" doc:"For reschedule: by when."`
	DueOn      *Date            `json:"due_on,omitempty" format:"date" doc:"For reschedule: the day by whose end."`
	ShiftDays  *int             `json:"shift_days,omitempty" minimum:"-366" maximum:"366" doc:"For reschedule: by how many days each moves, at its own time of day. Tasks without a due time stay." example:"1"`
}

// ChangeTasks carries a change out on every task within the caller's reach and passes over the others, in one
// transaction. It returns *tenant.InvalidError for a bad change and for one of more than 500 tasks, and
// tenant.ErrDenied for deleting without that permission.
func ChangeTasks(ctx context.Context, tx *tenant.Tx, in TaskBulk) (BulkResult, error) {
	permission := in.permission()
	if !tx.Caller.May(permission) {
		return BulkResult{}, fmt.Errorf("%s: %w", permission, tenant.ErrDenied)
	}
	if err := in.check(); err != nil {
		return BulkResult{}, err
	}
	ids, err := selectIDs(ctx, tx.Query, in.IDs, in.Matching, planTasks, "t.id", "tasks")
	if err != nil {
		return BulkResult{}, err
	}
	found, err := lockTasks(ctx, tx, ids, permission)
	if err != nil {
		return BulkResult{}, err
	}
	result := beginResult("task", ids, found, func(t *Task) TaskID { return t.ID })
	if in.Action == bulkDelete {
		result.Changed = len(found)
		return result, trashTasks(ctx, tx, found, false)
	}
	var changes []taskChange
	var all turned
	for _, before := range found {
		c := taskChange{before: before}
		more, err := c.apply(ctx, tx, in.patch(before))
		switch {
		case err != nil:
			return BulkResult{}, err
		case len(c.previous) == 0:
			result.Unchanged++
			continue
		}
		changes, all.made, all.dropped = append(changes, c), append(all.made, more.made...), append(all.dropped, more.dropped...)
	}
	result.Changed = len(changes)
	if err := saveTasks(ctx, tx, changes, false); err != nil {
		return BulkResult{}, err
	}
	return result, all.save(ctx, tx, false)
}

// permission is what the change takes.
func (in *TaskBulk) permission() tenant.Permission {
	if in.Action == bulkDelete {
		return taskDelete
	}
	return taskUpdate
}

// check examines what can be told without the tasks.
func (in *TaskBulk) check() error {
	invalid := &tenant.InvalidError{}
	checkWord(invalid, "action", in.Action, []string{bulkComplete, bulkAssign, bulkReschedule, bulkDelete})
	checkSelection(invalid, len(in.IDs), in.Matching, "tasks")
	given := 0
	for _, set := range []bool{in.DueAt != nil, in.DueOn != nil, in.ShiftDays != nil} {
		if set {
			given++
		}
	}
	switch {
	case in.Action == bulkAssign && (in.AssigneeID == nil || in.AssigneeID.IsZero()):
		invalid.Add("assignee_id", "required", "is required")
	case in.Action == bulkReschedule && given != 1:
		invalid.Add("due_at", "required", "say one of due_at, due_on and shift_days")
	}
	checkNumber(invalid, "shift_days", in.ShiftDays, -366, 366)
	return invalid.Err()
}

// lockTasks returns those of the tasks that the caller reaches, locked in the order of their ids.
func lockTasks(ctx context.Context, tx *tenant.Tx, ids []TaskID, p tenant.Permission) ([]Task, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	visible, args := tx.Scope(p).Where("t.assignee_id", "")
	var all []Task
	if err := tx.SelectIn(ctx, &all, `SELECT `+taskColumns+` FROM company.tasks t
		WHERE t.id IN (?) AND t.deleted_at IS NULL AND `+visible+` ORDER BY t.id FOR UPDATE`, append([]any{ids}, args...)...); err != nil {
		return nil, err
	}
	return all, fillReminders(ctx, tx.Query, all, (*Task).reminded, "FOR UPDATE")
}

// patch says the change of one task.
func (in *TaskBulk) patch(t Task) TaskPatch {
	switch {
	case in.Action == bulkComplete:
		return TaskPatch{Status: patch.Of(taskDone)}
	case in.Action == bulkAssign:
		return TaskPatch{AssigneeID: patch.Of(*in.AssigneeID)}
	case in.DueAt != nil:
		return TaskPatch{DueAt: patch.Of(*in.DueAt)}
	case in.DueOn != nil:
		return TaskPatch{DueOn: patch.Of(*in.DueOn)}
	case t.DueAt == nil:
		return TaskPatch{}
	}
	moved := t
	moved.moveDue(t.dueWall().AddDays(*in.ShiftDays))
	if moved.DueOn != nil {
		return TaskPatch{DueOn: patch.Of(*moved.DueOn)}
	}
	return TaskPatch{DueAt: patch.Of(*moved.DueAt)}
}
