package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Forgot is what somebody sends who cannot sign in.
type Forgot struct {
	Identifier string `json:"identifier" minLength:"1" maxLength:"254" doc:"E-mail or phone number of the account." example:"chen@acme.example"`
}

// SendsMail reports whether this installation sends mail at all.
func (s *Service) SendsMail() bool { return s.cfg.Mail }

// Forgot mails a link to choose a new password, if the address has an account with an e-mail. Neither the answer nor
// its time tells whether: the work is done afterwards. It returns *TooManyAttemptsError or ErrUnavailable.
func (s *Service) Forgot(ctx context.Context, in Forgot, client Client) error {
	if err := s.attempts.take(ctx, "forgot:"+client.IP, s.attempts.limits.Forgot); err != nil {
		return err
	}
	s.background.do(ctx, "forgotten password", func(ctx context.Context) error { return s.mailReset(ctx, in.Identifier, client) })
	return nil
}

func (s *Service) mailReset(ctx context.Context, identifier string, client Client) error {
	who, err := s.findPerson(ctx, parseIdentifier(identifier))
	if errors.Is(err, tenant.ErrNotFound) || err == nil && who.Email == nil {
		return nil
	}
	if err != nil {
		return err
	}
	company, err := s.chooseCompany(ctx, who.ID, tenant.CompanyID{})
	if isRefusal(err) || errors.Is(err, tenant.ErrSuspended) {
		return nil // a new password would not let them in
	}
	if err != nil {
		return err
	}
	// Nobody's mailbox is filled by others.
	var often *TooManyAttemptsError
	if err := s.attempts.take(ctx, "forgot-person:"+who.ID.String(), s.attempts.limits.ForgotPerson); errors.As(err, &often) {
		return nil
	} else if err != nil {
		return err
	}
	id := tenant.NewID[resetKind]()
	if err := s.addReset(ctx, id, who.ID, resetMaker{}); err != nil {
		return err
	}
	return s.directory.Tx(ctx, company, system(), func(tx *tenant.Tx) error {
		return s.scheduleMail(ctx, tx, mailReset, who.ID, tenant.RecordID(id), client)
	})
}

// Reset is what the holder of a link sends.
type Reset struct {
	Token    string `json:"token" minLength:"1" maxLength:"200" doc:"The last part of the link." example:"AZ8n0x…"`
	Password string `json:"password" minLength:"8" maxLength:"256" doc:"The new one: at least 8 characters; not one of the most common." example:"another long phrase"`
}

// errResetClosed is the same for every link that does not work, whatever the reason.
var errResetClosed = &tenant.ConflictError{
	Code: "reset_link_closed", Message: "This link was used, has expired or is not whole. Ask for a new one.",
}

// ResetVouch returns tenant.ErrDenied unless the maker of a link may still open the member's account.
type ResetVouch func(ctx context.Context, q *tenant.Query, maker, member tenant.MemberID) error

// ResetPassword gives the person of a link another password, once, and ends all their sessions. It returns
// *tenant.InvalidError for a bad password, *tenant.ConflictError for a link that does not work, *TooManyAttemptsError
// or ErrUnavailable.
func (s *Service) ResetPassword(ctx context.Context, in Reset, client Client, vouch ResetVouch) error {
	if err := s.attempts.take(ctx, "reset:"+client.IP, s.attempts.limits.SignIn); err != nil {
		return err
	}
	id, ok := s.readReset(in.Token)
	if !ok {
		return errResetClosed
	}
	who, err := s.resetting(ctx, id, vouch)
	if err != nil {
		return err
	}
	if err := checkPassword(in.Password, deref(who.Email), deref(who.Phone)); err != nil {
		return err
	}
	hash, err := s.passwords.hash(ctx, in.Password)
	if err != nil {
		return err
	}
	// Before, so that a failure does not use the link up; and after, for whoever got in meanwhile.
	if _, err := s.endAllSessions(ctx, who.ID); err != nil {
		return err
	}
	if err := s.useReset(ctx, id, who.ID, hash); err != nil {
		return err
	}
	if _, err := s.endAllSessions(ctx, who.ID); err != nil {
		return err
	}
	for _, address := range []string{deref(who.Email), deref(who.Phone)} {
		if err := s.attempts.succeeded(ctx, client.IP, address); err != nil {
			return err
		}
	}
	s.record(ctx, who.ID, as(who.ID, id.String()), happening{event: eventPasswordChanged, method: "reset_link", client: client})
	return nil
}

// resetting returns whose link it is, if it works.
func (s *Service) resetting(ctx context.Context, id resetID, vouch ResetVouch) (person, error) {
	var row struct {
		resetMaker
		Person tenant.MemberID `db:"person_id"`
	}
	err := s.directory.Platform().Get(ctx, &row, `SELECT person_id, company_id, made_by FROM platform.password_resets WHERE id = ? AND expires_at > ?`, id, s.now())
	if errors.Is(err, tenant.ErrNotFound) {
		return person{}, errResetClosed
	}
	if err != nil {
		return person{}, err
	}
	if !row.Company.IsZero() {
		// They may have joined another company since an admin made the link.
		if err := s.MustBeOurs(ctx, row.Company, row.Person); err != nil {
			return person{}, err
		}
		if err := s.vouched(ctx, row.resetMaker, row.Person, vouch); err != nil {
			return person{}, err
		}
	}
	var who person
	if err := s.directory.Platform().Get(ctx, &who, `SELECT `+personColumns+` FROM platform.people WHERE id = ?`, row.Person); err != nil {
		return person{}, fmt.Errorf("person %s: %w", row.Person, err)
	}
	return who, nil
}

// vouched returns errResetClosed for a link whose maker would not get it today.
func (s *Service) vouched(ctx context.Context, by resetMaker, member tenant.MemberID, vouch ResetVouch) error {
	company, err := s.openCompany(ctx, by.Company)
	if err != nil {
		return err
	}
	err = s.directory.Read(ctx, company, system(), func(q *tenant.Query) error { return vouch(ctx, q, by.Member, member) })
	if errors.Is(err, tenant.ErrDenied) {
		return errResetClosed
	}
	return err
}

// useReset changes the password and uses up all links of the person.
func (s *Service) useReset(ctx context.Context, id resetID, who tenant.MemberID, hash string) error {
	return s.directory.Platform().Tx(ctx, func(p *tenant.Platform) error {
		res, err := p.Exec(ctx, `DELETE FROM platform.password_resets WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, errResetClosed)
		}
		return setPassword(ctx, p, who, hash)
	})
}

// setPassword changes the password and uses up all links to choose one: they were for the password until now.
func setPassword(ctx context.Context, p *tenant.Platform, who tenant.MemberID, hash string) error {
	if _, err := p.Exec(ctx, `DELETE FROM platform.password_resets WHERE person_id = ?`, who); err != nil {
		return err
	}
	_, err := p.Exec(ctx, `UPDATE platform.people SET password_hash = ?, updated_at = ? WHERE id = ?`, hash, p.Now(), who)
	return err
}

func (s *Service) endAllSessions(ctx context.Context, who tenant.MemberID) (int, error) {
	return s.endMatching(ctx, who, func(SessionID, sessionRecord) bool { return true })
}
