package crm

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// These are kept as JSON columns.
type (
	stringList   []string
	linkList     []Link
	memberList   []tenant.MemberID
	fieldOptions []FieldOption
	bulkFailures []BulkFailure
	// Those of contacts.
	contactPhones   []ContactPhone
	contactEmails   []ContactEmail
	postalAddresses []PostalAddress
)

// Value implements driver.Valuer.
func (l contactPhones) Value() (driver.Value, error) { return jsonColumn([]ContactPhone(l)) }

// Scan implements sql.Scanner.
func (l *contactPhones) Scan(src any) error { return scanJSON(src, (*[]ContactPhone)(l)) }

// Value implements driver.Valuer.
func (l contactEmails) Value() (driver.Value, error) { return jsonColumn([]ContactEmail(l)) }

// Scan implements sql.Scanner.
func (l *contactEmails) Scan(src any) error { return scanJSON(src, (*[]ContactEmail)(l)) }

// Value implements driver.Valuer.
func (l postalAddresses) Value() (driver.Value, error) { return jsonColumn([]PostalAddress(l)) }

// Scan implements sql.Scanner.
func (l *postalAddresses) Scan(src any) error { return scanJSON(src, (*[]PostalAddress)(l)) }

// Value implements driver.Valuer.
func (l fieldOptions) Value() (driver.Value, error) { return jsonColumn([]FieldOption(l)) }

// Scan implements sql.Scanner.
func (l *fieldOptions) Scan(src any) error { return scanJSON(src, (*[]FieldOption)(l)) }

// Value implements driver.Valuer.
func (l FieldLabel) Value() (driver.Value, error) {
	text, err := json.Marshal(l)
	return string(text), err
}

// Scan implements sql.Scanner.
func (l *FieldLabel) Scan(src any) error { return scanJSON(src, l) }

// Value implements driver.Valuer.
func (l stringList) Value() (driver.Value, error) { return jsonColumn([]string(l)) }

// Scan implements sql.Scanner.
func (l *stringList) Scan(src any) error { return scanJSON(src, (*[]string)(l)) }

// Value implements driver.Valuer.
func (l linkList) Value() (driver.Value, error) { return jsonColumn([]Link(l)) }

// Scan implements sql.Scanner.
func (l *linkList) Scan(src any) error { return scanJSON(src, (*[]Link)(l)) }

// Value implements driver.Valuer.
func (l memberList) Value() (driver.Value, error) { return jsonColumn([]tenant.MemberID(l)) }

// Scan implements sql.Scanner.
func (l *memberList) Scan(src any) error { return scanJSON(src, (*[]tenant.MemberID)(l)) }

// Value implements driver.Valuer.
func (l bulkFailures) Value() (driver.Value, error) { return jsonColumn([]BulkFailure(l)) }

// Scan implements sql.Scanner.
func (l *bulkFailures) Scan(src any) error { return scanJSON(src, (*[]BulkFailure)(l)) }

func jsonColumn[T any](list []T) (driver.Value, error) {
	if list == nil {
		return "[]", nil
	}
	text, err := json.Marshal(list)
	return string(text), err
}

func scanJSON(src, dest any) error {
	text, ok := src.([]byte)
	if !ok {
		return fmt.Errorf("cannot scan %T as JSON", src)
	}
	return json.Unmarshal(text, dest)
}
