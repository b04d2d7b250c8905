package crm

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/guanxi-crm/guanxi/crm/mask"
	"github.com/guanxi-crm/guanxi/tenant"
)

// The events that rules emit.
const (
	// RuleFired goes to one bot or webhook endpoint alone.
	RuleFired = "rule.fired"
	// ruleNotice tells members of something.
	ruleNotice = "rule.notice"
)

// RuleMessage is what the events rule.fired and rule.notice carry. Their record is the one that the rule was for.
type RuleMessage struct {
	RuleID   RuleID `json:"rule_id"`
	RuleName string `json:"rule_name"`
	Text     string `json:"text"`
	// Record is the record's id, Link the page that shows it.
	Record RecordRef `json:"record_id"`
	Link   string    `json:"link"`
	// MemberIDs are whom rule.notice tells.
	MemberIDs []tenant.MemberID `json:"member_ids,omitempty"`
	// Data is the record, for webhooks.
	Data json.RawMessage `json:"record,omitempty"`
}

// recordPages are the pages that show records.
var recordPages = map[string]string{"customer": "/customers/", "deal": "/deals/", "task": "/tasks/"}

func (r *acting) message(text string) RuleMessage {
	m := RuleMessage{RuleID: r.rule.ID, RuleName: r.rule.Name, Text: text, Record: r.record.RecordRef}
	shown := m.Record
	if recordPages[shown.Noun] == "" {
		shown = RecordRef{"customer", tenant.RecordID(r.record.Customer)}
	}
	m.Link = recordPages[shown.Noun] + shown.String()
	return m
}

func (r *acting) event(name string, m RuleMessage) tenant.Event {
	return tenant.Event{
		Type: name, Resource: r.record.Noun, Record: r.record.ID, OwnerBefore: r.record.Owner, OwnerAfter: r.record.Owner, Data: m,
	}
}

var notifyAction = actionKind{
	keep: func(a RuleAction) RuleAction {
		return RuleAction{To: a.To, MemberID: a.MemberID, Role: a.Role, Text: a.Text}
	},
	needs: needs(""),
	check: func(c *actionCheck, a RuleAction) error {
		checkRequired(c.invalid, c.at+".text", a.Text, 1000)
		c.checkText("text", a.Text, 1000)
		return c.checkTo(a, "owner", "manager", "member", "role")
	},
	prepare: func(ctx context.Context, r *acting, a RuleAction) (deed, error) {
		readers, names, err := r.readers(ctx, a)
		if err != nil || len(readers) == 0 {
			return r.nobody(), err
		}
		text, _, err := r.wording(ctx, a.Text, "")
		if err != nil {
			return deed{}, err
		}
		message := r.message(text)
		message.MemberIDs = readers
		return deed{r.say(phrase{"通知 %s：%s", "Tell %s: %s"}, names, text), func(ctx context.Context, tx *tenant.Tx) error {
			return tx.Emit(ctx, r.event(ruleNotice, message))
		}}, nil
	},
}

// readers returns whom a notice is for, and what they are called together.
func (r *acting) readers(ctx context.Context, a RuleAction) ([]tenant.MemberID, string, error) {
	if a.To == "role" {
		var holders []tenant.MemberID
		err := r.q.Select(ctx, &holders, `SELECT m.id FROM company.members m JOIN company.member_roles mr ON mr.member_id = m.id
			WHERE mr.role_id = ? AND m.status = ? ORDER BY m.id LIMIT 500`, a.Role, tenant.MemberActive)
		return holders, a.Role, err
	}
	m, err := r.person(ctx, a)
	if err != nil || m.ID.IsZero() {
		return nil, "", err
	}
	return []tenant.MemberID{m.ID}, m.Name, nil
}

var sendToBotAction = actionKind{
	keep:  func(a RuleAction) RuleAction { return RuleAction{PluginID: a.PluginID, Text: a.Text} },
	needs: needs("plugin:read"),
	check: func(c *actionCheck, a RuleAction) error {
		checkRequired(c.invalid, c.at+".text", a.Text, 1000)
		c.checkText("text", a.Text, 1000)
		return c.checkOutlet("plugin_id", a.PluginID)
	},
	prepare: func(ctx context.Context, r *acting, a RuleAction) (deed, error) {
		text, _, err := r.wording(ctx, a.Text, "")
		if err != nil {
			return deed{}, err
		}
		name, send, err := r.outlet(ctx, a.PluginID, r.message(text))
		return deed{r.say(phrase{"在 %s 中说：%s", "Say in %s: %s"}, name, text), send}, err
	},
}

