package crm

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

const (
	personalDataRead   tenant.Permission = "personal_data:read"
	personalDataDelete tenant.Permission = "personal_data:delete"
)

// PersonalData is what the company holds about a contact, or about a customer who is a person, for them to have: PIPL
// article 45, GDPR articles 15 and 20.
type PersonalData struct {
	ReadAt         time.Time        `json:"read_at" doc:"As of when (UTC)."`
	Customer       *Customer        `json:"customer" doc:"The customer; null when a contact was asked for."`
	Contacts       []Contact        `json:"contacts" nullable:"false" doc:"The contact, or the customer's contacts."`
	Interactions   []Interaction    `json:"interactions" nullable:"false" doc:"Communication records with them, the latest first."`
	Deals          []Deal           `json:"deals" nullable:"false" doc:"The customer's deals."`
	CalendarEvents []CalendarEvent  `json:"calendar_events" nullable:"false" doc:"Calendar events to which they are invited, or about the customer, the latest first; other people's private ones are not among them."`
	Tasks          []Task           `json:"tasks" nullable:"false" doc:"Tasks about the customer."`
	Submissions    []FormSubmission `json:"form_submissions" nullable:"false" doc:"What the customer sent in by forms, with the words consented to."`
	Comments       []Comment        `json:"comments" nullable:"false" doc:"Comments on any of these records."`
	Attachments    []Attachment     `json:"attachments" nullable:"false" doc:"Files at any of these records; GET /v1/attachments/{id}/content has the bytes."`
}

// GetPersonalData returns all that is held about a contact or a customer within the caller's scope, in the trash or not,
// and notes in the audit log that it was taken out.
func GetPersonalData(ctx context.Context, tx *tenant.Tx, r RecordRef) (PersonalData, error) {
	s, err := findDataSubject(ctx, tx.Query, r, personalDataRead, "")
	if err != nil {
		return PersonalData{}, err
	}
	data := PersonalData{ReadAt: tx.Now, Deals: []Deal{}, Tasks: []Task{}, Submissions: []FormSubmission{}}
	if err := data.read(ctx, tx.Query, &s); err != nil {
		return PersonalData{}, err
	}
	if r.Noun == "customer" {
		if err := data.readCustomer(ctx, tx.Query, &s); err != nil {
			return PersonalData{}, err
		}
	}
	if err := data.readAbout(ctx, tx.Query); err != nil {
		return PersonalData{}, err
	}
	return data, ExportSummary{Resource: "personal_data", Format: "json", Filter: fmt.Sprintf("id = %q", r), Count: 1}.log(ctx, tx)
}

// inReach is the condition for records of a noun within the caller's scope for reading, in the trash or not.
func inReach(q *tenant.Query, noun string, of *list.Resource) list.Condition {
	scope := q.Scope(RecordRef{Noun: noun}.permission("read"))
	if noun == "calendar_event" {
		return list.All(visibleEvents(scope), openEvents(q))
	}
	visible, args := scope.Where(of.OwnerColumn, of.CustomerColumn)
	return list.Condition{SQL: visible, Args: args}
}

// read reads what both contacts and customers have.
func (d *PersonalData) read(ctx context.Context, q *tenant.Query, s *dataSubject) (err error) {
	people, invited := list.Condition{SQL: "p.id IN (?)", Args: []any{s.ids}}, s.invitations()
	if s.bin.noun == "customer" {
		people.SQL = "p.customer_id IN (?)"
		invited = list.Condition{SQL: "(e.customer_id IN (?) OR " + invited.SQL + ")", Args: append([]any{s.ids}, invited.Args...)}
	}
	if d.Contacts, err = readHeld(ctx, q, `SELECT `+contactColumns+` FROM company.contacts p`, "p.created_at, p.id",
		list.All(inReach(q, "contact", contacts), people), fillContacts); err != nil {
		return err
	}
	if d.Interactions, err = readHeld(ctx, q, `SELECT `+namedInteraction+` FROM company.interactions i JOIN company.customers c ON c.id = i.customer_id`,
		"i.occurred_at DESC, i.id DESC", list.All(inReach(q, "interaction", interactions), s.communication()), fillInteractions); err != nil {
		return err
	}
	d.CalendarEvents, err = readHeld(ctx, q, `SELECT `+calendarEventColumns+` FROM company.calendar_events e`, "e.starts_at DESC, e.id DESC",
		list.All(inReach(q, "calendar_event", calendarEvents), invited), fillCalendarEvents)
	return err
}

