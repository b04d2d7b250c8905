package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) memberRoutes(r *routes) {
	register(r, get("/members", "List members", describe(listMembersDoc)), rbac.Member.Read, billing.Free, s.listMembers)
	register(r, get("/members/{id}", "Get a member", describe("E-mail and phone as in the list.")), rbac.Member.Read, billing.Free, s.getMember)
	register(r, patchOp("/members/{id}", "Change a member", describe("Nobody can hand out more than they have. The last admin stays one.")),
		rbac.Member.Update, billing.Free, s.updateMember)
	register(r, post("/members/{id}/deactivate", "Deactivate a member", answers(http.StatusOK), describe(deactivateDoc)),
		rbac.Member.Update, billing.Free, s.deactivateMember)
	register(r, post("/members/{id}/reactivate", "Let a deactivated member in again", answers(http.StatusOK), alsoAnswers(http.StatusPaymentRequired), describe("Takes a seat.")),
		rbac.Member.Update, billing.Free, s.reactivateMember)
}

const listMembersDoc = `Everybody in the company, deactivated members too, so that every owner and author has a name. E-mail, phone and last_active_at
are null for those whom your member:read does not reach, totp_enabled for those whom your member:update does not.`

const deactivateDoc = `The member is signed out everywhere, their API keys and open invitations are revoked, and their seat is free. What they own stays.`

// teamMember is a member with what belongs to their place in the company.
type teamMember struct {
	MemberRecord
	TeamIDs     []crm.TeamID `json:"team_ids" nullable:"false" doc:"The teams that the member is in."`
	ActiveAt    *time.Time   `json:"last_active_at" doc:"When the member was last there (UTC), to some minutes; null for never, and where you may not know."`
	TOTPEnabled *bool        `json:"totp_enabled" doc:"Whether the member uses two-step sign-in; null where you may not know."`
}

// MemberRecord is the part of it that is changed here, and what events carry.
type MemberRecord struct {
	tenant.Member
	Roles []string `json:"roles" nullable:"false" doc:"Ids of the member's roles." example:"[\"rep\"]"`
}

// asSeenBy leaves out how to reach a member whom the caller knows by name only, and fills in how those sign in whom the
// caller looks after.
func (m teamMember) asSeenBy(q *tenant.Query, withTOTP map[tenant.MemberID]bool) teamMember {
	if m.ID != q.Caller.Member && !q.Scope(rbac.Member.Read.Name()).Includes(m.ID) {
		m.Email, m.Phone, m.ActiveAt = nil, nil, nil
	}
	if on := withTOTP[m.ID]; q.Scope(rbac.Member.Update.Name()).Includes(m.ID) {
		m.TOTPEnabled = &on
	}
	return m
}

// MemberPath names a member in the path.
type MemberPath struct {
	ID tenant.MemberID `path:"id" doc:"The member's id." example:"usr_01h455vb4pex5vsknk084sn02q"`
}

func readMember(ctx context.Context, q *tenant.Query, id tenant.MemberID) (teamMember, error) {
	m, err := tenant.GetMember(ctx, q, id)
	if err != nil {
		return teamMember{}, err
	}
	return placed(ctx, q, m)
}

// placed adds a member's roles and teams.
func placed(ctx context.Context, q *tenant.Query, m tenant.Member) (teamMember, error) {
	roles, err := rbac.RolesOf(ctx, q, m.ID)
	if err != nil {
		return teamMember{}, err
	}
	teams, err := crm.TeamsOf(ctx, q, m.ID)
	return newTeamMember(m, roles, teams), err
}

func newTeamMember(m tenant.Member, roles []string, teams []crm.TeamID) teamMember {
	return teamMember{
		MemberRecord: MemberRecord{m, append([]string{}, roles...)}, TeamIDs: append([]crm.TeamID{}, teams...), ActiveAt: m.LastActiveAt,
	}
}

func (s *Server) listMembers(ctx context.Context, _ *struct{}) (*all[teamMember], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[teamMember], error) {
		members, err := tenant.ListMembers(ctx, q)
		if err != nil {
			return nil, err
		}
		roles, err := rbac.RolesByMember(ctx, q)
		if err != nil {
			return nil, err
		}
		teams, err := crm.TeamsByMember(ctx, q)
		if err != nil {
			return nil, err
		}
		ids := make([]tenant.MemberID, len(members))
		for i, m := range members {
			ids[i] = m.ID
		}
		withTOTP, err := s.auth.WithTOTP(ctx, ids)
		joined := make([]teamMember, len(members))
		for i, m := range members {
			joined[i] = newTeamMember(m, roles[m.ID], teams[m.ID]).asSeenBy(q, withTOTP)
		}
		return allOf(joined), err
	})
}

