package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestUpdateMe(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	etag := w.get(t, rep, "/v1/me").Header().Get("ETag")
	w.patch(t, rep, "/v1/me", `{"name":" 李雷 ","locale":"zh-CN"}`, "If-Match", etag).want(t, http.StatusOK, `"name":"李雷"`, `"locale":"zh-CN"`, `"companies"`)
	w.patch(t, rep, "/v1/me", `{"name":"Late"}`, "If-Match", etag).want(t, http.StatusPreconditionFailed, `"code":"stale"`)
	w.patch(t, rep, "/v1/me", `{}`).want(t, http.StatusOK, `"name":"李雷"`)
	w.get(t, w.acme.admin, "/v1/members/"+rep.id).want(t, http.StatusOK, `"name":"李雷"`)
	w.patch(t, rep, "/v1/me", `{"title":" 大客户经理 ","timezone":"Europe/Berlin"}`).want(t, http.StatusOK, `"title":"大客户经理"`, `"timezone":"Europe/Berlin"`)
	// Days are one's own: while it is Monday in Shanghai, it is Sunday in Honolulu.
	for zone, day := range map[string]string{`null`: "2026-03-02", `"Pacific/Honolulu"`: "2026-03-01"} {
		w.patch(t, rep, "/v1/me", `{"timezone":`+zone+`}`).want(t, http.StatusOK)
		w.get(t, rep, "/v1/tasks/agenda").want(t, http.StatusOK, `"date":"`+day+`"`)
	}
	w.patch(t, rep, "/v1/me", `{"title":null,"timezone":null}`).want(t, http.StatusOK, `"title":""`, `"timezone":null`)
	for name, c := range map[string]struct {
		who    person
		body   string
		status int
		text   string
	}{
		"zone":       {rep, `{"timezone":"Mars/Olympus"}`, 422, `"field":"timezone"`},
		"local zone": {rep, `{"timezone":"Local"}`, 422, `"field":"timezone"`},
		"title":      {rep, `{"title":"a\nb"}`, 422, `"field":"title"`},
		"long title": {rep, fmt.Sprintf(`{"title":%q}`, strings.Repeat("长", 101)), 422, `"field":"title"`},
		"signed out": {person{}, `{"name":"x"}`, 401, "unauthenticated"},
		"blank":      {rep, `{"name":" "}`, 422, `"field":"name"`},
		"null":       {rep, `{"locale":null}`, 422, `"field":"locale"`},
		"language":   {rep, `{"locale":"fr"}`, 422, `"field":"locale"`},
		"role":       {rep, `{"roles":["admin"]}`, 422, `"field":"roles"`},
		"phone":      {rep, `{"phone":"1"}`, 422, `"field":"phone"`},
	} {
		t.Run(name, func(t *testing.T) {
			w.patch(t, c.who, "/v1/me", c.body).want(t, c.status, c.text)
		})
	}
}

func TestChangePhone(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	body := func(phone, password string) string {
		return fmt.Sprintf(`{"phone":%q,"current_password":%q}`, phone, password)
	}
	both := w.invite(t, w.globex.admin, rep.email, "Rep of both", "rep", w.globex.admin.id)
	w.post(t, rep, "/v1/me/phone", body("+86 138 0013 8000", password)).want(t, http.StatusOK, `"phone":"+8613800138000"`)
	w.get(t, both, "/v1/me").want(t, http.StatusOK, `"phone":"+8613800138000"`)
	w.signIn(t, "13800138000")
	for name, c := range map[string]struct {
		who    person
		body   string
		status int
		text   string
	}{
		"signed out":     {person{}, body("+86 138 0013 8001", password), 401, "unauthenticated"},
		"wrong password": {rep, body("+86 138 0013 8001", "wrong horse battery"), 422, `"field":"current_password"`},
		"no password":    {rep, `{"phone":"+86 138 0013 8001"}`, 422, `"field":"current_password"`},
		"not a number":   {rep, body("12", password), 422, `"field":"phone"`},
		"somebody's":     {w.acme.rep2, body("+86 138 0013 8000", password), 409, "phone_taken"},
	} {
		t.Run(name, func(t *testing.T) {
			w.post(t, c.who, "/v1/me/phone", c.body).want(t, c.status, c.text)
		})
	}
	w.post(t, rep, "/v1/me/phone", body("", password)).want(t, http.StatusOK, `"phone":null`)
	w.post(t, person{}, "/v1/auth/login", fmt.Sprintf(`{"identifier":"13800138000","password":%q}`, password)).want(t, http.StatusUnauthorized)
	w.post(t, w.globex.rep, "/v1/me/phone", body("+86 138 0013 8000", password)).want(t, http.StatusOK)
}

