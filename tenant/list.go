package tenant

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// List keeps a short list of texts in one column, as JSON.
type List[T ~string] []T

// Value implements driver.Valuer.
func (l List[T]) Value() (driver.Value, error) {
	text, err := json.Marshal(append([]T{}, l...))
	return string(text), err
}

// Scan implements sql.Scanner.
func (l *List[T]) Scan(src any) error {
	text, ok := src.([]byte)
	if !ok {
		return fmt.Errorf("list column: cannot scan %T", src)
	}
	return json.Unmarshal(text, l)
}
