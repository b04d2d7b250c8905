package crm_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// importData is the folder of tables to import: the shared collection when it is there, the committed extract
// otherwise.
func importData(t testing.TB) string {
	t.Helper()
	root := os.Getenv("GUANXI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	if _, err := os.Stat(filepath.Join(root, "import")); err == nil {
		return filepath.Join(root, "import")
	}
	return filepath.Join("sheet", "testdata")
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// importers returns the cast with the right to import and to export too.
func importers(w *world) *world {
	for _, p := range []*person{&w.rep, &w.rep2, &w.manager, &w.admin, &w.stranger} {
		level := p.caller.Levels["customer:read"]
		for _, permission := range []tenant.Permission{"import:create", "import:read", "export:create"} {
			p.caller.Levels[permission] = level
		}
	}
	return w
}

func (p person) tryUpload(t testing.TB, name, content string) (crm.Import, error) {
	t.Helper()
	return p.tryUploadAs(t, "customers", name, content)
}

func (p person) tryUploadAs(t testing.TB, resource, name, content string) (crm.Import, error) {
	t.Helper()
	file, err := crm.StoreUpload(t.Context(), p.w.Directory, p.company.Company, p.caller, name, strings.NewReader(content))
	if err != nil {
		return crm.Import{}, err
	}
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Import, error) {
		return crm.CreateImport(ctx, tx, resource, file)
	})
}

func (p person) upload(t testing.TB, name, content string) crm.Import {
	t.Helper()
	return must[crm.Import](t)(p.tryUpload(t, name, content))
}

func (p person) tryMap(t testing.TB, id crm.ImportID, in crm.ImportPatch) (crm.ImportPreview, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.ImportPreview, error) {
		return crm.UpdateImport(ctx, tx, id, in, 0)
	})
}

func (p person) mapped(t testing.TB, id crm.ImportID, in crm.ImportPatch) crm.ImportPreview {
	t.Helper()
	return must[crm.ImportPreview](t)(p.tryMap(t, id, in))
}

func (p person) tryStart(t testing.TB, id crm.ImportID) (crm.Import, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Import, error) { return crm.StartImport(ctx, tx, id, 0) })
}

// work runs the import as a worker does.
func (p person) work(t testing.TB, id crm.ImportID) {
	t.Helper()
	if err := crm.RunImport(t.Context(), p.w.Directory, p.company.Company, p.caller, id, nil); err != nil {
		t.Fatal(err)
	}
}

func (p person) imported(t testing.TB, id crm.ImportID) crm.Import {
	t.Helper()
	return must[crm.Import](t)(read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Import, error) { return crm.GetImport(ctx, q, id) }))
}

// run uploads a file, takes the suggested mapping with the given options, and imports it to the end.
func (p person) run(t testing.TB, name, content string, options crm.ImportOptions) crm.Import {
	t.Helper()
	return p.runAs(t, "customers", name, content, options)
}

func (p person) runAs(t testing.TB, resource, name, content string, options crm.ImportOptions) crm.Import {
	t.Helper()
	imp := must[crm.Import](t)(p.tryUploadAs(t, resource, name, content))
	p.mapped(t, imp.ID, crm.ImportPatch{Options: patch.Of(options)})
	must[crm.Import](t)(p.tryStart(t, imp.ID))
	p.work(t, imp.ID)
	return p.imported(t, imp.ID)
}

// rows returns all rows of an import with an outcome.
func (p person) rows(t testing.TB, id crm.ImportID, outcome string) []crm.ImportRow {
	t.Helper()
	var all []crm.ImportRow
	for cursor := ""; ; {
		page := must[crm.Page[crm.ImportRow]](t)(read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.ImportRow], error) {
			return crm.ListImportRows(ctx, q, id, crm.RowsQuery{Outcome: outcome, Limit: 200, Cursor: cursor})
		}))
		all = append(all, page.Data...)
		if page.NextCursor == nil {
			return all
		}
		cursor = *page.NextCursor
	}
}

