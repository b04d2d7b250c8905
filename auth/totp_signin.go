package auth

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// challengeLife is how long somebody whose password was right has to show a code.
const challengeLife = 5 * time.Minute

// TOTPRequiredError is returned to somebody whose password is right and who has to show a code too. It matches
// ErrUnauthenticated: they are not signed in.
type TOTPRequiredError struct {
	// Challenge is what to send along with the code; Life how long it is good for.
	Challenge string
	Life      time.Duration
	// Company is the one that they are about to enter.
	Company tenant.CompanyID
}

func (e *TOTPRequiredError) Error() string {
	return "The password is right. Send the code that your authenticator app shows, or a recovery code."
}

// Is makes the error match ErrUnauthenticated.
func (e *TOTPRequiredError) Is(target error) bool { return target == ErrUnauthenticated }

var errChallenge = &UnauthenticatedError{"challenge_expired", "That took too long, or the password was changed meanwhile. Sign in again."}

// challenge is what is remembered, sealed and kept by the client, between the password and the code.
type challenge struct {
	Person   tenant.MemberID  `json:"person"`
	Company  tenant.CompanyID `json:"company"`
	Device   string           `json:"device"`
	Until    time.Time        `json:"until"`
	Password []byte           `json:"password"`
}

const sealChallenge = "totp-challenge"

// fingerprint tells passwords apart without telling them.
func (s *Service) fingerprint(who person) []byte {
	return mac(s.recoveryKey, []byte(who.PasswordHash))[:8]
}

// letIn signs somebody in whose password was right, or returns *TOTPRequiredError when they have to show a code too.
func (s *Service) letIn(ctx context.Context, company *tenant.Company, who person, method string, client Client) (SignedIn, error) {
	on, err := s.hasTOTP(ctx, who.ID)
	if err != nil {
		return SignedIn{}, err
	}
	if !on {
		return s.signInTo(ctx, company, who, method, client)
	}
	text, err := json.Marshal(challenge{who.ID, company.ID, client.cut().Device, s.now().Add(challengeLife), s.fingerprint(who)})
	if err != nil {
		return SignedIn{}, err
	}
	sealed, err := s.directory.Seal(sealChallenge, text)
	if err != nil {
		return SignedIn{}, fmt.Errorf("totp challenge: %w", err)
	}
	return SignedIn{}, &TOTPRequiredError{Challenge: base64.RawURLEncoding.EncodeToString(sealed), Life: challengeLife, Company: company.ID}
}

// TOTPSignIn is what somebody sends to finish signing in.
type TOTPSignIn struct {
	Challenge    string `json:"challenge" minLength:"1" maxLength:"1000" doc:"As it came with totp_required." example:"AQBz…"`
	Code         string `json:"code,omitempty" maxLength:"20" doc:"The code that the authenticator app shows." example:"123456"`
	RecoveryCode string `json:"recovery_code,omitempty" maxLength:"20" doc:"Or one of the recovery codes; it is then used up." example:"K3XQ7-PA2MN"`
}

// FinishSignIn signs somebody in by the code that was asked for. It returns *tenant.InvalidError for a wrong or used
// code, *TooManyAttemptsError, and else what [Service.SignIn] does.
func (s *Service) FinishSignIn(ctx context.Context, in TOTPSignIn, client Client) (SignedIn, error) {
	if err := s.attempts.take(ctx, "sign-in:"+client.IP, s.attempts.limits.SignIn); err != nil {
		return SignedIn{}, err
	}
	c, who, err := s.readChallenge(ctx, in.Challenge)
	if err != nil {
		return SignedIn{}, err
	}
	code, method := in.Code, "code"
	if code == "" {
		code, method = in.RecoveryCode, "recovery_code"
	}
	if err := s.checkCode(ctx, who.ID, code); err != nil {
		if errors.Is(err, errCodeWrong) {
			s.record(ctx, who.ID, system(), happening{event: eventSignInRefused, method: method, client: client})
		}
		return SignedIn{}, err
	}
	company, err := s.chooseCompany(ctx, who.ID, c.Company)
	if err != nil {
		return SignedIn{}, err
	}
	client.Device = c.Device
	return s.signInTo(ctx, company, who, method, client)
}

func (s *Service) readChallenge(ctx context.Context, text string) (challenge, person, error) {
	var c challenge
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return c, person{}, errChallenge
	}
	opened, err := s.directory.Open(sealChallenge, sealed)
	if err != nil || json.Unmarshal(opened, &c) != nil || !c.Until.After(s.now()) {
		return c, person{}, errChallenge
	}
	var who person
	err = s.directory.Platform().Get(ctx, &who, `SELECT `+personColumns+` FROM platform.people WHERE id = ?`, c.Person)
	if errors.Is(err, tenant.ErrNotFound) || err == nil && !hmac.Equal(c.Password, s.fingerprint(who)) {
		return c, person{}, errChallenge
	}
	return c, who, err
}
