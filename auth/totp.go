package auth

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/guanxi-crm/guanxi/tenant"
)

// TOTPState says how a person's second step stands.
type TOTPState struct {
	Enabled           bool       `json:"enabled" doc:"Whether signing in asks for a code."`
	EnabledAt         *time.Time `json:"enabled_at" doc:"Since when (UTC); null while it is off."`
	RecoveryCodesLeft int        `json:"recovery_codes_left" doc:"How many recovery codes are unused." example:"10"`
}

// TOTPSetup is what an authenticator app needs.
type TOTPSetup struct {
	Secret string `json:"secret" doc:"For typing into the app by hand." example:"JBSWY3DPEHPK3PXP"`
	URL    string `json:"url" doc:"For opening the app on the same device." example:"otpauth://totp/Guanxi:chen@acme.example?secret=…"`
	QR     string `json:"qr" doc:"The URL as a QR code: a PNG picture as a data URL." example:"data:image/png;base64,iVBORw0…"`
}

// RecoveryCodes are shown once.
type RecoveryCodes struct {
	Codes []string `json:"recovery_codes" nullable:"false" doc:"Ten codes that each let you in once when the device is lost. Shown only now: keep them." example:"[\"K3XQ7-PA2MN\"]"`
}

// TOTPProof is by what somebody shows that it is them: either will do.
type TOTPProof struct {
	CurrentPassword string `json:"current_password,omitempty" maxLength:"256" doc:"Your password." example:"a long phrase is good"`
	Code            string `json:"code,omitempty" maxLength:"20" doc:"A code of the app, or a recovery code." example:"123456"`
}

// The conflicts of setting a second step up.
var (
	errTOTPOn  = &tenant.ConflictError{Code: "totp_on", Message: "Two-step sign-in is on already. Switch it off first to use another device."}
	errTOTPOff = &tenant.ConflictError{Code: "totp_off", Message: "Two-step sign-in is off."}
)

const (
	totpIssuer = "Guanxi"
	qrPixels   = 240
)

// totpSecret is a person's secret as it is stored.
type totpSecret struct {
	Sealed      []byte     `db:"secret"`
	ConfirmedAt *time.Time `db:"confirmed_at"`
	UsedStep    int64      `db:"used_step"`
}

// sealTOTP binds a secret to its person.
func sealTOTP(who tenant.MemberID) string { return "totp/" + who.String() }

// findTOTP returns a person's secret, or tenant.ErrNotFound.
func findTOTP(ctx context.Context, p *tenant.Platform, who tenant.MemberID, lock string) (totpSecret, error) {
	var row totpSecret
	err := p.Get(ctx, &row, `SELECT secret, confirmed_at, used_step FROM platform.totp WHERE person_id = ? `+lock, who)
	return row, err
}

// hasTOTP reports whether the person's second step is on.
func (s *Service) hasTOTP(ctx context.Context, who tenant.MemberID) (bool, error) {
	row, err := findTOTP(ctx, s.directory.Platform(), who, "")
	if errors.Is(err, tenant.ErrNotFound) {
		return false, nil
	}
	return row.ConfirmedAt != nil, err
}

// WithTOTP returns which of these people have their second step on.
func (s *Service) WithTOTP(ctx context.Context, people []tenant.MemberID) (map[tenant.MemberID]bool, error) {
	on := make(map[tenant.MemberID]bool, len(people))
	if len(people) == 0 {
		return on, nil
	}
	var ids []tenant.MemberID
	if err := s.directory.Platform().SelectIn(ctx, &ids, `SELECT person_id FROM platform.totp WHERE confirmed_at IS NOT NULL AND person_id IN (?)`, people); err != nil {
		return nil, err
	}
	for _, id := range ids {
		on[id] = true
	}
	return on, nil
}

// TOTP returns how the person's second step stands.
func (s *Service) TOTP(ctx context.Context, who tenant.MemberID) (TOTPState, error) {
	row, err := findTOTP(ctx, s.directory.Platform(), who, "")
	if errors.Is(err, tenant.ErrNotFound) || err == nil && row.ConfirmedAt == nil {
		return TOTPState{}, nil
	}
	if err != nil {
		return TOTPState{}, err
	}
	state := TOTPState{Enabled: true, EnabledAt: row.ConfirmedAt}
	err = s.directory.Platform().Get(ctx, &state.RecoveryCodesLeft, `SELECT COUNT(*) FROM platform.recovery_codes WHERE person_id = ?`, who)
	return state, err
}

// BeginTOTP makes a secret for the person's authenticator app. It does nothing to sign-in until [Service.ConfirmTOTP];
// beginning again replaces the secret. It returns *tenant.InvalidError for a wrong password, *tenant.ConflictError when
// the second step is on, *TooManyAttemptsError, or tenant.ErrDenied for an API key.
func (s *Service) BeginTOTP(ctx context.Context, who Identity, current string, client Client) (TOTPSetup, error) {
	account, err := s.confirm(ctx, who, current, client)
	if err != nil {
		return TOTPSetup{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: totpIssuer, AccountName: account.address().String()})
	if err != nil {
		return TOTPSetup{}, fmt.Errorf("totp secret: %w", err)
	}
	sealed, err := s.directory.Seal(sealTOTP(account.ID), []byte(key.Secret()))
	if err != nil {
		return TOTPSetup{}, fmt.Errorf("totp secret: %w", err)
	}
	if err := s.directory.Platform().Tx(ctx, func(p *tenant.Platform) error {
		row, err := findTOTP(ctx, p, account.ID, "FOR UPDATE")
		switch {
		case err == nil && row.ConfirmedAt != nil:
			return errTOTPOn
		case err != nil && !errors.Is(err, tenant.ErrNotFound):
			return err
		}
		_, err = p.Exec(ctx, `INSERT INTO platform.totp (person_id, secret, confirmed_at, used_step, created_at) VALUES (?, ?, NULL, 0, ?)
			ON DUPLICATE KEY UPDATE secret = VALUES(secret), created_at = VALUES(created_at)`, account.ID, sealed, p.Now())
		return err
	}); err != nil {
		return TOTPSetup{}, err
	}
	picture, err := key.Image(qrPixels, qrPixels)
	if err != nil {
		return TOTPSetup{}, fmt.Errorf("totp picture: %w", err)
	}
	var qr bytes.Buffer
	if err := png.Encode(&qr, picture); err != nil {
		return TOTPSetup{}, fmt.Errorf("totp picture: %w", err)
	}
	return TOTPSetup{Secret: key.Secret(), URL: key.URL(), QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(qr.Bytes())}, nil
}

