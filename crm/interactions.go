package crm

import (
	"time"

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
	Kind         string    `db:"kind" json:"kind" enum:"call,email,wechat,sms,meeting,visit,note" doc:"How; visit is 拜访, at the customer's place." example:"call"`
	Direction    string    `db:"direction" json:"direction" enum:"in,out,none" doc:"Who began: in from the customer, out from us." example:"out"`
	Outcome      string    `db:"outcome" json:"outcome" enum:",connected,no_answer,busy,voicemail,refused,wrong_number" doc:"What became of a call; empty when nobody said, and for anything else." example:"connected"`
	OccurredAt   time.Time `db:"occurred_at" json:"occurred_at" doc:"When (UTC)."`
	Minutes      *int      `db:"minutes" json:"minutes" doc:"How long, in minutes." example:"12"`
	Place        string    `db:"place" json:"place" doc:"Where, for a visit or a meeting." example:"上海市浦东新区世纪大道 100 号"`
	Latitude     *float64  `db:"latitude" json:"latitude" doc:"Degrees north (WGS 84), to the sixth digit; null without longitude." example:"31.235929"`
	Longitude    *float64  `db:"longitude" json:"longitude" doc:"Degrees east (WGS 84)." example:"121.500652"`
	Summary      string    `db:"summary" json:"summary" doc:"What was said." example:"Price agreed, wants a trial."`
	// MemberIDs, ContactIDs and Contacts are who took part on our side and on theirs.
	MemberIDs  []tenant.MemberID `db:"-" json:"member_ids" nullable:"false" doc:"Colleagues who took part, besides the author."`
	ContactIDs []ContactID       `db:"-" json:"contact_ids" nullable:"false" doc:"People of the customer who took part, by their records."`
	Contacts   stringList        `db:"contacts" json:"contacts" nullable:"false" doc:"People of the customer who took part, by name." example:"[\"王志强\"]"`
	Links      linkList          `db:"links" json:"attachments" nullable:"false" doc:"Links to files that lie elsewhere."`
	// Files are the attachments, as far as the reader may see any.
	Files []FileCard `db:"-" json:"files" nullable:"false" doc:"Files attached to the interaction."`
	// The customer's matter. Those that are not settled are the queue of whoever sees to them.
	Resolved   bool            `db:"resolved" json:"resolved" doc:"Whether the customer's matter is settled."`
	AssigneeID tenant.MemberID `db:"assignee_id" json:"assignee_id" nullable:"true" doc:"Who has to settle it; null for nobody in particular."`
	Resolution string          `db:"resolution" json:"resolution" doc:"How it was settled." example:"Sent a new adapter."`
	ResolvedAt *time.Time      `db:"resolved_at" json:"resolved_at" doc:"When it was settled (UTC); null when it is open, and when it never was."`
	ResolvedBy tenant.MemberID `db:"resolved_by" json:"resolved_by" nullable:"true" doc:"Who settled it; null as resolved_at."`
	NextStep   string          `db:"next_step" json:"next_step" doc:"Suggested next step." example:"send quote"`
	TaskID     TaskID          `db:"task_id" json:"task_id" nullable:"true" doc:"The task made from the next step; null when there is none."`
	AuthorID   tenant.MemberID `db:"author_id" json:"author_id" nullable:"true" doc:"Who logged it; null for the system, as what comes by a form."`
	CreatedAt  time.Time       `db:"created_at" json:"created_at" doc:"When it was logged (UTC)."`
	UpdatedAt  time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version    int64           `db:"version" json:"-"`
	// Warnings are told when it is logged, and kept nowhere.
	Warnings []string `db:"-" json:"warnings,omitempty" doc:"When it was just logged: do_not_contact, if the customer does not want to be contacted and we did." example:"[\"do_not_contact\"]"`
	// NextTask is the task that an import makes of the next step, and where an export reads when that is due.
	NextTask *Task `db:"-" json:"-"`
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
	Kind          string            `json:"kind" enum:"call,email,wechat,sms,meeting,visit,note" doc:"How." example:"call"`
	Direction     string            `json:"direction,omitempty" enum:"in,out,none" doc:"Who began; out when left out, none for notes." example:"out"`
	Outcome       string            `json:"outcome,omitempty" enum:",connected,no_answer,busy,voicemail,refused,wrong_number" doc:"What became of a call." example:"connected"`
	OccurredAt    *time.Time        `json:"occurred_at,omitempty" doc:"When; now when left out."`
	Minutes       *int              `json:"minutes,omitempty" minimum:"0" maximum:"10080" doc:"How long, in minutes." example:"12"`
	Place         string            `json:"place,omitempty" maxLength:"300" doc:"Where, for a visit or a meeting." example:"上海市浦东新区世纪大道 100 号"`
	Latitude      *float64          `json:"latitude,omitempty" minimum:"-90" maximum:"90" doc:"Degrees north (WGS 84), with longitude." example:"31.235929"`
	Longitude     *float64          `json:"longitude,omitempty" minimum:"-180" maximum:"180" doc:"Degrees east (WGS 84), with latitude." example:"121.500652"`
	Summary       string            `json:"summary" minLength:"1" maxLength:"10000" doc:"What was said." example:"Price agreed, wants a trial."`
	MemberIDs     []tenant.MemberID `json:"member_ids,omitempty" maxItems:"50" doc:"Colleagues who took part."`
	ContactIDs    []ContactID       `json:"contact_ids,omitempty" maxItems:"50" doc:"People of the customer who took part, by their records."`
	Contacts      []string          `json:"contacts,omitempty" maxItems:"50" doc:"People of the customer who took part, by name." example:"[\"王志强\"]"`
	Links         []Link            `json:"attachments,omitempty" maxItems:"20" doc:"Links to files that lie elsewhere."`
	AttachmentIDs []AttachmentID    `json:"attachment_ids,omitempty" maxItems:"20" doc:"Files that you have uploaded before, without a record."`
	Resolved      *bool             `json:"resolved,omitempty" doc:"Whether the matter is settled; true when left out."`
	AssigneeID    *tenant.MemberID  `json:"assignee_id,omitempty" nullable:"true" doc:"With resolved false: who has to settle it; nobody in particular when left out."`
	NextStep      string            `json:"next_step,omitempty" maxLength:"300" doc:"Suggested next step." example:"send quote"`
	// NextStepDueAt turns the next step into a task in the same call.
	NextStepDueAt *time.Time `json:"next_step_due_at,omitempty" doc:"Makes a task of the next step, due then, for the author."`
}

