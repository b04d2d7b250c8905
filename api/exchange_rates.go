package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) exchangeRateRoutes(r *routes) {
	register(r, get("/exchange-rates", "List exchange rates", describe("The latest first; filter by currency.")), rbac.ExchangeRate.Read, billing.Free, s.listExchangeRates)
	register(r, post("/exchange-rates", "Create an exchange rate", describe(rateDescription)), rbac.ExchangeRate.Create, billing.Free, s.createExchangeRate)
	register(r, post("/exchange-rates/import", "Set many exchange rates", answers(200), maxBody(2<<20),
		describe("Up to 5000 at once, in place of those of the same currency and day; one mistake refuses all. "+rateDescription)),
		rbac.ExchangeRate.Create, billing.Free, s.importExchangeRates)
	register(r, get("/exchange-rates/{id}", "Get an exchange rate"), rbac.ExchangeRate.Read, billing.Free, s.getExchangeRate)
	register(r, patchOp("/exchange-rates/{id}", "Correct an exchange rate", describe(rateDescription)), rbac.ExchangeRate.Update, billing.Free, s.updateExchangeRate)
	register(r, del("/exchange-rates/{id}", "Delete an exchange rate", describe(rateDescription)), rbac.ExchangeRate.Delete, billing.Free, s.deleteExchangeRate)
}

const rateDescription = "The deals of that currency are converted anew at once, closed ones too: each by the latest rate on or before the day it closes or closed."

// ExchangeRatePath names a rate in the path.
type ExchangeRatePath struct {
	ID crm.ExchangeRateID `path:"id" doc:"The rate's id." example:"exr_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listExchangeRates(ctx context.Context, in *ListInput) (*list[crm.ExchangeRate], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.ExchangeRate], error) {
		page, err := crm.ListExchangeRates(ctx, q, in.query())
		return &list[crm.ExchangeRate]{page}, err
	})
}

func (s *Server) getExchangeRate(ctx context.Context, in *ExchangeRatePath) (*item[crm.ExchangeRate], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.ExchangeRate], error) {
		r, err := crm.GetExchangeRate(ctx, q, in.ID)
		return &item[crm.ExchangeRate]{etag(r.Version), r}, err
	})
}

type createExchangeRateInput struct{ Body crm.NewExchangeRate }

func (s *Server) createExchangeRate(ctx context.Context, in *createExchangeRateInput) (*created[crm.ExchangeRate], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.ExchangeRate], error) {
		r, err := crm.CreateExchangeRate(ctx, tx, in.Body)
		return &created[crm.ExchangeRate]{"/v1/exchange-rates/" + r.ID.String(), etag(r.Version), r}, err
	})
}

type importExchangeRatesInput struct{ Body crm.ExchangeRateImport }

type importedExchangeRates struct{ Body crm.ExchangeRatesImported }

func (s *Server) importExchangeRates(ctx context.Context, in *importExchangeRatesInput) (*importedExchangeRates, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*importedExchangeRates, error) {
		out, err := crm.ImportExchangeRates(ctx, tx, in.Body)
		return &importedExchangeRates{out}, err
	})
}

type updateExchangeRateInput struct {
	ExchangeRatePath
	IfMatch
	Body crm.ExchangeRatePatch
}

func (s *Server) updateExchangeRate(ctx context.Context, in *updateExchangeRateInput) (*item[crm.ExchangeRate], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.ExchangeRate], error) {
		r, err := crm.UpdateExchangeRate(ctx, tx, in.ID, in.Body, version)
		return &item[crm.ExchangeRate]{etag(r.Version), r}, err
	})
}

type deleteExchangeRateInput struct {
	ExchangeRatePath
	IfMatch
}

func (s *Server) deleteExchangeRate(ctx context.Context, in *deleteExchangeRateInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteExchangeRate(ctx, tx, in.ID, version)
	})
}
