package tenant_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

var wide = tenant.Window{PerCompany: 100, PerLane: 100, Visible: time.Minute}

func ref(n int) tenant.RecordID { return tenant.RecordID{1, byte(n >> 8), byte(n)} }

func schedule(t testing.TB, i *tenanttest.Installation, c *tenanttest.Company, n int, lane tenant.RecordID, at time.Time) {
	t.Helper()
	write(t, i, c, func(tx *tenant.Tx) error { return tx.Schedule(t.Context(), "reminder", ref(n), lane, at) })
}

func claim(t testing.TB, i *tenanttest.Installation, w tenant.Window) []tenant.Due {
	t.Helper()
	all, err := mainCluster(t, i.Directory).Claim(t.Context(), "reminder", i.Now(), w)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// begin reports whether a handler of this task would go on, and lets it finish when it does.
func begin(t testing.TB, i *tenanttest.Installation, c *tenanttest.Company, d tenant.Due, finish bool) bool {
	t.Helper()
	var ok bool
	write(t, i, c, func(tx *tenant.Tx) (err error) {
		if ok, err = tx.Begin(t.Context(), d); !ok || !finish {
			return err
		}
		return tx.Unschedule(t.Context(), d.Kind, d.Ref)
	})
	return ok
}

func TestDueLife(t *testing.T) {
	i := tenanttest.Open(t)
	acme, globex := i.Company(t, "acme"), i.Company(t, "globex")
	noon := tenanttest.Start.Add(time.Hour)
	schedule(t, i, acme, 1, tenant.RecordID{}, noon)
	schedule(t, i, globex, 1, tenant.RecordID{}, noon) // the same record id elsewhere is other work

	i.Clock.Set(noon.Add(-time.Microsecond))
	if all := claim(t, i, wide); len(all) != 0 {
		t.Errorf("before its time: %+v", all)
	}
	i.Clock.Set(noon)
	all := claim(t, i, wide)
	if len(all) != 2 {
		t.Fatalf("at its time: %+v", all)
	}
	if again := claim(t, i, wide); len(again) != 0 {
		t.Errorf("handed out twice: %+v", again)
	}
	task := all[slices.IndexFunc(all, func(d tenant.Due) bool { return d.Company == acme.ID })]
	if task.Kind != "reminder" || task.Ref != ref(1) || !task.Lane.IsZero() || !task.At.Equal(noon) {
		t.Errorf("task: %+v", task)
	}
	if begin(t, i, globex, task, true) {
		t.Error("a task of one company began in another")
	}

	// Moved: the old task is stale, the new one comes at its time.
	schedule(t, i, acme, 1, tenant.RecordID{}, noon.Add(time.Hour))
	if begin(t, i, acme, task, true) {
		t.Error("a task began after its work was moved")
	}
	i.Clock.Set(noon.Add(59 * time.Second))
	if all := claim(t, i, wide); len(all) != 0 {
		t.Errorf("moved work came early: %+v", all)
	}
	i.Clock.Set(noon.Add(time.Hour))
	moved := claim(t, i, wide)
	moved = slices.DeleteFunc(moved, func(d tenant.Due) bool { return d.Company != acme.ID })
	if len(moved) != 1 || moved[0].Generation <= task.Generation {
		t.Fatalf("moved: %+v", moved)
	}
	if !begin(t, i, acme, moved[0], true) {
		t.Error("the task did not begin")
	}
	if begin(t, i, acme, moved[0], true) {
		t.Error("the task began again after its work was done")
	}

	// Unscheduled and scheduled anew: a task of the earlier life does not fit the new one.
	schedule(t, i, acme, 1, tenant.RecordID{}, noon)
	earlier := claim(t, i, wide)
	write(t, i, acme, func(tx *tenant.Tx) error { return tx.Unschedule(t.Context(), "reminder", ref(1)) })
	schedule(t, i, acme, 1, tenant.RecordID{}, noon)
	later := claim(t, i, wide)
	if len(earlier) != 1 || len(later) != 1 || begin(t, i, acme, earlier[0], false) || !begin(t, i, acme, later[0], false) {
		t.Errorf("earlier %+v, later %+v", earlier, later)
	}
}

func TestDueRollsBackWithItsCause(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	_ = i.Tx(t.Context(), acme.Company, ptr(tenant.System()), func(tx *tenant.Tx) error {
		if err := tx.Schedule(t.Context(), "reminder", ref(1), tenant.RecordID{}, tx.Now); err != nil {
			t.Error(err)
		}
		return errUndo
	})
	if all := claim(t, i, wide); len(all) != 0 {
		t.Errorf("work was left behind: %+v", all)
	}
}

func TestDueExpires(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	schedule(t, i, acme, 1, tenant.RecordID{}, i.Now())
	first := claim(t, i, wide)[0]
	i.Clock.Advance(wide.Visible - time.Second)
	if all := claim(t, i, wide); len(all) != 0 {
		t.Errorf("handed out again too early: %+v", all)
	}
	write(t, i, acme, func(tx *tenant.Tx) error { return tx.Extend(t.Context(), first, tx.Now.Add(time.Hour)) })
	i.Clock.Advance(time.Minute)
	if all := claim(t, i, wide); len(all) != 0 {
		t.Errorf("handed out again although it was extended: %+v", all)
	}
	i.Clock.Advance(time.Hour)
	second := claim(t, i, wide)
	if len(second) != 1 || second[0].Generation <= first.Generation || !second[0].At.Equal(first.At) {
		t.Fatalf("lost work: %+v after %+v", second, first)
	}
	write(t, i, acme, func(tx *tenant.Tx) error { return tx.Extend(t.Context(), first, tx.Now.Add(time.Hour)) }) // stale: no effect
	i.Clock.Advance(2 * wide.Visible)
	third := claim(t, i, wide)
	if len(third) != 1 || begin(t, i, acme, first, true) || begin(t, i, acme, second[0], true) || !begin(t, i, acme, third[0], true) {
		t.Errorf("third time: %+v", third)
	}
}

func TestClaimWindows(t *testing.T) {
	i := tenanttest.Open(t)
	acme, globex := i.Company(t, "acme"), i.Company(t, "globex")
	a, b, c := tenant.RecordID{0xa}, tenant.RecordID{0xb}, tenant.RecordID{0xc}
	for n := range 30 {
		schedule(t, i, acme, n, a, i.Now())
		schedule(t, i, acme, 100+n, b, i.Now())
	}
	schedule(t, i, acme, 200, c, i.Now())
	schedule(t, i, globex, 1, tenant.RecordID{}, i.Now())
	lanes := func(all []tenant.Due) map[string]int {
		n := map[string]int{}
		for _, d := range all {
			if d.Company == globex.ID {
				n["globex"]++
			} else {
				n[string("abc"[d.Lane[0]-0xa])]++
			}
		}
		return n
	}
	w := tenant.Window{PerCompany: 10, PerLane: 5, Visible: time.Minute}
	all := claim(t, i, w)
	got := lanes(all)
	if got["a"] > 5 || got["b"] > 5 || got["a"]+got["b"]+got["c"] > 10 || got["a"]+got["b"] < 7 || got["c"] != 1 || got["globex"] != 1 {
		t.Errorf("first: %v", got)
	}
	for _, d := range all {
		if d.Company == acme.ID {
			begin(t, i, acme, d, true)
		}
	}
	first := claim(t, i, w)
	if got := lanes(first); got["a"] != 5 || got["b"] != 5 {
		t.Errorf("second: %v", got)
	}
	if got := lanes(claim(t, i, w)); len(got) != 0 {
		t.Errorf("over the window: %v", got)
	}
	// One place is free and busy lanes have older work, yet the idle lane's single row is next.
	schedule(t, i, acme, 201, c, i.Now())
	begin(t, i, acme, first[0], true)
	if got := lanes(claim(t, i, w)); got["c"] != 1 || len(got) != 1 {
		t.Errorf("one free place: %v, want c", got)
	}
	// Everything that was handed out is lost: no more than the windows comes again.
	i.Clock.Advance(time.Hour)
	got = lanes(claim(t, i, w))
	if got["a"]+got["b"]+got["c"] > 10 || got["a"] > 5 || got["b"] > 5 || got["globex"] != 1 {
		t.Errorf("after all was lost: %v", got)
	}
}

func TestSuspendedWorkWaits(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	schedule(t, i, acme, 1, tenant.RecordID{}, i.Now())
	schedule(t, i, acme, 2, tenant.RecordID{}, i.Now().Add(time.Minute))
	if all := claim(t, i, wide); len(all) != 1 {
		t.Fatalf("got %+v", all)
	}
	if err := i.SetStatus(t.Context(), acme.ID, tenant.Suspended); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		i.Clock.Advance(time.Hour)
		if all := claim(t, i, wide); len(all) != 0 {
			t.Errorf("handed out while suspended: %+v", all)
		}
	}
	if err := i.SetStatus(t.Context(), acme.ID, tenant.Active); err != nil {
		t.Fatal(err)
	}
	if all := claim(t, i, wide); len(all) != 2 {
		t.Errorf("resumed: got %+v, want both", all)
	}
}

