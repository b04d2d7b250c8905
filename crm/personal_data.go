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
	ReadAt       time.Time        `json:"read_at" doc:"As of when (UTC)."`
	Customer     *Customer        `json:"customer" doc:"The customer; null when a contact was asked for."`
	Contacts     []Contact        `json:"contacts" nullable:"false" doc:"The contact, or the customer's contacts."`
	Interactions []Interaction    `json:"interactions" nullable:"false" doc:"Communication records with them, the latest first."`
	Deals        []Deal           `json:"deals" nullable:"false" doc:"The customer's deals."`
	Tasks        []Task           `json:"tasks" nullable:"false" doc:"Tasks about the customer."`
	Submissions  []FormSubmission `json:"form_submissions" nullable:"false" doc:"What the customer sent in by forms, with the words consented to."`
	Comments     []Comment        `json:"comments" nullable:"false" doc:"Comments on any of these records."`
	Attachments  []Attachment     `json:"attachments" nullable:"false" doc:"Files at any of these records; GET /v1/attachments/{id}/content has the bytes."`
}

// GetPersonalData returns all that is held about a contact or a customer within the caller's scope, and notes in the
// audit log that it was taken out.
func GetPersonalData(ctx context.Context, tx *tenant.Tx, r RecordRef) (PersonalData, error) {
	if err := findPerson(ctx, tx.Query, r, personalDataRead); err != nil {
		return PersonalData{}, err
	}
	data := PersonalData{ReadAt: tx.Now, Deals: []Deal{}, Tasks: []Task{}, Submissions: []FormSubmission{}}
	var err error
	if r.Noun == "contact" {
		err = data.readContact(ctx, tx.Query, ContactID(r.ID))
	} else {
		err = data.readCustomer(ctx, tx.Query, CustomerID(r.ID))
	}
	if err != nil {
		return PersonalData{}, err
	}
	if err := data.readAbout(ctx, tx.Query); err != nil {
		return PersonalData{}, err
	}
	return data, ExportSummary{Resource: "personal_data", Format: "json", Filter: fmt.Sprintf("id = %q", r), Count: 1}.log(ctx, tx)
}

// findPerson finds the record of somebody whose data a company may be asked for, else tenant.ErrNotFound.
func findPerson(ctx context.Context, q *tenant.Query, r RecordRef, p tenant.Permission) (err error) {
	switch r.Noun {
	case "contact":
		_, err = findContact(ctx, q, ContactID(r.ID), p, "")
	case "customer":
		_, err = findCustomer(ctx, q, CustomerID(r.ID), p, "")
	default:
		err = fmt.Errorf("%s is nobody: %w", r, tenant.ErrNotFound)
	}
	return err
}

func (d *PersonalData) readContact(ctx context.Context, q *tenant.Query, id ContactID) error {
	contact, err := GetContact(ctx, q, id)
	if err != nil {
		return err
	}
	d.Contacts = []Contact{contact}
	d.Interactions, err = whole(ListQuery{Filter: fmt.Sprintf("contact = %q", id)}, func(in ListQuery) (Page[Interaction], error) {
		return ListInteractions(ctx, q, CustomerID{}, in)
	})
	return err
}

func (d *PersonalData) readCustomer(ctx context.Context, q *tenant.Query, id CustomerID) error {
	customer, err := GetCustomer(ctx, q, id)
	if err != nil {
		return err
	}
	d.Customer = &customer
	of := ListQuery{Filter: fmt.Sprintf("customer = %q", id)}
	for _, read := range []func() error{
		func() (err error) {
			d.Contacts, err = whole(ListQuery{}, func(in ListQuery) (Page[Contact], error) { return ListContacts(ctx, q, id, in) })
			return err
		},
		func() (err error) {
			d.Interactions, err = whole(ListQuery{}, func(in ListQuery) (Page[Interaction], error) { return ListInteractions(ctx, q, id, in) })
			return err
		},
		func() (err error) {
			d.Deals, err = whole(of, func(in ListQuery) (Page[Deal], error) { return ListDeals(ctx, q, in) })
			return err
		},
		func() (err error) {
			d.Tasks, err = whole(of, func(in ListQuery) (Page[Task], error) { return ListTasks(ctx, q, in) })
			return err
		},
		func() (err error) {
			d.Submissions, err = whole(ListQuery{}, func(in ListQuery) (Page[FormSubmission], error) {
				return ListCustomerSubmissions(ctx, q, id, in)
			})
			return err
		},
	} {
		if err := read(); err != nil {
			return err
		}
	}
	return nil
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
	return all
}

// whole reads a list to its end.
func whole[T any](in ListQuery, read func(ListQuery) (Page[T], error)) ([]T, error) {
	all := []T{}
	for in.Limit = list.MaxLimit; ; {
		page, err := read(in)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Data...)
		if page.NextCursor == nil {
			return all, nil
		}
		in.Cursor = *page.NextCursor
	}
}
