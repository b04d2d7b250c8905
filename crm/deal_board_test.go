package crm_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryBoard(t testing.TB, id crm.PipelineID, in crm.BoardQuery) (crm.Board, error) {
	t.Helper()
	return read(t, p, func(ctx ctx, q *tenant.Query) (crm.Board, error) { return crm.GetBoard(ctx, q, id, in) })
}

// board shows the default pipeline as "names of the first stage | names of the second | …".
func (p person) board(t testing.TB, in crm.BoardQuery) string {
	t.Helper()
	board := must[crm.Board](t)(p.tryBoard(t, p.pipelines(t)[0].ID, in))
	columns := make([]string, len(board.Columns))
	for i, c := range board.Columns {
		columns[i] = fmt.Sprintf("%d:%s", c.Totals.Count, names(c.Data))
		if c.NextCursor != nil {
			columns[i] += "…"
		}
	}
	return strings.Join(columns, "|")
}

func names(deals []crm.Deal) string {
	var all strings.Builder
	for _, d := range deals {
		all.WriteString(d.Name)
	}
	return all.String()
}

func (p person) tryStageDeals(t testing.TB, id crm.PipelineID, stage crm.StageID, in crm.ListQuery) (crm.Page[crm.Deal], error) {
	t.Helper()
	return read(t, p, func(ctx ctx, q *tenant.Query) (crm.Page[crm.Deal], error) {
		return crm.ListStageDeals(ctx, q, id, stage, in)
	})
}

func TestBoard(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	made := map[string]crm.Deal{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		made[name] = w.rep.deal(t, crm.NewDeal{Name: name, Tags: []string{name}})
		w.Clock.Advance(time.Second)
	}
	w.rep2.deal(t, crm.NewDeal{Name: "x", StageID: &p.Stages[1].ID})
	w.rep2.deal(t, crm.NewDeal{Name: "y", Status: "won"})
	id := func(name string) *crm.DealID { return ptr(made[name].ID) }
	for _, step := range []struct {
		deal string
		move crm.DealMove
		want string
	}{
		{"", crm.DealMove{}, "5:edcba|0:|0:|0:"}, // what came last stands at the top
		{"a", crm.DealMove{AfterID: id("e")}, "5:eadcb|0:|0:|0:"},
		{"e", crm.DealMove{BeforeID: id("b")}, "5:adceb|0:|0:|0:"},
		{"d", crm.DealMove{StageID: &p.Stages[1].ID}, "4:aceb|1:d|0:|0:"},
		{"c", crm.DealMove{StageID: &p.Stages[1].ID, AfterID: id("d")}, "3:aeb|2:dc|0:|0:"},
		{"b", crm.DealMove{StageID: &p.Stages[1].ID, BeforeID: id("c")}, "2:ae|3:dbc|0:|0:"},
		{"d", crm.DealMove{Status: "won"}, "2:ae|2:bc|0:|0:"},
		{"d", crm.DealMove{Status: "open"}, "2:ae|3:dbc|0:|0:"},
	} {
		if step.deal != "" {
			w.rep.moveDeal(t, made[step.deal].ID, step.move)
		}
		if got := w.rep.board(t, crm.BoardQuery{}); got != step.want {
			t.Fatalf("%s %+v: %s, want %s", step.deal, step.move, got, step.want)
		}
		w.Clock.Advance(time.Second)
	}
	for in, want := range map[crm.BoardQuery]string{
		{Limit: 2}:                               "2:ae|3:db…|0:|0:",
		{Filter: `tags:"b" OR tags:"e"`}:         "1:e|1:b|0:|0:",
		{Q: "c"}:                                 "0:|1:c|0:|0:",
		{Filter: "owner = me", Limit: 1}:         "2:a…|3:d…|0:|0:",
		{Filter: "stage = " + p.Won.ID.String()}: "0:|0:|0:|0:",
	} {
		if got := w.rep.board(t, in); got != want {
			t.Errorf("%+v: %s, want %s", in, got, want)
		}
	}
	if got := w.manager.board(t, crm.BoardQuery{}); got != "2:ae|4:xdbc|0:|0:" && got != "2:ae|4:dxbc|0:|0:" && got != "2:ae|4:dbcx|0:|0:" {
		t.Errorf("the manager's board: %s", got)
	}
	if got := w.rep2.board(t, crm.BoardQuery{}); got != "0:|1:x|0:|0:" {
		t.Errorf("a colleague's board: %s", got)
	}
	if _, err := w.stranger.tryBoard(t, p.ID, crm.BoardQuery{}); !errors.Is(err, tenant.ErrNotFound) {
		t.Errorf("the other company: %v", err)
	}
	_, err := w.rep.tryBoard(t, p.ID, crm.BoardQuery{Filter: "x"})
	wantInvalid(t, err, "filter")

	// The column goes on where the board has cut it.
	board := must[crm.Board](t)(w.rep.tryBoard(t, p.ID, crm.BoardQuery{Limit: 2}))
	next := must[crm.Page[crm.Deal]](t)(w.rep.tryStageDeals(t, p.ID, p.Stages[1].ID, crm.ListQuery{Limit: 2, Cursor: *board.Columns[1].NextCursor}))
	if names(next.Data) != "c" || next.NextCursor != nil || next.Data[0].Tags[0] != "c" {
		t.Errorf("the column goes on with %+v", next)
	}
	_, err = w.rep.tryStageDeals(t, p.ID, p.Stages[0].ID, crm.ListQuery{Limit: 2, Cursor: *board.Columns[1].NextCursor})
	wantInvalid(t, err, "cursor")
	if won := must[crm.Page[crm.Deal]](t)(w.admin.tryStageDeals(t, p.ID, p.Won.ID, crm.ListQuery{Count: true})); names(won.Data) != "y" || *won.Total != 1 {
		t.Errorf("won: %+v", won)
	}
	other := must[crm.Pipeline](t)(w.admin.tryPipeline(t, crm.NewPipeline{Name: "other", Stages: []crm.NewStage{{Name: "only"}}}))
	if _, err := w.rep.tryStageDeals(t, other.ID, p.Won.ID, crm.ListQuery{}); !errors.Is(err, tenant.ErrNotFound) {
		t.Errorf("a stage of another pipeline: %v", err)
	}
}

