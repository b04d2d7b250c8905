package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) commentRoutes(r *routes) {
	register(r, get("/comments", "List the comments on a record"), rbac.Comment.Read, billing.Free, s.listComments)
	register(r, post("/comments", "Comment on a record", describe(createCommentDoc)), rbac.Comment.Create, billing.Free, s.createComment)
	register(r, get("/comments/{id}", "Get a comment"), rbac.Comment.Read, billing.Free, s.getComment)
	register(r, patchOp("/comments/{id}", "Change a comment"), rbac.Comment.Update, billing.Free, s.updateComment)
	register(r, del("/comments/{id}", "Delete a comment"), rbac.Comment.Delete, billing.Free, s.deleteComment)
}

const createCommentDoc = "Whoever can read the record reads its comments and may answer. `<@usr_…>` in the body mentions a member, who is told of it. " +
	"A mention opens nothing: who cannot see the record cannot be mentioned, which is a 422 that names them."

// CommentPath names a comment in the path.
type CommentPath struct {
	ID crm.CommentID `path:"id" doc:"The comment's id." example:"cmt_01h455vb4pex5vsknk084sn02q"`
}

type listCommentsInput struct {
	Record crm.RecordRef `query:"record_id" required:"true" doc:"Whose comments." example:"cus_01h455vb4pex5vsknk084sn02q"`
	ListInput
}

func (s *Server) listComments(ctx context.Context, in *listCommentsInput) (*list[crm.Comment], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Comment], error) {
		page, err := crm.ListComments(ctx, q, in.Record, in.query())
		return &list[crm.Comment]{page}, err
	})
}

type createCommentInput struct{ Body crm.NewComment }

func (s *Server) createComment(ctx context.Context, in *createCommentInput) (*created[crm.Comment], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Comment], error) {
		c, err := crm.CreateComment(ctx, tx, in.Body, callerOf)
		return &created[crm.Comment]{"/v1/comments/" + c.ID.String(), etag(c.Version), c}, err
	})
}

func (s *Server) getComment(ctx context.Context, in *CommentPath) (*item[crm.Comment], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Comment], error) {
		c, err := crm.GetComment(ctx, q, in.ID)
		return &item[crm.Comment]{etag(c.Version), c}, err
	})
}

type updateCommentInput struct {
	CommentPath
	IfMatch
	Body crm.CommentPatch
}

func (s *Server) updateComment(ctx context.Context, in *updateCommentInput) (*item[crm.Comment], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Comment], error) {
		c, err := crm.UpdateComment(ctx, tx, in.ID, in.Body, version, callerOf)
		return &item[crm.Comment]{etag(c.Version), c}, err
	})
}

type deleteCommentInput struct {
	CommentPath
	IfMatch
}

func (s *Server) deleteComment(ctx context.Context, in *deleteCommentInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteComment(ctx, tx, in.ID, version)
	})
}
