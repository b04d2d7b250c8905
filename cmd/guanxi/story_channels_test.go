package main

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/plugins/plugintest"
)

func (s *story) channels(t *testing.T) {
	admin := s.acme.admin
	s.post(t, s.acme.manager, "/v1/webhook-endpoints", object{"url": s.webhook.url}).refused(t, http.StatusForbidden, "forbidden")
	made := s.post(t, admin, "/v1/webhook-endpoints", object{"url": s.webhook.url, "event_types": []string{"customer.lifecycle_changed", "task.*"}}).want(t, http.StatusCreated)
	s.webhook.expect(t, made.text(t, "secret"))
	s.get(t, admin, "/v1/webhook-endpoints").want(t, http.StatusOK, "!whsec_")
	s.post(t, admin, "/v1/webhook-endpoints/"+made.id(t)+"/test", nil).want(t, http.StatusAccepted)
	eventually(t, "the test event arrives", patience, func() bool { return len(s.webhook.ofType(t, "webhook.test")) == 1 })

	types := []string{"customer.lifecycle_changed", "task.due"}
	for _, bot := range []struct {
		vendor, url, secret string
		group               *plugintest.Receiver
	}{
		{"dingtalk", s.dingtalk.WebhookURL(), s.dingtalk.Secret, s.dingtalk.Receiver},
		{"feishu", s.feishu.WebhookURL(), s.feishu.Secret, s.feishu.Receiver},
	} {
		made := s.post(t, admin, "/v1/plugins", object{
			"vendor": bot.vendor, "name": "销售群", "settings": object{"webhook_url": bot.url, "secret": bot.secret}, "event_types": types,
		}).want(t, http.StatusCreated, "!"+bot.secret)
		s.post(t, admin, "/v1/plugins/"+made.id(t)+"/test", nil).want(t, http.StatusAccepted)
		bot.group.WaitAccepted(t, 1)
	}
	s.onFree(t)
}

// onFree checks what a company gets that pays nothing: one endpoint and one bot.
func (s *story) onFree(t *testing.T) {
	t.Helper()
	admin := s.globex.admin
	endpoint := object{"url": s.webhook.url, "enabled": false}
	s.post(t, admin, "/v1/webhook-endpoints", endpoint).want(t, http.StatusCreated)
	s.post(t, admin, "/v1/webhook-endpoints", endpoint).refused(t, http.StatusPaymentRequired, "quota_exceeded")
	bot := object{"vendor": "dingtalk", "name": "x", "settings": object{"webhook_url": s.dingtalk.WebhookURL(), "secret": s.dingtalk.Secret}, "enabled": false}
	s.post(t, admin, "/v1/plugins", bot).want(t, http.StatusCreated)
	s.post(t, admin, "/v1/plugins", bot).refused(t, http.StatusPaymentRequired, "quota_exceeded")
	bot["settings"] = object{"webhook_url": "https://evil.example/robot/send?access_token=1"}
	s.post(t, admin, "/v1/plugins", bot).want(t, http.StatusUnprocessableEntity, "webhook_url")
}

// said counts the messages of a group in which a text stands.
func said(group *plugintest.Receiver, text string) int {
	n := 0
	for _, message := range group.Accepted() {
		if bytes.Contains(message.Body, []byte(text)) {
			n++
		}
	}
	return n
}

// heard waits until both groups were told a text, each once.
func (s *story) heard(t *testing.T, text string) {
	t.Helper()
	for name, group := range map[string]*plugintest.Receiver{"DingTalk": s.dingtalk.Receiver, "Feishu": s.feishu.Receiver} {
		eventually(t, name+" is told: "+text, patience, func() bool { return said(group, text) > 0 })
		if n := said(group, text); n != 1 {
			t.Errorf("%s was told %d times: %s", name, n, text)
		}
	}
}

// notified waits for a notification and returns how many of its title somebody has.
func (s site) notified(t testing.TB, who person, title string) int {
	t.Helper()
	n := 0
	eventually(t, "notification: "+title, patience, func() bool {
		n = 0
		for _, got := range s.get(t, who, "/v1/notifications?limit=200").column(t, "title") {
			if got == title {
				n++
			}
		}
		return n > 0
	})
	return n
}

