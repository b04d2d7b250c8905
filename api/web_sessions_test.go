package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/api"
)

// browser keeps the cookies that the server sets, as a web client does.
type browser map[string]string

// do sends a request as the page of the installation itself; headers are pairs.
func (b browser) do(t testing.TB, w *world, method, path, body string, headers ...string) answer {
	t.Helper()
	cookies := make([]string, 0, len(b))
	for name, value := range b {
		cookies = append(cookies, name+"="+value)
	}
	a := w.do(t, person{}, method, path, body, append([]string{"Cookie", strings.Join(cookies, "; "), "Sec-Fetch-Site", "same-origin"}, headers...)...)
	for _, c := range a.Result().Cookies() {
		if b[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b, c.Name)
		}
	}
	return a
}

// web is do for the routes that start, renew and end sessions.
func (b browser) web(t testing.TB, w *world, path, body string) answer {
	t.Helper()
	return b.do(t, w, http.MethodPost, path, body, "X-Guanxi-Client", "web")
}

func signInBody(who person) string {
	return fmt.Sprintf(`{"identifier":%q,"password":%q}`, who.email, password)
}

// Every attribute of the cookies is pinned: each of them keeps somebody out.
func TestWebSessionCookies(t *testing.T) {
	w := newWorld(t)
	b := browser{}
	a := b.web(t, w, "/v1/auth/login", signInBody(w.acme.rep)).want(t, http.StatusOK, `"expires_in":900`, `"company"`, "!token")
	access, refresh := b["gx_access"], b["gx_refresh"]
	want := []string{
		"gx_access=" + access + "; Path=/v1; Max-Age=900; HttpOnly; Secure; SameSite=Lax",
		"gx_refresh=" + refresh + "; Path=/v1/auth; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict",
	}
	if got := a.Header().Values("Set-Cookie"); strings.Join(got, "\n") != strings.Join(want, "\n") || access == "" || refresh == "" {
		t.Errorf("Set-Cookie\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	b.do(t, w, http.MethodGet, "/v1/me", "").want(t, http.StatusOK, `"name":"Acme rep"`)
	b.do(t, w, http.MethodPost, "/v1/customers", `{"name":"By cookie"}`).want(t, http.StatusCreated, w.acme.rep.id)

	b.web(t, w, "/v1/auth/refresh", "").want(t, http.StatusOK, "!token")
	if b["gx_access"] == access || b["gx_refresh"] == refresh {
		t.Error("the refresh left a cookie as it was")
	}
	out := b.web(t, w, "/v1/auth/logout", "").want(t, http.StatusNoContent)
	want = []string{
		"gx_access=; Path=/v1; Max-Age=0; HttpOnly; Secure; SameSite=Lax", "gx_refresh=; Path=/v1/auth; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
	}
	if got := out.Header().Values("Set-Cookie"); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("Set-Cookie\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	w.get(t, person{token: access}, "/v1/me").want(t, http.StatusUnauthorized, `"code":"session_ended"`)
}

func TestWebSessionStarts(t *testing.T) {
	w := newWorld(t)
	b := browser{}
	b.web(t, w, "/v1/signup", `{"company":{"name":"Initech"},"name":"Peter","email":"peter@initech.example","password":"correct horse battery"}`).
		want(t, http.StatusCreated, "!token")
	b.do(t, w, http.MethodGet, "/v1/me", "").want(t, http.StatusOK, "Initech")

	var invitation struct{ Link string }
	b.do(t, w, http.MethodPost, "/v1/invitations", fmt.Sprintf(`{"email":%q,"roles":["rep"]}`, w.acme.rep.email)).want(t, http.StatusCreated).into(t, &invitation)
	_, token, _ := strings.Cut(invitation.Link, "/invite/")
	guest := browser{}
	guest.web(t, w, "/v1/invitations/accept", fmt.Sprintf(`{"token":%q,"name":"Both","password":%q}`, token, password)).want(t, http.StatusCreated, "!token")
	guest.do(t, w, http.MethodGet, "/v1/me", "").want(t, http.StatusOK, `"name":"Both"`)
	guest.web(t, w, "/v1/auth/switch", fmt.Sprintf(`{"company_id":%q}`, w.acme.id)).want(t, http.StatusOK, "!token")
	guest.do(t, w, http.MethodGet, "/v1/me", "").want(t, http.StatusOK, `"name":"Acme rep"`)
}

func TestWebRefresh(t *testing.T) {
	w := newWorld(t)
	b := browser{}
	b.web(t, w, "/v1/auth/login", signInBody(w.acme.rep)).want(t, http.StatusOK)
	first := b["gx_refresh"]
	b.web(t, w, "/v1/auth/refresh", "").want(t, http.StatusOK)
	t.Run("another tab at the same moment", func(t *testing.T) {
		tab := browser{"gx_refresh": first}
		tab.web(t, w, "/v1/auth/refresh", "").want(t, http.StatusOK)
		if tab["gx_refresh"] != b["gx_refresh"] {
			t.Error("two tabs hold different refresh tokens, so that one of them will be taken for a thief")
		}
		b.do(t, w, http.MethodGet, "/v1/me", "").want(t, http.StatusOK)
	})
	t.Run("a copy that is used later ends the session", func(t *testing.T) {
		w.Clock.Advance(time.Minute)
		thief := browser{"gx_access": "x", "gx_refresh": first}
		thief.web(t, w, "/v1/auth/refresh", "").want(t, http.StatusUnauthorized, `"code":"refresh_token_reused"`)
		if len(thief) != 0 {
			t.Errorf("the refusal left %v", thief)
		}
		b.web(t, w, "/v1/auth/refresh", "").want(t, http.StatusUnauthorized, `"code":"session_ended"`)
		if len(b) != 0 {
			t.Errorf("the refusal left %v", b)
		}
	})
	t.Run("without a cookie", func(t *testing.T) {
		browser{}.web(t, w, "/v1/auth/refresh", "").want(t, http.StatusUnauthorized)
	})
	t.Run("a program's refresh does not look at cookies", func(t *testing.T) {
		in := browser{}
		in.web(t, w, "/v1/auth/login", signInBody(w.acme.rep)).want(t, http.StatusOK)
		in.do(t, w, http.MethodPost, "/v1/auth/refresh", "").want(t, http.StatusUnprocessableEntity, `"field":"refresh_token"`)
	})
}

func TestCookiesFromOtherSites(t *testing.T) {
	w := newWorld(t)
	b := browser{}
	b.web(t, w, "/v1/auth/login", signInBody(w.acme.rep)).want(t, http.StatusOK)
	cookie := "gx_access=" + b["gx_access"]
	const body = `{"name":"Forged"}`
	for name, c := range map[string]struct {
		method  string
		headers []string
		status  int
	}{
		"same origin":                   {"POST", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}, 201},
		"no browser":                    {"POST", []string{"Cookie", cookie}, 201},
		"old browser, same origin":      {"POST", []string{"Cookie", cookie, "Origin", "http://example.com"}, 201},
		"our address, behind a proxy":   {"POST", []string{"Cookie", cookie, "Origin", "http://guanxi.test", "Sec-Fetch-Site", "same-site"}, 201},
		"another site":                  {"POST", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		"a neighbour's subdomain":       {"POST", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-site", "Origin", "https://evil.guanxi.test"}, 403},
		"old browser, another site":     {"POST", []string{"Cookie", cookie, "Origin", "https://evil.example"}, 403},
		"only the refresh cookie":       {"POST", []string{"Cookie", "gx_refresh=x", "Sec-Fetch-Site", "cross-site"}, 403},
		"a token beside the cookie":     {"POST", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site", "Authorization", "Bearer " + w.acme.rep.token}, 201},
		"a wrong token is not mended":   {"POST", []string{"Cookie", cookie, "Authorization", "Bearer wrong"}, 401},
		"reading changes nothing":       {"GET", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, 200},
		"a token and no cookie at all":  {"POST", []string{"Sec-Fetch-Site", "cross-site", "Authorization", "Bearer " + w.acme.rep.token}, 201},
		"neither a token nor a cookie":  {"POST", []string{"Sec-Fetch-Site", "cross-site"}, 401},
		"a cookie of somebody else's":   {"POST", []string{"Cookie", "theme=dark", "Sec-Fetch-Site", "cross-site"}, 401},
		"an access token that is wrong": {"POST", []string{"Cookie", "gx_access=wrong"}, 401},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.do(t, person{}, c.method, "/v1/customers", body, c.headers...)
			a.want(t, c.status)
			if c.status == http.StatusForbidden {
				a.want(t, c.status, `"code":"cross_origin"`)
				if got := a.Header().Get("Content-Type"); got != "application/problem+json" {
					t.Errorf("Content-Type %s", got)
				}
			}
		})
	}
	t.Run("signing somebody in from another site", func(t *testing.T) {
		w.post(t, person{}, "/v1/auth/login", signInBody(w.acme.rep2), "X-Guanxi-Client", "web", "Sec-Fetch-Site", "cross-site").
			want(t, http.StatusForbidden, `"code":"cross_origin"`)
	})
	t.Run("a page over plain http", func(t *testing.T) {
		w.post(t, person{}, "/v1/auth/login", signInBody(w.acme.rep2), "X-Guanxi-Client", "web", "Sec-Fetch-Site", "same-origin", "Origin", "http://192.168.1.5:8080").
			want(t, http.StatusForbidden, `"code":"https_required"`)
	})
	t.Run("another kind of client", func(t *testing.T) {
		w.post(t, person{}, "/v1/auth/login", signInBody(w.acme.rep2), "X-Guanxi-Client", "toaster").want(t, http.StatusUnprocessableEntity, `"field":"X-Guanxi-Client"`)
	})
}

// Without TLS a cookie is kept only on the machine of an installation that says it is for development.
func TestPlainCookies(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		public, host string
		secure       bool
	}{
		{"http://localhost:8080", "localhost:8080", false},
		{"http://localhost:8080", "127.0.0.1:8080", false},
		{"http://127.0.0.1:8080", "[::1]:8080", false},
		{"http://localhost:8080", "crm.example.com", true},
		{"https://crm.example.com", "localhost:8080", true},
		{"https://localhost:8443", "localhost:8443", true},
		{"http://localhost.example.com", "localhost", true},
	} {
		config := w.config
		config.PublicURL = c.public
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/auth/login", strings.NewReader(signInBody(w.acme.rep)))
		r.Host = c.host
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Guanxi-Client", "web")
		rec := httptest.NewRecorder()
		api.New(config).ServeHTTP(rec, r)
		if len(rec.Result().Cookies()) != 2 {
			t.Fatalf("%s at %s: %d %s", c.public, c.host, rec.Code, rec.Body)
		}
		for _, cookie := range rec.Result().Cookies() {
			if cookie.Secure != c.secure || !cookie.HttpOnly {
				t.Errorf("%s at %s: %s", c.public, c.host, cookie)
			}
		}
	}
}
