package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// NewInvitation is what an invitation is made of.
type NewInvitation struct {
	Name      string          `json:"name,omitempty" maxLength:"200" doc:"Name of the invited person." example:"李雷"`
	Email     string          `json:"email,omitempty" maxLength:"254" doc:"Sends the link there. Without e-mail and phone, anybody who has the link can accept." example:"li@acme.example"`
	Phone     string          `json:"phone,omitempty" maxLength:"40" doc:"The number that the person will sign in by." example:"+86 138 0013 8000"`
	Roles     []string        `json:"roles" minItems:"1" maxItems:"20" nullable:"false" doc:"Roles that the person will have; none may exceed your own." example:"[\"rep\"]"`
	ManagerID tenant.MemberID `json:"manager_id,omitempty" doc:"Whom the person will report to: you or somebody below you. You when absent."`
}

// Invite makes an invitation and, when mail is configured and an e-mail was given, the work of sending it.
// That the roles exist and do not exceed the caller's is for the edge to check. It returns
// *tenant.InvalidError, tenant.ErrDenied for a manager out of the caller's reach, *tenant.QuotaError when no
// seat is free, or *tenant.ConflictError for somebody who is a member or invited already.
func (s *Service) Invite(ctx context.Context, tx *tenant.Tx, in NewInvitation) (Invitation, error) {
	i := Invitation{
		ID: tenant.NewID[invitationKind](), Roles: in.Roles, ManagerID: in.ManagerID, InvitedBy: tx.Caller.Member,
		CreatedAt: tx.Now,
	}
	if i.ManagerID.IsZero() {
		i.ManagerID = tx.Caller.Member
	}
	if err := i.address(in, tx.Company.Locale); err != nil {
		return Invitation{}, err
	}
	if !tx.Scope(permissionInvite).Includes(i.ManagerID) {
		return Invitation{}, fmt.Errorf("invite below %s: %w", i.ManagerID, tenant.ErrDenied)
	}
	if _, err := tenant.GetMember(ctx, tx.Query, i.ManagerID); err != nil {
		return Invitation{}, tenant.Invalid("manager_id", "unknown", "is not a member of this company")
	}
	if err := i.checkNew(ctx, tx); err != nil {
		return Invitation{}, err
	}
	if err := tx.Available(ctx, quotaSeats, 1); err != nil {
		return Invitation{}, err
	}
	row, err := s.mint(tx, i)
	if err != nil {
		return Invitation{}, err
	}
	if _, err := tx.NamedExec(ctx, `
		INSERT INTO company.invitations (`+invitationColumns+`, token_hash, token_sealed)
		VALUES (:id, :name, :email, :phone, :roles, :manager_id, :invited_by, :status, :member_id, :expires_at, :created_at, :updated_at,
			:token_hash, :token_sealed)`, row); err != nil {
		return Invitation{}, fmt.Errorf("invitation %s: %w", i.ID, err)
	}
	return row.Invitation, s.announceInvitation(ctx, tx, "invitation.created", row.Invitation)
}

// address reads the fields that say who is invited.
func (i *Invitation) address(in NewInvitation, locale string) error {
	if in.Name != "" {
		name, err := ParseName("name", in.Name)
		if err != nil {
			return err
		}
		i.Name = name
	}
	if in.Email != "" {
		email, err := ParseEmail("email", in.Email)
		if err != nil {
			return err
		}
		i.Email = &email
	}
	if in.Phone != "" {
		phone, err := ParsePhone("phone", in.Phone, locale)
		if err != nil {
			return err
		}
		i.Phone = &phone
	}
	if len(in.Roles) == 0 {
		return tenant.Invalid("roles", "required", "name at least one role")
	}
	return nil
}

