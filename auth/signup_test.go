package auth

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/go-redis/redis_rate/v10"

	"github.com/guanxi-crm/guanxi/tenant"
)

func TestSignUp(t *testing.T) {
	w := newWorld(t)
	out, err := w.SignUp(t.Context(), signUpInput(" Chen@ACME.example "), here, "", nothingMore)
	if err != nil {
		t.Fatal(err)
	}
	who := w.identity(t, out.AccessToken)
	if who.Member != out.User.ID || who.Company != out.Company.ID || who.Kind != tenant.ByMember || who.Scopes != nil {
		t.Errorf("identity %+v of %+v", who, out)
	}
	if *out.User.Email != "chen@acme.example" || out.User.Name != "陈晨" || out.User.Status != tenant.MemberActive {
		t.Errorf("user %+v", out.User)
	}
	if out.Company.Name != "Acme" || out.Company.Plan != "free" || out.Company.Currency != "CNY" || out.Company.Locale != "en" {
		t.Errorf("company %+v", out.Company)
	}
	if len(out.Companies) != 1 || out.ExpiresIn != 900 || out.TokenType != "Bearer" {
		t.Errorf("answer %+v", out)
	}
	again := w.signIn(t, "CHEN@acme.example")
	if again.User.ID != out.User.ID {
		t.Errorf("signed in as %s, want %s", again.User.ID, out.User.ID)
	}
	// The admin takes a seat.
	one := &tenant.Caller{Kind: tenant.ByMember, Limits: map[tenant.Quota]int64{quotaSeats: 1}}
	err = w.tx(t, w.company(t, out), one, func(tx *tenant.Tx) error { return tx.Available(t.Context(), quotaSeats, 1) })
	wantCode(t, err, "quota:seats")
}

func TestSignUpBadInput(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		spoil func(*SignUp)
		want  string
	}{
		"no company name": {func(in *SignUp) { in.Company.Name = " " }, "company.name:required"},
		"no name":         {func(in *SignUp) { in.Name = "" }, "name:required"},
		"bad e-mail":      {func(in *SignUp) { in.Email = "chen" }, "email:invalid"},
		"bad password":    {func(in *SignUp) { in.Password = "12345678" }, "password:too_common"},
		"bad locale":      {func(in *SignUp) { in.Locale = "fr" }, "locale:unknown"},
		"bad zone":        {func(in *SignUp) { in.TimeZone = "Mars/Olympus" }, "timezone:unknown"},
		"server's zone":   {func(in *SignUp) { in.TimeZone = "Local" }, "timezone:unknown"},
		"path as zone":    {func(in *SignUp) { in.TimeZone = "../../etc/passwd" }, "timezone:unknown"},
		"everything": {func(in *SignUp) { *in = SignUp{} },
			"company.name:required name:required email:required password:required"},
	} {
		t.Run(name, func(t *testing.T) {
			in := signUpInput("chen@acme.example")
			c.spoil(&in)
			_, err := w.SignUp(t.Context(), in, here, "", nothingMore)
			wantCode(t, err, c.want)
		})
	}
	if n := w.countCompanies(t); n != 0 {
		t.Errorf("%d companies were begun", n)
	}
}

