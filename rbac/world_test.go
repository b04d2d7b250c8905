package rbac_test

import (
	"context"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// acme is a company with the default policy.
type acme struct {
	*tenanttest.Installation
	*tenanttest.Company
}

func newAcme(t *testing.T) acme {
	t.Helper()
	i := tenanttest.Open(t)
	return acme{i, i.Company(t, "acme", func(tx *tenant.Tx) error { return rbac.Seed(context.Background(), tx) })}
}

func (a acme) tx(t *testing.T, fn func(*tenant.Tx) error) error {
	t.Helper()
	caller := tenant.System()
	return a.Tx(t.Context(), a.Company.Company, &caller, fn)
}

func (a acme) assign(t *testing.T, member tenant.MemberID, roles ...string) {
	t.Helper()
	if err := a.tx(t, func(tx *tenant.Tx) error { return rbac.Assign(t.Context(), tx, member, roles...) }); err != nil {
		t.Fatal(err)
	}
}

// role makes a role of the company's own, with rules as "resource action scope".
func (a acme) role(t *testing.T, id string, rules ...string) {
	t.Helper()
	if err := a.tx(t, func(tx *tenant.Tx) error {
		if _, err := tx.Exec(t.Context(), `INSERT INTO company.roles (id, name, built_in, created_at) VALUES (?, ?, 0, ?)`, id, id, tx.Now); err != nil {
			return err
		}
		for _, r := range rules {
			f := strings.Fields(r)
			if _, err := tx.Exec(t.Context(), `INSERT INTO company.role_permissions (role_id, resource, action, scope) VALUES (?, ?, ?, ?)`, id, f[0], f[1], f[2]); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func (a acme) levels(t *testing.T, member tenant.MemberID) (levels map[tenant.Permission]tenant.Level) {
	t.Helper()
	caller := tenant.System()
	if err := a.Read(t.Context(), a.Company.Company, &caller, func(q *tenant.Query) (err error) {
		levels, err = rbac.LevelsOf(t.Context(), q, member)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return levels
}

func (a acme) enforcer(t *testing.T) (e *rbac.Enforcer) {
	t.Helper()
	caller := tenant.System()
	if err := a.Read(t.Context(), a.Company.Company, &caller, func(q *tenant.Query) (err error) {
		e, err = rbac.Load(t.Context(), q)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return e
}
