package sheet

import (
	"strings"

	"github.com/xuri/excelize/v2"
)

const headerSeparator = " / "

// setColumns names the columns. Records that are wider than the heading get columns without a name when at least
// half of those read ahead are that wide; a single wide one is a problem of its row.
func (r *Reader) setColumns(heading []record, merges []area) error {
	width := usualWidth(r.pending)
	for _, rec := range heading {
		width = max(width, len(rec.cells))
		if r.format.Kind == KindText {
			r.fields = max(r.fields, len(rec.cells))
		}
	}
	if width > excelize.MaxColumns {
		return refuse(TooBig, "the table has %d columns; %d are allowed", width, excelize.MaxColumns)
	}
	r.columns = make([]Column, width)
	for i := range r.columns {
		key, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		r.columns[i] = Column{Key: key, Header: headerText(heading, i, merges)}
	}
	return nil
}

func usualWidth(records []record) int {
	widths := map[int]int{}
	rows, widest := 0, 0
	for _, rec := range records {
		if w := len(trimRight(rec.cells)); w > 0 {
			widths[w]++
			rows++
			widest = max(widest, w)
		}
	}
	atLeast := 0
	for w := widest; w > 0; w-- {
		if atLeast += widths[w]; 2*atLeast >= rows {
			return w
		}
	}
	return 0
}

func headerText(heading []record, col int, merges []area) string {
	if len(heading) == 1 && col < len(heading[0].cells) {
		return heading[0].cells[col]
	}
	var parts []string
	for _, rec := range heading {
		cell := strings.TrimSpace(coveredCell(rec, col, heading[len(heading)-1].line, merges))
		if cell != "" && (len(parts) == 0 || parts[len(parts)-1] != cell) {
			parts = append(parts, cell)
		}
	}
	return strings.Join(parts, headerSeparator)
}

// coveredCell reads a cell of the heading; one merged sideways above others has the text of its area's first column.
func coveredCell(rec record, col, lastLine int, merges []area) string {
	for _, m := range merges {
		if m.top <= rec.line && rec.line <= m.bottom && m.bottom < lastLine && m.left <= col && col <= m.right {
			col = m.left
			break
		}
	}
	if col >= len(rec.cells) {
		return ""
	}
	return rec.cells[col]
}
