package auth

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/guanxi-crm/guanxi/tenant"
)

type sessionKind struct{}

func (sessionKind) Prefix() string { return "ses" }

// SessionID identifies one sign-in on one device (ses_…).
type SessionID = tenant.ID[sessionKind]

// sessionOwner is whose session it is and for which company.
type sessionOwner struct {
	member  tenant.MemberID
	company tenant.CompanyID
	expires time.Time
}

// Session is one sign-in on one device, as its owner sees it.
type Session struct {
	ID         SessionID        `json:"id" doc:"The session." example:"ses_01h455vb4pex5vsknk084sn02q"`
	CompanyID  tenant.CompanyID `json:"company_id" doc:"The company it works for." example:"com_01h455vb4pex5vsknk084sn02q"`
	Current    bool             `json:"current" doc:"Whether this request came by it."`
	Device     string           `json:"device" doc:"What the client called its device at sign-in." example:"Chen's iPhone"`
	UserAgent  string           `json:"user_agent" doc:"The client program, as it names itself." example:"Mozilla/5.0"`
	IP         string           `json:"ip" doc:"Where it was last refreshed from." example:"203.0.113.7"`
	CreatedAt  time.Time        `json:"created_at" doc:"When the person signed in (UTC)."`
	LastUsedAt time.Time        `json:"last_used_at" doc:"When it was last refreshed (UTC)."`
	ExpiresAt  time.Time        `json:"expires_at" doc:"When it ends unless it is refreshed before (UTC)."`
}

// Tokens are what a client keeps of its session.
type Tokens struct {
	AccessToken  string `json:"access_token,omitempty" doc:"Send as Authorization: Bearer <token>. Absent for the web client, which has it as a cookie." example:"eyJhbGciOiJIUzI1NiIs…"`
	RefreshToken string `json:"refresh_token,omitempty" doc:"Exchange for new tokens before the access token expires. Each works once. Absent for the web client." example:"AZ8n0x…"`
	TokenType    string `json:"token_type,omitempty" enum:"Bearer" doc:"How to send the access token. Absent for the web client."`
	ExpiresIn    int    `json:"expires_in" doc:"Seconds until the access token expires." example:"900"`
}

func (s *Service) tokens(refresh refreshToken, owner sessionOwner) (Tokens, error) {
	signed, err := s.signer.sign(refresh.session, owner)
	if err != nil {
		return Tokens{}, fmt.Errorf("access token: %w", err)
	}
	return Tokens{
		AccessToken: signed, RefreshToken: s.refresher.text(refresh),
		TokenType: "Bearer", ExpiresIn: int(accessLife / time.Second),
	}, nil
}

// startSession signs a member in, by a method to be recorded or, when they only change company, none. The member's
// status and password are read after the session was written, so that a deactivation or another password at the same
// moment either is seen here or finds the session.
func (s *Service) startSession(ctx context.Context, company *tenant.Company, who person, method string, client Client) (Tokens, tenant.Member, error) {
	now := s.now()
	refresh := s.refresher.first(tenant.NewID[sessionKind]())
	owner := sessionOwner{member: who.ID, company: company.ID}
	client = client.cut()
	surplus, err := s.sessions.add(ctx, refresh.session, owner, sessionRecord{
		Member: who.ID.String(), Company: company.ID.String(), Refresh: refresh.hash(),
		CreatedAt: now.UnixMilli(), UsedAt: now.UnixMilli(), ExpiresAt: now.Add(SessionLife).UnixMilli(),
		Device: client.Device, IP: client.IP, Agent: client.UserAgent,
	}, now)
	if err != nil {
		return Tokens{}, tenant.Member{}, err
	}
	member, err := s.activeMember(ctx, company, who.ID)
	if err == nil {
		err = s.stillTheirs(ctx, who)
	}
	if err != nil {
		surplus = append(surplus, refresh.session)
	}
	if undo := s.end(ctx, who.ID, surplus...); err == nil {
		err = undo
	}
	if err != nil {
		return Tokens{}, tenant.Member{}, err
	}
	s.noteEntry(ctx, company, member, refresh.session, method, client)
	tokens, err := s.tokens(refresh, owner)
	return tokens, member, err
}

// stillTheirs refuses somebody whose password is not any more the one that they have shown. Who comes by a session has
// shown none.
func (s *Service) stillTheirs(ctx context.Context, who person) error {
	if who.PasswordHash == "" {
		return nil
	}
	stored, err := s.passwordHash(ctx, who.ID)
	if err == nil && stored != who.PasswordHash {
		return errCredentials
	}
	return err
}

