package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// SignUp is what somebody sends to start a company.
type SignUp struct {
	Company struct {
		Name string `json:"name" minLength:"1" maxLength:"200" doc:"The company's name." example:"Acme"`
	} `json:"company" doc:"The company to be made."`
	Name     string `json:"name" minLength:"1" maxLength:"200" doc:"The person's own name." example:"陈晨"`
	Email    string `json:"email" minLength:"3" maxLength:"254" doc:"The address to sign in by." example:"chen@acme.example"`
	Password string `json:"password" minLength:"8" maxLength:"256" doc:"At least 8 characters; not one of the most common." example:"a long phrase is good"`
	Locale   string `json:"locale,omitempty" enum:"zh-CN,en" doc:"Language of the company; zh-CN when absent." example:"zh-CN"`
	TimeZone string `json:"timezone,omitempty" maxLength:"64" doc:"IANA name; Asia/Shanghai when absent." example:"Asia/Shanghai"`
}

// Summary is a company as its members see it.
type Summary struct {
	ID       tenant.CompanyID `json:"id" doc:"The company." example:"com_01h455vb4pex5vsknk084sn02q"`
	Name     string           `json:"name" doc:"The company's name." example:"Acme"`
	Plan     string           `json:"plan" doc:"Key of the plan in force." example:"free"`
	TimeZone string           `json:"timezone" doc:"IANA name of the zone in which days are counted." example:"Asia/Shanghai"`
	Locale   string           `json:"locale" doc:"Language of the company." example:"zh-CN"`
	Currency string           `json:"currency" doc:"ISO 4217 code in which totals are shown." example:"CNY"`
}

// Summarize returns what a company's members see of it.
func Summarize(c *tenant.Company) Summary {
	return Summary{ID: c.ID, Name: c.Name, Plan: c.Plan, TimeZone: c.TimeZone, Locale: c.Locale, Currency: c.Currency}
}

// SignedIn is the answer to every way of signing in.
type SignedIn struct {
	Tokens
	Company   Summary       `json:"company" doc:"The company that the tokens are for."`
	User      tenant.Member `json:"user" doc:"Who has signed in."`
	Companies []Summary     `json:"companies" nullable:"false" doc:"All companies of this person, for switching."`
}

// normalize brings the input to the form that is stored.
func (in SignUp) normalize() (SignUp, error) {
	var all tenant.InvalidError
	keep := func(value string, err error) string {
		var invalid *tenant.InvalidError
		if errors.As(err, &invalid) {
			all.Fields = append(all.Fields, invalid.Fields...)
		}
		return value
	}
	in.Company.Name = keep(ParseName("company.name", in.Company.Name))
	in.Name = keep(ParseName("name", in.Name))
	in.Email = keep(ParseEmail("email", in.Email))
	in.Locale = keep(ParseLocale("locale", in.Locale))
	in.TimeZone = keep(ParseTimeZone("timezone", in.TimeZone))
	keep("", checkPassword(in.Password, in.Email))
	return in, all.Err()
}

// ParseTimeZone returns the IANA name, Asia/Shanghai when none is given. It returns *tenant.InvalidError for the field.
func ParseTimeZone(field, name string) (string, error) {
	if name == "" {
		return "Asia/Shanghai", nil
	}
	// "Local" would be whatever the server is set to.
	if _, err := time.LoadLocation(name); err != nil || name == "Local" || len(name) > 64 {
		return "", tenant.Invalid(field, "unknown", "is not an IANA time zone; write it as Asia/Shanghai")
	}
	return name, nil
}

// errReplayed ends a sign-up that another request with the same key has completed.
var errReplayed = errors.New("signed up before under this key")

