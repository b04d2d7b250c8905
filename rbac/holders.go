package rbac

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// RolesByMember returns the ids of every member's roles.
func RolesByMember(ctx context.Context, q *tenant.Query) (map[tenant.MemberID][]string, error) {
	var rows []struct {
		Member tenant.MemberID `db:"member_id"`
		Role   string          `db:"role_id"`
	}
	if err := q.Select(ctx, &rows, `SELECT member_id, role_id FROM company.member_roles ORDER BY member_id, role_id LIMIT 100000`); err != nil {
		return nil, err
	}
	roles := map[tenant.MemberID][]string{}
	for _, r := range rows {
		roles[r.Member] = append(roles[r.Member], r.Role)
	}
	return roles, nil
}

// RequireAdmin is called after a change that may have taken the last admin away. It returns
// *tenant.ConflictError when no active member is an admin any more.
func RequireAdmin(ctx context.Context, tx *tenant.Tx) error {
	// Two admins who remove each other must meet somewhere. A mere lock does not hold between Galera nodes.
	if _, err := tx.Exec(ctx, `INSERT INTO company.counters (name, value) VALUES ('admins', 1) ON DUPLICATE KEY UPDATE value = value + 1`); err != nil {
		return err
	}
	// FOR UPDATE reads what is committed now, not what was when the transaction began to read.
	var admins []tenant.MemberID
	if err := tx.Select(ctx, &admins, `
		SELECT m.id FROM company.members m JOIN company.member_roles r ON r.member_id = m.id
		WHERE r.role_id = ? AND m.status = ? FOR UPDATE`, Admin, tenant.MemberActive); err != nil {
		return err
	}
	if len(admins) == 0 {
		return &tenant.ConflictError{Code: "last_admin", Message: "The company would have no admin left. Make somebody else an admin first."}
	}
	return nil
}

// CheckGrant returns an error unless the caller may hand these roles out: *tenant.InvalidError for a role that
// does not exist, tenant.ErrDenied for one that gives more than the caller has.
func CheckGrant(ctx context.Context, q *tenant.Query, roles []string) error {
	if err := checkKnown(ctx, q, roles, ""); err != nil {
		return err
	}
	return CheckReach(ctx, q, roles)
}

// CheckReach returns tenant.ErrDenied when holders of these roles may do more than the caller, who therefore
// must not change them.
func CheckReach(ctx context.Context, q *tenant.Query, roles []string) error {
	return CheckReachOf(ctx, q, q.Caller, roles)
}

// CheckReachOf is CheckReach for another caller than the one of the query.
func CheckReachOf(ctx context.Context, q *tenant.Query, caller *tenant.Caller, roles []string) error {
	if caller.Kind == tenant.BySystem {
		return nil
	}
	e, err := Load(ctx, q, roles)
	if err != nil {
		return err
	}
	rights, err := e.Rights(roles)
	if err != nil {
		return err
	}
	if !rights.within(caller) {
		return fmt.Errorf("roles %v exceed the caller's: %w", roles, tenant.ErrDenied)
	}
	return nil
}
