package crm_test

import (
	"context"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func dec(text string) *decimal.Decimal { return ptr(decimal.MustParse(text)) }

func (p person) tryProduct(t testing.TB, in crm.NewProduct) (crm.Product, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Product, error) { return crm.CreateProduct(ctx, tx, in) })
}

func (p person) product(t testing.TB, in crm.NewProduct) crm.Product {
	t.Helper()
	return must[crm.Product](t)(p.tryProduct(t, in))
}

func (p person) tryUpdateProduct(t testing.TB, id crm.ProductID, in crm.ProductPatch, version int64) (crm.Product, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Product, error) {
		return crm.UpdateProduct(ctx, tx, id, in, version)
	})
}

func (p person) tryItems(t testing.TB, id crm.DealID, in ...crm.NewDealItem) (crm.DealItems, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.DealItems, error) {
		return crm.ReplaceDealItems(ctx, tx, id, in, 0)
	})
}

func (p person) items(t testing.TB, id crm.DealID) crm.DealItems {
	t.Helper()
	return must[crm.DealItems](t)(read(t, p, func(ctx context.Context, q *tenant.Query) (crm.DealItems, error) {
		return crm.ListDealItems(ctx, q, id)
	}))
}

func TestProducts(t *testing.T) {
	w := newWorld(t)
	made := w.admin.product(t, crm.NewProduct{
		Name: "GTX 专业版", Code: "GTX-PRO", Category: "GTX", Unit: "台", Note: "n", TaxRate: dec("13.0"),
		Prices: []crm.ProductPrice{{Currency: "USD", Price: decimal.MustParse("4821.50")}, {Currency: "CNY", Price: decimal.MustParse("34000")}},
	})
	list := func(in crm.ListQuery) []crm.Product {
		t.Helper()
		return must[crm.Page[crm.Product]](t)(read(t, w.rep, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.Product], error) {
			return crm.ListProducts(ctx, q, in)
		})).Data
	}
	for _, in := range []crm.ListQuery{{}, {Q: "zhuanye"}, {Q: "gtx-pro"}, {Filter: `category = GTX AND active = true AND currency = "CNY"`}} {
		if got := list(in); len(got) != 1 || cmp.Diff(made, got[0], exactly) != "" {
			t.Errorf("%+v finds %+v", in, got)
		}
	}
	for _, in := range []crm.ListQuery{{Q: "other"}, {Filter: `currency = "EUR"`}, {Filter: "active = false"}} {
		if got := list(in); len(got) != 0 {
			t.Errorf("%+v finds %+v", in, got)
		}
	}
	if made.Prices[0].Currency != "CNY" || made.Prices[1].Price.String() != "4821.5" || made.TaxRate.String() != "13" || !made.Active {
		t.Errorf("made %+v", made)
	}
	_, err := w.admin.tryProduct(t, crm.NewProduct{Name: "x", Code: "ｇｔｘ-pro "})
	wantConflict(t, err, "code_exists")
	_, err = w.admin.tryProduct(t, crm.NewProduct{Name: "x", ID: &made.ID})
	wantConflict(t, err, "id_in_use")
	w.admin.product(t, crm.NewProduct{Name: "without a code"})
	w.admin.product(t, crm.NewProduct{Name: "without a code", Active: ptr(false)})
	changed := must[crm.Product](t)(w.admin.tryUpdateProduct(t, made.ID, crm.ProductPatch{
		Name: patch.Of("GTX Max"), Prices: patch.Of([]crm.ProductPrice{{Currency: "EUR", Price: decimal.One}}), TaxRate: patch.Null[decimal.Decimal](),
	}, 1))
	if stored := list(crm.ListQuery{Q: "max"}); len(stored) != 1 || cmp.Diff(changed, stored[0], exactly) != "" || stored[0].Version != 2 || stored[0].TaxRate != nil || len(stored[0].Prices) != 1 {
		t.Errorf("changed %+v, stored %+v", changed, stored)
	}
	_, err = w.admin.tryUpdateProduct(t, made.ID, crm.ProductPatch{Name: patch.Of("x")}, 1)
	wantError(t, err, tenant.ErrStale)
	_, err = w.stranger.tryUpdateProduct(t, made.ID, crm.ProductPatch{Name: patch.Of("x")}, 0)
	wantError(t, err, tenant.ErrNotFound)
	long := func(n int) string { return strings.Repeat("长", n+1) }
	for name, row := range map[string]struct {
		in     crm.NewProduct
		fields []string
	}{
		"texts":  {crm.NewProduct{Code: long(64), Category: long(100), Unit: long(64), Note: long(10_000)}, []string{"category", "code", "name", "note", "unit"}},
		"code":   {crm.NewProduct{Name: "x", Code: strings.Repeat("ﷺ", 5)}, []string{"code"}},
		"tax":    {crm.NewProduct{Name: "x", TaxRate: dec("100.1")}, []string{"tax_rate"}},
		"prices": {crm.NewProduct{Name: "x", Prices: []crm.ProductPrice{{Currency: "XXY"}, {Currency: "USD", Price: decimal.MustParse("-1")}, {Currency: "USD", Price: decimal.MustParse("0.0000001")}}}, []string{"prices[0].currency", "prices[1].price", "prices[2].currency", "prices[2].price"}},
		"many":   {crm.NewProduct{Name: "x", Prices: slices.Repeat([]crm.ProductPrice{{Currency: "USD"}}, 51)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.admin.tryProduct(t, row.in)
			if row.fields == nil {
				if err == nil {
					t.Error("accepted")
				}
				return
			}
			wantInvalid(t, err, row.fields...)
		})
	}
	if err := w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteProduct(t.Context(), tx, made.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	if got := list(crm.ListQuery{Q: "max"}); len(got) != 0 {
		t.Error("a deleted product is listed")
	}
	w.admin.product(t, crm.NewProduct{Name: "x", Code: "gtx-pro"})
}

