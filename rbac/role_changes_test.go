package rbac_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

// grants is shorthand for permissions as they are written.
type grants = map[tenant.Permission]string

// by runs fn as a member with the rights of now.
func (a acme) by(t *testing.T, member tenant.MemberID, fn func(*tenant.Tx) error) error {
	t.Helper()
	return a.Tx(t.Context(), a.Company.Company, a.as(t, member), fn)
}

func (a acme) create(t *testing.T, member tenant.MemberID, in rbac.NewRole) (r rbac.Role, err error) {
	t.Helper()
	err = a.by(t, member, func(tx *tenant.Tx) (err error) {
		r, err = rbac.CreateRole(t.Context(), tx, in)
		return err
	})
	return r, err
}

func (a acme) update(t *testing.T, member tenant.MemberID, id string, in rbac.RolePatch) (r rbac.Role, err error) {
	t.Helper()
	err = a.by(t, member, func(tx *tenant.Tx) (err error) {
		r, err = rbac.UpdateRole(t.Context(), tx, id, in, 0)
		return err
	})
	return r, err
}

// codes returns the stable codes of an error, with the fields of bad input.
func codes(err error) string {
	var invalid *tenant.InvalidError
	var conflict *tenant.ConflictError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &invalid):
		var all []string
		for _, f := range invalid.Fields {
			all = append(all, f.Field+":"+f.Code)
		}
		return strings.Join(all, " ")
	case errors.As(err, &conflict):
		return conflict.Code
	case errors.Is(err, tenant.ErrDenied):
		return "denied"
	case errors.Is(err, tenant.ErrNotFound):
		return "not_found"
	case errors.Is(err, tenant.ErrStale):
		return "stale"
	}
	return err.Error()
}

