package tenant

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// Kind names what an [ID] identifies; its prefix stands before the underscore, as in cus_01h….
type Kind interface{ Prefix() string }

// ID is a time-ordered, unguessable identifier (UUIDv7). It is stored as BINARY(16) and written as
// prefix_base32, the TypeID form. The zero ID means "none": it is stored as NULL, null in JSON and empty in other text.
type ID[K Kind] [16]byte

// ErrBadID is returned for text that is not an identifier of the wanted kind.
var ErrBadID = errors.New("not a valid id")

// NewID returns a fresh identifier. Identifiers made later sort later, to the millisecond.
func NewID[K Kind]() ID[K] {
	return ID[K](uuid.Must(uuid.NewV7()))
}

// ParseID reads the written form. It returns an error that wraps ErrBadID and names the wanted prefix.
func ParseID[K Kind](s string) (ID[K], error) {
	var id ID[K]
	err := id.UnmarshalText([]byte(s))
	return id, err
}

// FormatID writes an identifier whose kind is known only as its prefix; the zero one is empty.
func FormatID(prefix string, id RecordID) string {
	if id.IsZero() {
		return ""
	}
	return prefix + "_" + encodeID(id)
}

// SplitID reads an identifier of any kind. It returns an error that wraps ErrBadID.
func SplitID(s string) (prefix string, id RecordID, err error) {
	prefix, suffix, found := strings.Cut(s, "_")
	raw, ok := decodeID(suffix)
	if !found || prefix == "" || !ok || raw == [16]byte{} {
		return "", RecordID{}, fmt.Errorf("%w: want a prefix, _ and 26 characters", ErrBadID)
	}
	return prefix, raw, nil
}

// IsZero reports whether the identifier is "none".
func (id ID[K]) IsZero() bool { return id == ID[K]{} }

// String returns the written form.
func (id ID[K]) String() string {
	if id.IsZero() {
		return ""
	}
	var k K
	return k.Prefix() + "_" + encodeID(id)
}

// MarshalText implements encoding.TextMarshaler.
func (id ID[K]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// MarshalJSON writes the zero ID as null, as every other value that is not set. Reading null leaves the zero ID.
func (id ID[K]) MarshalJSON() ([]byte, error) {
	if id.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + id.String() + `"`), nil
}

// UnmarshalText implements encoding.TextUnmarshaler; empty text is the zero ID.
func (id *ID[K]) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID[K]{}
		return nil
	}
	var k K
	suffix, found := strings.CutPrefix(string(text), k.Prefix()+"_")
	if !found {
		return fmt.Errorf("%w: want one that starts with %s_", ErrBadID, k.Prefix())
	}
	raw, ok := decodeID(suffix)
	if !ok || raw == [16]byte{} {
		return fmt.Errorf("%w: want %s_ and 26 characters", ErrBadID, k.Prefix())
	}
	*id = raw
	return nil
}

// Value implements driver.Valuer: 16 bytes, or NULL for the zero ID.
func (id ID[K]) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil //nolint:nilnil // NULL
	}
	return id[:], nil
}

// Scan implements sql.Scanner.
func (id *ID[K]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = ID[K]{}
		return nil
	case []byte:
		if len(v) == 16 {
			copy(id[:], v)
			return nil
		}
	}
	return fmt.Errorf("%w: cannot scan %T", ErrBadID, src)
}

// base32 is Crockford's alphabet in lower case, as TypeID fixes it: 26 digits hold 130 bits, of which
// the first two are always zero.
const base32 = "0123456789abcdefghjkmnpqrstvwxyz"

func encodeID(raw [16]byte) string {
	var out [26]byte
	bits, acc, at := 2, 0, 0
	for _, b := range raw {
		acc = acc<<8 | int(b)
		for bits += 8; bits >= 5; at++ {
			bits -= 5
			out[at] = base32[acc>>bits&31]
		}
		acc &= 1<<bits - 1
	}
	return string(out[:])
}

func decodeID(s string) (raw [16]byte, ok bool) {
	if len(s) != 26 || s[0] > '7' {
		return raw, false
	}
	acc, bits, at := 0, -2, 0
	for i := range len(s) {
		digit := strings.IndexByte(base32, s[i])
		if digit < 0 {
			return raw, false
		}
		acc = acc<<5 | digit
		if bits += 5; bits >= 8 {
			bits -= 8
			raw[at] = byte(acc >> bits)
			at++
			acc &= 1<<bits - 1
		}
	}
	return raw, true
}

// The kinds that package tenant itself owns. Packages above declare theirs beside the noun.
type (
	companyKind struct{}
	memberKind  struct{}
	eventKind   struct{}
	recordKind  struct{}

	// CompanyID identifies a company (com_…).
	CompanyID = ID[companyKind]
	// MemberID identifies a person in every company they belong to (usr_…).
	MemberID = ID[memberKind]
	// EventID identifies one event for ever, also across delivery retries (evt_…).
	EventID = ID[eventKind]
	// RecordID is any record's identifier where the kind is told beside it (rec_…).
	RecordID = ID[recordKind]
)

func (companyKind) Prefix() string { return "com" }
func (memberKind) Prefix() string  { return "usr" }
func (eventKind) Prefix() string   { return "evt" }
func (recordKind) Prefix() string  { return "rec" }

// NewEventID returns a fresh event id.
func NewEventID() EventID { return NewID[eventKind]() }

// NewMemberID returns a fresh id for a person.
func NewMemberID() MemberID { return NewID[memberKind]() }

// ParseCompanyID reads a company's id.
func ParseCompanyID(s string) (CompanyID, error) { return ParseID[companyKind](s) }

// ParseMemberID reads a person's id.
func ParseMemberID(s string) (MemberID, error) { return ParseID[memberKind](s) }
