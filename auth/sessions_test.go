package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/golang-jwt/jwt/v5"

	"github.com/guanxi-crm/guanxi/tenant"
)

func TestAccessTokenRefused(t *testing.T) {
	w := newWorld(t)
	out := w.signUp(t, "chen@acme.example")
	who := w.identity(t, out.AccessToken)
	now := w.Clock.Now()
	forge := func(method jwt.SigningMethod, key any, change func(*jwt.Token, *claims)) string {
		c := claims{
			RegisteredClaims: jwt.RegisteredClaims{
				Issuer: issuer, Subject: who.Member.String(), ID: "x",
				IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(time.Minute)),
			},
			Company: who.Company.String(), Session: who.Source,
		}
		token := jwt.NewWithClaims(method, &c)
		token.Header["kid"] = w.signer.keyID
		change(token, &c)
		text, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	same := func(*jwt.Token, *claims) {}
	ours := w.signer.key
	if _, err := w.Authenticate(t.Context(), forge(jwt.SigningMethodHS256, ours, same)); err != nil {
		t.Fatalf("the pattern of the forgeries is not good itself: %v", err)
	}
	for name, c := range map[string]struct{ token, want string }{
		"empty":              {"", "token_invalid"},
		"nonsense":           {"a.b.c", "token_invalid"},
		"huge":               {strings.Repeat("a", 1<<16), "token_invalid"},
		"another key":        {forge(jwt.SigningMethodHS256, []byte("0123456789abcdef0123456789abcdef"), same), "token_invalid"},
		"another algorithm":  {forge(jwt.SigningMethodHS512, ours, same), "token_invalid"},
		"no algorithm":       {forge(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, same), "token_invalid"},
		"a replaced key":     {forge(jwt.SigningMethodHS256, ours, func(t *jwt.Token, _ *claims) { t.Header["kid"] = "old" }), "token_expired"},
		"no key id":          {forge(jwt.SigningMethodHS256, ours, func(t *jwt.Token, _ *claims) { delete(t.Header, "kid") }), "token_expired"},
		"another issuer":     {forge(jwt.SigningMethodHS256, ours, func(_ *jwt.Token, c *claims) { c.Issuer = "them" }), "token_invalid"},
		"no end":             {forge(jwt.SigningMethodHS256, ours, func(_ *jwt.Token, c *claims) { c.ExpiresAt = nil }), "token_invalid"},
		"expired":            {forge(jwt.SigningMethodHS256, ours, func(_ *jwt.Token, c *claims) { c.ExpiresAt = jwt.NewNumericDate(now.Add(-time.Second)) }), "token_expired"},
		"no session":         {forge(jwt.SigningMethodHS256, ours, func(_ *jwt.Token, c *claims) { c.Session = "" }), "token_invalid"},
		"broken member":      {forge(jwt.SigningMethodHS256, ours, func(_ *jwt.Token, c *claims) { c.Subject = "usr_1" }), "token_invalid"},
		"another company":    {forge(jwt.SigningMethodHS256, ours, func(_ *jwt.Token, c *claims) { c.Company = tenant.CompanyID{1}.String() }), "token_invalid"},
		"another member":     {forge(jwt.SigningMethodHS256, ours, func(_ *jwt.Token, c *claims) { c.Subject = tenant.NewMemberID().String() }), "token_invalid"},
		"an unknown session": {forge(jwt.SigningMethodHS256, ours, func(_ *jwt.Token, c *claims) { c.Session = SessionID{1}.String() }), "session_ended"},
		"a refresh token":    {out.RefreshToken, "token_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Authenticate(t.Context(), c.token)
			wantCode(t, err, c.want)
		})
	}
	w.Clock.Advance(accessLife)
	_, err := w.Authenticate(t.Context(), out.AccessToken)
	wantCode(t, err, "token_expired")
}

func TestRefresh(t *testing.T) {
	w := newWorld(t)
	out := w.signUp(t, "chen@acme.example")
	token := out.RefreshToken
	for range 5 {
		w.Clock.Advance(29 * 24 * time.Hour)
		tokens, err := w.Service.Refresh(t.Context(), token, Client{IP: "203.0.113.9", UserAgent: "later"})
		if err != nil {
			t.Fatal(err)
		}
		if tokens.RefreshToken == token {
			t.Fatal("the refresh token was not replaced")
		}
		w.identity(t, tokens.AccessToken)
		token = tokens.RefreshToken
	}
	sessions, err := w.ListSessions(t.Context(), Identity{Kind: tenant.ByMember, Member: out.User.ID})
	if err != nil || len(sessions) != 1 || sessions[0].IP != "203.0.113.9" || sessions[0].UserAgent != "later" {
		t.Errorf("sessions %+v, %v", sessions, err)
	}
	w.Clock.Advance(SessionLife)
	_, err = w.Service.Refresh(t.Context(), token, here)
	wantCode(t, err, "session_ended")
}

