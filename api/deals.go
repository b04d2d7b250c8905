package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) dealRoutes(r *routes) {
	register(r, get("/deals", "List deals", describe(listDescription)), rbac.Deal.Read, billing.Free, s.listDeals)
	register(r, post("/deals", "Create a deal", describe(createDealDescription)), rbac.Deal.Create, billing.Free, s.createDeal)
	register(r, post("/deals/bulk", "Change many deals", answers(200), describe(dealBulkDescription)), rbac.Deal.Update, billing.Free, s.changeDeals)
	register(r, get("/deals/forecast", "Forecast deals", describe(forecastDescription)), rbac.Deal.Read, billing.Free, s.forecastDeals)
	register(r, get("/deals/{id}", "Get a deal"), rbac.Deal.Read, billing.Free, s.getDeal)
	register(r, patchOp("/deals/{id}", "Change a deal"), rbac.Deal.Update, billing.Free, s.updateDeal)
	register(r, del("/deals/{id}", "Delete a deal", describe("Moves the deal to the trash.")), rbac.Deal.Delete, billing.Free, s.deleteDeal)
	register(r, post("/deals/{id}/restore", "Take a deal out of the trash", answers(200)), rbac.Deal.Delete, billing.Free, s.restoreDeal)
	register(r, post("/deals/{id}/move", "Move a deal", answers(200), describe(moveDealDescription)), rbac.Deal.Update, billing.Free, s.moveDeal)
	register(r, get("/deals/{id}/history", "List the stages a deal was in", describe("With how long it was there, and what it was worth.")), rbac.Deal.Read, billing.Free, s.dealHistory)
	register(r, get("/pipelines/{id}/board", "Show a pipeline as a board", describe(boardDescription)), rbac.Deal.Read, billing.Free, s.dealBoard)
	register(r, get("/pipelines/{id}/stages/{stage}/deals", "List the deals of a stage", describe("In the order of the board. Also of a pipeline's won and lost.")),
		rbac.Deal.Read, billing.Free, s.listStageDeals)
}

const (
	createDealDescription = "A deal that comes with created_at, stage_since or closed_at is history that is brought in: none of these may be in the future, " +
		"no rules run, nobody is told, and the customer stays where it is."
	moveDealDescription = "To another stage, to a win or a loss, back among the open ones, or to another place in its column. " +
		"A win moves the customer to won where the pipeline says so; a loss leaves it where it is."
	dealBulkDescription = "Tags, assigns, moves or deletes up to 500 deals in one transaction. Those out of your reach are passed over and counted; nothing else is lost by them."
	forecastDescription = "Sums of what is won and of what is open, by the month or quarter in which it closed or is expected to, in the company's currency and in each other one."
	boardDescription    = "The open stages as columns, each with its first deals and the totals of all its deals. Deals are put somewhere else by moving them with after_id or before_id."
)

// DealPath names a deal in the path.
type DealPath struct {
	ID crm.DealID `path:"id" doc:"The deal's id." example:"deal_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listDeals(ctx context.Context, in *ListInput) (*list[crm.Deal], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Deal], error) {
		page, err := crm.ListDeals(ctx, q, in.query())
		return &list[crm.Deal]{page}, err
	})
}

func (s *Server) getDeal(ctx context.Context, in *DealPath) (*item[crm.Deal], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Deal], error) {
		d, err := crm.GetDeal(ctx, q, in.ID)
		return &item[crm.Deal]{etag(d.Version), d}, err
	})
}

type createDealInput struct{ Body crm.NewDeal }

func (s *Server) createDeal(ctx context.Context, in *createDealInput) (*created[crm.Deal], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Deal], error) {
		d, err := crm.CreateDeal(ctx, tx, in.Body)
		return &created[crm.Deal]{"/v1/deals/" + d.ID.String(), etag(d.Version), d}, err
	})
}

// changeDeal runs a change of one deal.
func (s *Server) changeDeal(ctx context.Context, match IfMatch, change func(*tenant.Tx, int64) (crm.Deal, error)) (*item[crm.Deal], error) {
	version, err := match.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Deal], error) {
		d, err := change(tx, version)
		return &item[crm.Deal]{etag(d.Version), d}, err
	})
}

type updateDealInput struct {
	DealPath
	IfMatch
	Body crm.DealPatch
}

func (s *Server) updateDeal(ctx context.Context, in *updateDealInput) (*item[crm.Deal], error) {
	return s.changeDeal(ctx, in.IfMatch, func(tx *tenant.Tx, version int64) (crm.Deal, error) {
		return crm.UpdateDeal(ctx, tx, in.ID, in.Body, version)
	})
}

type deleteDealInput struct {
	DealPath
	IfMatch
}

func (s *Server) deleteDeal(ctx context.Context, in *deleteDealInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteDeal(ctx, tx, in.ID, version)
	})
}

func (s *Server) restoreDeal(ctx context.Context, in *DealPath) (*item[crm.Deal], error) {
	return s.changeDeal(ctx, IfMatch{}, func(tx *tenant.Tx, _ int64) (crm.Deal, error) {
		return crm.RestoreDeal(ctx, tx, in.ID)
	})
}

type moveDealInput struct {
	DealPath
	IfMatch
	Body crm.DealMove
}

func (s *Server) moveDeal(ctx context.Context, in *moveDealInput) (*item[crm.Deal], error) {
	return s.changeDeal(ctx, in.IfMatch, func(tx *tenant.Tx, version int64) (crm.Deal, error) {
		return crm.MoveDeal(ctx, tx, in.ID, in.Body, version)
	})
}

func (s *Server) dealHistory(ctx context.Context, in *DealPath) (*all[crm.DealVisit], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.DealVisit], error) {
		visits, err := crm.DealHistory(ctx, q, in.ID)
		return allOf(visits), err
	})
}
