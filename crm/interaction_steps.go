package crm

import (
	"context"
	"errors"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// NextStepTask says how an interaction's next step becomes a task.
type NextStepTask struct {
	Title      string           `json:"title,omitempty" maxLength:"300" doc:"What is to be done; the interaction's next step when left out." example:"Send quote"`
	Note       string           `json:"note,omitempty" maxLength:"10000" doc:"Free text."`
	Priority   string           `json:"priority,omitempty" enum:"low,normal,high" doc:"How pressing; normal when left out." example:"normal"`
	AssigneeID *tenant.MemberID `json:"assignee_id,omitempty" doc:"Who has to do it; the caller when left out."`
	DueAt      *time.Time       `json:"due_at,omitempty" doc:"By when." example:"2026-03-06T07:00:00Z"`
	DueOn      *Date            `json:"due_on,omitempty" format:"date" doc:"Instead of due_at: the day by whose end." example:"2026-03-06"`
	Reminders  []NewReminder    `json:"reminders,omitempty" maxItems:"5" doc:"When to remind the assignee, as for any task."`
}

// CreateNextStepTask makes a task of an interaction's next step; the interaction knows it from then on. An interaction
// whose task still exists is a *tenant.ConflictError.
func CreateNextStepTask(ctx context.Context, tx *tenant.Tx, id InteractionID, in NextStepTask) (Task, error) {
	before, err := lockInteraction(ctx, tx, id, interactionUpdate, 0)
	if err != nil {
		return Task{}, err
	}
	if err := noTaskYet(ctx, tx, before); err != nil {
		return Task{}, err
	}
	if in.Title == "" {
		in.Title = before.NextStep
	}
	task, err := CreateTask(ctx, tx, NewTask{
		Title: in.Title, Note: in.Note, Kind: "follow_up", Priority: in.Priority, CustomerID: &before.CustomerID,
		AssigneeID: in.AssigneeID, DueAt: in.DueAt, DueOn: in.DueOn, Reminders: in.Reminders,
	})
	if err != nil {
		return Task{}, err
	}
	after := before
	after.TaskID = task.ID
	_, err = saveInteraction(ctx, tx, before, after, "interaction.updated")
	return task, err
}

func noTaskYet(ctx context.Context, tx *tenant.Tx, i Interaction) error {
	if i.TaskID.IsZero() {
		return nil
	}
	var alive bool
	err := tx.Get(ctx, &alive, `SELECT deleted_at IS NULL FROM company.tasks WHERE id = ?`, i.TaskID)
	if errors.Is(err, tenant.ErrNotFound) || err == nil && !alive {
		return nil
	}
	if err != nil {
		return err
	}
	return &tenant.ConflictError{Code: "task_exists", Message: "The next step is a task already: " + i.TaskID.String() + "."}
}
