package rbac

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/guanxi-crm/guanxi/tenant"
)

type roleKind struct{}

func (roleKind) Prefix() string { return "rol" }

// CreateRole adds a role of the company's own. It returns *tenant.InvalidError for bad fields and for more than
// the caller has, and *tenant.ConflictError for a name or key in use.
func CreateRole(ctx context.Context, tx *tenant.Tx, in NewRole) (Role, error) {
	invalid := &tenant.InvalidError{}
	r := Role{
		ID: in.ID, Name: in.Name, Description: in.Description, Permissions: in.Permissions,
		Masks: cleanMasks(invalid, in.Masks), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if r.ID == "" {
		r.ID = tenant.NewID[roleKind]().String()
	} else if !isRoleID(r.ID) {
		invalid.Add("id", "invalid", "must be 2 to 48 lower-case letters, digits and underscores, a letter first")
	}
	if in.Permissions == nil {
		invalid.Add("permissions", "required", "is required; {} for none")
	}
	r.check(invalid, tx.Caller)
	if err := invalid.Err(); err != nil {
		return Role{}, err
	}
	if err := checkRoom(ctx, tx); err != nil {
		return Role{}, err
	}
	if err := insertRole(ctx, tx, r); err != nil {
		return Role{}, err
	}
	if err := insertRules(ctx, tx, r.rules()); err != nil {
		return Role{}, err
	}
	r.Resettable = r.differs()
	return r, emitRole(ctx, tx, "role.created", r, nil)
}

func checkRoom(ctx context.Context, tx *tenant.Tx) error {
	var n int
	if err := tx.Get(ctx, &n, `SELECT COUNT(*) FROM company.roles`); err != nil {
		return err
	}
	if n >= maxRoles {
		return &tenant.ConflictError{Code: "too_many_roles", Message: fmt.Sprintf("A company has at most %d roles. Delete one that nobody needs.", maxRoles)}
	}
	return nil
}

func insertRole(ctx context.Context, tx *tenant.Tx, r Role) error {
	_, err := tx.NamedExec(ctx, `
		INSERT INTO company.roles (id, name, description, built_in, masks, version, created_at, updated_at)
		VALUES (:id, :name, :description, :built_in, :masks, :version, :created_at, :updated_at)`, r)
	return nameTaken(err)
}

// nameTaken says which of a role's unique fields was refused.
func nameTaken(err error) error {
	var dup *tenant.DuplicateError
	if !errors.As(err, &dup) {
		return err
	}
	if dup.Key == "roles_name" {
		return &tenant.ConflictError{Code: "role_name_taken", Message: "There is a role of that name already."}
	}
	return &tenant.ConflictError{Code: "role_exists", Message: "There is a role with that key already."}
}

// rules are the rows that hold the role's permissions.
func (r *Role) rules() []rule {
	rules := make([]rule, 0, len(r.Permissions))
	for p, reach := range r.Permissions {
		rules = append(rules, rule{Role: r.ID, Resource: p.Resource(), Action: p.Action(), Scope: reach})
	}
	return rules
}

// UpdateRole changes a role. version, when not 0, must be the record's, else tenant.ErrStale. It returns
// *tenant.ConflictError for the admin's role, tenant.ErrDenied for a role that has more than the caller, and
// else what CreateRole does. A change that changes nothing writes nothing.
func UpdateRole(ctx context.Context, tx *tenant.Tx, id string, in RolePatch, version int64) (Role, error) {
	before, err := lockForChange(ctx, tx, id, version)
	if err != nil {
		return Role{}, err
	}
	invalid := &tenant.InvalidError{}
	after := in.apply(before, invalid)
	after.check(invalid, tx.Caller)
	if err := invalid.Err(); err != nil {
		return Role{}, err
	}
	return saveRole(ctx, tx, before, after, after.rules())
}

// ResetRole gives a role that comes with the product its default permissions and masks back. Name and description
// stay. It returns *tenant.ConflictError for a role of the company's own, and else what UpdateRole does.
func ResetRole(ctx context.Context, tx *tenant.Tx, id string, version int64) (Role, error) {
	before, err := lockForChange(ctx, tx, id, version)
	if err != nil {
		return Role{}, err
	}
	origin, ok := shippedRole(id)
	if !ok {
		return Role{}, &tenant.ConflictError{Code: "role_has_no_default", Message: "This role is your company's own and has no default to go back to."}
	}
	after := before
	after.Masks = append(tenant.List[string]{}, origin.masks...)
	after.fill(defaultRules(id))
	invalid := &tenant.InvalidError{}
	after.check(invalid, tx.Caller)
	if err := invalid.Err(); err != nil {
		return Role{}, err
	}
	return saveRole(ctx, tx, before, after, defaultRules(id))
}

// lockForChange returns a role that the caller may change.
func lockForChange(ctx context.Context, tx *tenant.Tx, id string, version int64) (Role, error) {
	r, err := findRole(ctx, tx.Query, id, "FOR UPDATE")
	switch {
	case err != nil:
		return Role{}, err
	case version != 0 && version != r.Version:
		return Role{}, fmt.Errorf("role %q: %w", id, tenant.ErrStale)
	case id == Admin:
		return Role{}, &tenant.ConflictError{Code: "admin_role_fixed", Message: "The admin's role stays as it is: somebody has to be able to do everything."}
	}
	return r, CheckReach(ctx, tx.Query, []string{id})
}

func saveRole(ctx context.Context, tx *tenant.Tx, before, after Role, rules []rule) (Role, error) {
	after.Resettable = after.differs()
	previous, err := tenant.Differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if _, err := tx.NamedExec(ctx, `
		UPDATE company.roles SET name = :name, description = :description, masks = :masks, version = :version, updated_at = :updated_at
		WHERE id = :id`, after); err != nil {
		return Role{}, nameTaken(err)
	}
	if _, changed := previous["permissions"]; changed {
		if _, err := tx.Exec(ctx, `DELETE FROM company.role_permissions WHERE role_id = ?`, after.ID); err != nil {
			return Role{}, err
		}
		if err := insertRules(ctx, tx, rules); err != nil {
			return Role{}, err
		}
	}
	return after, emitRole(ctx, tx, "role.updated", after, previous)
}

// LockForDelete returns a role that the caller may delete. It returns *tenant.ConflictError for a built-in role and
// tenant.ErrDenied for one that has more than the caller.
func LockForDelete(ctx context.Context, tx *tenant.Tx, id string) (Role, error) {
	r, err := findRole(ctx, tx.Query, id, "FOR UPDATE")
	if err == nil && r.BuiltIn {
		err = &tenant.ConflictError{Code: "role_built_in", Message: "Built-in roles cannot be deleted. Change what the role may do instead."}
	}
	if err != nil {
		return Role{}, err
	}
	return r, CheckReach(ctx, tx.Query, []string{id})
}

// DeleteRole removes a role that nobody has any more, else it returns ErrRoleInUse.
func DeleteRole(ctx context.Context, tx *tenant.Tx, r Role) error {
	holders, err := HoldersOf(ctx, tx.Query, r.ID)
	if err != nil {
		return err
	}
	if len(holders) > 0 {
		return ErrRoleInUse
	}
	if _, err := tx.Exec(ctx, `DELETE FROM company.role_permissions WHERE role_id = ?`, r.ID); err != nil {
		return err
	}
	if err := tx.MustChange(ctx, `DELETE FROM company.roles WHERE id = ?`, r.ID); err != nil {
		return fmt.Errorf("role %q: %w", r.ID, err)
	}
	return emitRole(ctx, tx, "role.deleted", r, nil)
}

// ErrRoleInUse is returned for deleting a role that somebody has or was promised.
var ErrRoleInUse = &tenant.ConflictError{
	Code: "role_in_use", Message: "Somebody has this role, or an open invitation promises it. Name the role that they get instead with reassign_to.",
}

// Reassign gives everybody who has a role another one in its place.
func Reassign(ctx context.Context, tx *tenant.Tx, from, to string) error {
	holders, err := HoldersOf(ctx, tx.Query, from)
	if err != nil {
		return err
	}
	if err := tenant.RenewMembers(ctx, tx, holders); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO company.member_roles (member_id, role_id) SELECT m.member_id, ? FROM company.member_roles m WHERE m.role_id = ?
		ON DUPLICATE KEY UPDATE role_id = VALUES(role_id)`, to, from); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM company.member_roles WHERE role_id = ?`, from)
	return err
}

// roleSpace makes record ids of the keys of roles, which are texts.
var roleSpace = uuid.MustParse("0190a5f1-3c1e-7c52-8f0e-6f2d7c6b9a10")

func emitRole(ctx context.Context, tx *tenant.Tx, event string, r Role, previous map[string]any) error {
	e := tenant.Event{Type: event, Resource: "role", Record: tenant.RecordID(uuid.NewSHA1(roleSpace, []byte(r.ID))), Data: r}
	if previous != nil {
		e.Previous = previous
	}
	return tx.Emit(ctx, e)
}
