package worker

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// importing is a company whose rep has started an import of two customers.
func (w *world) importing() (*tenanttest.Company, crm.ImportID) {
	w.t.Helper()
	return w.importingFile("name,phone\n云帆科技,13800138000\n长风贸易,13800138001\n")
}

func (w *world) importingFile(text string) (*tenanttest.Company, crm.ImportID) {
	w.t.Helper()
	ctx := context.Background()
	acme := w.Company(w.t, "acme")
	rep := acme.As(acme.Rep, tenant.LevelOwn, "import:create", "import:read", "customer:create", "customer:read", "customer:update")
	file, err := crm.StoreUpload(ctx, w.Directory, acme.Company, rep, "customers.csv", strings.NewReader(text))
	if err != nil {
		w.t.Fatal(err)
	}
	var id crm.ImportID
	if err := w.Tx(ctx, acme.Company, rep, func(tx *tenant.Tx) error {
		imp, err := crm.CreateImport(ctx, tx, "customers", file)
		if err != nil {
			return err
		}
		id = imp.ID
		_, err = crm.StartImport(ctx, tx, id, 0)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return acme, id
}

func (w *world) importStatus(c *tenanttest.Company, id crm.ImportID) (status string) {
	w.t.Helper()
	w.read(c, func(q *tenant.Query) error {
		return q.Get(context.Background(), &status, `SELECT status FROM company.imports WHERE id = ?`, id)
	})
	return status
}

func TestAnImportRunsAsWhoStartedIt(t *testing.T) {
	w := newWorld(t)
	acme, id := w.importing()
	w.worker("imports")
	w.eventually("the import is over", func() bool { return w.dueAt(acme.ID, crm.ImportWork).IsZero() })
	if status := w.importStatus(acme, id); status != crm.ImportFinished {
		t.Errorf("status %q", status)
	}
	var owned int
	w.read(acme, func(q *tenant.Query) error {
		return q.Get(t.Context(), &owned, `SELECT COUNT(*) FROM company.customers WHERE owner_id = ?`, acme.Rep)
	})
	if owned != 2 {
		t.Errorf("the rep owns %d of 2 imported customers", owned)
	}
}

func TestAnImportOfSomebodyWhoLeftFails(t *testing.T) {
	w := newWorld(t)
	acme, id := w.importing()
	w.tx(acme, func(tx *tenant.Tx) error {
		return tenant.SetMemberStatus(t.Context(), tx, acme.Rep, tenant.MemberDeactivated)
	})
	w.worker("imports")
	w.eventually("the import is over", func() bool { return w.dueAt(acme.ID, crm.ImportWork).IsZero() })
	if status := w.importStatus(acme, id); status != crm.ImportFailed {
		t.Errorf("status %q", status)
	}
}

// Long work makes way after each turn, at which what went wrong before is forgotten.
func TestAnImportGoesOnInTurns(t *testing.T) {
	w := newWorld(t)
	text := &strings.Builder{}
	text.WriteString("name\n")
	for n := range 1100 {
		fmt.Fprintf(text, "Customer %d\n", n)
	}
	acme, id := w.importingFile(text.String())
	worker, err := New(Config{Tenants: w.Directory, Redis: w.redis, Connectors: w.connectors})
	if err != nil {
		t.Fatal(err)
	}
	worker.turn = 0
	cluster, err := w.Cluster(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	k := kindNamed(crm.ImportWork)
	for turn, want := range []int{500, 1000, 1100} {
		due, err := cluster.Claim(t.Context(), k.name, w.Clock.Now(), k.window)
		if err != nil || len(due) != 1 {
			t.Fatalf("turn %d: %d rows, %v", turn, len(due), err)
		}
		worker.queue.failures(t.Context(), due[0])
		if err := worker.process(t.Context(), task(t, due[0])); err != nil {
			t.Fatal(err)
		}
		var done int
		w.read(acme, func(q *tenant.Query) error {
			return q.Get(t.Context(), &done, `SELECT rows_done FROM company.imports WHERE id = ?`, id)
		})
		if done != want {
			t.Errorf("after turn %d: %d rows, want %d", turn, done, want)
		}
		if n := worker.queue.failures(t.Context(), due[0]); n != 1 {
			t.Errorf("after turn %d the next failure is number %d", turn, n)
		}
	}
	if status := w.importStatus(acme, id); status != crm.ImportFinished {
		t.Errorf("status %q", status)
	}
	w.nothingDue(acme.ID, crm.ImportWork)
}
