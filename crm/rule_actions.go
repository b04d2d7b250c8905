package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

// RuleAction is one thing that a rule does. Which fields apply depends on its type. Texts may name fields of the record,
// as {{customer.name}}.
type RuleAction struct {
	Type string `json:"type" enum:"create_task,notify,change_field,add_tag,remove_tag,change_owner,move_lifecycle,move_deal,send_to_bot,call_webhook" doc:"What it does."`

	Title     string `json:"title,omitempty" maxLength:"300" doc:"create_task: its title; named after its kind and the record when left out." example:"Call {{customer.name}}"`
	Note      string `json:"note,omitempty" maxLength:"10000" doc:"create_task: its note."`
	Kind      string `json:"kind,omitempty" enum:"todo,follow_up,survey" doc:"create_task: what it is for; follow_up when left out." example:"follow_up"`
	Priority  string `json:"priority,omitempty" enum:"low,normal,high" doc:"create_task: how pressing; normal when left out." example:"high"`
	DueInDays *int   `json:"due_in_days,omitempty" minimum:"0" maximum:"365" doc:"create_task: calendar days until it is due; no due time when left out." example:"3"`
	Hour      *int   `json:"hour,omitempty" minimum:"0" maximum:"23" doc:"create_task: at which hour of that day, in the company's time zone; 9 when left out. An hour that has passed is tomorrow's." example:"9"`

	To        string            `json:"to,omitempty" enum:"owner,manager,member,role,round_robin,pool" doc:"create_task and notify: the record's owner, the owner's manager, or one member; notify also everybody with a role. change_owner: one member, several in turn (round_robin), or nobody (pool)." example:"owner"`
	MemberID  *tenant.MemberID  `json:"member_id,omitempty" doc:"With to = member: who."`
	MemberIDs []tenant.MemberID `json:"member_ids,omitempty" maxItems:"100" doc:"With to = round_robin: between whom."`
	TeamID    *TeamID           `json:"team_id,omitempty" doc:"With to = round_robin: between the members of this team instead."`
	Role      string            `json:"role,omitempty" maxLength:"64" doc:"With to = role: whose holders." example:"manager"`
	Text      string            `json:"text,omitempty" maxLength:"1000" doc:"notify and send_to_bot: what to say." example:"{{customer.name}} is back."`

	Field string          `json:"field,omitempty" maxLength:"100" doc:"change_field: which, as PATCH of the record names it; custom.KEY for the company's own." example:"custom.priority"`
	Value json.RawMessage `json:"value,omitempty" doc:"change_field: what it becomes; null clears." example:"\"A\""`
	Tag   string          `json:"tag,omitempty" maxLength:"64" doc:"add_tag and remove_tag: the tag's name." example:"vip"`

	Stage  string `json:"stage,omitempty" enum:"potential,interested,won,lost" doc:"move_lifecycle: the customer's new stage." example:"interested"`
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"move_lifecycle and move_deal: why, where the move asks for it."`
	// StageID is a pipeline's.
	StageID *StageID `json:"stage_id,omitempty" doc:"move_deal: the stage to which the deal goes, of any pipeline."`

	PluginID   string `json:"plugin_id,omitempty" maxLength:"64" doc:"send_to_bot: which of the company's bots." example:"plg_01h455vb4pex5vsknk084sn02q"`
	EndpointID string `json:"endpoint_id,omitempty" maxLength:"64" doc:"call_webhook: which of the company's endpoints; it alone gets the event rule.fired." example:"whe_01h455vb4pex5vsknk084sn02q"`
}

// Outlets are the company's bots and webhook endpoints, of which this package knows no more than ids. The edge supplies
// them.
type Outlets interface {
	// Name returns what people call the outlet with this id, else tenant.ErrNotFound.
	Name(ctx context.Context, q *tenant.Query, id string) (string, error)
	// Send gives the outlet, and nobody else, an event. It commits with the transaction.
	Send(ctx context.Context, tx *tenant.Tx, id string, e tenant.Event) error
}

// actionKind is one type of action.
type actionKind struct {
	// keep returns the action with those fields alone that belong to the type.
	keep func(a RuleAction) RuleAction
	// needs is what the editor must be allowed for it; empty for what everybody is.
	needs func(n ruleNoun) tenant.Permission
	// check refuses what cannot be done with any record.
	check func(c *actionCheck, a RuleAction) error
	// prepare finds out what is to be done with a record.
	prepare func(ctx context.Context, r *acting, a RuleAction) (deed, error)
}

// deed is what an action does with one record: in words, and in fact. Without the latter there is nothing to do.
type deed struct {
	text string
	do   func(ctx context.Context, tx *tenant.Tx) error
}

// actionKinds is the table of all that rules can do.
func actionKinds() map[string]actionKind {
	return map[string]actionKind{
		"create_task": createTaskAction, "notify": notifyAction, "change_field": changeFieldAction,
		"add_tag": tagAction, "remove_tag": tagAction, "change_owner": changeOwnerAction, "move_lifecycle": moveLifecycleAction, "move_deal": moveDealAction,
		"send_to_bot": sendToBotAction, "call_webhook": callWebhookAction,
	}
}

func needs(p tenant.Permission) func(ruleNoun) tenant.Permission {
	return func(ruleNoun) tenant.Permission { return p }
}

// needsUpdate is for what changes the record itself.
func needsUpdate(n ruleNoun) tenant.Permission { return n.permission("update") }

// actionCheck checks one action of a rule that is about to be saved.
type actionCheck struct {
	ctx     context.Context //nolint:containedctx // it lives as long as one check
	q       *tenant.Query
	noun    ruleNoun
	outlets Outlets
	invalid *tenant.InvalidError
	// at is where the action stands, as actions[0].
	at string
}

func (c *actionCheck) add(field, code, message string) { c.invalid.Add(c.at+"."+field, code, message) }

// run checks one action.
func (c *actionCheck) run(a RuleAction) error {
	kinds := actionKinds()
	kind, ok := kinds[a.Type]
	if !ok {
		c.add("type", "unknown", "must be one of "+strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
		return nil
	}
	kept := kind.keep(a)
	kept.Type = a.Type
	extra, err := differences(a, kept)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		c.add(name, "invalid", "does not belong to "+a.Type)
	}
	if p := kind.needs(c.noun); p != "" && !c.q.Caller.May(p) {
		c.add("type", "out_of_scope", fmt.Sprintf("needs the permission %s, which you do not have", p))
	}
	return kind.check(c, a)
}

// acting is a rule on its way through one record.
type acting struct {
	q       *tenant.Query
	rule    *Rule
	noun    ruleNoun
	run     RuleRun
	record  ruleRecord
	outlets Outlets
	language
}

// prepare finds out what the action at a place in the rule does with the record.
func (r *acting) prepare(ctx context.Context, a RuleAction) (deed, error) {
	kind, ok := actionKinds()[a.Type]
	if !ok {
		return deed{}, &RuleRefusal{Reason: "unknown action " + a.Type}
	}
	if p := kind.needs(r.noun); p != "" && !r.q.Caller.May(p) {
		return deed{}, &RuleRefusal{Reason: r.say(phrase{"规则的编辑者没有权限 %s", "The rule's editor lacks the permission %s"}, p), Pause: true}
	}
	return kind.prepare(ctx, r, a)
}
