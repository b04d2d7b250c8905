package crm

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/guanxi-crm/guanxi/crm/search"
	"github.com/guanxi-crm/guanxi/tenant"
)

var interactionNotices = []notice{
	{
		kind: "interaction.assigned", label: phrase{"客户的事交给我处理", "A customer's matter is given to me"}, events: []string{"interaction.assigned"},
		when: func(c tenant.Change) bool { return !assigneeOf(c).IsZero() }, audience: toAssignee, visible: recordWithin,
		words: describeAssignment, channels: everywhere,
	},
}

// assigneeOf returns who has to see to an interaction.
func assigneeOf(c tenant.Change) tenant.MemberID {
	var i Interaction
	if json.Unmarshal(c.Data, &i) != nil {
		return tenant.MemberID{}
	}
	return i.AssigneeID
}

// toAssignee tells who has to see to it, unless they have taken it themselves.
func toAssignee(_ context.Context, _ *tenant.Query, c tenant.Change) ([]tenant.MemberID, error) {
	if assignee := assigneeOf(c); assignee != c.Actor {
		return []tenant.MemberID{assignee}, nil
	}
	return nil, nil
}

func describeAssignment(ctx context.Context, q *tenant.Query, c tenant.Change, l language) (Message, error) {
	var i Interaction
	if err := json.Unmarshal(c.Data, &i); err != nil {
		return Message{}, err
	}
	var customer string
	err := q.Get(ctx, &customer, `SELECT name FROM company.customers WHERE id = ?`, i.CustomerID)
	if err != nil && !errors.Is(err, tenant.ErrNotFound) {
		return Message{}, err
	}
	m := Message{
		Title: l.say(phrase{"待你处理：%s", "For you to settle: %s"}, customer), Lines: []string{search.Cut(i.Summary, 200)},
		Link: "/customers/" + i.CustomerID.String(),
	}
	if q.Caller.Member == i.AssigneeID {
		return m, nil
	}
	name, err := memberName(ctx, q, i.AssigneeID)
	m.Title = l.say(phrase{"待%s处理：%s", "For %s to settle: %s"}, name, customer)
	return m, err
}
