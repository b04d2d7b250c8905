package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/billing/stripefake"
)

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
