package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// NoticeMailWork is the kind of due work that mails a notification. Its reference is the notification.
const NoticeMailWork = "notice_mail"

// Letter is a message to a member by mail, in their language.
type Letter struct {
	To, Name, Locale string
	Message
}

// NoticeLetter returns the mail of a notification. It returns tenant.ErrNotFound when none is wanted any more: it was sent
// or is read, the member has left or wants no such mail, or what it tells of is out of their reach by now.
func NoticeLetter(ctx context.Context, q *tenant.Query, id NotificationID, callerOf CallerOf) (Letter, error) {
	row, _, err := wanted(ctx, q, id, ByEmail, callerOf)
	if err != nil {
		return Letter{}, err
	}
	_, to, err := addressee(ctx, q, row.MemberID, callerOf)
	if err != nil {
		return Letter{}, err
	}
	to.Message = Message{Title: row.Title, Link: row.Link}
	if row.Body != "" {
		to.Lines = []string{row.Body}
	}
	return to, nil
}

// wanted returns a notification that is still to be sent by a channel, and what it is of. See [NoticeLetter] for when it is
// tenant.ErrNotFound.
func wanted(ctx context.Context, q *tenant.Query, id NotificationID, by Channel, callerOf CallerOf) (noticeRow, notice, error) {
	var row noticeRow
	if err := q.Get(ctx, &row, `SELECT `+noticeRowColumns+` FROM company.notifications n WHERE n.id = ?`, id); err != nil {
		return noticeRow{}, notice{}, fmt.Errorf("notification %s: %w", id, err)
	}
	unwanted := fmt.Errorf("notification %s is not to be sent: %w", id, tenant.ErrNotFound)
	if row.ReadAt != nil || by == ByEmail && row.MailedAt != nil || by == ByBot && row.PingedAt != nil {
		return noticeRow{}, notice{}, unwanted
	}
	reader, err := callerOf(ctx, q, row.MemberID)
	if err != nil {
		return noticeRow{}, notice{}, err
	}
	n, told, err := row.notice(ctx, q.As(reader))
	if err != nil {
		return noticeRow{}, notice{}, err
	}
	p, err := readPreferences(ctx, q, row.MemberID, "")
	if err == nil && (!told || !slices.Contains(p.channels(n), by)) {
		err = unwanted
	}
	return row, n, err
}

// NoticeMailed writes down that a notification was mailed, or need not be.
func NoticeMailed(ctx context.Context, tx *tenant.Tx, id NotificationID) error {
	_, err := tx.Exec(ctx, `UPDATE company.notifications SET mailed_at = ? WHERE id = ?`, tx.Now, id)
	return err
}

// addressee returns an active member as a caller, and where their mail goes. Who has no address is tenant.ErrNotFound.
func addressee(ctx context.Context, q *tenant.Query, id tenant.MemberID, callerOf CallerOf) (*tenant.Caller, Letter, error) {
	reader, err := callerOf(ctx, q, id)
	if err != nil {
		return nil, Letter{}, err
	}
	member, err := tenant.GetMember(ctx, q, id)
	if err != nil {
		return nil, Letter{}, err
	}
	if member.Email == nil {
		return nil, Letter{}, fmt.Errorf("member %s has no e-mail: %w", id, tenant.ErrNotFound)
	}
	return reader, Letter{To: *member.Email, Name: member.Name, Locale: member.Locale}, nil
}

// noticeRow is a notification with what the reader has no need of.
type noticeRow struct {
	Notification
	MemberID tenant.MemberID `db:"member_id"`
	EventID  tenant.EventID  `db:"event_id"`
	MailedAt *time.Time      `db:"mailed_at"`
	PingedAt *time.Time      `db:"pinged_at"`
}

const noticeRowColumns = notificationColumns + `, n.member_id, n.event_id, n.mailed_at, n.pinged_at`

// notice returns the notice that a notification is of, and whether the reader, who is the query's caller, may still know
// what it tells.
func (r noticeRow) notice(ctx context.Context, q *tenant.Query) (n notice, told bool, err error) {
	c, err := tenant.ChangeByEvent(ctx, q, r.EventID)
	if errors.Is(err, tenant.ErrNotFound) {
		return notice{}, false, nil // it is past its retention
	}
	if err != nil {
		return notice{}, false, err
	}
	for _, n := range noticesOf(c) {
		if n.kind != r.Kind {
			continue
		}
		if told, err := n.seen(ctx, q, c); err != nil || !told {
			return n, false, err
		}
		// The record may have changed hands since.
		if record := (RecordRef{c.Resource, c.Record}); record.String() != "" && !n.parting {
			told, err = reaches(ctx, q, record)
			return n, told, err
		}
		return n, true, nil
	}
	return notice{}, false, nil
}
