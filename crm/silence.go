package crm

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// SilenceWork is the kind of due work that looks for customers whom nobody has contacted for too long. It
// is due every day at 09:00 in the company's time zone; its reference is the company.
const SilenceWork = "silence"

const (
	silenceHour = 9
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

// Reschedule moves what is due at an hour of the company's day, after its time zone has changed.
func Reschedule(ctx context.Context, tx *tenant.Tx) error { return scheduleSilenceCheck(ctx, tx) }

func scheduleSilenceCheck(ctx context.Context, tx *tenant.Tx) error {
	return tx.Schedule(ctx, SilenceWork, tenant.RecordID(tx.Company.ID), tenant.RecordID{}, nextSilenceCheck(tx.Now, tx.Company.Location()))
}

// nextSilenceCheck returns the next 09:00 after now in the zone. time.Date normalises days on which the
// hour does not exist.
func nextSilenceCheck(now time.Time, zone *time.Location) time.Time {
	local := now.In(zone)
	check := time.Date(local.Year(), local.Month(), local.Day(), silenceHour, 0, 0, 0, zone)
	if !check.After(now) {
		check = time.Date(local.Year(), local.Month(), local.Day()+1, silenceHour, 0, 0, 0, zone)
	}
	return check.UTC()
}

// silences are what one check finds, by owner.
type silences struct {
	toOwner, toManager map[tenant.MemberID][]SilentCustomer
}

// CheckSilence reminds the owners of customers that are due by the silence rules, each customer once for
// each silent period, and schedules the next day's check.
func CheckSilence(ctx context.Context, tx *tenant.Tx) error {
	if err := catchUpContacts(ctx, tx); err != nil {
		return err
	}
	rules, err := enabledRules(ctx, tx.Query, SilenceRule)
	if err != nil {
		return err
	}
	found := silences{map[tenant.MemberID][]SilentCustomer{}, map[tenant.MemberID][]SilentCustomer{}}
	for _, r := range rules {
		if err := found.collect(ctx, tx, r); err != nil {
			return err
		}
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

// collect marks the customers that one rule finds and adds them to their owners.
func (s silences) collect(ctx context.Context, tx *tenant.Tx, r Rule) error {
	zone := tx.Company.Location()
	today := tx.Now.In(zone)
	before := quietBefore(today, r.Settings.Days)
	planned, args := "", []any{r.Stage, before}
	if r.Settings.QuietWhilePlanned {
		planned = ` AND (next_follow_up_at IS NULL OR next_follow_up_at < ?)`
		args = append(args, tx.Now)
	}
	for {
		var rows []struct {
			ID    CustomerID      `db:"id"`
			Name  string          `db:"name"`
			Owner tenant.MemberID `db:"owner_id"`
			From  time.Time       `db:"silence_from"`
		}
		if err := tx.Select(ctx, &rows, `
			SELECT id, name, owner_id, silence_from FROM company.customers
			WHERE silence_reminded = 0 AND lifecycle = ? AND silence_from < ? AND owner_id IS NOT NULL AND deleted_at IS NULL`+planned+`
			ORDER BY silence_from LIMIT ? FOR UPDATE`, append(slices.Clone(args), silencePage)...); err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		ids := make([]CustomerID, len(rows))
		for i, row := range rows {
			ids[i] = row.ID
			silent := SilentCustomer{row.ID, row.Name, daysBetween(row.From.In(zone), today)}
			s.toOwner[row.Owner] = append(s.toOwner[row.Owner], silent)
			if r.Settings.EscalateToManager {
				s.toManager[row.Owner] = append(s.toManager[row.Owner], silent)
			}
		}
		if _, err := tx.ExecIn(ctx, `UPDATE company.customers SET silence_reminded = 1 WHERE id IN (?)`, ids); err != nil {
			return err
		}
		if len(rows) < silencePage {
			return nil
		}
	}
}

// quietBefore returns until when somebody must have fallen silent to have been so for the days. They are calendar
// days: with 7, it is the midnight that ended the day 7 days before today.
func quietBefore(today time.Time, days int) time.Time {
	return time.Date(today.Year(), today.Month(), today.Day()-days+1, 0, 0, 0, 0, today.Location()).UTC()
}

// isQuiet is the filter's quiet: silent for as long as an enabled rule of the stage says. The database counts the
// days back from this midnight by 24 hours, which for a while after clocks have changed is an hour off.
func isQuiet(q *tenant.Query) list.Condition {
	midnight := quietBefore(q.Now.In(q.Company.Location()), 1)
	return list.Condition{SQL: `EXISTS (SELECT 1 FROM company.rules r WHERE r.kind = ? AND r.enabled = 1 AND r.stage = c.lifecycle
		AND c.silence_from < DATE_SUB(?, INTERVAL JSON_EXTRACT(r.settings, '$.days') - 1 DAY)
		AND (COALESCE(JSON_UNQUOTE(JSON_EXTRACT(r.settings, '$.quiet_while_planned')), 'false') = 'false'
			OR c.next_follow_up_at IS NULL OR c.next_follow_up_at < ?))`, Args: []any{SilenceRule, midnight, q.Now}}
}

// daysBetween counts the midnights between two local times.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(to).Sub(day(from)).Hours() / 24)
}

func sortedOwners(m map[tenant.MemberID][]SilentCustomer) []tenant.MemberID {
	return slices.SortedFunc(maps.Keys(m), func(a, b tenant.MemberID) int { return bytes.Compare(a[:], b[:]) })
}

// tellOwner sends one event for the owner's day.
func tellOwner(ctx context.Context, tx *tenant.Tx, owner tenant.MemberID, found []SilentCustomer) error {
	return tx.Emit(ctx, tenant.Event{
		Type: "customer.silent", Resource: "member", Record: tenant.RecordID(owner),
		OwnerBefore: owner, OwnerAfter: owner, Data: listSilent(owner, found),
	})
}

// tellManager sends one event for the owner's day to whom the owner reports, if to anybody.
func tellManager(ctx context.Context, tx *tenant.Tx, owner tenant.MemberID, found []SilentCustomer) error {
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
func listSilent(owner tenant.MemberID, found []SilentCustomer) SilentCustomers {
	slices.SortStableFunc(found, func(a, b SilentCustomer) int { return b.Days - a.Days })
	return SilentCustomers{OwnerID: owner, Count: len(found), Customers: found[:min(len(found), silenceListed)]}
}
