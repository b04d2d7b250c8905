package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// SignIn is what somebody sends to sign in.
type SignIn struct {
	Identifier string           `json:"identifier" minLength:"1" maxLength:"254" doc:"E-mail or phone number." example:"chen@acme.example"`
	Password   string           `json:"password" minLength:"1" maxLength:"256" doc:"The password." example:"a long phrase is good"`
	CompanyID  tenant.CompanyID `json:"company_id,omitempty" doc:"Which company to enter; the one joined last when absent."`
	Device     string           `json:"device,omitempty" maxLength:"100" doc:"A name for the list of sessions." example:"Chen's iPhone"`
}

// SignIn lets a person in by their password, or returns *TOTPRequiredError for [Service.FinishSignIn]. It returns an error
// that wraps ErrUnauthenticated, *TooManyAttemptsError, tenant.ErrSuspended when no other company is open to the person, or
// ErrUnavailable. Whether an address has an account shows neither in the answer nor in its time.
func (s *Service) SignIn(ctx context.Context, in SignIn, client Client) (SignedIn, error) {
	client.Device = in.Device
	who, err := s.checkCredentials(ctx, parseIdentifier(in.Identifier), in.Identifier, in.Password, client)
	if err != nil {
		return SignedIn{}, err
	}
	company, err := s.chooseCompany(ctx, who.ID, in.CompanyID)
	if err != nil {
		return SignedIn{}, err
	}
	return s.letIn(ctx, company, who, "password", client)
}

// checkCredentials returns the person of the address if the password is theirs.
func (s *Service) checkCredentials(ctx context.Context, a address, typed, password string, client Client) (person, error) {
	account := a.String()
	if a.isZero() {
		account = typed
	}
	last, err := s.attempts.password(ctx, client.IP, account)
	if err != nil {
		return person{}, err
	}
	// A zero address is looked up all the same, and found by nobody.
	who, err := s.findPerson(ctx, a)
	if err != nil && !errors.Is(err, tenant.ErrNotFound) {
		return person{}, err
	}
	ok, outdated, err := s.passwords.matches(ctx, password, who.PasswordHash)
	if err != nil {
		return person{}, err
	}
	if !ok {
		s.noteRefusal(ctx, who, last, client)
		return person{}, errCredentials
	}
	if outdated {
		if who.PasswordHash, err = s.renewHash(ctx, who, password); err != nil {
			return person{}, err
		}
	}
	return who, s.attempts.succeeded(ctx, client.IP, account)
}

// noteRefusal records a wrong password, and tells the person when it locks the sign-in. Of somebody who does not exist
// there is nothing to record; the work is done afterwards, so that this does not show.
func (s *Service) noteRefusal(ctx context.Context, who person, locks bool, client Client) {
	s.background.do(ctx, "refused sign-in", func(ctx context.Context) error {
		if who.ID.IsZero() {
			return nil
		}
		h := happening{event: eventSignInRefused, method: "password", client: client}
		if locks {
			h.event = eventLocked
			err := s.attempts.take(ctx, "lock-notice:"+who.ID.String(), s.attempts.limits.LockNotice)
			if _, h.quiet = errors.AsType[*TooManyAttemptsError](err); err != nil && !h.quiet {
				return err
			}
		}
		return s.tryRecord(ctx, who.ID, system(), h)
	})
}

// chooseCompany returns the wanted company, or the one the person joined last that lets them in.
func (s *Service) chooseCompany(ctx context.Context, who tenant.MemberID, wanted tenant.CompanyID) (*tenant.Company, error) {
	companies, err := s.companiesOf(ctx, who)
	if err != nil {
		return nil, err
	}
	refusal, known := error(errNoCompany), false
	for _, company := range companies {
		if !wanted.IsZero() && company.ID != wanted {
			continue
		}
		_, err := s.activeMember(ctx, company, who)
		switch {
		case err == nil:
			return company, nil
		case errors.Is(err, tenant.ErrSuspended):
			refusal, known = err, true
		case !isRefusal(err):
			return nil, err
		case !known && errors.Is(err, errDeactivated):
			refusal = err
		}
	}
	if errors.Is(refusal, errNoCompany) && !wanted.IsZero() {
		return nil, tenant.Invalid("company_id", "unknown", "is not a company of yours")
	}
	return nil, refusal
}

// signInTo starts a session and says what the client needs to begin.
func (s *Service) signInTo(ctx context.Context, company *tenant.Company, who person, method string, client Client) (SignedIn, error) {
	tokens, member, err := s.startSession(ctx, company, who, method, client)
	if err != nil {
		return SignedIn{}, err
	}
	companies, err := s.Companies(ctx, who.ID)
	return SignedIn{Tokens: tokens, Company: Summarize(company), User: member, Companies: companies}, err
}

// Companies returns the open companies in which the person is an active member, the one joined last first.
func (s *Service) Companies(ctx context.Context, who tenant.MemberID) ([]Summary, error) {
	companies, err := s.companiesOf(ctx, who)
	if err != nil {
		return nil, err
	}
	all := make([]Summary, 0, len(companies))
	for _, company := range companies {
		_, err := s.activeMember(ctx, company, who)
		if isRefusal(err) || errors.Is(err, tenant.ErrSuspended) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, Summarize(company))
	}
	return all, nil
}

// Switch signs the person of a session in to another of their companies. The old session lives on for
// fifteen minutes, or as long as it is refreshed: if the answer is lost, nobody is signed out. An API key
// gets tenant.ErrDenied.
func (s *Service) Switch(ctx context.Context, who Identity, to tenant.CompanyID, client Client) (SignedIn, error) {
	old, err := who.session()
	if err != nil {
		return SignedIn{}, err
	}
	if to.IsZero() {
		return SignedIn{}, tenant.Invalid("company_id", "required", "is required")
	}
	company, err := s.chooseCompany(ctx, who.Member, to)
	if errors.Is(err, errDeactivated) {
		// The session itself is good; only that company is closed.
		return SignedIn{}, fmt.Errorf("company %s: %w", to, tenant.ErrDenied)
	}
	if err != nil {
		return SignedIn{}, err
	}
	records, err := s.sessions.of(ctx, who.Member)
	if err != nil {
		return SignedIn{}, err
	}
	client.Device = records[old].Device
	answer, err := s.signInTo(ctx, company, person{ID: who.Member}, "", client)
	if err != nil {
		return SignedIn{}, err
	}
	return answer, s.sessions.retire(ctx, old, s.now())
}
