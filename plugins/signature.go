package plugins

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Standard Webhooks 1.0.0, symmetric signatures:
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
const (
	secretPrefix    = "whsec_"
	secretBytes     = 32
	minSecretBytes  = 24
	maxSecretBytes  = 64
	maxPrevious     = 10
	signatureScheme = "v1"
)

// ErrBadSecret is returned for text that is not a signing secret.
var ErrBadSecret = errors.New("signing secret must be whsec_ followed by 24 to 64 bytes in base64")

// HMACSHA256 returns the HMAC-SHA256 of message under key in padded standard base64, the form that all the
// channels sign in. They differ in what is the key and what is the message.
func HMACSHA256(key, message []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write(message)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// NewSecret returns a fresh signing secret of 32 random bytes.
func NewSecret() string {
	key := make([]byte, secretBytes)
	rand.Read(key) // never fails: it ends the program instead
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// SigningSecrets are an endpoint's secret and those that a rotation has retired but that receivers may still
// verify with.
type SigningSecrets struct {
	Current  string          `json:"secret"`
	Previous []RetiredSecret `json:"previous_secrets,omitempty"`
}

// RetiredSecret signs beside the current secret until its time is over.
type RetiredSecret struct {
	Secret string    `json:"secret"`
	Until  time.Time `json:"until"`
}

// Rotate makes next the current secret and lets the one before it sign along for overlap. Secrets whose time
// is over at now are dropped, and of the rest the ten latest are kept. The receiver s stays as it was.
func (s SigningSecrets) Rotate(next string, now time.Time, overlap time.Duration) SigningSecrets {
	rotated := SigningSecrets{Current: next}
	previous := append([]RetiredSecret{{Secret: s.Current, Until: now.Add(overlap)}}, s.Previous...)
	for _, p := range previous {
		if p.Until.After(now) && len(rotated.Previous) < maxPrevious {
			rotated.Previous = append(rotated.Previous, p)
		}
	}
	return rotated
}

// Sign returns the value of the webhook-signature header for the exact bytes of body: one signature by the
// current secret and one by each retired secret that is still good at the time at, separated by spaces. It
// returns an error that wraps [ErrBadSecret].
func (s SigningSecrets) Sign(id string, at time.Time, body []byte) (string, error) {
	secrets := []string{s.Current}
	for _, p := range s.Previous {
		if p.Until.After(at) {
			secrets = append(secrets, p.Secret)
		}
	}
	message := append(fmt.Appendf(nil, "%s.%d.", id, at.Unix()), body...)
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		key, err := decodeSecret(secret)
		if err != nil {
			return "", err
		}
		signatures[i] = signatureScheme + "," + HMACSHA256(key, message)
	}
	return strings.Join(signatures, " "), nil
}

// Validate returns an error that wraps [ErrBadSecret] when any of the secrets cannot sign.
func (s SigningSecrets) Validate() error {
	_, err := decodeSecret(s.Current)
	for _, p := range s.Previous {
		if _, bad := decodeSecret(p.Secret); bad != nil {
			err = bad
		}
	}
	return err
}

// decodeSecret returns the key of a secret: unlike Stripe's, the prefix is no part of it.
func decodeSecret(secret string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil || len(key) < minSecretBytes || len(key) > maxSecretBytes {
		return nil, ErrBadSecret // the cause would repeat a part of the secret
	}
	return key, nil
}
