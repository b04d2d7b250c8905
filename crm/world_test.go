package crm_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql" // the tests look at due work directly

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// world is a fresh installation with both companies of the cast, each with its rules, and its people as callers.
type world struct {
	*tenanttest.Installation
	acme, globex              *tenanttest.Company
	rep, rep2, manager, admin person // of acme
	stranger                  person // globex's admin
	// levels are the rights of the cast for work in the background.
	levels  map[tenant.MemberID]tenant.Level
	reactor *crm.Reactor
	outlets *outlets
}

// ctx keeps function literals short.
type ctx = context.Context

// person acts as one caller in one company.
type person struct {
	w       *world
	company *tenanttest.Company
	caller  *tenant.Caller
}

var everything = []tenant.Permission{
	"customer:create", "customer:read", "customer:update", "customer:delete",
	"contact:create", "contact:read", "contact:update", "contact:delete",
	"interaction:create", "interaction:read", "interaction:update", "interaction:delete",
	"task:create", "task:read", "task:update", "task:delete",
	"rule:create", "rule:read", "rule:update", "rule:delete", "plugin:read", "webhook_endpoint:read",
	"calendar_event:create", "calendar_event:read", "calendar_event:update", "calendar_event:delete", "report:read",
	"attachment:create", "attachment:read", "attachment:delete",
	"deal:create", "deal:read", "deal:update", "deal:delete",
}

func newWorld(t testing.TB) *world {
	t.Helper()
	i := tenanttest.Open(t)
	seed := func(tx *tenant.Tx) error { return crm.Seed(context.Background(), tx) }
	w := &world{Installation: i, acme: i.Company(t, "acme", seed), globex: i.Company(t, "globex", seed)}
	w.rep = w.person(w.acme, w.acme.Rep, tenant.LevelOwn)
	w.rep2 = w.person(w.acme, w.acme.Rep2, tenant.LevelOwn)
	w.manager = w.person(w.acme, w.acme.Manager, tenant.LevelTeam)
	w.admin = w.person(w.acme, w.acme.Admin, tenant.LevelAll)
	w.levels = map[tenant.MemberID]tenant.Level{
		w.acme.Rep: tenant.LevelOwn, w.acme.Rep2: tenant.LevelOwn, w.acme.Manager: tenant.LevelTeam, w.acme.Admin: tenant.LevelAll,
	}
	w.stranger = w.person(w.globex, w.globex.Admin, tenant.LevelAll)
	w.reactor, w.outlets = crm.NewReactor(w.callerOf, func(context.Context, *tenant.Query) (bool, error) { return true, nil }), &outlets{}
	return w
}

func (w *world) person(c *tenanttest.Company, member tenant.MemberID, level tenant.Level) person {
	return person{w, c, c.As(member, level, everything...)}
}

// callerOf builds acme's people for work in the background.
func (w *world) callerOf(ctx context.Context, q *tenant.Query, id tenant.MemberID) (*tenant.Caller, error) {
	member, err := tenant.GetMember(ctx, q, id)
	if err == nil && member.Status != tenant.MemberActive {
		err = tenant.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	caller := w.acme.As(id, w.levels[id], everything...)
	caller.Name, caller.Locale = member.Name, member.Locale
	caller.Shared, err = crm.HasShared(ctx, q, id)
	return caller, err
}

func (w *world) system(c *tenanttest.Company) person {
	caller := tenant.System()
	return person{w, c, &caller}
}

func (p person) id() tenant.MemberID { return p.caller.Member }

func (p person) tx(t testing.TB, fn func(*tenant.Tx) error) error {
	t.Helper()
	return p.w.Tx(t.Context(), p.company.Company, p.caller, fn)
}

// changes returns the company's whole change log.
func (w *world) changes(t testing.TB, c *tenanttest.Company) []tenant.Change {
	t.Helper()
	return must[[]tenant.Change](t)(read(t, w.system(c), func(ctx context.Context, q *tenant.Query) ([]tenant.Change, error) {
		var all []tenant.Change
		err := q.Select(ctx, &all, `SELECT id, event_id, COALESCE(seq, 0) AS seq, type, resource, record_id, owner_before, owner_after,
			actor_id, actor_kind, quiet, data, previous, created_at FROM company.changes ORDER BY id`)
		return all, err
	}))
}

// changesOf returns acme's changes of one type.
func (w *world) changesOf(t testing.TB, kind string) []tenant.Change {
	t.Helper()
	return slices.DeleteFunc(w.changes(t, w.acme), func(c tenant.Change) bool { return c.Type != kind })
}

// due returns when work of a kind is due in the company, by reference.
func (w *world) due(t testing.TB, c *tenanttest.Company, kind string) map[tenant.RecordID]time.Time {
	t.Helper()
	db, err := sql.Open("mysql", w.DSN(t, "parseTime=true", "loc=UTC"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), "SELECT ref, due_at FROM "+w.Config.Prefix+"_cluster.due WHERE company_id = ? AND kind = ?", c.ID[:], kind)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	all := map[tenant.RecordID]time.Time{}
	for rows.Next() {
		var ref tenant.RecordID
		var at time.Time
		if err := rows.Scan(&ref, &at); err != nil {
			t.Fatal(err)
		}
		all[ref] = at
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// react lets the rules see every change of acme since the last call and does what they set off, as the worker does.
func (w *world) react(t testing.TB) {
	t.Helper()
	w.reactTo(t, w.waiting(t)...)
}

// waiting takes acme's changes from the outbox.
func (w *world) waiting(t testing.TB) []tenant.Change {
	t.Helper()
	cluster, err := w.Cluster(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	lease := cluster.Lease("relay", "test", time.Hour)
	if held, err := lease.Take(t.Context()); !held || err != nil {
		t.Fatal(held, err)
	}
	var all []tenant.Change
	for {
		n, err := cluster.Relay(t.Context(), lease, w.acme.Company, func(_ *tenant.Tx, changes []tenant.Change) error {
			all = append(all, changes...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return all
		}
	}
}

func (w *world) reactTo(t testing.TB, changes ...tenant.Change) {
	t.Helper()
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return w.reactor.React(t.Context(), tx, changes) }); err != nil {
		t.Fatal(err)
	}
	w.runRules(t)
}

// wantInvalid fails unless err names exactly these fields, in any order.
func wantInvalid(t testing.TB, err error, fields ...string) {
	t.Helper()
	var invalid *tenant.InvalidError
	if !errors.As(err, &invalid) {
		t.Errorf("got %v, want an *InvalidError for %v", err, fields)
		return
	}
	var got []string
	for _, f := range invalid.Fields {
		got = append(got, f.Field)
		if f.Code == "" || f.Message == "" {
			t.Errorf("%+v lacks a code or a message", f)
		}
	}
	slices.Sort(got)
	slices.Sort(fields)
	if !slices.Equal(slices.Compact(got), fields) {
		t.Errorf("the error names %v, want %v: %v", got, fields, err)
	}
}

func wantConflict(t testing.TB, err error, code string) {
	t.Helper()
	var conflict *tenant.ConflictError
	if !errors.As(err, &conflict) || conflict.Code != code || conflict.Message == "" {
		t.Errorf("got %v, want the conflict %s", err, code)
	}
}

func wantError(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func decode[T any](t testing.TB, text json.RawMessage) (v T) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func ptr[T any](v T) *T { return &v }
