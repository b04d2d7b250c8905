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
	"interaction:create", "interaction:read", "interaction:update", "interaction:delete",
	"task:create", "task:read", "task:update", "task:delete", "report:read",
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
	w.stranger = w.person(w.globex, w.globex.Admin, tenant.LevelAll)
	return w
}

func (w *world) person(c *tenanttest.Company, member tenant.MemberID, level tenant.Level) person {
	return person{w, c, c.As(member, level, everything...)}
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

// write runs fn in a transaction and returns what it returned.
func write[T any](t testing.TB, p person, fn func(context.Context, *tenant.Tx) (T, error)) (out T, err error) {
	t.Helper()
	err = p.tx(t, func(tx *tenant.Tx) error {
		var err error
		out, err = fn(t.Context(), tx)
		return err
	})
	return out, err
}

// read is write for what only reads.
func read[T any](t testing.TB, p person, fn func(context.Context, *tenant.Query) (T, error)) (out T, err error) {
	t.Helper()
	err = p.w.Read(t.Context(), p.company.Company, p.caller, func(q *tenant.Query) error {
		var err error
		out, err = fn(t.Context(), q)
		return err
	})
	return out, err
}

// must returns the value, or ends the test.
func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (p person) tryCreate(t testing.TB, in crm.NewCustomer) (crm.Customer, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Customer, error) { return crm.CreateCustomer(ctx, tx, in) })
}

func (p person) create(t testing.TB, in crm.NewCustomer) crm.Customer {
	t.Helper()
	return must[crm.Customer](t)(p.tryCreate(t, in))
}

func (p person) customer(t testing.TB, name string) crm.Customer {
	t.Helper()
	return p.create(t, crm.NewCustomer{Name: name})
}

func (p person) tryGet(t testing.TB, id crm.CustomerID) (crm.Customer, error) {
	t.Helper()
	return read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Customer, error) { return crm.GetCustomer(ctx, q, id) })
}

func (p person) get(t testing.TB, id crm.CustomerID) crm.Customer {
	t.Helper()
	return must[crm.Customer](t)(p.tryGet(t, id))
}

func (p person) tryUpdate(t testing.TB, id crm.CustomerID, in crm.CustomerPatch, version int64) (crm.Customer, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Customer, error) {
		return crm.UpdateCustomer(ctx, tx, id, in, version)
	})
}

func (p person) update(t testing.TB, id crm.CustomerID, in crm.CustomerPatch) crm.Customer {
	t.Helper()
	return must[crm.Customer](t)(p.tryUpdate(t, id, in, 0))
}

func (p person) tryMove(t testing.TB, id crm.CustomerID, in crm.StageChange) (crm.Customer, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Customer, error) {
		return crm.MoveCustomer(ctx, tx, id, in, 0)
	})
}

func (p person) move(t testing.TB, id crm.CustomerID, to string) crm.Customer {
	t.Helper()
	return must[crm.Customer](t)(p.tryMove(t, id, crm.StageChange{To: to, Reason: "because"}))
}

func (p person) tryList(t testing.TB, in crm.ListQuery) (crm.Page[crm.Customer], error) {
	t.Helper()
	return read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.Customer], error) {
		return crm.ListCustomers(ctx, q, in)
	})
}

func (p person) list(t testing.TB, in crm.ListQuery) crm.Page[crm.Customer] {
	t.Helper()
	return must[crm.Page[crm.Customer]](t)(p.tryList(t, in))
}

// names lists the names that a query finds, in alphabetical order.
func (p person) names(t testing.TB, in crm.ListQuery) []string {
	t.Helper()
	in.Limit = 200
	names := []string{}
	for _, c := range p.list(t, in).Data {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	return names
}

func (p person) tryLog(t testing.TB, in crm.NewInteraction) (crm.Interaction, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Interaction, error) {
		return crm.LogInteraction(ctx, tx, in)
	})
}

// logAt logs a call that happened at a time.
func (p person) logAt(t testing.TB, customer crm.CustomerID, at time.Time) crm.Interaction {
	t.Helper()
	return must[crm.Interaction](t)(p.tryLog(t, crm.NewInteraction{CustomerID: customer, Kind: "call", Summary: "talked", OccurredAt: &at}))
}

func (p person) tryTask(t testing.TB, in crm.NewTask) (crm.Task, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Task, error) { return crm.CreateTask(ctx, tx, in) })
}

func (p person) task(t testing.TB, in crm.NewTask) crm.Task {
	t.Helper()
	return must[crm.Task](t)(p.tryTask(t, in))
}

func (p person) tryUpdateTask(t testing.TB, id crm.TaskID, in crm.TaskPatch, version int64) (crm.Task, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Task, error) {
		return crm.UpdateTask(ctx, tx, id, in, version)
	})
}

func (p person) updateTask(t testing.TB, id crm.TaskID, in crm.TaskPatch) crm.Task {
	t.Helper()
	return must[crm.Task](t)(p.tryUpdateTask(t, id, in, 0))
}

func (p person) tasks(t testing.TB, filter string) []crm.Task {
	t.Helper()
	return must[crm.Page[crm.Task]](t)(read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.Task], error) {
		return crm.ListTasks(ctx, q, crm.ListQuery{Filter: filter, Limit: 200})
	})).Data
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
	db, err := sql.Open("mysql", w.Config.DSN+"?parseTime=true&loc=UTC")
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

// react lets the rules see every change of acme since the last call, as the relay does.
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
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error { return crm.React(t.Context(), tx, changes) }); err != nil {
		t.Fatal(err)
	}
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
