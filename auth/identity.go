package auth

import (
	"context"
	"fmt"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Identity is somebody who is known.
type Identity struct {
	// Kind is tenant.ByMember or tenant.ByAPIKey.
	Kind    tenant.CallerKind
	Member  tenant.MemberID
	Company tenant.CompanyID
	// Source is the id of the session or of the API key.
	Source string
	// Scopes are the permissions that an API key is limited to; nil means all of the member's.
	Scopes []tenant.Permission
}

// session returns the identity's session, or tenant.ErrDenied for an API key: what belongs to a person's
// own account is not for programs.
func (who Identity) session() (SessionID, error) {
	if who.Kind != tenant.ByMember {
		return SessionID{}, fmt.Errorf("api key: %w", tenant.ErrDenied)
	}
	return tenant.ParseID[sessionKind](who.Source)
}

// Authenticate returns who sends the bearer token, which is an access token or an API key. An ended
// session or a revoked key is refused here at once after it was ended by this process, and after five
// seconds at most when by another. It returns an error that wraps ErrUnauthenticated, or ErrUnavailable.
func (s *Service) Authenticate(ctx context.Context, bearer string) (Identity, error) {
	if strings.HasPrefix(bearer, keyPrefix) {
		return s.authenticateKey(ctx, bearer)
	}
	token, err := s.signer.read(bearer)
	if err != nil {
		return Identity{}, err
	}
	owner, err := s.liveOwner(ctx, token.session)
	if err != nil {
		return Identity{}, err
	}
	if owner.member != token.owner.member || owner.company != token.owner.company {
		return Identity{}, errTokenInvalid
	}
	return Identity{Kind: tenant.ByMember, Member: owner.member, Company: owner.company, Source: token.session.String()}, nil
}

// Longest texts that a session keeps of its client, in bytes.
const maxDevice, maxAgent = 100, 300

// cut shortens what the client says of itself to what is kept.
func (c Client) cut() Client {
	c.Device, c.UserAgent = cutText(c.Device, maxDevice), cutText(c.UserAgent, maxAgent)
	return c
}

func cutText(text string, limit int) string {
	return strings.ToValidUTF8(text[:min(len(text), limit)], "")
}
