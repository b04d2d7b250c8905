package crm

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/recurrence"
	"github.com/guanxi-crm/guanxi/tenant"
)

// SilenceWork is the kind of due work that looks for customers whom nobody has contacted for too long. It
// is due every day at 09:00 in the company's time zone; its reference is the company.
const SilenceWork = "silence"

// distantPast is before everything that a column can hold.
var distantPast = time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	// silencePage bounds one statement, silenceListed how many customers one event names.
	silencePage   = 1000
	silenceListed = 50
	// longestSilence is the longest that a rule can wait.
	longestSilence = maxRuleDays * 24 * time.Hour
)

// SilentCustomers is what the event customer.silent carries: one owner's quiet customers of one day.
type SilentCustomers struct {
	OwnerID   tenant.MemberID  `json:"owner_id"`
	Count     int              `json:"count"`
	Customers []SilentCustomer `json:"customers"`
}

// SilentCustomer is one of them.
type SilentCustomer struct {
	ID   CustomerID `json:"id"`
	Name string     `json:"name"`
	// Days counts calendar days in the company's time zone since the last interaction.
	Days int `json:"days"`
}

func scheduleSilenceCheck(ctx context.Context, tx *tenant.Tx) error {
	return tx.Schedule(ctx, SilenceWork, tenant.RecordID(tx.Company.ID), tenant.RecordID{}, nextHour(tx.Now, tx.Company.Location(), usualHour))
}

// nextHour returns when the hour of the day comes next in the zone. On a day on which clocks leave it out it is an hour
// later on them.
func nextHour(now time.Time, zone *time.Location, hour int) time.Time {
	today := recurrence.WallOf(now, zone).Midnight().Add(time.Duration(hour) * time.Hour)
	next := today.In(zone)
	if !next.After(now) {
		next = today.AddDays(1).In(zone)
	}
	return next.UTC()
}

// silences are what one check finds, by owner, each customer once.
type silences struct {
	toOwner, toManager byOwner
}

// CheckSilence reminds the owners of customers that are due by the silence rules, and schedules the next day's check.
// Each customer is due once for each number of days in each silent period.
func (rr RuleRunner) CheckSilence(ctx context.Context, tx *tenant.Tx) error {
	if err := catchUpContacts(ctx, tx); err != nil {
		return err
	}
	rules, err := enabledRules(ctx, tx.Query, SilenceTrigger)
	if err != nil {
		return err
	}
	found := silences{byOwner{}, byOwner{}}
	// From short to long: a customer that is marked with more days is not looked at for fewer any more.
	slices.SortStableFunc(rules, func(a, b Rule) int { return a.Trigger.Days - b.Trigger.Days })
	for len(rules) > 0 {
		same := slices.IndexFunc(rules, func(r Rule) bool { return r.Trigger.Days != rules[0].Trigger.Days })
		if same < 0 {
			same = len(rules)
		}
		if err := rr.collect(ctx, tx, found, rules[:same]); err != nil {
			return err
		}
		rules = rules[same:]
	}
	for _, owner := range sortedOwners(found.toOwner) {
		if err := tellOwner(ctx, tx, owner, found.toOwner[owner]); err != nil {
			return err
		}
	}
	for _, owner := range sortedOwners(found.toManager) {
		if err := tellManager(ctx, tx, owner, found.toManager[owner]); err != nil {
			return err
		}
	}
	return scheduleSilenceCheck(ctx, tx)
}

// silentRow is a customer that a rule finds silent.
type silentRow struct {
	ID    CustomerID      `db:"id"`
	Name  string          `db:"name"`
	Owner tenant.MemberID `db:"owner_id"`
	From  time.Time       `db:"silence_from"`
}

// collect adds the customers that rules of the same number of days find to their owners, marks them, and makes the runs
// of what else the rules do.
func (rr RuleRunner) collect(ctx context.Context, tx *tenant.Tx, found silences, rules []Rule) error {
	zone := tx.Company.Location()
	today := tx.Now.In(zone)
	marked := map[CustomerID]bool{}
	for _, r := range rules {
		rows, err := rr.silent(ctx, tx, r)
		if err != nil {
			return err
		}
		var runs []RuleRun
		for _, row := range rows {
			marked[row.ID] = true
			silent := SilentCustomer{row.ID, row.Name, daysBetween(row.From.In(zone), today)}
			found.toOwner.add(row.Owner, silent)
			if r.Trigger.EscalateToManager {
				found.toManager.add(row.Owner, silent)
			}
			if len(r.Actions) > 0 {
				record := tenant.RecordID(row.ID)
				runs = append(runs, RuleRun{
					ID: runID(r.ID, record, []byte(row.From.Format(time.RFC3339Nano)), tx.Now), RuleID: r.ID, RecordID: record,
					SetOffBy: SilenceTrigger, Outcome: RunPending, SetOffAt: tx.Now,
				})
			}
		}
		if err := insertRuns(ctx, tx, runs); err != nil {
			return err
		}
	}
	for ids := range slices.Chunk(slices.Collect(maps.Keys(marked)), silencePage) {
		if _, err := tx.ExecIn(ctx, `UPDATE company.customers SET silence_reminded = ? WHERE id IN (?)`, rules[0].Trigger.Days, ids); err != nil {
			return err
		}
	}
	return nil
}

