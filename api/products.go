package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) productRoutes(r *routes) {
	register(r, get("/products", "List products", describe(listDescription)), rbac.Product.Read, billing.Free, s.listProducts)
	register(r, post("/products", "Create a product"), rbac.Product.Create, billing.Free, s.createProduct)
	register(r, get("/products/{id}", "Get a product"), rbac.Product.Read, billing.Free, s.getProduct)
	register(r, patchOp("/products/{id}", "Change a product", describe("Deals keep the names and prices that they have.")), rbac.Product.Update, billing.Free, s.updateProduct)
	register(r, del("/products/{id}", "Delete a product", describe("Deals keep the lines that hold it.")), rbac.Product.Delete, billing.Free, s.deleteProduct)
}

// ProductPath names a product in the path.
type ProductPath struct {
	ID crm.ProductID `path:"id" doc:"The product's id." example:"prd_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listProducts(ctx context.Context, in *ListInput) (*list[crm.Product], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Product], error) {
		page, err := crm.ListProducts(ctx, q, in.query())
		return &list[crm.Product]{page}, err
	})
}

func (s *Server) getProduct(ctx context.Context, in *ProductPath) (*item[crm.Product], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Product], error) {
		p, err := crm.GetProduct(ctx, q, in.ID)
		return &item[crm.Product]{etag(p.Version), p}, err
	})
}

type createProductInput struct{ Body crm.NewProduct }

func (s *Server) createProduct(ctx context.Context, in *createProductInput) (*created[crm.Product], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Product], error) {
		p, err := crm.CreateProduct(ctx, tx, in.Body)
		return &created[crm.Product]{"/v1/products/" + p.ID.String(), etag(p.Version), p}, err
	})
}

type updateProductInput struct {
	ProductPath
	IfMatch
	Body crm.ProductPatch
}

func (s *Server) updateProduct(ctx context.Context, in *updateProductInput) (*item[crm.Product], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Product], error) {
		p, err := crm.UpdateProduct(ctx, tx, in.ID, in.Body, version)
		return &item[crm.Product]{etag(p.Version), p}, err
	})
}

type deleteProductInput struct {
	ProductPath
	IfMatch
}

func (s *Server) deleteProduct(ctx context.Context, in *deleteProductInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteProduct(ctx, tx, in.ID, version)
	})
}
