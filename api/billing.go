package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) billingRoutes(r *routes) {
	register(r, get("/billing", "Get plan, subscription and use"), rbac.Billing.Read, billing.Free, s.getBilling)
	register(r, get("/billing/plans", "List plans and prices"), rbac.Billing.Read, billing.Free, s.listPlans)
	register(r, post("/billing/checkout", "Start buying a plan", answers(http.StatusOK),
		describe("Answers the address of a page at Stripe. The plan is in force once Stripe has confirmed the payment, usually within seconds. "+
			"409 `billing_not_configured` on an installation that sells nothing, 409 `already_subscribed` when there is a subscription to change in the portal.")),
		rbac.Billing.Update, billing.Free, s.checkout)
	register(r, post("/billing/portal", "Open the billing portal", answers(http.StatusOK),
		describe("Answers the address of a page at Stripe for changing the plan or card, reading invoices and canceling. "+
			"409 `no_subscription` before the first purchase.")),
		rbac.Billing.Update, billing.Free, s.billingPortal)
}

type overviewOutput struct{ Body billing.Overview }

func (s *Server) getBilling(ctx context.Context, _ *struct{}) (*overviewOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*overviewOutput, error) {
		overview, err := s.billing.Overview(ctx, q)
		return &overviewOutput{overview}, err
	})
}

func (s *Server) listPlans(ctx context.Context, _ *struct{}) (*all[billing.Offer], error) {
	return allOf(s.billing.Offers(ctx)), nil
}

type checkoutInput struct{ Body billing.CheckoutRequest }

type pageOutput struct{ Body billing.HostedPage }

func (s *Server) checkout(ctx context.Context, in *checkoutInput) (*pageOutput, error) {
	return s.hostedPage(ctx, func(b billing.Buyer) (billing.HostedPage, error) { return s.billing.Checkout(ctx, b, in.Body) })
}

func (s *Server) billingPortal(ctx context.Context, _ *struct{}) (*pageOutput, error) {
	return s.hostedPage(ctx, func(b billing.Buyer) (billing.HostedPage, error) { return s.billing.Portal(ctx, b) })
}

// hostedPage gets a page from Stripe for the caller.
func (s *Server) hostedPage(ctx context.Context, page func(billing.Buyer) (billing.HostedPage, error)) (*pageOutput, error) {
	buyer, err := s.buyer(ctx)
	if err != nil {
		return nil, err
	}
	return outside(ctx, s, func(operation string) (*pageOutput, error) {
		buyer.Operation = operation
		found, err := page(buyer)
		return &pageOutput{found}, err
	})
}

func (s *Server) buyer(ctx context.Context) (billing.Buyer, error) {
	p := principalOf(ctx)
	b, err := read(ctx, s, func(q *tenant.Query) (*billing.Buyer, error) {
		member, err := tenant.GetMember(ctx, q, p.caller.Member)
		if err != nil {
			return nil, err
		}
		b := &billing.Buyer{Company: p.company}
		if member.Email != nil {
			b.Email = *member.Email
		}
		return b, nil
	})
	if err != nil {
		return billing.Buyer{}, err
	}
	return *b, nil
}

var errNotAnswered = errors.New("not answered before")

// outside runs work that calls somebody outside, for whom no transaction may wait. With an Idempotency-Key a
// repeat gets the first answer; requests at the same time do the same operation, which the one outside has to
// recognise by its id.
func outside[O any](ctx context.Context, s *Server, work func(operation string) (*O, error)) (*O, error) {
	p := principalOf(ctx)
	request, wanted := idempotentRequest(ctx, p.caller.Source)
	if !wanted {
		return work(tenant.NewEventID().String())
	}
	var out *O
	err := s.tenants.Tx(ctx, p.company, p.caller, func(tx *tenant.Tx) error {
		answer, found, err := tx.Recall(ctx, request)
		if err != nil {
			return err
		}
		if !found {
			return errNotAnswered // takes the registration back
		}
		out, err = decodeAnswer[O](answer)
		return err
	})
	if !errors.Is(err, errNotAnswered) {
		return out, err
	}
	if out, err = work(request.Scope + " " + request.Key); err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(*tenant.Tx) (*O, error) { return out, nil })
}