// Two who claim at once share the work; nothing is handed out twice in the same generation.
func TestClaimAtOnce(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	const rows = 60
	write(t, i, acme, func(tx *tenant.Tx) error {
		for n := range rows {
			if err := tx.Schedule(t.Context(), "reminder", ref(n), tenant.RecordID{byte(n % 3)}, tx.Now); err != nil {
				return err
			}
		}
		return nil
	})
	cluster := mainCluster(t, i.Directory)
	var mu sync.Mutex
	seen := map[tenant.RecordID]int{}
	var group errgroup.Group
	for range 4 {
		group.Go(func() error {
			for {
				all, err := cluster.Claim(t.Context(), "reminder", i.Now(), tenant.Window{PerCompany: rows, PerLane: rows, Visible: time.Hour})
				if err != nil || len(all) == 0 {
					return err
				}
				mu.Lock()
				for _, d := range all {
					seen[d.Ref]++
				}
				mu.Unlock()
			}
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for r, n := range seen {
		if n != 1 {
			t.Errorf("%s was handed out %d times", r, n)
		}
	}
	if len(seen) != rows {
		t.Errorf("%d of %d were handed out", len(seen), rows)
	}
}

// TestClaimPlans asserts that finding lanes costs as much as there are lanes, in a table of 100,000 rows.
func TestClaimPlans(t *testing.T) {
	i := tenanttest.Open(t)
	cluster := mainCluster(t, i.Directory)
	conn, err := cluster.Pool().Connx(t.Context()) // status counters belong to a connection
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	run := func(statement string, args ...any) {
		t.Helper()
		if _, err := conn.ExecContext(t.Context(), cluster.Qualify(statement), args...); err != nil {
			t.Fatal(err)
		}
	}
	const digits = `(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
		UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)`
	run(`INSERT INTO cluster.due (company_id, kind, ref, lane, due_at, claimed, expires_at, generation)
		SELECT UNHEX(MD5(n % 100)), 'reminder', UNHEX(MD5(CONCAT('r', n))), UNHEX(MD5(n % 200)), ?, n % 100 = 0, ?, 1
		FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n FROM `+
		strings.Join([]string{digits + " a", digits + " b", digits + " c", digits + " e", digits + " f"}, ",")+`) numbers`, i.Now(), i.Now())
	run(`ANALYZE TABLE cluster.due`)

	explain := func(statement string, args ...any) (key, extra string) {
		t.Helper()
		row := map[string]any{}
		if err := conn.QueryRowxContext(t.Context(), "EXPLAIN "+cluster.Qualify(statement), args...).MapScan(row); err != nil {
			t.Fatal(err)
		}
		text := func(v any) string { b, _ := v.([]byte); return string(b) }
		return text(row["key"]), text(row["Extra"])
	}
	if key, extra := explain(tenant.DueLanesStatement, "reminder"); key != "due_by_lane" || !strings.Contains(extra, "Using index for group-by") || strings.Contains(extra, "temporary") {
		t.Errorf("lanes: key %s, %s", key, extra)
	}
	if key, extra := explain(tenant.ExpiredStatement, "reminder", i.Now()); key != "due_by_expiry" || strings.Contains(extra, "filesort") {
		t.Errorf("expired: key %s, %s", key, extra)
	}
	if key, extra := explain(`SELECT company_id FROM cluster.outbox GROUP BY company_id`); key != "outbox_turn" || strings.Contains(extra, "temporary") {
		t.Errorf("waiting: key %s, %s", key, extra)
	}
	run(`FLUSH STATUS`)
	var lanes []struct {
		Company tenant.CompanyID `db:"company_id"`
		Lane    []byte           `db:"lane"`
		First   time.Time        `db:"first"`
	}
	if err := conn.SelectContext(t.Context(), &lanes, cluster.Qualify(tenant.DueLanesStatement), "reminder"); err != nil {
		t.Fatal(err)
	}
	var reads int
	if err := conn.GetContext(t.Context(), &reads, `SELECT CAST(SUM(variable_value) AS SIGNED) FROM information_schema.session_status
		WHERE variable_name IN ('Handler_read_first', 'Handler_read_key', 'Handler_read_next', 'Handler_read_prev')`); err != nil {
		t.Fatal(err)
	}
	if len(lanes) < 190 || reads > 3*len(lanes) {
		t.Errorf("%d index reads for %d lanes among 100,000 rows", reads, len(lanes))
	}
}
