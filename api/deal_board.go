package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// DealFilter is what everything takes that shows or sums up deals.
type DealFilter struct {
	Filter string `query:"filter" maxLength:"4096" doc:"The filter of the list of deals: only deals that meet it." example:"owner = me AND amount_base >= 1000000"`
	Q      string `query:"q" maxLength:"200" doc:"The search of the list of deals."`
}

type dealBoardInput struct {
	PipelinePath
	DealFilter
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many deals each column shows."`
}

type dealBoardOutput struct{ Body crm.Board }

func (s *Server) dealBoard(ctx context.Context, in *dealBoardInput) (*dealBoardOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*dealBoardOutput, error) {
		board, err := crm.GetBoard(ctx, q, in.ID, crm.BoardQuery{Filter: in.Filter, Q: in.Q, Limit: in.Limit})
		return &dealBoardOutput{board}, err
	})
}

type listStageDealsInput struct {
	StagePath
	DealFilter
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"20" doc:"How many deals a page holds."`
	Cursor string `query:"cursor" maxLength:"2000" doc:"next_cursor of the page before, or of the column of the board. It fits only the same filter and q."`
	Count  bool   `query:"count" doc:"Adds total, counted up to 1000."`
}

func (s *Server) listStageDeals(ctx context.Context, in *listStageDealsInput) (*list[crm.Deal], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Deal], error) {
		page, err := crm.ListStageDeals(ctx, q, in.ID, in.Stage, crm.ListQuery{Filter: in.Filter, Q: in.Q, Limit: in.Limit, Cursor: in.Cursor, Count: in.Count})
		return &list[crm.Deal]{page}, err
	})
}

type forecastDealsInput struct {
	DealFilter
	From string `query:"from" format:"date" doc:"A day in the first period; today when left out." example:"2026-01-01"`
	To   string `query:"to" format:"date" doc:"A day in the last period; a year from the first when left out." example:"2026-12-31"`
	By   string `query:"by" enum:"month,quarter" default:"month" doc:"How long a period is."`
}

type forecastDealsOutput struct{ Body crm.DealForecast }

func (s *Server) forecastDeals(ctx context.Context, in *forecastDealsInput) (*forecastDealsOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*forecastDealsOutput, error) {
		f, err := crm.Forecast(ctx, q, crm.ForecastQuery{Filter: in.Filter, Q: in.Q, From: crm.Date(in.From), To: crm.Date(in.To), By: in.By})
		return &forecastDealsOutput{f}, err
	})
}

type changeDealsInput struct{ Body crm.DealBulk }

type changedDeals struct{ Body crm.BulkResult }

func (s *Server) changeDeals(ctx context.Context, in *changeDealsInput) (*changedDeals, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*changedDeals, error) {
		result, err := crm.ChangeDeals(ctx, tx, in.Body)
		return &changedDeals{result}, err
	})
}
