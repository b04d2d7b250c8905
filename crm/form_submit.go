package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ErrFormClosed is returned for a form that is there and not open.
var ErrFormClosed = errors.New("the form is closed")

// OpenForm is a form as a visitor meets it, in the visitor's language.
type OpenForm struct {
	Title       string     `json:"title" doc:"Headline of the page." example:"预约演示"`
	Intro       string     `json:"intro" doc:"What stands above the fields."`
	Questions   []Question `json:"questions" nullable:"false" doc:"What is asked, in order."`
	ConsentText string     `json:"consent_text" doc:"What has to be consented to; empty for nothing."`
	Stamp       string     `json:"stamp" doc:"To be sent with the answers: from two seconds to a day later, and once."`

	FormReceipt    `json:"-"`
	AllowedOrigins []string `json:"-"`
}

// FormReceipt is what a visitor gets for what they have sent in, whatever became of it.
type FormReceipt struct {
	Thanks     string `json:"thanks" doc:"What to show; may be empty." example:"Thank you! We will call you."`
	SuccessURL string `json:"success_url" doc:"Where to lead the visitor; may be empty." example:"https://acme.example/thanks"`
}

func (f *Form) receipt() FormReceipt { return FormReceipt{f.Thanks, f.SuccessURL} }

// ReadOpenForm returns the form with a token, ErrFormClosed for one that is not open, else ErrNotFound.
func ReadOpenForm(ctx context.Context, q *tenant.Query, token FormToken, locale string) (OpenForm, error) {
	f, err := findForm(ctx, q, "f.token = ?", token, "")
	if err != nil {
		return OpenForm{}, err
	}
	if !f.Active {
		return OpenForm{}, fmt.Errorf("form %s: %w", f.ID, ErrFormClosed)
	}
	open := OpenForm{Title: f.Title, Intro: f.Intro, ConsentText: f.ConsentText, FormReceipt: f.receipt(), AllowedOrigins: f.AllowedOrigins}
	if open.Questions, err = f.questions(ctx, q, language(locale)); err != nil {
		return OpenForm{}, err
	}
	open.Stamp, err = f.newStamp(q)
	return open, err
}

// SubmitForm takes what a visitor sends in by the form with a token. It makes a customer, or an interaction with the one
// who seems to be the same; the visitor cannot tell which. What is sent twice, or by a program that fills in what people
// do not see, comes to nothing and looks like a success. The transaction is the system's.
func SubmitForm(ctx context.Context, tx *tenant.Tx, token FormToken, in FormAnswers) (FormReceipt, error) {
	f, err := findForm(ctx, tx.Query, "f.token = ?", token, "FOR UPDATE")
	switch {
	case err != nil:
		return FormReceipt{}, err
	case !f.Active:
		return FormReceipt{}, fmt.Errorf("form %s: %w", f.ID, ErrFormClosed)
	case in.Trap != "":
		return f.receipt(), nil
	}
	nonce, err := f.openStamp(tx.Query, in.Stamp)
	if err != nil {
		return FormReceipt{}, err
	}
	var sent bool
	if err := tx.Get(ctx, &sent, `SELECT EXISTS (SELECT 1 FROM company.form_submissions WHERE stamp = ?)`, nonce[:]); err != nil || sent {
		return f.receipt(), err
	}
	s, err := in.read(ctx, tx, &f)
	if err != nil {
		return FormReceipt{}, err
	}
	s.ID, s.FormID, s.FormName, s.CreatedAt = tenant.NewID[formSubmissionKind](), f.ID, f.Name, tx.Now
	s.Source, s.Campaign, s.ConsentText = f.Source, f.Campaign, f.ConsentText
	owner, err := s.reach(ctx, tx, &f)
	if err != nil {
		return FormReceipt{}, err
	}
	return f.receipt(), s.save(ctx, tx, &f, nonce, owner)
}

