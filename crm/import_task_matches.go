package crm

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// taskMatches decides about tasks.
type taskMatches struct {
	nameBook
	parser *rowParser
	tx     *tenant.Tx
	// current holds the tasks that rows may change, as they are.
	current map[tenant.RecordID]Task
}

// recognised is a task by what it is known. What is done at a customer again and again is due on different days.
func (m *taskMatches) recognised(t *Task, line int) namedRecord {
	r := namedRecord{known: known{tenant.RecordID(t.ID), t.AssigneeID, line}, name: search.NameKey(t.Title), customer: t.CustomerID, day: deref(t.DueOn)}
	if t.DueOn == nil && t.DueAt != nil {
		r.day = companyDay(m.tx.Query, *t.DueAt)
	}
	return r
}

func (m *taskMatches) duplicate(e *entry) (known, string) {
	return m.same(m.recognised(recordAs[*Task](e.record), 0), "title")
}

func matchTasks(ctx context.Context, tx *tenant.Tx, p *rowParser, entries []entry, lock string) (matcher, error) {
	m := &taskMatches{parser: p, tx: tx, nameBook: nameBook{}, current: map[tenant.RecordID]Task{}}
	customers, err := placeRows(ctx, tx.Query, p, entries, lock, customerRead)
	if err != nil {
		return nil, err
	}
	if err := m.read(ctx, entries, customers); err != nil || p.options.Mode == ModeCreate {
		return m, err
	}
	found, err := readTasks(ctx, tx, p.toChange(tx.Query, m, entries), "1=1", nil, lock)
	for _, t := range found {
		m.current[t.recordID()] = t
	}
	return m, err
}

// read looks for tasks about these customers, and about none, whoever has to do them.
func (m *taskMatches) read(ctx context.Context, entries []entry, customers []CustomerID) error {
	titles := []string{""} // never an empty list
	for i := range entries {
		titles = append(titles, entries[i].record.recordTitle())
	}
	var found []Task
	if err := m.tx.SelectIn(ctx, &found, fmt.Sprintf(`SELECT id, assignee_id, customer_id, title, due_at, due_on FROM company.tasks
		WHERE (customer_id IN (?) OR customer_id IS NULL) AND title IN (?) AND deleted_at IS NULL LIMIT %d`, matchLimit), customers, titles); err != nil {
		return err
	}
	for i := range found {
		m.add(m.recognised(&found[i], 0))
	}
	return nil
}

func (m *taskMatches) create(ctx context.Context, e *entry) ([]ImportProblem, error) {
	t, invalid := recordAs[*Task](e.record), &tenant.InvalidError{}
	t.CreatedAt, t.UpdatedAt = cmp.Or(t.CreatedAt, m.tx.Now), m.tx.Now
	t.checkAlone(invalid)
	if t.Status == taskDone {
		t.CompletedAt = cmp.Or(t.CompletedAt, &m.tx.Now)
		checkPast(m.tx, invalid, "completed_at", *t.CompletedAt)
	}
	if problems := m.parser.problemsOf(invalid); len(problems) > 0 {
		return problems, nil
	}
	t.remindAsUsual(m.tx.Now)
	m.add(m.recognised(t, e.row.Line))
	return nil, nil
}

// update lays the row's values over the task, as whoever changes it by hand.
func (m *taskMatches) update(ctx context.Context, e *entry, id tenant.RecordID) (result, error) {
	before, ok := m.current[id]
	if !ok {
		return m.parser.gone(e), nil
	}
	said := before
	said.CompletedAt = nil // for what the row says of it
	if problems := m.parser.complete(&said, e.row); len(problems) > 0 {
		return rejected(e, problems...), nil
	}
	change := taskChange{before: before}
	var err error
	change.after, err = taskPatchOf(&before, &said).apply(ctx, m.tx, before)
	if invalid, bad := errors.AsType[*tenant.InvalidError](err); bad {
		return rejected(e, m.parser.problemsOf(invalid)...), nil
	}
	if err != nil {
		return result{}, err
	}
	if done := said.CompletedAt; done != nil && before.Status != taskDone && before.RRule == nil { // those that come again go by when they were done
		change.after.CompletedAt = done
	}
	if err := change.compare(m.tx); err != nil {
		return result{}, err
	}
	if len(change.previous) > 0 {
		m.current[id] = change.after
	}
	return m.parser.updated(e, id, &change), nil
}

// taskPatchOf is the change that makes of a task what a row says of it. Its customer is that of the key.
func taskPatchOf(before, said *Task) TaskPatch {
	in := TaskPatch{
		Title: patch.Of(said.Title), Note: patch.Of(said.Note), Priority: patch.Of(said.Priority), Status: patch.Of(said.Status), AssigneeID: patch.Of(said.AssigneeID),
		Custom: patch.Of(said.Custom),
	}
	switch {
	case said.DueOn != nil && (before.DueOn == nil || *said.DueOn != *before.DueOn):
		in.DueOn = patch.Of(*said.DueOn)
	case said.DueOn == nil && said.DueAt != nil && (before.DueOn != nil || !sameTime(said.DueAt, before.DueAt)):
		in.DueAt = patch.Of(*said.DueAt)
	}
	return in
}
