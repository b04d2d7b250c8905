package crm

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// moment is a place in a timeline, or in one source of it: what happened before it follows.
type moment struct {
	at  time.Time
	tie [16]byte
}

var (
	// lastTie is after everything that happened at a moment, firstTie before.
	lastTie  = [16]byte(bytes.Repeat([]byte{0xff}, 16))
	firstTie = [16]byte{}
	// theEnd is after everything that can happen.
	theEnd = moment{time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), lastTie}
)

// condition is true for rows before the moment, by a column with the time and one that breaks ties. It reads their key
// from the moment on.
func (m moment) condition(at, tie string) list.Condition {
	return list.Condition{SQL: fmt.Sprintf("%[1]s <= ? AND (%[1]s < ? OR %[2]s < ?)", at, tie), Args: []any{m.at, m.at, m.tie[:]}}
}

// numberedCondition is [moment.condition] for a table whose ids are numbers.
func (m moment) numberedCondition(at, id string) list.Condition {
	c := m.condition(at, id)
	c.Args[2] = binary.BigEndian.Uint64(m.tie[8:])
	if m.tie == lastTie {
		c.Args[2] = int64(math.MaxInt64)
	}
	return c
}

// position is a cursor.
type position struct {
	At    time.Time `json:"a"`
	Kind  string    `json:"k"`
	Tie   []byte    `json:"i"`
	Print []byte    `json:"p"`
}

// cursor is the place after what happened at a moment. kind is which of several sources it was of.
func (m moment) cursor(kind string, fingerprint []byte) (*string, error) {
	raw, err := json.Marshal(position{m.at, kind, m.tie[:], fingerprint})
	cursor := base64.RawURLEncoding.EncodeToString(raw)
	return &cursor, err
}

// momentOf reads a cursor that was made for the same fingerprint.
func momentOf(cursor string, fingerprint []byte) (m moment, kind string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	var at position
	if err != nil || json.Unmarshal(raw, &at) != nil || string(at.Print) != string(fingerprint) || len(at.Tie) != 16 || at.At.Year() < 1000 || at.At.After(theEnd.at) {
		return moment{}, "", tenant.Invalid("cursor", "invalid", "does not belong to what is asked for; start again without it")
	}
	return moment{at.At.UTC(), [16]byte(at.Tie)}, at.Kind, nil
}
