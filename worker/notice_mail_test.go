package worker

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// address gives the company's rep an e-mail.
func (w *world) address(c *tenanttest.Company, email string) {
	w.t.Helper()
	w.tx(c, func(tx *tenant.Tx) error {
		_, err := tx.Exec(context.Background(), `UPDATE company.members SET email = ? WHERE id = ?`, email, c.Rep)
		return err
	})
}

func (w *world) assign(c *tenanttest.Company, title string) {
	w.t.Helper()
	w.as(c, c.Manager, func(tx *tenant.Tx) error {
		_, err := crm.CreateTask(context.Background(), tx, crm.NewTask{Title: title, AssigneeID: &c.Rep})
		return err
	})
}

func (w *world) prefer(c *tenanttest.Company, in crm.NotificationPreferencesPatch) {
	w.t.Helper()
	w.as(c, c.Rep, func(tx *tenant.Tx) error {
		_, err := crm.UpdateNotificationPreferences(context.Background(), tx, in)
		return err
	})
}

func TestNoticesAreMailed(t *testing.T) {
	w := newWorld(t)
	acme, post := w.Company(t, "acme"), &postbox{}
	w.address(acme, "rep@acme.example")
	w.start(Config{Mail: post.open(t)})
	w.assign(acme, "Call <b>云帆</b>")
	w.eventually("the mail arrives", 20*time.Second, func() bool { return len(post.all()) == 1 })
	mail := strings.ReplaceAll(post.all()[0], "=\r\n", "")
	for _, want := range []string{"To: <rep@acme.example>", "text/plain", "text/html", "https://crm.example/tasks/tsk_", "&lt;b&gt;", "notification settings"} {
		if !strings.Contains(mail, want) {
			t.Errorf("the mail lacks %q:\n%s", want, mail)
		}
	}
	w.eventually("it is done", 10*time.Second, func() bool { return w.dueAt(acme.ID, crm.NoticeMailWork).IsZero() })

	// What falls into the quiet hours waits for their end.
	now := w.Clock.Now().In(acme.Location())
	end := now.Add(time.Hour)
	w.prefer(acme, crm.NotificationPreferencesPatch{QuietHours: patch.Of(crm.QuietHours{From: now.Add(-time.Hour).Format("15:04"), Until: end.Format("15:04")})})
	w.assign(acme, "held")
	w.eventually("it is due", 10*time.Second, func() bool { return !w.dueAt(acme.ID, crm.NoticeMailWork).IsZero() })
	if at := w.dueAt(acme.ID, crm.NoticeMailWork); !at.Equal(end.Truncate(time.Minute)) || len(post.all()) != 1 {
		t.Fatalf("held until %s, %d mails", at, len(post.all()))
	}
	w.Clock.Set(end)
	w.eventually("it leaves", 20*time.Second, func() bool { return len(post.all()) == 2 })
}

// TestADigestIsLostWithRedisAndComesBack wipes the queue while a digest stands in it and restarts the worker.
func TestADigestIsLostWithRedisAndComesBack(t *testing.T) {
	w := newWorld(t)
	acme, post := w.Company(t, "acme"), &postbox{refuse: true}
	w.address(acme, "rep@acme.example")
	server := post.open(t)
	email := false
	w.prefer(acme, crm.NotificationPreferencesPatch{
		DigestHour: patch.Of(10), Kinds: map[string]crm.ChannelChoice{"task.assigned": {Email: &email}},
	})
	w.assign(acme, "Call")
	stop := w.start(Config{Mail: server})
	w.Clock.Set(w.dueAt(acme.ID, crm.DigestWork))
	w.eventually("the server refuses it", 20*time.Second, func() bool {
		n, err := w.redis.Keys(t.Context(), "guanxi:failures:digest:*").Result()
		return err == nil && len(n) == 1
	})
	stop()
	w.wipe()
	post.set(false)
	w.start(Config{Mail: server})
	w.eventually("it arrives", 30*time.Second, func() bool {
		w.Clock.Advance(10 * time.Second)
		time.Sleep(50 * time.Millisecond)
		return len(post.all()) > 0
	})
	w.eventually("the next is tomorrow's", 10*time.Second, func() bool { return w.dueAt(acme.ID, crm.DigestWork).After(w.Clock.Now().Add(20 * time.Hour)) })
	if mails := post.all(); len(mails) != 1 || !strings.Contains(mails[0], "New task: Call") {
		t.Errorf("%d mails: %q", len(mails), mails)
	}
}
