package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) tagRoutes(r *routes) {
	register(r, get("/tags", "List tags"), rbac.Tag.Read, billing.Free, s.listTags)
	register(r, post("/tags", "Create a tag"), rbac.Tag.Create, billing.Free, s.createTag)
	register(r, del("/tags/{id}", "Delete a tag", describe("Takes it off every customer too.")), rbac.Tag.Delete, billing.Free, s.deleteTag)
}

func (s *Server) listTags(ctx context.Context, _ *struct{}) (*all[crm.Tag], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.Tag], error) {
		tags, err := crm.ListTags(ctx, q)
		return allOf(tags), err
	})
}

type createTagInput struct{ Body crm.NewTag }

func (s *Server) createTag(ctx context.Context, in *createTagInput) (*created[crm.Tag], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Tag], error) {
		t, err := crm.CreateTag(ctx, tx, in.Body)
		return &created[crm.Tag]{"/v1/tags/" + t.ID.String(), etag(1), t}, err
	})
}

// TagPath names a tag in the path.
type TagPath struct {
	ID crm.TagID `path:"id" doc:"The tag's id." example:"tag_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) deleteTag(ctx context.Context, in *TagPath) (*nothing, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteTag(ctx, tx, in.ID)
	})
}
