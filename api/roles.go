package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) roleRoutes(r *routes) {
	register(r, get("/permissions", "List what a role may be allowed", describe(permissionsDoc)), rbac.Roles.Read, billing.Free, s.listPermissions)
	register(r, get("/roles", "List roles"), rbac.Roles.Read, billing.Free, s.listRoles)
	register(r, post("/roles", "Create a role", alsoAnswers(http.StatusPaymentRequired), describe(grantDoc)), rbac.Roles.Create, billing.Free, s.createRole)
	register(r, get("/roles/{id}", "Get a role"), rbac.Roles.Read, billing.Free, s.getRole)
	register(r, patchOp("/roles/{id}", "Change a role", alsoAnswers(http.StatusPaymentRequired), describe("Holds at once for everybody who has it. The admin's role stays as it is. "+grantDoc)),
		rbac.Roles.Update, billing.Free, s.updateRole)
	register(r, post("/roles/{id}/reset", "Bring a role's default back", answers(http.StatusOK),
		describe("For roles that come with the product: permissions and masks become as they were shipped.")), rbac.Roles.Update, billing.Free, s.resetRole)
	register(r, del("/roles/{id}", "Delete a role", describe(deleteRoleDoc)), rbac.Roles.Delete, billing.Free, s.deleteRole)
}

const (
	permissionsDoc = "The whole catalogue by resource, with names in Chinese and English, the scopes that make sense and the fields that can be masked."
	grantDoc       = "Nobody gives more than they have. Masks show fields in part and need a plan with `field_masking` (402)."
	deleteRoleDoc  = "Built-in roles stay (409). One that somebody has, or that an open invitation promises, needs another to take its place."
)

func (s *Server) listPermissions(context.Context, *struct{}) (*all[rbac.PermissionGroup], error) {
	return allOf(rbac.Groups()), nil
}

func (s *Server) listRoles(ctx context.Context, _ *struct{}) (*all[rbac.Role], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[rbac.Role], error) {
		roles, err := rbac.ListRoles(ctx, q)
		return allOf(roles), err
	})
}

// RolePath names a role in the path.
type RolePath struct {
	ID string `path:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"64" doc:"The role's key." example:"rep"`
}

func (s *Server) getRole(ctx context.Context, in *RolePath) (*item[rbac.Role], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[rbac.Role], error) {
		r, err := rbac.GetRole(ctx, q, in.ID)
		return &item[rbac.Role]{etag(r.Version), r}, err
	})
}

type createRoleInput struct{ Body rbac.NewRole }

func (s *Server) createRole(ctx context.Context, in *createRoleInput) (*created[rbac.Role], error) {
	if err := mayMask(ctx, in.Body.Masks); err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[rbac.Role], error) {
		r, err := rbac.CreateRole(ctx, tx, in.Body)
		return &created[rbac.Role]{"/v1/roles/" + r.ID, etag(r.Version), r}, err
	})
}

// mayMask returns *billing.UpgradeError for masks that the plan does not have.
func mayMask(ctx context.Context, masks []string) error {
	if len(masks) == 0 {
		return nil
	}
	return principalOf(ctx).plan.Require(billing.FieldMasking)
}

type updateRoleInput struct {
	RolePath
	IfMatch
	Body rbac.RolePatch
}

func (s *Server) updateRole(ctx context.Context, in *updateRoleInput) (*item[rbac.Role], error) {
	if err := mayMask(ctx, in.Body.Masks.Value); err != nil {
		return nil, err
	}
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return s.changeRole(ctx, func(tx *tenant.Tx) (rbac.Role, error) { return rbac.UpdateRole(ctx, tx, in.ID, in.Body, version) })
}

type resetRoleInput struct {
	RolePath
	IfMatch
}

func (s *Server) resetRole(ctx context.Context, in *resetRoleInput) (*item[rbac.Role], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return s.changeRole(ctx, func(tx *tenant.Tx) (rbac.Role, error) { return rbac.ResetRole(ctx, tx, in.ID, version) })
}

func (s *Server) changeRole(ctx context.Context, change func(*tenant.Tx) (rbac.Role, error)) (*item[rbac.Role], error) {
	out, err := inTx(ctx, s, func(tx *tenant.Tx) (*item[rbac.Role], error) {
		r, err := change(tx)
		return &item[rbac.Role]{etag(r.Version), r}, err
	})
	if err != nil {
		return nil, err
	}
	s.changed(ctx)
	return out, nil
}

type deleteRoleInput struct {
	RolePath
	ReassignTo string `query:"reassign_to" pattern:"^[a-z][a-z0-9_]*$" maxLength:"64" doc:"The role that takes its place for members and open invitations." example:"rep"`
}

func (s *Server) deleteRole(ctx context.Context, in *deleteRoleInput) (*nothing, error) {
	out, err := inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		role, err := rbac.LockForDelete(ctx, tx, in.ID)
		if err != nil {
			return nil, err
		}
		if err := in.reassign(ctx, tx); err != nil {
			return nil, err
		}
		return &nothing{}, rbac.DeleteRole(ctx, tx, role)
	})
	if err != nil {
		return nil, err
	}
	s.changed(ctx)
	return out, nil
}

// reassign puts another role in the place of one that is about to go, or insists that nobody has it.
func (in *deleteRoleInput) reassign(ctx context.Context, tx *tenant.Tx) error {
	if in.ReassignTo == "" {
		promised, err := auth.ReassignInvitations(ctx, tx, in.ID, "")
		if err == nil && promised > 0 {
			err = rbac.ErrRoleInUse
		}
		return err
	}
	if in.ReassignTo == in.ID {
		return tenant.Invalid("reassign_to", "invalid", "must be another role")
	}
	if _, err := rbac.GetRole(ctx, tx.Query, in.ReassignTo); errors.Is(err, tenant.ErrNotFound) {
		return tenant.Invalid("reassign_to", "unknown", "is not a role of this company")
	} else if err != nil {
		return err
	}
	if err := rbac.CheckReach(ctx, tx.Query, []string{in.ReassignTo}); err != nil {
		return err
	}
	if _, err := auth.ReassignInvitations(ctx, tx, in.ID, in.ReassignTo); err != nil {
		return err
	}
	holders, err := rbac.HoldersOf(ctx, tx.Query, in.ID)
	if err != nil {
		return err
	}
	before := make([]teamMember, len(holders))
	for i, id := range holders {
		if before[i], err = readLocked(ctx, tx, id); err != nil {
			return err
		}
	}
	if err := rbac.Reassign(ctx, tx, in.ID, in.ReassignTo); err != nil {
		return err
	}
	for _, m := range before {
		after, err := readMember(ctx, tx.Query, m.ID)
		if err != nil {
			return err
		}
		if err := emitMember(ctx, tx, "member.updated", after, m); err != nil {
			return err
		}
	}
	return nil
}
