package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/rbac"
)

func (s *Server) stripeWebhookRoutes(r *routes) {
	register(r, post("/stripe", "Receive an event from Stripe", answers(http.StatusOK), maxBody(billing.MaxEventBytes), rawBody,
		describe("The address to enter at Stripe's dashboard. The signature takes the place of a sign-in. Every event is carried out once, "+
			"in whatever order events come; any answer but 200 makes Stripe send the event again. 400 `bad_event` says why an event was refused.")),
		// Stripe signs what it sends.
		rbac.Public, billing.Free, s.receiveStripeEvent)
}

// rawBody leaves the body as it came: a signature covers its bytes, so nothing may judge them before.
func rawBody(op *operation) { op.SkipValidateBody = true }

type stripeEventInput struct {
	Signature string `header:"Stripe-Signature" maxLength:"4096" doc:"When and by what key the body was signed." example:"t=1700000000,v1=758592c2b76fdd9b1db2f32509329b230d5c310078b3fbc48b97ef52b08a5788"`
	RawBody   []byte `contentType:"application/json"`
}

type stripeEventOutput struct {
	Body struct {
		Outcome billing.Outcome `json:"outcome" enum:"applied,duplicate,ignored" doc:"What the event did here."`
	}
}

func (s *Server) receiveStripeEvent(ctx context.Context, in *stripeEventInput) (*stripeEventOutput, error) {
	outcome, err := s.billing.Receive(ctx, in.RawBody, in.Signature)
	if errors.Is(err, billing.ErrBadEvent) {
		s.log.WarnContext(ctx, "stripe event refused", slog.Any("error", err), slog.String("request_id", requestOf(ctx).id))
		return nil, newProblem(http.StatusBadRequest, "bad_event", "This is "+err.Error()+".")
	}
	if err != nil {
		return nil, err
	}
	s.log.InfoContext(ctx, "stripe event", slog.String("outcome", string(outcome)), slog.String("request_id", requestOf(ctx).id))
	out := &stripeEventOutput{}
	out.Body.Outcome = outcome
	return out, nil
}
