package tenant

import (
	"database/sql/driver"
	"fmt"
	"slices"
)

// Cause is a chain of rules, each set off by what the one before it changed. It stands in one column, 16 bytes a rule.
type Cause []RecordID

// MaxCause is how many rules a chain may have.
const MaxCause = 5

// Has reports whether the rule is part of the chain.
func (c Cause) Has(rule RecordID) bool { return slices.Contains(c, rule) }

// Then returns the chain with one more rule.
func (c Cause) Then(rule RecordID) Cause { return append(slices.Clone(c), rule) }

// Value implements driver.Valuer.
func (c Cause) Value() (driver.Value, error) {
	raw := make([]byte, 0, len(c)*len(RecordID{}))
	for _, rule := range c {
		raw = append(raw, rule[:]...)
	}
	return raw, nil
}

// Scan implements sql.Scanner.
func (c *Cause) Scan(src any) error {
	const width = len(RecordID{})
	raw, ok := src.([]byte)
	if !ok || len(raw)%width != 0 {
		return fmt.Errorf("cause: cannot scan %T", src)
	}
	*c = nil
	for rule := range slices.Chunk(raw, width) {
		*c = append(*c, RecordID(rule))
	}
	return nil
}
