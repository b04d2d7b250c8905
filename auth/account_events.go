package auth

import (
	"context"
	"errors"
	"log/slog"

	"github.com/guanxi-crm/guanxi/tenant"
)

// The events about accounts.
const (
	eventSignedIn        = "member.signed_in"
	eventSignInRefused   = "member.sign_in_refused"
	eventLocked          = "member.sign_in_locked"
	eventPasswordChanged = "member.password_changed"
	eventResetLinkMade   = "member.password_reset_link_made"
	eventTOTPEnabled     = "member.totp_enabled"
	eventTOTPDisabled    = "member.totp_disabled"
	eventRecoveryRenewed = "member.recovery_codes_renewed"
)

// AccountEvent is what the events about a person's own account carry. They are for the audit trail of each of their
// companies: who got in, who did not, and how an account became safer or less so.
type AccountEvent struct {
	ID   tenant.MemberID `json:"id"`
	Name string          `json:"name"`
	// Method is by what means, as "password".
	Method string `json:"method,omitempty"`
	// Device is what the client called its device or, without that, itself.
	Device string `json:"device,omitempty"`
}

func (c Client) describe() string {
	c = c.cut()
	if c.Device != "" {
		return c.Device
	}
	return c.UserAgent
}

// happening is something that happened to an account.
type happening struct {
	event string
	// method is by what means, client where.
	method string
	client Client
	// quiet leaves the notice by mail out.
	quiet bool
}

// emitAccount records what happened to a member's account in one company.
func emitAccount(ctx context.Context, tx *tenant.Tx, m tenant.Member, h happening) error {
	return tx.Emit(ctx, tenant.Event{
		Type: h.event, Resource: "member", Record: tenant.RecordID(m.ID), OwnerBefore: m.ID, OwnerAfter: m.ID,
		Data: AccountEvent{ID: m.ID, Name: m.Name, Method: h.method, Device: h.client.describe()},
	})
}

// record records what happened to somebody's account in all companies that they are a member of, and mails a notice to
// them when there is one for it. What has happened has happened: a failure is logged and undoes nothing.
func (s *Service) record(ctx context.Context, who tenant.MemberID, by *tenant.Caller, h happening) {
	if err := s.tryRecord(context.WithoutCancel(ctx), who, by, h); err != nil {
		s.background.log.ErrorContext(ctx, "account event is not recorded", slog.String("event", h.event), slog.String("person", who.String()), slog.Any("error", err))
	}
}

func (s *Service) tryRecord(ctx context.Context, who tenant.MemberID, by *tenant.Caller, h happening) error {
	companies, err := s.companiesOf(ctx, who)
	if err != nil {
		return err
	}
	noticed := false
	for _, company := range companies {
		err := s.directory.Tx(ctx, company, by, func(tx *tenant.Tx) error {
			m, err := tenant.GetMember(ctx, tx.Query, who)
			if err != nil {
				return err
			}
			if err := emitAccount(ctx, tx, m, h); err != nil {
				return err
			}
			if noticed || h.quiet || m.Status != tenant.MemberActive {
				return nil
			}
			return s.scheduleMail(ctx, tx, noticeOf[h.event], who, tenant.RecordID(tenant.NewEventID()), h.client)
		})
		switch {
		case errors.Is(err, tenant.ErrNotFound), errors.Is(err, tenant.ErrSuspended):
			continue // not a member after all, or a company that stands still
		case err != nil:
			return err
		}
		noticed = true
	}
	return nil
}

// as is the caller under which a person's own doing is recorded.
func as(who tenant.MemberID, source string) *tenant.Caller {
	return &tenant.Caller{Kind: tenant.ByMember, Member: who, Source: source}
}
