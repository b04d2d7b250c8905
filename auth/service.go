package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Config is what a Service is made of. Directory, Redis and PublicURL are required.
type Config struct {
	Directory *tenant.Directory
	Redis     redis.UniversalClient
	// Clock returns the current time; nil means the directory's clock.
	Clock func() time.Time
	// PublicURL is where people reach the product, for links in invitations.
	PublicURL string
	// KeyPrefix begins every key and channel in Redis; "" means "guanxi:".
	KeyPrefix string
	// Plan is the key of the plan that a new company starts with; "" means "free".
	Plan string
	// Mail says that a worker sends mail. Without it links travel by hand only.
	Mail bool
	// Log may be nil.
	Log *slog.Logger
	// Hashing is the cost of a password; zero fields take the defaults.
	Hashing Hashing
	// Attempts bounds how often somebody may try; zero fields take the defaults.
	Attempts AttemptLimits
}

// Quotas that this package uses up, by the names that plans give them.
const (
	quotaSeats   tenant.Quota = "seats"
	quotaAPIKeys tenant.Quota = "api_keys"
)

// How long a process may believe what it has read, when an announcement of its end was lost.
const (
	sessionTTL = 2 * time.Second
	keyTTL     = 5 * time.Second
)

// Service knows who somebody is. One process has one; it is safe for concurrent use.
type Service struct {
	cfg       Config
	directory *tenant.Directory
	now       func() time.Time
	passwords *passwords
	attempts  *attempts
	signer    *signer
	refresher *refresher
	sessions  *sessionStore
	live      *otter.Cache[SessionID, sessionOwner]
	keys      *otter.Cache[KeyHash, *apiKey]
	// resetKey makes the tokens of reset links, recoveryKey the hashes of recovery codes.
	resetKey, recoveryKey []byte
	// background must end before the service does.
	background *background
	stop       context.CancelFunc
	stopped    chan struct{}
}

// New makes a service and starts to follow what other processes revoke. Close ends that.
func New(cfg Config) (*Service, error) {
	if cfg.Directory == nil || cfg.Redis == nil {
		return nil, errors.New("auth: Directory and Redis are required")
	}
	if cfg.Clock == nil {
		cfg.Clock = cfg.Directory.Now
	}
	if cfg.KeyPrefix == "" {
		cfg.KeyPrefix = "guanxi:"
	}
	if cfg.Plan == "" {
		cfg.Plan = "free"
	}
	cfg.PublicURL = strings.TrimRight(cfg.PublicURL, "/")
	s := &Service{
		cfg: cfg, directory: cfg.Directory,
		now:      func() time.Time { return cfg.Clock().UTC().Truncate(time.Microsecond) },
		attempts: newAttempts(cfg), sessions: &sessionStore{redis: cfg.Redis, prefix: cfg.KeyPrefix},
		live: otter.Must(&otter.Options[SessionID, sessionOwner]{
			MaximumSize: 100_000, ExpiryCalculator: otter.ExpiryWriting[SessionID, sessionOwner](sessionTTL),
		}),
		keys: otter.Must(&otter.Options[KeyHash, *apiKey]{
			MaximumSize: 20_000, ExpiryCalculator: otter.ExpiryWriting[KeyHash, *apiKey](keyTTL),
		}),
		background: newBackground(cfg.Log),
		stopped:    make(chan struct{}),
	}
	var err error
	if s.passwords, err = newPasswords(cfg.Hashing); err != nil {
		return nil, err
	}
	if s.signer, err = newSigner(cfg.Directory, s.now); err != nil {
		return nil, err
	}
	if s.refresher, err = newRefresher(cfg.Directory); err != nil {
		return nil, err
	}
	if s.recoveryKey, err = cfg.Directory.Derive("recovery-code"); err != nil {
		return nil, fmt.Errorf("recovery code key: %w", err)
	}
	if s.resetKey, err = cfg.Directory.Derive("password-reset"); err != nil {
		return nil, fmt.Errorf("password reset key: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.followRevocations(ctx)
	return s, nil
}

// Close waits for what is done in the background and stops following what other processes revoke.
func (s *Service) Close() {
	s.background.wait()
	s.stop()
	<-s.stopped
}

// unavailable marks an error of Redis, except that of a caller who went away.
func unavailable(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// system is the caller under which this package reads what nobody has signed in for yet.
func system() *tenant.Caller {
	caller := tenant.System()
	return &caller
}
