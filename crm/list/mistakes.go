package list

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.einride.tech/aip/filtering"
	expr "google.golang.org/genproto/googleapis/api/expr/v1alpha1"

	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Each mistake in a filter has a code of its own and what a client needs to say it in another language: where it is,
// which field is compared, what may stand there. None repeats a value.

// badFilter refuses a filter. name is the field that is compared; it is empty when there is none, or none that is known.
func badFilter(code, name, message string) error {
	return &tenant.InvalidError{Fields: []tenant.FieldError{{Field: "filter", Code: code, Name: name, Message: message}}}
}

// notKnown refuses a filter that names what there is not.
func notKnown(code, name, message string, known []string) error {
	message += "; known are: " + strings.Join(known, ", ")
	return &tenant.InvalidError{Fields: []tenant.FieldError{{Field: "filter", Code: code, Name: name, Known: known, Message: message}}}
}

func tooDeep() error {
	return badFilter("too_deep", "", fmt.Sprintf("is nested deeper than %d levels", maxFilterDepth))
}

// masked refuses to compare with what the caller sees in part only.
func masked(where, name string) error {
	return &tenant.InvalidError{Fields: []tenant.FieldError{{Field: where, Code: mask.Code, Name: name, Message: "names " + name + ", which your role masks"}}}
}

// at adds to a mistake where it is, unless that is known more exactly already.
func (c *compiler) at(e *expr.Expr, err error) error {
	var invalid *tenant.InvalidError
	if errors.As(err, &invalid) && invalid.Fields[0].At == 0 {
		invalid.Fields[0].At = characterAt(c.filter, int(c.positions[e.GetId()]))
	}
	return err
}

// filterSyntax finds the innermost mistake that the parser reports, which is the one a person made.
func filterSyntax(filter string, err error) error {
	type positioned interface {
		Position() filtering.Position
		Message() string
	}
	message, offset := "cannot be read", 0
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if p, ok := inner.(positioned); ok {
			message, offset = p.Message(), int(p.Position().Offset)
		}
	}
	if errors.Is(err, io.EOF) {
		message = "something is missing"
	}
	at := characterAt(filter, offset)
	return &tenant.InvalidError{Fields: []tenant.FieldError{{
		Field: "filter", Code: "syntax", At: at, Message: fmt.Sprintf("cannot be read at character %d: %s", at, message),
	}}}
}

// characterAt turns the parser's offset into the number of a character, from 1. The parser counts bytes from the first
// character that is not a space.
func characterAt(filter string, offset int) int {
	offset += len(filter) - len(strings.TrimLeftFunc(filter, unicode.IsSpace))
	return utf8.RuneCountInString(filter[:min(offset, len(filter))]) + 1
}
