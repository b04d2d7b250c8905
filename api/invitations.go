package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) invitationRoutes(r *routes) {
	register(r, get("/invitations", "List invitations", describe("Closed ones are kept for 30 days.")), rbac.Invitation.Read, billing.Free, s.listInvitations)
	register(r, post("/invitations", "Invite somebody", alsoAnswers(http.StatusPaymentRequired), describe(inviteDoc)), rbac.Invitation.Create, billing.Free, s.createInvitation)
	register(r, del("/invitations/{id}", "Revoke an invitation", describe("Its link works no more.")), rbac.Invitation.Delete, billing.Free, s.revokeInvitation)
	register(r, post("/invitations/{id}/resend", "Send an invitation again", answers(http.StatusOK),
		describe("Gives it a fresh link and a fresh seven days; earlier links work no more.")), rbac.Invitation.Create, billing.Free, s.resendInvitation)
	register(r, get("/invitation-links/{token}", "Look at an invitation", describe("For whoever holds the link.")),
		rbac.Public, billing.Free, s.viewInvitation)
	register(r, post("/invitations/accept", "Accept an invitation", describe(acceptDoc),
		alsoAnswers(http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusNotFound)), rbac.Public, billing.Free, s.acceptInvitation)
}

const (
	inviteDoc = `Answers with a link that works for seven days and once. With an e-mail the link is also sent there, where mail is configured.
The roles may not exceed your own, neither now nor when the link is used, and the manager must be you or somebody below you. 402 when no seat is free.`
	acceptDoc = `Makes you a member and signs you in. When the address has an account already, give its password: you then belong to both companies.
Repeated by the same person it just signs in.`
)

func (s *Server) listInvitations(ctx context.Context, _ *struct{}) (*all[auth.Invitation], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[auth.Invitation], error) {
		invitations, err := auth.ListInvitations(ctx, q)
		return allOf(invitations), err
	})
}

type createInvitationInput struct{ Body auth.NewInvitation }

// invited is the answer that shows a link, once.
type invited struct{ Body auth.Invitation }

func (s *Server) createInvitation(ctx context.Context, in *createInvitationInput) (*invited, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*invited, error) {
		if err := rbac.CheckGrant(ctx, tx.Query, in.Body.Roles); err != nil {
			return nil, err
		}
		i, err := s.auth.Invite(ctx, tx, in.Body)
		return &invited{i}, err
	})
}

type invitationPath struct {
	ID auth.InvitationID `path:"id" doc:"The invitation's id." example:"inv_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) revokeInvitation(ctx context.Context, in *invitationPath) (*nothing, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, auth.RevokeInvitation(ctx, tx, in.ID)
	})
}

func (s *Server) resendInvitation(ctx context.Context, in *invitationPath) (*invited, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*invited, error) {
		i, err := s.auth.ResendInvitation(ctx, tx, in.ID)
		if err != nil {
			return nil, err
		}
		// Whoever shows the link again hands its roles out again.
		return &invited{i}, rbac.CheckGrant(ctx, tx.Query, i.Roles)
	})
}

type viewInvitationInput struct {
	Token string `path:"token" maxLength:"200" doc:"The last part of the link." example:"AZ8n0x…"`
}

type openInvitation struct{ Body auth.OpenInvitation }

func (s *Server) viewInvitation(ctx context.Context, in *viewInvitationInput) (*openInvitation, error) {
	i, err := s.auth.ViewInvitation(ctx, in.Token, auth.Client{IP: clientIP(ctx)})
	return &openInvitation{i}, err
}

type acceptInvitationInput struct {
	UserAgent
	WebClient
	Body auth.Acceptance
}

func (s *Server) acceptInvitation(ctx context.Context, in *acceptInvitationInput) (*signedIn, error) {
	out, err := s.auth.AcceptInvitation(ctx, in.Body, in.client(ctx), auth.Joining{
		Limits: func(c *tenant.Company) map[tenant.Quota]int64 { return billing.PlanByKey(c.Plan).Limits() },
		Vouch:  vouchForNewcomer, Assign: rbac.Assign,
	})
	if code, ok := errors.AsType[*auth.TOTPRequiredError](err); ok {
		s.companyChanged(ctx, code.Company)
	}
	if err != nil {
		return nil, err
	}
	s.companyChanged(ctx, out.Company.ID) // the team of whoever the newcomer reports to has grown
	return s.signedIn(ctx, in.WebClient, out), nil
}

// vouchForNewcomer implements [auth.Joining].Vouch: what somebody has promised does not outlive their own rights.
func vouchForNewcomer(ctx context.Context, tx *tenant.Tx, inviter tenant.MemberID, roles []string) error {
	// A change of the inviter's roles at the same moment waits, or is seen.
	if _, err := tenant.LockMember(ctx, tx, inviter); err != nil {
		return err
	}
	by, err := voucher(ctx, tx.Query, inviter, rbac.Invitation.Create)
	if err != nil {
		return err
	}
	return rbac.CheckReachOf(ctx, tx.Query, by, roles)
}

// voucher returns what a member may do today, or tenant.ErrDenied for one who is gone or lacks the permission.
func voucher(ctx context.Context, q *tenant.Query, member tenant.MemberID, p rbac.Permission) (*tenant.Caller, error) {
	by, err := callerOf(ctx, q, member)
	if errors.Is(err, tenant.ErrNotFound) || err == nil && !by.May(p.Name()) {
		return nil, fmt.Errorf("%s by %s: %w", p.Name(), member, tenant.ErrDenied)
	}
	return by, err
}