// noteEntry writes down that a member is there and, when they have signed in, by what means. That it cannot be written
// keeps nobody out.
func (s *Service) noteEntry(ctx context.Context, company *tenant.Company, m tenant.Member, session SessionID, method string, client Client) {
	err := s.directory.Tx(context.WithoutCancel(ctx), company, as(m.ID, session.String()), func(tx *tenant.Tx) error {
		if err := tenant.TouchMember(ctx, tx, m.ID); err != nil || method == "" {
			return err
		}
		return emitAccount(ctx, tx, m, happening{event: eventSignedIn, method: method, client: client})
	})
	if err != nil {
		s.background.log.ErrorContext(ctx, "sign-in is not recorded", slog.String("session", session.String()), slog.Any("error", err))
	}
}

// activeEvery is how often it is written down that a member is there.
const activeEvery = 10 * time.Minute

// end ends sessions of one person, here at once and elsewhere as soon as the announcement arrives.
func (s *Service) end(ctx context.Context, member tenant.MemberID, ids ...SessionID) error {
	if len(ids) == 0 {
		return nil
	}
	// The client may be gone; what was to be ended must end all the same.
	ctx = context.WithoutCancel(ctx)
	if err := s.sessions.remove(ctx, member, ids...); err != nil {
		return err
	}
	for _, id := range ids {
		s.live.Invalidate(id)
		s.announce(ctx, topicSession, id.String())
	}
	return nil
}

// SignOut ends the session of the identity. An identity that is an API key gets tenant.ErrDenied.
func (s *Service) SignOut(ctx context.Context, who Identity) error {
	id, err := who.session()
	if err != nil {
		return err
	}
	return s.end(ctx, who.Member, id)
}

// ListSessions returns the person's own sessions in all companies, the latest used first.
func (s *Service) ListSessions(ctx context.Context, who Identity) ([]Session, error) {
	current, err := who.session()
	if err != nil {
		return nil, err
	}
	records, err := s.sessions.of(ctx, who.Member)
	if err != nil {
		return nil, err
	}
	now := s.now().UnixMilli()
	all := make([]Session, 0, len(records))
	for id, r := range records {
		company, err := tenant.ParseCompanyID(r.Company)
		if err != nil || r.ExpiresAt <= now {
			continue
		}
		all = append(all, Session{
			ID: id, CompanyID: company, Current: id == current, Device: r.Device, UserAgent: r.Agent, IP: r.IP,
			CreatedAt: time.UnixMilli(r.CreatedAt).UTC(), LastUsedAt: time.UnixMilli(r.UsedAt).UTC(), ExpiresAt: time.UnixMilli(r.ExpiresAt).UTC(),
		})
	}
	slices.SortFunc(all, func(a, b Session) int {
		if c := b.LastUsedAt.Compare(a.LastUsedAt); c != 0 {
			return c
		}
		return slices.Compare(b.ID[:], a.ID[:])
	})
	return all, nil
}

// EndSession ends one of the person's own sessions. It returns tenant.ErrNotFound for any other.
func (s *Service) EndSession(ctx context.Context, who Identity, id SessionID) error {
	if _, err := who.session(); err != nil {
		return err
	}
	records, err := s.sessions.of(ctx, who.Member)
	if err != nil {
		return err
	}
	if _, ok := records[id]; !ok {
		return fmt.Errorf("session %s: %w", id, tenant.ErrNotFound)
	}
	return s.end(ctx, who.Member, id)
}

// EndOtherSessions ends all of the person's sessions but the one of this request, and returns how many.
func (s *Service) EndOtherSessions(ctx context.Context, who Identity) (int, error) {
	current, err := who.session()
	if err != nil {
		return 0, err
	}
	return s.endMatching(ctx, who.Member, func(id SessionID, _ sessionRecord) bool { return id != current })
}

// EndSessionsOf ends all sessions that the member has in the company. It is called after the commit of
// whatever took their access away.
func (s *Service) EndSessionsOf(ctx context.Context, company tenant.CompanyID, member tenant.MemberID) error {
	_, err := s.endMatching(ctx, member, func(_ SessionID, r sessionRecord) bool { return r.Company == company.String() })
	return err
}

func (s *Service) endMatching(ctx context.Context, member tenant.MemberID, match func(SessionID, sessionRecord) bool) (int, error) {
	ctx = context.WithoutCancel(ctx)
	records, err := s.sessions.of(ctx, member)
	if err != nil {
		return 0, err
	}
	var ids []SessionID
	for id, r := range records {
		if match(id, r) {
			ids = append(ids, id)
		}
	}
	return len(ids), s.end(ctx, member, ids...)
}

// liveOwner returns whose session it is, from a cache that is at most two seconds old.
func (s *Service) liveOwner(ctx context.Context, id SessionID) (sessionOwner, error) {
	owner, err := s.live.Get(ctx, id, otter.LoaderFunc[SessionID, sessionOwner](
		func(ctx context.Context, id SessionID) (sessionOwner, error) {
			// Others wait for the same answer; that the first of them goes away must not fail them.
			return s.sessions.owner(context.WithoutCancel(ctx), id)
		}))
	if err != nil {
		return sessionOwner{}, err
	}
	if !owner.expires.After(s.now()) {
		return sessionOwner{}, errSessionEnded
	}
	return owner, nil
}