func (w *world) countCompanies(t *testing.T) (n int) {
	t.Helper()
	if err := w.Platform().Get(t.Context(), &n, `SELECT COUNT(*) FROM platform.companies`); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSignUpDefaults(t *testing.T) {
	w := newWorld(t)
	in := signUpInput("chen@acme.example")
	in.Locale, in.TimeZone = "", ""
	out, err := w.SignUp(t.Context(), in, here, "", nothingMore)
	if err != nil {
		t.Fatal(err)
	}
	if out.Company.Locale != "zh-CN" || out.Company.TimeZone != "Asia/Shanghai" || out.Company.Currency != "CNY" {
		t.Errorf("company %+v", out.Company)
	}
}

func TestSignUpTakenEmail(t *testing.T) {
	w := newWorld(t)
	w.signUp(t, "chen@acme.example")
	_, err := w.SignUp(t.Context(), signUpInput("Chen@Acme.example"), here, "", nothingMore)
	wantCode(t, err, "email_taken")
	if n := w.countCompanies(t); n != 1 {
		t.Errorf("%d companies, want 1", n)
	}
}

// A failure at any step leaves nothing that stands in the way of the same e-mail.
func TestSignUpCutOff(t *testing.T) {
	broken := errors.New("broken")
	for name, fail := range map[string]func(w *world, cancel func()) func(context.Context, *tenant.Tx, tenant.MemberID) error{
		"preparing fails": func(*world, func()) func(context.Context, *tenant.Tx, tenant.MemberID) error {
			return func(context.Context, *tenant.Tx, tenant.MemberID) error { return broken }
		},
		"the client goes away": func(_ *world, cancel func()) func(context.Context, *tenant.Tx, tenant.MemberID) error {
			return func(ctx context.Context, _ *tenant.Tx, _ tenant.MemberID) error { cancel(); return ctx.Err() }
		},
		"the same e-mail signs up meanwhile": func(w *world, _ func()) func(context.Context, *tenant.Tx, tenant.MemberID) error {
			return func(ctx context.Context, _ *tenant.Tx, member tenant.MemberID) error {
				email := "chen@acme.example"
				return addPerson(ctx, w.Platform(), person{ID: tenant.NewMemberID(), Email: &email, Locale: "en"})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if _, err := w.SignUp(ctx, signUpInput("chen@acme.example"), here, "", fail(w, cancel)); err == nil {
				t.Fatal("no error")
			}
			if n := w.countCompanies(t); n != 0 {
				t.Errorf("%d companies are left", n)
			}
			w.Clock.Advance(2 * abandonAfter)
			w.signUp(t, "chen@acme.example")
		})
	}
}

// A kill leaves the schema and the row of a company in the making: nobody sees it, and it blocks nobody.
func TestSignUpKilled(t *testing.T) {
	w := newWorld(t)
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		// Goexit leaves as a kill does: the transaction ends with its connection, no clean-up is run.
		_, _ = w.SignUp(context.Background(), signUpInput("chen@acme.example"), here, "a key of mine",
			func(context.Context, *tenant.Tx, tenant.MemberID) error { runtime.Goexit(); return nil })
	}()
	<-killed
	if n := w.countCompanies(t); n != 1 {
		t.Fatalf("%d companies in the making, want 1", n)
	}
	out := w.signUp(t, "chen@acme.example")
	if out.User.Email == nil {
		t.Fatal("no user")
	}
	if len(w.signIn(t, "chen@acme.example").Companies) != 1 {
		t.Error("the company in the making is visible")
	}
	w.Clock.Advance(time.Hour)
	if n, err := w.RemoveAbandoned(t.Context(), time.Minute); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	w.signIn(t, "chen@acme.example")
}

// waitFor polls what another goroutine is about to do.
func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain")
		}
	}
}

func TestSignUpRepeated(t *testing.T) {
	w := newWorld(t)
	in := signUpInput("chen@acme.example")
	first, err := w.SignUp(t.Context(), in, here, "key-1", nothingMore)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.SignUp(t.Context(), in, here, "key-1", func(context.Context, *tenant.Tx, tenant.MemberID) error {
		t.Error("a second company is made")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if again.Company != first.Company || again.User.ID != first.User.ID {
		t.Errorf("got %+v, want %+v", again, first)
	}
	if w.identity(t, again.AccessToken).Member != first.User.ID {
		t.Error("the repeated answer's token is not good")
	}
	in.Password = "another password here"
	_, err = w.SignUp(t.Context(), in, here, "key-1", nothingMore)
	wantCode(t, err, "key_reused")
	_, err = w.SignUp(t.Context(), signUpInput("chen@acme.example"), here, "key-2", nothingMore)
	wantCode(t, err, "email_taken")
	w.Clock.Advance(25 * time.Hour)
	_, err = w.SignUp(t.Context(), signUpInput("chen@acme.example"), here, "key-1", nothingMore)
	wantCode(t, err, "email_taken")
}

func TestSignUpRepeatedAtOnce(t *testing.T) {
	w := newWorld(t)
	var (
		all     sync.WaitGroup
		mu      sync.Mutex
		answers []SignedIn
	)
	for range 5 {
		all.Go(func() {
			out, err := w.SignUp(context.Background(), signUpInput("chen@acme.example"), here, "key-1", nothingMore)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			answers = append(answers, out)
		})
	}
	all.Wait()
	for _, a := range answers {
		if a.Company.ID != answers[0].Company.ID || a.User.ID != answers[0].User.ID {
			t.Errorf("two answers: %s and %s", a.Company.ID, answers[0].Company.ID)
		}
	}
	if n := w.countCompanies(t); n != 1 {
		t.Errorf("%d companies, want 1", n)
	}
}

func TestSignUpWithoutRedis(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Redis = unreachable(t) })
	_, err := w.SignUp(t.Context(), signUpInput("chen@acme.example"), here, "", nothingMore)
	wantCode(t, err, "unavailable")
}

func TestSignUpTooOften(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Attempts.SignUp = redis_rate.PerHour(1) })
	w.signUp(t, "chen@acme.example")
	_, err := w.SignUp(t.Context(), signUpInput("li@acme.example"), here, "", nothingMore)
	var many *TooManyAttemptsError
	if !errors.As(err, &many) || many.After <= 0 || many.After > time.Hour {
		t.Fatalf("got %v", err)
	}
	if _, err := w.SignUp(t.Context(), signUpInput("li@acme.example"), Client{IP: "203.0.113.8"}, "", nothingMore); err != nil {
		t.Errorf("another address is refused: %v", err)
	}
}
