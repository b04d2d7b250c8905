package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/tenant"
)

// ReplaceDealItems gives a deal exactly these lines, in this order. Without any the deal keeps its amount, which can be
// set again.
func ReplaceDealItems(ctx context.Context, tx *tenant.Tx, id DealID, in []NewDealItem, version int64) (DealItems, error) {
	return changeItems(ctx, tx, id, version, func(d Deal, _ []DealItem, invalid *tenant.InvalidError) ([]DealItem, error) {
		return makeItems(ctx, tx, invalid, "items", d.Currency, in)
	})
}

// AddDealItem adds a line to a deal.
func AddDealItem(ctx context.Context, tx *tenant.Tx, id DealID, in PlacedDealItem, version int64) (DealItems, error) {
	return changeItems(ctx, tx, id, version, func(d Deal, items []DealItem, invalid *tenant.InvalidError) ([]DealItem, error) {
		made, err := makeItems(ctx, tx, invalid, "", d.Currency, []NewDealItem{in.NewDealItem})
		if err != nil || len(invalid.Fields) > 0 {
			return nil, err
		}
		place := len(items) + 1
		if in.Position != nil {
			place = *in.Position
		}
		return placeItem(invalid, items, made[0], place), nil
	})
}

// UpdateDealItem changes or moves a line of a deal. It returns ErrNotFound for a line of another one.
func UpdateDealItem(ctx context.Context, tx *tenant.Tx, id DealID, item DealItemID, in DealItemPatch, version int64) (DealItems, error) {
	return changeItems(ctx, tx, id, version, func(d Deal, items []DealItem, invalid *tenant.InvalidError) ([]DealItem, error) {
		at, err := indexOfItem(items, item)
		if err != nil {
			return nil, err
		}
		changed := in.apply(items[at])
		changed.check(invalid, "", d.Currency)
		if in.Quantity.Null {
			invalid.Add("quantity", "required", "cannot be null")
		}
		if in.UnitPrice.Null {
			invalid.Add("unit_price", "required", "cannot be null")
		}
		return placeItem(invalid, slices.Delete(items, at, at+1), changed, in.Position.Or(at+1)), nil
	})
}

// DeleteDealItem takes a line off a deal.
func DeleteDealItem(ctx context.Context, tx *tenant.Tx, id DealID, item DealItemID, version int64) (DealItems, error) {
	return changeItems(ctx, tx, id, version, func(_ Deal, items []DealItem, _ *tenant.InvalidError) ([]DealItem, error) {
		at, err := indexOfItem(items, item)
		if err != nil {
			return nil, err
		}
		return slices.Delete(items, at, at+1), nil
	})
}

func indexOfItem(items []DealItem, id DealItemID) (int, error) {
	at := slices.IndexFunc(items, func(i DealItem) bool { return i.ID == id })
	if at < 0 {
		return 0, fmt.Errorf("deal item %s: %w", id, tenant.ErrNotFound)
	}
	return at, nil
}

func placeItem(invalid *tenant.InvalidError, items []DealItem, item DealItem, position int) []DealItem {
	if position < 1 || position > len(items)+1 {
		invalid.Add("position", "out_of_range", fmt.Sprintf("must be 1 to %d", len(items)+1))
		return items
	}
	return slices.Insert(items, position-1, item)
}

func (in DealItemPatch) apply(i DealItem) DealItem {
	i.Name, i.Unit, i.Quantity, i.UnitPrice = in.Name.Or(i.Name), in.Unit.Or(i.Unit), in.Quantity.Or(i.Quantity), in.UnitPrice.Or(i.UnitPrice)
	i.TaxRate = in.TaxRate.OrNull(i.TaxRate)
	// A discount of one kind takes the place of one of the other.
	if in.DiscountPercent.Set && !in.DiscountPercent.Null && !in.DiscountAmount.Set {
		i.DiscountAmount = nil
	}
	if in.DiscountAmount.Set && !in.DiscountAmount.Null && !in.DiscountPercent.Set {
		i.DiscountPercent = nil
	}
	i.DiscountPercent, i.DiscountAmount = in.DiscountPercent.OrNull(i.DiscountPercent), in.DiscountAmount.OrNull(i.DiscountAmount)
	i.trim()
	return i
}

