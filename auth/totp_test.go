package auth

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image/png"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/totp"

	"github.com/guanxi-crm/guanxi/tenant"
)

// phone is an authenticator app.
type phone struct {
	*world
	secret string
}

// code is what the app shows at a time.
func (p phone) code(t *testing.T, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(p.secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// next lets a step pass and returns its code.
func (p phone) next(t *testing.T) string {
	t.Helper()
	p.Clock.Advance(stepSeconds * time.Second)
	return p.code(t, p.Clock.Now())
}

// enrol switches the second step of a session's person on.
func (w *world) enrol(t *testing.T, who Identity) (phone, []string) {
	t.Helper()
	setup, err := w.BeginTOTP(t.Context(), who, goodPassword, here)
	if err != nil {
		t.Fatal(err)
	}
	p := phone{w, setup.Secret}
	codes, err := w.ConfirmTOTP(t.Context(), who, p.code(t, w.Clock.Now()), here)
	if err != nil {
		t.Fatal(err)
	}
	return p, codes.Codes
}

// challenged signs in by password and returns the challenge that it takes.
func (w *world) challenged(t *testing.T, identifier string) string {
	t.Helper()
	_, err := w.SignIn(t.Context(), SignIn{Identifier: identifier, Password: goodPassword, Device: "laptop"}, here)
	var code *TOTPRequiredError
	if !errors.As(err, &code) || !errors.Is(err, ErrUnauthenticated) || code.Life != challengeLife {
		t.Fatalf("no challenge: %v", err)
	}
	return code.Challenge
}

func (w *world) finish(t *testing.T, in TOTPSignIn) (SignedIn, error) {
	t.Helper()
	return w.FinishSignIn(t.Context(), in, here)
}

func TestTOTPIsSetUp(t *testing.T) {
	w := newWorld(t)
	acme := w.signUp(t, "chen@acme.example")
	who := w.identity(t, acme.AccessToken)
	_, err := w.BeginTOTP(t.Context(), who, "wrong horse battery", here)
	wantCode(t, err, "current_password:wrong")
	_, err = w.ConfirmTOTP(t.Context(), who, "123456", here)
	wantCode(t, err, "totp_not_begun")
	first, err := w.BeginTOTP(t.Context(), who, goodPassword, here)
	if err != nil {
		t.Fatal(err)
	}
	setup, err := w.BeginTOTP(t.Context(), who, goodPassword, here)
	if err != nil || setup.Secret == first.Secret {
		t.Fatalf("begun again: %v", err)
	}
	address, err := url.Parse(setup.URL)
	if err != nil || address.Scheme != "otpauth" || address.Path != "/Guanxi:chen@acme.example" || address.Query().Get("secret") != setup.Secret {
		t.Errorf("url %s, %v", setup.URL, err)
	}
	picture, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(setup.QR, "data:image/png;base64,"))
	if err != nil {
		t.Fatal(err)
	}
	if image, err := png.Decode(bytes.NewReader(picture)); err != nil || image.Bounds().Dx() != qrPixels {
		t.Errorf("picture: %v", err)
	}
	// Nothing has changed yet.
	w.signIn(t, "chen@acme.example")
	for _, code := range []string{"000000", "", "12345", "1234567", phone{w, first.Secret}.code(t, w.Clock.Now())} {
		if _, err := w.ConfirmTOTP(t.Context(), who, code, here); codeOf(err) != "code:wrong" {
			t.Errorf("%q: %v", code, err)
		}
	}
	app := phone{w, setup.Secret}
	codes, err := w.ConfirmTOTP(t.Context(), who, app.code(t, w.Clock.Now()), here)
	if err != nil || len(codes.Codes) != recoveryCodes {
		t.Fatalf("%+v, %v", codes, err)
	}
	state, err := w.TOTP(t.Context(), who.Member)
	if err != nil || !state.Enabled || state.EnabledAt == nil || state.RecoveryCodesLeft != recoveryCodes {
		t.Errorf("%+v, %v", state, err)
	}
	_, err = w.BeginTOTP(t.Context(), who, goodPassword, here)
	wantCode(t, err, "totp_on")
	_, err = w.ConfirmTOTP(t.Context(), who, app.next(t), here)
	wantCode(t, err, "totp_on")
	var stored struct {
		Secret []byte `db:"secret"`
		Codes  []byte `db:"codes"`
	}
	if err := w.Platform().Get(t.Context(), &stored, `SELECT t.secret, GROUP_CONCAT(r.code_hash) AS codes FROM platform.totp t
		JOIN platform.recovery_codes r ON r.person_id = t.person_id GROUP BY t.person_id`); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(stored.Secret, []byte(setup.Secret)) || bytes.Contains(stored.Codes, []byte(strings.ReplaceAll(codes.Codes[0], "-", ""))) {
		t.Error("secrets are kept as they are")
	}
	if diff := cmp.Diff([]string{"totp_enabled test"}, w.accountEvents(t, w.company(t, acme))); diff != "" {
		t.Error(diff)
	}
	_, err = w.BeginTOTP(t.Context(), Identity{Kind: tenant.ByAPIKey, Member: who.Member}, goodPassword, here)
	wantCode(t, err, "denied")
}

func TestSignInWithTOTP(t *testing.T) {
	w := newWorld(t)
	acme := w.signUp(t, "chen@acme.example")
	app, recovery := w.enrol(t, w.identity(t, acme.AccessToken))
	before := len(w.sessionsOf(t, acme.User.ID))
	challenge := w.challenged(t, "chen@acme.example")
	if n := len(w.sessionsOf(t, acme.User.ID)); n != before {
		t.Error("a session was made by the password alone")
	}
	used := app.code(t, w.Clock.Now())
	for name, in := range map[string]TOTPSignIn{
		"the code of setting up": {Challenge: challenge, Code: used}, "nothing": {Challenge: challenge}, "wrong": {Challenge: challenge, Code: "000000"},
		"letters": {Challenge: challenge, Code: "abcdef"}, "no recovery code": {Challenge: challenge, RecoveryCode: "AAAAA-AAAAA"},
	} {
		if _, err := w.finish(t, in); codeOf(err) != "code:wrong" {
			t.Errorf("%s: %v", name, err)
		}
	}
	code := app.next(t)
	out, err := w.finish(t, TOTPSignIn{Challenge: challenge, Code: " " + code[:3] + " " + code[3:]})
	if err != nil || out.User.ID != acme.User.ID || out.Company.ID != acme.Company.ID {
		t.Fatalf("%+v, %v", out, err)
	}
	sessions, err := w.ListSessions(t.Context(), w.identity(t, out.AccessToken))
	if err != nil || sessions[0].Device != "laptop" {
		t.Errorf("%+v, %v", sessions, err)
	}
	// Neither that code nor an earlier one works again, and the next does: clocks may be a step apart.
	for name, again := range map[string]string{"used": code, "earlier": app.code(t, w.Clock.Now().Add(-stepSeconds*time.Second))} {
		if _, err := w.finish(t, TOTPSignIn{Challenge: challenge, Code: again}); codeOf(err) != "code:wrong" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.finish(t, TOTPSignIn{Challenge: challenge, Code: app.code(t, w.Clock.Now().Add(stepSeconds*time.Second))}); err != nil {
		t.Errorf("a clock that is ahead: %v", err)
	}
	w.Clock.Advance(3 * stepSeconds * time.Second)
	if _, err := w.finish(t, TOTPSignIn{Challenge: challenge, Code: app.code(t, w.Clock.Now().Add(-2*stepSeconds*time.Second))}); codeOf(err) != "code:wrong" {
		t.Errorf("two steps late: %v", err)
	}
	for _, text := range []string{recovery[0], strings.ToLower(strings.ReplaceAll(recovery[1], "-", " "))} {
		if _, err := w.finish(t, TOTPSignIn{Challenge: challenge, RecoveryCode: text}); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if _, err := w.finish(t, TOTPSignIn{Challenge: challenge, RecoveryCode: text}); codeOf(err) != "code:wrong" {
			t.Errorf("%s again: %v", text, err)
		}
	}
	if state, err := w.TOTP(t.Context(), acme.User.ID); err != nil || state.RecoveryCodesLeft != recoveryCodes-2 {
		t.Errorf("%+v, %v", state, err)
	}
}

func TestChallengesEnd(t *testing.T) {
	w := newWorld(t)
	acme, other := w.signUp(t, "chen@acme.example"), w.signUp(t, "hank@globex.example")
	who := w.identity(t, acme.AccessToken)
	app, _ := w.enrol(t, who)
	challenge := w.challenged(t, "chen@acme.example")
	w.Clock.Advance(challengeLife)
	for name, text := range map[string]string{"late": challenge, "none": "", "no base64": "!", "garbage": "AAAA", "changed": challenge[:len(challenge)-6] + "AAAAAA"} {
		if _, err := w.finish(t, TOTPSignIn{Challenge: text, Code: app.next(t)}); codeOf(err) != "challenge_expired" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Another password ends what was begun with the one before.
	challenge = w.challenged(t, "chen@acme.example")
	if _, err := w.ChangePassword(t.Context(), who, goodPassword, nextPassword, here); err != nil {
		t.Fatal(err)
	}
	_, err := w.finish(t, TOTPSignIn{Challenge: challenge, Code: app.next(t)})
	wantCode(t, err, "challenge_expired")
	// A secret belongs to its person: put into another's row it opens nothing.
	theirs := w.identity(t, other.AccessToken)
	w.enrol(t, theirs)
	if _, err := w.Platform().Exec(t.Context(), `UPDATE platform.totp t, (SELECT secret FROM platform.totp WHERE person_id = ?) s SET t.secret = s.secret WHERE t.person_id = ?`,
		who.Member, theirs.Member); err != nil {
		t.Fatal(err)
	}
	_, err = w.finish(t, TOTPSignIn{Challenge: w.challenged(t, "hank@globex.example"), Code: app.next(t)})
	if codeOf(err) == "" {
		t.Error("another's secret let somebody in")
	}
}

// No way that ends at a password goes round the second step.
func TestEveryWayInAsksForTheCode(t *testing.T) {
	w := newWorld(t)
	in := signUpInput("chen@acme.example")
	acme, err := w.SignUp(t.Context(), in, here, "key", nothingMore)
	if err != nil {
		t.Fatal(err)
	}
	app, _ := w.enrol(t, w.identity(t, acme.AccessToken))
	var code *TOTPRequiredError
	if _, err := w.SignUp(t.Context(), in, here, "key", nothingMore); !errors.As(err, &code) {
		t.Errorf("sign-up repeated: %v", err)
	}
	globex := newOffice(t, w, "hank@globex.example")
	invitation := globex.mustInvite(t, NewInvitation{Email: "chen@acme.example", Name: "Chen"})
	for range 2 { // the first time they become a member, the second they come again
		if _, err := globex.accept(t, Acceptance{Token: tokenOf(invitation)}); !errors.As(err, &code) || code.Company != globex.company.ID {
			t.Fatalf("invitation: %v", err)
		}
	}
	out, err := w.finish(t, TOTPSignIn{Challenge: code.Challenge, Code: app.next(t)})
	if err != nil || out.Company.ID != globex.company.ID {
		t.Errorf("entered %s, %v", out.Company.ID, err)
	}
	// Who is in may switch to another company without.
	if _, err := w.Switch(t.Context(), w.identity(t, out.AccessToken), acme.Company.ID, here); err != nil {
		t.Error(err)
	}
	// A new password does not replace the code.
	w.forgot(t, "chen@acme.example")
	mails := w.mails(t, globex.company)
	if err := w.ResetPassword(t.Context(), Reset{Token: resetToken(t, mails[len(mails)-1].Text), Password: goodPassword}, here, vouched); err != nil {
		t.Fatal(err)
	}
	w.challenged(t, "chen@acme.example")
}

func TestCodesCannotBeTriedOut(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.Attempts.Code = redis_rate.Limit{Rate: 3, Burst: 3, Period: time.Hour}
		c.Attempts.CodeDaily = redis_rate.Limit{Rate: 7, Burst: 7, Period: 24 * time.Hour}
	})
	app, _ := w.enrol(t, w.identity(t, w.signUp(t, "chen@acme.example").AccessToken)) // one attempt of the day
	challenge := w.challenged(t, "chen@acme.example")
	try := func(code string) string {
		_, err := w.finish(t, TOTPSignIn{Challenge: challenge, Code: code})
		return codeOf(err)
	}
	for range 2 {
		if got := try("000000"); got != "code:wrong" {
			t.Fatal(got)
		}
	}
	if got := try(app.next(t)); got != "" {
		t.Fatal(got)
	}
	// A success clears the count, but not that of the day.
	for range 3 {
		if got := try("000000"); got != "code:wrong" {
			t.Fatal(got)
		}
	}
	if got := try(app.next(t)); got != "too_many_attempts" {
		t.Errorf("the right code after too many wrong ones: %s", got)
	}
	if err := w.attempts.codeSucceeded(t.Context(), w.identityOf(t, "chen@acme.example")); err != nil {
		t.Fatal(err)
	}
	if got := try(app.next(t)); got != "too_many_attempts" {
		t.Errorf("after the day's attempts: %s", got)
	}
}

// identityOf returns the person of an address.
func (w *world) identityOf(t *testing.T, email string) tenant.MemberID {
	t.Helper()
	who, err := w.findPerson(t.Context(), address{email: email})
	if err != nil {
		t.Fatal(err)
	}
	return who.ID
}

func (w *world) sessionsOf(t *testing.T, who tenant.MemberID) map[SessionID]sessionRecord {
	t.Helper()
	records, err := w.sessions.of(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func TestTOTPIsSwitchedOff(t *testing.T) {
	w := newWorld(t)
	acme := w.signUp(t, "chen@acme.example")
	who := w.identity(t, acme.AccessToken)
	wantCode(t, w.DisableTOTP(t.Context(), who, TOTPProof{CurrentPassword: goodPassword}, here), "totp_off")
	_, err := w.RenewRecoveryCodes(t.Context(), who, TOTPProof{CurrentPassword: goodPassword}, here)
	wantCode(t, err, "totp_off")
	app, recovery := w.enrol(t, who)
	for name, c := range map[string]struct {
		proof TOTPProof
		want  string
	}{
		"nothing":        {TOTPProof{}, "current_password:wrong"},
		"wrong password": {TOTPProof{CurrentPassword: "wrong horse battery"}, "current_password:wrong"},
		"wrong code":     {TOTPProof{CurrentPassword: goodPassword, Code: "000000"}, "code:wrong"},
	} {
		if err := w.DisableTOTP(t.Context(), who, c.proof, here); codeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantCode(t, w.DisableTOTP(t.Context(), Identity{Kind: tenant.ByAPIKey, Member: who.Member}, TOTPProof{Code: app.next(t)}, here), "denied")
	fresh, err := w.RenewRecoveryCodes(t.Context(), who, TOTPProof{Code: app.next(t)}, here)
	if err != nil || len(fresh.Codes) != recoveryCodes {
		t.Fatalf("%+v, %v", fresh, err)
	}
	wantCode(t, w.DisableTOTP(t.Context(), who, TOTPProof{Code: recovery[0]}, here), "code:wrong")
	if err := w.DisableTOTP(t.Context(), who, TOTPProof{Code: fresh.Codes[0]}, here); err != nil {
		t.Fatal(err)
	}
	w.signIn(t, "chen@acme.example")
	if state, err := w.TOTP(t.Context(), who.Member); err != nil || state.Enabled || state.RecoveryCodesLeft != 0 {
		t.Errorf("%+v, %v", state, err)
	}
	company := w.company(t, acme)
	if diff := cmp.Diff([]string{"totp_enabled test", "recovery_codes_renewed test", "totp_disabled person test"}, w.accountEvents(t, company)); diff != "" {
		t.Error(diff)
	}
	if mails := w.mails(t, company); len(mails) != 1 || mails[0].Subject != "Two-step sign-in was switched off" {
		t.Errorf("%+v", mails)
	}
	w.enrol(t, who)
	on, err := w.WithTOTP(t.Context(), []tenant.MemberID{who.Member, tenant.NewMemberID()})
	if err != nil || len(on) != 1 || !on[who.Member] {
		t.Errorf("%v, %v", on, err)
	}
}
