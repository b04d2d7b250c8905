package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type formKind struct{}

func (formKind) Prefix() string { return "frm" }

// FormID identifies a form (frm_…).
type FormID = tenant.ID[formKind]

// ParseFormID reads a form's id.
func ParseFormID(s string) (FormID, error) { return tenant.ParseID[formKind](s) }

// Form is a page on which visitors become potential customers: 表单.
type Form struct {
	ID   FormID `db:"id" json:"id" doc:"The form's id." example:"frm_01h455vb4pex5vsknk084sn02q"`
	Name string `db:"name" json:"name" doc:"What colleagues call it." example:"Spring fair 2026"`
	// Token is public: whoever has it may fill the form in.
	Token FormToken `db:"token" json:"token" doc:"What the form's address ends with." example:"AZ3k9Qf1cXqYw2mJb0a7dQh4Yk2LzP0nT8sVeQ"`
	URL   string    `db:"-" json:"url,omitempty" doc:"The form's own page; left out of events." example:"https://crm.example.com/f/AZ3k9Qf1cXqYw2mJb0a7dQh4Yk2LzP0nT8sVeQ"`
	// The rest down to Active is what the page says and asks.
	Title           string     `db:"title" json:"title" doc:"Headline of the page." example:"预约演示"`
	Intro           string     `db:"intro" json:"intro" doc:"What stands above the fields." example:"We call you back within a day."`
	Thanks          string     `db:"thanks" json:"thanks" doc:"What a visitor reads afterwards; a word of thanks when empty." example:"Thank you! We will call you."`
	Fields          formFields `db:"fields" json:"fields" nullable:"false" doc:"What is asked, in order."`
	ConsentText     string     `db:"consent_text" json:"consent_text" doc:"What a visitor has to tick; empty for nothing." example:"I agree to be contacted about this enquiry."`
	ConsentChannels stringList `db:"consent_channels" json:"consent_channels" nullable:"false" doc:"By which channels the consent is: phone, sms, email, wechat, post." example:"[\"phone\",\"email\"]"`
	SuccessURL      string     `db:"success_url" json:"success_url" doc:"Where a visitor is led afterwards; empty for the page with the thanks." example:"https://acme.example/thanks"`
	AllowedOrigins  stringList `db:"allowed_origins" json:"allowed_origins" nullable:"false" doc:"Sites that may show the form in a frame." example:"[\"https://acme.example\"]"`
	// These are what a customer gets who comes by the form.
	Source          string          `db:"source" json:"source" doc:"Source channel of the customers." example:"website"`
	Campaign        string          `db:"campaign" json:"campaign" doc:"The campaign that it belongs to; customers are found by it." example:"spring-2026"`
	Tags            stringList      `db:"tags" json:"tags" nullable:"false" doc:"Tags of the customers." example:"[\"fair\"]"`
	Assignment      FormAssignment  `db:"assignment" json:"assignment" doc:"Who gets the customers."`
	Active          bool            `db:"active" json:"active" doc:"Whether it is open."`
	Submissions     int64           `db:"submissions" json:"submissions" doc:"How often it was sent in." example:"42"`
	LastSubmittedAt *time.Time      `db:"last_submitted_at" json:"last_submitted_at" doc:"When it was sent in last (UTC); null for never."`
	CreatedBy       tenant.MemberID `db:"created_by" json:"created_by" nullable:"true" doc:"Who made it; null for the system."`
	CreatedAt       time.Time       `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt       time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC); what is sent in is none."`
	Version         int64           `db:"version" json:"-"`

	NameSort string `db:"name_sort" json:"-"`
	// Turn is whose turn it is where members take turns.
	Turn int64 `db:"turn" json:"-"`
}

// NewForm is what a form is made of.
type NewForm struct {
	ID              *FormID         `json:"id,omitempty" doc:"An id made by the client; it may be used once."`
	Name            string          `json:"name" minLength:"1" maxLength:"200" doc:"What colleagues call it." example:"Spring fair 2026"`
	Title           string          `json:"title" minLength:"1" maxLength:"200" doc:"Headline of the page." example:"预约演示"`
	Intro           string          `json:"intro,omitempty" maxLength:"2000" doc:"What stands above the fields."`
	Thanks          string          `json:"thanks,omitempty" maxLength:"2000" doc:"What a visitor reads afterwards."`
	Fields          []FormField     `json:"fields" minItems:"1" maxItems:"30" doc:"What is asked, in order; name or contact_name is among it and required."`
	ConsentText     string          `json:"consent_text,omitempty" maxLength:"2000" doc:"What a visitor has to tick." example:"I agree to be contacted about this enquiry."`
	ConsentChannels []string        `json:"consent_channels,omitempty" maxItems:"5" doc:"By which channels the consent is; phone and email when left out." example:"[\"phone\",\"email\"]"`
	SuccessURL      string          `json:"success_url,omitempty" maxLength:"2000" doc:"Where a visitor is led afterwards; http or https." example:"https://acme.example/thanks"`
	AllowedOrigins  []string        `json:"allowed_origins,omitempty" maxItems:"20" doc:"Sites that may show the form in a frame: scheme and host, as https://acme.example." example:"[\"https://acme.example\"]"`
	Source          string          `json:"source,omitempty" maxLength:"64" doc:"Source channel of the customers; form when left out." example:"website"`
	Campaign        string          `json:"campaign,omitempty" maxLength:"100" doc:"The campaign that it belongs to." example:"spring-2026"`
	Tags            []string        `json:"tags,omitempty" maxItems:"50" doc:"Tags of the customers; new ones are made." example:"[\"fair\"]"`
	Assignment      *FormAssignment `json:"assignment,omitempty" doc:"Who gets the customers; nobody when left out, which is the public pool."`
	Active          *bool           `json:"active,omitempty" doc:"Whether it is open; true when left out."`
}

