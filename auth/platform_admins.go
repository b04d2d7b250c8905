package auth

import (
	"context"
	"errors"

	"github.com/guanxi-crm/guanxi/tenant"
)

// CreatePlatformAdmin makes somebody an admin of the platform: one who manages companies but belongs to
// none of them by that. Somebody who has an account must give its password. Repeating it changes nothing.
// It returns *tenant.InvalidError, or *tenant.ConflictError when the account's password is another.
func (s *Service) CreatePlatformAdmin(ctx context.Context, email, password, name string) (tenant.MemberID, error) {
	email, err := ParseEmail("email", email)
	if err != nil {
		return tenant.MemberID{}, err
	}
	if name, err = ParseName("name", name); err != nil {
		return tenant.MemberID{}, err
	}
	who, err := s.findPerson(ctx, address{email: email})
	switch {
	case errors.Is(err, tenant.ErrNotFound):
		if err := checkPassword(password, email); err != nil {
			return tenant.MemberID{}, err
		}
		hash, err := s.passwords.hash(ctx, password)
		if err != nil {
			return tenant.MemberID{}, err
		}
		who = person{ID: tenant.NewMemberID(), Email: &email, Name: name, PasswordHash: hash, Locale: "zh-CN"}
		return who.ID, s.directory.Platform().Tx(ctx, func(p *tenant.Platform) error {
			if err := addPerson(ctx, p, who); err != nil {
				return err
			}
			return addPlatformAdmin(ctx, p, who.ID)
		})
	case err != nil:
		return tenant.MemberID{}, err
	}
	ok, _, err := s.passwords.matches(ctx, password, who.PasswordHash)
	if err != nil {
		return tenant.MemberID{}, err
	}
	if !ok {
		return tenant.MemberID{}, &tenant.ConflictError{Code: "email_taken", Message: "An account with this e-mail exists. Give its password to make it a platform admin."}
	}
	return who.ID, addPlatformAdmin(ctx, s.directory.Platform(), who.ID)
}

func addPlatformAdmin(ctx context.Context, p *tenant.Platform, who tenant.MemberID) error {
	_, err := p.Exec(ctx, `
		INSERT INTO platform.platform_admins (person_id, created_at) VALUES (?, ?)
		ON DUPLICATE KEY UPDATE person_id = VALUES(person_id)`, who, p.Now())
	return err
}

// IsPlatformAdmin reports whether the person manages the platform.
func (s *Service) IsPlatformAdmin(ctx context.Context, who tenant.MemberID) (bool, error) {
	var n int
	err := s.directory.Platform().Get(ctx, &n, `SELECT COUNT(*) FROM platform.platform_admins WHERE person_id = ?`, who)
	return n > 0, err
}
