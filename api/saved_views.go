package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) savedViewRoutes(r *routes) {
	register(r, get("/saved-views", "List saved views", describe("My own and the shared ones.")), rbac.SavedView.Read, billing.Free, s.listSavedViews)
	register(r, post("/saved-views", "Save a view", describe("A way of looking at a list: whoever opens it sees what their own rights show of it.")),
		rbac.SavedView.Create, billing.Free, s.createSavedView)
	register(r, get("/saved-views/{id}", "Get a saved view"), rbac.SavedView.Read, billing.Free, s.getSavedView)
	register(r, patchOp("/saved-views/{id}", "Change a saved view", describe("Its owner may, and who reaches everybody's.")), rbac.SavedView.Update, billing.Free, s.updateSavedView)
	register(r, del("/saved-views/{id}", "Delete a saved view"), rbac.SavedView.Delete, billing.Free, s.deleteSavedView)
}

// SavedViewPath names a view in the path.
type SavedViewPath struct {
	ID crm.SavedViewID `path:"id" doc:"The view's id." example:"viw_01h455vb4pex5vsknk084sn02q"`
}

type listSavedViewsInput struct {
	List string `query:"list" maxLength:"32" doc:"Only the views of this list." example:"customers"`
}

func (s *Server) listSavedViews(ctx context.Context, in *listSavedViewsInput) (*all[crm.SavedView], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.SavedView], error) {
		views, err := crm.ListSavedViews(ctx, q, in.List)
		return allOf(views), err
	})
}

func (s *Server) getSavedView(ctx context.Context, in *SavedViewPath) (*item[crm.SavedView], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.SavedView], error) {
		v, err := crm.GetSavedView(ctx, q, in.ID)
		return &item[crm.SavedView]{etag(v.Version), v}, err
	})
}

type createSavedViewInput struct{ Body crm.NewSavedView }

func (s *Server) createSavedView(ctx context.Context, in *createSavedViewInput) (*created[crm.SavedView], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.SavedView], error) {
		v, err := crm.CreateSavedView(ctx, tx, in.Body)
		return &created[crm.SavedView]{"/v1/saved-views/" + v.ID.String(), etag(v.Version), v}, err
	})
}

type updateSavedViewInput struct {
	SavedViewPath
	IfMatch
	Body crm.SavedViewPatch
}

func (s *Server) updateSavedView(ctx context.Context, in *updateSavedViewInput) (*item[crm.SavedView], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.SavedView], error) {
		v, err := crm.UpdateSavedView(ctx, tx, in.ID, in.Body, version)
		return &item[crm.SavedView]{etag(v.Version), v}, err
	})
}

type deleteSavedViewInput struct {
	SavedViewPath
	IfMatch
}

func (s *Server) deleteSavedView(ctx context.Context, in *deleteSavedViewInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteSavedView(ctx, tx, in.ID, version)
	})
}
