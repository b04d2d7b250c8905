package crm

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// A task that comes again is one task at a time: when it is done, its next occurrence is made and takes the rule over,
// and the one that is done stays as history. What passed unnoticed is not made up for: the next occurrence is the
// first whose time is not past.

// usual is what the following occurrences have instead, by the names of JSON. It is kept as a JSON column.
type usual map[string]any

// Value implements driver.Valuer.
func (u usual) Value() (driver.Value, error) {
	if len(u) == 0 {
		return "{}", nil
	}
	text, err := json.Marshal(u)
	return string(text), err
}

// Scan implements sql.Scanner.
func (u *usual) Scan(src any) error { return scanJSON(src, (*map[string]any)(u)) }

// inherited are the fields that a following occurrence has from the one before, and how each is taken from a task.
var inherited = map[string]func(t *Task, from Task){
	"title":       func(t *Task, from Task) { t.Title = from.Title },
	"note":        func(t *Task, from Task) { t.Note = from.Note },
	"priority":    func(t *Task, from Task) { t.Priority = from.Priority },
	"customer_id": func(t *Task, from Task) { t.CustomerID = from.CustomerID },
	"deal_id":     func(t *Task, from Task) { t.DealID = from.DealID },
	"assignee_id": func(t *Task, from Task) { t.AssigneeID = from.AssigneeID },
	"reminders":   func(t *Task, from Task) { t.Reminders = from.Reminders },
	"checklist":   func(t *Task, from Task) { t.Checklist = from.Checklist },
	customName:    func(t *Task, from Task) { t.Custom = t.Custom.with(from.Custom) },
}

// repeat makes a checked task come again by a rule, reckoned from its due time. A due time that the rule does not give
// moves to the first that it does.
func (t *Task) repeat(invalid *tenant.InvalidError, text string) {
	rule, ok := checkRule(invalid, text)
	switch {
	case !ok:
		return
	case t.DueAt == nil:
		invalid.Add("due_at", "required", "is required for a task that comes again; or say due_on")
		return
	}
	start := t.dueWall()
	first, ok := recurrence.Series{Start: start, AllDay: t.isWholeDay(), Zone: t.location(), Rule: &rule}.First()
	if !ok {
		invalid.Add("rrule", "invalid", "gives no day from the due time on")
		return
	}
	if first.ID != start {
		t.moveDue(first.ID)
	}
	written := rule.String()
	t.RRule, t.SeriesStart, t.Occurrence, t.Usual = &written, &first.ID, &first.ID, nil
	if t.SeriesID.IsZero() {
		t.SeriesID = t.ID
	}
}

// checkRule reads a rule of something that people do.
func checkRule(invalid *tenant.InvalidError, text string) (recurrence.Rule, bool) {
	rule, err := recurrence.ParseRule(text)
	switch {
	case err != nil:
		invalid.Add("rrule", "invalid", err.Error())
	case !rule.AtMostDaily():
		invalid.Add("rrule", "invalid", "comes more often than daily")
	}
	return rule, err == nil && rule.AtMostDaily()
}

// applyRule sets, changes or ends a rule. A rule that stays is reckoned anew when the task is due in another way.
func (in TaskPatch) applyRule(t *Task, before Task, invalid *tenant.InvalidError) {
	switch {
	case in.RRule.Set && in.OnlyThis:
		invalid.Add("rrule", "invalid", "cannot be changed for this occurrence alone")
	case in.RRule.Null:
		t.RRule, t.Usual = nil, nil
	case in.RRule.Set:
		t.repeat(invalid, in.RRule.Value)
	case t.RRule == nil:
	case t.DueAt == nil:
		invalid.Add("due_at", "required", "is required for a task that comes again; or end it with rrule null")
	case t.isWholeDay() != before.isWholeDay(), t.TimeZone != before.TimeZone:
		t.repeat(invalid, before.restOfRule())
	}
}

// keepUsual remembers what the following occurrences are to have instead, when this one alone is changed, and forgets
// it where a change is meant for all of them.
func (in TaskPatch) keepUsual(t *Task, before *Task) error {
	if t.RRule == nil || before.RRule == nil {
		return nil
	}
	previous, err := differences(*before, *t)
	if err != nil {
		return err
	}
	kept := usual{}
	for name := range inherited {
		was, changed := previous[name]
		value, known := t.Usual[name]
		switch {
		case name == customName:
			if values := in.keepUsualValues(value, was); len(values) > 0 {
				kept[name] = values
			}
		case changed && !in.OnlyThis && in.means(name):
		case known:
			kept[name] = value
		case changed && in.OnlyThis:
			kept[name] = was
		}
	}
	t.Usual = kept
	return nil
}

// keepUsualValues is keepUsual for custom fields, each by itself.
func (in TaskPatch) keepUsualValues(known, was any) map[string]any {
	kept := map[string]any{}
	before, _ := known.(map[string]any)
	maps.Copy(kept, before)
	changed, _ := was.(map[string]any)
	for key, value := range changed {
		if _, there := kept[key]; !in.OnlyThis {
			delete(kept, key)
		} else if !there {
			kept[key] = value
		}
	}
	return kept
}

// means reports whether the patch itself changes a field; reminders change along with a due time, too.
func (in TaskPatch) means(name string) bool { return name != "reminders" || in.Reminders.Set }

