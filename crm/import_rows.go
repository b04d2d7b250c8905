package crm

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ImportRow is one row of the file and what it came to.
type ImportRow struct {
	Line     int        `db:"line" json:"line" doc:"Line of the file, the heading being the first." example:"2"`
	Outcome  string     `db:"outcome" json:"outcome" enum:"created,updated,duplicate,rejected" doc:"What it came to."`
	Name     string     `db:"name" json:"name" doc:"What the record is called, as the row has it."`
	RecordID *RecordRef `db:"-" json:"record_id" doc:"The record that was made or changed, or that was there already; null when there is none or it is a colleague's." example:"cus_01h455vb4pex5vsknk084sn02q"`
	// Problems of a rejected row are all of them.
	Problems []ImportProblem `db:"-" json:"problems" nullable:"false" doc:"Why it was rejected or left out, or what to know of a row that was taken."`
	Cells    []string        `db:"-" json:"cells,omitempty" doc:"The cells of a rejected row as they stood in the file."`
}

type importRowRecord struct {
	ImportRow
	Record       tenant.RecordID `db:"record_id"`
	ProblemsText []byte          `db:"problems"`
	CellsText    []byte          `db:"cells"`
}

// rowCells is what is kept of a rejected row.
type rowCells struct {
	Cells []string `json:"cells"`
	// Extra stood right of the last column.
	Extra []string `json:"extra,omitempty"`
}

func (r *importRowRecord) decode(n *importNoun) (ImportRow, []string, error) {
	var cells rowCells
	r.RecordID = n.ref(r.Record)
	err := json.Unmarshal(r.ProblemsText, &r.Problems)
	if err == nil && len(r.CellsText) > 0 {
		err = json.Unmarshal(r.CellsText, &cells)
		r.Cells = cells.Cells
	}
	return r.ImportRow, cells.Extra, err
}

// fieldChange is what an update did to a field, so that it can be taken back.
type fieldChange struct {
	Before any `json:"before"`
	After  any `json:"after"`
}

// writeImportRows notes what rows came to; a row that is noted already is noted anew.
func writeImportRows(ctx context.Context, tx *tenant.Tx, id ImportID, results []result) error {
	rows := tx.Bulk(`INSERT INTO company.import_rows (import_id, line, outcome, name, record_id, problems, cells, changes) VALUES`, 8,
		`ON DUPLICATE KEY UPDATE outcome = VALUES(outcome), name = VALUES(name), record_id = VALUES(record_id),
			problems = VALUES(problems), cells = VALUES(cells), changes = VALUES(changes)`)
	for _, r := range results {
		problems, cells, changes, err := r.texts()
		if err != nil {
			return err
		}
		if err := rows.Add(ctx, id, r.row.Line, r.outcome, search.Cut(r.record.recordTitle(), 200), r.id, problems, cells, changes); err != nil {
			return err
		}
	}
	return rows.Flush(ctx)
}

func (r *result) texts() (problems, cells, changes []byte, err error) {
	if problems, err = json.Marshal(append([]ImportProblem{}, r.problems...)); err != nil {
		return nil, nil, nil, err
	}
	if r.outcome == RowRejected {
		cells, err = json.Marshal(rowCells{r.row.Cells, r.row.Extra})
	}
	if r.change != nil && err == nil {
		changes, err = changesOf(r.change)
	}
	return problems, cells, changes, err
}

// changesOf notes of fields that belong together all where one has changed.
func changesOf(c importChange) ([]byte, error) {
	record, previous := c.changed()
	after, err := fieldsOf(record)
	if err != nil {
		return nil, err
	}
	fields := make(map[string]fieldChange, len(previous))
	for name, before := range previous {
		fields[name] = fieldChange{before, after[name]}
		if name == customName {
			fields[name] = fieldChange{before, members(after[name], before)}
		}
		for _, other := range together(name) {
			if _, changed := previous[other]; !changed {
				fields[other] = fieldChange{after[other], after[other]}
			}
		}
	}
	return json.Marshal(fields)
}

// RowsQuery asks for rows of an import.
type RowsQuery struct {
	// Outcome leaves only rows of that outcome; empty leaves all.
	Outcome string
	// Limit is the page size, 1 to 200; Cursor continues after the page that gave it.
	Limit  int
	Cursor string
}

