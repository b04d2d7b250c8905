package crm_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

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
		return crm.LogInteraction(ctx, tx, in, p.w.callerOf)
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