// ConfirmTOTP switches the second step on by a first code, and returns the recovery codes. It returns
// *tenant.InvalidError for a wrong code and else what [Service.BeginTOTP] does.
func (s *Service) ConfirmTOTP(ctx context.Context, who Identity, code string, client Client) (RecoveryCodes, error) {
	if _, err := who.session(); err != nil {
		return RecoveryCodes{}, err
	}
	if err := s.attempts.code(ctx, who.Member); err != nil {
		return RecoveryCodes{}, err
	}
	codes := newRecoveryCodes()
	err := s.directory.Platform().Tx(ctx, func(p *tenant.Platform) error {
		row, err := findTOTP(ctx, p, who.Member, "FOR UPDATE")
		if errors.Is(err, tenant.ErrNotFound) {
			return &tenant.ConflictError{Code: "totp_not_begun", Message: "Begin with POST /v1/me/totp, and scan what it shows."}
		}
		if err != nil {
			return err
		}
		if row.ConfirmedAt != nil {
			return errTOTPOn
		}
		step, ok, err := s.matchStep(row, who.Member, code, p.Now())
		if err != nil {
			return err
		}
		if !ok {
			return errCodeWrong
		}
		if _, err := p.Exec(ctx, `UPDATE platform.totp SET confirmed_at = ?, used_step = ? WHERE person_id = ?`, p.Now(), step, who.Member); err != nil {
			return err
		}
		return s.storeRecoveryCodes(ctx, p, who.Member, codes)
	})
	if err != nil {
		return RecoveryCodes{}, err
	}
	if err := s.attempts.codeSucceeded(ctx, who.Member); err != nil {
		return RecoveryCodes{}, err
	}
	s.record(ctx, who.Member, as(who.Member, who.Source), happening{event: eventTOTPEnabled, client: client})
	return RecoveryCodes{codes}, nil
}

// DisableTOTP switches the person's second step off. It returns *tenant.InvalidError for a wrong password or code,
// *tenant.ConflictError when it is off, *TooManyAttemptsError, or tenant.ErrDenied for an API key.
func (s *Service) DisableTOTP(ctx context.Context, who Identity, proof TOTPProof, client Client) error {
	if err := s.prove(ctx, who, proof, client); err != nil {
		return err
	}
	return s.RemoveTOTP(ctx, who.Member, as(who.Member, who.Source), "person", client)
}

// RemoveTOTP switches somebody's second step off; by says who does. That they may is for the edge to check. It returns
// *tenant.ConflictError when it is off.
func (s *Service) RemoveTOTP(ctx context.Context, who tenant.MemberID, by *tenant.Caller, method string, client Client) error {
	if err := s.directory.Platform().Tx(ctx, func(p *tenant.Platform) error {
		res, err := p.Exec(ctx, `DELETE FROM platform.totp WHERE person_id = ? AND confirmed_at IS NOT NULL`, who)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, errTOTPOff)
		}
		_, err = p.Exec(ctx, `DELETE FROM platform.recovery_codes WHERE person_id = ?`, who)
		return err
	}); err != nil {
		return err
	}
	s.record(ctx, who, by, happening{event: eventTOTPDisabled, method: method, client: client})
	return nil
}

// RenewRecoveryCodes replaces the person's recovery codes by ten new ones. It returns what [Service.DisableTOTP] does.
func (s *Service) RenewRecoveryCodes(ctx context.Context, who Identity, proof TOTPProof, client Client) (RecoveryCodes, error) {
	if err := s.prove(ctx, who, proof, client); err != nil {
		return RecoveryCodes{}, err
	}
	codes := newRecoveryCodes()
	if err := s.directory.Platform().Tx(ctx, func(p *tenant.Platform) error {
		row, err := findTOTP(ctx, p, who.Member, "FOR UPDATE")
		if errors.Is(err, tenant.ErrNotFound) || err == nil && row.ConfirmedAt == nil {
			return errTOTPOff
		}
		if err != nil {
			return err
		}
		return s.storeRecoveryCodes(ctx, p, who.Member, codes)
	}); err != nil {
		return RecoveryCodes{}, err
	}
	s.record(ctx, who.Member, as(who.Member, who.Source), happening{event: eventRecoveryRenewed, client: client})
	return RecoveryCodes{codes}, nil
}

// prove sees to it that the person of a session is there: a session left open must not change how its owner gets in.
func (s *Service) prove(ctx context.Context, who Identity, proof TOTPProof, client Client) error {
	if proof.Code == "" {
		_, err := s.confirm(ctx, who, proof.CurrentPassword, client)
		return err
	}
	if _, err := who.session(); err != nil {
		return err
	}
	return s.checkCode(ctx, who.Member, proof.Code)
}
