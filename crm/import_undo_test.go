package crm_test

import (
	"fmt"
	"testing"

	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
)

// What belongs together goes back together, or stays as somebody has made it since.
func TestUndoOfDealsKeepsThingsTogether(t *testing.T) {
	w := importers(newWorld(t))
	for day, rate := range map[crm.Date]string{"2026-01-01": "7", "2026-02-01": "8"} {
		w.admin.rate(t, crm.NewExchangeRate{Currency: "USD", Rate: decimal.MustParse(rate), ValidFrom: &day})
	}
	january, thousand := ptr(crm.Date("2026-01-10")), ptr(int64(1000))
	change := func(in crm.DealPatch) func(crm.DealID) {
		return func(id crm.DealID) { w.rep.updateDeal(t, id, in) }
	}
	for _, c := range []struct {
		deal crm.NewDeal
		// row has currency, amount, day and reason; since is what somebody does after it.
		row   string
		since func(crm.DealID)
		want  string
	}{
		{crm.NewDeal{Name: "untouched", Amount: thousand}, "USD,2,2026-02-10,", nil, "1000 CNY = 1000 CNY, "},
		{crm.NewDeal{Name: "another amount", Amount: thousand}, "USD,2,,", change(crm.DealPatch{Amount: patch.Of(int64(250))}), "250 USD = 2000 CNY, "},
		{crm.NewDeal{Name: "another currency", Amount: thousand}, ",2,,", change(crm.DealPatch{Currency: patch.Of("USD")}), "200 USD = 1600 CNY, "},
		{crm.NewDeal{Name: "lines", Amount: thousand}, "USD,2,,", func(id crm.DealID) {
			must[crm.DealItems](t)(w.rep.tryItems(t, id, crm.NewDealItem{Name: "one", UnitPrice: dec("2")}))
		}, "200 USD = 1600 CNY, "},
		{crm.NewDeal{Name: "a day", Amount: thousand, Currency: "USD", ExpectedCloseOn: january}, ",,2026-02-10,", nil, "1000 USD = 7000 CNY, 2026-01-10"},
		{crm.NewDeal{Name: "another day", Amount: thousand, Currency: "USD", ExpectedCloseOn: january}, ",,2026-02-10,",
			change(crm.DealPatch{ExpectedCloseOn: patch.Of(crm.Date("2026-02-15"))}), "1000 USD = 8000 CNY, 2026-02-15"},
		{crm.NewDeal{Name: "a reason", Amount: thousand, Status: "lost", LostReason: "x"}, ",,,Price", nil, "1000 CNY = 1000 CNY, x"},
		{crm.NewDeal{Name: "other words", Amount: thousand, Status: "lost", LostReason: "x"}, ",,,Price",
			change(crm.DealPatch{LostReason: patch.Of("too dear")}), "1000 CNY = 1000 CNY, from the list: too dear"},
	} {
		id := w.rep.deal(t, c.deal).ID
		imp := w.rep.runAs(t, "deals", "a.csv", "name,currency,amount,expected close date,lost reason\n"+c.deal.Name+","+c.row+"\n", crm.ImportOptions{Mode: crm.ModeUpdate})
		if imp.Updated != 1 {
			t.Fatalf("%s: %+v", c.deal.Name, w.rep.rows(t, imp.ID, ""))
		}
		if c.since != nil {
			c.since(id)
		}
		w.rep.undo(t, imp.ID)
		d := w.rep.getDeal(t, id)
		got := fmt.Sprintf("%d %s = %d CNY, ", *d.Amount, d.Currency, *d.AmountBase)
		if d.ExpectedCloseOn != nil {
			got += string(*d.ExpectedCloseOn)
		}
		if !d.LostReasonID.IsZero() {
			got += "from the list: "
		}
		if got += d.LostReason; got != c.want {
			t.Errorf("%s: %s, want %s", c.deal.Name, got, c.want)
		}
	}
}
