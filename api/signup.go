package api

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) signupRoutes(r *routes) {
	register(r, post("/signup", "Sign up a company", describe("Makes the company with its first admin and signs them in. "+
		"With an Idempotency-Key a repeat signs the same person in again; its tokens are fresh.")),
		rbac.Public, billing.Free, s.signUp)
}

// UserAgent is embedded by inputs that start or renew a session.
type UserAgent struct {
	Header string `header:"User-Agent" doc:"Shown in the list of sessions."`
}

func (in UserAgent) client(ctx context.Context) auth.Client {
	return auth.Client{IP: clientIP(ctx), UserAgent: in.Header}
}

type signUpInput struct {
	UserAgent
	WebClient
	Body auth.SignUp
}

// signedIn is the answer to every way of signing in.
type signedIn struct {
	SetCookie []string `header:"Set-Cookie" doc:"For the web client: the tokens."`
	Body      auth.SignedIn
}

// signedIn answers somebody who has just got a session.
func (s *Server) signedIn(ctx context.Context, in WebClient, out auth.SignedIn) *signedIn {
	cookies := s.keep(ctx, in, &out.Tokens)
	return &signedIn{cookies, out}
}

func (s *Server) signUp(ctx context.Context, in *signUpInput) (*signedIn, error) {
	request, _ := idempotentRequest(ctx, "")
	out, err := s.auth.SignUp(ctx, in.Body, in.client(ctx), request.Key, prepareCompany)
	if err != nil {
		return nil, err
	}
	return s.signedIn(ctx, in.WebClient, out), nil
}

// prepareCompany gives a new company what each package wants it to start with.
func prepareCompany(ctx context.Context, tx *tenant.Tx, admin tenant.MemberID) error {
	if err := rbac.Seed(ctx, tx); err != nil {
		return fmt.Errorf("seed roles: %w", err)
	}
	if err := crm.Seed(ctx, tx); err != nil {
		return fmt.Errorf("seed rules: %w", err)
	}
	if err := tenant.ScheduleHousekeeping(ctx, tx); err != nil {
		return fmt.Errorf("schedule housekeeping: %w", err)
	}
	return rbac.Assign(ctx, tx, admin, rbac.Admin)
}
