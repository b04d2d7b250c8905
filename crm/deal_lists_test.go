package crm_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// fillDeals gives acme many deals of both reps, a fifth of them open, and the server its statistics.
func (w *world) fillDeals(t testing.TB, n int) {
	t.Helper()
	p := w.admin.pipelines(t)[0]
	c := w.admin.customer(t, "host")
	if err := w.system(w.acme).tx(t, func(tx *tenant.Tx) error {
		rows := tx.Bulk(`INSERT INTO company.deals (id, name, name_sort, search_text, customer_id, pipeline_id, stage_id, board_rank, stage_since, status,
			owner_id, amount, item_count, currency, amount_base, expected_close_on, closed_at, closed_on, next_task_at, last_activity_at, created_at, updated_at,
			lost_reason, source, note, custom, version) VALUES`, 27, "")
		for i := range n {
			at, day := tx.Now.Add(-time.Duration(i)*time.Minute), tx.Now.AddDate(0, 0, -i%365).Format(time.DateOnly)
			stage, status, closed, closedOn := p.Stages[i%4].ID, "open", any(nil), any(nil)
			if i/2%5 > 0 {
				stage, status, closed, closedOn = p.Won.ID, "won", at, day
			}
			var customer any
			if i%100 == 0 {
				customer = c.ID
			}
			name := fmt.Sprintf("deal %06d", i)
			if err := rows.Add(t.Context(), tenant.NewEventID(), name, name, name, customer, p.ID, stage, fmt.Sprintf("m%06d1", i), at, status,
				[]tenant.MemberID{w.acme.Rep, w.acme.Rep2}[i%2], i, 0, "CNY", i, day, closed, closedOn, at, at, at, at, "", "", "", "{}", 1); err != nil {
				return err
			}
		}
		return rows.Flush(t.Context())
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Read(t.Context(), w.acme.Company, w.admin.caller, func(q *tenant.Query) error {
		rows, err := q.Rows(t.Context(), "ANALYZE TABLE company.deals")
		if err != nil {
			return err
		}
		return rows.Close()
	}); err != nil {
		t.Fatal(err)
	}
}

// TestDealListsReadTheirOrderFromAnIndex looks at the plan of every order over thousands of rows, on the first page
// and on the next.
func TestDealListsReadTheirOrderFromAnIndex(t *testing.T) {
	w := newWorld(t)
	w.fillDeals(t, 6000)
	customer := w.admin.list(t, crm.ListQuery{}).Data[0].ID
	for _, c := range []struct {
		name          string
		who           person
		filter, order string
		key           string
	}{
		{"own updated", w.rep, "", "updated_at", "deals_owner_updated"},
		{"own created", w.rep, "", "created_at", "deals_owner_created"},
		{"own name", w.rep, "", "name", "deals_owner_name"},
		{"own amount", w.rep, "status = open", "amount_base", "deals_owner_amount"},
		{"own expected", w.rep, "", "expected_close_on", "deals_owner_expected"},
		{"own open expected", w.rep, "status = open", "expected_close_on", "deals_owner_status_expected"},
		{"own closed", w.rep, "status = won", "closed_at", "deals_owner_closed"},
		{"own next task", w.rep, "", "next_task_at", "deals_owner_next_task"},
		{"own activity", w.rep, "", "last_activity_at", "deals_owner_last_activity"},
		{"all updated", w.admin, "", "updated_at", "deals_updated"},
		{"all created", w.admin, "", "created_at", "deals_created"},
		{"all name", w.admin, "", "name", "deals_name"},
		{"all amount", w.admin, "", "amount_base", "deals_amount"},
		{"all expected", w.admin, "", "expected_close_on", "deals_expected"},
		{"all open expected", w.admin, "status = open", "expected_close_on", "deals_status_expected"},
		{"all closed", w.admin, "closed_on > \"2020-01-01\"", "closed_at", "deals_closed"},
		{"all next task", w.admin, "", "next_task_at", "deals_next_task"},
		{"all activity", w.admin, "", "last_activity_at", "deals_last_activity"},
		{"team", w.manager, "", "updated_at", "deals_updated"},
		{"one owner's", w.admin, "owner = " + w.acme.Rep.String(), "name", "deals_owner_name"},
		{"stalled", w.admin, "stalled = false AND probability < 90", "updated_at", "deals_updated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, direction := range []string{"", " desc"} {
				in := crm.ListQuery{Filter: c.filter, OrderBy: c.order + direction, Limit: 20}
				for range 2 {
					w.wantDealPlan(t, c.who, in, func(steps []step) { wantIndex(t, steps, c.key) })
					page := must[crm.Page[crm.Deal]](t)(c.who.tryListDeals(t, in))
					if page.NextCursor == nil || len(page.Data) != 20 {
						t.Fatalf("a page of %d", len(page.Data))
					}
					in.Cursor = *page.NextCursor
				}
			}
		})
	}
	w.wantDealPlan(t, w.rep, crm.ListQuery{Filter: "customer = " + customer.String()}, func(steps []step) {
		if steps[0].key != "deals_customer" {
			t.Errorf("a customer's deals: %+v", steps)
		}
	})
}

