package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) customerRoutes(r *routes) {
	register(r, get("/customers", "List customers", describe(listDescription)), rbac.Customer.Read, billing.Free, s.listCustomers)
	register(r, post("/customers", "Create a customer"), rbac.Customer.Create, billing.Free, s.createCustomer)
	register(r, post("/customers/bulk", "Change many customers", answers(200), describe(bulkDescription)), rbac.Customer.Update, billing.Free, s.changeCustomers)
	register(r, get("/customers/{id}", "Get a customer"), rbac.Customer.Read, billing.Free, s.getCustomer)
	register(r, patchOp("/customers/{id}", "Change a customer"), rbac.Customer.Update, billing.Free, s.updateCustomer)
	register(r, del("/customers/{id}", "Delete a customer", describe("Moves the customer to the trash, where it can be restored for 30 days.")), rbac.Customer.Delete, billing.Free, s.deleteCustomer)
	register(r, post("/customers/{id}/restore", "Take a customer out of the trash", answers(200)), rbac.Customer.Delete, billing.Free, s.restoreCustomer)
	register(r, post("/customers/{id}/lifecycle", "Move a customer to another stage", answers(200),
		describe("A move that the company does not allow is a 409 with the code illegal_lifecycle_move.")), rbac.Customer.Update, billing.Free, s.moveCustomer)
	register(r, get("/customers/{id}/lifecycle", "List the stages a customer was in"), rbac.Customer.Read, billing.Free, s.lifecycleHistory)
	register(r, get("/lifecycle", "Get the stages and the allowed moves between them", describe("The moves are the company's own: the group lifecycle of its settings.")),
		rbac.Customer.Read, billing.Free, s.lifecycle)
}

const listDescription = "Filter fields and sortable fields are named in the error for an unknown one. " +
	"`me`, `true`, `false`, `ago(\"7d\")`, `ahead(\"7d\")` and `field:*` (is set) are known."

const bulkDescription = "Tags, assigns or deletes up to 500 customers in one transaction. Those out of your reach are passed over and counted; nothing else is lost by them."

// CustomerPath names a customer in the path.
type CustomerPath struct {
	ID crm.CustomerID `path:"id" doc:"The customer's id." example:"cus_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listCustomers(ctx context.Context, in *ListInput) (*list[crm.Customer], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Customer], error) {
		page, err := crm.ListCustomers(ctx, q, in.query())
		return &list[crm.Customer]{page}, err
	})
}

func (s *Server) getCustomer(ctx context.Context, in *CustomerPath) (*item[crm.Customer], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Customer], error) {
		c, err := crm.GetCustomer(ctx, q, in.ID)
		return &item[crm.Customer]{etag(c.Version), c}, err
	})
}

type createCustomerInput struct {
	Duplicates string `query:"duplicates" enum:"allow,refuse" default:"allow" doc:"refuse makes nothing when the customer seems to be there already: a 409 with the code possible_duplicates lists which. Send it again with allow to make it all the same."`
	Body       crm.NewCustomer
}

func (s *Server) createCustomer(ctx context.Context, in *createCustomerInput) (*created[crm.Customer], error) {
	refuse := in.Duplicates == "refuse"
	if refuse {
		if err := s.limits.probe(ctx, principalOf(ctx)); err != nil {
			return nil, err
		}
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Customer], error) {
		if refuse {
			if err := crm.RefuseDuplicates(ctx, tx.Query, crm.DuplicateCheck{Name: in.Body.Name, Phone: in.Body.Phone, Email: in.Body.Email}); err != nil {
				return nil, err
			}
		}
		c, err := crm.CreateCustomer(ctx, tx, in.Body)
		return &created[crm.Customer]{"/v1/customers/" + c.ID.String(), etag(c.Version), c}, err
	})
}

type changeCustomersInput struct{ Body crm.BulkChange }

type changedCustomers struct{ Body crm.BulkResult }

func (s *Server) changeCustomers(ctx context.Context, in *changeCustomersInput) (*changedCustomers, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*changedCustomers, error) {
		result, err := crm.ChangeCustomers(ctx, tx, in.Body)
		return &changedCustomers{result}, err
	})
}

type updateCustomerInput struct {
	CustomerPath
	IfMatch
	Body crm.CustomerPatch
}

func (s *Server) updateCustomer(ctx context.Context, in *updateCustomerInput) (*item[crm.Customer], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Customer], error) {
		c, err := crm.UpdateCustomer(ctx, tx, in.ID, in.Body, version)
		return &item[crm.Customer]{etag(c.Version), c}, err
	})
}

type deleteCustomerInput struct {
	CustomerPath
	IfMatch
}

func (s *Server) deleteCustomer(ctx context.Context, in *deleteCustomerInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteCustomer(ctx, tx, in.ID, version)
	})
}

func (s *Server) restoreCustomer(ctx context.Context, in *CustomerPath) (*item[crm.Customer], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Customer], error) {
		c, err := crm.RestoreCustomer(ctx, tx, in.ID)
		return &item[crm.Customer]{etag(c.Version), c}, err
	})
}

type moveCustomerInput struct {
	CustomerPath
	IfMatch
	Body crm.StageChange
}

func (s *Server) moveCustomer(ctx context.Context, in *moveCustomerInput) (*item[crm.Customer], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Customer], error) {
		c, err := crm.MoveCustomer(ctx, tx, in.ID, in.Body, version)
		return &item[crm.Customer]{etag(c.Version), c}, err
	})
}

func (s *Server) lifecycleHistory(ctx context.Context, in *CustomerPath) (*all[crm.StageVisit], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.StageVisit], error) {
		visits, err := crm.LifecycleHistory(ctx, q, in.ID)
		return allOf(visits), err
	})
}

type lifecycleOutput struct{ Body crm.Lifecycle }

func (s *Server) lifecycle(ctx context.Context, _ *struct{}) (*lifecycleOutput, error) {
	return read(ctx, s, func(q *tenant.Query) (*lifecycleOutput, error) {
		l, err := crm.ReadLifecycle(ctx, q)
		return &lifecycleOutput{l}, err
	})
}
