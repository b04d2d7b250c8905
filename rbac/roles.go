package rbac

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Role is a named set of permissions.
type Role struct {
	ID          string `db:"id" json:"id" doc:"Stable key of the role." example:"rep"`
	Name        string `db:"name" json:"name" doc:"Name as people read it." example:"普通销售员"`
	Description string `db:"description" json:"description" doc:"What the role is for." example:"Sells, and sees their own customers."`
	BuiltIn     bool   `db:"built_in" json:"built_in" doc:"Built-in roles cannot be deleted."`
	// Permissions are spelled out: stars of the default policy stand as what they cover.
	Permissions map[tenant.Permission]string `db:"-" json:"permissions" doc:"Each permission of the role with whose records it reaches: own, team or all." example:"{\"customer:read\":\"own\"}"`
	Masks       tenant.List[string]          `db:"masks" json:"masks" nullable:"false" doc:"Fields that the role shows in part only, on plans with field masking." example:"[\"customer.phone\"]"`
	Resettable  bool                         `db:"-" json:"resettable" doc:"Whether the role comes with the product and was changed since; POST /v1/roles/{id}/reset brings the default back."`
	Members     int                          `db:"members" json:"members" doc:"How many members have it."`
	CreatedAt   time.Time                    `db:"created_at" json:"created_at" doc:"When the role was made (UTC)."`
	UpdatedAt   time.Time                    `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version     int64                        `db:"version" json:"-"`
}

const roleColumns = `id, name, description, built_in, masks, version, created_at, updated_at,
	(SELECT COUNT(*) FROM company.member_roles m WHERE m.role_id = roles.id) AS members`

// maxRoles bounds how many roles a company has.
const maxRoles = 100

var isRoleID = regexp.MustCompile(`^[a-z][a-z0-9_]{1,47}$`).MatchString

type rule struct {
	Role     string `db:"role_id"`
	Resource string `db:"resource"`
	Action   string `db:"action"`
	Scope    string `db:"scope"`
}

// spellOut returns the permissions that rules of one role give, each with its widest scope.
func spellOut(rules []rule) map[tenant.Permission]string {
	all := map[tenant.Permission]string{}
	for _, p := range catalogue {
		widest := tenant.LevelNone
		for _, r := range rules {
			if matches(r.Resource, p.Resource()) && matches(r.Action, p.Action()) {
				widest = max(widest, tenant.ParseLevel(r.Scope))
			}
		}
		if widest > tenant.LevelNone {
			all[p] = widest.String()
		}
	}
	return all
}

// ListRoles returns the company's roles, the built-in ones first.
func ListRoles(ctx context.Context, q *tenant.Query) ([]Role, error) {
	var all []Role
	if err := q.Select(ctx, &all, `SELECT `+roleColumns+` FROM company.roles ORDER BY built_in DESC, id LIMIT 1000`); err != nil {
		return nil, err
	}
	return all, fillRoles(ctx, q, all)
}

// GetRole returns a role, or tenant.ErrNotFound.
func GetRole(ctx context.Context, q *tenant.Query, id string) (Role, error) {
	return findRole(ctx, q, id, "")
}

func findRole(ctx context.Context, q *tenant.Query, id, lock string) (Role, error) {
	if !isRoleID(id) {
		return Role{}, fmt.Errorf("role %q: %w", id, tenant.ErrNotFound)
	}
	one := make([]Role, 1)
	if err := q.Get(ctx, &one[0], `SELECT `+roleColumns+` FROM company.roles WHERE id = ? `+lock, id); err != nil {
		return Role{}, fmt.Errorf("role %q: %w", id, err)
	}
	err := fillRoles(ctx, q, one)
	return one[0], err
}

// fillRoles adds what the table of roles does not hold.
func fillRoles(ctx context.Context, q *tenant.Query, roles []Role) error {
	ids := make([]string, len(roles))
	for i, r := range roles {
		ids[i] = r.ID
	}
	rules, err := rulesOf(ctx, q, ids)
	if err != nil {
		return err
	}
	byRole := map[string][]rule{}
	for _, r := range rules {
		byRole[r.Role] = append(byRole[r.Role], r)
	}
	for i := range roles {
		roles[i].fill(byRole[roles[i].ID])
	}
	return nil
}

func (r *Role) fill(rules []rule) {
	r.Permissions = spellOut(rules)
	r.Resettable = r.differs()
}

// differs reports whether a role that comes with the product was changed since.
func (r *Role) differs() bool {
	origin, ok := shippedRole(r.ID)
	return ok && (!slices.Equal(r.Masks, origin.masks) || !maps.Equal(r.Permissions, spellOut(defaultRules(r.ID))))
}

// Assign replaces the member's roles. It returns *tenant.InvalidError for a role that does not exist and for
// none at all.
func Assign(ctx context.Context, tx *tenant.Tx, member tenant.MemberID, roles ...string) error {
	if len(roles) == 0 {
		return tenant.Invalid("roles", "required", "a member needs at least one role")
	}
	if err := checkKnown(ctx, tx.Query, roles, "FOR UPDATE"); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM company.member_roles WHERE member_id = ?`, member); err != nil {
		return err
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(roles))) {
		if _, err := tx.Exec(ctx, `INSERT INTO company.member_roles (member_id, role_id) VALUES (?, ?)`, member, id); err != nil {
			return err
		}
	}
	return nil
}

// checkKnown returns *tenant.InvalidError for a role that does not exist. Whoever gives the roles to somebody
// locks them, so that none of them is deleted meanwhile.
func checkKnown(ctx context.Context, q *tenant.Query, roles []string, lock string) error {
	// What is not even ASCII cannot be compared with a key.
	possible := slices.DeleteFunc(slices.Clone(roles), func(id string) bool { return !isRoleID(id) })
	var known []string
	if len(possible) > 0 {
		if err := q.SelectIn(ctx, &known, `SELECT id FROM company.roles WHERE id IN (?) ORDER BY id `+lock, possible); err != nil {
			return err
		}
	}
	for i, id := range roles {
		if !slices.Contains(known, id) {
			return tenant.Invalid(fmt.Sprintf("roles[%d]", i), "unknown", "is not a role of this company")
		}
	}
	return nil
}

// RolesOf returns the ids of the member's roles.
func RolesOf(ctx context.Context, q *tenant.Query, member tenant.MemberID) ([]string, error) {
	var roles []string
	err := q.Select(ctx, &roles, `SELECT role_id FROM company.member_roles WHERE member_id = ? ORDER BY role_id`, member)
	return roles, err
}

// HoldersOf returns the members who have the role, deactivated ones too.
func HoldersOf(ctx context.Context, q *tenant.Query, role string) ([]tenant.MemberID, error) {
	var members []tenant.MemberID
	err := q.Select(ctx, &members, `SELECT member_id FROM company.member_roles WHERE role_id = ? ORDER BY member_id LIMIT 100000`, role)
	return members, err
}
