package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// person is somebody's account, the same in every company they belong to.
type person struct {
	ID           tenant.MemberID `db:"id"`
	Email        *string         `db:"email"`
	Phone        *string         `db:"phone"`
	Name         string          `db:"name"`
	PasswordHash string          `db:"password_hash"`
	Locale       string          `db:"locale"`
	CreatedAt    time.Time       `db:"created_at"`
	UpdatedAt    time.Time       `db:"updated_at"`
}

const personColumns = `id, email, phone, name, password_hash, locale, created_at, updated_at`

// findPerson returns who has the address, or tenant.ErrNotFound.
func (s *Service) findPerson(ctx context.Context, a address) (person, error) {
	var p person
	column, value := "email", a.email
	if a.email == "" {
		column, value = "phone", a.phone
	}
	err := s.directory.Platform().Get(ctx, &p, `SELECT `+personColumns+` FROM platform.people WHERE `+column+` = ?`, value)
	return p, err
}

// addPerson returns *tenant.ConflictError when the e-mail or the phone number is another person's.
func addPerson(ctx context.Context, p *tenant.Platform, who person) error {
	who.CreatedAt, who.UpdatedAt = p.Now(), p.Now()
	_, err := p.NamedExec(ctx, `
		INSERT INTO platform.people (`+personColumns+`)
		VALUES (:id, :email, :phone, :name, :password_hash, :locale, :created_at, :updated_at)`, who)
	var taken *tenant.DuplicateError
	if errors.As(err, &taken) {
		switch taken.Key {
		case "people_email":
			return errEmailTaken
		case "people_phone":
			return errPhoneTaken
		}
	}
	return err
}

// addMembership lets the person choose the company at sign-in. Repeating it changes nothing.
func addMembership(ctx context.Context, p *tenant.Platform, who tenant.MemberID, company tenant.CompanyID) error {
	_, err := p.Exec(ctx, `
		INSERT INTO platform.memberships (person_id, company_id, created_at) VALUES (?, ?, ?)
		ON DUPLICATE KEY UPDATE person_id = VALUES(person_id)`, who, company, p.Now())
	return err
}

// companiesOf returns the companies that the person may have joined, the latest first.
func (s *Service) companiesOf(ctx context.Context, who tenant.MemberID) ([]*tenant.Company, error) {
	var ids []tenant.CompanyID
	if err := s.directory.Platform().Select(ctx, &ids, `
		SELECT company_id FROM platform.memberships WHERE person_id = ?
		ORDER BY created_at DESC, company_id DESC LIMIT 100`, who); err != nil {
		return nil, err
	}
	companies := make([]*tenant.Company, 0, len(ids))
	for _, id := range ids {
		company, err := s.directory.Company(ctx, id)
		if errors.Is(err, tenant.ErrNotFound) {
			continue // deleted, or not ready yet
		}
		if err != nil {
			return nil, err
		}
		companies = append(companies, company)
	}
	return companies, nil
}

// memberOf returns the person's member row in the company, active or not.
func (s *Service) memberOf(ctx context.Context, company *tenant.Company, who tenant.MemberID) (tenant.Member, error) {
	var member tenant.Member
	err := s.directory.Read(ctx, company, system(), func(q *tenant.Query) (err error) {
		member, err = tenant.GetMember(ctx, q, who)
		return err
	})
	return member, err
}

// activeMember returns the member, a refusal for somebody who is not one or was deactivated, or tenant.ErrSuspended for a
// company that cannot be asked.
func (s *Service) activeMember(ctx context.Context, company *tenant.Company, who tenant.MemberID) (tenant.Member, error) {
	member, err := s.memberOf(ctx, company, who)
	switch {
	case errors.Is(err, tenant.ErrNotFound):
		return tenant.Member{}, errNoCompany
	case err != nil:
		return tenant.Member{}, err
	case member.Status != tenant.MemberActive:
		return tenant.Member{}, errDeactivated
	}
	return member, nil
}

