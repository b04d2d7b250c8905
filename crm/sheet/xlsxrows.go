package sheet

import (
	"fmt"
	"io"
	"strings"
)

// escapedCR mends line ends in results of formulas, which the library leaves escaped.
var escapedCR = strings.NewReplacer("_x000D_\n", "\r\n")

func (wb *workbook) next() (rec record, err error) {
	defer recoverDamage(&err)
	if !wb.rows.Next() {
		return record{}, wb.atEnd()
	}
	wb.line++
	if wb.line > wb.survey.lastRow {
		return record{}, io.EOF // what follows is formatting only
	}
	cells, err := wb.rows.Columns()
	if err != nil {
		return record{}, damaged(err, "the worksheet")
	}
	rec = record{line: wb.line, cells: cells, hidden: wb.rows.GetRowOpts().Hidden}
	if isBlank(cells) {
		return rec, nil
	}
	for _, m := range wb.survey.marks[wb.line] {
		rec.problems = append(rec.problems, m.problem(rec.cells))
	}
	for i, c := range rec.cells {
		rec.cells[i] = bare(escapedCR.Replace(c))
	}
	rec.filled = wb.merges.fill(&rec)
	return rec, nil
}

// atEnd tells the end of the table from XML that breaks off, which the library does not report.
func (wb *workbook) atEnd() error {
	if err := wb.rows.Error(); err != nil {
		return damaged(err, "the worksheet")
	}
	if wb.line < wb.survey.lastRow {
		return damaged(fmt.Errorf("rows end at %d of %d", wb.line, wb.survey.lastRow), "the worksheet")
	}
	return io.EOF
}

func (m mark) problem(cells []string) Problem {
	if m.code == ErrorCell {
		shown := "an error"
		if m.col < len(cells) {
			shown = cells[m.col]
		}
		return Problem{ErrorCell, m.col, fmt.Sprintf("the cell shows %s instead of a value; mend its formula or clear it", shown)}
	}
	return Problem{FormulaWithoutResult, m.col,
		"the formula has no calculated result; open the file in a spreadsheet program and save it, or paste it as a value"}
}

// merged hands the value of an area that spans rows to each of them. Sideways nothing is copied: the value
// belongs to the first column.
type merged struct {
	areas  []area // still to come, by top row
	active []activeArea
}

type activeArea struct {
	area
	value string
}

func (m *merged) fill(rec *record) (filled bool) {
	kept := m.active[:0]
	for _, a := range m.active {
		if rec.line > a.bottom {
			continue
		}
		kept = append(kept, a)
		for len(rec.cells) <= a.left {
			rec.cells = append(rec.cells, "")
		}
		// A covered cell may hold a value of its own, which the spreadsheet does not show.
		if rec.cells[a.left] != a.value {
			rec.cells[a.left], filled = a.value, true
		}
	}
	m.active = kept
	for len(m.areas) > 0 && m.areas[0].top <= rec.line {
		a := m.areas[0]
		m.areas = m.areas[1:]
		if a.bottom > a.top && a.top == rec.line && a.left < len(rec.cells) {
			m.active = append(m.active, activeArea{a, rec.cells[a.left]})
		}
	}
	return filled
}
