package sheet

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// exactDigits is how many digits of a number a spreadsheet keeps; longer ones are written as text.
const exactDigits = 15

// XLSXWriter streams a workbook of text cells, which are never evaluated, real numbers and real dates. Rows go to a
// temporary file until Close, which holds the compressed workbook in memory while it sends it. A table longer than a
// worksheet continues on the next. Control characters that XML cannot hold become U+FFFD.
type XLSXWriter struct {
	out      io.Writer
	file     *excelize.File
	stream   *excelize.StreamWriter
	columns  []OutColumn
	sheet    string
	sheets   int
	row      int
	maxRows  int
	bold     int
	day      int
	dateTime int
	quoted   int
}

var _ Writer = (*XLSXWriter)(nil)

// NewXLSXWriter names the worksheet and writes the heading. The name must be one that Excel accepts: at most
// 31 characters, none of :\/?*[].
func NewXLSXWriter(w io.Writer, sheetName string, columns []OutColumn) (*XLSXWriter, error) {
	x := &XLSXWriter{out: w, file: excelize.NewFile(), columns: columns, sheet: sheetName, maxRows: excelize.TotalRows}
	if err := x.file.SetSheetName("Sheet1", sheetName); err != nil {
		return nil, errors.Join(fmt.Errorf("worksheet name: %w", err), x.file.Close())
	}
	if err := x.makeStyles(); err != nil {
		return nil, errors.Join(err, x.file.Close())
	}
	if err := x.nextSheet(); err != nil {
		return nil, errors.Join(err, x.file.Close())
	}
	return x, nil
}

func (x *XLSXWriter) makeStyles() error {
	dayFormat, timeFormat := "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&x.bold, excelize.Style{Font: &excelize.Font{Bold: true}}},
		{&x.day, excelize.Style{CustomNumFmt: &dayFormat}},
		{&x.dateTime, excelize.Style{CustomNumFmt: &timeFormat}},
	} {
		id, err := x.file.NewStyle(&s.style)
		if err != nil {
			return err
		}
		*s.id = id
	}
	x.quoted = quotedStyle(x.file)
	return nil
}

// quotedStyle marks text so that it stays text when someone edits the cell. The library has no setting for it.
func quotedStyle(f *excelize.File) int {
	text := 49 // the format "@"
	id, err := f.NewStyle(&excelize.Style{NumFmt: text})
	if err != nil {
		return 0
	}
	yes := true
	f.Styles.CellXfs.Xf[id].QuotePrefix = &yes
	return id
}

func (x *XLSXWriter) nextSheet() error {
	name := x.sheet
	if x.sheets++; x.sheets > 1 {
		if err := x.stream.Flush(); err != nil {
			return err
		}
		name += " " + strconv.Itoa(x.sheets)
		if _, err := x.file.NewSheet(name); err != nil {
			return err
		}
	}
	stream, err := x.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	x.stream, x.row = stream, 0
	heading := headings(x.columns)
	if isBlank(heading) {
		return nil
	}
	cells := make([]any, len(heading))
	for i, h := range heading {
		if err := x.checkLength(h); err != nil {
			return err
		}
		cells[i] = excelize.Cell{StyleID: x.bold, Value: h}
	}
	x.row++
	return stream.SetRow("A1", cells)
}

// Write writes one row. Text longer than a cell holds, 32,767 characters, is an error that names the cell:
// the library would cut it off.
func (x *XLSXWriter) Write(cells []string) error {
	if x.row >= x.maxRows {
		if err := x.nextSheet(); err != nil {
			return err
		}
	}
	x.row++
	out := make([]any, len(cells))
	for i, cell := range cells {
		if err := x.checkLength(cell); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
		out[i] = x.cell(kindOf(x.columns, i), cell)
	}
	return x.stream.SetRow("A"+strconv.Itoa(x.row), out)
}

func (x *XLSXWriter) checkLength(cell string) error {
	if len(cell) > excelize.TotalCellChars && len(utf16.Encode([]rune(cell))) > excelize.TotalCellChars {
		return refuse(TooBig, "row %d has a text of more than %d characters, which no .xlsx cell holds; choose CSV instead", x.row, excelize.TotalCellChars)
	}
	return nil
}

func (x *XLSXWriter) cell(kind CellKind, cell string) any {
	switch {
	case cell == "":
		return nil
	case kind == NumberCell && NumberCell.is(cell) && len(cell) <= exactDigits:
		if n, err := strconv.ParseFloat(cell, 64); err == nil {
			return n
		}
	case kind == DateCell:
		if t, err := time.Parse(time.DateOnly, cell); err == nil && inRange(t) {
			return excelize.Cell{StyleID: x.day, Value: t}
		}
		if t, err := time.Parse("2006-01-02T15:04:05", cell); err == nil && inRange(t) {
			return excelize.Cell{StyleID: x.dateTime, Value: t}
		}
	}
	if startsFormula(cell) {
		return excelize.Cell{StyleID: x.quoted, Value: cell}
	}
	return cell
}

// Discard removes the workbook's temporary files.
func (x *XLSXWriter) Discard() { _ = x.file.Close() }

// Close sends the workbook and removes its temporary files.
func (x *XLSXWriter) Close() error {
	err := x.stream.Flush()
	if err == nil {
		err = x.file.Write(x.out)
	}
	if closeErr := x.file.Close(); err == nil {
		err = closeErr
	}
	return err
}
