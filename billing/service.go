package billing

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Config says how the installation sells. Every field but Directory may be empty: then everything works
// but buying.
type Config struct {
	Directory *tenant.Directory
	// SecretKey (STRIPE_SECRET_KEY) makes calls to Stripe, WebhookSecret
	// (STRIPE_WEBHOOK_SECRET) checks what Stripe sends: the whole text, whsec_ included.
	SecretKey, WebhookSecret string
	// APIBase is where Stripe answers; empty means https://api.stripe.com.
	APIBase string
	// PublicURL is where people come back to after paying.
	PublicURL string
	// Prices maps a price's lookup key, as guanxi_pro_month, to its id at Stripe, for accounts whose prices
	// carry no lookup keys.
	Prices map[string]string
	// TrialDays is given to a company's first subscription; 0 means none.
	TrialDays int64
	// Clock returns the current time; nil means the Directory's clock.
	Clock func() time.Time
	// OnChange is called after a company's plan or subscription changed; it may be nil. The company's cache
	// entry in this process is gone by then.
	OnChange func(ctx context.Context, company tenant.CompanyID)
	// Log is told when Stripe does not answer and billing goes on without; nil means slog.Default().
	Log *slog.Logger
}

// Service sells plans and keeps each company's plan as its subscription says. It is safe for concurrent use.
type Service struct {
	cfg      Config
	platform *tenant.Platform
	stripe   *stripeClient
	catalog  *catalog
	// planOfPrice maps configured price ids to plan keys.
	planOfPrice map[string]string
}

// New returns the service. It makes no call.
func New(cfg Config) *Service {
	if cfg.Clock == nil {
		cfg.Clock = cfg.Directory.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	cfg.PublicURL = strings.TrimRight(cfg.PublicURL, "/")
	s := &Service{
		cfg: cfg, platform: cfg.Directory.Platform(),
		stripe:      newStripeClient(cfg.SecretKey, cfg.APIBase),
		planOfPrice: map[string]string{},
	}
	s.catalog = newCatalog(s.stripe, cfg.Prices, s.now)
	for _, p := range plans {
		for _, lookup := range p.prices {
			if id := cfg.Prices[lookup]; id != "" {
				s.planOfPrice[id] = p.Key
			}
		}
	}
	return s
}

// now is the clock in the precision that the database keeps.
func (s *Service) now() time.Time { return s.cfg.Clock().UTC().Truncate(time.Microsecond) }

// canSell returns a *tenant.ConflictError that names the missing settings when there are any.
func (s *Service) canSell() error {
	var missing []string
	if s.cfg.SecretKey == "" {
		missing = append(missing, "STRIPE_SECRET_KEY")
	}
	if s.cfg.PublicURL == "" {
		missing = append(missing, "GUANXI_PUBLIC_URL")
	}
	return notConfigured(missing...)
}

// CodeNotConfigured is the code of the conflict that a call ends in when settings for Stripe are missing.
const CodeNotConfigured = "billing_not_configured"

func notConfigured(missing ...string) error {
	if len(missing) == 0 {
		return nil
	}
	return &tenant.ConflictError{
		Code:    CodeNotConfigured,
		Message: "Billing is not configured on this installation. Its operator has to set: " + strings.Join(missing, ", "),
	}
}