// next returns the occurrence that follows, if there is one.
func (t *Task) next(now time.Time) (recurrence.Wall, bool) {
	series, ok := t.series()
	if !ok {
		return recurrence.Wall{}, false
	}
	zone := t.location()
	after := t.Occurrence.In(zone)
	passed := now
	if t.isWholeDay() {
		passed = recurrence.WallOf(now, zone).Midnight().In(zone).Add(-time.Nanosecond) // today is not over
	}
	if passed.After(after) {
		after = passed
	}
	following, ok := series.Next(after)
	return following.ID, ok
}

// series returns what the rule gives; ok is false for one that cannot be read, and it was read before it was stored.
func (t *Task) series() (s recurrence.Series, ok bool) {
	rule, err := recurrence.ParseRule(*t.RRule)
	return recurrence.Series{Start: *t.SeriesStart, AllDay: t.isWholeDay(), Zone: t.location(), Rule: &rule}, err == nil
}

// restOfRule returns the rule as it goes on from the present occurrence: those before count no more.
func (t *Task) restOfRule() string {
	if series, ok := t.series(); ok {
		if _, rest, ok := series.Split(*t.Occurrence); ok {
			return rest.Rule.String()
		}
	}
	return *t.RRule
}

// following returns the task as it is on another occurrence. before are the reminders that it takes over.
func (t Task) following(occurrence recurrence.Wall, before []Reminder, now time.Time) (Task, error) {
	text, err := json.Marshal(t.Usual)
	if err != nil {
		return Task{}, err
	}
	var was Task
	if err := json.Unmarshal(text, &was); err != nil {
		return Task{}, fmt.Errorf("task %s: %w", t.ID, err)
	}
	for name := range t.Usual {
		if take, ok := inherited[name]; ok {
			take(&t, was)
		}
	}
	t.Usual, t.Checklist, t.Occurrence = nil, t.Checklist.undone(), &occurrence
	t.moveDue(occurrence)
	again := slices.DeleteFunc(asked(t.Reminders), func(r NewReminder) bool { return r.At != nil })
	t.Reminders = planReminders(again, before, t.anchor(), now)
	return t, nil
}

// turned is what else comes of completing a task that comes again, or of taking that back.
type turned struct {
	made, dropped []Task
}

func (d *turned) save(ctx context.Context, tx *tenant.Tx, quiet bool) error {
	if err := trashTasks(ctx, tx, d.dropped, quiet); err != nil || len(d.made) == 0 {
		return err
	}
	return insertTasks(ctx, tx, d.made, quiet)
}

// turn hands the rule of a task that is now done over to its next occurrence, or takes it back from there.
func (c *taskChange) turn(ctx context.Context, tx *tenant.Tx) (turned, error) {
	done := c.after.Status == taskDone
	switch {
	case done == (c.before.Status == taskDone):
		return turned{}, nil
	case done:
		return c.handOver(tx)
	}
	return c.takeBack(ctx, tx)
}

func (c *taskChange) handOver(tx *tenant.Tx) (turned, error) {
	if c.after.RRule == nil {
		return turned{}, nil
	}
	occurrence, ok := c.after.next(tx.Now)
	if !ok {
		return turned{}, nil // the last one keeps its rule
	}
	next := c.after
	next.ID, next.Status, next.CompletedAt, next.Origin = tenant.NewID[taskKind](), taskOpen, nil, nil
	next.CreatedAt, next.UpdatedAt, next.Version = tx.Now, tx.Now, 1
	next, err := next.following(occurrence, nil, tx.Now)
	c.after.RRule = nil // and keeps what is usual, for when it is taken back
	return turned{made: []Task{next}}, err
}

// takeBack drops the next occurrence of a task that is not done after all, unless somebody has touched it.
func (c *taskChange) takeBack(ctx context.Context, tx *tenant.Tx) (turned, error) {
	if c.before.SeriesID.IsZero() || c.before.RRule != nil {
		return turned{}, nil
	}
	var id TaskID
	err := tx.Get(ctx, &id, `SELECT id FROM company.tasks WHERE series_id = ? AND rrule IS NOT NULL AND status = 'open' AND version = 1
		AND created_at = ? AND deleted_at IS NULL LIMIT 1`, c.before.SeriesID, c.before.CompletedAt)
	if errors.Is(err, tenant.ErrNotFound) {
		return turned{}, nil
	}
	if err != nil {
		return turned{}, err
	}
	next, err := lockTask(ctx, tx, id, taskUpdate, 0)
	if errors.Is(err, tenant.ErrNotFound) {
		return turned{}, nil // it is somebody's whom the caller does not reach
	}
	c.after.RRule, c.after.SeriesStart = next.RRule, next.SeriesStart
	return turned{dropped: []Task{next}}, err
}

// SkipTask moves a task that comes again to its next occurrence without its being done. It returns
// *tenant.ConflictError for one that does not, is not open, or has no further occurrence.
func SkipTask(ctx context.Context, tx *tenant.Tx, id TaskID, version int64) (Task, error) {
	before, err := lockTask(ctx, tx, id, taskUpdate, version)
	if err != nil {
		return Task{}, err
	}
	if before.RRule == nil || before.Status != taskOpen {
		return Task{}, &tenant.ConflictError{Code: "not_repeating", Message: "Only an open task that comes again can skip an occurrence."}
	}
	occurrence, ok := before.next(tx.Now)
	if !ok {
		return Task{}, &tenant.ConflictError{Code: "series_ended", Message: "There is no further occurrence. Complete or cancel the task."}
	}
	after, err := before.following(occurrence, before.Reminders, tx.Now)
	if err != nil {
		return Task{}, err
	}
	c := taskChange{before: before, after: after}
	if err := c.compare(tx); err != nil {
		return Task{}, err
	}
	return c.after, saveTasks(ctx, tx, []taskChange{c}, false)
}
