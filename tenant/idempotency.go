package tenant

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"
)

// idempotencyLife is how long an answer is kept for replay.
const idempotencyLife = 24 * time.Hour

// ErrKeyReused is returned when an idempotency key comes again with another request.
var ErrKeyReused = errors.New("idempotency key was used for another request")

// IdempotentRequest identifies a request that must not be carried out twice.
type IdempotentRequest struct {
	// Scope is the credential and route within which the key is unique.
	Scope string
	// Key is what the client sent, Request the bytes of what it asked for.
	Key     string
	Request []byte
}

func (r IdempotentRequest) hashes() (scope, request []byte) {
	s, q := sha256.Sum256([]byte(r.Scope+"\x00"+r.Key)), sha256.Sum256(r.Request)
	return s[:], q[:]
}

// Recall registers the request in this transaction, or returns the answer that it was given before.
// A second request that comes while the first is under way waits for it. It returns ErrKeyReused when the
// key was used for something else.
func (tx *Tx) Recall(ctx context.Context, r IdempotentRequest) (answer []byte, found bool, err error) {
	return recall(ctx, tx, "company", tx.Now, r, func(sealed []byte) ([]byte, error) { return tx.Open("idempotency", sealed) })
}

// Remember keeps the answer for a request that Recall registered.
func (tx *Tx) Remember(ctx context.Context, r IdempotentRequest, answer []byte) error {
	sealed, err := tx.Seal("idempotency", answer)
	if err != nil {
		return err
	}
	scope, _ := r.hashes()
	_, err = tx.Exec(ctx, `UPDATE company.idempotency_keys SET answer = ? WHERE scope = ?`, sealed, scope)
	return err
}

// Recall is [Tx.Recall] for requests that have no company yet.
func (d *Directory) Recall(ctx context.Context, p *Platform, r IdempotentRequest) (answer []byte, found bool, err error) {
	return recall(ctx, p, "platform", p.Now(), r, func(sealed []byte) ([]byte, error) { return d.Open("idempotency", sealed) })
}

// Remember is [Tx.Remember] for requests that have no company yet.
func (d *Directory) Remember(ctx context.Context, p *Platform, r IdempotentRequest, answer []byte) error {
	sealed, err := d.Seal("idempotency", answer)
	if err != nil {
		return err
	}
	scope, _ := r.hashes()
	_, err = p.Exec(ctx, `UPDATE platform.idempotency_keys SET answer = ? WHERE scope = ?`, sealed, scope)
	return err
}

// execGetter is what the company's and the platform's transactions have in common here.
type execGetter interface {
	execer
	Get(ctx context.Context, dest any, statement string, args ...any) error
}

func recall(ctx context.Context, on execGetter, schema string, now time.Time, r IdempotentRequest,
	open func([]byte) ([]byte, error),
) ([]byte, bool, error) {
	scope, request := r.hashes()
	table := schema + `.idempotency_keys`
	// Insert first: deleting an expired row that is not there would lock the gap and make strangers deadlock.
	var dup *DuplicateError
	_, err := on.Exec(ctx, `INSERT INTO `+table+` (scope, request_hash, created_at) VALUES (?, ?, ?)`, scope, request, now)
	if err == nil || !errors.As(err, &dup) {
		return nil, false, err
	}
	var row struct {
		Request   []byte    `db:"request_hash"`
		Answer    []byte    `db:"answer"`
		CreatedAt time.Time `db:"created_at"`
	}
	// FOR UPDATE, because a plain read may look at a snapshot from before the other request's commit.
	if err := on.Get(ctx, &row, `SELECT request_hash, answer, created_at FROM `+table+` WHERE scope = ? FOR UPDATE`, scope); err != nil {
		return nil, false, err
	}
	if row.CreatedAt.Before(now.Add(-idempotencyLife)) {
		_, err := on.Exec(ctx, `UPDATE `+table+` SET request_hash = ?, answer = NULL, created_at = ? WHERE scope = ?`, request, now, scope)
		return nil, false, err
	}
	if string(row.Request) != string(request) {
		return nil, false, ErrKeyReused
	}
	if row.Answer == nil {
		return nil, false, nil
	}
	answer, err := open(row.Answer)
	return answer, err == nil, err
}