// changeItems makes a change of a deal's lines while nobody else does; the deal's amount follows.
func changeItems(ctx context.Context, tx *tenant.Tx, id DealID, version int64,
	change func(Deal, []DealItem, *tenant.InvalidError) ([]DealItem, error),
) (DealItems, error) {
	before, err := lockDeal(ctx, tx, id, dealUpdate, version)
	if err != nil {
		return DealItems{}, err
	}
	was, err := itemsOf(ctx, tx.Query, id)
	if err != nil {
		return DealItems{}, err
	}
	invalid := &tenant.InvalidError{}
	items, err := change(before, slices.Clone(was), invalid)
	if err != nil {
		return DealItems{}, err
	}
	after := before
	after.hold(invalid, items)
	if err := invalid.Err(); err != nil {
		return DealItems{}, err
	}
	type lines struct {
		Items []DealItem `json:"items"`
	}
	previous, err := differences(lines{was}, lines{items})
	if err != nil || len(previous) == 0 {
		return before.withItems(was), err
	}
	c, err := changeDeal(ctx, tx, before, after, "deal.updated")
	if err != nil {
		return DealItems{}, err
	}
	c.previous["items"] = previous["items"]
	if err := saveDeals(ctx, tx, []dealChange{c}, false); err != nil {
		return DealItems{}, err
	}
	return c.after.withItems(items), replaceItems(ctx, tx, id, items)
}

// hold numbers the lines and makes their sum the deal's amount.
func (d *Deal) hold(invalid *tenant.InvalidError, items []DealItem) {
	if len(items) > maxDealItems {
		invalid.Add("items", "too_many", fmt.Sprintf("holds more than %d", maxDealItems))
	}
	var sum int64
	for i := range items {
		items[i].Position = i + 1
		if sum += items[i].Total + items[i].Tax; sum > maxMoney {
			invalid.Add("items", "out_of_range", "come to more than an amount can be")
			return
		}
	}
	if d.ItemCount = len(items); len(items) > 0 {
		net := d.withItems(items).Net
		d.Amount = &net
	}
}

// checkHeld refuses what follows from the lines of a deal that has some.
func (d *Deal) checkHeld(invalid *tenant.InvalidError, before Deal) {
	if !samePointer(d.Amount, before.Amount) {
		invalid.Add("amount", "from_items", "is the sum of the deal's items; change those")
	}
	if d.Currency != before.Currency {
		invalid.Add("currency", "from_items", "is that of the deal's items; take those off first")
	}
}

// makeItems checks new lines and takes from their products what they leave open. field is where they stand in the
// request; empty for a single one.
func makeItems(ctx context.Context, tx *tenant.Tx, invalid *tenant.InvalidError, field, currency string, in []NewDealItem) ([]DealItem, error) {
	known, err := productsOf(ctx, tx.Query, in)
	if err != nil {
		return nil, err
	}
	items := make([]DealItem, len(in))
	seen := map[DealItemID]bool{}
	for n, one := range in {
		prefix := ""
		if field != "" {
			prefix = fmt.Sprintf("%s[%d].", field, n)
		}
		items[n] = one.item(invalid, prefix, currency, known)
		if seen[items[n].ID] {
			invalid.Add(prefix+"id", "repeated", "is another line's")
		}
		seen[items[n].ID] = true
	}
	return items, nil
}

// productsOf returns the products that lines name, those that are deleted left out.
func productsOf(ctx context.Context, q *tenant.Query, in []NewDealItem) (map[ProductID]*Product, error) {
	var ids []ProductID
	for _, one := range in {
		if one.ProductID != nil {
			ids = append(ids, *one.ProductID)
		}
	}
	known := map[ProductID]*Product{}
	if len(ids) == 0 {
		return known, nil
	}
	var found []Product
	if err := q.SelectIn(ctx, &found, `SELECT `+productColumns+` FROM company.products p WHERE p.id IN (?) AND p.deleted_at IS NULL`, ids); err != nil {
		return nil, err
	}
	if err := fillPrices(ctx, q, found); err != nil {
		return nil, err
	}
	for i := range found {
		known[found[i].ID] = &found[i]
	}
	return known, nil
}