func TestRefreshReuse(t *testing.T) {
	w := newWorld(t)
	out := w.signUp(t, "chen@acme.example")
	other := w.signIn(t, "chen@acme.example")
	second, err := w.Service.Refresh(t.Context(), out.RefreshToken, here)
	if err != nil {
		t.Fatal(err)
	}
	// Its answer was lost: the same successor again.
	w.Clock.Advance(refreshGrace)
	repeated, err := w.Service.Refresh(t.Context(), out.RefreshToken, here)
	if err != nil || repeated.RefreshToken != second.RefreshToken {
		t.Fatalf("within the grace: %v", err)
	}
	w.identity(t, second.AccessToken)
	// A thief comes later.
	w.Clock.Advance(time.Millisecond)
	_, err = w.Service.Refresh(t.Context(), out.RefreshToken, here)
	wantCode(t, err, "refresh_token_reused")
	for name, token := range map[string]string{"first": out.AccessToken, "second": second.AccessToken, "repeated": repeated.AccessToken} {
		if _, err := w.Authenticate(t.Context(), token); codeOf(err) != "session_ended" {
			t.Errorf("the %s access token: %v", name, err)
		}
	}
	_, err = w.Service.Refresh(t.Context(), second.RefreshToken, here)
	wantCode(t, err, "session_ended")
	w.identity(t, other.AccessToken)
}

// The grace is for the token just replaced, not for older ones.
func TestRefreshReuseOfOlder(t *testing.T) {
	w := newWorld(t)
	out := w.signUp(t, "chen@acme.example")
	second, err := w.Service.Refresh(t.Context(), out.RefreshToken, here)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Service.Refresh(t.Context(), second.RefreshToken, here); err != nil {
		t.Fatal(err)
	}
	_, err = w.Service.Refresh(t.Context(), out.RefreshToken, here)
	wantCode(t, err, "refresh_token_reused")
}

func TestRefreshForged(t *testing.T) {
	w := newWorld(t)
	out := w.signUp(t, "chen@acme.example")
	raw, err := base64.RawURLEncoding.DecodeString(out.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		forged := append([]byte{}, raw...)
		forged[i] ^= 1
		_, err := w.Service.Refresh(t.Context(), base64.RawURLEncoding.EncodeToString(forged), here)
		wantCode(t, err, "session_ended")
	}
	for _, text := range []string{"", "x", "%%%", out.AccessToken, strings.Repeat("A", 1<<16)} {
		_, err := w.Service.Refresh(t.Context(), text, here)
		wantCode(t, err, "session_ended")
	}
	// Nobody who merely knows the session's id has ended it.
	w.identity(t, out.AccessToken)
	if _, err := w.Service.Refresh(t.Context(), out.RefreshToken, here); err != nil {
		t.Error(err)
	}
}

func TestRefreshAtOnce(t *testing.T) {
	w := newWorld(t)
	out := w.signUp(t, "chen@acme.example")
	services := []*Service{w.Service, w.another(t)}
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		seen = map[string]int{}
	)
	for i := range 20 {
		all.Go(func() {
			tokens, err := services[i%2].Refresh(context.Background(), out.RefreshToken, here)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			seen[tokens.RefreshToken]++
		})
	}
	all.Wait()
	if len(seen) != 1 {
		t.Fatalf("%d successors: %v", len(seen), seen)
	}
	for token := range seen {
		if _, err := w.Service.Refresh(t.Context(), token, here); err != nil {
			t.Error(err)
		}
	}
}

func TestRefreshTooOften(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Attempts.Refresh = redis_rate.PerHour(1) })
	out := w.signUp(t, "chen@acme.example")
	if _, err := w.Service.Refresh(t.Context(), out.RefreshToken, here); err != nil {
		t.Fatal(err)
	}
	_, err := w.Service.Refresh(t.Context(), out.RefreshToken, here)
	wantCode(t, err, "too_many_attempts")
}

