package crm

import (
	"context"
	"errors"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// contactWritten lists the columns that a contact is written to.
var contactWritten = []string{
	"id", "customer_id", "owner_id", "name", "name_sort", "search_text", "title", "department", "role", "is_primary", "phones", "emails",
	"wechat", "addresses", "birthday", "language", "do_not_contact", "consents", "source", "note", "custom", "version", "created_by",
	"created_at", "updated_at", "deleted_along",
}

// contactKept lists those of them that no update writes.
var contactKept = []string{"id", "created_by", "created_at"}

var (
	insertIntoContacts = insertInto("contacts", contactWritten)
	overwriteContacts  = overwriting(contactWritten, contactKept)
)

func (p *Contact) written() []any {
	return []any{
		p.ID, p.CustomerID, p.OwnerID, p.Name, p.NameSort, p.searchText(), p.Title, p.Department, p.Role, p.Primary, p.Phones, p.Emails,
		p.WeChat, p.Addresses, p.Birthday, p.Language, p.DoNotContact, p.Consents, p.Source, p.Note, p.Custom.String(), p.Version, p.CreatedBy,
		p.CreatedAt, p.UpdatedAt, false,
	}
}

// searchText is what a contact is found by; what roles may mask stands apart.
func (p *Contact) searchText() string {
	var private []string
	for _, phone := range p.Phones {
		private = append(private, phone.Number)
	}
	for _, email := range p.Emails {
		private = append(private, email.Address)
	}
	return search.PartlyPrivate([]string{p.Name, p.WeChat}, private...)
}

func (p *Contact) event(kind string, before, after tenant.MemberID, previous any) tenant.Event {
	return tenant.Event{
		Type: kind, Resource: "contact", Record: tenant.RecordID(p.ID), OwnerBefore: before, OwnerAfter: after, Data: *p, Previous: previous,
	}
}

// customMade and customTo show a contact as it is made, and before a change, with what its custom fields hold after it.
func (p *Contact) customMade() customRecord {
	return customRecord{id: tenant.RecordID(p.ID), after: p.Custom}
}

func (p *Contact) customTo(after CustomValues) customRecord {
	return customRecord{tenant.RecordID(p.ID), p.Custom, after}
}

// insertContacts writes checked contacts with all that belongs to them, in a few statements for all of them. It returns
// *tenant.ConflictError for an id in use.
func insertContacts(ctx context.Context, tx *tenant.Tx, all []Contact, quiet bool) error {
	rows := tx.Bulk(insertIntoContacts, len(contactWritten), "")
	index, labels, events := make([]search.Row, len(all)), make([]tagged, len(all)), make([]tenant.Event, len(all))
	for i := range all {
		p := &all[i]
		p.NameSort = search.NameSort(p.Name)
		index[i], labels[i] = search.RowOf(tenant.RecordID(p.ID), p.searchText()), tagged{tenant.RecordID(p.ID), p.Tags}
		if err := rows.Add(ctx, p.written()...); err != nil {
			return err
		}
	}
	var dup *tenant.DuplicateError
	if err := rows.Flush(ctx); errors.As(err, &dup) {
		return errIDInUse
	} else if err != nil {
		return err
	}
	if err := writePoints(ctx, tx, all); err != nil {
		return err
	}
	if err := search.Insert(ctx, tx, search.Contacts, index); err != nil {
		return err
	}
	if err := insertTags(ctx, tx, labels); err != nil {
		return err
	}
	if err := saveCustom(ctx, tx, "contact", customRecords(all, (*Contact).customMade)); err != nil {
		return err
	}
	for i := range all {
		events[i] = all[i].event("contact.created", tenant.MemberID{}, all[i].OwnerID, nil)
	}
	return tx.EmitAll(ctx, events, quiet)
}

// contactChange is a locked contact before and after a change, with the fields that differ as they were.
type contactChange struct {
	before, after Contact
	previous      map[string]any
}

// changeContact works out what a change comes to.
func changeContact(q *tenant.Query, before, after Contact) (contactChange, error) {
	previous, err := differences(before, after)
	after.Version, after.UpdatedAt = before.Version+1, q.Now
	return contactChange{before, after, previous}, err
}

func (c *contactChange) custom() customRecord { return c.before.customTo(c.after.Custom) }

// saveContacts writes changed contacts with all that belongs to them.
func saveContacts(ctx context.Context, tx *tenant.Tx, all []contactChange, quiet bool) error {
	rows := tx.Bulk(insertIntoContacts, len(contactWritten), overwriteContacts)
	var retagged []tagged
	var moved []Contact
	events := make([]tenant.Event, len(all))
	for i := range all {
		before, after := &all[i].before, &all[i].after
		after.NameSort = search.NameSort(after.Name)
		if err := rows.Add(ctx, after.written()...); err != nil {
			return err
		}
		if err := search.Replace(ctx, tx, search.Contacts, tenant.RecordID(after.ID), before.searchText(), after.searchText()); err != nil {
			return err
		}
		if _, changed := all[i].previous["tags"]; changed {
			retagged = append(retagged, tagged{tenant.RecordID(after.ID), after.Tags})
		}
		_, phones := all[i].previous["phones"]
		if _, emails := all[i].previous["emails"]; phones || emails {
			moved = append(moved, *after)
		}
	}
	if err := rows.Flush(ctx); err != nil {
		return err
	}
	if err := dropPoints(ctx, tx, contactIDs(moved)); err != nil {
		return err
	}
	if err := writePoints(ctx, tx, moved); err != nil {
		return err
	}
	if err := replaceTags(ctx, tx, retagged); err != nil {
		return err
	}
	if err := saveCustom(ctx, tx, "contact", customRecords(all, (*contactChange).custom)); err != nil {
		return err
	}
	for i, c := range all {
		events[i] = c.after.event("contact.updated", c.before.OwnerID, c.after.OwnerID, c.previous)
	}
	return tx.EmitAll(ctx, events, quiet)
}

// lockContacts returns the contacts that meet the condition, locked in the order of their ids so that two changes of
// many wait for each other instead of both failing.
func lockContacts(ctx context.Context, tx *tenant.Tx, where string, args ...any) ([]Contact, error) {
	var all []Contact
	if err := tx.SelectIn(ctx, &all, `SELECT `+contactColumns+` FROM company.contacts p WHERE `+where+` ORDER BY p.id FOR UPDATE`, args...); err != nil {
		return nil, err
	}
	return all, fillTags(ctx, tx.Query, all, (*Contact).tagged, "FOR UPDATE")
}

// trashContacts is DeleteContact for many that are locked; along says that their customer goes there too.
func trashContacts(ctx context.Context, tx *tenant.Tx, all []Contact, along, quiet bool) error {
	if len(all) == 0 {
		return nil
	}
	ids, events := contactIDs(all), make([]tenant.Event, len(all))
	if _, err := tx.ExecIn(ctx, `UPDATE company.contacts SET deleted_at = ?, deleted_along = ?, updated_at = ?, version = version + 1 WHERE id IN (?)`,
		tx.Now, along, tx.Now, ids); err != nil {
		return err
	}
	if err := dropPoints(ctx, tx, ids); err != nil {
		return err
	}
	if err := dropCustom(ctx, tx, customRecords(all, func(p *Contact) customRecord { return p.customTo(nil) })); err != nil {
		return err
	}
	for i := range all {
		events[i] = all[i].event("contact.deleted", all[i].OwnerID, tenant.MemberID{}, nil)
	}
	return tx.EmitAll(ctx, events, quiet)
}

func contactIDs(all []Contact) []ContactID {
	ids := make([]ContactID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	return ids
}
