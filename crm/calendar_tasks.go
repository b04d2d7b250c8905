package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// CalendarTask is a task in a calendar.
type CalendarTask struct {
	Task
	Projected bool `json:"projected" doc:"Whether it is an occurrence that will be made when the one before it is done."`
}

// tasksStatement reads the tasks that are due within the time, and those that come again and were due before: their
// next occurrences may lie within it.
func (s stretch) tasksStatement(q *tenant.Query, most int) (string, []any) {
	whose := s.whose(q, taskRead, "t.assignee_id")
	byDue, byStatus := "tasks_assignee_due", "tasks_assignee_open"
	if s.ofEverybody(q, taskRead) {
		byDue, byStatus = "tasks_due", "tasks_open"
	}
	part := func(key, when string) string {
		return `(SELECT ` + taskColumns + ` FROM company.tasks t FORCE INDEX (` + key + `) WHERE ` + whose.SQL + ` AND ` + when +
			fmt.Sprintf(` AND t.deleted_at IS NULL ORDER BY t.due_sort LIMIT %d)`, most+1)
	}
	args := append(slices.Clone(whose.Args), s.from, s.to)
	return part(byDue, `t.due_sort >= ? AND t.due_sort < ? AND t.status <> 'cancelled'`) + ` UNION ALL ` +
		part(byStatus, `t.status = 'open' AND t.due_sort < ? AND t.rrule IS NOT NULL`), append(append(args, whose.Args...), s.from)
}

// tasks returns the tasks that are due within the time, and the projected occurrences of those that come again.
func (s stretch) tasks(ctx context.Context, q *tenant.Query, most int, capped *bool) ([]CalendarTask, error) {
	statement, args := s.tasksStatement(q, most)
	var found []Task
	if err := q.Select(ctx, &found, statement, args...); err != nil {
		return nil, err
	}
	*capped = *capped || len(found) > most
	if err := fillTasks(ctx, q, found); err != nil {
		return nil, err
	}
	all := []CalendarTask{}
	for _, t := range found {
		if !t.DueAt.Before(s.from) {
			all = append(all, CalendarTask{t, false})
		}
		all = append(all, s.projected(t, most-len(all), capped)...)
	}
	slices.SortStableFunc(all, func(a, b CalendarTask) int { return a.DueAt.Compare(*b.DueAt) })
	if len(all) > most {
		all, *capped = all[:most], true
	}
	return all, nil
}

// projected returns the occurrences within the time that will be made of an open task.
func (s stretch) projected(t Task, most int, capped *bool) []CalendarTask {
	if t.RRule == nil || t.Status != taskOpen || most <= 0 {
		return nil
	}
	rule, err := recurrence.ParseRule(*t.RRule)
	if err != nil {
		return nil // it was read before it was stored
	}
	// A day ends a day after it begins.
	series := recurrence.Series{Start: *t.SeriesStart, AllDay: t.isWholeDay(), Zone: t.location(), Rule: &rule}
	instances, more := series.Between(s.from.Add(-oneDay), s.to, most)
	*capped = *capped || more
	var all []CalendarTask
	for _, i := range instances {
		next := t
		next.moveDue(i.ID)
		if i.ID.Compare(*t.Occurrence) > 0 && !next.DueAt.Before(s.from) && next.DueAt.Before(s.to) {
			next.Reminders = []Reminder{}
			all = append(all, CalendarTask{next, true})
		}
	}
	return all
}
