package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) formRoutes(r *routes) {
	register(r, get("/forms", "List forms", describe(listDescription)), rbac.Form.Read, billing.Free, s.listForms)
	register(r, post("/forms", "Create a form", alsoAnswers(http.StatusPaymentRequired),
		describe("The answer's url is the form's own page; a plan has a number of forms that may be open at a time.")),
		rbac.Form.Create, billing.Free, s.createForm)
	register(r, get("/forms/{id}", "Get a form"), rbac.Form.Read, billing.Free, s.getForm)
	register(r, patchOp("/forms/{id}", "Change, open or close a form", alsoAnswers(http.StatusPaymentRequired)), rbac.Form.Update, billing.Free, s.updateForm)
	register(r, del("/forms/{id}", "Delete a form", describe("What was sent in stays with the customers.")), rbac.Form.Delete, billing.Free, s.deleteForm)
	register(r, get("/forms/{id}/submissions", "List what was sent in by a form", describe("As far as the customers are within reach.")),
		rbac.Form.Read, billing.Free, s.listFormSubmissions)
	register(r, get("/customers/{id}/form-submissions", "List what a customer has sent in by forms"), rbac.Customer.Read, billing.Free, s.listCustomerSubmissions)
}

// FormPath names a form in the path.
type FormPath struct {
	ID crm.FormID `path:"id" doc:"The form's id." example:"frm_01h455vb4pex5vsknk084sn02q"`
}

// withURL adds where the form's page is.
func (s *Server) withURL(f crm.Form) crm.Form {
	f.URL = s.cfg.PublicURL + "/f/" + f.Token.String()
	return f
}

func (s *Server) listForms(ctx context.Context, in *ListInput) (*list[crm.Form], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Form], error) {
		page, err := crm.ListForms(ctx, q, in.query())
		for i := range page.Data {
			page.Data[i] = s.withURL(page.Data[i])
		}
		return &list[crm.Form]{page}, err
	})
}

func (s *Server) getForm(ctx context.Context, in *FormPath) (*item[crm.Form], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Form], error) {
		f, err := crm.GetForm(ctx, q, in.ID)
		return &item[crm.Form]{etag(f.Version), s.withURL(f)}, err
	})
}

type createFormInput struct{ Body crm.NewForm }

func (s *Server) createForm(ctx context.Context, in *createFormInput) (*created[crm.Form], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Form], error) {
		f, err := crm.CreateForm(ctx, tx, in.Body)
		return &created[crm.Form]{"/v1/forms/" + f.ID.String(), etag(f.Version), s.withURL(f)}, err
	})
}

type updateFormInput struct {
	FormPath
	IfMatch
	Body crm.FormPatch
}

func (s *Server) updateForm(ctx context.Context, in *updateFormInput) (*item[crm.Form], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Form], error) {
		f, err := crm.UpdateForm(ctx, tx, in.ID, in.Body, version)
		return &item[crm.Form]{etag(f.Version), s.withURL(f)}, err
	})
}

type deleteFormInput struct {
	FormPath
	IfMatch
}

func (s *Server) deleteForm(ctx context.Context, in *deleteFormInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteForm(ctx, tx, in.ID, version)
	})
}

type formSubmissionsInput struct {
	FormPath
	ListInput
}

func (s *Server) listFormSubmissions(ctx context.Context, in *formSubmissionsInput) (*list[crm.FormSubmission], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.FormSubmission], error) {
		page, err := crm.ListFormSubmissions(ctx, q, in.ID, in.query())
		return &list[crm.FormSubmission]{page}, err
	})
}

type customerSubmissionsInput struct {
	CustomerPath
	ListInput
}

func (s *Server) listCustomerSubmissions(ctx context.Context, in *customerSubmissionsInput) (*list[crm.FormSubmission], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.FormSubmission], error) {
		page, err := crm.ListCustomerSubmissions(ctx, q, in.ID, in.query())
		return &list[crm.FormSubmission]{page}, err
	})
}
