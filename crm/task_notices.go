package crm

import (
	"context"
	"encoding/json"

	"github.com/guanxi-crm/guanxi/tenant"
)

var taskNotices = []notice{
	{
		kind: "task.due", label: phrase{"任务到期", "A task of mine is due"}, events: []string{"task.due"},
		audience: toOwner, visible: ownerWithin(taskRead), words: aboutTask(phrase{"任务到期：%s", "Task due: %s"}),
		channels: everywhere, urgent: true,
	},
	{
		kind: "task.assigned", label: phrase{"任务分配给我", "A task is given to me"}, events: []string{"task.created", "task.updated"},
		when: changedHands, audience: toOwner, visible: ownerWithin(taskRead), words: aboutTask(phrase{"新任务：%s", "New task: %s"}),
		channels: everywhere,
	},
	{
		kind: "task.completed", label: phrase{"我交办的任务已完成", "A task that I gave out is done"}, events: []string{"task.completed"},
		audience: toWhoAsked, visible: ownerWithin(taskRead), words: aboutTask(phrase{"任务已完成：%s", "Task done: %s"}), channels: inAppOnly,
	},
}

// toWhoAsked tells who made a task that somebody else has completed.
func toWhoAsked(_ context.Context, _ *tenant.Query, c tenant.Change) ([]tenant.MemberID, error) {
	var t Task
	if err := json.Unmarshal(c.Data, &t); err != nil || t.CreatedBy.IsZero() || t.CreatedBy == c.Actor {
		return nil, err
	}
	return []tenant.MemberID{t.CreatedBy}, nil
}

// aboutTask names the task and when it is due.
func aboutTask(title phrase) func(context.Context, *tenant.Query, tenant.Change, language) (Message, error) {
	return func(_ context.Context, q *tenant.Query, c tenant.Change, l language) (Message, error) {
		var t Task
		if err := json.Unmarshal(c.Data, &t); err != nil {
			return Message{}, err
		}
		m := Message{Title: l.say(title, t.Title), Link: "/tasks/" + t.ID.String()}
		due := phrase{"截止：%s", "Due: %s"}
		switch {
		case t.DueOn != nil:
			m.add(l.say(due, string(*t.DueOn)))
		case t.DueAt != nil:
			m.add(l.say(due, t.DueAt.In(q.Location()).Format("2006-01-02 15:04")))
		}
		return m, nil
	}
}
