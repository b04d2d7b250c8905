package api

import (
	"context"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) customFieldRoutes(r *routes) {
	register(r, get("/custom-fields", "List custom fields", describe("In the order of the forms.")), rbac.CustomField.Read, billing.Free, s.listCustomFields)
	register(r, post("/custom-fields", "Create a custom field", describe(createFieldDescription)), rbac.CustomField.Create, billing.Free, s.createCustomField)
	register(r, get("/custom-fields/{id}", "Get a custom field"), rbac.CustomField.Read, billing.Free, s.getCustomField)
	register(r, patchOp("/custom-fields/{id}", "Change a custom field", describe(updateFieldDescription)), rbac.CustomField.Update, billing.Free, s.updateCustomField)
	register(r, del("/custom-fields/{id}", "Delete a custom field", describe(deleteFieldDescription)), rbac.CustomField.Delete, billing.Free, s.deleteCustomField)
}

const (
	createFieldDescription = "Up to 100 for each kind of record. Records carry the values as `custom.<key>`, which filters and order_by know too."

	updateFieldDescription = "Key and type never change. Making a field required is a 409 `values_missing` while records have no value, making it unique a 409 " +
		"`values_repeated` while records share one; both say how many and name some."

	deleteFieldDescription = "Takes the field out of use at once. It goes with all its values 30 days later; until then `archived: false` takes it back."
)

// ListCustomFieldsInput says which fields are wanted.
type ListCustomFieldsInput struct {
	Resource string `query:"resource" enum:"customer,contact,deal,task" doc:"Only the fields of these records." example:"customer"`
	Archived bool   `query:"archived" doc:"Adds those that are out of use."`
}

func (s *Server) listCustomFields(ctx context.Context, in *ListCustomFieldsInput) (*all[crm.CustomField], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.CustomField], error) {
		fields, err := crm.ListCustomFields(ctx, q, in.Resource, in.Archived)
		return allOf(fields), err
	})
}

// CustomFieldPath names a custom field in the path.
type CustomFieldPath struct {
	ID crm.CustomFieldID `path:"id" doc:"The field's id." example:"fld_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) getCustomField(ctx context.Context, in *CustomFieldPath) (*item[crm.CustomField], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.CustomField], error) {
		f, err := crm.GetCustomField(ctx, q, in.ID)
		return &item[crm.CustomField]{etag(f.Version), f}, err
	})
}

type createCustomFieldInput struct{ Body crm.NewCustomField }

func (s *Server) createCustomField(ctx context.Context, in *createCustomFieldInput) (*created[crm.CustomField], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.CustomField], error) {
		f, err := crm.CreateCustomField(ctx, tx, in.Body)
		return &created[crm.CustomField]{"/v1/custom-fields/" + f.ID.String(), etag(f.Version), f}, err
	})
}

type updateCustomFieldInput struct {
	CustomFieldPath
	IfMatch
	Body crm.CustomFieldPatch
}

func (s *Server) updateCustomField(ctx context.Context, in *updateCustomFieldInput) (*item[crm.CustomField], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.CustomField], error) {
		f, err := crm.UpdateCustomField(ctx, tx, in.ID, in.Body, version)
		return &item[crm.CustomField]{etag(f.Version), f}, err
	})
}

type deleteCustomFieldInput struct {
	CustomFieldPath
	IfMatch
}

func (s *Server) deleteCustomField(ctx context.Context, in *deleteCustomFieldInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteCustomField(ctx, tx, in.ID, version)
	})
}
