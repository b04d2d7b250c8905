package list

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// position is where a page ended.
type position struct {
	// Pass is the part of the list, Value the sort column's, as text; ID breaks ties.
	Pass  int    `json:"n,omitempty"`
	Value string `json:"v"`
	ID    []byte `json:"i"`
	// Print is the list's fingerprint.
	Print []byte `json:"p"`
}

func (p *Plan) continueAfter(cursor string) error {
	if cursor == "" {
		return nil
	}
	bad := tenant.Invalid("cursor", "invalid", "does not belong to this list; start again without it")
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return bad
	}
	var at position
	if json.Unmarshal(raw, &at) != nil || string(at.Print) != string(p.fingerprint) || len(at.ID) != 16 {
		return bad
	}
	if at.Pass < 0 || at.Pass >= len(p.passes) {
		return bad
	}
	// Whoever makes up a cursor gains nothing by it, but must not upset the database either.
	if _, err := at.value(p.passes[at.Pass].by.Kind); err != nil {
		return bad
	}
	p.pass, p.after = at.Pass, &at
	return nil
}

// value reads where the page ended, as the kind of the order's field.
func (at *position) value(kind Kind) (any, error) {
	switch kind {
	case Time:
		t, err := time.Parse(time.RFC3339Nano, at.Value)
		if err == nil && !storable(t) {
			err = strconv.ErrRange
		}
		return t.UTC(), err
	case Date:
		_, err := time.Parse(time.DateOnly, at.Value)
		return at.Value, err
	case Number, Bool:
		// Whole numbers stay exact; the database compares a text with a number as floating point.
		if n, err := strconv.ParseInt(at.Value, 10, 64); err == nil {
			return n, nil
		}
		n, err := strconv.ParseFloat(at.Value, 64)
		if math.IsNaN(n) || math.IsInf(n, 0) {
			err = strconv.ErrRange
		}
		return n, err
	default:
		return at.Value, nil
	}
}

// cursor marks the place after a row of a pass.
func (p *Plan) cursor(pass int, sortValue any, id [16]byte) *string {
	at := position{Pass: pass, Value: fmt.Sprint(sortValue), ID: id[:], Print: p.fingerprint}
	if t, ok := sortValue.(time.Time); ok {
		at.Value = t.UTC().Format(time.RFC3339Nano)
	}
	raw, err := json.Marshal(at)
	if err != nil {
		return nil // strings and bytes always marshal
	}
	text := base64.RawURLEncoding.EncodeToString(raw)
	return &text
}
