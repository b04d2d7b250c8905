package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type taskKind struct{}

func (taskKind) Prefix() string { return "tsk" }

// TaskID identifies a task (tsk_…).
type TaskID = tenant.ID[taskKind]

// ParseTaskID reads a task's id.
func ParseTaskID(s string) (TaskID, error) { return tenant.ParseID[taskKind](s) }

// Task is something that has to be done by one member: 任务.
type Task struct {
	ID         TaskID     `db:"id" json:"id" doc:"The task's id."`
	Title      string     `db:"title" json:"title" doc:"What is to be done." example:"Send quote"`
	Note       string     `db:"note" json:"note" doc:"Free text."`
	Kind       string     `db:"kind" json:"kind" enum:"todo,follow_up,survey" doc:"What it is for; survey is the satisfaction survey 满意度调查 after a win." example:"follow_up"`
	Priority   string     `db:"priority" json:"priority" enum:"low,normal,high" doc:"How pressing." example:"normal"`
	Status     string     `db:"status" json:"status" enum:"open,done,cancelled" doc:"Whether it is still to be done." example:"open"`
	CustomerID CustomerID `db:"customer_id" json:"customer_id" nullable:"true" doc:"The customer it is about; null for none."`
	DealID     DealID     `db:"deal_id" json:"deal_id" nullable:"true" doc:"The deal it is about; null for none."`
	// Customer is filled in where tasks are read, under the reader's scope, and left out of events.
	Customer   *CustomerCard   `db:"-" json:"customer,omitempty" doc:"Whom to call: the customer it is about, unless that is out of your reach."`
	AssigneeID tenant.MemberID `db:"assignee_id" json:"assignee_id" doc:"Who has to do it."`
	// DueAt is what lists, figures and reminders go by, whichever way the task is due.
	DueAt       *time.Time      `db:"due_at" json:"due_at" doc:"By when (UTC). Of a task that is due on a day it is the last second of that day."`
	DueOn       *Date           `db:"due_on" json:"due_on" format:"date" doc:"The day on which it is due, at no time of it; null when it is due at a time, or at none."`
	TimeZone    string          `db:"time_zone" json:"time_zone" doc:"IANA zone in which its day ends and its repetitions keep their time of day." example:"Asia/Shanghai"`
	Reminders   []Reminder      `db:"-" json:"reminders" nullable:"false" doc:"When the assignee is reminded, in order."`
	Checklist   checklist       `db:"checklist" json:"checklist" nullable:"false" doc:"The steps, in their order."`
	RRule       *string         `db:"rrule" json:"rrule" doc:"How it comes again (RFC 5545 RRULE): when it is done, its next occurrence is made. Only the latest occurrence has it." example:"FREQ=WEEKLY;BYDAY=FR"`
	SeriesID    TaskID          `db:"series_id" json:"series_id" nullable:"true" doc:"The first task of those that came again; null for a task that never did."`
	CompletedAt *time.Time      `db:"completed_at" json:"completed_at" doc:"When it was done (UTC)."`
	Custom      CustomValues    `db:"custom" json:"custom" mask:"by form" doc:"Values of the company's own fields by their keys; /v1/custom-fields says what they are."`
	CreatedBy   tenant.MemberID `db:"created_by" json:"created_by" nullable:"true" doc:"Who made it; null for the system."`
	CreatedAt   time.Time       `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt   time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version     int64           `db:"version" json:"-"`

	// SeriesStart and Occurrence are clock times in TimeZone: from when the rule is reckoned, and which of its
	// instances this task is.
	SeriesStart *recurrence.Wall `db:"series_start" json:"-"`
	Occurrence  *recurrence.Wall `db:"occurrence" json:"-"`
	// Usual holds what the following occurrences have instead, where this one alone was changed.
	Usual         usual     `db:"usual" json:"-"`
	DueSort       time.Time `db:"due_sort" json:"-"`
	CompletedSort time.Time `db:"completed_sort" json:"-"`
	Origin        *string   `db:"origin" json:"-"`
}

// NewTask is what a task is made of.
type NewTask struct {
	ID         *TaskID          `json:"id,omitempty" doc:"An id made by the client, for creating offline; it may be used once."`
	Title      string           `json:"title" minLength:"1" maxLength:"300" doc:"What is to be done." example:"Send quote"`
	Note       string           `json:"note,omitempty" maxLength:"10000" doc:"Free text."`
	Kind       string           `json:"kind,omitempty" enum:"todo,follow_up,survey" doc:"What it is for; todo when left out." example:"follow_up"`
	Priority   string           `json:"priority,omitempty" enum:"low,normal,high" doc:"How pressing; normal when left out." example:"normal"`
	CustomerID *CustomerID      `json:"customer_id,omitempty" doc:"The customer it is about; the deal's when left out."`
	DealID     *DealID          `json:"deal_id,omitempty" doc:"The deal it is about."`
	AssigneeID *tenant.MemberID `json:"assignee_id,omitempty" doc:"Who has to do it; the caller when left out."`
	DueAt      *time.Time       `json:"due_at,omitempty" doc:"By when." example:"2026-03-06T07:00:00Z"`
	DueOn      *Date            `json:"due_on,omitempty" format:"date" doc:"Instead of due_at: the day by whose end." example:"2026-03-06"`
	TimeZone   string           `json:"time_zone,omitempty" maxLength:"64" doc:"IANA zone of the day and of repetitions; your own when left out." example:"Asia/Shanghai"`
	// Reminders tells leaving them out (nil) from none.
	Reminders []NewReminder   `json:"reminders,omitempty" maxItems:"5" doc:"When to remind the assignee. When left out: at due_at, or at nine in the morning of due_on; none when empty."`
	Checklist []ChecklistItem `json:"checklist,omitempty" maxItems:"100" doc:"The steps, in their order."`
	RRule     string          `json:"rrule,omitempty" maxLength:"500" doc:"How it comes again, at most daily, reckoned from its due time. It needs one." example:"FREQ=WEEKLY;BYDAY=FR"`
	Custom    CustomValues    `json:"custom,omitempty" doc:"Values of the company's own fields by their keys."`
	// Passing says that it is made in passing, where nobody is asked for the fields that a task has to have.
	Passing bool `json:"-"`
}

// TaskPatch changes some fields. Of a task that comes again the change holds for the following occurrences too, but
// a due time moves this one alone unless a rule comes with it.
type TaskPatch struct {
	Title      patch.Field[string]          `json:"title,omitzero" minLength:"1" maxLength:"300" doc:"What is to be done." example:"Send quote"`
	Note       patch.Field[string]          `json:"note,omitzero" maxLength:"10000" doc:"Free text."`
	Priority   patch.Field[string]          `json:"priority,omitzero" enum:"low,normal,high" doc:"How pressing." example:"high"`
	Status     patch.Field[string]          `json:"status,omitzero" enum:"open,done,cancelled" doc:"done makes the next occurrence of a task that comes again, cancelled ends it, open takes either back." example:"done"`
	CustomerID patch.Field[CustomerID]      `json:"customer_id,omitzero" doc:"The customer it is about; null for none."`
	DealID     patch.Field[DealID]          `json:"deal_id,omitzero" doc:"The deal it is about; null for none."`
	AssigneeID patch.Field[tenant.MemberID] `json:"assignee_id,omitzero" doc:"Who has to do it."`
	DueAt      patch.Field[time.Time]       `json:"due_at,omitzero" doc:"By when; takes the place of due_on. Reminders before it move along." example:"2026-03-06T07:00:00Z"`
	DueOn      patch.Field[Date]            `json:"due_on,omitzero" format:"date" doc:"The day by whose end; takes the place of due_at." example:"2026-03-06"`
	TimeZone   patch.Field[string]          `json:"time_zone,omitzero" maxLength:"64" doc:"IANA zone of the day and of repetitions." example:"Asia/Shanghai"`
	Reminders  patch.Field[[]NewReminder]   `json:"reminders,omitzero" doc:"Replaces all reminders."`
	Checklist  patch.Field[[]ChecklistItem] `json:"checklist,omitzero" doc:"Replaces all steps."`
	RRule      patch.Field[string]          `json:"rrule,omitzero" maxLength:"500" doc:"How it comes again, reckoned anew from its due time; null for never." example:"FREQ=MONTHLY;BYMONTHDAY=-1"`
	Custom     patch.Field[CustomValues]    `json:"custom,omitzero" doc:"Changes the company's own fields: keys that are absent stay, null clears."`
	// OnlyThis holds the change to this occurrence.
	OnlyThis bool `json:"-"`
}

var (
	taskKinds    = []string{"todo", "follow_up", "survey"}
	priorities   = []string{"low", "normal", "high"}
	taskStatuses = []string{taskOpen, taskDone, taskCancelled}
)

// The states of a task.
const (
	taskOpen      = "open"
	taskDone      = "done"
	taskCancelled = "cancelled"
)

// maxTitle is how many characters a task's title may have, and a next step that may become one.
const maxTitle = 300

const taskColumns = `t.id, t.title, t.note, t.kind, t.priority, t.status, t.customer_id, t.deal_id, t.assignee_id, t.due_at, t.due_on, t.time_zone,
	t.checklist, t.rrule, t.series_id, t.series_start, t.occurrence, t.usual, t.completed_at, t.created_by, t.created_at,
	t.updated_at, t.version, t.due_sort, t.completed_sort, t.origin, t.custom`

var tasks = &list.Resource{
	Name: "tasks", Table: "company.tasks", Alias: "t", OwnerColumn: "t.assignee_id", Owner: "assignee", Order: "due_at", Live: "t.deleted_at IS NULL", Trash: "tasks_deleted",
	Fields: map[string]list.Field{
		"title":        {Kind: list.Text, Column: "t.title"},
		"note":         {Kind: list.Text, Column: "t.note"},
		"kind":         {Kind: list.Enum, Column: "t.kind", Values: taskKinds},
		"priority":     {Kind: list.Enum, Column: "t.priority", Values: priorities},
		"status":       {Kind: list.Enum, Column: "t.status", Values: taskStatuses},
		"deal":         {Kind: list.ID, Column: "t.deal_id", Nullable: true, Rare: true, Parse: func(s string) (any, error) { return ParseDealID(s) }},
		"customer":     {Kind: list.ID, Column: "t.customer_id", Nullable: true, Rare: true, Parse: func(s string) (any, error) { return ParseCustomerID(s) }},
		"assignee":     {Kind: list.Member, Column: "t.assignee_id"},
		"series":       {Kind: list.ID, Column: "t.series_id", Nullable: true, Rare: true, Parse: func(s string) (any, error) { return ParseTaskID(s) }},
		"repeats":      {Kind: list.Bool, Derive: func(*tenant.Query) list.Condition { return list.Condition{SQL: "t.rrule IS NOT NULL"} }},
		"created_by":   {Kind: list.Member, Column: "t.created_by", Nullable: true},
		"due_at":       {Kind: list.Time, Column: "t.due_at", Nullable: true, Sort: "t.due_sort", Indexes: []list.Index{list.By("tasks_due"), list.By("tasks_assignee_due", "assignee"), list.By("tasks_open", "status"), list.By("tasks_assignee_open", "assignee", "status"), list.By("tasks_customer", "customer", "status")}},
		"completed_at": {Kind: list.Time, Column: "t.completed_at", Nullable: true, Sort: "t.completed_sort", Indexes: []list.Index{list.By("tasks_completed"), list.By("tasks_assignee_completed", "assignee")}},
		"created_at":   {Kind: list.Time, Column: "t.created_at", Sort: "t.created_at", Indexes: []list.Index{list.By("tasks_created"), list.By("tasks_assignee_created", "assignee")}},
	},
}

func (t Task) sortKey(column string) (any, [16]byte) {
	switch column {
	case "t.created_at":
		return t.CreatedAt, t.ID
	case "t.completed_sort":
		return t.CompletedSort, t.ID
	}
	return t.DueSort, t.ID
}

// ListTasks returns one page of the tasks of members within the caller's scope.
func ListTasks(ctx context.Context, q *tenant.Query, in ListQuery) (Page[Task], error) {
	p, err := planTasks(ctx, q, in)
	if err != nil {
		return Page[Task]{}, err
	}
	page, err := list.Read(ctx, q, p, taskColumns, in.Count, Task.sortKey)
	if err != nil {
		return Page[Task]{}, err
	}
	return page, fillTasks(ctx, q, page.Data)
}

func planTasks(ctx context.Context, q *tenant.Query, in ListQuery) (*list.Plan, error) {
	resource, err := customised(ctx, q, tasks, in)
	if err != nil {
		return nil, err
	}
	p, err := list.New(q, resource, in, q.Scope(taskRead))
	if err != nil || in.Q == "" {
		return p, err
	}
	p.Search(search.Words(search.Tasks, "t", in.Q, false))
	return p, nil
}

// fillTasks gives the tasks of a page what stands in other tables.
func fillTasks(ctx context.Context, q *tenant.Query, page []Task) error {
	if err := fillReminders(ctx, q, page, (*Task).reminded, ""); err != nil {
		return err
	}
	return fillCards(ctx, q, page, (*Task).carded)
}

func (t *Task) carded() (CustomerID, **CustomerCard) { return t.CustomerID, &t.Customer }

// GetTask returns a task of a member within the caller's scope, else ErrNotFound.
func GetTask(ctx context.Context, q *tenant.Query, id TaskID) (Task, error) {
	t, err := findTask(ctx, q, id, taskRead, "")
	if err != nil {
		return Task{}, err
	}
	one := []Task{t}
	err = fillCards(ctx, q, one, (*Task).carded)
	return one[0], err
}

func findTask(ctx context.Context, q *tenant.Query, id TaskID, p tenant.Permission, lock string) (Task, error) {
	visible, args := q.Scope(p).Where("t.assignee_id", "")
	var t Task
	if err := q.Get(ctx, &t, `SELECT `+taskColumns+` FROM company.tasks t
		WHERE t.id = ? AND t.deleted_at IS NULL AND `+visible+` `+lock, append([]any{id}, args...)...); err != nil {
		return Task{}, fmt.Errorf("task %s: %w", id, err)
	}
	one := []Task{t}
	err := fillReminders(ctx, q, one, (*Task).reminded, lock)
	return one[0], err
}