// ListImportRows returns one page of what an import's rows came to, in the order of the file, if the caller may
// see the import, else ErrNotFound.
func ListImportRows(ctx context.Context, q *tenant.Query, id ImportID, in RowsQuery) (Page[ImportRow], error) {
	imp, err := GetImport(ctx, q, id)
	if err != nil {
		return Page[ImportRow]{}, err
	}
	if in.Limit < 1 || in.Limit > 200 {
		return Page[ImportRow]{}, tenant.Invalid("limit", "out_of_range", "must be 1 to 200")
	}
	after, err := in.position(id)
	if err != nil {
		return Page[ImportRow]{}, err
	}
	records, err := readImportRows(ctx, q, id, in.Outcome, after, in.Limit+1)
	if err != nil {
		return Page[ImportRow]{}, err
	}
	page := Page[ImportRow]{Data: []ImportRow{}}
	if len(records) > in.Limit {
		records = records[:in.Limit]
		cursor := in.cursor(id, records[in.Limit-1].Line)
		page.NextCursor = &cursor
	}
	for i := range records {
		row, _, err := records[i].decode(imp.noun())
		if err != nil {
			return Page[ImportRow]{}, err
		}
		page.Data = append(page.Data, row)
	}
	return page, nil
}

func (in RowsQuery) cursor(id ImportID, line int) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s %q %d", id, in.Outcome, line))
}

// position returns the line that the cursor stands at, 0 without one.
func (in RowsQuery) position(id ImportID) (int, error) {
	if in.Cursor == "" {
		return 0, nil
	}
	bad := tenant.Invalid("cursor", "invalid", "does not belong to this list; start again without it")
	text, err := base64.RawURLEncoding.DecodeString(in.Cursor)
	if err != nil {
		return 0, bad
	}
	var line int
	_, after, _ := strings.Cut(string(text), fmt.Sprintf("%s %q ", id, in.Outcome))
	if _, err := fmt.Sscanf(after, "%d", &line); err != nil || in.cursor(id, line) != in.Cursor {
		return 0, bad
	}
	return line, nil
}

func readImportRows(ctx context.Context, q *tenant.Query, id ImportID, outcome string, after, limit int) ([]importRowRecord, error) {
	where, args := `import_id = ? AND line > ?`, []any{id, after}
	if outcome != "" {
		where, args = where+` AND outcome = ?`, append(args, outcome)
	}
	var records []importRowRecord
	err := q.Select(ctx, &records, `SELECT line, outcome, name, record_id, problems, cells FROM company.import_rows
		WHERE `+where+` ORDER BY line LIMIT ?`, append(args, limit)...)
	return records, err
}

// WriteRejected writes the rejected rows of an import as a table that can be mended and imported again: the
// original columns, then line and reason. format is csv or xlsx. Nothing is written when the caller may not
// see the import (ErrNotFound), or when its file is not kept any more (*tenant.ConflictError).
func WriteRejected(ctx context.Context, q *tenant.Query, id ImportID, format string, out io.Writer) error {
	imp, err := GetImport(ctx, q, id)
	if err != nil {
		return err
	}
	var kept int
	if err := q.Get(ctx, &kept, `SELECT COUNT(*) FROM company.uploads WHERE id = ?`, imp.UploadID); err != nil {
		return err
	}
	if kept == 0 {
		return &tenant.ConflictError{Code: "file_gone", Message: "What was in the file is kept for 30 days only. Mend the rows in the file itself and import it again."}
	}
	words := exportVocabulary(q.Caller.Locale)
	columns := make([]sheet.Column, len(imp.Columns))
	for i, c := range imp.Columns {
		columns[i] = sheet.Column{Key: c.Key, Header: c.Heading}
	}
	w, err := newTable(out, format, words.rejected, sheet.RejectedColumns(columns, words.line, words.reason))
	if err != nil {
		return err
	}
	defer w.Discard()
	const page = 500
	for after := 0; ; {
		records, err := readImportRows(ctx, q, id, RowRejected, after, page)
		if err != nil {
			return err
		}
		for i := range records {
			row, extra, err := records[i].decode(imp.noun())
			if err != nil {
				return err
			}
			after = row.Line
			if err := w.Write(sheet.RejectedRow(sheet.Row{Line: row.Line, Cells: row.Cells, Extra: extra}, row.reasons(words, &imp)...)); err != nil {
				return err
			}
		}
		if len(records) < page {
			return w.Close()
		}
	}
}
