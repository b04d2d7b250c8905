package api_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

func (w *world) signIn(t testing.TB, identifier string) person {
	t.Helper()
	var in tokens
	w.post(t, person{}, "/v1/auth/login", fmt.Sprintf(`{"identifier":%q,"password":%q}`, identifier, password)).want(t, http.StatusOK).into(t, &in)
	return in.person(identifier)
}

func TestSignInInput(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		body   string
		status int
		texts  []string
	}{
		"right":             {`{"identifier":"rep@acme.example","password":"correct horse battery"}`, 200, []string{`"access_token"`}},
		"wrong password":    {`{"identifier":"rep@acme.example","password":"wrong horse battery"}`, 401, []string{`"code":"invalid_credentials"`, "!wrong horse"}},
		"unknown":           {`{"identifier":"nobody@acme.example","password":"correct horse battery"}`, 401, []string{`"code":"invalid_credentials"`}},
		"other company":     {fmt.Sprintf(`{"identifier":"rep@acme.example","password":"correct horse battery","company_id":%q}`, w.globex.id), 422, []string{`"field":"company_id"`}},
		"broken company id": {`{"identifier":"rep@acme.example","password":"correct horse battery","company_id":"com_1"}`, 422, []string{`"field":"company_id"`}},
		"empty":             {`{}`, 422, []string{`"field":"identifier"`, `"field":"password"`}},
		"no body":           {``, 400, []string{`"code":"malformed"`}},
	} {
		t.Run(name, func(t *testing.T) {
			w.post(t, person{}, "/v1/auth/login", c.body).want(t, c.status, c.texts...)
		})
	}
}

func TestTooManyAttempts(t *testing.T) {
	w := newEmptyWorld(t)
	body := `{"identifier":"nobody@acme.example","password":"wrong horse battery"}`
	for range 10 {
		w.post(t, person{}, "/v1/auth/login", body).want(t, http.StatusUnauthorized)
	}
	if after := w.post(t, person{}, "/v1/auth/login", body).want(t, http.StatusTooManyRequests, `"code":"too_many_attempts"`).Header().Get("Retry-After"); after == "" {
		t.Error("no Retry-After")
	}
}

func TestRefreshAndSignOut(t *testing.T) {
	w := newWorld(t)
	refresh := func(token string) answer {
		return w.post(t, person{}, "/v1/auth/refresh", fmt.Sprintf(`{"refresh_token":%q}`, token))
	}
	var second tokens
	refresh(w.acme.rep.refresh).want(t, http.StatusOK, `"expires_in":900`, "!company").into(t, &second)
	w.get(t, person{token: second.AccessToken}, "/v1/me").want(t, http.StatusOK)
	w.Clock.Advance(time.Minute)
	refresh(w.acme.rep.refresh).want(t, http.StatusUnauthorized, `"code":"refresh_token_reused"`)
	refresh(second.RefreshToken).want(t, http.StatusUnauthorized, `"code":"session_ended"`)
	w.get(t, w.acme.rep, "/v1/me").want(t, http.StatusUnauthorized, `"code":"session_ended"`)
	refresh("nonsense").want(t, http.StatusUnauthorized)
	w.post(t, person{}, "/v1/auth/refresh", `{}`).want(t, http.StatusUnprocessableEntity, `"field":"refresh_token"`)

	w.post(t, w.acme.rep2, "/v1/auth/logout", "").want(t, http.StatusNoContent)
	w.get(t, w.acme.rep2, "/v1/me").want(t, http.StatusUnauthorized, `"code":"session_ended"`)
	w.post(t, w.acme.rep2, "/v1/auth/logout", "").want(t, http.StatusUnauthorized)
	w.Clock.Advance(time.Hour)
	w.get(t, w.acme.admin, "/v1/me").want(t, http.StatusUnauthorized, `"code":"token_expired"`)
}

func TestMe(t *testing.T) {
	w := newWorld(t)
	w.get(t, person{}, "/v1/me").want(t, http.StatusUnauthorized, `"code":"unauthenticated"`)
	w.get(t, w.acme.rep, "/v1/me").want(t, http.StatusOK, `"roles":["rep"]`, `"customer:read":"own"`, `"name":"Acme rep"`,
		w.acme.id, "!"+w.globex.id, "!billing:update")
	w.get(t, w.acme.manager, "/v1/me").want(t, http.StatusOK, `"customer:read":"team"`)
	w.setPlan(t, w.acme, "pro")
	w.get(t, w.acme.rep, "/v1/me").want(t, http.StatusOK, `"plan":"pro"`, `"advanced_reports"`)
}

// Somebody of acme is invited by globex, belongs to both and goes to and fro.
func TestSwitchCompany(t *testing.T) {
	w := newWorld(t)
	both := w.invite(t, w.globex.admin, w.acme.rep.email, "Rep of both", "rep", w.globex.admin.id)
	if both.id != w.acme.rep.id {
		t.Fatalf("the same person got the ids %s and %s", both.id, w.acme.rep.id)
	}
	w.get(t, both, "/v1/me").want(t, http.StatusOK, `"name":"Rep of both"`, w.acme.id, w.globex.id)
	var in tokens
	w.post(t, w.acme.rep, "/v1/auth/switch", fmt.Sprintf(`{"company_id":%q}`, w.globex.id)).want(t, http.StatusOK, `"Globex"`).into(t, &in)
	w.get(t, in.person(""), "/v1/me").want(t, http.StatusOK, `"name":"Rep of both"`)
	w.get(t, w.acme.rep, "/v1/me").want(t, http.StatusOK, `"name":"Acme rep"`)
	w.post(t, w.acme.rep2, "/v1/auth/switch", fmt.Sprintf(`{"company_id":%q}`, w.globex.id)).want(t, http.StatusUnprocessableEntity, `"field":"company_id"`)
	w.post(t, w.acme.rep, "/v1/auth/switch", `{}`).want(t, http.StatusUnprocessableEntity, `"field":"company_id"`)
}

func TestSignInToSuspendedCompany(t *testing.T) {
	w := newWorld(t)
	id, err := tenant.ParseCompanyID(w.acme.id)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SetStatus(t.Context(), id, tenant.Suspended); err != nil {
		t.Fatal(err)
	}
	w.get(t, w.acme.admin, "/v1/me").want(t, http.StatusForbidden, `"code":"company_suspended"`)
	w.post(t, person{}, "/v1/auth/login", fmt.Sprintf(`{"identifier":%q,"password":%q}`, w.acme.rep.email, password)).
		want(t, http.StatusForbidden, `"code":"company_suspended"`)
	w.get(t, w.globex.admin, "/v1/me").want(t, http.StatusOK)
}

func TestLockOut(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	wrong := fmt.Sprintf(`{"identifier":%q,"password":"wrong horse battery"}`, rep.email)
	for range 10 {
		w.post(t, person{}, "/v1/auth/login", wrong).want(t, http.StatusUnauthorized, "invalid_credentials")
	}
	a := w.post(t, person{}, "/v1/auth/login", signInBody(rep)).want(t, http.StatusTooManyRequests, `"code":"too_many_attempts"`, "locked")
	if wait, err := strconv.Atoi(a.Header().Get("Retry-After")); err != nil || wait < 840 || wait > 900 {
		t.Errorf("Retry-After %q", a.Header().Get("Retry-After"))
	}
	w.get(t, rep, "/v1/me").want(t, http.StatusOK)
	w.signIn(t, w.acme.rep2.email)
}
