package rbac_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func TestGrants(t *testing.T) {
	a := newAcme(t)
	a.assign(t, a.Admin, rbac.Admin)
	a.assign(t, a.Manager, rbac.Manager)
	a.role(t, "auditor", "customer read all")
	check := func(member tenant.MemberID, roles ...string) error {
		caller := a.as(t, member)
		if member.IsZero() {
			system := tenant.System()
			caller = &system
		}
		return a.Read(t.Context(), a.Company.Company, caller, func(q *tenant.Query) error { return rbac.CheckGrant(t.Context(), q, roles) })
	}
	var invalid *tenant.InvalidError
	for _, row := range []struct {
		giver tenant.MemberID
		role  string
		is    func(error) bool
	}{
		{a.Admin, rbac.Admin, func(err error) bool { return err == nil }},
		{a.Manager, rbac.Rep, func(err error) bool { return err == nil }},
		{a.Manager, rbac.Manager, func(err error) bool { return err == nil }},
		{a.Manager, rbac.Admin, func(err error) bool { return errors.Is(err, tenant.ErrDenied) }},
		{a.Manager, "auditor", func(err error) bool { return errors.Is(err, tenant.ErrDenied) }},
		{a.Admin, "auditor", func(err error) bool { return err == nil }},
		{a.Rep, rbac.Rep, func(err error) bool { return errors.Is(err, tenant.ErrDenied) }},
		{a.Admin, "nosuch", func(err error) bool { return errors.As(err, &invalid) }},
		{tenant.MemberID{}, rbac.Admin, func(err error) bool { return err == nil }},
	} {
		if err := check(row.giver, row.role); !row.is(err) {
			t.Errorf("%s gives %s: %v", row.giver, row.role, err)
		}
	}
}

func TestOneAdminMustRemain(t *testing.T) {
	a := newAcme(t)
	a.assign(t, a.Admin, rbac.Admin)
	a.assign(t, a.Manager, rbac.Admin)
	demote := func(member tenant.MemberID) error {
		return a.tx(t, func(tx *tenant.Tx) error {
			if err := rbac.Assign(t.Context(), tx, member, rbac.Rep); err != nil {
				return err
			}
			return rbac.RequireAdmin(t.Context(), tx)
		})
	}
	// Two admins who demote each other at once: one of them must stay.
	results := make(chan error, 2)
	go func() { results <- demote(a.Admin) }()
	go func() { results <- demote(a.Manager) }()
	var conflict *tenant.ConflictError
	first, second := <-results, <-results
	if (first == nil) == (second == nil) || !errors.As(errors.Join(first, second), &conflict) || conflict.Code != "last_admin" {
		t.Errorf("both demoted: %v, %v", first, second)
	}
	caller := tenant.System()
	if err := a.Read(t.Context(), a.Company.Company, &caller, func(q *tenant.Query) error {
		roles, err := rbac.RolesByMember(t.Context(), q)
		if len(roles) != 2 || slices.Equal(roles[a.Admin], roles[a.Manager]) {
			t.Errorf("roles %v", roles)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
