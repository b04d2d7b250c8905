package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// A refresh token is base64url of three parts: the session's id, 256 secret bits, and a tag that only this
// installation can make. The tag tells a token that was given out once, and whose use now is a theft, from
// one that somebody has invented: knowing a session's id must not be enough to end it.
//
// Each token's successor is computed from it, so that a client whose answer was lost gets the same one
// again although only hashes are kept.
const (
	idBytes, secretBytes, tagBytes = 16, 32, 16
	refreshBytes                   = idBytes + secretBytes + tagBytes
)

type refreshToken struct {
	session SessionID
	secret  [secretBytes]byte
}

// refresher makes and reads refresh tokens.
type refresher struct{ tagKey, nextKey []byte }

func newRefresher(d *tenant.Directory) (*refresher, error) {
	tag, err := d.Derive("refresh-token/tag")
	if err != nil {
		return nil, fmt.Errorf("refresh token key: %w", err)
	}
	next, err := d.Derive("refresh-token/next")
	if err != nil {
		return nil, fmt.Errorf("refresh token key: %w", err)
	}
	return &refresher{tagKey: tag, nextKey: next}, nil
}

// first returns a session's first token.
func (r *refresher) first(session SessionID) refreshToken {
	t := refreshToken{session: session}
	_, _ = rand.Read(t.secret[:]) // never fails
	return t
}

// successor returns the token that replaces t.
func (r *refresher) successor(t refreshToken) refreshToken {
	return refreshToken{session: t.session, secret: [secretBytes]byte(mac(r.nextKey, t.session[:], t.secret[:]))}
}

// text returns the token as the client keeps it.
func (r *refresher) text(t refreshToken) string {
	raw := append(append([]byte{}, t.session[:]...), t.secret[:]...)
	return base64.RawURLEncoding.EncodeToString(append(raw, mac(r.tagKey, raw)[:tagBytes]...))
}

// read returns the token of a text that this installation has given out at some time.
func (r *refresher) read(text string) (refreshToken, bool) {
	var t refreshToken
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != refreshBytes {
		return t, false
	}
	signed, tag := raw[:idBytes+secretBytes], raw[idBytes+secretBytes:]
	if !hmac.Equal(tag, mac(r.tagKey, signed)[:tagBytes]) {
		return t, false
	}
	copy(t.session[:], signed)
	copy(t.secret[:], signed[idBytes:])
	return t, true
}

// hash is what is stored of a token.
func (t refreshToken) hash() string {
	sum := sha256.Sum256(t.secret[:])
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}
