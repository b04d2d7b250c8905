package crm

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// ReminderWork is the kind of due work that reminds of a task or a calendar event; its reference is the reminder.
const ReminderWork = "reminder"

// reminderChange is the reminders of a record before and after a change. What is not live reminds of nothing.
type reminderChange struct {
	record            tenant.RecordID
	before, after     []Reminder
	wasLive, willLive bool
}

// saveReminders writes what has changed and makes the reminders due, or takes them back.
func saveReminders(ctx context.Context, tx *tenant.Tx, changes []reminderChange) error {
	var rows []reminderRow
	var gone, off []tenant.RecordID
	var due []tenant.Due
	for _, c := range changes {
		before := make(map[tenant.RecordID]Reminder, len(c.before))
		for _, r := range c.before {
			before[r.ID] = r
		}
		for _, r := range c.after {
			old, known := before[r.ID]
			delete(before, r.ID)
			if !known || !old.At.Equal(r.At) || !sameTime(old.FiredAt, r.FiredAt) {
				rows = append(rows, reminderRow{r, c.record})
			}
			was, will := known && c.wasLive && old.FiredAt == nil, c.willLive && r.FiredAt == nil
			switch {
			case will && (!was || !old.At.Equal(r.At)):
				due = append(due, tenant.Due{Ref: r.ID, At: r.At})
			case was && !will:
				off = append(off, r.ID)
			}
		}
		for id := range before {
			gone, off = append(gone, id), append(off, id)
		}
	}
	if err := writeReminders(ctx, tx, rows); err != nil {
		return err
	}
	if len(gone) > 0 {
		if _, err := tx.ExecIn(ctx, `DELETE FROM company.reminders WHERE id IN (?)`, gone); err != nil {
			return err
		}
	}
	if err := tx.UnscheduleAll(ctx, ReminderWork, off); err != nil {
		return err
	}
	return tx.ScheduleAll(ctx, ReminderWork, due)
}

// writeReminders writes reminders that are new or have changed.
func writeReminders(ctx context.Context, tx *tenant.Tx, all []reminderRow) error {
	rows := tx.Bulk(`INSERT INTO company.reminders (id, record_id, minutes_before, remind_at, fired_at, snoozed) VALUES`, 6,
		`ON DUPLICATE KEY UPDATE minutes_before = VALUES(minutes_before), remind_at = VALUES(remind_at), fired_at = VALUES(fired_at)`)
	for _, r := range all {
		if err := rows.Add(ctx, r.ID, r.Record, r.MinutesBefore, r.At, r.FiredAt, r.Snoozed); err != nil {
			return err
		}
	}
	return rows.Flush(ctx)
}

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// FireReminders tells people that what they were to be reminded of is due, once for each reminder. The events task.due
// and calendar_event.due carry it to every channel. What is done, gone or moved meanwhile is passed over. Many fall
// due at the same full hour, so it costs the same few statements for hundreds as for one.
func FireReminders(ctx context.Context, tx *tenant.Tx, refs []tenant.RecordID) error {
	fired := firing{over: make(map[tenant.RecordID]bool, len(refs))}
	for _, ref := range refs {
		fired.over[ref] = true
	}
	if err := fireTasks(ctx, tx, &fired, refs); err != nil {
		return err
	}
	if err := fireCalendarEvents(ctx, tx, &fired, refs); err != nil {
		return err
	}
	return fired.save(ctx, tx)
}

// firing gathers what becomes of reminders whose time has come.
type firing struct {
	// over are those whose work is done, whether they went off or not.
	over   map[tenant.RecordID]bool
	fired  []tenant.RecordID
	events []tenant.Event
	// later are those that are due at another time, moved those of them that went off and come again.
	later []tenant.Due
	moved []reminderRow
}

// goesOff takes a reminder of something that is still to be done, and reports whether it goes off now.
func (f *firing) goesOff(r *Reminder, now time.Time) bool {
	switch {
	case !f.over[r.ID] || r.FiredAt != nil:
		return false
	case r.At.After(now):
		f.later = append(f.later, tenant.Due{Ref: r.ID, At: r.At})
		return false
	}
	r.FiredAt = &now
	f.fired = append(f.fired, r.ID)
	return true
}

func (f *firing) save(ctx context.Context, tx *tenant.Tx) error {
	if len(f.fired) > 0 {
		if _, err := tx.ExecIn(ctx, `UPDATE company.reminders SET fired_at = ? WHERE id IN (?)`, tx.Now, f.fired); err != nil {
			return err
		}
	}
	if err := writeReminders(ctx, tx, f.moved); err != nil {
		return err
	}
	for _, d := range f.later {
		delete(f.over, d.Ref)
	}
	over := make([]tenant.RecordID, 0, len(f.over))
	for id := range f.over {
		over = append(over, id)
	}
	if err := tx.UnscheduleAll(ctx, ReminderWork, over); err != nil {
		return err
	}
	if err := tx.ScheduleAll(ctx, ReminderWork, f.later); err != nil {
		return err
	}
	return tx.EmitAll(ctx, f.events, false)
}

// fireTasks fires the reminders of tasks among those given.
func fireTasks(ctx context.Context, tx *tenant.Tx, f *firing, refs []tenant.RecordID) error {
	var found []Task
	if err := tx.SelectIn(ctx, &found, `SELECT `+taskColumns+` FROM company.tasks t
		WHERE t.id IN (SELECT record_id FROM company.reminders WHERE id IN (?)) AND t.deleted_at IS NULL ORDER BY t.id FOR UPDATE`, refs); err != nil {
		return err
	}
	if err := fillReminders(ctx, tx.Query, found, (*Task).reminded, "FOR UPDATE"); err != nil {
		return err
	}
	for _, t := range found {
		if t.Status != taskOpen {
			continue
		}
		for i := range t.Reminders {
			if f.goesOff(&t.Reminders[i], tx.Now) {
				f.events = append(f.events, tenant.Event{
					Type: "task.due", Resource: "task", Record: tenant.RecordID(t.ID), OwnerBefore: t.AssigneeID, OwnerAfter: t.AssigneeID, Data: t,
				})
			}
		}
	}
	return nil
}
