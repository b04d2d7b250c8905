package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

const goodPassword = "correct horse battery"

// cheap is the lowest cost that argon2id takes; the tests are not about its strength.
var cheap = Hashing{MemoryKiB: 16, Passes: 1}

// wide lets tests try as often as they like, but for those that are about the limits.
var wide = AttemptLimits{
	SignUp: redis_rate.PerSecond(10_000), SignIn: redis_rate.PerSecond(10_000), Account: redis_rate.PerSecond(10_000),
	AccountEverywhere: redis_rate.PerSecond(10_000), Refresh: redis_rate.PerSecond(10_000),
}

// world is a fresh installation with a service on it.
type world struct {
	*Service
	*tenanttest.Installation
	cfg Config
}

func newWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	w := &world{Installation: tenanttest.Open(t)}
	w.cfg = Config{
		Directory: w.Directory, Redis: newRedis(t), PublicURL: "https://crm.example/",
		KeyPrefix: "guanxi-test-" + rand.Text() + ":", Hashing: cheap, Attempts: wide, Mail: true,
	}
	for _, f := range change {
		f(&w.cfg)
	}
	actual := newRedis(t)
	t.Cleanup(func() { wipe(t, actual, w.cfg.KeyPrefix) })
	w.Service = w.another(t)
	return w
}

// another returns a second process on the same installation.
func (w *world) another(t testing.TB) *Service {
	t.Helper()
	s, err := New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func newRedis(t testing.TB) redis.UniversalClient {
	t.Helper()
	options, err := redis.ParseURL(tenanttest.RedisURL(t))
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// wipe removes what a test has left in the shared Redis, or all sign-in state in the midst of one.
func wipe(t testing.TB, r redis.UniversalClient, prefix string) {
	t.Helper()
	ctx := context.Background()
	for _, pattern := range []string{prefix + "*", "rate:" + prefix + "*"} {
		keys := r.Scan(ctx, 0, pattern, 1000).Iterator()
		for keys.Next(ctx) {
			if err := r.Del(ctx, keys.Val()).Err(); err != nil {
				t.Error(err)
			}
		}
		if err := keys.Err(); err != nil {
			t.Error(err)
		}
	}
}

var here = Client{IP: "203.0.113.7", UserAgent: "test"}

func nothingMore(context.Context, *tenant.Tx, tenant.MemberID) error { return nil }

func signUpInput(email string) SignUp {
	in := SignUp{Name: "陈晨", Email: email, Password: goodPassword, Locale: "en", TimeZone: "Asia/Shanghai"}
	in.Company.Name = "Acme"
	return in
}

func (w *world) signUp(t testing.TB, email string) SignedIn {
	t.Helper()
	out, err := w.SignUp(t.Context(), signUpInput(email), here, "", nothingMore)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (w *world) signIn(t *testing.T, identifier string) SignedIn {
	t.Helper()
	out, err := w.SignIn(t.Context(), SignIn{Identifier: identifier, Password: goodPassword}, here)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (w *world) identity(t *testing.T, bearer string) Identity {
	t.Helper()
	who, err := w.Authenticate(t.Context(), bearer)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// company returns the company of an answer.
func (w *world) company(t *testing.T, in SignedIn) *tenant.Company {
	t.Helper()
	c, err := w.Directory.Company(t.Context(), in.Company.ID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// caller returns a member's caller who may do everything at the level.
func caller(member tenant.MemberID, level tenant.Level, team ...tenant.MemberID) *tenant.Caller {
	c := &tenant.Caller{
		Kind: tenant.ByMember, Member: member, Locale: "en", Source: "test", Team: append(team, member),
		Levels: map[tenant.Permission]tenant.Level{}, Limits: map[tenant.Quota]int64{quotaSeats: 5, quotaAPIKeys: 2},
	}
	for _, p := range []tenant.Permission{
		permissionInvite, permissionReadInvitation, permissionDeleteInvitation, permissionReadAPIKey, permissionDeleteAPIKey,
		"customer:read", "customer:create",
	} {
		c.Levels[p] = level
	}
	return c
}

// tx runs fn as the caller and returns its error.
func (w *world) tx(t *testing.T, c *tenant.Company, as *tenant.Caller, fn func(*tenant.Tx) error) error {
	t.Helper()
	return w.Tx(t.Context(), c, as, fn)
}

func (w *world) must(t *testing.T, c *tenant.Company, as *tenant.Caller, fn func(*tenant.Tx) error) {
	t.Helper()
	if err := w.tx(t, c, as, fn); err != nil {
		t.Fatal(err)
	}
}

// setStatus changes a member as the edge does.
func (w *world) setStatus(t *testing.T, c *tenant.Company, member tenant.MemberID, status tenant.MemberStatus) {
	t.Helper()
	w.must(t, c, system(), func(tx *tenant.Tx) error { return tenant.SetMemberStatus(t.Context(), tx, member, status) })
}

// wantCode fails unless the error carries the stable code, of whatever kind it is.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if got := codeOf(err); got != code {
		t.Fatalf("error %v has the code %q, want %q", err, got, code)
	}
}

func codeOf(err error) string {
	var (
		refused  *UnauthenticatedError
		conflict *tenant.ConflictError
		invalid  *tenant.InvalidError
		quota    *tenant.QuotaError
		many     *TooManyAttemptsError
	)
	switch {
	case err == nil:
		return ""
	case errors.As(err, &refused):
		return refused.Code
	case errors.As(err, &conflict):
		return conflict.Code
	case errors.As(err, &quota):
		return "quota:" + string(quota.Quota)
	case errors.As(err, &many):
		return "too_many_attempts"
	case errors.As(err, &invalid):
		codes := make([]string, len(invalid.Fields))
		for i, f := range invalid.Fields {
			codes[i] = f.Field + ":" + f.Code
		}
		return strings.Join(codes, " ")
	}
	for name, sentinel := range map[string]error{
		"not_found": tenant.ErrNotFound, "denied": tenant.ErrDenied, "suspended": tenant.ErrSuspended,
		"unavailable": ErrUnavailable, "key_reused": tenant.ErrKeyReused,
	} {
		if errors.Is(err, sentinel) {
			return name
		}
	}
	return "other: " + err.Error()
}
