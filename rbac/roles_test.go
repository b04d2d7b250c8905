package rbac_test

import (
	"encoding/csv"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

func TestAssign(t *testing.T) {
	a := newAcme(t)
	roles := func() (roles []string) {
		caller := tenant.System()
		if err := a.Read(t.Context(), a.Company.Company, &caller, func(q *tenant.Query) (err error) {
			roles, err = rbac.RolesOf(t.Context(), q, a.Rep)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return roles
	}
	a.assign(t, a.Rep, rbac.Rep, rbac.Manager, rbac.Rep)
	if got := roles(); !slices.Equal(got, []string{rbac.Manager, rbac.Rep}) {
		t.Errorf("roles %v", got)
	}
	for name, row := range map[string]struct {
		roles []string
		field string
	}{"none": {nil, "roles"}, "unknown": {[]string{rbac.Rep, "boss"}, "roles[1]"}, "empty": {[]string{""}, "roles[0]"}, "case": {[]string{"ADMIN"}, "roles[0]"}, "no ascii": {[]string{"管理员"}, "roles[0]"}} {
		err := a.tx(t, func(tx *tenant.Tx) error { return rbac.Assign(t.Context(), tx, a.Rep, row.roles...) })
		var invalid *tenant.InvalidError
		if !errors.As(err, &invalid) || invalid.Fields[0].Field != row.field {
			t.Errorf("%s: %v, want a mistake in %s", name, err, row.field)
		}
	}
	if got := roles(); len(got) != 2 {
		t.Errorf("a refused assignment left %v", got)
	}
	a.assign(t, a.Rep, rbac.Rep)
	if got := roles(); !slices.Equal(got, []string{rbac.Rep}) {
		t.Errorf("replaced by %v", got)
	}
}

func TestHolders(t *testing.T) {
	a := newAcme(t)
	a.assign(t, a.Admin, rbac.Admin)
	a.assign(t, a.Rep, rbac.Admin, rbac.Rep)
	a.assign(t, a.Rep2, rbac.Rep)
	var holders []tenant.MemberID
	caller := tenant.System()
	if err := a.Read(t.Context(), a.Company.Company, &caller, func(q *tenant.Query) (err error) {
		holders, err = rbac.HoldersOf(t.Context(), q, rbac.Admin)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(holders) != 2 || !slices.Contains(holders, a.Admin) || !slices.Contains(holders, a.Rep) {
		t.Errorf("holders %v", holders)
	}
}

func TestSeedNamesRolesInTheCompanysLanguage(t *testing.T) {
	for locale, want := range map[string][]string{
		"zh-CN": {"管理员", "销售主管", "普通销售员", "市场", "客服"},
		"en":    {"Admin", "Sales manager", "Sales rep", "Marketing", "Customer service"},
		"fr":    {"Admin", "Sales manager", "Sales rep", "Marketing", "Customer service"},
	} {
		i := tenanttest.Open(t)
		c := i.Company(t, "acme")
		c.Locale = locale
		a := acme{i, c}
		var roles []rbac.Role
		if err := a.tx(t, func(tx *tenant.Tx) (err error) {
			if err = rbac.Seed(t.Context(), tx); err != nil {
				return err
			}
			roles, err = rbac.ListRoles(t.Context(), tx.Query)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		var names, ids []string
		for _, r := range roles {
			names, ids = append(names, r.Name), append(ids, r.ID)
			if r.BuiltIn != (len(names) <= 3) || r.Resettable || !r.CreatedAt.Equal(tenanttest.Start) {
				t.Errorf("%+v", r)
			}
		}
		if !slices.Equal(names, want) || !slices.Equal(ids, []string{rbac.Admin, rbac.Manager, rbac.Rep, rbac.Marketing, rbac.Service}) {
			t.Errorf("%s: %v %v", locale, ids, names)
		}
	}
}

// TestPolicyFileNamesOnlyWhatExists reads the policy itself: a slip of the pen in it would close a door silently.
func TestPolicyFileNamesOnlyWhatExists(t *testing.T) {
	file, err := os.Open("policy.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	resources := map[string][]string{"*": {"*"}}
	for _, p := range rbac.Catalogue() {
		resources[p.Resource()] = append(resources[p.Resource()], p.Action(), "*")
	}
	seen := map[string]bool{}
	for _, r := range rows[1:] {
		role, resource, action, scope := r[0], r[1], r[2], r[3]
		if !slices.Contains([]string{rbac.Admin, rbac.Manager, rbac.Rep, rbac.Service, rbac.Marketing}, role) || !slices.Contains(resources[resource], action) || tenant.ParseLevel(scope) == tenant.LevelNone {
			t.Errorf("%v names something that does not exist", r)
		}
		if key := role + resource + action; seen[key] {
			t.Errorf("%v stands there twice", r)
		} else {
			seen[key] = true
		}
	}
}