func TestDealItems(t *testing.T) {
	w := newWorld(t)
	pro := w.admin.product(t, crm.NewProduct{Name: "GTX Pro", Code: "GTX", Unit: "台", TaxRate: dec("13"), Prices: []crm.ProductPrice{{Currency: "CNY", Price: decimal.MustParse("4821")}}})
	d := w.rep.deal(t, crm.NewDeal{Name: "x", Amount: ptr(int64(7)), Items: []crm.NewDealItem{}})
	set := must[crm.DealItems](t)(w.rep.tryItems(t, d.ID,
		crm.NewDealItem{ProductID: &pro.ID, Quantity: dec("2"), DiscountPercent: dec("10")},
		crm.NewDealItem{Name: "Training", Unit: "day", UnitPrice: dec("0.125"), Quantity: dec("3.3"), TaxRate: dec("6")},
		crm.NewDealItem{Name: "Gift", UnitPrice: dec("100"), DiscountAmount: ptr(int64(10_000))},
	))
	want := crm.DealItems{Currency: "CNY", Net: 867_780 + 41, Tax: 112_811 + 2, Gross: 867_821 + 112_813, Version: 2, Data: []crm.DealItem{
		{Position: 1, ProductID: pro.ID, Name: "GTX Pro", Code: "GTX", Unit: "台", Quantity: *dec("2"), UnitPrice: *dec("4821"), DiscountPercent: dec("10"), TaxRate: dec("13"), Total: 867_780, Tax: 112_811},
		{Position: 2, Name: "Training", Unit: "day", Quantity: *dec("3.3"), UnitPrice: *dec("0.125"), TaxRate: dec("6"), Total: 41, Tax: 2}, // 41.25 and 2.46
		{Position: 3, Name: "Gift", Quantity: *dec("1"), UnitPrice: *dec("100"), DiscountAmount: ptr(int64(10_000))},
	}}
	for i := range want.Data {
		want.Data[i].ID = set.Data[i].ID
	}
	for what, got := range map[string]crm.DealItems{"answered": set, "stored": w.rep.items(t, d.ID)} {
		if diff := cmp.Diff(want, got, exactly); diff != "" {
			t.Errorf("%s: -want +got\n%s", what, diff)
		}
	}
	check := func(step string, amount int64, items int, version int64) {
		t.Helper()
		if got := w.rep.getDeal(t, d.ID); *got.Amount != amount || *got.AmountBase != amount || got.ItemCount != items || got.Version != version {
			t.Errorf("%s: %+v", step, got)
		}
	}
	check("replaced", 867_821, 3, 2)
	_, err := w.rep.tryUpdateDeal(t, d.ID, crm.DealPatch{Amount: patch.Of(int64(1)), Currency: patch.Of("USD")}, 0)
	wantInvalid(t, err, "amount", "currency")
	if same := w.rep.updateDeal(t, d.ID, crm.DealPatch{Amount: patch.Of(int64(867_821)), Currency: patch.Of("CNY")}); same.Version != 2 {
		t.Errorf("the same amount made version %d", same.Version)
	}
	change := func(fn func(context.Context, *tenant.Tx) (crm.DealItems, error)) crm.DealItems {
		t.Helper()
		return must[crm.DealItems](t)(write(t, w.rep, fn))
	}
	names := func(items crm.DealItems) (all []string) {
		for _, i := range items.Data {
			all = append(all, i.Name)
		}
		return all
	}
	added := change(func(ctx context.Context, tx *tenant.Tx) (crm.DealItems, error) {
		return crm.AddDealItem(ctx, tx, d.ID, crm.PlacedDealItem{NewDealItem: crm.NewDealItem{Name: "First", UnitPrice: dec("1")}, Position: ptr(1)}, 2)
	})
	if got := names(added); !slices.Equal(got, []string{"First", "GTX Pro", "Training", "Gift"}) {
		t.Errorf("added %v", got)
	}
	check("added", 867_921, 4, 3)
	moved := change(func(ctx context.Context, tx *tenant.Tx) (crm.DealItems, error) {
		return crm.UpdateDealItem(ctx, tx, d.ID, added.Data[0].ID, crm.DealItemPatch{Position: patch.Of(4), Quantity: patch.Of(*dec("2")), DiscountPercent: patch.Of(*dec("50"))}, 0)
	})
	if got := names(moved); !slices.Equal(got, []string{"GTX Pro", "Training", "Gift", "First"}) || moved.Data[3].Total != 100 {
		t.Errorf("moved %v, %+v", got, moved.Data[3])
	}
	switched := change(func(ctx context.Context, tx *tenant.Tx) (crm.DealItems, error) {
		return crm.UpdateDealItem(ctx, tx, d.ID, added.Data[0].ID, crm.DealItemPatch{DiscountAmount: patch.Of(int64(1))}, 0)
	})
	if last := switched.Data[3]; last.DiscountPercent != nil || last.Total != 199 {
		t.Errorf("another discount %+v", last)
	}
	left := change(func(ctx context.Context, tx *tenant.Tx) (crm.DealItems, error) {
		return crm.DeleteDealItem(ctx, tx, d.ID, added.Data[0].ID, 0)
	})
	if got := names(left); !slices.Equal(got, []string{"GTX Pro", "Training", "Gift"}) {
		t.Errorf("left %v", got)
	}
	check("deleted", 867_821, 3, 6)
	events := w.changesOf(t, "deal.updated")
	if previous := decode[map[string]any](t, events[len(events)-1].Previous); len(previous["items"].([]any)) != 4 || previous["amount"] != 868_020. {
		t.Errorf("previous %v", previous)
	}
	// The product changes and goes; the deal keeps what was agreed.
	must[crm.Product](t)(w.admin.tryUpdateProduct(t, pro.ID, crm.ProductPatch{Name: patch.Of("GTX Max"), Prices: patch.Of([]crm.ProductPrice{})}, 0))
	if got := w.rep.items(t, d.ID).Data[0]; got.Name != "GTX Pro" || got.UnitPrice.String() != "4821" {
		t.Errorf("the line follows its product: %+v", got)
	}
	for filter, found := range map[string]bool{"product = " + pro.ID.String(): true, "product:*": true, "NOT product:*": false} {
		if got := len(w.rep.dealNames(t, crm.ListQuery{Filter: filter})) == 1; got != found {
			t.Errorf("%s: %v", filter, got)
		}
	}
	must[crm.DealItems](t)(w.rep.tryItems(t, d.ID))
	check("without lines it keeps its amount", 867_821, 0, 7)
	w.rep.updateDeal(t, d.ID, crm.DealPatch{Amount: patch.Of(int64(1)), Currency: patch.Of("CNY")})
	check("which can be set again", 1, 0, 8)

	// A deal is created with its lines.
	whole := w.rep.deal(t, crm.NewDeal{Name: "whole", Currency: "JPY", Items: []crm.NewDealItem{{Name: "x", UnitPrice: dec("10.5")}, {Name: "y", UnitPrice: dec("0.4")}}})
	if items := w.rep.items(t, whole.ID); *whole.Amount != 11 || whole.ItemCount != 2 || items.Net != 11 || items.Data[0].Total != 11 || items.Data[1].Total != 0 {
		t.Errorf("whole %+v, %+v", whole, items)
	}
	for _, who := range []person{w.rep2, w.stranger} {
		_, err := read(t, who, func(ctx context.Context, q *tenant.Query) (crm.DealItems, error) {
			return crm.ListDealItems(ctx, q, d.ID)
		})
		wantError(t, err, tenant.ErrNotFound)
		_, err = who.tryItems(t, d.ID)
		wantError(t, err, tenant.ErrNotFound)
	}
}