func (s *story) told(t *testing.T) {
	rep := s.acme.rep
	due := time.Now().Add(2 * time.Second).UTC().Truncate(time.Millisecond)
	task := s.post(t, rep, "/v1/tasks", object{"title": "Call Anna back", "due_at": due}).want(t, http.StatusCreated).id(t)
	if n := s.notified(t, rep, "Task due: Call Anna back"); n != 1 {
		t.Errorf("%d notifications", n)
	}
	if now := time.Now(); now.Before(due) {
		t.Errorf("the reminder came %s early", due.Sub(now))
	}
	s.heard(t, "Task due: Call Anna back")
	events := s.webhook.ofType(t, "task.due")
	eventually(t, "the webhook is told", patience, func() bool { events = s.webhook.ofType(t, "task.due"); return len(events) > 0 })
	data, _ := events[0]["data"].(object)
	company, _ := events[0]["company"].(object)
	if len(events) != 1 || data["id"] != task || company["id"] != s.acme.id {
		t.Errorf("events %v", events)
	}

	customer := s.list(t, rep, "q=云帆科技").rows(t)[0]["id"].(string)
	s.post(t, rep, "/v1/customers/"+customer+"/lifecycle", object{"to": "interested"}).want(t, http.StatusOK)
	const moved = "云帆科技: Potential → Interested"
	if n := s.notified(t, s.acme.manager, moved); n != 1 {
		t.Errorf("%d notifications for the manager", n)
	}
	s.heard(t, moved)
	eventually(t, "the webhook is told of the move", patience, func() bool { return len(s.webhook.ofType(t, "customer.lifecycle_changed")) == 1 })
	for _, title := range s.get(t, rep, "/v1/notifications").column(t, "title") {
		if title == moved {
			t.Error("the rep was told of what they did themselves")
		}
	}
	s.get(t, rep, "/v1/notifications/unread-count").want(t, http.StatusOK, `"unread":`, `!"unread":0`)
	s.post(t, rep, "/v1/notifications/read", object{}).want(t, http.StatusNoContent)
	s.get(t, rep, "/v1/notifications/unread-count").want(t, http.StatusOK, `"unread":0`)
	s.verified(t)
}

// verified checks what the official library said of everything that came.
func (s *story) verified(t *testing.T) {
	t.Helper()
	for _, complaint := range s.webhook.complaints() {
		t.Errorf("the official library: %v", complaint)
	}
}

func (s *story) won(t *testing.T) {
	rep := s.acme.rep
	customer := s.list(t, rep, "q=云帆科技").rows(t)[0]["id"].(string)
	since := time.Now().Add(-time.Second).UTC()
	s.move(t, customer, "won")
	s.surveys(t, 1)
	// The same event comes to the webhook again and again; the rule has had it once.
	endpoint := s.get(t, s.acme.admin, "/v1/webhook-endpoints").rows(t)[0]["id"].(string)
	for range 2 {
		s.post(t, s.acme.admin, "/v1/webhook-endpoints/"+endpoint+"/replay", object{"since": since}).want(t, http.StatusAccepted)
	}
	eventually(t, "the win is told three times", patience, func() bool {
		for _, times := range s.webhook.events() {
			if times == 3 {
				return true
			}
		}
		return false
	})
	s.surveys(t, 1)
	s.move(t, customer, "interested")
	s.move(t, customer, "won")
	s.surveys(t, 2) // another win
	s.verified(t)
}

func (s *story) move(t *testing.T, customer, stage string) {
	t.Helper()
	s.post(t, s.acme.rep, "/v1/customers/"+customer+"/lifecycle", object{"to": stage}).want(t, http.StatusOK)
}

// surveys waits until the rep has n satisfaction surveys and checks that there are no more.
func (s *story) surveys(t *testing.T, n int) {
	t.Helper()
	var titles []string
	eventually(t, "survey tasks", patience, func() bool {
		titles = s.get(t, s.acme.rep, "/v1/tasks?filter=kind%3D%22survey%22").column(t, "title")
		return len(titles) >= n
	})
	for _, title := range titles {
		if title != "Satisfaction survey: 云帆科技" {
			t.Errorf("survey %q", title)
		}
	}
	if len(titles) != n {
		t.Errorf("%d surveys, want %d", len(titles), n)
	}
}
