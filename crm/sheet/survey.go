package sheet

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// survey is what one pass over a worksheet finds that the row iterator of the library does not tell:
// merged areas, which stand behind the rows, error cells, formulas without a result, and whether the file ends early.
type survey struct {
	rows, lastRow int // rows with a value, and the last of them
	formulas      int
	hiddenColumns int
	merges        []area         // by top row
	marks         map[int][]mark // by row
	marked        int
	complete      bool
	cell          surveyCell
	row           int
	rowHasValue   bool
}

// area is a merged rectangle: rows from 1, columns from 0.
type area struct{ top, left, bottom, right int }

// mark is a cell without a usable value.
type mark struct {
	col  int
	code string
}

type surveyCell struct {
	open              bool
	ref, kind         string
	col               int // from 0
	formula, hasValue bool
}

const (
	maxTag   = 4 << 20 // bytes between two tags; a cell has 32,767 characters at most
	maxMarks = 100_000
)

// surveySheet reads a worksheet part. Splitting at "<" is enough: worksheets keep no "<" inside attributes, and
// it is much faster than parsing the XML, which the library does once more for the values.
func surveySheet(r io.Reader) (*survey, error) {
	s := &survey{marks: map[int][]mark{}}
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), maxTag)
	sc.Split(splitTags)
	for sc.Scan() {
		s.tag(sc.Bytes())
		if s.marked > maxMarks || len(s.merges) > maxMarks {
			return nil, refuse(TooBig, "a worksheet has more than %d merged cells, error cells or formulas without a result; copy the table as values into a new workbook", maxMarks)
		}
	}
	if err := sc.Err(); err != nil {
		return nil, damaged(err, "a worksheet")
	}
	if !s.complete {
		return nil, damaged(nil, "a worksheet")
	}
	slices.SortFunc(s.merges, func(a, b area) int { return a.top - b.top })
	return s, nil
}

func (s *survey) tag(t []byte) {
	end := bytes.IndexByte(t, '>')
	if end < 0 {
		return
	}
	head, text := t[:end], t[end+1:]
	closed := bytes.HasSuffix(head, []byte("/"))
	switch tagName(head) {
	case "row":
		s.startRow(head)
	case "/row":
		s.endRow()
	case "c":
		s.startCell(head)
		if closed {
			s.endCell()
		}
	case "/c":
		s.endCell()
	case "f":
		s.cell.formula = true
	case "v", "t":
		s.cell.hasValue = s.cell.hasValue || len(text) > 0
	case "col":
		s.column(head)
	case "mergeCell":
		s.merge(attribute(head, "ref"))
	case "/sheetData":
		s.complete = true
	case "sheetData":
		s.complete = closed
	}
}

func (s *survey) startRow(head []byte) {
	s.row++
	if n, err := strconv.Atoi(attribute(head, "r")); err == nil {
		s.row = n
	}
	s.rowHasValue = false
	s.cell = surveyCell{col: -1}
}

func (s *survey) endRow() {
	if s.rowHasValue {
		s.rows++
		s.lastRow = max(s.lastRow, s.row)
	}
}

func (s *survey) startCell(head []byte) {
	s.cell = surveyCell{open: true, ref: attribute(head, "r"), kind: attribute(head, "t"), col: s.cell.col + 1}
}

func (s *survey) endCell() {
	c := &s.cell
	if !c.open {
		return
	}
	c.open = false
	if c.formula {
		s.formulas++
	}
	s.rowHasValue = s.rowHasValue || c.hasValue || c.formula
	switch {
	case c.kind == "e":
		s.mark(ErrorCell)
	case c.formula && !c.hasValue && c.kind != "str":
		s.mark(FormulaWithoutResult)
	}
}

func (s *survey) mark(code string) {
	col := s.cell.col
	if n, _, err := excelize.CellNameToCoordinates(s.cell.ref); err == nil {
		col = n - 1
	}
	s.marks[s.row] = append(s.marks[s.row], mark{col, code})
	s.marked++
}

func (s *survey) column(head []byte) {
	hidden := attribute(head, "hidden")
	first, err1 := strconv.Atoi(attribute(head, "min"))
	last, err2 := strconv.Atoi(attribute(head, "max"))
	// Excel hides all columns right of the table as one range that ends at the last possible column.
	if (hidden == "1" || hidden == "true") && err1 == nil && err2 == nil && last < excelize.MaxColumns {
		s.hiddenColumns += last - first + 1
	}
}

func (s *survey) merge(ref string) {
	from, to, ok := bytes.Cut([]byte(ref), []byte(":"))
	if !ok {
		return
	}
	left, top, err1 := excelize.CellNameToCoordinates(string(from))
	right, bottom, err2 := excelize.CellNameToCoordinates(string(to))
	if err1 != nil || err2 != nil {
		return
	}
	s.merges = append(s.merges, area{min(top, bottom), min(left, right) - 1, max(top, bottom), max(left, right) - 1})
}
