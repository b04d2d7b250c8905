package crm

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type ruleKind struct{}

func (ruleKind) Prefix() string { return "rul" }

// RuleID identifies a rule (rul_…).
type RuleID = tenant.ID[ruleKind]

// Rule is something that the product does by itself: for records of a noun that meet a condition, when something sets
// it off, it acts.
type Rule struct {
	ID       RuleID      `db:"id" json:"id" doc:"The rule's id." example:"rul_01h455vb4pex5vsknk084sn02q"`
	Name     string      `db:"name" json:"name" doc:"What it is called." example:"Greet new customers"`
	Enabled  bool        `db:"enabled" json:"enabled" doc:"Whether it acts."`
	Resource string      `db:"resource" json:"resource" enum:"customer,deal,interaction,task" doc:"What its condition and its actions are about." example:"customer"`
	Stage    string      `db:"stage" json:"stage" enum:",potential,interested,won,lost" doc:"Only for customers in this stage of the lifecycle, or for what hangs on such; empty for all." example:"potential"`
	Trigger  RuleTrigger `db:"trigger_spec" json:"trigger" doc:"What sets it off."`
	Filter   string      `db:"filter" json:"filter" doc:"The condition that the record has to meet when the rule acts, in the filter language of the resource's list; me is the rule's editor. Empty for all." example:"tags:\"vip\" AND NOT next_follow_up_at:*"`
	Actions  ruleActions `db:"actions" json:"actions" nullable:"false" doc:"What it does, in this order: all of it or nothing."`
	// BuiltIn names a rule that every company begins with.
	BuiltIn      *string         `db:"built_in" json:"built_in" doc:"Key of a rule that the company began with; null for those that people made." example:"silence_potential"`
	EditorID     tenant.MemberID `db:"editor_id" json:"editor_id" nullable:"true" doc:"Who saved it last, within whose rights it acts; null for what the company began with and nobody has changed."`
	PausedReason string          `db:"paused_reason" json:"paused_reason" doc:"Why it was switched off by itself; empty otherwise."`
	FailingSince *time.Time      `db:"failing_since" json:"failing_since" doc:"Since when its runs have failed (UTC); null while all is well."`
	NextAt       *time.Time      `db:"next_at" json:"next_at" doc:"When the clock sets it off next (UTC); null for what the clock has no part in."`
	CreatedAt    time.Time       `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt    time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version      int64           `db:"version" json:"-"`
	// TriggerKind is the trigger's type, for finding the rules of one.
	TriggerKind string `db:"trigger_kind" json:"-"`
}

// NewRule is what a rule is made of.
type NewRule struct {
	ID       *RuleID      `json:"id,omitempty" doc:"An id made by the client; it may be used once."`
	Name     string       `json:"name" minLength:"1" maxLength:"100" doc:"What it is called." example:"Greet new customers"`
	Enabled  *bool        `json:"enabled,omitempty" doc:"Whether it acts; true when left out."`
	Resource string       `json:"resource" enum:"customer,deal,interaction,task" doc:"What its condition and its actions are about." example:"customer"`
	Stage    string       `json:"stage,omitempty" enum:",potential,interested,won,lost" doc:"Only for customers in this stage, or for what hangs on such." example:"potential"`
	Trigger  RuleTrigger  `json:"trigger" doc:"What sets it off."`
	Filter   string       `json:"filter,omitempty" maxLength:"4096" doc:"The condition, in the filter language of the resource's list." example:"tags:\"vip\""`
	Actions  []RuleAction `json:"actions,omitempty" maxItems:"10" doc:"What it does, in this order. A silence rule may do no more than remind."`
}

// RulePatch changes some fields. Whoever saves a rule becomes its editor.
type RulePatch struct {
	Name    patch.Field[string]       `json:"name,omitzero" minLength:"1" maxLength:"100" doc:"What it is called." example:"Greet new customers"`
	Enabled patch.Field[bool]         `json:"enabled,omitzero" doc:"Whether it acts; switching it on forgets why it was paused." example:"true"`
	Stage   patch.Field[string]       `json:"stage,omitzero" enum:",potential,interested,won,lost" doc:"Only for customers in this stage; null for all." example:"won"`
	Trigger patch.Field[RuleTrigger]  `json:"trigger,omitzero" doc:"Replaces what sets it off."`
	Filter  patch.Field[string]       `json:"filter,omitzero" maxLength:"4096" doc:"Replaces the condition; null for none." example:"tags:\"vip\""`
	Actions patch.Field[[]RuleAction] `json:"actions,omitzero" maxItems:"10" doc:"Replaces what it does."`
}

const (
	ruleColumns = `id, name, enabled, resource, stage, trigger_kind, trigger_spec, filter, actions, built_in, editor_id, paused_reason,
		failing_since, next_at, version, created_at, updated_at`
	// maxRules and maxActions bound what one change of a record can set off.
	maxRules, maxActions = 200, 10
)

// ruleUpdate is what an editor must still have for the rule to act.
const ruleUpdate tenant.Permission = "rule:update"

// ListRules returns the company's rules: those that it began with first, and then by name.
func ListRules(ctx context.Context, q *tenant.Query) ([]Rule, error) {
	all := []Rule{}
	err := q.Select(ctx, &all, `SELECT `+ruleColumns+` FROM company.rules ORDER BY built_in IS NULL, built_in, name, id LIMIT ?`, 2*maxRules)
	return all, err
}

// GetRule returns a rule, else ErrNotFound.
func GetRule(ctx context.Context, q *tenant.Query, id RuleID) (Rule, error) {
	return findRule(ctx, q, id, "")
}

func findRule(ctx context.Context, q *tenant.Query, id RuleID, lock string) (Rule, error) {
	var r Rule
	if err := q.Get(ctx, &r, `SELECT `+ruleColumns+` FROM company.rules WHERE id = ? `+lock, id); err != nil {
		return Rule{}, fmt.Errorf("rule %s: %w", id, err)
	}
	return r, nil
}

// enabledRules returns the rules of a kind of trigger that act.
func enabledRules(ctx context.Context, q *tenant.Query, trigger string) ([]Rule, error) {
	var rules []Rule
	err := q.Select(ctx, &rules, `SELECT `+ruleColumns+` FROM company.rules WHERE trigger_kind = ? AND enabled = 1 ORDER BY id`, trigger)
	return rules, err
}

// Value implements driver.Valuer.
func (t RuleTrigger) Value() (driver.Value, error) {
	text, err := json.Marshal(t)
	return string(text), err
}

// Scan implements sql.Scanner.
func (t *RuleTrigger) Scan(src any) error { return scanJSON(src, t) }

// ruleActions are kept as a JSON column.
type ruleActions []RuleAction

// Value implements driver.Valuer.
func (a ruleActions) Value() (driver.Value, error) { return jsonColumn([]RuleAction(a)) }

// Scan implements sql.Scanner.
func (a *ruleActions) Scan(src any) error { return scanJSON(src, (*[]RuleAction)(a)) }
