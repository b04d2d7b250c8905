package auth

import (
	"context"
	_ "embed"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/sync/semaphore"
	"golang.org/x/text/unicode/norm"

	"github.com/guanxi-crm/guanxi/tenant"
)

// Hashing is what one password hash costs. Hashes made at another cost are renewed at the next sign-in.
type Hashing struct {
	// MemoryKiB and Passes are argon2id's m and t; 0 means 65536 (64 MiB) and 2.
	MemoryKiB, Passes uint32
	// Parallel bounds the hashes that are computed at once and thereby the memory; 0 means one for each
	// processor, between 2 and 8.
	Parallel int
}

// hashWait is how long a sign-in waits for its turn before it is told to come back.
const hashWait = 5 * time.Second

// Lengths of a password in characters.
const (
	minPassword = 8
	maxPassword = 256
)

// passwords hashes and checks passwords, a few at a time.
type passwords struct {
	params *argon2id.Params
	turns  *semaphore.Weighted
	// decoy is checked for people who do not exist, so that their absence cannot be timed.
	decoy string
}

func newPasswords(cost Hashing) (*passwords, error) {
	params := &argon2id.Params{Memory: cost.MemoryKiB, Iterations: cost.Passes, Parallelism: 2, SaltLength: 16, KeyLength: 32}
	if params.Memory == 0 {
		params.Memory = 64 * 1024
	}
	if params.Iterations == 0 {
		params.Iterations = 2
	}
	if cost.Parallel == 0 {
		cost.Parallel = min(max(runtime.NumCPU(), 2), 8)
	}
	decoy, err := argon2id.CreateHash("a password that nobody has", params)
	if err != nil {
		return nil, fmt.Errorf("password hash: %w", err)
	}
	return &passwords{params: params, turns: semaphore.NewWeighted(int64(cost.Parallel)), decoy: decoy}, nil
}

// hash returns the stored form of a password. It must not be called within a transaction: it takes long.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	if err := p.takeTurn(ctx); err != nil {
		return "", err
	}
	defer p.turns.Release(1)
	return argon2id.CreateHash(norm.NFC.String(password), p.params)
}

// matches reports whether the password is the stored one, and whether its hash ought to be renewed. An
// empty hash stands for a person who does not exist: it costs the same and never matches.
func (p *passwords) matches(ctx context.Context, password, stored string) (ok, outdated bool, err error) {
	known := stored != ""
	if !known {
		stored = p.decoy
	}
	if len(password) > maxPassword*utf8.UTFMax {
		password, known = "", false
	}
	if err := p.takeTurn(ctx); err != nil {
		return false, false, err
	}
	defer p.turns.Release(1)
	ok, params, err := argon2id.CheckHash(norm.NFC.String(password), stored)
	if err != nil {
		return false, false, fmt.Errorf("stored password hash: %w", err)
	}
	return ok && known, *params != *p.params, nil
}

func (p *passwords) takeTurn(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	if p.turns.Acquire(waiting, 1) == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: too many sign-ins at once", ErrUnavailable)
}

//go:embed common_passwords.txt
var commonPasswordsText string

var commonPasswords = func() map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(commonPasswordsText) {
		set[strings.TrimSpace(line)] = true
	}
	return set
}()

// checkPassword returns *tenant.InvalidError for a password that is too short, too long, one of the most
// common, or one of the person's own addresses.
func checkPassword(password string, addresses ...string) error {
	refuse := func(code, message string) error { return tenant.Invalid("password", code, message) }
	// Bytes first: normalising and counting a megabyte of text is work that a stranger could ask for.
	if len(password) > maxPassword*utf8.UTFMax {
		return refuse("too_long", fmt.Sprintf("must have at most %d characters", maxPassword))
	}
	password = norm.NFC.String(password)
	switch length := utf8.RuneCountInString(password); {
	case length == 0:
		return refuse("required", "is required")
	case length < minPassword:
		return refuse("too_short", fmt.Sprintf("must have at least %d characters", minPassword))
	case length > maxPassword:
		return refuse("too_long", fmt.Sprintf("must have at most %d characters", maxPassword))
	}
	plain := strings.ToLower(strings.TrimSpace(password))
	first, size := utf8.DecodeRuneInString(plain)
	if commonPasswords[plain] || size == 0 || strings.Trim(plain, string(first)) == "" {
		return refuse("too_common", "is one of the first that attackers try; choose another")
	}
	for _, address := range addresses {
		local, _, _ := strings.Cut(address, "@")
		if address != "" && (plain == address || plain == local || plain == strings.TrimPrefix(address, "+86")) {
			return refuse("too_common", "must not be your own address; choose another")
		}
	}
	return nil
}