// recordOf is the customer that a row is about, or the zero id.
func recordOf(t testing.TB, r crm.ImportRow) crm.CustomerID {
	t.Helper()
	if r.RecordID == nil {
		return crm.CustomerID{}
	}
	return must[crm.CustomerID](t)(crm.ParseCustomerID(r.RecordID.String()))
}

func lines(rows []crm.ImportRow) []int {
	all := []int{}
	for _, r := range rows {
		all = append(all, r.Line)
	}
	return all
}

func codesOf(r crm.ImportRow) []string {
	var codes []string
	for _, p := range r.Problems {
		codes = append(codes, p.Code)
	}
	return codes
}

// TestImportCollection imports every list of customers of the collection with the suggested mapping.
func TestImportCollection(t *testing.T) {
	w := importers(newWorld(t))
	dir := importData(t)
	for _, tt := range []struct {
		file     string
		created  int
		rejected []int
	}{
		{"bad_rows.csv", 32, []int{6, 11, 16, 21, 26, 31, 36}},
		{"zh_gb18030.csv", 200, nil},
		{"utf8_bom_semicolon_newlines.csv", 50, nil},
		{"formula_cells.csv", 12, nil},
		{"duplicate_headers.csv", 20, nil},
		{"merged_headers.xlsx", 30, nil},
		{"dates_mixed.csv", 11, []int{12, 13, 14, 15, 17}},
		{"odoo_customers_contacts.csv", 8, nil},
	} {
		t.Run(tt.file, func(t *testing.T) {
			path := filepath.Join(dir, tt.file)
			if _, err := os.Stat(path); err != nil && tt.file == "odoo_customers_contacts.csv" {
				return // not part of the extract
			}
			imp := w.rep.run(t, tt.file, readFile(t, path), crm.ImportOptions{})
			if dups := w.rep.rows(t, imp.ID, crm.RowDuplicate); len(dups) > 0 {
				t.Errorf("%d duplicates, first: %+v", len(dups), dups[0])
			}
			rejected := w.rep.rows(t, imp.ID, crm.RowRejected)
			if diff := cmp.Diff(append([]int{}, tt.rejected...), lines(rejected)); diff != "" {
				t.Errorf("rejected lines (-want +got):\n%s\n%+v", diff, rejected)
			}
			want := tt.created
			if strings.HasPrefix(dir, "sheet") {
				want = imp.RowsTotal - len(tt.rejected) // the extract has fewer rows
			}
			if imp.Status != crm.ImportFinished || imp.Created != want || imp.Percent != 100 {
				t.Errorf("%s, %d created, %d %%; want %d", imp.Status, imp.Created, imp.Percent, want)
			}
			// The files share their made-up addresses, so each has to go before the next comes.
			must[crm.Import](t)(write(t, w.rep, func(ctx context.Context, tx *tenant.Tx) (crm.Import, error) { return crm.UndoImport(ctx, tx, imp.ID) }))
			w.rep.work(t, imp.ID)
			if names := w.rep.names(t, crm.ListQuery{}); len(names) != 0 {
				t.Errorf("%d customers are left after the undo", len(names))
			}
		})
	}
}

func TestImportDuplicatesOfTheCollection(t *testing.T) {
	w := importers(newWorld(t))
	imp := w.rep.run(t, "dedupe_small.csv", readFile(t, filepath.Join(importData(t), "dedupe_small.csv")), crm.ImportOptions{})
	truth := duplicateTruth(t)
	entities := map[int]bool{}
	for _, line := range truth {
		entities[line.Entity] = true
	}
	if imp.Created != len(entities) || imp.Duplicates != len(truth)-len(entities) {
		t.Errorf("%d created, %d duplicates, %d rejected; want %d and %d", imp.Created, imp.Duplicates, imp.Rejected, len(entities), len(truth)-len(entities))
	}
}
