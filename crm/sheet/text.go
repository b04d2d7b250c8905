package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	sampleBytes      = 64 << 10
	defaultMaxRecord = 1 << 20
)

// text is the source of delimited files.
type text struct {
	csv      *csv.Reader
	meter    *meter
	encoding string
	end      int // line on which the previous record ended
}

func openText(r io.ReaderAt, size int64, opts Options, format *Format) (*text, error) {
	name, bom, err := detectEncoding(r, size, opts.Encoding)
	if err != nil {
		return nil, err
	}
	decoded, err := decode(io.NewSectionReader(r, bom, size-bom), name)
	if err != nil {
		return nil, err
	}
	lines, sample, err := sampled(decoded)
	if err != nil {
		return nil, err
	}
	delimiter := opts.Delimiter
	if delimiter == 0 {
		delimiter = detectDelimiter(sample)
	}
	if !validDelimiter(delimiter) {
		return nil, refuse(BadOption, "the delimiter must be one character that is neither a quotation mark nor a line end")
	}
	format.Encoding, format.BOM, format.Delimiter = name, bom > 0, delimiter
	m := &meter{r: lines, limit: int64(opts.MaxRecord)}
	if m.limit <= 0 {
		m.limit = defaultMaxRecord
	}
	return &text{csv: newCSVReader(m, delimiter), meter: m, encoding: name}, nil
}

// sampled returns the file with its first bytes beside it, in both of which lines end as everywhere.
func sampled(file io.Reader) (lines io.Reader, sample []byte, err error) {
	body := bufio.NewReaderSize(file, sampleBytes)
	sample, err = body.Peek(sampleBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	if bytes.IndexByte(sample, '\n') < 0 && bytes.IndexByte(sample, '\r') >= 0 {
		return oldMacLines{body}, bytes.ReplaceAll(sample, []byte("\r"), []byte("\n")), nil
	}
	return body, sample, nil
}

func validDelimiter(r rune) bool {
	return r != '"' && r != '\r' && r != '\n' && r != 0 && r != utf8.RuneError && utf8.ValidRune(r)
}

func (t *text) next() (record, error) {
	t.meter.start = t.csv.InputOffset()
	cells, err := t.csv.Read()
	if errors.Is(err, errLongRecord) {
		return record{}, &FileError{Code: TooBig, Err: err, Message: fmt.Sprintf(
			"the record after line %d has more than %d bytes; probably a quotation mark is opened there and not closed", t.end, t.meter.limit)}
	}
	if err != nil {
		return record{}, err
	}
	line, _ := t.csv.FieldPos(0)
	lastLine, _ := t.csv.FieldPos(len(cells) - 1)
	rec := record{line: line, cells: cells}
	for blank := t.end + 1; blank < line; blank++ {
		rec.blanks = append(rec.blanks, blank)
	}
	last := cells[len(cells)-1]
	t.end = lastLine + strings.Count(last, "\n")
	if t.meter.ended && strings.Contains(last, "\n") && t.meter.last != '"' && t.atEnd() {
		rec.problems = append(rec.problems, Problem{UnclosedQuote, len(cells) - 1, fmt.Sprintf(
			"a quotation mark that opens in line %d is not closed before the end of the file, so the lines below became one field; close it or write it twice", lastLine)})
	}
	for i := range cells {
		t.check(&rec, i)
	}
	return rec, nil
}

// atEnd reports whether the record just read took the last byte.
func (t *text) atEnd() bool { return t.csv.InputOffset() >= t.meter.delivered }

// check repairs one cell for display and notes what was wrong with it.
func (t *text) check(rec *record, i int) {
	cell := rec.cells[i]
	if t.encoding != "utf-8" || !utf8.ValidString(cell) {
		rec.cells[i] = strings.ToValidUTF8(cell, "\uFFFD")
		rec.checkText(i, t.encoding)
	}
	rec.checkNUL(i)
	if guarded(cell) {
		rec.cells[i] = rec.cells[i][1:]
		rec.unguarded = true
	}
}

// checkText notes that a decoded cell held bytes that are no text.
func (rec *record) checkText(i int, encoding string) {
	if strings.ContainsRune(rec.cells[i], utf8.RuneError) {
		rec.problems = append(rec.problems, Problem{InvalidText, i,
			"the cell holds bytes that are not " + encoding + "; type it again, or choose another encoding for the file"})
	}
}

func (rec *record) checkNUL(i int) {
	if strings.IndexByte(rec.cells[i], 0) >= 0 {
		rec.problems = append(rec.problems, Problem{NULByte, i, "the cell holds a NUL byte; remove it and type the cell again"})
	}
}

// Close has nothing to release: the file belongs to the caller.
func (t *text) Close() error { return nil }

var errLongRecord = errors.New("record too long")

// meter fails when the parser asks for more than limit bytes for one record, so that an open quotation mark
// cannot pull the whole file into memory.
type meter struct {
	r         io.Reader
	start     int64 // offset behind the previous record
	limit     int64
	delivered int64
	last      byte // last byte that is not a line end
	ended     bool
}

func (m *meter) Read(p []byte) (int, error) {
	if m.delivered-m.start > m.limit {
		return 0, errLongRecord
	}
	n, err := m.r.Read(p)
	m.delivered += int64(n)
	for i := n - 1; i >= 0; i-- {
		if p[i] != '\n' && p[i] != '\r' {
			m.last = p[i]
			break
		}
	}
	m.ended = errors.Is(err, io.EOF)
	return n, err
}

// oldMacLines turns the lone carriage returns of "CSV (Macintosh)" into line feeds.
type oldMacLines struct{ r io.Reader }

func (o oldMacLines) Read(p []byte) (int, error) {
	n, err := o.r.Read(p)
	for i := range p[:n] {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}
