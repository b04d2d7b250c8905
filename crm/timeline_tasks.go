package crm

import (
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TimelineTask is what a timeline shows of a task.
type TimelineTask struct {
	ID         TaskID          `db:"id" json:"id" doc:"The task."`
	Title      string          `db:"title" json:"title" doc:"What is to be done." example:"Send quote"`
	Kind       string          `db:"kind" json:"kind" enum:"todo,follow_up,survey" doc:"What it is for." example:"follow_up"`
	Status     string          `db:"status" json:"status" enum:"open,done,cancelled" doc:"Whether it is still to be done." example:"open"`
	AssigneeID tenant.MemberID `db:"assignee_id" json:"assignee_id" doc:"Who has to do it, or has done it."`
	DueAt      *time.Time      `db:"due_at" json:"due_at" doc:"By when (UTC)."`
}

func createdTasks(q *tenant.Query, of subject, before moment) list.Condition {
	return taskStatement(q, of, before.condition("t.created_at", "t.id"), "t.created_at", "tasks_customer_created", "t.created_by")
}

func completedTasks(q *tenant.Query, of subject, before moment) list.Condition {
	done := list.All(list.Condition{SQL: "t.status = 'done'"}, before.condition("t.completed_at", "t.id"))
	return taskStatement(q, of, done, "t.completed_at", "tasks_customer_completed", "t.assignee_id")
}

// taskStatement reads tasks by one of their times; actor is whose doing that is.
func taskStatement(q *tenant.Query, of subject, only list.Condition, at, key, actor string) list.Condition {
	visible, args := q.Scope(taskRead).Where(tasks.OwnerColumn, tasks.CustomerColumn)
	where := list.All(
		list.Condition{SQL: "t.customer_id = ? AND t.deleted_at IS NULL", Args: []any{of.customer}},
		list.Condition{SQL: visible, Args: args}, only)
	return list.Condition{SQL: fmt.Sprintf(`SELECT %[1]s AS at, %[2]s AS actor_id, t.id, t.title, t.kind, t.status, t.assignee_id, t.due_at
		FROM company.tasks t FORCE INDEX (%[3]s) WHERE %[4]s ORDER BY %[1]s DESC, t.id DESC`, at, actor, key, where.SQL), Args: where.Args}
}

type taskRow struct {
	timelineRow
	TimelineTask
}

func (r taskRow) item() TimelineItem {
	item := r.timelineRow.item(r.ID.String(), r.ID)
	item.Task = &r.TimelineTask
	return item
}
