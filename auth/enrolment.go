package auth

import (
	"context"
	"errors"

	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) address() address {
	if p.Email != nil {
		return address{email: *p.Email}
	}
	return address{phone: *p.Phone}
}

// enrol returns the account of who accepts: the one that the address has, after checking its password, or
// a new one. The account comes before the member, because only the account can be tried again; until the
// member exists it counts as abandoned and blocks nobody.
func (s *Service) enrol(ctx context.Context, company *tenant.Company, i Invitation, who person, password string, client Client) (person, error) {
	existing, err := s.findPerson(ctx, who.address())
	if err != nil && !errors.Is(err, tenant.ErrNotFound) {
		return person{}, err
	}
	if err == nil {
		gone, err := s.abandoned(ctx, existing)
		if err != nil {
			return person{}, err
		}
		if !gone {
			return s.enrolExisting(ctx, company, i, existing, who, password, client)
		}
	}
	if i.Status != invitationPending {
		return person{}, invitationClosed(i.Status)
	}
	if err := checkPassword(password, deref(who.Email), deref(who.Phone)); err != nil {
		return person{}, err
	}
	if err := s.attempts.take(ctx, "sign-in:"+client.IP, s.attempts.limits.SignIn); err != nil {
		return person{}, err
	}
	if who.PasswordHash, err = s.passwords.hash(ctx, password); err != nil {
		return person{}, err
	}
	who.ID = tenant.NewMemberID()
	return who, s.directory.Platform().Tx(ctx, func(p *tenant.Platform) error {
		if !existing.ID.IsZero() {
			if err := removePerson(ctx, p, existing); err != nil {
				return err
			}
		}
		if err := addPerson(ctx, p, who); err != nil {
			return err
		}
		return addMembership(ctx, p, who.ID, company.ID)
	})
}

func (s *Service) enrolExisting(ctx context.Context, company *tenant.Company, i Invitation, existing, who person, password string, client Client) (person, error) {
	known, err := s.checkCredentials(ctx, who.address(), "", password, client)
	if errors.Is(err, errCredentials) {
		return person{}, &UnauthenticatedError{errCredentials.Code, "This address has an account. Give the password of that account."}
	}
	if err != nil {
		return person{}, err
	}
	if i.Status == invitationAccepted && i.MemberID != existing.ID {
		return person{}, invitationClosed(i.Status)
	}
	// In the company they are called as they say here; the account keeps its addresses.
	known.Name = who.Name
	return known, addMembership(ctx, s.directory.Platform(), known.ID, company.ID)
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
