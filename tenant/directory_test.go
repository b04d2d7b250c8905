package tenant_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

func TestDirectorySeesOtherProcessesChanges(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	other, err := tenant.Open(t.Context(), i.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	status := func(want tenant.Status) {
		t.Helper()
		c, err := i.Directory.Company(t.Context(), acme.ID)
		if err != nil || c.Status != want {
			t.Errorf("got %v, %v, want %s", c, err, want)
		}
	}
	status(tenant.Active)
	if err := other.SetStatus(t.Context(), acme.ID, tenant.Suspended); err != nil {
		t.Fatal(err)
	}
	i.Forget(acme.ID) // what the announcement does
	status(tenant.Suspended)
	if _, err := i.Directory.Company(t.Context(), tenant.CompanyID{1}); !errors.Is(err, tenant.ErrNotFound) || !strings.Contains(err.Error(), "com_") {
		t.Errorf("unknown company: got %v", err)
	}
	elsewhere := *acme.Company
	elsewhere.Cluster = "west"
	system := tenant.System()
	read := i.Read(t.Context(), &elsewhere, &system, func(*tenant.Query) error { return nil })
	wrote := i.Tx(t.Context(), &elsewhere, &system, func(*tenant.Tx) error { return nil })
	if !errors.Is(read, tenant.ErrNotFound) || !errors.Is(wrote, tenant.ErrNotFound) {
		t.Errorf("unknown cluster: got %v, %v", read, wrote)
	}
}

func TestCompaniesInPages(t *testing.T) {
	i := tenanttest.Open(t)
	want := map[tenant.CompanyID]bool{}
	for range 5 {
		want[i.Company(t, "acme").ID] = true
	}
	var after tenant.CompanyID
	for {
		page, err := i.Companies(t.Context(), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			if !want[c.ID] {
				t.Errorf("%s came twice or is not ours", c.ID)
			}
			delete(want, c.ID)
			after = c.ID
		}
	}
	if len(want) != 0 {
		t.Errorf("%d companies were left out", len(want))
	}
}

func TestPlatform(t *testing.T) {
	i := tenanttest.Open(t)
	if err := i.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	d, p := openThrough(t, i)
	_ = p.Close()
	p.on(func(string) fate { return cutBefore })
	if err := d.Platform().Get(t.Context(), new(int), `SELECT 1`); !errors.Is(err, tenant.ErrUnavailable) {
		t.Errorf("no server: got %v, want ErrUnavailable", err)
	}
	if _, err := i.Platform().NamedExec(t.Context(), `INSERT INTO platform.settings (name, value) VALUES (:name, :value)`,
		map[string]any{"name": "greeting", "value": "你好"}); err != nil {
		t.Fatal(err)
	}
	err := i.Platform().Tx(t.Context(), func(p *tenant.Platform) error {
		first := p.Now()
		i.Clock.Advance(time.Second)
		if !p.Now().Equal(first) {
			t.Error("the clock moved within a transaction")
		}
		var value string
		if err := p.Get(t.Context(), &value, `SELECT value FROM platform.settings WHERE name = 'greeting'`); err != nil || value != "你好" {
			t.Errorf("got %q, %v", value, err)
		}
		_, err := p.NamedExec(t.Context(), `UPDATE platform.settings SET value = 'x' WHERE name = :missing`, map[string]any{})
		if err == nil {
			t.Error("a missing name was accepted")
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Error(err)
	}
}

// Values that do not fit are refused, never cut, whatever the server's own mode is.
func TestStrictMode(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	err := i.Tx(t.Context(), acme.Company, ptr(tenant.System()), func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), insertTag, strings.Repeat("x", 33), 1)
		return err
	})
	if err == nil {
		t.Error("a value longer than its column was accepted")
	}
	if got := (&tenant.Company{TimeZone: "Nowhere/At-All"}).Location(); got != time.UTC {
		t.Errorf("an unknown time zone: got %s, want UTC", got)
	}
}
