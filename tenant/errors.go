package tenant

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"regexp"

	"github.com/go-sql-driver/mysql"
)

var (
	// ErrNotFound is returned when a row is not there, is another company's, or is out of the caller's scope.
	ErrNotFound = errors.New("not found")
	// ErrSuspended is returned for every request and job of a suspended company.
	ErrSuspended = errors.New("company is suspended")
	// ErrUnavailable is returned when the database cannot be reached; nothing was written.
	ErrUnavailable = errors.New("database unavailable")
	// ErrOutcomeUnknown is returned when the connection was lost during COMMIT: the change may or may not
	// have been kept. A retry with the same Idempotency-Key settles it.
	ErrOutcomeUnknown = errors.New("outcome of the commit is unknown")
	// ErrNotMigrated is returned when the platform's schema is not there or older than this program.
	ErrNotMigrated = errors.New("the databases are not prepared: run guanxi migrate")
	// ErrBusy is returned when a lock could not be had in time; nothing was written.
	ErrBusy = errors.New("record is locked by another change")
)

// DuplicateError is returned when a unique key refuses a row.
type DuplicateError struct {
	// Key is the name of the unique key in the schema.
	Key   string
	cause error
}

func (e *DuplicateError) Error() string { return "duplicate value for " + e.Key }
func (e *DuplicateError) Unwrap() error { return e.cause }

// MySQL error numbers that change what we do.
const (
	mysqlUnknownSchema = 1049
	mysqlUnknownTable  = 1146
	mysqlDuplicate     = 1062
	mysqlDeadlock      = 1213 // also a Galera certification failure, then possibly at COMMIT
	mysqlLockTimeout   = 1205
	mysqlNotReady      = 1047 // a Galera node that is out of its cluster
	mysqlShuttingDown  = 1053
	mysqlConnKilled    = 1927
	mysqlReadOnly      = 1290
	mysqlTooMany       = 1040 // connections
	mysqlWrongPassword = 1045
	mysqlWrongSocket   = 1698 // MariaDB: the user may come in another way only
	mysqlNotGranted    = 1044
	mysqlStaleRead     = 1020 // MariaDB with innodb_snapshot_isolation: the row changed after our snapshot
)

var duplicateKey = regexp.MustCompile(`for key '(?:[^'.]*\.)?([^']*)'$`)

// translate turns driver errors into this package's own, once, so that nobody above reads MySQL numbers.
func translate(err error) error {
	if err == nil || translated(err) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		switch my.Number {
		case mysqlDuplicate:
			key := ""
			if m := duplicateKey.FindStringSubmatch(my.Message); m != nil {
				key = m[1]
			}
			return &DuplicateError{Key: key, cause: err}
		case mysqlLockTimeout, mysqlDeadlock, mysqlStaleRead:
			return fmt.Errorf("%w: %w", ErrBusy, err)
		case mysqlWrongPassword, mysqlWrongSocket:
			return fmt.Errorf("the server knows no such user and password; check GUANXI_MYSQL_DSN: %w", err)
		case mysqlNotGranted:
			return fmt.Errorf("the user of GUANXI_MYSQL_DSN may not make our databases; grant it ALL on `gx\\_%%`.*: %w", err)
		}
	}
	if connectionLost(err) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// translated reports whether the error is this package's own already, perhaps wrapped by the code above,
// whose words must not be lost when it passes the end of a transaction.
func translated(err error) bool {
	var dup *DuplicateError
	if errors.As(err, &dup) {
		return true
	}
	for _, own := range []error{ErrNotFound, ErrBusy, ErrUnavailable, ErrOutcomeUnknown} {
		if errors.Is(err, own) {
			return true
		}
	}
	return false
}

// connectionLost reports whether the server could not be reached or went away.
func connectionLost(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		switch my.Number {
		case mysqlNotReady, mysqlShuttingDown, mysqlConnKilled, mysqlReadOnly, mysqlTooMany:
			return true
		}
		return false
	}
	var op *net.OpError
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.As(err, &op)
}

// worthRetrying reports whether the whole transaction may succeed when it is run again from its start.
func worthRetrying(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrOutcomeUnknown) {
		return false
	}
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		switch my.Number {
		case mysqlDeadlock, mysqlLockTimeout, mysqlStaleRead:
			return true
		}
	}
	return connectionLost(err)
}

// FieldError says what is wrong with one field and how to mend it. Message never repeats the value.
type FieldError struct {
	// Field is the path in the request as the client wrote it, as "due_at" or "rows[3].phone".
	Field string `json:"field" doc:"Where the mistake is: the path of the field in the request." example:"email"`
	// Code is stable, as "required" or "too_long".
	Code    string `json:"code" doc:"Stable code of the mistake." example:"invalid"`
	Message string `json:"message" doc:"What is wrong and how to mend it." example:"is not an e-mail address"`
	// At, Name and Known let a client say a mistake within a text, as a filter is, in words of its own.
	At    int      `json:"at,omitempty" doc:"Where in the text of the field the mistake is: the number of the character, from 1." example:"8"`
	Name  string   `json:"name,omitempty" doc:"What the mistake is about, as the field that a filter compares." example:"lifecycle"`
	Known []string `json:"known,omitempty" doc:"What may stand there." example:"[\"potential\",\"interested\"]"`
}

// InvalidError is returned for input that cannot be accepted as it is. Nothing was written.
type InvalidError struct{ Fields []FieldError }

func (e *InvalidError) Error() string {
	if len(e.Fields) == 0 {
		return "invalid input"
	}
	return "invalid input: " + e.Fields[0].Field + " " + e.Fields[0].Message
}

// Add records one more mistake.
func (e *InvalidError) Add(field, code, message string) {
	e.Fields = append(e.Fields, FieldError{Field: field, Code: code, Message: message})
}

// Err returns e when it holds a mistake, else nil.
func (e *InvalidError) Err() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// Invalid returns an *InvalidError with one mistake.
func Invalid(field, code, message string) error {
	return &InvalidError{Fields: []FieldError{{Field: field, Code: code, Message: message}}}
}

// ConflictError is returned for a request that is right in itself but not in the state things are in.
type ConflictError struct {
	// Code is stable, as "illegal_lifecycle_move"; Message says what stands against it and what can be done.
	Code, Message string
}

func (e *ConflictError) Error() string { return e.Message }

var (
	// ErrStale is returned when a record was changed since the version that the caller saw.
	ErrStale = errors.New("record was changed by somebody else")
	// ErrDenied is returned when the caller may not do this at all.
	ErrDenied = errors.New("not allowed")
)

// schemaMissing reports whether a schema or table that every installation has is not there.
func schemaMissing(err error) bool {
	var my *mysql.MySQLError
	return errors.As(err, &my) && (my.Number == mysqlUnknownSchema || my.Number == mysqlUnknownTable)
}
