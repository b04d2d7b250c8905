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

// The kinds of rule.
const (
	// SilenceRule reminds the owner of a customer whom nobody has contacted for some days.
	SilenceRule = "silence"
	// SurveyRule makes a satisfaction-survey task for each win.
	SurveyRule = "survey"
)

// Rule is what the product does by itself for customers in one stage.
type Rule struct {
	ID        RuleID       `db:"id" json:"id" doc:"The rule's id."`
	Kind      string       `db:"kind" json:"kind" enum:"silence,survey" doc:"silence reminds the owner after days without interaction; survey makes a 满意度调查 task for each win."`
	Stage     string       `db:"stage" json:"stage" enum:"potential,interested,won,lost" doc:"The stage whose customers it is for."`
	Enabled   bool         `db:"enabled" json:"enabled" doc:"Whether it acts."`
	Settings  RuleSettings `db:"settings" json:"settings" doc:"The rule's numbers."`
	CreatedAt time.Time    `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt time.Time    `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version   int64        `db:"version" json:"-"`
}

// RuleSettings are a rule's numbers; which apply depends on its kind.
type RuleSettings struct {
	// Days are calendar days in the company's time zone.
	Days int `json:"days" minimum:"1" maximum:"365" doc:"silence: calendar days without interaction. survey: days until the task is due." example:"7"`
	// EscalateToManager tells the owner's manager as well.
	EscalateToManager bool `json:"escalate_to_manager,omitempty" doc:"silence: tell the owner's manager too."`
	// QuietWhilePlanned keeps silent while an open task in the future is planned.
	QuietWhilePlanned bool `json:"quiet_while_planned,omitempty" doc:"silence: say nothing while a future follow-up is planned."`
}

// Value implements driver.Valuer.
func (s RuleSettings) Value() (driver.Value, error) {
	text, err := json.Marshal(s)
	return string(text), err
}

// Scan implements sql.Scanner.
func (s *RuleSettings) Scan(src any) error { return scanJSON(src, s) }

// RulePatch changes a rule.
type RulePatch struct {
	Enabled  patch.Field[bool]         `json:"enabled,omitzero" doc:"Whether it acts." example:"true"`
	Settings patch.Field[RuleSettings] `json:"settings,omitzero" doc:"Replaces the numbers."`
}

// maxRuleDays is the longest span a rule can have.
const maxRuleDays = 365

const ruleColumns = `id, kind, stage, enabled, settings, version, created_at, updated_at`

// Seed gives a new company its default rules, its saved views, its first pipeline and its daily check for silent customers.
func Seed(ctx context.Context, tx *tenant.Tx) error {
	for _, r := range []struct {
		kind, stage string
		days        int
	}{
		{SilenceRule, Potential, 7}, {SilenceRule, Interested, 7}, {SilenceRule, Won, 30}, {SurveyRule, Won, 3},
	} {
		if _, err := tx.Exec(ctx, `INSERT INTO company.rules (`+ruleColumns+`) VALUES (?, ?, ?, 1, ?, 1, ?, ?)`,
			tenant.NewID[ruleKind](), r.kind, r.stage, RuleSettings{Days: r.days}, tx.Now, tx.Now); err != nil {
			return err
		}
	}
	if err := seedViews(ctx, tx); err != nil {
		return err
	}
	if err := seedPipeline(ctx, tx); err != nil {
		return err
	}
	return scheduleSilenceCheck(ctx, tx)
}

// ListRules returns the company's rules.
func ListRules(ctx context.Context, q *tenant.Query) ([]Rule, error) {
	all := []Rule{}
	err := q.Select(ctx, &all, `SELECT `+ruleColumns+` FROM company.rules ORDER BY kind, stage LIMIT 500`)
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

// UpdateRule switches a rule or changes its numbers. version, when not 0, must be the record's, else ErrStale.
func UpdateRule(ctx context.Context, tx *tenant.Tx, id RuleID, in RulePatch, version int64) (Rule, error) {
	before, err := findRule(ctx, tx.Query, id, "FOR UPDATE")
	if err != nil {
		return Rule{}, err
	}
	if version != 0 && version != before.Version {
		return Rule{}, fmt.Errorf("rule %s: %w", id, tenant.ErrStale)
	}
	after := before
	after.Enabled, after.Settings = in.Enabled.Or(before.Enabled), in.Settings.Or(before.Settings)
	if err := in.check(); err != nil {
		return Rule{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if _, err := tx.NamedExec(ctx, `UPDATE company.rules SET enabled = :enabled, settings = :settings, version = :version,
		updated_at = :updated_at WHERE id = :id`, after); err != nil {
		return Rule{}, fmt.Errorf("rule %s: %w", id, err)
	}
	return after, tx.Emit(ctx, tenant.Event{
		Type: "rule.updated", Resource: "rule", Record: tenant.RecordID(id), Data: after, Previous: previous,
	})
}

func (in RulePatch) check() error {
	invalid := &tenant.InvalidError{}
	if in.Enabled.Null {
		invalid.Add("enabled", "required", "cannot be null")
	}
	if in.Settings.Null {
		invalid.Add("settings", "required", "cannot be null")
	} else if in.Settings.Set {
		checkNumber(invalid, "settings.days", &in.Settings.Value.Days, 1, maxRuleDays)
	}
	return invalid.Err()
}

// enabledRules returns the rules of a kind that act.
func enabledRules(ctx context.Context, q *tenant.Query, kind string) ([]Rule, error) {
	var rules []Rule
	err := q.Select(ctx, &rules, `SELECT `+ruleColumns+` FROM company.rules WHERE kind = ? AND enabled = 1`, kind)
	return rules, err
}
