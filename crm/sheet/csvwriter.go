package sheet

import (
	"encoding/csv"
	"io"
)

// CSVWriter writes comma-separated UTF-8 with a byte order mark, which Excel opens by double click. Lines end in LF:
// with CRLF the library would rewrite the line ends inside cells too.
// Text that a spreadsheet program would evaluate gets a leading apostrophe; Open takes it off again.
type CSVWriter struct {
	csv     *csv.Writer
	columns []OutColumn
}

var _ Writer = (*CSVWriter)(nil)

// NewCSVWriter writes the heading at once, unless no column has one.
func NewCSVWriter(w io.Writer, columns []OutColumn) (*CSVWriter, error) {
	if _, err := io.WriteString(w, "\xEF\xBB\xBF"); err != nil {
		return nil, err
	}
	c := &CSVWriter{csv: csv.NewWriter(w), columns: columns}
	heading := headings(columns)
	for i := range heading {
		heading[i] = guard(heading[i])
	}
	if isBlank(heading) {
		return c, nil
	}
	return c, c.csv.Write(heading)
}

func headings(columns []OutColumn) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Header
	}
	return out
}

// Write writes one row.
func (c *CSVWriter) Write(cells []string) error {
	out := make([]string, len(cells))
	for i, cell := range cells {
		if kindOf(c.columns, i).is(cell) {
			out[i] = cell
		} else {
			out[i] = guard(cell)
		}
	}
	return c.csv.Write(out)
}

// Discard implements [Writer]: nothing is kept.
func (c *CSVWriter) Discard() {}

// Close writes what is buffered.
func (c *CSVWriter) Close() error {
	c.csv.Flush()
	return c.csv.Error()
}
