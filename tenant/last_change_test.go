package tenant_test

import (
	"errors"
	"testing"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// TestLastChange tells apart every state of the change log.
func TestLastChange(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme").Company
	system, seen, stop := tenant.System(), map[string]bool{}, errors.New("stop")
	change := func(tx *tenant.Tx) error {
		return tx.Emit(t.Context(), tenant.Event{Type: "customer.updated", Resource: "customer", Record: tenant.RecordID(tenant.NewEventID()), Data: struct{}{}})
	}
	mark := func() (text string) {
		t.Helper()
		if err := i.Read(t.Context(), acme, &system, func(q *tenant.Query) (err error) {
			text, err = q.LastChange(t.Context())
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return text
	}
	for range 3 {
		now := mark()
		if seen[now] || mark() != now {
			t.Errorf("%s comes again, or is %s without a change", now, mark())
		}
		seen[now] = true
		if err := i.Tx(t.Context(), acme, &system, change); err != nil {
			t.Fatal(err)
		}
	}
	before := mark()
	if err := i.Tx(t.Context(), acme, &system, func(tx *tenant.Tx) error { return errors.Join(change(tx), stop) }); !errors.Is(err, stop) || mark() != before {
		t.Errorf("a change that was taken back: %v, %s after %s", err, mark(), before)
	}
}
