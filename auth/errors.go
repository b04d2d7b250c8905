package auth

import (
	"errors"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

var (
	// ErrUnauthenticated is matched by every refusal to believe who somebody is; *[UnauthenticatedError]
	// says why.
	ErrUnauthenticated = errors.New("not signed in")
	// ErrUnavailable is returned when sign-in state cannot be reached. Nobody is let in then.
	ErrUnavailable = errors.New("sign-in state unavailable")
)

// UnauthenticatedError says why somebody is not believed, in words that may be shown to them.
type UnauthenticatedError struct {
	// Code is stable, as "token_expired"; Message says what to do.
	Code, Message string
}

func (e *UnauthenticatedError) Error() string { return e.Message }

// Is makes every such error match ErrUnauthenticated.
func (e *UnauthenticatedError) Is(target error) bool { return target == ErrUnauthenticated }

// The refusals. The first is the same for an unknown address and a wrong password.
var (
	errCredentials  = &UnauthenticatedError{"invalid_credentials", "The address or the password is wrong."}
	errDeactivated  = &UnauthenticatedError{"member_deactivated", "Your account in this company was deactivated. Ask an admin of the company."}
	errNoCompany    = &UnauthenticatedError{"no_company", "This account belongs to no company."}
	errTokenInvalid = &UnauthenticatedError{"token_invalid", "The access token is not valid. Sign in again."}
	errTokenExpired = &UnauthenticatedError{"token_expired", "The access token has expired. Refresh it."}
	errSessionEnded = &UnauthenticatedError{"session_ended", "The session has ended. Sign in again."}
	errRefreshReuse = &UnauthenticatedError{"refresh_token_reused", "The refresh token was used before, so the session was ended. Sign in again."}
	errKeyInvalid   = &UnauthenticatedError{"api_key_invalid", "The API key is not valid: it was mistyped, revoked, or has expired."}
)

// The conflicts.
var (
	errEmailTaken = &tenant.ConflictError{Code: "email_taken", Message: "An account with this e-mail exists. Sign in, or use another e-mail."}
	errPhoneTaken = &tenant.ConflictError{Code: "phone_taken", Message: "An account with this phone number exists. Sign in, or use another number."}
)

// TooManyAttemptsError is returned when somebody tries to sign up or in too often.
type TooManyAttemptsError struct {
	// After is how long to wait before the next attempt.
	After time.Duration
	// Locked says that wrong passwords have locked the sign-in.
	Locked bool
}

func (e *TooManyAttemptsError) Error() string { return "too many attempts" }
