package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

type invitationKind struct{}

func (invitationKind) Prefix() string { return "inv" }

// InvitationID identifies an invitation (inv_…).
type InvitationID = tenant.ID[invitationKind]

// The permissions that decide about invitations. Their scope is over the manager of the invited.
const (
	permissionInvite           tenant.Permission = "invitation:create"
	permissionReadInvitation   tenant.Permission = "invitation:read"
	permissionDeleteInvitation tenant.Permission = "invitation:delete"
)

const (
	// invitationLife is how long a link works.
	invitationLife = 7 * 24 * time.Hour
	// invitationKept is how long a closed invitation stays in the list.
	invitationKept = 30 * 24 * time.Hour
	// MailKind is the kind of the due work that sends an invitation by e-mail; its ref is the invitation.
	MailKind = "invitation_mail"

	sealInvitation = "invitation"
)

// The states of an invitation. A pending one that is past its time reads as expired.
const (
	invitationPending  = "pending"
	invitationAccepted = "accepted"
	invitationRevoked  = "revoked"
	invitationExpired  = "expired"
)

// Invitation asks somebody to join the company.
type Invitation struct {
	ID        InvitationID        `db:"id" json:"id" doc:"The invitation." example:"inv_01h455vb4pex5vsknk084sn02q"`
	Name      string              `db:"name" json:"name" doc:"Name of the invited person, if it was given." example:"李雷"`
	Email     *string             `db:"email" json:"email" doc:"The address that the invitation is for, if any." example:"li@acme.example"`
	Phone     *string             `db:"phone" json:"phone" doc:"The phone number that the invitation is for, in E.164, if any." example:"+8613800138000"`
	Roles     tenant.List[string] `db:"roles" json:"roles" nullable:"false" doc:"Roles that the person will have." example:"[\"rep\"]"`
	ManagerID tenant.MemberID     `db:"manager_id" json:"manager_id" nullable:"true" doc:"Whom the person will report to; null at the top of the tree."`
	InvitedBy tenant.MemberID     `db:"invited_by" json:"invited_by" doc:"Who invited, or has sent the invitation again; it works while they may hand its roles out."`
	Status    string              `db:"status" json:"status" enum:"pending,accepted,revoked,expired" doc:"Only a pending invitation can be accepted."`
	MemberID  tenant.MemberID     `db:"member_id" json:"member_id" nullable:"true" doc:"Who has accepted; null before."`
	ExpiresAt time.Time           `db:"expires_at" json:"expires_at" doc:"Until when the link works (UTC)."`
	CreatedAt time.Time           `db:"created_at" json:"created_at" doc:"When the invitation was made (UTC)."`
	UpdatedAt time.Time           `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	// Link is filled only by the calls that make a token; it cannot be read again.
	Link string `db:"-" json:"link,omitempty" doc:"Where to accept. Shown only once: pass it on now." example:"https://crm.example/invite/AZ8n…"`
}

const invitationColumns = `id, name, email, phone, roles, manager_id, invited_by, status, member_id, expires_at, created_at, updated_at`

// settle lets a pending invitation that is past its time read as expired.
func (i *Invitation) settle(now time.Time) {
	if i.Status == invitationPending && !i.ExpiresAt.After(now) {
		i.Status = invitationExpired
	}
}

// ListInvitations returns the invitations within the caller's scope, the latest first. Closed ones are
// kept for thirty days, so the list stays short.
func ListInvitations(ctx context.Context, q *tenant.Query) ([]Invitation, error) {
	within, args := q.Scope(permissionReadInvitation).Where("manager_id", "")
	var all []Invitation
	if err := q.Select(ctx, &all, `SELECT `+invitationColumns+` FROM company.invitations WHERE `+within+` ORDER BY id DESC LIMIT 1000`, args...); err != nil {
		return nil, err
	}
	for n := range all {
		all[n].settle(q.Now)
	}
	return all, nil
}

// RevokeInvitation makes the link useless. Repeating it changes nothing. It returns tenant.ErrNotFound out
// of the caller's scope and *tenant.ConflictError for one that was accepted.
func RevokeInvitation(ctx context.Context, tx *tenant.Tx, id InvitationID) error {
	i, err := lockInvitation(ctx, tx, permissionDeleteInvitation, id)
	switch {
	case err != nil:
		return err
	case i.Status == invitationRevoked:
		return nil
	case i.Status == invitationAccepted:
		return invitationClosed(i.Status)
	}
	return i.close(ctx, tx, invitationRevoked, "invitation.revoked")
}

// RevokeInvitationsBy revokes what somebody has invited, when they lose the right to.
func RevokeInvitationsBy(ctx context.Context, tx *tenant.Tx, inviter tenant.MemberID) error {
	var open []Invitation
	if err := tx.Select(ctx, &open, `SELECT `+invitationColumns+` FROM company.invitations
		WHERE invited_by = ? AND status = ? LIMIT 1000 FOR UPDATE`, inviter, invitationPending); err != nil {
		return err
	}
	for n := range open {
		if err := open[n].close(ctx, tx, invitationRevoked, "invitation.revoked"); err != nil {
			return err
		}
	}
	return nil
}

// ReassignInvitations lets open invitations promise another role in a role's place, and returns how many did
// promise it. With "" in place of another role it only counts.
func ReassignInvitations(ctx context.Context, tx *tenant.Tx, from, to string) (int, error) {
	var open []Invitation
	if err := tx.Select(ctx, &open, `SELECT `+invitationColumns+` FROM company.invitations
		WHERE status = ? AND expires_at > ? LIMIT 10000 FOR UPDATE`, invitationPending, tx.Now); err != nil {
		return 0, err
	}
	open = slices.DeleteFunc(open, func(i Invitation) bool { return !slices.Contains(i.Roles, from) })
	if to == "" {
		return len(open), nil
	}
	for _, i := range open {
		i.Roles = slices.DeleteFunc(i.Roles, func(role string) bool { return role == from || role == to })
		i.Roles, i.UpdatedAt = append(i.Roles, to), tx.Now
		if err := tx.MustChange(ctx, `UPDATE company.invitations SET roles = ?, updated_at = ? WHERE id = ?`, i.Roles, i.UpdatedAt, i.ID); err != nil {
			return 0, fmt.Errorf("invitation %s: %w", i.ID, err)
		}
		if err := emitInvitation(ctx, tx, "invitation.updated", i); err != nil {
			return 0, err
		}
	}
	return len(open), nil
}

// close ends an invitation and erases what could open it.
func (i *Invitation) close(ctx context.Context, tx *tenant.Tx, status, event string) error {
	i.Status, i.UpdatedAt = status, tx.Now
	if err := tx.MustChange(ctx, `
		UPDATE company.invitations SET status = ?, updated_at = ?, member_id = ?, token_sealed = NULL WHERE id = ?`,
		i.Status, i.UpdatedAt, i.MemberID, i.ID); err != nil {
		return fmt.Errorf("invitation %s: %w", i.ID, err)
	}
	if err := tx.Unschedule(ctx, MailKind, tenant.RecordID(i.ID)); err != nil {
		return err
	}
	return emitInvitation(ctx, tx, event, *i)
}

// SweepInvitations erases the tokens of expired invitations and deletes those closed long ago. It returns
// how many it touched.
func SweepInvitations(ctx context.Context, tx *tenant.Tx) (int64, error) {
	expired, err := tx.Exec(ctx, `
		UPDATE company.invitations SET status = ?, updated_at = ?, token_sealed = NULL WHERE status = ? AND expires_at <= ?`,
		invitationExpired, tx.Now, invitationPending, tx.Now)
	if err != nil {
		return 0, err
	}
	deleted, err := tx.Exec(ctx, `DELETE FROM company.invitations WHERE status <> ? AND updated_at < ? LIMIT 1000`,
		invitationPending, tx.Now.Add(-invitationKept))
	if err != nil {
		return 0, err
	}
	a, err := expired.RowsAffected()
	if err != nil {
		return 0, err
	}
	b, err := deleted.RowsAffected()
	return a + b, err
}

// lockInvitation returns an invitation for changing it: nobody accepts it meanwhile.
func lockInvitation(ctx context.Context, tx *tenant.Tx, p tenant.Permission, id InvitationID) (Invitation, error) {
	within, args := tx.Scope(p).Where("manager_id", "")
	var i Invitation
	err := tx.Get(ctx, &i, `SELECT `+invitationColumns+` FROM company.invitations WHERE id = ? AND `+within+` FOR UPDATE`, append([]any{id}, args...)...)
	if err != nil {
		return Invitation{}, fmt.Errorf("invitation %s: %w", id, err)
	}
	i.settle(tx.Now)
	return i, nil
}

func emitInvitation(ctx context.Context, tx *tenant.Tx, event string, i Invitation) error {
	i.Link = "" // an event is read by many
	return tx.Emit(ctx, tenant.Event{
		Type: event, Resource: "invitation", Record: tenant.RecordID(i.ID),
		OwnerBefore: i.ManagerID, OwnerAfter: i.ManagerID, Data: i,
	})
}

func invitationClosed(status string) error {
	switch status {
	case invitationAccepted:
		return &tenant.ConflictError{Code: "invitation_used", Message: "This invitation was accepted already. Sign in instead."}
	case invitationExpired:
		return &tenant.ConflictError{Code: "invitation_expired", Message: "This invitation has expired. Ask for a new one."}
	}
	return &tenant.ConflictError{Code: "invitation_revoked", Message: "This invitation was withdrawn. Ask for a new one."}
}