// readCustomer reads what only customers have.
func (d *PersonalData) readCustomer(ctx context.Context, q *tenant.Query, s *dataSubject) error {
	customer, err := readCustomer(ctx, q, CustomerID(s.record.ID))
	if err != nil {
		return err
	}
	d.Customer = &customer
	of := func(column string) list.Condition { return list.Condition{SQL: column + " IN (?)", Args: []any{s.ids}} }
	if d.Deals, err = readHeld(ctx, q, `SELECT `+dealColumns+` FROM company.deals d`, "d.created_at, d.id",
		list.All(inReach(q, "deal", deals), of("d.customer_id")), fillDeals); err != nil {
		return err
	}
	if d.Tasks, err = readHeld(ctx, q, `SELECT `+taskColumns+` FROM company.tasks t`, "t.created_at, t.id",
		list.All(inReach(q, "task", tasks), of("t.customer_id")), fillTasks); err != nil {
		return err
	}
	d.Submissions, err = readHeld(ctx, q, `SELECT `+submissionColumns+` FROM company.form_submissions s JOIN company.forms f ON f.id = s.form_id`,
		"s.created_at, s.id", of("s.customer_id"), func(context.Context, *tenant.Query, []FormSubmission) error { return nil })
	return err
}

// readHeld reads records whole, in the trash or not: those that a person asks for are all.
func readHeld[T any](ctx context.Context, q *tenant.Query, from, order string, where list.Condition, fill func(context.Context, *tenant.Query, []T) error) ([]T, error) {
	all := []T{}
	if err := q.SelectIn(ctx, &all, from+` WHERE `+where.SQL+` ORDER BY `+order, where.Args...); err != nil {
		return nil, err
	}
	for page := range slices.Chunk(all, list.MaxLimit) {
		if err := fill(ctx, q, page); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readAbout reads the comments and files at the records that are there by now.
func (d *PersonalData) readAbout(ctx context.Context, q *tenant.Query) error {
	d.Comments, d.Attachments = []Comment{}, []Attachment{}
	for ids := range slices.Chunk(d.records(), 500) {
		var comments []Comment
		if err := q.SelectIn(ctx, &comments, `SELECT `+commentColumns+` FROM company.comments m WHERE m.record_id IN (?) ORDER BY m.created_at, m.id`, ids); err != nil {
			return err
		}
		var files []Attachment
		if err := q.SelectIn(ctx, &files, `SELECT `+attachmentColumns+` FROM company.attachments a
			WHERE a.record_id IN (?) AND a.status = ? AND a.deleted_at IS NULL ORDER BY a.created_at, a.id`, ids, attachmentReady); err != nil {
			return err
		}
		d.Comments, d.Attachments = append(d.Comments, comments...), append(d.Attachments, files...)
	}
	return nil
}

func (d *PersonalData) records() []tenant.RecordID {
	var all []tenant.RecordID
	if d.Customer != nil {
		all = append(all, tenant.RecordID(d.Customer.ID))
	}
	for _, c := range d.Contacts {
		all = append(all, tenant.RecordID(c.ID))
	}
	for _, i := range d.Interactions {
		all = append(all, tenant.RecordID(i.ID))
	}
	for _, deal := range d.Deals {
		all = append(all, tenant.RecordID(deal.ID))
	}
	for _, t := range d.Tasks {
		all = append(all, tenant.RecordID(t.ID))
	}
	for _, e := range d.CalendarEvents {
		all = append(all, tenant.RecordID(e.ID))
	}
	return all
}
