package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type interactionKind struct{}

func (interactionKind) Prefix() string { return "int" }

// InteractionID identifies an interaction (int_…).
type InteractionID = tenant.ID[interactionKind]

// Interaction is one contact with a customer: 沟通记录.
type Interaction struct {
	ID         InteractionID `db:"id" json:"id" doc:"The interaction's id."`
	CustomerID CustomerID    `db:"customer_id" json:"customer_id" doc:"With whom."`
	// CustomerName is filled in where interactions are read, and left out of events.
	CustomerName string    `db:"customer_name" json:"customer_name,omitempty" doc:"The customer's name." example:"云帆科技"`
	Kind         string    `db:"kind" json:"kind" enum:"call,email,wechat,meeting,note" doc:"How." example:"call"`
	Direction    string    `db:"direction" json:"direction" enum:"in,out,none" doc:"Who began: in from the customer, out from us." example:"out"`
	OccurredAt   time.Time `db:"occurred_at" json:"occurred_at" doc:"When (UTC)."`
	Minutes      *int      `db:"minutes" json:"minutes" doc:"How long, in minutes." example:"12"`
	Summary      string    `db:"summary" json:"summary" doc:"What was said." example:"Price agreed, wants a trial."`
	// MemberIDs and Contacts are who took part on our side and on theirs.
	MemberIDs []tenant.MemberID `db:"-" json:"member_ids" nullable:"false" doc:"Colleagues who took part, besides the author."`
	Contacts  stringList        `db:"contacts" json:"contacts" nullable:"false" doc:"People of the customer who took part." example:"[\"王志强\"]"`
	Links     linkList          `db:"attachments" json:"attachments" nullable:"false" doc:"Links to files that lie elsewhere."`
	// Files are the attachments, as far as the reader may see any.
	Files     []FileCard      `db:"-" json:"files" nullable:"false" doc:"Files attached to the interaction."`
	Resolved  bool            `db:"resolved" json:"resolved" doc:"Whether the customer's matter is settled."`
	NextStep  string          `db:"next_step" json:"next_step" doc:"Suggested next step." example:"send quote"`
	TaskID    TaskID          `db:"task_id" json:"task_id" nullable:"true" doc:"The task made from the next step; null when there is none."`
	AuthorID  tenant.MemberID `db:"author_id" json:"author_id" doc:"Who logged it."`
	CreatedAt time.Time       `db:"created_at" json:"created_at" doc:"When it was logged (UTC)."`
	UpdatedAt time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version   int64           `db:"version" json:"-"`
	// OwnerID is the customer's, for scopes and feeds.
	OwnerID tenant.MemberID `db:"owner_id" json:"-"`
}

// Link is the address of a file that lies elsewhere.
type Link struct {
	Name string `json:"name" minLength:"1" maxLength:"200" doc:"What to show." example:"quote.pdf"`
	URL  string `json:"url" maxLength:"2000" doc:"Where the file is; http or https." example:"https://files.acme.example/quote.pdf"`
}

// NewInteraction is what an interaction is made of.
type NewInteraction struct {
	ID            *InteractionID    `json:"id,omitempty" doc:"An id made by the client, for logging offline; it may be used once."`
	CustomerID    CustomerID        `json:"customer_id" doc:"With whom."`
	Kind          string            `json:"kind" enum:"call,email,wechat,meeting,note" doc:"How." example:"call"`
	Direction     string            `json:"direction,omitempty" enum:"in,out,none" doc:"Who began; out when left out, none for notes." example:"out"`
	OccurredAt    *time.Time        `json:"occurred_at,omitempty" doc:"When; now when left out."`
	Minutes       *int              `json:"minutes,omitempty" minimum:"0" maximum:"10080" doc:"How long, in minutes." example:"12"`
	Summary       string            `json:"summary" minLength:"1" maxLength:"10000" doc:"What was said." example:"Price agreed, wants a trial."`
	MemberIDs     []tenant.MemberID `json:"member_ids,omitempty" maxItems:"50" doc:"Colleagues who took part."`
	Contacts      []string          `json:"contacts,omitempty" maxItems:"50" doc:"People of the customer who took part." example:"[\"王志强\"]"`
	Links         []Link            `json:"attachments,omitempty" maxItems:"20" doc:"Links to files that lie elsewhere."`
	AttachmentIDs []AttachmentID    `json:"attachment_ids,omitempty" maxItems:"20" doc:"Files that you have uploaded before, without a record."`
	Resolved      *bool             `json:"resolved,omitempty" doc:"Whether the matter is settled; true when left out."`
	NextStep      string            `json:"next_step,omitempty" maxLength:"300" doc:"Suggested next step." example:"send quote"`
	// NextStepDueAt turns the next step into a task in the same call.
	NextStepDueAt *time.Time `json:"next_step_due_at,omitempty" doc:"Makes a task of the next step, due then, for the author."`
}

// InteractionPatch changes some fields.
type InteractionPatch struct {
	Kind       patch.Field[string]    `json:"kind,omitzero" enum:"call,email,wechat,meeting,note" doc:"How." example:"call"`
	Direction  patch.Field[string]    `json:"direction,omitzero" enum:"in,out,none" doc:"Who began." example:"out"`
	OccurredAt patch.Field[time.Time] `json:"occurred_at,omitzero" doc:"When (UTC)."`
	Minutes    patch.Field[int]       `json:"minutes,omitzero" minimum:"0" maximum:"10080" doc:"How long, in minutes." example:"12"`
	Summary    patch.Field[string]    `json:"summary,omitzero" minLength:"1" maxLength:"10000" doc:"What was said." example:"Price agreed."`
	Contacts   patch.Field[[]string]  `json:"contacts,omitzero" doc:"People of the customer who took part." example:"[\"王志强\"]"`
	Links      patch.Field[[]Link]    `json:"attachments,omitzero" doc:"Links to files that lie elsewhere."`
	Resolved   patch.Field[bool]      `json:"resolved,omitzero" doc:"Whether the matter is settled."`
	NextStep   patch.Field[string]    `json:"next_step,omitzero" maxLength:"300" doc:"Suggested next step." example:"send quote"`
}

