package crm

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// importMark says that a record came from an import: it carries the import's id and is announced quietly,
// unless the importer asked for the company's rules.
type importMark struct {
	ID       ImportID
	RunRules bool
}

func (m *importMark) id() tenant.RecordID {
	if m == nil {
		return tenant.RecordID{}
	}
	return tenant.RecordID(m.ID)
}

func (m *importMark) quiet() bool { return m != nil && !m.RunRules }

// customerWritten lists the columns that a customer is written to.
var customerWritten = []string{
	"id", "name", "name_key", "name_sort", "search_text", "contact_name", "phone", "email", "website", "address", "district", "city",
	"region", "postal_code", "country", "parent_id", "industry",
	"employees", "revenue", "revenue_currency", "source", "note", "owner_id", "lifecycle", "lifecycle_since", "lost_reason",
	"last_interaction_at", "last_interaction_by", "next_follow_up_at", "do_not_contact", "consents", "custom", "silence_from", "owner_since",
	"silence_reminded", "import_id", "version", "created_by", "created_at", "updated_at",
}

// customerKept lists those of them that no update writes.
var customerKept = []string{
	"id", "last_interaction_at", "last_interaction_by", "next_follow_up_at", "silence_reminded", "import_id", "created_by", "created_at",
}

var (
	insertIntoCustomers = insertInto("customers", customerWritten)
	// A silence that begins anew has not been reminded of; that is decided before silence_from has its new value.
	overwriteCustomers = overwriting(customerWritten, customerKept, "silence_reminded = IF(silence_from = VALUES(silence_from), silence_reminded, 0)")
)

func (c *Customer) written(text string, mark *importMark) []any {
	return []any{
		c.ID, c.Name, search.CompanyKey(c.Name), c.NameSort, text, c.ContactName, c.Phone, c.Email, c.Website, c.Address, c.District, c.City,
		c.Region, c.PostalCode, c.Country, c.ParentID, c.Industry,
		c.Employees, c.Revenue, c.RevenueCurrency, c.Source, c.Note, c.OwnerID, c.Lifecycle, c.LifecycleSince, c.LostReason,
		c.LastInteractionAt, c.LastInteractionBy, c.NextFollowUpAt, c.DoNotContact, c.Consents, c.Custom.String(), c.SilenceFrom, c.OwnerSince,
		false, mark.id(), c.Version, c.CreatedBy, c.CreatedAt, c.UpdatedAt,
	}
}

// insertCustomers writes checked customers with all that belongs to them, in a few statements for all of them.
func insertCustomers(ctx context.Context, tx *tenant.Tx, all []Customer, mark *importMark) error {
	rows := tx.Bulk(insertIntoCustomers, len(customerWritten), "")
	index := make([]search.Row, len(all))
	stages := make([]stageEntry, len(all))
	events := make([]tenant.Event, len(all))
	for i := range all {
		c := &all[i]
		c.NameSort = search.NameSort(c.Name)
		text := c.searchText()
		index[i] = search.RowOf(tenant.RecordID(c.ID), text)
		if c.OwnerSince.IsZero() {
			c.OwnerSince = tx.Now
		}
		if err := rows.Add(ctx, c.written(text, mark)...); err != nil {
			return err
		}
		stages[i] = stageEntry{customer: c, at: c.LifecycleSince}
		events[i] = tenant.Event{Type: "customer.created", Resource: "customer", Record: tenant.RecordID(c.ID), OwnerAfter: c.OwnerID, Data: *c}
	}
	if err := rows.Flush(ctx); err != nil {
		return err
	}
	if err := search.Insert(ctx, tx, search.Customers, index); err != nil {
		return err
	}
	if err := insertTags(ctx, tx, taggedCustomers(all)); err != nil {
		return err
	}
	if err := saveCustom(ctx, tx, "customer", customRecords(all, (*Customer).customMade)); err != nil {
		return err
	}
	if err := enterStages(ctx, tx, stages); err != nil {
		return err
	}
	return tx.EmitAll(ctx, events, mark.quiet())
}

// customerChange is a locked customer before and after a change, with the fields that differ as they were.
type customerChange struct {
	before, after Customer
	previous      map[string]any
}

