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

// Who has left gets nothing back: no rep would see it.
func TestUndoLeavesRecordsWithWhoIsThere(t *testing.T) {
	w := importers(newWorld(t))
	w.rep2.customer(t, "c")
	w.rep2.deal(t, crm.NewDeal{Name: "d"})
	w.rep2.task(t, crm.NewTask{Title: "t"})
	w.rep2.contact(t, crm.NewContact{Name: "p", Emails: []crm.ContactEmail{{Address: "p@yunfan.example"}}})
	stays := w.rep.customer(t, "stays")
	var imports []crm.ImportID
	for _, file := range [][3]string{
		{"customers", "name,owner\nc,acme manager\nstays,acme manager\n", "name"}, {"deals", "name,owner\nd,acme manager\n", "name"},
		{"tasks", "title,assignee\nt,acme manager\n", "title"}, {"contacts", "name,email,owner\np,p@yunfan.example,acme manager\n", "email"},
	} {
		imp := w.manager.runAs(t, file[0], "a.csv", file[1], crm.ImportOptions{Mode: crm.ModeUpdate, Key: file[2]})
		if imp.Updated != imp.RowsDone {
			t.Fatalf("%s: %+v", file[0], w.manager.rows(t, imp.ID, ""))
		}
		imports = append(imports, imp.ID)
	}
	w.leaves(t, w.acme.Rep2)
	for _, id := range imports {
		w.manager.undo(t, id)
	}
	for table, column := range map[string]string{"customers": "owner_id", "deals": "owner_id", "tasks": "assignee_id", "contacts": "owner_id"} {
		if n := w.count(t, "company."+table+" WHERE "+column+" = ?", w.acme.Rep2); n != 0 {
			t.Errorf("%d %s went back to who has left", n, table)
		}
	}
	if got := w.rep.get(t, stays.ID); got.OwnerID != w.acme.Rep {
		t.Errorf("%s has what was the rep's", got.OwnerID)
	}
}