func TestBoardSumsUp(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	w.admin.rate(t, crm.NewExchangeRate{Currency: "USD", Rate: decimal.MustParse("7")})
	first := p.Stages[0].Probability
	for _, in := range []crm.NewDeal{
		{Amount: ptr(int64(1000))},
		{Amount: ptr(int64(15)), OwnProbability: ptr(50)},
		{Amount: ptr(int64(100)), Currency: "USD"},
		{Amount: ptr(int64(5)), Currency: "EUR"},
		{Currency: "JPY"},
		{Amount: ptr(int64(1 << 53)), StageID: &p.Stages[1].ID},
		{Amount: ptr(int64(1 << 53)), StageID: &p.Stages[1].ID},
		{Amount: ptr(int64(1)), Status: "won"},
	} {
		in.Name = "x"
		w.rep.deal(t, in)
	}
	board := must[crm.Board](t)(w.rep.tryBoard(t, p.ID, crm.BoardQuery{}))
	want := crm.DealTotals{Count: 5, AmountBase: 1715, WeightedBase: int64(10*first + 8 + 7*first), Unconverted: 1, Currencies: []crm.CurrencyTotal{
		{Currency: "CNY", Count: 2, Amount: 1015, AmountBase: 1015}, {Currency: "EUR", Count: 1, Amount: 5}, {Currency: "USD", Count: 1, Amount: 100, AmountBase: 700},
	}}
	if diff := cmp.Diff(want, board.Columns[0].Totals); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if board.Totals.Count != 7 || board.Totals.AmountBase != 1<<53 || board.Columns[1].Totals.AmountBase != 1<<53 {
		t.Errorf("sums beyond what JSON keeps: %+v", board.Totals)
	}
}

// TestBoardReadsItsOrderFromAnIndex looks at the plan of a column over thousands of rows.
func TestBoardReadsItsOrderFromAnIndex(t *testing.T) {
	w := newWorld(t)
	w.fillDeals(t, 6000)
	p := w.admin.pipelines(t)[0]
	for key, rows := range map[string]struct {
		who    person
		filter string
	}{
		"deals_owner_stage": {w.rep, ""},
		"deals_stage":       {w.admin, "amount > 0"},
		"deals_owner_stage of one that was chosen": {w.admin, "owner = " + w.acme.Rep2.String()},
	} {
		if err := w.Read(t.Context(), w.acme.Company, rows.who.caller, func(q *tenant.Query) error {
			statement, args, err := crm.BoardStatement(q, p.Stages[0].ID, crm.ListQuery{Filter: rows.filter})
			if err == nil {
				wantIndex(t, explain(t.Context(), t, q, statement, args), strings.Fields(key)[0])
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	for key, rows := range map[string]struct {
		who person
		in  crm.ListQuery
	}{
		"deals_sums":             {w.admin, crm.ListQuery{}},
		"deals_sums of a team":   {w.manager, crm.ListQuery{}},
		"deals_sums of a filter": {w.admin, crm.ListQuery{Filter: `currency = "CNY" AND amount_base > 0`}},
		"deals_customer of few":  {w.admin, crm.ListQuery{Filter: "customer = " + w.admin.list(t, crm.ListQuery{}).Data[0].ID.String()}},
	} {
		if err := w.Read(t.Context(), w.acme.Company, rows.who.caller, func(q *tenant.Query) error {
			statement, args, err := crm.DealSumsStatement(q, rows.in)
			if err != nil {
				return err
			}
			steps := explain(t.Context(), t, q, statement, args)
			at := slices.IndexFunc(steps, func(s step) bool { return s.table == "d" })
			if at < 0 || steps[at].key != strings.Fields(key)[0] || key[:10] == "deals_sums" && !strings.Contains(steps[at].extra, "Using index") {
				t.Errorf("sums: the plan is %+v, want %s", steps, key)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	got, cursor := []string{}, ""
	for {
		page := must[crm.Page[crm.Deal]](t)(w.rep.tryStageDeals(t, p.ID, p.Stages[0].ID, crm.ListQuery{Limit: 100, Cursor: cursor}))
		for _, d := range page.Data {
			got = append(got, d.Rank)
		}
		if page.NextCursor == nil {
			break
		}
		cursor = *page.NextCursor
	}
	if len(got) != 300 || !slices.IsSorted(got) {
		t.Errorf("a column of %d, in order: %v", len(got), slices.IsSorted(got))
	}
}