func (in NewDealItem) item(invalid *tenant.InvalidError, prefix, currency string, known map[ProductID]*Product) DealItem {
	i := DealItem{
		ID: tenant.NewID[dealItemKind](), Name: in.Name, Unit: in.Unit, Quantity: decimal.One,
		DiscountPercent: in.DiscountPercent, DiscountAmount: in.DiscountAmount, TaxRate: in.TaxRate,
	}
	if in.ID != nil && !in.ID.IsZero() {
		i.ID = *in.ID
	}
	price := in.UnitPrice
	if in.ProductID != nil && !in.ProductID.IsZero() {
		p, ok := known[*in.ProductID]
		if !ok {
			invalid.Add(prefix+"product_id", "unknown", "is not a product of this company")
			return i
		}
		if price == nil {
			price = p.price(currency)
		}
		i.takeFrom(p)
	}
	if in.Quantity != nil {
		i.Quantity = *in.Quantity
	}
	if price == nil {
		invalid.Add(prefix+"unit_price", "required", "is required: there is no price in "+currency)
		return i
	}
	i.UnitPrice = *price
	i.trim()
	i.check(invalid, prefix, currency)
	return i
}

// takeFrom fills in from the product what was left open.
func (i *DealItem) takeFrom(p *Product) {
	i.ProductID, i.Code = p.ID, p.Code
	if i.Name == "" {
		i.Name = p.Name
	}
	if i.Unit == "" {
		i.Unit = p.Unit
	}
	if i.TaxRate == nil {
		i.TaxRate = p.TaxRate
	}
}

// check examines a line and reckons it.
func (i *DealItem) check(invalid *tenant.InvalidError, prefix, currency string) {
	mistakes := len(invalid.Fields)
	checkRequired(invalid, prefix+"name", i.Name, 200)
	checkText(invalid, prefix+"unit", i.Unit, 64)
	checkDecimal(invalid, prefix+"quantity", &i.Quantity, leastQuantity, mostQuantity, quantityDigits)
	checkDecimal(invalid, prefix+"unit_price", &i.UnitPrice, decimal.Zero, mostPrice, priceDigits)
	checkDecimal(invalid, prefix+"discount_percent", i.DiscountPercent, decimal.Zero, decimal.Hundred, taxDigits)
	checkNumber(invalid, prefix+"discount_amount", i.DiscountAmount, 0, maxMoney)
	checkDecimal(invalid, prefix+"tax_rate", i.TaxRate, decimal.Zero, decimal.Hundred, taxDigits)
	if i.DiscountPercent != nil && i.DiscountAmount != nil {
		invalid.Add(prefix+"discount_amount", "invalid", "cannot stand beside discount_percent")
	}
	if len(invalid.Fields) > mistakes {
		return
	}
	if field := i.reckon(minorDigits(currency)); field != "" {
		invalid.Add(prefix+field, "out_of_range", "makes the line less than nothing, or more than an amount can be")
	}
}

func replaceItems(ctx context.Context, tx *tenant.Tx, id DealID, items []DealItem) error {
	if _, err := tx.Exec(ctx, `DELETE FROM company.deal_items WHERE deal_id = ?`, id); err != nil {
		return err
	}
	return insertItems(ctx, tx, id, items)
}

func insertItems(ctx context.Context, tx *tenant.Tx, id DealID, items []DealItem) error {
	rows := tx.Bulk(`INSERT INTO company.deal_items (deal_id, `+dealItemColumns+`) VALUES`, 14, "")
	for _, i := range items {
		if err := rows.Add(ctx, id, i.ID, i.Position, i.ProductID, i.Name, i.Code, i.Unit, i.Quantity, i.UnitPrice,
			i.DiscountPercent, i.DiscountAmount, i.TaxRate, i.Total, i.Tax); err != nil {
			return err
		}
	}
	err := rows.Flush(ctx)
	var dup *tenant.DuplicateError
	if errors.As(err, &dup) {
		return errIDInUse
	}
	return err
}
