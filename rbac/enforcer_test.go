package rbac_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

// TestDefaultPolicy holds every role that ships with the product against every permission of the catalogue.
func TestDefaultPolicy(t *testing.T) {
	a := newAcme(t)
	roles := []string{rbac.Admin, rbac.Manager, rbac.Rep, rbac.Service, rbac.Marketing}
	e := a.enforcer(t, roles...)
	var b strings.Builder
	fmt.Fprintf(&b, "%-24s %-6s %-8s %-6s %-8s %s\n", "permission", "admin", "manager", "rep", "service", "marketing")
	for _, p := range rbac.Catalogue() {
		var levels []any
		for _, role := range roles {
			level, err := e.Level([]string{role}, p)
			if err != nil {
				t.Fatal(err)
			}
			levels = append(levels, level.String())
		}
		fmt.Fprintf(&b, "%-24s %-6s %-8s %-6s %-8s %s\n", append([]any{p}, levels...)...)
	}
	if os.Getenv("GUANXI_UPDATE_GOLDEN") != "" {
		if err := os.WriteFile("testdata/default_policy.golden", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/default_policy.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("testdata/default_policy.golden, which GUANXI_UPDATE_GOLDEN=1 writes: -want +got\n%s", diff)
	}
}

func TestLevelsFollowTheMembersRoles(t *testing.T) {
	a := newAcme(t)
	a.role(t, "auditor", "customer read all", "report * all")
	a.role(t, "broken", "customer read every", "task * ALL", "tag sing all", "nosuch read all")
	a.assign(t, a.Rep, rbac.Rep)
	a.assign(t, a.Manager, rbac.Manager, rbac.Rep, rbac.Manager)
	a.assign(t, a.Rep2, rbac.Rep, "auditor")
	a.assign(t, a.Admin, "broken")
	for name, row := range map[string]struct {
		member tenant.MemberID
		want   map[tenant.Permission]tenant.Level
	}{
		"rep":             {a.Rep, map[tenant.Permission]tenant.Level{"customer:read": tenant.LevelOwn, "customer:delete": tenant.LevelOwn, "webhook_endpoint:read": tenant.LevelNone, "nosuch:read": tenant.LevelNone}},
		"manager and rep": {a.Manager, map[tenant.Permission]tenant.Level{"customer:read": tenant.LevelTeam, "tag:delete": tenant.LevelAll, "api_key:read": tenant.LevelOwn}},
		"rep and auditor": {a.Rep2, map[tenant.Permission]tenant.Level{"customer:read": tenant.LevelAll, "customer:update": tenant.LevelOwn, "report:read": tenant.LevelAll, "task:read": tenant.LevelOwn}},
		"unknown scopes":  {a.Admin, map[tenant.Permission]tenant.Level{"customer:read": tenant.LevelNone, "task:read": tenant.LevelNone, "tag:read": tenant.LevelNone, "nosuch:read": tenant.LevelNone}},
		"nobody":          {tenant.NewMemberID(), map[tenant.Permission]tenant.Level{"customer:read": tenant.LevelNone}},
	} {
		got := a.levels(t, row.member)
		for p, want := range row.want {
			if got[p] != want {
				t.Errorf("%s: %s is %v, want %v", name, p, got[p], want)
			}
		}
		for p := range got {
			if !rbac.Known(p) {
				t.Errorf("%s has %s, which does not exist", name, p)
			}
		}
	}
}

func TestCustomerRightsOfOneWithTwoRolesReachTheWidest(t *testing.T) {
	a := newAcme(t)
	a.assign(t, a.Manager, rbac.Rep, rbac.Manager)
	caller := tenant.Caller{Kind: tenant.ByMember, Member: a.Manager, Team: []tenant.MemberID{a.Manager, a.Rep}, Levels: a.levels(t, a.Manager)}
	scope := caller.Scope("customer:read")
	if !scope.Includes(a.Rep) || scope.Includes(a.Admin) {
		t.Error("the scope is not the team")
	}
}
