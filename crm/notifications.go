package crm

import (
	"context"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

type notificationKind struct{}

func (notificationKind) Prefix() string { return "ntf" }

// NotificationID identifies a notification (ntf_…).
type NotificationID = tenant.ID[notificationKind]

// Notification tells one member of one event.
type Notification struct {
	ID        NotificationID `db:"id" json:"id" doc:"The notification's id."`
	Kind      string         `db:"kind" json:"kind" doc:"What it tells of." example:"task.due"`
	Title     string         `db:"title" json:"title" doc:"One line, in the member's language." example:"Task due: Send quote"`
	Body      string         `db:"body" json:"body" doc:"More lines, in the member's language."`
	Link      string         `db:"link" json:"link" doc:"Path of the page to open." example:"/tasks/tsk_01h455vb4pex5vsknk084sn02q"`
	ReadAt    *time.Time     `db:"read_at" json:"read_at" doc:"When it was read (UTC); null while unread."`
	CreatedAt time.Time      `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
}

const notificationColumns = `n.id, n.kind, n.title, n.body, n.link, n.read_at, n.created_at`

var notifications = &list.Resource{
	Name: "notifications", Table: "company.notifications", Alias: "n", OwnerColumn: "n.member_id", Order: "created_at desc", Live: "n.in_app = 1",
	Fields: map[string]list.Field{
		"kind":       {Kind: list.Text, Column: "n.kind"},
		"read_at":    {Kind: list.Time, Column: "n.read_at", Nullable: true},
		"created_at": {Kind: list.Time, Column: "n.created_at", Sort: "n.created_at", Indexes: []list.Index{list.By("notifications_member")}},
	},
}

func (n Notification) sortKey(string) (any, [16]byte) { return n.CreatedAt, n.ID }

// ListNotifications returns one page of the caller's own notifications.
func ListNotifications(ctx context.Context, q *tenant.Query, in ListQuery) (Page[Notification], error) {
	if in.Q != "" {
		return Page[Notification]{}, tenant.Invalid("q", "unsupported", "notifications have no search")
	}
	p, err := list.New(q, notifications, in, own(q.Caller))
	if err != nil {
		return Page[Notification]{}, err
	}
	return list.Read(ctx, q, p, notificationColumns, in.Count, Notification.sortKey)
}

// own is the scope of what belongs to the caller's account.
func own(c *tenant.Caller) tenant.Scope {
	const account tenant.Permission = "account:own"
	mine := tenant.Caller{Kind: tenant.ByMember, Member: c.Member, Levels: map[tenant.Permission]tenant.Level{account: tenant.LevelOwn}}
	return mine.Scope(account)
}

// UnreadNotifications counts the caller's unread notifications.
func UnreadNotifications(ctx context.Context, q *tenant.Query) (int, error) {
	var n int
	err := q.Get(ctx, &n, `SELECT COUNT(*) FROM company.notifications WHERE member_id = ? AND read_at IS NULL AND in_app = 1`, q.Caller.Member)
	return n, err
}

// ReadNotifications marks the caller's notifications as read: those given, or all when none is.
func ReadNotifications(ctx context.Context, tx *tenant.Tx, ids []NotificationID) error {
	if len(ids) == 0 {
		_, err := tx.Exec(ctx, `UPDATE company.notifications SET read_at = ? WHERE member_id = ? AND read_at IS NULL AND in_app = 1`, tx.Now, tx.Caller.Member)
		return err
	}
	_, err := tx.ExecIn(ctx, `UPDATE company.notifications SET read_at = ? WHERE member_id = ? AND read_at IS NULL AND in_app = 1 AND id IN (?)`,
		tx.Now, tx.Caller.Member, ids)
	return err
}

// notify writes the notifications that one event brings; the unique key drops repeats.
func notify(ctx context.Context, tx *tenant.Tx, c tenant.Change, told *audience) error {
	for _, n := range noticesOf(c) {
		readers, err := told.of(ctx, tx.Query, n, c)
		if err != nil {
			return err
		}
		for _, reader := range readers {
			if err := tell(ctx, tx, n, c, reader, told); err != nil {
				return err
			}
		}
	}
	return nil
}

// tell writes a reader's notification, by the channels that they have chosen.
func tell(ctx context.Context, tx *tenant.Tx, n notice, c tenant.Change, reader *tenant.Caller, told *audience) error {
	p, err := told.preferences(ctx, tx.Query, reader.Member)
	if err != nil {
		return err
	}
	ways, err := told.ways(p, n)
	if err != nil || len(ways) == 0 {
		return err
	}
	message, err := n.describe(ctx, tx.Query.As(reader), c, reader.Locale)
	if err != nil {
		return err
	}
	// The id is the same when the event is relayed again, so that it is sent once.
	id := NotificationID(stableID(c.CreatedAt, reader.Member[:], c.EventID[:]))
	if _, err := tx.Exec(ctx, `
		INSERT INTO company.notifications (id, member_id, kind, event_id, title, body, link, in_app, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE event_id = VALUES(event_id)`,
		id, reader.Member, n.kind, c.EventID, search.Cut(message.Title, 300), message.text(), message.Link, slices.Contains(ways, InApp), tx.Now); err != nil {
		return err
	}
	for channel, work := range map[Channel]string{ByEmail: NoticeMailWork, ByBot: NoticeBotWork} {
		if !slices.Contains(ways, channel) {
			continue
		}
		if err := tx.Schedule(ctx, work, tenant.RecordID(id), tenant.RecordID{}, p.heldUntil(tx.Query, n.urgent)); err != nil {
			return err
		}
	}
	return nil
}

// notificationLife is how long notifications are kept: no longer than the change log, by which those of an erased person
// are found.
const notificationLife = 90 * 24 * time.Hour

// PurgeNotifications removes at most limit notifications that are past their retention and returns how many it removed.
func PurgeNotifications(ctx context.Context, tx *tenant.Tx, limit int) (int, error) {
	res, err := tx.Exec(ctx, `DELETE FROM company.notifications WHERE created_at < ? ORDER BY created_at LIMIT ?`, tx.Now.Add(-notificationLife), limit)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}
