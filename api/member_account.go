package api

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) memberAccountRoutes(r *routes) {
	register(r, post("/members/{id}/password-reset", "Make a link for a member to choose a new password", describe(resetLinkDoc)),
		rbac.Member.Update, billing.Free, s.makeResetLink)
	register(r, del("/members/{id}/totp", "Switch a member's two-step sign-in off", describe(removeTOTPDoc)), rbac.Member.Update, billing.Free, s.removeTOTP)
}

const resetLinkDoc = `For whoever cannot be mailed. The link is shown once, works for an hour and once. Only for active members whose roles do not exceed yours, now and when it is used, and not for yourself.
An account that is used outside of your company too is 409 with the code account_shared: its person has to use "forgot password".`

const removeTOTPDoc = `For whoever has lost the device and the recovery codes. The same members as for a reset link; they are told by mail.`

// resetLink is the answer that shows a link, once.
type resetLink struct{ Body auth.ResetLink }

func (s *Server) makeResetLink(ctx context.Context, in *MemberPath) (*resetLink, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*resetLink, error) {
		m, err := s.lockAccount(ctx, tx, in.ID)
		if err != nil {
			return nil, err
		}
		link, err := s.auth.NewResetLink(ctx, tx, m.Member)
		return &resetLink{link}, err
	})
}

// vouchForReset implements [auth.ResetVouch]: a link works as long as who made it could make it.
func vouchForReset(ctx context.Context, q *tenant.Query, maker, member tenant.MemberID) error {
	by, err := voucher(ctx, q, maker, rbac.Member.Update)
	if err != nil {
		return err
	}
	if !by.Scope(rbac.Member.Update.Name()).Includes(member) {
		return fmt.Errorf("member %s: %w", member, tenant.ErrDenied)
	}
	roles, err := rbac.RolesOf(ctx, q, member)
	if err != nil {
		return err
	}
	return rbac.CheckReachOf(ctx, q, by, roles)
}

// lockAccount returns a member whose account the caller may open to them again: whom they may change, who has no
// other way in through the same account, and not themselves, because a session left open must not be one to keep.
func (s *Server) lockAccount(ctx context.Context, tx *tenant.Tx, id tenant.MemberID) (teamMember, error) {
	if tx.Caller.Kind != tenant.ByMember {
		return teamMember{}, fmt.Errorf("api key: %w", tenant.ErrDenied)
	}
	m, err := lockMember(ctx, tx, id)
	switch {
	case err != nil:
		return teamMember{}, err
	case id == tx.Caller.Member:
		return teamMember{}, &tenant.ConflictError{Code: "own_account", Message: "This is your own account. Change it under /v1/me, with your password."}
	case m.Status != tenant.MemberActive:
		return teamMember{}, &tenant.ConflictError{Code: "member_deactivated", Message: "This member is deactivated. Reactivate them first."}
	}
	return m, s.auth.MustBeOurs(ctx, tx.Company.ID, id)
}

func (s *Server) removeTOTP(ctx context.Context, in *MemberPath) (*nothing, error) {
	if _, err := inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		_, err := s.lockAccount(ctx, tx, in.ID)
		return &nothing{}, err
	}); err != nil {
		return nil, err
	}
	if err := s.auth.RemoveTOTP(ctx, in.ID, principalOf(ctx).caller, "colleague", auth.Client{}); err != nil {
		return nil, err
	}
	s.changed(ctx)
	return &nothing{}, nil
}
