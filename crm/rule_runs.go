package crm

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

type ruleRunKind struct{}

func (ruleRunKind) Prefix() string { return "run" }

// RuleRunID identifies one run of a rule (run_…).
type RuleRunID = tenant.ID[ruleRunKind]

// RuleWork is the kind of due work that does a run. Its lane is the rule.
const RuleWork = "rule"

// What a run came to.
const (
	RunPending = "pending"
	RunDone    = "done"
	RunSkipped = "skipped" // there was nothing to do after all
	RunFailed  = "failed"
	RunCut     = "cut" // the rule would have set off itself
)

var runOutcomes = []string{RunPending, RunDone, RunSkipped, RunFailed, RunCut}

// RuleRun is one run of a rule, for one record.
type RuleRun struct {
	ID     RuleRunID `db:"id" json:"id" doc:"The run's id." example:"run_01h455vb4pex5vsknk084sn02q"`
	RuleID RuleID    `db:"rule_id" json:"rule_id" doc:"The rule."`
	// Ref names the record; its noun is the rule's.
	Ref      RecordRef       `db:"-" json:"record" doc:"The record that it was for." example:"cus_01h455vb4pex5vsknk084sn02q"`
	Title    string          `db:"-" json:"record_title" doc:"What people recognise the record by; empty when it is gone." example:"云帆科技"`
	SetOffBy string          `db:"set_off_by" json:"set_off_by" doc:"The type of the event, or of the trigger, that set it off." example:"customer.created"`
	EventID  tenant.EventID  `db:"event_id" json:"event_id" nullable:"true" doc:"The event; null for what no event set off."`
	ActorID  tenant.MemberID `db:"actor_id" json:"actor_id" nullable:"true" doc:"Who made the change; null for programs, rules and the clock."`
	// Cause is the chain of rules before this one.
	Cause      tenant.Cause `db:"cause" json:"-"`
	Outcome    string       `db:"outcome" json:"outcome" enum:"pending,done,skipped,failed,cut" doc:"What it came to: skipped had nothing to do, cut would have set itself off."`
	Reason     string       `db:"reason" json:"reason" doc:"Why it was skipped, cut or failed; empty otherwise." example:"The condition was not met."`
	Results    ruleResults  `db:"results" json:"results" nullable:"false" doc:"What each action did. When one fails none is kept."`
	SetOffAt   time.Time    `db:"set_off_at" json:"set_off_at" doc:"When it was set off (UTC)."`
	FinishedAt *time.Time   `db:"finished_at" json:"finished_at" doc:"When it was over (UTC); null before."`

	RecordID tenant.RecordID `db:"record_id" json:"-"`
}

// RuleResult is what one action of a run did.
type RuleResult struct {
	Action string `json:"action" doc:"The action's type." example:"create_task"`
	Text   string `json:"text" doc:"What it did, in words." example:"Create the task “Call 云帆科技” for 陈晨"`
	Error  string `json:"error,omitempty" doc:"Why it could not be done."`
}

type ruleResults []RuleResult

// Value implements driver.Valuer.
func (r ruleResults) Value() (driver.Value, error) { return jsonColumn([]RuleResult(r)) }

// Scan implements sql.Scanner.
func (r *ruleResults) Scan(src any) error { return scanJSON(src, (*[]RuleResult)(r)) }

const ruleRunColumns = `x.id, x.rule_id, x.record_id, x.set_off_by, x.event_id, x.actor_id, x.cause, x.outcome, x.reason, x.results, x.set_off_at, x.finished_at`

var ruleRuns = &list.Resource{
	Name: "runs", Table: "company.rule_runs", Alias: "x", Order: "set_off_at desc", Live: "1=1",
	Fields: map[string]list.Field{
		"record":      {Kind: list.ID, Column: "x.record_id", Rare: true, Parse: parseRecord},
		"outcome":     {Kind: list.Enum, Column: "x.outcome", Values: runOutcomes},
		"set_off_by":  {Kind: list.Text, Column: "x.set_off_by"},
		"set_off_at":  {Kind: list.Time, Column: "x.set_off_at", Sort: "x.set_off_at", Indexes: []list.Index{list.By("rule_runs_rule"), list.By("rule_runs_outcome", "outcome")}},
		"finished_at": {Kind: list.Time, Column: "x.finished_at", Nullable: true},
	},
}

func parseRecord(s string) (any, error) {
	var ref RecordRef
	err := ref.UnmarshalText([]byte(s))
	return ref.ID, err
}

func (r RuleRun) sortKey(string) (any, [16]byte) { return r.SetOffAt, r.ID }