// updateCustomers is saveCustomer for many customers, whose stage may change too.
func updateCustomers(ctx context.Context, tx *tenant.Tx, all []customerChange, mark *importMark) error {
	rows := tx.Bulk(insertIntoCustomers, len(customerWritten), overwriteCustomers)
	var retagged []Customer
	var stages []stageEntry
	var events []tenant.Event
	for i := range all {
		c := &all[i]
		c.after.NameSort = search.NameSort(c.after.Name)
		text := c.after.searchText()
		if err := rows.Add(ctx, c.after.written(text, mark)...); err != nil {
			return err
		}
		if err := search.Replace(ctx, tx, search.Customers, tenant.RecordID(c.after.ID), c.before.searchText(), text); err != nil {
			return err
		}
		if _, changed := c.previous["tags"]; changed {
			retagged = append(retagged, c.after)
		}
		events = append(events, c.event("customer.updated", c.previous))
		if moved := c.stageBefore(); moved != nil {
			stages = append(stages, stageEntry{customer: &c.after, from: &c.before.Lifecycle, at: c.after.LifecycleSince})
			events = append(events, c.event("customer.lifecycle_changed", moved))
		}
	}
	if err := rows.Flush(ctx); err != nil {
		return err
	}
	if err := replaceTags(ctx, tx, taggedCustomers(retagged)); err != nil {
		return err
	}
	if err := saveCustom(ctx, tx, "customer", customRecords(all, (*customerChange).custom)); err != nil {
		return err
	}
	if err := handOverContacts(ctx, tx, all, mark.quiet()); err != nil {
		return err
	}
	if err := enterStages(ctx, tx, stages); err != nil {
		return err
	}
	return tx.EmitAll(ctx, events, mark.quiet())
}

func (c *customerChange) custom() customRecord { return c.before.customTo(c.after.Custom) }

func (c *customerChange) event(kind string, previous map[string]any) tenant.Event {
	return tenant.Event{
		Type: kind, Resource: "customer", Record: tenant.RecordID(c.after.ID),
		OwnerBefore: c.before.OwnerID, OwnerAfter: c.after.OwnerID, Data: c.after, Previous: previous,
	}
}

// stageBefore returns what the stage was, as an event tells it, or nil when the stage stays.
func (c *customerChange) stageBefore() map[string]any {
	if c.before.Lifecycle == c.after.Lifecycle {
		return nil
	}
	return map[string]any{"lifecycle": c.before.Lifecycle, "lifecycle_since": c.before.LifecycleSince, "lost_reason": c.before.LostReason}
}

// lockCustomers returns those of the customers that meet the condition, locked in the order of their ids so that
// two changes of many wait for each other instead of both failing.
func lockCustomers(ctx context.Context, tx *tenant.Tx, ids []CustomerID, where string, args []any) ([]Customer, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var all []Customer
	if err := tx.SelectIn(ctx, &all, `SELECT `+customerColumns+` FROM company.customers c
		WHERE c.id IN (?) AND c.deleted_at IS NULL AND `+where+` ORDER BY c.id FOR UPDATE`, append([]any{ids}, args...)...); err != nil {
		return nil, err
	}
	return all, fillTags(ctx, tx.Query, all, (*Customer).tagged, "FOR UPDATE")
}

// trashCustomers is DeleteCustomer for many that are locked.
func trashCustomers(ctx context.Context, tx *tenant.Tx, all []Customer, quiet bool) error {
	if len(all) == 0 {
		return nil
	}
	if _, err := tx.ExecIn(ctx, `UPDATE company.customers SET deleted_at = ?, updated_at = ?, version = version + 1 WHERE id IN (?)`,
		tx.Now, tx.Now, customerIDs(all)); err != nil {
		return err
	}
	events := make([]tenant.Event, len(all))
	for i, c := range all {
		events[i] = tenant.Event{Type: "customer.deleted", Resource: "customer", Record: tenant.RecordID(c.ID), OwnerBefore: c.OwnerID, Data: c}
	}
	if err := dropCustom(ctx, tx, customRecords(all, func(c *Customer) customRecord { return c.customTo(nil) })); err != nil {
		return err
	}
	if err := trashContactsOf(ctx, tx, customerIDs(all), quiet); err != nil {
		return err
	}
	return tx.EmitAll(ctx, events, quiet)
}

// stamp gives a changed customer its next version and sets the clocks that the change restarts.
func (c *Customer) stamp(before Customer, now time.Time) {
	c.Version, c.UpdatedAt = before.Version+1, now
	if c.OwnerID != before.OwnerID {
		c.SilenceFrom, c.OwnerSince = now, now
	}
	if c.Lifecycle != before.Lifecycle {
		c.SilenceFrom = now
	}
}

// taggedCustomers shows customers as what tags hang on.
func taggedCustomers(all []Customer) []tagged {
	out := make([]tagged, len(all))
	for i := range all {
		out[i] = tagged{tenant.RecordID(all[i].ID), all[i].Tags}
	}
	return out
}

func customerIDs(all []Customer) []CustomerID {
	ids := make([]CustomerID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	return ids
}

// stageEntry is one line of the permanent history of stages; from is nil for the first stage.
type stageEntry struct {
	customer *Customer
	from     *string
	at       time.Time
}

func enterStages(ctx context.Context, tx *tenant.Tx, all []stageEntry) error {
	rows := tx.Bulk(`INSERT INTO company.lifecycle_history (customer_id, from_stage, to_stage, reason, actor_id, entered_at) VALUES`, 6, "")
	for _, e := range all {
		if err := rows.Add(ctx, e.customer.ID, e.from, e.customer.Lifecycle, e.customer.LostReason, tx.Caller.Member, e.at); err != nil {
			return err
		}
	}
	return rows.Flush(ctx)
}
