package crm

import (
	"context"
	"maps"
	"slices"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

func taskImports() *importNoun {
	return &importNoun{
		resource: "tasks", name: "task", zh: "任务", fields: taskFields(), keys: []string{"title"}, required: "title",
		begin: func(p *rowParser, caller *tenant.Caller) importable {
			return &Task{
				ID: tenant.NewID[taskKind](), AssigneeID: p.owner(caller), Kind: "todo", Priority: "normal", Status: taskOpen, TimeZone: p.zone.String(),
				CreatedBy: caller.Author(), Version: 1,
			}
		},
		complete: func(p *rowParser, record importable) []ImportProblem {
			t := recordAs[*Task](record)
			if t.CompletedAt != nil && t.Status != taskDone {
				return []ImportProblem{{Field: "completed_at", Code: "not_done", Message: "a time of completion needs the state done; fill in the state, or empty the time"}}
			}
			return nil
		},
		match: matchTasks, store: storeImportedTasks, trash: trashImportedTasks, revert: revertTasks,
	}
}

func (t *Task) recordID() tenant.RecordID { return tenant.RecordID(t.ID) }

func (t *Task) recordTitle() string { return t.Title }

func (t *Task) customerCalled() string { return calledBy(t.Customer) }

func (t *Task) hang(c *namedCustomer) { t.CustomerID, t.Customer = c.ID, nil }

// keyed is the title with the customer, or with none.
func (t *Task) keyed(string) string {
	key := search.NameKey(t.Title)
	if key == "" || t.Customer != nil || !t.CustomerID.IsZero() {
		return keyWithin(key, t.CustomerID, t.Customer)
	}
	return key + keySeparator
}

func (c *taskChange) changed() (importable, map[string]any) { return &c.after, c.previous }

func (c *taskChange) follow(next taskChange) (err error) {
	c.after = next.after
	c.previous, err = differences(c.before, c.after)
	return err
}

// storeImportedTasks carries out what a batch came to. What is done of those that come again makes their next occurrence.
func storeImportedTasks(ctx context.Context, tx *tenant.Tx, imp Import, results []result) error {
	changes, err := changesIn[taskChange](results)
	if err != nil {
		return err
	}
	quiet := !imp.Options.RunRules
	if err := insertTasks(ctx, tx, createdIn[Task](results), quiet); err != nil {
		return err
	}
	return turnTasks(ctx, tx, changes, quiet)
}

// turnTasks writes changes of tasks and what else comes of them.
func turnTasks(ctx context.Context, tx *tenant.Tx, changes []taskChange, quiet bool) error {
	var more turned
	for i := range changes {
		one, err := changes[i].turn(ctx, tx)
		if err != nil {
			return err
		}
		if err := changes[i].compare(tx); err != nil {
			return err
		}
		more.made, more.dropped = append(more.made, one.made...), append(more.dropped, one.dropped...)
	}
	if err := saveTasks(ctx, tx, changes, quiet); err != nil {
		return err
	}
	return more.save(ctx, tx, quiet)
}

func trashImportedTasks(ctx context.Context, tx *tenant.Tx, imp Import, ids []tenant.RecordID) (int, error) {
	all, err := lockImportedTasks(ctx, tx, imp, ids, taskDelete)
	if err != nil {
		return 0, err
	}
	return len(all), trashTasks(ctx, tx, all, !imp.Options.RunRules)
}

func lockImportedTasks(ctx context.Context, tx *tenant.Tx, imp Import, ids []tenant.RecordID, p tenant.Permission) ([]Task, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	where, args := imp.within(tx, p, "t.assignee_id", "")
	return readTasks(ctx, tx, ids, where, args, "FOR UPDATE")
}

// readTasks returns those of the tasks that meet the condition.
func readTasks(ctx context.Context, tx *tenant.Tx, ids []tenant.RecordID, where string, args []any, lock string) ([]Task, error) {
	var all []Task
	if err := tx.SelectIn(ctx, &all, `SELECT `+taskColumns+` FROM company.tasks t
		WHERE t.id IN (?) AND t.deleted_at IS NULL AND `+where+` ORDER BY t.id `+lock, append([]any{ids}, args...)...); err != nil {
		return nil, err
	}
	return all, fillReminders(ctx, tx.Query, all, (*Task).reminded, lock)
}

func revertTasks(ctx context.Context, tx *tenant.Tx, imp Import, changes map[tenant.RecordID][][]byte) (int, error) {
	all, err := lockImportedTasks(ctx, tx, imp, slices.Collect(maps.Keys(changes)), taskUpdate)
	if err != nil {
		return 0, err
	}
	var back []taskChange
	for _, before := range all {
		after, err := previously(before, changes[before.recordID()], taskOf)
		if err != nil {
			return 0, err
		}
		if after.AssigneeID, err = formerOwner(ctx, tx, after.AssigneeID, before.AssigneeID); err != nil {
			return 0, err
		}
		after.remind(asked(after.Reminders), before, tx.Now)
		change := taskChange{before: before, after: after}
		if err := change.compare(tx); err != nil {
			return 0, err
		}
		if len(change.previous) > 0 {
			back = append(back, change)
		}
	}
	return len(back), turnTasks(ctx, tx, back, !imp.Options.RunRules)
}

// taskOf returns a task with these fields, as JSON has them.
func taskOf(old Task, fields map[string]any) (Task, error) {
	return refilled(Task{Version: old.Version, SeriesStart: old.SeriesStart, Occurrence: old.Occurrence, Usual: old.Usual, Origin: old.Origin}, fields)
}
