package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type productKind struct{}

func (productKind) Prefix() string { return "prd" }

// ProductID identifies a product (prd_…).
type ProductID = tenant.ID[productKind]

// Product is something the company sells: 产品.
type Product struct {
	ID        ProductID        `db:"id" json:"id" doc:"The product's id." example:"prd_01h455vb4pex5vsknk084sn02q"`
	Name      string           `db:"name" json:"name" doc:"What it is called." example:"GTX Pro"`
	Code      string           `db:"code" json:"code" doc:"Article number (SKU); each but the empty one is one product's." example:"GTX-PRO"`
	Category  string           `db:"category" json:"category" doc:"What it is grouped under." example:"GTX"`
	Unit      string           `db:"unit" json:"unit" doc:"What is counted." example:"台"`
	Note      string           `db:"note" json:"note" doc:"Free text."`
	TaxRate   *decimal.Decimal `db:"tax_rate" json:"tax_rate" doc:"Usual tax in percent; null when none is reckoned." example:"13"`
	Active    bool             `db:"active" json:"active" doc:"Whether it is sold; deals that hold it keep it."`
	Prices    []ProductPrice   `db:"-" json:"prices" nullable:"false" doc:"Its price by currency, in the currencies' order."`
	CreatedBy tenant.MemberID  `db:"created_by" json:"created_by" nullable:"true" doc:"Who made it; null for the system."`
	CreatedAt time.Time        `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt time.Time        `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version   int64            `db:"version" json:"-"`

	NameSort string `db:"name_sort" json:"-"`
}

// ProductPrice is what one unit costs in a currency.
type ProductPrice struct {
	Currency string          `db:"currency" json:"currency" minLength:"3" maxLength:"3" doc:"ISO 4217 code." example:"CNY"`
	Price    decimal.Decimal `db:"price" json:"price" doc:"Price of one unit, in units of the currency and not in minor units." example:"4821.00"`
}

// NewProduct is what a product is made of.
type NewProduct struct {
	ID       *ProductID       `json:"id,omitempty" doc:"An id made by the client; it may be used once."`
	Name     string           `json:"name" minLength:"1" maxLength:"200" doc:"What it is called." example:"GTX Pro"`
	Code     string           `json:"code,omitempty" maxLength:"64" doc:"Article number (SKU)." example:"GTX-PRO"`
	Category string           `json:"category,omitempty" maxLength:"100" doc:"What it is grouped under." example:"GTX"`
	Unit     string           `json:"unit,omitempty" maxLength:"64" doc:"What is counted." example:"台"`
	Note     string           `json:"note,omitempty" maxLength:"10000" doc:"Free text."`
	TaxRate  *decimal.Decimal `json:"tax_rate,omitempty" doc:"Usual tax in percent." example:"13"`
	Active   *bool            `json:"active,omitempty" doc:"Whether it is sold; true when left out."`
	Prices   []ProductPrice   `json:"prices,omitempty" maxItems:"50" doc:"Its price by currency, each currency once."`
}

// ProductPatch changes some fields.
type ProductPatch struct {
	Name     patch.Field[string]          `json:"name,omitzero" minLength:"1" maxLength:"200" doc:"What it is called." example:"GTX Pro"`
	Code     patch.Field[string]          `json:"code,omitzero" maxLength:"64" doc:"Article number (SKU)." example:"GTX-PRO"`
	Category patch.Field[string]          `json:"category,omitzero" maxLength:"100" doc:"What it is grouped under." example:"GTX"`
	Unit     patch.Field[string]          `json:"unit,omitzero" maxLength:"64" doc:"What is counted." example:"台"`
	Note     patch.Field[string]          `json:"note,omitzero" maxLength:"10000" doc:"Free text."`
	TaxRate  patch.Field[decimal.Decimal] `json:"tax_rate,omitzero" doc:"Usual tax in percent; null when none is reckoned." example:"13"`
	Active   patch.Field[bool]            `json:"active,omitzero" doc:"Whether it is sold." example:"false"`
	Prices   patch.Field[[]ProductPrice]  `json:"prices,omitzero" maxItems:"50" doc:"Replaces all prices."`
}

const productColumns = `p.id, p.name, p.code, p.category, p.unit, p.note, p.tax_rate, p.active, p.created_by, p.created_at, p.updated_at, p.version, p.name_sort`

