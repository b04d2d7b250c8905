package tenant_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

const seats tenant.Quota = "seats"

func consume(t testing.TB, i *tenanttest.Installation, c *tenanttest.Company, limit, n int64) error {
	caller := c.As(c.Admin, tenant.LevelAll)
	caller.Limits[seats] = limit
	return i.Tx(t.Context(), c.Company, caller, func(tx *tenant.Tx) error { return tx.Consume(t.Context(), seats, n) })
}

// checkAvailable asks beforehand what Consume will answer for n more.
func checkAvailable(t *testing.T, i *tenanttest.Installation, c *tenanttest.Company, limit, n int64, want *tenant.QuotaError) {
	t.Helper()
	caller := c.As(c.Admin, tenant.LevelAll)
	caller.Limits[seats] = limit
	err := i.Tx(t.Context(), c.Company, caller, func(tx *tenant.Tx) error { return tx.Available(t.Context(), seats, n) })
	var refused *tenant.QuotaError
	errors.As(err, &refused)
	if (refused == nil) != (want == nil) || refused != nil && (*refused != *want || refused.Error() == "") || refused == nil && err != nil {
		t.Errorf("available: got %v, want %v", err, want)
	}
}

func TestConsume(t *testing.T) {
	i := tenanttest.Open(t)
	acme, globex := i.Company(t, "acme"), i.Company(t, "globex")
	for step, c := range []struct {
		limit, n int64
		refused  *tenant.QuotaError
		used     int
	}{
		{limit: 3, n: 2, used: 2},
		{limit: 3, n: 2, refused: &tenant.QuotaError{Quota: seats, Limit: 3, Used: 2}, used: 2},
		{limit: 3, n: 1, used: 3},
		{limit: 3, n: 1, refused: &tenant.QuotaError{Quota: seats, Limit: 3, Used: 3}, used: 3},
		{limit: -1, n: 4, used: 7}, {limit: -1, n: 1, used: 8}, // unlimited
		{limit: 3, n: 1, refused: &tenant.QuotaError{Quota: seats, Limit: 3, Used: 8}, used: 8}, // after a downgrade what exists stays
		{limit: 3, n: -1, used: 7}, // and giving back is allowed
		{limit: 3, n: 1, refused: &tenant.QuotaError{Quota: seats, Limit: 3, Used: 7}, used: 7},
		{limit: 3, n: -5, used: 2},
		{limit: 3, n: 1, used: 3},
		{limit: 3, n: -9, used: 0}, // never below none
		{limit: 0, n: 1, refused: &tenant.QuotaError{Quota: seats}, used: 0},
		{limit: 0, n: 0, used: 0},
	} {
		if c.n > 0 {
			checkAvailable(t, i, acme, c.limit, c.n, c.refused)
		}
		err := consume(t, i, acme, c.limit, c.n)
		var refused *tenant.QuotaError
		errors.As(err, &refused)
		if (refused == nil) != (c.refused == nil) || refused != nil && *refused != *c.refused || refused == nil && err != nil {
			t.Errorf("step %d: got %v, want %v", step, err, c.refused)
		}
		if used := count(t, i, acme, `SELECT used FROM company.usage_counts WHERE quota = 'seats'`); used != c.used {
			t.Errorf("step %d: %d used, want %d", step, used, c.used)
		}
	}
	if err := consume(t, i, globex, 1, 1); err != nil {
		t.Errorf("the other company has its own: %v", err)
	}
	if err := i.Tx(t.Context(), acme.Company, ptr(tenant.System()), func(tx *tenant.Tx) error { return tx.Consume(t.Context(), seats, 99) }); err != nil {
		t.Errorf("the system has no limits: %v", err)
	}
}

// An import goes on without the rows that the plan refuses; they must not count.
func TestRefusedQuotaDoesNotCount(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	caller := acme.As(acme.Admin, tenant.LevelAll)
	caller.Limits[seats] = 2
	refusals := 0
	if err := i.Tx(t.Context(), acme.Company, caller, func(tx *tenant.Tx) error {
		for range 5 {
			if err := tx.Consume(t.Context(), seats, 1); err != nil {
				refusals++
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if used := count(t, i, acme, `SELECT used FROM company.usage_counts WHERE quota = 'seats'`); used != 2 || refusals != 3 {
		t.Errorf("%d used after %d refusals, want 2 after 3", used, refusals)
	}
}

func TestConsumeAtOnce(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	const limit, tries = 10, 40
	var taken atomic.Int64
	var group errgroup.Group
	for range tries {
		group.Go(func() error {
			err := consume(t, i, acme, limit, 1)
			var refused *tenant.QuotaError
			switch {
			case err == nil:
				taken.Add(1)
			case !errors.As(err, &refused):
				return err
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if used := count(t, i, acme, `SELECT used FROM company.usage_counts WHERE quota = 'seats'`); used != limit || taken.Load() != limit {
		t.Errorf("%d used, %d taken, want %d", used, taken.Load(), limit)
	}
}
