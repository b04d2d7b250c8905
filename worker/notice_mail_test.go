package worker

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/email"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
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
	acme, post := w.Company(t, "acme"), plugintest.NewMailServer(t)
	w.address(acme, "rep@acme.example")
	w.start(Config{Mail: post.Server})
	w.assign(acme, "Call <b>云帆</b>")
	w.eventually("the mail arrives", func() bool { return len(post.All()) == 1 })
	mail := strings.ReplaceAll(post.All()[0], "=\r\n", "")
	for _, want := range []string{"To: <rep@acme.example>", "text/plain", "text/html", "https://crm.example/tasks/tsk_", "&lt;b&gt;", "notification settings"} {
		if !strings.Contains(mail, want) {
			t.Errorf("the mail lacks %q:\n%s", want, mail)
		}
	}
	w.eventually("it is done", func() bool { return w.dueAt(acme.ID, crm.NoticeMailWork).IsZero() })

	// What falls into the quiet hours waits for their end.
	now := w.Clock.Now().In(acme.Location())
	end := now.Add(time.Hour)
	w.prefer(acme, crm.NotificationPreferencesPatch{QuietHours: patch.Of(crm.QuietHours{From: now.Add(-time.Hour).Format("15:04"), Until: end.Format("15:04")})})
	w.assign(acme, "held")
	w.eventually("it is due", func() bool { return !w.dueAt(acme.ID, crm.NoticeMailWork).IsZero() })
	if at := w.dueAt(acme.ID, crm.NoticeMailWork); !at.Equal(end.Truncate(time.Minute)) || len(post.All()) != 1 {
		t.Fatalf("held until %s, %d mails", at, len(post.All()))
	}
	w.Clock.Set(end)
	w.eventually("it leaves", func() bool { return len(post.All()) == 2 })
}

// TestADigestIsLostWithRedisAndComesBack wipes the queue while a digest stands in it and restarts the worker.
func TestADigestIsLostWithRedisAndComesBack(t *testing.T) {
	w := newWorld(t)
	acme, post := w.Company(t, "acme"), plugintest.NewMailServer(t)
	post.Refuse(true)
	w.address(acme, "rep@acme.example")
	email := false
	w.prefer(acme, crm.NotificationPreferencesPatch{
		DigestHour: patch.Of(10), Kinds: map[string]crm.ChannelChoice{"task.assigned": {Email: &email}},
	})
	w.assign(acme, "Call")
	stop := w.start(Config{Mail: post.Server})
	w.Clock.Set(w.dueAt(acme.ID, crm.DigestWork))
	w.eventually("the server refuses it", func() bool {
		n, err := w.redis.Keys(t.Context(), "guanxi:failures:digest:*").Result()
		return err == nil && len(n) == 1
	})
	stop()
	w.wipe()
	post.Refuse(false)
	w.start(Config{Mail: post.Server})
	w.eventually("it arrives", func() bool {
		w.Clock.Advance(10 * time.Second)
		time.Sleep(50 * time.Millisecond)
		return len(post.All()) > 0
	})
	w.eventually("the next is tomorrow's", func() bool { return w.dueAt(acme.ID, crm.DigestWork).After(w.Clock.Now().Add(20 * time.Hour)) })
	if mails := post.All(); len(mails) != 1 || !strings.Contains(mails[0], "New task: Call") {
		t.Errorf("%d mails: %q", len(mails), mails)
	}
}

// ownServer lets a company's mail leave by a server of its own.
func (w *world) ownServer(c *tenanttest.Company, s *plugintest.MailServer) {
	w.t.Helper()
	w.as(c, c.Admin, func(tx *tenant.Tx) error {
		_, err := email.SetAccount(context.Background(), tx, email.NewAccount{
			Host: s.Server.Host, Port: s.Server.Port, Security: "starttls", From: "Acme <crm@acme.example>",
		}, plugins.Guard{AllowPrivate: true})
		return err
	})
}

