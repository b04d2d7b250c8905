package auth

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/guanxi-crm/guanxi/tenant"
)

// ForgetAPIKeys makes all processes stop believing revoked keys. It is called after the commit.
func (s *Service) ForgetAPIKeys(ctx context.Context, hashes ...KeyHash) {
	ctx = context.WithoutCancel(ctx)
	for _, hash := range hashes {
		s.keys.Invalidate(hash)
		s.announce(ctx, topicKey, hex.EncodeToString(hash[:]))
	}
}

// authenticateKey returns whose key it is, from a cache that is at most five seconds old.
func (s *Service) authenticateKey(ctx context.Context, text string) (Identity, error) {
	company, hash, ok := readKeyText(text)
	if !ok {
		return Identity{}, errKeyInvalid
	}
	key, err := s.keys.Get(ctx, hash, otter.LoaderFunc[KeyHash, *apiKey](
		func(ctx context.Context, hash KeyHash) (*apiKey, error) {
			// Others wait for the same answer; that the first of them goes away must not fail them.
			return s.loadKey(context.WithoutCancel(ctx), company, hash)
		}))
	if err != nil {
		return Identity{}, err
	}
	if key.expires != nil && !key.expires.After(s.now()) {
		return Identity{}, errKeyInvalid
	}
	return key.identity, nil
}

// apiKey is what is remembered of a working key.
type apiKey struct {
	identity Identity
	expires  *time.Time
}

func (s *Service) loadKey(ctx context.Context, id tenant.CompanyID, hash KeyHash) (*apiKey, error) {
	company, err := s.directory.Company(ctx, id)
	if errors.Is(err, tenant.ErrNotFound) {
		return nil, errKeyInvalid
	}
	if err != nil {
		return nil, err
	}
	var k APIKey
	err = s.directory.Read(ctx, company, system(), func(q *tenant.Query) error {
		return q.Get(ctx, &k, `
			SELECT k.id, k.name, k.member_id, k.scopes, k.prefix, k.last4, k.expires_at, k.revoked_at, k.last_used_at, k.created_at
			FROM company.api_keys k JOIN company.members m ON m.id = k.member_id AND m.status = ?
			WHERE k.secret_hash = ? AND k.revoked_at IS NULL`, tenant.MemberActive, hash[:])
	})
	if errors.Is(err, tenant.ErrNotFound) {
		return nil, errKeyInvalid
	}
	if err != nil {
		return nil, err
	}
	s.noteUse(ctx, company, k)
	return &apiKey{expires: k.ExpiresAt, identity: Identity{
		Kind: tenant.ByAPIKey, Member: k.MemberID, Company: company.ID, Source: k.ID.String(), Scopes: k.Scopes,
	}}, nil
}

// noteUse writes down that the key works, once a minute. That it cannot be written keeps nobody out.
func (s *Service) noteUse(ctx context.Context, company *tenant.Company, k APIKey) {
	now := s.now()
	if k.LastUsedAt != nil && now.Sub(*k.LastUsedAt) < usedEvery || k.ExpiresAt != nil && !k.ExpiresAt.After(now) {
		return
	}
	_ = s.directory.Tx(ctx, company, system(), func(tx *tenant.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE company.api_keys SET last_used_at = ? WHERE id = ?`, now, k.ID)
		return err
	})
}