var products = &list.Resource{
	Name: "products", Table: "company.products", Alias: "p", Order: "name", Live: "p.deleted_at IS NULL",
	Fields: map[string]list.Field{
		"name":       {Kind: list.Text, Column: "p.name", Sort: "p.name_sort", Indexes: []list.Index{list.By("products_name")}},
		"code":       {Kind: list.Text, Column: "p.code"},
		"category":   {Kind: list.Text, Column: "p.category"},
		"unit":       {Kind: list.Text, Column: "p.unit"},
		"note":       {Kind: list.Text, Column: "p.note"},
		"tax_rate":   {Kind: list.Number, Column: "p.tax_rate", Nullable: true},
		"active":     {Kind: list.Bool, Column: "p.active"},
		"currency":   {Kind: list.Text, Column: "r.currency", Within: "EXISTS (SELECT 1 FROM company.product_prices r WHERE r.product_id = p.id AND %s)"},
		"created_at": {Kind: list.Time, Column: "p.created_at", Sort: "p.created_at", Indexes: []list.Index{list.By("products_created")}},
		"updated_at": {Kind: list.Time, Column: "p.updated_at", Sort: "p.updated_at", Indexes: []list.Index{list.By("products_updated")}},
	},
}

func (p Product) sortKey(column string) (any, [16]byte) {
	switch column {
	case "p.created_at":
		return p.CreatedAt, p.ID
	case "p.updated_at":
		return p.UpdatedAt, p.ID
	}
	return p.NameSort, p.ID
}

// ListProducts returns one page of the company's products.
func ListProducts(ctx context.Context, q *tenant.Query, in ListQuery) (Page[Product], error) {
	p, err := planProducts(q, in)
	if err != nil {
		return Page[Product]{}, err
	}
	page, err := list.Read(ctx, q, p, productColumns, in.Count, Product.sortKey)
	if err != nil {
		return Page[Product]{}, err
	}
	return page, fillPrices(ctx, q, page.Data)
}

func planProducts(q *tenant.Query, in ListQuery) (*list.Plan, error) {
	p, err := list.New(q, products, in, everybodys())
	if err != nil || in.Q == "" {
		return p, err
	}
	p.Search(search.Words(search.Products, "p", in.Q, false))
	return p, nil
}

// GetProduct returns a product, else ErrNotFound.
func GetProduct(ctx context.Context, q *tenant.Query, id ProductID) (Product, error) {
	return findProduct(ctx, q, id, "")
}

func findProduct(ctx context.Context, q *tenant.Query, id ProductID, lock string) (Product, error) {
	var p Product
	if err := q.Get(ctx, &p, `SELECT `+productColumns+` FROM company.products p WHERE p.id = ? AND p.deleted_at IS NULL `+lock, id); err != nil {
		return Product{}, fmt.Errorf("product %s: %w", id, err)
	}
	one := []Product{p}
	err := fillPrices(ctx, q, one)
	return one[0], err
}

// fillPrices reads the prices of a page in one statement.
func fillPrices(ctx context.Context, q *tenant.Query, page []Product) error {
	if len(page) == 0 {
		return nil
	}
	at, ids := make(map[ProductID]*Product, len(page)), make([]ProductID, len(page))
	for i := range page {
		p := &page[i]
		p.Prices, p.TaxRate = []ProductPrice{}, trimmed(p.TaxRate)
		at[p.ID], ids[i] = p, p.ID
	}
	var prices []struct {
		Product ProductID `db:"product_id"`
		ProductPrice
	}
	if err := q.SelectIn(ctx, &prices, `SELECT product_id, currency, price FROM company.product_prices WHERE product_id IN (?) ORDER BY currency`, ids); err != nil {
		return err
	}
	for _, price := range prices {
		price.Price = price.Price.Trim(0)
		at[price.Product].Prices = append(at[price.Product].Prices, price.ProductPrice)
	}
	return nil
}

// price returns what one unit costs in a currency; nil where that is not known.
func (p *Product) price(currency string) *decimal.Decimal {
	for i := range p.Prices {
		if p.Prices[i].Currency == currency {
			return &p.Prices[i].Price
		}
	}
	return nil
}