// ListRuleRuns returns one page of a rule's runs, the latest first: those for records within the caller's scope.
func ListRuleRuns(ctx context.Context, q *tenant.Query, id RuleID, in ListQuery) (Page[RuleRun], error) {
	if in.Q != "" {
		return Page[RuleRun]{}, tenant.Invalid("q", "unsupported", "runs have no search")
	}
	rule, err := GetRule(ctx, q, id)
	if err != nil {
		return Page[RuleRun]{}, err
	}
	noun := mustRuleNoun(rule.Resource)
	p, err := planRuns(ctx, q, id, noun, in)
	if err != nil {
		return Page[RuleRun]{}, err
	}
	page, err := list.Read(ctx, q, p, ruleRunColumns, in.Count, RuleRun.sortKey)
	if err != nil {
		return Page[RuleRun]{}, err
	}
	return page, nameRuns(ctx, q, noun, page.Data)
}

func planRuns(ctx context.Context, q *tenant.Query, id RuleID, noun ruleNoun, in ListQuery) (*list.Plan, error) {
	visible, err := noun.visible(ctx, q)
	if err != nil {
		return nil, err
	}
	return list.New(q, ruleRuns, in, everyRecord, list.Condition{SQL: "x.rule_id = ?", Args: []any{id}}, visible)
}

// everyRecord is the scope of a list whose own condition says who sees what.
var everyRecord = func() tenant.Scope {
	system := tenant.System()
	return system.Scope(ruleUpdate)
}()

// visible holds runs to records of the noun that the caller may read. Who reads all of them also sees runs for what is gone.
func (n ruleNoun) visible(ctx context.Context, q *tenant.Query) (list.Condition, error) {
	if q.Scope(n.permission("read")).Level() == tenant.LevelAll {
		return list.Always(), nil
	}
	p, err := n.plan(ctx, q, ListQuery{})
	if err != nil {
		return list.Condition{}, err
	}
	p.UseIndex("")
	where := p.Conditions()
	return list.Condition{SQL: "EXISTS (SELECT 1 FROM " + p.From() + " WHERE " + n.column + " = x.record_id AND " + where.SQL + ")", Args: where.Args}, nil
}

// nameRuns gives the runs of a page the titles of their records.
func nameRuns(ctx context.Context, q *tenant.Query, n ruleNoun, page []RuleRun) error {
	titles := map[tenant.RecordID]string{}
	for i := range page {
		run := &page[i]
		run.Ref = RecordRef{n.name, run.RecordID}
		title, known := titles[run.RecordID]
		if !known {
			found, err := FindRecord(ctx, q, run.Ref, "read")
			if err != nil && !errors.Is(err, tenant.ErrNotFound) {
				return err
			}
			title = found.Title
			titles[run.RecordID] = title
		}
		run.Title = title
	}
	return nil
}

// runID returns the id of a rule's run for a record on an occasion: always the same one.
func runID(rule RuleID, record tenant.RecordID, occasion []byte, at time.Time) RuleRunID {
	return stableID(at, rule[:], record[:], occasion)
}

// stableID returns the same id for the same parts.
func stableID(at time.Time, parts ...[]byte) (id [16]byte) {
	sum := sha256.New()
	for _, part := range parts {
		sum.Write(part)
	}
	copy(id[:], sum.Sum(nil))
	// The layout of a UUIDv7: milliseconds first, so that later runs have later ids.
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli()))
	copy(id[:6], ms[2:])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// insertRuns writes runs and makes those due that are pending. Those that are there already stay as they are.
func insertRuns(ctx context.Context, tx *tenant.Tx, runs []RuleRun) error {
	rows := tx.Bulk(`INSERT INTO company.rule_runs
		(id, rule_id, record_id, set_off_by, event_id, actor_id, cause, outcome, reason, results, set_off_at, finished_at) VALUES`, 12,
		`ON DUPLICATE KEY UPDATE rule_id = VALUES(rule_id)`)
	var due []tenant.Due
	for _, r := range runs {
		if err := rows.Add(ctx, r.ID, r.RuleID, r.RecordID, r.SetOffBy, r.EventID, r.ActorID, r.Cause, r.Outcome, r.Reason, r.Results,
			r.SetOffAt, r.FinishedAt); err != nil {
			return err
		}
		if r.Outcome == RunPending {
			due = append(due, tenant.Due{Ref: tenant.RecordID(r.ID), Lane: tenant.RecordID(r.RuleID), At: tx.Now})
		}
	}
	if err := rows.Flush(ctx); err != nil {
		return err
	}
	return tx.ScheduleAll(ctx, RuleWork, due)
}

// runLife is how long the log keeps a run.
const runLife = 30 * 24 * time.Hour

// PurgeRuleRuns removes at most limit runs that are past their retention and returns how many it removed.
func PurgeRuleRuns(ctx context.Context, tx *tenant.Tx, limit int) (int, error) {
	res, err := tx.Exec(ctx, `DELETE FROM company.rule_runs WHERE set_off_at < ? AND outcome <> ? ORDER BY set_off_at LIMIT ?`,
		tx.Now.Add(-runLife), RunPending, limit)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}
