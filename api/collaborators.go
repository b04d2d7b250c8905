package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) collaboratorRoutes(r *routes) {
	register(r, get("/customers/{id}/collaborators", "List with whom a customer is shared"), rbac.Customer.Read, billing.Free, s.listCollaborators)
	register(r, post("/customers/{id}/collaborators", "Share a customer with a colleague", answers(http.StatusOK), describe(shareDoc)),
		rbac.Customer.Update, billing.Free, s.shareCustomer)
	register(r, del("/customers/{id}/collaborators/{member_id}", "End the sharing with a colleague", describe("Everybody may end it for themselves.")),
		rbac.Customer.Read, billing.Free, s.unshareCustomer)
}

const shareDoc = `Or changes what the colleague may do with it. A collaborator (协作人) reaches the customer with all that hangs on it as if it were theirs, but
neither deletes it nor hands it over nor shares it on. 409 sharing_off while the company has not switched sharing on (PATCH /v1/company/settings).`

func (s *Server) listCollaborators(ctx context.Context, in *CustomerPath) (*all[crm.Collaborator], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[crm.Collaborator], error) {
		found, err := crm.ListCollaborators(ctx, q, in.ID)
		return allOf(found), err
	})
}

type shareCustomerInput struct {
	CustomerPath
	Body struct {
		MemberID tenant.MemberID `json:"member_id" doc:"With whom." example:"usr_01h455vb4pex5vsknk084sn02q"`
		MayWrite bool            `json:"may_write,omitempty" doc:"Whether they may change it too, or only read." example:"true"`
	}
}

type collaborator struct{ Body crm.Collaborator }

func (s *Server) shareCustomer(ctx context.Context, in *shareCustomerInput) (*collaborator, error) {
	out, err := inTx(ctx, s, func(tx *tenant.Tx) (*collaborator, error) {
		c, err := crm.ShareCustomer(ctx, tx, in.ID, in.Body.MemberID, in.Body.MayWrite)
		return &collaborator{c}, err
	})
	if err == nil {
		s.changed(ctx) // what the colleague reaches is remembered with their roles
	}
	return out, err
}

type unshareCustomerInput struct {
	CustomerPath
	MemberID tenant.MemberID `path:"member_id" doc:"With whom." example:"usr_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) unshareCustomer(ctx context.Context, in *unshareCustomerInput) (*nothing, error) {
	out, err := inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.UnshareCustomer(ctx, tx, in.ID, in.MemberID)
	})
	if err == nil {
		s.changed(ctx)
	}
	return out, err
}
