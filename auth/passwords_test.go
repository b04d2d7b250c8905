package auth

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
)

func TestPasswordRules(t *testing.T) {
	for name, c := range map[string]struct{ password, want string }{
		"good":                  {goodPassword, ""},
		"chinese":               {"关系管理系统好用", ""},
		"longest":               {strings.Repeat("长", 128) + strings.Repeat("a", 128), ""},
		"empty":                 {"", "password:required"},
		"short":                 {"seven77", "password:too_short"},
		"short in characters":   {"关系关系关系关", "password:too_short"},
		"too long":              {strings.Repeat("ab", 129), "password:too_long"},
		"too long in bytes":     {strings.Repeat("x", 1<<20), "password:too_long"},
		"common":                {"12345678", "password:too_common"},
		"common in other case":  {"PassWord123", "password:too_common"},
		"common with spaces":    {" woaini1314 ", "password:too_common"},
		"one letter repeated":   {"aaaaaaaaaaaa", "password:too_common"},
		"only spaces":           {"          ", "password:too_common"},
		"own e-mail":            {"Chen.Chen@Acme.example", "password:too_common"},
		"own name":              {"chen.chen", "password:too_common"},
		"own phone":             {"+8613800138000", "password:too_common"},
		"own phone as dialled":  {"13800138000", "password:too_common"},
		"similar to own e-mail": {"chen.chen@acme.example 2026", ""},
	} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, checkPassword(c.password, "chen.chen@acme.example", "+8613800138000"), c.want)
		})
	}
}

func TestPasswordMatches(t *testing.T) {
	p, err := newPasswords(cheap)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := p.hash(t.Context(), "café au lait")
	if err != nil {
		t.Fatal(err)
	}
	old, err := argon2id.CreateHash("café au lait", &argon2id.Params{Memory: 32, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		password, stored string
		ok, outdated     bool
	}{
		"right":                        {"café au lait", stored, true, false},
		"right in another composition": {"cafe\u0301 au lait", stored, true, false},
		"wrong":                        {"cafe au lait", stored, false, false},
		"right at an old cost":         {"café au lait", old, true, true},
		"nobody":                       {"café au lait", "", false, false},
		"nobody with the decoy":        {"a password that nobody has", "", false, false},
		"huge":                         {strings.Repeat("x", 1<<20), stored, false, false},
		"empty":                        {"", stored, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			ok, outdated, err := p.matches(t.Context(), c.password, c.stored)
			if err != nil || ok != c.ok || outdated != c.outdated {
				t.Errorf("got %v, %v, %v; want %v, %v", ok, outdated, err, c.ok, c.outdated)
			}
		})
	}
	if _, _, err := p.matches(t.Context(), "x", "not a hash"); err == nil {
		t.Error("a broken stored hash must be an error, not a mismatch")
	}
}

// What somebody's absence costs must be what their presence costs: the decoy has the same parameters.
func TestDecoyCostsTheSame(t *testing.T) {
	p, err := newPasswords(Hashing{MemoryKiB: 64, Passes: 3})
	if err != nil {
		t.Fatal(err)
	}
	params, _, _, err := argon2id.DecodeHash(p.decoy)
	if err != nil || *params != *p.params {
		t.Fatalf("decoy has %+v, %v; hashes have %+v", params, err, *p.params)
	}
}

func TestDefaultCost(t *testing.T) {
	p, err := newPasswords(Hashing{})
	if err != nil {
		t.Fatal(err)
	}
	if p.params.Memory != 64*1024 || p.params.Iterations != 2 || p.params.Parallelism != 2 {
		t.Errorf("got %+v", *p.params)
	}
}

func TestHashingTakesTurns(t *testing.T) {
	p, err := newPasswords(Hashing{MemoryKiB: 16, Passes: 1, Parallel: 2})
	if err != nil {
		t.Fatal(err)
	}
	// Both turns are taken: whoever comes waits, and gives up with their request.
	if err := p.turns.Acquire(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.hash(gone, goodPassword); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	hurried, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, _, err := p.matches(hurried, goodPassword, ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	var waiting sync.WaitGroup
	var done atomic.Int32
	for range 20 {
		waiting.Go(func() {
			if _, err := p.hash(t.Context(), goodPassword); err != nil {
				t.Error(err)
			}
			done.Add(1)
		})
	}
	if done.Load() != 0 {
		t.Error("a hash was made without a turn")
	}
	p.turns.Release(2)
	waiting.Wait()
}
