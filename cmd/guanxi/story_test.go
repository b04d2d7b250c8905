package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
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

// start runs `guanxi dev` as `make dev` does, with the settings given besides.
func (s *story) start(t *testing.T, settings ...string) {
	t.Helper()
	binary(t) // building it is not starting it
	addr := freeAddress(t)
	began := time.Now()
	s.dev = run(s.all, append([]string{"GUANXI_ADDR=" + addr, "GUANXI_DATA_DIR=" + s.data}, settings...), "dev")
	s.site = site{"http://" + addr}
	s.awaitReady(t, s.dev)
	t.Logf("ready after %s", time.Since(began).Round(time.Millisecond))
	_, port, _ := strings.Cut(addr, ":")
	eventually(t, "it says where it is and how to sign in", patience, func() bool {
		out := s.dev.out.String()
		return strings.Contains(out, "http://localhost:"+port) && strings.Contains(out, "Sign in as "+demoEmail+" with the password "+demoPassword)
	})
}

// outside are the addresses at which the vendors are stood in for.
func (s *story) outside() []string {
	return []string{
		"STRIPE_SECRET_KEY=" + stripefake.SecretKey, "STRIPE_WEBHOOK_SECRET=" + stripefake.WebhookSecret,
		"GUANXI_STRIPE_API_BASE=" + s.stripe.URL, "GUANXI_DINGTALK_BASE=" + s.dingtalk.URL, "GUANXI_FEISHU_BASE=" + s.feishu.URL,
	}
}

func (s *story) firstStart(t *testing.T) {
	s.start(t, s.outside()...)
	for _, progress := range []string{"starting MariaDB ... done", "starting Redis ... done", "schemas are up to date", "demo company with "} {
		if !strings.Contains(s.dev.log.String(), progress) {
			t.Errorf("the start does not show %q", progress)
		}
	}
	demo := s.signIn(t, demoEmail, demoPassword)
	if names := s.get(t, demo, "/v1/customers").column(t, "name"); len(names) < 5 {
		t.Errorf("the demo company has the customers %q", names)
	}
}

func (s *story) taken(t *testing.T) {
	addr := strings.TrimPrefix(s.url, "http://")
	for _, c := range []struct {
		name     string
		settings []string
		want     string
	}{
		{"port", []string{"GUANXI_ADDR=" + addr, "GUANXI_DATA_DIR=" + t.TempDir()}, "cannot listen on " + addr},
		{"data folder", []string{"GUANXI_ADDR=" + freeAddress(t), "GUANXI_DATA_DIR=" + s.data},
			fmt.Sprintf("data folder %s is in use by another guanxi (pid %d)", s.data, s.dev.cmd.Process.Pid)},
	} {
		p, code := once(t, c.settings, "dev")
		if code == 0 || !strings.Contains(p.log.String(), c.want) {
			t.Errorf("%s taken: exit code %d, want %q:\n%s", c.name, code, c.want, p.log.String())
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

// children returns the process ids of the database servers.
func (s *story) children(t testing.TB) []int {
	t.Helper()
	var pids []int
	for _, name := range []string{"mysql.lock", "redis.lock"} {
		text, err := os.ReadFile(filepath.Join(s.data, name))
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(string(bytes.TrimSpace(text)))
		if err != nil || gone(pid) {
			t.Fatalf("%s: %d, %v", name, pid, err)
		}
		pids = append(pids, pid)
	}
	return pids
}

func (s *story) secondStart(t *testing.T) {
	key := s.masterKey(t)
	children := s.children(t)
	s.dev.kill(t)
	s.start(t, slices.DeleteFunc(s.outside(), func(setting string) bool { return strings.Contains(setting, "STRIPE") })...)
	if strings.Contains(s.dev.log.String(), "demo company with ") {
		t.Error("the demo company was loaded again")
	}
	if s.masterKey(t) != key {
		t.Error("the master key was not kept")
	}
	for _, pid := range children {
		if !gone(pid) {
			t.Errorf("a server of the killed process still runs (pid %d)", pid)
		}
	}
}

func (s *story) masterKey(t testing.TB) string {
	t.Helper()
	path := filepath.Join(s.data, "master.key")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the master key: %v, %v", info, err)
	}
	return string(text)
}

func (s *story) end(t *testing.T) {
	children := s.children(t)
	s.dev.stop(t, syscall.SIGINT)
	for _, pid := range children {
		if !gone(pid) {
			t.Errorf("a server runs on after Ctrl-C (pid %d)", pid)
		}
	}
	if _, err := os.Stat(filepath.Join(s.data, "run")); !os.IsNotExist(err) {
		t.Errorf("the sockets were left behind: %v", err)
	}
}
