package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Acceptance is what somebody sends to accept an invitation.
type Acceptance struct {
	Token    string `json:"token" minLength:"1" maxLength:"200" doc:"The last part of the link." example:"AZ8n0x…"`
	Name     string `json:"name,omitempty" maxLength:"200" doc:"Your name; the one in the invitation when absent." example:"李雷"`
	Password string `json:"password" minLength:"8" maxLength:"256" doc:"A new password, or the one you have when the address has an account." example:"a long phrase is good"`
	Email    string `json:"email,omitempty" maxLength:"254" doc:"Needed when the invitation names no address." example:"li@acme.example"`
	Phone    string `json:"phone,omitempty" maxLength:"40" doc:"Another way to sign in, or the only one." example:"+86 138 0013 8000"`
	Device   string `json:"device,omitempty" maxLength:"100" doc:"A name for the list of sessions." example:"Li's iPhone"`
}

// OpenInvitation is what the holder of a link may know before accepting.
type OpenInvitation struct {
	CompanyName string  `json:"company_name" doc:"The company that invites." example:"Acme"`
	InvitedBy   string  `json:"invited_by" doc:"Name of who invited." example:"陈晨"`
	Name        string  `json:"name" doc:"Name of the invited person, if it was given." example:"李雷"`
	Email       *string `json:"email" doc:"The address that the invitation is for, if any." example:"li@acme.example"`
	Phone       *string `json:"phone" doc:"The phone number that the invitation is for, if any." example:"+8613800138000"`
	// Roles are those that accepting gives.
	Roles     []string `json:"roles" nullable:"false" doc:"Ids of the roles that accepting gives." example:"[\"rep\"]"`
	ExpiresAt string   `json:"expires_at" format:"date-time" doc:"Until when the link works (UTC)."`
}

// ViewInvitation returns what a link is for. It returns tenant.ErrNotFound for a link that was never given
// out, *tenant.ConflictError for one that works no more, and *TooManyAttemptsError.
func (s *Service) ViewInvitation(ctx context.Context, token string, client Client) (OpenInvitation, error) {
	if err := s.attempts.take(ctx, "invitation:"+client.IP, s.attempts.limits.SignIn); err != nil {
		return OpenInvitation{}, err
	}
	company, i, err := s.findInvitation(ctx, token)
	if err != nil {
		return OpenInvitation{}, err
	}
	if i.Status != invitationPending {
		return OpenInvitation{}, invitationClosed(i.Status)
	}
	inviter, err := s.memberOf(ctx, company, i.InvitedBy)
	return OpenInvitation{
		CompanyName: company.Name, InvitedBy: inviter.Name, Name: i.Name, Email: i.Email, Phone: i.Phone,
		Roles: append([]string{}, i.Roles...), ExpiresAt: i.ExpiresAt.Format("2006-01-02T15:04:05Z"),
	}, err
}

// findInvitation returns the invitation of a token and its company.
func (s *Service) findInvitation(ctx context.Context, token string) (*tenant.Company, Invitation, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != idBytes+secretBytes {
		return nil, Invitation{}, fmt.Errorf("invitation: %w", tenant.ErrNotFound)
	}
	company, err := s.directory.Company(ctx, tenant.CompanyID(raw[:idBytes]))
	if err != nil {
		return nil, Invitation{}, err
	}
	if company.Status == tenant.Suspended {
		return nil, Invitation{}, fmt.Errorf("company %s: %w", company.ID, tenant.ErrSuspended)
	}
	var i Invitation
	err = s.directory.Read(ctx, company, system(), func(q *tenant.Query) error {
		err := q.Get(ctx, &i, `SELECT `+invitationColumns+` FROM company.invitations WHERE token_hash = ?`, hashOf(raw))
		i.settle(q.Now)
		return err
	})
	if err != nil {
		return nil, Invitation{}, fmt.Errorf("invitation: %w", err)
	}
	return company, i, nil
}

// Joining is how the edge makes a member of somebody who accepts.
type Joining struct {
	// Limits returns the numbers of the company's plan.
	Limits func(*tenant.Company) map[tenant.Quota]int64
	// Vouch returns tenant.ErrDenied unless the inviter may still hand these roles out.
	Vouch func(ctx context.Context, tx *tenant.Tx, inviter tenant.MemberID, roles []string) error
	// Assign gives the new member their roles.
	Assign func(ctx context.Context, tx *tenant.Tx, member tenant.MemberID, roles ...string) error
}

