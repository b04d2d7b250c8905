package auth

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

type resetKind struct{}

func (resetKind) Prefix() string { return "rst" }

// resetID identifies a link to choose a new password.
type resetID = tenant.ID[resetKind]

// resetLife is how long such a link works.
const resetLife = time.Hour

// Where the client keeps the screens that mails lead to.
const (
	resetPath  = "/reset/"
	forgotPath = "/forgot"
)

// A token is the link's id and a tag that only this installation can make.
const resetBytes = idBytes + secretBytes

func (s *Service) resetLink(id resetID) string {
	return s.cfg.PublicURL + resetPath + base64.RawURLEncoding.EncodeToString(append(id[:], mac(s.resetKey, id[:])...))
}

// readReset returns the id in a token that this installation has made.
func (s *Service) readReset(token string) (resetID, bool) {
	var id resetID
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != resetBytes || !hmac.Equal(raw[idBytes:], mac(s.resetKey, raw[:idBytes])) {
		return id, false
	}
	copy(id[:], raw)
	return id, true
}

// resetMaker is the admin who made a link, and for which company; the zero value for a link that nobody has to vouch for.
type resetMaker struct {
	Company tenant.CompanyID `db:"company_id"`
	Member  tenant.MemberID  `db:"made_by"`
}

// addReset makes a link work.
func (s *Service) addReset(ctx context.Context, id resetID, who tenant.MemberID, by resetMaker) error {
	now := s.now()
	_, err := s.directory.Platform().Exec(ctx, `
		INSERT INTO platform.password_resets (id, person_id, company_id, made_by, expires_at, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
		id, who, by.Company, by.Member, now.Add(resetLife), now)
	return err
}

// resetUntil returns until when a link works, or tenant.ErrNotFound for one that does no more.
func (s *Service) resetUntil(ctx context.Context, id resetID) (time.Time, error) {
	var until time.Time
	err := s.directory.Platform().Get(ctx, &until, `SELECT expires_at FROM platform.password_resets WHERE id = ? AND expires_at > ?`, id, s.now())
	if err != nil {
		return time.Time{}, fmt.Errorf("reset %s: %w", id, err)
	}
	return until, nil
}

// SweepResets removes links that work no more, and returns how many.
func (s *Service) SweepResets(ctx context.Context) (int64, error) {
	res, err := s.directory.Platform().Exec(ctx, `DELETE FROM platform.password_resets WHERE expires_at <= ? LIMIT 10000`, s.now())
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// ResetLink is a link that an admin passes on to a member.
type ResetLink struct {
	Link      string    `json:"link" doc:"Where the member chooses a new password. Shown only once: pass it on now." example:"https://crm.example/reset/AZ8n…"`
	ExpiresAt time.Time `json:"expires_at" doc:"Until when the link works (UTC)."`
}

// NewResetLink makes a link for a member of the transaction's company, in the caller's name, and records that it was made.
// It works before the commit, so that the answer to a repeat never shows one that does not; of a transaction that fails,
// nobody has seen the link. That the caller may do so is for the edge to check.
func (s *Service) NewResetLink(ctx context.Context, tx *tenant.Tx, m tenant.Member) (ResetLink, error) {
	id := tenant.NewID[resetKind]()
	if err := s.addReset(ctx, id, m.ID, resetMaker{tx.Company.ID, tx.Caller.Member}); err != nil {
		return ResetLink{}, err
	}
	return ResetLink{Link: s.resetLink(id), ExpiresAt: tx.Now.Add(resetLife)}, emitAccount(ctx, tx, m, happening{event: eventResetLinkMade})
}

// OperatorResetLink makes a working link for anybody, for the operator of the installation: where no mail is sent, and
// for whom no admin may make one. It returns *tenant.InvalidError for an address that has no account.
func (s *Service) OperatorResetLink(ctx context.Context, identifier string) (ResetLink, error) {
	who, err := s.findPerson(ctx, parseIdentifier(identifier))
	if errors.Is(err, tenant.ErrNotFound) {
		return ResetLink{}, tenant.Invalid("identifier", "unknown", "has no account")
	}
	if err != nil {
		return ResetLink{}, err
	}
	id := tenant.NewID[resetKind]()
	link := ResetLink{Link: s.resetLink(id), ExpiresAt: s.now().Add(resetLife)}
	s.record(ctx, who.ID, system(), happening{event: eventResetLinkMade, method: "operator"})
	return link, s.addReset(ctx, id, who.ID, resetMaker{})
}

// errNotOurs is returned where a company must not decide about an account alone.
var errNotOurs = &tenant.ConflictError{
	Code: "account_shared", Message: "This account is used outside of your company too, so only the person can do this: by the mail that \"forgot password\" sends, or signed in.",
}

// MustBeOurs returns *tenant.ConflictError unless the account belongs to this company alone. Whoever can reset an
// account can enter all that it opens: an admin of one company must not come into another by a member they share, nor
// into the platform.
func (s *Service) MustBeOurs(ctx context.Context, ours tenant.CompanyID, who tenant.MemberID) error {
	admin, err := s.IsPlatformAdmin(ctx, who)
	if err != nil {
		return err
	}
	if admin {
		return errNotOurs
	}
	companies, err := s.companiesOf(ctx, who)
	if err != nil {
		return err
	}
	for _, company := range companies {
		if company.ID == ours {
			continue
		}
		// Deactivated there counts too, and a suspended company that cannot be asked.
		_, err := s.memberOf(ctx, company, who)
		switch {
		case errors.Is(err, tenant.ErrNotFound):
		case err == nil, errors.Is(err, tenant.ErrSuspended):
			return errNotOurs
		default:
			return err
		}
	}
	return nil
}
