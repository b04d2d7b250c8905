package auth

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/tenant"
)

func (o *office) createKey(t *testing.T, as *tenant.Caller, in NewAPIKey) (k APIKey, err error) {
	t.Helper()
	err = o.tx(t, o.company, as, func(tx *tenant.Tx) (err error) {
		k, err = CreateAPIKey(t.Context(), tx, in)
		return err
	})
	return k, err
}

func (o *office) mustCreateKey(t *testing.T, in NewAPIKey) APIKey {
	t.Helper()
	k, err := o.createKey(t, o.admin, in)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (o *office) listKeys(t *testing.T, as *tenant.Caller) (all []APIKey) {
	t.Helper()
	if err := o.Read(t.Context(), o.company, as, func(q *tenant.Query) (err error) {
		all, err = ListAPIKeys(t.Context(), q)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func reading(name string) NewAPIKey {
	return NewAPIKey{Name: name, Scopes: []tenant.Permission{"customer:read"}}
}

func TestAPIKey(t *testing.T) {
	w := newWorld(t)
	o := newOffice(t, w, "chen@acme.example")
	k := o.mustCreateKey(t, NewAPIKey{Name: " Website form ", Scopes: []tenant.Permission{"customer:read", "customer:create", "customer:read"}})
	if k.Name != "Website form" || !strings.HasPrefix(k.Key, "gx_live_") || !strings.HasSuffix(k.Key, k.Last4) || k.Prefix != "gx_live_" {
		t.Errorf("%+v", k)
	}
	want := Identity{
		Kind: tenant.ByAPIKey, Member: o.admin.Member, Company: o.company.ID, Source: k.ID.String(),
		Scopes: []tenant.Permission{"customer:read", "customer:create"},
	}
	if diff := cmp.Diff(want, w.identity(t, k.Key)); diff != "" {
		t.Error(diff)
	}
	all := o.listKeys(t, o.admin)
	if len(all) != 1 || all[0].Key != "" || all[0].LastUsedAt == nil || !all[0].LastUsedAt.Equal(w.Clock.Now()) {
		t.Errorf("%+v", all)
	}
	var log []string
	if err := w.Read(t.Context(), o.company, o.admin, func(q *tenant.Query) error {
		return q.Select(t.Context(), &log, `SELECT data FROM company.changes`)
	}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.Join(log, ""), k.Key) {
		t.Error("the secret is in the change log")
	}
}

func TestAPIKeyBadInput(t *testing.T) {
	o := newOffice(t, newWorld(t), "chen@acme.example")
	past, far := o.Clock.Now(), o.Clock.Now().Add(longestKey+time.Hour)
	for name, c := range map[string]struct {
		in   NewAPIKey
		want string
	}{
		"no name":       {reading(" "), "name:required"},
		"no scope":      {NewAPIKey{Name: "x"}, "scopes:required"},
		"unknown scope": {NewAPIKey{Name: "x", Scopes: []tenant.Permission{"customer:read", "moon:land"}}, "scopes[1]:not_allowed"},
		"beyond rights": {NewAPIKey{Name: "x", Scopes: []tenant.Permission{"billing:update"}}, "scopes[0]:not_allowed"},
		"already over":  {NewAPIKey{Name: "x", Scopes: []tenant.Permission{"customer:read"}, ExpiresAt: &past}, "expires_at:out_of_range"},
		"too far away":  {NewAPIKey{Name: "x", Scopes: []tenant.Permission{"customer:read"}, ExpiresAt: &far}, "expires_at:out_of_range"},
		"first of two":  {reading("one"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := o.createKey(t, o.admin, c.in)
			wantCode(t, err, c.want)
		})
	}
	o.mustCreateKey(t, reading("two"))
	_, err := o.createKey(t, o.admin, reading("three"))
	wantCode(t, err, "quota:api_keys")
}

func TestAPIKeyRefused(t *testing.T) {
	w := newWorld(t)
	o := newOffice(t, w, "chen@acme.example")
	k := o.mustCreateKey(t, reading("x"))
	var nobody tenant.CompanyID
	nobody[0] = 1
	for name, text := range map[string]string{
		"prefix alone":       "gx_live_",
		"mistyped":           k.Key[:50] + "0" + k.Key[51:],
		"never made":         newKeyText(o.company.ID),
		"of another company": newKeyText(nobody),
		"huge":               "gx_live_" + strings.Repeat("a", 1<<16),
	} {
		_, err := w.Authenticate(t.Context(), text)
		if got := codeOf(err); got != "api_key_invalid" && text != k.Key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPIKeyRevoked(t *testing.T) {
	w := newWorld(t)
	o := newOffice(t, w, "chen@acme.example")
	other := w.another(t)
	k := o.mustCreateKey(t, reading("x"))
	waitFor(t, func() bool {
		n, err := w.cfg.Redis.PubSubNumSub(t.Context(), w.channel()).Result()
		return err == nil && n[w.channel()] == 2
	})
	w.identity(t, k.Key)
	if _, err := other.Authenticate(t.Context(), k.Key); err != nil {
		t.Fatal(err)
	}
	revoke := func(as *tenant.Caller) (hashes []KeyHash, err error) {
		err = o.tx(t, o.company, as, func(tx *tenant.Tx) (err error) {
			hashes, err = RevokeAPIKey(t.Context(), tx, k.ID)
			return err
		})
		return hashes, err
	}
	_, err := revoke(caller(tenant.NewMemberID(), tenant.LevelOwn))
	wantCode(t, err, "not_found")
	hashes, err := revoke(o.admin)
	if err != nil || len(hashes) != 1 {
		t.Fatalf("%v, %v", hashes, err)
	}
	w.ForgetAPIKeys(t.Context(), hashes...)
	_, err = w.Authenticate(t.Context(), k.Key)
	wantCode(t, err, "api_key_invalid")
	waitFor(t, func() bool {
		_, err := other.Authenticate(t.Context(), k.Key)
		return codeOf(err) == "api_key_invalid"
	})
	if hashes, err := revoke(o.admin); err != nil || len(hashes) != 0 {
		t.Errorf("again: %v, %v", hashes, err)
	}
	if all := o.listKeys(t, o.admin); len(all) != 1 || all[0].RevokedAt == nil {
		t.Errorf("%+v", all)
	}
	// Its place is free again.
	o.mustCreateKey(t, reading("two"))
	o.mustCreateKey(t, reading("three"))
}

func TestAPIKeyExpires(t *testing.T) {
	w := newWorld(t)
	o := newOffice(t, w, "chen@acme.example")
	at := w.Clock.Now().Add(time.Hour)
	k := o.mustCreateKey(t, NewAPIKey{Name: "x", Scopes: []tenant.Permission{"customer:read"}, ExpiresAt: &at})
	o.mustCreateKey(t, reading("stays"))
	w.identity(t, k.Key)
	w.Clock.Advance(time.Hour)
	_, err := w.Authenticate(t.Context(), k.Key)
	wantCode(t, err, "api_key_invalid")
	o.must(t, o.company, system(), func(tx *tenant.Tx) error {
		n, err := SweepAPIKeys(t.Context(), tx)
		if n != 1 {
			t.Errorf("swept %d", n)
		}
		return err
	})
	o.mustCreateKey(t, reading("in its place"))
}

func TestAPIKeyOfDeactivatedMember(t *testing.T) {
	w := newWorld(t)
	o := newOffice(t, w, "chen@acme.example")
	k := o.mustCreateKey(t, reading("x"))
	// Before any cache has seen it: the member's status is part of the look-up.
	w.setStatus(t, o.company, o.admin.Member, tenant.MemberDeactivated)
	_, err := w.Authenticate(t.Context(), k.Key)
	wantCode(t, err, "api_key_invalid")
	w.setStatus(t, o.company, o.admin.Member, tenant.MemberActive)
	w.identity(t, k.Key)
	var hashes []KeyHash
	o.must(t, o.company, system(), func(tx *tenant.Tx) (err error) {
		hashes, err = RevokeAPIKeysOf(t.Context(), tx, o.admin.Member)
		return err
	})
	w.ForgetAPIKeys(t.Context(), hashes...)
	_, err = w.Authenticate(t.Context(), k.Key)
	wantCode(t, err, "api_key_invalid")
}

func TestAPIKeyUseIsNotedOnceAMinute(t *testing.T) {
	w := newWorld(t)
	o := newOffice(t, w, "chen@acme.example")
	k := o.mustCreateKey(t, reading("x"))
	first := w.Clock.Now()
	use := func() time.Time {
		w.keys.InvalidateAll()
		w.identity(t, k.Key)
		return *o.listKeys(t, o.admin)[0].LastUsedAt
	}
	if at := use(); !at.Equal(first) {
		t.Errorf("noted %s", at)
	}
	w.Clock.Advance(usedEvery - time.Second)
	if at := use(); !at.Equal(first) {
		t.Errorf("noted again at %s", at)
	}
	w.Clock.Advance(time.Second)
	if at := use(); !at.Equal(w.Clock.Now()) {
		t.Errorf("not noted after a minute: %s", at)
	}
}

func TestAPIKeysOfOthers(t *testing.T) {
	w := newWorld(t)
	acme, globex := newOffice(t, w, "chen@acme.example"), newOffice(t, w, "hank@globex.example")
	k := acme.mustCreateKey(t, reading("x"))
	if all := acme.listKeys(t, caller(tenant.NewMemberID(), tenant.LevelOwn)); len(all) != 0 {
		t.Errorf("a colleague sees %+v", all)
	}
	if all := globex.listKeys(t, globex.admin); len(all) != 0 {
		t.Errorf("globex sees %+v", all)
	}
	err := globex.tx(t, globex.company, globex.admin, func(tx *tenant.Tx) error {
		_, err := RevokeAPIKey(t.Context(), tx, k.ID)
		return err
	})
	wantCode(t, err, "not_found")
}
