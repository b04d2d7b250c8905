package api

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/maypok86/otter/v2"
	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

// limiter bounds requests per credential and per company over all processes. It takes permits from Redis
// in small batches, so that most requests cost no round trip; a process that stops wastes at most a batch.
type limiter struct {
	redis *redis_rate.Limiter
	log   *slog.Logger
	scale int
	purse *otter.Cache[string, *purse]
}

// batch is how many permits are fetched at a time, purseLife how long they may be spent.
const (
	batch     = 20
	purseLife = 2 * time.Second
)

// purse holds permits that Redis has granted and nobody has used.
type purse struct {
	mu      sync.Mutex
	permits int
	limit   rateState
}

// rateState is what the RateLimit headers say.
type rateState struct {
	policy    string
	perMinute int
	remaining int
	reset     time.Duration
}

func newLimiter(r redis.UniversalClient, log *slog.Logger, scale int) *limiter {
	return &limiter{redis: redis_rate.NewLimiter(r), log: log, scale: scale, purse: otter.Must(&otter.Options[string, *purse]{
		MaximumSize: 100_000, ExpiryCalculator: otter.ExpiryCreating[string, *purse](purseLife),
	})}
}

// allow takes one permit of the credential and one of the company, or returns *tooFast.
func (l *limiter) allow(ctx context.Context, p *principal) (rateState, error) {
	perMinute := int(p.plan.Limits()[billing.APIPerMinute]) * l.scale
	if perMinute < 0 {
		return rateState{}, nil
	}
	// One person or key may use at most half of what the company may, so that a runaway script
	// leaves room for the people.
	state, err := l.take(ctx, "rate:source:"+p.identity.Source, "source", max(perMinute/2, 1))
	if err != nil {
		return state, err
	}
	company, err := l.take(ctx, "rate:company:"+p.company.ID.String(), "company", perMinute)
	if err != nil || company.remaining < state.remaining {
		state = company
	}
	return state, err
}

func (l *limiter) take(ctx context.Context, key, policy string, perMinute int) (rateState, error) {
	mine, _ := l.purse.ComputeIfAbsent(key, func() (*purse, bool) { return &purse{}, false })
	mine.mu.Lock()
	defer mine.mu.Unlock()
	if mine.permits == 0 {
		result, err := l.redis.AllowAtMost(ctx, key, redis_rate.PerMinute(perMinute), min(batch, max(perMinute/20, 1)))
		if err != nil {
			// Without Redis nobody can be counted. Sign-in state fails closed elsewhere; counting does not.
			l.log.WarnContext(ctx, "rate limit unavailable", slog.Any("error", err))
			return rateState{}, nil
		}
		mine.permits = result.Allowed
		mine.limit = rateState{policy: policy, perMinute: perMinute, remaining: result.Remaining, reset: result.ResetAfter}
		if result.Allowed == 0 {
			return mine.limit, &tooFast{after: max(result.RetryAfter, time.Second)}
		}
	}
	mine.permits--
	state := mine.limit
	state.remaining += mine.permits
	return state, nil
}

// probes bound how often somebody may ask whether records are there that they cannot see, by person: another session or
// key must not help.
var probes = []redis_rate.Limit{redis_rate.PerMinute(30), {Rate: 1000, Burst: 1000, Period: 24 * time.Hour}}

// probe takes a permit for such a question, or returns *tooFast. Who sees every customer needs none.
func (l *limiter) probe(ctx context.Context, p *principal) error {
	if p.caller.Scope(rbac.Customer.Read.Name()).Level() == tenant.LevelAll {
		return nil
	}
	for _, limit := range probes {
		key := fmt.Sprintf("rate:probe:%s:%s:%s", p.company.ID, p.caller.Member, limit.Period)
		if err := l.one(ctx, key, limit); err != nil {
			return err
		}
	}
	return nil
}

// What is sent in by forms is bounded by the sender's address, behind which a whole fair may stand, and by form.
var (
	submissionsByAddress = redis_rate.Limit{Rate: 30, Burst: 30, Period: 10 * time.Minute}
	submissionsByForm    = redis_rate.PerHour(1000)
)

// one takes a single permit, or returns *tooFast.
func (l *limiter) one(ctx context.Context, key string, limit redis_rate.Limit) error {
	result, err := l.redis.Allow(ctx, key, limit)
	if err != nil {
		l.log.WarnContext(ctx, "rate limit unavailable", slog.Any("error", err)) // as in take
		return nil
	}
	if result.Allowed == 0 {
		return &tooFast{after: max(result.RetryAfter, time.Second)}
	}
	return nil
}

// writeHeaders tells the client where it stands, as draft-ietf-httpapi-ratelimit-headers has it.
func (s rateState) writeHeaders(set func(name, value string)) {
	if s.policy == "" {
		return
	}
	set("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=60", s.policy, s.perMinute))
	set("RateLimit", fmt.Sprintf("%q;r=%d;t=%s", s.policy, s.remaining, strconv.Itoa(int(s.reset.Seconds()))))
}
