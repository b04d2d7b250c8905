package sheet

import (
	"strings"

	"golang.org/x/text/width"
)

// ValueError says why one cell cannot become a value. Message tells the mend and never repeats the cell.
type ValueError struct {
	Code    string
	Message string
}

// Codes of value errors.
const (
	BadDate          = "bad_date"
	AmbiguousDate    = "ambiguous_date"
	BadAmount        = "bad_amount"
	AmbiguousAmount  = "ambiguous_amount"
	AmountTooBig     = "amount_too_big"
	CurrencyMismatch = "currency_mismatch"
	BadPhone         = "bad_phone"
	PhoneRounded     = "phone_rounded"
	SeveralPhones    = "several_phones"
	BadEmail         = "bad_email"
)

func (e *ValueError) Error() string { return e.Message }

func invalid(code, message string) error { return &ValueError{Code: code, Message: message} }

// halfWidth trims the cell and turns full-width digits and signs, as Chinese keyboards give them, into ASCII.
func halfWidth(s string) string {
	return strings.TrimSpace(width.Fold.String(s))
}
