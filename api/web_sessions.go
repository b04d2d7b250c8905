package api

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/guanxi-crm/guanxi/auth"
)

// webCookie is where a browser keeps one of its tokens. The web client never sees a token: a script that gets into
// a page could send it away. Each cookie is sent to as few addresses as will do.
type webCookie struct {
	name, path string
	sameSite   http.SameSite
}

var (
	accessCookie  = webCookie{"gx_access", "/v1", http.SameSiteLaxMode}
	refreshCookie = webCookie{"gx_refresh", "/v1/auth", http.SameSiteStrictMode}
)

// WebClient is embedded by inputs that start, renew or end a session.
type WebClient struct {
	Client string `header:"X-Guanxi-Client" enum:"web" doc:"With web the tokens are cookies that scripts cannot read, and the answer leaves them out."`
}

func (in WebClient) isWeb() bool { return in.Client == "web" }

// keep puts the tokens where the client keeps them: it leaves them in the answer, or moves them into cookies.
func (s *Server) keep(ctx context.Context, in WebClient, t *auth.Tokens) []string {
	if !in.isWeb() {
		return nil
	}
	cookies := []string{
		s.cookie(ctx, accessCookie, t.AccessToken, t.ExpiresIn),
		s.cookie(ctx, refreshCookie, t.RefreshToken, int(auth.SessionLife/time.Second)),
	}
	t.AccessToken, t.RefreshToken, t.TokenType = "", "", ""
	return cookies
}

// forget takes the cookies of an ended session out of the browser.
func (s *Server) forget(ctx context.Context, in WebClient) []string {
	if !in.isWeb() {
		return nil
	}
	return []string{s.cookie(ctx, accessCookie, "", -1), s.cookie(ctx, refreshCookie, "", -1)}
}

// cookie returns a Set-Cookie header; a negative age in seconds takes the cookie out of the browser.
func (s *Server) cookie(ctx context.Context, c webCookie, value string, age int) string {
	cookie := http.Cookie{ //nolint:gosec // Secure is left out on the machine of development only
		Name: c.name, Path: c.path, Value: value, MaxAge: age, SameSite: c.sameSite,
		HttpOnly: true, Secure: !s.plainLocal(requestOf(ctx).host),
	}
	return cookie.String()
}

// plainLocal reports whether the installation is one for development, reached without TLS on its own machine:
// not every browser keeps a Secure cookie from there. Both addresses have to say so, for behind a proxy the
// Host may be localhost anywhere.
func (s *Server) plainLocal(host string) bool {
	public, err := url.Parse(s.cfg.PublicURL)
	return err == nil && public.Scheme == "http" && isLoopback(public.Host) && isLoopback(host)
}

func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// credential returns the Authorization header, or what a web client's cookie stands for.
func credential(hctx huma.Context) string {
	if header := hctx.Header("Authorization"); header != "" {
		return header
	}
	cookie, err := huma.ReadCookie(hctx, accessCookie.name)
	if err != nil {
		return ""
	}
	return "Bearer " + cookie.Value
}

// protectCookies refuses what another site makes a browser send: cookies go along with it, unasked.
func (s *Server) protectCookies(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if public, err := url.Parse(s.cfg.PublicURL); err == nil && public.Host != "" {
		// A proxy may have changed the Host, to which an old browser's Origin would be compared.
		_ = protection.AddTrustedOrigin(public.Scheme + "://" + public.Host)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !fromWebClient(r) {
			next.ServeHTTP(w, r)
			return
		}
		if protection.Check(r) != nil {
			writeProblem(w, r, newProblem(http.StatusForbidden, "cross_origin", "This came from a page of another site and was refused."))
			return
		}
		if r.Header.Get("X-Guanxi-Client") != "" && strings.HasPrefix(r.Header.Get("Origin"), "http://") && !isLoopback(strings.TrimPrefix(r.Header.Get("Origin"), "http://")) {
			writeProblem(w, r, newProblem(http.StatusForbidden, "https_required", "Browsers keep a sign-in over https only. Open this page by https, or on localhost."))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// fromWebClient reports whether the request is decided by cookies, or asks for some.
func fromWebClient(r *http.Request) bool {
	if r.Header.Get("X-Guanxi-Client") != "" {
		return true
	}
	if r.Header.Get("Authorization") != "" {
		return false
	}
	for _, c := range []webCookie{accessCookie, refreshCookie} {
		if _, err := r.Cookie(c.name); err == nil {
			return true
		}
	}
	return false
}
