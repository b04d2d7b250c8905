// Package sheet reads and writes the tables that people upload and download.
//
// It owns what such a file is: recognising CSV, TSV, XLSX and vCards by content, text encodings, delimiters,
// headings, title and total rows, merged cells, the spelling of dates, amounts, phones and e-mail addresses,
// the guess which heading means which field, and files that no spreadsheet program will evaluate.
// It leaves to others what a row means: mapping, validation against the company's fields, duplicates and SQL.
package sheet

import (
	"errors"
	"io"
	"iter"
	"slices"
)

// Kind says how a file stores its table.
type Kind string

// The kinds that Open can read.
const (
	KindText  Kind = "csv" // any delimited text
	KindXLSX  Kind = "xlsx"
	KindVCard Kind = "vcard" // a card is a row
)

// NoHeader as Options.HeaderRow says that the first record is data already; columns then have no heading.
const NoHeader = -1

// Options overrides what Open would find out by itself. The zero value detects everything.
type Options struct {
	Sheet        string // worksheet by name; empty takes the first visible one that has rows
	HeaderRow    int    // line of the (first) heading row, counted from 1; 0 detects, NoHeader means none
	HeaderRows   int    // number of heading rows that belong together; 0 detects
	Delimiter    rune   // 0 detects among comma, semicolon, tab and bar
	Encoding     string // a WHATWG label such as "gb18030", "big5" or "utf-8"; empty detects
	Language     string // of the headings of vCards, which have none: zh-CN, or else English
	KeepTotals   bool   // total rows are records too instead of being skipped with a notice
	MaxUnzipped  int64  // bytes an XLSX file may unfold to; 0 means 512 MiB
	MaxRecord    int    // bytes one record of a text file, or a card without its pictures, may have; 0 means 1 MiB
	TemporaryDir string // where big worksheets unfold while they are read; empty means the system's folder
}

// Format is what Open found out about a file.
type Format struct {
	Kind       Kind
	Encoding   string // canonical WHATWG name, such as "utf-8" or "gb18030"; empty for XLSX
	BOM        bool
	Delimiter  rune        // 0 for XLSX and vCards
	Sheets     []SheetInfo // of XLSX
	Sheet      string      // the worksheet that is read
	HeaderLine int         // 0 when there is no heading
	HeaderRows int
}

// SheetInfo describes one worksheet of a workbook.
type SheetInfo struct {
	Name   string
	Hidden bool
	Rows   int // rows that hold a value, headings included
}

// Column is one column of the table. Headings may be empty or repeat, so Key identifies it.
type Column struct {
	Key    string // the spreadsheet letter: A, B, … AA
	Header string // as typed; rows of a heading that spans several are joined by " / "
}

// Row is one record.
type Row struct {
	Line     int      // where it starts, the first of the file being 1; in XLSX the row number
	Cells    []string // one for each column
	Extra    []string // what stood right of the last column
	Hidden   bool     // hidden in the spreadsheet, by hand or by a filter
	Problems []Problem
}

// Problem is a reason why a row cannot be trusted. Column is its index, or -1 for the whole row.
type Problem struct {
	Code    string
	Column  int
	Message string
}

// Codes of row problems.
const (
	TooFewFields         = "too_few_fields"
	TooManyFields        = "too_many_fields"
	NULByte              = "nul_byte"
	InvalidText          = "invalid_text"
	UnclosedQuote        = "unclosed_quote"
	ErrorCell            = "error_cell"
	FormulaWithoutResult = "formula_without_result"
	UnclosedCard         = "unclosed_card"
	CardTooBig           = "card_too_big"
)

// Reader iterates over the records of one table. It is not safe for concurrent use.
type Reader struct {
	format  Format
	columns []Column
	fields  int // fields that every record of a text file must have
	src     source
	pending []record // read ahead for the heading
	notices noticeList
	keep    bool // total rows are records
	row     Row
	err     error
}

// source yields the raw records of a table in order, and io.EOF after the last.
type source interface {
	next() (record, error)
	Close() error
}

type record struct {
	line      int
	cells     []string
	blanks    []int // blank lines directly before it
	hidden    bool
	filled    bool // some cell took the value of a merged area
	unguarded bool // some cell lost its guarding apostrophe
	problems  []Problem
}

// Open recognises the file by its content and reads up to the first record. The name is only for messages.
// It returns *FileError for every file that it cannot read, which says what the file is and what to do.
// r must stay readable until Close.
func Open(name string, r io.ReaderAt, size int64, opts Options) (*Reader, error) {
	kind, err := sniff(r, size)
	if err != nil {
		return nil, named(name, err)
	}
	rd := &Reader{keep: opts.KeepTotals, format: Format{Kind: kind}}
	var merges []area
	switch kind {
	case KindXLSX:
		var wb *workbook
		if wb, err = openWorkbook(r, size, opts, rd); err == nil {
			rd.src, merges = wb, wb.survey.merges
		}
	case KindVCard:
		rd.src, err = openCards(r, size, opts, rd)
	default:
		rd.src, err = openText(r, size, opts, &rd.format)
	}
	if err != nil {
		return nil, named(name, err)
	}
	if kind == KindVCard {
		return rd, nil // it has no heading
	}
	if err := rd.readHeader(opts, merges); err != nil {
		return nil, named(name, errors.Join(err, rd.src.Close()))
	}
	return rd, nil
}

// Format says what the file is.
func (r *Reader) Format() Format { return r.format }

// Columns lists the columns in the order of the file.
func (r *Reader) Columns() []Column { return slices.Clone(r.columns) }

// Row is the record that Next read. Its slices are not reused.
func (r *Reader) Row() Row { return r.row }

// Err is what ended the iteration early, or nil at the regular end of the table.
func (r *Reader) Err() error { return r.err }

// Notices lists what was done to the table without asking, up to the current record.
func (r *Reader) Notices() []Notice { return r.notices.list() }

// Close releases temporary files.
func (r *Reader) Close() error { return r.src.Close() }

// All yields the records; an error comes last, with an empty row.
func (r *Reader) All() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for r.Next() {
			if !yield(r.row, nil) {
				return
			}
		}
		if r.err != nil {
			yield(Row{}, r.err)
		}
	}
}