// silent returns the customers that a rule finds silent and that were not reminded of before for as many days. A rule
// whose editor may not act any more is paused.
func (rr RuleRunner) silent(ctx context.Context, tx *tenant.Tx, r Rule) ([]silentRow, error) {
	caller, err := ruleCaller(ctx, tx.Query, rr.CallerOf, &r, nil)
	if refused, ok := errors.AsType[*RuleRefusal](err); ok {
		return nil, pauseRule(ctx, tx, r.ID, refused.Reason)
	}
	if err != nil {
		return nil, err
	}
	p, err := planCustomers(ctx, tx.Query.As(caller), ListQuery{Filter: r.Filter})
	if invalid, ok := errors.AsType[*tenant.InvalidError](err); ok {
		return nil, pauseRule(ctx, tx, r.ID, invalid.Error()) // a field of its condition is gone
	}
	if err != nil {
		return nil, err
	}
	p.UseIndex("customers_silence")
	p.Narrow(r.isSilent(tx.Query))
	// One value at a time, so that the key reads nothing but what is due.
	var marks []int
	if err := tx.Select(ctx, &marks, `SELECT DISTINCT silence_reminded FROM company.customers WHERE silence_reminded < ? LIMIT ?`, r.Trigger.Days, maxRuleDays); err != nil {
		return nil, err
	}
	stages := Stages
	if r.Stage != "" {
		stages = []string{r.Stage}
	}
	var rows []silentRow
	for _, mark := range marks {
		for _, stage := range stages {
			if rows, err = readSilent(ctx, tx, rows, p, mark, stage); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// readSilent appends the customers in one stage that were last reminded of for as many days, page by page.
func readSilent(ctx context.Context, tx *tenant.Tx, rows []silentRow, p *list.Plan, mark int, stage string) ([]silentRow, error) {
	where := p.Conditions()
	statement := `SELECT c.id, c.name, c.owner_id, c.silence_from FROM ` + p.From() + ` WHERE c.silence_reminded = ? AND c.lifecycle = ? AND ` + where.SQL +
		` AND c.silence_from >= ? AND (c.silence_from > ? OR c.id > ?) ORDER BY c.silence_from, c.id LIMIT ? FOR UPDATE`
	last := silentRow{From: distantPast}
	for {
		var page []silentRow
		args := slices.Concat([]any{mark, stage}, where.Args, []any{last.From, last.From, last.ID[:], silencePage})
		if err := tx.Select(ctx, &page, statement, args...); err != nil {
			return nil, err
		}
		rows = append(rows, page...)
		if len(page) < silencePage {
			return rows, nil
		}
		last = page[len(page)-1]
	}
}

// quietBefore returns until when somebody must have fallen silent to have been so for the days. They are calendar
// days: with 7, it is the midnight that ended the day 7 days before today.
func quietBefore(today time.Time, days int) time.Time {
	return recurrence.WallOf(today, today.Location()).Midnight().AddDays(1 - days).In(today.Location()).UTC()
}

// isQuiet is the filter's quiet: silent for as long as an enabled rule of the stage says that has no other condition. The
// database counts the days back from this midnight by 24 hours, which for a while after clocks have changed is an hour off.
func isQuiet(q *tenant.Query) list.Condition {
	midnight := quietBefore(q.Now.In(q.Company.Location()), 1)
	return list.Condition{SQL: `EXISTS (SELECT 1 FROM company.rules r WHERE r.trigger_kind = ? AND r.enabled = 1 AND r.filter = '' AND r.stage IN (c.lifecycle, '')
		AND c.silence_from < DATE_SUB(?, INTERVAL JSON_EXTRACT(r.trigger_spec, '$.days') - 1 DAY)
		AND (COALESCE(JSON_UNQUOTE(JSON_EXTRACT(r.trigger_spec, '$.quiet_while_planned')), 'false') = 'false'
			OR c.next_follow_up_at IS NULL OR c.next_follow_up_at < ?))`, Args: []any{SilenceTrigger, midnight, q.Now}}
}

// daysBetween counts the midnights between two local times.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(to).Sub(day(from)).Hours() / 24)
}

// byOwner are silent customers, each once.
type byOwner map[tenant.MemberID]map[CustomerID]SilentCustomer

func (m byOwner) add(owner tenant.MemberID, c SilentCustomer) {
	if m[owner] == nil {
		m[owner] = map[CustomerID]SilentCustomer{}
	}
	m[owner][c.ID] = c
}

func sortedOwners(m byOwner) []tenant.MemberID {
	return slices.SortedFunc(maps.Keys(m), func(a, b tenant.MemberID) int { return bytes.Compare(a[:], b[:]) })
}

// tellOwner sends one event for the owner's day.
func tellOwner(ctx context.Context, tx *tenant.Tx, owner tenant.MemberID, found map[CustomerID]SilentCustomer) error {
	return tx.Emit(ctx, tenant.Event{
		Type: "customer.silent", Resource: "member", Record: tenant.RecordID(owner),
		OwnerBefore: owner, OwnerAfter: owner, Data: listSilent(owner, found),
	})
}

// tellManager sends one event for the owner's day to whom the owner reports, if to anybody.
func tellManager(ctx context.Context, tx *tenant.Tx, owner tenant.MemberID, found map[CustomerID]SilentCustomer) error {
	member, err := tenant.GetMember(ctx, tx.Query, owner)
	if errors.Is(err, tenant.ErrNotFound) || err == nil && member.ManagerID.IsZero() {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{
		Type: "customer.silent_escalated", Resource: "member", Record: tenant.RecordID(member.ManagerID),
		OwnerBefore: member.ManagerID, OwnerAfter: member.ManagerID, Data: listSilent(owner, found),
	})
}

// listSilent names those longest silent first.
func listSilent(owner tenant.MemberID, found map[CustomerID]SilentCustomer) SilentCustomers {
	all := slices.SortedFunc(maps.Values(found), func(a, b SilentCustomer) int {
		return cmp.Or(b.Days-a.Days, bytes.Compare(a.ID[:], b.ID[:]))
	})
	return SilentCustomers{OwnerID: owner, Count: len(all), Customers: all[:min(len(all), silenceListed)]}
}
