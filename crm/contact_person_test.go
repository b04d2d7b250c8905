package crm_test

import (
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryContact(t testing.TB, in crm.NewContact) (crm.Contact, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Contact, error) { return crm.CreateContact(ctx, tx, in) })
}

func (p person) contact(t testing.TB, in crm.NewContact) crm.Contact {
	t.Helper()
	return must[crm.Contact](t)(p.tryContact(t, in))
}

func (p person) tryGetContact(t testing.TB, id crm.ContactID) (crm.Contact, error) {
	t.Helper()
	return read(t, p, func(ctx ctx, q *tenant.Query) (crm.Contact, error) { return crm.GetContact(ctx, q, id) })
}

func (p person) getContact(t testing.TB, id crm.ContactID) crm.Contact {
	t.Helper()
	return must[crm.Contact](t)(p.tryGetContact(t, id))
}

func (p person) tryUpdateContact(t testing.TB, id crm.ContactID, in crm.ContactPatch, version int64) (crm.Contact, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Contact, error) { return crm.UpdateContact(ctx, tx, id, in, version) })
}

func (p person) updateContact(t testing.TB, id crm.ContactID, in crm.ContactPatch) crm.Contact {
	t.Helper()
	return must[crm.Contact](t)(p.tryUpdateContact(t, id, in, 0))
}

func (p person) deleteContact(t testing.TB, id crm.ContactID) error {
	t.Helper()
	return p.tx(t, func(tx *tenant.Tx) error { return crm.DeleteContact(t.Context(), tx, id, 0) })
}

func (p person) restoreContact(t testing.TB, id crm.ContactID) (crm.Contact, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Contact, error) { return crm.RestoreContact(ctx, tx, id) })
}

func (p person) tryContacts(t testing.TB, customer crm.CustomerID, in crm.ListQuery) (crm.Page[crm.Contact], error) {
	t.Helper()
	return read(t, p, func(ctx ctx, q *tenant.Query) (crm.Page[crm.Contact], error) {
		return crm.ListContacts(ctx, q, customer, in)
	})
}

// people lists the names of contacts, in the order of names.
func (p person) people(t testing.TB, customer crm.CustomerID, in crm.ListQuery) []string {
	t.Helper()
	if in.OrderBy == "" {
		in.OrderBy = "name"
	}
	return idsOf(must[crm.Page[crm.Contact]](t)(p.tryContacts(t, customer, in)).Data, func(c crm.Contact) string { return c.Name })
}

func (p person) changeContacts(t testing.TB, in crm.ContactBulk) crm.BulkResult {
	t.Helper()
	return must[crm.BulkResult](t)(write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.BulkResult, error) { return crm.ChangeContacts(ctx, tx, in) }))
}
