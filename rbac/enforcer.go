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

// Enforcer holds the policy of some of a company's roles in Casbin. It is built from the roles and not changed
// after; a changed policy makes a new one.
type Enforcer struct {
	casbin *casbin.Enforcer
	// masks are the masked fields of each role.
	masks map[string][]string
}

// Load builds the enforcer of these roles. A decision costs as much as there are rules, so others are left out.
func Load(ctx context.Context, q *tenant.Query, roles []string) (*Enforcer, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("rbac model: %w", err)
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("rbac: %w", err)
	}
	if len(roles) == 0 {
		return &Enforcer{casbin: e}, nil
	}
	rules, err := rulesOf(ctx, q, roles)
	if err != nil {
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
	masks, err := masksByRole(ctx, q, roles)
	return &Enforcer{casbin: e, masks: masks}, err
}

func rulesOf(ctx context.Context, q *tenant.Query, roles []string) ([]rule, error) {
	var rules []rule
	err := q.SelectIn(ctx, &rules, `SELECT role_id, resource, action, scope FROM company.role_permissions
		WHERE role_id IN (?) ORDER BY role_id, resource, action LIMIT 100000`, roles)
	return rules, err
}

func masksByRole(ctx context.Context, q *tenant.Query, roles []string) (map[string][]string, error) {
	var rows []struct {
		ID    string              `db:"id"`
		Masks tenant.List[string] `db:"masks"`
	}
	if err := q.SelectIn(ctx, &rows, `SELECT id, masks FROM company.roles WHERE id IN (?) LIMIT 1000`, roles); err != nil {
		return nil, err
	}
	masks := make(map[string][]string, len(rows))
	for _, r := range rows {
		masks[r.ID] = r.Masks
	}
	return masks, nil
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

// Rights are what somebody may do and what of it they see in part only.
type Rights struct {
	// Levels holds every permission that they have with how far it reaches.
	Levels map[tenant.Permission]tenant.Level
	// Masked holds the masked fields. They are masked only in companies whose plan has that.
	Masked map[string]bool
}

// RightsOf returns the member's rights from all of their roles.
func RightsOf(ctx context.Context, q *tenant.Query, member tenant.MemberID) (Rights, error) {
	roles, err := RolesOf(ctx, q, member)
	if err != nil {
		return Rights{}, err
	}
	e, err := Load(ctx, q, roles)
	if err != nil {
		return Rights{}, err
	}
	return e.Rights(roles)
}

// Rights returns what holders of these roles may do.
func (e *Enforcer) Rights(roles []string) (Rights, error) {
	levels, err := e.Levels(roles)
	if err != nil {
		return Rights{}, err
	}
	masked, err := e.Masked(roles)
	return Rights{levels, masked}, err
}

// within reports whether the caller may hand these rights out: nobody gives more than they have, nor shows more
// than they see.
func (r Rights) within(caller *tenant.Caller) bool {
	for p, level := range r.Levels {
		if level > caller.Levels[p] {
			return false
		}
	}
	for field := range caller.Masked {
		if !r.Masked[field] {
			return false
		}
	}
	return true
}
