package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	priceDigits = 6
	taxDigits   = 4
	maxPrices   = 50
)

var mostPrice = decimal.MustParse("9999999999999") // 13 digits, and 6 behind the point, are as many as are exact

// CreateProduct adds a product; a code that another one has is a *tenant.ConflictError.
func CreateProduct(ctx context.Context, tx *tenant.Tx, in NewProduct) (Product, error) {
	p := Product{
		ID: tenant.NewID[productKind](), Name: in.Name, Code: in.Code, Category: in.Category, Unit: in.Unit, Note: in.Note, TaxRate: in.TaxRate, Active: true,
		Prices: in.Prices, CreatedBy: tx.Caller.Member, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if in.ID != nil && !in.ID.IsZero() {
		p.ID = *in.ID
	}
	if in.Active != nil {
		p.Active = *in.Active
	}
	if err := p.check(); err != nil {
		return Product{}, err
	}
	if _, err := tx.NamedExec(ctx, `
		INSERT INTO company.products (id, name, name_sort, search_text, code, code_key, category, unit, note, tax_rate, active, version, created_by, created_at, updated_at)
		VALUES (:id, :name, :name_sort, :search_text, :code, :code_key, :category, :unit, :note, :tax_rate, :active, :version, :created_by, :created_at, :updated_at)`,
		p.row()); err != nil {
		return Product{}, productExists(err)
	}
	if err := search.Insert(ctx, tx, search.Products, []search.Row{search.RowOf(tenant.RecordID(p.ID), p.searchText())}); err != nil {
		return Product{}, err
	}
	if err := savePrices(ctx, tx, p); err != nil {
		return Product{}, err
	}
	return p, tx.Emit(ctx, tenant.Event{Type: "product.created", Resource: "product", Record: tenant.RecordID(p.ID), Data: p})
}

// check examines a product and brings it into the form in which it is kept.
func (p *Product) check() error {
	invalid := &tenant.InvalidError{}
	checkRequired(invalid, "name", p.Name, 200)
	checkText(invalid, "code", p.Code, 64)
	checkText(invalid, "code", deref(productKey(p.Code)), 64)
	checkText(invalid, "category", p.Category, 100)
	checkText(invalid, "unit", p.Unit, 64)
	checkText(invalid, "note", p.Note, 10_000)
	checkDecimal(invalid, "tax_rate", p.TaxRate, decimal.Zero, decimal.Hundred, taxDigits)
	if len(p.Prices) > maxPrices {
		invalid.Add("prices", "too_many", fmt.Sprintf("holds more than %d", maxPrices))
	}
	seen := map[string]bool{}
	for i := range p.Prices {
		price, field := &p.Prices[i], fmt.Sprintf("prices[%d].", i)
		checkCurrency(invalid, field+"currency", &price.Currency)
		checkDecimal(invalid, field+"price", &price.Price, decimal.Zero, mostPrice, priceDigits)
		if seen[price.Currency] {
			invalid.Add(field+"currency", "repeated", "has a price already")
		}
		seen[price.Currency] = true
		price.Price = price.Price.Trim(0)
	}
	p.Prices = slices.SortedFunc(slices.Values(p.Prices), func(a, b ProductPrice) int { return strings.Compare(a.Currency, b.Currency) })
	if p.Prices == nil {
		p.Prices = []ProductPrice{}
	}
	p.TaxRate, p.NameSort = trimmed(p.TaxRate), search.NameSort(p.Name)
	return invalid.Err()
}

// productKey is the form in which two codes are one; nil for none.
func productKey(code string) *string {
	key := strings.TrimSpace(search.Fold(code))
	if key == "" {
		return nil
	}
	return &key
}

func (p *Product) searchText() string { return search.Text(p.Name, p.Code, p.Category) }

// productRow is a product with the columns that only the database needs.
type productRow struct {
	Product
	CodeKey    *string `db:"code_key"`
	SearchText string  `db:"search_text"`
}

func (p *Product) row() productRow { return productRow{*p, productKey(p.Code), p.searchText()} }

func productExists(err error) error {
	var dup *tenant.DuplicateError
	switch {
	case !errors.As(err, &dup):
		return err
	case dup.Key == "products_code":
		return &tenant.ConflictError{Code: "code_exists", Message: "Another product has that code already."}
	}
	return errIDInUse
}

func savePrices(ctx context.Context, tx *tenant.Tx, p Product) error {
	if _, err := tx.Exec(ctx, `DELETE FROM company.product_prices WHERE product_id = ?`, p.ID); err != nil {
		return err
	}
	rows := tx.Bulk(`INSERT INTO company.product_prices (product_id, currency, price) VALUES`, 3, "")
	for _, price := range p.Prices {
		if err := rows.Add(ctx, p.ID, price.Currency, price.Price); err != nil {
			return err
		}
	}
	return rows.Flush(ctx)
}

// UpdateProduct changes the fields that are set. Deals keep the names and prices that they have.
func UpdateProduct(ctx context.Context, tx *tenant.Tx, id ProductID, in ProductPatch, version int64) (Product, error) {
	before, err := lockProduct(ctx, tx, id, version)
	if err != nil {
		return Product{}, err
	}
	after := before
	after.Name, after.Code, after.Category = in.Name.Or(before.Name), in.Code.Or(before.Code), in.Category.Or(before.Category)
	after.Unit, after.Note, after.Active = in.Unit.Or(before.Unit), in.Note.Or(before.Note), in.Active.Or(before.Active)
	after.TaxRate, after.Prices = in.TaxRate.OrNull(before.TaxRate), slices.Clone(in.Prices.Or(before.Prices))
	if err := after.check(); err != nil {
		return Product{}, err
	}
	previous, err := differences(before, after)
	if err != nil || len(previous) == 0 {
		return before, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now
	if _, err := tx.NamedExec(ctx, `
		UPDATE company.products SET name = :name, name_sort = :name_sort, search_text = :search_text, code = :code, code_key = :code_key, category = :category,
			unit = :unit, note = :note, tax_rate = :tax_rate, active = :active, version = :version, updated_at = :updated_at WHERE id = :id`, after.row()); err != nil {
		return Product{}, productExists(err)
	}
	if err := search.Replace(ctx, tx, search.Products, tenant.RecordID(id), before.searchText(), after.searchText()); err != nil {
		return Product{}, err
	}
	if err := savePrices(ctx, tx, after); err != nil {
		return Product{}, err
	}
	return after, tx.Emit(ctx, tenant.Event{
		Type: "product.updated", Resource: "product", Record: tenant.RecordID(id), Data: after, Previous: previous,
	})
}

func lockProduct(ctx context.Context, tx *tenant.Tx, id ProductID, version int64) (Product, error) {
	p, err := findProduct(ctx, tx.Query, id, "FOR UPDATE")
	if err == nil && version != 0 && version != p.Version {
		err = fmt.Errorf("product %s: %w", id, tenant.ErrStale)
	}
	return p, err
}

// DeleteProduct removes a product from the catalogue and frees its code. Deals keep the lines that hold it.
func DeleteProduct(ctx context.Context, tx *tenant.Tx, id ProductID, version int64) error {
	p, err := lockProduct(ctx, tx, id, version)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE company.products SET deleted_at = ?, code_key = NULL, updated_at = ?, version = version + 1 WHERE id = ?`, tx.Now, tx.Now, id); err != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{Type: "product.deleted", Resource: "product", Record: tenant.RecordID(id), Data: p})
}
