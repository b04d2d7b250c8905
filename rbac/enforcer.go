package rbac

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/guanxi-crm/guanxi/tenant"
)

//go:embed model.conf
var modelText string

// Enforcer holds one company's policy in Casbin. It is built from the company's roles and not changed after;
// a changed policy makes a new one.
type Enforcer struct{ casbin *casbin.Enforcer }

// Load builds the enforcer from the company's roles.
func Load(ctx context.Context, q *tenant.Query) (*Enforcer, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("rbac model: %w", err)
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("rbac: %w", err)
	}
	var rules []rule
	if err := q.Select(ctx, &rules, `SELECT role_id, resource, action, scope FROM company.role_permissions LIMIT 100000`); err != nil {
		return nil, err
	}
	policies := make([][]string, len(rules))
	for i, r := range rules {
		policies[i] = []string{r.Role, r.Resource, r.Action, r.Scope}
	}
	if len(policies) > 0 {
		if _, err := e.AddPolicies(policies); err != nil {
			return nil, fmt.Errorf("rbac policy: %w", err)
		}
	}
	return &Enforcer{casbin: e}, nil
}

// Level returns how far a holder of these roles reaches with the permission: Casbin decides whether at all,
// and the widest scope among all rules that allow it decides how far. A failing decision is a denial.
func (e *Enforcer) Level(roles []string, p tenant.Permission) (tenant.Level, error) {
	widest := tenant.LevelNone
	for _, role := range roles {
		allowed, err := e.casbin.Enforce(role, p.Resource(), p.Action())
		if err != nil {
			return tenant.LevelNone, fmt.Errorf("rbac: %s %s: %w", role, p, err)
		}
		if !allowed {
			continue
		}
		rules, err := e.casbin.GetImplicitPermissionsForUser(role)
		if err != nil {
			return tenant.LevelNone, fmt.Errorf("rbac: %s: %w", role, err)
		}
		for _, r := range rules {
			if matches(r[1], p.Resource()) && matches(r[2], p.Action()) {
				widest = max(widest, tenant.ParseLevel(r[3]))
			}
		}
	}
	return widest, nil
}

func matches(pattern, value string) bool { return pattern == "*" || pattern == value }

// Levels returns the level of every permission of the catalogue for a holder of these roles.
func (e *Enforcer) Levels(roles []string) (map[tenant.Permission]tenant.Level, error) {
	levels := make(map[tenant.Permission]tenant.Level, len(catalogue))
	for _, p := range catalogue {
		level, err := e.Level(roles, p)
		if err != nil {
			return nil, err
		}
		if level > tenant.LevelNone {
			levels[p] = level
		}
	}
	return levels, nil
}

// LevelsOf returns the member's level for every permission they have.
func LevelsOf(ctx context.Context, q *tenant.Query, member tenant.MemberID) (map[tenant.Permission]tenant.Level, error) {
	roles, err := RolesOf(ctx, q, member)
	if err != nil {
		return nil, err
	}
	e, err := Load(ctx, q)
	if err != nil {
		return nil, err
	}
	return e.Levels(roles)
}

// Exceeds reports whether the roles would give more than the levels, so that nobody hands out what they
// do not have.
func (e *Enforcer) Exceeds(roles []string, levels map[tenant.Permission]tenant.Level) (bool, error) {
	theirs, err := e.Levels(roles)
	if err != nil {
		return false, err
	}
	for p, level := range theirs {
		if level > levels[p] {
			return true, nil
		}
	}
	return false, nil
}