func (s *Server) getMember(ctx context.Context, in *MemberPath) (*item[teamMember], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[teamMember], error) {
		m, err := readMember(ctx, q, in.ID)
		if err != nil {
			return nil, err
		}
		withTOTP, err := s.auth.WithTOTP(ctx, []tenant.MemberID{m.ID})
		return &item[teamMember]{etag(m.Version), m.asSeenBy(q, withTOTP)}, err
	})
}

type updateMemberInput struct {
	MemberPath
	IfMatch
	Body memberPatch
}

// memberPatch changes a member.
type memberPatch struct {
	Name      patch.Field[string]          `json:"name,omitzero" minLength:"1" maxLength:"200" doc:"Display name." example:"陈晨"`
	Title     patch.Field[string]          `json:"title,omitzero" maxLength:"100" doc:"What the member does in the company." example:"销售总监"`
	Locale    patch.Field[string]          `json:"locale,omitzero" enum:"zh-CN,en" doc:"Language of notices and screens." example:"zh-CN"`
	TimeZone  patch.Field[string]          `json:"timezone,omitzero" maxLength:"64" doc:"IANA name of the zone in which the member lives; null for the company's." example:"Asia/Shanghai"`
	ManagerID patch.Field[tenant.MemberID] `json:"manager_id,omitzero" doc:"Whom the member reports to; null for the top of the tree."`
	Roles     patch.Field[[]string]        `json:"roles,omitzero" doc:"Replaces the member's roles; at least one." example:"[\"rep\"]"`
}

func (s *Server) updateMember(ctx context.Context, in *updateMemberInput) (*item[teamMember], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	out, err := inTx(ctx, s, func(tx *tenant.Tx) (*item[teamMember], error) {
		before, err := lockMember(ctx, tx, in.ID)
		if err != nil {
			return nil, err
		}
		if version != 0 && version != before.Version {
			return nil, fmt.Errorf("member %s: %w", in.ID, tenant.ErrStale)
		}
		if err := in.Body.apply(ctx, tx, before); err != nil {
			return nil, err
		}
		after, err := readMember(ctx, tx.Query, in.ID)
		if err != nil {
			return nil, err
		}
		return &item[teamMember]{etag(after.Version), after}, emitMember(ctx, tx, "member.updated", after, before)
	})
	if err != nil {
		return nil, err
	}
	s.changed(ctx)
	return out, nil
}

// lockMember returns the member for changing them, unless they are beyond the caller's reach: outside the
// permission's scope, or with roles that give more than the caller has.
func lockMember(ctx context.Context, tx *tenant.Tx, id tenant.MemberID) (teamMember, error) {
	m, err := readLocked(ctx, tx, id)
	if err != nil {
		return teamMember{}, err
	}
	if !tx.Scope(rbac.Member.Update.Name()).Includes(id) {
		return teamMember{}, fmt.Errorf("member %s: %w", id, tenant.ErrDenied)
	}
	return m, rbac.CheckReach(ctx, tx.Query, m.Roles)
}

// readLocked is readMember for whoever is about to change the member.
func readLocked(ctx context.Context, tx *tenant.Tx, id tenant.MemberID) (teamMember, error) {
	m, err := tenant.LockMember(ctx, tx, id)
	if err != nil {
		return teamMember{}, err
	}
	return placed(ctx, tx.Query, m)
}

func (p memberPatch) apply(ctx context.Context, tx *tenant.Tx, m teamMember) error {
	var err error
	if p.Name.Set {
		if m.Name, err = auth.ParseName("name", p.Name.Value); err != nil {
			return err
		}
	}
	if p.Locale.Set {
		if p.Locale.Null {
			return tenant.Invalid("locale", "required", "must be zh-CN or en")
		}
		if m.Locale, err = auth.ParseLocale("locale", p.Locale.Value); err != nil {
			return err
		}
	}
	if p.Title.Set {
		if m.Title, err = auth.ParseTitle("title", p.Title.Value); err != nil {
			return err
		}
	}
	if p.TimeZone.Set {
		if m.TimeZone, err = ownZone(p.TimeZone.Value); err != nil {
			return err
		}
	}
	if err := tenant.UpdateMember(ctx, tx, m.Member); err != nil {
		return err
	}
	if p.ManagerID.Set && p.ManagerID.Value != m.ManagerID {
		if err := setManager(ctx, tx, m.ID, p.ManagerID.Value); err != nil {
			return err
		}
	}
	if !p.Roles.Set {
		return nil
	}
	if err := rbac.CheckGrant(ctx, tx.Query, p.Roles.Value); err != nil {
		return err
	}
	if err := rbac.Assign(ctx, tx, m.ID, p.Roles.Value...); err != nil {
		return err
	}
	return rbac.RequireAdmin(ctx, tx)
}

