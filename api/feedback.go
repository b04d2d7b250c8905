package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) feedbackRoutes(r *routes) {
	register(r, post("/feedback", "Say something about the product", describe("The platform's admins read it, with who said it and where.")),
		rbac.SignedIn, billing.Free, s.addFeedback)
}

type addFeedbackInput struct{ Body tenant.NewFeedback }

type feedbackOutput struct{ Body tenant.Feedback }

func (s *Server) addFeedback(ctx context.Context, in *addFeedbackInput) (*feedbackOutput, error) {
	p := principalOf(ctx)
	out := &feedbackOutput{}
	request, wanted := idempotentRequest(ctx, p.caller.Source)
	err := s.tenants.Platform().Tx(ctx, func(platform *tenant.Platform) error {
		if wanted {
			answer, found, err := s.tenants.Recall(ctx, platform, request)
			if err != nil {
				return err
			}
			if found {
				out, err = decodeAnswer[feedbackOutput](answer)
				return err
			}
		}
		var err error
		if out.Body, err = tenant.AddFeedback(ctx, platform, p.company.ID, p.caller.Member, in.Body); err != nil || !wanted {
			return err
		}
		answer, err := encodeAnswer(out)
		if err != nil {
			return err
		}
		return s.tenants.Remember(ctx, platform, request, answer)
	})
	return out, err
}
