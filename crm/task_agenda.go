package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Agenda is what somebody has to do, by when. The parts do not overlap: what was due earlier today is overdue.
type Agenda struct {
	Date     string     `json:"date" format:"date" doc:"Today." example:"2026-03-31"`
	Overdue  AgendaPart `json:"overdue" doc:"Open tasks whose time has passed."`
	Today    AgendaPart `json:"today" doc:"Open tasks that are due later today."`
	Upcoming AgendaPart `json:"upcoming" doc:"Open tasks of the following days."`
	Undated  AgendaPart `json:"undated" doc:"Open tasks without a due time."`
}

// AgendaPart is one stretch of an agenda.
type AgendaPart struct {
	Count  int    `json:"count" doc:"How many there are, counted up to 1000." example:"3"`
	Capped bool   `json:"capped" doc:"Whether there are more than count says."`
	Filter string `json:"filter" doc:"The filter with which GET /v1/tasks lists all of them."`
	Tasks  []Task `json:"tasks" nullable:"false" doc:"The first of them, by due time."`
}

// AgendaQuery says whose agenda, and how much of it.
type AgendaQuery struct {
	// Assignee is me, a member's id, or all for everybody within reach.
	Assignee string
	// Days is how many days after today are upcoming, 1 to 366; 0 means 7. Limit is how many tasks a part shows, 1
	// to 200; 0 means 50.
	Days, Limit int
}

// GetAgenda returns the open tasks of somebody within the caller's scope. Days are the caller's.
func GetAgenda(ctx context.Context, q *tenant.Query, in AgendaQuery) (Agenda, error) {
	if in.Days == 0 {
		in.Days = 7
	}
	if in.Days < 1 || in.Days > 366 {
		return Agenda{}, tenant.Invalid("days", "out_of_range", "must be 1 to 366")
	}
	if in.Limit == 0 {
		in.Limit = 50
	}
	who, err := in.filter()
	if err != nil {
		return Agenda{}, err
	}
	today := recurrence.WallOf(q.Now, q.Location()).Midnight()
	midnight := func(days int) time.Time { return today.AddDays(days).In(q.Location()).UTC() }
	agenda := Agenda{Date: today.Date()}
	for _, part := range []struct {
		into     *AgendaPart
		from, to time.Time
	}{
		{&agenda.Overdue, time.Time{}, q.Now},
		{&agenda.Today, q.Now, midnight(1)},
		{&agenda.Upcoming, midnight(1), midnight(1 + in.Days)},
		{&agenda.Undated, time.Time{}, time.Time{}},
	} {
		if *part.into, err = agendaPart(ctx, q, who, part.from, part.to, in.Limit); err != nil {
			return Agenda{}, err
		}
	}
	return agenda, nil
}

// filter holds the agenda to whose it is.
func (in AgendaQuery) filter() (string, error) {
	switch in.Assignee {
	case "", "me":
		return `assignee = me AND status = "open"`, nil
	case "all":
		return `status = "open"`, nil
	}
	id, err := tenant.ParseMemberID(in.Assignee)
	if err != nil || id.IsZero() {
		return "", tenant.Invalid("assignee", "invalid", "must be me, all or a member's id")
	}
	return fmt.Sprintf(`assignee = %q AND status = "open"`, id), nil
}

// agendaPart reads the tasks that are due from one time until before another; both are the zero time for tasks
// without a due time.
func agendaPart(ctx context.Context, q *tenant.Query, filter string, from, to time.Time, limit int) (AgendaPart, error) {
	p, filter, err := planAgenda(ctx, q, filter, from, to, limit)
	if err != nil {
		return AgendaPart{}, err
	}
	page, err := list.Read(ctx, q, p, taskColumns, false, Task.sortKey)
	if err != nil {
		return AgendaPart{}, err
	}
	part := AgendaPart{Count: len(page.Data), Filter: filter, Tasks: page.Data}
	if page.NextCursor != nil {
		if part.Count, part.Capped, err = p.Count(ctx, q); err != nil {
			return AgendaPart{}, err
		}
	}
	return part, fillTasks(ctx, q, part.Tasks)
}

// planAgenda returns the list of such tasks, and the filter by which readers get the same.
func planAgenda(ctx context.Context, q *tenant.Query, filter string, from, to time.Time, limit int) (*list.Plan, string, error) {
	// The filter says it to the reader, the column of the key to the database.
	due := list.Condition{SQL: "t.due_sort >= ? AND t.due_sort < ?", Args: []any{from, to}}
	switch {
	case to.IsZero():
		filter += ` AND NOT due_at:*`
		due = list.Condition{SQL: "t.due_sort >= '9999-12-31'"}
	case from.IsZero():
		filter += ` AND due_at < "` + to.Format(time.RFC3339Nano) + `"`
		due = list.Condition{SQL: "t.due_sort < ?", Args: []any{to}}
	default:
		filter += ` AND due_at >= "` + from.Format(time.RFC3339Nano) + `" AND due_at < "` + to.Format(time.RFC3339Nano) + `"`
	}
	p, err := planTasks(ctx, q, ListQuery{Filter: filter, Limit: limit})
	if err == nil {
		p.Narrow(due)
	}
	return p, filter, err
}
