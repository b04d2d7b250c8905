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

// The web client never sees a token: a script that gets into a page could send it away. Its tokens are cookies
// that only the browser can read, each sent to as few addresses as will do.
const (
	accessCookie, accessPath   = "gx_access", "/v1"
	refreshCookie, refreshPath = "gx_refresh", "/v1/auth"
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
		s.cookie(ctx, http.Cookie{Name: accessCookie, Path: accessPath, Value: t.AccessToken, MaxAge: t.ExpiresIn, SameSite: http.SameSiteLaxMode}),
		s.cookie(ctx, http.Cookie{
			Name: refreshCookie, Path: refreshPath, Value: t.RefreshToken, MaxAge: int(auth.SessionLife / time.Second), SameSite: http.SameSiteStrictMode,
		}),
	}
	t.AccessToken, t.RefreshToken, t.TokenType = "", "", ""
	return cookies
}

// forget takes the cookies of an ended session out of the browser.
func (s *Server) forget(ctx context.Context, in WebClient) []string {
	if !in.isWeb() {
		return nil
	}
	return []string{
		s.cookie(ctx, http.Cookie{Name: accessCookie, Path: accessPath, MaxAge: -1, SameSite: http.SameSiteLaxMode}),
		s.cookie(ctx, http.Cookie{Name: refreshCookie, Path: refreshPath, MaxAge: -1, SameSite: http.SameSiteStrictMode}),
	}
}

func (s *Server) cookie(ctx context.Context, c http.Cookie) string {
	c.HttpOnly, c.Secure = true, !s.plainLocal(requestOf(ctx).host)
	return c.String()
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
	cookie, err := huma.ReadCookie(hctx, accessCookie)
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
	for _, name := range []string{accessCookie, refreshCookie} {
		if _, err := r.Cookie(name); err == nil {
			return true
		}
	}
	return false
}
