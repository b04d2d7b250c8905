package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) importMappingRoutes(r *routes) {
	register(r, get("/import-mappings", "List saved mappings", describe("Your own and the shared ones, the last used first.")),
		rbac.Import.Read, billing.Free, s.listImportMappings)
	register(r, post("/import-mappings", "Save a mapping", describe(
		"Says which field each heading means, for files that come again. A file that is uploaded and has all the headings gets it as suggested; "+
			"of several that fit the one that was used last.")), rbac.Import.Create, billing.Free, s.createImportMapping)
	register(r, get("/import-mappings/{id}", "Get a saved mapping"), rbac.Import.Read, billing.Free, s.getImportMapping)
	register(r, patchOp("/import-mappings/{id}", "Change a saved mapping", describe("Its owner may, and who reaches the owner's imports.")),
		rbac.Import.Create, billing.Free, s.updateImportMapping)
	register(r, del("/import-mappings/{id}", "Delete a saved mapping"), rbac.Import.Create, billing.Free, s.deleteImportMapping)
	register(r, post("/imports/{id}/mapping", "Save an import's mapping", describe(
		"Keeps the columns that have a heading, with the field that each fills, and the options.")), rbac.Import.Create, billing.Free, s.saveImportMapping)
}

// ImportMappingPath names a saved mapping in the path.
type ImportMappingPath struct {
	ID crm.ImportMappingID `path:"id" doc:"The mapping's id." example:"map_01h455vb4pex5vsknk084sn02q"`
}

type listImportMappingsInput struct {
	Resource string `query:"resource" maxLength:"32" doc:"Only the mappings of such records." example:"customers"`
}

func (s *Server) listImportMappings(ctx context.Context, in *listImportMappingsInput) (*all[crm.SavedMapping], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.SavedMapping], error) {
		mappings, err := crm.ListImportMappings(ctx, q, in.Resource)
		return allOf(mappings), err
	})
}

func (s *Server) getImportMapping(ctx context.Context, in *ImportMappingPath) (*item[crm.SavedMapping], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.SavedMapping], error) {
		m, err := crm.GetImportMapping(ctx, q, in.ID)
		return &item[crm.SavedMapping]{etag(m.Version), m}, err
	})
}

type createImportMappingInput struct{ Body crm.NewSavedMapping }

func (s *Server) createImportMapping(ctx context.Context, in *createImportMappingInput) (*created[crm.SavedMapping], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.SavedMapping], error) {
		return createdImportMapping(crm.CreateImportMapping(ctx, tx, in.Body))
	})
}

type saveImportMappingInput struct {
	ImportPath
	Body crm.MappingName
}

func (s *Server) saveImportMapping(ctx context.Context, in *saveImportMappingInput) (*created[crm.SavedMapping], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.SavedMapping], error) {
		return createdImportMapping(crm.SaveMapping(ctx, tx, in.ID, in.Body))
	})
}

func createdImportMapping(m crm.SavedMapping, err error) (*created[crm.SavedMapping], error) {
	return &created[crm.SavedMapping]{"/v1/import-mappings/" + m.ID.String(), etag(m.Version), m}, err
}

type updateImportMappingInput struct {
	ImportMappingPath
	IfMatch
	Body crm.SavedMappingPatch
}

func (s *Server) updateImportMapping(ctx context.Context, in *updateImportMappingInput) (*item[crm.SavedMapping], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.SavedMapping], error) {
		m, err := crm.UpdateImportMapping(ctx, tx, in.ID, in.Body, version)
		return &item[crm.SavedMapping]{etag(m.Version), m}, err
	})
}

type deleteImportMappingInput struct {
	ImportMappingPath
	IfMatch
}

func (s *Server) deleteImportMapping(ctx context.Context, in *deleteImportMappingInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteImportMapping(ctx, tx, in.ID, version)
	})
}
