package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) authRoutes(r *routes) {
	register(r, post("/auth/login", "Sign in", answers(http.StatusOK),
		describe("By e-mail or phone number. Whoever belongs to several companies enters the one joined last, or the one named.")),
		rbac.Public, billing.Free, s.signIn)
	register(r, post("/auth/refresh", "Refresh the tokens", answers(http.StatusOK), describe(refreshDoc)), rbac.Public, billing.Free, s.refresh)
	register(r, post("/auth/logout", "Sign out", answers(http.StatusNoContent)), rbac.SignedIn, billing.Free, s.signOut)
	register(r, post("/auth/switch", "Switch to another company", answers(http.StatusOK), describe(switchDoc)), rbac.SignedIn, billing.Free, s.switchCompany)
	register(r, get("/me", "Who am I", describe("The person, what they may do in this company, and what its plan includes.")),
		rbac.SignedIn, billing.Free, s.me)
}

const (
	refreshDoc = `Each refresh token works once. Presented again within a few seconds it gives the same successor, because an answer may be lost;
presented later it ends the session, because somebody else has a copy.`
	switchDoc = `Gives tokens of a new session in the other company. The old session ends by itself after 15 minutes unless it is refreshed.`
)

type signInInput struct {
	UserAgent
	Body auth.SignIn
}

func (s *Server) signIn(ctx context.Context, in *signInInput) (*signedIn, error) {
	out, err := s.auth.SignIn(ctx, in.Body, in.client(ctx))
	return &signedIn{out}, err
}

type refreshInput struct {
	UserAgent
	Body struct {
		RefreshToken string `json:"refresh_token" minLength:"1" maxLength:"500" doc:"The latest refresh token." example:"AZ8n0x…"`
	}
}

type refreshed struct{ Body auth.Tokens }

func (s *Server) refresh(ctx context.Context, in *refreshInput) (*refreshed, error) {
	tokens, err := s.auth.Refresh(ctx, in.Body.RefreshToken, in.client(ctx))
	return &refreshed{tokens}, err
}

func (s *Server) signOut(ctx context.Context, _ *struct{}) (*nothing, error) {
	return &nothing{}, s.auth.SignOut(ctx, principalOf(ctx).identity)
}

type switchInput struct {
	UserAgent
	Body struct {
		CompanyID tenant.CompanyID `json:"company_id" doc:"Which of your companies to enter." example:"com_01h455vb4pex5vsknk084sn02q"`
	}
}

func (s *Server) switchCompany(ctx context.Context, in *switchInput) (*signedIn, error) {
	out, err := s.auth.Switch(ctx, principalOf(ctx).identity, in.Body.CompanyID, in.client(ctx))
	return &signedIn{out}, err
}

// me is the answer to "who am I".
type me struct {
	Body struct {
		User        teamMember        `json:"user" doc:"The person, as a member of this company."`
		Company     auth.Summary      `json:"company" doc:"The company that the session is for."`
		Permissions map[string]string `json:"permissions" doc:"Each permission that the person has, with whose records it reaches: own, team or all." example:"{\"customer:read\":\"team\"}"`
		Plan        string            `json:"plan" doc:"Key of the plan in force." example:"free"`
		Features    []string          `json:"features" nullable:"false" doc:"What the plan includes." example:"[\"advanced_reports\"]"`
		Companies   []auth.Summary    `json:"companies" nullable:"false" doc:"All companies of this person, for switching."`
	}
}

func (s *Server) me(ctx context.Context, _ *struct{}) (*me, error) {
	p := principalOf(ctx)
	out, err := read(ctx, s, func(q *tenant.Query) (*me, error) {
		user, err := readMember(ctx, q, p.caller.Member)
		out := &me{}
		out.Body.User = user
		return out, err
	})
	if err != nil {
		return nil, err
	}
	if out.Body.Companies, err = s.auth.Companies(ctx, p.caller.Member); err != nil {
		return nil, err
	}
	out.Body.Company, out.Body.Plan = auth.Summarize(p.company), p.plan.Key
	out.Body.Permissions = make(map[string]string, len(p.caller.Levels))
	for permission, level := range p.caller.Levels {
		out.Body.Permissions[string(permission)] = level.String()
	}
	out.Body.Features = []string{}
	for _, f := range p.plan.Features() {
		out.Body.Features = append(out.Body.Features, f.Key())
	}
	return out, nil
}