var (
	interactionKinds = []string{"call", "email", "wechat", "meeting", "note"}
	directions       = []string{"in", "out", "none"}
)

const interactionColumns = `i.id, i.customer_id, i.kind, i.direction, i.occurred_at, i.minutes, i.summary, i.contacts,
	i.attachments, i.resolved, i.next_step, i.task_id, i.author_id, i.created_at, i.updated_at, i.version, c.owner_id`

// namedInteraction are the columns for readers, who want to know with whom without asking again.
const namedInteraction = interactionColumns + `, c.name AS customer_name`

var interactions = &list.Resource{
	Name: "interactions", Table: "company.interactions", Alias: "i", OwnerColumn: "c.owner_id", CustomerColumn: "c.id",
	Order: "occurred_at desc", Live: "i.deleted_at IS NULL AND c.deleted_at IS NULL",
	Fields: map[string]list.Field{
		"customer":    {Kind: list.ID, Column: "i.customer_id", Parse: func(s string) (any, error) { return ParseCustomerID(s) }},
		"kind":        {Kind: list.Enum, Column: "i.kind", Values: interactionKinds},
		"direction":   {Kind: list.Enum, Column: "i.direction", Values: directions},
		"author":      {Kind: list.Member, Column: "i.author_id", Nullable: true},
		"owner":       {Kind: list.Member, Column: "c.owner_id", Nullable: true},
		"resolved":    {Kind: list.Bool, Column: "i.resolved"},
		"summary":     {Kind: list.Text, Column: "i.summary"},
		"next_step":   {Kind: list.Text, Column: "i.next_step"},
		"occurred_at": {Kind: list.Time, Column: "i.occurred_at", Sort: "i.occurred_at", Indexes: []list.Index{list.By("interactions_time"), list.By("interactions_customer", "customer")}},
		"created_at":  {Kind: list.Time, Column: "i.created_at"},
	},
}

func (i Interaction) sortKey(string) (any, [16]byte) { return i.OccurredAt, i.ID }

// ListInteractions returns one page of the interactions with customers within the caller's scope: with one
// customer, or with all when it is the zero id.
func ListInteractions(ctx context.Context, q *tenant.Query, customer CustomerID, in ListQuery) (Page[Interaction], error) {
	if !customer.IsZero() {
		if _, err := GetCustomer(ctx, q, customer); err != nil {
			return Page[Interaction]{}, err
		}
	}
	p, err := planInteractions(q, customer, in)
	if err != nil {
		return Page[Interaction]{}, err
	}
	page, err := list.Read(ctx, q, p, namedInteraction, in.Count, Interaction.sortKey)
	if err != nil {
		return Page[Interaction]{}, err
	}
	return page, fillInteractions(ctx, q, page.Data)
}

func planInteractions(q *tenant.Query, customer CustomerID, in ListQuery) (*list.Plan, error) {
	var extra []list.Condition
	if in.Q != "" {
		extra = append(extra, list.Contains("i.summary", in.Q))
	}
	if !customer.IsZero() {
		extra = append(extra, list.Condition{SQL: "i.customer_id = ?", Args: []any{customer}})
	}
	p, err := list.New(q, interactions, in, q.Scope(interactionRead), extra...)
	if err != nil {
		return nil, err
	}
	if !customer.IsZero() {
		p.UseIndex("interactions_customer")
	}
	// In this order, so that the index of the interactions gives the order of the list.
	p.Join("STRAIGHT_JOIN company.customers c ON c.id = i.customer_id")
	return p, nil
}

// GetInteraction returns an interaction with a customer within the caller's scope, else ErrNotFound.
func GetInteraction(ctx context.Context, q *tenant.Query, id InteractionID) (Interaction, error) {
	return findInteraction(ctx, q, namedInteraction, id, interactionRead, "")
}

func findInteraction(ctx context.Context, q *tenant.Query, columns string, id InteractionID, p tenant.Permission, lock string) (Interaction, error) {
	visible, args := q.Scope(p).Where("c.owner_id", "c.id")
	var i Interaction
	err := q.Get(ctx, &i, `SELECT `+columns+` FROM company.interactions i JOIN company.customers c ON c.id = i.customer_id
		WHERE i.id = ? AND i.deleted_at IS NULL AND c.deleted_at IS NULL AND `+visible+` `+lock, append([]any{id}, args...)...)
	if err != nil {
		return Interaction{}, fmt.Errorf("interaction %s: %w", id, err)
	}
	one := []Interaction{i}
	err = fillInteractions(ctx, q, one)
	return one[0], err
}

// fillInteractions reads what stands in other tables, in a few statements for a whole page.
func fillInteractions(ctx context.Context, q *tenant.Query, page []Interaction) error {
	if err := fillMembers(ctx, q, page); err != nil {
		return err
	}
	ids := make([]tenant.RecordID, len(page))
	for n := range page {
		ids[n] = tenant.RecordID(page[n].ID)
	}
	found, err := filesOf(ctx, q, ids)
	for n := range page {
		page[n].Files = append([]FileCard{}, found[ids[n]]...)
	}
	return err
}
