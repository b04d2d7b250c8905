package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) authRoutes(r *routes) {
	register(r, post("/auth/login", "Sign in", answers(http.StatusOK), alsoAnswers(http.StatusUnauthorized), describe(signInDoc)),
		rbac.Public, billing.Free, s.signIn)
	register(r, post("/auth/forgot", "Ask for a link to choose a new password", answers(http.StatusAccepted), describe(forgotDoc)), rbac.Public, billing.Free, s.forgot)
	register(r, post("/auth/reset", "Choose a new password", answers(http.StatusNoContent), describe(resetDoc)), rbac.Public, billing.Free, s.resetPassword)
	register(r, post("/auth/refresh", "Refresh the tokens", answers(http.StatusOK), alsoAnswers(http.StatusUnauthorized), describe(refreshDoc)), rbac.Public, billing.Free, s.refresh)
	register(r, post("/auth/logout", "Sign out", answers(http.StatusNoContent), beforeTOTP()), rbac.SignedIn, billing.Free, s.signOut)
	register(r, post("/auth/switch", "Switch to another company", answers(http.StatusOK), beforeTOTP(), describe(switchDoc)), rbac.SignedIn, billing.Free, s.switchCompany)
}

const (
	signInDoc = `By e-mail or phone number. Whoever belongs to several companies enters the one joined last, or the one named.
Whoever uses two-step sign-in gets 401 with the code totp_required and a challenge for POST /v1/auth/totp. The same goes for accepting an invitation with such an account.`
	refreshDoc = `Each refresh token works once. Presented again within a few seconds it gives the same successor, because an answer may be lost;
presented later it ends the session, because somebody else has a copy.`
	forgotDoc = `Mails the link where the address has an account with an e-mail. The answer is always the same and as fast, so that nobody learns who has one.
Where the installation sends no mail, an admin of the company makes the link: POST /v1/members/{id}/password-reset.`
	resetDoc  = `With the token of a link that was mailed or made by an admin. It works for an hour and once; afterwards the person is signed out everywhere.`
	switchDoc = `Gives tokens of a new session in the other company. The old session ends by itself after 15 minutes unless it is refreshed.`
)

type signInInput struct {
	UserAgent
	WebClient
	Body auth.SignIn
}

func (s *Server) signIn(ctx context.Context, in *signInInput) (*signedIn, error) {
	out, err := s.auth.SignIn(ctx, in.Body, in.client(ctx))
	if err != nil {
		return nil, err
	}
	return s.signedIn(ctx, in.WebClient, out), nil
}

type forgotInput struct {
	UserAgent
	Body auth.Forgot
}

type forgotten struct {
	Body struct {
		Mail bool `json:"mail" doc:"Whether this installation sends mail at all; without it an admin has to make the link."`
	}
}

func (s *Server) forgot(ctx context.Context, in *forgotInput) (*forgotten, error) {
	out := &forgotten{}
	out.Body.Mail = s.auth.SendsMail()
	return out, s.auth.Forgot(ctx, in.Body, in.client(ctx))
}

type resetInput struct {
	UserAgent
	Body auth.Reset
}

func (s *Server) resetPassword(ctx context.Context, in *resetInput) (*nothing, error) {
	return &nothing{}, s.auth.ResetPassword(ctx, in.Body, in.client(ctx), vouchForReset)
}

type refreshInput struct {
	UserAgent
	WebClient
	Cookie string `cookie:"gx_refresh" maxLength:"500" doc:"The web client's refresh token."`
	Body   *struct {
		RefreshToken string `json:"refresh_token,omitempty" maxLength:"500" doc:"The latest refresh token. The web client leaves it out." example:"AZ8n0x…"`
	}
}

// token returns the refresh token from where this kind of client keeps it.
func (in *refreshInput) token() (string, error) {
	switch {
	case in.isWeb():
		return in.Cookie, nil
	case in.Body == nil || in.Body.RefreshToken == "":
		return "", tenant.Invalid("refresh_token", "required", "is required")
	}
	return in.Body.RefreshToken, nil
}

type refreshed struct {
	SetCookie []string `header:"Set-Cookie" doc:"For the web client: the tokens."`
	Body      auth.Tokens
}

func (s *Server) refresh(ctx context.Context, in *refreshInput) (*refreshed, error) {
	token, err := in.token()
	if err != nil {
		return nil, err
	}
	tokens, err := s.auth.Refresh(ctx, token, in.client(ctx))
	if errors.Is(err, auth.ErrUnauthenticated) {
		refusal := mapError(err)
		refusal.cookies = s.forget(ctx, in.WebClient)
		return nil, refusal
	}
	if err != nil {
		return nil, err
	}
	cookies := s.keep(ctx, in.WebClient, &tokens)
	return &refreshed{cookies, tokens}, nil
}

type signedOut struct {
	SetCookie []string `header:"Set-Cookie" doc:"For the web client: takes the tokens away."`
}

func (s *Server) signOut(ctx context.Context, in *WebClient) (*signedOut, error) {
	if err := s.auth.SignOut(ctx, principalOf(ctx).identity); err != nil {
		return nil, err
	}
	return &signedOut{s.forget(ctx, *in)}, nil
}

type switchInput struct {
	UserAgent
	WebClient
	Body struct {
		CompanyID tenant.CompanyID `json:"company_id" doc:"Which of your companies to enter." example:"com_01h455vb4pex5vsknk084sn02q"`
	}
}

func (s *Server) switchCompany(ctx context.Context, in *switchInput) (*signedIn, error) {
	out, err := s.auth.Switch(ctx, principalOf(ctx).identity, in.Body.CompanyID, in.client(ctx))
	if err != nil {
		return nil, err
	}
	return s.signedIn(ctx, in.WebClient, out), nil
}
