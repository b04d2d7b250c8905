package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/tenant"
)

// AttemptLimits bounds how often somebody may try. Zero fields take the defaults.
type AttemptLimits struct {
	// SignUp is per address of the client; 20 an hour.
	SignUp redis_rate.Limit
	// LockNotice bounds the mails that tell a person of a lock, 1 an hour.
	LockNotice redis_rate.Limit
	// SignIn is per address of the client, also for accepting invitations; 60 a minute, because a whole
	// office may stand behind one address.
	SignIn redis_rate.Limit
	// Account is per account and address of the client: the Burst of wrong passwords within the Period locks for another
	// Period, 10 and 15 minutes. A success clears it. From other addresses the person still gets in: else anybody could
	// lock anybody out.
	Account redis_rate.Limit
	// AccountEverywhere is per account over all addresses; 100 an hour.
	AccountEverywhere redis_rate.Limit
	// Forgot is per address of the client, 30 an hour; ForgotPerson bounds the mails to one person, 3 an hour.
	Forgot, ForgotPerson redis_rate.Limit
	// Code is per person, for the codes of the second step: 10 in 15 minutes; a success clears it. CodeDaily goes on
	// counting, 50 a day: six digits can be guessed by whoever has the time.
	Code, CodeDaily redis_rate.Limit
	// Refresh is per address of the client; 300 a minute.
	Refresh redis_rate.Limit
}

// Client is where a request comes from, as its session remembers it.
type Client struct {
	// IP bounds attempts, so it must be one that the client cannot choose.
	IP string
	// UserAgent and Device are what the client says of itself; they are cut to what fits.
	UserAgent, Device string
}

// attempts counts in Redis. Without Redis there are no sessions either, so counting fails closed.
type attempts struct {
	redis   redis.UniversalClient
	limiter *redis_rate.Limiter
	prefix  string
	limits  AttemptLimits
}

func newAttempts(cfg Config) *attempts {
	limits := cfg.Attempts
	for _, l := range []struct {
		limit  *redis_rate.Limit
		preset redis_rate.Limit
	}{
		{&limits.SignUp, redis_rate.PerHour(20)},
		{&limits.LockNotice, redis_rate.PerHour(1)},
		{&limits.SignIn, redis_rate.PerMinute(60)},
		{&limits.Account, redis_rate.Limit{Rate: 10, Burst: 10, Period: 15 * time.Minute}},
		{&limits.AccountEverywhere, redis_rate.PerHour(100)},
		{&limits.Forgot, redis_rate.PerHour(30)},
		{&limits.ForgotPerson, redis_rate.PerHour(3)},
		{&limits.Code, redis_rate.Limit{Rate: 10, Burst: 10, Period: 15 * time.Minute}},
		{&limits.CodeDaily, redis_rate.Limit{Rate: 50, Burst: 50, Period: 24 * time.Hour}},
		{&limits.Refresh, redis_rate.PerMinute(300)},
	} {
		if l.limit.IsZero() {
			*l.limit = l.preset
		}
	}
	return &attempts{redis: cfg.Redis, limiter: redis_rate.NewLimiter(cfg.Redis), prefix: cfg.KeyPrefix + "attempts:", limits: limits}
}

// take counts one attempt. It returns *TooManyAttemptsError when there were too many.
func (a *attempts) take(ctx context.Context, what string, limit redis_rate.Limit) error {
	result, err := a.limiter.Allow(ctx, a.prefix+what, limit)
	if err != nil {
		return unavailable(err)
	}
	if result.Allowed == 0 {
		return &TooManyAttemptsError{After: result.RetryAfter}
	}
	return nil
}

func (a *attempts) signUp(ctx context.Context, ip string) error {
	return a.take(ctx, "sign-up:"+ip, a.limits.SignUp)
}

func (a *attempts) refresh(ctx context.Context, ip string) error {
	return a.take(ctx, "refresh:"+ip, a.limits.Refresh)
}

// password counts an attempt at somebody's password before it is checked, so that attempts made at the same time
// count too. last says that a wrong one now is the one that locks.
func (a *attempts) password(ctx context.Context, ip, account string) (last bool, err error) {
	if err := a.take(ctx, "sign-in:"+ip, a.limits.SignIn); err != nil {
		return false, err
	}
	if last, err = a.lock(ctx, accountKey(ip, account), a.limits.Account); err != nil {
		return false, err
	}
	return last, a.take(ctx, accountKey("", account), a.limits.AccountEverywhere)
}

// lockScript counts an attempt. The last one that is allowed begins the time anew, for which the count then stands.
//
//	KEYS[1]  the count
//	ARGV     1 how many are allowed, 2 for how long they count (milliseconds)
//	returns  the count, and the milliseconds until it is forgotten
var lockScript = redis.NewScript(`
local n = redis.call('INCR', KEYS[1])
if n == 1 or n == tonumber(ARGV[1]) then
	redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return {n, redis.call('PTTL', KEYS[1])}
`)

func (a *attempts) lock(ctx context.Context, what string, limit redis_rate.Limit) (last bool, err error) {
	counted, err := lockScript.Run(ctx, a.redis, []string{a.prefix + what}, limit.Burst, limit.Period.Milliseconds()).Int64Slice()
	if err != nil {
		return false, unavailable(err)
	}
	n, left := counted[0], time.Duration(counted[1])*time.Millisecond
	if n > int64(limit.Burst) {
		return false, &TooManyAttemptsError{After: left, Locked: true}
	}
	return n == int64(limit.Burst), nil
}

// succeeded clears what somebody who knows the password has mistyped. Counting over all addresses goes on.
func (a *attempts) succeeded(ctx context.Context, ip, account string) error {
	return unavailable(a.redis.Del(ctx, a.prefix+accountKey(ip, account)).Err())
}

// code counts an attempt at the second step.
func (a *attempts) code(ctx context.Context, who tenant.MemberID) error {
	if err := a.take(ctx, "code:"+who.String(), a.limits.Code); err != nil {
		return err
	}
	return a.take(ctx, "code-daily:"+who.String(), a.limits.CodeDaily)
}

func (a *attempts) codeSucceeded(ctx context.Context, who tenant.MemberID) error {
	return unavailable(a.limiter.Reset(ctx, a.prefix+"code:"+who.String()))
}

// accountKey hides the account and bounds the length of the key: what is typed may be anything.
func accountKey(ip, account string) string {
	sum := sha256.Sum256([]byte(account))
	return "account:" + hex.EncodeToString(sum[:16]) + ":" + ip
}