// FormPatch changes some properties.
type FormPatch struct {
	Name            patch.Field[string]         `json:"name,omitzero" minLength:"1" maxLength:"200" doc:"What colleagues call it." example:"Spring fair 2026"`
	Title           patch.Field[string]         `json:"title,omitzero" minLength:"1" maxLength:"200" doc:"Headline of the page." example:"预约演示"`
	Intro           patch.Field[string]         `json:"intro,omitzero" maxLength:"2000" doc:"What stands above the fields."`
	Thanks          patch.Field[string]         `json:"thanks,omitzero" maxLength:"2000" doc:"What a visitor reads afterwards."`
	Fields          patch.Field[[]FormField]    `json:"fields,omitzero" doc:"Replaces all that is asked."`
	ConsentText     patch.Field[string]         `json:"consent_text,omitzero" maxLength:"2000" doc:"What a visitor has to tick."`
	ConsentChannels patch.Field[[]string]       `json:"consent_channels,omitzero" doc:"By which channels the consent is; null for phone and email." example:"[\"phone\"]"`
	SuccessURL      patch.Field[string]         `json:"success_url,omitzero" maxLength:"2000" doc:"Where a visitor is led afterwards." example:"https://acme.example/thanks"`
	AllowedOrigins  patch.Field[[]string]       `json:"allowed_origins,omitzero" doc:"Replaces the sites that may show the form in a frame." example:"[\"https://acme.example\"]"`
	Source          patch.Field[string]         `json:"source,omitzero" maxLength:"64" doc:"Source channel of the customers." example:"website"`
	Campaign        patch.Field[string]         `json:"campaign,omitzero" maxLength:"100" doc:"The campaign that it belongs to." example:"spring-2026"`
	Tags            patch.Field[[]string]       `json:"tags,omitzero" doc:"Replaces the tags of the customers to come." example:"[\"fair\"]"`
	Assignment      patch.Field[FormAssignment] `json:"assignment,omitzero" doc:"Who gets the customers; null for nobody."`
	Active          patch.Field[bool]           `json:"active,omitzero" doc:"Whether it is open." example:"false"`
}

const formColumns = `f.id, f.name, f.name_sort, f.title, f.intro, f.thanks, f.fields, f.source, f.campaign, f.tags, f.consent_text, f.consent_channels,
	f.assignment, f.active, f.success_url, f.allowed_origins, f.token, f.turn, f.submissions, f.last_submitted_at, f.version, f.created_by,
	f.created_at, f.updated_at`

var forms = &list.Resource{
	Name: "forms", Table: "company.forms", Alias: "f", Order: "updated_at desc", Live: "f.deleted_at IS NULL",
	Fields: map[string]list.Field{
		"name":              {Kind: list.Text, Column: "f.name", Sort: "f.name_sort", Indexes: []list.Index{list.By("forms_name")}},
		"title":             {Kind: list.Text, Column: "f.title"},
		"source":            {Kind: list.Text, Column: "f.source"},
		"campaign":          {Kind: list.Text, Column: "f.campaign"},
		"active":            {Kind: list.Bool, Column: "f.active"},
		"submissions":       {Kind: list.Number, Column: "f.submissions"},
		"last_submitted_at": {Kind: list.Time, Column: "f.last_submitted_at", Nullable: true},
		"created_at":        {Kind: list.Time, Column: "f.created_at", Sort: "f.created_at", Indexes: []list.Index{list.By("forms_created")}},
		"updated_at":        {Kind: list.Time, Column: "f.updated_at", Sort: "f.updated_at", Indexes: []list.Index{list.By("forms_updated")}},
	},
}

func (f Form) sortKey(column string) (any, [16]byte) {
	switch column {
	case "f.name_sort":
		return f.NameSort, f.ID
	case "f.created_at":
		return f.CreatedAt, f.ID
	}
	return f.UpdatedAt, f.ID
}

// ListForms returns one page of the company's forms; q is looked for in their names.
func ListForms(ctx context.Context, q *tenant.Query, in ListQuery) (Page[Form], error) {
	var extra []list.Condition
	if in.Q != "" {
		extra = append(extra, list.Contains("f.name", in.Q))
	}
	p, err := list.New(q, forms, in, everybodys(), extra...)
	if err != nil {
		return Page[Form]{}, err
	}
	page, err := list.Read(ctx, q, p, formColumns, in.Count, Form.sortKey)
	for i := range page.Data {
		page.Data[i].Token.Company = q.Company.ID
	}
	return page, err
}

// GetForm returns a form, else ErrNotFound.
func GetForm(ctx context.Context, q *tenant.Query, id FormID) (Form, error) {
	return findForm(ctx, q, "f.id = ?", id, "")
}

func findForm(ctx context.Context, q *tenant.Query, where string, arg any, lock string) (Form, error) {
	var f Form
	if err := q.Get(ctx, &f, `SELECT `+formColumns+` FROM company.forms f WHERE `+where+` AND f.deleted_at IS NULL `+lock, arg); err != nil {
		return Form{}, fmt.Errorf("form: %w", err)
	}
	f.Token.Company = q.Company.ID
	return f, nil
}

func lockForm(ctx context.Context, tx *tenant.Tx, id FormID, version int64) (Form, error) {
	f, err := findForm(ctx, tx.Query, "f.id = ?", id, "FOR UPDATE")
	if err == nil && version != 0 && version != f.Version {
		err = fmt.Errorf("form %s: %w", id, tenant.ErrStale)
	}
	return f, err
}
