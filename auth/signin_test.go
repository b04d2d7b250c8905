package auth

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/go-redis/redis_rate/v10"
	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/tenant"
)

// unreachable returns a client of a Redis that is down.
func unreachable(t *testing.T) redis.UniversalClient {
	t.Helper()
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: t.TempDir() + "/none.sock", MaxRetries: -1, DialerRetries: 1})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestSignInRefused(t *testing.T) {
	w := newWorld(t)
	acme := w.signUp(t, "chen@acme.example")
	globex := w.signUp(t, "hank@globex.example")
	for name, c := range map[string]struct {
		in   SignIn
		want string
	}{
		"wrong password":    {SignIn{Identifier: "chen@acme.example", Password: "wrong horse battery"}, "invalid_credentials"},
		"unknown e-mail":    {SignIn{Identifier: "nobody@acme.example", Password: goodPassword}, "invalid_credentials"},
		"unknown phone":     {SignIn{Identifier: "13800138000", Password: goodPassword}, "invalid_credentials"},
		"no address at all": {SignIn{Identifier: "' OR 1=1 --", Password: goodPassword}, "invalid_credentials"},
		"empty":             {SignIn{}, "invalid_credentials"},
		"huge password":     {SignIn{Identifier: "chen@acme.example", Password: strings.Repeat("x", 1<<20)}, "invalid_credentials"},
		"other company":     {SignIn{Identifier: "chen@acme.example", Password: goodPassword, CompanyID: globex.Company.ID}, "company_id:unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.SignIn(t.Context(), c.in, here)
			wantCode(t, err, c.want)
		})
	}
	_, err := w.SignIn(t.Context(), SignIn{Identifier: "chen@acme.example", Password: "wrong horse battery"}, here)
	if !errors.Is(err, ErrUnauthenticated) {
		t.Errorf("%v is not ErrUnauthenticated", err)
	}
	w.setStatus(t, w.company(t, acme), acme.User.ID, tenant.MemberDeactivated)
	_, err = w.SignIn(t.Context(), SignIn{Identifier: "chen@acme.example", Password: goodPassword}, here)
	wantCode(t, err, "member_deactivated")
	if err := w.SetStatus(t.Context(), globex.Company.ID, tenant.Suspended); err != nil {
		t.Fatal(err)
	}
	_, err = w.SignIn(t.Context(), SignIn{Identifier: "hank@globex.example", Password: goodPassword}, here)
	wantCode(t, err, "suspended")
}

func TestSignInTooOften(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.Attempts.Account = redis_rate.Limit{Rate: 3, Burst: 3, Period: time.Hour}
		c.Attempts.AccountEverywhere = redis_rate.Limit{Rate: 7, Burst: 7, Period: time.Hour}
	})
	w.signUp(t, "chen@acme.example")
	try := func(password, ip string) error {
		_, err := w.SignIn(t.Context(), SignIn{Identifier: "chen@acme.example", Password: password}, Client{IP: ip})
		return err
	}
	for range 2 {
		wantCode(t, try("wrong horse battery", "203.0.113.1"), "invalid_credentials")
	}
	if err := try(goodPassword, "203.0.113.1"); err != nil {
		t.Fatalf("the third attempt is allowed: %v", err)
	}
	// A success clears the count of that address.
	for range 3 {
		wantCode(t, try("wrong horse battery", "203.0.113.1"), "invalid_credentials")
	}
	wantCode(t, try(goodPassword, "203.0.113.1"), "too_many_attempts")
	// From elsewhere the person can still get in, until all addresses together are too many.
	if err := try(goodPassword, "203.0.113.2"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, try(goodPassword, "203.0.113.3"), "too_many_attempts")
}

