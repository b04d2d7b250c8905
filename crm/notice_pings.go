package crm

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// NotificationSettings say how the company tells its people.
type NotificationSettings struct {
	// BotID is a plugin's, which this package does not know.
	BotID string `json:"bot_id" maxLength:"64" doc:"The bot that says in its chat that something waits for somebody: for whom and of which kind, never what it is, because others read it too. Empty for none." example:"plg_01h455vb4pex5vsknk084sn02q"`
}

const notificationSettings = "notifications"

// ReadNotificationSettings returns the company's settings for notifications.
func ReadNotificationSettings(ctx context.Context, q *tenant.Query) (NotificationSettings, error) {
	var s NotificationSettings
	err := tenant.ReadSettings(ctx, q, notificationSettings, &s)
	return s, err
}

// WriteNotificationSettings changes them.
func WriteNotificationSettings(ctx context.Context, tx *tenant.Tx, s NotificationSettings, outlets Outlets) error {
	if s.BotID != "" {
		_, err := outlets.Name(ctx, tx.Query, s.BotID)
		if errors.Is(err, tenant.ErrNotFound) || err == nil && !strings.HasPrefix(s.BotID, "plg_") {
			err = tenant.Invalid("notifications.bot_id", "unknown", "is not one of the company's bots")
		}
		if err != nil {
			return err
		}
	}
	return tenant.WriteSettings(ctx, tx, notificationSettings, s)
}

func hasBot(ctx context.Context, q *tenant.Query) (bool, error) {
	s, err := ReadNotificationSettings(ctx, q)
	return s.BotID != "", err
}

// NoticeBotWork is the kind of due work that has the company's bot say that a notification waits. Its reference is the
// notification.
const NoticeBotWork = "notice_bot"

// noticePing is the event that goes to the company's bot alone.
const noticePing = "notification.ping"

// ping is what it carries: nothing of the record.
type ping struct {
	MemberName string `json:"member_name"`
	// Chinese and English are what the kind is called.
	Chinese string `json:"zh"`
	English string `json:"en"`
}

// PingNotice has the company's bot say in its chat that a notification waits for its reader, unless that is not wanted any
// more.
func PingNotice(ctx context.Context, tx *tenant.Tx, id NotificationID, callerOf CallerOf, outlets Outlets) error {
	err := sendPing(ctx, tx, id, callerOf, outlets)
	// A bot that was removed or switched off says nothing; people have the list in the product.
	if errors.Is(err, tenant.ErrNotFound) || errors.As(err, new(*tenant.ConflictError)) {
		err = nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE company.notifications SET pinged_at = ? WHERE id = ?`, tx.Now, id); err != nil {
		return err
	}
	return tx.Unschedule(ctx, NoticeBotWork, tenant.RecordID(id))
}

func sendPing(ctx context.Context, tx *tenant.Tx, id NotificationID, callerOf CallerOf, outlets Outlets) error {
	row, n, err := wanted(ctx, tx.Query, id, ByBot, callerOf)
	if err != nil {
		return err
	}
	settings, err := ReadNotificationSettings(ctx, tx.Query)
	if err != nil || settings.BotID == "" {
		return err
	}
	name, err := memberName(ctx, tx.Query, row.MemberID)
	if err != nil {
		return err
	}
	return outlets.Send(ctx, tx, settings.BotID, tenant.Event{
		Type: noticePing, Resource: "member", Record: tenant.RecordID(row.MemberID), OwnerAfter: row.MemberID, Data: ping{name, n.label.zh, n.label.en},
	})
}

var pingNotices = []notice{{kind: noticePing, events: []string{noticePing}, words: describePing}}

// describePing names the reader and the kind, as the reader's own choices call it.
func describePing(_ context.Context, _ *tenant.Query, c tenant.Change, l language) (Message, error) {
	var p ping
	err := json.Unmarshal(c.Data, &p)
	label := l.say(phrase{p.Chinese, p.English})
	return Message{Title: l.say(phrase{"%s，你有新通知：%s", "%s, something waits for you: %s"}, p.MemberName, label), Link: "/notifications"}, err
}
