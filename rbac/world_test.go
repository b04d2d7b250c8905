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
		if _, err := rbac.CreateRole(t.Context(), tx, rbac.NewRole{ID: id, Name: id, Permissions: map[tenant.Permission]string{}}); err != nil {
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
		rights, err := rbac.RightsOf(t.Context(), q, member)
		levels = rights.Levels
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return levels
}

func (a acme) enforcer(t *testing.T, roles ...string) (e *rbac.Enforcer) {
	t.Helper()
	caller := tenant.System()
	if err := a.Read(t.Context(), a.Company.Company, &caller, func(q *tenant.Query) (err error) {
		e, err = rbac.Load(t.Context(), q, roles)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return e
}

// as returns a member as a caller, with the rights of now.
func (a acme) as(t *testing.T, member tenant.MemberID) *tenant.Caller {
	t.Helper()
	return &tenant.Caller{Kind: tenant.ByMember, Member: member, Levels: a.levels(t, member), Masked: a.masked(t, member)}
}

func (a acme) masked(t *testing.T, member tenant.MemberID) (masked map[string]bool) {
	t.Helper()
	caller := tenant.System()
	if err := a.Read(t.Context(), a.Company.Company, &caller, func(q *tenant.Query) error {
		rights, err := rbac.RightsOf(t.Context(), q, member)
		masked = rights.Masked
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return masked
}
