package crm

import (
	"context"

	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type dealItemKind struct{}

func (dealItemKind) Prefix() string { return "itm" }

// DealItemID identifies a line of a deal (itm_…).
type DealItemID = tenant.ID[dealItemKind]

// DealItem is a line of a deal: so many of a product, at a price. Total and tax are rounded half up, line by line, so
// that the sum of the lines is the sum that a customer reckons.
type DealItem struct {
	ID              DealItemID       `db:"id" json:"id" doc:"The line's id." example:"itm_01h455vb4pex5vsknk084sn02q"`
	Position        int              `db:"position" json:"position" doc:"Its place among the deal's lines, from 1." example:"1"`
	ProductID       ProductID        `db:"product_id" json:"product_id" nullable:"true" doc:"The product; null for a line of free text."`
	Name            string           `db:"name" json:"name" doc:"What is sold, as it was called when the line was written." example:"GTX Pro"`
	Code            string           `db:"code" json:"code" doc:"Its article number then." example:"GTX-PRO"`
	Unit            string           `db:"unit" json:"unit" doc:"What is counted." example:"台"`
	Quantity        decimal.Decimal  `db:"quantity" json:"quantity" doc:"How many." example:"2"`
	UnitPrice       decimal.Decimal  `db:"unit_price" json:"unit_price" doc:"Price of one, in units of the deal's currency and not in minor units." example:"4821.00"`
	DiscountPercent *decimal.Decimal `db:"discount_percent" json:"discount_percent" doc:"Discount in percent; null for none, or for one by amount." example:"10"`
	DiscountAmount  *int64           `db:"discount_amount" json:"discount_amount" doc:"Discount in minor units of the deal's currency; null for none, or for one by percent." example:"50000"`
	TaxRate         *decimal.Decimal `db:"tax_rate" json:"tax_rate" doc:"Tax in percent; null when none is reckoned." example:"13"`
	Total           int64            `db:"total" json:"total" doc:"Quantity times price less discount, before tax, in minor units." example:"867780"`
	Tax             int64            `db:"tax" json:"tax" doc:"Tax on that, in minor units." example:"112811"`
}

// DealItems are the lines of a deal with their sums, in minor units of its currency.
type DealItems struct {
	Data     []DealItem `json:"data" nullable:"false" doc:"The lines in their order."`
	Currency string     `json:"currency" doc:"The deal's currency." example:"CNY"`
	Net      int64      `json:"net" doc:"Sum of the lines before tax, which is the deal's amount." example:"867780"`
	Tax      int64      `json:"tax" doc:"Sum of the taxes." example:"112811"`
	Gross    int64      `json:"gross" doc:"Both together." example:"980591"`
	// Version is the deal's.
	Version int64 `json:"-"`
}

// NewDealItem is what a line is made of.
type NewDealItem struct {
	ID              *DealItemID      `json:"id,omitempty" doc:"The line's id, to keep it when all are replaced; or one made by the client."`
	ProductID       *ProductID       `json:"product_id,omitempty" doc:"The product, from which what is left out is taken."`
	Name            string           `json:"name,omitempty" maxLength:"200" doc:"What is sold; required without a product." example:"Training"`
	Unit            string           `json:"unit,omitempty" maxLength:"64" doc:"What is counted." example:"day"`
	Quantity        *decimal.Decimal `json:"quantity,omitempty" doc:"How many, at most 4 digits behind the point; 1 when left out." example:"2"`
	UnitPrice       *decimal.Decimal `json:"unit_price,omitempty" doc:"Price of one, in units of the deal's currency; required where the product has no price in it." example:"4821.00"`
	DiscountPercent *decimal.Decimal `json:"discount_percent,omitempty" doc:"Discount in percent." example:"10"`
	DiscountAmount  *int64           `json:"discount_amount,omitempty" minimum:"0" maximum:"9007199254740992" doc:"Instead: discount in minor units." example:"50000"`
	TaxRate         *decimal.Decimal `json:"tax_rate,omitempty" doc:"Tax in percent." example:"13"`
}

// PlacedDealItem is a new line and where it goes.
type PlacedDealItem struct {
	NewDealItem
	Position *int `json:"position,omitempty" minimum:"1" maximum:"200" doc:"Its place among the lines, from 1; the last when left out." example:"1"`
}

// DealItemPatch changes some fields of a line.
type DealItemPatch struct {
	Name            patch.Field[string]          `json:"name,omitzero" minLength:"1" maxLength:"200" doc:"What is sold." example:"Training"`
	Unit            patch.Field[string]          `json:"unit,omitzero" maxLength:"64" doc:"What is counted." example:"day"`
	Quantity        patch.Field[decimal.Decimal] `json:"quantity,omitzero" doc:"How many." example:"2"`
	UnitPrice       patch.Field[decimal.Decimal] `json:"unit_price,omitzero" doc:"Price of one, in units of the deal's currency." example:"4821.00"`
	DiscountPercent patch.Field[decimal.Decimal] `json:"discount_percent,omitzero" doc:"Discount in percent, in place of one by amount; null for none." example:"10"`
	DiscountAmount  patch.Field[int64]           `json:"discount_amount,omitzero" minimum:"0" maximum:"9007199254740992" doc:"Discount in minor units, in place of one by percent; null for none." example:"50000"`
	TaxRate         patch.Field[decimal.Decimal] `json:"tax_rate,omitzero" doc:"Tax in percent; null when none is reckoned." example:"13"`
	Position        patch.Field[int]             `json:"position,omitzero" minimum:"1" maximum:"200" doc:"Its place among the lines, from 1." example:"1"`
}

const (
	dealItemColumns = `id, position, product_id, name, code, unit, quantity, unit_price, discount_percent, discount_amount, tax_rate, total, tax`
	maxDealItems    = 200
	quantityDigits  = 4
)

var (
	leastQuantity = decimal.MustNew(1, quantityDigits)
	mostQuantity  = decimal.MustNew(99_999_999_999, 0)
)

// ListDealItems returns the lines of a deal within the caller's scope, else ErrNotFound.
func ListDealItems(ctx context.Context, q *tenant.Query, id DealID) (DealItems, error) {
	d, err := findDeal(ctx, q, id, dealRead, "")
	if err != nil {
		return DealItems{}, err
	}
	items, err := itemsOf(ctx, q, id)
	return d.withItems(items), err
}

func itemsOf(ctx context.Context, q *tenant.Query, id DealID) ([]DealItem, error) {
	items := []DealItem{}
	err := q.Select(ctx, &items, `SELECT `+dealItemColumns+` FROM company.deal_items WHERE deal_id = ? ORDER BY position LIMIT ?`, id, maxDealItems)
	for i := range items {
		items[i].trim()
	}
	return items, err
}

// trim takes off the zeros that the database puts behind the point.
func (i *DealItem) trim() {
	i.Quantity, i.UnitPrice = i.Quantity.Trim(0), i.UnitPrice.Trim(0)
	i.DiscountPercent, i.TaxRate = trimmed(i.DiscountPercent), trimmed(i.TaxRate)
}

func (d *Deal) withItems(items []DealItem) DealItems {
	all := DealItems{Data: items, Currency: d.Currency, Version: d.Version}
	for _, i := range items {
		all.Net, all.Tax = all.Net+i.Total, all.Tax+i.Tax
	}
	all.Gross = all.Net + all.Tax
	return all
}

// reckon works out what the line comes to, with so many digits behind the point of the currency. It returns the field
// that makes it impossible, or "".
func (i *DealItem) reckon(digits int) string {
	factors, shift := []decimal.Decimal{i.Quantity, i.UnitPrice}, digits
	if i.DiscountPercent != nil {
		left, err := decimal.Hundred.Sub(*i.DiscountPercent)
		if err != nil {
			return "discount_percent"
		}
		factors, shift = append(factors, left), digits-2
	}
	total, ok := minorUnits(shift, factors...)
	if !ok {
		return "unit_price"
	}
	if i.Total = total - deref(i.DiscountAmount); i.Total < 0 {
		return "discount_amount"
	}
	i.Tax = 0
	if i.TaxRate == nil {
		return ""
	}
	net, err := decimal.New(i.Total, 0)
	if err != nil {
		return "unit_price"
	}
	if i.Tax, ok = minorUnits(-2, net, *i.TaxRate); !ok {
		return "tax_rate"
	}
	return ""
}
