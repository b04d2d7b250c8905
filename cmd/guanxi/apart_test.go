package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestServersAndWorkersApart runs two servers and two workers of each kind at once on the same databases.
func TestServersAndWorkersApart(t *testing.T) {
	i := install(t, "gxapart")
	other, elsewhere := i.serve(t)
	workers := []*process{
		i.work(t, "webhooks", "messages"), i.work(t, "webhooks", "messages"),
		i.work(t, "reminders"), i.work(t, "reminders", "mail", "maintenance"),
	}
	c := i.signUp(t, "apart")
	r := c.listen(t, "customer.created", "task.due")

	// What one server is told the other knows.
	elsewhere.get(t, c.admin, "/v1/me").want(t, http.StatusOK, "admin@apart.example")
	const n = 40
	for k := range n {
		at := []site{i.site, elsewhere}[k%2]
		at.post(t, c.key, "/v1/customers", object{"name": "Customer"}).want(t, http.StatusCreated)
	}
	for range n / 4 {
		elsewhere.post(t, c.admin, "/v1/tasks", object{"title": "Call", "due_at": time.Now().Add(500 * time.Millisecond)}).want(t, http.StatusCreated)
	}
	eventually(t, "every event arrives", patience, func() bool {
		return len(r.ofType(t, "customer.created")) == n && len(r.ofType(t, "task.due")) == n/4
	})
	for id, times := range r.events() {
		if times != 1 {
			t.Errorf("event %s came %d times although nothing failed", id, times)
		}
	}
	if reminders := len(i.get(t, c.admin, "/v1/notifications?limit=200").rows(t)); reminders != n/4 {
		t.Errorf("%d notifications of %d tasks", reminders, n/4)
	}

	i.post(t, c.admin, "/v1/auth/logout", nil).want(t, http.StatusNoContent)
	eventually(t, "who signs out here is signed out there", 5*time.Second, func() bool {
		return elsewhere.get(t, c.admin, "/v1/me").status == http.StatusUnauthorized
	})
	for _, p := range append(workers, other) {
		p.stop(t, syscall.SIGTERM)
	}
	i.get(t, c.key, "/v1/customers").want(t, http.StatusOK) // the rest goes on
}

// TestDevOnGivenServers gives `guanxi dev` the servers to use: it starts none of its own.
func TestDevOnGivenServers(t *testing.T) {
	i := install(t, "gxdev")
	data, addr := filepath.Join(t.TempDir(), "data"), freeAddress(t)
	p := run(t, append(i.settings, "GUANXI_ADDR="+addr, "GUANXI_DATA_DIR="+data), "dev", "--no-demo")
	dev := site{"http://" + addr}
	dev.awaitReady(t, p)
	dev.get(t, i.signUp(t, "given").key, "/v1/customers").want(t, http.StatusOK)
	if made, err := os.ReadDir(data); err != nil || len(made) != 1 || made[0].Name() != "files" {
		t.Errorf("it made more than the folder for attached files: %v, %v", made, err)
	}
	p.stop(t, syscall.SIGINT)
}

func TestQueuesOfAWorker(t *testing.T) {
	i := install(t, "gxqueues")
	p, code := once(t, i.settings, "worker", "--queues", "webhook")
	if want := `queue "webhook" does not exist; choose from `; code == 0 || !strings.Contains(p.log.String(), want) {
		t.Errorf("exit code %d, want %q:\n%s", code, want, p.log.String())
	}
	// A worker without the queue leaves its work alone.
	idle := i.work(t, "reminders")
	c := i.signUp(t, "queues")
	r := c.listen(t, "customer.created")
	i.post(t, c.key, "/v1/customers", object{"name": "Customer"}).want(t, http.StatusCreated)
	eventually(t, "the delivery is handed out", patience, func() bool {
		n, err := i.redis.LLen(t.Context(), "asynq:{webhooks}:pending").Result()
		return err == nil && n > 0
	})
	if n := len(r.events()); n != 0 {
		t.Errorf("a worker without the queue sent %d", n)
	}
	i.work(t, "webhooks")
	eventually(t, "the delivery arrives", patience, func() bool { return len(r.events()) == 1 })
	idle.stop(t, syscall.SIGTERM)
}

// TestReadiness takes Redis and MariaDB away from a server that runs.
func TestReadiness(t *testing.T) {
	i := install(t, "gxready")
	c := i.signUp(t, "ready")
	for _, c := range []struct {
		name        string
		kill, start func() error
		missing     string
	}{
		{"Redis", i.servers.KillRedis, func() error { return i.servers.StartRedis(t.Context()) }, `"redis":"unreachable"`},
		{"MariaDB", i.servers.KillMySQL, func() error { return i.servers.StartMySQL(t.Context()) }, `"mysql":"unreachable"`},
	} {
		if err := c.kill(); err != nil {
			t.Fatal(err)
		}
		i.get(t, nobody, "/readyz").want(t, http.StatusServiceUnavailable, c.missing)
		i.get(t, nobody, "/healthz").want(t, http.StatusOK)
		if err := c.start(); err != nil {
			t.Fatal(err)
		}
		eventually(t, c.name+" is back", patience, func() bool { return i.get(t, nobody, "/readyz").status == http.StatusOK })
	}
	i.get(t, c.key, "/v1/customers").want(t, http.StatusOK)
	if plain := i.server.log.plain(); len(plain) > 0 {
		t.Errorf("lines of the log that are not JSON:\n%s", strings.Join(plain, ""))
	}
}
