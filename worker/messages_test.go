package worker

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// moved makes n events that people are told of.
func (w *world) moved(c *tenanttest.Company, n int) {
	w.t.Helper()
	w.tx(c, func(tx *tenant.Tx) error {
		for range n {
			if err := tx.Emit(context.Background(), tenant.Event{
				Type: "customer.lifecycle_changed", Resource: "customer", Record: tenant.RecordID(tenant.NewMemberID()),
				Data: map[string]any{"name": "云帆科技", "lifecycle": "interested"}, Previous: map[string]any{"lifecycle": "potential"},
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestBotsTellInWords(t *testing.T) {
	ding := plugintest.NewDingTalk(t, "SEC000000000000")
	lark := plugintest.NewFeishu(t, "s3cret")
	w := newWorld(t, vendors{dingtalk: ding.URL, feishu: lark.URL})
	w.Clock.Set(time.Now().UTC()) // the groups check the time that was signed
	acme := w.Company(t, "acme")
	w.bot(acme, "dingtalk", ding.WebhookURL(), ding.Secret, "customer.*")
	w.bot(acme, "feishu", lark.WebhookURL(), lark.Secret, "customer.*")
	w.worker()
	w.moved(acme, 1)
	for _, r := range []*plugintest.Receiver{ding.Receiver, lark.Receiver} {
		got := r.WaitAccepted(t, 1)[0]
		if !bytes.Contains(got.Body, []byte("云帆科技: Potential → Interested")) || !bytes.Contains(got.Body, []byte("https://crm.example/customers/")) {
			t.Errorf("message %s", got.Body)
		}
	}
	// An event without words is no message and leaves no trace.
	w.emit(acme, "customer.created", 1)
	w.eventually("both are delivered and nothing waits", func() bool {
		return w.count(acme, plugins.Delivered) == 2 && w.count(acme, plugins.Pending) == 0
	})
	w.nothingDue(acme.ID, plugins.MessageWork)
}

func TestATestMessageReachesTheBot(t *testing.T) {
	ding := plugintest.NewDingTalk(t, "")
	w := newWorld(t, vendors{dingtalk: ding.URL})
	acme := w.Company(t, "acme")
	bot := w.bot(acme, "dingtalk", ding.WebhookURL(), "", "task.due")
	w.worker()
	w.tx(acme, func(tx *tenant.Tx) error { _, err := plugins.TestInstall(t.Context(), tx, bot.ID); return err })
	if got := ding.WaitAccepted(t, 1)[0]; !bytes.Contains(got.Body, []byte("Guanxi test message")) {
		t.Errorf("message %s", got.Body)
	}
}

func TestATestEventReachesTheEndpoint(t *testing.T) {
	w := newWorld(t)
	acme := w.Company(t, "acme")
	r, id := w.receiver(acme, "task.due")
	w.worker()
	w.tx(acme, func(tx *tenant.Tx) error { _, err := plugins.TestEndpoint(t.Context(), tx, id); return err })
	if got := r.WaitAccepted(t, 1)[0]; !bytes.Contains(got.Body, []byte(`"type":"webhook.test"`)) {
		t.Errorf("event %s", got.Body)
	}
}

func TestADingTalkRobotThatThrottlesIsLeftAloneForTenMinutes(t *testing.T) {
	ding := plugintest.NewDingTalk(t, "")
	w := newWorld(t, vendors{dingtalk: ding.URL})
	acme := w.Company(t, "acme")
	w.bot(acme, "dingtalk", ding.WebhookURL(), "", "customer.*")
	ding.Set(plugintest.Throttling)
	w.worker()
	w.moved(acme, 3)
	w.eventually("all wait", func() bool {
		return w.count(acme, plugins.Pending) == 3 && w.allLater(acme, 10*time.Minute)
	})
	if n := len(ding.Requests()); n != 1 {
		t.Errorf("%d requests to a robot that asked for peace, want 1", n)
	}
	ding.Set(plugintest.Up)
	w.Clock.Advance(11 * time.Minute)
	ding.WaitAccepted(t, 3)
}

// allLater reports whether every pending delivery waits for at least d, to the second.
func (w *world) allLater(c *tenanttest.Company, d time.Duration) bool {
	w.t.Helper()
	var sooner int
	w.read(c, func(q *tenant.Query) error {
		return q.Get(context.Background(), &sooner, `SELECT COUNT(*) FROM company.deliveries WHERE status = 'pending' AND next_attempt_at < ?`,
			q.Now.Add(d-time.Second))
	})
	return sooner == 0
}

func TestAFeishuBotThatThrottlesIsAskedAgain(t *testing.T) {
	lark := plugintest.NewFeishu(t, "")
	w := newWorld(t, vendors{feishu: lark.URL})
	acme := w.Company(t, "acme")
	w.bot(acme, "feishu", lark.WebhookURL(), "", "customer.*")
	lark.Set(plugintest.Throttling) // 11232
	w.worker()
	w.moved(acme, 1)
	w.eventually("it waits", func() bool { return len(lark.Requests()) == 1 && w.allLater(acme, 2*time.Second) })
	lark.Set(plugintest.Up)
	w.Clock.Advance(5 * time.Minute)
	lark.WaitAccepted(t, 1)
}

func TestMessagesStayBelowTheVendorsRate(t *testing.T) {
	w := newWorld(t)
	ding := plugintest.NewDingTalk(t, "", plugintest.WithClock(w.Clock.Now), plugintest.WithLimits())
	w.connect(vendors{dingtalk: ding.URL})
	acme := w.Company(t, "acme")
	w.bot(acme, "dingtalk", ding.WebhookURL(), "", "customer.*")
	w.worker()
	w.moved(acme, 50)
	for want := 20; want <= 50; want += 15 {
		w.eventually("a minute's messages", func() bool { return len(ding.Accepted()) >= min(want, 50) })
		w.Clock.Advance(64 * time.Second)
	}
	ding.WaitAccepted(t, 50)
	for _, r := range ding.Requests() {
		if strings.Contains(r.Answer, "130101") {
			t.Fatalf("the vendor had to throttle us after %d messages", len(ding.Accepted()))
		}
	}
}
