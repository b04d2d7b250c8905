package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *story) operator(t *testing.T) {
	settings := s.settings(t)
	p, code := once(t, append(settings, "GUANXI_ADMIN_PASSWORD=a long phrase is good"), "admin", "create", "boss@guanxi.example")
	if code != 0 || !strings.Contains(p.out.String(), "boss@guanxi.example is a platform admin") {
		t.Errorf("exit code %d: %s%s", code, p.out.String(), p.log.String())
	}
	p, code = once(t, settings, "admin", "companies")
	for _, want := range []string{`(?m)^` + s.acme.id + ` +Acme +active +pro `, `(?m)^` + s.globex.id + ` +Globex +active +free `} {
		if code != 0 || !regexp.MustCompile(want).MatchString(p.out.String()) {
			t.Errorf("exit code %d, want %s:\n%s", code, want, p.out.String())
		}
	}
	p, code = once(t, settings, "admin", "reset-link", "boss@guanxi.example")
	if code != 0 || !strings.Contains(p.out.String(), "/reset/") {
		t.Errorf("exit code %d: %s%s", code, p.out.String(), p.log.String())
	}
	if _, code := once(t, settings, "admin", "suspend", "com_00000000000000000000000000"); code == 0 {
		t.Error("a company that does not exist was suspended")
	}
	s.suspend(t)
}

// suspend lets work of both companies fall due while one of them is suspended.
func (s *story) suspend(t *testing.T) {
	t.Helper()
	due := time.Now().Add(2 * time.Second)
	s.post(t, s.acme.rep, "/v1/tasks", object{"title": "Waits", "due_at": due}).want(t, http.StatusCreated)
	s.post(t, s.globex.rep, "/v1/tasks", object{"title": "Goes on", "due_at": due.Add(500 * time.Millisecond)}).want(t, http.StatusCreated)
	if p, code := once(t, s.settings(t), "admin", "suspend", s.acme.id); code != 0 || !strings.Contains(p.out.String(), s.acme.id+" is suspended") {
		t.Fatalf("exit code %d: %s%s", code, p.out.String(), p.log.String())
	}
	eventually(t, "requests are refused", 2*time.Second, func() bool { return s.list(t, s.acme.admin, "").status == http.StatusForbidden })
	s.list(t, s.acme.rep, "").refused(t, http.StatusForbidden, "company_suspended")
	s.post(t, nobody, "/v1/auth/login", object{"identifier": "rep@acme.example", "password": password}).refused(t, http.StatusForbidden, "company_suspended")
	s.notified(t, s.globex.rep, "Task due: Goes on")
	if n := len(s.webhook.ofType(t, "task.due")); n != 1 {
		t.Errorf("%d reminders were sent, want only the one from before", n)
	}
	if p, code := once(t, s.settings(t), "admin", "resume", s.acme.id); code != 0 || !strings.Contains(p.out.String(), s.acme.id+" is active") {
		t.Fatalf("exit code %d: %s%s", code, p.out.String(), p.log.String())
	}
	eventually(t, "requests are served", 2*time.Second, func() bool { return s.list(t, s.acme.rep, "").status == http.StatusOK })
	s.notified(t, s.acme.rep, "Task due: Waits")
	eventually(t, "what waited is sent", patience, func() bool { return len(s.webhook.ofType(t, "task.due")) == 2 })
}

