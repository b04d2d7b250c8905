package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// app is somebody's authenticator app.
type app struct {
	w      *world
	secret string
}

// code lets a time step pass, so that no code comes twice.
func (a app) code(t testing.TB) string {
	t.Helper()
	a.w.Clock.Advance(30 * time.Second)
	code, err := totp.GenerateCode(a.secret, a.w.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// enrol switches somebody's two-step sign-in on.
func (w *world) enrol(t testing.TB, who person) (app, []string) {
	t.Helper()
	var setup struct{ Secret string }
	w.post(t, who, "/v1/me/totp", fmt.Sprintf(`{"current_password":%q}`, password)).want(t, http.StatusOK, "otpauth://totp/Guanxi:", "data:image/png;base64,").into(t, &setup)
	a := app{w, setup.Secret}
	var codes struct {
		RecoveryCodes []string `json:"recovery_codes"`
	}
	w.post(t, who, "/v1/me/totp/confirm", fmt.Sprintf(`{"code":%q}`, a.code(t))).want(t, http.StatusOK).into(t, &codes)
	return a, codes.RecoveryCodes
}

func TestTwoStepSignIn(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	w.get(t, rep, "/v1/me").want(t, http.StatusOK, `"totp":{"enabled":false,"enabled_at":null,"recovery_codes_left":0,"required":false}`)
	device, recovery := w.enrol(t, rep)
	w.get(t, rep, "/v1/me").want(t, http.StatusOK, `"totp":{"enabled":true,`, `"recovery_codes_left":10`)
	var refused struct {
		Challenge string
		ExpiresIn int `json:"expires_in"`
	}
	w.post(t, person{}, "/v1/auth/login", signInBody(rep)).want(t, http.StatusUnauthorized, `"code":"totp_required"`, "!access_token").into(t, &refused)
	if refused.Challenge == "" || refused.ExpiresIn != 300 {
		t.Fatalf("%+v", refused)
	}
	finish := func(field, code string) string {
		return fmt.Sprintf(`{"challenge":%q,%q:%q}`, refused.Challenge, field, code)
	}
	w.post(t, person{}, "/v1/auth/totp", finish("code", "000000")).want(t, http.StatusUnprocessableEntity, `"field":"code"`, `"code":"wrong"`)
	w.post(t, person{}, "/v1/auth/totp", `{"challenge":"x","code":"000000"}`).want(t, http.StatusUnauthorized, "challenge_expired")
	w.post(t, person{}, "/v1/auth/totp", `{}`).want(t, http.StatusUnprocessableEntity, `"field":"challenge"`)
	code := device.code(t)
	var in tokens
	w.post(t, person{}, "/v1/auth/totp", finish("code", code)).want(t, http.StatusOK).into(t, &in)
	w.get(t, in.person(rep.email), "/v1/me").want(t, http.StatusOK)
	w.post(t, person{}, "/v1/auth/totp", finish("code", code)).want(t, http.StatusUnprocessableEntity, `"code":"wrong"`)

	// The web client gets cookies, and none before the code.
	b := browser{}
	b.web(t, w, "/v1/auth/login", signInBody(rep)).want(t, http.StatusUnauthorized, "totp_required").into(t, &refused)
	if len(b) != 0 {
		t.Errorf("cookies before the code: %v", b)
	}
	b.web(t, w, "/v1/auth/totp", finish("recovery_code", recovery[0])).want(t, http.StatusOK, "!access_token")
	b.do(t, w, http.MethodGet, "/v1/me", "").want(t, http.StatusOK, `"recovery_codes_left":9`)

	w.post(t, rep, "/v1/me/totp/recovery-codes", `{"code":"000000"}`).want(t, http.StatusUnprocessableEntity, `"field":"code"`)
	w.post(t, rep, "/v1/me/totp/recovery-codes", fmt.Sprintf(`{"current_password":%q}`, password)).want(t, http.StatusOK, "recovery_codes")
	w.do(t, rep, http.MethodDelete, "/v1/me/totp", `{}`).want(t, http.StatusUnprocessableEntity, `"field":"current_password"`)
	w.do(t, rep, http.MethodDelete, "/v1/me/totp", fmt.Sprintf(`{"code":%q}`, device.code(t))).want(t, http.StatusNoContent)
	w.signIn(t, rep.email)
}

// A company may ask for it: then nobody does anything before they have set it up.
func TestCompanyRequiresTwoSteps(t *testing.T) {
	w := newWorld(t)
	admin, rep := w.acme.admin, w.acme.rep
	var key struct{ Key string }
	w.post(t, rep, "/v1/api-keys", `{"name":"x","scopes":["customer:read"]}`).want(t, http.StatusCreated).into(t, &key)
	const on = `{"security":{"require_totp":true}}`
	w.patch(t, rep, "/v1/company/settings", on).want(t, http.StatusForbidden)
	w.patch(t, w.globex.rep, "/v1/company/settings", on).want(t, http.StatusForbidden)
	w.patch(t, admin, "/v1/company/settings", on).want(t, http.StatusConflict, `"code":"totp_off"`)
	w.enrol(t, admin)
	w.patch(t, admin, "/v1/company/settings", on).want(t, http.StatusOK, `"require_totp":true`)
	w.get(t, admin, "/v1/customers").want(t, http.StatusOK)
	for _, path := range []string{"/v1/customers", "/v1/members", "/v1/sessions", "/v1/notifications"} {
		w.get(t, rep, path).want(t, http.StatusForbidden, `"code":"totp_setup_required"`)
	}
	w.patch(t, rep, "/v1/me", `{"name":"x"}`).want(t, http.StatusForbidden, "totp_setup_required")
	w.get(t, rep, "/v1/me").want(t, http.StatusOK, `"required":true`, `"enabled":false`)
	w.get(t, person{token: key.Key}, "/v1/customers").want(t, http.StatusOK) // a program has no second step
	w.get(t, w.globex.rep, "/v1/customers").want(t, http.StatusOK)
	w.post(t, w.acme.rep2, "/v1/auth/logout", "").want(t, http.StatusNoContent)

	w.enrol(t, rep)
	w.get(t, rep, "/v1/customers").want(t, http.StatusOK)
	// One who switches it off is asked again at once.
	w.do(t, rep, http.MethodDelete, "/v1/me/totp", fmt.Sprintf(`{"current_password":%q}`, password)).want(t, http.StatusNoContent)
	w.get(t, rep, "/v1/customers").want(t, http.StatusForbidden, "totp_setup_required")
	w.patch(t, admin, "/v1/company/settings", `{"security":{"require_totp":false}}`).want(t, http.StatusOK)
	w.get(t, w.acme.manager, "/v1/customers").want(t, http.StatusOK)
}

// Whoever has lost their device is helped by an admin, within the rules of a reset link.
func TestAdminSwitchesTwoStepsOff(t *testing.T) {
	w := newWorld(t)
	admin, rep := w.acme.admin, w.acme.rep
	w.enrol(t, rep)
	both := w.invite(t, w.globex.admin, w.acme.manager.email, "Manager of both", "rep", w.globex.admin.id)
	w.enrol(t, both)
	w.enrol(t, admin)
	for name, c := range map[string]struct {
		who    person
		id     string
		status int
		code   string
	}{
		"signed out":       {person{}, rep.id, 401, "unauthenticated"},
		"manager":          {w.acme.manager, rep.id, 403, "forbidden"},
		"other company":    {w.globex.admin, rep.id, 404, "not_found"},
		"oneself":          {admin, admin.id, 409, "own_account"},
		"in two companies": {admin, both.id, 409, "account_shared"},
		"not on":           {admin, w.acme.rep2.id, 409, "totp_off"},
	} {
		t.Run(name, func(t *testing.T) {
			w.del(t, c.who, "/v1/members/"+c.id+"/totp").want(t, c.status, fmt.Sprintf(`"code":%q`, c.code))
		})
	}
	w.post(t, person{}, "/v1/auth/login", signInBody(rep)).want(t, http.StatusUnauthorized, "totp_required")
	w.del(t, admin, "/v1/members/"+rep.id+"/totp").want(t, http.StatusNoContent)
	w.signIn(t, rep.email)
}