// ownZone reads a member's time zone; empty text is the company's.
func ownZone(name string) (*string, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // none of their own
	}
	zone, err := auth.ParseTimeZone("timezone", name)
	return &zone, err
}

func setManager(ctx context.Context, tx *tenant.Tx, id, manager tenant.MemberID) error {
	// Only who reaches everybody may put somebody at the top, which is under nobody.
	if !tx.Scope(rbac.Member.Update.Name()).Includes(manager) {
		return fmt.Errorf("manager %s: %w", manager, tenant.ErrDenied)
	}
	err := tenant.SetManager(ctx, tx, id, manager)
	switch {
	case errors.Is(err, tenant.ErrCycle):
		return &tenant.ConflictError{Code: "reporting_cycle", Message: "That manager reports to this member. Move the manager first."}
	case errors.Is(err, tenant.ErrNotFound):
		return tenant.Invalid("manager_id", "unknown", "is not a member of this company")
	}
	return err
}

type deactivateInput struct {
	MemberPath
	Body *struct {
		HandOver *crm.Receivers `json:"hand_over,omitempty" doc:"Gives what the member looks after to others, as POST /v1/members/{id}/hand-over does; GET of the same shows before how much that is."`
	}
}

func (s *Server) deactivateMember(ctx context.Context, in *deactivateInput) (*item[teamMember], error) {
	var keys []auth.KeyHash
	handOver := func(tx *tenant.Tx) error {
		if in.Body == nil || in.Body.HandOver == nil {
			return nil
		}
		_, err := crm.StartHandOver(ctx, tx, crm.HandOver{From: in.ID, Receivers: *in.Body.HandOver})
		return err
	}
	out, err := s.setMemberStatus(ctx, in.ID, tenant.MemberDeactivated, func(tx *tenant.Tx) (err error) {
		if keys, err = auth.RevokeAPIKeysOf(ctx, tx, in.ID); err != nil {
			return err
		}
		if err := auth.RevokeInvitationsBy(ctx, tx, in.ID); err != nil {
			return err
		}
		if err := tx.Consume(ctx, billing.Seats, -1); err != nil {
			return err
		}
		return rbac.RequireAdmin(ctx, tx)
	}, handOver)
	if err != nil {
		return nil, err
	}
	s.auth.ForgetAPIKeys(ctx, keys...)
	// Also for somebody who was deactivated before: this is how to try again what could not be reached then.
	return out, s.auth.EndSessionsOf(ctx, principalOf(ctx).company.ID, in.ID)
}

func (s *Server) reactivateMember(ctx context.Context, in *MemberPath) (*item[teamMember], error) {
	return s.setMemberStatus(ctx, in.ID, tenant.MemberActive, func(tx *tenant.Tx) error {
		return tx.Consume(ctx, billing.Seats, 1)
	}, func(*tenant.Tx) error { return nil })
}

var statusEvents = map[tenant.MemberStatus]string{
	tenant.MemberActive: "member.reactivated", tenant.MemberDeactivated: "member.deactivated",
}

// setMemberStatus changes the status with all that hangs on it, and then does what was asked for along with that; for a
// member who has the status already it does the latter alone.
func (s *Server) setMemberStatus(ctx context.Context, id tenant.MemberID, status tenant.MemberStatus, also, then func(*tenant.Tx) error) (*item[teamMember], error) {
	out, err := inTx(ctx, s, func(tx *tenant.Tx) (*item[teamMember], error) {
		before, err := lockMember(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if before.Status == status {
			return &item[teamMember]{etag(before.Version), before}, then(tx)
		}
		if err := tenant.SetMemberStatus(ctx, tx, id, status); err != nil {
			return nil, err
		}
		if err := also(tx); err != nil {
			return nil, err
		}
		if err := then(tx); err != nil {
			return nil, err
		}
		after, err := readMember(ctx, tx.Query, id)
		if err != nil {
			return nil, err
		}
		return &item[teamMember]{etag(after.Version), after}, emitMember(ctx, tx, statusEvents[status], after, before)
	})
	if err != nil {
		return nil, err
	}
	s.changed(ctx)
	return out, nil
}

func emitMember(ctx context.Context, tx *tenant.Tx, event string, after, before teamMember) error {
	previous, err := tenant.Differences(before.MemberRecord, after.MemberRecord)
	if err != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{
		Type: event, Resource: "member", Record: tenant.RecordID(after.ID),
		OwnerBefore: after.ID, OwnerAfter: after.ID, Data: after.MemberRecord, Previous: previous,
	})
}