// AcceptInvitation makes somebody a member and signs them in. An address that has an account joins with
// that account and must give its password. Repeated by the same person it just signs in, so that an answer
// may be lost. It returns *tenant.InvalidError, *tenant.ConflictError, *tenant.QuotaError, an error that
// wraps ErrUnauthenticated for a wrong password, *TOTPRequiredError for a member who has to show a code too,
// *TooManyAttemptsError, tenant.ErrNotFound for a token that
// was never given out, or ErrUnavailable; after any of these the link can be tried again.
func (s *Service) AcceptInvitation(ctx context.Context, in Acceptance, client Client, join Joining) (SignedIn, error) {
	company, i, err := s.findInvitation(ctx, in.Token)
	if err != nil {
		return SignedIn{}, errors.Join(err, s.attempts.take(ctx, "invitation:"+client.IP, s.attempts.limits.SignIn))
	}
	if i.Status != invitationPending && i.Status != invitationAccepted {
		return SignedIn{}, invitationClosed(i.Status)
	}
	who, err := i.invited(in, company.Locale)
	if err != nil {
		return SignedIn{}, err
	}
	who, err = s.enrol(ctx, company, i, who, in.Password, client)
	if err != nil {
		return SignedIn{}, err
	}
	if i.Status == invitationPending {
		if err := s.join(ctx, company, i, who, join); err != nil {
			return SignedIn{}, err
		}
	}
	client.Device = in.Device
	return s.letIn(ctx, company, who, "invitation", client)
}

// invited returns the person who accepts, as they would be if they had no account.
func (i *Invitation) invited(in Acceptance, locale string) (person, error) {
	who := person{Name: i.Name, Email: i.Email, Phone: i.Phone, Locale: locale}
	if in.Name != "" || who.Name == "" {
		name, err := ParseName("name", in.Name)
		if err != nil {
			return person{}, err
		}
		who.Name = name
	}
	var err error
	if in.Email != "" {
		if who.Email, err = ownAddress("email", i.Email, func() (string, error) { return ParseEmail("email", in.Email) }); err != nil {
			return person{}, err
		}
	}
	if in.Phone != "" {
		if who.Phone, err = ownAddress("phone", i.Phone, func() (string, error) { return ParsePhone("phone", in.Phone, locale) }); err != nil {
			return person{}, err
		}
	}
	if who.Email == nil && who.Phone == nil {
		return person{}, tenant.Invalid("email", "required", "give the e-mail or the phone number that you want to sign in by")
	}
	return who, nil
}

// ownAddress returns the address that was sent, unless the invitation names another.
func ownAddress(field string, invited *string, parse func() (string, error)) (*string, error) {
	value, err := parse()
	if err != nil {
		return nil, err
	}
	if invited != nil && *invited != value {
		return nil, tenant.Invalid(field, "mismatch", "differs from the one in the invitation; leave it out")
	}
	return &value, nil
}

// join makes the person a member, in one transaction with closing the invitation.
func (s *Service) join(ctx context.Context, company *tenant.Company, i Invitation, who person, join Joining) error {
	caller := &tenant.Caller{
		Kind: tenant.ByMember, Member: who.ID, Name: who.Name, Locale: who.Locale,
		Limits: join.Limits(company), Source: i.ID.String(),
	}
	return s.directory.Tx(ctx, company, caller, func(tx *tenant.Tx) error {
		var locked Invitation
		if err := tx.Get(ctx, &locked, `SELECT `+invitationColumns+` FROM company.invitations WHERE id = ? FOR UPDATE`, i.ID); err != nil {
			return fmt.Errorf("invitation %s: %w", i.ID, err)
		}
		locked.settle(tx.Now)
		if locked.Status == invitationAccepted && locked.MemberID == who.ID {
			return nil
		}
		if locked.Status != invitationPending {
			return invitationClosed(locked.Status)
		}
		if err := join.Vouch(ctx, tx, locked.InvitedBy, locked.Roles); errors.Is(err, tenant.ErrDenied) {
			return invitationClosed(invitationRevoked)
		} else if err != nil {
			return err
		}
		member, err := tenant.AddMember(ctx, tx, tenant.Member{
			ID: who.ID, Name: who.Name, Email: who.Email, Phone: who.Phone, ManagerID: locked.ManagerID, Locale: who.Locale,
		})
		var duplicate *tenant.DuplicateError
		if errors.As(err, &duplicate) {
			return &tenant.ConflictError{Code: "already_member", Message: "You are a member of this company already. Sign in, or ask an admin to reactivate you."}
		}
		if err != nil {
			return err
		}
		if err := join.Assign(ctx, tx, who.ID, locked.Roles...); err != nil {
			return err
		}
		if err := tx.Consume(ctx, quotaSeats, 1); err != nil {
			return err
		}
		locked.MemberID = who.ID
		if err := locked.close(ctx, tx, invitationAccepted, "invitation.accepted"); err != nil {
			return err
		}
		return emitMember(ctx, tx, "member.created", member)
	})
}