func TestDealItemsRefuseMistakes(t *testing.T) {
	w := newWorld(t)
	gone := w.admin.product(t, crm.NewProduct{Name: "gone"})
	dear := w.admin.product(t, crm.NewProduct{Name: "dear", Prices: []crm.ProductPrice{{Currency: "USD", Price: decimal.One}}})
	if err := w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteProduct(t.Context(), tx, gone.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	d, other := w.rep.deal(t, crm.NewDeal{Name: "x"}), w.rep.deal(t, crm.NewDeal{Name: "y", Items: []crm.NewDealItem{{Name: "x", UnitPrice: dec("1")}}})
	theirs := w.rep.items(t, other.ID).Data[0].ID
	one := crm.NewDealItem{Name: "x", UnitPrice: dec("1")}
	with := func(change func(*crm.NewDealItem)) []crm.NewDealItem {
		in := one
		change(&in)
		return []crm.NewDealItem{one, in}
	}
	for name, row := range map[string]struct {
		in     []crm.NewDealItem
		fields []string
	}{
		"no name":        {with(func(i *crm.NewDealItem) { i.Name = "" }), []string{"items[1].name"}},
		"no price":       {with(func(i *crm.NewDealItem) { i.UnitPrice = nil }), []string{"items[1].unit_price"}},
		"other currency": {with(func(i *crm.NewDealItem) { i.UnitPrice, i.ProductID = nil, &dear.ID }), []string{"items[1].unit_price"}},
		"deleted":        {with(func(i *crm.NewDealItem) { i.ProductID = &gone.ID }), []string{"items[1].product_id"}},
		"numbers": {with(func(i *crm.NewDealItem) {
			i.Quantity, i.UnitPrice, i.DiscountPercent, i.TaxRate = dec("0"), dec("-1"), dec("101"), dec("1000")
		}), []string{"items[1].discount_percent", "items[1].quantity", "items[1].tax_rate", "items[1].unit_price"}},
		"digits":         {with(func(i *crm.NewDealItem) { i.Quantity, i.UnitPrice = dec("0.00001"), dec("0.0000001") }), []string{"items[1].quantity", "items[1].unit_price"}},
		"two discounts":  {with(func(i *crm.NewDealItem) { i.DiscountPercent, i.DiscountAmount = dec("1"), ptr(int64(1)) }), []string{"items[1].discount_amount"}},
		"below nothing":  {with(func(i *crm.NewDealItem) { i.DiscountAmount = ptr(int64(101)) }), []string{"items[1].discount_amount"}},
		"too much":       {with(func(i *crm.NewDealItem) { i.Quantity, i.UnitPrice = dec("99999999999"), dec("9999999999999") }), []string{"items[1].unit_price"}},
		"too much of it": {slices.Repeat([]crm.NewDealItem{{Name: "x", UnitPrice: dec("9999999999999")}}, 10), []string{"items"}},
		"one twice":      {with(func(i *crm.NewDealItem) { i.ID = ptr(crm.DealItemID(tenant.NewEventID())) })[1:], nil},
		"many":           {slices.Repeat([]crm.NewDealItem{one}, 201), []string{"items"}},
	} {
		t.Run(name, func(t *testing.T) {
			if row.fields == nil {
				row.in, row.fields = append(row.in, row.in[0]), []string{"items[1].id"}
			}
			_, err := w.rep.tryItems(t, d.ID, row.in...)
			wantInvalid(t, err, row.fields...)
		})
	}
	_, err := w.rep.tryItems(t, d.ID, crm.NewDealItem{ID: &theirs, Name: "x", UnitPrice: dec("1")})
	wantConflict(t, err, "id_in_use")
	_, err = w.rep.tryDeal(t, crm.NewDeal{Name: "x", Amount: ptr(int64(1)), Items: []crm.NewDealItem{{Name: " ", UnitPrice: dec("1")}}})
	wantInvalid(t, err, "amount", "items[0].name")
	for _, bad := range []struct {
		in     crm.DealItemPatch
		fields []string
	}{
		{crm.DealItemPatch{Quantity: patch.Null[decimal.Decimal](), UnitPrice: patch.Null[decimal.Decimal]()}, []string{"quantity", "unit_price"}},
		{crm.DealItemPatch{Position: patch.Of(2)}, []string{"position"}},
		{crm.DealItemPatch{Name: patch.Null[string]()}, []string{"name"}},
	} {
		_, err = write(t, w.rep, func(ctx context.Context, tx *tenant.Tx) (crm.DealItems, error) {
			return crm.UpdateDealItem(ctx, tx, other.ID, theirs, bad.in, 0)
		})
		wantInvalid(t, err, bad.fields...)
	}
	_, err = write(t, w.rep, func(ctx context.Context, tx *tenant.Tx) (crm.DealItems, error) {
		return crm.DeleteDealItem(ctx, tx, d.ID, theirs, 0)
	})
	wantError(t, err, tenant.ErrNotFound)
	if items := w.rep.items(t, d.ID); len(items.Data) != 0 || w.rep.getDeal(t, d.ID).Version != 1 {
		t.Errorf("after refusals %+v", items)
	}
}

// TestLinesAreRoundedHalfUp compares lines with the same reckoned in fractions.
func TestLinesAreRoundedHalfUp(t *testing.T) {
	w := newWorld(t)
	random := rand.New(rand.NewPCG(5, 6))
	for currency, digits := range map[string]int64{"CNY": 100, "JPY": 1, "KWD": 1000} {
		var in []crm.NewDealItem
		for range 150 {
			item := crm.NewDealItem{
				Name: "x", Quantity: ptr(decimal.MustNew(random.Int64N(1e4)+1, random.IntN(5))), UnitPrice: ptr(decimal.MustNew(random.Int64N(1e6), random.IntN(7))),
				TaxRate: ptr(decimal.MustNew(random.Int64N(1e5), 3)),
			}
			if random.IntN(2) == 0 {
				item.DiscountPercent = ptr(decimal.MustNew(random.Int64N(1e5), 3))
			}
			in = append(in, item)
		}
		d := w.rep.deal(t, crm.NewDeal{Name: "x", Currency: currency, Items: in})
		for n, item := range w.rep.items(t, d.ID).Data {
			share := big.NewRat(100, 1)
			if in[n].DiscountPercent != nil {
				share.Sub(share, rat(*in[n].DiscountPercent))
			}
			exact := product(rat(*in[n].Quantity), rat(*in[n].UnitPrice), share, big.NewRat(digits, 100))
			if want := halfUp(exact); item.Total != want {
				t.Errorf("%+v: %d, want %d", in[n], item.Total, want)
			}
			if want := halfUp(product(big.NewRat(item.Total, 1), rat(*in[n].TaxRate), big.NewRat(1, 100))); item.Tax != want {
				t.Errorf("tax of %+v: %d, want %d", in[n], item.Tax, want)
			}
		}
	}
}

func rat(d decimal.Decimal) *big.Rat {
	r, _ := new(big.Rat).SetString(d.String())
	return r
}

func product(factors ...*big.Rat) *big.Rat {
	p := big.NewRat(1, 1)
	for _, f := range factors {
		p.Mul(p, f)
	}
	return p
}

func halfUp(r *big.Rat) int64 {
	twice := new(big.Rat).Add(r, big.NewRat(1, 2))
	return new(big.Int).Quo(twice.Num(), twice.Denom()).Int64()
}
