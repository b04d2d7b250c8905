package plugins

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// FieldError names one wrong field of an install's settings and says the mend. It never repeats the value,
// which may be a secret.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// SettingsError lists everything wrong with an install's settings.
type SettingsError struct{ Fields []FieldError }

func (e *SettingsError) Error() string {
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Field + ": " + f.Message
	}
	return "settings: " + strings.Join(parts, "; ")
}

// Add notes one wrong field.
func (e *SettingsError) Add(field, format string, args ...any) {
	e.Fields = append(e.Fields, FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

// Err returns e, or nil when no field is wrong.
func (e *SettingsError) Err() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// DecodeSettings reads settings into into. It returns a *[SettingsError] for JSON that is broken, not an
// object, of a wrong type or with a field that into does not have.
func DecodeSettings(settings json.RawMessage, into any) error {
	dec := json.NewDecoder(bytes.NewReader(settings))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		if _, more := dec.Token(); more == io.EOF {
			return nil
		}
		err = errors.New("more than one JSON value")
	}
	wrong := &SettingsError{}
	var badType *json.UnmarshalTypeError
	switch unknown, isUnknown := strings.CutPrefix(err.Error(), "json: unknown field "); {
	case isUnknown:
		wrong.Add(strings.Trim(unknown, `"`), "is not a setting of this connector; remove it")
	case errors.As(err, &badType) && badType.Field != "":
		wrong.Add(badType.Field, "must be %s, not %s", jsonName(badType.Type.Kind().String()), badType.Value)
	default:
		wrong.Add("settings", "must be one JSON object")
	}
	return wrong
}

// jsonName turns a Go kind into the word a caller of the API knows.
func jsonName(kind string) string {
	switch kind {
	case "slice":
		return "an array"
	case "struct":
		return "an object"
	case "bool":
		return "true or false"
	}
	return "a " + kind
}

// mask stands in place of a secret.
const mask = "••••"

// Redact returns settings fit to show: a secret keeps its last four characters when it is long enough not to
// be guessed from them, and a secret that is no text is masked whole. Fields the connector does not know are
// masked too.
func (d Description) Redact(settings json.RawMessage) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(settings, &fields); err != nil {
		return nil, fmt.Errorf("redact settings of %s: %w", d.Kind, err)
	}
	public := make(map[string]bool)
	for _, s := range d.Settings {
		public[s.Name] = !s.Secret
	}
	shown := make(map[string]any, len(fields))
	for name, value := range fields {
		if public[name] {
			shown[name] = value
		} else {
			shown[name] = masked(value)
		}
	}
	return json.Marshal(shown)
}

func masked(value json.RawMessage) string {
	var secret string
	if json.Unmarshal(value, &secret) != nil || len(secret) < 16 {
		return mask
	}
	return mask + strings.ToValidUTF8(secret[len(secret)-4:], "")
}
