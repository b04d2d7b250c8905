package crm

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// importLine is a row of an import.
type importLine struct {
	Import ImportID `db:"import_id"`
	Line   int      `db:"line"`
}

// forgetImports empties the rows of imports that made or changed the records, and those of no record that have the person
// in them, and leaves that there were such rows. The first values of each column, which an import shows, go too.
func (e *erasure) forgetImports(ctx context.Context, tx *tenant.Tx) error {
	rows, err := selectParts[importLine](ctx, tx.Query, `SELECT import_id, line FROM company.import_rows WHERE record_id IN (?)`, e.held)
	if err != nil {
		return err
	}
	refused, err := e.findRefused(ctx, tx.Query)
	if err != nil {
		return err
	}
	imports := map[ImportID]bool{}
	for _, r := range append(rows, refused...) {
		imports[r.Import] = true
		if _, err := tx.Exec(ctx, `UPDATE company.import_rows SET name = '', problems = '[]', cells = NULL, changes = NULL
			WHERE import_id = ? AND line = ?`, r.Import, r.Line); err != nil {
			return err
		}
	}
	for id := range imports {
		if err := forgetSamples(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// findRefused finds rows that came to nothing, or that a colleague's record stood in the way of, with the person in them.
func (e *erasure) findRefused(ctx context.Context, q *tenant.Query) ([]importLine, error) {
	var imports []Import
	if err := q.Select(ctx, &imports, `SELECT id, resource FROM company.imports WHERE rejected > 0 OR duplicates > 0`); err != nil {
		return nil, err
	}
	const page = 500
	var found []importLine
	for _, imp := range imports {
		for _, outcome := range []string{RowRejected, RowDuplicate} {
			for after, more := 0, true; more; {
				records, err := readImportRows(ctx, q, imp.ID, outcome, after, page)
				if err != nil {
					return nil, err
				}
				for i := range records {
					row, extra, err := records[i].decode(imp.noun())
					if err != nil {
						return nil, err
					}
					after = row.Line
					if row.RecordID == nil && slices.ContainsFunc(slices.Concat([]string{row.Name}, row.Cells, extra), e.isIn) {
						found = append(found, importLine{imp.ID, row.Line})
					}
				}
				more = len(records) == page
			}
		}
	}
	return found, nil
}

// unspaced leaves out what people write between the digits of a number.
var unspaced = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "")

// isIn reports whether a cell has the person in it: their name as the whole of it, or an address or a number, however it
// is written.
func (e *erasure) isIn(cell string) bool {
	text := strings.ToLower(trimSpaces(cell))
	if slices.ContainsFunc(e.names, func(name string) bool { return strings.ToLower(name) == text }) {
		return true
	}
	digits := unspaced.Replace(text)
	return slices.ContainsFunc(e.addresses, func(address string) bool {
		address = strings.ToLower(address)
		if strings.HasPrefix(address, "+") {
			return strings.Contains(digits, address) || strings.Contains(digits, unspaced.Replace(sheet.NationalPhone(address)))
		}
		return text == address || strings.Contains(address, "@") && strings.Contains(text, address)
	})
}

// forgetSamples drops the values that an import shows of the file.
func forgetSamples(ctx context.Context, tx *tenant.Tx, id ImportID) error {
	var text []byte
	if err := tx.Get(ctx, &text, `SELECT columns FROM company.imports WHERE id = ? FOR UPDATE`, id); err != nil {
		return err
	}
	var columns []ImportColumn
	if err := json.Unmarshal(text, &columns); err != nil {
		return err
	}
	for n := range columns {
		columns[n].Samples = []string{}
	}
	text, err := json.Marshal(columns)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE company.imports SET columns = ? WHERE id = ?`, text, id)
	return err
}