// SignUp makes a company with its first member and signs them in. prepare gives the company what the
// packages beside this one know of (roles, defaults, the admin's role), in the transaction that fills its
// schema. With a key, a repeat of the same request signs the same person in instead of making another
// company. It returns *tenant.InvalidError, *tenant.ConflictError for an e-mail that has an account,
// *TooManyAttemptsError, ErrUnavailable, tenant.ErrKeyReused or tenant.ErrOutcomeUnknown; after any of
// these the same e-mail can be tried again.
func (s *Service) SignUp(ctx context.Context, in SignUp, client Client, key string,
	prepare func(context.Context, *tenant.Tx, tenant.MemberID) error,
) (SignedIn, error) {
	in, err := in.normalize()
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.attempts.signUp(ctx, client.IP); err != nil {
		return SignedIn{}, err
	}
	once, err := s.signUpRequest(key, in)
	if err != nil {
		return SignedIn{}, err
	}
	if record, found, err := s.recallSignUp(ctx, once); found || err != nil {
		return s.resumeSignUp(ctx, record, client, err)
	}
	leftover, err := s.claimable(ctx, address{email: in.Email})
	if err != nil {
		return SignedIn{}, err
	}
	record, err := s.makeCompany(ctx, in, once, leftover, prepare)
	return s.resumeSignUp(ctx, record, client, err)
}

// claimable returns the abandoned account that has the address, or a zero person when nobody has it. It
// returns *tenant.ConflictError when somebody does.
func (s *Service) claimable(ctx context.Context, a address) (person, error) {
	who, err := s.findPerson(ctx, a)
	if errors.Is(err, tenant.ErrNotFound) {
		return person{}, nil
	}
	if err != nil {
		return person{}, err
	}
	gone, err := s.abandoned(ctx, who)
	switch {
	case err != nil:
		return person{}, err
	case gone:
		return who, nil
	case a.email == "":
		return person{}, errPhoneTaken
	}
	return person{}, errEmailTaken
}

// makeCompany makes the company and the account, all or nothing.
func (s *Service) makeCompany(ctx context.Context, in SignUp, once *tenant.IdempotentRequest, leftover person,
	prepare func(context.Context, *tenant.Tx, tenant.MemberID) error,
) (signUpRecord, error) {
	hash, err := s.passwords.hash(ctx, in.Password)
	if err != nil {
		return signUpRecord{}, err
	}
	who := person{ID: tenant.NewMemberID(), Email: &in.Email, Name: in.Name, PasswordHash: hash, Locale: in.Locale}
	var record signUpRecord
	_, err = s.directory.Create(ctx, newCompany(in, s.cfg.Plan),
		func(tx *tenant.Tx) error {
			admin := tenant.Member{ID: who.ID, Name: who.Name, Email: who.Email, Locale: who.Locale}
			admin, err := tenant.AddMember(ctx, tx, admin)
			if err != nil {
				return err
			}
			if err := tx.Consume(ctx, quotaSeats, 1); err != nil {
				return err
			}
			if err := prepare(ctx, tx, admin.ID); err != nil {
				return err
			}
			return emitMember(ctx, tx, "member.created", admin)
		},
		func(p *tenant.Platform, company *tenant.Company) error {
			record = signUpRecord{Company: company.ID, Person: who.ID}
			if once != nil {
				earlier, found, err := s.recallIn(ctx, p, *once)
				if err != nil {
					return err
				}
				if found {
					record = earlier
					return errReplayed
				}
			}
			if !leftover.ID.IsZero() {
				if err := removePerson(ctx, p, leftover); err != nil {
					return err
				}
			}
			if err := addPerson(ctx, p, who); err != nil {
				return err
			}
			if err := addMembership(ctx, p, who.ID, company.ID); err != nil {
				return err
			}
			return s.rememberSignUp(ctx, p, once, record)
		})
	if errors.Is(err, errReplayed) {
		return record, nil
	}
	return record, err
}

func newCompany(in SignUp, plan string) tenant.NewCompany {
	currency := "CNY"
	if in.Locale == "en" && in.TimeZone != "Asia/Shanghai" {
		currency = "USD"
	}
	return tenant.NewCompany{Name: in.Company.Name, TimeZone: in.TimeZone, Locale: in.Locale, Currency: currency, Plan: plan}
}

// resumeSignUp signs the person of a completed sign-up in.
func (s *Service) resumeSignUp(ctx context.Context, record signUpRecord, client Client, err error) (SignedIn, error) {
	if err != nil {
		return SignedIn{}, err
	}
	company, err := s.openCompany(ctx, record.Company)
	if err != nil {
		return SignedIn{}, err
	}
	var who person
	if err := s.directory.Platform().Get(ctx, &who, `SELECT `+personColumns+` FROM platform.people WHERE id = ?`, record.Person); err != nil {
		return SignedIn{}, fmt.Errorf("person %s: %w", record.Person, err)
	}
	return s.letIn(ctx, company, who, "sign_up", client)
}
