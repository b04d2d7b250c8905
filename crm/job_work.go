package crm

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// jobWork is how a kind of job is done: one pass after the other.
type jobWork struct {
	kind string
	// permission is what the whole takes; each record is looked at by the caller's scope besides.
	permission tenant.Permission
	// check examines what was asked for, by whoever starts the job.
	check  func(context.Context, *tenant.Tx) error
	passes []jobPass
}

// jobPass goes through records of one kind in the order of their ids.
type jobPass struct {
	alias string
	// since is the column of what made a record part of the work; created_at when it is empty.
	since string
	// rows says which records there are to change now.
	rows func(context.Context, *tenant.Query) (from string, where list.Condition, err error)
	// share is the SQL of what decides who of several receivers gets a record; the record's id when it is empty.
	share string
	// run changes some of them.
	run func(context.Context, *tenant.Tx, []jobRow) (BulkResult, error)
}

// jobRow is a record that a pass has come to.
type jobRow struct {
	ID    tenant.RecordID `db:"id"`
	Share tenant.RecordID `db:"share"`
}

// work returns how the task is done now.
func (t *JobTask) work(now time.Time) (jobWork, error) {
	var all []jobWork
	if in := t.Customers; in != nil {
		all = append(all, bulkJob("customers", "c", in.permission(), in.IDs, in.Matching, planCustomers, in.check, func(ctx context.Context, tx *tenant.Tx, ids []CustomerID) (BulkResult, error) {
			some := *in
			some.IDs, some.Matching = ids, nil
			return ChangeCustomers(ctx, tx, some)
		}))
	}
	if in := t.Contacts; in != nil {
		all = append(all, bulkJob("contacts", "p", in.permission(), in.IDs, in.Matching, planAllContacts, in.check, func(ctx context.Context, tx *tenant.Tx, ids []ContactID) (BulkResult, error) {
			some := *in
			some.IDs, some.Matching = ids, nil
			return ChangeContacts(ctx, tx, some)
		}))
	}
	if in := t.Deals; in != nil {
		all = append(all, bulkJob("deals", "d", in.permission(), in.IDs, in.Matching, planDeals, in.check, func(ctx context.Context, tx *tenant.Tx, ids []DealID) (BulkResult, error) {
			some := *in
			some.IDs, some.Matching = ids, nil
			return ChangeDeals(ctx, tx, some)
		}))
	}
	if in := t.Tasks; in != nil {
		check := func(context.Context, *tenant.Tx) error { return in.check() }
		all = append(all, bulkJob("tasks", "t", in.permission(), in.IDs, in.Matching, planTasks, check, func(ctx context.Context, tx *tenant.Tx, ids []TaskID) (BulkResult, error) {
			some := *in
			some.IDs, some.Matching = ids, nil
			return ChangeTasks(ctx, tx, some)
		}))
	}
	if in := t.Trash; in != nil {
		work, err := in.work()
		if err != nil {
			return jobWork{}, err
		}
		all = append(all, work)
	}
	if t.HandOver != nil {
		all = append(all, t.HandOver.work(now))
	}
	if len(all) != 1 {
		return jobWork{}, tenant.Invalid("customers", "required", "name what to change: one of customers, contacts, deals, tasks and trash")
	}
	return all[0], nil
}

// bulkJob makes a job of a change of many: the same change, of some at a time.
func bulkJob[K tenant.Kind](kind, alias string, p tenant.Permission, ids []tenant.ID[K], matching *BulkSelection, plan planner,
	check func(context.Context, *tenant.Tx) error, change func(context.Context, *tenant.Tx, []tenant.ID[K]) (BulkResult, error),
) jobWork {
	return jobWork{
		kind: kind, permission: p,
		check: func(ctx context.Context, tx *tenant.Tx) error {
			switch {
			case !tx.Caller.May(p):
				return fmt.Errorf("%s: %w", p, tenant.ErrDenied)
			case len(ids) > 0 || matching == nil:
				return tenant.Invalid(kind+".matching", "required", "says which "+kind+"; ids are for up to 500, without a job")
			}
			return check(ctx, tx)
		},
		passes: []jobPass{{
			alias: alias,
			rows: func(ctx context.Context, q *tenant.Query) (string, list.Condition, error) {
				found, err := plan(ctx, q, ListQuery{Filter: matching.Filter, Q: matching.Q})
				if err != nil {
					return "", list.Condition{}, err
				}
				found.UseIndex("") // the order of ids is the table's own
				return found.From(), found.Conditions(), nil
			},
			run: func(ctx context.Context, tx *tenant.Tx, rows []jobRow) (BulkResult, error) {
				some := make([]tenant.RecordID, len(rows))
				for i, r := range rows {
					some[i] = r.ID
				}
				return change(ctx, tx, idsOf[K](some))
			},
		}},
	}
}

// where narrows to the records that were there when the job was started.
func (p jobPass) where(ctx context.Context, q *tenant.Query, j Job) (from string, where list.Condition, err error) {
	from, where, err = p.rows(ctx, q)
	return from, list.All(where, list.Condition{SQL: p.alias + "." + cmp.Or(p.since, "created_at") + " <= ?", Args: []any{j.CreatedAt}}), err
}

func (p jobPass) count(ctx context.Context, q *tenant.Query, j Job) (n int, err error) {
	from, where, err := p.where(ctx, q, j)
	if err != nil {
		return 0, err
	}
	return n, q.Get(ctx, &n, `SELECT COUNT(*) FROM `+from+` WHERE `+where.SQL, where.Args...)
}

// batch returns the next records of the pass.
func (p jobPass) batch(ctx context.Context, q *tenant.Query, j Job) ([]jobRow, error) {
	from, where, err := p.where(ctx, q, j)
	if err != nil {
		return nil, err
	}
	share := p.alias + ".id"
	if p.share != "" {
		share = p.share
	}
	where = list.All(where, list.Condition{SQL: p.alias + ".id > ?", Args: []any{j.Position[:]}})
	var rows []jobRow
	return rows, q.Select(ctx, &rows, fmt.Sprintf(`SELECT %[1]s.id, %[2]s AS share FROM %[3]s WHERE %[4]s ORDER BY %[1]s.id LIMIT %[5]d`,
		p.alias, share, from, where.SQL, jobBatch), where.Args...)
}