// Ten wrong passwords lock an account from where they came, for a quarter of an hour, and its person is told.
func TestLockOut(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Attempts.Account = redis_rate.Limit{} })
	acme := w.signUp(t, "chen@acme.example")
	try := func(identifier, password, ip string) error {
		_, err := w.SignIn(t.Context(), SignIn{Identifier: identifier, Password: password, Device: "a laptop"}, Client{IP: ip})
		w.background.wait()
		return err
	}
	for _, identifier := range []string{"chen@acme.example", "nobody@acme.example"} {
		for range 10 {
			wantCode(t, try(identifier, "wrong horse battery", "203.0.113.1"), "invalid_credentials")
		}
		var locked *TooManyAttemptsError
		if err := try(identifier, goodPassword, "203.0.113.1"); !errors.As(err, &locked) || !locked.Locked || locked.After < 14*time.Minute || locked.After > 15*time.Minute {
			t.Errorf("%s: %v, %+v", identifier, err, locked)
		}
	}
	// Nobody locks anybody out: elsewhere the person gets in, and their devices stay signed in.
	if err := try("chen@acme.example", goodPassword, "203.0.113.2"); err != nil {
		t.Error(err)
	}
	w.identity(t, acme.AccessToken)
	company := w.company(t, acme)
	mails := w.mails(t, company)
	if len(mails) != 1 || mails[0].Subject != "Sign-in locked after wrong passwords" || !strings.Contains(mails[0].Text, "(a laptop)") {
		t.Errorf("%+v", mails)
	}
	// A second lock within the hour is recorded, and not mailed again.
	for range 10 {
		wantCode(t, try("chen@acme.example", "wrong horse battery", "203.0.113.3"), "invalid_credentials")
	}
	events := map[string]int{}
	for _, e := range w.recorded(t, company) {
		events[e]++
	}
	want := map[string]int{
		"signed_in sign_up test": 1, "signed_in password a laptop": 1,
		"sign_in_refused password a laptop": 18, "sign_in_locked password a laptop": 2,
	}
	if diff := cmp.Diff(want, events); diff != "" || len(w.mails(t, company)) != 1 {
		t.Errorf("%d mails, events %s", len(w.mails(t, company)), diff)
	}
}

func TestALockEnds(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Attempts.Account = redis_rate.Limit{Burst: 2, Period: 300 * time.Millisecond} })
	w.signUp(t, "chen@acme.example")
	try := func(password string) string {
		_, err := w.SignIn(t.Context(), SignIn{Identifier: "chen@acme.example", Password: password}, here)
		return codeOf(err)
	}
	for range 2 {
		if got := try("wrong horse battery"); got != "invalid_credentials" {
			t.Fatal(got)
		}
	}
	began := time.Now()
	for got := try(goodPassword); got != ""; got = try(goodPassword) {
		if got != "too_many_attempts" || time.Since(began) > 10*time.Second {
			t.Fatalf("%s after %s", got, time.Since(began))
		}
	}
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("the lock ended after %s", took)
	}
}