func TestOnlyAddressStays(t *testing.T) {
	w := newWorld(t)
	link := w.post(t, w.acme.admin, "/v1/invitations", `{"roles":["rep"],"phone":"+86 138 0013 8000","name":"By phone"}`).want(t, http.StatusCreated)
	var invitation struct{ Link string }
	link.into(t, &invitation)
	var in tokens
	w.post(t, person{}, "/v1/invitations/accept", fmt.Sprintf(`{"token":%q,"password":%q}`, invitation.Link[len("http://guanxi.test/invite/"):], password)).
		want(t, http.StatusCreated).into(t, &in)
	w.post(t, in.person(""), "/v1/me/phone", fmt.Sprintf(`{"phone":"","current_password":%q}`, password)).want(t, http.StatusUnprocessableEntity, `"field":"phone"`)
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	other := w.signIn(t, rep.email)
	body := func(current, password string) string {
		return fmt.Sprintf(`{"current_password":%q,"password":%q}`, current, password)
	}
	const next = "another long phrase"
	for name, c := range map[string]struct {
		who    person
		body   string
		status int
		texts  []string
	}{
		"signed out": {person{}, body(password, next), 401, nil},
		"wrong":      {rep, body("wrong horse battery", next), 422, []string{`"field":"current_password"`, `"code":"wrong"`, "!wrong horse"}},
		"short":      {rep, body(password, "short"), 422, []string{`"field":"password"`}},
		"common":     {rep, body(password, "password123"), 422, []string{`"field":"password"`, "too_common"}},
		"address":    {rep, body(password, rep.email), 422, []string{`"field":"password"`}},
		"empty":      {rep, `{}`, 422, []string{`"field":"password"`, `"field":"current_password"`}},
	} {
		t.Run(name, func(t *testing.T) {
			w.post(t, c.who, "/v1/me/password", c.body).want(t, c.status, c.texts...)
		})
	}
	w.get(t, other, "/v1/me").want(t, http.StatusOK)
	w.post(t, rep, "/v1/me/password", body(password, next)).want(t, http.StatusOK, `"ended":1`)
	w.get(t, rep, "/v1/me").want(t, http.StatusOK)
	w.get(t, other, "/v1/me").want(t, http.StatusUnauthorized, `"code":"session_ended"`)
	w.post(t, person{}, "/v1/auth/login", signInBody(rep)).want(t, http.StatusUnauthorized)
	w.post(t, person{}, "/v1/auth/login", fmt.Sprintf(`{"identifier":%q,"password":%q}`, rep.email, next)).want(t, http.StatusOK)

	t.Run("an open session is no way to try passwords", func(t *testing.T) {
		for range 10 {
			w.post(t, w.acme.rep2, "/v1/me/password", body("wrong horse battery", next)).want(t, http.StatusUnprocessableEntity)
		}
		w.post(t, w.acme.rep2, "/v1/me/password", body("wrong horse battery", next)).want(t, http.StatusTooManyRequests, "too_many_attempts")
	})
	t.Run("not by API key", func(t *testing.T) {
		var made struct{ Key string }
		w.post(t, w.acme.admin, "/v1/api-keys", `{"name":"k","scopes":["member:read"]}`).want(t, http.StatusCreated).into(t, &made)
		w.post(t, person{token: made.Key}, "/v1/me/password", body(password, next)).want(t, http.StatusForbidden)
		w.patch(t, person{token: made.Key}, "/v1/me", `{"name":"x"}`).want(t, http.StatusForbidden)
	})
}
