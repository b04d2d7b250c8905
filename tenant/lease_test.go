package tenant_test

import (
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

func TestLease(t *testing.T) {
	i := tenanttest.Open(t)
	cluster := mainCluster(t, i.Directory)
	take := func(l *tenant.Lease, want bool) {
		t.Helper()
		if got, err := l.Take(t.Context()); got != want || err != nil {
			t.Errorf("take: got %v, %v, want %v", got, err, want)
		}
	}
	release := func(l *tenant.Lease) {
		t.Helper()
		if err := l.Release(t.Context()); err != nil {
			t.Error(err)
		}
	}
	a, b := cluster.Lease("relay", "a", time.Hour), cluster.Lease("relay", "b", time.Hour)
	take(a, true)
	take(b, false)
	take(a, true) // renewed
	release(b)    // not theirs to give up
	take(b, false)
	i.Clock.Advance(48 * time.Hour) // a test's clock does not end a lease
	take(b, false)
	release(a)
	take(b, true)
	take(a, false)
	take(cluster.Lease("dispatch", "a", time.Hour), true) // another lease of the same cluster

	release(b)
	take(cluster.Lease("relay", "brief", time.Millisecond), true)
	deadline := time.Now().Add(10 * time.Second)
	for {
		taken, err := a.Take(t.Context())
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("an expired lease was not to be had: %v", err)
		}
		if taken {
			break
		}
	}
	if ok, err := cluster.Lease("nonsense", "a", time.Hour).Take(t.Context()); ok || err == nil {
		t.Errorf("a lease that does not exist: %v, %v", ok, err)
	}
}

// A relay that has lost its lease turns away without touching anything, and one that runs keeps the lease
// from changing hands under it.
func TestLeaseHoldsWithinRelay(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	cluster := mainCluster(t, i.Directory)
	write(t, i, acme, func(tx *tenant.Tx) error { return tx.Emit(t.Context(), created(1)) })
	brief := cluster.Lease("relay", "brief", time.Millisecond)
	if ok, err := brief.Take(t.Context()); !ok || err != nil {
		t.Fatal(ok, err)
	}
	other := cluster.Lease("relay", "other", time.Hour)
	taken := make(chan error, 1)
	n, err := cluster.Relay(t.Context(), brief, acme.Company, func(*tenant.Tx, []tenant.Change) error {
		go func() {
			ok := false
			var err error
			for !ok && err == nil { // until the brief one has expired
				ok, err = other.Take(t.Context())
			}
			taken <- err
		}()
		i.WaitForLock(t, i.Config.Prefix+"_cluster", "leases")
		select {
		case err := <-taken:
			t.Errorf("the lease changed hands within a turn: %v", err)
			taken <- err
		default:
		}
		return nil
	})
	if n != 1 || err != nil {
		t.Errorf("relayed %d, %v", n, err)
	}
	if err := <-taken; err != nil {
		t.Fatal(err)
	}
	write(t, i, acme, func(tx *tenant.Tx) error { return tx.Emit(t.Context(), created(2)) })
	if n, err := cluster.Relay(t.Context(), brief, acme.Company, func(*tenant.Tx, []tenant.Change) error {
		t.Error("planned without the lease")
		return nil
	}); n != 0 || err != nil {
		t.Errorf("without the lease: %d, %v", n, err)
	}
	if n := inCluster(t, i, `SELECT COUNT(*) FROM cluster.outbox`); n != 1 {
		t.Errorf("outbox: %d rows, want 1", n)
	}
}
