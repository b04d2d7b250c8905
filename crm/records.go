package crm

import (
	"context"
	"fmt"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// Record is what anything that hangs on records of several nouns, as a comment or a file, has to know of one.
type Record struct {
	RecordRef
	// Title is what people recognise it by, at most 100 characters.
	Title string
	// Owner is whose it is, by the scope of its noun; Customer is the customer that it is or hangs on. Both may be zero.
	Owner    tenant.MemberID
	Customer CustomerID
	// Private says that only its own people may know what it is about. What hangs on it is private too, and the change
	// log is read by others.
	Private bool
}

// RecordRef names a record of any noun. As text it is the record's id, whose prefix tells the noun.
type RecordRef struct {
	// Noun is the resource of the permissions, as "customer".
	Noun string
	ID   tenant.RecordID
}

// noun is a kind of record that others can hang on.
type noun struct {
	name, prefix string
	// table holds the records, those in the trash too.
	table string
	// screen is where the client shows one, before its id.
	screen string
	// find returns a record within the caller's scope for the permission, else tenant.ErrNotFound.
	find func(ctx context.Context, q *tenant.Query, id tenant.RecordID, p tenant.Permission) (Record, error)
}

// nouns is the table of them. It is a function, because what hangs on records is in reach of those who find them.
func nouns() []noun {
	return []noun{
		{"customer", customerKind{}.Prefix(), "company.customers", "/customers/", findCustomerRecord},
		{"contact", contactKind{}.Prefix(), "company.contacts", "/contacts/", findContactRecord},
		{"interaction", interactionKind{}.Prefix(), "company.interactions", "/interactions/", findInteractionRecord},
		{"task", taskKind{}.Prefix(), "company.tasks", "/tasks/", findTaskRecord},
		{"deal", dealKind{}.Prefix(), "company.deals", "/deals/", findDealRecord},
		{"calendar_event", calendarEventKind{}.Prefix(), "company.calendar_events", "/calendar/", findCalendarEventRecord},
	}
}

// IsZero reports whether it names nothing.
func (r RecordRef) IsZero() bool { return r.ID.IsZero() }

// String returns the record's id as text.
func (r RecordRef) String() string {
	for _, n := range nouns() {
		if n.name == r.Noun {
			return tenant.FormatID(n.prefix, r.ID)
		}
	}
	return ""
}

// link is where the client shows the record.
func (r RecordRef) link() string {
	for _, n := range nouns() {
		if n.name == r.Noun {
			return n.screen + r.String()
		}
	}
	return ""
}

// MarshalText implements encoding.TextMarshaler.
func (r RecordRef) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; empty text names nothing.
func (r *RecordRef) UnmarshalText(text []byte) error {
	*r = RecordRef{}
	if len(text) == 0 {
		return nil
	}
	prefix, id, err := tenant.SplitID(string(text))
	if err != nil {
		return err
	}
	for _, n := range nouns() {
		if n.prefix == prefix {
			*r = RecordRef{n.name, id}
			return nil
		}
	}
	return fmt.Errorf("%w: there is no kind of record whose ids begin with %s_", tenant.ErrBadID, prefix)
}

// permission returns the noun's permission for an action, as "customer:read".
func (r RecordRef) permission(action string) tenant.Permission {
	return tenant.Permission(r.Noun + ":" + action)
}

// FindRecord returns a record within the caller's scope for an action ("read", "update"), else tenant.ErrNotFound.
func FindRecord(ctx context.Context, q *tenant.Query, r RecordRef, action string) (Record, error) {
	for _, n := range nouns() {
		if n.name != r.Noun {
			continue
		}
		found, err := n.find(ctx, q, r.ID, r.permission(action))
		found.RecordRef, found.Title = r, search.Cut(found.Title, 100)
		return found, err
	}
	return Record{}, fmt.Errorf("record %q %s: %w", r.Noun, r.ID, tenant.ErrNotFound)
}

// lockRecord is FindRecord for what is to hang on the record: a customer is locked so that it does not go up in another one
// before that is done. Other records stay what they are when their customer does.
func lockRecord(ctx context.Context, tx *tenant.Tx, r RecordRef, action string) (Record, error) {
	if r.Noun == "customer" {
		if _, err := lockCustomer(ctx, tx, CustomerID(r.ID), r.permission(action), 0); err != nil {
			return Record{}, err
		}
	}
	return FindRecord(ctx, tx.Query, r, action)
}

func findCustomerRecord(ctx context.Context, q *tenant.Query, id tenant.RecordID, p tenant.Permission) (Record, error) {
	c, err := findCustomer(ctx, q, CustomerID(id), p, "")
	return Record{Title: c.Name, Owner: c.OwnerID, Customer: c.ID}, err
}

func findContactRecord(ctx context.Context, q *tenant.Query, id tenant.RecordID, p tenant.Permission) (Record, error) {
	c, err := findContact(ctx, q, ContactID(id), p, "")
	return Record{Title: c.Name, Owner: c.OwnerID, Customer: c.CustomerID}, err
}

func findInteractionRecord(ctx context.Context, q *tenant.Query, id tenant.RecordID, p tenant.Permission) (Record, error) {
	i, err := findInteraction(ctx, q, interactionColumns, InteractionID(id), p, "")
	return Record{Title: i.Summary, Owner: i.OwnerID, Customer: i.CustomerID}, err
}

func findTaskRecord(ctx context.Context, q *tenant.Query, id tenant.RecordID, p tenant.Permission) (Record, error) {
	t, err := findTask(ctx, q, TaskID(id), p, "")
	return Record{Title: t.Title, Owner: t.AssigneeID, Customer: t.CustomerID}, err
}

func findDealRecord(ctx context.Context, q *tenant.Query, id tenant.RecordID, p tenant.Permission) (Record, error) {
	d, err := findDeal(ctx, q, DealID(id), p, "")
	return Record{Title: d.Name, Owner: d.OwnerID, Customer: d.CustomerID}, err
}

// findCalendarEventRecord does not find other people's private events: what hangs on them is private too.
func findCalendarEventRecord(ctx context.Context, q *tenant.Query, id tenant.RecordID, p tenant.Permission) (Record, error) {
	e, err := findCalendarEvent(ctx, q, CalendarEventID(id), p, "")
	if err == nil && e.Private && !e.isOf(q.Caller.Member) {
		err = fmt.Errorf("calendar event %s: %w", e.ID, tenant.ErrNotFound)
	}
	return Record{Title: e.Title, Owner: e.OrganizerID, Customer: e.CustomerID, Private: e.Private}, err
}
