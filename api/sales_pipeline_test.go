package api_test

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// salesText is a table of the sales pipeline: the whole one where there is a folder of shared data, else an extract.
func salesText(t *testing.T, name string) string {
	t.Helper()
	root := cmp.Or(os.Getenv("GUANXI_SHARED_DATA"), filepath.Join("..", "..", "shared", "data"))
	text, err := os.ReadFile(filepath.Join(root, "deals", name))
	if err != nil {
		text, err = os.ReadFile(filepath.Join("testdata", "deals", name))
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// salesTable reads it.
func salesTable(t *testing.T, name string) []map[string]string {
	t.Helper()
	text := salesText(t, name)
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]map[string]string, 0, len(lines))
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, column := range lines[0] {
			row[column] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// seller is a company that is made of the sales pipeline through the API alone.
type seller struct {
	*world
	company   *cast
	admin     person
	people    map[string]person // by name: agents and those whom they report to
	managers  map[string]string // of the agents
	customers map[string]string
	products  map[string]string
	prices    map[string]int64 // in minor units
	pipeline  pipeline
	deals     []map[string]string
}

// newSeller is the company before it has deals.
func newSeller(t *testing.T) *seller {
	t.Helper()
	s := &seller{
		world: newEmptyWorld(t), people: map[string]person{}, managers: map[string]string{}, customers: map[string]string{}, products: map[string]string{},
		prices: map[string]int64{}, deals: salesTable(t, "sales_pipeline.csv"),
	}
	c := &cast{name: "Seller", admin: person{email: "admin@seller.example"}}
	var up struct {
		tokens
		Company struct{ ID string }
	}
	s.post(t, person{}, "/v1/signup", fmt.Sprintf(`{"company":{"name":"Seller"},"name":"Admin","email":%q,"password":%q,"timezone":"Asia/Shanghai"}`, c.admin.email, password)).
		want(t, http.StatusCreated).into(t, &up)
	c.id, s.admin, s.company = up.Company.ID, up.person(c.admin.email), c
	s.setPlan(t, c, "business")
	s.hire(t)
	s.stock(t)
	return s
}

// hire invites the agents and, before them, those whom they report to.
func (s *seller) hire(t *testing.T) {
	t.Helper()
	for _, row := range salesTable(t, "sales_teams.csv") {
		agent, manager := row["sales_agent"], row["manager"]
		for _, name := range []string{manager, agent} {
			if _, there := s.people[name]; there {
				continue
			}
			role, over := "rep", s.people[manager].id
			if name == manager {
				role, over = "manager", s.admin.id
			}
			s.people[name] = s.invite(t, s.admin, strings.ReplaceAll(strings.ToLower(name), " ", ".")+"@seller.example", name, role, over)
		}
		s.managers[agent] = manager
	}
}

// stock enters customers, products and the pipeline.
func (s *seller) stock(t *testing.T) {
	t.Helper()
	for _, a := range salesTable(t, "accounts.csv") {
		s.customers[a["account"]] = s.post(t, s.admin, "/v1/customers", body(t, map[string]any{"name": a["account"], "industry": a["sector"], "address": a["office_location"]})).
			want(t, http.StatusCreated).id(t)
	}
	for _, p := range salesTable(t, "products.csv") {
		name := p["product"]
		s.prices[name] = minor(t, p["sales_price"])
		s.products[name] = s.post(t, s.admin, "/v1/products", body(t, map[string]any{
			"name": name, "category": p["series"], "prices": []any{map[string]any{"currency": "CNY", "price": p["sales_price"]}},
		})).want(t, http.StatusCreated).id(t)
	}
	s.post(t, s.admin, "/v1/pipelines", `{"name":"hardware","is_default":true,"needs_lost_reason":false,"stages":[{"name":"Prospecting","probability":10},{"name":"Engaging","probability":40}]}`).
		want(t, http.StatusCreated).into(t, &s.pipeline)
}

// sell brings the deals in, from several clients at once.
func (s *seller) sell(t *testing.T) {
	t.Helper()
	var wait sync.WaitGroup
	const clients = 4
	for client := range clients {
		wait.Go(func() {
			for i := client; i < len(s.deals); i += clients {
				if a := s.post(t, s.admin, "/v1/deals", body(t, s.deal(t, s.deals[i]))); a.Code != http.StatusCreated {
					t.Errorf("%v: %d %s", s.deals[i], a.Code, a.Body)
					return
				}
			}
		})
	}
	wait.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// product is a row's product, by the name that it has among the products.
func product(row map[string]string) string {
	if row["product"] == "GTXPro" {
		return "GTX Pro"
	}
	return row["product"]
}

// deal is a row as the API takes it. What is won was sold at its closing value, what is open at the list's price.
func (s *seller) deal(t *testing.T, row map[string]string) map[string]any {
	t.Helper()
	item := map[string]any{"product_id": s.products[product(row)]}
	in := map[string]any{"name": row["opportunity_id"], "owner_id": s.people[row["sales_agent"]].id, "items": []any{item}, "stage_id": s.pipeline.Stages[1].ID}
	if customer := s.customers[row["account"]]; customer != "" {
		in["customer_id"] = customer
	}
	switch row["deal_stage"] {
	case "Prospecting":
		in["stage_id"] = s.pipeline.Stages[0].ID
	case "Engaging":
		in["stage_since"] = row["engage_date"] + "T09:00:00+08:00"
	case "Won", "Lost":
		in["status"], item["unit_price"] = strings.ToLower(row["deal_stage"]), row["close_value"]
		in["created_at"], in["closed_at"] = row["engage_date"]+"T09:00:00+08:00", row["close_date"]+"T17:00:00+08:00"
	default:
		t.Errorf("%v: no such stage", row)
	}
	return in
}

func body(t *testing.T, in any) string {
	t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

func minor(t *testing.T, units string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(units, 10, 64)
	if err != nil {
		t.Error(err)
	}
	return n * 100
}

// sales are deals won and their worth, by quarter.
type sales map[string][2]int64

// reckon adds up what the file says of the deals that are wanted.
func (s *seller) reckon(t *testing.T, wanted func(map[string]string) bool) sales {
	t.Helper()
	all := sales{}
	for _, row := range s.deals {
		if row["deal_stage"] != "Won" || !wanted(row) {
			continue
		}
		month, err := strconv.Atoi(row["close_date"][5:7])
		if err != nil {
			t.Fatal(err)
		}
		quarter := fmt.Sprintf("%s-Q%d", row["close_date"][:4], (month+2)/3)
		sum := all[quarter]
		all[quarter] = [2]int64{sum[0] + 1, sum[1] + minor(t, row["close_value"])}
	}
	return all
}

// asked asks the API for the same.
func (s *seller) asked(t *testing.T, who person, filter string) sales {
	t.Helper()
	var f struct {
		Periods []struct {
			Period string
			Won    struct {
				Count      int64
				AmountBase int64 `json:"amount_base"`
			}
		}
	}
	s.get(t, who, "/v1/deals/forecast?by=quarter&from=2016-10-01&to=2017-12-31&filter="+url.QueryEscape(filter)).want(t, http.StatusOK).into(t, &f)
	all := sales{}
	for _, p := range f.Periods {
		if p.Won.Count > 0 {
			all[p.Period] = [2]int64{p.Won.Count, p.Won.AmountBase}
		}
	}
	return all
}

func same(t *testing.T, name string, want, got sales) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s: -want +got\n%s", name, diff)
	}
}

// wantSales compares what was won by quarter with the file: in all, by agent, as the agents see it, and by team.
func (s *seller) wantSales(t *testing.T) {
	t.Helper()
	everything := s.reckon(t, func(map[string]string) bool { return true })
	same(t, "everything", everything, s.asked(t, s.admin, ""))
	if len(everything) < 3 {
		t.Errorf("only the quarters %v", everything)
	}
	for agent, manager := range s.managers {
		want := s.reckon(t, func(row map[string]string) bool { return row["sales_agent"] == agent })
		same(t, agent, want, s.asked(t, s.admin, "owner = "+s.people[agent].id))
		same(t, agent+" as themselves", want, s.asked(t, s.people[agent], ""))
		if manager == "" {
			t.Errorf("%s reports to nobody", agent)
		}
	}
	for _, manager := range s.managers {
		same(t, manager, s.reckon(t, func(row map[string]string) bool { return s.managers[row["sales_agent"]] == manager }), s.asked(t, s.people[manager], ""))
	}
}

// TestSalesPipelineIsImported brings the same deals in as the file that they are, with its own headings. Products stay out:
// lines of deals are not imported.
func TestSalesPipelineIsImported(t *testing.T) {
	s := newSeller(t)
	text := salesText(t, "sales_pipeline.csv")
	id := s.sendFile(t, s.admin, "/v1/imports?resource=deals", "sales_pipeline.csv", text).want(t, http.StatusCreated, `"field":"name"`, `"field":"owner"`, `"field":"customer"`,
		`"field":"stage"`, `"field":"created_at"`, `"field":"closed_at"`, `"field":"amount"`).id(t)
	s.patch(t, s.admin, "/v1/imports/"+id, `{}`).want(t, http.StatusOK, `"deal":{`, `"rejected":0`)
	s.post(t, s.admin, "/v1/imports/"+id+"/run", ``).want(t, http.StatusAccepted)
	s.runImport(t, s.company, id)
	s.get(t, s.admin, "/v1/imports/"+id).want(t, http.StatusOK, fmt.Sprintf(`"created":%d`, len(s.deals)), `"duplicates":0`, `"rejected":0`)
	s.wantSales(t)
	for i, stage := range []string{"Prospecting", "Engaging"} {
		count := 0
		for _, row := range s.deals {
			if row["deal_stage"] == stage {
				count++
			}
		}
		s.get(t, s.admin, "/v1/deals?count=true&limit=1&filter="+url.QueryEscape("stage = "+s.pipeline.Stages[i].ID)).
			want(t, http.StatusOK, fmt.Sprintf(`"total":%d`, min(count, 1000)))
	}
}

// TestSalesPipeline enters a real company's people, customers, products and deals, and compares what the API adds up
// with the file's own sums: by agent, by team, by product and by quarter.
func TestSalesPipeline(t *testing.T) {
	s := newSeller(t)
	s.sell(t)
	s.wantSales(t)
	for name, id := range s.products {
		same(t, name, s.reckon(t, func(row map[string]string) bool { return product(row) == name }), s.asked(t, s.admin, "product = "+id))
		for agent := range s.managers {
			same(t, agent+" with "+name, s.reckon(t, func(row map[string]string) bool { return row["sales_agent"] == agent && product(row) == name }),
				s.asked(t, s.people[agent], "product = "+id))
			break // of one is enough: the filters are joined alike for all
		}
	}
	s.wantBoard(t)
}

// wantBoard compares the columns of the board with the file.
func (s *seller) wantBoard(t *testing.T) {
	t.Helper()
	var board struct {
		Columns []struct {
			Totals struct {
				Count      int64
				AmountBase int64 `json:"amount_base"`
			}
			Data []struct{ Status string }
		}
	}
	s.get(t, s.admin, "/v1/pipelines/"+s.pipeline.ID+"/board?limit=50").want(t, http.StatusOK).into(t, &board)
	for i, stage := range []string{"Prospecting", "Engaging"} {
		var count, amount int64
		for _, row := range s.deals {
			if row["deal_stage"] == stage {
				count++
				amount += s.prices[product(row)]
			}
		}
		if got := board.Columns[i]; got.Totals.Count != count || got.Totals.AmountBase != amount || len(got.Data) != min(int(count), 50) || got.Data[0].Status != "open" {
			t.Errorf("%s: %d deals worth %d, want %d worth %d", stage, got.Totals.Count, got.Totals.AmountBase, count, amount)
		}
	}
}
