package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// DigestWork is the kind of due work that mails a member the day's digest. Its reference is the member.
const DigestWork = "digest"

// digestLines is how many notifications and how many tasks a digest names.
const digestLines = 20

// DigestLetter returns the day's digest for a member: what is unread since the last one and was not mailed by itself, and
// the tasks that are due. It returns tenant.ErrNotFound when there is nothing to say, or nobody to say it to.
func DigestLetter(ctx context.Context, q *tenant.Query, member tenant.MemberID, callerOf CallerOf) (Letter, error) {
	p, err := readPreferences(ctx, q, member, "")
	if err != nil {
		return Letter{}, err
	}
	unwanted := fmt.Errorf("member %s gets no digest now: %w", member, tenant.ErrNotFound)
	if p.DigestHour == nil || p.digested(q) {
		return Letter{}, unwanted
	}
	reader, to, err := addressee(ctx, q, member, callerOf)
	if err != nil {
		return Letter{}, err
	}
	own := q.As(reader)
	unread, err := p.unread(ctx, own)
	if err != nil {
		return Letter{}, err
	}
	agenda, err := GetAgenda(ctx, own, AgendaQuery{Limit: digestLines})
	if err != nil {
		return Letter{}, err
	}
	if len(unread)+agenda.Overdue.Count+agenda.Today.Count == 0 {
		return Letter{}, unwanted
	}
	to.Message = digest(language(to.Locale), agenda, unread)
	return to, nil
}

// digested reports whether the member has had today's digest.
func (p *preferences) digested(q *tenant.Query) bool {
	zone := p.zone(q)
	return p.DigestedAt != nil && p.DigestedAt.In(zone).Format(time.DateOnly) == q.Now.In(zone).Format(time.DateOnly)
}

// unread returns the caller's unread notifications since the last digest whose records are still within reach.
func (p *preferences) unread(ctx context.Context, q *tenant.Query) ([]string, error) {
	since := q.Now.AddDate(0, 0, -1)
	if p.DigestedAt != nil {
		since = *p.DigestedAt
	}
	var rows []noticeRow
	if err := q.Select(ctx, &rows, `SELECT `+noticeRowColumns+` FROM company.notifications n
		WHERE n.member_id = ? AND n.in_app = 1 AND n.read_at IS NULL AND n.mailed_at IS NULL AND n.created_at > ?
		ORDER BY n.created_at DESC LIMIT ?`, q.Caller.Member, since, digestLines); err != nil {
		return nil, err
	}
	var titles []string
	for _, row := range rows {
		_, told, err := row.notice(ctx, q)
		if err != nil {
			return nil, err
		}
		if told {
			titles = append(titles, row.Title)
		}
	}
	return titles, nil
}

// digest words it.
func digest(l language, agenda Agenda, unread []string) Message {
	m := Message{Title: l.say(phrase{"%s：今天到期 %d 项，已逾期 %d 项", "%s: %d due today, %d overdue"}, agenda.Date, agenda.Today.Count, agenda.Overdue.Count), Link: "/"}
	for _, part := range []struct {
		heading phrase
		tasks   []Task
	}{
		{phrase{"今天到期的任务：", "Tasks due today:"}, agenda.Today.Tasks}, {phrase{"已逾期的任务：", "Overdue tasks:"}, agenda.Overdue.Tasks},
	} {
		for i, t := range part.tasks {
			if i == 0 {
				m.add(l.say(part.heading))
			}
			m.add("- " + oneLine(t.Title))
		}
	}
	for i, title := range unread {
		if i == 0 {
			m.add(l.say(phrase{"未读通知：", "Unread notifications:"}))
		}
		m.add("- " + title)
	}
	return m
}

// DigestDone writes down that the digest composed at a time was mailed or is not wanted, and makes the next one due. What is
// written after that time is for the next, as is everything since the last one where the day has had its digest already.
func DigestDone(ctx context.Context, tx *tenant.Tx, member tenant.MemberID, composed time.Time) error {
	p, err := readPreferences(ctx, tx.Query, member, "FOR UPDATE")
	if errors.Is(err, tenant.ErrNotFound) {
		return tx.Unschedule(ctx, DigestWork, tenant.RecordID(member))
	}
	if err != nil {
		return err
	}
	if !p.digested(tx.Query) {
		p.DigestedAt = &composed
		if err := p.save(ctx, tx, member); err != nil {
			return err
		}
	}
	return p.scheduleDigest(ctx, tx, member)
}

// scheduleDigest makes a member's next digest due: today's if its hour is still to come.
func (p *preferences) scheduleDigest(ctx context.Context, tx *tenant.Tx, member tenant.MemberID) error {
	if p.DigestHour == nil {
		return tx.Unschedule(ctx, DigestWork, tenant.RecordID(member))
	}
	return tx.Schedule(ctx, DigestWork, tenant.RecordID(member), tenant.RecordID{}, nextHour(tx.Now, p.zone(tx.Query), *p.DigestHour))
}

// rescheduleDigests moves the digests of those who live in the company's time zone, after it has changed.
func rescheduleDigests(ctx context.Context, tx *tenant.Tx) error {
	var members []tenant.MemberID
	if err := tx.Select(ctx, &members, `SELECT p.member_id FROM company.notification_preferences p
		JOIN company.members m ON m.id = p.member_id WHERE p.digest_hour IS NOT NULL AND m.timezone IS NULL`); err != nil {
		return err
	}
	for _, member := range members {
		p, err := readPreferences(ctx, tx.Query, member, "FOR UPDATE")
		if err == nil {
			err = p.scheduleDigest(ctx, tx, member)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
