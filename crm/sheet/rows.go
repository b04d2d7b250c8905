package sheet

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Next reads the next record and reports whether there is one. Blank and total rows are passed over and counted.
func (r *Reader) Next() bool {
	for r.err == nil {
		rec, err := r.read()
		if errors.Is(err, io.EOF) {
			return false
		}
		if err != nil {
			r.err = err
			return false
		}
		if r.accept(rec) {
			return true
		}
	}
	return false
}

func (r *Reader) read() (record, error) {
	if len(r.pending) > 0 {
		rec := r.pending[0]
		r.pending = r.pending[1:]
		return rec, nil
	}
	return r.src.next()
}

func (r *Reader) accept(rec record) bool {
	r.notices.add(NoticeBlankRows, rec.blanks...)
	if isBlank(rec.cells) {
		r.notices.add(NoticeBlankRows, rec.line)
		return false
	}
	if !r.keep && isTotal(rec.cells) {
		r.notices.add(NoticeTotalRows, rec.line)
		return false
	}
	if rec.hidden {
		r.notices.add(NoticeHiddenRows, rec.line)
	}
	if rec.filled {
		r.notices.add(NoticeMergedCells, rec.line)
	}
	if rec.unguarded {
		r.notices.add(NoticeApostrophes, rec.line)
	}
	r.row = r.fit(rec)
	return true
}

// fit gives the record exactly one cell for each column.
func (r *Reader) fit(rec record) Row {
	row := Row{Line: rec.line, Cells: rec.cells, Hidden: rec.hidden, Problems: rec.problems}
	got, want := len(rec.cells), len(r.columns)
	if got > want {
		row.Cells, row.Extra = rec.cells[:want:want], trimRight(rec.cells[want:])
	}
	if len(row.Extra) > 0 {
		row.Problems = append(row.Problems, Problem{TooManyFields, -1, fmt.Sprintf(
			"the row has %d fields and the heading has %d; put a field that contains the delimiter in quotation marks, or give every column a heading",
			want+len(row.Extra), want)})
	}
	if got < r.fields {
		row.Problems = append(row.Problems, Problem{TooFewFields, -1, fmt.Sprintf(
			"the row has %d fields and the heading has %d; add the missing ones, empty if need be", got, r.fields)})
	}
	for len(row.Cells) < want {
		row.Cells = append(row.Cells, "")
	}
	return row
}

func isBlank(cells []string) bool {
	return countFilled(cells) == 0
}

func countFilled(cells []string) int {
	n := 0
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

func trimRight(cells []string) []string {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}