// agePassword stores a person's password at a cost that is not today's.
func (w *world) agePassword(t *testing.T, who tenant.MemberID) {
	t.Helper()
	old, err := argon2id.CreateHash(goodPassword, &argon2id.Params{Memory: 32, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Platform().Exec(t.Context(), `UPDATE platform.people SET password_hash = ? WHERE id = ?`, old, who); err != nil {
		t.Fatal(err)
	}
}

func TestSignInRenewsOldHash(t *testing.T) {
	w := newWorld(t)
	out := w.signUp(t, "chen@acme.example")
	w.agePassword(t, out.User.ID)
	stale, err := w.findPerson(t.Context(), address{email: "chen@acme.example"})
	if err != nil {
		t.Fatal(err)
	}
	w.signIn(t, "chen@acme.example")
	who, err := w.findPerson(t.Context(), address{email: "chen@acme.example"})
	if err != nil {
		t.Fatal(err)
	}
	params, _, _, err := argon2id.DecodeHash(who.PasswordHash)
	if err != nil || params.Memory != cheap.MemoryKiB {
		t.Errorf("the hash is still %+v, %v", params, err)
	}
	// Two that sign in at once both get in; whose password was changed meanwhile does not.
	if hash, err := w.renewHash(t.Context(), stale, goodPassword); hash != who.PasswordHash || err != nil {
		t.Errorf("renewed twice: %q, %v", hash, err)
	}
	_, err = w.renewHash(t.Context(), stale, nextPassword)
	wantCode(t, err, "invalid_credentials")
	app, _ := w.enrol(t, w.identity(t, w.signIn(t, "chen@acme.example").AccessToken))
	w.agePassword(t, out.User.ID)
	if _, err := w.finish(t, TOTPSignIn{Challenge: w.challenged(t, "chen@acme.example"), Code: app.next(t)}); err != nil {
		t.Errorf("the code after an old hash: %v", err)
	}
}

// Who got in, by what and where, is written down in the company that they entered.
func TestSignInsAreRecorded(t *testing.T) {
	w := newWorld(t)
	acme := w.signUp(t, "chen@acme.example")
	who := w.identity(t, acme.AccessToken)
	if _, err := w.SignIn(t.Context(), SignIn{Identifier: "chen@acme.example", Password: goodPassword, Device: "a laptop"}, here); err != nil {
		t.Fatal(err)
	}
	app, recovery := w.enrol(t, who)
	for _, in := range []TOTPSignIn{{Code: app.next(t)}, {RecoveryCode: recovery[0]}, {Code: "000000"}} {
		in.Challenge = w.challenged(t, "chen@acme.example")
		if _, err := w.finish(t, in); err != nil && in.Code != "000000" {
			t.Fatal(err)
		}
	}
	company := w.company(t, acme)
	want := []string{
		"signed_in sign_up test", "signed_in password a laptop", "totp_enabled test", "signed_in code laptop", "signed_in recovery_code laptop",
		"sign_in_refused code test",
	}
	if diff := cmp.Diff(want, w.recorded(t, company)); diff != "" {
		t.Error(diff)
	}
	var member tenant.Member
	if err := w.Read(t.Context(), company, system(), func(q *tenant.Query) (err error) {
		member, err = tenant.GetMember(t.Context(), q, who.Member)
		return err
	}); err != nil || member.LastActiveAt == nil || !member.LastActiveAt.Equal(w.Clock.Now()) {
		t.Errorf("last active %v, %v", member.LastActiveAt, err)
	}
}

// join makes the person of one company an active member of another.
func (w *world) joinOther(t *testing.T, who tenant.Member, other *tenant.Company) {
	t.Helper()
	w.must(t, other, system(), func(tx *tenant.Tx) error {
		_, err := tenant.AddMember(t.Context(), tx, tenant.Member{ID: who.ID, Name: who.Name, Email: who.Email, Locale: "en"})
		return err
	})
	w.Clock.Advance(time.Second)
	if err := addMembership(t.Context(), w.Platform(), who.ID, other.ID); err != nil {
		t.Fatal(err)
	}
}

func TestSeveralCompanies(t *testing.T) {
	w := newWorld(t)
	acme, globex := w.signUp(t, "chen@acme.example"), w.signUp(t, "hank@globex.example")
	w.joinOther(t, acme.User, w.company(t, globex))

	latest := w.signIn(t, "chen@acme.example")
	if latest.Company.ID != globex.Company.ID || len(latest.Companies) != 2 {
		t.Fatalf("without a wish: %s of %d", latest.Company.ID, len(latest.Companies))
	}
	chosen, err := w.SignIn(t.Context(), SignIn{Identifier: "chen@acme.example", Password: goodPassword, CompanyID: acme.Company.ID}, here)
	if err != nil || chosen.Company.ID != acme.Company.ID {
		t.Fatalf("with a wish: %s, %v", chosen.Company.ID, err)
	}

	who := w.identity(t, chosen.AccessToken)
	switched, err := w.Switch(t.Context(), who, globex.Company.ID, here)
	if err != nil || switched.Company.ID != globex.Company.ID {
		t.Fatalf("switch: %s, %v", switched.Company.ID, err)
	}
	if got := w.identity(t, switched.AccessToken).Company; got != globex.Company.ID {
		t.Errorf("the switched token is for %s", got)
	}
	// The old session ends by itself: the client has new tokens.
	w.identity(t, chosen.AccessToken)
	w.Clock.Advance(accessLife)
	_, err = w.Service.Refresh(t.Context(), chosen.RefreshToken, here)
	wantCode(t, err, "session_ended")
	if _, err := w.Service.Refresh(t.Context(), switched.RefreshToken, here); err != nil {
		t.Error(err)
	}

	for name, c := range map[string]struct {
		to   tenant.CompanyID
		want string
	}{
		"nowhere":         {tenant.CompanyID{}, "company_id:required"},
		"unknown company": {tenant.CompanyID{1}, "company_id:unknown"},
	} {
		_, err := w.Switch(t.Context(), who, c.to, here)
		if got := codeOf(err); got != c.want {
			t.Errorf("%s: got %s", name, got)
		}
	}
	w.setStatus(t, w.company(t, globex), acme.User.ID, tenant.MemberDeactivated)
	_, err = w.Switch(t.Context(), who, globex.Company.ID, here)
	wantCode(t, err, "denied")
	_, err = w.Switch(t.Context(), Identity{Kind: tenant.ByAPIKey}, globex.Company.ID, here)
	wantCode(t, err, "denied")
	// What is closed is not offered, and sign-in goes where the person may go.
	if again := w.signIn(t, "chen@acme.example"); again.Company.ID != acme.Company.ID || len(again.Companies) != 1 {
		t.Errorf("signed in to %s of %d", again.Company.ID, len(again.Companies))
	}
}

// A company that stands still keeps nobody out of their others.
func TestOneOfSeveralCompaniesIsSuspended(t *testing.T) {
	w := newWorld(t)
	acme, globex := w.signUp(t, "chen@acme.example"), w.signUp(t, "hank@globex.example")
	company := w.company(t, acme)
	w.joinOther(t, acme.User, w.company(t, globex))
	if err := w.SetStatus(t.Context(), globex.Company.ID, tenant.Suspended); err != nil {
		t.Fatal(err)
	}
	signIn := func(to tenant.CompanyID) (SignedIn, error) {
		return w.SignIn(t.Context(), SignIn{Identifier: "chen@acme.example", Password: goodPassword, CompanyID: to}, here)
	}
	for name, to := range map[string]tenant.CompanyID{"without a wish": {}, "with a wish": acme.Company.ID} {
		if in, err := signIn(to); err != nil || in.Company.ID != acme.Company.ID || len(in.Companies) != 1 {
			t.Errorf("%s: %s of %d, %v", name, in.Company.ID, len(in.Companies), err)
		}
	}
	_, err := signIn(globex.Company.ID)
	wantCode(t, err, "suspended")
	who := w.identity(t, acme.AccessToken)
	if _, err := w.Switch(t.Context(), who, acme.Company.ID, here); err != nil {
		t.Errorf("switch: %v", err)
	}
	if err := w.ChangePhone(t.Context(), who, "+86 138 0013 8000", "zh-CN", goodPassword, here); err != nil {
		t.Errorf("phone: %v", err)
	}
	w.forgot(t, "chen@acme.example")
	if mails := w.mails(t, company); len(mails) != 1 {
		t.Errorf("forgotten password: %d mails", len(mails))
	}
	w.Clock.Advance(2 * abandonAfter)
	w.setStatus(t, company, acme.User.ID, tenant.MemberDeactivated)
	_, err = w.SignUp(t.Context(), signUpInput("chen@acme.example"), here, "", nothingMore)
	wantCode(t, err, "email_taken")
	_, err = w.SignUp(t.Context(), signUpInput("hank@globex.example"), here, "", nothingMore)
	wantCode(t, err, "email_taken")
}

// A lost answer to a switch signs nobody out: the old session comes back to full life when it is refreshed.
func TestSwitchAnswerLost(t *testing.T) {
	w := newWorld(t)
	acme, globex := w.signUp(t, "chen@acme.example"), w.signUp(t, "hank@globex.example")
	w.joinOther(t, acme.User, w.company(t, globex))
	if _, err := w.Switch(t.Context(), w.identity(t, acme.AccessToken), globex.Company.ID, here); err != nil {
		t.Fatal(err)
	}
	tokens, err := w.Service.Refresh(t.Context(), acme.RefreshToken, here)
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(24 * time.Hour)
	if _, err := w.Service.Refresh(t.Context(), tokens.RefreshToken, here); err != nil {
		t.Error(err)
	}
}
