// Package patch holds the one type that bodies of PATCH requests are made of (JSON Merge Patch, RFC 7396):
// a field that is absent stays, null clears, a value sets. It knows nothing of what is patched.
package patch

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Field is one member of a merge patch. The zero Field is absent.
type Field[T any] struct {
	// Set says that the member was there at all, Null that it was null.
	Set, Null bool
	// Value is what it was; the zero T when it was null or absent.
	Value T
}

// Of returns a field that sets a value.
func Of[T any](v T) Field[T] { return Field[T]{Set: true, Value: v} }

// Null returns a field that clears.
func Null[T any]() Field[T] { return Field[T]{Set: true, Null: true} }

// Or returns what the member becomes: current when the field is absent, the zero T when it was null.
func (f Field[T]) Or(current T) T {
	if !f.Set {
		return current
	}
	return f.Value
}

// OrNull is Or for members that may be unset.
func (f Field[T]) OrNull(current *T) *T {
	switch {
	case !f.Set:
		return current
	case f.Null:
		return nil
	}
	return &f.Value
}

// IsZero reports whether the field is absent, so that the omitzero option leaves it out.
func (f Field[T]) IsZero() bool { return !f.Set }

// UnmarshalJSON implements json.Unmarshaler; it is called only for members that are there.
func (f *Field[T]) UnmarshalJSON(text []byte) error {
	*f = Field[T]{Set: true}
	if bytes.Equal(bytes.TrimSpace(text), []byte("null")) {
		f.Null = true
		return nil
	}
	return json.Unmarshal(text, &f.Value)
}

// MarshalJSON implements json.Marshaler.
func (f Field[T]) MarshalJSON() ([]byte, error) {
	if f.Null || !f.Set {
		return []byte("null"), nil
	}
	return json.Marshal(f.Value)
}

// Schema implements huma.SchemaProvider: the schema of T, or null. A T that is any has no type, which allows null already.
func (f Field[T]) Schema(r huma.Registry) *huma.Schema {
	schema := *huma.SchemaFromType(r, reflect.TypeFor[T]())
	schema.Nullable = schema.Type != ""
	return &schema
}
