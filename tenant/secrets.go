package tenant

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// MasterKey protects the keyset that encrypts everything secret in the databases. It is never stored there.
type MasterKey [32]byte

// ErrMasterKey is returned for a master key that is malformed or does not open this installation's keyset.
var ErrMasterKey = errors.New("master key")

// ParseMasterKey reads base64 of 32 bytes, as `openssl rand -base64 32` prints.
func ParseMasterKey(s string) (MasterKey, error) {
	var k MasterKey
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(raw) != len(k) {
		return k, fmt.Errorf("%w: want base64 of 32 bytes, for example from: openssl rand -base64 32", ErrMasterKey)
	}
	copy(k[:], raw)
	return k, nil
}

// NewMasterKey returns a fresh random key in its written form.
func NewMasterKey() string {
	var k MasterKey
	_, _ = rand.Read(k[:]) // never fails
	return base64.StdEncoding.EncodeToString(k[:])
}

// keyring encrypts and decrypts with the installation's keyset.
type keyring struct {
	primitive tink.AEAD
	master    MasterKey
}

// Derive returns 32 bytes for the purpose, different for each, from the master key: for signing tokens.
func (d *Directory) Derive(purpose string) ([]byte, error) {
	return hkdf.Key(sha256.New, d.keys.master[:], nil, "guanxi/"+purpose, 32)
}

// Seal encrypts a platform-wide secret under a purpose. Company secrets use [Query.Seal].
func (d *Directory) Seal(purpose string, secret []byte) ([]byte, error) {
	return d.keys.seal("platform/"+purpose, secret)
}

// Open decrypts what Seal made.
func (d *Directory) Open(purpose string, sealed []byte) ([]byte, error) {
	return d.keys.open("platform/"+purpose, sealed)
}

func (k *keyring) seal(context string, secret []byte) ([]byte, error) {
	return k.primitive.Encrypt(secret, []byte(context))
}

func (k *keyring) open(context string, sealed []byte) ([]byte, error) {
	return k.primitive.Decrypt(sealed, []byte(context))
}

// openKeyring loads the keyset from the control database, or makes it at the first start. Two processes
// that start at once agree, because the row's key is unique and the loser reads the winner's.
func openKeyring(ctx context.Context, p *Platform, master MasterKey) (*keyring, error) {
	wrap, err := hkdf.Key(sha256.New, master[:], nil, "guanxi/keyset", 32)
	if err != nil {
		return nil, err
	}
	kek, err := subtle.NewAESGCM(wrap)
	if err != nil {
		return nil, err
	}
	const row = "keyset"
	var stored []byte
	err = p.Get(ctx, &stored, `SELECT value FROM platform.settings WHERE name = ?`, row)
	if errors.Is(err, ErrNotFound) {
		if stored, err = newKeyset(kek); err != nil {
			return nil, err
		}
		var dup *DuplicateError
		_, err = p.Exec(ctx, `INSERT INTO platform.settings (name, value) VALUES (?, ?)`, row, stored)
		if errors.As(err, &dup) {
			err = p.Get(ctx, &stored, `SELECT value FROM platform.settings WHERE name = ?`, row)
		}
	}
	if schemaMissing(err) {
		return nil, ErrNotMigrated
	}
	if err != nil {
		return nil, fmt.Errorf("keyset: %w", err)
	}
	handle, err := keyset.Read(keyset.NewBinaryReader(bytes.NewReader(stored)), kek)
	if err != nil {
		return nil, fmt.Errorf("%w: it does not open this installation's keyset; set the GUANXI_MASTER_KEY that was used before", ErrMasterKey)
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, err
	}
	return &keyring{primitive: primitive, master: master}, nil
}

func newKeyset(kek tink.AEAD) ([]byte, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := handle.Write(keyset.NewBinaryWriter(&out), kek); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