// broken breaks one company's ledger of migrations and sets another back by one version: the first is reported
// and the second migrated all the same.
func (s *story) broken(t *testing.T) {
	db := database(t, mysqlAt(s.sockets(t)))
	schema := func(c team) (name string) {
		id, err := tenant.ParseCompanyID(c.id)
		if err == nil {
			err = db.Get(&name, `SELECT schema_name FROM gx_platform.companies WHERE id = ?`, id)
		}
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	ill, behind := schema(s.company(t, "Ill")), schema(s.company(t, "Behind"))
	version, tables := lastMigration(t)
	statements := []string{
		`RENAME TABLE ` + ill + `.goose_db_version TO ` + ill + `.ledger`,
		`CREATE VIEW ` + ill + `.goose_db_version AS SELECT 1 AS nothing`,
		`DELETE FROM ` + behind + `.goose_db_version WHERE version_id = ` + strconv.Itoa(version),
	}
	for _, table := range tables {
		statements = append(statements, `DROP TABLE `+behind+`.`+table)
	}
	execAll := func(statements []string) {
		for _, statement := range statements {
			if _, err := db.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	execAll(statements)
	p, code := once(t, s.settings(t), "migrate")
	for _, want := range []string{ill + " (Ill): ", "5 companies, 1 changed, 1 broken"} {
		if code == 0 || !strings.Contains(p.out.String(), want) {
			t.Errorf("exit code %d, want %q:\n%s%s", code, want, p.out.String(), p.log.String())
		}
	}
	execAll([]string{`DROP VIEW ` + ill + `.goose_db_version`, `RENAME TABLE ` + ill + `.ledger TO ` + ill + `.goose_db_version`})
	p, code = once(t, s.settings(t), "migrate")
	if code != 0 || !strings.Contains(p.out.String(), "5 companies, 0 changed, 0 broken") {
		t.Errorf("after the repair: exit code %d\n%s%s", code, p.out.String(), p.log.String())
	}
}

// lastMigration returns the version of the newest migration of companies and the tables it makes.
func lastMigration(t *testing.T) (version int, tables []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "tenant", "migrations", "company", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("migrations: %v, %v", files, err)
	}
	last := files[len(files)-1]
	text, err := os.ReadFile(last)
	if err != nil {
		t.Fatal(err)
	}
	number, _, _ := strings.Cut(filepath.Base(last), "_")
	if version, err = strconv.Atoi(number); err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`).FindAllStringSubmatch(string(text), -1) {
		tables = append(tables, m[1])
	}
	return version, tables
}

func (s *story) documents(t *testing.T) {
	s.get(t, nobody, "/docs").want(t, http.StatusOK, "/openapi.json")
	document := s.get(t, nobody, "/openapi.json").want(t, http.StatusOK).object(t)
	if version, _ := document["openapi"].(string); !strings.HasPrefix(version, "3.1") {
		t.Errorf("OpenAPI %s", version)
	}
	paths, _ := document["paths"].(object)
	for _, path := range []string{"/v1/signup", "/v1/customers", "/v1/imports", "/v1/webhook-endpoints", "/v1/plugins", "/hooks/stripe"} {
		if paths[path] == nil {
			t.Errorf("%s is not documented", path)
		}
	}
	s.get(t, nobody, "/healthz").want(t, http.StatusOK)
	s.get(t, nobody, "/readyz").want(t, http.StatusOK, `"mysql":"ok"`, `"redis":"ok"`)
	s.get(t, nobody, "/metrics").want(t, http.StatusOK, "guanxi_http_request_seconds", "guanxi_deliveries_total", "guanxi_lease_held", "go_goroutines")
	s.get(t, nobody, "/v1/nothing").refused(t, http.StatusNotFound, "no_such_route")
	s.do(t, nobody, http.MethodPut, "/v1/customers", object{}).refused(t, http.StatusMethodNotAllowed, "method_not_allowed")

	const id = "story-request-4711"
	answer := s.get(t, s.acme.rep, "/v1/tags", "X-Request-Id", id).want(t, http.StatusOK)
	if got := answer.header.Get("X-Request-Id"); got != id {
		t.Errorf("request id %s, want %s", got, id)
	}
	eventually(t, "the request is logged", patience, func() bool {
		return len(s.dev.logged(object{"msg": "request", "request_id": id, "company": s.acme.id, "user": s.acme.rep.id, "status": 200.0})) == 1
	})
	if strings.Contains(s.dev.log.String(), password) || strings.Contains(s.dev.log.String(), s.acme.rep.token) {
		t.Error("the log holds a secret")
	}
}

// kept checks after the second start what the first has left, and that billing without keys says so.
func (s *story) kept(t *testing.T) {
	again := s.signIn(t, "rep@acme.example", password)
	s.get(t, s.acme.rep, "/v1/me").want(t, http.StatusOK, "rep@acme.example") // the session too
	imported := s.list(t, again, `filter=tags:"accounts"&order_by=created_at&limit=200`).column(t, "name")
	if diff := cmp.Diff(slices.Sorted(slices.Values(s.ours)), slices.Sorted(slices.Values(imported))); diff != "" {
		t.Errorf("customers (-imported +after the restart)\n%s", diff)
	}
	s.get(t, s.acme.admin, "/v1/reports/cohorts").want(t, http.StatusOK)
	s.post(t, s.acme.admin, "/v1/billing/checkout", object{"plan": "pro"}).refused(t, http.StatusConflict, "billing_not_configured")
	s.post(t, s.globex.admin, "/v1/billing/checkout", object{"plan": "pro"}).refused(t, http.StatusConflict, "billing_not_configured")

	// Secrets are sealed with the master key that was kept.
	customer := s.post(t, again, "/v1/customers", object{"name": "After the restart"}).want(t, http.StatusCreated).id(t)
	s.move(t, customer, "interested")
	s.heard(t, "After the restart: Potential → Interested")
	eventually(t, "the webhook is told", patience, func() bool {
		for _, event := range s.webhook.ofType(t, "customer.lifecycle_changed") {
			if data, _ := event["data"].(object); data["id"] == customer {
				return true
			}
		}
		return false
	})
	s.verified(t)
}
