package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Reactor does what follows from changes after they were committed: it finds the rules that they set off, and tells
// people. It remembers the rules of the companies that it has served.
type Reactor struct {
	callerOf CallerOf
	mails    MailsFor
	rules    *otter.Cache[tenant.CompanyID, *eventRules]
}

const (
	// rememberedCompanies bounds the memory of a reactor, rulesTTL how long a company that is not heard of stays in it.
	rememberedCompanies = 10_000
	rulesTTL            = time.Hour
)

// MailsFor reports whether mail of a company can leave. The edge supplies it.
type MailsFor func(ctx context.Context, q *tenant.Query) (bool, error)

// NewReactor returns a reactor that remembers nothing yet.
func NewReactor(callerOf CallerOf, mails MailsFor) *Reactor {
	return &Reactor{callerOf: callerOf, mails: mails, rules: otter.Must(&otter.Options[tenant.CompanyID, *eventRules]{
		MaximumSize: rememberedCompanies, ExpiryCalculator: otter.ExpiryAccessing[tenant.CompanyID, *eventRules](rulesTTL),
	})}
}

// eventRules are a company's rules that events set off, as of a version of all its rules.
type eventRules struct {
	version int64
	byType  map[string][]eventRule
}

// eventRule is a rule with one of the events that set it off.
type eventRule struct {
	Rule
	event ruleEvent
}

// React runs in the transaction that relays the changes. It only decides and writes down what is to be done; a change that
// is relayed again adds nothing.
func (r *Reactor) React(ctx context.Context, tx *tenant.Tx, changes []tenant.Change) error {
	rules, err := r.rulesOf(ctx, tx.Query)
	if err != nil {
		return err
	}
	readers := newAudience(r.callerOf, func() (bool, error) { return r.mails(ctx, tx.Query) }, func() (bool, error) { return hasBot(ctx, tx.Query) })
	var runs []RuleRun
	for _, c := range changes {
		if c.Quiet {
			continue
		}
		set, err := rules.setOff(ctx, tx.Query, c)
		if err == nil {
			runs = append(runs, set...)
			err = notify(ctx, tx, c, readers)
		}
		if err != nil {
			return fmt.Errorf("event %s (%s): %w", c.EventID, c.Type, err)
		}
	}
	return insertRuns(ctx, tx, runs)
}

// rulesVersion names the counter that every change of a rule raises.
const rulesVersion = "rules"

// rulesOf returns the company's rules, from memory while none has changed: that is one small query a turn.
func (r *Reactor) rulesOf(ctx context.Context, q *tenant.Query) (*eventRules, error) {
	var version int64
	err := q.Get(ctx, &version, `SELECT value FROM company.counters WHERE name = ?`, rulesVersion)
	if err != nil && !errors.Is(err, tenant.ErrNotFound) {
		return nil, err
	}
	if known, ok := r.rules.GetIfPresent(q.Company.ID); ok && known.version == version {
		return known, nil
	}
	all, err := enabledRules(ctx, q, EventTrigger)
	if err != nil {
		return nil, err
	}
	found := &eventRules{version, map[string][]eventRule{}}
	for _, rule := range all {
		noun := mustRuleNoun(rule.Resource)
		for _, name := range rule.Trigger.Events {
			event, _ := noun.event(name)
			for _, changeType := range event.typesOf() {
				found.byType[changeType] = append(found.byType[changeType], eventRule{rule, event})
			}
		}
	}
	r.rules.Set(q.Company.ID, found)
	return found, nil
}

// setOff returns the runs that a change sets off.
func (e *eventRules) setOff(ctx context.Context, q *tenant.Query, c tenant.Change) ([]RuleRun, error) {
	candidates := e.byType[c.Type]
	if len(candidates) == 0 {
		return nil, nil
	}
	seen, err := readChange(c)
	if err != nil {
		return nil, err
	}
	var runs []RuleRun
	for _, rule := range candidates {
		if !rule.takes(seen) {
			continue
		}
		record := c.Record
		if rule.event.record != nil {
			if record, err = rule.event.record(ctx, q, c); err != nil {
				return nil, err
			}
		}
		if record.IsZero() {
			continue
		}
		run := RuleRun{
			ID: runID(rule.ID, record, c.EventID[:], c.CreatedAt), RuleID: rule.ID, RecordID: record, SetOffBy: rule.event.name, EventID: c.EventID,
			ActorID: c.Actor, Cause: c.Cause, Outcome: RunPending, SetOffAt: c.CreatedAt,
		}
		if slices.ContainsFunc(runs, func(other RuleRun) bool { return other.ID == run.ID }) {
			continue // two of the rule's events are the same change
		}
		run.cut(q)
		runs = append(runs, run)
	}
	return runs, nil
}

// cut ends a run before it begins when the rule has led to the change itself, or the chain of rules is too long.
func (r *RuleRun) cut(q *tenant.Query) {
	l := language(q.Company.Locale)
	switch {
	case r.Cause.Has(tenant.RecordID(r.RuleID)):
		r.Reason = l.say(phrase{"已停止：规则被自己触发", "Stopped: the rule was set off by itself"})
	case len(r.Cause) >= tenant.MaxCause:
		r.Reason = l.say(phrase{"已停止：已有 %d 条规则接连触发", "Stopped: %d rules have set each other off already"}, len(r.Cause))
	default:
		return
	}
	r.Outcome, r.FinishedAt = RunCut, &q.Now
}

// seenChange is a change with its fields, read once for all rules.
type seenChange struct {
	tenant.Change
	after, before map[string]any
}

func readChange(c tenant.Change) (seenChange, error) {
	seen := seenChange{Change: c}
	if err := json.Unmarshal(c.Data, &seen.after); err != nil {
		return seenChange{}, err
	}
	return seen, json.Unmarshal(c.Previous, &seen.before)
}

// takes reports whether the change is one that the rule waits for. It looks at no more than the change.
func (r eventRule) takes(c seenChange) bool {
	if stage, ok := c.after["lifecycle"].(string); ok && c.Resource == "customer" && r.Stage != "" && r.Stage != stage {
		return false
	}
	t := r.Trigger
	if r.event.moves != "" && (!among(t.From, c.before[r.event.moves]) || !among(t.To, c.after[r.event.moves])) {
		return false
	}
	return len(t.Changed) == 0 || slices.ContainsFunc(t.Changed, c.changed)
}

// among reports whether a value is one of the wanted ones; when none is named, all are.
func among(wanted []string, value any) bool {
	text, _ := value.(string)
	return len(wanted) == 0 || slices.Contains(wanted, text)
}

// changed reports whether the change has changed a field.
func (c seenChange) changed(field string) bool {
	key, custom := strings.CutPrefix(field, customPrefix)
	if !custom {
		_, changed := c.before[field]
		return changed
	}
	before, _ := c.before["custom"].(map[string]any)
	_, changed := before[key]
	return changed
}