func TestACompanysMailLeavesByItsOwnServer(t *testing.T) {
	w := newWorld(t)
	acme, globex := w.Company(t, "acme"), w.Company(t, "globex")
	installation, own := plugintest.NewMailServer(t), plugintest.NewMailServer(t)
	w.ownServer(acme, own)
	w.start(Config{Mail: installation.Server})
	for _, c := range []*tenanttest.Company{acme, globex} {
		w.address(c, c.Name+"@acme.example")
		w.assign(c, "Call")
	}
	w.eventually("both arrive", func() bool { return len(own.All()) == 1 && len(installation.All()) == 1 })
	if mail := own.All()[0]; !strings.Contains(mail, "To: <acme@acme.example>") || !strings.Contains(mail, "<crm@acme.example>") {
		t.Errorf("by its own %s", mail)
	}
	if mail := installation.All()[0]; !strings.Contains(mail, "To: <globex@acme.example>") {
		t.Errorf("by the installation's %s", mail)
	}
}

func TestAFailingMailServerIsToldOnce(t *testing.T) {
	w := newWorld(t)
	acme, own := w.Company(t, "acme"), plugintest.NewMailServer(t)
	w.ownServer(acme, own)
	state := func() (s email.AccountState) {
		w.read(acme, func(q *tenant.Query) (err error) { s, err = email.GetAccount(t.Context(), q); return err })
		return s
	}
	told := func() (n int) {
		w.read(acme, func(q *tenant.Query) error {
			return q.Get(t.Context(), &n, `SELECT COUNT(*) FROM company.notifications
				WHERE kind = 'company.mail_server_failing' AND member_id = ? AND body LIKE '%try again later%'`, acme.Admin)
		})
		return n
	}
	failed := func(mails int) func() bool {
		return func() bool {
			n, err := w.redis.Keys(t.Context(), "guanxi:failures:notice_mail:*").Result()
			return err == nil && len(n) == mails
		}
	}
	w.start(Config{})
	w.address(acme, plugintest.Nobody)
	w.assign(acme, "to nobody")
	w.eventually("there is no such mailbox", failed(1))
	if s := state(); s.LastError != "" || s.LastErrorAt != nil {
		t.Errorf("a wrong address says of the server %+v", s)
	}
	w.address(acme, "rep@acme.example")
	own.Refuse(true)
	w.assign(acme, "one")
	w.assign(acme, "two")
	w.eventually("both fail", failed(3))
	w.eventually("the admin is told", func() bool { return told() == 1 })
	if s := state(); !strings.Contains(s.LastError, "try again later") || s.LastErrorAt == nil {
		t.Errorf("the server is said to do well: %+v", s)
	}
	own.Refuse(false)
	w.eventually("all leave", func() bool {
		w.Clock.Advance(10 * time.Second)
		time.Sleep(50 * time.Millisecond)
		return len(own.All()) == 3 && state().LastErrorAt == nil
	})
	if told() != 1 {
		t.Errorf("told %d times of one failure", told())
	}
	own.Refuse(true)
	w.assign(acme, "three")
	w.eventually("the admin is told anew", func() bool { return told() == 2 })
}

func TestABotSaysThatSomethingWaits(t *testing.T) {
	ding := plugintest.NewDingTalk(t, "")
	w := newWorld(t, vendors{dingtalk: ding.URL})
	acme := w.Company(t, "acme")
	bot := w.bot(acme, "dingtalk", ding.WebhookURL(), "", "task.due")
	w.as(acme, acme.Admin, func(tx *tenant.Tx) error {
		return crm.WriteNotificationSettings(t.Context(), tx, crm.NotificationSettings{BotID: bot.ID.String()}, plugins.Outlets{})
	})
	w.worker()
	w.assign(acme, "Secret plan")
	said := string(ding.WaitAccepted(t, 1)[0].Body)
	if !strings.Contains(said, "something waits for you: A task is given to me") && !strings.Contains(said, "你有新通知：任务分配给我") ||
		!strings.Contains(said, "https://crm.example/notifications") || strings.Contains(said, "Secret") {
		t.Errorf("it says %s", said)
	}
	w.eventually("it is done", func() bool { return w.dueAt(acme.ID, crm.NoticeBotWork).IsZero() })
}
