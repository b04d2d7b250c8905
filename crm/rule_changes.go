package crm

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// CreateRule adds a rule with the caller as its editor. It returns *tenant.InvalidError for what no rule can be, and for
// what the caller may not do themselves.
func CreateRule(ctx context.Context, tx *tenant.Tx, in NewRule, outlets Outlets) (Rule, error) {
	r := in.rule(tx.Query)
	if err := r.check(ctx, tx.Query, outlets); err != nil {
		return Rule{}, err
	}
	var n int
	if err := tx.Get(ctx, &n, `SELECT COUNT(*) FROM company.rules`); err != nil {
		return Rule{}, err
	}
	if n >= maxRules {
		return Rule{}, &tenant.ConflictError{Code: "too_many_rules", Message: fmt.Sprintf("The company has %d rules already. Delete some first.", maxRules)}
	}
	r.NextAt = r.next(tx.Now, tx.Company.Location())
	if err := insertRule(ctx, tx, r); err != nil {
		return Rule{}, err
	}
	return r, r.emit(ctx, tx, "rule.created", r, nil)
}

// rule fills in what the input leaves open.
func (in NewRule) rule(q *tenant.Query) Rule {
	r := Rule{
		ID: tenant.NewID[ruleKind](), Name: in.Name, Enabled: in.Enabled == nil || *in.Enabled, Resource: in.Resource, Stage: in.Stage,
		Trigger: in.Trigger, TriggerKind: in.Trigger.Type, Filter: in.Filter, Actions: append(ruleActions{}, in.Actions...),
		EditorID: q.Caller.Member, Version: 1, CreatedAt: q.Now, UpdatedAt: q.Now,
	}
	if in.ID != nil && !in.ID.IsZero() {
		r.ID = *in.ID
	}
	return r
}

