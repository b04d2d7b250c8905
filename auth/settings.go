package auth

import (
	"context"

	"github.com/guanxi-crm/guanxi/tenant"
)

// SecuritySettings say what the company asks of its members' accounts.
type SecuritySettings struct {
	RequireTOTP bool `json:"require_totp" doc:"Whether every member has to use two-step sign-in. Until they have set it up they can do nothing else. Only who uses it can switch this on." example:"false"`
}

const securitySettings = "security"

// ReadSecuritySettings returns what the company asks of its members' accounts.
func ReadSecuritySettings(ctx context.Context, q *tenant.Query) (SecuritySettings, error) {
	var s SecuritySettings
	err := tenant.ReadSettings(ctx, q, securitySettings, &s)
	return s, err
}

// WriteSecuritySettings changes it. Whoever asks for two-step sign-in must use it, or they would lock themselves out:
// else it returns *tenant.ConflictError.
func (s *Service) WriteSecuritySettings(ctx context.Context, tx *tenant.Tx, after SecuritySettings) error {
	before, err := ReadSecuritySettings(ctx, tx.Query)
	if err != nil || before == after {
		return err
	}
	if after.RequireTOTP {
		on, err := s.hasTOTP(ctx, tx.Caller.Member)
		if err != nil {
			return err
		}
		if !on {
			return &tenant.ConflictError{Code: "totp_off", Message: "Set two-step sign-in up for yourself first, under /v1/me/totp."}
		}
	}
	return tenant.WriteSettings(ctx, tx, securitySettings, after)
}

// MustSetUpTOTP reports whether the company asks for two-step sign-in and the member has not set it up.
func (s *Service) MustSetUpTOTP(ctx context.Context, q *tenant.Query, member tenant.MemberID) (bool, error) {
	settings, err := ReadSecuritySettings(ctx, q)
	if err != nil || !settings.RequireTOTP {
		return false, err
	}
	on, err := s.hasTOTP(ctx, member)
	return !on, err
}
