package crm

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/tenant"
)

var changeFieldAction = actionKind{
	keep:  func(a RuleAction) RuleAction { return RuleAction{Field: a.Field, Value: a.Value} },
	needs: needsUpdate,
	check: func(c *actionCheck, a RuleAction) error {
		if len(a.Value) == 0 {
			c.add("value", "required", "say what the field becomes; null clears it")
			return nil
		}
		fields, err := patchOf(a)
		if err != nil {
			return err
		}
		if err := c.noun.readable(fields); err != nil {
			c.add("field", "invalid", "cannot be changed so; "+err.Error())
			return nil
		}
		return c.checkCustom(a.Field)
	},
	prepare: func(_ context.Context, r *acting, a RuleAction) (deed, error) {
		fields, err := patchOf(a)
		if err != nil {
			return deed{}, err
		}
		text := r.say(phrase{"把 %s 改为 %s", "Set %s to %s"}, a.Field, string(a.Value))
		return deed{text, r.noun.changing(r.record.ID, fields)}, nil
	},
}

// checkCustom refuses a field of the company's own that it does not have.
func (c *actionCheck) checkCustom(field string) error {
	key, ok := strings.CutPrefix(field, customPrefix)
	if !ok {
		return nil
	}
	known, err := readFields(c.ctx, c.q, c.noun.name, false)
	if err == nil && !slices.ContainsFunc(known, func(f CustomField) bool { return f.Key == key && !f.Archived }) {
		c.add("field", "unknown", "is not a field of the company's own")
	}
	return err
}

// patchOf makes the PATCH of one field.
func patchOf(a RuleAction) (json.RawMessage, error) {
	if key, ok := strings.CutPrefix(a.Field, customPrefix); ok {
		return json.Marshal(map[string]map[string]json.RawMessage{"custom": {key: a.Value}})
	}
	return json.Marshal(map[string]json.RawMessage{a.Field: a.Value})
}

func (n ruleNoun) changing(id tenant.RecordID, fields json.RawMessage) func(context.Context, *tenant.Tx) error {
	return func(ctx context.Context, tx *tenant.Tx) error { return n.change(ctx, tx, id, fields) }
}

var tagAction = actionKind{
	keep:  func(a RuleAction) RuleAction { return RuleAction{Tag: a.Tag} },
	needs: func(n ruleNoun) tenant.Permission { return n.tagNoun().permission("update") },
	check: func(c *actionCheck, a RuleAction) error {
		if isBlank(a.Tag) {
			c.add("tag", "required", "name the tag")
		} else {
			cleanTags(c.invalid, c.at+".tag", []string{a.Tag})
		}
		return nil
	},
	prepare: prepareTag,
}

// tagNoun is the noun whose tags a rule changes: the record's own, or its customer's.
func (n ruleNoun) tagNoun() ruleNoun {
	if n.tagged {
		return n
	}
	return customerRules()
}

func prepareTag(ctx context.Context, r *acting, a RuleAction) (deed, error) {
	noun, id := r.noun.tagNoun(), r.record.ID
	if noun.name != r.noun.name {
		id = tenant.RecordID(r.record.Customer)
	}
	if id.IsZero() {
		return deed{text: r.say(phrase{"没有客户", "There is no customer"})}, nil
	}
	tags, err := tagsOf(ctx, r.q, id)
	if err != nil {
		return deed{}, err
	}
	has := slices.ContainsFunc(tags, func(tag string) bool { return tagKey(tag) == tagKey(a.Tag) })
	text := r.say(phrase{"添加标签“%s”", "Add the tag “%s”"}, a.Tag)
	if a.Type == "remove_tag" {
		text = r.say(phrase{"移除标签“%s”", "Remove the tag “%s”"}, a.Tag)
		tags = slices.DeleteFunc(tags, func(tag string) bool { return tagKey(tag) == tagKey(a.Tag) })
	} else {
		tags = append(tags, a.Tag)
	}
	if has != (a.Type == "remove_tag") {
		return deed{text: text}, nil // it is so already
	}
	fields, err := json.Marshal(map[string][]string{"tags": tags})
	return deed{text, noun.changing(id, fields)}, err
}

// tagsOf returns the names of a record's tags.
func tagsOf(ctx context.Context, q *tenant.Query, id tenant.RecordID) ([]string, error) {
	var names []string
	err := q.Select(ctx, &names, `SELECT t.name FROM company.record_tags rt JOIN company.tags t ON t.id = rt.tag_id WHERE rt.record_id = ?`, id)
	return names, err
}

var changeOwnerAction = actionKind{
	keep: func(a RuleAction) RuleAction {
		return RuleAction{To: a.To, MemberID: a.MemberID, MemberIDs: a.MemberIDs, TeamID: a.TeamID}
	},
	needs: func(n ruleNoun) tenant.Permission { return n.ownedNoun().permission("update") },
	check: func(c *actionCheck, a RuleAction) error {
		if c.noun.ownedNoun().name == "task" {
			return c.checkTo(a, "member", "round_robin") // a task is always somebody's
		}
		return c.checkTo(a, "member", "round_robin", "pool")
	},
	prepare: prepareOwner,
}

// ownedNoun is the noun whose owner a rule changes: the record's own, or its customer's.
func (n ruleNoun) ownedNoun() ruleNoun {
	if n.owner != "" {
		return n
	}
	return customerRules()
}

func prepareOwner(ctx context.Context, r *acting, a RuleAction) (deed, error) {
	noun, id := r.noun.ownedNoun(), r.record.ID
	if noun.name != r.noun.name {
		id = tenant.RecordID(r.record.Customer)
	}
	give := func(to tenant.MemberID) func(context.Context, *tenant.Tx) error {
		return func(ctx context.Context, tx *tenant.Tx) error {
			fields, err := json.Marshal(map[string]tenant.MemberID{noun.owner: to})
			if err != nil {
				return err
			}
			return noun.change(ctx, tx, id, fields)
		}
	}
	switch a.To {
	case "pool":
		return deed{r.say(phrase{"放入公海", "Put it into the public pool"}), give(tenant.MemberID{})}, nil
	case "member":
		m, err := r.member(ctx, *a.MemberID)
		if err != nil || m.ID.IsZero() {
			return r.nobody(), err
		}
		return deed{r.say(phrase{"转交给 %s", "Hand it to %s"}, m.Name), give(m.ID)}, nil
	}
	members, err := r.candidates(ctx, a)
	if err != nil || len(members) == 0 {
		return r.nobody(), err
	}
	return deed{r.say(phrase{"轮流转交给 %d 名成员之一", "Hand it to one of %d members, in turn"}, len(members)), func(ctx context.Context, tx *tenant.Tx) error {
		turn, err := nextTurn(ctx, tx, r.rule.ID, len(members))
		if err != nil {
			return err
		}
		return give(members[turn].ID)(ctx, tx)
	}}, nil
}
