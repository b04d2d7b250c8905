package tenant_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

func created(n int) tenant.Event {
	return tenant.Event{Type: "customer.created", Resource: "customer", Record: tenant.RecordID{byte(n >> 8), byte(n), 1}, Data: map[string]int{"n": n}}
}

// held returns the relay's lease, taken.
func held(t testing.TB, c *tenant.Cluster, holder string) *tenant.Lease {
	t.Helper()
	lease := c.Lease("relay", holder, time.Hour)
	if ok, err := lease.Take(t.Context()); !ok || err != nil {
		t.Fatalf("lease: %v, %v", ok, err)
	}
	return lease
}

func noPlan(*tenant.Tx, []tenant.Change) error { return nil }

func TestChangeKeepsTheEvent(t *testing.T) {
	i := tenanttest.Open(t)
	acme, globex := i.Company(t, "acme"), i.Company(t, "globex")
	record := tenant.RecordID{7}
	caller := acme.As(acme.Rep, tenant.LevelOwn)
	emit := func(e tenant.Event, quiet bool) {
		t.Helper()
		if err := i.Tx(t.Context(), acme.Company, caller, func(tx *tenant.Tx) error {
			if quiet {
				return tx.EmitQuiet(t.Context(), e)
			}
			return tx.Emit(t.Context(), e)
		}); err != nil {
			t.Fatal(err)
		}
	}
	emit(tenant.Event{
		Type: "customer.updated", Resource: "customer", Record: record, OwnerBefore: acme.Rep, OwnerAfter: acme.Rep2,
		Data: map[string]string{"name": "关系"}, Previous: map[string]string{"name": "x"},
	}, false)
	emit(tenant.Event{Type: "customer.deleted", Resource: "customer", Record: record}, true)
	cluster := mainCluster(t, i.Directory)
	var seen []tenant.Change
	n, err := cluster.Relay(t.Context(), held(t, cluster, "me"), acme.Company, func(_ *tenant.Tx, all []tenant.Change) error {
		seen = slices.Clone(all)
		return nil
	})
	if n != 2 || err != nil {
		t.Fatalf("relayed %d, %v", n, err)
	}
	first, second := seen[0], seen[1]
	if first.Seq != 1 || first.Type != "customer.updated" || first.Record != record || first.OwnerBefore != acme.Rep ||
		first.OwnerAfter != acme.Rep2 || first.Actor != acme.Rep || first.ActorKind != tenant.ByMember || first.Quiet ||
		string(first.Data) != `{"name":"关系"}` || string(first.Previous) != `{"name":"x"}` || !first.CreatedAt.Equal(tenanttest.Start) {
		t.Errorf("first: %+v", first)
	}
	if second.Seq != 2 || !second.Quiet || !second.OwnerAfter.IsZero() || string(second.Data) != "null" || string(second.Previous) != "null" {
		t.Errorf("second: %+v", second)
	}
	read := func(c *tenanttest.Company, fn func(*tenant.Query) error) error {
		return i.Read(t.Context(), c.Company, caller, fn)
	}
	if err := read(acme, func(q *tenant.Query) error {
		one, err := tenant.ChangeByEvent(t.Context(), q, first.EventID)
		if err != nil || one.Seq != 1 || one.ID != first.ID {
			t.Errorf("by event: %+v, %v", one, err)
		}
		rest, err := tenant.ChangesAfter(t.Context(), q, 1, 10)
		if err != nil || len(rest) != 1 || rest[0].EventID != second.EventID {
			t.Errorf("after 1: %+v, %v", rest, err)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if err := read(globex, func(q *tenant.Query) error {
		_, err := tenant.ChangeByEvent(t.Context(), q, first.EventID)
		return err
	}); !errors.Is(err, tenant.ErrNotFound) {
		t.Errorf("from another company: got %v, want ErrNotFound", err)
	}
	if err := i.Tx(t.Context(), acme.Company, caller, func(tx *tenant.Tx) error {
		return tx.Emit(t.Context(), tenant.Event{Type: "x", Resource: "x", Record: record, Data: make(chan int)})
	}); err == nil {
		t.Error("data that JSON cannot hold was accepted")
	}
}

// TestSeqHasNoGaps lets many writers commit late and out of order while two processes compete for the relay.
func TestSeqHasNoGaps(t *testing.T) {
	i := tenanttest.Open(t)
	companies := []*tenanttest.Company{i.Company(t, "acme"), i.Company(t, "globex")}
	const writers, each = 16, 50
	var mu sync.Mutex
	wrote := map[tenant.CompanyID]int{}

	group, ctx := errgroup.WithContext(t.Context())
	for w := range writers {
		group.Go(func() error {
			for n := range each {
				c, keep := companies[(w+n)%2], n%5 != 0
				err := i.Tx(ctx, c.Company, ptr(tenant.System()), func(tx *tenant.Tx) error {
					for range 1 + n%3 {
						if err := tx.Emit(ctx, created(n)); err != nil {
							return err
						}
					}
					time.Sleep(rand.N(3 * time.Millisecond)) // commits come in another order than inserts
					if !keep {
						return errUndo
					}
					return nil
				})
				if err != nil && !errors.Is(err, errUndo) {
					return err
				}
				if keep {
					mu.Lock()
					wrote[c.ID] += 1 + n%3
					mu.Unlock()
				}
			}
			return nil
		})
	}
	written := make(chan struct{})
	planned := make(chan plannedEvent, 4*writers*each)
	var relays errgroup.Group
	for r := range 2 {
		d, _ := openThrough(t, i) // another process has other connections
		relays.Go(func() error {
			return relayUntilEmpty(t.Context(), d, r, companies, written, planned)
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	close(written)
	if err := relays.Wait(); err != nil {
		t.Fatal(err)
	}
	close(planned)

	bySeq := map[tenant.CompanyID]map[int64]tenant.EventID{}
	holders := map[string]int{}
	for p := range planned {
		if bySeq[p.company] == nil {
			bySeq[p.company] = map[int64]tenant.EventID{}
		}
		if _, twice := bySeq[p.company][p.seq]; twice {
			t.Errorf("seq %d was planned twice", p.seq)
		}
		bySeq[p.company][p.seq] = p.event
		holders[p.holder]++
	}
	for _, c := range companies {
		var all []tenant.Change
		if err := i.Read(t.Context(), c.Company, ptr(tenant.System()), func(q *tenant.Query) (err error) {
			all, err = tenant.ChangesAfter(t.Context(), q, 0, 10_000)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if len(all) != wrote[c.ID] || len(bySeq[c.ID]) != wrote[c.ID] {
			t.Errorf("%s: %d written, %d stamped, %d planned", c.Name, wrote[c.ID], len(all), len(bySeq[c.ID]))
		}
		for n, change := range all {
			if change.Seq != int64(n+1) || bySeq[c.ID][change.Seq] != change.EventID {
				t.Fatalf("%s: change %d has seq %d", c.Name, n, change.Seq)
			}
		}
		if n := count(t, i, c, `SELECT COUNT(*) FROM company.changes WHERE seq IS NULL`); n != 0 {
			t.Errorf("%s: %d changes were never stamped", c.Name, n)
		}
	}
	if n := inCluster(t, i, `SELECT COUNT(*) FROM cluster.outbox`); n != 0 {
		t.Errorf("%d rows are left in the outbox", n)
	}
	if len(holders) != 2 {
		t.Errorf("only %v relayed: the lease never changed hands", holders)
	}
}

var errUndo = errors.New("undo")

func ptr[T any](v T) *T { return &v }

type plannedEvent struct {
	company tenant.CompanyID
	seq     int64
	event   tenant.EventID
	holder  string
}

// relayUntilEmpty relays while it holds the lease, gives it up and sits out now and then, the two not at the
// same time, and ends when all is written and nothing waits.
func relayUntilEmpty(ctx context.Context, d *tenant.Directory, number int, companies []*tenanttest.Company, written <-chan struct{}, planned chan<- plannedEvent) error {
	cluster, err := d.Cluster(ctx, "main")
	if err != nil {
		return err
	}
	holder := fmt.Sprint("relay ", number)
	lease := cluster.Lease("relay", holder, time.Second)
	for turn := number; ; turn++ {
		done := false
		select {
		case <-written:
			done = true
		default:
		}
		if turn%2 == 0 { // else it sits out, and must be turned away
			if _, err := lease.Take(ctx); err != nil {
				return err
			}
		}
		for _, c := range companies {
			var plans []plannedEvent
			n, err := cluster.Relay(ctx, lease, c.Company, func(_ *tenant.Tx, all []tenant.Change) error {
				plans = plans[:0]
				for _, change := range all {
					plans = append(plans, plannedEvent{c.ID, change.Seq, change.EventID, holder})
				}
				return nil
			})
			if err != nil {
				return err
			}
			for _, p := range plans[:min(n, len(plans))] {
				planned <- p
			}
		}
		if turn%2 == 0 {
			if err := lease.Release(ctx); err != nil {
				return err
			}
		}
		waiting, err := cluster.Waiting(ctx)
		if err != nil {
			return err
		}
		if done && len(waiting) == 0 {
			return lease.Release(ctx)
		}
	}
}

func TestRelayPlansInItsTransaction(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	cluster := mainCluster(t, i.Directory)
	lease := held(t, cluster, "me")
	write(t, i, acme, func(tx *tenant.Tx) error { return tx.Emit(t.Context(), created(1)) })
	plan := func(end error) (int, error) {
		return cluster.Relay(t.Context(), lease, acme.Company, func(tx *tenant.Tx, all []tenant.Change) error {
			if len(all) != 1 || all[0].Seq != 1 {
				t.Errorf("planned %+v", all)
			}
			if _, err := tx.Exec(t.Context(), insertTag, "planned", 1); err != nil {
				return err
			}
			return end
		})
	}
	if n, err := plan(errUndo); n != 0 || !errors.Is(err, errUndo) {
		t.Errorf("a plan that fails: %d, %v", n, err)
	}
	if n := count(t, i, acme, `SELECT COUNT(*) FROM company.changes WHERE seq IS NOT NULL`) + count(t, i, acme, countTag, "planned"); n != 0 {
		t.Errorf("a plan that failed left %d rows", n)
	}
	if n, err := plan(nil); n != 1 || err != nil {
		t.Errorf("the second try: %d, %v", n, err)
	}
	if n := count(t, i, acme, countTag, "planned"); n != 1 {
		t.Errorf("%d rows were planned, want 1", n)
	}
	if n, err := cluster.Relay(t.Context(), lease, acme.Company, noPlan); n != 0 || err != nil {
		t.Errorf("nothing waits: %d, %v", n, err)
	}
}

// A pointer with a smaller id that is committed later is not swept away with those around it.
func TestRelayDeletesById(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	cluster := mainCluster(t, i.Directory)
	lease := held(t, cluster, "me")
	write(t, i, acme, func(late *tenant.Tx) error {
		if err := late.Emit(t.Context(), created(1)); err != nil {
			return err
		}
		write(t, i, acme, func(tx *tenant.Tx) error { return tx.Emit(t.Context(), created(2)) })
		if n, err := cluster.Relay(t.Context(), lease, acme.Company, noPlan); n != 1 || err != nil {
			t.Errorf("relayed %d, %v, want the one that is committed", n, err)
		}
		return nil
	})
	if n, err := cluster.Relay(t.Context(), lease, acme.Company, noPlan); n != 1 || err != nil {
		t.Errorf("relayed %d, %v, want the late one", n, err)
	}
	if n := count(t, i, acme, `SELECT COUNT(*) FROM company.changes WHERE seq IN (1, 2)`); n != 2 {
		t.Errorf("%d of 2 are stamped", n)
	}
}

func TestRelayIsFair(t *testing.T) {
	i := tenanttest.Open(t)
	acme, globex := i.Company(t, "acme"), i.Company(t, "globex")
	cluster := mainCluster(t, i.Directory)
	lease := held(t, cluster, "me")
	const flood = 5000
	for range 10 {
		write(t, i, acme, func(tx *tenant.Tx) error {
			for n := range flood / 10 {
				if err := tx.Emit(t.Context(), created(n)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	write(t, i, globex, func(tx *tenant.Tx) error { return tx.Emit(t.Context(), created(1)) })

	waiting, err := cluster.Waiting(t.Context())
	if err != nil || len(waiting) != 2 {
		t.Fatalf("waiting: %v, %v", waiting, err)
	}
	for turn := range waiting { // one round: every company has one turn
		company, err := i.Directory.Company(t.Context(), waiting[turn])
		if err != nil {
			t.Fatal(err)
		}
		want := tenant.RelayTurn
		if company.ID == globex.ID {
			want = 1
		}
		if n, err := cluster.Relay(t.Context(), lease, company, noPlan); n != want || err != nil {
			t.Errorf("%s: relayed %d, %v, want %d", company.Name, n, err, want)
		}
	}
	turns := 1
	for n := tenant.RelayTurn; n > 0; turns++ {
		if n, err = cluster.Relay(t.Context(), lease, acme.Company, noPlan); err != nil {
			t.Fatal(err)
		}
	}
	if want := flood/tenant.RelayTurn + 1; turns != want {
		t.Errorf("%d turns, want %d", turns, want)
	}
	if n := count(t, i, acme, `SELECT MAX(seq) FROM company.changes`); n != flood {
		t.Errorf("last seq %d, want %d", n, flood)
	}
}
