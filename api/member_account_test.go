package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestForgotAndReset(t *testing.T) {
	w := newWorld(t)
	answers := map[string]string{}
	for _, identifier := range []string{w.acme.rep.email, "nobody@acme.example", "13800138000", "x"} {
		a := w.post(t, person{}, "/v1/auth/forgot", fmt.Sprintf(`{"identifier":%q}`, identifier)).want(t, http.StatusAccepted, `{"mail":false}`)
		answers[a.Body.String()+fmt.Sprint(a.Header().Values("Content-Length"))] = identifier
	}
	if len(answers) != 1 {
		t.Errorf("answers differ: %v", answers)
	}
	w.post(t, person{}, "/v1/auth/forgot", `{}`).want(t, http.StatusUnprocessableEntity, `"field":"identifier"`)
	for name, body := range map[string]string{
		"no token": `{"token":"x","password":"another long phrase"}`, "garbage": `{"token":"!!","password":"another long phrase"}`,
	} {
		w.post(t, person{}, "/v1/auth/reset", body).want(t, http.StatusConflict, `"code":"reset_link_closed"`)
		_ = name
	}
	w.post(t, person{}, "/v1/auth/reset", `{"token":"x","password":"short"}`).want(t, http.StatusUnprocessableEntity, `"field":"password"`, "!short\"")
}

func TestAdminMakesAResetLink(t *testing.T) {
	w := newWorld(t)
	admin, rep := w.acme.admin, w.acme.rep
	path := "/v1/members/" + rep.id + "/password-reset"
	w.post(t, admin, "/v1/roles", `{"id":"hr","name":"HR","permissions":{"member:read":"all","member:update":"all"}}`).want(t, http.StatusCreated)
	w.patch(t, admin, "/v1/members/"+w.acme.rep2.id, `{"roles":["hr"]}`).want(t, http.StatusOK)
	var key struct{ Key string }
	w.post(t, admin, "/v1/api-keys", `{"name":"x","scopes":["member:update"]}`).want(t, http.StatusCreated).into(t, &key)
	both := w.invite(t, w.globex.admin, w.acme.manager.email, "Manager of both", "rep", w.globex.admin.id)
	for name, c := range map[string]struct {
		who    person
		id     string
		status int
		code   string
	}{
		"signed out":            {person{}, rep.id, 401, "unauthenticated"},
		"rep":                   {rep, w.acme.rep2.id, 403, "forbidden"},
		"manager":               {w.acme.manager, rep.id, 403, "forbidden"},
		"less than the member":  {w.acme.rep2, rep.id, 403, "forbidden"},
		"less than the admin":   {w.acme.rep2, admin.id, 403, "forbidden"},
		"a program":             {person{token: key.Key}, rep.id, 403, "forbidden"},
		"other company":         {w.globex.admin, rep.id, 404, "not_found"},
		"oneself":               {admin, admin.id, 409, "own_account"},
		"in two companies":      {admin, both.id, 409, "account_shared"},
		"in two, by the second": {w.globex.admin, both.id, 409, "account_shared"},
		"nobody":                {admin, "usr_01h455vb4pex5vsknk084sn02q", 404, "not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			w.post(t, c.who, "/v1/members/"+c.id+"/password-reset", "").want(t, c.status, fmt.Sprintf(`"code":%q`, c.code), "!/reset/")
		})
	}
	var link struct{ Link string }
	w.post(t, admin, path, "", "Idempotency-Key", "once").want(t, http.StatusCreated, `"expires_at"`).into(t, &link)
	var again struct{ Link string }
	w.post(t, admin, path, "", "Idempotency-Key", "once").want(t, http.StatusCreated).into(t, &again)
	_, token, _ := strings.Cut(link.Link, "/reset/")
	if token == "" || again.Link != link.Link {
		t.Fatalf("links %q, %q", link.Link, again.Link)
	}
	w.post(t, person{}, "/v1/auth/reset", fmt.Sprintf(`{"token":%q,"password":"another long phrase"}`, token)).want(t, http.StatusNoContent)
	w.get(t, rep, "/v1/me").want(t, http.StatusUnauthorized, "session_ended")
	w.post(t, person{}, "/v1/auth/login", signInBody(rep)).want(t, http.StatusUnauthorized, "invalid_credentials")
	w.post(t, person{}, "/v1/auth/login", fmt.Sprintf(`{"identifier":%q,"password":"another long phrase"}`, rep.email)).want(t, http.StatusOK)
	// A repeat of the request shows the link again, and does not make it work again.
	w.post(t, admin, path, "", "Idempotency-Key", "once").want(t, http.StatusCreated)
	w.post(t, person{}, "/v1/auth/reset", fmt.Sprintf(`{"token":%q,"password":"a third long phrase"}`, token)).want(t, http.StatusConflict, "reset_link_closed")
	w.post(t, admin, "/v1/members/"+rep.id+"/deactivate", "").want(t, http.StatusOK)
	w.post(t, admin, path, "").want(t, http.StatusConflict, "member_deactivated")
}

// A link works only while who made it could make it.
func TestResetLinkDoesNotOutliveItsMakersRights(t *testing.T) {
	w := newWorld(t)
	admin, manager, rep := w.acme.admin, w.acme.manager, w.acme.rep
	maker := "/v1/members/" + manager.id
	for name, c := range map[string]struct {
		take, give string
		body, back string
	}{
		"demoted":     {maker, maker, `{"roles":["manager"]}`, `{"roles":["admin"]}`},
		"deactivated": {maker + "/deactivate", maker + "/reactivate", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w.patch(t, admin, maker, `{"roles":["admin"]}`).want(t, http.StatusOK)
			var link struct{ Link string }
			w.post(t, w.signIn(t, manager.email), "/v1/members/"+rep.id+"/password-reset", "").want(t, http.StatusCreated).into(t, &link)
			_, token, _ := strings.Cut(link.Link, "/reset/")
			reset := func() answer {
				return w.post(t, person{}, "/v1/auth/reset", fmt.Sprintf(`{"token":%q,"password":%q}`, token, "another long phrase "+name))
			}
			change := func(path, body string) {
				if body != "" {
					w.patch(t, admin, path, body).want(t, http.StatusOK)
					return
				}
				w.post(t, admin, path, "").want(t, http.StatusOK)
			}
			change(c.take, c.body)
			reset().want(t, http.StatusConflict, "reset_link_closed")
			change(c.give, c.back)
			reset().want(t, http.StatusNoContent)
		})
	}
}
