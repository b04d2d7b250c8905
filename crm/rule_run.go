package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// RuleRunner does the runs of rules.
type RuleRunner struct {
	CallerOf CallerOf
	Outlets  Outlets
}

// RuleRefusal is returned for a run that cannot be done, now or later. Nothing of it is kept.
type RuleRefusal struct {
	// Reason is for people. Results are those of the actions, up to the one that could not be done.
	Reason  string
	Results []RuleResult
	// Pause switches the rule off: its editor may not do any more what it does.
	Pause bool
}

func (e *RuleRefusal) Error() string { return "rule refused: " + e.Reason }

// RuleTrouble is what the events rule.paused and rule.failing carry.
type RuleTrouble struct {
	ID     RuleID `json:"id"`
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Run does one run: all of its actions, in one transaction with their entry in the log, or none. A run that is over does
// nothing. It returns *RuleRefusal for one that cannot be done, which [RuleRunner.Fail] has to write down in a
// transaction of its own.
func (rr RuleRunner) Run(ctx context.Context, tx *tenant.Tx, id RuleRunID) error {
	run, pending, err := lockRun(ctx, tx, id)
	if err != nil || !pending {
		return err
	}
	r := &acting{q: tx.Query, run: run, outlets: rr.Outlets, language: language(tx.Company.Locale)}
	rule, err := findRule(ctx, tx.Query, run.RuleID, "")
	switch {
	case errors.Is(err, tenant.ErrNotFound):
		return r.finish(ctx, tx, RunSkipped, r.say(phrase{"规则已删除", "The rule was deleted"}))
	case err != nil:
		return err
	case !rule.Enabled:
		return r.finish(ctx, tx, RunSkipped, r.say(phrase{"规则已停用", "The rule is switched off"}))
	}
	r.rule, r.noun = &rule, mustRuleNoun(rule.Resource)
	caller, err := rr.editor(ctx, r)
	if err != nil {
		return err
	}
	r.q = tx.Query.As(caller)
	missed, err := r.match(ctx)
	if err != nil {
		return err
	}
	if missed != "" {
		return r.finish(ctx, tx, RunSkipped, missed)
	}
	if err := r.act(ctx, tx.As(caller)); err != nil {
		return r.refusal(err)
	}
	if err := r.finish(ctx, tx, RunDone, ""); err != nil || rule.FailingSince == nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE company.rules SET failing_since = NULL WHERE id = ?`, rule.ID)
	return err
}

// lockRun reads a run, so that of two who want to do it one waits and finds it over. The work of one that is over is
// taken away.
func lockRun(ctx context.Context, tx *tenant.Tx, id RuleRunID) (run RuleRun, pending bool, err error) {
	err = tx.Get(ctx, &run, `SELECT `+ruleRunColumns+` FROM company.rule_runs x WHERE x.id = ? FOR UPDATE`, id)
	switch {
	case errors.Is(err, tenant.ErrNotFound), err == nil && run.Outcome != RunPending:
		return run, false, tx.Unschedule(ctx, RuleWork, tenant.RecordID(id))
	case err != nil:
		return RuleRun{}, false, fmt.Errorf("run %s: %w", id, err)
	}
	return run, true, nil
}

// mustRuleNoun is for resources that were checked when the rule was saved.
func mustRuleNoun(resource string) ruleNoun {
	noun, ok := ruleNounOf(resource)
	if !ok {
		panic("no rules for " + resource)
	}
	return noun
}

// editor builds the caller in whose rights the rule acts: those that its editor has now. Nobody has saved the rules that
// a company begins with; those are the product's own.
func (rr RuleRunner) editor(ctx context.Context, r *acting) (*tenant.Caller, error) {
	return ruleCaller(ctx, r.q, rr.CallerOf, r.rule, r.run.Cause)
}

func ruleCaller(ctx context.Context, q *tenant.Query, callerOf CallerOf, rule *Rule, cause tenant.Cause) (*tenant.Caller, error) {
	l := language(q.Company.Locale)
	caller := tenant.System()
	if !rule.EditorID.IsZero() {
		editor, err := callerOf(ctx, q, rule.EditorID)
		if errors.Is(err, tenant.ErrNotFound) {
			return nil, &RuleRefusal{Reason: l.say(phrase{"最后保存规则的人已不在职", "Whoever saved the rule last is not an active member any more"}), Pause: true}
		}
		if err != nil {
			return nil, err
		}
		if !editor.May(ruleUpdate) {
			return nil, &RuleRefusal{Reason: l.say(phrase{"%s 已无权修改规则", "%s may not change rules any more"}, editor.Name), Pause: true}
		}
		caller = *editor
		caller.Kind, caller.Source, caller.Zone = tenant.ByRule, "rule", nil // a rule lives where the company does
	}
	caller.Cause = cause.Then(tenant.RecordID(rule.ID))
	return &caller, nil
}

// match reports why the rule does not act for the record, or nothing when it does. The condition means exactly what it
// means in a list, under the editor's scope.
func (r *acting) match(ctx context.Context) (missed string, err error) {
	if r.record, err = r.noun.load(ctx, r.q, r.run.RecordID); errors.Is(err, tenant.ErrNotFound) {
		return r.say(phrase{"记录已删除，或超出规则编辑者的权限范围", "The record is gone, or out of the reach of the rule's editor"}), nil
	}
	if err != nil || r.rule.Stage == "" && isBlank(r.rule.Filter) {
		return "", err
	}
	p, err := r.rule.plan(ctx, r.q, r.noun)
	if err != nil {
		return "", r.refusal(err)
	}
	p.UseIndex("")
	where := p.Conditions()
	var found []int
	err = r.q.Select(ctx, &found, `SELECT 1 FROM `+p.From()+` WHERE `+r.noun.column+` = ? AND `+where.SQL+` LIMIT 1`,
		append([]any{r.run.RecordID}, where.Args...)...)
	if err == nil && len(found) == 0 {
		missed = r.say(phrase{"不满足条件", "The condition was not met"})
	}
	return missed, err
}

// act does the actions in order. Each sees what those before it have done.
func (r *acting) act(ctx context.Context, tx *tenant.Tx) error {
	r.q = tx.Query
	for i, a := range r.rule.Actions {
		if i > 0 {
			var err error
			if r.record, err = r.noun.load(ctx, r.q, r.run.RecordID); err != nil {
				return err
			}
		}
		s, err := r.prepare(ctx, a)
		if err == nil && s.do != nil {
			err = s.do(ctx, tx)
		}
		result := RuleResult{Action: a.Type, Text: search.Cut(oneLine(s.text), 500)}
		if err != nil {
			result.Error = r.wrong(err)
		}
		r.run.Results = append(r.run.Results, result)
		if err != nil {
			return err
		}
	}
	return nil
}

// refusal turns what no repetition mends into a *RuleRefusal, and leaves other errors as they are.
func (r *acting) refusal(err error) error {
	refused := &RuleRefusal{Reason: r.wrong(err), Results: r.run.Results}
	if own, ok := errors.AsType[*RuleRefusal](err); ok {
		refused.Pause = own.Pause
		return refused
	}
	if invalid, ok := errors.AsType[*tenant.InvalidError](err); ok {
		refused.Pause = slices.ContainsFunc(invalid.Fields, func(f tenant.FieldError) bool { return f.Code == "out_of_scope" || f.Code == mask.Code })
		return refused
	}
	if errors.Is(err, tenant.ErrDenied) {
		refused.Pause = true
		return refused
	}
	conflict, quota := (*tenant.ConflictError)(nil), (*tenant.QuotaError)(nil)
	if errors.As(err, &conflict) || errors.As(err, &quota) || errors.Is(err, tenant.ErrNotFound) {
		return refused
	}
	return err
}

// wrong says what an error means to people.
func (r *acting) wrong(err error) string {
	if own, ok := errors.AsType[*RuleRefusal](err); ok {
		return own.Reason
	}
	if invalid, ok := errors.AsType[*tenant.InvalidError](err); ok {
		var parts []string
		for _, f := range invalid.Fields {
			parts = append(parts, f.Field+" "+f.Message)
		}
		return strings.Join(parts, "; ")
	}
	if conflict, ok := errors.AsType[*tenant.ConflictError](err); ok {
		return conflict.Message
	}
	if quota, ok := errors.AsType[*tenant.QuotaError](err); ok {
		return r.say(phrase{"套餐的 %s 已用完", "The plan's %s are used up"}, quota.Quota)
	}
	switch {
	case errors.Is(err, tenant.ErrDenied):
		return r.say(phrase{"规则的编辑者无权这样做", "The rule's editor may not do this"})
	case errors.Is(err, tenant.ErrNotFound):
		return r.say(phrase{"记录已删除，或超出规则编辑者的权限范围", "The record is gone, or out of the reach of the rule's editor"})
	}
	return r.say(phrase{"内部错误", "An internal error"})
}

// finish writes the run's end into the log and takes its work away.
func (r *acting) finish(ctx context.Context, tx *tenant.Tx, outcome, reason string) error {
	if _, err := tx.Exec(ctx, `UPDATE company.rule_runs SET outcome = ?, reason = ?, results = ?, finished_at = ? WHERE id = ?`,
		outcome, search.Cut(oneLine(reason), 500), r.run.Results, tx.Now, r.run.ID); err != nil {
		return err
	}
	return tx.Unschedule(ctx, RuleWork, tenant.RecordID(r.run.ID))
}

// Fail writes down that a run could not be done. It pauses the rule where the refusal says so, and tells the admins: once,
// until a run goes well again.
func (rr RuleRunner) Fail(ctx context.Context, tx *tenant.Tx, id RuleRunID, refused *RuleRefusal) error {
	run, pending, err := lockRun(ctx, tx, id)
	if err != nil || !pending {
		return err
	}
	run.Results = refused.Results
	r := &acting{run: run}
	if err := r.finish(ctx, tx, RunFailed, refused.Reason); err != nil {
		return err
	}
	if refused.Pause {
		return pauseRule(ctx, tx, run.RuleID, refused.Reason)
	}
	rule, err := findRule(ctx, tx.Query, run.RuleID, "FOR UPDATE")
	switch {
	case errors.Is(err, tenant.ErrNotFound):
		return nil
	case err != nil || rule.FailingSince != nil:
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE company.rules SET failing_since = ? WHERE id = ?`, tx.Now, rule.ID); err != nil {
		return err
	}
	return rule.emit(ctx, tx, "rule.failing", RuleTrouble{rule.ID, rule.Name, refused.Reason}, nil)
}

// pauseRule switches a rule off by itself, once.
func pauseRule(ctx context.Context, tx *tenant.Tx, id RuleID, reason string) error {
	rule, err := findRule(ctx, tx.Query, id, "FOR UPDATE")
	if errors.Is(err, tenant.ErrNotFound) || err == nil && !rule.Enabled {
		return nil
	}
	if err != nil {
		return err
	}
	rule.Enabled, rule.PausedReason, rule.NextAt = false, search.Cut(reason, 500), nil
	rule.Version, rule.UpdatedAt = rule.Version+1, tx.Now
	if err := saveRule(ctx, tx, rule); err != nil {
		return err
	}
	return rule.emit(ctx, tx, "rule.paused", RuleTrouble{rule.ID, rule.Name, rule.PausedReason}, nil)
}