func TestARoleGivesWhatItSays(t *testing.T) {
	a := newAcme(t)
	a.assign(t, a.Admin, rbac.Admin)
	made, err := a.create(t, a.Admin, rbac.NewRole{
		Name: " 大客户经理 ", Description: "key accounts", Permissions: grants{"customer:read": "team", "tag:create": "all"}, Masks: []string{"customer.email", "customer.phone", "customer.email"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if made.Name != "大客户经理" || !strings.HasPrefix(made.ID, "rol_") || made.BuiltIn || made.Resettable ||
		!slices.Equal(made.Masks, []string{"customer.phone", "customer.email"}) {
		t.Errorf("%+v", made)
	}
	a.assign(t, a.Rep, made.ID)
	want := map[tenant.Permission]tenant.Level{"customer:read": tenant.LevelTeam, "tag:create": tenant.LevelAll}
	if got := a.levels(t, a.Rep); !maps.Equal(got, want) {
		t.Errorf("levels %v", got)
	}
	null := (*string)(nil)
	own := "own"
	after, err := a.update(t, a.Admin, made.ID, rbac.RolePatch{
		Permissions: patch.Of(map[tenant.Permission]*string{"tag:create": null, "customer:update": &own}), Masks: patch.Of([]string{}),
	})
	if err != nil || after.Version != 2 || len(after.Masks) != 0 {
		t.Fatalf("%+v, %v", after, err)
	}
	want = map[tenant.Permission]tenant.Level{"customer:read": tenant.LevelTeam, "customer:update": tenant.LevelOwn}
	if got := a.levels(t, a.Rep); !maps.Equal(got, want) || a.masked(t, a.Rep)["customer.phone"] {
		t.Errorf("levels %v, masked %v", got, a.masked(t, a.Rep))
	}
	same, err := a.update(t, a.Admin, made.ID, rbac.RolePatch{Name: patch.Of("大客户经理")})
	if err != nil || same.Version != 2 {
		t.Errorf("a change that changes nothing: %+v, %v", same, err)
	}
	var events []string
	caller := tenant.System()
	if err := a.Read(t.Context(), a.Company.Company, &caller, func(q *tenant.Query) error {
		return q.Select(t.Context(), &events, `SELECT CONCAT(type, previous) FROM company.changes WHERE resource = 'role' ORDER BY id`)
	}); err != nil {
		t.Fatal(err)
	}
	if len(events) != 2 || events[0] != "role.creatednull" || !strings.Contains(events[1], `"tag:create":"all"`) || !strings.Contains(events[1], `"masks":["customer.phone","customer.email"]`) {
		t.Errorf("events %v", events)
	}
}

func TestWhatARoleCannotBe(t *testing.T) {
	a := newAcme(t)
	a.assign(t, a.Admin, rbac.Admin)
	a.role(t, "hr", "role * all", "member * all", "customer read team", "tag read all")
	a.assign(t, a.Manager, "hr")
	a.role(t, "auditor", "customer read all")
	hr := a.Manager
	for name, c := range map[string]struct {
		by   tenant.MemberID
		in   rbac.NewRole
		want string
	}{
		"no name":            {a.Admin, rbac.NewRole{Name: " ", Permissions: grants{}}, "name:required"},
		"two lines":          {a.Admin, rbac.NewRole{Name: "a\nb", Permissions: grants{}}, "name:invalid"},
		"not text":           {a.Admin, rbac.NewRole{Name: "a\xff", Permissions: grants{}}, "name:invalid"},
		"long":               {a.Admin, rbac.NewRole{Name: strings.Repeat("长", 101), Description: strings.Repeat("d", 501), Permissions: grants{}}, "name:too_long description:too_long"},
		"no permissions":     {a.Admin, rbac.NewRole{Name: "x"}, "permissions:required"},
		"unknown permission": {a.Admin, rbac.NewRole{Name: "x", Permissions: grants{"customer:*": "all"}}, "permissions:unknown"},
		"unknown scope":      {a.Admin, rbac.NewRole{Name: "x", Permissions: grants{"customer:read": "every"}}, "permissions.customer:read:unknown"},
		"senseless scope":    {a.Admin, rbac.NewRole{Name: "x", Permissions: grants{"tag:read": "own"}}, "permissions.tag:read:unknown"},
		"unknown mask":       {a.Admin, rbac.NewRole{Name: "x", Permissions: grants{}, Masks: []string{"customer.name"}}, "masks:unknown"},
		"bad key":            {a.Admin, rbac.NewRole{ID: "Über", Name: "x", Permissions: grants{}}, "id:invalid"},
		"key in use":         {a.Admin, rbac.NewRole{ID: "rep", Name: "x", Permissions: grants{}}, "role_exists"},
		"name in use":        {a.Admin, rbac.NewRole{Name: "AUDITOR", Permissions: grants{}}, "role_name_taken"},
		"more than one has":  {hr, rbac.NewRole{Name: "x", Permissions: grants{"customer:read": "all", "customer:delete": "own", "tag:read": "all"}}, "permissions.customer:delete:not_allowed permissions.customer:read:not_allowed"},
		"what one has":       {hr, rbac.NewRole{Name: "helper", Permissions: grants{"customer:read": "team", "role:read": "all"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := a.create(t, c.by, c.in); codes(err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	all := "all"
	for name, c := range map[string]struct {
		by   tenant.MemberID
		id   string
		in   rbac.RolePatch
		want string
	}{
		"admin":             {a.Admin, rbac.Admin, rbac.RolePatch{Name: patch.Of("Boss")}, "admin_role_fixed"},
		"nobody's":          {a.Admin, "nosuch", rbac.RolePatch{Name: patch.Of("x")}, "not_found"},
		"one above":         {hr, "auditor", rbac.RolePatch{Name: patch.Of("x")}, "denied"},
		"one's own, higher": {hr, "hr", rbac.RolePatch{Permissions: patch.Of(map[tenant.Permission]*string{"customer:read": &all})}, "permissions.customer:read:not_allowed"},
		"null permissions":  {a.Admin, "hr", rbac.RolePatch{Permissions: patch.Null[map[tenant.Permission]*string]()}, "permissions:required"},
		"null name":         {a.Admin, "hr", rbac.RolePatch{Name: patch.Null[string]()}, "name:required"},
		"name in use":       {a.Admin, "hr", rbac.RolePatch{Name: patch.Of("Sales rep")}, "role_name_taken"},
	} {
		t.Run("change "+name, func(t *testing.T) {
			if _, err := a.update(t, c.by, c.id, c.in); codes(err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestResetBringsTheDefaultBack(t *testing.T) {
	a := newAcme(t)
	a.assign(t, a.Admin, rbac.Admin)
	a.assign(t, a.Rep, rbac.Marketing)
	before := a.levels(t, a.Rep)
	reset := func(id string) (r rbac.Role, err error) {
		err = a.by(t, a.Admin, func(tx *tenant.Tx) (err error) {
			r, err = rbac.ResetRole(t.Context(), tx, id, 0)
			return err
		})
		return r, err
	}
	all := "all"
	edited, err := a.update(t, a.Admin, rbac.Marketing, rbac.RolePatch{
		Name: patch.Of("Growth"), Permissions: patch.Of(map[tenant.Permission]*string{"customer:delete": &all}), Masks: patch.Of([]string{}),
	})
	if err != nil || !edited.Resettable || a.levels(t, a.Rep)["customer:delete"] != tenant.LevelAll || len(a.masked(t, a.Rep)) != 0 {
		t.Fatalf("%+v, %v", edited, err)
	}
	back, err := reset(rbac.Marketing)
	if err != nil || back.Resettable || back.Name != "Growth" || !maps.Equal(a.levels(t, a.Rep), before) || len(a.masked(t, a.Rep)) != 4 {
		t.Errorf("%+v, %v", back, err)
	}
	a.role(t, "own")
	for id, want := range map[string]string{"own": "role_has_no_default", rbac.Admin: "admin_role_fixed", "nosuch": "not_found"} {
		if _, err := reset(id); codes(err) != want {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// The rules of a role are spelled out for people by the same reading of them as Casbin's.
func TestRolesSayWhatCasbinDecides(t *testing.T) {
	a := newAcme(t)
	a.role(t, "odd", "* read own", "customer * team", "report read all")
	caller := tenant.System()
	if err := a.Read(t.Context(), a.Company.Company, &caller, func(q *tenant.Query) error {
		roles, err := rbac.ListRoles(t.Context(), q)
		if len(roles) != 6 {
			t.Errorf("%d roles", len(roles))
		}
		for _, r := range roles {
			levels, err := a.enforcer(t, r.ID).Levels([]string{r.ID})
			if err != nil {
				return err
			}
			decided := grants{}
			for p, level := range levels {
				decided[p] = level.String()
			}
			if !maps.Equal(decided, r.Permissions) {
				t.Errorf("%s says %v, Casbin %v", r.ID, r.Permissions, decided)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
