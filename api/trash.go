package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) trashRoutes(r *routes) {
	register(r, get("/trash", "List what was deleted", describe(trashDoc)), rbac.Trash.Read, billing.Free, s.listTrash)
	register(r, post("/trash/bulk", "Restore or purge many deleted records", answers(http.StatusOK), describe(trashBulkDoc)), rbac.Trash.Read, billing.Free, s.changeTrash)
	register(r, del("/trash/{id}", "Remove a deleted record for good", describe(purgeDoc)), rbac.Trash.Delete, billing.Free, s.purgeRecord)
}

const trashDoc = "What you may restore, with `POST /v1/customers/{id}/restore` and its like, the latest first. It filters by the fields of the noun's own list."

const purgeDoc = "With its contacts, communication records, files, comments, tags and history. Deals and tasks of a customer stay, without the customer. There is no way back."

const trashBulkDoc = "Up to 500 in one transaction; `POST /v1/jobs` with `trash` has no limit. Those out of your reach are passed over and counted, as are those that something is in the way of. " +
	"`purge` needs `trash:delete` and `\"confirm\": true`; with `\"matching\": {}` it empties the trash of such records."

type listTrashInput struct {
	Noun string `query:"noun" required:"true" enum:"customer,contact,deal,task" doc:"What kind of record." example:"customer"`
	ListInput
}

func (s *Server) listTrash(ctx context.Context, in *listTrashInput) (*list[crm.TrashedRecord], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.TrashedRecord], error) {
		page, err := crm.ListTrash(ctx, q, in.Noun, in.query())
		return &list[crm.TrashedRecord]{page}, err
	})
}

type purgeRecordInput struct {
	ID crm.RecordRef `path:"id" doc:"The record's id." example:"cus_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) purgeRecord(ctx context.Context, in *purgeRecordInput) (*nothing, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.PurgeRecord(ctx, tx, in.ID)
	})
}

type changeTrashInput struct{ Body crm.TrashChange }

type changedTrash struct{ Body crm.BulkResult }

func (s *Server) changeTrash(ctx context.Context, in *changeTrashInput) (*changedTrash, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*changedTrash, error) {
		result, err := crm.ChangeTrash(ctx, tx, in.Body)
		return &changedTrash{result}, err
	})
}