// checkNew refuses to invite an address twice.
func (i *Invitation) checkNew(ctx context.Context, tx *tenant.Tx) error {
	var members, invited int
	if err := tx.Get(ctx, &members, `SELECT COUNT(*) FROM company.members WHERE email = ? OR phone = ?`, i.Email, i.Phone); err != nil {
		return err
	}
	if members > 0 {
		return &tenant.ConflictError{Code: "already_member", Message: "Somebody with this address is a member already. A deactivated member can be reactivated."}
	}
	if err := tx.Get(ctx, &invited, `
		SELECT COUNT(*) FROM company.invitations
		WHERE (email = ? OR phone = ?) AND status = ? AND expires_at > ?`, i.Email, i.Phone, invitationPending, tx.Now); err != nil {
		return err
	}
	if invited > 0 {
		return &tenant.ConflictError{Code: "already_invited", Message: "This address has an open invitation. Send that one again, or revoke it first."}
	}
	return nil
}

// mintedInvitation is an invitation with a fresh token, as it is stored and, in Link, as it is shown.
type mintedInvitation struct {
	Invitation
	TokenHash   []byte `db:"token_hash"`
	TokenSealed []byte `db:"token_sealed"`
}

// mint gives the invitation a token and its time. Earlier links become useless when it is stored.
func (s *Service) mint(tx *tenant.Tx, i Invitation) (mintedInvitation, error) {
	token := newInvitationToken(tx.Company.ID)
	sealed, err := tx.Seal(sealInvitation, token)
	if err != nil {
		return mintedInvitation{}, fmt.Errorf("invitation %s: %w", i.ID, err)
	}
	i.Status, i.ExpiresAt, i.UpdatedAt, i.Link = invitationPending, tx.Now.Add(invitationLife), tx.Now, s.link(token)
	return mintedInvitation{Invitation: i, TokenHash: hashOf(token), TokenSealed: sealed}, nil
}

// announceInvitation records what happened and has the link mailed, where there is a way to.
func (s *Service) announceInvitation(ctx context.Context, tx *tenant.Tx, event string, i Invitation) error {
	if i.Email != nil && s.cfg.Mail {
		if err := tx.Schedule(ctx, MailKind, tenant.RecordID(i.ID), tenant.RecordID{}, tx.Now); err != nil {
			return err
		}
	}
	return emitInvitation(ctx, tx, event, i)
}

// ResendInvitation gives a pending or expired invitation a fresh link and a fresh seven days; the caller is then who
// has invited. It returns
// tenant.ErrNotFound out of the caller's scope, *tenant.ConflictError for one that is closed, and
// *tenant.QuotaError when no seat is free.
func (s *Service) ResendInvitation(ctx context.Context, tx *tenant.Tx, id InvitationID) (Invitation, error) {
	i, err := lockInvitation(ctx, tx, permissionInvite, id)
	if err != nil {
		return Invitation{}, err
	}
	if i.Status != invitationPending && i.Status != invitationExpired {
		return Invitation{}, invitationClosed(i.Status)
	}
	if err := tx.Available(ctx, quotaSeats, 1); err != nil {
		return Invitation{}, err
	}
	i.InvitedBy = tx.Caller.Member
	row, err := s.mint(tx, i)
	if err != nil {
		return Invitation{}, err
	}
	if _, err := tx.NamedExec(ctx, `
		UPDATE company.invitations SET invited_by = :invited_by, status = :status, expires_at = :expires_at, updated_at = :updated_at,
			token_hash = :token_hash, token_sealed = :token_sealed WHERE id = :id`, row); err != nil {
		return Invitation{}, fmt.Errorf("invitation %s: %w", i.ID, err)
	}
	return row.Invitation, s.announceInvitation(ctx, tx, "invitation.resent", row.Invitation)
}

// A token is the company's id, which says where to look, and 256 secret bits.
func newInvitationToken(company tenant.CompanyID) []byte {
	token := make([]byte, idBytes+secretBytes)
	copy(token, company[:])
	_, _ = rand.Read(token[idBytes:]) // never fails
	return token
}

func (s *Service) link(token []byte) string {
	return s.cfg.PublicURL + "/invite/" + base64.RawURLEncoding.EncodeToString(token)
}

func hashOf(secret []byte) []byte {
	sum := sha256.Sum256(secret)
	return sum[:]
}
