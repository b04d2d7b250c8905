package rbac

import (
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// The roles that every company has.
const (
	Admin   = "admin"   // 管理员: everything
	Manager = "manager" // 销售主管: everything of everyone below
	Rep     = "rep"     // 普通销售员: what they own
)

// Role is a named set of rules.
type Role struct {
	ID        string    `db:"id" json:"id" doc:"Stable key of the role." example:"rep"`
	Name      string    `db:"name" json:"name" doc:"Name as people read it." example:"普通销售员"`
	BuiltIn   bool      `db:"built_in" json:"built_in" doc:"Built-in roles cannot be deleted."`
	CreatedAt time.Time `db:"created_at" json:"created_at" doc:"When the role was made (UTC)."`
}

//go:embed policy.csv
var policyCSV string

type rule struct {
	Role     string `db:"role_id"`
	Resource string `db:"resource"`
	Action   string `db:"action"`
	Scope    string `db:"scope"`
}

// defaultPolicy reads the policy that ships with the program. A mistake in it is found by the first test.
var defaultPolicy = sync.OnceValue(func() []rule {
	rows, err := csv.NewReader(strings.NewReader(policyCSV)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("rbac: policy.csv: %v", err))
	}
	rules := make([]rule, 0, len(rows))
	for _, r := range rows[1:] {
		rules = append(rules, rule{Role: r[0], Resource: r[1], Action: r[2], Scope: r[3]})
	}
	return rules
})

var roleNames = map[string][3]string{
	"zh-CN": {"管理员", "销售主管", "普通销售员"},
	"en":    {"Admin", "Sales manager", "Sales rep"},
}

// Seed gives a new company its roles and their default policy.
func Seed(ctx context.Context, tx *tenant.Tx) error {
	names, ok := roleNames[tx.Company.Locale]
	if !ok {
		names = roleNames["en"]
	}
	for i, id := range []string{Admin, Manager, Rep} {
		if _, err := tx.Exec(ctx, `INSERT INTO company.roles (id, name, built_in, created_at) VALUES (?, ?, 1, ?)`, id, names[i], tx.Now); err != nil {
			return err
		}
	}
	_, err := tx.NamedExec(ctx, `
		INSERT INTO company.role_permissions (role_id, resource, action, scope)
		VALUES (:role_id, :resource, :action, :scope)`, defaultPolicy())
	return err
}

// ListRoles returns the company's roles.
func ListRoles(ctx context.Context, q *tenant.Query) ([]Role, error) {
	var all []Role
	err := q.Select(ctx, &all, `SELECT id, name, built_in, created_at FROM company.roles ORDER BY built_in DESC, id LIMIT 500`)
	return all, err
}

// Assign replaces the member's roles. It returns *tenant.InvalidError for a role that does not exist and for
// none at all.
func Assign(ctx context.Context, tx *tenant.Tx, member tenant.MemberID, roles ...string) error {
	if len(roles) == 0 {
		return tenant.Invalid("roles", "required", "a member needs at least one role")
	}
	known, err := ListRoles(ctx, tx.Query)
	if err != nil {
		return err
	}
	if err := checkKnown(known, roles); err != nil {
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

func checkKnown(known []Role, roles []string) error {
	for i, id := range roles {
		if !slices.ContainsFunc(known, func(r Role) bool { return r.ID == id }) {
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

// HoldersOf returns the active members who have the role, for rules like "one admin must remain".
func HoldersOf(ctx context.Context, q *tenant.Query, role string) ([]tenant.MemberID, error) {
	var members []tenant.MemberID
	err := q.Select(ctx, &members, `
		SELECT m.id FROM company.members m JOIN company.member_roles r ON r.member_id = m.id
		WHERE r.role_id = ? AND m.status = 'active' ORDER BY m.id`, role)
	return members, err
}
