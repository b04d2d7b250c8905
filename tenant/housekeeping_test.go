package tenant_test

import (
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

func TestHousekeepingComesOnceADay(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	cluster := mainCluster(t, i.Directory)
	var times []time.Time
	for range 3 {
		all, err := cluster.Claim(t.Context(), tenant.HousekeepingWork, i.Now(), wide)
		if err != nil || len(all) != 0 {
			t.Errorf("at once: %v, %v", all, err)
		}
		i.Clock.Advance(24 * time.Hour)
		if all, err = cluster.Claim(t.Context(), tenant.HousekeepingWork, i.Now(), wide); err != nil || len(all) != 1 {
			t.Fatalf("a day later: %v, %v", all, err)
		}
		times = append(times, all[0].At)
		i.Clock.Set(all[0].At)
		write(t, i, acme, func(tx *tenant.Tx) error { return tenant.ScheduleHousekeeping(t.Context(), tx) })
	}
	for n := 1; n < len(times); n++ {
		if got := times[n].Sub(times[n-1]); got != 24*time.Hour {
			t.Errorf("%s between two", got)
		}
	}
}

func TestPurge(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	cluster := mainCluster(t, i.Directory)
	emit := func(n int) {
		write(t, i, acme, func(tx *tenant.Tx) error {
			for k := range n {
				if err := tx.Emit(t.Context(), created(k)); err != nil {
					return err
				}
			}
			r := tenant.IdempotentRequest{Scope: "s", Key: tx.Now.String()}
			_, _, err := tx.Recall(t.Context(), r)
			return err
		})
	}
	purge := func(limit int) (n int) {
		t.Helper()
		write(t, i, acme, func(tx *tenant.Tx) (err error) {
			n, err = tenant.Purge(t.Context(), tx, limit)
			return err
		})
		return n
	}
	left := func() [2]int {
		return [2]int{count(t, i, acme, `SELECT COUNT(*) FROM company.changes`), count(t, i, acme, `SELECT COUNT(*) FROM company.idempotency_keys`)}
	}
	emit(7)
	if n, err := cluster.Relay(t.Context(), held(t, cluster, "me"), acme.Company, noPlan); n != 7 || err != nil {
		t.Fatal(n, err)
	}
	emit(2) // not relayed yet
	i.Clock.Advance(25 * time.Hour)
	emit(1)
	if n := purge(100); n != 1 || left() != [2]int{10, 1} {
		t.Errorf("after a day: removed %d, left %v", n, left())
	}
	i.Clock.Advance(90 * 24 * time.Hour)
	for _, days := range []int64{365, -1} { // the plan keeps the audit log longer
		caller := tenant.System()
		caller.Limits = map[tenant.Quota]int64{"audit_days": days}
		if err := i.Tx(t.Context(), acme.Company, &caller, func(tx *tenant.Tx) error {
			_, err := tenant.Purge(t.Context(), tx, 100)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got := left(); got[0] != 10 {
			t.Errorf("a plan of %d days keeps %d changes, want 10", days, got[0])
		}
	}
	for step, want := range []int{4, 3, 0} {
		if n := purge(4); n != want {
			t.Errorf("step %d: removed %d, want %d", step, n, want)
		}
	}
	if got := left(); got != [2]int{3, 0} {
		t.Errorf("left %v, want the three that still wait for the relay", got)
	}
}