// reach finds the customer whom the visitor is or makes one, and returns whose it is.
func (s *FormSubmission) reach(ctx context.Context, tx *tenant.Tx, f *Form) (tenant.MemberID, error) {
	same, err := s.sameCustomer(ctx, tx.Query)
	if err != nil {
		return tenant.MemberID{}, err
	}
	if same != nil {
		s.CustomerID, s.Known = same.ID, true
		return same.OwnerID, s.note(ctx, tx)
	}
	owner, turn, err := f.Assignment.owner(ctx, tx.Query, s.Region, f.Turn)
	if err != nil {
		return tenant.MemberID{}, err
	}
	f.Turn = turn
	c, err := CreateCustomer(ctx, tx, NewCustomer{
		Passing: true, Name: s.customerName(), ContactName: s.ContactName, Phone: deref(s.Phone), Email: deref(s.Email), Region: s.Region,
		Source: f.Source, Note: s.Note, OwnerID: &owner, Tags: slices.Clone(f.Tags), Custom: s.Custom, Consents: f.consents(tx),
	})
	s.CustomerID = c.ID
	return owner, err
}

// sameCustomer returns the customer that the visitor most likely is, or nil.
func (s *FormSubmission) sameCustomer(ctx context.Context, q *tenant.Query) (*Lookalike, error) {
	found, err := CheckDuplicates(ctx, q, DuplicateCheck{Name: s.customerName(), Phone: deref(s.Phone), Email: deref(s.Email)})
	if err != nil || len(found) == 0 || found[0].Score < likely {
		return nil, err
	}
	return &found[0], nil
}

func (s *FormSubmission) customerName() string {
	if s.Name != "" {
		return s.Name
	}
	return s.ContactName
}

// consents are what the visitor has ticked, with the form as its source.
func (f *Form) consents(tx *tenant.Tx) Consents {
	given := Consents{}
	if f.ConsentText == "" {
		return given
	}
	source := language(tx.Company.Locale).say(phrase{"表单：%s", "Form: %s"}, f.Name)
	for _, channel := range f.ConsentChannels {
		given[channel] = Consent{Status: "granted", Source: search.Cut(source, 200)}
	}
	return given
}

// note logs with a customer who was there already that they have been in contact, as a matter to be settled. Phone and
// e-mail are left to the submission, where they are masked for those who may not see them. The customer's own record
// stays as it is: anybody could claim to be them.
func (s *FormSubmission) note(ctx context.Context, tx *tenant.Tx) error {
	l := language(tx.Company.Locale)
	lines := []string{l.say(phrase{"填写了表单“%s”", "Sent in the form “%s”"}, s.FormName)}
	if s.Region != "" {
		lines = append(lines, l.say(phrase{"地区：%s", "Region: %s"}, s.Region))
	}
	if s.Note != "" {
		lines = append(lines, s.Note)
	}
	in := NewInteraction{
		CustomerID: s.CustomerID, Kind: "note", Direction: "in", Summary: search.Cut(strings.Join(lines, "\n"), 10_000), Resolved: new(bool),
	}
	if s.ContactName != "" {
		in.Contacts = []string{s.ContactName}
	}
	_, err := LogInteraction(ctx, tx, in, nil) // nobody is assigned, so that nobody's rights are asked
	return err
}

// save keeps what was sent in, counts it and tells of it.
func (s *FormSubmission) save(ctx context.Context, tx *tenant.Tx, f *Form, nonce stampNonce, owner tenant.MemberID) error {
	row := struct {
		FormSubmission
		Stamp []byte `db:"stamp"`
	}{*s, nonce[:]}
	if _, err := tx.NamedExec(ctx, `
		INSERT INTO company.form_submissions (id, form_id, customer_id, known, name, contact_name, phone, email, region, note, custom, source, campaign,
			consent_text, stamp, created_at)
		VALUES (:id, :form_id, :customer_id, :known, :name, :contact_name, :phone, :email, :region, :note, :custom, :source, :campaign,
			:consent_text, :stamp, :created_at)`, row); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE company.forms SET turn = ?, submissions = submissions + 1, last_submitted_at = ? WHERE id = ?`, f.Turn, tx.Now, f.ID); err != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{
		Type: "form.submitted", Resource: "customer", Record: tenant.RecordID(s.CustomerID), OwnerBefore: owner, OwnerAfter: owner, Data: *s,
	})
}