func insertRule(ctx context.Context, tx *tenant.Tx, r Rule) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO company.rules (`+ruleColumns+`)
		VALUES (:id, :name, :enabled, :resource, :stage, :trigger_kind, :trigger_spec, :filter, :actions, :built_in, :editor_id, :paused_reason,
			:failing_since, :next_at, :version, :created_at, :updated_at)`, r)
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return &tenant.ConflictError{Code: "id_in_use", Message: "A record with this id exists already."}
	}
	if err != nil {
		return err
	}
	return r.settle(ctx, tx)
}

// settle makes the clock's next turn of a written rule due, and tells the reactors that the rules have changed.
func (r *Rule) settle(ctx context.Context, tx *tenant.Tx) error {
	if _, err := tx.Exec(ctx, `INSERT INTO company.counters (name, value) VALUES (?, 1) ON DUPLICATE KEY UPDATE value = value + 1`, rulesVersion); err != nil {
		return err
	}
	if r.NextAt == nil {
		return tx.Unschedule(ctx, RuleClockWork, tenant.RecordID(r.ID))
	}
	return tx.Schedule(ctx, RuleClockWork, tenant.RecordID(r.ID), tenant.RecordID{}, *r.NextAt)
}

func (r *Rule) emit(ctx context.Context, tx *tenant.Tx, event string, data, previous any) error {
	return tx.Emit(ctx, tenant.Event{Type: event, Resource: "rule", Record: tenant.RecordID(r.ID), Data: data, Previous: previous})
}

// UpdateRule changes the fields that are set and makes the caller the rule's editor. version, when not 0, must be the
// rule's, else ErrStale.
func UpdateRule(ctx context.Context, tx *tenant.Tx, id RuleID, in RulePatch, version int64, outlets Outlets) (Rule, error) {
	before, err := findRule(ctx, tx.Query, id, "FOR UPDATE")
	if err != nil {
		return Rule{}, err
	}
	if version != 0 && version != before.Version {
		return Rule{}, fmt.Errorf("rule %s: %w", id, tenant.ErrStale)
	}
	after, err := in.apply(before)
	if err != nil {
		return Rule{}, err
	}
	if err := after.check(ctx, tx.Query, outlets); err != nil {
		return Rule{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.EditorID, after.Version, after.UpdatedAt = tx.Caller.Member, before.Version+1, tx.Now
	after.FailingSince = nil
	_, anew := previous["trigger"]
	if waits := before.NextAt != nil && !before.NextAt.After(tx.Now); anew || !waits || !after.Enabled {
		after.NextAt = after.next(tx.Now, tx.Company.Location())
	} // else its time has come, and the worker not yet
	if err := saveRule(ctx, tx, after); err != nil {
		return Rule{}, err
	}
	return after, after.emit(ctx, tx, "rule.updated", after, previous)
}

// apply returns what the patch makes of a rule.
func (in RulePatch) apply(r Rule) (Rule, error) {
	invalid := &tenant.InvalidError{}
	for name, null := range map[string]bool{"enabled": in.Enabled.Null, "trigger": in.Trigger.Null, "actions": in.Actions.Null} {
		if null {
			invalid.Add(name, "required", "cannot be null")
		}
	}
	r.Name, r.Enabled, r.Stage, r.Filter = in.Name.Or(r.Name), in.Enabled.Or(r.Enabled), in.Stage.Or(r.Stage), in.Filter.Or(r.Filter)
	r.Trigger = in.Trigger.Or(r.Trigger)
	r.TriggerKind = r.Trigger.Type
	r.Actions = append(ruleActions{}, in.Actions.Or(r.Actions)...)
	if r.Enabled {
		r.PausedReason = ""
	}
	return r, invalid.Err()
}

func saveRule(ctx context.Context, tx *tenant.Tx, r Rule) error {
	if _, err := tx.NamedExec(ctx, `UPDATE company.rules SET name = :name, enabled = :enabled, stage = :stage, trigger_kind = :trigger_kind,
		trigger_spec = :trigger_spec, filter = :filter, actions = :actions, editor_id = :editor_id, paused_reason = :paused_reason,
		failing_since = :failing_since, next_at = :next_at, version = :version, updated_at = :updated_at WHERE id = :id`, r); err != nil {
		return fmt.Errorf("rule %s: %w", r.ID, err)
	}
	return r.settle(ctx, tx)
}

// DeleteRule removes a rule. Runs that are still to be done are skipped when their turn comes. What the company began
// with can be switched off and not deleted.
func DeleteRule(ctx context.Context, tx *tenant.Tx, id RuleID, version int64) error {
	r, err := findRule(ctx, tx.Query, id, "FOR UPDATE")
	switch {
	case err != nil:
		return err
	case version != 0 && version != r.Version:
		return fmt.Errorf("rule %s: %w", id, tenant.ErrStale)
	case r.BuiltIn != nil:
		return &tenant.ConflictError{Code: "built_in", Message: "The company began with this rule. It can be switched off, but not deleted."}
	}
	if err := tx.MustChange(ctx, `DELETE FROM company.rules WHERE id = ?`, id); err != nil {
		return fmt.Errorf("rule %s: %w", id, err)
	}
	gone := r
	gone.NextAt = nil
	if err := gone.settle(ctx, tx); err != nil {
		return err
	}
	return r.emit(ctx, tx, "rule.deleted", r, nil)
}

// check names everything that is wrong with a rule that the caller is about to save.
func (r *Rule) check(ctx context.Context, q *tenant.Query, outlets Outlets) error {
	invalid := &tenant.InvalidError{}
	checkRequired(invalid, "name", r.Name, 100)
	if r.Stage != "" {
		checkWord(invalid, "stage", r.Stage, Stages)
	}
	noun, ok := ruleNounOf(r.Resource)
	if !ok {
		invalid.Add("resource", "unknown", "must be one of "+ruleNounNames())
		return invalid
	}
	r.Trigger.check(invalid, noun)
	if len(r.Actions) == 0 && r.Trigger.Type != SilenceTrigger {
		invalid.Add("actions", "required", "say what the rule does")
	}
	if len(r.Actions) > maxActions {
		invalid.Add("actions", "too_many", fmt.Sprintf("holds more than %d actions", maxActions))
		return invalid
	}
	for i, a := range r.Actions {
		c := &actionCheck{ctx: ctx, q: q, noun: noun, outlets: outlets, invalid: invalid, at: fmt.Sprintf("actions[%d]", i)}
		if err := c.run(a); err != nil {
			return err
		}
	}
	if err := r.checkLists(ctx, q, noun, invalid); err != nil {
		return err
	}
	return invalid.Err()
}

// checkLists checks what the noun's list has to understand: the condition, and the field of a date.
func (r *Rule) checkLists(ctx context.Context, q *tenant.Query, noun ruleNoun, invalid *tenant.InvalidError) error {
	adopt := func(field string, err error) error {
		var wrong *tenant.InvalidError
		if !errors.As(err, &wrong) {
			return err
		}
		for _, f := range wrong.Fields {
			invalid.Add(field, f.Code, f.Message)
		}
		return nil
	}
	if _, err := r.plan(ctx, q, noun); err != nil {
		if err := adopt("filter", err); err != nil {
			return err
		}
	}
	if r.Trigger.Type != DateTrigger || r.Trigger.Field == "" {
		return nil
	}
	_, err := noun.plan(ctx, q, ListQuery{Filter: onDay(r.Trigger.Field, today(q))})
	return adopt("trigger.field", err)
}

// plan makes the list of the records that the rule is for. Only a dry run reads a page of it.
func (r *Rule) plan(ctx context.Context, q *tenant.Query, noun ruleNoun) (*list.Plan, error) {
	p, err := noun.plan(ctx, q, ListQuery{Filter: r.Filter, Limit: dryRunRecords})
	if err == nil && r.Stage != "" {
		p.Narrow(noun.ofStage(r.Stage))
	}
	return p, err
}

// The rules that every company begins with.
const (
	silenceRules = "silence_" // and the stage
	surveyRule   = "survey"
)

// seedRules gives a new company its rules.
func seedRules(ctx context.Context, tx *tenant.Tx) error {
	l := language(tx.Company.Locale)
	for _, s := range []struct {
		stage string
		days  int
	}{{Potential, 7}, {Interested, 7}, {Won, 30}} {
		if err := seedRule(ctx, tx, silenceRules+s.stage, Rule{
			Name:  l.say(phrase{"%s客户 %d 天未联系提醒", "Remind of %s customers after %d days of silence"}, strings.ToLower(l.say(stageNames[s.stage])), s.days),
			Stage: s.stage, Trigger: RuleTrigger{Type: SilenceTrigger, Days: s.days},
		}); err != nil {
			return err
		}
	}
	days := 3
	return seedRule(ctx, tx, surveyRule, Rule{
		Name:    l.say(phrase{"成交后做满意度调查", "Survey every win"}),
		Trigger: RuleTrigger{Type: EventTrigger, Events: []string{"customer.won"}},
		Actions: ruleActions{{Type: "create_task", Kind: "survey", To: "owner", DueInDays: &days}},
	})
}

func seedRule(ctx context.Context, tx *tenant.Tx, key string, r Rule) error {
	r.ID, r.BuiltIn, r.Enabled, r.Resource, r.TriggerKind = tenant.NewID[ruleKind](), &key, true, "customer", r.Trigger.Type
	r.Version, r.CreatedAt, r.UpdatedAt = 1, tx.Now, tx.Now
	if r.Actions == nil {
		r.Actions = ruleActions{}
	}
	return insertRule(ctx, tx, r)
}

// Seed gives a new company its rules, its saved views, its first pipeline and its daily check for silent customers.
func Seed(ctx context.Context, tx *tenant.Tx) error {
	for _, seed := range []func(context.Context, *tenant.Tx) error{seedRules, seedViews, seedPipeline, scheduleSilenceCheck} {
		if err := seed(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}
