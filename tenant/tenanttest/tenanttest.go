// Package tenanttest opens a fresh installation on the real MariaDB that `make test` starts, and seeds the
// named cast of our tests: the companies acme and globex, each with an admin, a manager and two reps.
package tenanttest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Clock is a clock that tests move. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at the given time.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now returns where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// Advance moves the clock forward.
func (c *Clock) Advance(d time.Duration) { c.Set(c.Now().Add(d)) }

// Start is where every test's clock begins: a Monday morning in Shanghai.
var Start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// Installation is a fresh control database and cluster with nothing in it.
type Installation struct {
	*tenant.Directory
	Config tenant.Config
	Clock  *Clock
}

// Open migrates a fresh installation and removes it when the test ends. A missing server fails the test.
func Open(t testing.TB) *Installation {
	t.Helper()
	dsn := os.Getenv("GUANXI_MYSQL_DSN")
	if dsn == "" {
		t.Fatal("GUANXI_MYSQL_DSN is not set; run the tests with: make test")
	}
	var suffix [5]byte
	_, _ = rand.Read(suffix[:])
	master, err := tenant.ParseMasterKey(tenant.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	clock := NewClock(Start)
	cfg := tenant.Config{DSN: dsn, Prefix: "gxt" + hex.EncodeToString(suffix[:]), MasterKey: master, Clock: clock.Now, MaxConns: 16}
	t.Cleanup(func() { drop(t, cfg) })
	if _, err := tenant.Migrate(t.Context(), cfg, io.Discard); err != nil {
		t.Fatal(err)
	}
	d, err := tenant.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return &Installation{Directory: d, Config: cfg, Clock: clock}
}

// RedisURL returns the address of the real Redis that `make test` starts. A missing server fails the test.
func RedisURL(t testing.TB) string {
	t.Helper()
	url := os.Getenv("GUANXI_REDIS_URL")
	if url == "" {
		t.Fatal("GUANXI_REDIS_URL is not set; run the tests with: make test")
	}
	return url
}

func drop(t testing.TB, cfg tenant.Config) {
	db, err := sqlx.Open("mysql", cfg.DSN)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = db.Close() }()
	var names []string
	if err := db.Select(&names, `SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE ?`, cfg.Prefix+`\_%`); err != nil {
		t.Error(err)
	}
	for _, name := range names {
		if _, err := db.Exec("DROP DATABASE `" + strings.ReplaceAll(name, "`", "") + "`"); err != nil {
			t.Error(err)
		}
	}
}

// Company is one company of the cast.
type Company struct {
	*tenant.Company
	Admin, Manager, Rep, Rep2 tenant.MemberID
}

// Company makes a company with its cast: both reps report to the manager, the manager to the admin.
// prepare, when given, runs in the transaction that fills the schema.
func (i *Installation) Company(t testing.TB, name string, prepare ...func(*tenant.Tx) error) *Company {
	t.Helper()
	c := &Company{}
	ctx := context.Background()
	company, err := i.Create(ctx,
		tenant.NewCompany{Name: name, TimeZone: "Asia/Shanghai", Locale: "en", Currency: "CNY", Plan: "free"},
		func(tx *tenant.Tx) error {
			for _, m := range []struct {
				id      *tenant.MemberID
				name    string
				manager *tenant.MemberID
			}{
				{&c.Admin, name + " admin", &tenant.MemberID{}},
				{&c.Manager, name + " manager", &c.Admin},
				{&c.Rep, name + " rep", &c.Manager},
				{&c.Rep2, name + " rep 2", &c.Manager},
			} {
				*m.id = tenant.NewMemberID()
				if _, err := tenant.AddMember(ctx, tx, tenant.Member{ID: *m.id, Name: m.name, ManagerID: *m.manager, Locale: "en"}); err != nil {
					return err
				}
			}
			for _, p := range prepare {
				if err := p(tx); err != nil {
					return err
				}
			}
			return nil
		},
		func(*tenant.Platform, *tenant.Company) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	c.Company = company
	return c
}

// As returns a caller with the given level for each of the permissions; a manager's team comes from the cast.
func (c *Company) As(member tenant.MemberID, level tenant.Level, permissions ...tenant.Permission) *tenant.Caller {
	caller := &tenant.Caller{
		Kind: tenant.ByMember, Member: member, Locale: "en", Source: "test",
		Team: []tenant.MemberID{member}, Levels: map[tenant.Permission]tenant.Level{},
		Limits: map[tenant.Quota]int64{},
	}
	if member == c.Manager {
		caller.Team = []tenant.MemberID{c.Manager, c.Rep, c.Rep2}
	}
	if member == c.Admin {
		caller.Team = []tenant.MemberID{c.Admin, c.Manager, c.Rep, c.Rep2}
	}
	for _, p := range permissions {
		caller.Levels[p] = level
	}
	return caller
}