// InteractionPatch changes some fields.
type InteractionPatch struct {
	Kind       patch.Field[string]            `json:"kind,omitzero" enum:"call,email,wechat,sms,meeting,visit,note" doc:"How." example:"call"`
	Direction  patch.Field[string]            `json:"direction,omitzero" enum:"in,out,none" doc:"Who began." example:"out"`
	Outcome    patch.Field[string]            `json:"outcome,omitzero" enum:",connected,no_answer,busy,voicemail,refused,wrong_number" doc:"What became of a call." example:"no_answer"`
	OccurredAt patch.Field[time.Time]         `json:"occurred_at,omitzero" doc:"When (UTC)."`
	Minutes    patch.Field[int]               `json:"minutes,omitzero" minimum:"0" maximum:"10080" doc:"How long, in minutes." example:"12"`
	Place      patch.Field[string]            `json:"place,omitzero" maxLength:"300" doc:"Where, for a visit or a meeting." example:"上海市浦东新区世纪大道 100 号"`
	Latitude   patch.Field[float64]           `json:"latitude,omitzero" minimum:"-90" maximum:"90" doc:"Degrees north (WGS 84), with longitude." example:"31.235929"`
	Longitude  patch.Field[float64]           `json:"longitude,omitzero" minimum:"-180" maximum:"180" doc:"Degrees east (WGS 84), with latitude." example:"121.500652"`
	Summary    patch.Field[string]            `json:"summary,omitzero" minLength:"1" maxLength:"10000" doc:"What was said." example:"Price agreed."`
	MemberIDs  patch.Field[[]tenant.MemberID] `json:"member_ids,omitzero" doc:"Replaces the colleagues who took part."`
	ContactIDs patch.Field[[]ContactID]       `json:"contact_ids,omitzero" doc:"Replaces the people of the customer who took part, by their records."`
	Contacts   patch.Field[[]string]          `json:"contacts,omitzero" doc:"Replaces the people of the customer who took part, by name." example:"[\"王志强\"]"`
	Links      patch.Field[[]Link]            `json:"attachments,omitzero" doc:"Replaces the links to files that lie elsewhere."`
	Resolved   patch.Field[bool]              `json:"resolved,omitzero" doc:"Whether the matter is settled; false opens it again."`
	Resolution patch.Field[string]            `json:"resolution,omitzero" maxLength:"2000" doc:"How it was settled." example:"Sent a new adapter."`
	NextStep   patch.Field[string]            `json:"next_step,omitzero" maxLength:"300" doc:"Suggested next step." example:"send quote"`
}

var (
	interactionKinds = []string{"call", "email", "wechat", "sms", "meeting", "visit", "note"}
	directions       = []string{"in", "out", "none"}
	outcomes         = []string{"connected", "no_answer", "busy", "voicemail", "refused", "wrong_number"}
)
