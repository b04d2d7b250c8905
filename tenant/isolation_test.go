package tenant_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// write runs fn in a transaction of the system's and fails the test when it fails.
func write(t testing.TB, i *tenanttest.Installation, c *tenanttest.Company, fn func(*tenant.Tx) error) {
	t.Helper()
	system := tenant.System()
	if err := i.Tx(t.Context(), c.Company, &system, fn); err != nil {
		t.Fatal(err)
	}
}

// count answers a SELECT COUNT(*) within the company.
func count(t testing.TB, i *tenanttest.Installation, c *tenanttest.Company, statement string, args ...any) int {
	t.Helper()
	var n int
	system := tenant.System()
	if err := i.Read(t.Context(), c.Company, &system, func(q *tenant.Query) error {
		return q.Get(t.Context(), &n, statement, args...)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// inCluster answers a SELECT COUNT(*) on the cluster's own tables.
func inCluster(t testing.TB, i *tenanttest.Installation, statement string, args ...any) int {
	t.Helper()
	cluster := mainCluster(t, i.Directory)
	var n int
	if err := cluster.Pool().Get(&n, cluster.Qualify(statement), args...); err != nil {
		t.Fatal(err)
	}
	return n
}

func mainCluster(t testing.TB, d *tenant.Directory) *tenant.Cluster {
	t.Helper()
	cluster, err := d.Cluster(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

const (
	countMembers = `SELECT COUNT(*) FROM company.members`
	insertTag    = `INSERT INTO company.counters (name, value) VALUES (?, ?)`
	countTag     = `SELECT COUNT(*) FROM company.counters WHERE name = ?`
)

func TestForgottenCompanyFailsClosed(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	system := tenant.System()
	for _, table := range []string{"counters", "platform.settings", "cluster.outbox", "Company.counters", "COMPANY.counters", "other.counters", "`company`.counters"} {
		statements := map[string]func(*tenant.Tx) error{
			"insert": func(tx *tenant.Tx) error {
				_, err := tx.Exec(t.Context(), `INSERT INTO `+table+` VALUES ('x', 1)`)
				return err
			},
			"delete": func(tx *tenant.Tx) error { return tx.MustChange(t.Context(), `DELETE FROM `+table) },
			"named": func(tx *tenant.Tx) error {
				_, err := tx.NamedExec(t.Context(), `UPDATE `+table+` SET value = :v`, map[string]any{"v": 1})
				return err
			},
			"in": func(tx *tenant.Tx) error {
				_, err := tx.ExecIn(t.Context(), `DELETE FROM `+table+` WHERE name IN (?)`, []string{"seq"})
				return err
			},
			"get":    func(tx *tenant.Tx) error { var n int; return tx.Get(t.Context(), &n, `SELECT COUNT(*) FROM `+table) },
			"select": func(tx *tenant.Tx) error { var n []int; return tx.Select(t.Context(), &n, `SELECT 1 FROM `+table) },
			"rows": func(tx *tenant.Tx) error {
				rows, err := tx.Rows(t.Context(), `SELECT 1 FROM `+table) //nolint:sqlclosecheck // closed below, with its error joined
				if err == nil {
					err = errors.Join(rows.Err(), rows.Close(), errors.New("rows came back"))
				}
				return err
			},
		}
		for name, statement := range statements {
			err := i.Tx(t.Context(), acme.Company, &system, func(tx *tenant.Tx) error {
				if _, err := tx.Exec(t.Context(), insertTag, "before", 1); err != nil {
					t.Errorf("%s of %s: %v", name, table, err)
				}
				return statement(tx)
			})
			if err == nil || strings.Contains(err.Error(), "rows came back") || errors.Is(err, tenant.ErrNotFound) {
				t.Errorf("%s of %s: got %v, want the server's refusal", name, table, err)
			}
		}
	}
	if n := count(t, i, acme, countTag, "before"); n != 0 {
		t.Errorf("%d rows were written beside a statement that failed", n)
	}
	if n := count(t, i, acme, countTag, "seq"); n != 1 {
		t.Errorf("the counter was touched: %d rows", n)
	}
}

func TestPlatformCannotReachCompanies(t *testing.T) {
	i := tenanttest.Open(t)
	i.Company(t, "acme")
	for _, table := range []string{"companies", "company.members", "cluster.due", "members"} {
		if _, err := i.Platform().Exec(t.Context(), `DELETE FROM `+table); err == nil {
			t.Errorf("DELETE FROM %s was carried out", table)
		}
		var n []int
		if err := i.Platform().Select(t.Context(), &n, `SELECT 1 FROM `+table); err == nil {
			t.Errorf("SELECT FROM %s was carried out", table)
		}
	}
	if all, err := i.Companies(t.Context(), tenant.CompanyID{}, 10); err != nil || len(all) != 1 {
		t.Errorf("got %d companies, %v", len(all), err)
	}
}

func TestOtherCompanysRowIsNotFound(t *testing.T) {
	i := tenanttest.Open(t)
	acme, globex := i.Company(t, "acme"), i.Company(t, "globex")
	write(t, i, acme, func(tx *tenant.Tx) error {
		if m, err := tenant.GetMember(t.Context(), tx.Query, acme.Rep); err != nil || m.Name != "acme rep" {
			t.Errorf("own member: got %q, %v", m.Name, err)
		}
		if m, err := tenant.GetMember(t.Context(), tx.Query, globex.Rep); !errors.Is(err, tenant.ErrNotFound) {
			t.Errorf("foreign member: got %+v, %v, want ErrNotFound", m, err)
		}
		if err := tenant.SetMemberStatus(t.Context(), tx, globex.Rep, tenant.MemberDeactivated); !errors.Is(err, tenant.ErrNotFound) {
			t.Errorf("foreign status: got %v, want ErrNotFound", err)
		}
		if err := tenant.SetManager(t.Context(), tx, acme.Rep, globex.Manager); !errors.Is(err, tenant.ErrNotFound) {
			t.Errorf("foreign manager: got %v, want ErrNotFound", err)
		}
		team, err := tenant.Team(t.Context(), tx.Query, globex.Admin)
		if err != nil || len(team) != 0 {
			t.Errorf("foreign team: got %v, %v", team, err)
		}
		return nil
	})
	if n := count(t, i, globex, countMembers+` WHERE status = 'active'`); n != 4 {
		t.Errorf("globex has %d active members, want 4", n)
	}
}

func TestInterleavedCompaniesStayApart(t *testing.T) {
	i := tenanttest.Open(t)
	companies := []*tenanttest.Company{i.Company(t, "acme"), i.Company(t, "globex")}
	const goroutines, rounds = 50, 20
	group, ctx := errgroup.WithContext(t.Context())
	for g := range goroutines {
		group.Go(func() error {
			for r := range rounds {
				c := companies[(g+r)%2]
				if err := visit(ctx, i, c, fmt.Sprintf("%s-%d-%d", c.Name, g, r)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, c := range companies {
		if n := count(t, i, c, `SELECT COUNT(*) FROM company.counters WHERE name LIKE ?`, c.Name+"-%"); n != goroutines*rounds/2 {
			t.Errorf("%s: %d rows, want %d", c.Name, n, goroutines*rounds/2)
		}
	}
	if n := mainCluster(t, i.Directory).Pool().Stats().InUse; n != 0 {
		t.Errorf("%d connections were not given back", n)
	}
}

// visit writes a row of the company's and checks that nothing foreign is in sight, in the same statements'
// texts for every company.
func visit(ctx context.Context, i *tenanttest.Installation, c *tenanttest.Company, name string) error {
	system := tenant.System()
	see := func(q *tenant.Query) error {
		var foreign []string
		if err := q.Select(ctx, &foreign, `
			SELECT name FROM company.members WHERE name NOT LIKE ?
			UNION ALL SELECT name FROM company.counters WHERE name LIKE '%-%' AND name NOT LIKE ?`, c.Name+" %", c.Name+"-%"); err != nil {
			return err
		}
		if len(foreign) > 0 {
			return fmt.Errorf("%s sees %v", c.Name, foreign)
		}
		return nil
	}
	if err := i.Tx(ctx, c.Company, &system, func(tx *tenant.Tx) error {
		if _, err := tx.Exec(ctx, insertTag, name, 1); err != nil {
			return err
		}
		return see(tx.Query)
	}); err != nil {
		return err
	}
	return i.Read(ctx, c.Company, &system, see)
}

func TestSuspendedCompanyIsRefused(t *testing.T) {
	i := tenanttest.Open(t)
	acme, globex := i.Company(t, "acme"), i.Company(t, "globex")
	system := tenant.System()
	if err := i.SetStatus(t.Context(), acme.ID, tenant.Suspended); err != nil {
		t.Fatal(err)
	}
	try := func(c *tenanttest.Company) (error, error) {
		company, err := i.Directory.Company(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		ran := false
		read := i.Read(t.Context(), company, &system, func(*tenant.Query) error { ran = true; return nil })
		wrote := i.Tx(t.Context(), company, &system, func(*tenant.Tx) error { ran = true; return nil })
		if ran != (read == nil) {
			t.Errorf("%s: ran is %v beside %v", company.Name, ran, read)
		}
		return read, wrote
	}
	if read, wrote := try(acme); !errors.Is(read, tenant.ErrSuspended) || !errors.Is(wrote, tenant.ErrSuspended) {
		t.Errorf("suspended: got %v, %v, want ErrSuspended", read, wrote)
	}
	if read, wrote := try(globex); read != nil || wrote != nil {
		t.Errorf("the other company: got %v, %v", read, wrote)
	}
	if err := i.SetStatus(t.Context(), acme.ID, tenant.Active); err != nil {
		t.Fatal(err)
	}
	if read, wrote := try(acme); read != nil || wrote != nil {
		t.Errorf("resumed: got %v, %v", read, wrote)
	}
	if err := i.SetStatus(t.Context(), tenant.CompanyID{1}, tenant.Suspended); !errors.Is(err, tenant.ErrNotFound) {
		t.Errorf("unknown company: got %v, want ErrNotFound", err)
	}
	if err := i.SetStatus(t.Context(), acme.ID, "gone"); err == nil {
		t.Error("an unknown status was accepted")
	}
}
