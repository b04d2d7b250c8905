package billing

import (
	"context"
	"errors"

	"github.com/stripe/stripe-go/v76"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Portal returns the page on which the company changes its plan or card, reads its invoices and cancels.
// It returns *tenant.ConflictError when the company never bought anything or settings are missing, and
// ErrUnavailable.
func (s *Service) Portal(ctx context.Context, buyer Buyer) (HostedPage, error) {
	if err := s.canSell(); err != nil {
		return HostedPage{}, err
	}
	customer, err := customerOf(ctx, s.platform, buyer.Company.ID)
	if errors.Is(err, tenant.ErrNotFound) {
		return HostedPage{}, &tenant.ConflictError{
			Code:    "no_subscription",
			Message: "The company has not bought anything yet. Start with a checkout",
		}
	}
	if err != nil {
		return HostedPage{}, err
	}
	session, err := s.stripe.portals.New(&stripe.BillingPortalSessionParams{
		Params:    call(ctx, operationKey("portal", buyer.Company.ID.String(), buyer.Operation, customer)),
		Customer:  stripe.String(customer),
		ReturnURL: stripe.String(s.cfg.PublicURL + "/settings/billing"),
		Locale:    stripe.String(pageLocale(buyer.Company.Locale)),
	})
	if err != nil {
		return HostedPage{}, stripeFailure("new portal session", err)
	}
	return HostedPage{URL: session.URL}, nil
}
