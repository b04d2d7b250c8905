package crm

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// FormToken is what a form's address ends with: the company whose form it is, and 96 bits that nobody guesses. It is
// written in 38 letters; the table holds the bits alone.
type FormToken struct {
	Company tenant.CompanyID
	bits    [12]byte
}

func newFormToken(company tenant.CompanyID) FormToken {
	t := FormToken{Company: company}
	_, _ = rand.Read(t.bits[:]) // never fails
	return t
}

// ParseFormToken reads a token, or returns ErrNotFound for what cannot be one.
func ParseFormToken(text string) (FormToken, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != 28 {
		return FormToken{}, fmt.Errorf("form: %w", tenant.ErrNotFound)
	}
	return FormToken{tenant.CompanyID(raw[:16]), [12]byte(raw[16:])}, nil
}

// String writes the token as addresses have it.
func (t FormToken) String() string {
	return base64.RawURLEncoding.EncodeToString(append(t.Company[:], t.bits[:]...))
}

// MarshalText implements encoding.TextMarshaler.
func (t FormToken) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *FormToken) UnmarshalText(text []byte) (err error) {
	*t, err = ParseFormToken(string(text))
	return err
}

// Value implements driver.Valuer.
func (t FormToken) Value() (driver.Value, error) { return t.bits[:], nil }

// Scan implements sql.Scanner.
func (t *FormToken) Scan(src any) error {
	raw, ok := src.([]byte)
	if !ok || len(raw) != len(t.bits) {
		return fmt.Errorf("form token: cannot scan %T", src)
	}
	t.bits = [12]byte(raw)
	return nil
}

// A stamp says when a page was given out. Programs that fill forms in are faster than people, and bring pages along
// that are old.
const (
	stampPurpose = "form stamp"
	fastestFill  = 2 * time.Second
	stampLife    = 24 * time.Hour
)

// stampNonce tells one page from all others.
type stampNonce [16]byte

func (f *Form) newStamp(q *tenant.Query) (string, error) {
	secret := binary.BigEndian.AppendUint64(f.ID[:], uint64(q.Now.UnixMilli()))
	var nonce stampNonce
	_, _ = rand.Read(nonce[:])
	sealed, err := q.Seal(stampPurpose, append(secret, nonce[:]...))
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// openStamp returns which page of the form's the stamp is of, or *tenant.InvalidError for one that we have not made, that
// is too old, or that is so young that nobody can have written anything.
func (f *Form) openStamp(q *tenant.Query, stamp string) (stampNonce, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(stamp)
	if err != nil {
		return stampNonce{}, errStampInvalid
	}
	secret, err := q.Open(stampPurpose, sealed)
	if err != nil || len(secret) != 40 || FormID(secret[:16]) != f.ID {
		return stampNonce{}, errStampInvalid
	}
	age := q.Now.Sub(time.UnixMilli(int64(binary.BigEndian.Uint64(secret[16:]))))
	switch {
	case age < fastestFill:
		return stampNonce{}, tenant.Invalid("stamp", "too_fast", "is younger than anybody needs for the form; wait two seconds and send it again")
	case age > stampLife:
		return stampNonce{}, tenant.Invalid("stamp", "expired", "is older than a day; load the form again")
	}
	return stampNonce(secret[24:]), nil
}

var errStampInvalid = tenant.Invalid("stamp", "invalid", "is not the one that came with the form; load the form again")