// openCompany returns a company that serves requests. It returns tenant.ErrSuspended for one that does not.
func (s *Service) openCompany(ctx context.Context, id tenant.CompanyID) (*tenant.Company, error) {
	company, err := s.directory.Company(ctx, id)
	switch {
	case errors.Is(err, tenant.ErrNotFound):
		return nil, errNoCompany
	case err != nil:
		return nil, err
	case company.Status == tenant.Suspended:
		return nil, fmt.Errorf("company %s: %w", id, tenant.ErrSuspended)
	}
	return company, nil
}

func isRefusal(err error) bool { return errors.Is(err, ErrUnauthenticated) }

// abandonAfter is the age at which an account without a company counts as cut off in the making; accepting
// an invitation takes a fraction of that.
const abandonAfter = time.Minute

// abandoned reports whether the account was left over when joining a company was cut off: nobody can use
// it for anything, so it must not stand in the way of the same address.
func (s *Service) abandoned(ctx context.Context, who person) (bool, error) {
	if s.now().Sub(who.UpdatedAt) < abandonAfter {
		return false, nil
	}
	if admin, err := s.IsPlatformAdmin(ctx, who.ID); admin || err != nil {
		return false, err
	}
	companies, err := s.companiesOf(ctx, who.ID)
	if err != nil {
		return false, err
	}
	for _, company := range companies {
		_, err := s.memberOf(ctx, company, who.ID)
		switch {
		case errors.Is(err, tenant.ErrNotFound):
			continue
		case errors.Is(err, tenant.ErrSuspended): // it cannot be asked, and may come back
			return false, nil
		}
		return false, err
	}
	return true, nil
}

// removePerson makes way for a new account with the same address. It does nothing when the account was
// changed since it was read.
func removePerson(ctx context.Context, p *tenant.Platform, who person) error {
	res, err := p.Exec(ctx, `DELETE FROM platform.people WHERE id = ? AND updated_at = ?`, who.ID, who.UpdatedAt)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	_, err = p.Exec(ctx, `DELETE FROM platform.memberships WHERE person_id = ?`, who.ID)
	return err
}

// renewHash stores the password at today's cost and returns the hash that the account then has. A password that was
// changed meanwhile stays; errCredentials says that it did.
func (s *Service) renewHash(ctx context.Context, who person, password string) (string, error) {
	hash, err := s.passwords.hash(ctx, password)
	if err != nil {
		return "", err
	}
	res, err := s.directory.Platform().Exec(ctx, `
		UPDATE platform.people SET password_hash = ?, updated_at = ? WHERE id = ? AND password_hash = ?`,
		hash, s.now(), who.ID, who.PasswordHash)
	if err != nil {
		return "", err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return hash, err
	}
	// Another sign-in has renewed it, or the password is another.
	stored, err := s.passwordHash(ctx, who.ID)
	if err != nil {
		return "", err
	}
	if ok, _, err := s.passwords.matches(ctx, password, stored); !ok || err != nil {
		return "", cmp.Or(err, error(errCredentials))
	}
	return stored, nil
}

// passwordHash returns the hash that a person's account has now, "" for somebody whose account is gone.
func (s *Service) passwordHash(ctx context.Context, who tenant.MemberID) (string, error) {
	var hash string
	err := s.directory.Platform().Get(ctx, &hash, `SELECT password_hash FROM platform.people WHERE id = ?`, who)
	if errors.Is(err, tenant.ErrNotFound) {
		return "", nil
	}
	return hash, err
}

// SpeakTo remembers in which language a person is written to.
func (s *Service) SpeakTo(ctx context.Context, who tenant.MemberID, locale string) error {
	_, err := s.directory.Platform().Exec(ctx, `UPDATE platform.people SET locale = ?, updated_at = ? WHERE id = ?`, locale, s.now(), who)
	return err
}
