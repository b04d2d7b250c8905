package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) dealItemRoutes(r *routes) {
	register(r, get("/deals/{id}/items", "List a deal's lines", describe("With their sums.")), rbac.Deal.Read, billing.Free, s.listDealItems)
	register(r, put("/deals/{id}/items", "Replace a deal's lines", describe(dealItemDescription)), rbac.Deal.Update, billing.Free, s.replaceDealItems)
	register(r, post("/deals/{id}/items", "Add a line to a deal", describe(dealItemDescription)), rbac.Deal.Update, billing.Free, s.addDealItem)
	register(r, patchOp("/deals/{id}/items/{item}", "Change or move a deal's line", describe(dealItemDescription)), rbac.Deal.Update, billing.Free, s.updateDealItem)
	register(r, del("/deals/{id}/items/{item}", "Take a line off a deal", answers(200), describe(dealItemDescription)), rbac.Deal.Update, billing.Free, s.deleteDealItem)
}

const dealItemDescription = "Answers with all lines and their sums. The sum before tax is the deal's amount; the deal's version guards its lines too. " +
	"A line comes to quantity times unit price, less its discount, rounded half up to minor units."

// DealItemPath names a line of a deal in the path.
type DealItemPath struct {
	DealPath
	Item crm.DealItemID `path:"item" doc:"The line's id." example:"itm_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listDealItems(ctx context.Context, in *DealPath) (*item[crm.DealItems], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.DealItems], error) {
		items, err := crm.ListDealItems(ctx, q, in.ID)
		return &item[crm.DealItems]{etag(items.Version), items}, err
	})
}

// changeDealItems runs a change of a deal's lines.
func (s *Server) changeDealItems(ctx context.Context, match IfMatch, change func(*tenant.Tx, int64) (crm.DealItems, error)) (*item[crm.DealItems], error) {
	version, err := match.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.DealItems], error) {
		items, err := change(tx, version)
		return &item[crm.DealItems]{etag(items.Version), items}, err
	})
}

type replaceDealItemsInput struct {
	DealPath
	IfMatch
	Body struct {
		Items []crm.NewDealItem `json:"items" maxItems:"200" nullable:"false" doc:"All lines of the deal, in their order."`
	}
}

func (s *Server) replaceDealItems(ctx context.Context, in *replaceDealItemsInput) (*item[crm.DealItems], error) {
	return s.changeDealItems(ctx, in.IfMatch, func(tx *tenant.Tx, version int64) (crm.DealItems, error) {
		return crm.ReplaceDealItems(ctx, tx, in.ID, in.Body.Items, version)
	})
}

type addDealItemInput struct {
	DealPath
	IfMatch
	Body crm.PlacedDealItem
}

func (s *Server) addDealItem(ctx context.Context, in *addDealItemInput) (*item[crm.DealItems], error) {
	return s.changeDealItems(ctx, in.IfMatch, func(tx *tenant.Tx, version int64) (crm.DealItems, error) {
		return crm.AddDealItem(ctx, tx, in.ID, in.Body, version)
	})
}

type updateDealItemInput struct {
	DealItemPath
	IfMatch
	Body crm.DealItemPatch
}

func (s *Server) updateDealItem(ctx context.Context, in *updateDealItemInput) (*item[crm.DealItems], error) {
	return s.changeDealItems(ctx, in.IfMatch, func(tx *tenant.Tx, version int64) (crm.DealItems, error) {
		return crm.UpdateDealItem(ctx, tx, in.ID, in.Item, in.Body, version)
	})
}

type deleteDealItemInput struct {
	DealItemPath
	IfMatch
}

func (s *Server) deleteDealItem(ctx context.Context, in *deleteDealItemInput) (*item[crm.DealItems], error) {
	return s.changeDealItems(ctx, in.IfMatch, func(tx *tenant.Tx, version int64) (crm.DealItems, error) {
		return crm.DeleteDealItem(ctx, tx, in.ID, in.Item, version)
	})
}
