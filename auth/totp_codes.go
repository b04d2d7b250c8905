package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	// stepSeconds is how long a code of an authenticator app is good for. Clocks may be one step apart.
	stepSeconds = 30
	codeDigits  = 6
	// recoveryCodes is how many there are, recoveryLetters how long each is: 50 random bits.
	recoveryCodes   = 10
	recoveryLetters = 10
)

var errCodeWrong = tenant.Invalid("code", "wrong", "is not the code that the app shows now; wait for the next one")

// matchStep returns the time step that a code belongs to, if it is a step which was not used yet.
func (s *Service) matchStep(row totpSecret, who tenant.MemberID, code string, now time.Time) (int64, bool, error) {
	secret, err := s.directory.Open(sealTOTP(who), row.Sealed)
	if err != nil {
		return 0, false, fmt.Errorf("totp secret: %w", err)
	}
	current := now.Unix() / stepSeconds
	for step := max(current-1, row.UsedStep+1); step <= current+1; step++ {
		ok, err := hotp.ValidateCustom(code, uint64(step), string(secret), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil && !errors.Is(err, otp.ErrValidateInputInvalidLength) {
			return 0, false, fmt.Errorf("totp code: %w", err)
		}
		if ok {
			return step, true, nil
		}
	}
	return 0, false, nil
}

// checkCode uses up a code of the app or a recovery code. It returns *tenant.InvalidError for a wrong or used one and
// *TooManyAttemptsError.
func (s *Service) checkCode(ctx context.Context, who tenant.MemberID, text string) error {
	// Before it is looked at, so that attempts made at the same time count too.
	if err := s.attempts.code(ctx, who); err != nil {
		return err
	}
	text = strings.ToUpper(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '-' }), ""))
	use := s.useRecoveryCode
	if len(text) == codeDigits {
		use = s.useStep
	}
	ok := false
	if err := s.directory.Platform().Tx(ctx, func(p *tenant.Platform) (err error) {
		ok, err = use(ctx, p, who, text)
		return err
	}); err != nil {
		return err
	}
	if !ok {
		return errCodeWrong
	}
	return s.attempts.codeSucceeded(ctx, who)
}

func (s *Service) useStep(ctx context.Context, p *tenant.Platform, who tenant.MemberID, code string) (bool, error) {
	row, err := findTOTP(ctx, p, who, "FOR UPDATE")
	if errors.Is(err, tenant.ErrNotFound) || err == nil && row.ConfirmedAt == nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	step, ok, err := s.matchStep(row, who, code, p.Now())
	if err != nil || !ok {
		return false, err
	}
	_, err = p.Exec(ctx, `UPDATE platform.totp SET used_step = ? WHERE person_id = ?`, step, who)
	return true, err
}

func (s *Service) useRecoveryCode(ctx context.Context, p *tenant.Platform, who tenant.MemberID, code string) (bool, error) {
	res, err := p.Exec(ctx, `DELETE FROM platform.recovery_codes WHERE person_id = ? AND code_hash = ?`, who, s.recoveryHash(who, code))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// newRecoveryCodes returns codes as they are shown: K3XQ7-PA2MN.
func newRecoveryCodes() []string {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		text := rand.Text()[:recoveryLetters]
		codes[i] = text[:recoveryLetters/2] + "-" + text[recoveryLetters/2:]
	}
	return codes
}

func (s *Service) storeRecoveryCodes(ctx context.Context, p *tenant.Platform, who tenant.MemberID, codes []string) error {
	if _, err := p.Exec(ctx, `DELETE FROM platform.recovery_codes WHERE person_id = ?`, who); err != nil {
		return err
	}
	for _, code := range codes {
		if _, err := p.Exec(ctx, `INSERT INTO platform.recovery_codes (person_id, code_hash) VALUES (?, ?)`,
			who, s.recoveryHash(who, strings.ReplaceAll(code, "-", ""))); err != nil {
			return err
		}
	}
	return nil
}

// recoveryHash is keyed: without the master key 50 bits could be tried out from a dump.
func (s *Service) recoveryHash(who tenant.MemberID, code string) []byte {
	return mac(s.recoveryKey, who[:], []byte(code))
}
