package api

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) importRoutes(r *routes) {
	register(r, post("/imports", "Upload a table of records", alsoAnswers(http.StatusUnprocessableEntity), describe(
		"CSV in any usual encoding and with any delimiter, XLSX, or for contacts vCards of any version, of at most 20 MB. The answer says what the file is and which field each "+
			"column seems to mean; nothing is imported yet. A file that cannot be read is a 422 that says what it is and what to do.")),
		rbac.Import.Create, billing.Free, s.uploadImport)
	documentUpload(r, "/imports")
	register(r, get("/imports", "List imports"), rbac.Import.Read, billing.Free, s.listImports)
	register(r, get("/imports/{id}", "Get an import and its progress"), rbac.Import.Read, billing.Free, s.getImport)
	register(r, patchOp("/imports/{id}", "Map the columns and see what the rows will come to", describe(
		"Answers the first 20 rows as they will be stored, with every problem. Columns that are not mapped are ignored; a field takes one column, "+
			"but note and tags take several, and so do phone, email and address of contacts. Blank cells never clear a field.")),
		rbac.Import.Create, billing.Free, s.mapImport)
	register(r, post("/imports/{id}/run", "Run an import", answers(http.StatusAccepted), describe(
		"A worker takes the rows in, with the rights of whoever runs the import. Read the import for its progress.")),
		rbac.Import.Create, billing.Free, s.runImport)
	register(r, post("/imports/{id}/cancel", "Stop an import", answers(http.StatusOK), describe(
		"What was stored until then stays and can be undone. Of an all_or_nothing import it is taken back.")),
		rbac.Import.Create, billing.Free, s.cancelImport)
	register(r, post("/imports/{id}/undo", "Undo an import", answers(http.StatusAccepted), describe(
		"Made records go to the trash; changed fields get their previous values where nobody has changed them since.")),
		rbac.Import.Create, billing.Free, s.undoImport)
	register(r, get("/imports/{id}/rows", "List what the rows came to"), rbac.Import.Read, billing.Free, s.importRows)
	register(r, get("/imports/{id}/rejected", "Download the rejected rows", downloads(), alsoAnswers(http.StatusConflict), describe(
		"The original columns, then the line and the reason. Mend the rows and import the file again. After 30 days they are not kept any more: 409 `file_gone`.")),
		rbac.Import.Read, billing.Free, s.rejectedRows)
}

// ImportPath names an import in the path.
type ImportPath struct {
	ID crm.ImportID `path:"id" doc:"The import's id." example:"imp_01h455vb4pex5vsknk084sn02q"`
}

const tableTooLarge = "The file is larger than 20 MB. Split it, or leave out columns that are not needed."

type uploadImportInput struct {
	Resource string `query:"resource" enum:"customers,contacts,deals,tasks,interactions" default:"customers" doc:"What kind of records the rows become." example:"contacts"`
	uploadInput
}

func (s *Server) uploadImport(ctx context.Context, in *uploadImportInput) (*created[crm.Import], error) {
	part, err := in.file(tableTooLarge)
	if err != nil {
		return nil, err
	}
	p := principalOf(ctx)
	content := newArriving(part)
	file, err := crm.StoreUpload(ctx, s.tenants, p.company, p.caller, part.FileName(), content)
	if err != nil {
		if content.err != nil && ctx.Err() == nil {
			err = io.ErrUnexpectedEOF
		}
		return nil, brokenUpload(err, tableTooLarge)
	}
	used := false
	out, err := inTx(withUpload(ctx, part.FileName(), content), s, func(tx *tenant.Tx) (*created[crm.Import], error) {
		used = true
		imp, err := crm.CreateImport(ctx, tx, in.Resource, file)
		return &created[crm.Import]{"/v1/imports/" + imp.ID.String(), etag(imp.Version), imp}, err
	})
	if err != nil || !used { // refused, or a repeat that has its answer already
		err = errors.Join(err, crm.RemoveUpload(context.WithoutCancel(ctx), s.tenants, p.company, p.caller, file.ID))
	}
	return out, err
}

func (s *Server) listImports(ctx context.Context, in *ListInput) (*list[crm.Import], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Import], error) {
		page, err := crm.ListImports(ctx, q, in.query())
		return &list[crm.Import]{page}, err
	})
}

func (s *Server) getImport(ctx context.Context, in *ImportPath) (*item[crm.Import], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Import], error) {
		imp, err := crm.GetImport(ctx, q, in.ID)
		return &item[crm.Import]{etag(imp.Version), imp}, err
	})
}

type mapImportInput struct {
	ImportPath
	IfMatch
	Body crm.ImportPatch
}

func (s *Server) mapImport(ctx context.Context, in *mapImportInput) (*item[crm.ImportPreview], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.ImportPreview], error) {
		preview, err := crm.UpdateImport(ctx, tx, in.ID, in.Body, version)
		return &item[crm.ImportPreview]{etag(preview.Import.Version), preview}, err
	})
}

type changeImportInput struct {
	ImportPath
	IfMatch
}

func (s *Server) runImport(ctx context.Context, in *changeImportInput) (*item[crm.Import], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return s.changeImport(ctx, func(tx *tenant.Tx) (crm.Import, error) { return crm.StartImport(ctx, tx, in.ID, version) })
}

func (s *Server) cancelImport(ctx context.Context, in *ImportPath) (*item[crm.Import], error) {
	return s.changeImport(ctx, func(tx *tenant.Tx) (crm.Import, error) { return crm.CancelImport(ctx, tx, in.ID) })
}

func (s *Server) undoImport(ctx context.Context, in *ImportPath) (*item[crm.Import], error) {
	return s.changeImport(ctx, func(tx *tenant.Tx) (crm.Import, error) { return crm.UndoImport(ctx, tx, in.ID) })
}

func (s *Server) changeImport(ctx context.Context, change func(*tenant.Tx) (crm.Import, error)) (*item[crm.Import], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Import], error) {
		imp, err := change(tx)
		return &item[crm.Import]{etag(imp.Version), imp}, err
	})
}

type importRowsInput struct {
	ImportPath
	Outcome string `query:"outcome" enum:"created,updated,duplicate,rejected" doc:"Leaves only rows that came to this." example:"rejected"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"20" doc:"How many rows a page holds."`
	Cursor  string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before. It fits only the same import and outcome."`
}

func (s *Server) importRows(ctx context.Context, in *importRowsInput) (*list[crm.ImportRow], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.ImportRow], error) {
		page, err := crm.ListImportRows(ctx, q, in.ID, crm.RowsQuery{Outcome: in.Outcome, Limit: in.Limit, Cursor: in.Cursor})
		return &list[crm.ImportRow]{page}, err
	})
}

type rejectedRowsInput struct {
	ImportPath
	FileFormat
}

func (s *Server) rejectedRows(ctx context.Context, in *rejectedRowsInput) (*huma.StreamResponse, error) {
	if _, err := s.getImport(ctx, &in.ImportPath); err != nil {
		return nil, err
	}
	return s.download(ctx, "rejected-rows", in.Format, func(q *tenant.Query, out io.Writer) error {
		return crm.WriteRejected(ctx, q, in.ID, in.Format, out)
	}), nil
}
