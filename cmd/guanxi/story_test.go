package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/billing/stripefake"
	"github.com/guanxi-crm/guanxi/plugins/plugintest"
)

// story is what the steps of TestStory hand on to each other.
type story struct {
	site
	all      *testing.T // outlives the steps
	dev      *process
	data     string
	stripe   *stripefake.Stripe
	dingtalk *plugintest.DingTalk
	feishu   *plugintest.Feishu
	webhook  *receiver
	acme     team
	globex   team
	ours     []string // the names of the customers that the rep imported
}

// team is one company with its people.
type team struct {
	id                        string
	admin, manager, rep, rep2 person
}

// TestStory tells the product's story from the first start to the second, on the program as it is built and
// started by `make dev`: two companies sign up, invite their people and bring in their customers, and their
// people and systems are told what matters.
func TestStory(t *testing.T) {
	dir, err := os.MkdirTemp("", "guanxi-story-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &story{
		all: t, data: filepath.Join(dir, "data"), stripe: stripefake.New(t, time.Now),
		dingtalk: plugintest.NewDingTalk(t, "SEC9f0a1b2c", plugintest.WithLimits()), feishu: plugintest.NewFeishu(t, "fs-9f0a1b2c", plugintest.WithLimits()),
		webhook: newReceiver(t),
	}
	s.stripe.Sell(stripefake.Price{ID: "price_pro", LookupKey: "guanxi_pro_month", Interval: "month", Amount: 19900, Currency: "cny"})
	for _, step := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"the first start", s.firstStart},
		{"what is taken is said to be taken", s.taken},
		{"two companies sign up", s.signUp},
		{"people are invited and sign in", s.people},
		{"tokens are refreshed", s.tokens},
		{"a spreadsheet comes in", s.imports},
		{"a workbook comes in", s.workbook},
		{"customers", s.customers},
		{"lifecycle, interactions and tasks", s.work},
		{"roles decide", s.roles},
		{"plans are sold", s.plans},
		{"channels are connected", s.channels},
		{"everybody is told what matters", s.told},
		{"a win is surveyed once", s.won},
		{"an API key", s.apiKey},
		{"the platform's admin", s.operator},
		{"a broken company", s.broken},
		{"documents, health and logs", s.documents},
		{"a kill and the second start", s.secondStart},
		{"what was kept", s.kept},
		{"the end", s.end},
	} {
		if !t.Run(step.name, step.run) {
			t.FailNow() // what follows stands on this
		}
	}
}

// signIn signs somebody in by e-mail or phone number.
func (s site) signIn(t testing.TB, identifier, secret string) person {
	t.Helper()
	return signedIn(t, s.post(t, nobody, "/v1/auth/login", object{"identifier": identifier, "password": secret}).want(t, http.StatusOK))
}

// settings reach the databases that the running `guanxi dev` has started, for other commands.
func (s *story) settings(t testing.TB) []string {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(s.data, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	sockets := s.sockets(t)
	return []string{
		"GUANXI_MYSQL_DSN=" + mysqlAt(sockets), "GUANXI_REDIS_URL=unix://" + filepath.Join(sockets, "redis.sock"),
		"GUANXI_MASTER_KEY=" + strings.TrimSpace(string(key)),
	}
}

func (s *story) sockets(t testing.TB) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(filepath.Join(s.data, "run"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func mysqlAt(sockets string) string {
	return "root@unix(" + filepath.Join(sockets, "mysql.sock") + ")/"
}
