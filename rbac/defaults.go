package rbac

import (
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"

	"github.com/guanxi-crm/guanxi/tenant"
)

// The roles that a company begins with.
const (
	Admin     = "admin"     // 管理员: everything
	Manager   = "manager"   // 销售主管: everything of everyone below
	Rep       = "rep"       // 普通销售员: what they own
	Service   = "service"   // 客服: every customer's unresolved questions, and surveys
	Marketing = "marketing" // 市场: sources, forms and campaigns; addresses in part only
)

// shipped is a role as it comes with the product.
type shipped struct {
	id    string
	names Label
	// builtIn roles cannot be deleted.
	builtIn bool
	masks   []string
}

var shippedRoles = []shipped{
	{id: Admin, names: Label{"管理员", "Admin"}, builtIn: true},
	{id: Manager, names: Label{"销售主管", "Sales manager"}, builtIn: true},
	{id: Rep, names: Label{"普通销售员", "Sales rep"}, builtIn: true},
	{id: Service, names: Label{"客服", "Customer service"}},
	{id: Marketing, names: Label{"市场", "Marketing"}, masks: []string{"customer.phone", "customer.email", "contact.phone", "contact.email"}},
}

// shippedRole returns the role as it comes with the product, if it does.
func shippedRole(id string) (shipped, bool) {
	for _, r := range shippedRoles {
		if r.id == id {
			return r, true
		}
	}
	return shipped{}, false
}

//go:embed policy.csv
var policyCSV string

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

func defaultRules(role string) []rule {
	var rules []rule
	for _, r := range defaultPolicy() {
		if r.Role == role {
			rules = append(rules, r)
		}
	}
	return rules
}

// Seed gives a new company its roles and their default policy.
func Seed(ctx context.Context, tx *tenant.Tx) error {
	for _, r := range shippedRoles {
		name := r.names.EN
		if tx.Company.Locale == "zh-CN" {
			name = r.names.ZH
		}
		if err := insertRole(ctx, tx, Role{
			ID: r.id, Name: name, BuiltIn: r.builtIn, Masks: r.masks, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}); err != nil {
			return err
		}
	}
	return insertRules(ctx, tx, defaultPolicy())
}

func insertRules(ctx context.Context, tx *tenant.Tx, rules []rule) error {
	if len(rules) == 0 {
		return nil
	}
	_, err := tx.NamedExec(ctx, `
		INSERT INTO company.role_permissions (role_id, resource, action, scope)
		VALUES (:role_id, :resource, :action, :scope)`, rules)
	return err
}
