package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) lostReasonRoutes(r *routes) {
	register(r, get("/lost-reasons", "List reasons to lose for", describe("For deals and for customers, in their order.")), rbac.Pipeline.Read, billing.Free, s.listLostReasons)
	register(r, post("/lost-reasons", "Create a reason to lose for"), rbac.Pipeline.Create, billing.Free, s.createLostReason)
	register(r, patchOp("/lost-reasons/{id}", "Change a reason to lose for"), rbac.Pipeline.Update, billing.Free, s.updateLostReason)
	register(r, del("/lost-reasons/{id}", "Delete a reason to lose for", describe("One that deals were lost for can only be made inactive.")), rbac.Pipeline.Delete, billing.Free, s.deleteLostReason)
}

// LostReasonPath names a reason in the path.
type LostReasonPath struct {
	ID crm.LostReasonID `path:"id" doc:"The reason's id." example:"lsr_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listLostReasons(ctx context.Context, _ *struct{}) (*all[crm.LostReason], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.LostReason], error) {
		reasons, err := crm.ListLostReasons(ctx, q)
		return allOf(reasons), err
	})
}

type createLostReasonInput struct{ Body crm.NewLostReason }

func (s *Server) createLostReason(ctx context.Context, in *createLostReasonInput) (*created[crm.LostReason], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.LostReason], error) {
		reason, err := crm.CreateLostReason(ctx, tx, in.Body)
		return &created[crm.LostReason]{"/v1/lost-reasons", etag(reason.Version), reason}, err
	})
}

type updateLostReasonInput struct {
	LostReasonPath
	IfMatch
	Body crm.LostReasonPatch
}

func (s *Server) updateLostReason(ctx context.Context, in *updateLostReasonInput) (*item[crm.LostReason], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.LostReason], error) {
		reason, err := crm.UpdateLostReason(ctx, tx, in.ID, in.Body, version)
		return &item[crm.LostReason]{etag(reason.Version), reason}, err
	})
}

func (s *Server) deleteLostReason(ctx context.Context, in *LostReasonPath) (*nothing, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteLostReason(ctx, tx, in.ID)
	})
}
