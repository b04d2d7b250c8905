package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/rbac"
)

func (s *Server) totpRoutes(r *routes) {
	register(r, post("/auth/totp", "Finish signing in with a code", answers(http.StatusOK), alsoAnswers(http.StatusUnauthorized), describe(finishDoc)),
		rbac.Public, billing.Free, s.finishSignIn)
	register(r, post("/me/totp", "Begin to set two-step sign-in up", answers(http.StatusOK), beforeTOTP(), describe(beginTOTPDoc)),
		rbac.SignedIn, billing.Free, s.beginTOTP)
	register(r, post("/me/totp/confirm", "Switch two-step sign-in on", answers(http.StatusOK), beforeTOTP(),
		describe("By a first code of the app. Answers with the recovery codes, once.")), rbac.SignedIn, billing.Free, s.confirmTOTP)
	register(r, del("/me/totp", "Switch two-step sign-in off", describe("With the password, a code or a recovery code.")), rbac.SignedIn, billing.Free, s.disableTOTP)
	register(r, post("/me/totp/recovery-codes", "Renew my recovery codes", answers(http.StatusOK),
		describe("The earlier ones work no more.")), rbac.SignedIn, billing.Free, s.renewRecoveryCodes)
}

const (
	finishDoc = `For whom sign-in has answered 401 with the code totp_required: send its challenge within five minutes, with the code of the authenticator app or a recovery code.
Each code works once; after ten wrong ones it takes a while (429).`
	beginTOTPDoc = `Answers with a secret for an authenticator app. Signing in stays as it is until a first code is confirmed; beginning again replaces the secret.`
)

type finishInput struct {
	UserAgent
	WebClient
	Body auth.TOTPSignIn
}

func (s *Server) finishSignIn(ctx context.Context, in *finishInput) (*signedIn, error) {
	out, err := s.auth.FinishSignIn(ctx, in.Body, in.client(ctx))
	if err != nil {
		return nil, err
	}
	return s.signedIn(ctx, in.WebClient, out), nil
}

type beginTOTPInput struct {
	UserAgent
	Body struct {
		CurrentPassword string `json:"current_password" minLength:"1" maxLength:"256" doc:"Your password." example:"a long phrase is good"`
	}
}

type totpSetup struct{ Body auth.TOTPSetup }

func (s *Server) beginTOTP(ctx context.Context, in *beginTOTPInput) (*totpSetup, error) {
	setup, err := s.auth.BeginTOTP(ctx, principalOf(ctx).identity, in.Body.CurrentPassword, in.client(ctx))
	return &totpSetup{setup}, err
}

type confirmTOTPInput struct {
	UserAgent
	Body struct {
		Code string `json:"code" minLength:"6" maxLength:"20" doc:"The code that the app shows." example:"123456"`
	}
}

type recoveryCodes struct{ Body auth.RecoveryCodes }

func (s *Server) confirmTOTP(ctx context.Context, in *confirmTOTPInput) (*recoveryCodes, error) {
	codes, err := s.auth.ConfirmTOTP(ctx, principalOf(ctx).identity, in.Body.Code, in.client(ctx))
	if err != nil {
		return nil, err
	}
	return &recoveryCodes{codes}, s.accountChanged(ctx)
}

type totpProofInput struct {
	UserAgent
	Body auth.TOTPProof
}

func (s *Server) disableTOTP(ctx context.Context, in *totpProofInput) (*nothing, error) {
	if err := s.auth.DisableTOTP(ctx, principalOf(ctx).identity, in.Body, in.client(ctx)); err != nil {
		return nil, err
	}
	return &nothing{}, s.accountChanged(ctx)
}

func (s *Server) renewRecoveryCodes(ctx context.Context, in *totpProofInput) (*recoveryCodes, error) {
	codes, err := s.auth.RenewRecoveryCodes(ctx, principalOf(ctx).identity, in.Body, in.client(ctx))
	return &recoveryCodes{codes}, err
}

// accountChanged is changed for all companies of the person: some of them may ask for two-step sign-in.
func (s *Server) accountChanged(ctx context.Context) error {
	companies, err := s.auth.Companies(ctx, principalOf(ctx).caller.Member)
	for _, c := range companies {
		s.companyChanged(ctx, c.ID)
	}
	return err
}
