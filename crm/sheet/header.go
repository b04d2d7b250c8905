package sheet

import (
	"errors"
	"io"
	"strings"
)

const (
	headerWindow  = 50 // rows read ahead to find the heading
	maxHeaderRows = 4
	lastHeaderRow = 1000
)

// readHeader reads ahead, finds the heading and leaves the records behind it pending.
func (r *Reader) readHeader(opts Options, merges []area) error {
	ahead, err := r.readAhead(max(headerWindow, min(opts.HeaderRow, lastHeaderRow)+maxHeaderRows))
	if err != nil {
		return err
	}
	start, depth, err := locateHeader(ahead, opts, merges)
	if err != nil {
		return err
	}
	for _, rec := range ahead[:start] {
		r.noteSkipped(rec)
	}
	heading := ahead[start : start+depth]
	r.pending = ahead[start+depth:]
	if depth > 0 {
		r.notices.add(NoticeBlankRows, heading[0].blanks...)
		r.format.HeaderLine, r.format.HeaderRows = heading[0].line, depth
	}
	return r.setColumns(heading, merges)
}

// readAhead keeps up to n records from the first that is not blank.
func (r *Reader) readAhead(n int) ([]record, error) {
	var out []record
	for len(out) < n {
		rec, err := r.src.next()
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		case len(out) == 0 && isBlank(rec.cells):
			r.noteSkipped(rec)
		default:
			out = append(out, rec)
		}
	}
	return out, nil
}

func (r *Reader) noteSkipped(rec record) {
	r.notices.add(NoticeBlankRows, rec.blanks...)
	if isBlank(rec.cells) {
		r.notices.add(NoticeBlankRows, rec.line)
	} else {
		r.notices.add(NoticeTitleRows, rec.line)
	}
}

// locateHeader answers the index of the first heading row and how many rows belong to it.
func locateHeader(ahead []record, opts Options, merges []area) (start, depth int, err error) {
	switch {
	case opts.HeaderRow < NoHeader || opts.HeaderRow > lastHeaderRow || opts.HeaderRows < 0:
		return 0, 0, refuse(BadOption, "the heading row is a line number from 1 to %d, 0 to find it, or -1 for none", lastHeaderRow)
	case opts.HeaderRow == NoHeader:
		return 0, 0, nil
	case opts.HeaderRow > 0:
		for start < len(ahead) && ahead[start].line < opts.HeaderRow {
			start++
		}
		if start == len(ahead) || ahead[start].line != opts.HeaderRow || isBlank(ahead[start].cells) {
			return 0, 0, refuse(NoHeading, "line %d, chosen as the heading, is blank or not there; choose the line with the column names", opts.HeaderRow)
		}
	default:
		start = findHeader(ahead)
		if start == len(ahead) {
			return 0, 0, refuse(EmptyFile, "the table has no row with text; upload a table with a heading row")
		}
	}
	depth = opts.HeaderRows
	if depth == 0 {
		depth = headerDepth(ahead[start:], merges)
	}
	if start+depth > len(ahead) {
		return 0, 0, refuse(NoHeading, "the heading is said to have %d rows, more than there are", depth)
	}
	return start, depth, nil
}

// findHeader skips titles: rows with one text above a row with several.
func findHeader(ahead []record) int {
	first := len(ahead)
	for i, rec := range ahead {
		switch n := countFilled(rec.cells); {
		case n > 1:
			if first < len(ahead) && !onlyTitles(ahead[first:i]) {
				return first
			}
			return i
		case n == 1 && first == len(ahead):
			first = i
		}
	}
	return first
}

const maxTitles = 10

// onlyTitles tells a title block from a table with one column, whose rows are many.
func onlyTitles(above []record) bool {
	filled := 0
	for _, rec := range above {
		filled += countFilled(rec.cells)
	}
	return filled <= maxTitles
}

// headerDepth counts the rows of a heading whose cells are merged: downwards over all of it, or sideways as the
// common name of the columns below.
func headerDepth(rows []record, merges []area) int {
	line, bottom, sideways := rows[0].line, rows[0].line, false
	for _, m := range merges {
		if m.top != line {
			continue
		}
		if m.bottom-m.top < maxHeaderRows {
			bottom = max(bottom, m.bottom)
		}
		sideways = sideways || m.right > m.left && m.bottom == m.top
	}
	if bottom == line && sideways && len(rows) > 1 && namesBelow(rows[0], rows[1], merges) {
		bottom++
	}
	depth := 0
	for depth < len(rows) && rows[depth].line <= bottom {
		depth++
	}
	return depth
}

// namesBelow reports whether the second row only refines the sideways merged cells of the first.
func namesBelow(first, second record, merges []area) bool {
	names := 0
	for col, cell := range second.cells {
		if cell = strings.TrimSpace(cell); cell == "" {
			continue
		}
		if !underSideways(merges, first.line, col) || strings.ContainsAny(cell, "0123456789@") {
			return false
		}
		names++
	}
	return names > 1
}

func underSideways(merges []area, line, col int) bool {
	for _, m := range merges {
		if m.top == line && m.bottom == line && m.left <= col && col <= m.right && m.right > m.left {
			return true
		}
	}
	return false
}
