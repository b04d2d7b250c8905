package tenant_test

import (
	"context"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

func TestWorkIsScheduledBegunAndRemovedTogether(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	cluster, err := i.Cluster(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	system := tenant.System()
	in := func(fn func(*tenant.Tx) error) {
		t.Helper()
		if err := i.Tx(context.Background(), acme.Company, &system, fn); err != nil {
			t.Fatal(err)
		}
	}
	lane := tenant.RecordID(tenant.NewMemberID())
	work := make([]tenant.Due, 5)
	for n := range work {
		work[n] = tenant.Due{Ref: tenant.RecordID(tenant.NewMemberID()), Lane: lane, At: i.Clock.Now()}
	}
	claim := func() []tenant.Due {
		t.Helper()
		due, err := cluster.Claim(t.Context(), "chore", i.Clock.Now(), tenant.Window{PerCompany: 10, PerLane: 10, Visible: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		return due
	}
	in(func(tx *tenant.Tx) error { return tx.ScheduleAll(t.Context(), "chore", work) })
	due := claim()
	if len(due) != 5 || due[0].Lane != lane {
		t.Fatalf("claimed %+v", due)
	}
	stale := due[1]
	stale.Generation--
	in(func(tx *tenant.Tx) error {
		mine, err := tx.BeginAll(t.Context(), "chore", []tenant.Due{due[0], stale, due[2], {Ref: tenant.RecordID(tenant.NewMemberID())}})
		if err != nil {
			return err
		}
		if len(mine) != 2 || mine[0].Ref != due[0].Ref || mine[1].Ref != due[2].Ref {
			t.Errorf("begun %+v", mine)
		}
		return tx.UnscheduleAll(t.Context(), "chore", []tenant.RecordID{due[0].Ref, due[1].Ref, due[2].Ref})
	})
	in(func(tx *tenant.Tx) error { return tx.ScheduleAll(t.Context(), "chore", work[3:]) }) // moves what is there
	if again := claim(); len(again) != 2 || again[0].Generation <= due[3].Generation && again[1].Generation <= due[3].Generation {
		t.Errorf("claimed again %+v", again)
	}
	in(func(tx *tenant.Tx) error {
		mine, err := tx.BeginAll(t.Context(), "chore", nil)
		if len(mine) != 0 || err != nil {
			t.Errorf("nothing to begin: %v, %v", mine, err)
		}
		return tx.UnscheduleAll(t.Context(), "chore", nil)
	})
}

func TestPurgingKeepsWhatIsYoungOrWaits(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	system := tenant.System()
	in := func(fn func(*tenant.Tx) error) {
		t.Helper()
		if err := i.Tx(context.Background(), acme.Company, &system, fn); err != nil {
			t.Fatal(err)
		}
	}
	emit := func() {
		in(func(tx *tenant.Tx) error {
			if _, _, err := tx.Recall(t.Context(), tenant.IdempotentRequest{Scope: "s", Key: i.Clock.Now().String()}); err != nil {
				return err
			}
			return tx.Emit(t.Context(), tenant.Event{Type: "thing.made", Resource: "thing", Record: tenant.RecordID(tenant.NewMemberID())})
		})
	}
	emit()
	i.Clock.Advance(time.Hour)
	emit()
	in(func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE company.changes SET seq = 1 ORDER BY id LIMIT 1`)
		return err
	})
	i.Clock.Advance(91 * 24 * time.Hour)
	emit()
	count := func(table string) (n int) {
		in(func(tx *tenant.Tx) error { return tx.Get(t.Context(), &n, `SELECT COUNT(*) FROM `+table) })
		return n
	}
	var first, second int
	in(func(tx *tenant.Tx) (err error) { first, err = tenant.Purge(t.Context(), tx, 1); return err })
	in(func(tx *tenant.Tx) (err error) { second, err = tenant.Purge(t.Context(), tx, 10); return err })
	if first != 1 || second != 1 {
		t.Errorf("purged %d and %d", first, second)
	}
	if n := count("company.changes"); n != 2 {
		t.Errorf("%d changes left, want the young one and the one that was not relayed", n)
	}
	if n := count("company.idempotency_keys"); n != 1 {
		t.Errorf("%d idempotency keys left, want the young one", n)
	}
}
