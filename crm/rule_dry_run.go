package crm

import (
	"context"
	"errors"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// DryRun is what a rule would do now. Nothing of it is done.
type DryRun struct {
	Total       int            `json:"total" doc:"How many records the rule would act for, counted up to 1000." example:"12"`
	TotalCapped bool           `json:"total_capped" doc:"Whether there are more than total says."`
	Records     []DryRunRecord `json:"records" nullable:"false" doc:"The first 50 of them."`
}

// DryRunRecord is what a rule would do for one record.
type DryRunRecord struct {
	Record  RecordRef    `json:"record" doc:"The record." example:"cus_01h455vb4pex5vsknk084sn02q"`
	Title   string       `json:"record_title" doc:"What people recognise the record by." example:"云帆科技"`
	Actions []RuleResult `json:"actions" nullable:"false" doc:"What each action would do, in words."`
}

// dryRunRecords is how many records a dry run shows.
const dryRunRecords = 50

// TryDraft says what a rule that is not saved would do if the caller saved it.
func (rr RuleRunner) TryDraft(ctx context.Context, q *tenant.Query, in NewRule) (DryRun, error) {
	r := in.rule(q)
	if err := r.check(ctx, q, rr.Outlets); err != nil {
		return DryRun{}, err
	}
	return rr.try(ctx, q, q, &r)
}

// TryRule says what a rule would do, within the rights of its editor, for records that the caller may read too. A rule
// whose editor may not act any more is a *tenant.ConflictError.
func (rr RuleRunner) TryRule(ctx context.Context, q *tenant.Query, id RuleID) (DryRun, error) {
	r, err := GetRule(ctx, q, id)
	if err != nil {
		return DryRun{}, err
	}
	editor, err := ruleCaller(ctx, q, rr.CallerOf, &r, nil)
	if refused, ok := errors.AsType[*RuleRefusal](err); ok {
		return DryRun{}, &tenant.ConflictError{Code: "editor_lost_rights", Message: refused.Reason + ". Save the rule to act in your own rights."}
	}
	if err != nil {
		return DryRun{}, err
	}
	return rr.try(ctx, q, q.As(editor), &r)
}

// try finds the records under both scopes, the caller's and the editor's.
func (rr RuleRunner) try(ctx context.Context, q, editor *tenant.Query, r *Rule) (DryRun, error) {
	noun := mustRuleNoun(r.Resource)
	due := *r
	if r.Trigger.Type == DateTrigger {
		due.Filter = r.filterOn(today(q))
	}
	p, err := due.plan(ctx, editor, noun)
	if err != nil {
		return DryRun{}, err
	}
	if r.Trigger.Type == SilenceTrigger {
		p.Narrow(r.isSilent(q))
	}
	readable, err := noun.plan(ctx, q, ListQuery{})
	if err != nil {
		return DryRun{}, err
	}
	p.Narrow(readable.Conditions())
	found := DryRun{Records: []DryRunRecord{}}
	if found.Total, found.TotalCapped, err = p.Count(ctx, q); err != nil {
		return DryRun{}, err
	}
	var ids []tenant.RecordID
	statement, args := p.Statement(noun.column)
	if err := q.Select(ctx, &ids, statement, args...); err != nil {
		return DryRun{}, err
	}
	for _, id := range ids[:min(len(ids), dryRunRecords)] {
		record, err := rr.tryRecord(ctx, q, editor, r, id)
		if err != nil {
			return DryRun{}, err
		}
		found.Records = append(found.Records, record)
	}
	return found, nil
}

// tryRecord words what each action would do with a record.
func (rr RuleRunner) tryRecord(ctx context.Context, q, editor *tenant.Query, r *Rule, id tenant.RecordID) (DryRunRecord, error) {
	trying := &acting{
		q: editor, rule: r, noun: mustRuleNoun(r.Resource), outlets: rr.Outlets, language: language(q.Caller.Locale),
		run: RuleRun{RecordID: id, ActorID: q.Caller.Member, SetOffAt: q.Now},
	}
	var err error
	if trying.record, err = trying.noun.load(ctx, editor, id); err != nil {
		return DryRunRecord{}, err
	}
	shown := DryRunRecord{Record: trying.record.RecordRef, Title: trying.record.Title, Actions: []RuleResult{}}
	for _, a := range r.Actions {
		d, err := trying.prepare(ctx, a)
		result := RuleResult{Action: a.Type, Text: oneLine(d.text)}
		if err != nil {
			if err = trying.refusal(err); !errors.As(err, new(*RuleRefusal)) {
				return DryRunRecord{}, err
			}
			result.Error = trying.wrong(err)
		}
		shown.Actions = append(shown.Actions, result)
	}
	return shown, nil
}

// isSilent holds a list of customers to those whom the next check would find.
func (r *Rule) isSilent(q *tenant.Query) list.Condition {
	silent := list.Condition{SQL: "c.owner_id IS NOT NULL AND c.silence_reminded < ? AND c.silence_from < ?", Args: []any{
		r.Trigger.Days, quietBefore(q.Now.In(q.Company.Location()), r.Trigger.Days),
	}}
	if r.Trigger.QuietWhilePlanned {
		silent = list.All(silent, list.Condition{SQL: "(c.next_follow_up_at IS NULL OR c.next_follow_up_at < ?)", Args: []any{q.Now}})
	}
	return silent
}
