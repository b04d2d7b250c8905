package crm

import (
	"context"
	"encoding/json"

	"github.com/guanxi-crm/guanxi/tenant"
)

var customerNotices = []notice{
	{
		kind: "customer.assigned", label: phrase{"客户转交给我", "A customer is handed to me"}, events: []string{"customer.created", "customer.updated"},
		when: changedHands, audience: toOwner, visible: ownerWithin(customerRead), words: describeHandOver, channels: everywhere,
	},
	{
		kind: "customer.shared", label: phrase{"客户共享给我", "A customer is shared with me"}, events: []string{"customer.shared"},
		audience: toCollaborator, visible: recordWithin,
		words: describeSharing, channels: everywhere,
	},
	{
		kind: "customer.merged", label: phrase{"我的客户被合并", "A customer of mine is merged"}, events: []string{"customer.merged"},
		audience: toFormerOwners, words: describeMerge, channels: inAppOnly, parting: true,
	},
	{
		kind: "customer.returned", label: phrase{"我的客户回到公海", "A customer of mine goes back to the public pool"}, events: []string{"customer.returned"},
		audience: toReturnedOwner, words: describeReturn, channels: inAppOnly, parting: true,
	},
	{
		kind: "customer.lifecycle_changed", label: phrase{"我的或下属的客户进入新阶段", "A customer of mine or my team's changes its stage"},
		events: []string{"customer.lifecycle_changed"}, audience: toOwnerAndManager, visible: ownerWithin(customerRead), words: describeMove,
		channels: inAppOnly,
	},
	{
		kind: "customer.silent", label: phrase{"客户久未联系", "Customers of mine are quiet"}, events: []string{"customer.silent"},
		audience: toOwner, visible: ownerWithin(customerRead), words: describeSilent(false), channels: everywhere,
	},
	{
		kind: "customer.silent_escalated", label: phrase{"下属的客户久未联系", "Customers of my team are quiet"}, events: []string{"customer.silent_escalated"},
		audience: toOwner, visible: silentWithin, words: describeSilent(true), channels: everywhere,
	},
}

var stageNames = map[string]phrase{
	Potential: {"潜在", "Potential"}, Interested: {"意向", "Interested"}, Won: {"成交", "Won"}, Lost: {"流失", "Lost"},
}

func describeHandOver(ctx context.Context, q *tenant.Query, c tenant.Change, l language) (Message, error) {
	var customer Customer
	if err := json.Unmarshal(c.Data, &customer); err != nil {
		return Message{}, err
	}
	m := Message{Title: l.say(phrase{"客户转交给你：%s", "Customer handed to you: %s"}, customer.Name), Link: "/customers/" + customer.ID.String()}
	if q.Caller.Member == c.OwnerAfter {
		return m, nil
	}
	owner, err := memberName(ctx, q, c.OwnerAfter)
	m.Title = l.say(phrase{"客户转交给%s：%s", "Customer handed to %s: %s"}, owner, customer.Name)
	return m, err
}

func toCollaborator(_ context.Context, _ *tenant.Query, c tenant.Change) ([]tenant.MemberID, error) {
	var sharing CollaboratorChange
	err := json.Unmarshal(c.Data, &sharing)
	return []tenant.MemberID{sharing.MemberID}, err
}

func describeSharing(ctx context.Context, q *tenant.Query, c tenant.Change, l language) (Message, error) {
	var sharing CollaboratorChange
	if err := json.Unmarshal(c.Data, &sharing); err != nil {
		return Message{}, err
	}
	m := Message{Title: l.say(phrase{"客户共享给你：%s", "Customer shared with you: %s"}, sharing.CustomerName), Link: "/customers/" + sharing.CustomerID.String()}
	if q.Caller.Member == sharing.MemberID {
		return m, nil
	}
	name, err := memberName(ctx, q, sharing.MemberID)
	m.Title = l.say(phrase{"客户共享给%s：%s", "Customer shared with %s: %s"}, name, sharing.CustomerName)
	return m, err
}

func describeMove(ctx context.Context, q *tenant.Query, c tenant.Change, l language) (Message, error) {
	var after Customer
	var before struct {
		Lifecycle string `json:"lifecycle"`
	}
	if err := json.Unmarshal(c.Data, &after); err != nil {
		return Message{}, err
	}
	if err := json.Unmarshal(c.Previous, &before); err != nil {
		return Message{}, err
	}
	m := Message{
		Title: l.say(phrase{"%s：%s → %s", "%s: %s → %s"}, after.Name, l.say(stageNames[before.Lifecycle]), l.say(stageNames[after.Lifecycle])),
		Link:  "/customers/" + after.ID.String(),
	}
	owner, err := memberName(ctx, q, after.OwnerID)
	if err != nil {
		return Message{}, err
	}
	if owner != "" {
		m.add(l.say(phrase{"负责人：%s", "Owner: %s"}, owner))
	}
	if after.LostReason != "" {
		m.add(l.say(phrase{"原因：%s", "Reason: %s"}, after.LostReason))
	}
	return m, nil
}

// silentWithin is for whom the owner reports to: the event is theirs, the customers in it are the owner's.
func silentWithin(_ context.Context, q *tenant.Query, c tenant.Change) (bool, error) {
	var found SilentCustomers
	err := json.Unmarshal(c.Data, &found)
	return err == nil && q.Scope(customerRead).Includes(found.OwnerID), err
}

// describeSilent lists the customers longest silent; escalated also says whose they are.
func describeSilent(escalated bool) func(context.Context, *tenant.Query, tenant.Change, language) (Message, error) {
	return func(ctx context.Context, q *tenant.Query, c tenant.Change, l language) (Message, error) {
		var data SilentCustomers
		if err := json.Unmarshal(c.Data, &data); err != nil {
			return Message{}, err
		}
		m := Message{Title: l.say(phrase{"%d 个客户久未联系", "Quiet customers: %d"}, data.Count), Link: "/customers?view=quiet"}
		if escalated {
			owner, err := memberName(ctx, q, data.OwnerID)
			if err != nil {
				return Message{}, err
			}
			m.Title = l.say(phrase{"%s 的 %d 个客户久未联系", "Quiet customers of %s: %d"}, owner, data.Count)
		}
		const shown = 10
		for _, customer := range data.Customers[:min(len(data.Customers), shown)] {
			m.add(l.say(phrase{"%s：%d 天", "%s: days without contact: %d"}, customer.Name, customer.Days))
		}
		if rest := data.Count - shown; rest > 0 {
			m.add(l.say(phrase{"还有 %d 个", "%d more"}, rest))
		}
		return m, nil
	}
}
