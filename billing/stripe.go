package billing

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/stripe/stripe-go/v76"
	portal "github.com/stripe/stripe-go/v76/billingportal/session"
	checkout "github.com/stripe/stripe-go/v76/checkout/session"
	"github.com/stripe/stripe-go/v76/customer"
	"github.com/stripe/stripe-go/v76/price"
	subscriptions "github.com/stripe/stripe-go/v76/subscription"

	"github.com/guanxi-crm/guanxi/tenant"
)

// ErrUnavailable is returned when Stripe does not answer, or answers with a failure of its own. The same
// call may succeed later.
var ErrUnavailable = errors.New("stripe: not available")

const (
	// stripeTimeout bounds one attempt of a call.
	stripeTimeout = 10 * time.Second
	// stripeRetries is how often the library repeats a failed call, under the same idempotency key.
	stripeRetries = 2
)

// stripeClient holds the few Stripe resources that billing uses. It never touches the library's globals,
// so that several services with different keys can live in one process.
// https://docs.stripe.com/api?api-version=2023-10-16
type stripeClient struct {
	checkouts     checkout.Client
	portals       portal.Client
	customers     customer.Client
	prices        price.Client
	subscriptions subscriptions.Client
	ready         bool
}

func newStripeClient(key, base string) *stripeClient {
	cfg := &stripe.BackendConfig{
		HTTPClient:        &http.Client{Timeout: stripeTimeout},
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull}, // failures are returned and logged once, at the edge
		MaxNetworkRetries: stripe.Int64(stripeRetries),
		EnableTelemetry:   stripe.Bool(false),
	}
	if base != "" {
		cfg.URL = stripe.String(base)
	}
	b := stripe.GetBackendWithConfig(stripe.APIBackend, cfg)
	return &stripeClient{
		checkouts:     checkout.Client{B: b, Key: key},
		portals:       portal.Client{B: b, Key: key},
		customers:     customer.Client{B: b, Key: key},
		prices:        price.Client{B: b, Key: key},
		subscriptions: subscriptions.Client{B: b, Key: key},
		ready:         key != "",
	}
}

// call returns the parameters that every call carries. A call that writes has an idempotency key, which
// starts with what is done and is made from our own ids.
func call(ctx context.Context, idempotencyKey string) stripe.Params {
	p := stripe.Params{Context: ctx}
	if idempotencyKey != "" {
		p.SetIdempotencyKey(idempotencyKey)
	}
	return p
}

// stripeFailure sorts what went wrong: a key or a request that Stripe refuses has to be mended by the
// operator, everything else may pass.
func stripeFailure(doing string, err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", doing, err) // whoever asked has gone
	}
	var answer *stripe.Error
	if !errors.As(err, &answer) {
		return fmt.Errorf("%s: %w: %w", doing, ErrUnavailable, err)
	}
	switch code := answer.HTTPStatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return &tenant.ConflictError{
			Code:    CodeNotConfigured,
			Message: "Stripe refuses the secret key of this installation. Its operator has to check STRIPE_SECRET_KEY",
		}
	case code >= 400 && code < 500 && code != http.StatusTooManyRequests && code != http.StatusConflict:
		return &tenant.ConflictError{
			Code:    "billing_rejected",
			Message: "Stripe did not accept the request (" + doing + "): " + answer.Msg,
		}
	}
	return fmt.Errorf("%s: %w: %w", doing, ErrUnavailable, err)
}
