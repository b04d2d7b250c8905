package billing

import (
	"context"

	"github.com/stripe/stripe-go/v76"

	"github.com/guanxi-crm/guanxi/tenant"
)

// CheckoutRequest says what is to be bought.
type CheckoutRequest struct {
	Plan     string   `json:"plan" enum:"pro,business" doc:"Key of the plan to buy." example:"pro"`
	Interval Interval `json:"interval,omitempty" enum:"month,year" default:"month" doc:"How often to pay." example:"month"`
}

// HostedPage is a page at Stripe to send the person to. It is good for one visit and a limited time.
type HostedPage struct {
	URL string `json:"url" format:"uri" doc:"Page at Stripe to open in the browser." example:"https://checkout.stripe.com/c/pay/cs_test_a1"`
}

// Buyer is who starts a purchase.
type Buyer struct {
	Company *tenant.Company
	// Email fills in the form at Stripe; it may be empty.
	Email string
	// Operation identifies this attempt: a repeat of the same operation gives the same page.
	Operation string
}

// Checkout returns the page on which the company buys a plan. The plan is in force when Stripe has told
// us so by webhook, not when the person comes back. It returns *tenant.InvalidError for a plan that is not
// sold, *tenant.ConflictError when the company has a subscription already or settings are missing, and
// ErrUnavailable.
func (s *Service) Checkout(ctx context.Context, buyer Buyer, in CheckoutRequest) (HostedPage, error) {
	if err := s.canSell(); err != nil {
		return HostedPage{}, err
	}
	lookup, err := in.lookupKey()
	if err != nil {
		return HostedPage{}, err
	}
	owned, err := subscriptionsOf(ctx, s.platform, buyer.Company.ID)
	if err != nil {
		return HostedPage{}, err
	}
	if current, ok := running(owned); ok {
		return HostedPage{}, &tenant.ConflictError{
			Code:    "already_subscribed",
			Message: "The company has a subscription (" + current.Plan + ", " + string(current.Status) + "). Change or cancel it in the billing portal",
		}
	}
	price, err := s.catalog.priceID(ctx, lookup)
	if err != nil {
		return HostedPage{}, err
	}
	customer, err := s.ensureCustomer(ctx, buyer.Company, buyer.Email)
	if err != nil {
		return HostedPage{}, err
	}
	params := s.checkoutParams(ctx, buyer, in.Plan, customer, price)
	if s.cfg.TrialDays > 0 && len(owned) == 0 {
		params.SubscriptionData.TrialPeriodDays = stripe.Int64(s.cfg.TrialDays)
	}
	session, err := s.stripe.checkouts.New(params)
	if err != nil {
		return HostedPage{}, stripeFailure("new checkout session", err)
	}
	return HostedPage{URL: session.URL}, nil
}

// lookupKey returns the lookup key of the price that was asked for.
func (in CheckoutRequest) lookupKey() (string, error) {
	if in.Interval == "" {
		in.Interval = Monthly
	}
	i := rank(in.Plan)
	if i < 0 || len(plans[i].prices) == 0 {
		return "", tenant.Invalid("plan", "unknown", "is not a plan that can be bought; use pro or business")
	}
	lookup, ok := plans[i].prices[in.Interval]
	if !ok {
		return "", tenant.Invalid("interval", "unknown", "is not an interval; use month or year")
	}
	return lookup, nil
}

func (s *Service) checkoutParams(ctx context.Context, buyer Buyer, plan, customer, price string) *stripe.CheckoutSessionParams {
	company := buyer.Company.ID.String()
	metadata := map[string]string{metadataCompany: company, metadataPlan: plan}
	return &stripe.CheckoutSessionParams{
		Params:              call(ctx, operationKey("checkout", company, buyer.Operation, customer, price)),
		Mode:                stripe.String(string(stripe.CheckoutSessionModeSubscription)),
		Customer:            stripe.String(customer),
		ClientReferenceID:   stripe.String(company),
		LineItems:           []*stripe.CheckoutSessionLineItemParams{{Price: stripe.String(price), Quantity: stripe.Int64(1)}},
		SuccessURL:          stripe.String(s.cfg.PublicURL + "/settings/billing?checkout=done&session_id={CHECKOUT_SESSION_ID}"),
		CancelURL:           stripe.String(s.cfg.PublicURL + "/settings/billing?checkout=canceled"),
		AllowPromotionCodes: stripe.Bool(true),
		Locale:              stripe.String(pageLocale(buyer.Company.Locale)),
		Metadata:            metadata,
		// A session's metadata is not copied to its subscription.
		SubscriptionData: &stripe.CheckoutSessionSubscriptionDataParams{Metadata: metadata},
	}
}

// pageLocale returns Stripe's name of the language for its own pages.
func pageLocale(locale string) string {
	if locale == "zh-CN" {
		return "zh"
	}
	return "en"
}