var callWebhookAction = actionKind{
	keep:  func(a RuleAction) RuleAction { return RuleAction{EndpointID: a.EndpointID} },
	needs: needs("webhook_endpoint:read"),
	check: func(c *actionCheck, a RuleAction) error { return c.checkOutlet("endpoint_id", a.EndpointID) },
	prepare: func(ctx context.Context, r *acting, a RuleAction) (deed, error) {
		message := r.message("")
		record, err := json.Marshal(r.record.fields[r.record.Noun])
		if err != nil {
			return deed{}, err
		}
		// The endpoint gets no more than the editor sees.
		message.Data = mask.Data(r.record.Noun, record, r.q.Caller.Masked)
		name, send, err := r.outlet(ctx, a.EndpointID, message)
		return deed{r.say(phrase{"发送到 %s", "Send it to %s"}, name), send}, err
	},
}

func (c *actionCheck) checkOutlet(field, id string) error {
	if id == "" {
		c.add(field, "required", "say which")
		return nil
	}
	_, err := c.outlets.Name(c.ctx, c.q, id)
	if errors.Is(err, tenant.ErrNotFound) {
		c.add(field, "unknown", "is not one of the company's")
		err = nil
	}
	return err
}

// outlet prepares to send a message to a bot or an endpoint and returns its name.
func (r *acting) outlet(ctx context.Context, id string, m RuleMessage) (string, func(context.Context, *tenant.Tx) error, error) {
	name, err := r.outlets.Name(ctx, r.q, id)
	if errors.Is(err, tenant.ErrNotFound) {
		return "", nil, &RuleRefusal{Reason: r.say(phrase{"机器人或 Webhook 已被移除", "The bot or endpoint was removed"})}
	}
	return name, func(ctx context.Context, tx *tenant.Tx) error {
		return r.outlets.Send(ctx, tx, id, r.event(RuleFired, m))
	}, err
}

var ruleNotices = []notice{
	{
		kind: "rule.notice", label: phrase{"自动化规则的通知", "A rule tells me something"}, events: []string{ruleNotice},
		audience: toWhomTheRuleTells, visible: recordWithin, words: describeRuleMessage, channels: everywhere,
	},
	{
		kind: "rule.paused", label: phrase{"自动化规则被暂停", "A rule is paused"}, events: []string{"rule.paused"},
		audience: toAdmins, words: describeRuleTrouble(phrase{"规则已暂停：%s", "Rule paused: %s"}), channels: everywhere,
	},
	{
		kind: "rule.failing", label: phrase{"自动化规则失败", "A rule fails"}, events: []string{"rule.failing"},
		audience: toAdmins, words: describeRuleTrouble(phrase{"规则执行失败：%s", "Rule fails: %s"}), channels: everywhere,
	},
	{
		kind: "rule.fired", events: []string{RuleFired}, words: describeRuleMessage,
	},
}

func toWhomTheRuleTells(_ context.Context, _ *tenant.Query, c tenant.Change) ([]tenant.MemberID, error) {
	var m RuleMessage
	err := json.Unmarshal(c.Data, &m)
	return m.MemberIDs, err
}

func describeRuleMessage(_ context.Context, _ *tenant.Query, c tenant.Change, _ language) (Message, error) {
	var m RuleMessage
	err := json.Unmarshal(c.Data, &m)
	return Message{Title: m.Text, Lines: []string{m.RuleName}, Link: m.Link}, err
}

func describeRuleTrouble(title phrase) func(context.Context, *tenant.Query, tenant.Change, language) (Message, error) {
	return func(_ context.Context, _ *tenant.Query, c tenant.Change, l language) (Message, error) {
		var trouble RuleTrouble
		err := json.Unmarshal(c.Data, &trouble)
		return Message{Title: l.say(title, trouble.Name), Lines: []string{trouble.Reason}, Link: "/settings/rules/" + trouble.ID.String()}, err
	}
}
