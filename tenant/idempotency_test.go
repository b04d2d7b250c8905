package tenant_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

// once carries out a request at most once: it writes a counter row and answers with a secret.
func once(ctx context.Context, i *tenanttest.Installation, c *tenanttest.Company, r tenant.IdempotentRequest, answer string, meanwhile func()) (got string, replayed bool, err error) {
	err = i.Tx(ctx, c.Company, ptr(tenant.System()), func(tx *tenant.Tx) error {
		if _, err := tenant.ListMembers(ctx, tx.Query); err != nil { // a snapshot from before the other request's commit
			return err
		}
		before, found, err := tx.Recall(ctx, r)
		if err != nil || found {
			got, replayed = string(before), found
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO company.counters (name, value) VALUES ('done', 1) ON DUPLICATE KEY UPDATE value = value + 1`); err != nil {
			return err
		}
		meanwhile()
		got, replayed = answer, false
		return tx.Remember(ctx, r, []byte(answer))
	})
	return got, replayed, err
}

func TestIdempotency(t *testing.T) {
	i := tenanttest.Open(t)
	acme, globex := i.Company(t, "acme"), i.Company(t, "globex")
	request := tenant.IdempotentRequest{Scope: "key_1 POST /v1/customers", Key: "k", Request: []byte(`{"name":"x"}`)}
	try := func(c *tenanttest.Company, r tenant.IdempotentRequest, answer, want string, wantReplay bool) {
		t.Helper()
		got, replayed, err := once(t.Context(), i, c, r, answer, func() {})
		if got != want || replayed != wantReplay || err != nil {
			t.Errorf("got %q, %v, %v, want %q, %v", got, replayed, err, want, wantReplay)
		}
	}
	other := func(change func(*tenant.IdempotentRequest)) tenant.IdempotentRequest {
		r := request
		change(&r)
		return r
	}
	const secret = "gx_live_the-secret-that-is-shown-once"
	try(acme, request, secret, secret, false)
	try(acme, request, "another", secret, true)
	try(globex, request, "globex", "globex", false)
	try(acme, other(func(r *tenant.IdempotentRequest) { r.Scope = "key_2 POST /v1/customers" }), "key 2", "key 2", false)
	try(acme, other(func(r *tenant.IdempotentRequest) { r.Key = "l" }), "l", "l", false)

	reused := other(func(r *tenant.IdempotentRequest) { r.Request = []byte(`{"name":"y"}`) })
	if _, _, err := once(t.Context(), i, acme, reused, "", func() {}); !errors.Is(err, tenant.ErrKeyReused) {
		t.Errorf("another body: got %v, want ErrKeyReused", err)
	}
	if n := count(t, i, acme, `SELECT value FROM company.counters WHERE name = 'done'`); n != 3 {
		t.Errorf("carried out %d times, want 3", n)
	}

	var rows [][]byte
	write(t, i, acme, func(tx *tenant.Tx) error {
		return tx.Select(t.Context(), &rows, `SELECT CONCAT(scope, request_hash, answer) FROM company.idempotency_keys`)
	})
	for _, row := range rows {
		if bytes.Contains(row, []byte("secret")) || bytes.Contains(row, []byte("name")) {
			t.Errorf("the row tells the answer or the request: %q", row)
		}
	}

	i.Clock.Advance(24 * time.Hour)
	try(acme, request, "next day", secret, true)
	i.Clock.Advance(time.Microsecond)
	try(acme, reused, "next day", "next day", false)
	try(acme, reused, "", "next day", true)
}

func TestIdempotencyIsUndoneWithTheRequest(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	r := tenant.IdempotentRequest{Scope: "s", Key: "k"}
	ctx, cancel := context.WithCancel(t.Context())
	if _, _, err := once(ctx, i, acme, r, "lost", cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got, replayed, err := once(t.Context(), i, acme, r, "kept", func() {}); got != "kept" || replayed || err != nil {
		t.Errorf("got %q, %v, %v", got, replayed, err)
	}
}

func TestSameKeyAtOnceWaitsAndReplays(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	r := tenant.IdempotentRequest{Scope: "s", Key: "k"}
	var second errgroup.Group
	got, replayed, err := once(t.Context(), i, acme, r, "first", func() {
		for range 3 {
			second.Go(func() error {
				got, replayed, err := once(t.Context(), i, acme, r, "second", func() {})
				if got != "first" || !replayed {
					t.Errorf("second: got %q, %v, want the first answer", got, replayed)
				}
				return err
			})
		}
		i.WaitForLock(t, acme.Schema, "idempotency_keys")
	})
	if got != "first" || replayed || err != nil {
		t.Errorf("first: got %q, %v, %v", got, replayed, err)
	}
	if err := second.Wait(); err != nil {
		t.Error(err)
	}
	if n := count(t, i, acme, `SELECT value FROM company.counters WHERE name = 'done'`); n != 1 {
		t.Errorf("carried out %d times, want once", n)
	}
}

// Requests with different keys have nothing to do with each other and must not deadlock over a gap.
func TestDifferentKeysDoNotMeet(t *testing.T) {
	i := tenanttest.Open(t)
	acme := i.Company(t, "acme")
	runs := 0
	for n := range 8 {
		r := tenant.IdempotentRequest{Scope: "s", Key: string(rune('a' + n))}
		write(t, i, acme, func(outer *tenant.Tx) error {
			runs++
			if _, _, err := outer.Recall(t.Context(), r); err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			r.Key += "inner"
			return i.Tx(ctx, acme.Company, ptr(tenant.System()), func(inner *tenant.Tx) error {
				runs++
				_, _, err := inner.Recall(ctx, r)
				return err
			})
		})
	}
	if runs != 16 {
		t.Errorf("%d attempts for 16 transactions", runs)
	}
}

func TestPlatformIdempotency(t *testing.T) {
	i := tenanttest.Open(t)
	r := tenant.IdempotentRequest{Scope: "signup", Key: "k", Request: []byte("a")}
	run := func(r tenant.IdempotentRequest) (answer []byte, found bool, err error) {
		err = i.Platform().Tx(t.Context(), func(p *tenant.Platform) (err error) {
			if answer, found, err = i.Recall(t.Context(), p, r); err != nil || found {
				return err
			}
			return i.Remember(t.Context(), p, r, []byte("answer"))
		})
		return answer, found, err
	}
	if _, found, err := run(r); found || err != nil {
		t.Errorf("first: %v, %v", found, err)
	}
	if answer, found, err := run(r); string(answer) != "answer" || !found || err != nil {
		t.Errorf("second: %q, %v, %v", answer, found, err)
	}
	r.Request = []byte("b")
	if _, _, err := run(r); !errors.Is(err, tenant.ErrKeyReused) {
		t.Errorf("another body: %v", err)
	}
}
