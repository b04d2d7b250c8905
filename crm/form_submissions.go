package crm

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

type formSubmissionKind struct{}

func (formSubmissionKind) Prefix() string { return "fsb" }

// FormSubmissionID identifies what was sent in by a form (fsb_…).
type FormSubmissionID = tenant.ID[formSubmissionKind]

// FormSubmission is what a visitor has sent in. It stays as it came, whatever becomes of the customer's record.
type FormSubmission struct {
	ID          FormSubmissionID `db:"id" json:"id" doc:"The submission's id."`
	FormID      FormID           `db:"form_id" json:"form_id" doc:"By which form."`
	FormName    string           `db:"form_name" json:"form_name" doc:"What colleagues call the form." example:"Spring fair 2026"`
	CustomerID  CustomerID       `db:"customer_id" json:"customer_id" doc:"The customer whom it made, or who was there already."`
	Known       bool             `db:"known" json:"known" doc:"Whether the customer was there already: then it is an interaction with them, and nothing of their record has changed."`
	Name        string           `db:"name" json:"name" doc:"Company or person." example:"云帆科技"`
	ContactName string           `db:"contact_name" json:"contact_name" doc:"Contact person." example:"王志强"`
	Phone       *string          `db:"phone" json:"phone" mask:"customer.phone" doc:"E.164; in part where a role masks it." example:"+8613800138000"`
	Email       *string          `db:"email" json:"email" mask:"customer.email" doc:"E-mail; in part where a role masks it." example:"wang@yunfan.example"`
	Region      string           `db:"region" json:"region" doc:"Region." example:"华东"`
	Note        string           `db:"note" json:"note" doc:"Message." example:"Please call after 3 pm."`
	Custom      CustomValues     `db:"custom" json:"custom" mask:"by form" doc:"Values of the company's own fields by their keys."`
	Source      string           `db:"source" json:"source" doc:"Source channel of the form at that time." example:"website"`
	Campaign    string           `db:"campaign" json:"campaign" doc:"Campaign of the form at that time." example:"spring-2026"`
	ConsentText string           `db:"consent_text" json:"consent_text" doc:"The words that the visitor consented to; empty where the form asked for none."`
	CreatedAt   time.Time        `db:"created_at" json:"created_at" doc:"When it was sent in (UTC)."`
}

const submissionColumns = `s.id, s.form_id, f.name AS form_name, s.customer_id, s.known, s.name, s.contact_name, s.phone, s.email, s.region, s.note,
	s.custom, s.source, s.campaign, s.consent_text, s.created_at`

var submissions = &list.Resource{
	Name: "form submissions", Table: "company.form_submissions", Alias: "s", OwnerColumn: "c.owner_id", CustomerColumn: "c.id",
	Order: "created_at desc", Live: "c.deleted_at IS NULL",
	Fields: map[string]list.Field{
		"customer":   {Kind: list.ID, Column: "s.customer_id", Parse: func(s string) (any, error) { return ParseCustomerID(s) }},
		"owner":      {Kind: list.Member, Column: "c.owner_id", Nullable: true},
		"known":      {Kind: list.Bool, Column: "s.known"},
		"name":       {Kind: list.Text, Column: "s.name"},
		"region":     {Kind: list.Text, Column: "s.region"},
		"source":     {Kind: list.Text, Column: "s.source"},
		"campaign":   {Kind: list.Text, Column: "s.campaign"},
		"created_at": {Kind: list.Time, Column: "s.created_at", Sort: "s.created_at", Indexes: []list.Index{list.By("form_submissions_form")}},
	},
}

func (s FormSubmission) sortKey(string) (any, [16]byte) { return s.CreatedAt, s.ID }

// ListFormSubmissions returns one page of what was sent in by a form, as far as the customers are within the caller's
// scope.
func ListFormSubmissions(ctx context.Context, q *tenant.Query, id FormID, in ListQuery) (Page[FormSubmission], error) {
	if _, err := GetForm(ctx, q, id); err != nil {
		return Page[FormSubmission]{}, err
	}
	p, err := planSubmissions(q, in, "form_submissions_form", list.Condition{SQL: "s.form_id = ?", Args: []any{id}})
	if err != nil {
		return Page[FormSubmission]{}, err
	}
	return list.Read(ctx, q, p, submissionColumns, in.Count, FormSubmission.sortKey)
}

// ListCustomerSubmissions returns one page of what a customer within the caller's scope has sent in, by whatever form.
func ListCustomerSubmissions(ctx context.Context, q *tenant.Query, id CustomerID, in ListQuery) (Page[FormSubmission], error) {
	if _, err := GetCustomer(ctx, q, id); err != nil {
		return Page[FormSubmission]{}, err
	}
	p, err := planSubmissions(q, in, "form_submissions_customer", list.Condition{SQL: "s.customer_id = ?", Args: []any{id}})
	if err != nil {
		return Page[FormSubmission]{}, err
	}
	return list.Read(ctx, q, p, submissionColumns, in.Count, FormSubmission.sortKey)
}

func planSubmissions(q *tenant.Query, in ListQuery, index string, of list.Condition) (*list.Plan, error) {
	extra := []list.Condition{of}
	if in.Q != "" {
		extra = append(extra, list.Contains("CONCAT_WS(' ', s.name, s.contact_name, s.note)", in.Q))
	}
	p, err := list.New(q, submissions, in, q.Scope(customerRead), extra...)
	if err != nil {
		return nil, err
	}
	p.UseIndex(index)
	p.Join("STRAIGHT_JOIN company.customers c ON c.id = s.customer_id JOIN company.forms f ON f.id = s.form_id") // the key gives the order
	return p, nil
}
