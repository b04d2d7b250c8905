package sheet

import (
	"regexp"
	"strconv"
	"strings"
)

// CellKind says how a column's values are written.
type CellKind int

// The kinds. A cell that is not of its column's kind is written as text.
const (
	TextCell   CellKind = iota
	NumberCell          // plain decimal such as -12.5
	PhoneCell           // E.164 such as +8619900001234
	DateCell            // ISO 8601 date or local date with time, such as 2024-03-05T18:00:00
)

// OutColumn is a column of a written table.
type OutColumn struct {
	Header string
	Kind   CellKind
}

// Writer writes a table row by row. Close finishes it and leaves the underlying writer open. A row may be longer than the
// columns; what stands beyond is text.
type Writer interface {
	Write(cells []string) error
	Close() error
	// Discard removes what is kept of a table that is not finished. After Close it does nothing. One of both must be called.
	Discard()
}

var (
	plainNumber = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?$`)
	plainPhone  = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
)

// is reports whether a spreadsheet program reads the cell as what it is meant to be.
func (k CellKind) is(cell string) bool {
	switch k {
	case NumberCell:
		return plainNumber.MatchString(cell)
	case PhoneCell:
		return plainPhone.MatchString(cell)
	}
	return false
}

func kindOf(columns []OutColumn, i int) CellKind {
	if i < len(columns) {
		return columns[i].Kind
	}
	return TextCell
}

// RejectedColumns are those of a file of rejected rows: the original ones as text, then the line and the reason under
// the headings given.
func RejectedColumns(original []Column, line, reason string) []OutColumn {
	out := make([]OutColumn, 0, len(original)+2)
	for _, c := range original {
		out = append(out, OutColumn{Header: c.Header})
	}
	return append(out, OutColumn{Header: line, Kind: NumberCell}, OutColumn{Header: reason})
}

// RejectedRow gives the cells of one rejected row for a writer made with RejectedColumns. Fields that stood right of
// the last column follow the reason, so that nothing is lost.
func RejectedRow(row Row, reasons ...string) []string {
	out := make([]string, 0, len(row.Cells)+2+len(row.Extra))
	out = append(out, row.Cells...)
	out = append(out, strconv.Itoa(row.Line), strings.Join(reasons, "; "))
	return append(out, row.Extra...)
}
