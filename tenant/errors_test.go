package tenant

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"
)

func TestTranslate(t *testing.T) {
	number := func(n uint16) error { return &mysql.MySQLError{Number: n, Message: "m"} }
	other := errors.New("other")
	for name, c := range map[string]struct {
		err, want error
		retry     bool
	}{
		"no rows":            {sql.ErrNoRows, ErrNotFound, false},
		"deadlock":           {number(1213), ErrBusy, true},
		"lock wait":          {number(1205), ErrBusy, true},
		"stale snapshot":     {number(1020), ErrBusy, true},
		"Galera not ready":   {number(1047), ErrUnavailable, true},
		"shutting down":      {number(1053), ErrUnavailable, true},
		"killed":             {number(1927), ErrUnavailable, true},
		"read only":          {number(1290), ErrUnavailable, true},
		"too many":           {number(1040), ErrUnavailable, true},
		"bad connection":     {driver.ErrBadConn, ErrUnavailable, true},
		"invalid connection": {mysql.ErrInvalidConn, ErrUnavailable, true},
		"refused":            {&net.OpError{Op: "dial", Err: other}, ErrUnavailable, true},
		"unknown schema":     {number(1049), number(1049), false},
		"cancelled":          {context.Canceled, context.Canceled, false},
		"other":              {other, other, false},
	} {
		got := translate(fmt.Errorf("wrapped: %w", c.err))
		want := c.want
		if my := new(mysql.MySQLError); errors.As(want, &my) {
			want = my
		}
		if !errors.Is(got, want) && !errors.Is(got, c.err) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
		for _, own := range []error{ErrNotFound, ErrBusy, ErrUnavailable} {
			if errors.Is(got, own) != errors.Is(c.want, own) {
				t.Errorf("%s: got %v, want %v", name, got, c.want)
			}
		}
		if worthRetrying(c.err) != c.retry || worthRetrying(got) != c.retry {
			t.Errorf("%s: retry is %v and %v, want %v", name, worthRetrying(c.err), worthRetrying(got), c.retry)
		}
		if again := translate(fmt.Errorf("above: %w", got)); !errors.Is(c.want, other) && again.Error() != "above: "+got.Error() && translated(got) {
			t.Errorf("%s: translated twice: %v", name, again)
		}
	}
	unknown := fmt.Errorf("%w: %w", ErrOutcomeUnknown, mysql.ErrInvalidConn)
	if got := translate(unknown); got != unknown || worthRetrying(got) || errors.Is(got, ErrUnavailable) { //nolint:errorlint // the very same
		t.Errorf("unknown outcome: got %v", got)
	}
}

func TestDuplicateKeyNames(t *testing.T) {
	for message, want := range map[string]string{
		"Duplicate entry 'a@b.c' for key 'people_email'":                     "people_email", // MariaDB
		"Duplicate entry 'a@b.c' for key 'people.people_email'":              "people_email", // MySQL 8
		"Duplicate entry 'it's for key 'x'' for key 'people.people_email'":   "people_email",
		"Duplicate entry '\\x01\\x8F' for key 'PRIMARY'":                     "PRIMARY",
		"Duplicate entry in another language":                                "",
		"Duplicate entry 'for key 'tags_name'' for key 'customers.name_key'": "name_key",
		"Duplicate entry 'x.y' for key 'gx_acme.tags_name'":                  "tags_name",
	} {
		var dup *DuplicateError
		if err := translate(&mysql.MySQLError{Number: 1062, Message: message}); !errors.As(err, &dup) || dup.Key != want {
			t.Errorf("%s: got %v, want key %q", message, err, want)
		}
	}
}

func TestInvalidError(t *testing.T) {
	var none InvalidError
	if none.Err() != nil || none.Error() == "" {
		t.Errorf("no mistake: %v", none.Err())
	}
	none.Add("rows[3].phone", "invalid", "is not a phone number")
	var invalid *InvalidError
	if err := none.Err(); !errors.As(err, &invalid) || err.Error() != "invalid input: rows[3].phone is not a phone number" {
		t.Errorf("got %v", err)
	}
	if err := Invalid("email", "required", "is missing"); !errors.As(err, &invalid) || cmp.Diff(FieldError{Field: "email", Code: "required", Message: "is missing"}, invalid.Fields[0]) != "" {
		t.Errorf("got %v", err)
	}
	if err := (&ConflictError{Code: "c", Message: "stands against it"}); err.Error() == "" {
		t.Error("a conflict without words")
	}
}

func TestRefusedUsersAreToldWhatToMend(t *testing.T) {
	for number, want := range map[uint16]string{1045: "check GUANXI_MYSQL_DSN", 1698: "check GUANXI_MYSQL_DSN", 1044: "GRANT"} {
		if err := translate(&mysql.MySQLError{Number: number, Message: "Access denied"}); !strings.Contains(strings.ToUpper(err.Error()), strings.ToUpper(want)) {
			t.Errorf("%d: %v", number, err)
		}
	}
}