func TestSessionsOfOnePerson(t *testing.T) {
	w := newWorld(t)
	first := w.signUp(t, "chen@acme.example")
	w.Clock.Advance(time.Minute)
	in := SignIn{Identifier: "chen@acme.example", Password: goodPassword, Device: strings.Repeat("机", 60)}
	second, err := w.SignIn(t.Context(), in, Client{IP: "203.0.113.9", UserAgent: "Mozilla/5.0"})
	if err != nil {
		t.Fatal(err)
	}
	stranger := w.signUp(t, "hank@globex.example")
	who := w.identity(t, second.AccessToken)
	list, err := w.ListSessions(t.Context(), who)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d sessions, %v", len(list), err)
	}
	current := list[0]
	if !current.Current || list[1].Current || current.ID.String() != who.Source || current.CompanyID != first.Company.ID ||
		current.IP != "203.0.113.9" || current.UserAgent != "Mozilla/5.0" || len(current.Device) > maxDevice ||
		!current.CreatedAt.Equal(w.Clock.Now()) || !current.ExpiresAt.Equal(w.Clock.Now().Add(SessionLife)) {
		t.Errorf("%+v", current)
	}

	theirs := w.identity(t, stranger.AccessToken)
	wantCode(t, w.EndSession(t.Context(), theirs, current.ID), "not_found")
	w.identity(t, second.AccessToken)
	if err := w.EndSession(t.Context(), who, list[1].ID); err != nil {
		t.Fatal(err)
	}
	_, err = w.Authenticate(t.Context(), first.AccessToken)
	wantCode(t, err, "session_ended")
	wantCode(t, w.EndSession(t.Context(), who, list[1].ID), "not_found")

	third := w.signIn(t, "chen@acme.example")
	w.identity(t, third.AccessToken)
	if n, err := w.EndOtherSessions(t.Context(), who); n != 1 || err != nil {
		t.Fatalf("ended %d, %v", n, err)
	}
	_, err = w.Authenticate(t.Context(), third.AccessToken)
	wantCode(t, err, "session_ended")
	if err := w.SignOut(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	_, err = w.Authenticate(t.Context(), second.AccessToken)
	wantCode(t, err, "session_ended")
	_, err = w.Service.Refresh(t.Context(), second.RefreshToken, here)
	wantCode(t, err, "session_ended")
	w.identity(t, stranger.AccessToken)
}