func (w *world) wantDealPlan(t *testing.T, who person, in crm.ListQuery, check func([]step)) {
	t.Helper()
	if err := w.Read(t.Context(), who.company.Company, who.caller, func(q *tenant.Query) error {
		statement, args, err := crm.DealStatement(q, in)
		if err == nil {
			check(explain(t.Context(), t, q, statement, args))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestDealPagesMissNothing walks every order in small pages while most sort values are equal.
func TestDealPagesMissNothing(t *testing.T) {
	w := newWorld(t)
	const rows = 23
	if err := w.rep.tx(t, func(tx *tenant.Tx) error {
		for n := range rows {
			in := crm.NewDeal{Name: []string{"张三", "Zebra", "李四"}[n%3]}
			if n%3 > 0 {
				in.Amount, in.ExpectedCloseOn = ptr(int64(1<<53-n%3)), ptr(crm.Date(fmt.Sprintf("2026-04-0%d", n%3)))
			}
			if n%4 == 0 {
				in.Status = "won"
			}
			if _, err := crm.CreateDeal(t.Context(), tx, in); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, order := range []string{"name", "created_at", "updated_at", "amount_base", "expected_close_on", "closed_at", "next_task_at", "last_activity_at"} {
		t.Run(order, func(t *testing.T) {
			walk := walk{order, rows, func(in crm.ListQuery) ([]string, *string) {
				page := must[crm.Page[crm.Deal]](t)(read(t, w.rep, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.Deal], error) {
					return crm.ListDeals(ctx, q, in)
				}))
				return idsOf(page.Data, func(d crm.Deal) string { return d.ID.String() }), page.NextCursor
			}}
			up, down := walk.all(t, ""), walk.all(t, " desc")
			slices.Reverse(down)
			if !slices.Equal(up, down) {
				t.Error("descending is not ascending read backwards")
			}
			slices.Sort(up)
			if n := len(slices.Compact(up)); n != rows {
				t.Errorf("%d different rows", n)
			}
		})
	}
	// A cursor that somebody has made up for a number or a day is refused.
	for _, order := range []string{"amount_base", "expected_close_on"} {
		page := must[crm.Page[crm.Deal]](t)(w.rep.tryListDeals(t, crm.ListQuery{OrderBy: order, Limit: 4}))
		_, err := w.rep.tryListDeals(t, crm.ListQuery{OrderBy: order, Limit: 4, Cursor: forge(t, *page.NextCursor, "x")})
		wantInvalid(t, err, "cursor")
	}
}

func TestDealFilters(t *testing.T) {
	w := newWorld(t)
	p := w.rep.pipelines(t)[0]
	c := w.rep.customer(t, "c")
	long := w.Clock.Now().AddDate(0, 0, -31)
	w.rep.deal(t, crm.NewDeal{Name: "a", Amount: ptr(int64(500)), ExpectedCloseOn: ptr(crm.Date("2026-03-02")), Tags: []string{"VIP"}, CustomerID: &c.ID, StageSince: &long, Source: "fair"})
	w.rep.deal(t, crm.NewDeal{Name: "b", Amount: ptr(int64(700)), Currency: "USD", ExpectedCloseOn: ptr(crm.Date("2026-03-09")), OwnProbability: ptr(90), StageID: &p.Stages[3].ID})
	w.rep.deal(t, crm.NewDeal{Name: "c", Status: "won", OwnProbability: ptr(1)})
	w.rep.deal(t, crm.NewDeal{Name: "d", Status: "lost", LostReason: "price"})
	for filter, want := range map[string]string{
		"status = open":                                 "ab",
		"status != open":                                "cd",
		"stage = " + p.Stages[3].ID.String():            "b",
		"stage = " + p.Won.ID.String():                  "c",
		"pipeline = " + p.ID.String():                   "abcd",
		"customer = " + c.ID.String():                   "a",
		"NOT customer:*":                                "bcd",
		"amount > 500":                                  "b",
		"amount_base:*":                                 "a",
		`currency = "USD"`:                              "b",
		"probability >= 90":                             "bc",
		"probability = 10":                              "a",
		"own_probability:*":                             "bc",
		`expected_close_on = "2026-03-02"`:              "a",
		`expected_close_on < "2026-03-09"`:              "a",
		`expected_close_on <= ahead("7d")`:              "ab",
		`expected_close_on < ago("0d")`:                 "",
		`expected_close_on >= "2026-03-08T20:00:00Z"`:   "b", // which is the 9th in Shanghai
		`expected_close_on:*`:                           "ab",
		`closed_on = "2026-03-02"`:                      "cd",
		`closed_at > ago("1h")`:                         "cd",
		"stalled = true":                                "a",
		"stalled = false":                               "bcd",
		`stage_since < ago("7d")`:                       "a",
		`tags:"vip"`:                                    "a",
		`source = fair`:                                 "a",
		`lost_reason:"ric"`:                             "d",
		"owner = me AND created_by = me":                "abcd",
		"NOT next_task_at:* AND NOT last_activity_at:*": "abcd",
	} {
		if got := strings.Join(w.rep.dealNames(t, crm.ListQuery{Filter: filter}), ""); got != want {
			t.Errorf("%s finds %q, want %q", filter, got, want)
		}
	}
	for _, filter := range []string{`expected_close_on = soon`, `expected_close_on > "2026-13-01"`, "rank = x", "status = gone", "stage = " + c.ID.String(), `pipeline = ""`, "amount = much"} {
		_, err := w.rep.tryListDeals(t, crm.ListQuery{Filter: filter})
		wantInvalid(t, err, "filter")
	}
	_, err := w.rep.tryListDeals(t, crm.ListQuery{OrderBy: "rank"})
	wantInvalid(t, err, "order_by")
}
