package billing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"

	"github.com/guanxi-crm/guanxi/tenant"
)

// MaxEventBytes is the longest webhook body that is read.
const MaxEventBytes = 256 << 10

// ErrBadEvent is returned for a webhook body that Stripe did not sign, or not lately, or that is not an
// event at all. The wrapping error says which.
var ErrBadEvent = errors.New("not an event that Stripe signed")

// Outcome says what an event did.
type Outcome string

// The outcomes. In all of them Stripe is to be answered with 200.
const (
	Applied   Outcome = "applied"   // carried out; it may have told nothing new
	Duplicate Outcome = "duplicate" // was carried out before
	Ignored   Outcome = "ignored"   // of no meaning here, or about nobody we know
)

// Receive carries out one webhook event. Events may come several times, in any order and at once: each is
// carried out once, and nothing older overwrites anything newer. It returns ErrBadEvent, which Stripe is
// to be told with 400; after any other error Stripe has to send the event again. header is the request's
// Stripe-Signature.
//
// https://docs.stripe.com/webhooks
func (s *Service) Receive(ctx context.Context, payload []byte, header string) (Outcome, error) {
	event, err := s.verify(payload, header)
	if err != nil {
		return "", err
	}
	n, relevant, err := s.read(event)
	if err != nil {
		return "", fmt.Errorf("%w: event %s: %w", ErrBadEvent, event.ID, err)
	}
	if !relevant || n.customer == "" {
		return Ignored, nil
	}
	// Asked before the transaction, which must not wait for anybody outside.
	n = s.refresh(ctx, n)
	company, err := claimedBy(ctx, s.platform, n)
	if err != nil {
		return "", fmt.Errorf("event %s: %w", event.ID, err)
	}
	outcome := Ignored
	err = s.platform.Tx(ctx, func(p *tenant.Platform) (err error) {
		outcome, err = carryOut(ctx, p, event, company, n)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("event %s: %w", event.ID, err)
	}
	if outcome == Applied {
		s.changed(ctx, company)
	}
	return outcome, nil
}

// carryOut records the event and applies it, in one transaction.
func carryOut(ctx context.Context, p *tenant.Platform, event stripe.Event, company tenant.CompanyID, n notice) (Outcome, error) {
	company, err := confirm(ctx, p, company, n.customer)
	if err != nil {
		return "", err
	}
	first, err := record(ctx, p, event, company)
	switch {
	case err != nil:
		return "", err
	case !first:
		return Duplicate, nil
	case company.IsZero():
		return Ignored, nil
	}
	return Applied, apply(ctx, p, company, n)
}

// record remembers the event, and reports false for one that was carried out before. One that is being
// carried out at this moment is waited for.
func record(ctx context.Context, p *tenant.Platform, event stripe.Event, company tenant.CompanyID) (bool, error) {
	_, err := p.Exec(ctx, `INSERT INTO platform.stripe_events (id, type, company_id, received_at) VALUES (?, ?, ?, ?)`,
		event.ID, event.Type, company, p.Now())
	var before *tenant.DuplicateError
	if errors.As(err, &before) {
		return false, nil
	}
	return err == nil, err
}

// verify checks who sent the body, and when by our clock: the library looks at its own and lets signatures
// from the future pass.
func (s *Service) verify(payload []byte, header string) (stripe.Event, error) {
	if s.cfg.WebhookSecret == "" {
		return stripe.Event{}, notConfigured("STRIPE_WEBHOOK_SECRET")
	}
	event, err := webhook.ConstructEventWithOptions(payload, header, s.cfg.WebhookSecret,
		webhook.ConstructEventOptions{IgnoreTolerance: true, IgnoreAPIVersionMismatch: true})
	if err != nil {
		return event, fmt.Errorf("%w: %w", ErrBadEvent, err)
	}
	if age := s.now().Sub(signedAt(header)); age.Abs() > webhook.DefaultTolerance {
		return event, fmt.Errorf("%w: it was signed %s away from now, more than %s", ErrBadEvent, age.Round(time.Second), webhook.DefaultTolerance)
	}
	if event.ID == "" || len(event.ID) > 255 || event.Data == nil || !json.Valid(event.Data.Raw) {
		return event, fmt.Errorf("%w: it has no id or no data", ErrBadEvent)
	}
	return event, nil
}

// signedAt returns the time in a header that the library has accepted; like the library it takes the last.
func signedAt(header string) time.Time {
	var seconds int64
	for part := range strings.SplitSeq(header, ",") {
		if t, ok := strings.CutPrefix(part, "t="); ok {
			seconds, _ = strconv.ParseInt(t, 10, 64)
		}
	}
	return time.Unix(seconds, 0)
}

// refresh asks Stripe how the subscription stands now, because events come in any order. When Stripe does
// not answer, or answers about somebody else, the event has to speak for itself.
func (s *Service) refresh(ctx context.Context, n notice) notice {
	if !s.stripe.ready {
		return n
	}
	asked := s.now()
	current, err := s.fetch(ctx, n.subscription)
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "stripe: subscription not fetched; its event is taken as it is",
			slog.String("subscription", n.subscription), slog.Any("error", err))
		return n
	}
	if current.customer != n.customer {
		return n
	}
	n.state, n.at, n.weight = current.state, asked, weightFetched
	if n.kind != failed {
		n.happened = asked // a late event must not shorten the grace period
	}
	if n.company.IsZero() {
		n.company = current.company
	}
	return n
}

// fetch returns the subscription as Stripe describes it now.
func (s *Service) fetch(ctx context.Context, id string) (notice, error) {
	got, err := s.stripe.subscriptions.Get(id, &stripe.SubscriptionParams{Params: call(ctx, "")})
	if err != nil {
		return notice{}, err
	}
	var n notice
	understood, err := n.readSubscription(got.LastResponse.RawJSON, s.planOf)
	if err == nil && !understood {
		err = fmt.Errorf("unknown status %q", got.Status)
	}
	return n, err
}

// changed tells this process and, by the callback, all others.
func (s *Service) changed(ctx context.Context, company tenant.CompanyID) {
	s.cfg.Directory.Forget(company)
	if s.cfg.OnChange != nil {
		s.cfg.OnChange(ctx, company)
	}
}