func TestSessionsAreNotForPrograms(t *testing.T) {
	w := newWorld(t)
	program := Identity{Kind: tenant.ByAPIKey, Source: "key_1"}
	_, list := w.ListSessions(t.Context(), program)
	_, others := w.EndOtherSessions(t.Context(), program)
	for name, err := range map[string]error{
		"list": list, "end others": others, "end": w.EndSession(t.Context(), program, SessionID{1}), "sign out": w.SignOut(t.Context(), program),
	} {
		if !errors.Is(err, tenant.ErrDenied) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Another process drops an ended session when the announcement arrives, long before its cache is old.
func TestRevocationReachesOtherProcesses(t *testing.T) {
	w := newWorld(t)
	other := w.another(t)
	out := w.signUp(t, "chen@acme.example")
	who := w.identity(t, out.AccessToken)
	waitFor(t, func() bool {
		n, err := w.cfg.Redis.PubSubNumSub(t.Context(), w.channel()).Result()
		return err == nil && n[w.channel()] == 2
	})
	if _, err := other.Authenticate(t.Context(), out.AccessToken); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	if err := w.SignOut(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool {
		_, err := other.Authenticate(t.Context(), out.AccessToken)
		return codeOf(err) == "session_ended"
	})
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	// Nonsense on the channel harms nobody.
	for _, payload := range []string{"", "session", "session x", "key zz", "key " + strings.Repeat("00", 100), "other thing"} {
		other.forget(strings.SplitN(payload+" ", " ", 2)[0], strings.TrimPrefix(payload, "key "))
	}
}

func TestDeactivatedMemberIsOut(t *testing.T) {
	w := newWorld(t)
	acme, globex := w.signUp(t, "chen@acme.example"), w.signUp(t, "hank@globex.example")
	company := w.company(t, acme)
	w.joinOther(t, globex.User, company)
	inAcme := w.signIn(t, "hank@globex.example")
	if inAcme.Company.ID != acme.Company.ID {
		t.Fatal("not signed in to acme")
	}
	w.identity(t, inAcme.AccessToken)
	w.setStatus(t, company, globex.User.ID, tenant.MemberDeactivated)

	// Even if the process was killed before it could end the sessions, they cannot be refreshed.
	stale := w.signIn(t, "hank@globex.example")
	if stale.Company.ID != globex.Company.ID {
		t.Fatal("signed in where the account is deactivated")
	}
	if err := w.EndSessionsOf(t.Context(), acme.Company.ID, globex.User.ID); err != nil {
		t.Fatal(err)
	}
	_, err := w.Authenticate(t.Context(), inAcme.AccessToken)
	wantCode(t, err, "session_ended")
	// Elsewhere the person stays signed in, and so does everybody else.
	w.identity(t, globex.AccessToken)
	w.identity(t, acme.AccessToken)
}

func TestRefreshOfDeactivatedMember(t *testing.T) {
	w := newWorld(t)
	out := w.signUp(t, "chen@acme.example")
	w.setStatus(t, w.company(t, out), out.User.ID, tenant.MemberDeactivated)
	_, err := w.Service.Refresh(t.Context(), out.RefreshToken, here)
	wantCode(t, err, "member_deactivated")
	_, err = w.Authenticate(t.Context(), out.AccessToken)
	wantCode(t, err, "session_ended")
}

// A suspension closes the company but ends no session: it may be lifted.
func TestRefreshWhileSuspended(t *testing.T) {
	w := newWorld(t)
	out := w.signUp(t, "chen@acme.example")
	if err := w.SetStatus(t.Context(), out.Company.ID, tenant.Suspended); err != nil {
		t.Fatal(err)
	}
	_, err := w.Service.Refresh(t.Context(), out.RefreshToken, here)
	wantCode(t, err, "suspended")
	if err := w.SetStatus(t.Context(), out.Company.ID, tenant.Active); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Service.Refresh(t.Context(), out.RefreshToken, here); err != nil {
		t.Error(err)
	}
}

func TestRedisWiped(t *testing.T) {
	w := newWorld(t)
	out := w.signUp(t, "chen@acme.example")
	wipe(t, w.cfg.Redis, w.cfg.KeyPrefix)
	fresh := w.another(t)
	_, err := fresh.Authenticate(t.Context(), out.AccessToken)
	wantCode(t, err, "session_ended")
	_, err = fresh.Refresh(t.Context(), out.RefreshToken, here)
	wantCode(t, err, "session_ended")
	if _, err := fresh.SignIn(t.Context(), SignIn{Identifier: "chen@acme.example", Password: goodPassword}, here); err != nil {
		t.Error(err)
	}
}

func TestRedisDown(t *testing.T) {
	w := newWorld(t)
	out := w.signUp(t, "chen@acme.example")
	w.cfg.Redis = unreachable(t)
	down := w.another(t)
	_, authenticate := down.Authenticate(t.Context(), out.AccessToken)
	_, refresh := down.Refresh(t.Context(), out.RefreshToken, here)
	_, signIn := down.SignIn(t.Context(), SignIn{Identifier: "chen@acme.example", Password: goodPassword}, here)
	who := w.identity(t, out.AccessToken)
	_, list := down.ListSessions(t.Context(), who)
	_, view := down.ViewInvitation(t.Context(), "x", here)
	for name, err := range map[string]error{
		"authenticate": authenticate, "refresh": refresh, "sign in": signIn, "list": list, "view": view,
		"sign out": down.SignOut(t.Context(), who), "end all": down.EndSessionsOf(t.Context(), who.Company, who.Member),
	} {
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Nothing was lost.
	w.identity(t, out.AccessToken)
}

func TestSessionsMakeRoom(t *testing.T) {
	w := newWorld(t)
	first := w.signUp(t, "chen@acme.example")
	company := w.company(t, first)
	for range maxSessions {
		w.Clock.Advance(time.Second)
		if _, _, err := w.startSession(t.Context(), company, person{ID: first.User.ID}, "password", here); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.Authenticate(t.Context(), first.AccessToken)
	wantCode(t, err, "session_ended")
	records, err := w.sessions.of(t.Context(), first.User.ID)
	if err != nil || len(records) != maxSessions {
		t.Errorf("%d sessions, %v", len(records), err)
	}
}
