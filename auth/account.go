package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// ChangePassword gives a signed-in person another password and ends all their other sessions; it returns how
// many those were. It returns *tenant.InvalidError for a wrong current password or a bad new one,
// *TooManyAttemptsError, tenant.ErrDenied for an API key, or ErrUnavailable.
func (s *Service) ChangePassword(ctx context.Context, who Identity, current, password string, client Client) (int, error) {
	account, err := s.confirm(ctx, who, current, client)
	if err != nil {
		return 0, err
	}
	if err := checkPassword(password, deref(account.Email), deref(account.Phone)); err != nil {
		return 0, err
	}
	hash, err := s.passwords.hash(ctx, password)
	if err != nil {
		return 0, err
	}
	if err := s.directory.Platform().Tx(ctx, func(p *tenant.Platform) error { return setPassword(ctx, p, account.ID, hash) }); err != nil {
		return 0, err
	}
	ended, err := s.EndOtherSessions(ctx, who)
	if err != nil {
		return 0, err
	}
	s.record(ctx, who.Member, as(who.Member, who.Source), happening{event: eventPasswordChanged, method: "password", client: client})
	return ended, nil
}

// ChangePhone gives a signed-in person another phone number to sign in by, or takes it away with "". Numbers
// without a country code are Chinese for the locale zh-CN. It returns *tenant.InvalidError for a wrong password,
// for what is not a number, and for taking away the only address; *tenant.ConflictError for another person's
// number; and else what ChangePassword does. Repeated after a failure it completes the change.
func (s *Service) ChangePhone(ctx context.Context, who Identity, text, locale, current string, client Client) error {
	var phone *string
	if text != "" {
		parsed, err := ParsePhone("phone", text, locale)
		if err != nil {
			return err
		}
		phone = &parsed
	}
	account, err := s.confirm(ctx, who, current, client)
	if err != nil {
		return err
	}
	if phone == nil && account.Email == nil {
		return tenant.Invalid("phone", "required", "is the only address that you can sign in by")
	}
	_, err = s.directory.Platform().Exec(ctx, `UPDATE platform.people SET phone = ?, updated_at = ? WHERE id = ?`, phone, s.now(), account.ID)
	var taken *tenant.DuplicateError
	if errors.As(err, &taken) {
		return errPhoneTaken
	}
	if err != nil {
		return err
	}
	return s.showPhone(ctx, account.ID, phone)
}

// showPhone writes the number into the person's member row in each of their companies but those that stand still.
func (s *Service) showPhone(ctx context.Context, who tenant.MemberID, phone *string) error {
	companies, err := s.companiesOf(ctx, who)
	if err != nil {
		return err
	}
	for _, company := range companies {
		err := s.directory.Tx(ctx, company, system(), func(tx *tenant.Tx) error {
			member, err := tenant.LockMember(ctx, tx, who)
			if err != nil || deref(member.Phone) == deref(phone) {
				return err
			}
			if err := tenant.SetMemberPhone(ctx, tx, who, phone); err != nil {
				return err
			}
			if member, err = tenant.GetMember(ctx, tx.Query, who); err != nil {
				return err
			}
			return emitMember(ctx, tx, "member.updated", member)
		})
		if err != nil && !errors.Is(err, tenant.ErrNotFound) && !errors.Is(err, tenant.ErrSuspended) {
			return err
		}
	}
	return nil
}

// confirm returns the account of a session's person if the password is theirs. A wrong one counts as an attempt
// to sign in, so that a session left open is no way to try passwords.
func (s *Service) confirm(ctx context.Context, who Identity, password string, client Client) (person, error) {
	if _, err := who.session(); err != nil {
		return person{}, err
	}
	var account person
	if err := s.directory.Platform().Get(ctx, &account, `SELECT `+personColumns+` FROM platform.people WHERE id = ?`, who.Member); err != nil {
		return person{}, fmt.Errorf("person %s: %w", who.Member, err)
	}
	at := address{email: deref(account.Email)}
	if at.isZero() {
		at.phone = deref(account.Phone)
	}
	checked, err := s.checkCredentials(ctx, at, at.String(), password, client)
	if errors.Is(err, errCredentials) {
		return person{}, tenant.Invalid("current_password", "wrong", "is not your password")
	}
	return checked, err
}
