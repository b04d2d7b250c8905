package tenant_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

func TestBulk(t *testing.T) {
	i := tenanttest.Open(t)
	acme, globex := i.Company(t, "acme"), i.Company(t, "globex")
	const rows = 4500 // more than two statements
	write(t, i, acme, func(tx *tenant.Tx) error {
		bulk := tx.Bulk(`INSERT INTO company.counters (name, value) VALUES`, 2, `ON DUPLICATE KEY UPDATE value = value + VALUES(value)`)
		for n := range rows + 10 {
			if err := bulk.Add(t.Context(), fmt.Sprint("bulk-", n%rows), 1); err != nil {
				return err
			}
		}
		return errors.Join(bulk.Flush(t.Context()), bulk.Flush(t.Context()))
	})
	for c, want := range map[*tenanttest.Company][2]int{acme: {rows, rows + 10}, globex: {0, 0}} {
		if n := count(t, i, c, `SELECT COUNT(*) FROM company.counters WHERE name LIKE 'bulk-%'`); n != want[0] {
			t.Errorf("%s: %d rows, want %d", c.Name, n, want[0])
		}
		if n := count(t, i, c, `SELECT COALESCE(SUM(value), 0) FROM company.counters WHERE name LIKE 'bulk-%'`); n != want[1] {
			t.Errorf("%s: sum %d, want %d", c.Name, n, want[1])
		}
	}
}

func TestBulkOfLargeRows(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	large := strings.Repeat(`'\`, 200<<10) // doubled in the statement
	var events []tenant.Event
	for n := range 20 { // together more than any server's packet
		events = append(events, tenant.Event{Type: "x.created", Resource: "x", Record: ref(n), Data: large})
	}
	write(t, i, acme, func(tx *tenant.Tx) error { return tx.EmitAll(t.Context(), events, true) })
	if n := count(t, i, acme, `SELECT COUNT(*) FROM company.changes WHERE CHAR_LENGTH(data) > ?`, len(large)); n != 20 {
		t.Errorf("%d of 20 events were kept whole", n)
	}
}

func TestBulkRefusesARowOfAnotherWidth(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	err := i.Tx(t.Context(), acme.Company, ptr(tenant.System()), func(tx *tenant.Tx) error {
		bulk := tx.Bulk(`INSERT INTO company.counters (name, value) VALUES`, 2, "")
		// One too few and one too many fit together and would put values into the wrong columns.
		return errors.Join(bulk.Add(t.Context(), "1"), bulk.Add(t.Context(), 2, "3", 4), bulk.Flush(t.Context()))
	})
	if err == nil || !strings.Contains(err.Error(), "want 2") {
		t.Errorf("got %v", err)
	}
}

func TestEmitAll(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	const many = 2500
	events := make([]tenant.Event, many)
	for n := range events {
		events[n] = created(n)
	}
	write(t, i, acme, func(tx *tenant.Tx) error {
		if err := tx.EmitAll(t.Context(), nil, false); err != nil {
			return err
		}
		if err := tx.EmitAll(t.Context(), events, true); err != nil {
			return err
		}
		// A long import must not keep others from writing until it commits.
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		return i.Tx(ctx, acme.Company, ptr(tenant.System()), func(tx *tenant.Tx) error { return tx.Emit(ctx, created(9999)) })
	})
	cluster := mainCluster(t, i.Directory)
	lease := held(t, cluster, "me")
	next, single := 0, 0
	for {
		n, err := cluster.Relay(t.Context(), lease, acme.Company, func(_ *tenant.Tx, all []tenant.Change) error {
			for _, c := range all {
				if !c.Quiet {
					single++
					continue
				}
				if c.Record != created(next).Record {
					t.Fatalf("event %d is out of order", next)
				}
				next++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	if next != many || single != 1 {
		t.Errorf("relayed %d and %d, want %d and 1", next, single, many)
	}
}

func TestScheduleAll(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	schedule(t, i, acme, 0, tenant.RecordID{}, i.Now().Add(time.Hour))
	var work []tenant.Due
	for n := range 50 {
		work = append(work, tenant.Due{Ref: ref(n), Lane: tenant.RecordID{byte(n % 2)}, At: i.Now()})
	}
	write(t, i, acme, func(tx *tenant.Tx) error {
		return errors.Join(tx.ScheduleAll(t.Context(), "reminder", nil), tx.ScheduleAll(t.Context(), "reminder", work))
	})
	all := claim(t, i, wide)
	if len(all) != 50 {
		t.Errorf("%d of 50 are due", len(all))
	}
	for _, d := range all {
		if !begin(t, i, acme, d, true) {
			t.Errorf("%+v did not begin", d)
		}
	}
}
