package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/guanxi-crm/guanxi/tenant"
)

// accessLife is how long an access token is good for, unless its session ends before.
const accessLife = 15 * time.Minute

const issuer = "guanxi"

// signer makes and checks access tokens: JWT with HS256, whatever a token says of its own algorithm.
type signer struct {
	// key signs; keyID names it, so that tokens of a replaced key are told apart from forged ones.
	key    []byte
	keyID  string
	parser *jwt.Parser
	now    func() time.Time
}

// claims are what an access token says. sub is the member.
type claims struct {
	jwt.RegisteredClaims
	Company string `json:"cid"`
	Session string `json:"sid"`
}

// access is an access token that was read and believed.
type access struct {
	session SessionID
	owner   sessionOwner
}

func newSigner(d *tenant.Directory, now func() time.Time) (*signer, error) {
	key, err := d.Derive("access-token")
	if err != nil {
		return nil, fmt.Errorf("access token key: %w", err)
	}
	sum := sha256.Sum256(key)
	return &signer{
		key: key, keyID: hex.EncodeToString(sum[:4]), now: now,
		parser: jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(issuer),
			jwt.WithExpirationRequired(), jwt.WithTimeFunc(now)),
	}, nil
}

func (s *signer) sign(session SessionID, owner sessionOwner) (string, error) {
	now := s.now()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Subject: owner.member.String(), ID: rand.Text(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(accessLife)),
		},
		Company: owner.company.String(), Session: session.String(),
	})
	token.Header["kid"] = s.keyID
	return token.SignedString(s.key)
}

var errUnknownKey = errors.New("signed with a key that is not in use")

// read returns what a token says, or one of the refusals.
func (s *signer) read(text string) (access, error) {
	var c claims
	_, err := s.parser.ParseWithClaims(text, &c, func(t *jwt.Token) (any, error) {
		if t.Header["kid"] != s.keyID {
			return nil, errUnknownKey
		}
		return s.key, nil
	})
	switch {
	case errors.Is(err, jwt.ErrTokenExpired), errors.Is(err, errUnknownKey):
		return access{}, errTokenExpired
	case err != nil:
		return access{}, errTokenInvalid
	}
	var a access
	err = errors.Join(a.session.UnmarshalText([]byte(c.Session)),
		a.owner.member.UnmarshalText([]byte(c.Subject)), a.owner.company.UnmarshalText([]byte(c.Company)))
	if err != nil || a.session.IsZero() || a.owner.member.IsZero() || a.owner.company.IsZero() {
		return access{}, errTokenInvalid
	}
	return a, nil
}
