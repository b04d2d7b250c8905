package crm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Board shows a pipeline's open deals in columns: 看板.
type Board struct {
	PipelineID PipelineID    `json:"pipeline_id" doc:"The pipeline."`
	Columns    []BoardColumn `json:"columns" nullable:"false" doc:"One for each open stage, in their order."`
	Totals     DealTotals    `json:"totals" doc:"All columns together."`
}

// BoardColumn is one stage with its deals.
type BoardColumn struct {
	Stage      PipelineStage `json:"stage" doc:"The stage."`
	Totals     DealTotals    `json:"totals" doc:"All deals of the column, not only those shown."`
	Data       []Deal        `json:"data" nullable:"false" doc:"The first deals of the column, in the order in which they were put there."`
	NextCursor *string       `json:"next_cursor" doc:"Continues the column at /v1/pipelines/{id}/stages/{stage}/deals; null when these are all."`
}

// BoardQuery says which deals a board shows.
type BoardQuery struct {
	// Filter and Q are those of the list of deals; Limit is how many deals a column shows, 1 to 200.
	Filter, Q string
	Limit     int
}

const boardOrder = "rank"

// boardDeals are the deals of one stage, which its plans hold them to, in the order of the board.
var boardDeals = deals.With(map[string]list.Field{
	boardOrder: {Kind: list.Text, Column: "d.board_rank", Sort: "d.board_rank", Indexes: []list.Index{list.By("deals_stage"), list.By("deals_owner_stage", "owner")}},
})

// planColumn plans one page of a stage.
func planColumn(q *tenant.Query, as *list.Resource, stage StageID, in ListQuery) (*list.Plan, error) {
	in.OrderBy = boardOrder
	return planDealsIn(q, as, in, list.Condition{SQL: "d.stage_id = ?", Args: []any{stage}})
}

// GetBoard returns the first deals and the totals of every open stage of a pipeline, else ErrNotFound. However many
// stages there are, it takes the same few statements.
func GetBoard(ctx context.Context, q *tenant.Query, id PipelineID, in BoardQuery) (Board, error) {
	pipeline, err := GetPipeline(ctx, q, id)
	if err != nil {
		return Board{}, err
	}
	query := ListQuery{Filter: in.Filter, Q: in.Q, Limit: in.Limit}
	as, err := customised(ctx, q, boardDeals, query)
	if err != nil {
		return Board{}, err
	}
	board := Board{PipelineID: id, Columns: make([]BoardColumn, len(pipeline.Stages)), Totals: noDeals()}
	for i, s := range pipeline.Stages {
		board.Columns[i] = BoardColumn{Stage: s, Totals: noDeals()}
	}
	if err := board.read(ctx, q, as, query); err != nil {
		return Board{}, err
	}
	return board, board.sum(ctx, q, as, query)
}

// read fills in the first page of each column, all by one statement.
func (b *Board) read(ctx context.Context, q *tenant.Query, as *list.Resource, in ListQuery) error {
	plans, parts := make([]*list.Plan, len(b.Columns)), make([]string, len(b.Columns))
	var args []any
	for i, c := range b.Columns {
		var err error
		if plans[i], err = planColumn(q, as, c.Stage.ID, in); err != nil {
			return err
		}
		part, more := plans[i].Statement(dealColumns)
		parts[i], args = "("+part+")", append(args, more...)
	}
	var rows []Deal
	if err := q.Select(ctx, &rows, strings.Join(parts, " UNION ALL "), args...); err != nil {
		return err
	}
	if err := fillDeals(ctx, q, rows); err != nil {
		return err
	}
	byStage := map[StageID][]Deal{}
	for _, d := range rows {
		byStage[d.StageID] = append(byStage[d.StageID], d)
	}
	for i := range b.Columns {
		column := append([]Deal{}, byStage[b.Columns[i].Stage.ID]...)
		slices.SortFunc(column, func(x, y Deal) int { return cmp.Or(cmp.Compare(x.Rank, y.Rank), slices.Compare(x.ID[:], y.ID[:])) })
		page := list.Cut(plans[i], column, Deal.sortKey)
		b.Columns[i].Data, b.Columns[i].NextCursor = page.Data, page.NextCursor
	}
	return nil
}

// sum fills in the totals of the columns and of the board.
func (b *Board) sum(ctx context.Context, q *tenant.Query, as *list.Resource, in ListQuery) error {
	from, where, err := dealsWithin(q, as, in)
	if err != nil {
		return err
	}
	stages, column := make([]StageID, len(b.Columns)), map[StageID]*DealTotals{}
	for i := range b.Columns {
		stages[i] = b.Columns[i].Stage.ID
		column[stages[i]] = &b.Columns[i].Totals
	}
	var rows []struct {
		Stage StageID `db:"stage_id"`
		dealSum
	}
	if err := q.SelectIn(ctx, &rows, `SELECT d.stage_id, `+dealSums+` FROM `+from+` WHERE `+where.SQL+` AND s.id IN (?) GROUP BY d.stage_id, d.currency`,
		append(slices.Clone(where.Args), stages)...); err != nil {
		return err
	}
	for _, r := range rows {
		column[r.Stage].add(r.dealSum)
		b.Totals.add(r.dealSum)
	}
	return nil
}

// ListStageDeals returns one page of a stage's deals in the order of the board; also of a pipeline's won and lost. It
// returns ErrNotFound for a stage of another pipeline.
func ListStageDeals(ctx context.Context, q *tenant.Query, id PipelineID, stage StageID, in ListQuery) (Page[Deal], error) {
	pipeline, err := GetPipeline(ctx, q, id)
	if err != nil {
		return Page[Deal]{}, err
	}
	if _, ok := pipeline.stage(stage); !ok {
		return Page[Deal]{}, fmt.Errorf("stage %s: %w", stage, tenant.ErrNotFound)
	}
	as, err := customised(ctx, q, boardDeals, in)
	if err != nil {
		return Page[Deal]{}, err
	}
	p, err := planColumn(q, as, stage, in)
	if err != nil {
		return Page[Deal]{}, err
	}
	page, err := list.Read(ctx, q, p, dealColumns, in.Count, Deal.sortKey)
	if err != nil {
		return Page[Deal]{}, err
	}
	return page, fillDeals(ctx, q, page.Data)
}
