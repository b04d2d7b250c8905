package api

import (
	"context"
	"io"

	"github.com/danielgtaylor/huma/v2"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) contactRoutes(r *routes) {
	register(r, get("/contacts", "List contacts", describe(listDescription)), rbac.Contact.Read, billing.Free, s.listContacts)
	register(r, post("/contacts", "Create a contact", describe(createContactDescription)), rbac.Contact.Create, billing.Free, s.createContact)
	register(r, post("/contacts/bulk", "Change many contacts", answers(200), describe(contactBulkDescription)), rbac.Contact.Update, billing.Free, s.changeContacts)
	register(r, get("/contacts/{id}", "Get a contact"), rbac.Contact.Read, billing.Free, s.getContact)
	register(r, get("/contacts/{id}/card", "Download a contact as a vCard", downloads(crm.FormatVCard), describe(contactCardDescription)), rbac.Contact.Read, billing.Free, s.contactCard)
	register(r, patchOp("/contacts/{id}", "Change a contact", describe(updateContactDescription)), rbac.Contact.Update, billing.Free, s.updateContact)
	register(r, del("/contacts/{id}", "Delete a contact", describe("Moves the contact to the trash.")), rbac.Contact.Delete, billing.Free, s.deleteContact)
	register(r, post("/contacts/{id}/restore", "Restore a contact", answers(200), describe(restoreContactDescription)), rbac.Contact.Delete, billing.Free, s.restoreContact)
	register(r, get("/customers/{id}/contacts", "List the contacts of a customer", describe("By name unless order_by says otherwise.")), rbac.Contact.Read, billing.Free, s.listCustomerContacts)
}

const (
	createContactDescription = "At a customer the contact belongs to the customer's owner, for good; the first is the main contact. Somebody without a customer is the caller's, or that of owner_id."

	updateContactDescription = "`customer_id` moves the contact to another customer, `primary` makes it the main contact in place of another. The customer's own contact_name, phone and email are not touched by either."

	contactCardDescription = "A vCard 3.0, which phones and mail programs put into their address books. What your role masks is masked."

	contactBulkDescription = "Tags, moves or deletes up to 500 contacts in one transaction. Those out of your reach are passed over and counted; nothing else is lost by them."

	restoreContactDescription = "Takes a contact out of the trash. While its customer is there too it is a 409 `customer_deleted`."
)

// ContactPath names a contact in the path.
type ContactPath struct {
	ID crm.ContactID `path:"id" doc:"The contact's id." example:"con_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listContacts(ctx context.Context, in *ListInput) (*list[crm.Contact], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Contact], error) {
		page, err := crm.ListContacts(ctx, q, crm.CustomerID{}, in.query())
		return &list[crm.Contact]{page}, err
	})
}

type listCustomerContactsInput struct {
	CustomerPath
	ListInput
}

func (s *Server) listCustomerContacts(ctx context.Context, in *listCustomerContactsInput) (*list[crm.Contact], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.Contact], error) {
		query := in.query()
		if query.OrderBy == "" {
			query.OrderBy = "name"
		}
		page, err := crm.ListContacts(ctx, q, in.ID, query)
		return &list[crm.Contact]{page}, err
	})
}

func (s *Server) getContact(ctx context.Context, in *ContactPath) (*item[crm.Contact], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[crm.Contact], error) {
		p, err := crm.GetContact(ctx, q, in.ID)
		return &item[crm.Contact]{etag(p.Version), p}, err
	})
}

func (s *Server) contactCard(ctx context.Context, in *ContactPath) (*huma.StreamResponse, error) {
	return s.download(ctx, "contact", crm.FormatVCard, func(q *tenant.Query, out io.Writer) error {
		return crm.WriteContactCard(ctx, q, in.ID, out)
	}), nil
}

type createContactInput struct{ Body crm.NewContact }

func (s *Server) createContact(ctx context.Context, in *createContactInput) (*created[crm.Contact], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[crm.Contact], error) {
		p, err := crm.CreateContact(ctx, tx, in.Body)
		return &created[crm.Contact]{"/v1/contacts/" + p.ID.String(), etag(p.Version), p}, err
	})
}

type changeContactsInput struct{ Body crm.ContactBulk }

type changedContacts struct{ Body crm.BulkResult }

func (s *Server) changeContacts(ctx context.Context, in *changeContactsInput) (*changedContacts, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*changedContacts, error) {
		result, err := crm.ChangeContacts(ctx, tx, in.Body)
		return &changedContacts{result}, err
	})
}

type updateContactInput struct {
	ContactPath
	IfMatch
	Body crm.ContactPatch
}

func (s *Server) updateContact(ctx context.Context, in *updateContactInput) (*item[crm.Contact], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Contact], error) {
		p, err := crm.UpdateContact(ctx, tx, in.ID, in.Body, version)
		return &item[crm.Contact]{etag(p.Version), p}, err
	})
}

type deleteContactInput struct {
	ContactPath
	IfMatch
}

func (s *Server) deleteContact(ctx context.Context, in *deleteContactInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, crm.DeleteContact(ctx, tx, in.ID, version)
	})
}

func (s *Server) restoreContact(ctx context.Context, in *ContactPath) (*item[crm.Contact], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[crm.Contact], error) {
		p, err := crm.RestoreContact(ctx, tx, in.ID)
		return &item[crm.Contact]{etag(p.Version), p}, err
	})
}
