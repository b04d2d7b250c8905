package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// RuleClockWork is the kind of due work that sets off a rule by the clock. Its reference is the rule.
const RuleClockWork = "rule_clock"

const (
	// clockBatch bounds how many runs one transaction makes.
	clockBatch = 500
	// clockPatience is how many days of a date rule are caught up with after a standstill.
	clockPatience = 7
)

// SetOffByClock makes runs for the next records that a rule's time has come for, at most a batch of them, after the
// record given. It returns the last record, or the zero id when there are no more; then the rule's next time is due.
func (rr RuleRunner) SetOffByClock(ctx context.Context, tx *tenant.Tx, id RuleID, after tenant.RecordID) (tenant.RecordID, error) {
	rule, err := findRule(ctx, tx.Query, id, "FOR UPDATE")
	if errors.Is(err, tenant.ErrNotFound) || err == nil && (!rule.Enabled || rule.NextAt == nil) {
		return tenant.RecordID{}, tx.Unschedule(ctx, RuleClockWork, tenant.RecordID(id))
	}
	if err != nil {
		return tenant.RecordID{}, err
	}
	if rule.TriggerKind == DateTrigger && rule.NextAt.Before(caughtUpFrom(tx.Now)) {
		return tenant.RecordID{}, rule.windUp(ctx, tx)
	}
	caller, err := ruleCaller(ctx, tx.Query, rr.CallerOf, &rule, nil)
	var found []tenant.RecordID
	if err == nil {
		found, err = rule.dueRecords(ctx, tx.Query.As(caller), after)
	}
	if refused, ok := errors.AsType[*RuleRefusal](err); ok {
		return tenant.RecordID{}, pauseRule(ctx, tx, id, refused.Reason)
	}
	if invalid, ok := errors.AsType[*tenant.InvalidError](err); ok {
		return tenant.RecordID{}, pauseRule(ctx, tx, id, invalid.Error()) // a field of its condition is gone
	}
	if err != nil {
		return tenant.RecordID{}, err
	}
	if err := insertRuns(ctx, tx, rule.runsFor(found, *rule.NextAt)); err != nil {
		return tenant.RecordID{}, err
	}
	if len(found) == clockBatch {
		return found[len(found)-1], nil
	}
	return tenant.RecordID{}, rule.windUp(ctx, tx)
}

// dueRecords returns the records for which the rule's time has come, in the order of their ids.
func (r *Rule) dueRecords(ctx context.Context, q *tenant.Query, after tenant.RecordID) ([]tenant.RecordID, error) {
	noun := mustRuleNoun(r.Resource)
	due := *r
	if r.Trigger.Type == DateTrigger {
		due.Filter = r.filterOn(recurrence.WallOf(*r.NextAt, q.Company.Location()))
	}
	p, err := due.plan(ctx, q, noun)
	if err != nil {
		return nil, err
	}
	p.UseIndex("")
	where := p.Conditions()
	var found []tenant.RecordID
	err = q.Select(ctx, &found, fmt.Sprintf(`SELECT %[1]s FROM %[2]s WHERE %[1]s > ? AND %[3]s ORDER BY %[1]s LIMIT %[4]d`, noun.column, p.From(), where.SQL, clockBatch),
		append([]any{after[:]}, where.Args...)...)
	return found, err
}

// filterOn is the rule's condition for records whose date has come on a day of the company's.
func (r *Rule) filterOn(day recurrence.Wall) string {
	on := onDay(r.Trigger.Field, day.AddDays(-r.Trigger.OffsetDays))
	if isBlank(r.Filter) {
		return on
	}
	return "(" + r.Filter + ") AND " + on
}

// onDay asks for records whose field, a day or a time, falls on a day.
func onDay(field string, day recurrence.Wall) string {
	return fmt.Sprintf("%[1]s >= %[2]q AND %[1]s < %[3]q", field, day.Date(), day.AddDays(1).Date())
}

// runsFor makes the runs of a rule for records at one of its times.
func (r *Rule) runsFor(records []tenant.RecordID, at time.Time) []RuleRun {
	runs := make([]RuleRun, len(records))
	for i, record := range records {
		runs[i] = RuleRun{
			ID: runID(r.ID, record, []byte(at.Format(time.RFC3339)), at), RuleID: r.ID, RecordID: record, SetOffBy: r.Trigger.Type, Outcome: RunPending, SetOffAt: at,
		}
	}
	return runs
}

// windUp makes the rule's next time due. After a standstill days of dates are caught up with one by one, because each
// concerns other records; a schedule goes on from now.
func (r *Rule) windUp(ctx context.Context, tx *tenant.Tx) error {
	zone, from := tx.Company.Location(), tx.Now
	if r.Trigger.Type == DateTrigger {
		from = laterOf(*r.NextAt, caughtUpFrom(tx.Now))
	}
	r.NextAt = r.next(from, zone)
	if _, err := tx.Exec(ctx, `UPDATE company.rules SET next_at = ? WHERE id = ?`, r.NextAt, r.ID); err != nil {
		return err
	}
	if r.NextAt == nil {
		return tx.Unschedule(ctx, RuleClockWork, tenant.RecordID(r.ID))
	}
	return tx.Schedule(ctx, RuleClockWork, tenant.RecordID(r.ID), tenant.RecordID{}, *r.NextAt)
}

// caughtUpFrom is how far back days of dates are caught up with.
func caughtUpFrom(now time.Time) time.Time { return now.AddDate(0, 0, -clockPatience) }

// Reschedule moves what is due at an hour of the company's day, after its time zone has changed from another. Rules by a
// date go on with the day that would have come next: each day concerns other records.
func Reschedule(ctx context.Context, tx *tenant.Tx, from *time.Location) error {
	zone := tx.Company.Location()
	var clocks []Rule
	if err := tx.Select(ctx, &clocks, `SELECT `+ruleColumns+` FROM company.rules WHERE next_at IS NOT NULL FOR UPDATE`); err != nil {
		return err
	}
	for _, r := range clocks {
		if r.Trigger.Type == DateTrigger {
			at := recurrence.WallOf(*r.NextAt, from).In(zone).UTC()
			r.NextAt = &at
		} else {
			r.NextAt = r.next(tx.Now, zone)
		}
		if err := saveRule(ctx, tx, r); err != nil {
			return err
		}
	}
	return errors.Join(scheduleSilenceCheck(ctx, tx), rescheduleDigests(ctx, tx))
}
